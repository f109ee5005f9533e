//! How a scenario is played.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc, time::Duration};

use super::{risk::Risk, stop::Stop};
use crate::{
    clock::Machine,
    evidence::{RunId, disk::Shared},
    norm::AsOf,
    results::Strictness,
    scenario::Scenario,
    target::Targets,
};

/// How a scenario is played.
#[derive(Clone, Debug)]
pub struct How {
    /// What fails it besides violations.
    pub strictness: Strictness,
    /// Folder below which the evidence of plays is written: `<folder>/<scenario>/<sender>-<receiver>/`.
    pub evidence: Option<PathBuf>,
    /// Whose evidence is written there.
    pub keep: Keep,
    /// What the evidence of its plays has alike.
    pub shared: Shared,
    /// Real time after which a scenario that has not ended is an error; what sends much has more: [`How::limit_of`].
    pub limit: Duration,
    /// By the norm of which day it is judged.
    pub as_of: AsOf,
    /// The machine's clock; a test sets it to another day.
    pub machine: Machine,
    /// Whose identifiers everything made in it bears.
    pub run: RunId,
    /// The targets that are not built in.
    pub targets: Arc<Targets>,
    /// What may be done to them that nobody's gateway is to meet unasked.
    pub allowed: BTreeSet<Risk>,
    /// When to stop early.
    pub stop: Stop,
}

/// Whose evidence is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// That of every cell.
    #[default]
    All,
    /// That of cells that failed or ended in trouble.
    Failures,
}

impl Default for How {
    fn default() -> Self {
        Self {
            strictness: Strictness::default(),
            evidence: None,
            keep: Keep::default(),
            shared: Shared::default(),
            limit: Duration::from_mins(1),
            as_of: AsOf::default(),
            machine: Machine::default(),
            run: RunId::random(),
            targets: Arc::default(),
            allowed: BTreeSet::new(),
            stop: Stop::default(),
        }
    }
}

/// Bytes of a file that a loaded machine sends, signs, stores and judges in a second, at least.
const BYTES_A_SECOND: usize = 100_000;

/// Messages that it takes through a transaction in a second, at least.
const MESSAGES_A_SECOND: usize = 4;

impl How {
    /// The limit for a scenario: it grows with what is sent.
    pub fn limit_of(&self, scenario: &Scenario) -> Duration {
        let seconds = scenario.largest_file() / BYTES_A_SECOND + scenario.messages() / MESSAGES_A_SECOND;
        self.limit + Duration::from_secs(seconds as u64)
    }
}
