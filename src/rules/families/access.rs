//! What the access point let in, and how it marked it: the original inside a transport envelope (RFC 6109 2.2.1, 3.1.1).

use crate::{
    message::{AddressList, AddressProblem, Header, Mail},
    norm::{
        Level,
        clauses::{access, formats, model, wire},
    },
};

use crate::rules::{
    Check, Context, Finding, Piece, Rule,
    applies::{has_certified_original, is_transport},
    at,
    context::MessageSubject,
    families::envelope::{certified_identifier, compare_identifier},
    spelling::{same_address, shown_field},
};

/// Of what is wrong in one field this many are shown.
const MOST_SHOWN: usize = 5;

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "original/message-id",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_1_MSGID_HEADERS],
        question: "Is the certified identifier the Message-ID of the original message inside?",
        consequence: "The original, once taken out, cannot be linked to its envelope and receipts.",
        check: Check::Message {
            applies: |subject, context| {
                has_certified_original(subject, context) && certified_identifier(subject).is_some()
            },
            check: |subject, _, findings| {
                let (Some(original), Some(identifier)) = (subject.original, certified_identifier(subject)) else {
                    return;
                };
                let place = at::header("Message-ID").of(Piece::Original);
                compare_identifier(original, "Message-ID", identifier, place, findings);
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
            applies: |subject, context| accepted(subject, context) && !subject.senders().is_empty(),
            check: |subject, _, findings| {
                let (Some(original), Some(data)) = (subject.original, subject.data()) else { return };
                let froms: Vec<_> = original.root.headers_named("From").collect();
                let authors = froms.first().map(|from| original.addresses(from)).unwrap_or_default();
                let certified = authors.addresses().any(|author| same_address(author, &data.mittente));
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
                if to.is_none_or(|to| original.addresses(to).mailboxes.is_empty()) {
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
            applies: accepted,
            check: |subject, _, findings| {
                let (Some(original), Some(data)) = (subject.original, subject.data()) else { return };
                let lists: Vec<AddressList> = fields(original, &["To", "Cc"]).map(|(_, list)| list).collect();
                let addressed: Vec<&str> = lists.iter().flat_map(AddressList::addresses).collect();
                // Of what cannot be read nobody can say who is not there.
                if lists.iter().any(|list| list.malformed().next().is_some()) {
                    return;
                }
                for recipient in &data.destinatari {
                    let stands = addressed.iter().any(|address| same_address(address, &recipient.address));
                    if !stands {
                        let place = "postacert.eml headers To and Cc";
                        findings.push(Finding::new(&recipient.address, addressed.join(", "), place));
                    }
                }
            },
        },
    },
    Rule {
        id: "access/fields-once",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_1_CONFORMING, &wire::RFC5322_3_6_ONCE],
        question: "Does no field of the original message stand twice that may stand once?",
        consequence: "To whom the message went, or who is to be answered, depends on the program that reads it.",
        check: Check::Message {
            applies: accepted,
            check: |subject, _, findings| {
                // Two authors in two From fields are `access/from`'s.
                const ONCE: [&str; 7] = ["Date", "Sender", "Reply-To", "To", "Cc", "Message-ID", "Subject"];
                let Some(original) = subject.original else { return };
                for name in ONCE {
                    let there = original.root.headers_named(name).count();
                    if there > 1 {
                        let place = at::header(name).of(Piece::Original);
                        findings.push(Finding::new("one field", there.to_string(), place));
                    }
                }
            },
        },
    },
    Rule {
        id: "access/address-form",
        // Receivers understand most of it, and real access points let it in.
        level: Level::May,
        clauses: &[&access::RFC6109_3_1_1_CONFORMING],
        question: "Are the original's address fields written as RFC 5322 has them?",
        consequence: "Programs guess, or lose an address, when they answer to all.",
        check: Check::Message {
            applies: accepted,
            check: |subject, _, findings| {
                let Some(original) = subject.original else { return };
                for (header, list) in fields(original, &["From", "To", "Cc", "Reply-To"]) {
                    let shown = list.problems.iter().map(|problem| match problem {
                        AddressProblem::Empty => "no address beside a comma",
                        AddressProblem::Sloppy(text) | AddressProblem::Malformed(text) => text,
                    });
                    let found: Vec<&str> = shown.take(MOST_SHOWN).collect();
                    // A field without any address is another question's.
                    if !found.is_empty() && !list.mailboxes.is_empty() {
                        let expected = "local@domain, alone or as a name and <local@domain>";
                        let place = at::header(&*header.name).of(Piece::Original);
                        findings.push(Finding::new(expected, found.join(" | "), place));
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
pub(super) fn accepted(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    is_transport(subject, context) && has_certified_original(subject, context)
}

/// The address fields of these names that are not empty, read.
fn fields<'a>(original: &'a Mail, names: &'a [&str]) -> impl Iterator<Item = (&'a Header, AddressList)> {
    let headers = names.iter().flat_map(|name| original.root.headers_named(name));
    headers.filter(|header| !original.unfolded(header).is_empty()).map(|header| (header, original.addresses(header)))
}
