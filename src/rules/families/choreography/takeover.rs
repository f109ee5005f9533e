//! Server-server acceptances: each certified recipient covered once, and only between providers.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::{
    directory::{Directory, Provider},
    evidence::{Party, View},
    message::Kind,
    norm::{Level, clauses::choreography as norm},
    rules::{Absence, Check, Context, Finding, Findings, Member, Rule, Transaction, refusal::may_have_been_refused},
};

use super::{
    counted, crossings, is_of_another_provider, is_word_on, observations, one_too_many, provider_of, was_wrapped,
};

pub static RULES: &[Rule] = &[
    Rule {
        id: "choreography/takeover-missing",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_1_COVER],
        question: "Is every recipient of an envelope that reached another provider covered by a server-server acceptance?",
        consequence: "The sending provider stays responsible and warns its user after twelve hours.",
        check: Check::Transaction {
            absence: Some(Absence::seen_from(&[View::Service])),
            applies: crossed,
            check: missing,
        },
    },
    Rule {
        id: "choreography/takeover-repeated",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_1_COVER],
        question: "Is every recipient covered by a server-server acceptance only once?",
        consequence: "Two providers, or one twice, claim to be responsible for one delivery.",
        check: Check::Transaction { absence: None, applies: taken_over, check: repeated },
    },
    Rule {
        id: "choreography/takeover-of-addressed",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_1_ADDRESSED],
        question: "Does a server-server acceptance cover only recipients to whom the envelope was addressed?",
        consequence: "The sending provider takes somebody for served whom the envelope never went to.",
        check: Check::Transaction { absence: None, applies: crossed_and_taken_over, check: addressed },
    },
    Rule {
        id: "choreography/service-mailbox-reserved",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_2_5],
        question: "Do service mailboxes hold nothing but server-server acceptances and virus detections?",
        consequence: "Programs that read the service mailbox stumble, and users' mail is read by nobody.",
        check: Check::Transaction { absence: None, applies: stored, check: reserved },
    },
    Rule {
        id: "choreography/service-mailbox",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_2_5, &norm::RFC6109_2_1_1_1_1_NOT_TO_USERS],
        question: "Do server-server acceptances and virus detections go to the sending provider's service mailbox alone?",
        consequence: "Users get what is meant for their provider, and the provider does not.",
        check: Check::Transaction { absence: None, applies: between_providers, check: service_mailbox },
    },
];

fn taken_over(transaction: &Transaction, _: &Context<'_>) -> bool {
    transaction.first(Kind::PresaInCarico).is_some()
}

fn crossed(transaction: &Transaction, context: &Context<'_>) -> bool {
    !was_wrapped(transaction) && reached(transaction, context).next().is_some()
}

/// Who has the message for a recipient, and what shows it: another provider, by a wire or by its own word.
struct Reached<'a> {
    shown_by: &'a Member,
    provider: Party,
    recipient: &'a str,
}

/// What its own word shows: a delivery, or a failure after it took the message.
fn reached<'a>(transaction: &'a Transaction, context: &'a Context<'_>) -> impl Iterator<Item = Reached<'a>> {
    let crossed =
        crossings(transaction).map(|(shown_by, provider, recipient)| Reached { shown_by, provider, recipient });
    let told = [Kind::AvvenutaConsegna, Kind::ErroreConsegna].into_iter().flat_map(|kind| transaction.of(kind));
    let told = told.filter(|fact| is_of_another_provider(transaction, fact));
    crossed.chain(told.filter_map(|fact| {
        let recipient = fact.data.consegna.as_deref()?;
        let word = is_word_on(transaction, fact, recipient, context);
        word.then_some(Reached { shown_by: fact, provider: fact.composer, recipient })
    }))
}

fn missing(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    // One that names nobody is told of by itself.
    if transaction.leaves_open(Kind::PresaInCarico) || transaction.leaves_open(Kind::RilevazioneVirus) {
        return;
    }
    let mut told: HashSet<String> = HashSet::new();
    for Reached { shown_by, provider, recipient } in reached(transaction, context) {
        let covers = |kind| transaction.concerning(kind, recipient).next().is_some();
        if !transaction.is_certified(recipient) || covers(Kind::PresaInCarico) || covers(Kind::RilevazioneVirus) {
            continue;
        }
        if may_have_been_refused_to_provider(transaction, context, provider) {
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
}

fn crossed_and_taken_over(transaction: &Transaction, context: &Context<'_>) -> bool {
    taken_over(transaction, context) && crossings(transaction).next().is_some()
}

fn addressed(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    let mut paths: BTreeMap<Party, BTreeSet<String>> = BTreeMap::new();
    for (_, provider, recipient) in crossings(transaction) {
        paths.entry(provider).or_default().insert(recipient.to_ascii_lowercase());
    }
    for takeover in transaction.of(Kind::PresaInCarico) {
        // Where the envelope came by no wire that was seen, nothing tells to whom it was addressed.
        let Some(paths) = paths.get(&takeover.composer) else { continue };
        let strange = |named: &&String| !paths.contains(&named.to_ascii_lowercase()) && transaction.is_certified(named);
        for named in takeover.data.ricezione.iter().filter(strange) {
            let place = format!("{}: daticert.xml postacert/dati/ricezione", takeover.title());
            let finding = Finding::new(super::list(paths.iter().map(String::as_str)), named, place);
            findings.push(finding.blaming(takeover.composer).seen_in([takeover.observation()]));
        }
    }
}

fn stored(transaction: &Transaction, context: &Context<'_>) -> bool {
    context.directory.is_some() && transaction.messages.iter().any(|fact| fact.mailboxes().next().is_some())
}

fn reserved(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    let Some(directory) = context.directory else { return };
    // A receipt that went astray is told of as such.
    let others = transaction.messages.iter().filter(|fact| fact.kind.is_envelope());
    for (fact, (sighting, _, address)) in others.flat_map(|fact| fact.mailboxes().map(move |stored| (fact, stored))) {
        if directory.providers.iter().any(|provider| provider.mail_receipt.eq_ignore_ascii_case(address)) {
            let expected = "server-server acceptances and virus detections only";
            let finding = Finding::new(expected, fact.title(), format!("the service mailbox {address}"));
            findings.push(finding.blaming(sighting.producer).seen_in([sighting.observation]));
        }
    }
}

fn repeated(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for (fact, times) in counted(transaction.of(Kind::PresaInCarico)) {
        fact.data.ricezione.iter().for_each(|to| *numbers.entry(to.to_ascii_lowercase()).or_default() += times);
    }
    for (recipient, number) in numbers.into_iter().filter(|(_, number)| *number > 1) {
        let covering: Vec<&Member> = transaction.concerning(Kind::PresaInCarico, &recipient).collect();
        findings.push(
            Finding::new(format!("{recipient} covered once"), format!("{number} times"), "ricezione")
                .blaming(one_too_many(&covering, provider_of(context, &recipient)))
                .seen_in(observations(covering)),
        );
    }
}

fn between_providers(transaction: &Transaction, context: &Context<'_>) -> bool {
    context.directory.is_some()
        && transaction.messages.iter().any(|fact| fact.goes_to_provider() && !fact.data.mittente.is_empty())
}

fn service_mailbox(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    let Some(directory) = context.directory else { return };
    for fact in transaction.messages.iter().filter(|fact| fact.goes_to_provider()) {
        let service = service_mailboxes(directory, &fact.data.mittente);
        // A sender whom nobody manages, or a record without a mailbox: neither tells where it should have gone.
        if service.is_empty() {
            continue;
        }
        let expected = format!("the service mailbox {}", super::list(service.iter().copied()));
        let wrong = |address: &str| !service.iter().any(|service| service.eq_ignore_ascii_case(address));
        let sent = fact.wires().flat_map(|(sighting, path)| path.to.iter().map(move |to| (sighting, to.as_str())));
        let stored = fact.mailboxes().map(|(sighting, _, address)| (sighting, address));
        // Whoever sent it astray is blamed once; whoever stored it astray only where the path was right.
        let Some((sighting, address)) = sent.chain(stored).find(|(_, address)| wrong(address)) else { continue };
        let finding = Finding::new(expected, address, format!("{}: where it went", fact.title()));
        findings.push(finding.blaming(sighting.producer).seen_in([sighting.observation]));
    }
}

/// The service mailboxes of whoever manages a sender's domain: a provider's environments may each have one.
fn service_mailboxes<'d>(directory: &'d Directory, sender: &str) -> Vec<&'d str> {
    let names: Vec<&str> = directory.managing(super::domain(sender)).map(|provider| &*provider.name).collect();
    let its_own = |provider: &Provider| names.iter().any(|name| name.eq_ignore_ascii_case(&provider.name));
    let records = directory.providers.iter().filter(|provider| its_own(provider));
    let mailboxes = records.map(|provider| &*provider.mail_receipt);
    mailboxes.filter(|mailbox| !mailbox.is_empty()).collect()
}

/// Whether what a host owed to the sender's provider, and not to the sender, may have been refused there.
pub(super) fn may_have_been_refused_to_provider(transaction: &Transaction, context: &Context<'_>, host: Party) -> bool {
    let (Some(directory), Some(sent)) = (context.directory, transaction.reference()) else { return false };
    let mut mailboxes = service_mailboxes(directory, &sent.data.mittente).into_iter();
    mailboxes.any(|mailbox| may_have_been_refused(context, host, mailbox))
}
