//! Envelopes held against the message inside (RFC 6109 2.1.1.2, 3.1.5, 3.2.2).

use crate::{
    evidence::{Party, Seen},
    message::{Kind, Mail},
    norm::{
        Level,
        clauses::{access, delivery, formats, incoming, model, security},
    },
};

use crate::rules::{
    Check, Context, Finding, Findings, Location, Rule,
    applies::{has_certified_original, has_data, is_anomaly, is_envelope, is_transport},
    at,
    context::MessageSubject,
    spelling::{bare_identifier, same_address, same_identifier, shown_field, unfolded_octets},
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
        check: Check::Message {
            applies: |subject, context| is_envelope(subject, context) && !subject.senders().is_empty(),
            check: |subject, _, findings| {
                let senders = subject.senders();
                let name = subject.only_mailbox("From").and_then(|from| from.name);
                let shown = name.as_deref().and_then(|name| name.strip_prefix("Per conto di: "));
                if !shown.is_some_and(|shown| senders.iter().any(|sender| same_address(sender, shown))) {
                    let expected = format!("\"Per conto di: {}\" <posta-certificata@[mail domain]>", senders[0]);
                    let found = shown_field(subject.mail(), subject.header("From"));
                    findings.push(Finding::new(expected, found, at::header("From")));
                }
            },
        },
    },
    Rule {
        id: "envelope/message-id",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_1_MSGID_HEADERS, &access::RFC6109_3_1_5_HEADERS],
        question: "Is a transport envelope's Message-ID the certified identifier?",
        consequence: "Receipts cannot be linked to the envelope they are about.",
        check: Check::Message {
            applies: |subject, context| is_transport(subject, context) && has_data(subject, context),
            check: |subject, _, findings| {
                let Some(data) = subject.data() else { return };
                compare_identifier(
                    subject.mail(),
                    "Message-ID",
                    &data.identificativo,
                    at::header("Message-ID"),
                    findings,
                );
            },
        },
    },
    Rule {
        id: "anomaly/message-id",
        level: Level::Must,
        clauses: &[&incoming::RFC6109_3_2_2_INHERITED],
        question: "Has an anomaly envelope the Message-ID of the message that arrived?",
        consequence: "Bounces and answers cannot be linked to the message they are about.",
        check: Check::Message {
            applies: |subject, context| {
                is_anomaly(subject, context)
                    && subject.original.is_some_and(|original| original.root.header("Message-ID").is_some())
            },
            check: |subject, _, findings| {
                if let Some(expected) = subject.original.and_then(|original| original.field("Message-ID")) {
                    compare_identifier(subject.mail(), "Message-ID", &expected, at::header("Message-ID"), findings);
                }
            },
        },
    },
    Rule {
        id: "envelope/addressing",
        level: Level::Must,
        clauses: &[
            &model::RFC6109_2_1_1_2_INHERITED,
            &access::RFC6109_3_1_5_INHERITED,
            &incoming::RFC6109_3_2_2_INHERITED,
        ],
        question: "Are To and Cc those of the message inside, unmodified?",
        consequence: "Recipients cannot tell to whom else the message went, nor the delivery point who is a copy.",
        check: Check::Message {
            applies: encloses,
            check: |subject, _, findings| {
                let Some(original) = subject.original else { return };
                for name in ["To", "Cc"] {
                    if fields(subject.mail(), name) != fields(original, name) {
                        let expected = shown_field(original, original.root.header(name));
                        let found = shown_field(subject.mail(), subject.header(name));
                        findings.push(Finding::new(expected, found, at::header(name)));
                    }
                }
            },
        },
    },
    Rule {
        id: "envelope/trace",
        level: Level::Must,
        clauses: &[
            &model::RFC6109_2_1_1_2_INHERITED,
            &access::RFC6109_3_1_5_INHERITED,
            &incoming::RFC6109_3_2_2_INHERITED,
        ],
        question: "Are the Received fields of the message inside there, unmodified and in order?",
        consequence: "The way that the message came cannot be followed.",
        check: Check::Message {
            applies: |subject, context| {
                encloses(subject, context)
                    && subject.original.is_some_and(|original| original.root.header("Received").is_some())
            },
            check: |subject, _, findings| {
                let Some(original) = subject.original else { return };
                let outer = fields(subject.mail(), "Received");
                let mut later = outer.iter();
                // Every host on the way adds its own on top; what was inherited must still follow in order.
                for inner in fields(original, "Received") {
                    if !later.any(|field| *field == inner) {
                        let expected = String::from_utf8_lossy(&inner).into_owned();
                        findings.push(Finding::new(expected, "no such field in this order", at::header("Received")));
                        return;
                    }
                }
            },
        },
    },
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
        check: Check::Message {
            applies: |subject, context| encloses(subject, context) && !subject.senders().is_empty(),
            check: |subject, _, findings| {
                let Some(original) = subject.original else { return };
                let found = shown_field(subject.mail(), subject.header("Reply-To"));
                if original.root.header("Reply-To").is_some() {
                    if fields(subject.mail(), "Reply-To") != fields(original, "Reply-To") {
                        let expected = shown_field(original, original.root.header("Reply-To"));
                        findings.push(Finding::new(expected, found, at::header("Reply-To")));
                    }
                    return;
                }
                let senders = subject.senders();
                let reply = subject.only_mailbox("Reply-To");
                if !reply.is_some_and(|reply| senders.iter().any(|sender| same_address(sender, &reply.address))) {
                    findings.push(Finding::new(&senders[0], found, at::header("Reply-To")));
                }
            },
        },
    },
    Rule {
        id: "envelope/reply-to-certified",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_RISPOSTE],
        question: "Does the certification data's `risposte` name the same addresses as Reply-To?",
        consequence: "Programs that read the certification data answer to somebody else.",
        check: Check::Message {
            applies: |subject, context| {
                is_transport(subject, context) && has_data(subject, context) && reply_addresses(subject).is_some()
            },
            check: |subject, _, findings| {
                let (Some(data), Some(expected)) = (subject.data(), reply_addresses(subject)) else { return };
                let risposte = data.risposte.to_ascii_lowercase();
                // The DTD wants the field's value, real providers write the address: either holds every address.
                if !expected.iter().all(|address| risposte.contains(&address.to_ascii_lowercase())) {
                    let place = at::xml("postacert/intestazione/risposte");
                    findings.push(Finding::new(expected.join(", "), &data.risposte, place));
                }
            },
        },
    },
    Rule {
        id: "envelope/receipt-type",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_5_HEADERS, &formats::RFC6109_4_4_RICEVUTA],
        question: "Do X-TipoRicevuta and the certification data ask for the same form of receipt?",
        consequence: "The delivery point sends back a receipt of a form that was not asked for.",
        check: Check::Message {
            applies: |subject, context| {
                is_transport(subject, context) && subject.data().is_some_and(|data| data.ricevuta.is_some())
            },
            check: |subject, _, findings| {
                let asked = receipt_form(subject.mail());
                if let Some(certified) = subject.data().and_then(|data| data.ricevuta.as_deref())
                    && certified != asked
                {
                    let found = shown_field(subject.mail(), subject.header("X-TipoRicevuta"));
                    findings.push(Finding::new(certified, found, at::header("X-TipoRicevuta")));
                }
            },
        },
    },
    Rule {
        id: "envelope/receipt-type-of-original",
        level: Level::Must,
        clauses: &[&delivery::RFC6109_3_3_2_RECEIPT_TYPE],
        question: "Is the form of receipt asked for the one that the sender asked for?",
        consequence: "The sender gets less proof, or more traffic, than asked for.",
        check: Check::Message {
            applies: |subject, context| {
                is_transport(subject, context)
                    && has_certified_original(subject, context)
                    && subject.data().is_some_and(|data| data.ricevuta.is_some())
            },
            check: |subject, _, findings| {
                let (Some(original), Some(data)) = (subject.original, subject.data()) else { return };
                let (asked, certified) = (receipt_form(original), data.ricevuta.as_deref().unwrap_or_default());
                if asked != certified {
                    findings.push(Finding::new(asked, certified, at::xml("postacert/dati/ricevuta/@tipo")));
                }
            },
        },
    },
    Rule {
        id: "envelope/paths",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_5_ROUTING, &model::RFC6109_2_1_PATHS],
        question: "Does a transport envelope leave its provider with the certified sender as reverse path and certified recipients as forward paths?",
        consequence: "Whoever gets the message, or its bounces, is not who the certification data say.",
        check: Check::Message {
            applies: |subject, context| {
                // Later hops may forward to somebody else: that is a mailbox's service, not the transaction.
                let leaves = matches!(subject.observation.seen, Seen::Wire { from: Party::Sender, .. });
                is_transport(subject, context)
                    && has_data(subject, context)
                    && leaves
                    && subject.observation.path.is_some()
            },
            check: |subject, _, findings| {
                let (Some(data), Some(path)) = (subject.data(), &subject.observation.path) else { return };
                if !same_address(&path.from, &data.mittente) {
                    findings.push(Finding::new(&data.mittente, &path.from, "SMTP reverse path"));
                }
                for to in &path.to {
                    if !data.destinatari.iter().any(|recipient| same_address(&recipient.address, to)) {
                        let expected: Vec<&str> = data.destinatari.iter().map(|known| &*known.address).collect();
                        findings.push(Finding::new(expected.join(", "), to, "SMTP forward path"));
                    }
                }
            },
        },
    },
];

/// Whether a transport envelope came by the paths that it certifies; anything else may come by any.
pub fn paths_as_certified(subject: &MessageSubject<'_>) -> bool {
    let (Some(data), Some(path)) = (subject.data(), &subject.observation.path) else { return true };
    let certified = |to: &String| data.destinatari.iter().any(|recipient| same_address(&recipient.address, to));
    !subject.is(&[Kind::PostaCertificata]) || same_address(&path.from, &data.mittente) && path.to.iter().all(certified)
}

/// An envelope with the message inside at hand.
fn encloses(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    is_envelope(subject, context) && subject.original.is_some()
}

/// Every field of this name, unfolded, in order.
fn fields(mail: &Mail, name: &str) -> Vec<Vec<u8>> {
    mail.root.headers_named(name).map(|header| unfolded_octets(mail, header)).collect()
}

fn reply_addresses(subject: &MessageSubject<'_>) -> Option<Vec<String>> {
    let mailboxes = subject.mail().mailboxes(subject.header("Reply-To")?)?;
    Some(mailboxes.into_iter().map(|mailbox| mailbox.address).collect())
}

/// The form of receipt that X-TipoRicevuta asks for: `completa` where it is absent or unknown.
fn receipt_form(mail: &Mail) -> &'static str {
    match mail.field("X-TipoRicevuta").map(|value| value.to_ascii_lowercase()).as_deref() {
        Some("breve") => "breve",
        Some("sintetica") => "sintetica",
        _ => "completa",
    }
}

pub(super) fn compare_identifier(mail: &Mail, name: &str, expected: &str, place: Location, findings: &mut Findings) {
    let found = shown_field(mail, mail.root.header(name));
    if !same_identifier(&found, expected) {
        findings.push(Finding::new(format!("<{}>", bare_identifier(expected)), found, place));
    }
}
