//! Everything that the reference gateways compose passes.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::bench::{
    DIALECTS, ORIGINAL, about, anomaly, composer, in_mailbox, instant, judge, judge_read, judge_seen, on_the_wire,
    samples, verified,
};
use crate::{
    clock::LegalTime,
    evidence::{Observation, Role, Seen, SmtpPath},
    gateway::compose::{Certified, Notice},
    message::Message,
    rules::{Check, all},
    smime::Trust,
};

#[test]
fn every_kind_in_both_dialects_passes() {
    for dialect in DIALECTS {
        for sample in samples(dialect) {
            let failed = judge(&sample.bytes).failed;
            assert!(failed.is_empty(), "{:?} {} in {dialect:?}: {failed:#?}", sample.kind, sample.name);
        }
    }
}

#[test]
fn every_rule_on_messages_and_certificates_inspects_something() {
    let mut applied = std::collections::BTreeSet::new();
    for dialect in DIALECTS {
        for sample in samples(dialect) {
            let path = SmtpPath { from: "mario@alfa.example".to_owned(), to: vec!["anna@bravo.example".to_owned()] };
            let verdicts = judge_seen(&sample.bytes, |message| on_the_wire(message, path));
            assert!(verdicts.failed.is_empty(), "{:?}: {:#?}", sample.kind, verdicts.failed);
            applied.extend(verdicts.applied);
        }
    }
    // A field that nothing composed by the reference gateways has, and certificates that come with no message.
    // The original here has no attachment.
    let elsewhere = ["headers/sender", "certificate/trusted", "brief/hash-form"];
    for rule in all().filter(|rule| matches!(rule.check, Check::Message(_) | Check::Certificate(_))) {
        assert!(applied.contains(rule.id) || elsewhere.contains(&rule.id), "{} is never exercised", rule.id);
    }
}

#[test]
fn without_directory_and_trust_the_origin_is_not_judged() {
    for sample in samples(DIALECTS[0]) {
        let message = Message::read(sample.bytes).unwrap();
        let verdicts =
            judge_read(&message, verified(&message).as_ref(), &in_mailbox(&message), None, &Trust::default());
        assert!(verdicts.failed.is_empty(), "{:#?}", verdicts.failed);
        assert!(!verdicts.applied.contains("signature/listed") && !verdicts.applied.contains("signature/path"));
        assert!(verdicts.applied.contains("signature/valid"));
    }
}

#[test]
fn a_message_without_subject_and_msgid_passes() {
    let about = Certified { subject: None, subject_raw: Vec::new(), msgid: None, ..about() };
    for dialect in DIALECTS {
        let bytes = composer("alfa", dialect).notification(
            &about,
            &Notice::Acceptance,
            "n1@host.example",
            &LegalTime::at(instant()),
        );
        assert_eq!(judge(&bytes).failed.keys().collect::<Vec<_>>(), Vec::<&&str>::new());
    }
}

#[test]
fn a_subject_in_and_beyond_latin_1_passes() {
    for subject in ["Perché il contratto è così", "日本 10 € – “prova”", "?", "RE: ACCETTAZIONE: x"] {
        let raw = format!("=?utf-8?B?{}?=", STANDARD.encode(subject));
        let about = Certified { subject: Some(subject.to_owned()), subject_raw: raw.clone().into_bytes(), ..about() };
        let original = ORIGINAL.replace("Contratto n. 42", &raw);
        let at = LegalTime::at(instant());
        for dialect in DIALECTS {
            let composer = composer("alfa", dialect);
            for bytes in [
                composer.notification(&about, &Notice::Acceptance, "n1@host.example", &at),
                composer.transport_envelope(&about, original.as_bytes(), &at),
            ] {
                let failed = judge(&bytes).failed;
                assert!(failed.is_empty(), "{subject} in {dialect:?}: {failed:#?}");
            }
        }
    }
}

#[test]
fn bounces_and_broken_mail_in_an_anomaly_envelope_pass() {
    for dialect in DIALECTS {
        for (sender, received) in [
            ("MAILER-DAEMON@posta.example", "From: MAILER-DAEMON@posta.example\r\nSubject: Undelivered\r\n\r\n"),
            (
                "carla@posta.example",
                "Return-Path: <carla@posta.example>\r\nFrom: <<broken\r\nTo: ,,,\r\nSubject: x\r\nReply-To: carla@posta.example\r\n\r\n",
            ),
            (
                "carla@posta.example",
                "X-Trasporto: posta-certificata\r\nX-Ricevuta: accettazione\r\nFrom: carla@posta.example\r\n\r\n",
            ),
            ("lista@posta.example", "Return-Path: <lista@posta.example>\r\nFrom: carla@posta.example\r\n\r\n"),
        ] {
            let failed = judge(&anomaly(received, sender, dialect)).failed;
            assert!(failed.is_empty(), "{received:?} in {dialect:?}: {failed:#?}");
        }
    }
}

#[test]
fn what_a_client_submits_is_nobodys_generated_message() {
    let submitted = b"X-Ricevuta: accettazione\r\nFrom: mario@alfa.example\r\nTo: anna@bravo.example\r\n\r\n";
    let seen = Seen::Submitted { to: Role::Sender };
    let verdicts = judge_seen(submitted, |message| Observation { seen, ..in_mailbox(message) });
    assert!(verdicts.applied.is_empty(), "{:?}", verdicts.applied);
    assert!(judge(submitted).failed.contains_key("structure/signed"), "in a mailbox it claims too much");
}
