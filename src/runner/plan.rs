//! A run: which scenarios in which directions, and how.

use std::{
    collections::VecDeque,
    io,
    num::NonZeroUsize,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use tokio::{sync::watch, task::JoinSet};

use super::{how::How, play::play};
use crate::{
    evidence::Direction,
    results::{CellOutcome, Event, Opening, Work},
    scenario::Scenario,
    threads,
};

/// Bytes of a file above which what sends it is heavy.
const HEAVY: usize = 8 << 20;

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

/// What a failure means for what has not started yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// Nothing.
    #[default]
    Continue,
    /// Nothing more is started.
    Stop,
}

/// Asks a run to stop. Asked once, it starts nothing more, and what is being played is finished and kept; asked again,
/// it ends at once, and what is being played counts as not played. Clones share the request.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    urgency: watch::Sender<Urgency>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Urgency {
    #[default]
    None,
    Soon,
    AtOnce,
}

/// What a run yields.
pub struct Run {
    /// How many cells ended.
    pub ended: usize,
    /// How many were planned.
    pub planned: usize,
    /// Whether it was stopped from outside before everything was played.
    pub interrupted: bool,
    /// Wall-clock time taken.
    pub took: Duration,
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
    /// Asks to stop, or, where that has been asked already, to end at once.
    pub fn request(&self) {
        self.urgency.send_modify(|urgency| {
            *urgency = if *urgency == Urgency::None { Urgency::Soon } else { Urgency::AtOnce };
        });
    }

    /// Whether someone asked.
    pub fn requested(&self) -> bool {
        *self.urgency.borrow() != Urgency::None
    }
}

/// Plays a plan; blocks until done, on a runtime of its own. `on_event` is called in this thread, with everything but the
/// closing: what it all comes to, and whether it could be written, is known only then. An error is the machine's, which
/// has no thread or descriptor left to begin with.
pub fn run(plan: &Plan, on_event: &mut dyn FnMut(Event<'_>)) -> io::Result<Run> {
    let clock = Instant::now();
    let planned = plan.scenarios.len() * plan.directions.len();
    let threads = plan.jobs.get().min(planned);
    let runtime = threads::runtime(threads, threads)?;
    on_event(Event::Opened(Opening {
        started: plan.how.machine.now(),
        work: Work::Plays { planned, directions: plan.directions.clone() },
        strictness: plan.how.strictness,
        as_of: plan.how.as_of,
    }));
    let ended = runtime.block_on(play_all(plan, on_event));
    // What a play that was cut short left behind is not waited for.
    runtime.shutdown_background();
    Ok(Run { ended, planned, interrupted: plan.stop.requested() && ended < planned, took: clock.elapsed() })
}

/// One cell to be played.
#[derive(Clone, Copy)]
struct Play<'p> {
    scenario: &'p Arc<Scenario>,
    direction: &'p Direction,
}

impl Play<'_> {
    /// Whether it carries much. Only one such is played at a time: each copy of its messages is as large.
    fn is_heavy(self) -> bool {
        self.scenario.largest_file() > HEAVY
    }
}

/// How many cells ended.
async fn play_all(plan: &Plan, on_event: &mut dyn FnMut(Event<'_>)) -> usize {
    let mut asked = plan.stop.urgency.subscribe();
    let plays = plan
        .scenarios
        .iter()
        .flat_map(|scenario| plan.directions.iter().map(move |direction| Play { scenario, direction }));
    let mut waiting: VecDeque<Play<'_>> = plays.collect();
    let mut heavy_under_way = false;
    let mut playing = JoinSet::new();
    let mut count = 0;
    let mut failed = false;
    loop {
        while playing.len() < plan.jobs.get()
            && !plan.stop.requested()
            && !(failed && plan.on_failure == OnFailure::Stop)
        {
            let next = waiting.iter().position(|play| !(heavy_under_way && play.is_heavy()));
            let Some(next) = next.and_then(|next| waiting.remove(next)) else { break };
            let heavy = next.is_heavy();
            heavy_under_way |= heavy;
            on_event(Event::Started { scenario: &next.scenario.id, direction: next.direction });
            let (scenario, direction, how) = (next.scenario.clone(), next.direction.clone(), plan.how.clone());
            playing.spawn(async move { (heavy, play(&scenario, &direction, &how).await) });
        }
        let ended = tokio::select! {
            ended = playing.join_next() => ended,
            _ = asked.changed() => match *asked.borrow_and_update() {
                Urgency::AtOnce => break,
                Urgency::None | Urgency::Soon => {
                    on_event(Event::Stopping { playing: playing.len() });
                    continue;
                }
            },
        };
        let Some(ended) = ended else { break };
        let (heavy, cell) = ended.expect("a play turns its own panics into a cell");
        heavy_under_way &= !heavy;
        failed |= !matches!(cell.outcome, CellOutcome::Passed | CellOutcome::Skipped(_));
        count += 1;
        on_event(Event::Finished(Box::new(cell)));
    }
    count
}
