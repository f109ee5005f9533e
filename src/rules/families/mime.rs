//! What MIME asks of the message as a whole (RFC 2045).

use crate::norm::{Level, clauses::mime};
use crate::rules::{Check, Finding, Rule, at, spelling::shown_field, when};

/// The rules.
pub static RULES: &[Rule] = &[Rule {
    id: "structure/mime-version",
    level: Level::Must,
    clauses: &[&mime::RFC2045_4_VERSION],
    question: "Does the message say MIME-Version: 1.0?",
    consequence: "A mail program may show the message as one long text, and find neither signature nor certification data.",
    check: Check::Message(|subject, _| {
        let found = shown_field(subject.generated()?, "MIME-Version");
        // A comment may follow, as in `1.0 (a mail program)`.
        let other = found.split('(').next().map(str::trim) != Some("1.0");
        Some(when(other, || Finding::new("1.0", found, at::header("MIME-Version"))))
    }),
}];
