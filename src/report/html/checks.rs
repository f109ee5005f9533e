//! The page of a check: its verdict and figures, a line for each submission and message with the four answers, a search, and a
//! page for each that can be printed.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io::{self, Write},
    path::Path,
};

use askama::Template;

use super::{
    Figure, Frame,
    entry::{Entry, Mark, QUESTIONS, legal},
    finding::Finding,
    held::Held,
    texts::{say, say_clause, say_consequence, say_found, say_in_attributes, say_phrase, say_question, say_reading},
};
use crate::{
    report::{
        Groups, Subject,
        aside::{self, Aside},
        shown,
    },
    results::{CheckTally, Closing, Event, LeftOut, Opening, Required, Strictness, Totals, Work},
};

/// Messages and submissions that have a line and a page each.
const ENTRIES: usize = 2000;
/// Octets of findings above which no more entries are told.
const ROOM: usize = 12 << 20;
/// Findings in what messages are judged by that are told.
const FINDINGS: usize = 50;

/// Gathers a check, and writes its page when it is over.
pub(super) struct ChecksPage {
    opening: Opening,
    held: Vec<Held>,
    messages: Vec<Entry>,
    submissions: Vec<Entry>,
    references: Groups,
    aside: Aside,
    used: usize,
    cut: usize,
}

#[derive(Template)]
#[template(path = "check.html", config = "src/report/html/askama.toml")]
struct Page<'a> {
    frame: Frame,
    code: u8,
    meaning: String,
    figures: Vec<Figure>,
    references: &'a [Held],
    required: Vec<(&'static str, Required)>,
    kinds: BTreeSet<&'a str>,
    questions: [&'static str; 4],
    submissions: Vec<Line<'a>>,
    messages: Vec<Line<'a>>,
    cut: usize,
    references_wrong: Vec<Finding<'a>>,
    aside: &'a [aside::Group],
}

/// A line among all, with its page.
struct Line<'a> {
    anchor: &'a str,
    kind: &'a str,
    title: &'a str,
    name: &'a str,
    date: &'a str,
    sender: &'a str,
    recipients: String,
    answers: &'a [Mark; 4],
    wrong: usize,
    page: String,
}

impl ChecksPage {
    pub fn new(opening: &Opening) -> Self {
        let held = match &opening.work {
            Work::Check { references } => references.iter().map(Held::of).collect(),
            Work::Plays { .. } => Vec::new(),
        };
        Self {
            opening: opening.clone(),
            held,
            messages: Vec::new(),
            submissions: Vec::new(),
            references: Groups::default(),
            aside: Aside::default(),
            used: 0,
            cut: 0,
        }
    }

    /// Takes in what was judged, put together, or left aside.
    pub fn add(&mut self, event: &Event<'_>) -> askama::Result<()> {
        let strictness: Strictness = self.opening.strictness;
        match event {
            Event::Reference(checked) => self.references.add_all(&Subject::of(checked), &shown(&checked.name)),
            Event::Unjudged(it) => {
                self.aside.add(&LeftOut { name: it.name.clone(), why: it.reason.clone() });
            }
            Event::LeftOut(it) => self.aside.add(it),
            Event::Checked(_) | Event::Submission(_) if !self.has_room() => self.cut += 1,
            Event::Checked(checked) => {
                let entry = Entry::of(checked, self.messages.len() + 1, strictness)?;
                self.used += entry.size();
                self.messages.push(entry);
            }
            Event::Submission(page) => {
                let entry = Entry::of_submission(page, self.submissions.len() + 1, strictness)?;
                self.used += entry.size();
                self.submissions.push(entry);
            }
            _ => {}
        }
        Ok(())
    }

    fn has_room(&self) -> bool {
        self.messages.len() + self.submissions.len() < ENTRIES && self.used < ROOM
    }

    /// It is over.
    pub fn write(&mut self, out: &mut impl Write, closing: &Closing) -> io::Result<()> {
        let Totals::Check(tally) = &closing.totals else { return Ok(()) };
        let by_name: HashMap<String, usize> =
            self.messages.iter().enumerate().map(|(at, message)| (message.name.clone(), at)).collect();
        let mut belongs: BTreeMap<usize, usize> = BTreeMap::new();
        for (number, submission) in self.submissions.iter_mut().enumerate() {
            let seen: Vec<usize> =
                submission.seen.iter().filter_map(|it| by_name.get(&shown(&it.name)).copied()).collect();
            submission.take_over(&seen.iter().map(|at| &self.messages[*at]));
            for at in seen {
                self.messages[at].answers[3] = submission.answers[3].clone();
                belongs.insert(at, number);
            }
        }
        let checked = legal(self.opening.started);
        let anchor = |name: &str| by_name.get(&shown(name)).map(|at| self.messages[*at].anchor.clone());
        let line = |entry: &'_ Entry, submission: Option<&Entry>| -> askama::Result<String> {
            entry.page(submission, anchor, &self.held, &checked)
        };
        let mut messages = Vec::new();
        for (at, entry) in self.messages.iter().enumerate() {
            let submission = belongs.get(&at).map(|number| &self.submissions[*number]);
            messages.push(Line::of(entry, line(entry, submission).map_err(io::Error::other)?));
        }
        let mut submissions = Vec::new();
        for entry in &self.submissions {
            submissions.push(Line::of(entry, line(entry, Some(entry)).map_err(io::Error::other)?));
        }
        let wrong = self.references.sorted();
        let page = Page {
            frame: Frame::new(self.opening.started),
            code: closing.exit.0,
            meaning: shown(&closing.exit.1),
            figures: figures(tally),
            references: &self.held,
            required: tally.required.iter().map(|(question, asked)| (question.word(), *asked)).collect(),
            kinds: messages.iter().chain(&submissions).map(|line| line.kind).collect(),
            questions: QUESTIONS,
            submissions,
            messages,
            cut: self.cut,
            references_wrong: wrong.iter().take(FINDINGS).map(|it| Finding::of_group(it, Path::new(""))).collect(),
            aside: self.aside.groups(),
        };
        page.write_into(out)
    }
}

impl<'a> Line<'a> {
    fn of(entry: &'a Entry, page: String) -> Self {
        let recipients = match &entry.to[..] {
            [] => String::new(),
            [only] => only.clone(),
            [first, rest @ ..] => format!("{first} + {}", rest.len()),
        };
        Self {
            anchor: &entry.anchor,
            kind: &entry.kind,
            title: &entry.title,
            name: &entry.name,
            date: entry.date.as_deref().unwrap_or_default(),
            sender: entry.sender.as_deref().unwrap_or_default(),
            recipients,
            answers: &entry.answers,
            wrong: entry.wrong,
            page,
        }
    }
}

fn figures(tally: &CheckTally) -> Vec<Figure> {
    let wrong = tally.failing + tally.failing_submissions;
    let always = [("", tally.messages, "messages"), ("", tally.submissions, "submissions")];
    let seldom = [
        ("violation", wrong, "wrong-ones"),
        ("violation", tally.violations, "violations"),
        ("warning", tally.warnings, "warnings"),
        ("note", tally.notes, "notes"),
        ("note", tally.untold, "untold"),
        ("violation", tally.broken_rules, "broken-rules"),
        ("error", tally.unjudged, "not-judged"),
        ("note", tally.left_out, "aside"),
    ];
    let there = seldom.into_iter().filter(|(_, count, _)| *count > 0);
    always.into_iter().chain(there).map(Figure::of).collect()
}
