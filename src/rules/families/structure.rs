//! The MIME structure of a generated message (RFC 6109 2.1, 4.3).

use std::ops::Range;

use crate::{
    message::{Entity, Kind},
    norm::{
        Level,
        clauses::{access, delivery, formats, incoming, model, security},
    },
};

use super::{
    Check, Finding, Rule,
    context::MessageSubject,
    facts::{certifies, generated, is_anomaly, shown_field, shown_part},
};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "structure/known-type",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_TYPE_HEADER, &security::RFC6109_A_NAMES],
        question: "Is the message's type one that PEC knows?",
        consequence: "The receiver cannot tell what the message is and treats it as ordinary mail or as an anomaly.",
        check: Check::Message {
            applies: |subject, context| {
                generated(subject, context)
                    || (subject.message.signed.is_some()
                        && ["X-Ricevuta", "X-Trasporto"].iter().any(|name| subject.header(name).is_some()))
            },
            check: |subject, _, findings| {
                if subject.message.kind.is_some() {
                    return;
                }
                for name in ["X-Ricevuta", "X-Trasporto"] {
                    if let Some(header) = subject.header(name) {
                        let found = subject.mail().unfolded(header);
                        let expected = "one of the types of RFC 6109 3";
                        let place = format!("header {name}");
                        findings.push(Finding::new(expected, found, place).at_offset(header.span.start));
                    }
                }
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
            applies: generated,
            check: |subject, _, findings| {
                let root = &subject.mail().root;
                if root.content_type != "multipart/signed" || root.children.len() != 2 {
                    let found = format!("{} with {} parts", root.content_type, root.children.len());
                    findings.push(Finding::new("multipart/signed with 2 parts", found, "header Content-Type"));
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
                    findings.push(Finding::new(expected, protocol, "header Content-Type, parameter protocol"));
                }
                let part = &root.children[1];
                if !known(&part.content_type) {
                    let finding = Finding::new(expected, &part.content_type, "signature part, header Content-Type");
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
            applies: generated,
            check: |subject, _, findings| {
                if subject.message.parts.mixed.is_none() {
                    let root = &subject.mail().root;
                    let content =
                        if root.content_type == "multipart/signed" { root.children.first() } else { Some(root) };
                    let found = content.map_or("nothing", |content| &content.content_type);
                    findings.push(Finding::new("multipart/mixed", found, "signed content, header Content-Type"));
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
                let first = children(subject).first();
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
        question: "Has the multipart/alternative one text/plain and one text/html and nothing else?",
        consequence: "Users of some mail programs see no text, or one that nobody has judged.",
        check: Check::Message {
            applies: |subject, context| {
                generated(subject, context)
                    && readable(subject).is_some_and(|part| part.content_type == "multipart/alternative")
            },
            check: |subject, _, findings| {
                let Some(readable) = readable(subject) else { return };
                let mut types: Vec<&str> = readable.children.iter().map(|part| &*part.content_type).collect();
                types.sort_unstable();
                if types != ["text/html", "text/plain"] {
                    let finding = Finding::new("text/plain and text/html", types.join(", "), "multipart/alternative");
                    findings.push(finding.at_offset(readable.span.start));
                }
            },
        },
    },
    Rule {
        id: "structure/daticert-once",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_3_DATICERT, &model::RFC6109_2_2_1_PARTS],
        question: "Is there exactly one part with the certification data?",
        consequence: "Programs read the certification data only; without them, or with two, the message proves nothing.",
        check: Check::Message {
            applies: |subject, context| certifies(subject, context) && has_mixed(subject, context),
            check: |subject, _, findings| {
                let named = children(subject).iter().filter(|part| part.is_named("daticert.xml")).count();
                let there = named.max(usize::from(subject.message.parts.daticert.is_some()));
                if there != 1 {
                    findings.push(Finding::new("one part daticert.xml", there.to_string(), "parts of multipart/mixed"));
                }
            },
        },
    },
    Rule {
        id: "structure/daticert-name",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_3_DATICERT],
        question: "Are the certification data named daticert.xml?",
        consequence: "Programs that look for the name do not find them.",
        check: Check::Message {
            applies: has_daticert,
            check: |subject, _, findings| {
                let Some(part) = &subject.message.parts.daticert else { return };
                if part.file_name() != Some("daticert.xml") {
                    let found = part.file_name().unwrap_or("no name");
                    findings.push(Finding::new("daticert.xml", found, "daticert.xml, name").at_offset(part.span.start));
                }
            },
        },
    },
    Rule {
        id: "structure/daticert-type",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_3_DATICERT],
        question: "Are the certification data an application/xml?",
        consequence: "Programs that look for the media type do not find them.",
        check: Check::Message {
            applies: has_daticert,
            check: |subject, _, findings| {
                let Some(part) = &subject.message.parts.daticert else { return };
                if part.content_type != "application/xml" {
                    let finding =
                        Finding::new("application/xml", &part.content_type, "daticert.xml, header Content-Type");
                    findings.push(finding.at_offset(part.span.start));
                }
            },
        },
    },
    Rule {
        id: "structure/daticert-charset",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_3_DATICERT],
        question: "Are the certification data UTF-8, and not called anything else?",
        consequence: "Accented letters of the subject come out wrong, or the file cannot be read at all.",
        check: Check::Message {
            applies: has_daticert,
            check: |subject, _, findings| {
                let (Some(part), Some(reading)) = (&subject.message.parts.daticert, &subject.message.daticert) else {
                    return;
                };
                let utf8 = |name: &str| ["utf-8", "us-ascii"].iter().any(|known| name.eq_ignore_ascii_case(known));
                if let Some(charset) = part.param("charset").filter(|charset| !utf8(charset)) {
                    findings.push(Finding::new("UTF-8", charset, "daticert.xml, parameter charset"));
                }
                if let Some(declared) = declared_encoding(&reading.xml).filter(|declared| !utf8(declared)) {
                    findings.push(Finding::new("UTF-8", declared, "daticert.xml, XML declaration"));
                }
                if let Err(error) = std::str::from_utf8(&reading.xml) {
                    let found = format!("other octets at byte {} of the file", error.valid_up_to());
                    findings.push(Finding::new("UTF-8", found, "daticert.xml"));
                }
            },
        },
    },
    Rule {
        id: "structure/original-present",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_5_CONTENTS, &incoming::RFC6109_3_2_2_ENTIRE],
        question: "Is the message that the envelope is about inside it?",
        consequence: "The recipient gets an empty envelope.",
        check: Check::Message {
            applies: |subject, context| {
                has_mixed(subject, context) && subject.is(&[Kind::PostaCertificata, Kind::Anomalia])
            },
            check: |subject, _, findings| {
                if messages(subject).chain(named_originals(subject)).next().is_none() {
                    let shown: Vec<String> = children(subject).iter().map(shown_part).collect();
                    findings.push(Finding::new("a message/rfc822", shown.join(", "), "parts of multipart/mixed"));
                }
            },
        },
    },
    Rule {
        id: "structure/original-once",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_2_ORIGINAL],
        question: "Is there no more than one original message inside?",
        consequence: "Two receivers may take two different messages for the certified one.",
        check: Check::Message {
            applies: |subject, context| certifies(subject, context) && named_originals(subject).next().is_some(),
            check: |subject, _, findings| {
                let there = named_originals(subject).count();
                if there != 1 {
                    findings.push(Finding::new(
                        "one part postacert.eml",
                        there.to_string(),
                        "parts of multipart/mixed",
                    ));
                }
            },
        },
    },
    Rule {
        id: "structure/original-name",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_2_ORIGINAL],
        question: "Is the original message named postacert.eml?",
        consequence: "Programs that look for the name do not find the original.",
        check: Check::Message {
            applies: |subject, context| certifies(subject, context) && subject.message.parts.original.is_some(),
            check: |subject, _, findings| {
                let Some(part) = &subject.message.parts.original else { return };
                if part.file_name() != Some("postacert.eml") {
                    let found = part.file_name().unwrap_or("no name");
                    let finding = Finding::new("postacert.eml", found, "original message, name");
                    findings.push(finding.at_offset(part.span.start));
                }
            },
        },
    },
    Rule {
        id: "structure/original-type",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_2_ORIGINAL],
        question: "Is postacert.eml a message/rfc822?",
        consequence: "The recipient's mail program offers a file instead of opening the message.",
        check: Check::Message {
            applies: |subject, context| generated(subject, context) && named_originals(subject).next().is_some(),
            check: |subject, _, findings| {
                for part in named_originals(subject).filter(|part| part.content_type != "message/rfc822") {
                    let finding =
                        Finding::new("message/rfc822", &part.content_type, "postacert.eml, header Content-Type");
                    findings.push(finding.at_offset(part.span.start));
                }
            },
        },
    },
    Rule {
        id: "structure/original-encoding",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_2_ORIGINAL],
        question: "Is the message inside left without transfer encoding of its own?",
        consequence: "RFC 2045 forbids base64 and quoted-printable on a message/rfc822: mail programs show the code, not the message.",
        check: Check::Message {
            applies: |subject, context| generated(subject, context) && messages(subject).next().is_some(),
            check: |subject, _, findings| {
                for part in messages(subject).filter(|part| !matches!(&*part.encoding, "7bit" | "8bit" | "binary")) {
                    let place = "original message, header Content-Transfer-Encoding";
                    findings
                        .push(Finding::new("7bit, 8bit or binary", &part.encoding, place).at_offset(part.span.start));
                }
            },
        },
    },
    Rule {
        id: "structure/no-original",
        level: Level::Must,
        clauses: &[
            &access::RFC6109_3_1_2_NO_ORIGINAL,
            &access::RFC6109_3_1_3_NO_ORIGINAL,
            &access::RFC6109_3_1_6_NO_ORIGINAL,
            &incoming::RFC6109_3_2_3_NO_ORIGINAL,
        ],
        question: "Is the original message left out of a notice that must not carry it?",
        consequence: "A refused or infected message travels on inside the notice about it.",
        check: Check::Message {
            applies: |subject, context| {
                const WITHOUT: [Kind; 4] = [
                    Kind::NonAccettazione,
                    Kind::NonAccettazioneVirus,
                    Kind::PreavvisoErroreConsegna,
                    Kind::RilevazioneVirus,
                ];
                has_mixed(subject, context) && subject.is(&WITHOUT)
            },
            check: |subject, _, findings| findings.extend(originals_found(subject)),
        },
    },
    Rule {
        id: "delivery/concise-without-original",
        level: Level::Must,
        clauses: &[&delivery::RFC6109_3_3_2_3_NO_ORIGINAL],
        question: "Is the original message left out of a concise delivery?",
        consequence: "The sender asked for a small receipt and gets everything back.",
        check: Check::Message {
            applies: |subject, context| {
                has_mixed(subject, context)
                    && subject.is(&[Kind::AvvenutaConsegna])
                    && subject.data().is_some_and(|data| data.ricevuta.as_deref() == Some("sintetica"))
            },
            check: |subject, _, findings| findings.extend(originals_found(subject)),
        },
    },
    Rule {
        id: "anomaly/nothing-else",
        level: Level::Must,
        clauses: &[&incoming::RFC6109_3_2_2_NOTHING_ELSE],
        question: "Has an anomaly envelope no part beyond its text and the message that arrived?",
        consequence: "Something of uncertain origin looks certified.",
        check: Check::Message {
            applies: |subject, context| is_anomaly(subject, context) && has_mixed(subject, context),
            check: |subject, _, findings| {
                let mut messages = messages(subject);
                let arrived = messages.next().map(|part| part.span.clone());
                for part in children(subject).iter().skip(1).filter(|part| Some(&part.span) != arrived.as_ref()) {
                    let finding = Finding::new("no such part", shown_part(part), "parts of multipart/mixed");
                    findings.push(finding.at_offset(part.span.start));
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
                    let place = "header X-Riferimento-Message-ID";
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
    Rule {
        id: "structure/original-seven-bit",
        level: Level::May,
        clauses: &[&formats::RFC6109_4_3_SEVEN_BIT, &access::RFC6109_3_1_5_CONTENTS],
        question: "Is the original message fit for seven-bit transport?",
        consequence: "It is right to leave it as it is, but a relay without 8BITMIME will break the signature.",
        check: Check::Message {
            applies: |subject, context| has_mixed(subject, context) && subject.message.parts.original.is_some(),
            check: |subject, _, findings| {
                if let Some(part) = &subject.message.parts.original {
                    findings.extend(first_eight_bit(subject, part.body.clone()));
                }
            },
        },
    },
];

fn has_mixed(subject: &MessageSubject<'_>, context: &super::Context<'_>) -> bool {
    generated(subject, context) && subject.message.parts.mixed.is_some()
}

fn has_daticert(subject: &MessageSubject<'_>, context: &super::Context<'_>) -> bool {
    certifies(subject, context) && subject.message.parts.daticert.is_some()
}

fn children<'a>(subject: &MessageSubject<'a>) -> &'a [Entity] {
    subject.message.parts.mixed.as_ref().map_or(&[], |mixed| &mixed.children)
}

fn readable<'a>(subject: &MessageSubject<'a>) -> Option<&'a Entity> {
    subject.message.parts.readable.as_ref()
}

fn messages<'a>(subject: &MessageSubject<'a>) -> impl Iterator<Item = &'a Entity> {
    children(subject).iter().filter(|part| part.content_type == "message/rfc822")
}

fn named_originals<'a>(subject: &MessageSubject<'a>) -> impl Iterator<Item = &'a Entity> {
    children(subject).iter().filter(|part| part.is_named("postacert.eml"))
}

fn originals_found(subject: &MessageSubject<'_>) -> Vec<Finding> {
    let original = |part: &&Entity| part.content_type == "message/rfc822" || part.is_named("postacert.eml");
    let finding = |part: &Entity| Finding::new("no original message", shown_part(part), "parts of multipart/mixed");
    children(subject).iter().filter(original).map(|part| finding(part).at_offset(part.span.start)).collect()
}

fn first_eight_bit(subject: &MessageSubject<'_>, span: Range<usize>) -> Option<Finding> {
    let octets = subject.mail().bytes(&span);
    // First the whole at once: nearly always there is none.
    let at = if octets.is_ascii() { None } else { octets.iter().position(|octet| !octet.is_ascii()) };
    let at = span.start + at?;
    let found = format!("octet 0x{:02X}", subject.mail().raw[at]);
    Some(Finding::new("octets 0 to 127 only", found, "signed content").at_offset(at))
}

/// The encoding that an XML declaration names.
fn declared_encoding(xml: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(&xml[..xml.len().min(200)]).into_owned();
    let declaration = start.trim_start_matches('\u{feff}').strip_prefix("<?xml")?.split_once("?>")?.0.to_owned();
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start().to_owned();
    let quote = value.chars().next().filter(|c| "\"'".contains(*c))?;
    value[1..].split(quote).next().map(str::to_owned)
}
