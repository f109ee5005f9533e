//! The same rule broken by the same party is one mistake, however often it shows: told once, with where else it was seen.

use std::collections::{HashMap, hash_map::Entry};

use super::{Blamed, Failure, Ink, Paint, Subject, clause_line, shown};
use crate::{
    known::Deviation,
    results::{Severity, Strictness},
};

/// Widest line of running text, in characters.
const WIDTH: usize = 110;

/// Mistakes told one by one; more are counted. There are some hundreds of rules, and who is to blame may be any name.
const GROUPS: usize = 1000;
/// Places named beside the first.
const NAMED: usize = 4;

/// Failures, gathered by what they are: a bounded number, however many are added.
#[derive(Default)]
pub struct Groups {
    all: Vec<Group>,
    places: HashMap<Key, usize>,
    more: usize,
}

/// What makes two failures one mistake; what is declared stays apart from what is not.
type Key = (Severity, String, Blamed, String, bool);

/// One failure, and where it was seen.
pub struct Group {
    /// The first.
    pub first: Failure,
    /// The first few places.
    pub places: Vec<String>,
    /// How many there are beyond those.
    pub further: usize,
    last: String,
    /// How often in all.
    pub times: usize,
}

impl Groups {
    /// Adds a failure seen in a place: a cell, a file.
    pub fn add(&mut self, failure: Failure, place: &str) {
        let expected = if failure.severity == Severity::Unmet { failure.expected.clone() } else { String::new() };
        let declared = failure.declared.is_some();
        let key = (failure.severity, failure.id.clone(), failure.blame.clone(), expected, declared);
        match self.places.entry(key) {
            Entry::Occupied(at) => self.all[*at.get()].again(&failure, place),
            Entry::Vacant(_) if self.all.len() == GROUPS => self.more += failure.times,
            Entry::Vacant(at) => {
                at.insert(self.all.len());
                let times = failure.times;
                let (places, last) = (vec![place.to_owned()], place.to_owned());
                self.all.push(Group { first: failure, places, further: 0, last, times });
            }
        }
    }

    /// Adds everything that was found in a place.
    pub fn add_all(&mut self, subject: &Subject<'_>, place: &str) {
        subject.failures().for_each(|failure| self.add(failure, place));
    }

    /// Each, the heaviest first.
    pub fn sorted(&self) -> Vec<&Group> {
        let mut groups: Vec<&Group> = self.all.iter().collect();
        groups.sort_by_key(|group| group.first.severity);
        groups
    }

    /// Findings of kinds beyond those that are held.
    pub fn more(&self) -> usize {
        self.more
    }

    /// A block for each, the heaviest first; a line for each of those that fail nothing.
    pub fn pages(&self, strictness: Strictness, paint: Paint) -> String {
        let (heavy, light): (Vec<_>, Vec<_>) =
            self.sorted().into_iter().partition(|group| group.first.severity.fails(strictness));
        let (untold, light): (Vec<_>, Vec<_>) =
            light.into_iter().partition(|group| group.first.severity == Severity::Untold);
        let mut text: String = heavy.iter().map(|group| group.page(paint)).collect();
        text += &lines("More than is read: nobody's fault, and never called right", &untold, paint);
        for (severity, heading) in [
            (Severity::Warning, "Fails nothing without --strict"),
            (Severity::Note, "Fails nothing without --strict=notes"),
        ] {
            let light: Vec<&Group> = light.iter().copied().filter(|group| group.first.severity == severity).collect();
            text += &lines(heading, &light, paint);
        }
        if self.more > 0 {
            text.extend(["\n", &counted(self.more, "finding"), " more of other kinds: --format json tells of each\n"]);
        }
        text
    }

    /// A line for each, the heaviest first, under a heading.
    pub fn lines(&self, heading: &str, paint: Paint) -> String {
        lines(heading, &self.sorted(), paint)
    }
}

fn lines(heading: &str, groups: &[&Group], paint: Paint) -> String {
    if groups.is_empty() {
        return String::new();
    }
    let lines: String = groups.iter().map(|group| group.line(paint)).collect();
    format!("\n{}\n{lines}", paint.dye(Ink::Strong, heading))
}

impl Group {
    fn again(&mut self, failure: &Failure, place: &str) {
        self.times += failure.times;
        if self.last == place {
            return;
        }
        place.clone_into(&mut self.last);
        if self.places.len() <= NAMED {
            self.places.push(place.to_owned());
        } else {
            self.further += 1;
        }
    }

    /// Where else, in so many words.
    fn elsewhere(&self) -> Option<String> {
        let named = &self.places[1..];
        let more = match self.further {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        let times = format!("{} in all", counted(self.times, "time"));
        match (self.times, named.is_empty()) {
            (1, _) => None,
            (_, true) => Some(times),
            (_, false) => Some(format!("{times}, also in {}{more}", named.join(", "))),
        }
    }

    fn page(&self, paint: Paint) -> String {
        let seen =
            [("seen in", self.places[0].clone())].into_iter().chain(self.elsewhere().map(|text| ("again", text)));
        block(&self.first, paint, seen)
    }

    fn line(&self, paint: Paint) -> String {
        let word = paint.dye(Ink::Odd, self.first.severity.word());
        let Failure { id, found, blame, .. } = &self.first;
        let line =
            format!("{} ({}; {}): {}", shown(id), shown(&blame.to_string()), counted(self.times, "time"), shown(found));
        format!("  {word} {}\n", wrapped(&line, 4))
    }
}

/// A failure as a block of text, with more rows at its end.
pub fn block(failure: &Failure, paint: Paint, more: impl IntoIterator<Item = (&'static str, String)>) -> String {
    let ink = if failure.severity <= Severity::Violation { Ink::Bad } else { Ink::Odd };
    let head = format!("{} {}", failure.severity.word(), shown(&failure.id));
    let mut text = format!("\n{}\n  {}\n", paint.dye(ink, &head), paint.dye(Ink::Strong, &shown(&failure.question)));
    let mut row = |label: &str, value: &str| {
        if !value.is_empty() {
            let label = paint.dye(Ink::Faint, &format!("    {label:<13}"));
            text.extend([&label, wrapped(value, 17).as_str(), "\n"]);
        }
    };
    for clause in &failure.clauses {
        row("clause", &clause_line(clause));
        row("reading", clause.reading.unwrap_or_default());
    }
    row("expected", &shown(&failure.expected));
    row("found", &shown(&failure.found));
    row("where", &shown(&failure.place));
    if let Some(excerpt) = &failure.excerpt {
        let [line, carets] = excerpt.rows(WIDTH - 17);
        row(&format!("line {}", excerpt.line), &line);
        row("", &carets);
    }
    row("to blame", &shown(&failure.blame.to_string()));
    row("declared", &failure.declared.as_ref().map(declared_line).unwrap_or_default());
    row("consequence", failure.consequence.unwrap_or_default());
    row("evidence", &failure.evidence.as_ref().map(|path| shown(&path.to_string_lossy())).unwrap_or_default());
    for (label, value) in more {
        row(label, &value);
    }
    text
}

/// Until when something is declared, by whom, and why.
pub fn declared_line(deviation: &Deviation) -> String {
    let Deviation { expires, owner, reason, .. } = deviation;
    format!("until {expires} by {}: {}", shown(owner), shown(reason))
}

/// `1 warning`, `2 warnings`.
pub fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Breaks `text` at blanks into lines of at most 110 characters, all but the first indented.
pub fn wrapped(text: &str, indent: usize) -> String {
    wrapped_to(WIDTH, text, indent)
}

/// The same with lines of at most `width` characters; a longer word has a line of its own.
pub fn wrapped_to(width: usize, text: &str, indent: usize) -> String {
    let mut lines = String::with_capacity(text.len());
    let mut column = indent;
    for (i, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        if i > 0 && column + 1 + length > width {
            lines.push('\n');
            lines.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else if i > 0 {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += length;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_broken_at_blanks() {
        let text = wrapped(&"word ".repeat(60), 17);
        assert!(text.lines().skip(1).all(|line| line.starts_with(&" ".repeat(17)) && line.len() <= WIDTH));
        assert_eq!(text.split_whitespace().count(), 60);
    }
}
