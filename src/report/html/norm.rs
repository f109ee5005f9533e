//! What a run shows of the norm, clause by clause.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    norm::{self, AsOf, Clause},
    report::Failure,
    results::{Cell, CellOutcome, PlayTally, Severity},
    rules::{self, Rule},
};

/// What was seen of the clauses so far.
#[derive(Default)]
pub(super) struct Seen {
    broken: BTreeSet<&'static str>,
    warned: BTreeSet<&'static str>,
    played: BTreeSet<&'static str>,
}

/// A clause, and what the run shows of it.
pub(super) struct Shown {
    pub clause: &'static Clause,
    /// In a word, as the page's texts and style call it.
    pub state: &'static str,
    /// How many subjects its rules were put to.
    pub subjects: usize,
}

/// Every state, the weightiest first.
pub(super) const STATES: [&str; 7] = ["broken", "warned", "held", "played", "idle", "untested", "past"];

impl Seen {
    /// Takes in a play.
    pub fn add(&mut self, cell: &Cell, failures: &[Failure]) {
        for failure in failures {
            let ids = failure.clauses.iter().map(|clause| clause.id);
            match failure.severity {
                Severity::Unmet | Severity::Violation => self.broken.extend(ids),
                Severity::Warning | Severity::Note => self.warned.extend(ids),
                Severity::Broken | Severity::Untold => {}
            }
        }
        if matches!(cell.outcome, CellOutcome::Passed | CellOutcome::Failed) {
            self.played.extend(cell.clauses.iter().map(|clause| clause.id));
        }
    }

    /// Every clause, in the norm's order.
    pub fn clauses(&self, tally: &PlayTally, as_of: AsOf) -> Vec<Shown> {
        let mut rules: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
        for rule in rules::all() {
            for clause in rule.clauses {
                rules.entry(clause.id).or_default().push(rule);
            }
        }
        let shown = |clause: &'static Clause| {
            let applied = rules.get(clause.id).into_iter().flatten().filter_map(|rule| tally.applied.get(rule.id));
            let subjects = applied.sum();
            let state = match clause {
                clause if !clause.in_force(as_of) => "past",
                clause if self.broken.contains(clause.id) => "broken",
                clause if self.warned.contains(clause.id) => "warned",
                _ if subjects > 0 => "held",
                clause if self.played.contains(clause.id) => "played",
                clause if clause.untested.is_some() => "untested",
                _ => "idle",
            };
            Shown { clause, state, subjects }
        };
        norm::all().map(shown).collect()
    }
}
