//! Certificates of the test PKI, each with one thing wrong; and what no edit of composed bytes can make.

use std::sync::Arc;

use super::bench::{
    DIALECTS, anomaly, careless_directory, directory, in_mailbox, instant, judge_read, on_the_wire, pki, sample,
    verified,
};
use crate::{
    directory::export,
    evidence::{DirectoryVersion, Evidence, Observation, Party, Seen, SmtpPath},
    fault::{self, DaticertEdit, Edit, Fact, HeaderEdit, SignatureEdit, TextEdit, Version},
    gateway::compose::Dialect,
    message::{Kind, Message},
    norm::{AsOf, Level},
    pki::Lists,
    rules::{Options, Origin, judge},
    smime::{PathError, Signature, SignatureState},
};

fn signed_with(id: &str) -> Vec<u8> {
    let sample = sample(Kind::Accettazione, DIALECTS[0]);
    let edit = Edit::Signature(SignatureEdit::SignWith(id.to_owned()));
    fault::apply(&edit, &sample.bytes, pki().signer(id), instant()).unwrap()
}

#[test]
fn each_defect_of_a_certificate_is_found_by_its_rule_alone() {
    for (defect, expected) in [
        ("alfa-renewed", &[][..]),
        ("esterna", &["headers/from-is-signer", "signature/listed"]),
        ("alfa-expired", &["signature/in-validity"]),
        ("alfa-not-yet-valid", &["signature/in-validity"]),
        ("alfa-revoked", &["signature/not-revoked"]),
        ("alfa-wrong-ca", &["signature/path"]),
        ("alfa-unknown-ca", &[]),
        ("alfa-name-elsewhere", &["certificate/provider-name"]),
        ("alfa-mail-in-subject", &["certificate/no-address-in-subject"]),
        ("alfa-country-in-words", &["certificate/subject-attributes"]),
        ("alfa-no-subject-alt-name", &["certificate/address"]),
        ("alfa-subject-alt-name-critical", &["certificate/address-not-critical"]),
        ("alfa-subject-alt-name-without-mail", &["certificate/address"]),
        ("alfa-no-key-usage", &["certificate/key-usage"]),
        ("alfa-key-usage-not-critical", &["certificate/key-usage-critical"]),
        ("alfa-no-digital-signature", &["certificate/key-usage"]),
        ("alfa-no-authority-key-id", &["certificate/authority-key"]),
        ("alfa-authority-key-id-critical", &["certificate/authority-key-not-critical"]),
        ("alfa-no-subject-key-id", &["certificate/subject-key"]),
        ("alfa-subject-key-id-critical", &["certificate/subject-key-not-critical"]),
        ("alfa-basic-constraints", &["certificate/no-basic-constraints"]),
        ("alfa-other-extension-critical", &["certificate/others-not-critical", "signature/usable"]),
    ] {
        let message = Message::read(signed_with(defect)).unwrap();
        let (signature, observation) = (verified(&message), in_mailbox(&message));
        let listed = Some(careless_directory());
        let failed = judge_read(&message, signature.as_ref(), &observation, listed, &pki().trust()).failed;
        assert_eq!(failed.keys().copied().collect::<Vec<_>>(), expected, "{defect}: {failed:#?}");
    }
}

/// A certificate judged by itself, by these lists: whether it is trusted, and whether the rule complains.
fn traced(id: &str, crls: Vec<Arc<[u8]>>) -> (Option<Result<(), PathError>>, bool) {
    let der = |id: &str| pki().certificate(id).unwrap().to_vec();
    let evidence = Evidence {
        certificates: vec![der(id), der("issuing")],
        anchors: pki().trust().anchors().to_vec(),
        crls,
        ended: Some(instant()),
        ..Evidence::default()
    };
    let judgement = judge(&evidence, &Options::default());
    let subject = judgement.certificates[0].certificate.serial.clone();
    let complaint = judgement
        .failed(Level::Must)
        .any(|verdict| verdict.rule.id == "certificate/trusted" && verdict.subject.contains(&subject));
    (judgement.certificates[0].path.clone(), complaint)
}

#[test]
fn a_certificate_by_itself_is_trusted_as_a_message_signed_with_it_would_be() {
    let lists = || pki().trust().crls().to_vec();
    assert_eq!(traced("alfa", lists()), (Some(Ok(())), false));
    for wrong in ["alfa-expired", "alfa-not-yet-valid", "alfa-revoked", "alfa-wrong-ca"] {
        let (path, complaint) = traced(wrong, lists());
        assert!(matches!(path, Some(Err(_))) && complaint, "{wrong}: {path:?}");
    }
    for (id, lists) in
        [("alfa", Vec::new()), ("alfa", pki().trust_with(Lists::Stale).crls().to_vec()), ("alfa-unknown-ca", lists())]
    {
        let (path, complaint) = traced(id, lists);
        assert!(
            path.as_ref().is_some_and(|path| path.as_ref().is_err_and(PathError::cannot_tell)) && !complaint,
            "{path:?}"
        );
    }
}

#[test]
fn a_rule_is_put_to_nothing_before_its_clauses_are_in_force() {
    let sample = sample(Kind::ErroreConsegna, DIALECTS[0]);
    let set = DaticertEdit::Set { path: "postacert/dati/errore-esteso".to_owned(), to: "no such user".to_owned() };
    let bytes = fault::apply(&Edit::Daticert(set), &sample.bytes, pki().signer(sample.signer), instant()).unwrap();
    let evidence = Evidence { observations: vec![in_mailbox(&Message::read(bytes).unwrap())], ..Evidence::default() };
    let judged = |as_of| {
        let judgement = judge(&evidence, &Options { as_of });
        let complains = judgement.failed(Level::Must).any(|verdict| verdict.rule.id == "non-delivery/code");
        let not_in_force = judgement.not_in_force.contains(&"non-delivery/code");
        (complains, not_in_force, judgement.applied.contains_key("non-delivery/code"))
    };
    let day = |day: &str| judged(AsOf::Day(day.parse().unwrap()));
    assert_eq!(day("2016-03-31"), (false, true, false));
    assert_eq!(day("2016-04-01"), (true, false, true));
    assert_eq!(judged(AsOf::Latest), (true, false, true));
}

/// What no signer of the test PKI can make is put into what was read.
fn judged(change: impl FnOnce(&mut Signature)) -> Vec<&'static str> {
    let message = Message::read(sample(Kind::Accettazione, DIALECTS[0]).bytes).unwrap();
    let mut signature = verified(&message).unwrap();
    change(&mut signature);
    judge_read(&message, Some(&signature), &in_mailbox(&message), Some(directory()), &pki().trust())
        .failed
        .into_keys()
        .collect()
}

#[test]
fn a_certificate_of_another_version_is_found() {
    let other = |signature: &mut Signature| Arc::make_mut(signature.signer.as_mut().unwrap()).version = 1;
    assert_eq!(judged(other), ["certificate/version"]);
}

#[test]
fn a_sha1_digest_is_noted_with_the_micalg_that_does_not_name_it() {
    assert_eq!(judged(|signature| signature.digest = "sha1".to_owned()), ["signature/digest", "signature/micalg"]);
}

#[test]
fn an_algorithm_that_cannot_be_verified_is_no_statement_about_the_message() {
    let unsupported = SignatureState::Unsupported("gost".to_owned());
    assert_eq!(judged(|signature| signature.state = unsupported), Vec::<&str>::new());
}

#[test]
fn a_signing_time_is_minutes_apart_and_neither_an_hour_nor_a_day() {
    let at = |time: &str| {
        let time = Some(time.parse().unwrap());
        judged(move |signature| signature.signing_time = time)
    };
    for near in ["2026-03-02T08:30:09Z", "2026-03-02T08:29:58Z", "2026-03-02T08:40:00Z"] {
        assert_eq!(at(near), Vec::<&str>::new(), "{near}");
    }
    for far in ["2026-03-02T07:30:00Z", "2026-03-02T09:30:00Z", "2026-03-01T08:30:00Z"] {
        assert_eq!(at(far), ["time/signing-time"], "{far}");
    }
}

/// What `received` led to: an anomaly envelope around it in the recipient's mailbox, everything at hand to judge.
fn judged_wrapped(received: &[u8], dialect: Dialect) -> Vec<&'static str> {
    let path = SmtpPath { from: "mario@alfa.example".to_owned(), to: vec!["anna@bravo.example".to_owned()] };
    let arrived = on_the_wire(&Message::read(received.to_vec()).unwrap(), path);
    let wrapped = anomaly(std::str::from_utf8(received).unwrap(), "posta-certificata@alfa.example", dialect);
    let stored = in_mailbox(&Message::read(wrapped).unwrap());
    let evidence = Evidence {
        observations: vec![arrived, Observation { id: 2, producer: Party::Receiver, ..stored }],
        directories: vec![DirectoryVersion::from(instant(), export::ldif(directory()))],
        anchors: pki().trust().anchors().to_vec(),
        crls: pki().trust().crls().to_vec(),
        ..Evidence::default()
    };
    let judgement = judge(&evidence, &Options::default());
    let failed = judgement.failed(Level::Must).map(|verdict| verdict.rule.id);
    // The small directory here lists a provider without certificates.
    failed.filter(|id| !id.starts_with("directory/")).collect()
}

#[test]
fn a_sound_envelope_or_receipt_in_an_anomaly_envelope_is_found() {
    for dialect in DIALECTS {
        for kind in [Kind::PostaCertificata, Kind::Accettazione] {
            let failed = judged_wrapped(&sample(kind, dialect).bytes, dialect);
            assert!(failed.contains(&"choreography/sound-not-wrapped"), "{kind:?} {dialect:?}: {failed:?}");
        }
    }
}

/// What an anomaly envelope around a message is judged to be that somebody holds as a file, with trace fields on top.
fn judged_wrapped_in_file(received: &[u8], trace: &str, directory_of: &str) -> Vec<&'static str> {
    let received = std::str::from_utf8(received).unwrap();
    let wrapped = anomaly(received, "posta-certificata@alfa.example", DIALECTS[0]);
    let wrapped = Message::read([trace.as_bytes(), &wrapped].concat()).unwrap();
    let seen = Seen::File { path: "anomaly.eml".to_owned() };
    let stored = Observation { seen, producer: Party::Undetermined, ..in_mailbox(&wrapped) };
    let evidence = Evidence {
        observations: vec![stored],
        directories: vec![DirectoryVersion::from(directory_of.parse().unwrap(), export::ldif(directory()))],
        anchors: pki().trust().anchors().to_vec(),
        crls: pki().trust().crls().to_vec(),
        ..Evidence::default()
    };
    let judgement = judge(&evidence, &Options::default());
    judgement.failed(Level::Must).map(|verdict| verdict.rule.id).filter(|id| id.starts_with("choreography/")).collect()
}

#[test]
fn an_anomaly_envelope_in_a_file_is_held_against_what_it_wraps_where_its_trace_tells_the_way() {
    let [envelope, acceptance] =
        [Kind::PostaCertificata, Kind::Accettazione].map(|kind| sample(kind, DIALECTS[0]).bytes);
    let trace = "Return-Path: <mario@alfa.example>\r\nDelivered-To: anna@bravo.example\r\n";
    let before = "2026-03-01T00:00:00Z";
    let wrapped = ["choreography/sound-not-wrapped"];
    assert_eq!(judged_wrapped_in_file(&envelope, trace, before), wrapped);
    // A notification comes by any way.
    assert_eq!(judged_wrapped_in_file(&acceptance, &trace.replace("mario", "posta-certificata"), before), wrapped);
    // By another way it may be wrapped, and so it may where nobody knows the way, or what was listed when it came.
    for (trace, of) in [
        (&*trace.replace("mario", "luigi"), before),
        (&trace.replace("anna", "carla"), before),
        ("Return-Path: <mario@alfa.example>\r\n", before),
        ("", before),
        (trace, "2026-03-03T00:00:00Z"),
    ] {
        assert_eq!(judged_wrapped_in_file(&envelope, trace, of), [""; 0], "{trace} {of}");
    }
}

/// What a person reads decides nothing: an incoming point goes by the header and the certification data.
#[test]
fn a_fault_of_the_readable_text_is_no_reason_to_wrap_an_envelope() {
    for dialect in DIALECTS {
        let sample = sample(Kind::PostaCertificata, dialect);
        let edit = Edit::Text(TextEdit { fact: Fact::Time, by: "23:59:59".to_owned(), version: Version::default() });
        let edited = fault::apply(&edit, &sample.bytes, pki().signer(sample.signer), instant()).unwrap();
        let failed = judged_wrapped(&edited, dialect);
        assert!(failed.contains(&"text/when") && failed.contains(&"choreography/sound-not-wrapped"), "{failed:?}");
    }
}

#[test]
fn what_is_malformed_or_altered_belongs_in_an_anomaly_envelope() {
    let sample = sample(Kind::PostaCertificata, DIALECTS[0]);
    for edit in [
        Edit::Signature(SignatureEdit::Tamper),
        Edit::Signature(SignatureEdit::Strip),
        Edit::Header(HeaderEdit::Set { name: "Message-ID".to_owned(), value: "<altro@alfa.example>".to_owned() }),
        Edit::Header(HeaderEdit::Remove("X-Trasporto".to_owned())),
        Edit::Header(HeaderEdit::Set { name: "From".to_owned(), value: "posta-certificata@alfa.example".to_owned() }),
    ] {
        let edited = fault::apply(&edit, &sample.bytes, None, instant()).unwrap();
        let failed = judged_wrapped(&edited, DIALECTS[0]);
        assert!(!failed.contains(&"choreography/sound-not-wrapped"), "{edit:?}: {failed:?}");
    }
}

#[test]
fn a_signer_whom_only_a_claimed_time_keeps_valid_is_not_told() {
    let origin = |claimed: Option<&str>| {
        let acceptance = sample(Kind::Accettazione, Dialect::Alfa);
        let evidence = Evidence {
            observations: vec![in_mailbox(&Message::read(acceptance.bytes).unwrap())],
            directories: vec![DirectoryVersion::from(instant(), export::ldif(directory()))],
            anchors: pki().trust().anchors().to_vec(),
            crls: pki().trust().crls().to_vec(),
            claimed: claimed.map(|now| now.parse().unwrap()),
            ..Evidence::default()
        };
        judge(&evidence, &Options::default()).origins.remove(&1).unwrap()
    };
    assert!(matches!(origin(None), Origin::Verified { .. }));
    assert!(matches!(origin(Some("2026-03-02T09:00:00Z")), Origin::Verified { .. }));
    assert!(
        matches!(origin(Some("2060-01-01T00:00:00Z")), Origin::NotVerified(why) if why.contains("only the message"))
    );
}

#[test]
fn a_claimed_time_refutes_nobody() {
    let judged = |claimed: Option<&str>| {
        let acceptance = sample(Kind::Accettazione, Dialect::Alfa);
        let late = Observation {
            at: "2060-01-01T00:00:00Z".parse().unwrap(),
            ..in_mailbox(&Message::read(acceptance.bytes).unwrap())
        };
        let evidence = Evidence {
            observations: vec![late],
            directories: vec![DirectoryVersion::from(instant(), export::ldif(directory()))],
            anchors: pki().trust().anchors().to_vec(),
            claimed: claimed.map(|now| now.parse().unwrap()),
            ..Evidence::default()
        };
        let mut judgement = judge(&evidence, &Options::default());
        let told = judgement.failed(Level::Must).any(|verdict| verdict.rule.id == "signature/in-validity");
        (judgement.origins.remove(&1).unwrap(), told)
    };
    assert!(matches!(judged(None), (Origin::Refuted(_), true)));
    assert!(matches!(judged(Some("2060-01-01T00:00:00Z")), (Origin::NotVerified(_), false)));
}
