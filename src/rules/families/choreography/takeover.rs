//! Server-server acceptances: each certified recipient covered once, and only between providers.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::{
    directory::Directory,
    evidence::{Party, View},
    message::Kind,
    norm::{Level, clauses::choreography as norm},
    rules::{
        Absence, Check, Context, Culprit, Finding, Findings, Member, Rule, Transaction, not_empty,
        providers::{keeper_of, service_mailboxes},
        refusal::may_have_been_refused,
    },
};

use super::{counted, crossings, is_of_another_provider, is_word_on, observations, one_too_many, was_wrapped};

pub static RULES: &[Rule] = &[
    Rule {
        id: "choreography/takeover-missing",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_1_COVER],
        question: "Is every recipient of an envelope that reached another provider covered by a server-server acceptance?",
        consequence: "The sending provider stays responsible and warns its user after twelve hours.",
        check: Check::Missing(Absence::seen_from(&[View::Service]), |transaction, context| {
            if was_wrapped(transaction) {
                return None;
            }
            let reached = not_empty(reached(transaction, context))?;
            Some(missing(transaction, reached, context))
        }),
    },
    Rule {
        id: "choreography/takeover-repeated",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_1_COVER],
        question: "Is every recipient covered by a server-server acceptance only once?",
        consequence: "Two providers, or one twice, claim to be responsible for one delivery.",
        check: Check::Transaction(|transaction, context| {
            transaction.first(Kind::PresaInCarico)?;
            Some(repeated(transaction, context))
        }),
    },
    Rule {
        id: "choreography/takeover-of-addressed",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_1_ADDRESSED],
        question: "Does a server-server acceptance cover only recipients to whom the envelope was addressed?",
        consequence: "The sending provider takes somebody for served whom the envelope never went to.",
        check: Check::Transaction(|transaction, _| {
            transaction.first(Kind::PresaInCarico)?;
            let crossings = not_empty(crossings(transaction))?;
            Some(not_addressed(transaction, crossings))
        }),
    },
    Rule {
        id: "choreography/service-mailbox-reserved",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_2_5],
        question: "Do service mailboxes hold nothing but server-server acceptances and virus detections?",
        consequence: "Programs that read the service mailbox stumble, and users' mail is read by nobody.",
        check: Check::Transaction(|transaction, context| {
            let directory = context.directory?;
            let stored = transaction.messages.iter().any(|fact| fact.mailboxes().next().is_some());
            stored.then(|| strangers(transaction, directory))
        }),
    },
    Rule {
        id: "choreography/service-mailbox",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_2_5, &norm::RFC6109_2_1_1_1_1_NOT_TO_USERS],
        question: "Do server-server acceptances and virus detections go to the sending provider's service mailbox alone?",
        consequence: "Users get what is meant for their provider, and the provider does not.",
        check: Check::Transaction(|transaction, context| {
            let directory = context.directory?;
            let between = transaction.messages.iter().filter(|fact| fact.goes_to_provider());
            let named = between.clone().any(|fact| !fact.data.mittente.is_empty());
            named.then(|| between.filter_map(|fact| astray(fact, directory)).collect())
        }),
    },
];

/// Who has the message for a recipient, and what shows it: another provider, by a wire or by its own word.
struct Reached<'a> {
    shown_by: &'a Member,
    provider: Culprit,
    recipient: &'a str,
}

/// What its own word shows: a delivery, or a failure after it took the message.
fn reached<'a>(transaction: &'a Transaction, context: &'a Context<'_>) -> impl Iterator<Item = Reached<'a>> {
    let crossed = crossings(transaction);
    let crossed = crossed.map(|(shown_by, to, recipient)| Reached { shown_by, provider: to.into(), recipient });
    let told = [Kind::AvvenutaConsegna, Kind::ErroreConsegna].into_iter().flat_map(|kind| transaction.of(kind));
    let told = told.filter(|fact| is_of_another_provider(transaction, fact));
    crossed.chain(told.filter_map(|fact| {
        let recipient = fact.data.consegna.as_deref()?;
        let word = is_word_on(transaction, fact, recipient, context);
        word.then_some(Reached { shown_by: fact, provider: fact.into(), recipient })
    }))
}

fn missing<'a>(
    transaction: &'a Transaction,
    reached: impl Iterator<Item = Reached<'a>>,
    context: &Context<'_>,
) -> Findings {
    let mut findings = Findings::new();
    // One that names nobody is told of by itself.
    if transaction.leaves_open(Kind::PresaInCarico) || transaction.leaves_open(Kind::RilevazioneVirus) {
        return findings;
    }
    let mut told: HashSet<String> = HashSet::new();
    for Reached { shown_by, provider, recipient } in reached {
        let covers = |kind| transaction.concerning(kind, recipient).next().is_some();
        if !transaction.is_certified(recipient) || covers(Kind::PresaInCarico) || covers(Kind::RilevazioneVirus) {
            continue;
        }
        if may_have_been_refused_to_provider(transaction, context, provider.party) {
            continue;
        }
        if told.insert(recipient.to_ascii_lowercase()) {
            findings.push(
                Finding::new(format!("a server-server acceptance for {recipient}"), "none", "the service mailbox")
                    .blaming(provider)
                    .seen_in([shown_by.observation()]),
            );
        }
    }
    findings
}

fn not_addressed<'a>(
    transaction: &Transaction,
    crossings: impl Iterator<Item = (&'a Member, Party, &'a str)>,
) -> Findings {
    let mut findings = Findings::new();
    let mut paths: BTreeMap<Party, BTreeSet<String>> = BTreeMap::new();
    for (_, provider, recipient) in crossings {
        paths.entry(provider).or_default().insert(recipient.to_ascii_lowercase());
    }
    for takeover in transaction.of(Kind::PresaInCarico) {
        // Where the envelope came by no wire that was seen, nothing tells to whom it was addressed.
        let Some(paths) = paths.get(&takeover.composer) else { continue };
        let strange = |named: &&String| !paths.contains(&named.to_ascii_lowercase()) && transaction.is_certified(named);
        for named in takeover.data.ricezione.iter().filter(strange) {
            let place = format!("{}: daticert.xml postacert/dati/ricezione", takeover.title());
            let finding = Finding::new(super::list(paths.iter().map(String::as_str)), named, place);
            findings.push(finding.blaming(takeover).seen_in([takeover.observation()]));
        }
    }
    findings
}

fn strangers(transaction: &Transaction, directory: &Directory) -> Findings {
    let mut findings = Findings::new();
    // A receipt that went astray is told of as such.
    let others = transaction.messages.iter().filter(|fact| fact.kind.is_envelope());
    for (fact, (sighting, _, address)) in others.flat_map(|fact| fact.mailboxes().map(move |stored| (fact, stored))) {
        if directory.providers.iter().any(|provider| provider.mail_receipt.eq_ignore_ascii_case(address)) {
            let expected = "server-server acceptances and virus detections only";
            let finding = Finding::new(expected, fact.title(), format!("the service mailbox {address}"));
            findings.push(finding.blaming(sighting.producer).seen_in([sighting.observation]));
        }
    }
    findings
}

fn repeated(transaction: &Transaction, context: &Context<'_>) -> Findings {
    let mut findings = Findings::new();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for (fact, times) in counted(transaction.of(Kind::PresaInCarico)) {
        fact.data.ricezione.iter().for_each(|to| *numbers.entry(to.to_ascii_lowercase()).or_default() += times);
    }
    for (recipient, number) in numbers.into_iter().filter(|(_, number)| *number > 1) {
        let covering: Vec<&Member> = transaction.concerning(Kind::PresaInCarico, &recipient).collect();
        findings.push(
            Finding::new(format!("{recipient} covered once"), format!("{number} times"), "ricezione")
                .blaming(one_too_many(&covering, &keeper_of(context, &recipient)))
                .seen_in(observations(covering)),
        );
    }
    findings
}

fn astray(fact: &Member, directory: &Directory) -> Option<Finding> {
    let service = service_mailboxes(directory, &fact.data.mittente);
    // A sender whom nobody manages, or a record without a mailbox: neither tells where it should have gone.
    if service.is_empty() {
        return None;
    }
    let wrong = |address: &str| !service.iter().any(|service| service.eq_ignore_ascii_case(address));
    // Whoever sent it astray is blamed once; whoever stored it astray only where the path was right.
    let (sighting, address) = fact.went().find(|(_, address)| wrong(address))?;
    let expected = format!("the service mailbox {}", super::list(service.iter().copied()));
    let finding = Finding::new(expected, address, format!("{}: where it went", fact.title()));
    Some(finding.blaming(sighting.producer).seen_in([sighting.observation]))
}

/// Whether what a host owed to the sender's provider, and not to the sender, may have been refused there.
pub(super) fn may_have_been_refused_to_provider(transaction: &Transaction, context: &Context<'_>, host: Party) -> bool {
    let (Some(directory), Some(sent)) = (context.directory, transaction.reference()) else { return false };
    let mut mailboxes = service_mailboxes(directory, &sent.data.mittente).into_iter();
    mailboxes.any(|mailbox| may_have_been_refused(context, host, mailbox))
}
