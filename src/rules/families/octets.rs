//! The octets and lines that a provider wrote and signed, and those that the access point let in (RFC 5321 2.3.8, RFC 5322
//! 2.1.1).

use std::ops::Range;

use crate::{
    message::bytes::{Stray, has_crlf, long_lines, strays},
    norm::{
        Level,
        clauses::{access, wire},
    },
};

use crate::rules::{
    Check, Finding, Location, Piece, Rule, applies::has_content, at, context::MessageSubject,
    families::access::accepted,
};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "structure/line-ends",
        level: Level::Must,
        clauses: &[&wire::RFC5321_2_3_8_LINES],
        question: "Is what the provider wrote and signed free of bare line feeds, bare carriage returns and NUL?",
        consequence: "The first host that repairs the line ends breaks the signature for good.",
        check: Check::Message {
            applies: |subject, context| has_content(subject, context) && !written(subject).is_empty(),
            check: |subject, _, findings| {
                let raw = &subject.mail().raw;
                let found = written(subject).into_iter().flat_map(|span| strays(raw, span));
                findings.extend(told(found, &at::part(Piece::Signed)));
            },
        },
    },
    Rule {
        id: "structure/line-length",
        level: Level::Must,
        clauses: &[&wire::RFC5322_2_1_1_LENGTH],
        question: "Has no line that the provider wrote more than 998 octets?",
        consequence: "A host that folds or cuts the line breaks the signature.",
        check: Check::Message {
            applies: |subject, context| has_content(subject, context) && subject.message.signed.is_some(),
            check: |subject, _, findings| {
                let signature = subject.message.signed.as_ref().map(|signed| signed.signature.span.clone());
                findings.extend(longest(
                    subject,
                    around_original(subject).into_iter().chain(signature),
                    &at::part(Piece::Signed),
                ));
            },
        },
    },
    Rule {
        id: "original/line-ends",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_1_CONFORMING, &wire::RFC5321_2_3_8_LINES],
        question: "Is the message that the access point took free of bare line feeds and NUL?",
        consequence: "The first host that repairs the line ends breaks the signature of envelope and receipts for good.",
        check: Check::Message {
            applies: |subject, context| accepted(subject, context) && has_crlf(&subject.mail().raw),
            check: |subject, _, findings| {
                let let_in = |(_, stray): &(usize, Stray)| *stray != Stray::BareReturn;
                findings.extend(told(in_original(subject).filter(let_in), &at::part(Piece::Original)));
            },
        },
    },
    Rule {
        id: "original/lines",
        level: Level::May,
        clauses: &[&wire::RFC5322_2_1_1_LENGTH, &wire::RFC5321_2_3_8_LINES],
        question: "Has the message inside neither a bare carriage return nor a line of more than 998 octets?",
        consequence: "It is right to leave it as it is, but a host on the way may fold the line, and break the signature.",
        check: Check::Message {
            applies: |subject, context| accepted(subject, context) && has_crlf(&subject.mail().raw),
            check: |subject, _, findings| {
                let bare = |(_, stray): &(usize, Stray)| *stray == Stray::BareReturn;
                findings.extend(told(in_original(subject).filter(bare), &at::part(Piece::Original)));
                let original = subject.message.parts.original.as_ref().map(|part| part.body.clone());
                findings.extend(longest(subject, original.into_iter(), &at::part(Piece::Original)));
            },
        },
    },
];

/// What is signed, the original message left out: where it came over the wire as it is. A copy stored with line feeds
/// alone tells nothing of what was sent.
fn written(subject: &MessageSubject<'_>) -> Vec<Range<usize>> {
    let raw = &subject.mail().raw;
    let spans = around_original(subject);
    if spans.iter().any(|span| has_crlf(&raw[span.clone()])) { spans } else { Vec::new() }
}

/// What is signed, before and after the octets of the original message.
fn around_original(subject: &MessageSubject<'_>) -> Vec<Range<usize>> {
    let Some(signed) = &subject.message.signed else { return Vec::new() };
    let content = signed.content.span.clone();
    let original = subject.message.parts.original.as_ref().map(|part| part.body.clone());
    let original = original.filter(|body| content.start <= body.start && body.end <= content.end);
    match original {
        Some(body) => vec![content.start..body.start, body.end..content.end],
        None => vec![content],
    }
}

fn in_original(subject: &MessageSubject<'_>) -> impl Iterator<Item = (usize, Stray)> {
    let body = subject.message.parts.original.as_ref().map(|part| part.body.clone());
    body.into_iter().flat_map(|body| strays(&subject.mail().raw, body))
}

/// One finding for each sort of stray octet, at the first one, with their number.
fn told(strays: impl Iterator<Item = (usize, Stray)>, place: &Location) -> Vec<Finding> {
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
fn longest(
    subject: &MessageSubject<'_>,
    spans: impl Iterator<Item = Range<usize>>,
    place: &Location,
) -> Option<Finding> {
    let mut lines = spans.flat_map(|span| long_lines(&subject.mail().raw, span));
    let first = lines.next()?;
    let finding = Finding::new("at most 998 octets", format!("a line of {} octets", first.len()), place.clone());
    Some(finding.at_offset(first.start).repeated(1 + lines.count()))
}
