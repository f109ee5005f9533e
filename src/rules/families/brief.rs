//! What one brief receipt shows by itself: every named part of the original and every message attached to it is a file with
//! its hash (RFC 6109 3.3.2.2). Whether the hashes are right, the envelope tells.

use crate::{
    message::{Entity, Kind, Mail},
    norm::{Level, clauses::choreography as norm},
};

use crate::rules::{
    Check, Finding, Findings, Piece, Rule, at, context::MessageSubject, not_empty, spelling::shown_part,
};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "brief/replaced",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_2_STRUCTURE],
        question: "Is every attachment in a brief receipt's original replaced by a file with its hash, and its signature left as it is?",
        consequence: "The receipt is as large as a complete one, or does not show what its sender signed.",
        check: Check::Message(|subject, _| {
            let original = brief(subject)?;
            let mut findings = Findings::new();
            for part in attachments(original).filter(|part| !is_hash_file(part)) {
                findings.push(finding(original, part, "a text/plain named .hash", shown_part(part)));
            }
            if let Some(part) = signature(&original.root).filter(|part| is_hash_file(part)) {
                findings.push(finding(original, part, "the signature as it was sent", shown_part(part)));
            }
            Some(findings)
        }),
    },
    Rule {
        id: "brief/hash-form",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_2_HASH_FILE],
        question: "Is each file with a hash a text/plain of 40 hexadecimal digits?",
        consequence: "No program finds the hash in the file.",
        check: Check::Message(|subject, _| {
            let original = brief(subject)?;
            let files = not_empty(attachments(original).filter(|part| is_hash_file(part)))?;
            let mut findings = Findings::new();
            for part in files {
                if part.content_type != "text/plain" {
                    findings.push(finding(original, part, "text/plain", part.content_type.clone()));
                }
                let content = original.content(part).unwrap_or_default();
                let digits = content.trim_ascii();
                if digits.len() != 40 || !digits.iter().all(u8::is_ascii_hexdigit) {
                    let found = String::from_utf8_lossy(&digits[..digits.len().min(60)]).into_owned();
                    findings.push(finding(original, part, "40 hexadecimal digits", found));
                }
            }
            Some(findings)
        }),
    },
];

/// The original of a brief receipt, unless it is one CMS object, which stays whole.
fn brief<'a>(subject: &MessageSubject<'a>) -> Option<&'a Mail> {
    subject.one_of(&[Kind::AvvenutaConsegna])?;
    let (original, data) = subject.certified_original()?;
    let brief = data.ricevuta.as_deref() == Some("breve");
    Some(original).filter(|original| brief && !original.root.content_type.ends_with("pkcs7-mime"))
}

/// The parts that are, or were, attachments: those with a name, and messages; not the signature over a signed original.
fn attachments(original: &Mail) -> impl Iterator<Item = &Entity> {
    let signature = signature(&original.root).map(|part| part.span.clone());
    original.root.walk().filter(move |part| {
        let attached = part.file_name().is_some() || part.content_type == "message/rfc822";
        part.children.is_empty() && attached && Some(&part.span) != signature.as_ref()
    })
}

/// The signature part of an original that is signed as a whole.
fn signature(root: &Entity) -> Option<&Entity> {
    root.children
        .last()
        .filter(|_| root.content_type == "multipart/signed" && root.children.len() > 1)
        .map(|part| &**part)
}

fn is_hash_file(part: &Entity) -> bool {
    part.file_name().is_some_and(|name| name.to_ascii_lowercase().ends_with(".hash"))
}

fn finding(original: &Mail, part: &Entity, expected: &str, found: String) -> Finding {
    let name = part.file_name().unwrap_or("attached message");
    let finding = Finding::new(expected, found, at::part(Piece::Original).detail(name));
    // Offsets of an original that was encoded are not the message's.
    if original.root.span.start > 0 { finding.at_offset(part.span.start) } else { finding }
}
