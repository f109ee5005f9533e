//! What of a message was not looked at, because it is more than a reader takes in.

use crate::norm::{Level, clauses::formats};

use crate::rules::{Check, Rule, Unread, context::MessageSubject};

/// The rules.
pub static RULES: &[Rule] = &[Rule {
    id: "structure/within-limits",
    level: Level::Must,
    clauses: &[&formats::RFC6109_4_3_MIXED],
    question: "Could the whole message be looked at?",
    consequence: "What nobody looked at may say anything: the message is never called conforming.",
    check: Check::Limits(|subject| {
        let there = subject.content().is_some() || subject.daticert().is_some();
        there.then(|| unread(subject))
    }),
}];

/// What was not read of a message, of the original inside, of its HTML and of its certification data, and where.
fn unread(subject: &MessageSubject<'_>) -> Vec<Unread> {
    let said = |place: &'static str| move |limit: String| Unread { place, limit };
    let outer = subject.mail().limits.iter().map(ToString::to_string).map(said("message"));
    let original = subject.original.into_iter().flat_map(|original| &original.limits);
    let inner = original.map(ToString::to_string).map(said("postacert.eml"));
    let html = subject.html().and_then(|html| html.page.limit.clone()).map(said("text/html part"));
    let data = subject.message.daticert.as_ref().and_then(|reading| reading.limit.clone()).map(said("daticert.xml"));
    outer.chain(inner).chain(html).chain(data).collect()
}
