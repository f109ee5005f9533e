//! How it ends for each recipient: exactly one outcome, told to the sender.

use crate::{
    evidence::{Party, View},
    message::Kind,
    norm::{
        Level,
        clauses::{choreography as norm, law},
    },
    rules::{Absence, Check, Context, Finding, Findings, Member, Rule, Transaction},
};

use crate::rules::{
    families::choreography::timeout::is_of_24_hours,
    families::choreography::{accepted, is_word_on, observations, provider_of, times},
};

/// Kinds that tell of an end, as far as another provider or SMTP brings it.
const OUTCOMES: [Kind; 3] = [Kind::AvvenutaConsegna, Kind::ErroreConsegna, Kind::ErroreConsegnaVirus];

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "choreography/outcome-missing",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_6_TWENTY_FOUR, &law::DM_ART_13_TWENTY_FOUR],
        question: "Does the sender hold a delivery, a non-delivery or the 24-hour notice for every certified recipient?",
        consequence: "The sender never learns what became of the message.",
        check: Check::Transaction {
            absence: Some(Absence::seen_from(&[View::Sender])),
            applies: accepted,
            check: missing,
        },
    },
    Rule {
        id: "choreography/outcome-repeated",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_1_EVERY, &norm::RFC6109_3_3_3],
        question: "Is there one delivery or one non-delivery for a recipient, not several?",
        consequence: "The sender holds several proofs of one event.",
        check: Check::Transaction { absence: None, applies: concluded, check: repeated },
    },
    Rule {
        id: "choreography/outcome-conflicting",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_1_EVERY, &norm::RFC6109_3_3_3],
        question: "Is a recipient never both delivered to and not delivered to?",
        consequence: "The sender holds proofs of both, which proves neither.",
        check: Check::Transaction { absence: None, applies: concluded, check: conflicting },
    },
    Rule {
        id: "choreography/receiver-concludes",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_1_EVERY, &norm::RFC6109_3_3_3],
        question: "Does a provider that took a message over, or delivered it, tell the outcome for each recipient?",
        consequence: "The sender has to take a delivered message for lost.",
        check: Check::Transaction {
            absence: Some(Absence::seen_from(&[View::Sender, View::Service])),
            applies: arrived,
            check: concludes,
        },
    },
    Rule {
        id: "choreography/sound-not-wrapped",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_2_2_SOUND],
        question: "Is a correct and undamaged message of another provider passed on as it is, not as an anomaly?",
        consequence: "Certified mail looks like ordinary mail, and the sender gets no receipt.",
        check: Check::Transaction { absence: None, applies: wrapped, check: sound_wrapped },
    },
];

/// Whether an outcome names nobody to whom the message was sent: it may be the one that seems to be missing, and what is
/// wrong with it is told of it alone.
fn open_outcome(transaction: &Transaction) -> bool {
    OUTCOMES.into_iter().any(|kind| transaction.leaves_open(kind))
}

fn missing(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    if open_outcome(transaction) || transaction.leaves_open(Kind::PreavvisoErroreConsegna) {
        return;
    }
    for recipient in transaction.certified_recipients() {
        // What is known to be forged concludes nothing.
        let concludes = |fact: &Member| {
            fact.is_outcome() && is_word_on(transaction, fact, recipient, context) || is_of_24_hours(transaction, fact)
        };
        let concluded = transaction.messages.iter().any(|fact| fact.concerns(recipient) && concludes(fact));
        if !concluded {
            let expected = format!("a delivery, a non-delivery or the 24-hour notice for {recipient}");
            let finding = Finding::new(expected, "none of them", "the sender's mailbox");
            findings.push(
                finding.blaming(transaction.sender_side()).seen_in(observations(transaction.first(Kind::Accettazione))),
            );
        }
    }
}

fn concluded(transaction: &Transaction, _: &Context<'_>) -> bool {
    transaction.messages.iter().any(Member::is_outcome)
}

/// Each recipient with an outcome, once, in lower case.
fn concluded_recipients(transaction: &Transaction) -> Vec<String> {
    let mut recipients: Vec<String> = Vec::new();
    for fact in transaction.messages.iter().filter(|fact| fact.is_outcome()) {
        recipients.extend(fact.data.consegna.iter().map(|recipient| recipient.to_ascii_lowercase()));
    }
    recipients.sort();
    recipients.dedup();
    recipients
}

fn deliveries<'a>(transaction: &'a Transaction, recipient: &'a str) -> impl Iterator<Item = &'a Member> {
    transaction.concerning(Kind::AvvenutaConsegna, recipient)
}

/// Formal ones; those for a virus are counted against the detections.
fn failures<'a>(transaction: &'a Transaction, recipient: &'a str) -> impl Iterator<Item = &'a Member> {
    transaction.concerning(Kind::ErroreConsegna, recipient)
}

fn repeated(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    for recipient in concluded_recipients(transaction) {
        let mut report = |facts: Vec<&Member>, kind: Kind| {
            let number: usize = facts.iter().map(|fact| times(fact)).sum();
            if number > 1 {
                let expected = format!("one {} for {recipient}", kind.title());
                let finding = Finding::new(expected, number.to_string(), "the sender's mailbox");
                let last = facts.last().map_or(Party::Undetermined, |fact| fact.composer);
                findings.push(finding.blaming(last).seen_in(observations(facts)));
            }
        };
        report(deliveries(transaction, &recipient).collect(), Kind::AvvenutaConsegna);
        report(failures(transaction, &recipient).collect(), Kind::ErroreConsegna);
    }
}

fn conflicting(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    for recipient in concluded_recipients(transaction) {
        let Some(delivery) = deliveries(transaction, &recipient).next() else { continue };
        let virus = transaction.concerning(Kind::ErroreConsegnaVirus, &recipient);
        let Some(failure) = failures(transaction, &recipient).chain(virus).next() else { continue };
        // The later of the two denies what was already certified.
        let later = if failure.first_seen() >= delivery.first_seen() { failure } else { delivery };
        findings.push(
            Finding::new(
                format!("one outcome for {recipient}"),
                format!("{} and {}", delivery.title(), failure.title()),
                "the sender's mailbox",
            )
            .blaming(later.composer)
            .seen_in([delivery.observation(), failure.observation()]),
        );
    }
}

/// Certified recipients whom an envelope reached, or for whom it was taken over.
fn reached(transaction: &Transaction) -> Vec<&str> {
    transaction
        .certified_recipients()
        .filter(|recipient| {
            let taken = transaction.concerning(Kind::PresaInCarico, recipient).next().is_some();
            taken || in_mailbox(transaction, recipient).next().is_some()
        })
        .collect()
}

/// Sightings of the envelope in a recipient's mailbox.
pub(super) fn in_mailbox<'a>(
    transaction: &'a Transaction,
    recipient: &'a str,
) -> impl Iterator<Item = &'a crate::rules::Sighting> {
    transaction
        .of(Kind::PostaCertificata)
        .flat_map(Member::mailboxes)
        .filter(move |(_, _, address)| address.eq_ignore_ascii_case(recipient))
        .map(|(sighting, ..)| sighting)
}

fn arrived(transaction: &Transaction, context: &Context<'_>) -> bool {
    accepted(transaction, context) && !reached(transaction).is_empty()
}

fn concludes(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    if open_outcome(transaction) || transaction.leaves_open(Kind::RilevazioneVirus) {
        return;
    }
    for recipient in reached(transaction) {
        let told = |kind| transaction.concerning(kind, recipient).next().is_some();
        if ![Kind::AvvenutaConsegna, Kind::ErroreConsegna, Kind::RilevazioneVirus].into_iter().any(told) {
            let expected = format!("a delivery or non-delivery for {recipient}");
            let takeovers = transaction.concerning(Kind::PresaInCarico, recipient);
            findings.push(
                Finding::new(expected, "neither", "the sender's mailbox")
                    .blaming(provider_of(context, recipient))
                    .seen_in(observations(takeovers))
                    .seen_in(in_mailbox(transaction, recipient).map(|sighting| sighting.observation)),
            );
        }
    }
}

fn wrapped(transaction: &Transaction, context: &Context<'_>) -> bool {
    context.directory.is_some() && transaction.first(Kind::Anomalia).is_some()
}

fn sound_wrapped(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    for anomaly in transaction.of(Kind::Anomalia) {
        let Some(arrived) = anomaly.wraps_sound else { continue };
        let finding =
            Finding::new(format!("message {arrived} as it arrived"), anomaly.title(), "the recipient's mailbox");
        findings.push(finding.blaming(anomaly.composer).seen_in([arrived, anomaly.observation()]));
    }
}
