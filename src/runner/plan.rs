//! A run: which scenarios in which directions, and how.

use std::{
    num::NonZeroUsize,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use tokio::{runtime::Builder, task::JoinSet};

use super::{Cell, CellOutcome, Direction, Strictness, play};
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
pub struct Stop {
    requested: Arc<AtomicBool>,
    ctrl_c: bool,
}

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
        Self {
            scenarios,
            directions: vec![Direction::new("alfa", "bravo"), Direction::new("bravo", "alfa")],
            jobs: thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            on_failure: OnFailure::default(),
            stop: Stop::default(),
            how: How::default(),
        }
    }
}

impl Stop {
    /// Stops at the first Ctrl-C; the second ends the process at once with exit code 130.
    pub fn on_ctrl_c() -> Self {
        Self { ctrl_c: true, ..Self::default() }
    }

    /// Asks to stop.
    pub fn request(&self) {
        self.requested.store(true, Ordering::Relaxed);
    }

    /// Whether someone asked.
    pub fn requested(&self) -> bool {
        self.requested.load(Ordering::Relaxed)
    }
}

/// Plays a plan; blocks until done, on a runtime of its own. `on_event` is called in this thread.
pub fn run(plan: &Plan, on_event: &mut dyn FnMut(Event<'_>)) -> Run {
    let (started, clock) = (Timestamp::now(), Instant::now());
    let planned = plan.scenarios.len() * plan.directions.len();
    on_event(Event::Planned { total: planned });
    let runtime = Builder::new_multi_thread()
        .worker_threads(plan.jobs.get())
        .enable_all()
        .build()
        .expect("a runtime needs nothing but threads and an event queue");
    let mut cells = runtime.block_on(play_all(plan, on_event));
    // What a play that was cut short left behind is not waited for.
    runtime.shutdown_background();
    cells.sort_by_key(|(place, _)| *place);
    let cells: Vec<Cell> = cells.into_iter().map(|(_, cell)| cell).collect();
    Run { interrupted: plan.stop.requested() && cells.len() < planned, cells, planned, started, took: clock.elapsed() }
}

async fn play_all(plan: &Plan, on_event: &mut dyn FnMut(Event<'_>)) -> Vec<(usize, Cell)> {
    if plan.stop.ctrl_c {
        tokio::spawn(listen(plan.stop.clone()));
    }
    let pairs = plan.scenarios.iter().flat_map(|scenario| plan.directions.iter().map(move |way| (scenario, way)));
    let mut waiting = pairs.enumerate();
    let mut playing = JoinSet::new();
    let mut cells = Vec::new();
    let mut failed = false;
    loop {
        while playing.len() < plan.jobs.get()
            && !plan.stop.requested()
            && !(failed && plan.on_failure == OnFailure::Stop)
        {
            let Some((place, (scenario, direction))) = waiting.next() else { break };
            on_event(Event::Started { scenario: &scenario.id, direction });
            let (scenario, direction, how) = (scenario.clone(), direction.clone(), plan.how.clone());
            playing.spawn(async move { (place, play(&scenario, &direction, &how).await) });
        }
        let Some(ended) = playing.join_next().await else { break };
        let (place, cell) = ended.expect("a play turns its own panics into a cell");
        failed |= !matches!(cell.outcome, CellOutcome::Passed | CellOutcome::Skipped(_));
        on_event(Event::Finished(&cell));
        cells.push((place, cell));
    }
    cells
}

/// The first Ctrl-C asks, the second insists.
async fn listen(stop: Stop) {
    if tokio::signal::ctrl_c().await.is_ok() {
        stop.request();
    }
    if tokio::signal::ctrl_c().await.is_ok() {
        std::process::exit(130);
    }
}
