//! Anomaly envelopes: they take the way of the message that arrived.

use crate::{
    evidence::View,
    message::{Kind, Mail},
    norm::{
        Level,
        clauses::{incoming, transactions},
    },
    rules::{Arrival, Check, Context, Finding, Findings, Member, Rule, Transaction, Unwrapped},
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
        check: Check::Transaction { absence: None, applies: arrived_and_stored, check: paths },
    },
    Rule {
        id: "choreography/ordinary-wrapped",
        level: Level::Must,
        clauses: &[&transactions::RFC6109_2_2_2_ORDINARY],
        question: "Does no ordinary mail lie in a certified mailbox but in an anomaly envelope?",
        consequence: "The recipient takes for certified what anybody wrote.",
        check: Check::Transaction { absence: None, applies: unwrapped, check: ordinary },
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

/// That it is the only one that arrived, is known where the wires were watched.
fn arrived_and_stored(transaction: &Transaction, context: &Context<'_>) -> bool {
    context.evidence.watch.sees(View::Wires) && arrived(transaction).next().is_some()
}

fn paths(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    for (anomaly, arrived) in arrived(transaction) {
        let path = &arrived.path;
        let stored: Vec<&str> = anomaly.mailboxes().map(|(.., address)| address).collect();
        let report = |expected: &str, found: &str, place: &str| {
            let finding = Finding::new(expected, found, format!("{}: {place}", anomaly.title()));
            finding.blaming(anomaly.composer).seen_in([arrived.observation, anomaly.observation()])
        };
        if !stored.iter().any(|address| path.to.iter().any(|to| same_address(to, address))) {
            let expected = list(path.to.iter().map(String::as_str));
            findings.push(report(&expected, &list(stored.iter().copied()), "the mailbox"));
        }
        let returns = anomaly.mailboxes().filter_map(|(sighting, ..)| {
            let mail = Mail::read(bytes(context.evidence, sighting.observation)?).ok()?;
            mail.field("Return-Path")
        });
        for to in returns.filter(|to| !same_address(bare_identifier(to), &path.from)) {
            findings.push(report(&format!("<{}>", path.from), &to, "header Return-Path"));
        }
    }
}

fn unwrapped(transaction: &Transaction, _: &Context<'_>) -> bool {
    transaction.unwrapped.is_some()
}

fn ordinary(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    if let Some(Unwrapped { observation, host, address, .. }) = &transaction.unwrapped {
        let place = format!("the mailbox of {address}");
        let finding = Finding::new("ordinary mail in an anomaly envelope, or none", "ordinary mail as it is", place);
        findings.push(finding.blaming(*host).seen_in([*observation]));
    }
}
