//! The page at the terminal: who got what, which clause anyone broke, and what it rests on.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use super::{Closing, Ending, Event, Failure, Ink, Opening, Paint, Report, Severity, clause_line, failures, shown, way};
use crate::runner::{Cell, CellOutcome, Direction, Strictness};

/// Widest line of running text, in characters.
const WIDTH: usize = 110;

/// Writes the page when the run is over.
pub struct Terminal<W> {
    out: W,
    paint: Paint,
    strictness: Strictness,
    columns: Vec<Direction>,
    rows: BTreeMap<String, BTreeMap<Direction, &'static str>>,
    groups: Vec<Group>,
    remarks: Vec<(&'static str, String)>,
}

/// One failure, and everywhere else it was seen: the same rule broken by the same gateway is one mistake.
struct Group {
    first: Failure,
    cells: Vec<String>,
    times: usize,
}

impl<W: Write> Terminal<W> {
    /// A page on `out`.
    pub fn new(out: W, paint: Paint) -> Self {
        let strictness = Strictness::default();
        Self { out, paint, strictness, columns: vec![], rows: BTreeMap::new(), groups: vec![], remarks: vec![] }
    }

    fn open(&mut self, opening: &Opening) {
        self.strictness = opening.strictness;
        self.columns.clone_from(&opening.directions);
    }

    fn take(&mut self, cell: &Cell) {
        let name = format!("{} {}", cell.scenario, way(&cell.direction));
        let word = match &cell.outcome {
            CellOutcome::Passed => "passed",
            CellOutcome::Failed => "failed",
            CellOutcome::Error(reason) => {
                self.remarks.push(("error", format!("{name}: {}", shown(reason))));
                "error"
            }
            CellOutcome::Skipped(reason) => {
                self.remarks.push(("skipped", format!("{name}: {}", shown(reason))));
                "skipped"
            }
        };
        self.rows.entry(cell.scenario.clone()).or_default().insert(cell.direction.clone(), word);
        for failure in failures(cell) {
            self.group(failure, &name);
        }
        self.remarks.extend(cell.choices.iter().map(|choice| ("choice", format!("{name}: {}", shown(choice)))));
        self.remarks.extend(cell.notes.iter().map(|note| ("note", format!("{name}: {}", shown(note)))));
    }

    fn group(&mut self, failure: Failure, cell: &str) {
        let same = |group: &&mut Group| {
            let first = &group.first;
            (first.severity, &first.id, &first.blame) == (failure.severity, &failure.id, &failure.blame)
                && (failure.severity != Severity::Unmet || first.expected == failure.expected)
        };
        match self.groups.iter_mut().find(same) {
            Some(group) => {
                group.times += 1;
                if group.cells.last().is_none_or(|last| last != cell) {
                    group.cells.push(cell.to_owned());
                }
            }
            None => self.groups.push(Group { first: failure, cells: vec![cell.to_owned()], times: 1 }),
        }
    }

    fn close(&mut self, closing: &Closing) -> io::Result<()> {
        self.table()?;
        for kind in ["error", "skipped", "choice", "note"] {
            self.remarks(kind)?;
        }
        self.groups.sort_by_key(|group| group.first.severity);
        let heavy = |group: &&Group| self.strictness == Strictness::Everything || group.first.severity <= Severity::Violation;
        for group in self.groups.iter().filter(heavy) {
            self.out.write_all(group.page(self.paint).as_bytes())?;
        }
        let light: Vec<_> = self.groups.iter().filter(|group| !heavy(group)).map(|group| group.line(self.paint)).collect();
        if !light.is_empty() {
            writeln!(self.out, "\n{}", self.paint.dye(Ink::Strong, "Fails nothing without --strict"))?;
            self.out.write_all(light.concat().as_bytes())?;
        }
        self.totals(closing)?;
        self.out.flush()
    }

    fn table(&mut self) -> io::Result<()> {
        let first = self.rows.keys().map(String::len).max().unwrap_or(0) + 2;
        let heads: Vec<String> = self.columns.iter().map(way).collect();
        let head: String = heads.iter().map(|head| format!("  {head}")).collect();
        writeln!(self.out, "{:first$}{}", "", self.paint.dye(Ink::Faint, &head))?;
        for (scenario, cells) in &self.rows {
            write!(self.out, "{scenario:first$}")?;
            for (column, head) in self.columns.iter().zip(&heads) {
                let word = cells.get(column).copied().unwrap_or("not played");
                let ink = match word {
                    "passed" => Ink::Good,
                    "failed" => Ink::Bad,
                    _ => Ink::Odd,
                };
                let fill = head.len().saturating_sub(word.len());
                write!(self.out, "  {}{:fill$}", self.paint.dye(ink, word), "")?;
            }
            writeln!(self.out)?;
        }
        Ok(())
    }

    fn remarks(&mut self, kind: &str) -> io::Result<()> {
        let heading = match kind {
            "error" => "No verdict, for trouble of the harness or a target",
            "skipped" => "Skipped, which is not passed",
            "choice" => "Where the norm leaves a choice, taken was",
            _ => "Worth knowing",
        };
        let mut lines = self.remarks.iter().filter(|(of, _)| *of == kind).peekable();
        if lines.peek().is_some() {
            writeln!(self.out, "\n{}", self.paint.dye(Ink::Strong, heading))?;
        }
        for (_, line) in lines {
            writeln!(self.out, "  {}", wrapped(line, 4))?;
        }
        Ok(())
    }

    fn totals(&mut self, closing: &Closing) -> io::Result<()> {
        let tally = &closing.tally;
        let label = |label: &str| self.paint.dye(Ink::Faint, &format!("{label:<10}"));
        let ending = match closing.ending {
            Ending::Complete => "",
            Ending::FailFast => " (stopped at the first failure, as asked)",
            Ending::Interrupted => " (interrupted: this report is incomplete)",
        };
        let not_played = if tally.not_played > 0 { format!(" + {} not played", tally.not_played) } else { String::new() };
        writeln!(
            self.out,
            "\n{}{} = {} passed + {} failed + {} error + {} skipped{not_played}{ending}",
            label("cells"), tally.planned, tally.passed, tally.failed, tally.error, tally.skipped
        )?;
        writeln!(
            self.out,
            "{}{} = {} exercised + {} not exercised",
            label("rules"),
            tally.exercised.len() + tally.not_exercised.len(),
            tally.exercised.len(),
            tally.not_exercised.len()
        )?;
        let broken = if tally.broken_rules > 0 { format!(", {} rules broke", tally.broken_rules) } else { String::new() };
        writeln!(
            self.out,
            "{}{} violations, {} warnings, {} notes, {} expectations not met{broken}",
            label("findings"), tally.violations, tally.warnings, tally.notes, tally.unmet
        )?;
        let (code, meaning) = closing.exit;
        let ink = match code {
            0 => Ink::Good,
            1 => Ink::Bad,
            _ => Ink::Odd,
        };
        writeln!(self.out, "{}{} (exit code {code})", label("result"), self.paint.dye(ink, meaning))
    }
}

impl<W: Write> Report for Terminal<W> {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Opened(opening) => self.open(opening),
            Event::Started { .. } => {}
            Event::Finished(cell) => self.take(cell),
            Event::Closed(closing) => return self.close(closing),
        }
        Ok(())
    }
}

impl Group {
    /// Where else, in so many words.
    fn elsewhere(&self) -> Option<String> {
        const NAMED: usize = 4;
        let mut cells = self.cells[1..].iter();
        let named: Vec<_> = cells.by_ref().take(NAMED).map(String::as_str).collect();
        let more = match cells.count() {
            0 => String::new(),
            more => format!(", and {more} more (all in run.jsonl)"),
        };
        let times = format!("{} times in all", self.times);
        match (self.times, named.is_empty()) {
            (1, _) => None,
            (_, true) => Some(times),
            (_, false) => Some(format!("{times}, also in {}{more}", named.join(", "))),
        }
    }

    fn page(&self, paint: Paint) -> String {
        let seen = [("scenario", self.cells[0].clone())].into_iter().chain(self.elsewhere().map(|text| ("seen", text)));
        block(&self.first, paint, seen)
    }

    fn line(&self, paint: Paint) -> String {
        let word = paint.dye(Ink::Odd, self.first.severity.word());
        let Failure { id, found, blame, .. } = &self.first;
        let line = format!("{} ({blame}; {} times): {}", shown(id), self.times, shown(found));
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
            text.push_str(&format!("{label}{}\n", wrapped(value, 17)));
        }
    };
    for clause in &failure.clauses {
        row("clause", &clause_line(clause));
        row("reading", clause.reading.unwrap_or_default());
    }
    row("expected", &shown(&failure.expected));
    row("found", &shown(&failure.found));
    row("where", &shown(&failure.place));
    if let Some((number, line)) = &failure.line {
        row(&format!("line {number}"), &shown(line));
    }
    row("to blame", &shown(&failure.blame));
    row("consequence", failure.consequence.unwrap_or_default());
    row("evidence", &failure.evidence.as_ref().map(|path| shown(&path.to_string_lossy())).unwrap_or_default());
    for (label, value) in more {
        row(label, &value);
    }
    text
}

/// Breaks `text` at blanks into lines of at most [`WIDTH`] characters, all but the first indented.
fn wrapped(text: &str, indent: usize) -> String {
    let mut lines = String::with_capacity(text.len());
    let mut column = indent;
    for (i, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        if i > 0 && column + 1 + length > WIDTH {
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
    use crate::report::samples;

    fn page(paint: Paint) -> String {
        let mut out = Vec::new();
        let mut terminal = Terminal::new(&mut out, paint);
        for event in samples::run() {
            terminal.event(event.as_event()).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_page_tells_everything_about_a_failure() {
        insta::assert_snapshot!(page(Paint::Plain));
    }

    #[test]
    fn nothing_from_a_message_acts_on_the_terminal() {
        assert!(!page(Paint::Plain).contains(['\x1b', '\u{202e}', '\r', '\u{9b}', '\0']));
    }

    #[test]
    fn colours_change_no_word() {
        let colored = page(Paint::Colored);
        let mut plain = String::new();
        let mut rest = colored.as_str();
        while let Some((before, after)) = rest.split_once("\x1b[") {
            plain.push_str(before);
            rest = after.split_once('m').unwrap().1;
        }
        assert_eq!(plain + rest, page(Paint::Plain));
        assert_ne!(colored, page(Paint::Plain));
    }

    #[test]
    fn long_text_is_broken_at_blanks() {
        let text = wrapped(&"word ".repeat(60), 17);
        assert!(text.lines().skip(1).all(|line| line.starts_with(&" ".repeat(17)) && line.len() <= WIDTH));
        assert_eq!(text.split_whitespace().count(), 60);
    }
}
