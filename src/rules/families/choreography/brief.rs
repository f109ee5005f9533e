//! Brief receipts: the original's structure, its named parts replaced by their hashes (3.3.2.2).

use aws_lc_rs::digest;

use crate::{
    message::{Entity, Mail},
    norm::{Level, clauses::choreography as norm},
    rules::{Check, Context, Finding, Findings, Member, Rule, Transaction},
};

use crate::rules::{
    families::choreography::message,
    families::choreography::original::same_message,
    families::choreography::receipt::{Form, due, receipts},
};

pub static RULES: &[Rule] = &[
    Rule {
        id: "brief/structure",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_2_STRUCTURE],
        question: "Does a brief receipt keep the original as it is, but for named parts and attached messages?",
        consequence: "The receipt cannot be held against the sender's copy.",
        check: Check::Transaction {
            applies: brief,
            check: |transaction, context, findings| {
                report(transaction, context, findings, |found| matches!(found, Departure::Structure { .. }));
            },
        },
    },
    Rule {
        id: "brief/hash-file",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_2_HASH_FILE],
        question: "Is each replaced part a text/plain file with .hash added to its name and 40 hexadecimal digits inside?",
        consequence: "It cannot be told which hash belongs to which attachment.",
        check: Check::Transaction {
            applies: hashed,
            check: |transaction, context, findings| {
                report(transaction, context, findings, |found| matches!(found, Departure::File { .. }));
            },
        },
    },
    Rule {
        id: "brief/hash",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_2_HASH],
        question: "Is each hash the SHA-1 of the part's content, encoded or decoded?",
        consequence: "The receipt does not prove the delivery of the attachment.",
        check: Check::Transaction {
            applies: hashed,
            check: |transaction, context, findings| {
                report(transaction, context, findings, |found| matches!(found, Departure::Hash { .. }));
            },
        },
    },
    Rule {
        id: "brief/hash-encoded",
        level: Level::Should,
        clauses: &[&norm::RFC6109_3_3_2_2_HASH_ENCODED],
        question: "Is each hash calculated on the part as it was encoded?",
        consequence: "A verifier that follows the recommendation finds another value.",
        check: Check::Transaction {
            applies: hashed,
            check: |transaction, context, findings| {
                report(transaction, context, findings, |found| matches!(found, Departure::Decoded { .. }));
            },
        },
    },
];

/// How a brief original departs from what the norm makes of the envelope's.
enum Departure {
    Structure { expected: String, found: String, part: String },
    File { expected: String, found: String, part: String },
    Hash { expected: String, found: String, part: String },
    Decoded { part: String, covers: &'static str },
}

/// Both originals of one receipt, read.
struct Pair {
    sent: Mail,
    brief: Mail,
    /// Parts that are replaced in order, and what took their place.
    replaced: Vec<(Entity, Entity)>,
    departures: Vec<Departure>,
}

fn pairs<'a>(transaction: &'a Transaction, context: &Context<'_>) -> impl Iterator<Item = (&'a Member, Pair)> {
    let of = |fact| message(context.evidence, fact)?.original_mail();
    receipts(transaction).filter_map(move |(envelope, receipt, recipient)| {
        if due(envelope, recipient) != Some(Form::Brief) || !receipt.has_original {
            return None;
        }
        Some((receipt, Pair::compare(of(envelope)?, of(receipt)?)))
    })
}

fn brief(transaction: &Transaction, context: &Context<'_>) -> bool {
    pairs(transaction, context).next().is_some()
}

fn hashed(transaction: &Transaction, context: &Context<'_>) -> bool {
    pairs(transaction, context).any(|(_, pair)| !pair.replaced.is_empty())
}

fn report(
    transaction: &Transaction,
    context: &Context<'_>,
    findings: &mut Findings,
    of_this_rule: fn(&Departure) -> bool,
) {
    for (receipt, pair) in pairs(transaction, context) {
        for departure in pair.departures.into_iter().filter(of_this_rule) {
            let (expected, found, part) = match departure {
                Departure::Structure { expected, found, part }
                | Departure::File { expected, found, part }
                | Departure::Hash { expected, found, part } => (expected, found, part),
                Departure::Decoded { part, covers } => {
                    ("the hash of the encoded part".to_owned(), format!("that of {covers}"), part)
                }
            };
            let finding = Finding::new(expected, found, format!("{}: postacert.eml {part}", receipt.title()));
            findings.push(finding.blaming(receipt.composer).seen_in([receipt.observation()]));
        }
    }
}

impl Pair {
    fn compare(sent: Mail, brief: Mail) -> Self {
        let mut pair = Self { sent, brief, replaced: Vec::new(), departures: Vec::new() };
        let (sent, brief) = (pair.sent.root.clone(), pair.brief.root.clone());
        let whole = matches!(sent.content_type.as_str(), "application/pkcs7-mime" | "application/x-pkcs7-mime");
        if whole {
            if same_message(pair.sent.whole(), pair.brief.whole()).is_some() {
                pair.departs("the original whole: it is one CMS object", "something else", "message");
            }
            return pair;
        }
        pair.entity(&sent, &brief, "message", sent.content_type == "multipart/signed");
        for (part, file) in pair.replaced.clone() {
            pair.hash_file(&part, &file);
        }
        pair
    }

    /// `keeps_last`: the last child is a signature, which stays as it is.
    fn entity(&mut self, sent: &Entity, brief: &Entity, place: &str, keeps_last: bool) {
        if is_replaced(sent) {
            self.replaced.push((sent.clone(), brief.clone()));
            return;
        }
        let headers = |mail: &Mail, entity: &Entity| -> Vec<Vec<u8>> {
            let trace = |name: &str| ["received", "return-path"].contains(&&*name.to_ascii_lowercase());
            entity
                .headers
                .iter()
                .filter(|header| !trace(&header.name))
                .map(|header| mail.bytes(&header.span).to_vec())
                .collect()
        };
        if headers(&self.sent, sent) != headers(&self.brief, brief) {
            return self.departs("the header section of the original", "another", place);
        }
        if sent.children.len() != brief.children.len() {
            let (expected, found) = (sent.children.len(), brief.children.len());
            return self.departs(&format!("{expected} parts"), &found.to_string(), place);
        }
        if sent.children.is_empty() {
            if same_message(self.sent.bytes(&sent.body), self.brief.bytes(&brief.body)).is_some() {
                self.departs("the body of the original", "another", place);
            }
            return;
        }
        for (number, (sent_child, brief_child)) in sent.children.iter().zip(&brief.children).enumerate() {
            let place = format!("{place}, part {}", number + 1);
            if keeps_last && number + 1 == sent.children.len() {
                if self.sent.bytes(&sent_child.span) != self.brief.bytes(&brief_child.span) {
                    self.departs("the signature of the original", "something else", &place);
                }
            } else {
                self.entity(sent_child, brief_child, &place, false);
            }
        }
    }

    fn departs(&mut self, expected: &str, found: &str, part: &str) {
        let [expected, found, part] = [expected, found, part].map(str::to_owned);
        self.departures.push(Departure::Structure { expected, found, part });
    }

    fn hash_file(&mut self, part: &Entity, file: &Entity) {
        let name = part.file_name().unwrap_or("attached message").to_owned();
        let digits = self.brief.content(file).unwrap_or_default();
        let digits = String::from_utf8_lossy(&digits).trim().to_ascii_lowercase();
        let mut wrong = |expected: String, found: &str| {
            self.departures.push(Departure::File { expected, found: found.to_owned(), part: name.clone() });
        };
        if file.content_type != "text/plain" {
            wrong("text/plain".to_owned(), &file.content_type);
        }
        let found = file.file_name().unwrap_or("no name");
        let named = part
            .file_name()
            .map_or(found.to_ascii_lowercase().ends_with(".hash"), |name| found == format!("{name}.hash"));
        if !named {
            wrong(format!("{name}.hash"), found);
        }
        if digits.len() != 40 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            let shown: String = digits.chars().take(60).collect();
            return wrong("40 hexadecimal digits".to_owned(), &shown);
        }
        match self.covers(part, &digits) {
            Some(Covers::Encoded) => {}
            Some(Covers::Decoded) => {
                self.departures.push(Departure::Decoded { part: name, covers: "the decoded content" });
            }
            None => {
                let expected = sha1(self.sent.bytes(&part.body));
                self.departures.push(Departure::Hash { expected, found: digits, part: name });
            }
        }
    }

    fn covers(&self, part: &Entity, digits: &str) -> Option<Covers> {
        let matches = |content: &[u8]| variants(content).iter().any(|content| sha1(content) == digits);
        if matches(self.sent.bytes(&part.body)) {
            return Some(Covers::Encoded);
        }
        self.sent.content(part).filter(|content| matches(content)).map(|_| Covers::Decoded)
    }
}

enum Covers {
    Encoded,
    Decoded,
}

/// With and without the last line end.
fn variants(content: &[u8]) -> [Vec<u8>; 2] {
    let without = content.strip_suffix(b"\r\n").unwrap_or(content);
    [without.to_vec(), [without, b"\r\n"].concat()]
}

fn sha1(content: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, content);
    digest.as_ref().iter().fold(String::new(), |mut digits, octet| {
        use std::fmt::Write as _;
        write!(digits, "{octet:02x}").expect("a string takes it");
        digits
    })
}

/// A part with a name, or an attached message.
fn is_replaced(part: &Entity) -> bool {
    part.children.is_empty() && (part.file_name().is_some() || part.content_type == "message/rfc822")
}
