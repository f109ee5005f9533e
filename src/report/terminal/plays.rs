//! The page of a run: who got what, which clause anyone broke, and what it rests on.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use jiff::civil::Date;

use super::{checks::day_of, known};
use crate::{
    evidence::Direction,
    language::Said,
    norm::AsOf,
    report::{Failure, Groups, Ink, Report, Style, again, failures, shown},
    results::{Asked, Cell, CellOutcome, Closing, Ending, Event, Opening, PlayTally, Strictness, Totals, Work},
};

/// Writes the page when the run is over; the same page however the cells' ends were ordered.
pub struct PlaysPage<W> {
    out: W,
    style: Style,
    strictness: Strictness,
    as_of: AsOf,
    columns: Vec<Direction>,
    asked: Asked,
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

    /// The id of its heading.
    fn heading(self) -> &'static str {
        match self {
            Remark::Error => "tty-errors",
            Remark::Skipped => "tty-skipped",
            Remark::Choice => "tty-choices",
            Remark::Note => "tty-worth-knowing",
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
        Self { outcome, failures: failures(cell), remarks }
    }
}

impl<W: Write> PlaysPage<W> {
    /// A page on `out`.
    pub fn new(out: W, style: Style, opening: &Opening) -> Self {
        let (columns, asked) = match &opening.work {
            Work::Plays { directions, asked, .. } => (directions.clone(), asked.clone()),
            Work::Check { .. } => Default::default(),
        };
        let (strictness, as_of, today) = (opening.strictness, opening.as_of, known::day(opening.started));
        Self { out, style, strictness, as_of, columns, asked, today, cells: BTreeMap::new() }
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
        self.out.write_all(groups.pages(self.strictness, self.style).as_bytes())?;
        if let Some(reckoning) = &closing.known {
            self.out.write_all(known::section(reckoning, self.today, self.style).as_bytes())?;
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
        writeln!(self.out, "{:first$}  {}", "", self.style.paint.dye(Ink::Faint, &names.join(" ")))?;
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
                write!(self.out, " {}", self.style.paint.dye(ink, letter))?;
            }
            writeln!(self.out)?;
        }
        writeln!(self.out)?;
        for (name, column) in names.iter().zip(&self.columns) {
            writeln!(self.out, "{name}  {column}")?;
        }
        writeln!(self.out, "{}", self.style.say("tty-legend"))
    }

    fn words(&mut self) -> io::Result<()> {
        let scenarios: BTreeSet<&str> = self.cells.keys().map(|(scenario, _)| scenario.as_str()).collect();
        let first = scenarios.iter().map(|scenario| scenario.len()).max().unwrap_or(0) + 2;
        let heads: Vec<String> = self.columns.iter().map(ToString::to_string).collect();
        let last = heads.len().saturating_sub(1);
        let head = self.style.paint.dye(Ink::Faint, &format!("  {}", heads.join("  ")));
        writeln!(self.out, "{:first$}{head}", "")?;
        for scenario in scenarios {
            write!(self.out, "{scenario:first$}")?;
            for (i, (column, head)) in self.columns.iter().zip(&heads).enumerate() {
                let told = self.cells.get(&(scenario.to_owned(), column.clone()));
                let outcome = told.map(|told| told.outcome);
                let ink = match outcome {
                    Some("passed") => Ink::Good,
                    Some("failed") => Ink::Bad,
                    _ => Ink::Odd,
                };
                let id = outcome.map_or("tty-not-played".to_owned(), |outcome| format!("outcome-{outcome}"));
                let word = self.style.language.say(id).to_string();
                let fill = if i == last { 0 } else { head.len().saturating_sub(word.len()) };
                write!(self.out, "  {}{:fill$}", self.style.paint.dye(ink, &word), "")?;
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
            writeln!(self.out, "\n{}", self.style.heading(kind.heading()))?;
        }
        for (text, places) in places {
            let text = self.style.language.phrase(text);
            let places: Vec<_> = places
                .into_iter()
                .map(|(scenario, ways)| {
                    let everywhere = ways.len() == self.columns.len();
                    if everywhere { scenario.to_owned() } else { format!("{scenario} {}", ways.join(", ")) }
                })
                .collect();
            // Why something was not played is counted, so that it shows what would make most of it playable.
            let count = if kind == Remark::Skipped { format!("{}: ", places.len()) } else { String::new() };
            writeln!(
                self.out,
                "  {}",
                self.style.wrapped(&format!("{count}{} ({})", shown(&text), places.join("; ")), 4)
            )?;
        }
        Ok(())
    }

    fn totals(&mut self, tally: &PlayTally, closing: &Closing) -> io::Result<()> {
        let style = self.style;
        let ending = match closing.ending {
            Ending::Complete => String::new(),
            Ending::FailFast => format!(" ({})", style.say("tty-fail-fast")),
            Ending::Interrupted => format!(" ({})", style.say("tty-interrupted")),
        };
        let plus = |count: usize, said: Said<'_>| if count > 0 { format!(" + {said}") } else { String::new() };
        let not_played = plus(tally.not_played, style.say("tty-plus-not-played").with("count", tally.not_played));
        let plays = style.say("tty-play-counts").with("planned", tally.planned).with("passed", tally.passed);
        let plays = plays.with("failed", tally.failed).with("error", tally.error).with("skipped", tally.skipped);
        writeln!(self.out)?;
        self.row("tty-plays", &format!("{plays}{not_played}{ending}"))?;
        let past = tally.not_in_force.len();
        let not_in_force = match (past, self.as_of) {
            (0, AsOf::Latest) => String::new(),
            (_, day) => {
                format!(" + {}", style.say("tty-not-in-force").with("count", past).with("day", day_of(day, style)))
            }
        };
        let all = tally.applied.len() + tally.not_exercised.len() + past;
        let rules = style.say("tty-rule-counts").with("all", all).with("applied", tally.applied.len());
        self.row("tty-rules", &format!("{}{not_in_force}", rules.with("idle", tally.not_exercised.len())))?;
        let broken = match tally.broken_rules {
            0 => String::new(),
            broken => format!(", {}", style.count("internal-error", broken)),
        };
        let found = style.say("tty-finding-counts").with("violations", style.count("violation", tally.violations));
        let found = found.with("warnings", style.count("warning", tally.warnings));
        let found =
            found.with("notes", style.count("note", tally.notes)).with("unmet", style.count("unmet", tally.unmet));
        self.row("tty-findings", &format!("{found}{broken}"))?;
        let failed = self.cells.iter().find(|(_, told)| told.outcome == "failed");
        if let Some(((scenario, direction), _)) = failed {
            self.row("tty-next", &shown(&again(scenario, direction, &self.asked)))?;
        }
        if let Some(reckoning) = &closing.known {
            self.row("tty-declared", &known::counts(reckoning, style))?;
        }
        let (code, meaning) = &closing.exit;
        let ink = match *code {
            0 => Ink::Good,
            1 => Ink::Bad,
            _ => Ink::Odd,
        };
        let meaning = style.paint.dye(ink, &style.language.phrase(meaning));
        let share = match (tally.skipped, code) {
            (1.., 0) => Some("tty-share-conforming"),
            (1.., 1) => Some("tty-share-failing"),
            _ => None,
        };
        let share = share.map(|id| {
            let share = style.say(id).with("meaning", meaning.as_str()).with("passed", tally.passed);
            share.with("played", tally.passed + tally.failed).with("skipped", tally.skipped).to_string()
        });
        let meaning = share.unwrap_or(meaning);
        self.row("tty-result", &style.say("tty-exit").with("meaning", meaning).with("code", *code).to_string())
    }

    /// A line of what is told in short, by the id of its label.
    fn row(&mut self, label: &'static str, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}{text}", self.style.label(label, 10))
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
