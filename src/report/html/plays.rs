//! The page of a run: its verdict and figures, the matrix with its filters, what was found, what was not exercised, the norm,
//! and a section for each play.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
    path::PathBuf,
};

use askama::Template;
use serde::Serialize;

use super::{
    Change, Changes, Figure, Frame,
    finding::Finding,
    in_script,
    norm::{STATES, Seen, Shown},
    play::{Extent, Place, outcome, reason, section},
    texts::{
        say, say_clause, say_consequence, say_found, say_in_attributes, say_phrase, say_question, say_reading,
        say_untested,
    },
    took,
};
use crate::{
    evidence::{Direction, Party},
    norm::AsOf,
    report::{Groups, RuleSet, failures, shown, write_json},
    results::{Cell, Closing, Ending, Opening, PlayTally, Severity, Strictness, Totals, Work},
    rules::{self, Rule},
};

/// Plays that have a section.
const SECTIONS: usize = 2000;
/// Octets of sections above which plays that passed are told shortly, and above which all are.
const ROOM: [usize; 2] = [14 << 20, 17 << 20];
/// Mistakes that are told.
const FINDINGS: usize = 200;
/// Entries of a list of declared deviations, and plays that changed.
const LISTED: usize = 200;

const OUTCOMES: [(&str, &str); 4] = [("p", "passed"), ("F", "failed"), ("E", "error"), ("s", "skipped")];
const SEVERITIES: [Severity; 6] =
    [Severity::Violation, Severity::Unmet, Severity::Warning, Severity::Note, Severity::Untold, Severity::Broken];
const SIDES: [Party; 6] =
    [Party::Sender, Party::Receiver, Party::SecondReceiver, Party::Posta, Party::Harness, Party::Undetermined];

/// Gathers a run, and writes its page when it is over: the same page however the plays' ends were ordered.
pub(super) struct PlaysPage {
    folder: PathBuf,
    opening: Opening,
    columns: Vec<Direction>,
    plays: BTreeMap<(String, Direction), Play>,
    groups: Groups,
    norm: Seen,
    /// Octets of all sections so far.
    used: usize,
}

/// What is kept of a play.
struct Play {
    title: String,
    outcome: &'static str,
    reason: Option<String>,
    anchor: String,
    /// Its section; none where there was no room.
    section: Option<String>,
    found: BTreeSet<(String, &'static str, String)>,
    text: String,
    exercised: BTreeSet<&'static str>,
}

#[derive(Template)]
#[template(path = "run.html", config = "src/report/html/askama.toml")]
struct Page<'a> {
    frame: Frame,
    code: u8,
    meaning: String,
    ending: Option<&'static str>,
    bar: Vec<Bar>,
    figures: Vec<Figure>,
    outcomes: Vec<&'static str>,
    letters: [(&'static str, &'static str); 4],
    families: BTreeSet<&'static str>,
    rules: Vec<&'static str>,
    levels: Vec<&'static str>,
    sides: Vec<String>,
    played: usize,
    columns: Vec<Column>,
    themes: Vec<Theme<'a>>,
    findings: Vec<Finding<'a>>,
    further: usize,
    changes: Option<&'a Changes>,
    changed: Vec<Changed<'a>>,
    deviations: Vec<Declared>,
    aside: [(&'static str, BTreeMap<&'a str, Vec<Place>>); 2],
    idle: Vec<&'static Rule>,
    past: Vec<&'static str>,
    norm_counts: Vec<(&'static str, usize)>,
    clauses: Vec<Shown>,
    rule_set: &'a RuleSet,
    took: String,
    day: Option<String>,
    strictness: &'static str,
    part: Option<(String, usize)>,
    other_reports: [&'static str; 3],
    cut: usize,
    sections: Vec<&'a str>,
    data: String,
}

/// A piece of the bar, in thousandths.
struct Bar {
    class: &'static str,
    x: usize,
    width: usize,
}

struct Column {
    sender: String,
    receiver: String,
}

struct Theme<'a> {
    name: &'a str,
    rows: Vec<Row<'a>>,
}

struct Row<'a> {
    scenario: &'a str,
    /// The scenario within its theme.
    name: &'a str,
    title: &'a str,
    cells: Vec<Option<MatrixCell<'a>>>,
}

struct MatrixCell<'a> {
    outcome: &'static str,
    letter: &'static str,
    anchor: &'a str,
    number: usize,
}

/// A play that is not as in the run before.
struct Changed<'a> {
    place: Place,
    how: &'static str,
    before: Option<&'static str>,
    now: Option<&'static str>,
    found: &'a [String],
}

struct Declared {
    rule: String,
    subject: String,
    stands: &'static str,
    fails: bool,
    reason: String,
    owner: String,
    until: String,
}

/// What the filters go by.
#[derive(Serialize)]
struct Data<'a> {
    rules: &'a [&'static str],
    plays: Vec<Filtered<'a>>,
}

/// A play, for the filters.
#[derive(Serialize)]
struct Filtered<'a> {
    outcome: &'static str,
    /// A bit for each rule that was put to something, four in a hexadecimal digit.
    rules: String,
    found: &'a BTreeSet<(String, &'static str, String)>,
    text: &'a str,
}

impl PlaysPage {
    pub fn new(opening: &Opening, folder: PathBuf) -> Self {
        let columns = match &opening.work {
            Work::Plays { directions, .. } => directions.clone(),
            Work::Check { .. } => Vec::new(),
        };
        let (groups, norm) = (Groups::default(), Seen::default());
        Self { folder, opening: opening.clone(), columns, plays: BTreeMap::new(), groups, norm, used: 0 }
    }

    /// Takes in a play that has ended.
    pub fn add(&mut self, cell: &Cell) -> askama::Result<()> {
        let failures = failures(cell);
        self.norm.add(cell, &failures);
        let way = cell.direction.folder(&cell.scenario).to_string_lossy().into_owned();
        let place = Place::of(&way);
        let ended = outcome(&cell.outcome);
        let room = ROOM[usize::from(ended != "passed")];
        let extent = if self.used < room { Extent::Whole } else { Extent::Short };
        let section = if self.plays.len() < SECTIONS {
            Some(section(cell, &place, &failures, &self.folder, extent)?)
        } else {
            None
        };
        self.used += section.as_ref().map_or(0, String::len);
        let mut text = format!("{way} {} {}", cell.direction, cell.title);
        let mut found = BTreeSet::new();
        for failure in &failures {
            let rule = if failure.severity == Severity::Unmet { "" } else { &failure.id };
            found.insert((shown(rule), failure.severity.name(), failure.blame.party.to_string()));
            if text.len() < 4096 {
                text.extend([" ", &failure.id, " ", &failure.question, " ", &shown(&failure.found)]);
            }
        }
        let play = Play {
            title: shown(&cell.title),
            outcome: ended,
            reason: reason(&cell.outcome).map(|reason| shown(&reason)),
            anchor: place.anchor,
            section,
            found,
            text: text.to_lowercase(),
            exercised: cell.judgement.applied.keys().copied().collect(),
        };
        self.plays.insert((cell.scenario.clone(), cell.direction.clone()), play);
        for failure in failures {
            self.groups.add(failure, &way);
        }
        Ok(())
    }

    /// It is over. `changes` are those since the run before, where there is one.
    pub fn write(
        &self,
        out: &mut impl Write,
        closing: &Closing,
        rule_set: &RuleSet,
        changes: Option<&Changes>,
    ) -> io::Result<()> {
        let Totals::Plays(tally) = &closing.totals else { return Ok(()) };
        let groups = self.groups.sorted();
        let clauses = self.norm.clauses(tally, self.opening.as_of);
        let idle = rules::all().filter(|rule| tally.not_exercised.contains(rule.id)).collect();
        let count = |state: &'static str| (state, clauses.iter().filter(|it| it.state == state).count());
        let rules = rules::ids();
        let deviations = closing.known.iter().flat_map(|known| &known.entries).take(LISTED).map(declared).collect();
        let page = Page {
            frame: Frame::new(self.opening.started),
            code: closing.exit.0,
            meaning: shown(&closing.exit.1),
            ending: match closing.ending {
                Ending::Complete => None,
                Ending::FailFast => Some("fail-fast"),
                Ending::Interrupted => Some("interrupted"),
            },
            bar: bar(tally),
            figures: figures(tally),
            outcomes: OUTCOMES.map(|(_, word)| word).into(),
            letters: OUTCOMES,
            families: rules.iter().filter_map(|rule| rule.split('/').next()).collect(),
            levels: SEVERITIES.map(Severity::name).into(),
            sides: SIDES.map(|party| party.to_string()).into(),
            played: self.plays.len(),
            columns: self
                .columns()
                .iter()
                .map(|way| Column { sender: shown(&way.sender), receiver: shown(&way.receiver) })
                .collect(),
            themes: self.themes(),
            findings: groups.iter().take(FINDINGS).map(|group| Finding::of_group(group, &self.folder)).collect(),
            further: groups.len().saturating_sub(FINDINGS),
            changes,
            changed: changes.iter().flat_map(|it| &it.plays).take(LISTED).map(Changed::of).collect(),
            deviations,
            aside: [("error-why", self.aside("error")), ("skipped-why", self.aside("skipped"))],
            idle,
            past: tally.not_in_force.iter().copied().collect(),
            norm_counts: STATES.map(count).into_iter().filter(|(_, count)| *count > 0).collect(),
            rule_set,
            took: took(closing.took),
            day: match self.opening.as_of {
                AsOf::Latest => None,
                day @ AsOf::Day(_) => Some(day.to_string()),
            },
            strictness: match self.opening.strictness {
                Strictness::Violations => "strict-violations",
                Strictness::Warnings => "strict-warnings",
                Strictness::Notes => "strict-notes",
            },
            part: match &self.opening.work {
                Work::Plays { part: Some(part), .. } => Some((String::from(part.shard), part.plays)),
                _ => None,
            },
            other_reports: ["junit.xml", "report.sarif", "run.jsonl"],
            cut: self.plays.values().filter(|play| play.section.is_none()).count(),
            sections: self.plays.values().filter_map(|play| play.section.as_deref()).collect(),
            data: self.data(&rules)?,
            rules,
            clauses,
        };
        page.write_into(out)
    }

    /// The ordered pairs that were to be played, and any beside them that was.
    fn columns(&self) -> Vec<&Direction> {
        let mut columns: Vec<&Direction> = self.columns.iter().collect();
        let others: BTreeSet<&Direction> =
            self.plays.keys().map(|(_, direction)| direction).filter(|way| !self.columns.contains(way)).collect();
        columns.extend(others);
        columns
    }

    fn themes(&self) -> Vec<Theme<'_>> {
        let columns = self.columns();
        let mut themes: Vec<Theme<'_>> = Vec::new();
        for (number, ((scenario, direction), play)) in self.plays.iter().enumerate() {
            let (theme, name) = scenario.split_once('/').unwrap_or(("", scenario));
            if themes.last().is_none_or(|before| before.name != theme) {
                themes.push(Theme { name: theme, rows: Vec::new() });
            }
            let Some(theme) = themes.last_mut() else { continue };
            if theme.rows.last().is_none_or(|row| row.scenario != scenario) {
                let cells = columns.iter().map(|_| None).collect();
                theme.rows.push(Row { scenario, name, title: &play.title, cells });
            }
            let Some(row) = theme.rows.last_mut() else { continue };
            let letter = OUTCOMES.iter().find(|(_, word)| *word == play.outcome).map_or("", |(letter, _)| letter);
            if let Some(at) = columns.iter().position(|column| *column == direction) {
                row.cells[at] = Some(MatrixCell { outcome: play.outcome, letter, anchor: &play.anchor, number });
            }
        }
        themes
    }

    /// Plays that ended so, by the reason.
    fn aside(&self, outcome: &str) -> BTreeMap<&str, Vec<Place>> {
        let mut reasons: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
        for ((scenario, direction), play) in &self.plays {
            if let (Some(reason), true) = (&play.reason, play.outcome == outcome) {
                let place = Place::of(&direction.folder(scenario).to_string_lossy());
                reasons.entry(reason).or_default().push(place);
            }
        }
        reasons
    }

    /// What the filters go by, as JSON that stands in a script element.
    fn data(&self, rules: &[&'static str]) -> io::Result<String> {
        let plays = self.plays.values().map(|play| Filtered {
            outcome: play.outcome,
            rules: bits(rules.iter().map(|rule| play.exercised.contains(rule))),
            found: &play.found,
            text: &play.text,
        });
        let mut json = Vec::new();
        write_json(&mut json, &Data { rules, plays: plays.collect() })?;
        Ok(in_script(&String::from_utf8_lossy(&json)))
    }
}

impl<'a> Changed<'a> {
    fn of(change: &'a Change) -> Self {
        let Change { way, how, before, now, found } = change;
        Self { place: Place::of(way), how, before: *before, now: *now, found }
    }
}

/// Bits in hexadecimal digits, the first of each four the lowest.
fn bits(bits: impl Iterator<Item = bool>) -> String {
    let bits: Vec<bool> = bits.collect();
    let digit = |four: &[bool]| four.iter().enumerate().map(|(at, bit)| u32::from(*bit) << at).sum();
    bits.chunks(4).filter_map(|four| char::from_digit(digit(four), 16)).collect()
}

fn bar(tally: &PlayTally) -> Vec<Bar> {
    let parts =
        [("passed", tally.passed), ("failed", tally.failed), ("error", tally.error), ("skipped", tally.skipped)];
    let (mut before, mut bar) = (0, Vec::new());
    let at = |count: usize| count * 1000 / tally.planned.max(1);
    for (class, count) in parts.into_iter().filter(|(_, count)| *count > 0) {
        bar.push(Bar { class, x: at(before), width: at(before + count) - at(before) });
        before += count;
    }
    bar
}

/// What is counted; of what is nobody's concern unless it is there, only what is there.
fn figures(tally: &PlayTally) -> Vec<Figure> {
    let rules = tally.applied.len() + tally.not_exercised.len() + tally.not_in_force.len();
    let always = [
        ("", tally.planned, "plays"),
        ("passed", tally.passed, "passed"),
        ("failed", tally.failed, "failed"),
        ("error", tally.error, "error"),
        ("skipped", tally.skipped, "skipped"),
    ];
    let seldom = [("skipped", tally.not_played, "not-played")];
    let found = [
        ("violation", tally.violations, "violations"),
        ("violation", tally.unmet, "unmet"),
        ("warning", tally.warnings, "warnings"),
        ("note", tally.notes, "notes"),
        ("note", tally.untold, "untold"),
        ("violation", tally.broken_rules, "broken-rules"),
    ];
    let there = seldom.into_iter().chain(found).filter(|(_, count, _)| *count > 0);
    let exercised = format!("{} / {rules}", tally.applied.len());
    let exercised = Figure { class: "", count: exercised, what: "rules-exercised" };
    always.into_iter().chain(there).map(Figure::of).chain([exercised]).collect()
}

fn declared(entry: &crate::known::Stands) -> Declared {
    let deviation = &entry.deviation;
    Declared {
        rule: shown(deviation.rule.as_deref().unwrap_or("expectations")),
        subject: shown(&deviation.subject),
        stands: entry.standing.says(),
        fails: entry.standing.fails(),
        reason: shown(&deviation.reason),
        owner: shown(&deviation.owner),
        until: deviation.expires.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_stand_in_digits_from_the_lowest_on() {
        assert_eq!(bits([true, false, false, false, true, true].into_iter()), "13");
        assert_eq!(bits(std::iter::empty()), "");
    }
}
