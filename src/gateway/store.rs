//! Everything a gateway must not lose: mailboxes, queue, messages under way, virus store and log (2.2.4, 2.3).
//!
//! What is known is what the entries of one [`Journal`] add up to. The entries of one event (a message taken, an attempt to
//! send, a timer) are appended together, before anything of it leaves the gateway: after a crash an event has happened
//! or it has not. Events happen one after the other; while one batch of them is written the next gathers, and is written
//! with one stroke.

mod journal;
mod tracked;
mod waiting;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
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

use tracked::Submissions;
use waiting::Waiting;

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

/// What the entries add up to.
#[derive(Default)]
struct State {
    /// How many there were.
    entries: u64,
    mailboxes: BTreeMap<String, Vec<Stored>>,
    quarantine: Vec<Stored>,
    log: Vec<LogRecord>,
    taken_in: HashMap<ArrivalName, Timestamp>,
    waiting: Waiting,
    submissions: Submissions,
    /// Whether mailboxes, virus store, log and the bodies of what waits are remembered.
    remembers: bool,
    /// The number of the event under way.
    event: u64,
    /// What the event under way has recorded so far.
    unwritten: Vec<Entry>,
    /// Why an event could not be written, once one could not: what is known is then no longer what is kept.
    broken: Option<String>,
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

impl State {
    /// What a journal's entries add up to.
    fn replayed(journal: &dyn Journal) -> io::Result<Self> {
        let mut state = Self { remembers: journal.is_memory(), ..Self::default() };
        for entry in journal.replay()? {
            state.apply(entry);
        }
        state.waiting.written(u64::MAX);
        Ok(state)
    }

    fn record(&mut self, entry: Entry) {
        self.unwritten.push(entry.clone());
        self.apply(entry);
    }

    fn apply(&mut self, entry: Entry) {
        self.entries += 1;
        match entry {
            Entry::Delivered { .. } | Entry::Quarantined(_) | Entry::Logged(_) if !self.remembers => {}
            Entry::Delivered { mailbox, message } => self.mailboxes.entry(mailbox).or_default().push(message),
            Entry::Quarantined(message) => self.quarantine.push(message),
            Entry::Logged(record) => self.log.push(record),
            Entry::TakenIn { arrival, at } => {
                self.taken_in.insert(arrival, at);
            }
            Entry::Queued(mut outgoing) => {
                if !self.remembers {
                    outgoing.body = outgoing.body.kept();
                }
                self.waiting.put(outgoing, self.event);
            }
            Entry::Deferred { id, to, due } => self.waiting.defer(id, to, due),
            Entry::Dequeued(id) => {
                self.waiting.remove(id);
            }
            Entry::Tracked { about, at } => self.submissions.put(Tracked::new(about, at)),
            Entry::Reached { identifier, recipient, milestone } => {
                self.submissions.reach(&identifier, &recipient, milestone);
            }
            Entry::Forgotten(before) => {
                self.taken_in.retain(|_, at| *at >= before);
                self.submissions.forget_ended_before(before);
            }
        }
    }
}

impl Body {
    /// The same, as the journal keeps it.
    #[must_use]
    pub fn kept(&self) -> Self {
        match self {
            Self::Held(bytes) => Self::Kept(BodyName::of(bytes)),
            Self::Kept(name) => Self::Kept(*name),
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn message(bytes: &[u8]) -> Stored {
        Stored { bytes: bytes.into(), at: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn a_journal_opened_again_tells_the_same() {
        let journal = InMemory::default();
        let store = Store::open(journal.clone()).unwrap();
        let path = SmtpPath { from: String::new(), to: vec!["a@b.example".into(), "c@b.example".into()] };
        store
            .event(|| {
                store.record(Entry::Delivered { mailbox: "a@b.example".into(), message: message(b"1") });
                store.record(Entry::Quarantined(message(b"2")));
                store.queue(path, b"3"[..].into(), Purpose::Ordinary, Timestamp::UNIX_EPOCH);
                store.record(Entry::Deferred { id: 1, to: vec!["c@b.example".into()], due: Timestamp::MAX });
                assert!(store.take_in("alfa", "id", "A@b.example", Timestamp::UNIX_EPOCH));
            })
            .unwrap();
        let again = Store::open(journal).unwrap();
        assert_eq!(again.mailbox("A@B.example"), [message(b"1")]);
        assert_eq!(again.quarantine(), [message(b"2")]);
        assert_eq!(again.due_by(Timestamp::MAX, &HashSet::new()), [("b.example".to_owned(), 1)]);
        let waiting = again.waiting(1).unwrap();
        assert_eq!((waiting.attempts, waiting.path.to.len()), (1, 1));
        assert_eq!(*again.body(&waiting).unwrap(), *b"3");
        assert!(!again.take_in("alfa", "id", "a@b.example", Timestamp::UNIX_EPOCH));
        assert!(again.take_in("bravo", "id", "a@b.example", Timestamp::UNIX_EPOCH));
    }

    #[test]
    fn an_event_that_panics_has_not_happened_and_the_next_one_writes_nothing_of_it() {
        let journal = InMemory::default();
        let store = Store::open(journal.clone()).unwrap();
        let deliver = |bytes: &[u8]| {
            store.record(Entry::Delivered { mailbox: "a@b.example".into(), message: message(bytes) });
        };
        store.event(|| deliver(b"1")).unwrap();
        let half = panic::catch_unwind(AssertUnwindSafe(|| {
            store.event(|| {
                deliver(b"half");
                panic!("in the midst of it");
            })
        }));
        assert!(half.is_err());
        store.event(|| deliver(b"2")).unwrap();
        for store in [&store, &Store::open(journal).unwrap()] {
            assert_eq!(store.mailbox("a@b.example"), [message(b"1"), message(b"2")]);
        }
    }

    #[test]
    fn an_event_that_cannot_be_written_sends_nothing_and_nothing_follows_it() {
        let store = Store::open(Full).unwrap();
        let queue = || store.queue(SmtpPath::default(), b""[..].into(), Purpose::Ordinary, Timestamp::UNIX_EPOCH);
        assert!(store.event(queue).is_err());
        assert!(store.due_by(Timestamp::MAX, &HashSet::new()).is_empty());
        assert!(store.event(|| ()).unwrap_err().to_string().starts_with("the journal is out of order: "));
    }

    /// A journal that writes nothing until its gate is opened: how many events each stroke wrote.
    #[derive(Clone, Default)]
    struct Gated {
        gate: Arc<Mutex<()>>,
        strokes: Arc<Mutex<Vec<usize>>>,
        inner: InMemory,
    }

    impl Journal for Gated {
        fn append(&self, events: &[Vec<Entry>]) -> io::Result<()> {
            drop(locked(&self.gate));
            locked(&self.strokes).push(events.len());
            self.inner.append(events)
        }

        fn replay(&self) -> io::Result<Vec<Entry>> {
            self.inner.replay()
        }

        fn body(&self, name: &BodyName) -> io::Result<Bytes> {
            self.inner.body(name)
        }

        fn is_memory(&self) -> bool {
            true
        }
    }

    #[test]
    fn events_that_happen_while_others_are_written_are_written_with_one_stroke_and_none_returns_before() {
        let journal = Gated::default();
        let store = Store::open(journal.clone()).unwrap();
        let closed = locked(&journal.gate);
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..20_u8)
                .map(|number| {
                    let (store, journal) = (&store, &journal);
                    scope.spawn(move || {
                        let entry = Entry::Delivered { mailbox: "a@b.example".into(), message: message(&[number]) };
                        store.event(|| store.record(entry)).unwrap();
                        let written = journal.replay().unwrap();
                        let is_own = |entry: &Entry| match entry {
                            Entry::Delivered { message, .. } => *message.bytes == [number],
                            _ => false,
                        };
                        assert!(written.iter().any(is_own), "it returned too early");
                    })
                })
                .collect();
            // All have happened, and all but what the first one took wait to be written.
            while store.state().event < 20 || locked(&store.gathered).len() < 19 - 1 {
                std::thread::yield_now();
            }
            assert!(threads.iter().all(|thread| !thread.is_finished()));
            drop(closed);
        });
        let strokes = locked(&journal.strokes).clone();
        assert_eq!(strokes.iter().sum::<usize>(), 20);
        assert!(strokes.len() <= 3, "{strokes:?}");
    }
}
