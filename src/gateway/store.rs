//! Everything a gateway must not lose: mailboxes, queue, messages under way, virus store and log (2.2.4, 2.3).
//!
//! What is known is what the entries of one [`Journal`] add up to. The entries of one event (a message taken, an attempt to
//! send, a timer) are appended together, before anything of it leaves the gateway: after a crash an event has happened
//! or it has not. Events happen one after the other; while one batch of them is written the next gathers, and is written
//! with one stroke.

mod journal;
mod state;
#[cfg(test)]
mod tests;
mod tracked;
mod waiting;

use std::{
    collections::HashSet,
    io,
    panic::{self, AssertUnwindSafe},
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

#[cfg(test)]
pub(super) use journal::Full;
pub use journal::{ArrivalName, Body, BodyName, Entry, InMemory, Journal, Milestone, Outgoing, Purpose};
pub use tracked::{Noticed, Progress, Tracked};

use state::State;

use crate::{
    evidence::{LogRecord, SmtpPath},
    message::Bytes,
};

/// A message kept, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The bytes.
    pub bytes: Bytes,
    /// Since when, legal time's instant.
    pub at: Timestamp,
}

/// A gateway's memory over its journal.
pub struct Store {
    journal: Box<dyn Journal>,
    state: Mutex<State>,
    /// Held by the event under way: events happen one after the other.
    event: Mutex<()>,
    /// Events that have happened and are not written yet.
    gathered: Mutex<Vec<Vec<Entry>>>,
    /// The number of the last event written; held by whoever writes.
    written: Mutex<u64>,
    /// Told of each event that changed anything.
    changed: Notify,
    /// Tells all who wait for the queue of each such event.
    moved: Notify,
}

impl Store {
    /// Opens a journal: what was known when it was last written is known again.
    pub fn open(journal: impl Journal + 'static) -> io::Result<Self> {
        Ok(Self {
            state: Mutex::new(State::replayed(&journal)?),
            journal: Box::new(journal),
            event: Mutex::default(),
            gathered: Mutex::default(),
            written: Mutex::default(),
            changed: Notify::new(),
            moved: Notify::new(),
        })
    }

    /// One event: what `happens` records is written together, and this returns when it is. It waits for the disk, so it is
    /// no matter for threads that others wait for. An event that cannot be written puts the store out of order until it is
    /// opened again: from then on nothing is taken and nothing sent. One that panics has not happened.
    pub fn event<T>(&self, happens: impl FnOnce() -> T) -> io::Result<T> {
        let (outcome, number) = {
            let _one = locked(&self.event);
            self.in_order()?;
            let number = {
                let mut state = self.state();
                state.event += 1;
                state.event
            };
            let outcome = panic::catch_unwind(AssertUnwindSafe(happens)).unwrap_or_else(|panic| {
                self.undo(number);
                panic::resume_unwind(panic)
            });
            let entries = std::mem::take(&mut self.state().unwritten);
            locked(&self.gathered).push(entries);
            (outcome, number)
        };
        // Also where it recorded nothing: what it saw may be of an event that is still being written.
        if self.write(number)? {
            self.changed.notify_one();
            self.moved.notify_waiters();
        }
        Ok(outcome)
    }

    /// Sees to it that everything up to an event is written; whether any of it changed anything.
    fn write(&self, number: u64) -> io::Result<bool> {
        let mut written = locked(&self.written);
        self.in_order()?;
        if *written >= number {
            return Ok(false);
        }
        let events = std::mem::take(&mut *locked(&self.gathered));
        let last = *written + events.len() as u64;
        let changing = events.iter().any(|entries| !entries.is_empty());
        if changing && let Err(error) = self.journal.append(&events) {
            self.state().broken = Some(error.to_string());
            return Err(error);
        }
        *written = last;
        self.state().waiting.written(last);
        Ok(changing)
    }

    /// Forgets what an event has recorded that did not come to its end.
    fn undo(&self, number: u64) {
        // An event with nothing in it takes its place, and everything before it is written.
        locked(&self.gathered).push(Vec::new());
        let replayed = self.write(number).and_then(|_| State::replayed(&*self.journal));
        let mut state = self.state();
        *state = replayed.unwrap_or_else(|error| State { broken: Some(error.to_string()), ..State::default() });
        state.event = number;
    }

    /// Why nothing is taken and nothing sent any more.
    pub fn broken(&self) -> Option<String> {
        self.state().broken.clone()
    }

    /// Returns once an event has changed anything since the last call. One waits at a time: who keeps the time.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Returns once no more messages than this could be sent and are not sent yet.
    pub async fn due_at_most(&self, most: usize) {
        loop {
            let moved = self.moved.notified();
            if self.state().waiting.number_due() <= most {
                return;
            }
            moved.await;
        }
    }

    /// Records one change of the event under way.
    pub fn record(&self, entry: Entry) {
        self.state().record(entry);
    }

    fn in_order(&self) -> io::Result<()> {
        match &self.state().broken {
            Some(why) => Err(io::Error::other(format!("the journal is out of order: {why}"))),
            None => Ok(()),
        }
    }

    /// Takes a message of another provider in for a recipient; false where that was done before.
    pub fn take_in(&self, provider: &str, message: &str, recipient: &str, at: Timestamp) -> bool {
        let arrival = ArrivalName::of(provider, message, recipient);
        let mut state = self.state();
        let new = !state.taken_in.contains_key(&arrival);
        if new {
            state.record(Entry::TakenIn { arrival, at });
        }
        new
    }

    /// Lets a message wait to be sent, first at `due`.
    pub fn queue(&self, path: SmtpPath, bytes: Bytes, purpose: Purpose, due: Timestamp) {
        let mut state = self.state();
        let id = state.waiting.next_number();
        let body = Body::Held(bytes);
        state.record(Entry::Queued(Outgoing { id, path, body, purpose, since: due, due, attempts: 0 }));
    }

    /// Records what is known of a recipient; false where it was known or nobody waits for it.
    pub fn reach(&self, identifier: &str, recipient: &str, milestone: Milestone) -> bool {
        let mut state = self.state();
        let progress = state.submissions.get(identifier).and_then(|tracked| tracked.progress(recipient));
        let waiting = progress.is_some_and(|progress| !progress.has(milestone));
        if waiting {
            state.record(Entry::Reached {
                identifier: identifier.to_owned(),
                recipient: recipient.to_ascii_lowercase(),
                milestone,
            });
        }
        waiting
    }

    /// What a mailbox holds, oldest first.
    pub fn mailbox(&self, address: &str) -> Vec<Stored> {
        self.state().mailboxes.get(&address.to_ascii_lowercase()).cloned().unwrap_or_default()
    }

    /// The mailboxes that hold something.
    pub fn mailboxes(&self) -> Vec<String> {
        self.state().mailboxes.keys().cloned().collect()
    }

    /// The infected messages put away.
    pub fn quarantine(&self) -> Vec<Stored> {
        self.state().quarantine.clone()
    }

    /// The log.
    pub fn log(&self) -> Vec<LogRecord> {
        self.state().log.clone()
    }

    /// The domains for which a message is due, each with the number of the first one that is not in hand: nothing that is
    /// not written yet, and nothing at all once out of order.
    pub fn due_by(&self, now: Timestamp, in_hand: &HashSet<u64>) -> Vec<(String, u64)> {
        let mut state = self.state();
        if state.broken.is_some() { Vec::new() } else { state.waiting.due_by(now, in_hand) }
    }

    /// The message that waits with this number.
    pub fn waiting(&self, id: u64) -> Option<Outgoing> {
        self.state().waiting.get(id).cloned()
    }

    /// The body of a message that waits.
    pub fn body(&self, outgoing: &Outgoing) -> io::Result<Bytes> {
        match &outgoing.body {
            Body::Held(bytes) => Ok(bytes.clone()),
            Body::Kept(name) => self.journal.body(name),
        }
    }

    /// The first instant after another at which a message is to be sent, or a notice owed; `second` is when second notices
    /// are, after acceptance.
    pub fn due_after(&self, instant: Timestamp, second: SignedDuration) -> Option<Timestamp> {
        let state = self.state();
        if state.broken.is_some() {
            return None;
        }
        let due = [state.waiting.due_after(instant), state.submissions.due_after(instant, second)];
        due.into_iter().flatten().min()
    }

    /// How many entries its journal holds.
    pub fn entries(&self) -> u64 {
        self.state().entries
    }

    /// The submission with this identifier, while anything of it may follow.
    pub fn tracked(&self, identifier: &str) -> Option<Tracked> {
        self.state().submissions.get(identifier).cloned()
    }

    /// The submissions of which a notice is owed by an instant.
    pub fn notices_due(&self, instant: Timestamp, second: SignedDuration) -> Vec<Tracked> {
        self.state().submissions.due_by(instant, second)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }
}

/// Whoever panicked while it was held left it as it was.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
