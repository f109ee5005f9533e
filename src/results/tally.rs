//! Counting; the sums add up.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::{Cause, Cell, CellOutcome, Checked, Question, Required, Severity, Strictness, SubmissionPage, weighed};
use crate::{
    norm::AsOf,
    rules::{Judgement, Rule},
};

/// What the plays of a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlayTally {
    /// Cells that should be played.
    pub planned: usize,
    /// Cells passed.
    pub passed: usize,
    /// Cells failed.
    pub failed: usize,
    /// Cells without a verdict for trouble of the harness or a target.
    pub error: usize,
    /// Of the cells in error those in which something that was configured, or written in the scenario, does not exist.
    pub misconfigured: usize,
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
    /// What was beyond the bounds of reading: it fails nobody, and nothing of it is conforming.
    pub untold: usize,
    /// Rules that broke, each time they did.
    pub broken_rules: usize,
    /// Rules that were put to something, and how often.
    pub applied: BTreeMap<&'static str, usize>,
    /// Rules that inspected nothing in the whole run, which is no pass.
    pub not_exercised: BTreeSet<&'static str>,
    /// Rules that rest on nothing in force on the norm's day: put to nothing, which is neither.
    pub not_in_force: BTreeSet<&'static str>,
}

impl PlayTally {
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
            CellOutcome::Error(ref trouble) => {
                self.error += 1;
                self.misconfigured += usize::from(trouble.cause == Cause::Configuration);
            }
            CellOutcome::Skipped(_) => self.skipped += 1,
        }
        self.not_played = self.planned.saturating_sub(self.passed + self.failed + self.error + self.skipped);
        self.unmet += cell.unmet.len();
        for failure in weighed(&cell.judgement, &cell.observed) {
            *match failure.severity() {
                Severity::Broken => &mut self.broken_rules,
                Severity::Unmet => &mut self.unmet,
                Severity::Violation => &mut self.violations,
                Severity::Warning => &mut self.warnings,
                Severity::Note => &mut self.notes,
                Severity::Untold => &mut self.untold,
            } += 1;
        }
        for (rule, times) in applied(&cell.judgement) {
            self.not_exercised.remove(rule);
            *self.applied.entry(rule).or_default() += times;
        }
    }

    /// Whether any cell led to a verdict.
    pub fn exercised_anything(&self) -> bool {
        self.passed + self.failed > 0
    }
}

/// What checking came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CheckTally {
    /// Files, members of archives and evidence of plays judged.
    pub judged: usize,
    /// Those that could not be.
    pub unjudged: usize,
    /// What was given and is nothing to judge.
    pub left_out: usize,
    /// Messages judged.
    pub messages: usize,
    /// Submissions put together.
    pub submissions: usize,
    /// Files, members and evidence of plays with something that fails them.
    pub failing: usize,
    /// Submissions with something that fails them.
    pub failing_submissions: usize,
    /// Findings at the level of a MUST.
    pub violations: usize,
    /// Findings at the level of a SHOULD.
    pub warnings: usize,
    /// Findings at the level of a MAY.
    pub notes: usize,
    /// What was beyond the bounds of reading: it fails nobody, and nothing of it is conforming.
    pub untold: usize,
    /// Findings that a scenario announced and that were not made again.
    pub missed: usize,
    /// Rules that broke, each time they did.
    pub broken_rules: usize,
    /// What was given and led to no question at all, as it was given.
    pub not_exercised: Vec<String>,
    /// Rules that were put to something, and how often.
    pub applied: BTreeMap<&'static str, usize>,
    /// Rules that rest on nothing in force on the norm's day.
    pub not_in_force: BTreeSet<&'static str>,
    /// How the answers that were required came out.
    pub required: BTreeMap<Question, Required>,
}

impl CheckTally {
    /// Counts what was judged.
    pub fn count(&mut self, checked: &Checked, strictness: Strictness) {
        self.judged += 1;
        self.messages += checked.evidence.observations.len();
        self.failing += usize::from(self.weigh(checked.severities(), strictness));
        // Of a message by itself it is counted all at once: [`Self::exercise`].
        self.exercise(&checked.judgement.applied);
        self.not_in_force.extend(&checked.judgement.not_in_force);
    }

    /// Counts what rules were put to, in messages and submissions.
    pub fn exercise(&mut self, applied: &BTreeMap<&'static str, usize>) {
        for (rule, times) in applied {
            *self.applied.entry(rule).or_default() += times;
        }
    }

    /// Counts a submission; what its rules were put to is counted with `applied`.
    pub fn count_submission(&mut self, submission: &SubmissionPage, strictness: Strictness) {
        self.submissions += 1;
        self.failing_submissions += usize::from(self.weigh(submission.severities(), strictness));
    }

    /// Whether any of these fails what it was found in.
    fn weigh(&mut self, severities: impl Iterator<Item = Severity>, strictness: Strictness) -> bool {
        let mut fails = false;
        for severity in severities {
            fails |= severity.fails(strictness);
            *match severity {
                Severity::Broken => &mut self.broken_rules,
                Severity::Violation => &mut self.violations,
                Severity::Warning => &mut self.warnings,
                Severity::Note => &mut self.notes,
                Severity::Untold => &mut self.untold,
                Severity::Unmet => &mut self.missed,
            } += 1;
        }
        fails
    }
}

/// How often each rule inspected something. A rule that broke has inspected nothing, and a rule that failed has, whatever
/// else was recorded.
fn applied(judgement: &Judgement) -> BTreeMap<&'static str, usize> {
    let mut applied: BTreeMap<_, _> =
        judgement.applied.iter().filter(|(_, times)| **times > 0).map(|(rule, times)| (*rule, *times)).collect();
    for verdict in judgement.verdicts.iter().filter(|verdict| !verdict.outcome.findings().is_empty()) {
        applied.entry(verdict.rule.id).or_insert(1);
    }
    applied
}
