//! A message or a submission that was checked: a line among all, and a page that a clerk can print.

use std::fmt;

use askama::Template;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    finding::Finding,
    held::Held,
    home::Home,
    texts::{Both, both, say, say_clause, say_consequence, say_of, say_phrase, say_question, say_reading},
};
use crate::{
    clock::LegalTime,
    report::{Failure, Subject, shown, terminal},
    results::{Alone, Checked, Missing, Strictness, SubmissionPage},
    rules::Answer,
};

/// Recipients, findings, missing and seen messages that a page tells.
const LISTED: usize = 200;

/// The four questions, as the page's texts call them.
pub(super) const QUESTIONS: [&str; 4] = ["intact", "origin", "form", "complete"];

/// What an answer comes to; of several the last weighs most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Word {
    /// It was not asked.
    None,
    Yes,
    Untold,
    No,
}

impl fmt::Display for Word {
    /// As the page's texts and style call it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Word::None => "none",
            Word::Yes => "yes",
            Word::Untold => "untold",
            Word::No => "no",
        })
    }
}

/// An answer, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub word: Word,
    pub why: String,
}

impl Mark {
    pub const NONE: Mark = Mark { word: Word::None, why: String::new() };

    fn of(answer: &Answer) -> Self {
        let word = match answer {
            Answer::Yes(_) => Word::Yes,
            Answer::No(_) => Word::No,
            Answer::CannotTell(_) => Word::Untold,
        };
        Self { word, why: shown(answer.why()) }
    }

    /// The heaviest of several: what is wrong before what cannot be told.
    fn worst<'a>(marks: impl Iterator<Item = &'a Mark>) -> Self {
        marks.max_by_key(|mark| mark.word).cloned().unwrap_or(Self::NONE)
    }

    pub fn sign(&self) -> &'static str {
        match self.word {
            Word::Yes => "✓",
            Word::No => "✗",
            Word::Untold => "?",
            Word::None => "–",
        }
    }

    /// What the answer to a question means, by the name of its text.
    fn sentence(&self, question: &str) -> Option<String> {
        let word = self.word;
        match question {
            "complete" => Some(format!("complete-{word}")),
            _ if word == Word::None => None,
            "intact" => Some(format!("intact-{word}")),
            "origin" => Some(format!("origin-{word}")),
            _ => Some(format!("form-{word}")),
        }
    }
}

/// The entry's place among those of its sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Anchor {
    /// A message, or something else that was judged, by its number from 0.
    Message(usize),
    /// A submission likewise.
    Submission(usize),
}

impl fmt::Display for Anchor {
    /// What its page is called in an address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Anchor::Message(number) => write!(f, "m{}", number + 1),
            Anchor::Submission(number) => write!(f, "s{}", number + 1),
        }
    }
}

/// How one page leads to others.
pub(super) struct Way {
    /// Back to all of it.
    pub back: &'static str,
    /// To an entry.
    pub to: fn(Anchor) -> String,
}

/// What is told of a message, of a submission, or of something else that was judged.
#[derive(Serialize, Deserialize)]
pub(super) struct Entry {
    pub anchor: Anchor,
    /// What it is, by the name of its text.
    pub kind: String,
    pub title: String,
    /// Where it lies.
    pub name: String,
    pub sender: Option<String>,
    pub to: Vec<String>,
    to_more: usize,
    pub date: Option<String>,
    certified: bool,
    is_message: bool,
    part: Option<String>,
    provider: Option<String>,
    signer: Option<(String, String)>,
    msgid: Option<String>,
    lines: Vec<Both>,
    pub answers: [Mark; 4],
    /// How many of its findings fail it.
    pub wrong: usize,
    /// What was found in it, as HTML.
    findings: String,
    recipients: Vec<To>,
    recipients_more: usize,
    /// Of a submission, what was not seen of it.
    pub missing: Vec<Missing>,
    pub seen: Vec<SeenIn>,
}

/// A message of a submission.
#[derive(Serialize, Deserialize)]
pub(super) struct SeenIn {
    /// By the name of its text.
    kind: String,
    /// The item that holds it.
    pub name: String,
}

/// What became of a recipient.
#[derive(Serialize, Deserialize)]
struct To {
    address: String,
    typology: String,
    outcome: String,
}

#[derive(Template)]
#[template(path = "entry.html", config = "src/report/html/askama.toml")]
struct Page<'a> {
    it: &'a Entry,
    back: &'static str,
    submission: Option<String>,
    submission_title: &'a str,
    answers: Vec<(&'static str, &'a Mark)>,
    missing: Option<&'a [Missing]>,
    is_watched: bool,
    seen: Vec<Seen<'a>>,
    references: &'a [Held],
    checked: &'a str,
    suite: &'static str,
}

struct Seen<'a> {
    href: Option<String>,
    kind: &'a str,
    name: &'a str,
}

#[derive(Template)]
#[template(path = "findings.html", config = "src/report/html/askama.toml")]
struct Findings<'a> {
    findings: Vec<Finding<'a>>,
}

impl Entry {
    /// Of something that was judged by itself.
    pub fn of(checked: &Checked, number: usize, strictness: Strictness) -> askama::Result<Self> {
        let failures: Vec<Failure> = Subject::of(checked).failures().collect();
        let mut entry = Self::blank(Anchor::Message(number), &failures, strictness)?;
        entry.name = shown(&checked.name);
        if let Some(alone) = &checked.lone {
            entry.tell(alone);
        } else {
            "other-thing".clone_into(&mut entry.kind);
            entry.title.clone_from(&entry.name);
            entry.lines = vec![both(|language| shown(&terminal::what(checked, language)).into())];
        }
        Ok(entry)
    }

    /// Of what was put together.
    pub fn of_submission(it: &SubmissionPage, number: usize, strictness: Strictness) -> askama::Result<Self> {
        let failures: Vec<Failure> = Subject::of_submission(it).failures().collect();
        let mut entry = Self::blank(Anchor::Submission(number), &failures, strictness)?;
        "submission".clone_into(&mut entry.kind);
        entry.title = shown(it.subject.as_deref().unwrap_or("—"));
        entry.sender = it.sender.as_deref().map(shown);
        entry.date = it.accepted.map(legal);
        entry.certified = true;
        entry.msgid = it.identifier.as_deref().or(it.msgid.as_deref()).map(shown);
        entry.answers[3] = Mark::of(&it.complete);
        entry.to = it.recipients.iter().take(LISTED).map(|to| shown(&to.address)).collect();
        let to = it.recipients.iter().take(LISTED).map(|to| To {
            address: shown(&to.address),
            typology: to.typology.as_deref().map(shown).unwrap_or_default(),
            outcome: shown(&to.outcome),
        });
        entry.recipients = to.collect();
        entry.recipients_more = it.recipients.len().saturating_sub(LISTED);
        let missing = it.missing.iter().take(LISTED);
        entry.missing = missing.map(|it| Missing { what: shown(&it.what), view: it.view.clone() }).collect();
        let seen = it.messages.iter().take(LISTED).map(|it| SeenIn {
            kind: it.kind.map_or("ordinary-mail".to_owned(), |kind| format!("kind-{}", kind.word())),
            name: shown(&it.name),
        });
        entry.seen = seen.collect();
        Ok(entry)
    }

    fn blank(anchor: Anchor, failures: &[Failure], strictness: Strictness) -> askama::Result<Self> {
        let told = failures.iter().take(LISTED).map(|failure| Finding::of(failure, &Home::alone()));
        let findings = Findings { findings: told.collect() }.render()?;
        Ok(Self {
            anchor,
            kind: String::new(),
            title: String::new(),
            name: String::new(),
            sender: None,
            to: Vec::new(),
            to_more: 0,
            date: None,
            certified: false,
            is_message: false,
            part: None,
            provider: None,
            signer: None,
            msgid: None,
            lines: Vec::new(),
            answers: [Mark::NONE; 4],
            wrong: failures.iter().filter(|failure| failure.severity.fails(strictness)).count(),
            findings,
            recipients: Vec::new(),
            recipients_more: 0,
            missing: Vec::new(),
            seen: Vec::new(),
        })
    }

    fn tell(&mut self, alone: &Alone) {
        let it = &alone.description;
        self.part = it.shape.part().map(str::to_owned);
        self.kind = match (it.kind, &self.part) {
            (Some(kind), _) => format!("kind-{}", kind.word()),
            (None, Some(_)) => "part-alone".to_owned(),
            (None, None) => "ordinary-mail".to_owned(),
        };
        self.title = shown(it.subject.as_deref().unwrap_or("—"));
        self.sender = it.sender.as_deref().map(shown);
        self.to = it.recipients.iter().take(LISTED).map(|to| shown(to)).collect();
        self.to_more = it.recipients.len().saturating_sub(LISTED);
        self.date = it.date.map(legal);
        self.certified = it.certified;
        // Ordinary mail answers no to all of them, and is told as mail.
        if it.what().is_some() {
            self.is_message = true;
            let answers = &alone.answers;
            self.answers = [Mark::of(&answers.intact), Mark::of(&answers.origin), Mark::of(&answers.form), Mark::NONE];
            self.provider = if let Answer::Yes(provider) = &answers.origin { Some(shown(provider)) } else { None };
        }
        self.signer = alone.signer.as_ref().map(|signer| (shown(&signer.subject), shown(&signer.issuer)));
    }

    /// Octets of what grows with a hostile message.
    pub fn size(&self) -> usize {
        self.findings.len() + self.to.iter().chain([&self.title, &self.name]).map(String::len).sum::<usize>()
    }

    /// Takes over what its messages say together.
    pub fn take_over<'a>(&mut self, messages: &(impl Iterator<Item = &'a Entry> + Clone)) {
        for question in 0..3 {
            self.answers[question] = Mark::worst(messages.clone().map(|message| &message.answers[question]));
        }
    }

    /// Its page. `submission` is the one that it belongs to, or itself; `found` is where what was seen is told of.
    pub fn page(
        &self,
        submission: Option<&Entry>,
        found: impl Fn(&str) -> Option<Anchor>,
        way: &Way,
        held: &[Held],
        checked: &str,
    ) -> askama::Result<String> {
        let seen =
            self.seen.iter().map(|it| Seen { href: found(&it.name).map(way.to), kind: &it.kind, name: &it.name });
        let is_asked = self.is_message || self.kind == "submission";
        let page = Page {
            it: self,
            back: way.back,
            submission: submission.map(|it| it.anchor).filter(|anchor| *anchor != self.anchor).map(way.to),
            submission_title: submission.map_or("", |it| &it.title),
            answers: QUESTIONS.into_iter().zip(&self.answers).filter(|_| is_asked).collect(),
            missing: submission.map(|it| &it.missing[..]),
            is_watched: submission.is_some_and(|it| it.answers[3].word == Word::Yes),
            seen: seen.collect(),
            references: held,
            checked,
            suite: env!("CARGO_PKG_NAME"),
        };
        page.render()
    }
}

/// An instant as Italian legal time writes it.
pub(super) fn legal(instant: Timestamp) -> String {
    LegalTime::at(instant).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_answers_the_heaviest_is_told() {
        use Word::{No, None, Untold, Yes};
        let worst = |words: &[Word]| {
            let marks: Vec<Mark> = words.iter().map(|word| Mark { word: *word, why: String::new() }).collect();
            Mark::worst(marks.iter()).word
        };
        assert_eq!(worst(&[Yes, Untold, No, Yes]), No);
        assert_eq!(worst(&[Yes, Untold, None]), Untold);
        assert_eq!(worst(&[None, Yes]), Yes);
        assert_eq!(worst(&[]), None);
    }

    #[test]
    fn an_instant_is_told_in_legal_time() {
        assert_eq!(legal("2026-07-01T10:00:00Z".parse().unwrap()), "01/07/2026 12:00:00 (+0200)");
    }
}
