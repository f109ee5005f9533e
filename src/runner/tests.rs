//! The runner fails what is to fail, blames whom it should, and loses nothing.

use std::sync::Arc;

use super::*;
use crate::{
    evidence::{Direction, Party, disk},
    norm::Level,
    report,
    results::{Cause, Cell, CellOutcome, Event, Unmet},
    rules,
    scenario::Scenario,
};

const SEND: &str = "title: x\nclauses: [RFC6109-3.1.4-headers]\nsteps:\n\
                    - send: {id: a, from: mario@sender, to: [anna@receiver]}\n";

fn scenario(steps: &str) -> Arc<Scenario> {
    let source = format!("{SEND}{steps}");
    Arc::new(Scenario::read("x", "x.yaml", &source, &rules::ids()).unwrap_or_else(|problems| panic!("{problems:?}")))
}

async fn played(scenario: &Arc<Scenario>, receiver: &str, how: &How) -> Cell {
    play(scenario, &Direction::new("alfa", receiver), how).await
}

const ALL: &str = "\
- expect:
    mario@sender: [{accettazione: a}, {avvenuta-consegna: a, for: anna@receiver}]
    service@sender: [{presa-in-carico: a}]
    anna@receiver: [{posta-certificata: a}]
";

#[tokio::test(flavor = "multi_thread")]
async fn unmet_expectations_have_their_line_and_whoever_owes() {
    for (steps, at, blame) in [
        (ALL.replace("{accettazione: a}", "{accettazione: a}, {non-accettazione: a}"), "x.yaml:6", Party::Sender),
        (
            ALL.replace("{presa-in-carico: a}", "{presa-in-carico: a}, {presa-in-carico: a}"),
            "x.yaml:7",
            Party::Receiver,
        ),
        (ALL.replace("    anna@receiver: [{posta-certificata: a}]\n", ""), "x.yaml:6", Party::Sender),
        (ALL.replace("anna@receiver}", "anna@receiver, form: breve}"), "x.yaml:6", Party::Receiver),
        (format!("{ALL}- expect:\n    luca@receiver: [{{posta-certificata: a}}]\n"), "x.yaml:10", Party::Receiver),
        (format!("{ALL}    access-point@sender: [{{refused: a}}]\n"), "x.yaml:9", Party::Sender),
        ("- expect: {}\n".to_owned(), "x.yaml:5", Party::Receiver),
    ] {
        let cell = played(&scenario(&steps), "bravo", &How::default()).await;
        assert_eq!(cell.outcome, CellOutcome::Failed, "{steps}");
        assert!(cell.unmet.iter().any(|unmet| unmet.at == at && unmet.blame == blame), "{steps} {:?}", cell.unmet);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_on_what_was_injected_must_be_those_announced() {
    let steps = |findings: &str| {
        format!(
            "{ALL}- inject:\n    envelope: {{id: b, from: mario@sender, to: [anna@receiver]}}\n    \
             edit: {{signature: strip}}\n- expect:\n    anna@receiver: [{{anomalia: b}}]\n{findings}"
        )
    };
    let right = scenario(&steps("- expect-findings:\n    b: [structure/signed]\n"));
    let cell = played(&right, "bravo", &How::default()).await;
    assert!(cell.unmet.is_empty() && cell.observed.announced.len() == 1, "{:?}", cell.unmet);
    for wrong in ["", "- expect-findings:\n    b: [structure/signed, signature/valid]\n"] {
        let cell = played(&scenario(&steps(wrong)), "bravo", &How::default()).await;
        assert_eq!(cell.unmet.len(), 1, "{wrong}");
        assert_eq!(cell.outcome, CellOutcome::Failed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_on_a_whole_transaction_is_the_injected_message_s_that_shows_it() {
    let steps = format!(
        "{ALL}- inject:\n    notification: {{id: b, kind: presa-in-carico, by: bystander, about: a, for: anna@receiver}}\n\
         - expect:\n    service@sender: [{{presa-in-carico: b}}]\n"
    );
    let cell = played(&scenario(&steps), "bravo", &How::default()).await;
    assert_eq!(cell.outcome, CellOutcome::Failed);
    let unannounced = cell.unmet.iter().find(|unmet| unmet.expected == "findings on b: none");
    let found = unannounced.map(|unmet| unmet.found.as_str()).unwrap_or_default();
    assert!(found.contains("choreography/own-provider-delivers"), "{:?}", cell.unmet);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_given_plants_must_be_announced_and_is_then_nobodys_fault() {
    let planted = |findings: &str| {
        let source = format!(
            "{}- expect:\n    mario@sender: [{{accettazione: a}}]\n    service@sender: [{{presa-in-carico: a}}]\n    \
             anna@receiver: [{{posta-certificata: a}}]\n- advance: 24h\n- expect:\n    mario@sender: \
             [{{preavviso-errore-consegna: a, for: anna@receiver, hours: 24}}]\n{findings}",
            SEND.replace("steps:", "given:\n  receiver: {loses: [avvenuta-consegna]}\nsteps:")
        );
        Arc::new(Scenario::read("x", "x.yaml", &source, &rules::ids()).unwrap_or_else(|wrong| panic!("{wrong:?}")))
    };
    let right = "- expect-findings:\n    a: [choreography/receiver-concludes]\n";
    assert_eq!(played(&planted(right), "bravo", &How::default()).await.outcome, CellOutcome::Passed);
    for wrong in ["", "- expect-findings:\n    a: [choreography/receiver-concludes, choreography/takeover-missing]\n"] {
        assert_eq!(played(&planted(wrong), "bravo", &How::default()).await.outcome, CellOutcome::Failed, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_must_not_come_fails_a_dialogue_at_its_line() {
    let dialogue = |lines: &str| {
        scenario(&format!("{ALL}- dialogue:\n    with: incoming-point@receiver\n    lines:\n{lines}- expect: {{}}\n"))
    };
    let right = "    - {say: EHLO x.example, answer: 250, offers: STARTTLS}\n    - {say: \"NOOP\\r\\nNOPE\", answer: 250}\n    \
                 - {answer: 5xx}\n";
    assert_eq!(played(&dialogue(right), "bravo", &How::default()).await.outcome, CellOutcome::Passed);
    for (wrong, at) in [
        ("    - {say: EHLO x.example, answer: 251}\n", "x.yaml:12"),
        ("    - {say: EHLO x.example, answer: 250, offers: TURN}\n", "x.yaml:12"),
        ("    - {say: EHLO x.example, answer: 250}\n    - {say: QUIT, answer: closed}\n", "x.yaml:13"),
        ("    - {say: \"NOOP\\r\\nNOPE\", answer: 250}\n    - {answer: 250}\n", "x.yaml:13"),
    ] {
        let cell = played(&dialogue(wrong), "bravo", &How::default()).await;
        assert_eq!(cell.outcome, CellOutcome::Failed, "{wrong}");
        let [unmet] = &cell.unmet[..] else { panic!("{:?}", cell.unmet) };
        assert_eq!((unmet.at.as_str(), unmet.blame), (at, Party::Receiver), "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn flawed_is_found_out() {
    let cell = played(&scenario(ALL), "flawed", &How::default()).await;
    assert_eq!(cell.outcome, CellOutcome::Failed);
    assert!(cell.unmet.is_empty(), "its mistakes stop no transaction: {:?}", cell.unmet);
    assert!(cell.failed(Level::Must).any(|verdict| verdict.blame == Party::Receiver));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bundle_of_a_play_is_judged_like_the_play() {
    let folder = tempfile::tempdir().unwrap();
    let how = How { evidence: Some(folder.path().to_owned()), ..How::default() };
    let cell = played(&scenario(ALL), "flawed", &how).await;
    let again = rules::judge(&disk::read(cell.evidence.as_ref().unwrap()).unwrap(), &rules::Options::default());
    let told = |judgement: &rules::Judgement| {
        let verdicts = judgement.verdicts.iter();
        verdicts.map(|v| (v.rule.id, v.subject.clone(), v.outcome.clone())).collect::<Vec<_>>()
    };
    assert!(!told(&again).is_empty());
    assert_eq!(told(&again), told(&cell.judgement));
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_is_an_error_and_never_a_verdict() {
    let no_time = How { limit: std::time::Duration::ZERO, ..How::default() };
    assert!(matches!(played(&scenario(ALL), "bravo", &no_time).await.outcome, CellOutcome::Error(_)));
    for receiver in ["alfa", "nobody"] {
        let cell = played(&scenario(ALL), receiver, &How::default()).await;
        let CellOutcome::Error(trouble) = cell.outcome else { panic!("{receiver}: {:?}", cell.outcome) };
        assert_eq!(trouble.cause, Cause::Configuration, "{trouble}");
    }
    let full = tempfile::tempdir().unwrap();
    std::fs::write(full.path().join("x"), "in the way").unwrap();
    let how = How { evidence: Some(full.path().to_owned()), ..How::default() };
    let cell = played(&scenario(ALL), "bravo", &how).await;
    let CellOutcome::Error(trouble) = cell.outcome else { panic!("{:?}", cell.outcome) };
    assert!(trouble.what.contains("cannot be written"), "{trouble}");
    assert_eq!(trouble.cause, Cause::Infrastructure);
    // Where there is a verdict, it stands.
    let cell = played(&scenario("- expect: {}\n"), "bravo", &how).await;
    assert_eq!(cell.outcome, CellOutcome::Failed);
    assert!(cell.notes.iter().any(|note| note.contains("cannot be written")), "{:?}", cell.notes);
}

#[test]
fn a_run_plays_all_of_its_plan_and_can_be_stopped() {
    let scenarios: Vec<_> = (0..2).map(|_| scenario(ALL)).collect();
    let (mut events, mut senders) = (Vec::new(), Vec::new());
    let plan = Plan::new(scenarios);
    let whole = run(&plan, &mut |event| {
        events.push(match event {
            Event::Opened(opening) => format!("opened {:?}", opening.work),
            Event::Started { .. } => "started".to_owned(),
            Event::Finished(cell) => {
                senders.push(cell.direction.sender);
                "finished".to_owned()
            }
            Event::Stopping { .. } => "stopping".to_owned(),
            _ => unreachable!("a run says nothing else"),
        });
    })
    .unwrap();
    assert_eq!((whole.ended, whole.planned, whole.interrupted), (4, 4, false));
    senders.sort();
    assert_eq!(senders, ["alfa", "alfa", "bravo", "bravo"]);
    assert_eq!(events.iter().filter(|event| *event == "finished").count(), 4);

    let mut one_at_a_time = plan.clone();
    one_at_a_time.jobs = std::num::NonZeroUsize::MIN;
    let stop = one_at_a_time.how.stop.clone();
    let stopped = run(&one_at_a_time, &mut |event| {
        if matches!(event, Event::Finished(_)) {
            stop.request();
        }
    })
    .unwrap();
    assert_eq!((stopped.ended, stopped.interrupted), (1, true));

    // Asked once, what is being played is finished; asked twice, not even that.
    for (times, ended) in [(1, 1), (2, 0)] {
        let mut plan = one_at_a_time.clone();
        plan.how.stop = Stop::default();
        let stop = plan.how.stop.clone();
        let stopped = run(&plan, &mut |event| {
            if matches!(event, Event::Started { .. }) {
                (0..times).for_each(|_| stop.request());
            }
        })
        .unwrap();
        assert_eq!((stopped.ended, stopped.interrupted), (ended, true));
    }
}

#[test]
fn what_sends_much_has_more_time() {
    let sends = |size: &str| {
        scenario(&format!(
            "- send: {{id: large, from: mario@sender, to: [anna@receiver], attach: [{{name: a, size: {size}}}]}}\n- expect: {{}}\n"
        ))
    };
    let how = How::default();
    assert_eq!(how.limit_of(&sends("20 kB")), how.limit);
    assert_eq!(how.limit_of(&sends("30 MB")), how.limit + std::time::Duration::from_mins(5));
}

#[test]
fn cells_with_large_files_take_turns() {
    let mut plan = Plan::new(vec![scenario(
        "- send: {id: large, from: mario@sender, to: [anna@receiver], attach: [{name: a, size: 9 MB}]}\n- expect: {}\n",
    )]);
    plan.jobs = std::num::NonZeroUsize::new(2).unwrap();
    let mut events = Vec::new();
    run(&plan, &mut |event| {
        events.extend(match event {
            Event::Started { .. } => Some("started"),
            Event::Finished(_) => Some("finished"),
            _ => None,
        });
    })
    .unwrap();
    assert_eq!(events, ["started", "finished", "started", "finished"]);
}

#[test]
fn nothing_is_started_after_a_failure_where_that_is_wanted() {
    let mut plan = Plan::new(vec![scenario("- expect: {}\n")]);
    plan.jobs = std::num::NonZeroUsize::MIN;
    plan.on_failure = OnFailure::Stop;
    let run = run(&plan, &mut |_| {}).unwrap();
    assert_eq!((run.ended, run.interrupted), (1, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_may_be_announced_and_is_then_made() {
    let id = "trust/sha1-digest-tolerated";
    let announced = altered(id, "steps:", "steps:");
    let unannounced = altered(id, "old-digest: [signature/digest]", "old-digest: []");
    let (other, unfounded) =
        (altered(id, "[signature/digest]", "[signature/micalg]"), altered(id, "      signed: {digest: sha-1}\n", ""));
    for (scenario, outcome) in [
        (announced, CellOutcome::Passed),
        (unannounced, CellOutcome::Passed),
        (other, CellOutcome::Failed),
        (unfounded, CellOutcome::Failed),
    ] {
        let cell = played(&scenario, "bravo", &How::default()).await;
        assert_eq!(cell.outcome, outcome, "{:?}", cell.unmet);
    }
}

/// A scenario of the suite, with something in it put in the place of something else.
fn altered(id: &str, from: &str, to: &str) -> Arc<Scenario> {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{id}.yaml"));
    let source = std::fs::read_to_string(file).unwrap();
    assert!(source.contains(from), "{id}: {from}");
    let source = source.replacen(from, to, 1);
    Arc::new(Scenario::read(id, id, &source, &rules::ids()).unwrap_or_else(|problems| panic!("{problems:?}")))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_or_goes_wrong_on_the_way_is_seen_to_fail() {
    let steps = "steps:\n";
    let given = |what: &str| format!("given:\n  {what}\nsteps:\n");
    for (id, from, to, blame) in [
        // Who keeps less than thirty months has nothing to show.
        ("virus/kept-thirty-months", steps, given("receiver: {keeps-viruses-for: 720h}"), Party::Receiver),
        ("virus/antivirus-updated", "sender: {antivirus: on}", "sender: {antivirus: off}".to_owned(), Party::Sender),
        ("non-delivery/disabled-meanwhile", "{state: disabled}", "{state: enabled}".to_owned(), Party::Receiver),
        ("non-delivery/emptied-mailbox", "{state: enabled}", "{state: full}".to_owned(), Party::Receiver),
        ("trust/revoked-meanwhile", "revoked: sender", "restarted: [receiver]".to_owned(), Party::Receiver),
        ("trust/delisted-meanwhile", "delisted: sender", "restarted: [receiver]".to_owned(), Party::Receiver),
        // What nobody listed signed is rightly wrapped.
        ("delivery/renewed-meanwhile", "change:\n", "change:\n      delisted: sender\n".to_owned(), Party::Sender),
        ("delivery/restarted-while-waiting", steps, given("receiver: {loses: [presa-in-carico]}"), Party::Receiver),
        ("delivery/burst", steps, given("sender: {loses: [accettazione]}"), Party::Sender),
        ("delivery/side-by-side", steps, given("receiver: {loses: [avvenuta-consegna]}"), Party::Receiver),
        ("session/implicit-tls-and-auth-login", steps, given("sender: {loses: [accettazione]}"), Party::Sender),
        (
            "timeout/restarted",
            "given:\n",
            "given:\n  sender: {loses: [preavviso-errore-consegna]}\n".to_owned(),
            Party::Sender,
        ),
        (
            "delivery/domain-moved-meanwhile",
            "given:\n",
            "given:\n  sender: {loses: [avvenuta-consegna]}\n".to_owned(),
            Party::Sender,
        ),
        ("trust/malformed-to-let-in", steps, given("receiver: {loses: [avvenuta-consegna]}"), Party::Receiver),
        // Who keeps it still has what nobody is to have any more.
        ("virus/purged-early", "720h", "24000h".to_owned(), Party::Receiver),
    ] {
        let cell = played(&altered(id, from, &to), "bravo", &How::default()).await;
        assert_eq!(cell.outcome, CellOutcome::Failed, "{id}");
        assert!(cell.unmet.iter().any(|unmet| unmet.blame == blame), "{id}: {:?}", cell.unmet);
    }
}

/// Sent again for want of an answer, everything crosses twice, and counts once.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_costs_a_second_crossing() {
    let whole = altered("session/lost-answers", "steps:", "steps:");
    let cell = played(&whole, "bravo", &How::default()).await;
    assert_eq!(cell.outcome, CellOutcome::Passed, "{:?}", cell.unmet);
    let crossed = |kind: &str| cell.story.lines().filter(|line| line.contains(&format!(", {kind} contract"))).count();
    for kind in ["posta-certificata", "presa-in-carico", "avvenuta-consegna"] {
        assert_eq!(crossed(kind), 2, "{kind}: {}", cell.story);
    }
}

/// Of several receiving providers it is told which one is wrong, and every report names who plays it.
#[tokio::test(flavor = "multi_thread")]
async fn another_receiving_provider_is_seen_to_fail_and_is_named() {
    let healthy = "second-receiver: {}";
    let second = |state: &str| format!("second-receiver: {{{state}}}");
    let beside = |state: &str| format!("{healthy}\n  {state}");
    for (id, from, to, blame) in [
        ("delivery/three-providers", healthy, second("loses: [presa-in-carico]"), Party::SecondReceiver),
        ("delivery/three-providers", healthy, second("loses: [avvenuta-consegna]"), Party::SecondReceiver),
        ("delivery/three-providers", healthy, beside("receiver: {loses: [presa-in-carico]}"), Party::Receiver),
        ("delivery/all-to-all", healthy, second("loses: [accettazione]"), Party::SecondReceiver),
        ("delivery/all-to-all", healthy, second("loses: [posta-certificata]"), Party::SecondReceiver),
        ("delivery/domain-moved-between-others", healthy, second("loses: [presa-in-carico]"), Party::SecondReceiver),
        ("non-delivery/one-provider-refuses", healthy, beside("sender: {loses: [errore-consegna]}"), Party::Sender),
        (
            "timeout/one-provider-down",
            "second-receiver: {unreachable-for: 100h}",
            healthy.into(),
            Party::SecondReceiver,
        ),
        ("timeout/one-provider-late", "13h}", "13h, loses: [avvenuta-consegna]}".into(), Party::SecondReceiver),
        ("virus/one-provider-finds-it", healthy, second("antivirus: off"), Party::SecondReceiver),
    ] {
        let cell = played(&altered(id, from, &to), "bravo", &How::default()).await;
        assert_eq!(cell.outcome, CellOutcome::Failed, "{id} {to}");
        assert!(cell.unmet.iter().any(|unmet| unmet.blame == blame), "{id} {to}: {:?}", cell.unmet);
        assert_eq!(cell.second_receiver(), Some("delta"));
        let named = |failure: &report::Failure| failure.blame.to_string() == "delta, as second-receiver";
        assert_eq!(report::failures(&cell).iter().any(named), blame == Party::SecondReceiver, "{id} {to}");
    }
}

/// What no edit of a message shows, `flawed` does wrong.
#[tokio::test(flavor = "multi_thread")]
async fn an_envelope_taken_twice_and_a_message_in_clear_are_seen_to_fail() {
    for id in ["delivery/identifier-in-several-transactions", "trust/replayed-after-a-restart"] {
        let cell = played(&altered(id, "steps:", "steps:"), "flawed", &How::default()).await;
        let twice = |unmet: &Unmet| {
            unmet.expected.starts_with("nothing more in anna@receiver") && unmet.blame == Party::Receiver
        };
        assert!(cell.unmet.iter().any(twice), "{id}: {:?}", cell.unmet);
    }
    let whole = altered("session/another-name-in-tls", "steps:", "steps:");
    let cell = play(&whole, &Direction::new("flawed", "alfa"), &How::default()).await;
    let in_clear = |verdict: &&rules::Verdict| verdict.rule.id == "session/providers-secured";
    let verdict = cell
        .failed(Level::Must)
        .find(in_clear)
        .unwrap_or_else(|| panic!("{}\n{:#?}", cell.story, cell.observed.dialogues));
    assert_eq!(verdict.outcome.findings()[0].blame, Some(Party::Sender));
}
