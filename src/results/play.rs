//! What playing a scenario came to.

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    evidence::{Direction, Evidence, Party, Role},
    known::{Failing, Known},
    norm::{Clause, Level},
    rules::{Judgement, Verdict},
};

/// One scenario played in one direction.
pub struct Cell {
    /// The scenario's id: its path without extension, `delivery/complete`.
    pub scenario: String,
    /// Its title.
    pub title: String,
    /// Who played.
    pub direction: Direction,
    /// The clauses it is about.
    pub clauses: Vec<&'static Clause>,
    /// How it ended.
    pub outcome: CellOutcome,
    /// Expectations of the scenario that were not met.
    pub unmet: Vec<Unmet>,
    /// Every rule's verdict on the evidence.
    pub judgement: Judgement,
    /// What was observed, and what the scenario announced of it.
    pub observed: Evidence,
    /// Choices the norm leaves and which was taken, in words.
    pub choices: Vec<String>,
    /// What is worth knowing and no verdict, e.g. how an external target was found settled.
    pub notes: Vec<String>,
    /// The transaction told in role names, identical from run to run: the snapshot.
    pub story: String,
    /// Folder of the evidence, where it was written.
    pub evidence: Option<PathBuf>,
    /// Wall-clock time taken.
    pub took: Duration,
    /// What is declared: failures that it names are marked, and stay failures.
    pub known: Arc<Known>,
}

/// How a cell ended. The words stay apart in every report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellOutcome {
    /// Everything expected came, no violation found.
    Passed,
    /// An expectation was not met, or a rule found a violation (a warning with `--strict`, a note with `--strict=notes`).
    Failed,
    /// Trouble that is no verdict.
    Error(Trouble),
    /// A target cannot do what the scenario needs.
    Skipped(String),
}

/// Why there is no verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// Where to look for what is to be mended.
    pub cause: Cause,
    /// What went wrong.
    pub what: String,
}

/// Where trouble comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The harness, the machine, or a target out of reach.
    Infrastructure,
    /// What somebody configured or wrote into a scenario.
    Configuration,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cause {
            Cause::Infrastructure => f.write_str(&self.what),
            Cause::Configuration => write!(f, "configuration: {}", self.what),
        }
    }
}

/// An expectation that was not met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unmet {
    /// Where in the scenario: `scenarios/delivery/complete.yaml:12`.
    pub at: String,
    /// What was expected.
    pub expected: String,
    /// What was found instead.
    pub found: String,
    /// Who owed it.
    pub blame: Party,
    /// The clauses of the scenario that it rests on.
    pub clauses: Vec<&'static Clause>,
    /// Observations that show it.
    pub observations: Vec<usize>,
}

impl Unmet {
    /// As a declaration may name it.
    pub fn failing<'a>(&self, evidence: &'a Evidence) -> Failing<'a> {
        let (subject, role) = super::answerable(self.blame, None, evidence);
        Failing { rule: None, scenario: super::played(evidence), subject, role }
    }
}

impl Cell {
    /// The target that played another receiving provider, where the scenario has one.
    pub fn second_receiver(&self) -> Option<&str> {
        self.observed.gateways.get(&Role::SecondReceiver).map(|gateway| gateway.target.as_str())
    }

    /// Failed verdicts at `level` that the scenario did not announce.
    pub fn failed(&self, level: Level) -> impl Iterator<Item = &Verdict> {
        self.judgement.failed(level).filter(|verdict| !verdict.is_announced(&self.observed))
    }
}
