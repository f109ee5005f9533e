//! What receipts and notices prove: something happened behind each, to somebody it concerns.

use std::collections::HashSet;

use crate::{
    directory::Directory,
    evidence::{Party, Seen, SmtpPath, View},
    message::Kind,
    norm::{
        Level,
        clauses::{choreography as norm, law, model},
    },
    rules::{
        Absence, Check, Finding, Findings, Member, Origin, Rule, Sighting, Transaction, not_empty,
        providers::manages,
        spelling::{is_bare_address, same_address},
    },
};

use super::{is_of_sender_side, observations, signing_provider};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "choreography/delivered-before-receipt",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_AFTER_DELIVERY, &law::DPR_ART_6],
        question: "Is the envelope in the recipient's mailbox when its delivery receipt is issued?",
        consequence: "The receipt proves a delivery that did not happen.",
        check: Check::Missing(Absence::seen_from(&[View::Recipient, View::Wires]), |transaction, _| {
            transaction.first(Kind::PostaCertificata)?;
            let deliveries = not_empty(transaction.of(Kind::AvvenutaConsegna).filter(|fact| is_by_gateway(fact)))?;
            Some(deliveries.filter_map(|delivery| too_early(transaction, delivery)).collect())
        }),
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
        check: Check::Transaction(|transaction, _| is_unsound(transaction).then(|| no_receipts(transaction))),
    },
    Rule {
        id: "choreography/receipts-without-envelope",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_AFTER_DELIVERY, &model::RFC6109_2_2_3_RECEIPT_DUE],
        question: "Is there an envelope behind every server-server acceptance, delivery and virus detection?",
        consequence: "Receipts answer receipts without end, or prove what was never sent.",
        check: Check::Missing(Absence::seen_from(&[View::Recipient, View::Wires]), |transaction, _| {
            let receipts = not_empty(of_receiver(transaction).filter(|fact| is_by_gateway(fact)))?;
            let none = transaction.first(Kind::PostaCertificata).is_none();
            Some(receipts.filter(|_| none).map(|receipt| without_envelope(transaction, receipt)).collect())
        }),
    },
    Rule {
        id: "choreography/ordinary-without-receipts",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_4_RECIPIENTS],
        question: "Are there no receipts for ordinary recipients?",
        consequence: "Ordinary mail looks certified.",
        check: Check::Transaction(|transaction, context| {
            let reference = transaction.reference()?;
            let names_anybody = transaction.messages.iter().any(|fact| fact.named().next().is_some());
            names_anybody.then(|| ordinary(transaction, reference, context.directory))
        }),
    },
    Rule {
        id: "choreography/own-provider-delivers",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_2_1_COVER, &norm::RFC6109_3_3_2_AFTER_DELIVERY],
        question: "Does the provider that signs a delivery, a server-server acceptance or a virus detection manage the recipients' domain?",
        consequence: "A provider certifies what happened in another's mailboxes.",
        check: Check::Transaction(|transaction, context| {
            let directory = context.whole_directory()?;
            let received = not_empty(certified_by_receiver(transaction))?;
            Some(received.flat_map(|(fact, provider)| of_another_provider(fact, provider, directory)).collect())
        }),
    },
    Rule {
        id: "choreography/receipts-to-sender",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_1_TO_REVERSE_PATH],
        question: "Do acceptances, deliveries and notices go to the sender's own mailbox, and nowhere else?",
        consequence: "Somebody else holds the sender's proof.",
        check: Check::Transaction(|transaction, _| {
            let answers = transaction.messages.iter().filter(|fact| fact.goes_to_sender());
            let seen = |fact: &Member| fact.wires().next().is_some() || fact.mailboxes().next().is_some();
            answers.clone().any(seen).then(|| answers.filter_map(|fact| astray(transaction, fact)).collect())
        }),
    },
    Rule {
        id: "delivery/unmodified",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_2_3_UNMODIFIED],
        question: "Is what lies in the mailbox what came over the wire?",
        consequence: "The signature no longer holds, or the recipient reads something else.",
        check: Check::Transaction(|transaction, _| {
            let facts = transaction.messages.iter();
            let both = |fact: &Member| fact.wires().next().is_some() && fact.mailboxes().next().is_some();
            facts.clone().any(both).then(|| facts.flat_map(modified).collect())
        }),
    },
    Rule {
        id: "choreography/notification-kept",
        level: Level::May,
        clauses: &[&norm::RFC6109_2_2_3_REGARDLESS],
        question: "Does every notification that the sender's provider took lie in the sender's mailbox?",
        consequence: "The sender lost a proof, and neither provider nor sender knows.",
        check: Check::Missing(Absence::seen_from(&[View::Wires, View::Sender]), |transaction, _| {
            let taken = not_empty(taken(transaction))?;
            Some(taken.filter(|(fact, _)| fact.mailboxes().next().is_none()).map(lost).collect())
        }),
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

fn lost((fact, host): (&Member, Party)) -> Finding {
    let place = format!("the mailbox of {}", fact.data.mittente);
    let finding = Finding::new(fact.title(), "taken from the wire, and in no mailbox", place);
    finding.blaming(host).seen_in([fact.observation()])
}

fn is_by_gateway(fact: &Member) -> bool {
    fact.composer != Party::Harness
}

/// What the receiver's provider tells of an envelope that it took.
fn of_receiver(transaction: &Transaction) -> impl Iterator<Item = &Member> {
    let kinds = [Kind::PresaInCarico, Kind::AvvenutaConsegna, Kind::RilevazioneVirus];
    transaction.messages.iter().filter(move |fact| kinds.contains(&fact.kind))
}

fn too_early(transaction: &Transaction, delivery: &Member) -> Option<Finding> {
    // A receipt for somebody to whom nothing was sent is another question's.
    let recipient = delivery.data.consegna.as_ref().filter(|recipient| transaction.is_certified(recipient))?;
    let stored = transaction.in_mailbox(recipient).map(|sighting| sighting.at).min();
    let found = match stored {
        Some(stored) if stored <= delivery.first_seen() => return None,
        Some(_) => "it came there later",
        None => "it is not there",
    };
    let finding = Finding::new("the envelope", found, format!("the mailbox of {recipient}"));
    Some(finding.blaming(delivery).seen_in([delivery.observation()]))
}

fn is_unsound(transaction: &Transaction) -> bool {
    let mut envelopes = transaction.of(Kind::PostaCertificata).peekable();
    // A file tells what it is now, not what arrived.
    envelopes.peek().is_some()
        && envelopes.all(|envelope| matches!(envelope.origin, Origin::Refuted(_) | Origin::Unsigned))
}

fn no_receipts(transaction: &Transaction) -> Findings {
    let mut findings = Findings::new();
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
            findings.push(finding.blaming(receipt).seen_in(seen));
        }
    }
    findings
}

fn without_envelope(transaction: &Transaction, receipt: &Member) -> Finding {
    let expected = format!("an envelope {} that arrived", transaction.identifier);
    let finding = Finding::new(expected, "none", receipt.title());
    finding.blaming(receipt).seen_in([receipt.observation()])
}

fn ordinary(transaction: &Transaction, reference: &Member, directory: Option<&Directory>) -> Findings {
    let mut findings = Findings::new();
    let named = reference.data.destinatari.iter().filter(|recipient| recipient.tipo == "esterno");
    let named: HashSet<String> = named.map(|recipient| recipient.address.to_ascii_lowercase()).collect();
    // Who is ordinary is the directory's to say; an acceptance that calls a certified recipient so is wrong by itself.
    let ordinary = |address: &str| {
        named.contains(&address.to_ascii_lowercase())
            && directory.is_none_or(|directory| directory.is_ordinary(address))
    };
    for fact in transaction.messages.iter().filter(|fact| !fact.is_doubtful()) {
        for address in fact.named().filter(|address| ordinary(address)) {
            let place = format!("{}: daticert.xml ricezione or consegna", fact.title());
            let finding = Finding::new("no receipt for an ordinary recipient", address, place);
            findings.push(finding.blaming(fact).seen_in([fact.observation()]));
        }
    }
    findings
}

fn certified_by_receiver(transaction: &Transaction) -> impl Iterator<Item = (&Member, &str)> {
    of_receiver(transaction).filter_map(|fact| Some((fact, signing_provider(fact)?)))
}

fn of_another_provider(fact: &Member, provider: &str, directory: &Directory) -> Findings {
    // Of what is no address nobody says whose it is: that is another question's.
    let named = fact.named().filter(|recipient| is_bare_address(recipient));
    let strangers = named.filter(|recipient| !manages(directory, provider, recipient));
    let finding = |recipient| {
        let expected = format!("the provider that manages the domain of {recipient}");
        let finding = Finding::new(expected, provider, format!("{}: signature", fact.title()));
        finding.blaming(fact).seen_in([fact.observation()])
    };
    strangers.map(finding).collect()
}

fn astray(transaction: &Transaction, fact: &Member) -> Option<Finding> {
    let submitted = transaction.submission.as_ref().map(|submission| submission.path.from.as_str());
    let sender = submitted.or(Some(&*fact.data.mittente)).filter(|sender| !sender.is_empty())?;
    let (sighting, address) = fact.went().find(|(_, address)| !address.eq_ignore_ascii_case(sender))?;
    let place = format!("{}: where it went", fact.title());
    let finding = Finding::new(format!("the mailbox of {sender}"), address, place);
    Some(finding.blaming(sighting.producer).seen_in([sighting.observation]))
}

fn modified(fact: &Member) -> Findings {
    let finding = |(sighting, _, address): (&Sighting, Party, &str)| {
        let finding = Finding::new(
            "the message as it came",
            "another from here on (trace fields on top left aside)",
            format!("{} in the mailbox of {address}", fact.title()),
        );
        let finding = finding.at_offset(sighting.altered?).blaming(sighting.producer);
        Some(finding.seen_in([sighting.observation, fact.observation()]))
    };
    fact.mailboxes().filter_map(finding).collect()
}
