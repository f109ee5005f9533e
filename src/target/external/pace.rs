//! How many messages go to a target in a minute, at most.

use std::{collections::VecDeque, time::Duration};

use tokio::{sync::Mutex, time::Instant};

/// What is counted over.
const MINUTE: Duration = Duration::from_mins(1);

/// A bound, and when what counts towards it goes.
#[derive(Debug)]
pub struct Pace {
    bound: Option<usize>,
    gone: Mutex<VecDeque<Instant>>,
}

impl Pace {
    /// So many messages a minute; no bound where none is given.
    pub fn new(bound: Option<u32>) -> Self {
        Self { bound: bound.map(|bound| bound as usize), gone: Mutex::default() }
    }

    /// Returns when one more may go.
    pub async fn next(&self) {
        let Some(bound) = self.bound else { return };
        let goes = turn(&mut *self.gone.lock().await, bound, Instant::now());
        tokio::time::sleep_until(goes).await;
    }
}

/// When one more goes that is ready now, and enters it.
fn turn(gone: &mut VecDeque<Instant>, bound: usize, now: Instant) -> Instant {
    let free = (gone.len() >= bound).then(|| gone.pop_front()).flatten().map_or(now, |first| first + MINUTE);
    let goes = free.max(now);
    gone.push_back(goes);
    goes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_go_in_a_minute_than_the_bound() {
        let (mut gone, now) = (VecDeque::new(), Instant::now());
        let turns: Vec<u64> = (0..5).map(|_| (turn(&mut gone, 2, now) - now).as_secs()).collect();
        assert_eq!(turns, [0, 0, 60, 60, 120]);
        let later = now + MINUTE * 3;
        assert_eq!(turn(&mut gone, 2, later), later, "who comes late does not wait");
    }
}
