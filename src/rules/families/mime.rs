//! What MIME asks of the message as a whole (RFC 2045).

use crate::norm::{Level, clauses::mime};
use crate::rules::{Check, Finding, Rule, applies::generated, at, spelling::shown_field};

/// The rules.
pub static RULES: &[Rule] = &[Rule {
    id: "structure/mime-version",
    level: Level::Must,
    clauses: &[&mime::RFC2045_4_VERSION],
    question: "Does the message say MIME-Version: 1.0?",
    consequence: "A mail program may show the message as one long text, and find neither signature nor certification data.",
    check: Check::Message {
        applies: generated,
        check: |subject, _, findings| {
            let found = shown_field(subject.mail(), subject.header("MIME-Version"));
            // A comment may follow, as in `1.0 (a mail program)`.
            if found.split('(').next().map(str::trim) != Some("1.0") {
                findings.push(Finding::new("1.0", found, at::header("MIME-Version")));
            }
        },
    },
}];
