//! The part with the certification data (RFC 6109 4.3.3).

use crate::norm::{
    Level,
    clauses::{formats, model},
};

use crate::rules::{
    Check, Context, Finding, Piece, Rule,
    applies::{has_certifying_content, has_daticert},
    at,
    context::MessageSubject,
    families::structure::{children, has_mixed},
};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "structure/daticert-once",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_3_DATICERT, &model::RFC6109_2_2_1_PARTS],
        question: "Is there exactly one part with the certification data?",
        consequence: "Programs read the certification data only; without them, or with two, the message proves nothing.",
        check: Check::Message {
            applies: |subject, context| has_certifying_content(subject, context) && has_mixed(subject, context),
            check: |subject, _, findings| {
                let named = children(subject).filter(|part| part.is_named("daticert.xml")).count();
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
            applies: has_part,
            check: |subject, _, findings| {
                let Some(part) = &subject.message.parts.daticert else { return };
                if part.file_name() != Some("daticert.xml") {
                    let found = part.file_name().unwrap_or("no name");
                    findings.push(
                        Finding::new("daticert.xml", found, at::part(Piece::Daticert).detail("name"))
                            .at_offset(part.span.start),
                    );
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
            applies: has_part,
            check: |subject, _, findings| {
                let Some(part) = &subject.message.parts.daticert else { return };
                if part.content_type != "application/xml" {
                    let finding = Finding::new(
                        "application/xml",
                        &part.content_type,
                        at::header("Content-Type").of(Piece::Daticert),
                    );
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
                    findings.push(Finding::new(
                        "UTF-8",
                        charset,
                        at::part(Piece::Daticert).detail("parameter charset"),
                    ));
                }
                if let Some(declared) = declared_encoding(&reading.xml).filter(|declared| !utf8(declared)) {
                    findings.push(Finding::new("UTF-8", declared, at::part(Piece::Daticert).detail("XML declaration")));
                }
                if let Err(error) = std::str::from_utf8(&reading.xml) {
                    let found = format!("other octets at byte {} of the file", error.valid_up_to());
                    findings.push(Finding::new("UTF-8", found, at::part(Piece::Daticert)));
                }
            },
        },
    },
];

fn has_part(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    has_certifying_content(subject, context) && subject.message.parts.daticert.is_some()
}

/// The encoding that an XML declaration names.
fn declared_encoding(xml: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(&xml[..xml.len().min(200)]).into_owned();
    let declaration = start.trim_start_matches('\u{feff}').strip_prefix("<?xml")?.split_once("?>")?.0.to_owned();
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start().to_owned();
    let quote = value.chars().next().filter(|c| "\"'".contains(*c))?;
    value[1..].split(quote).next().map(str::to_owned)
}
