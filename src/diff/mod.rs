//! Two runs held against each other: what is better, worse, new or gone, by scenario and by rule, and whether the same was
//! asked in both. Data in, data out: what is compared are the streams (`run.jsonl`) that runs leave.

mod lines;
mod stream;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

pub use lines::{ExitLine, Line};
pub use stream::{Cell, Finding, Found, Outcome, Play, RuleSet, Run, StreamError, each_line, read};

use crate::results::{Severity, Strictness};

/// What two runs come to beside each other.
#[derive(Debug)]
pub struct Diff {
    /// Plays that are not the same in both, in order.
    pub plays: Vec<PlayDiff>,
    /// How many are.
    pub same: usize,
    /// Rules whose findings are not as many in both, over all plays of each run.
    pub rules: Vec<RuleDiff>,
    /// Rules that the second run did not ask.
    pub only_first: BTreeSet<String>,
    /// Rules that the first run did not ask.
    pub only_second: BTreeSet<String>,
}

/// How a play stands in the second run, beside the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It ended worse, or something that fails a play is found oftener.
    Worse,
    /// It ended better, or something that fails a play is found less often, and nothing is worse.
    Better,
    /// Only what fails nothing differs.
    Other,
    /// It was not in the first run.
    New,
    /// It is not in the second.
    Gone,
}

impl Change {
    /// Every change, the weightiest first.
    pub const ALL: [Change; 5] = [Change::Worse, Change::Better, Change::Other, Change::New, Change::Gone];
}

/// A play that differs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlayDiff {
    /// Which.
    #[serde(flatten)]
    pub play: Play,
    /// How.
    pub change: Change,
    /// How it ended in the first run.
    pub before: Option<Outcome>,
    /// How it ended in the second.
    pub after: Option<Outcome>,
    /// What is not found as often in both; nothing of a play that is in one alone.
    pub findings: Vec<RuleDiff>,
}

/// How often something is found in either run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RuleDiff {
    /// What.
    #[serde(flatten)]
    pub finding: Finding,
    /// How often in the first run.
    pub before: usize,
    /// How often in the second.
    pub after: usize,
}

impl Diff {
    /// Holds `second` against `first`; `strictness` says what counts as worse besides violations.
    pub fn of(first: &Run, second: &Run, strictness: Strictness) -> Self {
        let mut diff = Self {
            plays: Vec::new(),
            same: 0,
            rules: differing(&all(first), &all(second)),
            only_first: first.rules.difference(&second.rules).cloned().collect(),
            only_second: second.rules.difference(&first.rules).cloned().collect(),
        };
        let plays: BTreeSet<&Play> = first.cells.keys().chain(second.cells.keys()).collect();
        for play in plays {
            let (before, after) = (first.cells.get(play), second.cells.get(play));
            let findings = match (before, after) {
                (Some(before), Some(after)) => differing(&before.found, &after.found),
                _ => Vec::new(),
            };
            let change = match (before, after) {
                (None, _) => Some(Change::New),
                (_, None) => Some(Change::Gone),
                (Some(before), Some(after)) => changed(before, after, &findings, strictness),
            };
            let Some(change) = change else {
                diff.same += 1;
                continue;
            };
            let [before, after] = [before, after].map(|cell| cell.map(|cell| cell.outcome));
            diff.plays.push(PlayDiff { play: play.clone(), change, before, after, findings });
        }
        diff
    }

    /// How many plays changed so.
    pub fn count(&self, change: Change) -> usize {
        self.plays.iter().filter(|play| play.change == change).count()
    }

    /// Whether anything is worse: a play that is in both, or a new one that is no success.
    pub fn is_worse(&self) -> bool {
        let bad = |outcome| matches!(outcome, Some(Outcome::Failed | Outcome::Error));
        self.plays.iter().any(|play| match play.change {
            Change::Worse => true,
            Change::New => bad(play.after),
            Change::Better | Change::Other | Change::Gone => false,
        })
    }
}

/// How a play that is in both changed; nothing where it did not.
fn changed(before: &Cell, after: &Cell, findings: &[RuleDiff], strictness: Strictness) -> Option<Change> {
    let weighs = |it: &&RuleDiff| it.finding.severity.is_some_and(|severity| severity.fails(strictness));
    let oftener = findings.iter().filter(weighs).any(|it| it.after > it.before);
    let seldomer = findings.iter().filter(weighs).any(|it| it.after < it.before);
    if after.outcome > before.outcome || oftener {
        Some(Change::Worse)
    } else if after.outcome < before.outcome || seldomer {
        Some(Change::Better)
    } else {
        (!findings.is_empty()).then_some(Change::Other)
    }
}

/// What was found in all plays of a run together.
fn all(run: &Run) -> Found {
    let mut all = Found::new();
    for (finding, times) in run.cells.values().flat_map(|cell| &cell.found) {
        *all.entry(finding.clone()).or_default() += times;
    }
    all
}

fn differing(before: &Found, after: &Found) -> Vec<RuleDiff> {
    let times = |found: &BTreeMap<Finding, usize>, finding| found.get(finding).copied().unwrap_or_default();
    let findings: BTreeSet<&Finding> = before.keys().chain(after.keys()).collect();
    let counted = findings.into_iter().map(|finding| RuleDiff {
        finding: finding.clone(),
        before: times(before, finding),
        after: times(after, finding),
    });
    counted.filter(|it| it.before != it.after).collect()
}

/// How heavy the word of a level is.
fn severity(word: &str) -> Option<Severity> {
    [Severity::Unmet, Severity::Violation, Severity::Warning, Severity::Note].into_iter().find(|it| it.word() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play(scenario: &str) -> Play {
        Play { scenario: scenario.into(), sender: "alfa".into(), receiver: "bravo".into() }
    }

    /// A rule, how grave what it found is, and how often.
    type Told<'a> = (&'a str, Severity, usize);

    fn run(cells: &[(&str, Outcome, &[Told<'_>])]) -> Run {
        let cell = |outcome, found: &[Told<'_>]| Cell {
            outcome,
            found: found
                .iter()
                .map(|(rule, severity, times)| (Finding { rule: (*rule).into(), severity: Some(*severity) }, *times))
                .collect(),
        };
        Run {
            cells: cells.iter().map(|(id, outcome, found)| (play(id), cell(*outcome, found))).collect(),
            ..Run::default()
        }
    }

    fn changes(first: &Run, second: &Run, strictness: Strictness) -> (Vec<(String, Change)>, bool) {
        let diff = Diff::of(first, second, strictness);
        let worse = diff.is_worse();
        (diff.plays.into_iter().map(|it| (it.play.scenario, it.change)).collect(), worse)
    }

    #[test]
    fn what_ends_otherwise_or_is_found_oftener_is_told() {
        let first = run(&[
            ("a", Outcome::Passed, &[]),
            ("b", Outcome::Failed, &[("x/y", Severity::Violation, 1)]),
            ("c", Outcome::Failed, &[("x/y", Severity::Violation, 3), ("x/z", Severity::Violation, 1)]),
            ("gone", Outcome::Passed, &[]),
            ("same", Outcome::Passed, &[("n", Severity::Note, 2)]),
        ]);
        let second = run(&[
            ("a", Outcome::Error, &[]),
            ("b", Outcome::Passed, &[]),
            ("c", Outcome::Failed, &[("x/y", Severity::Violation, 2), ("x/z", Severity::Violation, 2)]),
            ("new", Outcome::Passed, &[]),
            ("same", Outcome::Passed, &[("n", Severity::Note, 2)]),
        ]);
        let (told, worse) = changes(&first, &second, Strictness::Violations);
        let expected = [
            ("a", Change::Worse),
            ("b", Change::Better),
            ("c", Change::Worse),
            ("gone", Change::Gone),
            ("new", Change::New),
        ];
        assert_eq!(told, expected.map(|(id, change)| (id.to_owned(), change)));
        assert!(worse);
        let diff = Diff::of(&first, &second, Strictness::Violations);
        let rules: Vec<_> = diff.rules.iter().map(|it| (it.finding.rule.as_str(), it.before, it.after)).collect();
        assert_eq!((rules, diff.same), (vec![("x/y", 4, 2), ("x/z", 1, 2)], 1));
        assert!(!changes(&second, &second, Strictness::Notes).1);
    }

    #[test]
    fn what_fails_nothing_makes_nothing_worse_unless_it_is_to() {
        let first = run(&[("a", Outcome::Passed, &[])]);
        let second = run(&[("a", Outcome::Passed, &[("n", Severity::Note, 1)])]);
        for (strictness, change) in [
            (Strictness::Violations, Change::Other),
            (Strictness::Warnings, Change::Other),
            (Strictness::Notes, Change::Worse),
        ] {
            let told = changes(&first, &second, strictness);
            assert_eq!(told, (vec![("a".to_owned(), change)], change == Change::Worse));
        }
    }

    #[test]
    fn a_new_play_that_fails_is_worse_and_one_that_is_gone_is_not() {
        let (nothing, failed) = (run(&[]), run(&[("a", Outcome::Failed, &[])]));
        assert!(changes(&nothing, &failed, Strictness::Violations).1);
        assert!(!changes(&failed, &nothing, Strictness::Violations).1);
        assert!(!changes(&nothing, &run(&[("a", Outcome::Skipped, &[])]), Strictness::Violations).1);
    }
}
