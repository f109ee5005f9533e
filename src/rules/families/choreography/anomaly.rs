//! Anomaly envelopes: they take the way of the message that arrived.

use crate::{
    evidence::{Observation, Seen},
    message::{Kind, Mail},
    norm::{Level, clauses::incoming},
    rules::{Check, Context, Finding, Findings, Member, Rule, Transaction, spelling::same_identifier},
};

use crate::rules::{
    families::choreography::{bytes, list},
    spelling::{bare_identifier, same_address},
};

pub static RULES: &[Rule] = &[Rule {
    id: "choreography/anomaly-paths",
    level: Level::Must,
    clauses: &[&incoming::RFC6109_3_2_2_PATHS],
    question: "Does an anomaly envelope go to a recipient of what arrived, with its reverse path in Return-Path?",
    consequence: "Somebody else gets the message, or errors about it go to somebody who did not send it.",
    check: Check::Transaction { absence: None, applies: arrived_and_stored, check: paths },
}];

/// Anomaly envelopes with a mailbox in which they lie, and the message that arrived as it crossed the wire: it bears the same
/// Message-ID (3.2.2). One that went another way before, forwarded by somebody's mailbox, is that mailbox's service.
fn arrived<'a>(
    transaction: &'a Transaction,
    context: &'a Context<'_>,
) -> impl Iterator<Item = (&'a Member, &'a Observation)> {
    transaction.of(Kind::Anomalia).filter_map(|anomaly| {
        anomaly.mailboxes().next()?;
        let id = anomaly.message_id.as_deref()?;
        let same = |seen: &Observation| {
            let mail = Mail::read(seen.bytes.clone()).ok();
            mail.and_then(|mail| mail.field("Message-ID")).is_some_and(|own| same_identifier(&own, id))
        };
        let incoming = |seen: &&Observation| {
            matches!(seen.seen, Seen::Wire { to, .. } if to == anomaly.composer) && seen.path.is_some() && same(seen)
        };
        let mut observations = context.evidence.observations.iter().filter(incoming);
        let only = observations.next()?;
        observations.next().is_none().then_some((anomaly, only))
    })
}

fn arrived_and_stored(transaction: &Transaction, context: &Context<'_>) -> bool {
    arrived(transaction, context).next().is_some()
}

fn paths(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    for (anomaly, arrived) in arrived(transaction, context) {
        let Some(path) = &arrived.path else { continue };
        let stored: Vec<&str> = anomaly.mailboxes().map(|(.., address)| address).collect();
        let report = |expected: &str, found: &str, place: &str| {
            let finding = Finding::new(expected, found, format!("{}: {place}", anomaly.title()));
            finding.blaming(anomaly.composer).seen_in([arrived.id, anomaly.observation()])
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
