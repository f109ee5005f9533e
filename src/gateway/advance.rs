//! How time goes on where a clock is told to move: from one instant at which something is due to the next.

use std::future::Future;

use jiff::{SignedDuration, Timestamp};

/// What lives by a clock that can be moved.
pub trait Timers: Sync {
    /// Why something could not be done.
    type Error: Send;

    /// What the clock shows.
    fn now(&self) -> Timestamp;

    /// Returns when nothing is under way.
    fn settled(&self) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// When something is next due, after an instant: what is due by then has been tried.
    fn due_after(&self, instant: Timestamp) -> Option<Timestamp>;

    /// Moves the clock, and does what is then due.
    fn move_to(&self, instant: Timestamp) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// Moves the clock to `by` from now, stopping and settling at every instant at which something is due, so that what is due
/// at hour 22 happens at hour 22.
pub async fn advance<T: Timers>(timers: &T, by: SignedDuration) -> Result<(), T::Error> {
    let end = timers.now() + by;
    loop {
        timers.settled().await?;
        // What is due now has been tried: only later instants count, so every round moves the clock.
        let due = timers.due_after(timers.now());
        let Some(due) = due.filter(|due| *due <= end) else { break };
        timers.move_to(due).await?;
    }
    timers.move_to(end).await?;
    timers.settled().await
}
