//! The part with the certification data (RFC 6109 4.3.3).

use crate::norm::{
    Level,
    clauses::{formats, model},
};

use crate::rules::{Check, Finding, Findings, Piece, Rule, at, families::structure::mixed, when};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "structure/daticert-once",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_3_DATICERT, &model::RFC6109_2_2_1_PARTS],
        question: "Is there exactly one part with the certification data?",
        consequence: "Programs read the certification data only; without them, or with two, the message proves nothing.",
        check: Check::Message(|subject, _| {
            let (parts, mixed) = (subject.certifying_content()?, mixed(subject)?);
            let named = mixed.children.iter().filter(|part| part.is_named("daticert.xml")).count();
            let there = named.max(usize::from(parts.daticert.is_some()));
            Some(when(there != 1, || {
                Finding::new("one part daticert.xml", there.to_string(), "parts of multipart/mixed")
            }))
        }),
    },
    Rule {
        id: "structure/daticert-name",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_3_DATICERT],
        question: "Are the certification data named daticert.xml?",
        consequence: "Programs that look for the name do not find them.",
        check: Check::Message(|subject, _| {
            let part = subject.certifying_content()?.daticert.as_deref()?;
            let name = part.file_name();
            Some(when(name != Some("daticert.xml"), || {
                let place = at::part(Piece::Daticert).detail("name");
                Finding::new("daticert.xml", name.unwrap_or("no name"), place).at_offset(part.span.start)
            }))
        }),
    },
    Rule {
        id: "structure/daticert-type",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_3_DATICERT],
        question: "Are the certification data an application/xml?",
        consequence: "Programs that look for the media type do not find them.",
        check: Check::Message(|subject, _| {
            let part = subject.certifying_content()?.daticert.as_deref()?;
            Some(when(part.content_type != "application/xml", || {
                let place = at::header("Content-Type").of(Piece::Daticert);
                Finding::new("application/xml", &part.content_type, place).at_offset(part.span.start)
            }))
        }),
    },
    Rule {
        id: "structure/daticert-charset",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_3_DATICERT],
        question: "Are the certification data UTF-8, and not called anything else?",
        consequence: "Accented letters of the subject come out wrong, or the file cannot be read at all.",
        check: Check::Message(|subject, _| {
            let xml = &subject.daticert()?.xml;
            let utf8 = |name: &str| ["utf-8", "us-ascii"].iter().any(|known| name.eq_ignore_ascii_case(known));
            let named = subject.message.parts.daticert.as_deref().and_then(|part| part.param("charset"));
            let mut findings = Findings::new();
            if let Some(charset) = named.filter(|charset| !utf8(charset)) {
                let place = at::part(Piece::Daticert).detail("parameter charset");
                findings.push(Finding::new("UTF-8", charset, place));
            }
            if let Some(declared) = declared_encoding(xml).filter(|declared| !utf8(declared)) {
                findings.push(Finding::new("UTF-8", declared, at::part(Piece::Daticert).detail("XML declaration")));
            }
            if let Err(error) = std::str::from_utf8(xml) {
                let found = format!("other octets at byte {} of the file", error.valid_up_to());
                findings.push(Finding::new("UTF-8", found, at::part(Piece::Daticert)));
            }
            Some(findings)
        }),
    },
];

/// The encoding that an XML declaration names.
fn declared_encoding(xml: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(&xml[..xml.len().min(200)]).into_owned();
    let declaration = start.trim_start_matches('\u{feff}').strip_prefix("<?xml")?.split_once("?>")?.0.to_owned();
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start().to_owned();
    let quote = value.chars().next().filter(|c| "\"'".contains(*c))?;
    value[1..].split(quote).next().map(str::to_owned)
}
