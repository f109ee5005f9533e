//! The same facts in every message about a submission.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    message::Kind,
    norm::{Level, clauses::choreography as norm},
    rules::{
        Check, Context, Finding, Findings, Member, Rule, Transaction, spelling::bare_identifier,
        spelling::is_bare_address,
    },
};

pub static RULES: &[Rule] = &[
    Rule {
        id: "choreography/same-sender",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_1_CERTIFIED_PATHS],
        question: "Does every message about a submission name the same sender, that of the reverse path?",
        consequence: "The receipts do not prove who sent the message.",
        check: Check::Transaction { absence: None, applies: comparable, check: same_sender },
    },
    Rule {
        id: "choreography/same-recipients",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_1_CERTIFIED_PATHS],
        question: "Does every message about a submission list the same recipients, those of the forward paths?",
        consequence: "The receipts do not prove to whom the message was sent.",
        check: Check::Transaction { absence: None, applies: comparable, check: same_recipients },
    },
    Rule {
        id: "choreography/same-msgid",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_2_1_MSGID_KEPT],
        question: "Is every msgid certified about a submission the client's own?",
        consequence: "The sender's client cannot match receipts with the message it sent.",
        check: Check::Transaction { absence: None, applies: names_msgid, check: same_msgid },
    },
    Rule {
        id: "choreography/same-identifier",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_2_1_TRACKED],
        question: "Does every message about a submission certify the identifier of its envelope?",
        consequence: "The receipt cannot be linked to the envelope, and proves nothing about it.",
        check: Check::Transaction { absence: None, applies: names_envelope, check: same_identifier },
    },
    Rule {
        id: "choreography/new-message-id",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_2_1_UNAMBIGUOUS],
        question: "Is every notification's Message-ID its own, and no other message's?",
        consequence: "Stores and clients take two messages for one and drop a receipt.",
        check: Check::Transaction { absence: None, applies: has_notifications, check: new_message_id },
    },
];

fn certifying(transaction: &Transaction) -> impl Iterator<Item = &Member> {
    transaction.messages.iter().filter(|fact| !fact.data.mittente.is_empty())
}

fn comparable(transaction: &Transaction, _: &Context<'_>) -> bool {
    certifying(transaction).count() + usize::from(transaction.submission.is_some()) > 1
        && certifying(transaction).next().is_some()
}

/// What most say, the first where as many say otherwise.
fn majority<T: Ord + Clone>(values: impl Iterator<Item = T>) -> Option<T> {
    let values: Vec<T> = values.collect();
    let mut counts: BTreeMap<&T, usize> = BTreeMap::new();
    for value in &values {
        *counts.entry(value).or_default() += 1;
    }
    let most = counts.values().copied().max()?;
    values.iter().find(|value| counts[value] == most).cloned()
}

fn same_sender(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    let submitted = transaction.submission.as_ref().map(|submission| submission.path.from.to_ascii_lowercase());
    let said = certifying(transaction).map(|fact| fact.data.mittente.to_ascii_lowercase());
    let Some(sender) = submitted.or_else(|| majority(said)) else { return };
    // What is no address at all is another question's.
    let readable = certifying(transaction).filter(|fact| is_bare_address(&fact.data.mittente));
    for fact in readable.filter(|fact| !fact.data.mittente.eq_ignore_ascii_case(&sender)) {
        findings.push(
            Finding::new(
                format!("the sender {sender}"),
                fact.data.mittente.clone(),
                format!("{}: daticert.xml postacert/intestazione/mittente", fact.title()),
            )
            .blaming(fact.composer)
            .seen_in([fact.observation()]),
        );
    }
}

fn same_recipients(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    let set = |addresses: &mut dyn Iterator<Item = &String>| -> BTreeSet<String> {
        addresses.map(|address| address.to_ascii_lowercase()).collect()
    };
    let certified = |fact: &Member| set(&mut fact.data.destinatari.iter().map(|recipient| &recipient.address));
    let submitted = transaction.submission.as_ref().map(|submission| set(&mut submission.path.to.iter()));
    let Some(recipients) = submitted.or_else(|| majority(certifying(transaction).map(certified))) else { return };
    for fact in certifying(transaction) {
        let found = certified(fact);
        if found != recipients {
            findings.push(
                Finding::new(
                    format!("the recipients {}", super::list(recipients.iter().map(String::as_str))),
                    super::list(found.iter().map(String::as_str)),
                    format!("{}: daticert.xml postacert/intestazione/destinatari", fact.title()),
                )
                .blaming(fact.composer)
                .seen_in([fact.observation()]),
            );
        }
    }
}

/// An envelope, and something else that certifies.
fn names_envelope(transaction: &Transaction, _: &Context<'_>) -> bool {
    transaction.first(Kind::PostaCertificata).is_some()
        && certifying(transaction).any(|fact| fact.kind != Kind::PostaCertificata)
}

/// What certifies another identifier and refers to the same client's message was put here by that.
fn same_identifier(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    for fact in certifying(transaction) {
        let found = &fact.data.identificativo;
        if bare_identifier(found) != transaction.identifier {
            let place = format!("{}: daticert.xml postacert/dati/identificativo", fact.title());
            let finding = Finding::new(&transaction.identifier, found, place);
            findings.push(finding.blaming(fact.composer).seen_in([fact.observation()]));
        }
    }
}

fn names_msgid(transaction: &Transaction, _: &Context<'_>) -> bool {
    transaction.submission.is_some() && transaction.messages.iter().any(|fact| fact.data.msgid.is_some())
}

/// An absent msgid is tolerated: real providers leave it out.
fn same_msgid(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    let sent = transaction.submission.as_ref().and_then(|submission| submission.msgid.as_deref()).map(bare_identifier);
    for fact in &transaction.messages {
        let Some(msgid) = fact.data.msgid.as_deref().filter(|msgid| Some(bare_identifier(msgid)) != sent) else {
            continue;
        };
        findings.push(
            Finding::new(
                sent.map_or("no msgid, as the client gave none".to_owned(), |sent| format!("the msgid {sent}")),
                msgid,
                format!("{}: daticert.xml postacert/dati/msgid", fact.title()),
            )
            .blaming(fact.composer)
            .seen_in([fact.observation()]),
        );
    }
}

fn notifications(transaction: &Transaction) -> impl Iterator<Item = &Member> {
    transaction.messages.iter().filter(|fact| !fact.kind.is_envelope() && fact.message_id.is_some())
}

fn has_notifications(transaction: &Transaction, _: &Context<'_>) -> bool {
    notifications(transaction).next().is_some()
}

fn new_message_id(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    // A message that was not accepted has no envelope: its notice may bear the identifier it names.
    let envelope = transaction.first(Kind::PostaCertificata).map(|_| transaction.identifier.as_str());
    let mut known: BTreeMap<&str, String> = BTreeMap::new();
    known.extend(envelope.map(|identifier| (identifier, "the envelope".to_owned())));
    let submission = transaction.submission.as_ref();
    known.extend(
        submission.and_then(|sent| sent.msgid.as_deref()).map(|id| (bare_identifier(id), "the submission".to_owned())),
    );
    for fact in notifications(transaction) {
        let Some(id) = fact.message_id.as_deref() else { continue };
        let Some(other) = known.insert(id, fact.title()) else { continue };
        let found = format!("{id}, that of {other}");
        let place = format!("{}: header Message-ID", fact.title());
        let finding = Finding::new("a Message-ID of its own", found, place);
        findings.push(finding.blaming(fact.composer).seen_in([fact.observation()]));
    }
}
