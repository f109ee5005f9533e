//! The original in the envelope is what was submitted: identifiers changed, trace fields added, all else byte for byte.

use crate::{
    evidence::Evidence,
    message::{Header, Kind, Mail, Message},
    norm::{Level, clauses::choreography as norm},
    rules::{Check, Finding, Member, Rule, Submission, not_empty},
};

use super::bytes;

pub static RULES: &[Rule] = &[Rule {
    id: "envelope/original-unmodified",
    level: Level::Must,
    clauses: &[&norm::RFC6109_3_1_5_ORIGINAL],
    question: "Is the original in the envelope the submitted message, but for its identifiers?",
    consequence: "The provider certifies a message that its user did not write.",
    check: Check::Transaction(|transaction, context| {
        let submission = transaction.submission.as_ref()?;
        let envelopes = transaction.of(Kind::PostaCertificata);
        let envelopes = not_empty(envelopes.filter(|envelope| envelope.original.is_some()))?;
        let sent = bytes(context.evidence, submission.observation).and_then(|bytes| Mail::read(bytes).ok());
        // What was submitted may be no message, or not at hand: nothing tells then what should be in the envelope.
        let Some(sent) = sent else { return Some(Vec::new()) };
        Some(envelopes.filter_map(|envelope| modified(envelope, submission, &sent, context.evidence)).collect())
    }),
}];

fn modified(envelope: &Member, submission: &Submission, sent: &Mail, evidence: &Evidence) -> Option<Finding> {
    let original = || Message::read(bytes(evidence, envelope.observation())?).ok()?.original_mail();
    let (expected, found) = match original() {
        None => ("a message".to_owned(), "something that cannot be read as one".to_owned()),
        Some(original) => difference(sent, &original)?,
    };
    let finding = Finding::new(expected, found, format!("{}: postacert.eml", envelope.title()));
    Some(finding.blaming(envelope).seen_in([submission.observation, envelope.observation()]))
}

fn difference(submitted: &Mail, original: &Mail) -> Option<(String, String)> {
    let may_change = |header: &Header| named(header, &["Message-ID", "X-Riferimento-Message-ID"]);
    let sent: Vec<&[u8]> = submitted
        .root
        .headers
        .iter()
        .filter(|header| !may_change(header))
        .map(|header| submitted.bytes(&header.span))
        .collect();
    let mut expected = sent.iter().copied().peekable();
    for header in original.root.headers.iter().filter(|header| !may_change(header)) {
        let found = original.bytes(&header.span);
        if expected.peek() == Some(&found) {
            expected.next();
        } else if !named(header, &["Received", "Return-Path"]) {
            let wanted = expected.peek().map_or("the end of the header section".to_owned(), |field| shown(field));
            return Some((wanted, shown(found)));
        }
    }
    if let Some(lost) = expected.next() {
        return Some((shown(lost), "no such field".to_owned()));
    }
    let at = same_message(submitted.bytes(&submitted.root.body), original.bytes(&original.root.body))?;
    Some(("the body as submitted".to_owned(), format!("another from byte {at} of it on")))
}

fn named(header: &Header, names: &[&str]) -> bool {
    names.iter().any(|name| header.name.eq_ignore_ascii_case(name))
}

fn shown(field: &[u8]) -> String {
    String::from_utf8_lossy(field).trim_end().to_owned()
}

/// Where two messages first differ; the line end before a boundary may or may not have been the message's own.
fn same_message(one: &[u8], other: &[u8]) -> Option<usize> {
    let trimmed = |bytes: &'_ [u8]| bytes.len() - if bytes.ends_with(b"\r\n") { 2 } else { 0 };
    let (one, other) = (&one[..trimmed(one)], &other[..trimmed(other)]);
    if one == other {
        return None;
    }
    Some(one.iter().zip(other).position(|(one, other)| one != other).unwrap_or(one.len().min(other.len())))
}
