//! What a page of a check says in a word or a line.

use crate::{
    report::{Ink, Paint, counted, shown},
    results::{Alone, Description, Severity, Strictness},
    rules::Answer,
};

/// How it is said.
#[derive(Clone, Copy)]
pub(super) struct Words {
    pub paint: Paint,
    pub strictness: Strictness,
}

impl Words {
    /// How many findings, and whether they fail what they were found in.
    pub fn verdict(self, severities: &[Severity]) -> String {
        let noun = match self.strictness {
            Strictness::Violations => "violation",
            Strictness::Warnings | Strictness::Notes => "finding",
        };
        match severities.iter().filter(|severity| severity.fails(self.strictness)).count() {
            0 => self.paint.dye(Ink::Good, &format!("no {noun}")),
            many => self.paint.dye(Ink::Bad, &counted(many, noun)),
        }
    }

    /// The answers in a word each, and who signed where that is told.
    pub fn in_short(self, alone: &Alone) -> String {
        let answers = &alone.answers;
        let origin = match &answers.origin {
            Answer::Yes(provider) => format!("yes ({})", shown(provider)),
            other => self.word(other),
        };
        format!("intact {}, origin {origin}, form {}", self.word(&answers.intact), self.word(&answers.form))
    }

    pub fn word(self, answer: &Answer) -> String {
        let ink = match answer {
            Answer::Yes(_) => return "yes".to_owned(),
            Answer::No(_) => Ink::Bad,
            Answer::CannotTell(_) => Ink::Odd,
        };
        self.paint.dye(ink, answer.word())
    }
}

/// What a message says of itself, in a line.
pub(super) fn line_of(it: &Description) -> Option<String> {
    const NAMED: usize = 3;
    let mut parts = Vec::new();
    if let Some(sender) = &it.sender {
        parts.push(format!("from {}", shown(sender)));
    }
    let named: Vec<String> = it.recipients.iter().take(NAMED).map(|address| shown(address)).collect();
    if !named.is_empty() {
        let more = match it.recipients.len() - named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        parts.push(format!("to {}{more}", named.join(", ")));
    }
    parts.extend(it.subject.as_deref().map(|subject| format!("\u{201c}{}\u{201d}", shown(subject))));
    parts.extend(it.date.map(|date| date.to_string()));
    (!parts.is_empty()).then(|| parts.join(", "))
}
