//! The part with the message inside: where it must be, where it must not, and how (RFC 6109 4.3.2).

use std::ops::Range;

use memchr::memmem;

use crate::{
    evidence::{Party, Seen},
    message::{Entity, Kind, Mail},
    norm::{
        Level,
        clauses::{access, choreography as norm, delivery, formats, incoming},
    },
};

use crate::rules::{
    Check, Finding, Piece, Rule,
    applies::{has_certified_original, has_certifying_content, has_content},
    at,
    context::{Context, MessageSubject},
    families::structure::{children, first_eight_bit, has_mixed},
    spelling::{same_address, shown_part},
};

/// The rules.
pub static RULES: &[Rule] = &[
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
                    let shown: Vec<String> = children(subject).map(shown_part).collect();
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
            applies: |subject, context| {
                has_certifying_content(subject, context) && named_originals(subject).next().is_some()
            },
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
            applies: |subject, context| {
                has_certifying_content(subject, context) && subject.message.parts.original.is_some()
            },
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
            applies: |subject, context| has_content(subject, context) && named_originals(subject).next().is_some(),
            check: |subject, _, findings| {
                for part in named_originals(subject).filter(|part| part.content_type != "message/rfc822") {
                    let finding = Finding::new(
                        "message/rfc822",
                        &part.content_type,
                        at::header("Content-Type").of(Piece::Original),
                    );
                    findings.push(finding.at_offset(part.span.start));
                }
            },
        },
    },
    Rule {
        id: "structure/original-readable",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_2_ORIGINAL],
        question: "Has the original message inside a header?",
        consequence: "What was certified cannot be read, nor held against what was sent.",
        check: Check::Message {
            applies: |subject, context| {
                let encoded = |part: &Entity| !matches!(&*part.encoding, "7bit" | "8bit" | "binary");
                // A coded one is another question's.
                has_certifying_content(subject, context)
                    && subject.message.parts.original.as_ref().is_some_and(|part| !encoded(part))
            },
            check: |subject, _, findings| {
                let Some(part) = subject.message.parts.original.as_ref().filter(|_| subject.original.is_none()) else {
                    return;
                };
                let found = if part.body.is_empty() { "nothing" } else { "no header field" };
                let finding = Finding::new("a message with its header", found, at::part(Piece::Original));
                findings.push(finding.at_offset(part.body.start));
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
            applies: |subject, context| has_content(subject, context) && messages(subject).next().is_some(),
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
        id: "delivery/copy-without-original",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_1_COPY],
        question: "Is the original message left out of the delivery for a recipient who is in Cc and not in To?",
        consequence: "The sender gets the whole message back for each recipient of a copy.",
        check: Check::Message {
            applies: |subject, context| {
                has_certified_original(subject, context)
                    && subject.is(&[Kind::AvvenutaConsegna])
                    && subject.data().is_some_and(|data| data.consegna.is_some())
            },
            check: |subject, _, findings| {
                let (Some(original), Some(data)) = (subject.original, subject.data()) else { return };
                let (Some(to), Some(cc)) = (addresses(original, "To"), addresses(original, "Cc")) else { return };
                let recipient = data.consegna.as_deref().unwrap_or_default();
                let among = |addresses: &[String]| addresses.iter().any(|address| same_address(address, recipient));
                if among(&cc) && !among(&to) {
                    findings.push(Finding::new(
                        "no original message",
                        "an original message",
                        "parts of multipart/mixed",
                    ));
                }
            },
        },
    },
    Rule {
        id: "anomaly/nothing-else",
        level: Level::Must,
        clauses: &[&incoming::RFC6109_3_2_2_NOTHING_ELSE],
        question: "Has an anomaly envelope no part beyond its text and the message that arrived?",
        consequence: "Something of uncertain origin looks certified.",
        check: Check::Message {
            applies: |subject, context| {
                has_mixed(subject, context) && subject.message.claimed.or(subject.message.kind) == Some(Kind::Anomalia)
            },
            check: |subject, _, findings| {
                let mut messages = messages(subject);
                let arrived = messages.next().map(|part| part.span.clone());
                for part in children(subject).skip(1).filter(|part| Some(&part.span) != arrived.as_ref()) {
                    let finding = Finding::new("no such part", shown_part(part), "parts of multipart/mixed");
                    findings.push(finding.at_offset(part.span.start));
                }
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
            check: |subject, context, findings| {
                let Some(part) = &subject.message.parts.original else { return };
                let Some(finding) = first_eight_bit(subject, part.body.clone()) else { return };
                findings.push(if is_the_harness_s(subject, context, &part.body, &finding) {
                    finding.blaming(Party::Harness)
                } else {
                    finding
                });
            },
        },
    },
];

/// Whether the octets that a finding points at are those of a message that the harness submitted: whoever left them as they
/// were did right.
fn is_the_harness_s(
    subject: &MessageSubject<'_>,
    context: &Context<'_>,
    body: &Range<usize>,
    finding: &Finding,
) -> bool {
    const AROUND: usize = 8;
    let Some(span) = finding.at.span else { return false };
    let around = body.start.max(span.offset.saturating_sub(AROUND))..body.end.min(span.offset + AROUND);
    let around = subject.mail().bytes(&around);
    let observed = &context.evidence.observations;
    let mut submitted = observed.iter().filter(|one| matches!(one.seen, Seen::Submitted { .. }));
    submitted.any(|one| one.producer == Party::Harness && memmem::find(&one.bytes, around).is_some())
}

/// The addresses of To or Cc; `None` where a field cannot be read, for then recipient and copy cannot be told apart.
fn addresses(mail: &Mail, name: &str) -> Option<Vec<String>> {
    let mut all = Vec::new();
    for header in mail.root.headers_named(name).filter(|header| !mail.unfolded(header).is_empty()) {
        all.extend(mail.mailboxes(header)?.into_iter().map(|mailbox| mailbox.address));
    }
    Some(all)
}

fn messages<'a>(subject: &MessageSubject<'a>) -> impl Iterator<Item = &'a Entity> {
    children(subject).filter(|part| part.content_type == "message/rfc822")
}

fn named_originals<'a>(subject: &MessageSubject<'a>) -> impl Iterator<Item = &'a Entity> {
    children(subject).filter(|part| part.is_named("postacert.eml"))
}

fn originals_found(subject: &MessageSubject<'_>) -> Vec<Finding> {
    let original = |part: &&Entity| part.content_type == "message/rfc822" || part.is_named("postacert.eml");
    let finding = |part: &Entity| Finding::new("no original message", shown_part(part), "parts of multipart/mixed");
    children(subject).filter(original).map(|part| finding(part).at_offset(part.span.start)).collect()
}
