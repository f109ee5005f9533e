//! The page of a check: its verdict and figures, a line for each submission and message with the four answers, a search, and a
//! page for each that can be printed.

use std::{
    collections::{BTreeSet, HashMap},
    io::{self, Write},
};

use askama::Template;
use jiff::Timestamp;

use super::{
    Figure, Frame,
    entry::{Anchor, Entry, Mark, QUESTIONS, Way, Word, legal},
    finding::Finding,
    folder::Written,
    held::Held,
    home::Home,
    spool::Spool,
    texts::{say, say_clause, say_consequence, say_in_attributes, say_of, say_phrase, say_question, say_reading},
};
use crate::{
    report::{
        Groups, Subject,
        aside::{self, Aside},
        shown,
    },
    results::{CheckTally, Closing, Event, LeftOut, Opening, Required, Strictness, Totals, Work},
};

/// How much of a check is told.
#[derive(Clone, Copy)]
pub(super) struct Room {
    /// Messages and submissions that have a line and a page each.
    pub entries: usize,
    /// Octets of findings above which no more entries are told.
    pub octets: usize,
}

/// What one page has room for.
const ONE_PAGE: Room = Room { entries: 2000, octets: 12 << 20 };
/// Findings in what messages are judged by that are told.
const FINDINGS: usize = 50;

/// Gathers a check until it is over.
pub(super) struct Gathered {
    opening: Opening,
    room: Room,
    held: Vec<Held>,
    messages: Spool<Entry>,
    submissions: Spool<Entry>,
    /// Messages by their names.
    names: HashMap<String, usize>,
    references: Groups,
    aside: Aside,
    used: usize,
    cut: usize,
}

/// The page that everything begins at: all of it, or what leads to the pages of a folder.
#[derive(Template)]
#[template(path = "check.html", config = "src/report/html/askama.toml")]
pub(super) struct Page<'a> {
    frame: Frame,
    code: u8,
    meaning: String,
    figures: Vec<Figure>,
    references: &'a [Held],
    required: Vec<(&'static str, Required)>,
    kinds: BTreeSet<String>,
    questions: [&'static str; 4],
    total: usize,
    submissions: Vec<Line>,
    messages: Vec<Line>,
    pages: Option<&'a Written>,
    marks: [Mark; 4],
    cut: usize,
    references_wrong: Vec<Finding<'a>>,
    aside: &'a [aside::Group],
}

/// A line among all, with its page.
pub(super) struct Line {
    pub anchor: Anchor,
    pub kind: String,
    pub title: String,
    pub name: String,
    pub date: String,
    pub sender: String,
    pub recipients: String,
    pub answers: [Mark; 4],
    pub wrong: usize,
    pub page: String,
}

impl Gathered {
    /// Nothing yet; `room` by default is that of one page.
    pub fn new(opening: &Opening, room: Option<Room>) -> io::Result<Self> {
        let held = match &opening.work {
            Work::Check { references } => references.iter().map(Held::of).collect(),
            Work::Plays { .. } => Vec::new(),
        };
        Ok(Self {
            opening: opening.clone(),
            room: room.unwrap_or(ONE_PAGE),
            held,
            messages: Spool::new()?,
            submissions: Spool::new()?,
            names: HashMap::new(),
            references: Groups::default(),
            aside: Aside::default(),
            used: 0,
            cut: 0,
        })
    }

    /// Takes in what was judged, put together, or left aside.
    pub fn add(&mut self, event: &Event<'_>) -> io::Result<()> {
        let strictness: Strictness = self.opening.strictness;
        match event {
            Event::Reference(checked) => self.references.add_all(&Subject::of(checked), &shown(&checked.name)),
            Event::Unjudged(it) => {
                self.aside.add(&LeftOut { name: it.name.clone(), why: it.reason.clone() });
            }
            Event::LeftOut(it) => self.aside.add(it),
            Event::Checked(_) | Event::Submission(_) if !self.has_room() => self.cut += 1,
            Event::Checked(checked) => {
                let entry = Entry::of(checked, self.messages.len(), strictness).map_err(io::Error::other)?;
                self.used += entry.size();
                self.names.insert(entry.name.clone(), self.messages.len());
                self.messages.push(&entry)?;
            }
            Event::Submission(page) => {
                let number = self.submissions.len();
                let entry = Entry::of_submission(page, number, strictness).map_err(io::Error::other)?;
                self.used += entry.size();
                self.submissions.push(&entry)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// When it began.
    pub fn started(&self) -> Timestamp {
        self.opening.started
    }

    fn has_room(&self) -> bool {
        self.total() < self.room.entries && self.used < self.room.octets
    }

    /// How many have a line.
    fn total(&self) -> usize {
        self.messages.len() + self.submissions.len()
    }

    /// Tells of each submission, then of each message, what belongs together knowing of each other.
    pub fn each(&mut self, way: &Way, tell: &mut dyn FnMut(Line) -> io::Result<()>) -> io::Result<()> {
        let checked = legal(self.opening.started);
        let names = &self.names;
        let found = |name: &str| names.get(name).copied().map(Anchor::Message);
        let mut belongs: HashMap<usize, usize> = HashMap::new();
        for number in 0..self.submissions.len() {
            let mut submission = self.submissions.get(number)?;
            let seen: Vec<usize> = submission.seen.iter().filter_map(|it| names.get(&it.name).copied()).collect();
            belongs.extend(seen.iter().map(|message| (*message, number)));
            let messages = seen.iter().map(|message| self.messages.get(*message)).collect::<io::Result<Vec<_>>>()?;
            submission.take_over(&messages.iter());
            let page = submission.page(Some(&submission), found, way, &self.held, &checked);
            tell(Line::of(submission, page.map_err(io::Error::other)?))?;
        }
        for number in 0..self.messages.len() {
            let mut message = self.messages.get(number)?;
            let submission = belongs.get(&number).map(|it| self.submissions.get(*it)).transpose()?;
            if let Some(submission) = &submission {
                message.answers[3] = submission.answers[3].clone();
            }
            let page = message.page(submission.as_ref(), found, way, &self.held, &checked);
            tell(Line::of(message, page.map_err(io::Error::other)?))?;
        }
        Ok(())
    }

    /// The page with everything on it.
    pub fn write(&mut self, out: &mut impl Write, closing: &Closing) -> io::Result<()> {
        let way = Way { back: "#", to: |anchor| format!("#{anchor}") };
        let (mut messages, mut submissions) = (Vec::new(), Vec::new());
        self.each(&way, &mut |line| {
            let lines = if matches!(line.anchor, Anchor::Message(_)) { &mut messages } else { &mut submissions };
            lines.push(line);
            Ok(())
        })?;
        let kinds = messages.iter().chain(&submissions).map(|line| line.kind.clone()).collect();
        let Some(page) = self.page(closing, kinds) else { return Ok(()) };
        Page { submissions, messages, ..page }.write_into(out)
    }

    /// The page that everything begins at, without lines of its own.
    pub fn page(&self, closing: &Closing, kinds: BTreeSet<String>) -> Option<Page<'_>> {
        let Totals::Check(tally) = &closing.totals else { return None };
        let wrong = self.references.sorted();
        Some(Page {
            frame: Frame::new(self.opening.started),
            code: closing.exit.0,
            meaning: shown(&closing.exit.1),
            figures: figures(tally),
            references: &self.held,
            required: tally.required.iter().map(|(question, asked)| (question.word(), *asked)).collect(),
            kinds,
            questions: QUESTIONS,
            total: self.total(),
            submissions: Vec::new(),
            messages: Vec::new(),
            pages: None,
            marks: [Word::Yes, Word::No, Word::Untold, Word::None].map(|word| Mark { word, why: String::new() }),
            cut: self.cut,
            references_wrong: wrong.iter().take(FINDINGS).map(|it| Finding::of_group(it, &Home::alone())).collect(),
            aside: self.aside.groups(),
        })
    }
}

impl<'a> Page<'a> {
    /// The same as what leads to the pages of a folder.
    pub fn leading_to(self, pages: &'a Written) -> Self {
        Self { frame: self.frame.linking(String::new()), pages: Some(pages), ..self }
    }
}

impl Line {
    fn of(entry: Entry, page: String) -> Self {
        let recipients = match &entry.to[..] {
            [] => String::new(),
            [only] => only.clone(),
            [first, rest @ ..] => format!("{first} + {}", rest.len()),
        };
        Self {
            anchor: entry.anchor,
            kind: entry.kind,
            title: entry.title,
            name: entry.name,
            date: entry.date.unwrap_or_default(),
            sender: entry.sender.unwrap_or_default(),
            recipients,
            answers: entry.answers,
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
    Figure::all(always, seldom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    /// How many of ten submissions a page with so much room tells of, and how many more it says there are.
    fn told(room: Room) -> (usize, bool) {
        let events = samples::check((0..10).map(|number| samples::submission(number, true)));
        let Event::Opened(opening) = &events[0] else { unreachable!("a check is opened") };
        let Event::Closed(closing) = &events[11] else { unreachable!("a check is closed") };
        let mut gathered = Gathered::new(opening, Some(room)).unwrap();
        for event in &events {
            gathered.add(event).unwrap();
        }
        let mut out = Vec::new();
        gathered.write(&mut out, closing).unwrap();
        let page = String::from_utf8(out).unwrap();
        let lines = page.matches("<tr data-line").count();
        assert_eq!(page.matches("<section class=\"page entry\"").count(), lines);
        (lines, page.contains(&format!("+ {} ", 10 - lines)))
    }

    #[test]
    fn what_there_is_no_room_for_is_counted_and_said_to_be_left_out() {
        let octets = ONE_PAGE.octets;
        assert_eq!(told(Room { entries: 10, octets }), (10, false));
        assert_eq!(told(Room { entries: 7, octets }), (7, true));
        assert_eq!(told(Room { entries: 10, octets: 1 }), (1, true));
    }
}
