//! Brief receipts: the original's structure, its named parts replaced by their hashes (3.3.2.2).

use crate::{
    norm::{Level, clauses::choreography as norm},
    rules::{Anatomy, Check, Finding, Findings, Hashes, Member, Part, Rule, Transaction, not_empty},
};

use super::receipt::{Form, receipts};

pub static RULES: &[Rule] = &[
    Rule {
        id: "brief/structure",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_2_STRUCTURE],
        question: "Does a brief receipt keep the original as it is, but for named parts and attached messages?",
        consequence: "The receipt cannot be held against the sender's copy.",
        check: Check::Transaction(|transaction, _| {
            let pairs = not_empty(pairs(transaction))?;
            Some(departures(pairs, |found| matches!(found, Departure::Structure { .. })))
        }),
    },
    Rule {
        id: "brief/hash-file",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_2_HASH_FILE],
        question: "Is each file with a hash named like the part that it stands for, .hash added?",
        consequence: "It cannot be told which hash belongs to which attachment.",
        check: Check::Transaction(|transaction, _| {
            Some(departures(hashed(transaction)?, |found| matches!(found, Departure::File { .. })))
        }),
    },
    Rule {
        id: "brief/hash",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_2_HASH],
        question: "Is each hash the SHA-1 of the part's content, encoded or decoded?",
        consequence: "The receipt does not prove the delivery of the attachment.",
        check: Check::Transaction(|transaction, _| {
            Some(departures(hashed(transaction)?, |found| matches!(found, Departure::Hash { .. })))
        }),
    },
    Rule {
        id: "brief/hash-encoded",
        level: Level::Should,
        clauses: &[&norm::RFC6109_3_3_2_2_HASH_ENCODED],
        question: "Is each hash calculated on the part as it was encoded?",
        consequence: "A verifier that follows the recommendation finds another value.",
        check: Check::Transaction(|transaction, _| {
            Some(departures(hashed(transaction)?, |found| matches!(found, Departure::Decoded { .. })))
        }),
    },
];

/// How a brief original departs from what the norm makes of the envelope's.
enum Departure {
    Structure { expected: String, found: String, part: String },
    File { expected: String, found: String, part: String },
    Hash { expected: String, found: String, part: String },
    Decoded { part: String, covers: &'static str },
}

/// Both originals of one receipt, part by part.
struct Pair<'a> {
    /// Parts that are replaced in order, and what took their place.
    replaced: Vec<(&'a Part, &'a Part)>,
    departures: Vec<Departure>,
}

fn pairs(transaction: &Transaction) -> impl Iterator<Item = (&Member, Pair<'_>)> {
    receipts(transaction)
        .filter(|about| about.due() == Some(Form::Brief))
        .filter_map(|about| Some((about.fact, Pair::compare(anatomy(about.sent())?, anatomy(about.fact)?))))
}

fn anatomy(fact: &Member) -> Option<&Anatomy> {
    fact.original.as_ref()?.anatomy.as_ref()
}

/// The same, where any part was replaced.
fn hashed(transaction: &Transaction) -> Option<impl Iterator<Item = (&Member, Pair<'_>)>> {
    let pairs: Vec<_> = pairs(transaction).collect();
    pairs.iter().any(|(_, pair)| !pair.replaced.is_empty()).then_some(pairs.into_iter())
}

fn departures<'a>(
    pairs: impl Iterator<Item = (&'a Member, Pair<'a>)>,
    of_this_rule: fn(&Departure) -> bool,
) -> Findings {
    let mut findings = Findings::new();
    for (receipt, pair) in pairs {
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
            findings.push(finding.blaming(receipt).seen_in([receipt.observation()]));
        }
    }
    findings
}

impl<'a> Pair<'a> {
    fn compare(sent: &'a Anatomy, brief: &'a Anatomy) -> Self {
        let mut pair = Self { replaced: Vec::new(), departures: Vec::new() };
        let (root, content_type) = (&sent.root, sent.root.content_type.as_str());
        if matches!(content_type, "application/pkcs7-mime" | "application/x-pkcs7-mime") {
            if sent.whole != brief.whole {
                pair.departs("the original whole: it is one CMS object", "something else", "message");
            }
            return pair;
        }
        pair.part(root, &brief.root, "message", content_type == "multipart/signed");
        for (part, file) in pair.replaced.clone() {
            pair.hash_file(part, file);
        }
        pair
    }

    /// `keeps_last`: the last child is a signature, which stays as it is.
    fn part(&mut self, sent: &'a Part, brief: &'a Part, place: &str, keeps_last: bool) {
        if sent.is_replaced() {
            self.replaced.push((sent, brief));
            return;
        }
        if sent.headers != brief.headers {
            return self.departs("the header section of the original", "another", place);
        }
        if sent.children.len() != brief.children.len() {
            let (expected, found) = (sent.children.len(), brief.children.len());
            return self.departs(&format!("{expected} parts"), &found.to_string(), place);
        }
        if sent.body != brief.body {
            return self.departs("the body of the original", "another", place);
        }
        for (number, (sent_child, brief_child)) in sent.children.iter().zip(&brief.children).enumerate() {
            let place = format!("{place}, part {}", number + 1);
            if keeps_last && number + 1 == sent.children.len() {
                if (&sent_child.headers, &sent_child.body) != (&brief_child.headers, &brief_child.body) {
                    self.departs("the signature of the original", "something else", &place);
                }
            } else {
                self.part(sent_child, brief_child, &place, false);
            }
        }
    }

    fn departs(&mut self, expected: &str, found: &str, part: &str) {
        let [expected, found, part] = [expected, found, part].map(str::to_owned);
        self.departures.push(Departure::Structure { expected, found, part });
    }

    fn hash_file(&mut self, part: &Part, file: &Part) {
        let name = part.file_name.as_deref().unwrap_or("attached message").to_owned();
        let found = file.file_name.as_deref().unwrap_or_default();
        // What is no file with a hash, or has none in it, the receipt shows by itself.
        let is_file = found.to_ascii_lowercase().ends_with(".hash");
        let Some(digits) = file.text.as_deref().filter(|text| is_file && is_sha1(text)) else { return };
        if let Some(expected) = &part.file_name
            && found.strip_suffix(".hash") != Some(expected)
        {
            let expected = format!("{expected}.hash");
            self.departures.push(Departure::File { expected, found: found.to_owned(), part: name.clone() });
        }
        let Some(Hashes { encoded, decoded }) = &part.hashes else { return };
        if encoded.iter().any(|hash| hash == digits) {
            return;
        }
        let decoded = decoded.iter().flatten().any(|hash| hash == digits);
        self.departures.push(if decoded {
            Departure::Decoded { part: name, covers: "the decoded content" }
        } else {
            Departure::Hash { expected: encoded[1].clone(), found: digits.to_owned(), part: name }
        });
    }
}

fn is_sha1(digits: &str) -> bool {
    digits.len() == 40 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}
