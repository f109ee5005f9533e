//! Infected envelopes: not delivered, and one notice to the sender for each detection.

use crate::{
    message::Kind,
    norm::{Level, clauses::choreography as norm},
    rules::{Check, Context, Finding, Findings, Rule, Transaction},
};

use super::choreography::{observations, times};

pub static RULES: &[Rule] = &[
    Rule {
        id: "choreography/detection-answered",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_4_ANSWERED],
        question: "Does every virus detection lead to a virus non-delivery for the same recipient?",
        consequence: "The sender never learns that the message was stopped.",
        check: Check::Transaction { applies: detected_and_ended, check: answered },
    },
    Rule {
        id: "choreography/detection-answered-once",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_4_ANSWERED],
        question: "Does every virus non-delivery answer one virus detection for the same recipient, and no other does?",
        consequence: "The sender is told of a virus that nobody found, or twice of one.",
        check: Check::Transaction { applies: notified, check: once },
    },
    Rule {
        id: "choreography/infected-not-delivered",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_3_NOT_FORWARDED],
        question: "Is an envelope found infected kept from the recipient?",
        consequence: "The recipient gets the virus.",
        check: Check::Transaction { applies: detected, check: kept },
    },
];

fn detected(transaction: &Transaction, _: &Context<'_>) -> bool {
    transaction.first(Kind::RilevazioneVirus).is_some()
}

fn detected_and_ended(transaction: &Transaction, context: &Context<'_>) -> bool {
    context.evidence.complete && detected(transaction, context)
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
    if transaction.leaves_open(Kind::RilevazioneVirus) {
        return;
    }
    let mut seen: Vec<String> = Vec::new();
    for notice in transaction.of(Kind::ErroreConsegnaVirus) {
        let Some(recipient) = &notice.data.consegna else { continue };
        if seen.contains(&recipient.to_ascii_lowercase()) {
            continue;
        }
        seen.push(recipient.to_ascii_lowercase());
        let notices = || transaction.concerning(Kind::ErroreConsegnaVirus, recipient);
        let number: usize = notices().map(times).sum();
        let detections = transaction.concerning(Kind::RilevazioneVirus, recipient).count();
        if number != 1 || detections != 1 {
            findings.push(
                Finding::new(
                    format!("one virus detection and one virus non-delivery for {recipient}"),
                    format!("{detections} and {number}"),
                    "the transaction",
                )
                .blaming(if detections > 1 { detection_composer(transaction, recipient) } else { notice.composer })
                .seen_in(observations(notices())),
            );
        }
    }
}

fn detection_composer(transaction: &Transaction, recipient: &str) -> crate::evidence::Party {
    let last = transaction.concerning(Kind::RilevazioneVirus, recipient).last();
    last.map_or(crate::evidence::Party::Undetermined, |fact| fact.composer)
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
