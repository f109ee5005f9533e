//! Where what an envelope leads to goes: answers, receipts in which form, and bounces (RFC 6109 2.1, 3.1.5, 3.3.2).

use super::same_addressing;

use crate::{
    evidence::{Party, Seen},
    message::{Mail, Mailbox},
    norm::{
        Level,
        clauses::{access, delivery, formats, incoming, model},
    },
    rules::{
        Check, Finding, Rule, at,
        exhibit::role_of,
        families::daticert::is_missing,
        spelling::{same_address, shown_field},
        when,
    },
};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "envelope/reply-to",
        level: Level::Must,
        clauses: &[
            &model::RFC6109_2_1_REPLY_TO,
            &model::RFC6109_2_1_1_2_INHERITED,
            &access::RFC6109_3_1_5_HEADERS,
            &incoming::RFC6109_3_2_2_HEADERS,
        ],
        question: "Is Reply-To the one of the message inside, or the original sender where it has none?",
        consequence: "Answers go to the provider's own address and get lost.",
        check: Check::Message(|subject, _| {
            let (mail, original) = subject.enclosing()?;
            let senders = subject.senders();
            let sender = senders.first()?;
            let is_a_senders = |reply: Mailbox| senders.iter().any(|sender| same_address(sender, &reply.address));
            // One that holds nothing may be inherited, or left aside.
            let is_empty = |field: &String| field.trim().is_empty();
            let inherited = original
                .field("Reply-To")
                .filter(|field| !is_empty(field) || mail.field("Reply-To").as_ref().is_some_and(is_empty));
            let (right, expected) = match inherited {
                Some(inherited) => (same_addressing(mail, original, "Reply-To"), inherited),
                None => (subject.only_mailbox("Reply-To").is_some_and(is_a_senders), sender.clone()),
            };
            Some(when(!right, || Finding::new(expected, shown_field(mail, "Reply-To"), at::header("Reply-To"))))
        }),
    },
    Rule {
        id: "envelope/reply-to-certified",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_RISPOSTE],
        question: "Does the certification data's `risposte` name the same addresses as Reply-To?",
        consequence: "Programs that read the certification data answer to somebody else.",
        check: Check::Message(|subject, _| {
            // A mailing list puts a Reply-To of its own.
            let mail = subject.transport().filter(|mail| !mail.is_from_a_list())?;
            let data = subject.certified_below_header()?;
            let expected = reply_addresses(mail)?;
            if data.risposte.is_empty() && is_missing(subject, "risposte") {
                return None;
            }
            let risposte = data.risposte.to_ascii_lowercase();
            // The DTD wants the field's value, real providers write the address: either holds every address.
            let named = expected.iter().all(|address| risposte.contains(&address.to_ascii_lowercase()));
            let place = || at::xml("postacert/intestazione/risposte");
            Some(when(!named, || Finding::new(expected.join(", "), &data.risposte, place())))
        }),
    },
    Rule {
        id: "envelope/receipt-type",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_5_HEADERS, &formats::RFC6109_4_4_RICEVUTA],
        question: "Do X-TipoRicevuta and the certification data ask for the same form of receipt?",
        consequence: "The delivery point sends back a receipt of a form that was not asked for.",
        check: Check::Message(|subject, _| {
            let (mail, certified) = (subject.transport()?, subject.data()?.form()?);
            Some(when(certified != receipt_form(mail), || {
                Finding::new(certified, shown_field(mail, "X-TipoRicevuta"), at::header("X-TipoRicevuta"))
            }))
        }),
    },
    Rule {
        id: "envelope/receipt-type-of-original",
        level: Level::Must,
        clauses: &[&delivery::RFC6109_3_3_2_RECEIPT_TYPE],
        question: "Is the form of receipt asked for the one that the sender asked for?",
        consequence: "The sender gets less proof, or more traffic, than asked for.",
        check: Check::Message(|subject, _| {
            let (original, data) = subject.accepted()?;
            let (asked, certified) = (receipt_form(original), data.form()?);
            let right = asked == certified || is_in_other_letters(original) && certified == "completa";
            Some(when(!right, || Finding::new(asked, certified, at::xml("postacert/dati/ricevuta/@tipo"))))
        }),
    },
    Rule {
        id: "envelope/paths",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_5_ROUTING, &model::RFC6109_2_1_PATHS],
        question: "Does a transport envelope leave its provider with the certified sender as reverse path and certified recipients as forward paths?",
        consequence: "Whoever gets the message, or its bounces, is not who the certification data say.",
        check: Check::Message(|subject, context| {
            // Later hops may forward to somebody else: that is a mailbox's service, not the transaction.
            let Seen::Wire { from, .. } = subject.observation.seen else { return None };
            let data = subject.transport().and(subject.certified_below_header())?;
            let provider = role_of(context.evidence, &data.gestore_emittente).map(Party::from);
            provider.filter(|provider| *provider == from)?;
            let path = subject.observation.path.as_ref()?;
            let mut findings = when(!same_address(&path.from, &data.mittente), || {
                Finding::new(&data.mittente, &path.from, "SMTP reverse path")
            });
            for to in &path.to {
                if !data.destinatari.iter().any(|recipient| same_address(&recipient.address, to)) {
                    let expected: Vec<&str> = data.destinatari.iter().map(|known| &*known.address).collect();
                    findings.push(Finding::new(expected.join(", "), to, "SMTP forward path"));
                }
            }
            Some(findings)
        }),
    },
];

fn reply_addresses(mail: &Mail) -> Option<Vec<String>> {
    let list = mail.addresses(mail.root.header("Reply-To")?);
    let addresses: Vec<String> = list.mailboxes.into_iter().map(|mailbox| mailbox.address).collect();
    (!addresses.is_empty()).then_some(addresses)
}

/// Whether the word asked with is not as the norm writes it: the norm does not say whether that is an unknown one.
fn is_in_other_letters(mail: &Mail) -> bool {
    mail.field("X-TipoRicevuta").is_some_and(|word| word.chars().any(char::is_uppercase))
}

/// The form of receipt that X-TipoRicevuta asks for: `completa` where it is absent or unknown.
fn receipt_form(mail: &Mail) -> &'static str {
    match mail.field("X-TipoRicevuta").map(|value| value.to_ascii_lowercase()).as_deref() {
        Some("breve") => "breve",
        Some("sintetica") => "sintetica",
        _ => "completa",
    }
}
