//! A run: which scenarios in which directions, and how.

use std::{
    collections::VecDeque,
    io,
    num::NonZeroUsize,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use aws_lc_rs::digest;
use tokio::task::JoinSet;

use super::{how::How, play::play, stop::Urgency};
use crate::{
    evidence::Direction,
    hexadecimal,
    results::{Asked, CellOutcome, Event, Opening, Part, Shard, Work},
    scenario::Scenario,
    threads,
};

/// Bytes of a file above which what sends it is heavy.
const HEAVY: usize = 8 << 20;

/// So many lighter plays begin between two heavy ones, as long as there are any: by then what the first held is given back,
/// which takes mimalloc a tenth of a second.
const APART: usize = 40;

/// What to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The scenarios.
    pub scenarios: Vec<Arc<Scenario>>,
    /// Who plays; every scenario is played in each.
    pub directions: Vec<Direction>,
    /// The part of all that which is played; everything without.
    pub shard: Option<Shard>,
    /// How many at a time.
    pub jobs: NonZeroUsize,
    /// What a failure means for what has not started yet.
    pub on_failure: OnFailure,
    /// How each is played.
    pub how: How,
    /// How all that was asked for, to be told.
    pub asked: Asked,
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
            shard: None,
            jobs: thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            on_failure: OnFailure::default(),
            how: How::default(),
            asked: Asked::default(),
        }
    }
}

impl Plan {
    /// What is played, scenario by scenario. A part has as few directions as can be: a machine that plays it needs no
    /// other target.
    pub fn plays(&self) -> Vec<Play<'_>> {
        let all = self.scenarios.len() * self.directions.len();
        let range = self.shard.map_or(0..all, |shard| shard.range(all));
        let mut plays = Vec::new();
        for (place, scenario) in self.scenarios.iter().enumerate() {
            for (number, direction) in self.directions.iter().enumerate() {
                if range.contains(&(number * self.scenarios.len() + place)) {
                    plays.push(Play { scenario, direction });
                }
            }
        }
        plays
    }

    /// Which part of what that is; `None` where it is everything.
    fn part(&self) -> Option<Part> {
        let shard = self.shard?;
        let mut context = digest::Context::new(&digest::SHA256);
        let mut add = |word: &str| {
            context.update(&word.len().to_be_bytes());
            context.update(word.as_bytes());
        };
        add(env!("CARGO_PKG_VERSION"));
        add(&format!("{:?} {}", self.how.strictness, self.how.as_of));
        self.scenarios.iter().flat_map(|scenario| [&*scenario.id, &*scenario.source]).for_each(&mut add);
        self.directions.iter().flat_map(|way| [&*way.sender, &*way.receiver]).for_each(&mut add);
        let plan = hexadecimal::named(&context.finish());
        Some(Part { shard, plays: self.scenarios.len() * self.directions.len(), plan })
    }
}

/// Plays a plan; blocks until done, on a runtime of its own. `on_event` is called in this thread, with everything but the
/// closing: what it all comes to, and whether it could be written, is known only then. An error is the machine's, which
/// has no thread or descriptor left to begin with.
pub fn run(plan: &Plan, on_event: &mut dyn FnMut(Event<'_>)) -> io::Result<Run> {
    let clock = Instant::now();
    let plays = plan.plays();
    let planned = plays.len();
    let threads = plan.jobs.get().min(planned);
    let runtime = threads::runtime(threads, threads)?;
    let (directions, part, asked) = (directions(plan, &plays), plan.part(), plan.asked.clone());
    on_event(Event::Opened(Opening {
        started: plan.how.machine.now(),
        work: Work::Plays { planned, directions, part, asked },
        strictness: plan.how.strictness,
        as_of: plan.how.as_of,
    }));
    let ended = runtime.block_on(play_all(plan, plays.into(), on_event));
    // What a play that was cut short left behind is not waited for.
    runtime.shutdown_background();
    Ok(Run { ended, planned, interrupted: plan.how.stop.requested() && ended < planned, took: clock.elapsed() })
}

/// The directions that something is played in, in their order.
fn directions(plan: &Plan, plays: &[Play<'_>]) -> Vec<Direction> {
    let is_played = |way: &&Direction| plays.iter().any(|play| play.direction == *way);
    plan.directions.iter().filter(is_played).cloned().collect()
}

/// One cell to be played.
#[derive(Clone, Copy)]
pub struct Play<'p> {
    /// What.
    pub scenario: &'p Arc<Scenario>,
    /// By whom.
    pub direction: &'p Direction,
}

impl Play<'_> {
    /// Whether it carries much: each copy of its messages is as large.
    fn is_heavy(self) -> bool {
        self.scenario.largest_file() > HEAVY
    }
}

/// Begins heavy plays early, for they take longest, and keeps them apart: one at a time, and none right behind another.
struct Apart {
    heavy_under_way: bool,
    /// Lighter ones begun since the last heavy one ended.
    lighter: usize,
}

impl Apart {
    fn new() -> Self {
        Self { heavy_under_way: false, lighter: APART }
    }

    /// The place of the next among those that wait, of which it is told whether they are heavy.
    fn next(&self, waiting: &[bool]) -> Option<usize> {
        let first = |heavy: bool| waiting.iter().position(|one| *one == heavy);
        let (heavy, lighter) = (first(true).filter(|_| !self.heavy_under_way), first(false));
        if self.lighter >= APART { heavy.or(lighter) } else { lighter.or(heavy) }
    }

    fn began(&mut self, heavy: bool) {
        self.heavy_under_way |= heavy;
        self.lighter += usize::from(!heavy);
    }

    fn ended(&mut self, heavy: bool) {
        if heavy {
            *self = Self { heavy_under_way: false, lighter: 0 };
        }
    }
}

/// How many cells ended.
async fn play_all(plan: &Plan, mut waiting: VecDeque<Play<'_>>, on_event: &mut dyn FnMut(Event<'_>)) -> usize {
    let mut asked = plan.how.stop.asked();
    let mut apart = Apart::new();
    let mut playing = JoinSet::new();
    // Who plays now.
    let mut pairs: Vec<&Direction> = Vec::new();
    let mut count = 0;
    let mut failed = false;
    loop {
        while playing.len() < plan.jobs.get()
            && !plan.how.stop.requested()
            && !(failed && plan.on_failure == OnFailure::Stop)
        {
            let may_begin = |play: &Play<'_>| pairs.iter().all(|pair| plan.how.targets.are_apart(pair, play.direction));
            let free: Vec<usize> = (0..waiting.len()).filter(|place| may_begin(&waiting[*place])).collect();
            let heavy: Vec<bool> = free.iter().map(|place| waiting[*place].is_heavy()).collect();
            let next = apart.next(&heavy).and_then(|next| waiting.remove(free[next]));
            let Some(next) = next else { break };
            let heavy = next.is_heavy();
            apart.began(heavy);
            pairs.push(next.direction);
            on_event(Event::Started { scenario: &next.scenario.id, direction: next.direction });
            let (scenario, direction, how) = (next.scenario.clone(), next.direction.clone(), plan.how.clone());
            playing.spawn(async move { (heavy, play(&scenario, &direction, &how).await) });
        }
        let ended = tokio::select! {
            ended = playing.join_next() => ended,
            _ = asked.changed() => match *asked.borrow_and_update() {
                Urgency::AtOnce if plan.how.targets.is_empty() => break,
                // Each breaks off by itself, and tells what it had sent to somebody else's gateway.
                Urgency::AtOnce => continue,
                Urgency::None | Urgency::Soon => {
                    on_event(Event::Stopping { playing: playing.len() });
                    continue;
                }
            },
        };
        let Some(ended) = ended else { break };
        let (heavy, cell) = ended.expect("a play turns its own panics into a cell");
        apart.ended(heavy);
        if let Some(place) = pairs.iter().position(|pair| **pair == cell.direction) {
            pairs.swap_remove(place);
        }
        failed |= !matches!(cell.outcome, CellOutcome::Passed | CellOutcome::Skipped(_));
        count += 1;
        on_event(Event::Finished(Box::new(cell)));
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heavy_plays_are_kept_apart_as_long_as_there_are_lighter_ones() {
        let mut waiting = [vec![false; APART + 1], vec![true; 3]].concat();
        let mut apart = Apart::new();
        let mut begin = |apart: &mut Apart| {
            let heavy = waiting.remove(apart.next(&waiting)?);
            apart.began(heavy);
            Some(heavy)
        };
        assert_eq!(begin(&mut apart), Some(true), "as early as can be");
        assert_eq!(begin(&mut apart), Some(false), "one at a time");
        apart.ended(true);
        for _ in 0..APART {
            assert_eq!(begin(&mut apart), Some(false), "none right behind another");
        }
        assert_eq!(begin(&mut apart), Some(true));
        assert_eq!(begin(&mut apart), None, "nothing lighter waits");
        apart.ended(true);
        assert_eq!(begin(&mut apart), Some(true), "and then it need not be");
        assert_eq!(begin(&mut apart), None);
    }
}
