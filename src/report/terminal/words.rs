//! What a page of a check says in a word or a line.

use crate::{
    report::{Ink, Style, shown},
    results::{Alone, Description, Severity, Strictness},
    rules::Answer,
};

/// How it is said.
#[derive(Clone, Copy)]
pub(super) struct Words {
    pub style: Style,
    pub strictness: Strictness,
}

impl Words {
    /// How many findings, and whether they fail what they were found in.
    pub fn verdict(self, severities: &[Severity]) -> String {
        let Style { paint, .. } = self.style;
        let (none, noun) = match self.strictness {
            Strictness::Violations => ("tty-no-violation", "violation"),
            Strictness::Warnings | Strictness::Notes => ("tty-no-finding", "finding"),
        };
        match severities.iter().filter(|severity| severity.fails(self.strictness)).count() {
            0 => paint.dye(Ink::Good, &self.style.say(none).to_string()),
            many => paint.dye(Ink::Bad, &self.style.count(noun, many)),
        }
    }

    /// The answers in a word each, and who signed where that is told.
    pub fn in_short(self, alone: &Alone) -> String {
        let answers = &alone.answers;
        let origin = match &answers.origin {
            Answer::Yes(provider) => self.style.say("tty-yes-by").with("provider", shown(provider)).to_string(),
            other => self.word(other),
        };
        let short = self.style.say("tty-answers").with("intact", self.word(&answers.intact));
        short.with("origin", origin).with("form", self.word(&answers.form)).to_string()
    }

    /// An answer in a word.
    pub fn plain(self, answer: &Answer) -> String {
        let id = match answer {
            Answer::Yes(_) => "answer-yes",
            Answer::No(_) => "answer-no",
            Answer::CannotTell(_) => "answer-untold",
        };
        self.style.say(id).to_string()
    }

    /// The same in its colour.
    pub fn word(self, answer: &Answer) -> String {
        let ink = match answer {
            Answer::Yes(_) => return self.plain(answer),
            Answer::No(_) => Ink::Bad,
            Answer::CannotTell(_) => Ink::Odd,
        };
        self.style.paint.dye(ink, &self.plain(answer))
    }

    /// Why an answer is what it is.
    pub fn why(self, answer: &Answer) -> String {
        shown(&self.style.language.phrase(answer.why()))
    }

    /// What a message says of itself, in a line.
    pub fn line_of(self, it: &Description) -> Option<String> {
        const NAMED: usize = 3;
        let mut parts = Vec::new();
        if let Some(sender) = &it.sender {
            parts.push(self.style.say("tty-from").with("sender", shown(sender)).to_string());
        }
        let named: Vec<String> = it.recipients.iter().take(NAMED).map(|address| shown(address)).collect();
        if !named.is_empty() {
            let more = it.recipients.len() - named.len();
            let id = if more == 0 { "tty-to-whom" } else { "tty-to-more" };
            parts.push(self.style.say(id).with("recipients", named.join(", ")).with("more", more).to_string());
        }
        let subject = |subject: &str| self.style.say("tty-subject").with("subject", shown(subject)).to_string();
        parts.extend(it.subject.as_deref().map(subject));
        parts.extend(it.date.map(|date| self.style.language.instant(date)));
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}
