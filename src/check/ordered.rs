//! Work on every core, results in order.

use std::{
    collections::BTreeMap,
    iter::Enumerate,
    num::NonZero,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

/// How far work may run ahead of the oldest result that is not taken yet: what is held at once is bounded, whatever the
/// number of items and however long one of them takes.
const AHEAD: usize = 16;

/// Puts `work` to every item on all cores, each thread with a state of its own, and hands the results to `take` in the
/// order of the items. Stops early where `take` breaks; gives the threads' states back.
///
/// Whoever comes with the next result takes it, and those that waited for it, one thread at a time: a thread apart would want
/// a core of its own, and free what others allocated.
pub fn ordered<I, S, R, E>(
    items: I,
    state: impl Fn() -> S + Sync,
    work: impl Fn(I::Item, &mut S) -> R + Sync,
    take: impl FnMut(R) -> Result<(), E> + Send,
) -> Result<Vec<S>, E>
where
    I: Iterator + Send,
    S: Send,
    R: Send,
    E: Send,
{
    let line = Line { waiting: BTreeMap::new(), next: 0, take: Some(take), broken: None, is_over: false };
    let queue = Queue { items: Mutex::new(items.enumerate()), line: Mutex::new(line), moved: Condvar::new() };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let states = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map_while(|at| {
                let (queue, state, work) = (&queue, &state, &work);
                let run = move || {
                    let _others = EndsAll(queue);
                    let mut state = state();
                    while let Some((place, item)) = queue.next() {
                        queue.hand_in(place, work(item, &mut state));
                    }
                    state
                };
                // A machine that gives no more threads still gives this one; without a first there is nothing to do it.
                let spawned = thread::Builder::new().spawn_scoped(scope, run);
                if at == 0 { Some(spawned.expect("one thread can be had")) } else { spawned.ok() }
            })
            .collect();
        let states = workers.into_iter().map(thread::ScopedJoinHandle::join);
        states.collect::<Result<Vec<_>, _>>().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    locked(&queue.line).broken.take().map_or(Ok(states), Err)
}

/// Items in the order they are asked for, and results in the order of their items.
struct Queue<I, R, T, E> {
    items: Mutex<Enumerate<I>>,
    line: Mutex<Line<R, T, E>>,
    moved: Condvar,
}

struct Line<R, T, E> {
    /// Results whose turn has not come, by their place.
    waiting: BTreeMap<usize, R>,
    /// Whose turn it is.
    next: usize,
    /// What takes them; not here while a thread is at it.
    take: Option<T>,
    /// What it broke with.
    broken: Option<E>,
    /// Whether no more is wanted.
    is_over: bool,
}

impl<I: Iterator, R, T: FnMut(R) -> Result<(), E>, E> Queue<I, R, T, E> {
    /// The next item with its place; waits while results lag behind.
    fn next(&self) -> Option<(usize, I::Item)> {
        let (place, item) = locked(&self.items).next()?;
        let lags = |line: &mut Line<R, T, E>| !line.is_over && place >= line.next + AHEAD;
        let line = self.moved.wait_while(locked(&self.line), lags).unwrap_or_else(PoisonError::into_inner);
        (!line.is_over).then_some((place, item))
    }

    /// Has a result taken when its turn comes: now, if nobody is at it.
    fn hand_in(&self, place: usize, result: R) {
        let mut line = locked(&self.line);
        line.waiting.insert(place, result);
        while let Some(mut take) = line.take.take() {
            let next = line.next;
            let Some(result) = line.waiting.remove(&next) else {
                line.take = Some(take);
                return;
            };
            drop(line);
            let taken = take(result);
            line = locked(&self.line);
            match taken {
                Ok(()) => (line.next, line.take) = (next + 1, Some(take)),
                Err(broken) => (line.broken, line.is_over) = (Some(broken), true),
            }
            self.moved.notify_all();
        }
    }
}

/// Whoever panics ends the work of all: nobody waits for what does not come.
struct EndsAll<'q, I, R, T, E>(&'q Queue<I, R, T, E>);

impl<I, R, T, E> Drop for EndsAll<'_, I, R, T, E> {
    fn drop(&mut self) {
        if thread::panicking() {
            locked(&self.0.line).is_over = true;
            self.0.moved.notify_all();
        }
    }
}

/// A thread that panicked while it held a lock has left things as they were.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn a_panic_is_passed_on_and_nobody_waits_for_what_does_not_come() {
        for (bad_work, bad_take) in [(Some(100), None), (None, Some(100))] {
            let fails = |at: usize, bad: Option<usize>| assert_ne!(Some(at), bad, "as planned");
            let work = |item: usize, (): &mut ()| {
                fails(item, bad_work);
                item
            };
            let take = |result: usize| {
                fails(result, bad_take);
                Ok::<_, ()>(())
            };
            let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| ordered(0.., || (), work, take)));
            assert!(ended.is_err());
        }
    }

    #[test]
    fn nothing_gives_nothing() {
        let states = ordered(std::iter::empty::<()>(), || (), |(), ()| (), |()| Ok::<_, ()>(()));
        assert!(!states.unwrap().is_empty(), "each thread gives its state back");
    }
}
