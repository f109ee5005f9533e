//! A run: which scenarios in which directions, and how.

use std::{num::NonZeroUsize, path::PathBuf, sync::Arc, time::Duration};

use jiff::Timestamp;

use super::{Cell, Direction, Strictness};
use crate::scenario::Scenario;

/// What to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The scenarios.
    pub scenarios: Vec<Arc<Scenario>>,
    /// Who plays; every scenario is played in each.
    pub directions: Vec<Direction>,
    /// How many at a time.
    pub jobs: NonZeroUsize,
    /// What a failure means for what has not started yet.
    pub on_failure: OnFailure,
    /// When to stop early.
    pub stop: Stop,
    /// How each is played.
    pub how: How,
}

/// How a scenario is played.
#[derive(Clone, Debug)]
pub struct How {
    /// Whether warnings and notes fail it.
    pub strictness: Strictness,
    /// Folder below which evidence bundles are written: `<folder>/<scenario>/<sender>-<receiver>/`.
    pub evidence: Option<PathBuf>,
    /// Real time after which a scenario that has not ended is an error.
    pub limit: Duration,
}

/// What a failure means for what has not started yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// Nothing.
    #[default]
    Continue,
    /// Nothing more is started.
    Stop,
}

/// Asks a run to start nothing more; what runs is finished and kept. Clones share the request.
#[derive(Clone, Debug, Default)]
pub struct Stop {}

/// What happens during a run, for progress.
pub enum Event<'a> {
    /// So many cells will be played.
    Planned {
        /// Cells.
        total: usize,
    },
    /// A cell has started.
    Started {
        /// Scenario id.
        scenario: &'a str,
        /// Who plays.
        direction: &'a Direction,
    },
    /// A cell has ended.
    Finished(&'a Cell),
}

/// What a run yields.
pub struct Run {
    /// The cells that ended, ordered by scenario, then as the plan orders directions.
    pub cells: Vec<Cell>,
    /// How many were planned.
    pub planned: usize,
    /// Whether it was stopped from outside before everything was played.
    pub interrupted: bool,
    /// When it started, by the machine's clock.
    pub started: Timestamp,
    /// Wall-clock time taken.
    pub took: Duration,
}

impl Default for How {
    fn default() -> Self {
        Self { strictness: Strictness::default(), evidence: None, limit: Duration::from_mins(1) }
    }
}

impl Plan {
    /// Every scenario both ways between alfa and bravo, as many at a time as there are cores.
    pub fn new(scenarios: Vec<Arc<Scenario>>) -> Self {
        let _ = scenarios;
        todo!()
    }
}

impl Stop {
    /// Stops at the first Ctrl-C; the second ends the process at once with exit code 130.
    pub fn on_ctrl_c() -> Self {
        todo!()
    }

    /// Asks to stop.
    pub fn request(&self) {
        todo!()
    }

    /// Whether someone asked.
    pub fn requested(&self) -> bool {
        todo!()
    }
}

/// Plays a plan; blocks until done, on a runtime of its own. `on_event` is called in this thread.
pub fn run(plan: &Plan, on_event: &mut dyn FnMut(Event<'_>)) -> Run {
    let _ = (plan, on_event);
    todo!()
}

/// Plays one scenario in one direction. Never panics: trouble is in the cell's outcome.
#[expect(clippy::unused_async, reason = "body to come")]
pub async fn play(scenario: &Arc<Scenario>, direction: &Direction, how: &How) -> Cell {
    let _ = (scenario, direction, how);
    todo!()
}
