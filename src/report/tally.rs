//! Counting; the sums add up.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Severity, failures};
use crate::{
    norm::AsOf,
    rules::{Outcome, Rule},
    runner::{Cell, CellOutcome},
};

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Cells that should be played.
    pub planned: usize,
    /// Cells passed.
    pub passed: usize,
    /// Cells failed.
    pub failed: usize,
    /// Cells without a verdict for trouble of the harness or a target.
    pub error: usize,
    /// Cells without a verdict because a target cannot do what they need.
    pub skipped: usize,
    /// Cells that were never played: the run was broken off.
    pub not_played: usize,
    /// Expectations that were not met.
    pub unmet: usize,
    /// Findings of rules at the level of a MUST, a SHOULD, a MAY.
    pub violations: usize,
    /// Findings at the level of a SHOULD.
    pub warnings: usize,
    /// Findings at the level of a MAY.
    pub notes: usize,
    /// Rules that broke, each time they did.
    pub broken_rules: usize,
    /// Rules that were put to something.
    pub exercised: BTreeSet<&'static str>,
    /// Rules that inspected nothing in the whole run, which is no pass.
    pub not_exercised: BTreeSet<&'static str>,
    /// Rules that rest on nothing in force on the norm's day: put to nothing, which is neither.
    pub not_in_force: BTreeSet<&'static str>,
}

impl Tally {
    /// A run of `planned` cells judged by `rules` as of a day, of which nothing has been played yet.
    pub fn new(planned: usize, rules: impl IntoIterator<Item = &'static Rule>, as_of: AsOf) -> Self {
        let (in_force, not): (Vec<_>, Vec<_>) = rules.into_iter().partition(|rule| rule.in_force(as_of));
        let ids = |rules: Vec<&'static Rule>| rules.into_iter().map(|rule| rule.id).collect();
        let (not_exercised, not_in_force) = (ids(in_force), ids(not));
        Self { planned, not_played: planned, not_exercised, not_in_force, ..Self::default() }
    }

    /// Counts a cell.
    pub fn count(&mut self, cell: &Cell) {
        match cell.outcome {
            CellOutcome::Passed => self.passed += 1,
            CellOutcome::Failed => self.failed += 1,
            CellOutcome::Error(_) => self.error += 1,
            CellOutcome::Skipped(_) => self.skipped += 1,
        }
        self.not_played = self.planned.saturating_sub(self.passed + self.failed + self.error + self.skipped);
        for failure in failures(cell) {
            *match failure.severity {
                Severity::Broken => &mut self.broken_rules,
                Severity::Unmet => &mut self.unmet,
                Severity::Violation => &mut self.violations,
                Severity::Warning => &mut self.warnings,
                Severity::Note => &mut self.notes,
            } += 1;
        }
        self.exercise(cell.judgement.applied.iter().filter(|(_, times)| **times > 0).map(|(rule, _)| *rule));
        // A rule that broke has inspected nothing, and a rule that failed has, whatever else was recorded.
        let failed = cell.judgement.verdicts.iter().filter(|verdict| matches!(verdict.outcome, Outcome::Fail(_)));
        self.exercise(failed.map(|verdict| verdict.rule.id));
    }

    fn exercise(&mut self, rules: impl Iterator<Item = &'static str>) {
        for rule in rules {
            self.not_exercised.remove(rule);
            self.exercised.insert(rule);
        }
    }

    /// Whether any cell led to a verdict.
    pub fn exercised_anything(&self) -> bool {
        self.passed + self.failed > 0
    }
}
