//! Infected envelopes: not delivered, and one notice to the sender for each detection.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    evidence::{Party, View},
    message::Kind,
    norm::{
        Level,
        clauses::{choreography as norm, incoming},
    },
    rules::{Absence, Check, Context, Finding, Findings, Rule, Transaction},
};

use super::{by_recipient, crossings, number, observations, takeover::may_have_been_refused_to_provider};

pub static RULES: &[Rule] = &[
    Rule {
        id: "choreography/detection-each",
        level: Level::Must,
        clauses: &[&incoming::RFC6109_3_2_3_EACH],
        question: "Is there one virus detection for each recipient to whom the infected envelope was addressed at the provider?",
        consequence: "The sender is told of one recipient only, or twice, and does not know about the others.",
        check: Check::Transaction {
            absence: Some(Absence::seen_from(&[View::Service, View::Wires])),
            applies: detected,
            check: each,
        },
    },
    Rule {
        id: "choreography/detection-answered",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_4_ANSWERED],
        question: "Does every virus detection lead to a virus non-delivery for the same recipient?",
        consequence: "The sender never learns that the message was stopped.",
        check: Check::Transaction {
            absence: Some(Absence::seen_from(&[View::Sender])),
            applies: detected_for_a_user,
            check: answered,
        },
    },
    Rule {
        id: "choreography/detection-answered-once",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_4_ANSWERED],
        question: "Is there one virus non-delivery for a recipient, not several?",
        consequence: "The sender is told twice of one virus.",
        check: Check::Transaction { absence: None, applies: notified, check: once },
    },
    Rule {
        id: "choreography/virus-detected",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_4_ANSWERED],
        question: "Is there a virus detection for the same recipient behind every virus non-delivery?",
        consequence: "The sender is told of a virus that nobody found.",
        check: Check::Transaction {
            absence: Some(Absence::seen_from(&[View::Service])),
            applies: notified,
            check: founded,
        },
    },
    Rule {
        id: "choreography/infected-not-delivered",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_3_NOT_FORWARDED],
        question: "Is an envelope found infected kept from the recipient?",
        consequence: "The recipient gets the virus.",
        check: Check::Transaction { absence: None, applies: detected, check: kept },
    },
];

fn detected(transaction: &Transaction, _: &Context<'_>) -> bool {
    transaction.first(Kind::RilevazioneVirus).is_some()
}

/// What the harness put in owes nothing to its sender.
fn detected_for_a_user(transaction: &Transaction, context: &Context<'_>) -> bool {
    detected(transaction, context) && transaction.sender_side() != Party::Harness
}

fn each(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    // One that names nobody is told of by itself.
    if transaction.leaves_open(Kind::RilevazioneVirus) {
        return;
    }
    // The same envelope is infected for everybody to whom it was addressed there.
    let mut addressed: BTreeMap<Party, BTreeSet<String>> = BTreeMap::new();
    for detection in transaction.of(Kind::RilevazioneVirus).filter(|fact| fact.composer != Party::Harness) {
        addressed.entry(detection.composer).or_default().extend(detection.named().map(str::to_ascii_lowercase));
    }
    for (_, provider, recipient) in crossings(transaction).filter(|(.., recipient)| transaction.is_certified(recipient))
    {
        if let Some(addressed) = addressed.get_mut(&provider) {
            addressed.insert(recipient.to_ascii_lowercase());
        }
    }
    for (composer, recipients) in addressed {
        for recipient in recipients {
            let detections = || transaction.concerning(Kind::RilevazioneVirus, &recipient);
            let number = number(detections());
            if number == 0 && may_have_been_refused_to_provider(transaction, context, composer) {
                continue;
            }
            if number != 1 {
                let expected = format!("one virus detection for {recipient}");
                let finding = Finding::new(expected, number.to_string(), "the service mailbox");
                findings.push(finding.blaming(composer).seen_in(observations(detections())));
            }
        }
    }
}

fn answered(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    if transaction.leaves_open(Kind::ErroreConsegnaVirus) {
        return;
    }
    for detection in transaction.of(Kind::RilevazioneVirus) {
        for recipient in detection.named() {
            if transaction.concerning(Kind::ErroreConsegnaVirus, recipient).next().is_none() {
                findings.push(
                    Finding::new(format!("a virus non-delivery for {recipient}"), "none", "the sender's mailbox")
                        .blaming(transaction.sender_side())
                        .seen_in([detection.observation()]),
                );
            }
        }
    }
}

fn notified(transaction: &Transaction, _: &Context<'_>) -> bool {
    transaction.first(Kind::ErroreConsegnaVirus).is_some()
}

fn once(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    for (recipient, notices) in by_recipient(transaction.of(Kind::ErroreConsegnaVirus)) {
        let number = number(notices.iter().copied());
        let Some(last) = notices.last().filter(|_| number > 1) else { continue };
        let expected = format!("one virus non-delivery for {recipient}");
        let finding = Finding::new(expected, number.to_string(), "the sender's mailbox").blaming(last.composer);
        findings.push(finding.seen_in(observations(notices)));
    }
}

fn founded(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    // One that names nobody is told of by itself.
    if transaction.leaves_open(Kind::RilevazioneVirus) {
        return;
    }
    let detected = by_recipient(transaction.of(Kind::RilevazioneVirus));
    for (recipient, notices) in by_recipient(transaction.of(Kind::ErroreConsegnaVirus)) {
        let Some(first) = notices.first().filter(|_| !detected.contains_key(&recipient)) else { continue };
        let expected = format!("a virus detection for {recipient}");
        let finding = Finding::new(expected, "none", "the service mailbox").blaming(first.composer);
        findings.push(finding.seen_in(observations(notices)));
    }
}

fn kept(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    for envelope in transaction.of(Kind::PostaCertificata) {
        for (sighting, _, address) in envelope.mailboxes() {
            let Some(detection) = transaction.concerning(Kind::RilevazioneVirus, address).next() else { continue };
            findings.push(
                Finding::new(
                    "no envelope: it was found infected",
                    envelope.title(),
                    format!("the mailbox of {address}"),
                )
                .blaming(sighting.producer)
                .seen_in([detection.observation(), sighting.observation]),
            );
        }
    }
}
