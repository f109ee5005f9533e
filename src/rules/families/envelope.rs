//! Envelopes held against the message inside (RFC 6109 2.1.1.2, 3.1.5, 3.2.2).

pub(in crate::rules) mod received;
pub(in crate::rules) mod replies;

use crate::{
    message::{Mail, Mailbox},
    norm::{
        Level,
        clauses::{access, incoming, model, security},
    },
};

use crate::rules::{
    Check, Finding, Findings, Location, Rule, at,
    context::MessageSubject,
    spelling::{bare_identifier, collapsed, same_address, same_identifier, shown_field, unfolded_octets},
    when,
};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "envelope/from",
        level: Level::Must,
        clauses: &[
            &model::RFC6109_2_1_ENVELOPE_FROM,
            &access::RFC6109_3_1_5_HEADERS,
            &incoming::RFC6109_3_2_2_HEADERS,
            &security::RFC6109_A_NAMES,
        ],
        question: "Does an envelope's From show `Per conto di:` and the original sender before the provider's address?",
        consequence: "The recipient does not see who wrote.",
        check: Check::Message(|subject, _| {
            let mail = subject.envelope()?;
            let senders = subject.senders();
            let sender = senders.first()?;
            let name = subject.only_mailbox("From").and_then(|from| from.name);
            let shown = name.as_deref().and_then(|name| name.strip_prefix("Per conto di: "));
            let right = shown.is_some_and(|shown| senders.iter().any(|sender| same_address(sender, shown)));
            Some(when(!right, || {
                let expected = format!("\"Per conto di: {sender}\" <posta-certificata@[mail domain]>");
                Finding::new(expected, shown_field(mail, "From"), at::header("From"))
            }))
        }),
    },
    Rule {
        id: "envelope/message-id",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_1_MSGID_HEADERS, &access::RFC6109_3_1_5_HEADERS],
        question: "Is a transport envelope's Message-ID the certified identifier?",
        consequence: "Receipts cannot be linked to the envelope they are about.",
        check: Check::Message(|subject, _| {
            let (mail, identifier) = (subject.transport()?, certified_identifier(subject)?);
            Some(compare_identifier(mail, "Message-ID", identifier, at::header("Message-ID")))
        }),
    },
    Rule {
        id: "anomaly/message-id",
        level: Level::Must,
        clauses: &[&incoming::RFC6109_3_2_2_INHERITED],
        question: "Has an anomaly envelope the Message-ID of the message that arrived?",
        consequence: "Bounces and answers cannot be linked to the message they are about.",
        check: Check::Message(|subject, _| {
            let (mail, expected) = (subject.anomaly()?, subject.original?.field("Message-ID")?);
            Some(compare_identifier(mail, "Message-ID", &expected, at::header("Message-ID")))
        }),
    },
    Rule {
        id: "envelope/addressing",
        level: Level::Must,
        clauses: &[
            &model::RFC6109_2_1_1_2_INHERITED,
            &access::RFC6109_3_1_5_INHERITED,
            &incoming::RFC6109_3_2_2_INHERITED,
        ],
        question: "Do To and Cc name the mailboxes that the message inside names, in its order?",
        consequence: "Recipients cannot tell to whom else the message went, nor the delivery point who is a copy.",
        check: Check::Message(|subject, _| {
            let (mail, original) = subject.enclosing()?;
            let other = ["To", "Cc"].into_iter().filter(|name| !same_addressing(mail, original, name));
            let finding = |name| Finding::new(shown_field(original, name), shown_field(mail, name), at::header(name));
            Some(other.map(finding).collect())
        }),
    },
];

/// Whether an address field names the same mailboxes in both messages: blanks and folds left aside, and how a name is
/// encoded. What is no list of addresses is compared octet by octet without its blanks.
fn same_addressing(outer: &Mail, inner: &Mail, name: &str) -> bool {
    let mailboxes = |mail: &Mail| -> Option<Vec<(String, Option<String>)>> {
        let mut all = Vec::new();
        for header in mail.root.headers_named(name) {
            all.extend(mail.mailboxes(header)?);
        }
        let plain = |mailbox: Mailbox| (mailbox.address, mailbox.name.map(|name| collapsed(&name)));
        Some(all.into_iter().map(plain).collect())
    };
    let octets = |mail: &Mail| -> Vec<Vec<u8>> {
        let black = |field: Vec<u8>| field.into_iter().filter(|octet| *octet != b' ').collect();
        fields(mail, name).into_iter().map(black).collect()
    };
    octets(outer) == octets(inner) || mailboxes(outer).is_some_and(|outer| Some(outer) == mailboxes(inner))
}

/// Every field of this name, unfolded, in order.
fn fields(mail: &Mail, name: &str) -> Vec<Vec<u8>> {
    mail.root.headers_named(name).map(|header| unfolded_octets(mail, header)).collect()
}

/// The certified identifier; one that is not there is another question's.
pub(super) fn certified_identifier<'a>(subject: &MessageSubject<'a>) -> Option<&'a str> {
    subject.data().map(|data| data.identificativo.as_str()).filter(|identifier| !identifier.trim().is_empty())
}

pub(super) fn compare_identifier(mail: &Mail, name: &str, expected: &str, place: Location) -> Findings {
    let same = mail.field(name).is_some_and(|found| same_identifier(&found, expected));
    when(!same, || Finding::new(format!("<{}>", bare_identifier(expected)), shown_field(mail, name), place))
}
