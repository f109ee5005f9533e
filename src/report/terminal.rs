//! The page at the terminal: who got what, which clause anyone broke, and what it rests on.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use super::{Closing, Ending, Event, Groups, Ink, Opening, Paint, Report, counted, failures, shown, way, wrapped};
use crate::runner::{Cell, CellOutcome, Direction, Strictness};

/// Writes the page when the run is over.
pub struct Terminal<W> {
    out: W,
    paint: Paint,
    strictness: Strictness,
    columns: Vec<Direction>,
    rows: BTreeMap<String, BTreeMap<Direction, &'static str>>,
    groups: Groups,
    remarks: Vec<(&'static str, String)>,
}

impl<W: Write> Terminal<W> {
    /// A page on `out`.
    pub fn new(out: W, paint: Paint) -> Self {
        let strictness = Strictness::default();
        Self {
            out,
            paint,
            strictness,
            columns: vec![],
            rows: BTreeMap::new(),
            groups: Groups::default(),
            remarks: vec![],
        }
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
            self.groups.add(failure, &name);
        }
        self.remarks.extend(cell.choices.iter().map(|choice| ("choice", format!("{name}: {}", shown(choice)))));
        self.remarks.extend(cell.notes.iter().map(|note| ("note", format!("{name}: {}", shown(note)))));
    }

    fn close(&mut self, closing: &Closing) -> io::Result<()> {
        self.table()?;
        for kind in ["error", "skipped", "choice", "note"] {
            self.remarks(kind)?;
        }
        self.out.write_all(self.groups.pages(self.strictness, self.paint).as_bytes())?;
        self.totals(closing)?;
        self.out.flush()
    }

    fn table(&mut self) -> io::Result<()> {
        let first = self.rows.keys().map(String::len).max().unwrap_or(0) + 2;
        let heads: Vec<String> = self.columns.iter().map(way).collect();
        let last = self.columns.len().saturating_sub(1);
        writeln!(self.out, "{:first$}{}", "", self.paint.dye(Ink::Faint, &format!("  {}", heads.join("  "))))?;
        for (scenario, cells) in &self.rows {
            write!(self.out, "{scenario:first$}")?;
            for (i, (column, head)) in self.columns.iter().zip(&heads).enumerate() {
                let word = cells.get(column).copied().unwrap_or("not played");
                let ink = match word {
                    "passed" => Ink::Good,
                    "failed" => Ink::Bad,
                    _ => Ink::Odd,
                };
                let fill = if i == last { 0 } else { head.len().saturating_sub(word.len()) };
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
        let not_played =
            if tally.not_played > 0 { format!(" + {} not played", tally.not_played) } else { String::new() };
        writeln!(
            self.out,
            "\n{}{} = {} passed + {} failed + {} error + {} skipped{not_played}{ending}",
            label("cells"),
            tally.planned,
            tally.passed,
            tally.failed,
            tally.error,
            tally.skipped
        )?;
        writeln!(
            self.out,
            "{}{} = {} exercised + {} not exercised",
            label("rules"),
            tally.exercised.len() + tally.not_exercised.len(),
            tally.exercised.len(),
            tally.not_exercised.len()
        )?;
        let broken = if tally.broken_rules > 0 {
            format!(", {}", counted(tally.broken_rules, "internal error"))
        } else {
            String::new()
        };
        writeln!(
            self.out,
            "{}{}, {}, {}, {} not met{broken}",
            label("findings"),
            counted(tally.violations, "violation"),
            counted(tally.warnings, "warning"),
            counted(tally.notes, "note"),
            counted(tally.unmet, "expectation")
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
}
