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

use crate::rules::{
    Check, Finding, Piece, Rule,
    applies::{generated, has_content, is_anomaly},
    at,
    context::MessageSubject,
    spelling::{shown_field, shown_part},
};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "structure/known-type",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_TYPE_HEADER, &security::RFC6109_A_NAMES],
        question: "Does the message's header tell a type that PEC knows?",
        consequence: "The receiver cannot tell what the message is and treats it as ordinary mail or as an anomaly.",
        check: Check::Message {
            applies: |subject, context| {
                generated(subject, context) || subject.message.signed.is_some() && type_field(subject).is_some()
            },
            check: |subject, _, findings| {
                if subject.message.claimed.is_some() {
                    return;
                }
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
                findings.push(Finding::new(expected, found, place));
            },
        },
    },
    Rule {
        id: "structure/one-type",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_TYPE_HEADER],
        question: "Is the type told exactly once?",
        consequence: "Two receivers may read two different types out of one message.",
        check: Check::Message {
            applies: generated,
            check: |subject, _, findings| {
                let root = &subject.mail().root;
                let types = root.headers_named("X-Ricevuta").chain(root.headers_named("X-Trasporto"));
                let written: Vec<String> =
                    types.map(|header| format!("{}: {}", header.name, subject.mail().unfolded(header))).collect();
                if written.len() > 1 {
                    let expected = "one X-Ricevuta or one X-Trasporto";
                    findings.push(Finding::new(expected, written.join(" | "), "headers X-Ricevuta, X-Trasporto"));
                }
            },
        },
    },
    Rule {
        id: "structure/signed",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_SIGNED, &model::RFC6109_2_2_2_EXISTENCE],
        question: "Is the message a multipart/signed of two parts?",
        consequence: "Without a signature structure the message does not come from a PEC provider: it is ordinary mail.",
        check: Check::Message {
            applies: |subject, context| generated(subject, context) && !hides_parts(subject),
            check: |subject, _, findings| {
                let root = &subject.mail().root;
                if subject.message.shape == Shape::Opaque {
                    let found = "application/pkcs7-mime, with the content inside the signature";
                    findings.push(Finding::new("multipart/signed with 2 parts", found, at::header("Content-Type")));
                } else if root.content_type != "multipart/signed" || root.children.len() != 2 {
                    let found = format!("{} with {} parts", root.content_type, root.children.len());
                    findings.push(Finding::new("multipart/signed with 2 parts", found, at::header("Content-Type")));
                }
            },
        },
    },
    Rule {
        id: "structure/signature-type",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_SIGNED],
        question: "Do the protocol parameter and the signature part name the S/MIME signature type?",
        consequence: "Mail programs show the signature as an unknown attachment and verify nothing.",
        check: Check::Message {
            applies: |subject, context| {
                let root = &subject.mail().root;
                generated(subject, context) && root.content_type == "multipart/signed" && root.children.len() == 2
            },
            check: |subject, _, findings| {
                let root = &subject.mail().root;
                let expected = "application/pkcs7-signature or application/x-pkcs7-signature";
                let known = |kind: &str| {
                    ["application/pkcs7-signature", "application/x-pkcs7-signature"]
                        .iter()
                        .any(|known| kind.eq_ignore_ascii_case(known))
                };
                let protocol = root.param("protocol").unwrap_or("no such parameter");
                if !known(protocol) {
                    findings.push(Finding::new(
                        expected,
                        protocol,
                        at::header("Content-Type").detail("parameter protocol"),
                    ));
                }
                let part = &root.children[1];
                if !known(&part.content_type) {
                    let finding =
                        Finding::new(expected, &part.content_type, at::header("Content-Type").of(Piece::Signature));
                    findings.push(finding.at_offset(part.span.start));
                }
            },
        },
    },
    Rule {
        id: "structure/mixed",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_MIXED],
        question: "Is what is signed a multipart/mixed?",
        consequence: "A receiver finds neither text nor certification data where they belong.",
        check: Check::Message {
            applies: |subject, context| has_content(subject, context) && !hides_parts(subject),
            check: |subject, _, findings| {
                if subject.message.parts.mixed.is_none() {
                    let root = &subject.mail().root;
                    let content =
                        if root.content_type == "multipart/signed" { root.children.first() } else { Some(root) };
                    let found = content.map_or("nothing", |content| &content.content_type);
                    findings.push(Finding::new("multipart/mixed", found, at::header("Content-Type").of(Piece::Signed)));
                }
            },
        },
    },
    Rule {
        id: "structure/text-first",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_TEXT_FIRST, &model::RFC6109_2_2_1_PARTS],
        question: "Is the first part the readable text, as text/plain or multipart/alternative?",
        consequence: "The user opens the message and sees an attachment instead of what happened.",
        check: Check::Message {
            applies: has_mixed,
            check: |subject, _, findings| {
                let first = children(subject).next();
                if !first.is_some_and(|first| matches!(&*first.content_type, "text/plain" | "multipart/alternative")) {
                    let found = first.map_or_else(|| "no part".to_owned(), shown_part);
                    let finding = Finding::new("text/plain or multipart/alternative", found, "first part");
                    findings.push(finding.at_offset(first.map_or(0, |first| first.span.start)));
                }
            },
        },
    },
    Rule {
        id: "structure/alternative",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_1_ALTERNATIVE],
        question: "Has the multipart/alternative one text/plain and one text/html, and nothing else but the same in other languages?",
        consequence: "Users of some mail programs see no text, or one that nobody has judged.",
        check: Check::Message {
            applies: |subject, context| {
                has_content(subject, context)
                    && readable(subject).is_some_and(|part| part.content_type == "multipart/alternative")
            },
            check: |subject, _, findings| {
                let Some(readable) = readable(subject) else { return };
                let further = |part: &Entity| {
                    part.header("Content-Language").is_some()
                        && matches!(&*part.content_type, "text/plain" | "text/html")
                };
                let own = readable.children.iter().enumerate().filter(|(at, part)| *at < 2 || !further(part));
                let mut types: Vec<&str> = own.map(|(_, part)| &*part.content_type).collect();
                types.sort_unstable();
                if types != ["text/html", "text/plain"] {
                    let finding = Finding::new("text/plain and text/html", types.join(", "), "multipart/alternative");
                    findings.push(finding.at_offset(readable.span.start));
                }
            },
        },
    },
    Rule {
        id: "anomaly/no-reference",
        level: Level::May,
        clauses: &[&incoming::RFC6109_3_2_2_HEADERS],
        question: "Does an anomaly envelope go without X-Riferimento-Message-ID?",
        consequence: "A program may link what was not certified to a certified message.",
        check: Check::Message {
            applies: is_anomaly,
            check: |subject, _, findings| {
                let header = subject.header("X-Riferimento-Message-ID");
                if let Some(offset) = header.map(|header| header.span.start) {
                    let found = shown_field(subject.mail(), header);
                    let place = at::header("X-Riferimento-Message-ID");
                    findings.push(Finding::new("no such field", found, place).at_offset(offset));
                }
            },
        },
    },
    Rule {
        id: "structure/seven-bit",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_SEVEN_BIT],
        question: "Is what the provider wrote fit for seven-bit transport?",
        consequence: "A relay that converts raw octets breaks the signature.",
        check: Check::Message {
            applies: has_mixed,
            check: |subject, _, findings| {
                let Some(mixed) = &subject.message.parts.mixed else { return };
                let original = subject.message.parts.original.as_ref().map_or(0..0, |part| part.body.clone());
                let before = mixed.span.start..original.start.clamp(mixed.span.start, mixed.span.end);
                let after = original.end.clamp(mixed.span.start, mixed.span.end)..mixed.span.end;
                findings.extend(first_eight_bit(subject, before).or_else(|| first_eight_bit(subject, after)));
            },
        },
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

pub(super) fn has_mixed(subject: &MessageSubject<'_>, context: &crate::rules::Context<'_>) -> bool {
    has_content(subject, context) && subject.message.parts.mixed.is_some() && !hides_parts(subject)
}

/// Whether parts may be where nobody looked: then none is missing for certain, nor is any the last.
fn hides_parts(subject: &MessageSubject<'_>) -> bool {
    subject.mail().hides_parts()
}

pub(super) fn children<'a>(subject: &MessageSubject<'a>) -> impl Iterator<Item = &'a Entity> {
    subject.message.parts.mixed.iter().flat_map(|mixed| &mixed.children).map(|part| &**part)
}

fn readable<'a>(subject: &MessageSubject<'a>) -> Option<&'a Entity> {
    subject.message.parts.readable.as_deref()
}

pub(super) fn first_eight_bit(subject: &MessageSubject<'_>, span: Range<usize>) -> Option<Finding> {
    let octets = subject.mail().bytes(&span);
    // First the whole at once: nearly always there is none.
    let at = if octets.is_ascii() { None } else { octets.iter().position(|octet| !octet.is_ascii()) };
    let at = span.start + at?;
    let found = format!("octet 0x{:02X}", subject.mail().raw[at]);
    Some(Finding::new("octets 0 to 127 only", found, at::part(Piece::Signed)).at_offset(at))
}
