//! The MIME structure of a generated message (RFC 6109 2.1, 4.3).

pub(in crate::rules) mod daticert;
pub(in crate::rules) mod limits;
pub(in crate::rules) mod original;

use std::ops::Range;

use crate::{
    message::{Entity, Header, Kind, Shape},
    norm::{
        Level,
        clauses::{formats, incoming, model, security},
    },
};

use crate::rules::{Check, Finding, Piece, Rule, at, context::MessageSubject, spelling::shown_part, when};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "structure/known-type",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_TYPE_HEADER, &security::RFC6109_A_NAMES],
        question: "Does the message's header tell a type that PEC knows?",
        consequence: "The receiver cannot tell what the message is and treats it as ordinary mail or as an anomaly.",
        check: Check::Message(|subject, _| {
            let meant = || subject.message.signed.is_some() && type_field(subject).is_some();
            if subject.generated().is_none() && !meant() {
                return None;
            }
            Some(when(subject.message.claimed.is_none(), || {
                let header = type_field(subject);
                let found = header.map_or_else(
                    || "no such field".to_owned(),
                    |header| format!("{}: {}", header.name, subject.mail().unfolded(header)),
                );
                let expected = match subject.message.kind.map(Kind::header) {
                    Some((name, value)) => format!("{name}: {value}"),
                    None => "X-Ricevuta or X-Trasporto with a type of RFC 6109 3".to_owned(),
                };
                let place =
                    header.map_or_else(|| "headers X-Ricevuta, X-Trasporto".into(), |header| at::header(&*header.name));
                Finding::new(expected, found, place)
            }))
        }),
    },
    Rule {
        id: "structure/one-type",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_TYPE_HEADER],
        question: "Is the type told exactly once?",
        consequence: "Two receivers may read two different types out of one message.",
        check: Check::Message(|subject, _| {
            let mail = subject.generated()?;
            let types = mail.root.headers_named("X-Ricevuta").chain(mail.root.headers_named("X-Trasporto"));
            let written: Vec<String> =
                types.map(|header| format!("{}: {}", header.name, mail.unfolded(header))).collect();
            let expected = "one X-Ricevuta or one X-Trasporto";
            Some(when(written.len() > 1, || {
                Finding::new(expected, written.join(" | "), "headers X-Ricevuta, X-Trasporto")
            }))
        }),
    },
    Rule {
        id: "structure/signed",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_SIGNED, &model::RFC6109_2_2_2_EXISTENCE],
        question: "Is the message a multipart/signed of two parts?",
        consequence: "Without a signature structure the message does not come from a PEC provider: it is ordinary mail.",
        check: Check::Message(|subject, _| {
            let root = &subject.generated().filter(|mail| !mail.hides_parts())?.root;
            let found = if subject.message.shape == Shape::Opaque {
                "application/pkcs7-mime, with the content inside the signature".to_owned()
            } else if root.content_type != "multipart/signed" || root.children.len() != 2 {
                format!("{} with {} parts", root.content_type, root.children.len())
            } else {
                return Some(Vec::new());
            };
            Some(vec![Finding::new("multipart/signed with 2 parts", found, at::header("Content-Type"))])
        }),
    },
    Rule {
        id: "structure/signature-type",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_SIGNED],
        question: "Do the protocol parameter and the signature part name the S/MIME signature type?",
        consequence: "Mail programs show the signature as an unknown attachment and verify nothing.",
        check: Check::Message(|subject, _| {
            let root = &subject.generated()?.root;
            let [_, signature] = &root.children[..] else { return None };
            if root.content_type != "multipart/signed" {
                return None;
            }
            let expected = "application/pkcs7-signature or application/x-pkcs7-signature";
            let known = |kind: &str| {
                ["application/pkcs7-signature", "application/x-pkcs7-signature"]
                    .iter()
                    .any(|known| kind.eq_ignore_ascii_case(known))
            };
            let protocol = root.param("protocol").unwrap_or("no such parameter");
            let mut findings = when(!known(protocol), || {
                Finding::new(expected, protocol, at::header("Content-Type").detail("parameter protocol"))
            });
            findings.extend(when(!known(&signature.content_type), || {
                let place = at::header("Content-Type").of(Piece::Signature);
                Finding::new(expected, &signature.content_type, place).at_offset(signature.span.start)
            }));
            Some(findings)
        }),
    },
    Rule {
        id: "structure/mixed",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_MIXED],
        question: "Is what is signed a multipart/mixed?",
        consequence: "A receiver finds neither text nor certification data where they belong.",
        check: Check::Message(|subject, _| {
            let parts = subject.content().filter(|_| !subject.mail().hides_parts())?;
            Some(when(parts.mixed.is_none(), || {
                let root = &subject.mail().root;
                let content = if root.content_type == "multipart/signed" { root.children.first() } else { Some(root) };
                let found = content.map_or("nothing", |content| &content.content_type);
                Finding::new("multipart/mixed", found, at::header("Content-Type").of(Piece::Signed))
            }))
        }),
    },
    Rule {
        id: "structure/text-first",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_TEXT_FIRST, &model::RFC6109_2_2_1_PARTS],
        question: "Is the first part the readable text, as text/plain or multipart/alternative?",
        consequence: "The user opens the message and sees an attachment instead of what happened.",
        check: Check::Message(|subject, _| {
            let first = mixed(subject)?.children.first();
            let right =
                first.is_some_and(|first| matches!(&*first.content_type, "text/plain" | "multipart/alternative"));
            Some(when(!right, || {
                let found = first.map_or_else(|| "no part".to_owned(), |first| shown_part(first));
                let finding = Finding::new("text/plain or multipart/alternative", found, "first part");
                finding.at_offset(first.map_or(0, |first| first.span.start))
            }))
        }),
    },
    Rule {
        id: "structure/alternative",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_1_ALTERNATIVE],
        question: "Has the multipart/alternative one text/plain and one text/html, and nothing else but the same in other languages?",
        consequence: "Users of some mail programs see no text, or one that nobody has judged.",
        check: Check::Message(|subject, _| {
            let readable = subject.content()?.readable.as_deref()?;
            if readable.content_type != "multipart/alternative" {
                return None;
            }
            let further = |part: &Entity| {
                part.header("Content-Language").is_some() && matches!(&*part.content_type, "text/plain" | "text/html")
            };
            let own = readable.children.iter().enumerate().filter(|(at, part)| *at < 2 || !further(part));
            let mut types: Vec<&str> = own.map(|(_, part)| &*part.content_type).collect();
            types.sort_unstable();
            Some(when(types != ["text/html", "text/plain"], || {
                let finding = Finding::new("text/plain and text/html", types.join(", "), "multipart/alternative");
                finding.at_offset(readable.span.start)
            }))
        }),
    },
    Rule {
        id: "anomaly/no-reference",
        level: Level::May,
        clauses: &[&incoming::RFC6109_3_2_2_HEADERS],
        question: "Does an anomaly envelope go without X-Riferimento-Message-ID?",
        consequence: "A program may link what was not certified to a certified message.",
        check: Check::Message(|subject, _| {
            const NAME: &str = "X-Riferimento-Message-ID";
            let mail = subject.anomaly()?;
            let finding = |field: &Header| {
                Finding::new("no such field", mail.unfolded(field), at::header(NAME)).at_offset(field.span.start)
            };
            Some(mail.root.header(NAME).map(finding).into_iter().collect())
        }),
    },
    Rule {
        id: "structure/seven-bit",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_SEVEN_BIT],
        question: "Is what the provider wrote fit for seven-bit transport?",
        consequence: "A relay that converts raw octets breaks the signature.",
        check: Check::Message(|subject, _| {
            let mixed = &mixed(subject)?.span;
            let original = subject.message.parts.original.as_ref().map_or(0..0, |part| part.body.clone());
            let before = mixed.start..original.start.clamp(mixed.start, mixed.end);
            let after = original.end.clamp(mixed.start, mixed.end)..mixed.end;
            let first = first_eight_bit(subject, before).or_else(|| first_eight_bit(subject, after));
            Some(first.into_iter().collect())
        }),
    },
];

/// The field that tells the type, or was meant to: another name for it that has one of its values.
fn type_field<'a>(subject: &MessageSubject<'a>) -> Option<&'a Header> {
    let misnamed = |header: &&Header| {
        let name = header.name.to_ascii_lowercase();
        let meant = name.starts_with("x-") && !["x-verificasicurezza", "x-tiporicevuta"].contains(&&*name);
        meant && Kind::is_told_by(&subject.mail().unfolded(header))
    };
    let proper = subject.header("X-Ricevuta").or_else(|| subject.header("X-Trasporto"));
    proper.or_else(|| subject.mail().root.headers.iter().find(misnamed))
}

/// The multipart/mixed that a provider's system signs; `None` where parts may be where nobody looked: then none is missing
/// for certain, nor is any the last.
pub(super) fn mixed<'a>(subject: &MessageSubject<'a>) -> Option<&'a Entity> {
    subject.content()?.mixed.as_deref().filter(|_| !subject.mail().hides_parts())
}

pub(super) fn children<'a>(subject: &MessageSubject<'a>) -> impl Iterator<Item = &'a Entity> {
    subject.message.parts.mixed.iter().flat_map(|mixed| &mixed.children).map(|part| &**part)
}

pub(super) fn first_eight_bit(subject: &MessageSubject<'_>, span: Range<usize>) -> Option<Finding> {
    let octets = subject.mail().bytes(&span);
    // First the whole at once: nearly always there is none.
    let at = if octets.is_ascii() { None } else { octets.iter().position(|octet| !octet.is_ascii()) };
    let at = span.start + at?;
    let found = format!("octet 0x{:02X}", subject.mail().raw[at]);
    Some(Finding::new("octets 0 to 127 only", found, at::part(Piece::Signed)).at_offset(at))
}
