//! The header fields that the tables of RFC 6109 chapter 3 give to every kind.

use crate::{
    evidence::Party,
    message::{Kind, Mail},
    norm::{
        Level,
        clauses::{access, delivery, formats, incoming, model, wire},
    },
};

use crate::rules::{
    Check, Finding, Rule,
    applies::{generated, has_data, has_own_header},
    at,
    spelling::{same_address, same_identifier, shown_field},
};

/// Fields of which one at most may stand (RFC 5322 3.6, RFC 2045 3, RFC 6109 3); those that tell the type are
/// `structure/one-type`'s.
const ONCE: [&str; 17] = [
    "Date",
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Subject",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "X-Riferimento-Message-ID",
    "X-TipoRicevuta",
    "X-VerificaSicurezza",
    "X-Mittente",
];

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "headers/present",
        level: Level::Must,
        clauses: &[
            &access::RFC6109_3_1_2_HEADERS,
            &access::RFC6109_3_1_3_HEADERS,
            &access::RFC6109_3_1_4_HEADERS,
            &access::RFC6109_3_1_5_HEADERS,
            &access::RFC6109_3_1_6_HEADERS,
            &incoming::RFC6109_3_2_1_HEADERS,
            &incoming::RFC6109_3_2_2_HEADERS,
            &incoming::RFC6109_3_2_3_HEADERS,
            &incoming::RFC6109_3_2_4_HEADERS,
            &delivery::RFC6109_3_3_2_HEADERS,
            &delivery::RFC6109_3_3_3_HEADERS,
        ],
        question: "Is every header field of the message's kind there?",
        consequence: "Users and programs miss a fact.",
        check: Check::Message {
            applies: generated,
            check: |subject, _, findings| {
                let to: &[&str] = if subject.is(&[Kind::PostaCertificata, Kind::Anomalia]) { &[] } else { &["To"] };
                for name in ["Date", "Subject", "From"].iter().chain(to) {
                    if subject.header(name).is_none() {
                        findings.push(Finding::new("one field", "no such field", at::header(*name)));
                    }
                }
            },
        },
    },
    Rule {
        id: "headers/once",
        level: Level::Must,
        clauses: &[&wire::RFC5322_3_6_ONCE],
        question: "Does no header field stand twice that may stand once?",
        consequence: "Two readers pick two different values: what a user sees is not what a program acts on.",
        check: Check::Message {
            applies: generated,
            check: |subject, _, findings| {
                let count = |mail: &Mail, name: &str| mail.root.headers_named(name).count();
                // An envelope inherits these as they are.
                let inherited = |name: &str| match subject.original {
                    Some(original) if ["To", "Cc", "Reply-To"].contains(&name) => count(original, name),
                    _ => 1,
                };
                for name in ONCE {
                    let there = count(subject.mail(), name);
                    if there > inherited(name).max(1) {
                        let finding = Finding::new("one field", there.to_string(), at::header(name));
                        let second = subject.mail().root.headers_named(name).nth(1);
                        findings.push(finding.at_offset(second.map_or(0, |header| header.span.start)));
                    }
                }
            },
        },
    },
    Rule {
        id: "headers/date",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_1_ONE_INSTANT],
        question: "Can the Date be read as the instant of the event?",
        consequence: "Mail programs sort and show the message at a time of their own making.",
        check: Check::Message {
            applies: |subject, context| generated(subject, context) && subject.header("Date").is_some(),
            check: |subject, _, findings| {
                if crate::rules::applies::date_header(subject.mail()).is_none() {
                    let found = shown_field(subject.mail(), subject.header("Date"));
                    findings.push(Finding::new(
                        "a date of RFC 5322 3.3 with a numeric offset",
                        found,
                        at::header("Date"),
                    ));
                }
            },
        },
    },
    Rule {
        id: "headers/from-is-signer",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_FROM_IS_SIGNER],
        question: "Is the address of From the one in the signer's certificate?",
        consequence: "Mail programs warn that the signature is not the sender's.",
        check: Check::Message {
            applies: |subject, context| {
                generated(subject, context) && subject.signer().is_some_and(|signer| !signer.emails.is_empty())
            },
            check: |subject, _, findings| {
                let Some(signer) = subject.signer() else { return };
                let from = subject.only_mailbox("From");
                if !from.is_some_and(|from| signer.emails.iter().any(|email| same_address(email, &from.address))) {
                    let found = shown_field(subject.mail(), subject.header("From"));
                    findings.push(Finding::new(signer.emails.join(" or "), found, at::header("From")));
                }
            },
        },
    },
    Rule {
        id: "headers/from-address",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_6_ADDRESS],
        question: "Is the sending address posta-certificata@ a domain?",
        consequence: "Users' filters and eyes, which look for that address, do not take the message for certified mail.",
        check: Check::Message {
            applies: |subject, context| generated(subject, context) && subject.only_mailbox("From").is_some(),
            check: |subject, _, findings| {
                let address = subject.only_mailbox("From").map(|from| from.address).unwrap_or_default();
                let local = address.rsplit_once('@').map(|(local, _)| local);
                if !local.is_some_and(|local| local.eq_ignore_ascii_case("posta-certificata")) {
                    findings.push(Finding::new("posta-certificata@[mail domain]", address, at::header("From")));
                }
            },
        },
    },
    Rule {
        id: "headers/from-domain",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_6_ADDRESS],
        question: "Is the sending address's domain not another provider's?",
        consequence: "One provider speaks in another one's name.",
        check: Check::Message {
            applies: |subject, context| {
                generated(subject, context)
                    && context.directory.is_some()
                    && subject.provider.is_some()
                    && subject.only_mailbox("From").is_some()
            },
            check: |subject, context, findings| {
                let (Some(directory), Some(provider)) = (context.directory, subject.provider) else { return };
                let address = subject.only_mailbox("From").map(|from| from.address).unwrap_or_default();
                let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
                let mut managers = directory.managing(domain).peekable();
                let is_anothers = managers.peek().is_some();
                let mut managers = managers.chain(directory.perhaps_managing(domain));
                if is_anothers && managers.all(|manager| !manager.name.eq_ignore_ascii_case(&provider.name)) {
                    let expected = format!("a domain of {}", provider.name);
                    findings.push(Finding::new(expected, &address, at::header("From")));
                }
            },
        },
    },
    Rule {
        id: "headers/sender",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_SENDER],
        question: "Is Sender, where there is one, the same as From?",
        consequence: "Mail programs hold the signature against Sender and warn.",
        check: Check::Message {
            applies: |subject, context| has_own_header(subject, context) && subject.header("Sender").is_some(),
            check: |subject, _, findings| {
                let (sender, from) = (subject.only_mailbox("Sender"), subject.only_mailbox("From"));
                if !sender.zip(from).is_some_and(|(sender, from)| same_address(&sender.address, &from.address)) {
                    let expected = shown_field(subject.mail(), subject.header("From"));
                    let found = shown_field(subject.mail(), subject.header("Sender"));
                    findings.push(Finding::new(expected, found, at::header("Sender")));
                }
            },
        },
    },
    Rule {
        id: "headers/mailing-list",
        level: Level::May,
        clauses: &[&wire::MAILING_LIST],
        question: "Did the message come without a mailing list on its way?",
        consequence: "Sender, Reply-To and a tag in the Subject are the list's: no signature covers them.",
        check: Check::Message {
            applies: generated,
            check: |subject, _, findings| {
                if subject.mail().is_from_a_list() {
                    let finding = Finding::new("the provider's header", "a mailing list's fields", "header");
                    findings.push(finding.blaming(Party::Undetermined));
                }
            },
        },
    },
    Rule {
        id: "headers/reference",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_1_1_1_REFERENCE, &model::RFC6109_2_2_1_REFERENCE],
        question: "Is X-Riferimento-Message-ID the client's msgid as certified?",
        consequence: "The sender's program cannot link the message to the one it sent.",
        check: Check::Message {
            applies: has_data,
            check: |subject, _, findings| {
                let found = subject.mail().field("X-Riferimento-Message-ID");
                let certified =
                    subject.data().and_then(|data| data.msgid.as_deref()).filter(|id| !id.trim().is_empty());
                // The DTD makes msgid optional, and real providers leave it out where the field is there.
                let Some(expected) = certified else { return };
                if !found.as_deref().is_some_and(|found| same_identifier(found, expected)) {
                    let found = found.unwrap_or_else(|| "no such field".to_owned());
                    findings.push(Finding::new(expected, found, at::header("X-Riferimento-Message-ID")));
                }
            },
        },
    },
];
