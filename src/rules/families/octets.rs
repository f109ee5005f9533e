//! The octets and lines that a provider wrote and signed, and those that the access point let in (RFC 5321 2.3.8, RFC 5322
//! 2.1.1).

use std::ops::Range;

use crate::{
    message::{
        Bytes, Message, Signed,
        bytes::{Stray, has_crlf, long_lines, strays},
    },
    norm::{
        Level,
        clauses::{access, wire},
    },
};

use crate::rules::{Check, Finding, Findings, Location, Piece, Rule, at, context::MessageSubject};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "structure/line-ends",
        level: Level::Must,
        clauses: &[&wire::RFC5321_2_3_8_LINES],
        question: "Is what the provider wrote and signed free of bare line feeds, bare carriage returns and NUL?",
        consequence: "The first host that repairs the line ends breaks the signature for good.",
        check: Check::Message(|subject, _| {
            subject.content()?;
            let raw = &subject.mail().raw;
            // A copy stored with line feeds alone tells nothing of what was sent.
            let written = around_original(subject.message.signed.as_ref()?, subject.message);
            if !written.iter().any(|span| has_crlf(&raw[span.clone()])) {
                return None;
            }
            Some(told(written.into_iter().flat_map(|span| strays(raw, span)), &at::part(Piece::Signed)))
        }),
    },
    Rule {
        id: "structure/line-length",
        level: Level::Must,
        clauses: &[&wire::RFC5322_2_1_1_LENGTH],
        question: "Has no line that the provider wrote more than 998 octets?",
        consequence: "A host that folds or cuts the line breaks the signature.",
        check: Check::Message(|subject, _| {
            subject.content()?;
            let signed = subject.message.signed.as_ref()?;
            let mut written = around_original(signed, subject.message);
            written.push(signed.signature.span.clone());
            Some(longest(&subject.mail().raw, written, &at::part(Piece::Signed)).into_iter().collect())
        }),
    },
    Rule {
        id: "original/line-ends",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_1_CONFORMING, &wire::RFC5321_2_3_8_LINES],
        question: "Is the message that the access point took free of bare line feeds and NUL?",
        consequence: "The first host that repairs the line ends breaks the signature of envelope and receipts for good.",
        check: Check::Message(|subject, _| {
            let (raw, original) = original_as_sent(subject)?;
            let let_in = strays(raw, original).filter(|(_, stray)| *stray != Stray::BareReturn);
            Some(told(let_in, &at::part(Piece::Original)))
        }),
    },
    Rule {
        id: "original/lines",
        level: Level::May,
        clauses: &[&wire::RFC5322_2_1_1_LENGTH, &wire::RFC5321_2_3_8_LINES],
        question: "Has the message inside neither a bare carriage return nor a line of more than 998 octets?",
        consequence: "It is right to leave it as it is, but a host on the way may fold the line, and break the signature.",
        check: Check::Message(|subject, _| {
            let (raw, original) = original_as_sent(subject)?;
            let bare = strays(raw, original.clone()).filter(|(_, stray)| *stray == Stray::BareReturn);
            let mut findings = told(bare, &at::part(Piece::Original));
            findings.extend(longest(raw, vec![original], &at::part(Piece::Original)));
            Some(findings)
        }),
    },
];

/// What is signed, before and after the octets of the original message where those came over the wire as they are.
fn around_original(signed: &Signed, message: &Message) -> Vec<Range<usize>> {
    let content = signed.content.span.clone();
    let original = message.parts.original.as_ref().map(|part| part.body.clone());
    let original = original.filter(|body| content.start <= body.start && body.end <= content.end);
    match original {
        Some(body) => vec![content.start..body.start, body.end..content.end],
        None => vec![content],
    }
}

/// The octets of the message that the access point took, in those of its envelope; `None` in a copy stored with line
/// feeds alone.
fn original_as_sent<'a>(subject: &MessageSubject<'a>) -> Option<(&'a Bytes, Range<usize>)> {
    subject.accepted()?;
    let raw = &subject.message.mail.raw;
    let body = subject.message.parts.original.as_ref()?.body.clone();
    has_crlf(raw).then_some((raw, body))
}

/// One finding for each sort of stray octet, at the first one, with their number.
fn told(strays: impl Iterator<Item = (usize, Stray)>, place: &Location) -> Findings {
    let mut sorts: Vec<(Stray, usize, usize)> = Vec::new();
    for (at, stray) in strays {
        match sorts.iter_mut().find(|(sort, ..)| *sort == stray) {
            Some((.., times)) => *times += 1,
            None => sorts.push((stray, at, 1)),
        }
    }
    let finding = |(sort, first, times): (Stray, usize, usize)| {
        let finding = Finding::new("CR and LF together, and no NUL", sort.to_string(), place.clone());
        finding.at_offset(first).repeated(times)
    };
    sorts.into_iter().map(finding).collect()
}

/// The first line that is too long, with the number of them.
fn longest(raw: &[u8], spans: Vec<Range<usize>>, place: &Location) -> Option<Finding> {
    let mut lines = spans.into_iter().flat_map(|span| long_lines(raw, span));
    let first = lines.next()?;
    let finding = Finding::new("at most 998 octets", format!("a line of {} octets", first.len()), place.clone());
    Some(finding.at_offset(first.start).repeated(1 + lines.count()))
}
