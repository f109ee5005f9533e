//! Infected envelopes: not delivered, and one notice to the sender for each detection.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    evidence::{Party, View},
    message::Kind,
    norm::{
        Level,
        clauses::{choreography as norm, incoming},
    },
    rules::{Absence, Check, Context, Finding, Findings, Member, Rule, Transaction},
};

use super::{by_recipient, crossings, number, observations, takeover::may_have_been_refused_to_provider};

pub static RULES: &[Rule] = &[
    Rule {
        id: "choreography/detection-each",
        level: Level::Must,
        clauses: &[&incoming::RFC6109_3_2_3_EACH],
        question: "Is there one virus detection for each recipient to whom the infected envelope was addressed at the provider?",
        consequence: "The sender is told of one recipient only, or twice, and does not know about the others.",
        check: Check::Missing(Absence::seen_from(&[View::Service, View::Wires]), |transaction, context| {
            detected(transaction).map(|_| each(transaction, context))
        }),
    },
    Rule {
        id: "choreography/detection-answered",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_4_ANSWERED],
        question: "Does every virus detection lead to a virus non-delivery for the same recipient?",
        consequence: "The sender never learns that the message was stopped.",
        check: Check::Missing(Absence::seen_from(&[View::Sender]), |transaction, _| {
            // What the harness put in owes nothing to its sender.
            detected(transaction).filter(|_| transaction.sender_side() != Party::Harness)?;
            Some(unanswered(transaction))
        }),
    },
    Rule {
        id: "choreography/detection-answered-once",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_4_ANSWERED],
        question: "Is there one virus non-delivery for a recipient, not several?",
        consequence: "The sender is told twice of one virus.",
        check: Check::Transaction(|transaction, _| notified(transaction).map(|_| repeated(transaction))),
    },
    Rule {
        id: "choreography/virus-detected",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_4_ANSWERED],
        question: "Is there a virus detection for the same recipient behind every virus non-delivery?",
        consequence: "The sender is told of a virus that nobody found.",
        check: Check::Missing(Absence::seen_from(&[View::Service]), |transaction, _| {
            notified(transaction).map(|_| unfounded(transaction))
        }),
    },
    Rule {
        id: "choreography/infected-not-delivered",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_3_NOT_FORWARDED],
        question: "Is an envelope found infected kept from the recipient?",
        consequence: "The recipient gets the virus.",
        check: Check::Transaction(|transaction, _| detected(transaction).map(|_| delivered(transaction))),
    },
];

fn detected(transaction: &Transaction) -> Option<&Member> {
    transaction.first(Kind::RilevazioneVirus)
}

fn each(transaction: &Transaction, context: &Context<'_>) -> Findings {
    let mut findings = Findings::new();
    // One that names nobody is told of by itself.
    if transaction.leaves_open(Kind::RilevazioneVirus) {
        return findings;
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
    findings
}

fn unanswered(transaction: &Transaction) -> Findings {
    let mut findings = Findings::new();
    if transaction.leaves_open(Kind::ErroreConsegnaVirus) {
        return findings;
    }
    for detection in transaction.of(Kind::RilevazioneVirus) {
        for recipient in detection.named() {
            if transaction.concerning(Kind::ErroreConsegnaVirus, recipient).next().is_none() {
                findings.push(
                    Finding::new(format!("a virus non-delivery for {recipient}"), "none", "the sender's mailbox")
                        .blaming(transaction.senders())
                        .seen_in([detection.observation()]),
                );
            }
        }
    }
    findings
}

fn notified(transaction: &Transaction) -> Option<&Member> {
    transaction.first(Kind::ErroreConsegnaVirus)
}

fn repeated(transaction: &Transaction) -> Findings {
    let mut findings = Findings::new();
    for (recipient, notices) in by_recipient(transaction.of(Kind::ErroreConsegnaVirus)) {
        let number = number(notices.iter().copied());
        let Some(last) = notices.last().filter(|_| number > 1) else { continue };
        let expected = format!("one virus non-delivery for {recipient}");
        let finding = Finding::new(expected, number.to_string(), "the sender's mailbox").blaming(*last);
        findings.push(finding.seen_in(observations(notices)));
    }
    findings
}

fn unfounded(transaction: &Transaction) -> Findings {
    let mut findings = Findings::new();
    // One that names nobody is told of by itself.
    if transaction.leaves_open(Kind::RilevazioneVirus) {
        return findings;
    }
    let detected = by_recipient(transaction.of(Kind::RilevazioneVirus));
    for (recipient, notices) in by_recipient(transaction.of(Kind::ErroreConsegnaVirus)) {
        let Some(first) = notices.first().filter(|_| !detected.contains_key(&recipient)) else { continue };
        let expected = format!("a virus detection for {recipient}");
        let finding = Finding::new(expected, "none", "the service mailbox").blaming(*first);
        findings.push(finding.seen_in(observations(notices)));
    }
    findings
}

fn delivered(transaction: &Transaction) -> Findings {
    let mut findings = Findings::new();
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
    findings
}
