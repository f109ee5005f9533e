//! What the access point let in, and how it marked it: the original inside a transport envelope (RFC 6109 2.2.1, 3.1.1).

use crate::{
    message::Mail,
    norm::{
        Level,
        clauses::{access, formats, model},
    },
};

use crate::rules::{
    Check, Context, Finding, Piece, Rule,
    applies::{has_certified_original, is_transport},
    at,
    context::MessageSubject,
    families::envelope::compare_identifier,
    spelling::{same_address, shown_field},
};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "original/message-id",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_1_MSGID_HEADERS],
        question: "Is the certified identifier the Message-ID of the original message inside?",
        consequence: "The original, once taken out, cannot be linked to its envelope and receipts.",
        check: Check::Message {
            applies: has_certified_original,
            check: |subject, _, findings| {
                let (Some(original), Some(data)) = (subject.original, subject.data()) else { return };
                let place = at::header("Message-ID").of(Piece::Original);
                compare_identifier(original, "Message-ID", &data.identificativo, place, findings);
            },
        },
    },
    Rule {
        id: "original/reference",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_1_REFERENCE, &formats::RFC6109_4_4_MSGID],
        question: "Does the original message inside keep the client's msgid in X-Riferimento-Message-ID?",
        consequence: "The original, once taken out, cannot be linked to what the sender's program stored.",
        check: Check::Message {
            applies: |subject, context| {
                has_certified_original(subject, context) && subject.data().is_some_and(|data| data.msgid.is_some())
            },
            check: |subject, _, findings| {
                let (Some(original), Some(data)) = (subject.original, subject.data()) else { return };
                let place = at::header("X-Riferimento-Message-ID").of(Piece::Original);
                let expected = data.msgid.as_deref().unwrap_or_default();
                compare_identifier(original, "X-Riferimento-Message-ID", expected, place, findings);
            },
        },
    },
    Rule {
        id: "access/from",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_1_FROM, &model::RFC6109_2_1_PATHS],
        question: "Is the original message's From the certified sender?",
        consequence: "A message goes out in the name of somebody who did not send it.",
        check: Check::Message {
            applies: accepted,
            check: |subject, _, findings| {
                let (Some(original), Some(data)) = (subject.original, subject.data()) else { return };
                let froms: Vec<_> = original.root.headers_named("From").collect();
                let authors = froms.first().and_then(|from| original.mailboxes(from)).unwrap_or_default();
                let certified = authors.iter().any(|author| same_address(&author.address, &data.mittente));
                if froms.len() != 1 || !certified {
                    let found: Vec<String> = froms.iter().map(|from| original.unfolded(from)).collect();
                    findings.push(Finding::new(
                        &data.mittente,
                        found.join(" | "),
                        at::header("From").of(Piece::Original),
                    ));
                }
            },
        },
    },
    Rule {
        id: "access/to",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_1_TO],
        question: "Has the original message a To with at least one well-formed address?",
        consequence: "The receiver cannot tell primary recipients from copies.",
        check: Check::Message {
            applies: accepted,
            check: |subject, _, findings| {
                let Some(original) = subject.original else { return };
                let to = original.root.header("To");
                let mailboxes = to.and_then(|to| original.mailboxes(to));
                if mailboxes.is_none_or(|mailboxes| mailboxes.is_empty()) {
                    let found = shown_field(original, to);
                    findings.push(Finding::new("one or more addresses", found, at::header("To").of(Piece::Original)));
                }
            },
        },
    },
    Rule {
        id: "access/recipients",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_1_RECIPIENTS, &model::RFC6109_2_1_PATHS],
        question: "Does every certified recipient stand in the original's To or Cc?",
        consequence: "There is a hidden recipient of whom nobody else learns.",
        check: Check::Message {
            applies: |subject, context| {
                accepted(subject, context) && subject.original.is_some_and(|original| addressed(original).is_some())
            },
            check: |subject, _, findings| {
                let (Some(original), Some(data)) = (subject.original, subject.data()) else { return };
                let Some(addressed) = addressed(original) else { return };
                for recipient in &data.destinatari {
                    if !addressed.iter().any(|address| same_address(address, &recipient.address)) {
                        let place = "postacert.eml headers To and Cc";
                        findings.push(Finding::new(&recipient.address, addressed.join(", "), place));
                    }
                }
            },
        },
    },
    Rule {
        id: "access/bcc",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_1_BCC],
        question: "Is the original message's Bcc empty or absent?",
        consequence: "The blind copies are shown to everybody.",
        check: Check::Message {
            applies: accepted,
            check: |subject, _, findings| {
                let Some(original) = subject.original else { return };
                for header in original.root.headers_named("Bcc") {
                    let found = original.unfolded(header);
                    if !found.is_empty() {
                        findings.push(Finding::new("no value", found, at::header("Bcc").of(Piece::Original)));
                    }
                }
            },
        },
    },
];

/// A transport envelope shows what the access point accepted.
fn accepted(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    is_transport(subject, context) && has_certified_original(subject, context)
}

/// Addresses of To and Cc; `None` where either cannot be read.
fn addressed(original: &Mail) -> Option<Vec<String>> {
    let mut addresses = Vec::new();
    for name in ["To", "Cc"] {
        for header in original.root.headers_named(name).filter(|header| !original.unfolded(header).is_empty()) {
            addresses.extend(original.mailboxes(header)?.into_iter().map(|mailbox| mailbox.address));
        }
    }
    Some(addresses)
}
