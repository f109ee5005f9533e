//! What receipts and notices prove: something happened behind each, to somebody it concerns.

use std::collections::HashSet;

use crate::{
    evidence::{Party, Seen, SmtpPath, View},
    message::Kind,
    norm::{
        Level,
        clauses::{choreography as norm, law, model},
    },
    rules::{Absence, Check, Context, Finding, Findings, Member, Origin, Rule, Transaction, spelling::same_address},
};

use super::{is_of_sender_side, manages, observations, signing_provider};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "choreography/delivered-before-receipt",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_AFTER_DELIVERY, &law::DPR_ART_6],
        question: "Is the envelope in the recipient's mailbox when its delivery receipt is issued?",
        consequence: "The receipt proves a delivery that did not happen.",
        check: Check::Transaction {
            absence: Some(Absence::seen_from(&[View::Recipient, View::Wires])),
            applies: delivery_watched,
            check: delivered,
        },
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
        check: Check::Transaction { absence: None, applies: unsound, check: no_receipts },
    },
    Rule {
        id: "choreography/receipts-without-envelope",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_AFTER_DELIVERY, &model::RFC6109_2_2_3_RECEIPT_DUE],
        question: "Is there an envelope behind every server-server acceptance, delivery and virus detection?",
        consequence: "Receipts answer receipts without end, or prove what was never sent.",
        check: Check::Transaction {
            absence: Some(Absence::seen_from(&[View::Recipient, View::Wires])),
            applies: receiver_spoke,
            check: envelope_behind,
        },
    },
    Rule {
        id: "choreography/ordinary-without-receipts",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_4_RECIPIENTS],
        question: "Are there no receipts for ordinary recipients?",
        consequence: "Ordinary mail looks certified.",
        check: Check::Transaction { absence: None, applies: names_recipients, check: ordinary },
    },
    Rule {
        id: "choreography/own-provider-delivers",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_1_COVER, &norm::RFC6109_3_3_2_AFTER_DELIVERY],
        question: "Does the provider that signs a delivery, a server-server acceptance or a virus detection manage the recipients' domain?",
        consequence: "A provider certifies what happened in another's mailboxes.",
        check: Check::Transaction { absence: None, applies: provably_received, check: own_provider },
    },
    Rule {
        id: "choreography/receipts-to-sender",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_1_TO_REVERSE_PATH],
        question: "Do acceptances, deliveries and notices go to the sender's own mailbox, and nowhere else?",
        consequence: "Somebody else holds the sender's proof.",
        check: Check::Transaction { absence: None, applies: answers_sender, check: to_sender },
    },
    Rule {
        id: "delivery/unmodified",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_2_3_UNMODIFIED],
        question: "Is what lies in the mailbox what came over the wire?",
        consequence: "The signature no longer holds, or the recipient reads something else.",
        check: Check::Transaction { absence: None, applies: arrived_and_stored, check: unmodified },
    },
    Rule {
        id: "choreography/notification-kept",
        level: Level::May,
        clauses: &[&norm::RFC6109_2_2_3_REGARDLESS],
        question: "Does every notification that the sender's provider took lie in the sender's mailbox?",
        consequence: "The sender lost a proof, and neither provider nor sender knows.",
        check: Check::Transaction {
            absence: Some(Absence::seen_from(&[View::Wires, View::Sender])),
            applies: notified,
            check: kept,
        },
    },
];

/// Notifications that a host took for their sender's own mailbox, with that host; one for somebody else is another question's.
fn taken(transaction: &Transaction) -> impl Iterator<Item = (&Member, Party)> {
    // What no listed provider signed is ordinary mail, and lies there wrapped.
    let sound = |fact: &&Member| matches!(fact.origin, Origin::Verified { .. });
    transaction.messages.iter().filter(|fact| fact.goes_to_sender()).filter(sound).filter_map(|fact| {
        let for_sender = |path: &SmtpPath| path.to.iter().any(|to| same_address(to, &fact.data.mittente));
        let taken_by = fact.wires().find_map(|(sighting, path)| match sighting.seen {
            Seen::Wire { to, .. } if for_sender(path) => Some(to),
            _ => None,
        });
        Some((fact, taken_by?))
    })
}

fn notified(transaction: &Transaction, _: &Context<'_>) -> bool {
    taken(transaction).next().is_some()
}

fn kept(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    for (fact, host) in taken(transaction) {
        if fact.mailboxes().next().is_none() {
            let place = format!("the mailbox of {}", fact.data.mittente);
            let finding = Finding::new(fact.title(), "taken from the wire, and in no mailbox", place);
            findings.push(finding.blaming(host).seen_in([fact.observation()]));
        }
    }
}

fn delivery_watched(transaction: &Transaction, _: &Context<'_>) -> bool {
    transaction.first(Kind::PostaCertificata).is_some()
        && transaction.of(Kind::AvvenutaConsegna).any(|delivery| delivery.composer != Party::Harness)
}

fn delivered(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    for delivery in transaction.of(Kind::AvvenutaConsegna).filter(|delivery| delivery.composer != Party::Harness) {
        let sent = |recipient: &&String| transaction.is_certified(recipient);
        // A receipt for somebody to whom nothing was sent is another question's.
        let Some(recipient) = delivery.data.consegna.as_ref().filter(sent) else { continue };
        let stored = transaction.in_mailbox(recipient).map(|sighting| sighting.at).min();
        if stored.is_none_or(|stored| stored > delivery.first_seen()) {
            let found = if stored.is_some() { "it came there later" } else { "it is not there" };
            let finding = Finding::new("the envelope", found, format!("the mailbox of {recipient}"));
            findings.push(finding.blaming(delivery.composer).seen_in([delivery.observation()]));
        }
    }
}

fn unsound(transaction: &Transaction, _: &Context<'_>) -> bool {
    let mut envelopes = transaction.of(Kind::PostaCertificata).peekable();
    // A file tells what it is now, not what arrived.
    envelopes.peek().is_some()
        && envelopes.all(|envelope| matches!(envelope.origin, Origin::Refuted(_) | Origin::Unsigned))
}

fn no_receipts(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    for kind in [Kind::PresaInCarico, Kind::AvvenutaConsegna, Kind::ErroreConsegna, Kind::RilevazioneVirus] {
        // The sender's own provider may tell what SMTP answered.
        let own = |receipt: &&Member| kind == Kind::ErroreConsegna && is_of_sender_side(transaction, receipt);
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

fn of_receiver(transaction: &Transaction) -> impl Iterator<Item = &Member> {
    let spoke = [Kind::PresaInCarico, Kind::AvvenutaConsegna, Kind::RilevazioneVirus];
    transaction.messages.iter().filter(move |fact| spoke.contains(&fact.kind) && fact.composer != Party::Harness)
}

fn receiver_spoke(transaction: &Transaction, _: &Context<'_>) -> bool {
    of_receiver(transaction).next().is_some()
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

fn names_recipients(transaction: &Transaction, _: &Context<'_>) -> bool {
    transaction.reference().is_some() && transaction.messages.iter().any(|fact| fact.named().next().is_some())
}

fn ordinary(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    let Some(reference) = transaction.reference() else { return };
    let named = reference.data.destinatari.iter().filter(|recipient| recipient.tipo == "esterno");
    let named: HashSet<String> = named.map(|recipient| recipient.address.to_ascii_lowercase()).collect();
    // Who is ordinary is the directory's to say; an acceptance that calls a certified recipient so is wrong by itself.
    let ordinary = |address: &str| {
        named.contains(&address.to_ascii_lowercase())
            && context.directory.is_none_or(|directory| directory.is_ordinary(address))
    };
    for fact in transaction.messages.iter().filter(|fact| !fact.is_doubtful()) {
        for address in fact.named().filter(|address| ordinary(address)) {
            let place = format!("{}: daticert.xml ricezione or consegna", fact.title());
            let finding = Finding::new("no receipt for an ordinary recipient", address, place);
            findings.push(finding.blaming(fact.composer).seen_in([fact.observation()]));
        }
    }
}

fn certified_by_receiver(transaction: &Transaction) -> impl Iterator<Item = (&Member, &str)> {
    let received =
        |fact: &&Member| matches!(fact.kind, Kind::AvvenutaConsegna | Kind::PresaInCarico | Kind::RilevazioneVirus);
    transaction.messages.iter().filter(received).filter_map(|fact| Some((fact, signing_provider(fact)?)))
}

fn provably_received(transaction: &Transaction, context: &Context<'_>) -> bool {
    context.whole_directory().is_some() && certified_by_receiver(transaction).next().is_some()
}

fn own_provider(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    let Some(directory) = context.whole_directory() else { return };
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
                .seen_in([sighting.observation, fact.observation()]),
            );
        }
    }
}
