//! What the access point let in, and how it marked it: the original inside a transport envelope (RFC 6109 2.2.1, 3.1.1).

use std::collections::HashSet;

use crate::{
    message::{AddressList, AddressProblem, Header, Mail, daticert::Destinatario},
    norm::{
        Level,
        clauses::{access, formats, model, wire},
    },
};

use crate::rules::{
    Check, Finding, Findings, Piece, Rule, at,
    families::envelope::{certified_identifier, compare_identifier},
    spelling::{folded_address, same_address, shown_field},
    when,
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
        check: Check::Message(|subject, _| {
            let ((original, _), identifier) = (subject.certified_original()?, certified_identifier(subject)?);
            let place = at::header("Message-ID").of(Piece::Original);
            Some(compare_identifier(original, "Message-ID", identifier, place))
        }),
    },
    Rule {
        id: "original/reference",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_1_REFERENCE, &formats::RFC6109_4_4_MSGID],
        question: "Does the original message inside keep the client's msgid in X-Riferimento-Message-ID?",
        consequence: "The original, once taken out, cannot be linked to what the sender's program stored.",
        check: Check::Message(|subject, _| {
            const NAME: &str = "X-Riferimento-Message-ID";
            let (original, data) = subject.certified_original()?;
            Some(compare_identifier(original, NAME, data.msgid.as_deref()?, at::header(NAME).of(Piece::Original)))
        }),
    },
    Rule {
        id: "access/from",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_1_FROM, &model::RFC6109_2_1_PATHS],
        question: "Is the original message's From the certified sender?",
        consequence: "A message goes out in the name of somebody who did not send it.",
        check: Check::Message(|subject, _| {
            let (original, data) = subject.accepted().filter(|(_, data)| !data.mittente.trim().is_empty())?;
            let froms: Vec<_> = original.root.headers_named("From").collect();
            let authors = froms.first().map(|from| original.addresses(from)).unwrap_or_default();
            let certified = authors.addresses().any(|author| same_address(author, &data.mittente));
            Some(when(froms.len() != 1 || !certified, || {
                let found: Vec<String> = froms.iter().map(|from| original.unfolded(from)).collect();
                Finding::new(&data.mittente, found.join(" | "), at::header("From").of(Piece::Original))
            }))
        }),
    },
    Rule {
        id: "access/to",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_1_TO],
        question: "Has the original message a To with at least one well-formed address?",
        consequence: "The receiver cannot tell primary recipients from copies.",
        check: Check::Message(|subject, _| {
            let (original, _) = subject.accepted()?;
            let to = original.root.header("To");
            let none = to.is_none_or(|to| original.addresses(to).mailboxes.is_empty());
            Some(when(none, || {
                let place = at::header("To").of(Piece::Original);
                Finding::new("one or more addresses", shown_field(original, "To"), place)
            }))
        }),
    },
    Rule {
        id: "access/recipients",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_1_RECIPIENTS, &model::RFC6109_2_1_PATHS],
        question: "Does every certified recipient stand in the original's To or Cc?",
        consequence: "There is a hidden recipient of whom nobody else learns.",
        check: Check::Message(|subject, _| {
            let (original, data) = subject.accepted()?;
            let lists: Vec<AddressList> = fields(original, &["To", "Cc"]).map(|(_, list)| list).collect();
            // Of what cannot be read nobody can say who is not there.
            if lists.iter().any(|list| list.malformed().next().is_some()) {
                return Some(Vec::new());
            }
            let addressed: Vec<&str> = lists.iter().flat_map(AddressList::addresses).collect();
            // That nobody is addressed is another question's.
            if addressed.is_empty() {
                return Some(Vec::new());
            }
            let known: HashSet<String> = addressed.iter().map(|address| folded_address(address)).collect();
            let hidden = data.destinatari.iter().filter(|to| !known.contains(&folded_address(&to.address)));
            let addressed = addressed.join(", ");
            let finding = |to: &Destinatario| Finding::new(&to.address, &addressed, "postacert.eml headers To and Cc");
            Some(hidden.map(finding).collect())
        }),
    },
    Rule {
        id: "access/fields-once",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_1_CONFORMING, &wire::RFC5322_3_6_ONCE],
        question: "Does no field of the original message stand twice that may stand once?",
        consequence: "To whom the message went, or who is to be answered, depends on the program that reads it.",
        check: Check::Message(|subject, _| {
            // Two authors in two From fields are `access/from`'s.
            const ONCE: [&str; 7] = ["Date", "Sender", "Reply-To", "To", "Cc", "Message-ID", "Subject"];
            let (original, _) = subject.accepted()?;
            let there = ONCE.map(|name| (name, original.root.headers_named(name).count()));
            let finding = |(name, there): (&str, usize)| {
                Finding::new("one field", there.to_string(), at::header(name).of(Piece::Original))
            };
            Some(there.into_iter().filter(|(_, there)| *there > 1).map(finding).collect())
        }),
    },
    Rule {
        id: "access/address-form",
        // Receivers understand most of it, and real access points let it in.
        level: Level::May,
        clauses: &[&access::RFC6109_3_1_1_CONFORMING],
        question: "Are the original's address fields written as RFC 5322 has them?",
        consequence: "Programs guess, or lose an address, when they answer to all.",
        check: Check::Message(|subject, _| {
            let (original, _) = subject.accepted()?;
            let mut findings = Findings::new();
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
            Some(findings)
        }),
    },
    Rule {
        id: "access/bcc",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_1_BCC],
        question: "Is the original message's Bcc empty or absent?",
        consequence: "The blind copies are shown to everybody.",
        check: Check::Message(|subject, _| {
            let (original, _) = subject.accepted()?;
            let found = original.root.headers_named("Bcc").map(|header| original.unfolded(header));
            let finding = |found| Finding::new("no value", found, at::header("Bcc").of(Piece::Original));
            Some(found.filter(|found| !found.is_empty()).map(finding).collect())
        }),
    },
];

/// The address fields of these names that are not empty, read.
fn fields<'a>(original: &'a Mail, names: &'a [&str]) -> impl Iterator<Item = (&'a Header, AddressList)> {
    let headers = names.iter().flat_map(|name| original.root.headers_named(name));
    headers.filter(|header| !original.unfolded(header).is_empty()).map(|header| (header, original.addresses(header)))
}
