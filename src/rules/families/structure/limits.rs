//! What of a message was not looked at, because it is more than a reader takes in.

use crate::{
    evidence::Party,
    norm::{Level, clauses::formats},
};

use crate::rules::{Check, Finding, Rule, applies::has_content, context::MessageSubject};

/// The rules.
pub static RULES: &[Rule] = &[Rule {
    id: "structure/within-limits",
    level: Level::Must,
    clauses: &[&formats::RFC6109_4_3_MIXED],
    question: "Could the whole message be looked at?",
    consequence: "What nobody looked at may say anything: the message is never called conforming.",
    check: Check::Message {
        applies: has_content,
        check: |subject, _, findings| {
            for (place, limit) in unread(subject) {
                // That much is hardly ever meant well, but what was not read is nobody's violation.
                let finding =
                    Finding::new("a message that can be judged whole", format!("not all was read: {limit}"), place);
                findings.push(finding.blaming(Party::Undetermined));
            }
        },
    },
}];

/// What could not be read of a message, of the original inside, and of its HTML, and where.
pub fn unread<'a>(subject: &MessageSubject<'a>) -> Vec<(&'static str, &'a str)> {
    let outer = subject.mail().limits.iter().map(|limit| ("message", &**limit));
    let inner =
        subject.original.into_iter().flat_map(|original| &original.limits).map(|limit| ("postacert.eml", &**limit));
    let html = subject.html().and_then(|html| html.page.limit.as_deref()).map(|limit| ("text/html part", limit));
    outer.chain(inner).chain(html).collect()
}
