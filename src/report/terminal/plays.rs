//! The page of a run: who got what, which clause anyone broke, and what it rests on.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use jiff::civil::Date;

use super::known;
use crate::{
    evidence::Direction,
    norm::AsOf,
    report::{Failure, Groups, Ink, Paint, Report, counted, failures, shown, wrapped},
    results::{Cell, CellOutcome, Closing, Ending, Event, Opening, PlayTally, Strictness, Totals, Work},
};

/// Writes the page when the run is over; the same page however the cells' ends were ordered.
pub struct PlaysPage<W> {
    out: W,
    paint: Paint,
    strictness: Strictness,
    as_of: AsOf,
    columns: Vec<Direction>,
    /// In legal time.
    today: Date,
    /// By scenario and direction.
    cells: BTreeMap<(String, Direction), Told>,
}

/// What the page tells of a cell.
struct Told {
    outcome: &'static str,
    failures: Vec<Failure>,
    remarks: Vec<(Remark, String)>,
    /// Whether its evidence is.
    is_kept: bool,
}

/// What is worth telling and no failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Remark {
    Error,
    Skipped,
    Choice,
    Note,
}

/// More directions than these are shown by a letter each.
const WIDEST: usize = 2;

impl Remark {
    const ALL: [Remark; 4] = [Remark::Error, Remark::Skipped, Remark::Choice, Remark::Note];

    fn heading(self) -> &'static str {
        match self {
            Remark::Error => "No verdict, for trouble of the harness or a target",
            Remark::Skipped => "Skipped, which is not passed",
            Remark::Choice => "Where the norm leaves a choice, taken was",
            Remark::Note => "Worth knowing",
        }
    }
}

impl Told {
    fn of(cell: &Cell) -> Self {
        let (outcome, reason) = match &cell.outcome {
            CellOutcome::Passed => ("passed", None),
            CellOutcome::Failed => ("failed", None),
            CellOutcome::Error(trouble) => ("error", Some((Remark::Error, trouble.to_string()))),
            CellOutcome::Skipped(reason) => ("skipped", Some((Remark::Skipped, reason.clone()))),
        };
        let choices = cell.choices.iter().map(|choice| (Remark::Choice, choice.clone()));
        let notes = cell.notes.iter().map(|note| (Remark::Note, note.clone()));
        let remarks = reason.into_iter().chain(choices).chain(notes).collect();
        Self { outcome, failures: failures(cell), remarks, is_kept: cell.evidence.is_some() }
    }
}

impl<W: Write> PlaysPage<W> {
    /// A page on `out`.
    pub fn new(out: W, paint: Paint, opening: &Opening) -> Self {
        let columns = match &opening.work {
            Work::Plays { directions, .. } => directions.clone(),
            Work::Check { .. } => Vec::new(),
        };
        let (strictness, as_of, today) = (opening.strictness, opening.as_of, known::day(opening.started));
        Self { out, paint, strictness, as_of, columns, today, cells: BTreeMap::new() }
    }

    fn close(&mut self, closing: &Closing) -> io::Result<()> {
        self.table()?;
        for kind in Remark::ALL {
            self.remarks(kind)?;
        }
        let mut groups = Groups::default();
        for ((scenario, direction), told) in &mut self.cells {
            let place = format!("{scenario} {direction}");
            for failure in told.failures.drain(..) {
                groups.add(failure, &place);
            }
        }
        self.out.write_all(groups.pages(self.strictness, self.paint).as_bytes())?;
        if let Some(reckoning) = &closing.known {
            self.out.write_all(known::section(reckoning, self.today, self.paint).as_bytes())?;
        }
        if let Totals::Plays(tally) = &closing.totals {
            self.totals(tally, closing)?;
        }
        self.out.flush()
    }

    fn table(&mut self) -> io::Result<()> {
        if self.columns.len() > WIDEST { self.matrix() } else { self.words() }
    }

    /// A letter a cell, where words would be too wide.
    fn matrix(&mut self) -> io::Result<()> {
        let scenarios: BTreeSet<&str> = self.cells.keys().map(|(scenario, _)| scenario.as_str()).collect();
        let first = scenarios.iter().map(|scenario| scenario.len()).max().unwrap_or(0) + 2;
        let name = |column: usize| char::from_u32('a' as u32 + u32::try_from(column).unwrap_or(0)).unwrap_or('?');
        let names: Vec<String> = (0..self.columns.len()).map(|column| name(column).to_string()).collect();
        writeln!(self.out, "{:first$}  {}", "", self.paint.dye(Ink::Faint, &names.join(" ")))?;
        for scenario in scenarios {
            write!(self.out, "{scenario:first$} ")?;
            for column in &self.columns {
                let told = self.cells.get(&(scenario.to_owned(), column.clone()));
                let (letter, ink) = match told.map(|told| told.outcome) {
                    Some("passed") => ("p", Ink::Good),
                    Some("failed") => ("F", Ink::Bad),
                    Some("error") => ("E", Ink::Odd),
                    Some(_) => ("s", Ink::Odd),
                    None => ("-", Ink::Odd),
                };
                write!(self.out, " {}", self.paint.dye(ink, letter))?;
            }
            writeln!(self.out)?;
        }
        writeln!(self.out)?;
        for (name, column) in names.iter().zip(&self.columns) {
            writeln!(self.out, "{name}  {column}")?;
        }
        writeln!(self.out, "p passed, F failed, E error, s skipped, - not played")
    }

    fn words(&mut self) -> io::Result<()> {
        let scenarios: BTreeSet<&str> = self.cells.keys().map(|(scenario, _)| scenario.as_str()).collect();
        let first = scenarios.iter().map(|scenario| scenario.len()).max().unwrap_or(0) + 2;
        let heads: Vec<String> = self.columns.iter().map(ToString::to_string).collect();
        let last = heads.len().saturating_sub(1);
        let head = self.paint.dye(Ink::Faint, &format!("  {}", heads.join("  ")));
        writeln!(self.out, "{:first$}{head}", "")?;
        for scenario in scenarios {
            write!(self.out, "{scenario:first$}")?;
            for (i, (column, head)) in self.columns.iter().zip(&heads).enumerate() {
                let told = self.cells.get(&(scenario.to_owned(), column.clone()));
                let word = told.map_or("not played", |told| told.outcome);
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

    /// Remarks of a kind, each text once with everywhere it holds.
    fn remarks(&mut self, kind: Remark) -> io::Result<()> {
        let mut places: BTreeMap<&str, BTreeMap<&str, Vec<String>>> = BTreeMap::new();
        for ((scenario, direction), told) in &self.cells {
            for (_, text) in told.remarks.iter().filter(|(of, _)| *of == kind) {
                places.entry(text).or_default().entry(scenario).or_default().push(direction.to_string());
            }
        }
        if !places.is_empty() {
            writeln!(self.out, "\n{}", self.paint.dye(Ink::Strong, kind.heading()))?;
        }
        for (text, places) in places {
            let places: Vec<_> = places
                .into_iter()
                .map(|(scenario, ways)| {
                    let everywhere = ways.len() == self.columns.len();
                    if everywhere { scenario.to_owned() } else { format!("{scenario} {}", ways.join(", ")) }
                })
                .collect();
            // Why something was not played is counted, so that it shows what would make most of it playable.
            let count = if kind == Remark::Skipped { format!("{}: ", places.len()) } else { String::new() };
            writeln!(self.out, "  {}", wrapped(&format!("{count}{} ({})", shown(text), places.join("; ")), 4))?;
        }
        Ok(())
    }

    fn totals(&mut self, tally: &PlayTally, closing: &Closing) -> io::Result<()> {
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
            label("plays"),
            tally.planned,
            tally.passed,
            tally.failed,
            tally.error,
            tally.skipped
        )?;
        let not_in_force = match (tally.not_in_force.len(), self.as_of) {
            (0, AsOf::Latest) => String::new(),
            (count, day) => format!(" + {count} not in force as of {day}"),
        };
        writeln!(
            self.out,
            "{}{} = {} exercised + {} not exercised{not_in_force}",
            label("rules"),
            tally.applied.len() + tally.not_exercised.len() + tally.not_in_force.len(),
            tally.applied.len(),
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
        let failed = self.cells.iter().find(|(_, told)| told.outcome == "failed");
        if let Some(((scenario, direction), told)) = failed {
            let again = format!("run {scenario} --sender {} --receiver {}", direction.sender, direction.receiver);
            let shown = if told.is_kept { "the evidence files show each; " } else { "" };
            writeln!(self.out, "{}{shown}to play one again: {again}", label("next"))?;
        }
        if let Some(reckoning) = &closing.known {
            writeln!(self.out, "{}{}", label("declared"), known::counts(reckoning))?;
        }
        let (code, meaning) = &closing.exit;
        let ink = match *code {
            0 => Ink::Good,
            1 => Ink::Bad,
            _ => Ink::Odd,
        };
        let played = tally.passed + tally.failed;
        let share = match (tally.skipped, code) {
            (1.., 0) => format!(" in {} of {played} played, {} skipped", tally.passed, tally.skipped),
            (1.., 1) => format!("; conforming in {} of {played} played, {} skipped", tally.passed, tally.skipped),
            _ => String::new(),
        };
        writeln!(self.out, "{}{}{share} (exit code {code})", label("result"), self.paint.dye(ink, meaning))
    }
}

impl<W: Write> Report for PlaysPage<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Finished(cell) => {
                self.cells.insert((cell.scenario.clone(), cell.direction.clone()), Told::of(cell));
            }
            Event::Closed(closing) => return self.close(closing),
            _ => {}
        }
        Ok(())
    }
}
