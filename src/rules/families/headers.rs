//! The header fields that the tables of RFC 6109 chapter 3 give to every kind.

use crate::{
    evidence::Party,
    message::{Kind, Mail, Mailbox},
    norm::{
        Level,
        clauses::{access, delivery, formats, incoming, model, wire},
    },
};

use crate::rules::{
    Check, Finding, Findings, Rule, at,
    instants::date_header,
    providers::domain,
    spelling::{same_address, same_identifier, shown_field},
    when,
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
        check: Check::Message(|subject, _| {
            let mail = subject.generated()?;
            let to: &[&str] = if subject.is(&[Kind::PostaCertificata, Kind::Anomalia]) { &[] } else { &["To"] };
            let missing = ["Date", "Subject", "From"].iter().chain(to).filter(|name| mail.root.header(name).is_none());
            Some(missing.map(|name| Finding::new("one field", "no such field", at::header(*name))).collect())
        }),
    },
    Rule {
        id: "headers/once",
        level: Level::Must,
        clauses: &[&wire::RFC5322_3_6_ONCE],
        question: "Does no header field stand twice that may stand once?",
        consequence: "Two readers pick two different values: what a user sees is not what a program acts on.",
        check: Check::Message(|subject, _| {
            let mail = subject.generated()?;
            let count = |mail: &Mail, name: &str| mail.root.headers_named(name).count();
            // An envelope inherits these as they are.
            let inherited = |name: &str| match subject.original {
                Some(original) if ["To", "Cc", "Reply-To"].contains(&name) => count(original, name),
                _ => 1,
            };
            let mut findings = Findings::new();
            for name in ONCE {
                let there = count(mail, name);
                if there > inherited(name).max(1) {
                    let finding = Finding::new("one field", there.to_string(), at::header(name));
                    let second = mail.root.headers_named(name).nth(1);
                    findings.push(finding.at_offset(second.map_or(0, |header| header.span.start)));
                }
            }
            Some(findings)
        }),
    },
    Rule {
        id: "headers/date",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_1_ONE_INSTANT],
        question: "Can the Date be read as the instant of the event?",
        consequence: "Mail programs sort and show the message at a time of their own making.",
        check: Check::Message(|subject, _| {
            let mail = subject.generated()?;
            let field = mail.root.header("Date")?;
            Some(when(date_header(mail).is_none(), || {
                let expected = "a date of RFC 5322 3.3 with a numeric offset";
                Finding::new(expected, mail.unfolded(field), at::header("Date"))
            }))
        }),
    },
    Rule {
        id: "headers/from-is-signer",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_FROM_IS_SIGNER],
        question: "Is the address of From the one in the signer's certificate?",
        consequence: "Mail programs warn that the signature is not the sender's.",
        check: Check::Message(|subject, _| {
            let mail = subject.generated()?;
            let emails = &subject.signer().filter(|signer| !signer.emails.is_empty())?.emails;
            let is_one = |from: Mailbox| emails.iter().any(|email| same_address(email, &from.address));
            let right = subject.only_mailbox("From").is_some_and(is_one);
            Some(when(!right, || Finding::new(emails.join(" or "), shown_field(mail, "From"), at::header("From"))))
        }),
    },
    Rule {
        id: "headers/from-address",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_6_ADDRESS],
        question: "Is the sending address posta-certificata@ a domain?",
        consequence: "Users' filters and eyes, which look for that address, do not take the message for certified mail.",
        check: Check::Message(|subject, _| {
            subject.generated()?;
            let address = subject.only_mailbox("From")?.address;
            let local = address.rsplit_once('@').map(|(local, _)| local);
            let right = local.is_some_and(|local| local.eq_ignore_ascii_case("posta-certificata"));
            Some(when(!right, || Finding::new("posta-certificata@[mail domain]", &address, at::header("From"))))
        }),
    },
    Rule {
        id: "headers/from-domain",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_6_ADDRESS],
        question: "Is the sending address's domain not another provider's?",
        consequence: "One provider speaks in another one's name.",
        check: Check::Message(|subject, context| {
            subject.generated()?;
            let (directory, provider) = (context.directory?, subject.provider?);
            let address = subject.only_mailbox("From")?.address;
            let domain = domain(&address);
            let mut managers = directory.managing(domain).peekable();
            let is_managed = managers.peek().is_some();
            let mut managers = managers.chain(directory.perhaps_managing(domain));
            let is_anothers = is_managed && managers.all(|manager| !manager.name.eq_ignore_ascii_case(&provider.name));
            Some(when(is_anothers, || {
                Finding::new(format!("a domain of {}", provider.name), &address, at::header("From"))
            }))
        }),
    },
    Rule {
        id: "headers/sender",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_SENDER],
        question: "Is Sender, where there is one, the same as From?",
        consequence: "Mail programs hold the signature against Sender and warn.",
        check: Check::Message(|subject, _| {
            let mail = subject.generated()?;
            let found = mail.root.header("Sender")?;
            let both = subject.only_mailbox("Sender").zip(subject.only_mailbox("From"));
            let same = both.is_some_and(|(sender, from)| same_address(&sender.address, &from.address));
            Some(when(!same, || Finding::new(shown_field(mail, "From"), mail.unfolded(found), at::header("Sender"))))
        }),
    },
    Rule {
        id: "headers/mailing-list",
        level: Level::May,
        clauses: &[&wire::MAILING_LIST],
        question: "Did the message come without a mailing list on its way?",
        consequence: "Sender, Reply-To and a tag in the Subject are the list's: no signature covers them.",
        check: Check::Message(|subject, _| {
            Some(when(subject.generated()?.is_from_a_list(), || {
                let finding = Finding::new("the provider's header", "a mailing list's fields", "header");
                finding.blaming(Party::Undetermined)
            }))
        }),
    },
    Rule {
        id: "headers/reference",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_1_1_1_REFERENCE, &model::RFC6109_2_2_1_REFERENCE],
        question: "Is X-Riferimento-Message-ID the client's msgid as certified?",
        consequence: "The sender's program cannot link the message to the one it sent.",
        check: Check::Message(|subject, _| {
            const NAME: &str = "X-Riferimento-Message-ID";
            let data = subject.certified_below_header()?;
            // The DTD makes msgid optional, and real providers leave it out where the field is there.
            let Some(expected) = data.msgid.as_deref().filter(|id| !id.trim().is_empty()) else {
                return Some(Vec::new());
            };
            let same = subject.mail().field(NAME).is_some_and(|found| same_identifier(&found, expected));
            Some(when(!same, || Finding::new(expected, shown_field(subject.mail(), NAME), at::header(NAME))))
        }),
    },
];
