//! The lines of `diff --format json`, as types: what is written and what `schema diff` prints are these.

use std::{collections::BTreeSet, path::Path};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Change, Diff, PlayDiff, RuleDiff, Run, stream::RuleSet};
use crate::shown::path_text;

/// Version of these lines: raised when a reader of an older one would misread them.
const FORMAT: u32 = 1;

/// A line of `diff --format json`: a header, a line for each play that differs, one for each rule, a footer.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Line<'a> {
    /// The first.
    Header(Header<'a>),
    /// A play that is not the same in both runs.
    Play(&'a PlayDiff),
    /// A rule whose findings are not as many in both, over all plays of each run.
    Rule(&'a RuleDiff),
    /// The last.
    Footer(Footer),
}

/// What is held against each other.
#[derive(Serialize, JsonSchema)]
pub struct Header<'a> {
    /// Version of this format, 1: raised when a reader of an older one would misread it; more fields may come in any.
    pub format: u32,
    /// The command: `diff`.
    pub command: &'static str,
    /// The run before.
    pub first: RunLine<'a>,
    /// The run that is held against it.
    pub second: RunLine<'a>,
    /// Whether both were judged by the same rules.
    pub same_rules: bool,
    /// Rules that the second run did not ask.
    pub only_first: &'a BTreeSet<String>,
    /// Rules that the first run did not ask.
    pub only_second: &'a BTreeSet<String>,
}

/// A run.
#[derive(Serialize, JsonSchema)]
pub struct RunLine<'a> {
    /// Where it was read from.
    pub path: String,
    /// When it began, where it tells.
    pub started: Option<Timestamp>,
    /// The program's version.
    pub version: &'a str,
    /// By the norm of which day: `latest`, or a date.
    pub as_of: &'a str,
    /// The rules that it was judged by.
    pub rules: &'a RuleSet,
    /// Scenarios played, each in each direction.
    pub plays: usize,
    /// Whether everything was played that was planned.
    pub complete: bool,
}

/// What it came to: plays, counted; they add up.
#[derive(Serialize, JsonSchema)]
pub struct Footer {
    /// Plays that are the same in both.
    pub same: usize,
    /// Plays that are worse in the second.
    pub worse: usize,
    /// Plays that are better in the second.
    pub better: usize,
    /// Plays that differ only in what fails nothing.
    pub otherwise: usize,
    /// Plays that only the second run has.
    pub new: usize,
    /// Plays that only the first run has.
    pub gone: usize,
    /// What the process exits with.
    pub exit: ExitLine,
}

/// What the process exits with.
#[derive(Serialize, JsonSchema)]
pub struct ExitLine {
    /// The code.
    pub code: u8,
    /// What it says.
    pub meaning: String,
}

impl Diff {
    /// What it comes to, line by line; the runs are those that it was made of, with where they were read from.
    pub fn lines<'a>(&'a self, runs: [(&'a Path, &'a Run); 2], exit: ExitLine) -> impl Iterator<Item = Line<'a>> {
        let [(_, first), (_, second)] = runs;
        let same_rules = first.rule_set == second.rule_set;
        let [first, second] = runs.map(|(path, run)| RunLine::of(path, run));
        let (only_first, only_second) = (&self.only_first, &self.only_second);
        let header = Header { format: FORMAT, command: "diff", first, second, same_rules, only_first, only_second };
        let footer = Footer {
            same: self.same,
            worse: self.count(Change::Worse),
            better: self.count(Change::Better),
            otherwise: self.count(Change::Other),
            new: self.count(Change::New),
            gone: self.count(Change::Gone),
            exit,
        };
        let plays = self.plays.iter().map(Line::Play);
        let rules = self.rules.iter().map(Line::Rule);
        [Line::Header(header)].into_iter().chain(plays).chain(rules).chain([Line::Footer(footer)])
    }
}

impl<'a> RunLine<'a> {
    fn of(path: &Path, run: &'a Run) -> Self {
        Self {
            path: path_text(path),
            started: run.started,
            version: &run.version,
            as_of: &run.as_of,
            rules: &run.rule_set,
            plays: run.cells.len(),
            complete: run.is_complete,
        }
    }
}
