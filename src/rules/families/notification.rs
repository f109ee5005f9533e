//! The header fields of notifications alone (RFC 6109 2.1.1.1, 3).

use crate::{
    message::{Addressee, Kind},
    norm::{
        Level,
        clauses::{access, choreography, delivery, incoming, model},
    },
};

use crate::rules::{
    Check, Context, Finding, Rule,
    applies::{generated, has_data, is_notification, settled_kind},
    at,
    context::MessageSubject,
    spelling::{is_bare_address, same_address, same_identifier, shown_field},
};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "notification/from-bare",
        level: Level::Must,
        clauses: &[
            &access::RFC6109_3_1_2_HEADERS,
            &access::RFC6109_3_1_3_HEADERS,
            &access::RFC6109_3_1_4_HEADERS,
            &access::RFC6109_3_1_6_HEADERS,
            &incoming::RFC6109_3_2_1_HEADERS,
            &incoming::RFC6109_3_2_3_HEADERS,
            &incoming::RFC6109_3_2_4_HEADERS,
            &delivery::RFC6109_3_3_2_HEADERS,
            &delivery::RFC6109_3_3_3_HEADERS,
        ],
        question: "Is a notification's From the provider's address, without a display name?",
        consequence: "Mail programs show a name that nobody certified instead of the certified address.",
        check: Check::Message {
            applies: |subject, context| is_notification(subject, context) && subject.header("From").is_some(),
            check: |subject, _, findings| {
                if subject.only_mailbox("From").is_none_or(|from| from.name.is_some()) {
                    let found = shown_field(subject.mail(), subject.header("From"));
                    findings.push(Finding::new("one address without a name", found, at::header("From")));
                }
            },
        },
    },
    Rule {
        id: "notification/to-sender",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_TO_SENDER, &access::RFC6109_3_1_6_HEADERS],
        question: "Is a notification to the user addressed to the original sender?",
        consequence: "The sender never learns what became of the message, and somebody else does.",
        check: Check::Message {
            applies: |subject, context| {
                // A certified sender that is no address is another question's.
                let named = subject.data().is_some_and(|data| is_bare_address(&data.mittente));
                has_data(subject, context)
                    && named
                    && goes_to(subject, Addressee::Sender)
                    && subject.header("To").is_some()
            },
            check: |subject, _, findings| {
                let Some(data) = subject.data() else { return };
                if !subject.only_mailbox("To").is_some_and(|to| same_address(&to.address, &data.mittente)) {
                    let found = shown_field(subject.mail(), subject.header("To"));
                    findings.push(Finding::new(&data.mittente, found, at::header("To")));
                }
            },
        },
    },
    Rule {
        id: "notification/to-service-mailbox",
        level: Level::Must,
        clauses: &[&incoming::RFC6109_3_2_1_SERVICE_MAILBOX, &incoming::RFC6109_3_2_3_SERVICE_MAILBOX],
        question: "Is a notification between providers addressed to the sending provider's service mailbox?",
        consequence: "The sending provider never learns that the message was taken over or infected; a user may.",
        check: Check::Message {
            applies: |subject, context| {
                has_data(subject, context)
                    && goes_to(subject, Addressee::Provider)
                    && subject.header("To").is_some()
                    && !service_mailboxes(subject, context).is_empty()
            },
            check: |subject, context, findings| {
                let expected = service_mailboxes(subject, context);
                let to = subject.only_mailbox("To");
                if !to.is_some_and(|to| expected.iter().any(|mailbox| same_address(mailbox, &to.address))) {
                    let found = shown_field(subject.mail(), subject.header("To"));
                    findings.push(Finding::new(expected.join(" or "), found, at::header("To")));
                }
            },
        },
    },
    Rule {
        id: "notification/message-id",
        level: Level::Should,
        clauses: &[&model::RFC5322_3_6_4_MESSAGE_ID],
        question: "Has a notification a Message-ID?",
        consequence: "Programs that keep messages by identifier lose it.",
        check: Check::Message {
            applies: is_notification,
            check: |subject, _, findings| {
                let found = subject.mail().field("Message-ID");
                if found.as_deref().is_none_or(str::is_empty) {
                    let found = found.map_or("no such field", |_| "no value");
                    findings.push(Finding::new("an identifier of its own", found, at::header("Message-ID")));
                }
            },
        },
    },
    Rule {
        id: "notification/own-message-id",
        level: Level::Must,
        clauses: &[&choreography::RFC6109_2_2_1_UNAMBIGUOUS],
        question: "Is a notification's Message-ID neither the one that it certifies nor the client's?",
        consequence: "Stores and programs take it for the message that it is about, and drop one of them.",
        check: Check::Message {
            applies: |subject, context| is_notification(subject, context) && subject.header("Message-ID").is_some(),
            check: |subject, _, findings| {
                let Some(found) = subject.mail().field("Message-ID").filter(|found| !found.is_empty()) else { return };
                let data = subject.data();
                // What was not accepted has no envelope: its notice may bear the identifier that it names.
                let accepted = settled_kind(subject).is_none_or(|kind| kind.tipo() != Some("non-accettazione"));
                let certified = data.filter(|_| accepted).map(|data| data.identificativo.clone());
                let clients =
                    [data.and_then(|data| data.msgid.clone()), subject.mail().field("X-Riferimento-Message-ID")];
                let taken =
                    [(certified, "the envelope's")].into_iter().chain(clients.map(|id| (id, "the client's message's")));
                let whose = |(id, whose): (Option<String>, &'static str)| {
                    id.filter(|id| !id.is_empty() && same_identifier(id, &found)).map(|_| whose)
                };
                if let Some(whose) = taken.into_iter().find_map(whose) {
                    let found = format!("{found}, {whose}");
                    findings.push(Finding::new("an identifier of its own", found, at::header("Message-ID")));
                }
            },
        },
    },
    Rule {
        id: "headers/security-check",
        level: Level::Must,
        clauses: &[
            &model::RFC6109_2_1_1_1_3_SECURITY,
            &access::RFC6109_3_1_3_HEADERS,
            &incoming::RFC6109_3_2_4_HEADERS,
        ],
        question: "Does X-VerificaSicurezza, where it stands, say errore in a notice for a virus?",
        consequence: "The sender's program tells a virus where there is none, or none where there is one.",
        check: Check::Message {
            applies: |subject, context| generated(subject, context) && subject.header("X-VerificaSicurezza").is_some(),
            check: |subject, _, findings| {
                let found = shown_field(subject.mail(), subject.header("X-VerificaSicurezza"));
                let notice = subject.is(&[Kind::NonAccettazioneVirus, Kind::ErroreConsegnaVirus]);
                if !notice {
                    let expected = "errore in a notice for a virus, or no such field";
                    findings.push(Finding::new(expected, found, at::header("X-VerificaSicurezza")));
                }
            },
        },
    },
    Rule {
        id: "headers/security-check-present",
        level: Level::Must,
        clauses: &[
            &model::RFC6109_2_1_1_1_3_SECURITY,
            &access::RFC6109_3_1_3_HEADERS,
            &incoming::RFC6109_3_2_4_HEADERS,
        ],
        question: "Does a notice whose certification data tell of a virus carry X-VerificaSicurezza: errore?",
        consequence: "The sender's program does not learn that a virus was the reason.",
        check: Check::Message {
            applies: |subject, context| {
                let may_be = |kind: Kind| matches!(kind.tipo(), Some("non-accettazione" | "errore-consegna"));
                has_data(subject, context)
                    && settled_kind(subject).is_some_and(may_be)
                    && subject.data().is_some_and(|data| data.errore == "virus")
            },
            check: |subject, _, findings| {
                let found = shown_field(subject.mail(), subject.header("X-VerificaSicurezza"));
                if !found.eq_ignore_ascii_case("errore") {
                    findings.push(Finding::new("errore", found, at::header("X-VerificaSicurezza")));
                }
            },
        },
    },
    Rule {
        id: "virus-detection/original-sender",
        level: Level::Must,
        clauses: &[&incoming::RFC6109_3_2_3_HEADERS],
        question: "Does X-Mittente name the original sender, address only?",
        consequence: "The sending provider does not know whom to tell of the virus.",
        check: Check::Message {
            applies: |subject, context| {
                has_data(subject, context) && subject.is(&[Kind::RilevazioneVirus]) && !subject.senders().is_empty()
            },
            check: |subject, _, findings| {
                let Some(data) = subject.data() else { return };
                let found = shown_field(subject.mail(), subject.header("X-Mittente"));
                if !same_address(&found, &data.mittente) {
                    findings.push(Finding::new(&data.mittente, found, at::header("X-Mittente")));
                }
            },
        },
    },
];

fn goes_to(subject: &MessageSubject<'_>, addressee: Addressee) -> bool {
    settled_kind(subject).is_some_and(|kind| kind.addressee() == addressee)
}

/// Service mailboxes of the provider that manages the sender's domain, every environment of it.
fn service_mailboxes<'a>(subject: &MessageSubject<'_>, context: &Context<'a>) -> Vec<&'a str> {
    let (Some(directory), Some(data)) = (context.directory, subject.data()) else { return Vec::new() };
    let domain = data.mittente.rsplit_once('@').map_or("", |(_, domain)| domain);
    let managed = |name: &str| directory.managing(domain).any(|manager| manager.name.eq_ignore_ascii_case(name));
    let mut mailboxes: Vec<&str> = Vec::new();
    // A record without one is the directory's flaw, and no measure of messages.
    let listed = directory.providers.iter().filter(|provider| !provider.mail_receipt.is_empty());
    for provider in listed.filter(|provider| managed(&provider.name)) {
        if !mailboxes.contains(&provider.mail_receipt.as_str()) {
            mailboxes.push(&provider.mail_receipt);
        }
    }
    mailboxes
}
