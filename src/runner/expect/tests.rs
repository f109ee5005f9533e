use super::*;
use std::sync::Arc;

use crate::{
    message::{Message, sample::DATICERT},
    scenario::receipt::Receipt,
    target::Refusal,
};

fn expectation(yaml: &str) -> Expectation {
    serde_yaml::from_str(yaml).unwrap()
}

fn arrival(place: &str, kind: &str, consegna: Option<&str>, form: Option<Receipt>) -> Arrival {
    let what = What::all().find(|what| what.key() == kind).unwrap();
    let reading = Reading {
        message: None,
        what,
        about: Some("a".into()),
        consegna: consegna.map(str::to_owned),
        form,
        hours: None,
        error: None,
    };
    Arrival { place: place.parse().unwrap(), index: 0, reading }
}

fn compare(yaml: &str, arrivals: &[Arrival], answers: &[Answered]) -> Vec<String> {
    compare_after(&[], yaml, arrivals, answers)
}

fn compare_after(earlier: &[Arrival], yaml: &str, arrivals: &[Arrival], answers: &[Answered]) -> Vec<String> {
    differences(&expectation(yaml), &Path::new(), arrivals, earlier, answers, &Mailbox::to_string)
        .into_iter()
        .map(|difference| {
            let expected = difference.expected.map_or("-".to_owned(), |expected| expected.to_string());
            let found = match difference.found {
                Found::Nothing => "nothing".to_owned(),
                Found::Message(arrival) => arrival.reading.words(&str::to_owned),
                Found::Answer(words) => words,
            };
            format!("{}: {expected} / {found}", difference.place)
        })
        .collect()
}

#[test]
fn exactly_what_is_listed_is_no_difference_in_any_order() {
    let yaml = "{m@sender: [{avvenuta-consegna: a, for: x@receiver}, {avvenuta-consegna: a, for: y@receiver, form: breve}, {accettazione: a}]}";
    let arrivals = [
        arrival("m@sender", "accettazione", None, None),
        arrival("m@sender", "avvenuta-consegna", Some("y@receiver"), Some(Receipt::Breve)),
        arrival("m@sender", "avvenuta-consegna", Some("X@receiver"), Some(Receipt::Completa)),
    ];
    assert!(compare(yaml, &arrivals, &[]).is_empty());
}

#[test]
fn missing_other_and_too_much_are_told_apart() {
    let yaml = "{m@sender: [{accettazione: a}, {avvenuta-consegna: a, for: x@receiver, form: breve}]}";
    let arrivals = [
        arrival("m@sender", "avvenuta-consegna", Some("x@receiver"), Some(Receipt::Completa)),
        arrival("z@receiver", "posta-certificata", None, None),
    ];
    assert_eq!(
        compare(yaml, &arrivals, &[]),
        [
            "m@sender: avvenuta-consegna a for x@receiver, breve / avvenuta-consegna a for x@receiver, completa",
            "m@sender: accettazione a / nothing",
            "z@receiver: - / posta-certificata a",
        ]
    );
}

#[test]
fn one_message_does_not_meet_two_expectations() {
    let arrivals = [arrival("m@sender", "accettazione", None, None)];
    assert_eq!(
        compare("{m@sender: [{accettazione: a}, {accettazione: a}]}", &arrivals, &[]),
        ["m@sender: accettazione a / nothing"]
    );
}

fn takeover(recipients: &[&str]) -> Arrival {
    takeover_by("Alfa S.p.A.", recipients)
}

/// A provider's server-server acceptance, which covers these recipients.
fn takeover_by(provider: &str, recipients: &[&str]) -> Arrival {
    let covered: String = recipients.iter().map(|to| ["<ricezione>", to, "</ricezione>"].concat()).collect();
    let daticert = DATICERT.replace("<ricevuta tipo=\"completa\"/>", &covered).replace("Alfa S.p.A.", provider);
    let text = format!(
        "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: application/xml; \
         name=\"daticert.xml\"\r\n\r\n{daticert}\r\n--m--\r\n"
    );
    let mut arrival = arrival("service@sender", "presa-in-carico", None, None);
    arrival.reading.message = Some(Arc::new(Message::read(text.as_bytes()).unwrap()));
    assert_eq!(arrival.reading.taken_over(), recipients);
    arrival
}

#[test]
fn what_comes_in_several_transactions_is_taken_over_in_as_many_parts() {
    let yaml = "{service@sender: [{presa-in-carico: a}]}";
    let of = |parts: &[&[&str]]| {
        let arrivals: Vec<Arrival> = parts.iter().map(|recipients| takeover(recipients)).collect();
        compare(yaml, &arrivals, &[]).len()
    };
    assert_eq!(of(&[&["x@b", "y@b", "z@b"]]), 0);
    assert_eq!(of(&[&["x@b", "y@b"], &["z@b"]]), 0);
    assert_eq!(of(&[&["x@b"], &["y@b"], &["z@b"]]), 0);
    // Covered twice, or nobody by what came: one too many.
    assert_eq!(of(&[&["x@b", "y@b"], &["y@b"]]), 1);
    assert_eq!(of(&[&["x@b"], &["y@b"], &["x@b"]]), 1);
    assert_eq!(of(&[&["x@b"], &[]]), 1);
    assert_eq!(compare("{}", &[takeover(&["x@b"])], &[]).len(), 1, "none was expected");
    // The rest may come behind what the step before waited for.
    let parts = |parts: &[&[&str]]| -> Vec<Arrival> {
        let numbered = parts.iter().enumerate();
        numbered.map(|(index, recipients)| Arrival { index, ..takeover(recipients) }).collect()
    };
    let both = parts(&[&["x@b", "y@b"], &["z@b"]]);
    assert!(compare_after(&both, "{}", &both[1..], &[]).is_empty());
    let twice = parts(&[&["x@b", "y@b"], &["y@b"]]);
    assert_eq!(compare_after(&twice, "{}", &twice[1..], &[]).len(), 1);
    // Another provider's is one by itself.
    assert_eq!(compare(yaml, &[takeover(&["x@b"]), takeover_by("Bravo S.r.l.", &["y@b"])], &[]).len(), 1);
}

#[test]
fn a_refusal_must_be_announced_and_an_announced_one_must_come() {
    let session = |accepted: &[&str], refused: &[(&str, u16)]| Answered {
        place: "access-point@sender".parse().unwrap(),
        about: "a".into(),
        answer: Answer {
            accepted: accepted.iter().map(|&to| to.to_owned()).collect(),
            refused: refused
                .iter()
                .map(|&(of, code)| Refusal { recipient: Some(of.into()), code, text: "no".into() })
                .collect(),
        },
    };
    let all = "{access-point@sender: [{refused: a}]}";
    let one = "{access-point@sender: [{refused: a, for: x@receiver}]}";
    let refused = session(&[], &[("x@receiver", 550)]);
    let half = session(&["y@receiver"], &[("x@receiver", 550)]);
    assert!(compare(all, &[], std::slice::from_ref(&refused)).is_empty());
    assert!(compare(one, &[], std::slice::from_ref(&half)).is_empty());
    for (yaml, answers) in [
        ("{}", vec![half.clone()]),
        (all, vec![half]),
        (all, vec![session(&["x@receiver"], &[])]),
        (one, vec![session(&[], &[("x@receiver", 450)])]),
        (all, vec![]),
    ] {
        assert!(!compare(yaml, &[], &answers).is_empty(), "{yaml} {answers:?}");
    }
}
