//! The page of a run: its verdict and figures, the matrix with its filters, what was found, what was not exercised, the norm,
//! and a section for each play. Where there are too many plays for one page, each has a file of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
    path::PathBuf,
};

use askama::Template;

use super::{
    Change, Changes, Figure, Frame, Often, filters,
    finding::Finding,
    folder,
    home::{Home, Link, PLAYS, Place, Plays},
    matrix::{Matrix, OUTCOMES},
    norm::{STATES, Seen, Shown},
    play::{Extent, outcome, reason, section},
    texts::{
        say, say_clause, say_consequence, say_in_attributes, say_of, say_phrase, say_question, say_reading,
        say_untested,
    },
    took,
};
use crate::{
    evidence::{Direction, Party},
    language::Language,
    norm::AsOf,
    report::{Groups, RuleSet, again, failures, shown},
    results::{Asked, Cell, Closing, Ending, Opening, PlayTally, Severity, Strictness, Totals, Work},
    rules::{self, Rule},
};

/// Plays that one page has room for.
const SECTIONS: usize = 2000;
/// Octets of its sections above which plays that passed are told shortly, and above which all are.
const ROOM: [usize; 2] = [14 << 20, 17 << 20];
/// Mistakes that are told.
const FINDINGS: usize = 200;
/// Entries of a list of declared deviations, and plays that changed.
const LISTED: usize = 200;

const SEVERITIES: [Severity; 6] =
    [Severity::Violation, Severity::Unmet, Severity::Warning, Severity::Note, Severity::Untold, Severity::Broken];
const SIDES: [Party; 6] =
    [Party::Sender, Party::Receiver, Party::SecondReceiver, Party::Posta, Party::Harness, Party::Undetermined];

/// Gathers a run, and writes its page when it is over: the same page however the plays' ends were ordered.
pub(super) struct PlaysPage {
    folder: PathBuf,
    /// Where plays are told of.
    apart: Plays,
    opening: Opening,
    columns: Vec<Direction>,
    asked: Asked,
    plays: BTreeMap<(String, Direction), Play>,
    groups: Groups,
    norm: Seen,
    /// Octets of all sections so far.
    used: usize,
}

/// What is kept of a play.
pub(super) struct Play {
    /// The way to its evidence.
    pub way: String,
    pub title: String,
    pub outcome: &'static str,
    reason: Option<String>,
    /// Its section, where that stands in this page.
    section: Option<String>,
    pub found: BTreeSet<(String, &'static str, String)>,
    pub text: String,
    pub exercised: BTreeSet<&'static str>,
}

#[derive(Template)]
#[template(path = "run.html", config = "src/report/html/askama.toml")]
struct Page<'a> {
    frame: Frame,
    code: u8,
    /// What the exit code says beyond the verdict.
    meaning: Option<String>,
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
    matrix: Matrix<'a>,
    findings: Vec<Finding<'a>>,
    further: usize,
    changes: Option<&'a Changes>,
    earlier: Option<Link>,
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
    sections: Vec<&'a str>,
    data: String,
}

/// A piece of the bar, in thousandths.
struct Bar {
    class: &'static str,
    x: usize,
    width: usize,
}

/// A play that is not as in the run before.
struct Changed<'a> {
    place: Place,
    how: &'static str,
    before: Option<&'static str>,
    now: Option<&'static str>,
    found: &'a [Often],
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

impl PlaysPage {
    pub fn new(opening: &Opening, folder: PathBuf) -> Self {
        let (columns, asked, planned) = match &opening.work {
            Work::Plays { directions, asked, planned, .. } => (directions.clone(), asked.clone(), *planned),
            Work::Check { .. } => Default::default(),
        };
        let apart = if planned > SECTIONS { Plays::Apart } else { Plays::Here };
        let (groups, norm, opening) = (Groups::default(), Seen::default(), opening.clone());
        Self { folder, apart, opening, columns, asked, plays: BTreeMap::new(), groups, norm, used: 0 }
    }

    /// Takes in a play that has ended.
    pub fn add(&mut self, cell: &Cell) -> io::Result<()> {
        let failures = failures(cell);
        self.norm.add(cell, &failures);
        let way = cell.direction.folder(&cell.scenario).to_string_lossy().into_owned();
        let again = again(&cell.scenario, &cell.direction, &self.asked);
        let ended = outcome(&cell.outcome);
        let room = ROOM[usize::from(ended != "passed")];
        let is_whole = self.apart == Plays::Apart || self.used < room;
        let extent = if is_whole { Extent::Whole } else { Extent::Short };
        let home = Home::of_play(&self.folder, self.apart, &way);
        let section = section(cell, &home, &failures, &again, extent).map_err(io::Error::other)?;
        let section = match self.apart {
            Plays::Here => {
                self.used += section.len();
                Some(section)
            }
            Plays::Apart => {
                if self.plays.is_empty() {
                    folder::write_shared(&self.folder.join(PLAYS))?;
                }
                let frame = Frame::new(self.opening.started).linking(home.shared());
                folder::write(&self.folder, &format!("{PLAYS}/{way}.html"), &folder::page(&frame, &[section])?)?;
                None
            }
        };
        let mut text = format!("{way} {} {} {}", cell.direction, cell.title, Language::Italian.phrase(&cell.title));
        let mut found = BTreeSet::new();
        for failure in &failures {
            let rule = if failure.severity == Severity::Unmet { "" } else { &failure.id };
            found.insert((shown(rule), failure.severity.name(), failure.blame.party.to_string()));
            if text.len() < 4096 {
                let italian = Language::Italian.question(&failure.id, &failure.question);
                text.extend([" ", &failure.id, " ", &failure.question, " ", &italian, " ", &shown(&failure.found)]);
            }
        }
        for failure in failures {
            self.groups.add(failure, &way);
        }
        let play = Play {
            way,
            title: shown(&cell.title),
            outcome: ended,
            reason: reason(&cell.outcome).map(|reason| shown(&reason)),
            section,
            found,
            text: text.to_lowercase(),
            exercised: cell.judgement.applied.keys().copied().collect(),
        };
        self.plays.insert((cell.scenario.clone(), cell.direction.clone()), play);
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
        let home = Home::new(&self.folder, self.apart);
        let groups = self.groups.sorted();
        let clauses = self.norm.clauses(tally, self.opening.as_of);
        let idle = rules::all().filter(|rule| tally.not_exercised.contains(rule.id)).collect();
        let count = |state: &'static str| (state, clauses.iter().filter(|it| it.state == state).count());
        let rules = rules::ids();
        let verdict = Language::English.say(format!("verdict-{}", closing.exit.0));
        let deviations = closing.known.iter().flat_map(|known| &known.entries).take(LISTED).map(declared).collect();
        let page = Page {
            frame: Frame::new(self.opening.started),
            code: closing.exit.0,
            meaning: Some(shown(&closing.exit.1)).filter(|meaning| !meaning.eq_ignore_ascii_case(&verdict.to_string())),
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
            matrix: Matrix::of(&self.columns, &self.plays, &home),
            findings: groups.iter().take(FINDINGS).map(|group| Finding::of_group(group, &home)).collect(),
            further: groups.len().saturating_sub(FINDINGS),
            changes,
            earlier: changes.map(|it| home.link(&it.earlier)),
            changed: changes.iter().flat_map(|it| &it.plays).take(LISTED).map(|it| Changed::of(it, &home)).collect(),
            deviations,
            aside: [("error-why", self.aside("error", &home)), ("skipped-why", self.aside("skipped", &home))],
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
            sections: self.plays.values().filter_map(|play| play.section.as_deref()).collect(),
            data: filters::data(&rules, self.plays.values())?,
            rules,
            clauses,
        };
        page.write_into(out)
    }

    /// Plays that ended so, by the reason.
    fn aside(&self, outcome: &str, home: &Home<'_>) -> BTreeMap<&str, Vec<Place>> {
        let mut reasons: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
        for play in self.plays.values().filter(|play| play.outcome == outcome) {
            if let Some(reason) = &play.reason {
                reasons.entry(reason).or_default().push(home.place(&play.way));
            }
        }
        reasons
    }
}

impl<'a> Changed<'a> {
    fn of(change: &'a Change, home: &Home<'_>) -> Self {
        let Change { way, how, before, now, found } = change;
        Self { place: home.place(way), how, before: *before, now: *now, found }
    }
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

fn figures(tally: &PlayTally) -> Vec<Figure> {
    let rules = tally.applied.len() + tally.not_exercised.len() + tally.not_in_force.len();
    let always = [
        ("", tally.planned, "plays"),
        ("passed", tally.passed, "passed"),
        ("failed", tally.failed, "failed"),
        ("error", tally.error, "error"),
        ("skipped", tally.skipped, "skipped"),
    ];
    let seldom = [
        ("skipped", tally.not_played, "not-played"),
        ("violation", tally.violations, "violations"),
        ("violation", tally.unmet, "unmet"),
        ("warning", tally.warnings, "warnings"),
        ("note", tally.notes, "notes"),
        ("note", tally.untold, "untold"),
        ("violation", tally.broken_rules, "broken-rules"),
    ];
    let exercised = Figure { of: Some(rules), ..Figure::of(("", tally.applied.len(), "rules-exercised")) };
    let mut figures = Figure::all(always, seldom);
    figures.push(exercised);
    figures
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
