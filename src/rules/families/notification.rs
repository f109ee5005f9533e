//! The header fields of notifications alone (RFC 6109 2.1.1.1, 3).

use crate::{
    message::{Addressee, Header, Kind, Mailbox},
    norm::{
        Level,
        clauses::{access, choreography, delivery, incoming, model},
    },
};

use crate::rules::{
    Check, Finding, Rule, at,
    context::MessageSubject,
    providers::service_mailboxes,
    spelling::{is_bare_address, same_address, same_identifier, shown_field},
    when,
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
        check: Check::Message(|subject, _| {
            let mail = subject.notification()?;
            let field = mail.root.header("From")?;
            let bare = subject.only_mailbox("From").is_some_and(|from| from.name.is_none());
            Some(when(!bare, || Finding::new("one address without a name", mail.unfolded(field), at::header("From"))))
        }),
    },
    Rule {
        id: "notification/to-sender",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_TO_SENDER, &access::RFC6109_3_1_6_HEADERS],
        question: "Is a notification to the user addressed to the original sender?",
        consequence: "The sender never learns what became of the message, and somebody else does.",
        check: Check::Message(|subject, _| {
            // A certified sender that is no address is another question's.
            let data = subject.certified_below_header().filter(|data| is_bare_address(&data.mittente))?;
            let to = addressed(subject, Addressee::Sender)?;
            let right = subject.only_mailbox("To").is_some_and(|to| same_address(&to.address, &data.mittente));
            Some(when(!right, || Finding::new(&data.mittente, subject.mail().unfolded(to), at::header("To"))))
        }),
    },
    Rule {
        id: "notification/to-service-mailbox",
        level: Level::Must,
        clauses: &[&incoming::RFC6109_3_2_1_SERVICE_MAILBOX, &incoming::RFC6109_3_2_3_SERVICE_MAILBOX],
        question: "Is a notification between providers addressed to the sending provider's service mailbox?",
        consequence: "The sending provider never learns that the message was taken over or infected; a user may.",
        check: Check::Message(|subject, context| {
            let data = subject.certified_below_header()?;
            let to = addressed(subject, Addressee::Provider)?;
            let expected = service_mailboxes(context.directory?, &data.mittente);
            if expected.is_empty() {
                return None;
            }
            let is_one = |to: Mailbox| expected.iter().any(|mailbox| same_address(mailbox, &to.address));
            let right = subject.only_mailbox("To").is_some_and(is_one);
            Some(when(!right, || Finding::new(expected.join(" or "), subject.mail().unfolded(to), at::header("To"))))
        }),
    },
    Rule {
        id: "notification/message-id",
        level: Level::Should,
        clauses: &[&model::RFC5322_3_6_4_MESSAGE_ID],
        question: "Has a notification a Message-ID?",
        consequence: "Programs that keep messages by identifier lose it.",
        check: Check::Message(|subject, _| {
            let found = subject.notification()?.field("Message-ID");
            let none = found.as_deref().is_none_or(str::is_empty);
            let shown = found.map_or("no such field", |_| "no value");
            Some(when(none, || Finding::new("an identifier of its own", shown, at::header("Message-ID"))))
        }),
    },
    Rule {
        id: "notification/own-message-id",
        level: Level::Must,
        clauses: &[&choreography::RFC6109_2_2_1_UNAMBIGUOUS],
        question: "Is a notification's Message-ID neither the one that it certifies nor the client's?",
        consequence: "Stores and programs take it for the message that it is about, and drop one of them.",
        check: Check::Message(|subject, _| {
            let mail = subject.notification()?;
            let found = mail.field("Message-ID")?;
            if found.is_empty() {
                return Some(Vec::new());
            }
            let data = subject.data();
            // What was not accepted has no envelope: its notice may bear the identifier that it names.
            let accepted = subject.settled_kind().is_none_or(|kind| kind.tipo() != Some("non-accettazione"));
            let certified = data.filter(|_| accepted).map(|data| data.identificativo.clone());
            let clients = [data.and_then(|data| data.msgid.clone()), mail.field("X-Riferimento-Message-ID")];
            let taken =
                [(certified, "the envelope's")].into_iter().chain(clients.map(|id| (id, "the client's message's")));
            let whose = |(id, whose): (Option<String>, &'static str)| {
                id.filter(|id| !id.is_empty() && same_identifier(id, &found)).map(|_| whose)
            };
            let finding = |whose: &str| {
                let found = format!("{found}, {whose}");
                Finding::new("an identifier of its own", found, at::header("Message-ID"))
            };
            Some(taken.filter_map(whose).take(1).map(finding).collect())
        }),
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
        check: Check::Message(|subject, _| {
            let found = subject.generated()?.field("X-VerificaSicurezza")?;
            let notice = subject.is(&[Kind::NonAccettazioneVirus, Kind::ErroreConsegnaVirus]);
            let expected = "errore in a notice for a virus, or no such field";
            Some(when(!notice, || Finding::new(expected, found, at::header("X-VerificaSicurezza"))))
        }),
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
        check: Check::Message(|subject, _| {
            subject.certified_below_header().filter(|data| data.errore == "virus")?;
            let may_be = |kind: &Kind| matches!(kind.tipo(), Some("non-accettazione" | "errore-consegna"));
            subject.settled_kind().filter(may_be)?;
            let found = shown_field(subject.mail(), "X-VerificaSicurezza");
            let right = found.eq_ignore_ascii_case("errore");
            Some(when(!right, || Finding::new("errore", found, at::header("X-VerificaSicurezza"))))
        }),
    },
    Rule {
        id: "virus-detection/original-sender",
        level: Level::Must,
        clauses: &[&incoming::RFC6109_3_2_3_HEADERS],
        question: "Does X-Mittente name the original sender, address only?",
        consequence: "The sending provider does not know whom to tell of the virus.",
        check: Check::Message(|subject, _| {
            subject.one_of(&[Kind::RilevazioneVirus])?;
            let data = subject.certified_below_header().filter(|data| !data.mittente.trim().is_empty())?;
            let right = subject.mail().field("X-Mittente").is_some_and(|found| same_address(&found, &data.mittente));
            Some(when(!right, || {
                Finding::new(&data.mittente, shown_field(subject.mail(), "X-Mittente"), at::header("X-Mittente"))
            }))
        }),
    },
];

/// Its To, where a message of its kind goes to such an addressee.
fn addressed<'a>(subject: &MessageSubject<'a>, addressee: Addressee) -> Option<&'a Header> {
    subject.settled_kind().filter(|kind| kind.addressee() == addressee)?;
    subject.header("To")
}
