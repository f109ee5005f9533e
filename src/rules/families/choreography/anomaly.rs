//! Anomaly envelopes: they take the way of the message that arrived.

use crate::{
    evidence::{Evidence, View},
    message::{Kind, Mail},
    norm::{
        Level,
        clauses::{incoming, transactions},
    },
    rules::{Arrival, Check, Finding, Findings, Member, Rule, Transaction, Unwrapped, not_empty, when},
};

use crate::rules::{
    families::choreography::{bytes, list},
    spelling::{bare_identifier, same_address},
};

pub static RULES: &[Rule] = &[
    Rule {
        id: "choreography/anomaly-paths",
        level: Level::Must,
        clauses: &[&incoming::RFC6109_3_2_2_PATHS],
        question: "Does an anomaly envelope go to a recipient of what arrived, with its reverse path in Return-Path?",
        consequence: "Somebody else gets the message, or errors about it go to somebody who did not send it.",
        check: Check::Transaction(|transaction, context| {
            // That it is the only one that arrived, is known where the wires were watched.
            let arrived = not_empty(arrived(transaction).filter(|_| context.evidence.watch.sees(View::Wires)))?;
            Some(arrived.flat_map(|(anomaly, arrival)| astray(anomaly, arrival, context.evidence)).collect())
        }),
    },
    Rule {
        id: "choreography/ordinary-wrapped",
        level: Level::Must,
        clauses: &[&transactions::RFC6109_2_2_2_ORDINARY],
        question: "Does no ordinary mail lie in a certified mailbox but in an anomaly envelope?",
        consequence: "The recipient takes for certified what anybody wrote.",
        check: Check::Transaction(|transaction, _| Some(vec![ordinary(transaction.unwrapped.as_ref()?)])),
    },
];

/// Anomaly envelopes with a mailbox in which they lie, and the message that arrived as it crossed the wire: it bears the same
/// Message-ID (3.2.2). One that went another way before, forwarded by somebody's mailbox, is that mailbox's service.
fn arrived(transaction: &Transaction) -> impl Iterator<Item = (&Member, &Arrival)> {
    transaction.of(Kind::Anomalia).filter_map(|anomaly| {
        anomaly.mailboxes().next()?;
        let mut arrivals = transaction.arrivals.iter().filter(|arrival| arrival.to == anomaly.composer);
        let only = arrivals.next()?;
        arrivals.next().is_none().then_some((anomaly, only))
    })
}

fn astray(anomaly: &Member, arrived: &Arrival, evidence: &Evidence) -> Findings {
    let path = &arrived.path;
    let stored: Vec<&str> = anomaly.mailboxes().map(|(.., address)| address).collect();
    let finding = |expected: &str, found: &str, place: &str| {
        let finding = Finding::new(expected, found, format!("{}: {place}", anomaly.title()));
        finding.blaming(anomaly).seen_in([arrived.observation, anomaly.observation()])
    };
    let to_a_recipient = stored.iter().any(|address| path.to.iter().any(|to| same_address(to, address)));
    let mut findings = when(!to_a_recipient, || {
        let expected = list(path.to.iter().map(String::as_str));
        finding(&expected, &list(stored.iter().copied()), "the mailbox")
    });
    let returns = anomaly.mailboxes().filter_map(|(sighting, ..)| {
        let mail = Mail::read(bytes(evidence, sighting.observation)?).ok()?;
        mail.field("Return-Path")
    });
    let elsewhere = returns.filter(|to| !same_address(bare_identifier(to), &path.from));
    findings.extend(elsewhere.map(|to| finding(&format!("<{}>", path.from), &to, "header Return-Path")));
    findings
}

fn ordinary(unwrapped: &Unwrapped) -> Finding {
    let Unwrapped { observation, host, address, .. } = unwrapped;
    let place = format!("the mailbox of {address}");
    let finding = Finding::new("ordinary mail in an anomaly envelope, or none", "ordinary mail as it is", place);
    finding.blaming(*host).seen_in([*observation])
}
