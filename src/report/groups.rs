//! The same rule broken by the same party is one mistake, however often it shows: told once, with where else it was seen.

use std::collections::{HashMap, hash_map::Entry};

use super::{Blamed, Failure, Ink, Style, Subject, clause_line, shown};
use crate::{
    known::Deviation,
    language::Language,
    results::{Severity, Strictness},
};

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
    pub fn pages(&self, strictness: Strictness, style: Style) -> String {
        let (heavy, light): (Vec<_>, Vec<_>) =
            self.sorted().into_iter().partition(|group| group.first.severity.fails(strictness));
        let (untold, light): (Vec<_>, Vec<_>) =
            light.into_iter().partition(|group| group.first.severity == Severity::Untold);
        let mut text: String = heavy.iter().map(|group| group.page(style)).collect();
        text += &lines("tty-untold", &untold, style);
        for (severity, heading) in [(Severity::Warning, "tty-warnings"), (Severity::Note, "tty-notes")] {
            let light: Vec<&Group> = light.iter().copied().filter(|group| group.first.severity == severity).collect();
            text += &lines(heading, &light, style);
        }
        if self.more > 0 {
            let findings = style.count("finding", self.more);
            text.extend(["\n", &style.say("tty-more-findings").with("findings", findings).to_string(), "\n"]);
        }
        text
    }

    /// A line for each, the heaviest first, under a heading.
    pub fn lines(&self, heading: &'static str, style: Style) -> String {
        lines(heading, &self.sorted(), style)
    }
}

fn lines(heading: &'static str, groups: &[&Group], style: Style) -> String {
    if groups.is_empty() {
        return String::new();
    }
    let lines: String = groups.iter().map(|group| group.line(style)).collect();
    format!("\n{}\n{lines}", style.heading(heading))
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
    fn elsewhere(&self, style: Style) -> Option<String> {
        let named = &self.places[1..];
        let id = match (self.times, named.is_empty(), self.further) {
            (1, ..) => return None,
            (_, true, _) => "finding-times",
            (_, false, 0) => "finding-times-in",
            (_, false, _) => "finding-times-in-more",
        };
        let times = style.say(id).with("times", style.count("time", self.times)).with("places", named.join(", "));
        Some(times.with("more", self.further).to_string())
    }

    fn page(&self, style: Style) -> String {
        let again = self.elsewhere(style).map(|text| ("finding-again", text));
        block(&self.first, style, [("finding-seen-in", self.places[0].clone())].into_iter().chain(again))
    }

    fn line(&self, style: Style) -> String {
        let word = style.paint.dye(Ink::Odd, &severity(self.first.severity, style));
        let id = &self.first.id;
        let blame = self.first.told_blame().map(|blame| shown(&style.language.phrase(&blame)) + "; ");
        let blame = blame.unwrap_or_default();
        let found = shown(&self.first.told_found(style.language));
        let line = format!("{} ({blame}{}): {found}", shown(id), style.count("time", self.times));
        format!("  {word} {}\n", style.wrapped(&line, 4))
    }
}

/// The word for a severity.
pub(super) fn severity(severity: Severity, style: Style) -> String {
    style.language.say(format!("level-{}", severity.name())).to_string()
}

/// A failure as a block of text, with more rows at its end, by the ids of their labels.
pub fn block(failure: &Failure, style: Style, more: impl IntoIterator<Item = (&'static str, String)>) -> String {
    let Style { language, paint, width } = style;
    let ink = if failure.severity <= Severity::Violation { Ink::Bad } else { Ink::Odd };
    let head = format!("{} {}", severity(failure.severity, style), shown(&failure.id));
    let question = shown(&language.question(&failure.id, &failure.question));
    let mut text = format!("\n{}\n  {}\n", paint.dye(ink, &head), paint.dye(Ink::Strong, &question));
    let mut row = |label: &str, value: &str| {
        if !value.is_empty() {
            let label = paint.dye(Ink::Faint, &format!("    {label:<13}"));
            text.extend([&label, style.wrapped(value, 17).as_str(), "\n"]);
        }
    };
    let label = |id| style.say(id).to_string();
    let phrase = |english: &str| shown(&language.phrase(english));
    for clause in &failure.clauses {
        row(&label("finding-clause"), &clause_line(clause, language));
        let reading = clause.reading.map(|english| language.reading(clause.id, english));
        row(&label("finding-reading"), &reading.unwrap_or_default());
    }
    row(&label("finding-expected"), &shown(&failure.told_expected(language)));
    row(&label("finding-found"), &shown(&failure.told_found(language)));
    row(&label("finding-where"), &phrase(&failure.place));
    if let Some(excerpt) = &failure.excerpt {
        let [line, carets] = excerpt.rows(width.saturating_sub(17));
        row(&style.say("finding-line").with("number", excerpt.line).to_string(), &line);
        row("", &carets);
    }
    let blame = failure.told_blame().map(|blame| phrase(&blame));
    row(&label("finding-blame"), &blame.unwrap_or_default());
    row(
        &label("finding-declared"),
        &failure.declared.as_ref().map(|it| declared_line(it, language)).unwrap_or_default(),
    );
    let consequence = failure.consequence.map(|english| language.consequence(&failure.id, english));
    row(&label("finding-consequence"), &consequence.unwrap_or_default());
    let evidence = failure.evidence.as_ref().map(|path| shown(&path.to_string_lossy()));
    row(&label("finding-evidence"), &evidence.unwrap_or_default());
    for (id, value) in more {
        row(&label(id), &value);
    }
    text
}

/// Until when something is declared, by whom, and why.
pub fn declared_line(deviation: &Deviation, language: Language) -> String {
    let Deviation { expires, owner, reason, .. } = deviation;
    let until = language.say("finding-declared-until").with("day", expires.to_string());
    until.with("owner", shown(owner)).with("reason", shown(reason)).to_string()
}

/// `1 warning`, `2 warnings`.
pub fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Breaks `text` at blanks into lines of at most `width` characters, all but the first indented; a longer word has a line of
/// its own.
pub fn wrapped(width: usize, text: &str, indent: usize) -> String {
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
        let text = wrapped(110, &"word ".repeat(60), 17);
        assert!(text.lines().skip(1).all(|line| line.starts_with(&" ".repeat(17)) && line.len() <= 110));
        assert_eq!(text.split_whitespace().count(), 60);
    }
}
