//! A submission as somebody holds it: files, of which nobody's role tells who composed them.

use jiff::{SignedDuration, Timestamp};

use super::bench::{DIALECTS, ORIGINAL, about, composer, directory, in_mailbox, instant, pki};
use crate::{
    archive,
    clock::LegalTime,
    directory::export,
    evidence::{DirectoryVersion, Evidence, Observation, Party, Seen, View, Watch},
    gateway::compose::{Certified, Composer, Deadline, DeliveryError, Notice, ReceiptForm},
    message::Message,
    norm::Level,
    rules::{Judgement, Options, Origin, judge},
};

const ANNA: &str = "anna@bravo.example";

/// What there is where these files are at hand, seen from these views until two days later.
fn held(files: &[Vec<u8>], views: &[View]) -> Evidence {
    let late = instant() + SignedDuration::from_hours(48);
    let observations = files.iter().enumerate().map(|(at, bytes)| Observation {
        id: at + 1,
        seen: Seen::File { path: format!("{at}.eml") },
        producer: Party::Undetermined,
        at: late,
        ..in_mailbox(&Message::read(bytes.clone()).unwrap())
    });
    Evidence {
        observations: observations.collect(),
        directories: vec![DirectoryVersion { from: instant(), until: None, ldif: export::ldif(directory()) }],
        anchors: pki().trust().anchors().to_vec(),
        crls: pki().trust().crls().to_vec(),
        watch: Watch::of(views.iter().copied(), late),
        ..Evidence::default()
    }
}

fn judged(files: &[Vec<u8>], views: &[View]) -> Judgement {
    judge(&held(files, views), &Options::default())
}

/// Violations of submissions, with the provider that is to blame.
fn violations(files: &[Vec<u8>], views: &[View]) -> Vec<(&'static str, Option<String>)> {
    let judgement = judged(files, views);
    assert_eq!(judgement.broken().map(|verdict| verdict.rule.id).next(), None);
    let failed = judgement.failed(Level::Must).filter(|verdict| verdict.subject.starts_with("transaction"));
    let told = failed.flat_map(|verdict| {
        let findings = verdict.outcome.findings().iter();
        findings.map(|finding| {
            let (party, provider) = verdict.answers(finding);
            assert_eq!(party, Party::Undetermined);
            (verdict.rule.id, provider.map(str::to_owned))
        })
    });
    told.collect()
}

fn after(hours: i64, minutes: i64) -> Timestamp {
    instant() + SignedDuration::from_mins(hours * 60 + minutes)
}

fn notice(by: &str, notice: &Notice<'_>, at: Timestamp, about: &Certified) -> Vec<u8> {
    let id = format!("{by}.{}@host.example", at.as_second());
    composer(by, DIALECTS[0]).notification(about, notice, &id, &LegalTime::at(at))
}

fn acceptance() -> Vec<u8> {
    notice("alfa", &Notice::Acceptance, instant(), &about())
}

fn delivery(by: &str, at: Timestamp, about: &Certified) -> Vec<u8> {
    let notice = Notice::Delivery { recipient: ANNA, form: ReceiptForm::Complete, original: ORIGINAL.as_bytes() };
    self::notice(by, &notice, at, about)
}

fn timeout(deadline: Deadline, at: Timestamp) -> Vec<u8> {
    notice("alfa", &Notice::Timeout { recipient: ANNA, deadline }, at, &about())
}

/// The names of the two providers.
fn names() -> [Option<String>; 2] {
    ["alfa", "bravo"].map(|id| Some(pki().provider(id).unwrap().name.clone()))
}

#[test]
fn who_signed_answers_for_what_is_wrong_with_it() {
    let [alfa, bravo] = names();
    let other = Certified { subject_raw: b"Altro".to_vec(), subject: Some("Altro".to_owned()), ..about() };
    let delivered = |at, about: &Certified| delivery("bravo", at, about);
    for (files, expected) in [
        ([acceptance(), delivered(after(0, 1), &other)], ("choreography/same-subject", bravo.clone())),
        ([delivered(after(0, 1), &other), acceptance()], ("choreography/same-subject", bravo.clone())),
        (
            [delivered(after(0, 1), &about()), delivered(after(0, 2), &about())],
            ("choreography/outcome-repeated", bravo),
        ),
        ([acceptance(), timeout(Deadline::Twelve, after(11, 0))], ("timeout/twelve-not-due", alfa)),
    ] {
        assert_eq!(violations(&files, &[]), [expected]);
    }
    // Of two that deny each other nobody tells which is right.
    let error = DeliveryError { errore: "no-dominio", code: "5.1.2", description: "dominio inesistente" };
    let failed = Notice::NonDelivery { recipient: ANNA, error };
    let denied = [acceptance(), notice("alfa", &failed, after(0, 1), &about()), delivered(after(0, 2), &about())];
    assert_eq!(violations(&denied, &[]), [("choreography/outcome-conflicting", None)]);
    // Who cannot deliver there made one too many, whoever came last.
    let by_both = [delivery("alfa", after(0, 1), &about()), delivered(after(0, 2), &about())];
    let repeated = violations(&by_both, &[]).into_iter().find(|(rule, _)| *rule == "choreography/outcome-repeated");
    assert_eq!(repeated.unwrap().1, names()[0]);
}

#[test]
fn who_owes_it_answers_for_what_is_missing() {
    let [alfa, bravo] = names();
    let views = [View::Sender, View::Service];
    let files = [acceptance(), delivery("bravo", after(0, 1), &about())];
    assert_eq!(violations(&files, &views), [("choreography/takeover-missing", bravo.clone())]);
    let taken = [ANNA.to_owned()];
    let takeover = Notice::ServerAcceptance { taken: &taken, to: "ricevute@alfa.example" };
    let files = [acceptance(), notice("bravo", &takeover, after(0, 1), &about())];
    let expected = [("choreography/outcome-missing", alfa), ("choreography/receiver-concludes", bravo)];
    assert_eq!(violations(&files, &views), expected);
}

#[test]
fn word_that_was_on_its_way_makes_no_notice_undue() {
    let files =
        |delivered, deadline, warned| [acceptance(), delivery("bravo", delivered, &about()), timeout(deadline, warned)];
    let rules = |files: &[Vec<u8>]| violations(files, &[]).into_iter().map(|(rule, _)| rule).collect::<Vec<_>>();
    let nothing: [&str; 0] = [];
    assert_eq!(rules(&files(after(11, 59), Deadline::Twelve, after(12, 0))), nothing);
    assert_eq!(rules(&files(after(9, 59), Deadline::Twelve, after(12, 0))), ["timeout/twelve-not-due"]);
    assert_eq!(rules(&files(after(21, 30), Deadline::TwentyFour, after(23, 0))), nothing);
    assert_eq!(rules(&files(after(20, 0), Deadline::TwentyFour, after(23, 0))), ["timeout/twenty-four-not-due"]);
}

#[test]
fn the_end_of_time_breaks_no_rule() {
    let end = Timestamp::MAX - SignedDuration::from_hours(3);
    let files = [
        notice("alfa", &Notice::Acceptance, end, &about()),
        delivery("bravo", end, &about()),
        timeout(Deadline::Twelve, end),
    ];
    for views in [&[][..], &[View::Sender, View::Service]] {
        assert_eq!(judged(&files, views).broken().count(), 0);
    }
}

#[test]
fn the_roots_alone_refute_who_is_forged_or_revoked() {
    let signed_as = |signer: &str| {
        let composer = Composer { signer: pki().signer(signer).unwrap().clone(), ..composer("bravo", DIALECTS[0]) };
        let notice = Notice::Delivery { recipient: ANNA, form: ReceiptForm::Concise, original: ORIGINAL.as_bytes() };
        let bytes = composer.notification(&about(), &notice, "n1@host.example", &LegalTime::at(instant()));
        let evidence = Evidence { directories: Vec::new(), ..held(&[bytes], &[]) };
        judge(&evidence, &Options::default()).origin(1).cloned().unwrap()
    };
    assert!(matches!(signed_as("bravo"), Origin::NotVerified(_)));
    for forged in ["bravo-wrong-ca", "bravo-revoked"] {
        assert!(matches!(signed_as(forged), Origin::Refuted(_)), "{forged}");
    }
}

#[test]
fn a_trace_that_nobody_vouches_for_accuses_nobody_of_a_clock_that_runs_ahead() {
    let fails = |arrived: Timestamp, now: Option<Timestamp>| {
        let mut evidence = Evidence { claimed: now, ..held(&[acceptance()], &[]) };
        evidence.observations[0].at = arrived;
        let judgement = judge(&evidence, &Options::default());
        judgement.failed(Level::Must).any(|verdict| verdict.rule.id == "time/not-to-come")
    };
    let late = Some(after(48, 0));
    assert!(fails(after(0, -5), None) && !fails(after(0, -5), late) && !fails(after(-2, 0), late));
    assert!(fails(after(-25, 0), late) && fails(after(0, -5), Some(after(0, -2))));
}

/// What a writer of mailboxes may have put before lines of the text, and may not.
#[test]
fn some_way_to_take_marks_off_that_keeps_the_signature_is_what_was_sent() {
    let folder = tempfile::tempdir().unwrap();
    let text = "From here on\r\n>From there\r\n>>From where\r\nFrom now\r\nEcco.\r\n";
    let original = ORIGINAL.replace("Ecco.\r\n", text);
    let envelope =
        composer("alfa", DIALECTS[0]).transport_envelope(&about(), original.as_bytes(), &LegalTime::at(instant()));
    let text = |quoted: [&str; 4]| format!("{}\r\nEcco.\r\n", quoted.join("\r\n"));
    let sent = String::from_utf8(envelope.clone()).unwrap();
    for (writer, quoted) in [
        ("mboxo", [">From here on", ">From there", ">>From where", ">From now"]),
        ("mboxrd", [">From here on", ">>From there", ">>>From where", ">From now"]),
        ("none", ["From here on", ">From there", ">>From where", "From now"]),
        ("the first alone", [">From here on", ">From there", ">>From where", "From now"]),
    ] {
        for ends in ["\r\n", "\n"] {
            let stored =
                sent.replace(&text(["From here on", ">From there", ">>From where", "From now"]), &text(quoted));
            let mbox = format!("From a@b.example Mon Mar  2 09:30:00 2026\r\n{stored}\r\n").replace("\r\n", ends);
            let path = folder.path().join("m.mbox");
            std::fs::write(&path, mbox).unwrap();
            let found: Vec<_> = archive::open(&[path], folder.path(), &archive::Limits::default()).collect();
            let [Ok(archive::Item { content: archive::Content::Message(read), .. })] = &found[..] else {
                panic!("{found:?}")
            };
            assert_eq!(read[..], envelope[..], "{writer}");
        }
    }
}
