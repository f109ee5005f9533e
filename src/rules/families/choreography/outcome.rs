//! How it ends for each recipient: exactly one outcome, told to the sender, and true.

use crate::{
    evidence::Party,
    message::Kind,
    norm::{
        Level,
        clauses::{choreography as norm, law, model},
    },
    rules::{Check, Context, Fact, Finding, Findings, Origin, Rule, Transaction},
};

use super::{
    choreography::{
        accepted, accepted_and_ended, is_word_on, manages, observations, provider_of, signing_provider, times, watched,
    },
    choreography_timeout::is_of_24_hours,
};

pub static RULES: &[Rule] = &[
    Rule {
        id: "choreography/outcome-missing",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_6_TWENTY_FOUR, &law::DM_ART_13_TWENTY_FOUR],
        question: "Does the sender hold a delivery, a non-delivery or the 24-hour notice for every certified recipient?",
        consequence: "The sender never learns what became of the message.",
        check: Check::Transaction { applies: accepted_and_ended, check: missing },
    },
    Rule {
        id: "choreography/outcome-repeated",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_1_EVERY, &norm::RFC6109_3_3_3],
        question: "Is there one delivery or one non-delivery for a recipient, not several?",
        consequence: "The sender holds several proofs of one event.",
        check: Check::Transaction { applies: concluded, check: repeated },
    },
    Rule {
        id: "choreography/outcome-conflicting",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_1_EVERY, &norm::RFC6109_3_3_3],
        question: "Is a recipient never both delivered to and not delivered to?",
        consequence: "The sender holds proofs of both, which proves neither.",
        check: Check::Transaction { applies: concluded, check: conflicting },
    },
    Rule {
        id: "choreography/receiver-concludes",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_1_EVERY, &norm::RFC6109_3_3_3],
        question: "Does a provider that took a message over, or delivered it, tell the outcome for each recipient?",
        consequence: "The sender has to take a delivered message for lost.",
        check: Check::Transaction { applies: arrived_and_ended, check: concludes },
    },
    Rule {
        id: "choreography/delivered-before-receipt",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_AFTER_DELIVERY, &law::DPR_ART_6],
        question: "Is the envelope in the recipient's mailbox when its delivery receipt is issued?",
        consequence: "The receipt proves a delivery that did not happen.",
        check: Check::Transaction { applies: delivery_watched, check: delivered },
    },
    Rule {
        id: "choreography/unsound-without-receipts",
        level: Level::Must,
        clauses: &[
            &norm::RFC6109_2_2_2_UNSOUND,
            &norm::RFC6109_3_3_2_AFTER_DELIVERY,
            &model::RFC6109_2_2_3_RECEIPT_DUE,
        ],
        question: "Does an envelope that no listed provider signed lead to no receipt or notice of whoever received it?",
        consequence: "Forged or altered mail is certified.",
        check: Check::Transaction { applies: unsound, check: no_receipts },
    },
    Rule {
        id: "choreography/receipts-without-envelope",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_AFTER_DELIVERY, &model::RFC6109_2_2_3_RECEIPT_DUE],
        question: "Is there an envelope behind every server-server acceptance, delivery and virus detection?",
        consequence: "Receipts answer receipts without end, or prove what was never sent.",
        check: Check::Transaction { applies: receiver_spoke, check: envelope_behind },
    },
    Rule {
        id: "choreography/sound-not-wrapped",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_2_2_SOUND],
        question: "Is a correct and undamaged message of another provider passed on as it is, not as an anomaly?",
        consequence: "Certified mail looks like ordinary mail, and the sender gets no receipt.",
        check: Check::Transaction { applies: wrapped, check: sound_wrapped },
    },
    Rule {
        id: "choreography/ordinary-without-receipts",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_4_RECIPIENTS],
        question: "Are there no receipts for ordinary recipients?",
        consequence: "Ordinary mail looks certified.",
        check: Check::Transaction { applies: names_recipients, check: ordinary },
    },
    Rule {
        id: "choreography/own-provider-delivers",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_1_COVER, &norm::RFC6109_3_3_2_AFTER_DELIVERY],
        question: "Does the provider that signs a delivery, a server-server acceptance or a virus detection manage the recipients' domain?",
        consequence: "A provider certifies what happened in another's mailboxes.",
        check: Check::Transaction { applies: provably_received, check: own_provider },
    },
    Rule {
        id: "choreography/receipts-to-sender",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_1_TO_REVERSE_PATH],
        question: "Do acceptances, deliveries and notices go to the sender's own mailbox, and nowhere else?",
        consequence: "Somebody else holds the sender's proof.",
        check: Check::Transaction { applies: answers_sender, check: to_sender },
    },
    Rule {
        id: "delivery/unmodified",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_2_3_UNMODIFIED],
        question: "Is what lies in the mailbox what came over the wire?",
        consequence: "The signature no longer holds, or the recipient reads something else.",
        check: Check::Transaction { applies: arrived_and_stored, check: unmodified },
    },
];

/// Kinds that tell of an end, as far as another provider or SMTP brings it.
const OUTCOMES: [Kind; 3] = [Kind::AvvenutaConsegna, Kind::ErroreConsegna, Kind::ErroreConsegnaVirus];

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
        let concludes = |fact: &Fact| {
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
    transaction.messages.iter().any(Fact::is_outcome)
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

fn deliveries<'a>(transaction: &'a Transaction, recipient: &'a str) -> impl Iterator<Item = &'a Fact> {
    transaction.concerning(Kind::AvvenutaConsegna, recipient)
}

/// Formal ones; those for a virus are counted against the detections.
fn failures<'a>(transaction: &'a Transaction, recipient: &'a str) -> impl Iterator<Item = &'a Fact> {
    transaction.concerning(Kind::ErroreConsegna, recipient)
}

fn repeated(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    for recipient in concluded_recipients(transaction) {
        let mut report = |facts: Vec<&Fact>, kind: Kind| {
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
fn in_mailbox<'a>(
    transaction: &'a Transaction,
    recipient: &'a str,
) -> impl Iterator<Item = &'a crate::rules::Sighting> {
    transaction
        .of(Kind::PostaCertificata)
        .flat_map(Fact::mailboxes)
        .filter(move |(_, _, address)| address.eq_ignore_ascii_case(recipient))
        .map(|(sighting, ..)| sighting)
}

fn arrived_and_ended(transaction: &Transaction, context: &Context<'_>) -> bool {
    context.evidence.complete && accepted(transaction, context) && !reached(transaction).is_empty()
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

/// Where mailboxes are watched: every gateway's are in a run, none in files.
fn delivery_watched(transaction: &Transaction, context: &Context<'_>) -> bool {
    watched(context)
        && transaction.first(Kind::PostaCertificata).is_some()
        && transaction.of(Kind::AvvenutaConsegna).any(|delivery| delivery.composer != Party::Harness)
}

fn delivered(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    for delivery in transaction.of(Kind::AvvenutaConsegna).filter(|delivery| delivery.composer != Party::Harness) {
        let sent =
            |recipient: &&String| transaction.certified_recipients().any(|sent| sent.eq_ignore_ascii_case(recipient));
        // A receipt for somebody to whom nothing was sent is another question's.
        let Some(recipient) = delivery.data.consegna.as_ref().filter(sent) else { continue };
        let stored = in_mailbox(transaction, recipient).map(|sighting| sighting.at).min();
        if stored.is_none_or(|stored| stored > delivery.first_seen()) {
            let found = if stored.is_some() { "it came there later" } else { "it is not there" };
            let finding = Finding::new("the envelope", found, format!("the mailbox of {recipient}"));
            findings.push(finding.blaming(delivery.composer).seen_in([delivery.observation()]));
        }
    }
}

fn unsound(transaction: &Transaction, _: &Context<'_>) -> bool {
    let mut envelopes = transaction.of(Kind::PostaCertificata).peekable();
    envelopes.peek().is_some()
        && envelopes.all(|envelope| matches!(envelope.origin, Origin::Refuted(_) | Origin::Unsigned))
}

fn no_receipts(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    for kind in [Kind::PresaInCarico, Kind::AvvenutaConsegna, Kind::ErroreConsegna, Kind::RilevazioneVirus] {
        // The sender's own provider may tell what SMTP answered.
        let own = |receipt: &&Fact| kind == Kind::ErroreConsegna && receipt.composer == transaction.sender_side();
        for receipt in transaction.of(kind).filter(|receipt| !own(receipt)) {
            let finding = Finding::new(
                "no receipt for an envelope that no listed provider signed",
                receipt.title(),
                "the transaction",
            );
            let seen = [receipt.observation()].into_iter().chain(observations(transaction.of(Kind::PostaCertificata)));
            findings.push(finding.blaming(receipt.composer).seen_in(seen));
        }
    }
}

fn of_receiver(transaction: &Transaction) -> impl Iterator<Item = &Fact> {
    let spoke = [Kind::PresaInCarico, Kind::AvvenutaConsegna, Kind::RilevazioneVirus];
    transaction.messages.iter().filter(move |fact| spoke.contains(&fact.kind) && fact.composer != Party::Harness)
}

fn receiver_spoke(transaction: &Transaction, context: &Context<'_>) -> bool {
    watched(context) && of_receiver(transaction).next().is_some()
}

fn envelope_behind(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    if transaction.first(Kind::PostaCertificata).is_some() {
        return;
    }
    for receipt in of_receiver(transaction) {
        let expected = format!("an envelope {} that arrived", transaction.identifier);
        let finding = Finding::new(expected, "none", receipt.title());
        findings.push(finding.blaming(receipt.composer).seen_in([receipt.observation()]));
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

fn names_recipients(transaction: &Transaction, _: &Context<'_>) -> bool {
    transaction.reference().is_some() && transaction.messages.iter().any(|fact| fact.named().next().is_some())
}

fn ordinary(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    let Some(reference) = transaction.reference() else { return };
    // Who is ordinary is the directory's to say; an acceptance that calls a certified recipient so is wrong by itself.
    let ordinary = |address: &str| {
        let mut recipients = reference.data.destinatari.iter();
        recipients.any(|recipient| recipient.tipo == "esterno" && recipient.address.eq_ignore_ascii_case(address))
            && context.directory.is_none_or(|directory| !directory.is_certified(address))
    };
    for fact in &transaction.messages {
        for address in fact.named().filter(|address| ordinary(address)) {
            let place = format!("{}: daticert.xml ricezione or consegna", fact.title());
            let finding = Finding::new("no receipt for an ordinary recipient", address, place);
            findings.push(finding.blaming(fact.composer).seen_in([fact.observation()]));
        }
    }
}

fn certified_by_receiver(transaction: &Transaction) -> impl Iterator<Item = (&Fact, &str)> {
    let received =
        |fact: &&Fact| matches!(fact.kind, Kind::AvvenutaConsegna | Kind::PresaInCarico | Kind::RilevazioneVirus);
    transaction.messages.iter().filter(received).filter_map(|fact| Some((fact, signing_provider(fact)?)))
}

fn provably_received(transaction: &Transaction, context: &Context<'_>) -> bool {
    context.directory.is_some() && certified_by_receiver(transaction).next().is_some()
}

fn own_provider(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    let Some(directory) = context.directory else { return };
    for (fact, provider) in certified_by_receiver(transaction) {
        for recipient in fact.named().filter(|recipient| !manages(directory, provider, recipient)) {
            let expected = format!("the provider that manages the domain of {recipient}");
            let finding = Finding::new(expected, provider, format!("{}: signature", fact.title()));
            findings.push(finding.blaming(fact.composer).seen_in([fact.observation()]));
        }
    }
}

fn answers_sender(transaction: &Transaction, _: &Context<'_>) -> bool {
    let mut messages = transaction.messages.iter();
    messages.any(|fact| fact.goes_to_sender() && (fact.wires().next().is_some() || fact.mailboxes().next().is_some()))
}

fn to_sender(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    let submitted = transaction.submission.as_ref().map(|submission| submission.path.from.as_str());
    for fact in transaction.messages.iter().filter(|fact| fact.goes_to_sender()) {
        let Some(sender) = submitted.or(Some(&*fact.data.mittente)).filter(|sender| !sender.is_empty()) else {
            continue;
        };
        let sent = fact.wires().flat_map(|(sighting, path)| path.to.iter().map(move |to| (sighting, to.as_str())));
        let stored = fact.mailboxes().map(|(sighting, _, address)| (sighting, address));
        let astray = sent.chain(stored).find(|(_, address)| !address.eq_ignore_ascii_case(sender));
        if let Some((sighting, address)) = astray {
            let finding =
                Finding::new(format!("the mailbox of {sender}"), address, format!("{}: where it went", fact.title()));
            findings.push(finding.blaming(sighting.producer).seen_in([sighting.observation]));
        }
    }
}

fn arrived_and_stored(transaction: &Transaction, _: &Context<'_>) -> bool {
    transaction.messages.iter().any(|fact| fact.wires().next().is_some() && fact.mailboxes().next().is_some())
}

fn unmodified(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    for fact in &transaction.messages {
        for (sighting, _, address) in fact.mailboxes() {
            let Some(offset) = sighting.altered else { continue };
            findings.push(
                Finding::new(
                    "the message as it came",
                    "another from here on (trace fields on top left aside)",
                    format!("{} in the mailbox of {address}", fact.title()),
                )
                .at_offset(offset)
                .blaming(sighting.producer)
                .seen_in([fact.observation(), sighting.observation]),
            );
        }
    }
}
