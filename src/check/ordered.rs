//! Work on every core, results in order.

use std::{
    collections::BTreeMap,
    num::NonZero,
    sync::{Condvar, Mutex, PoisonError, mpsc},
    thread,
};

/// How far work may run ahead of the oldest result that is not handed on yet: what is held at once is bounded, whatever
/// the number of items and however long one of them takes.
const AHEAD: usize = 16;

/// Items in the order they were asked for, and how far their results are handed on.
struct Queue<I> {
    items: Mutex<(I, usize)>,
    handed_on: Mutex<usize>,
    moved: Condvar,
}

/// Puts `work` to every item on all cores, each thread with a state of its own, and hands the results to `take` in the
/// order of the items. Stops early where `take` breaks; gives the threads' states back.
pub fn ordered<I, S, R, E>(
    items: I,
    state: impl Fn() -> S + Sync,
    work: impl Fn(I::Item, &mut S) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<Vec<S>, E>
where
    I: Iterator + Send,
    S: Send,
    R: Send,
{
    let queue = Queue { items: Mutex::new((items, 0)), handed_on: Mutex::new(0), moved: Condvar::new() };
    let (results, arriving) = mpsc::channel();
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map_while(|at| {
                let (queue, state, work, results) = (&queue, &state, &work, results.clone());
                let run = move || {
                    let mut state = state();
                    while let Some((place, item)) = queue.next() {
                        // Nobody listens any more where `take` broke.
                        if results.send((place, work(item, &mut state))).is_err() {
                            break;
                        }
                    }
                    state
                };
                // A machine that gives no more threads still gives this one; without a first there is nothing to do it.
                let spawned = thread::Builder::new().spawn_scoped(scope, run);
                if at == 0 { Some(spawned.expect("one thread can be had")) } else { spawned.ok() }
            })
            .collect();
        drop(results);
        let mut taken = Ok(());
        let mut waiting = BTreeMap::new();
        let mut next = 0;
        'all: for (place, result) in arriving {
            waiting.insert(place, result);
            while let Some(result) = waiting.remove(&next) {
                taken = take(result);
                if taken.is_err() {
                    break 'all;
                }
                next += 1;
                queue.hand_on(next);
            }
        }
        queue.hand_on(usize::MAX);
        let states = workers.into_iter().map(thread::ScopedJoinHandle::join);
        let states = states.collect::<Result<Vec<_>, _>>().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        taken.map(|()| states)
    })
}

impl<I: Iterator> Queue<I> {
    /// The next item with its place; waits while results lag behind.
    fn next(&self) -> Option<(usize, I::Item)> {
        // A thread that panicked while it held a lock has left counts and iterator as they were.
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        let place = items.1;
        let handed_on = self.handed_on.lock().unwrap_or_else(PoisonError::into_inner);
        drop(
            self.moved
                .wait_while(handed_on, |handed_on| place >= handed_on.saturating_add(AHEAD))
                .unwrap_or_else(PoisonError::into_inner),
        );
        let item = items.0.next()?;
        items.1 += 1;
        Some((place, item))
    }

    fn hand_on(&self, next: usize) {
        *self.handed_on.lock().unwrap_or_else(PoisonError::into_inner) = next;
        self.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items_whoever_is_slower() {
        let mut taken = Vec::new();
        let slow = |item: u64, done: &mut usize| {
            // Every seventh takes a thousand times as long.
            let rounds = if item.is_multiple_of(7) { 100_000 } else { 100 };
            *done += 1;
            (0..rounds).fold(item, |sum, round| std::hint::black_box(sum ^ round) ^ round)
        };
        let states = ordered(
            0..2000,
            || 0,
            slow,
            |result| {
                taken.push(result);
                Ok::<_, ()>(())
            },
        );
        assert_eq!(taken, (0..2000).collect::<Vec<_>>());
        assert_eq!(states.unwrap().into_iter().sum::<usize>(), 2000);
    }

    #[test]
    fn what_stops_stops_everything() {
        let mut taken = 0;
        let stopped = ordered(
            0..,
            || (),
            |item: usize, ()| item,
            |result| {
                taken = result;
                if result == 1000 { Err("full") } else { Ok(()) }
            },
        );
        assert_eq!((stopped, taken), (Err("full"), 1000));
    }

    #[test]
    fn nothing_gives_nothing() {
        let states = ordered(std::iter::empty::<()>(), || (), |(), ()| (), |()| Ok::<_, ()>(()));
        assert!(!states.unwrap().is_empty(), "each thread gives its state back");
    }
}
