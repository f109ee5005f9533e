//! The same facts in every message about a submission.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    message::Kind,
    norm::{
        Level,
        clauses::{choreography as norm, formats},
    },
    rules::{
        Check, Finding, Findings, Member, Rule, Transaction, not_empty,
        spelling::{bare_identifier, collapsed, is_bare_address},
    },
};

use super::counted;

pub static RULES: &[Rule] = &[
    Rule {
        id: "choreography/same-sender",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_1_CERTIFIED_PATHS],
        question: "Does every message about a submission name the same sender, that of the reverse path?",
        consequence: "The receipts do not prove who sent the message.",
        check: Check::Transaction(|transaction, _| is_comparable(transaction).then(|| same_sender(transaction))),
    },
    Rule {
        id: "choreography/same-recipients",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_1_CERTIFIED_PATHS],
        question: "Does every message about a submission list the same recipients, those of the forward paths?",
        consequence: "The receipts do not prove to whom the message was sent.",
        check: Check::Transaction(|transaction, _| is_comparable(transaction).then(|| same_recipients(transaction))),
    },
    Rule {
        id: "choreography/same-msgid",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_2_1_MSGID_KEPT],
        question: "Is every msgid certified about a submission the client's own?",
        consequence: "The sender's client cannot match receipts with the message it sent.",
        check: Check::Transaction(|transaction, _| names_msgid(transaction).then(|| same_msgid(transaction))),
    },
    Rule {
        id: "choreography/same-subject",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_OGGETTO],
        question: "Does every message about a submission certify the same subject?",
        consequence: "The receipts prove that something else was sent.",
        check: Check::Transaction(|transaction, _| several_certify(transaction).then(|| same_subject(transaction))),
    },
    Rule {
        id: "choreography/same-reply-to",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_RISPOSTE],
        question: "Does every message about a submission certify the same reply addresses?",
        consequence: "Programs that read the certification data answer to somebody else.",
        check: Check::Transaction(|transaction, _| several_certify(transaction).then(|| same_reply_to(transaction))),
    },
    Rule {
        id: "choreography/same-identifier",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_2_1_TRACKED],
        question: "Does every message about a submission certify the identifier of its envelope?",
        consequence: "The receipt cannot be linked to the envelope, and proves nothing about it.",
        check: Check::Transaction(|transaction, _| names_envelope(transaction).then(|| same_identifier(transaction))),
    },
    Rule {
        id: "choreography/new-message-id",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_2_1_UNAMBIGUOUS],
        question: "Is every notification's Message-ID its own, and no other message's?",
        consequence: "Stores and clients take two messages for one and drop a receipt.",
        check: Check::Transaction(|transaction, _| {
            Some(of_another_message(transaction, not_empty(notifications(transaction))?))
        }),
    },
];

fn certifying(transaction: &Transaction) -> impl Iterator<Item = &Member> {
    transaction.messages.iter().filter(|fact| !fact.data.mittente.is_empty() && !fact.is_doubtful())
}

fn is_comparable(transaction: &Transaction) -> bool {
    certifying(transaction).count() + usize::from(transaction.submission.is_some()) > 1
        && certifying(transaction).next().is_some()
}

/// What most say; where as many say otherwise, what the sender's provider says, in whatever order somebody holds them.
fn majority<T: Ord>(transaction: &Transaction, said: impl Fn(&Member) -> Option<T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for value in certifying(transaction).filter_map(&said) {
        *counts.entry(value).or_default() += 1;
    }
    let most = counts.values().copied().max()?;
    counts.retain(|_, count| *count == most);
    let by_sender = transaction.references().filter(|fact| !fact.data.mittente.is_empty()).filter_map(&said);
    by_sender.chain(certifying(transaction).filter_map(&said)).find(|value| counts.contains_key(value))
}

fn same_sender(transaction: &Transaction) -> Findings {
    let mut findings = Findings::new();
    let submitted = transaction.submission.as_ref().map(|submission| submission.path.from.to_ascii_lowercase());
    let said = |fact: &Member| Some(fact.data.mittente.to_ascii_lowercase());
    let Some(sender) = submitted.or_else(|| majority(transaction, said)) else { return findings };
    // What is no address at all is another question's.
    let readable = certifying(transaction).filter(|fact| is_bare_address(&fact.data.mittente));
    for fact in readable.filter(|fact| !fact.data.mittente.eq_ignore_ascii_case(&sender)) {
        findings.push(
            Finding::new(
                format!("the sender {sender}"),
                fact.data.mittente.clone(),
                format!("{}: daticert.xml postacert/intestazione/mittente", fact.title()),
            )
            .blaming(fact)
            .seen_in([fact.observation()]),
        );
    }
    findings
}

fn same_recipients(transaction: &Transaction) -> Findings {
    let mut findings = Findings::new();
    let set = |addresses: &mut dyn Iterator<Item = &String>| -> BTreeSet<String> {
        addresses.map(|address| address.to_ascii_lowercase()).collect()
    };
    let certified = |fact: &Member| set(&mut fact.data.destinatari.iter().map(|recipient| &recipient.address));
    let submitted = transaction.submission.as_ref().map(|submission| set(&mut submission.path.to.iter()));
    let Some(recipients) = submitted.or_else(|| majority(transaction, |fact| Some(certified(fact)))) else {
        return findings;
    };
    for fact in certifying(transaction) {
        let found = certified(fact);
        if found != recipients {
            findings.push(
                Finding::new(
                    format!("the recipients {}", super::list(recipients.iter().map(String::as_str))),
                    super::list(found.iter().map(String::as_str)),
                    format!("{}: daticert.xml postacert/intestazione/destinatari", fact.title()),
                )
                .blaming(fact)
                .seen_in([fact.observation()]),
            );
        }
    }
    findings
}

/// An envelope, and something else that certifies.
fn names_envelope(transaction: &Transaction) -> bool {
    transaction.first(Kind::PostaCertificata).is_some()
        && certifying(transaction).any(|fact| fact.kind != Kind::PostaCertificata)
}

/// What certifies another identifier and refers to the same client's message was put here by that.
fn same_identifier(transaction: &Transaction) -> Findings {
    let mut findings = Findings::new();
    for fact in certifying(transaction) {
        let found = &fact.data.identificativo;
        if bare_identifier(found) != transaction.identifier {
            let place = format!("{}: daticert.xml postacert/dati/identificativo", fact.title());
            let finding = Finding::new(&transaction.identifier, found, place);
            findings.push(finding.blaming(fact).seen_in([fact.observation()]));
        }
    }
    findings
}

/// Notifications that certify; what an envelope certifies is held against the original in it.
fn certifying_notifications(transaction: &Transaction) -> impl Iterator<Item = &Member> {
    certifying(transaction).filter(|fact| !fact.kind.is_envelope())
}

fn several_certify(transaction: &Transaction) -> bool {
    certifying(transaction).nth(1).is_some() && certifying_notifications(transaction).next().is_some()
}

fn names_msgid(transaction: &Transaction) -> bool {
    let named = certifying(transaction).filter(|fact| fact.data.msgid.is_some());
    named.take(2).count() + usize::from(transaction.submission.is_some()) > 1
}

/// An absent msgid is tolerated: real providers leave it out.
fn same_msgid(transaction: &Transaction) -> Findings {
    let mut findings = Findings::new();
    let said = |fact: &Member| fact.data.msgid.as_deref().map(|msgid| bare_identifier(msgid).to_owned());
    let sent = match &transaction.submission {
        Some(submission) => submission.msgid.as_deref().map(|msgid| bare_identifier(msgid).to_owned()),
        None => majority(transaction, said),
    };
    let seen = |fact: &&Member| transaction.submission.is_some() || !fact.kind.is_envelope();
    for fact in transaction.messages.iter().filter(|fact| seen(fact) && !fact.is_doubtful()) {
        let Some(msgid) = fact.data.msgid.as_deref().filter(|msgid| Some(bare_identifier(msgid)) != sent.as_deref())
        else {
            continue;
        };
        findings.push(
            Finding::new(
                sent.as_ref()
                    .map_or("no msgid, as the client gave none".to_owned(), |sent| format!("the msgid {sent}")),
                msgid,
                format!("{}: daticert.xml postacert/dati/msgid", fact.title()),
            )
            .blaming(fact)
            .seen_in([fact.observation()]),
        );
    }
    findings
}

/// An empty subject and none are the same.
fn same_subject(transaction: &Transaction) -> Findings {
    let mut findings = Findings::new();
    let said = |fact: &Member| collapsed(fact.data.oggetto.as_deref().unwrap_or_default());
    let Some(expected) = majority(transaction, |fact| Some(said(fact))) else { return findings };
    for fact in certifying_notifications(transaction).filter(|fact| said(fact) != expected) {
        let found = fact.data.oggetto.as_deref().unwrap_or("none");
        let place = format!("{}: daticert.xml postacert/intestazione/oggetto", fact.title());
        let finding = Finding::new(format!("the subject {expected}"), found, place);
        findings.push(finding.blaming(fact).seen_in([fact.observation()]));
    }
    findings
}

/// The DTD wants the field's value, real providers write the addresses: either names the same ones. What names nobody is told
/// of by itself.
fn same_reply_to(transaction: &Transaction) -> Findings {
    let mut findings = Findings::new();
    let said = |fact: &Member| -> BTreeSet<String> {
        let words = fact.data.risposte.split(|c: char| c.is_whitespace() || "<>,;\"()".contains(c));
        words.filter(|word| word.contains('@')).map(str::to_ascii_lowercase).collect()
    };
    let named = |fact: &Member| Some(said(fact)).filter(|addresses| !addresses.is_empty());
    let Some(expected) = majority(transaction, named) else { return findings };
    let shown = super::list(expected.iter().map(String::as_str));
    for fact in certifying_notifications(transaction) {
        let found = said(fact);
        if !found.is_empty() && found != expected {
            let place = format!("{}: daticert.xml postacert/intestazione/risposte", fact.title());
            let finding = Finding::new(format!("the reply addresses {shown}"), &fact.data.risposte, place);
            findings.push(finding.blaming(fact).seen_in([fact.observation()]));
        }
    }
    findings
}

fn notifications(transaction: &Transaction) -> impl Iterator<Item = &Member> {
    let all = transaction.messages.iter().filter(|fact| !fact.kind.is_envelope() && !fact.is_doubtful());
    counted(all.filter(|fact| fact.message_id.is_some())).map(|(fact, _)| fact)
}

fn of_another_message<'a>(transaction: &Transaction, notifications: impl Iterator<Item = &'a Member>) -> Findings {
    let mut findings = Findings::new();
    // A message that was not accepted has no envelope: its notice may bear the identifier it names.
    let envelope = transaction.first(Kind::PostaCertificata).map(|_| transaction.identifier.as_str());
    let mut known: BTreeMap<&str, String> = BTreeMap::new();
    known.extend(envelope.map(|identifier| (identifier, "the envelope".to_owned())));
    let submission = transaction.submission.as_ref();
    known.extend(
        submission.and_then(|sent| sent.msgid.as_deref()).map(|id| (bare_identifier(id), "the submission".to_owned())),
    );
    for fact in notifications {
        // An identifier that it certifies itself is asked of it alone.
        let certified = [fact.data.msgid.as_deref().map(bare_identifier), fact.reference.as_deref()];
        let own = certified.into_iter().flatten().chain([bare_identifier(&fact.data.identificativo)]);
        let Some(id) = fact.message_id.as_deref().filter(|id| !own.clone().any(|own| own == *id)) else { continue };
        let Some(other) = known.insert(id, fact.title()) else { continue };
        let found = format!("{id}, that of {other}");
        let place = format!("{}: header Message-ID", fact.title());
        let finding = Finding::new("a Message-ID of its own", found, place);
        findings.push(finding.blaming(fact).seen_in([fact.observation()]));
    }
    findings
}
