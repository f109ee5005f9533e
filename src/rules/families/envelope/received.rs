//! The way that the message inside came: an envelope inherits its Received fields (RFC 6109 2.1.1.2, 3.1.5, 3.2.2).

use std::collections::{HashMap, HashSet};

use memchr::memrchr;

use super::fields;

use crate::{
    norm::{
        Level,
        clauses::{access, incoming, model},
    },
    rules::{Check, Finding, Rule, at, context::MessageSubject},
};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "envelope/trace",
        level: Level::Must,
        clauses: &[
            &model::RFC6109_2_1_1_2_INHERITED,
            &access::RFC6109_3_1_5_INHERITED,
            &incoming::RFC6109_3_2_2_INHERITED,
        ],
        question: "Are the Received fields inherited from the message inside unaltered and in order?",
        consequence: "The way that the message came is told otherwise than it was.",
        check: Check::Message(|subject, _| {
            let trace = Trace::of(subject)?;
            let moved = trace.out_of_order().map(|first| ("the order of the message inside".to_owned(), lossy(first)));
            let altered = trace.altered().into_iter().map(|(expected, found)| (lossy(expected), lossy(found)));
            let finding = |(expected, found)| Finding::new(expected, found, at::header("Received"));
            Some(moved.into_iter().chain(altered).map(finding).collect())
        }),
    },
    Rule {
        id: "envelope/trace-whole",
        // The clause is a MUST, and two registered providers leave all but the last hops out.
        level: Level::Should,
        clauses: &[
            &model::RFC6109_2_1_1_2_INHERITED,
            &access::RFC6109_3_1_5_INHERITED,
            &incoming::RFC6109_3_2_2_INHERITED,
        ],
        question: "Are all Received fields of the message inside there?",
        consequence: "The way that the message came can be followed inside it only.",
        check: Check::Message(|subject, _| {
            let trace = Trace::of(subject)?;
            let altered: HashSet<&[u8]> = trace.altered().into_iter().map(|(was, _)| was).collect();
            let lost: Vec<&[u8]> = trace.missing().into_iter().filter(|field| !altered.contains(field)).collect();
            let [first, rest @ ..] = &lost[..] else { return Some(Vec::new()) };
            let found = match rest.len() {
                0 => "no such field".to_owned(),
                more => format!("neither this field nor {more} more"),
            };
            Some(vec![Finding::new(lossy(first), found, at::header("Received"))])
        }),
    },
];

/// The Received fields of an envelope and of the message inside, unfolded.
struct Trace {
    outer: Vec<Vec<u8>>,
    inner: Vec<Vec<u8>>,
}

impl Trace {
    /// That of an envelope around a message that has any.
    fn of(subject: &MessageSubject<'_>) -> Option<Self> {
        let (envelope, original) = subject.enclosing()?;
        let inner = fields(original, "Received");
        (!inner.is_empty()).then(|| Self { outer: fields(envelope, "Received"), inner })
    }

    /// Fields of the message inside that the envelope has not.
    fn missing(&self) -> Vec<&[u8]> {
        let outer: HashSet<&[u8]> = self.outer.iter().map(Vec::as_slice).collect();
        self.inner.iter().map(Vec::as_slice).filter(|field| !outer.contains(field)).collect()
    }

    /// The first inherited field that comes after one it should come before; every host on the way adds its own on top.
    fn out_of_order(&self) -> Option<&[u8]> {
        // The same field may stand there more than once.
        let mut places: HashMap<&[u8], Vec<usize>> = HashMap::new();
        for (place, field) in self.inner.iter().enumerate() {
            places.entry(field).or_default().push(place);
        }
        let mut reached = 0;
        self.outer.iter().map(Vec::as_slice).find(|field| {
            let Some(places) = places.get(field) else { return false };
            let next = places.get(places.partition_point(|place| *place < reached));
            reached = next.copied().unwrap_or(reached);
            next.is_none()
        })
    }

    /// Fields that are another one's but for what was changed in them: the same hop at the same time.
    fn altered(&self) -> Vec<(&[u8], &[u8])> {
        let inner: HashSet<&[u8]> = self.inner.iter().map(Vec::as_slice).collect();
        let own = self.outer.iter().map(Vec::as_slice).filter(|field| !inner.contains(field));
        let by_hop: HashMap<_, &[u8]> = own.filter_map(|field| Some((hop(field)?, field))).collect();
        let missing = self.missing().into_iter();
        missing.filter_map(|field| Some((field, *by_hop.get(&hop(field)?)?))).collect()
    }
}

/// What tells a hop from others: the words from which host it came, and the instant.
fn hop(field: &[u8]) -> Option<(&[u8], &[u8])> {
    const WORDS: usize = 2;
    let stamp = field.len() - memrchr(b';', field)?;
    let blank = field.iter().enumerate().filter(|(_, octet)| **octet == b' ').map(|(at, _)| at).nth(WORDS - 1)?;
    Some((&field[..blank], &field[field.len() - stamp..]))
}

fn lossy(field: &[u8]) -> String {
    String::from_utf8_lossy(field).into_owned()
}
