//! The part with the message inside: where it must be, where it must not, and how (RFC 6109 4.3.2).

use std::{ops::Range, sync::Arc};

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
    Check, Finding, Findings, Piece, Rule, at,
    context::{Context, MessageSubject},
    families::structure::{children, first_eight_bit, mixed},
    not_empty,
    spelling::{same_address, shown_part},
    when,
};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "structure/original-present",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_5_CONTENTS, &incoming::RFC6109_3_2_2_ENTIRE],
        question: "Is the message that the envelope is about inside it?",
        consequence: "The recipient gets an empty envelope.",
        check: Check::Message(|subject, _| {
            let parts = &mixed(subject)?.children;
            subject.one_of(&[Kind::PostaCertificata, Kind::Anomalia])?;
            let none = messages(subject).chain(named_originals(subject)).next().is_none();
            Some(when(none, || {
                let shown: Vec<String> = parts.iter().map(|part| shown_part(part)).collect();
                Finding::new("a message/rfc822", shown.join(", "), "parts of multipart/mixed")
            }))
        }),
    },
    Rule {
        id: "structure/original-once",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_2_ORIGINAL],
        question: "Is there no more than one original message inside?",
        consequence: "Two receivers may take two different messages for the certified one.",
        check: Check::Message(|subject, _| {
            subject.certifying_content()?;
            let there = not_empty(named_originals(subject))?.count();
            Some(when(there != 1, || {
                Finding::new("one part postacert.eml", there.to_string(), "parts of multipart/mixed")
            }))
        }),
    },
    Rule {
        id: "structure/original-name",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_2_ORIGINAL],
        question: "Is the original message named postacert.eml?",
        consequence: "Programs that look for the name do not find the original.",
        check: Check::Message(|subject, _| {
            let part = subject.certifying_content()?.original.as_deref()?;
            let name = part.file_name();
            Some(when(name != Some("postacert.eml"), || {
                let finding = Finding::new("postacert.eml", name.unwrap_or("no name"), "original message, name");
                finding.at_offset(part.span.start)
            }))
        }),
    },
    Rule {
        id: "structure/original-type",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_2_ORIGINAL],
        question: "Is postacert.eml a message/rfc822?",
        consequence: "The recipient's mail program offers a file instead of opening the message.",
        check: Check::Message(|subject, _| {
            subject.content()?;
            let other = not_empty(named_originals(subject))?.filter(|part| part.content_type != "message/rfc822");
            let finding = |part: &Entity| {
                let place = at::header("Content-Type").of(Piece::Original);
                Finding::new("message/rfc822", &part.content_type, place).at_offset(part.span.start)
            };
            Some(other.map(finding).collect())
        }),
    },
    Rule {
        id: "structure/original-readable",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_2_ORIGINAL],
        question: "Has the original message inside a header?",
        consequence: "What was certified cannot be read, nor held against what was sent.",
        check: Check::Message(|subject, _| {
            // A coded one is another question's.
            let part = subject.certifying_content()?.original.as_deref().filter(|part| !is_coded(part))?;
            Some(when(subject.original.is_none(), || {
                let found = if part.body.is_empty() { "nothing" } else { "no header field" };
                let finding = Finding::new("a message with its header", found, at::part(Piece::Original));
                finding.at_offset(part.body.start)
            }))
        }),
    },
    Rule {
        id: "structure/original-encoding",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_2_ORIGINAL],
        question: "Is the message inside left without transfer encoding of its own?",
        consequence: "RFC 2045 forbids base64 and quoted-printable on a message/rfc822: mail programs show the code, not the message.",
        check: Check::Message(|subject, _| {
            subject.content()?;
            let messages = not_empty(messages(subject))?;
            let finding = |part: &Entity| {
                let place = "original message, header Content-Transfer-Encoding";
                Finding::new("7bit, 8bit or binary", &part.encoding, place).at_offset(part.span.start)
            };
            Some(messages.filter(|part| is_coded(part)).map(finding).collect())
        }),
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
        check: Check::Message(|subject, _| {
            const WITHOUT: [Kind; 4] = [
                Kind::NonAccettazione,
                Kind::NonAccettazioneVirus,
                Kind::PreavvisoErroreConsegna,
                Kind::RilevazioneVirus,
            ];
            subject.one_of(&WITHOUT)?;
            originals_found(subject)
        }),
    },
    Rule {
        id: "delivery/concise-without-original",
        level: Level::Must,
        clauses: &[&delivery::RFC6109_3_3_2_3_NO_ORIGINAL],
        question: "Is the original message left out of a concise delivery?",
        consequence: "The sender asked for a small receipt and gets everything back.",
        check: Check::Message(|subject, _| {
            subject.one_of(&[Kind::AvvenutaConsegna])?;
            subject.data().filter(|data| data.ricevuta.as_deref() == Some("sintetica"))?;
            originals_found(subject)
        }),
    },
    Rule {
        id: "delivery/copy-without-original",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_1_COPY],
        question: "Is the original message left out of the delivery for a recipient who is in Cc and not in To?",
        consequence: "The sender gets the whole message back for each recipient of a copy.",
        check: Check::Message(|subject, _| {
            let (original, data) = subject.certified_original()?;
            subject.one_of(&[Kind::AvvenutaConsegna])?;
            let recipient = data.consegna.as_deref()?;
            let (Some(to), Some(cc)) = (addresses(original, "To"), addresses(original, "Cc")) else {
                return Some(Vec::new());
            };
            let among = |addresses: &[String]| addresses.iter().any(|address| same_address(address, recipient));
            Some(when(among(&cc) && !among(&to), || {
                Finding::new("no original message", "an original message", "parts of multipart/mixed")
            }))
        }),
    },
    Rule {
        id: "anomaly/nothing-else",
        level: Level::Must,
        clauses: &[&incoming::RFC6109_3_2_2_NOTHING_ELSE],
        question: "Has an anomaly envelope no part beyond its text and the message that arrived?",
        consequence: "Something of uncertain origin looks certified.",
        check: Check::Message(|subject, _| {
            let parts = &mixed(subject)?.children;
            subject.message.claimed.or(subject.message.kind).filter(|kind| *kind == Kind::Anomalia)?;
            let arrived = messages(subject).next().map(|part| &part.span);
            let finding = |part: &Arc<Entity>| {
                let finding = Finding::new("no such part", shown_part(part), "parts of multipart/mixed");
                finding.at_offset(part.span.start)
            };
            Some(parts.iter().skip(1).filter(|part| Some(&part.span) != arrived).map(finding).collect())
        }),
    },
    Rule {
        id: "structure/original-seven-bit",
        level: Level::May,
        clauses: &[&formats::RFC6109_4_3_SEVEN_BIT, &access::RFC6109_3_1_5_CONTENTS],
        question: "Is the original message fit for seven-bit transport?",
        consequence: "It is right to leave it as it is, but a relay without 8BITMIME will break the signature.",
        check: Check::Message(|subject, context| {
            mixed(subject)?;
            let body = &subject.message.parts.original.as_ref()?.body;
            let blamed = |finding: Finding| {
                let harness = is_the_harness_s(subject, context, body, &finding);
                if harness { finding.blaming(Party::Harness) } else { finding }
            };
            Some(first_eight_bit(subject, body.clone()).map(blamed).into_iter().collect())
        }),
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

/// Every original, where none should be.
fn originals_found(subject: &MessageSubject<'_>) -> Option<Findings> {
    let original = |part: &&Arc<Entity>| part.content_type == "message/rfc822" || part.is_named("postacert.eml");
    let finding = |part: &Arc<Entity>| {
        let finding = Finding::new("no original message", shown_part(part), "parts of multipart/mixed");
        finding.at_offset(part.span.start)
    };
    Some(mixed(subject)?.children.iter().filter(original).map(finding).collect())
}

/// Whether a transfer encoding is around it.
fn is_coded(part: &Entity) -> bool {
    !matches!(&*part.encoding, "7bit" | "8bit" | "binary")
}
