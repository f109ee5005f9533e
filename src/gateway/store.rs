//! Everything a gateway must not lose: mailboxes, queue, messages under way, virus store and log (2.2.4, 2.3).
//!
//! What is known is what the entries of one [`Journal`] add up to. The entries of one event (a message taken, an attempt to
//! send, a timer) are appended together, before anything of it leaves the gateway: after a crash an event has happened
//! or it has not. So a durable journal can take the place of the one in memory without the points noticing.

mod journal;

use std::{
    collections::{BTreeMap, HashSet},
    io,
    panic::{self, AssertUnwindSafe},
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

#[cfg(test)]
pub(super) use journal::Full;
pub use journal::{Entry, InMemory, Journal, Milestone, Outgoing, Purpose};

use super::compose::{Certified, Typology};
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

/// A submission whose answers are waited for.
#[derive(Clone, Debug)]
pub struct Tracked {
    /// What was certified.
    pub about: Certified,
    /// When.
    pub at: Timestamp,
    /// Its certified recipients.
    pub recipients: Vec<Progress>,
}

/// How far a certified recipient has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Whose.
    pub address: String,
    /// Its provider took the message over.
    pub taken_over: bool,
    /// Nothing more is owed to the sender.
    pub ended: bool,
    /// Which timeout notices went out.
    pub noticed: Noticed,
}

/// Which timeout notices went out (3.1.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Noticed {
    /// None.
    #[default]
    Nothing,
    /// That of 12 hours.
    First,
    /// That of 24 hours, which ended it.
    Second,
}

/// What the entries add up to.
#[derive(Default)]
struct State {
    /// How many there were.
    entries: u64,
    mailboxes: BTreeMap<String, Vec<Stored>>,
    quarantine: Vec<Stored>,
    log: Vec<LogRecord>,
    taken_in: HashSet<(String, String, String)>,
    queue: BTreeMap<u64, Outgoing>,
    last_queued: u64,
    tracked: BTreeMap<String, Tracked>,
    /// Whether mailboxes, virus store and log are remembered.
    remembers: bool,
    /// What the event under way has recorded so far.
    unwritten: Vec<Entry>,
    /// Set when an event could not be written: what is known is then no longer what is kept.
    broken: bool,
}

/// A gateway's memory over its journal.
pub struct Store {
    journal: Box<dyn Journal>,
    state: Mutex<State>,
    /// Held by the event under way: events happen one after the other.
    event: Mutex<()>,
    /// Told of each event that changed anything.
    changed: Notify,
}

impl Store {
    /// Opens a journal: what was known when it was last written is known again.
    pub fn open(journal: impl Journal + 'static) -> io::Result<Self> {
        let state = State::replayed(&journal)?;
        Ok(Self {
            journal: Box::new(journal),
            state: Mutex::new(state),
            event: Mutex::default(),
            changed: Notify::new(),
        })
    }

    /// One event: what `happens` records is written together. An event that cannot be written puts the store out of
    /// order until it is opened again: from then on nothing is taken and nothing sent. One that panics has not happened.
    pub fn event<T>(&self, happens: impl FnOnce() -> T) -> io::Result<T> {
        let _one = self.event.lock().unwrap_or_else(PoisonError::into_inner);
        self.in_order()?;
        let outcome = panic::catch_unwind(AssertUnwindSafe(happens)).unwrap_or_else(|panic| {
            *self.state() = State::replayed(&*self.journal).unwrap_or_else(|_| State::out_of_order());
            panic::resume_unwind(panic)
        });
        let entries = std::mem::take(&mut self.state().unwritten);
        let written = self.journal.append(&entries);
        self.state().broken = written.is_err();
        if !entries.is_empty() {
            self.changed.notify_one();
        }
        written.map(|()| outcome)
    }

    /// Returns once an event has changed anything since the last call. One waits at a time: who keeps the time.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Records one change of the event under way.
    pub fn record(&self, entry: Entry) {
        self.state().record(entry);
    }

    fn in_order(&self) -> io::Result<()> {
        if self.state().broken { Err(io::Error::other("the journal is out of order")) } else { Ok(()) }
    }

    /// Takes an envelope in for a recipient; false where that was done before.
    pub fn take_in(&self, provider: &str, identifier: &str, recipient: &str) -> bool {
        let entry = Entry::TakenIn {
            provider: provider.to_owned(),
            identifier: identifier.to_owned(),
            recipient: recipient.to_ascii_lowercase(),
        };
        let mut state = self.state();
        let new = !state.knows(&entry);
        if new {
            state.record(entry);
        }
        new
    }

    /// Lets a message wait to be sent, first at `due`.
    pub fn queue(&self, path: SmtpPath, bytes: Bytes, purpose: Purpose, due: Timestamp) {
        let mut state = self.state();
        let id = state.last_queued + 1;
        state.record(Entry::Queued(Outgoing { id, path, bytes, purpose, since: due, due, attempts: 0 }));
    }

    /// Records what is known of a recipient; false where it was known or nobody waits for it.
    pub fn reach(&self, identifier: &str, recipient: &str, milestone: Milestone) -> bool {
        let mut state = self.state();
        let waiting = state.progress(identifier, recipient).is_some_and(|progress| !progress.has(milestone));
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

    /// What waits to be sent: nothing that is not written yet, and nothing at all once out of order.
    pub fn waiting(&self) -> Vec<Outgoing> {
        let _none = self.event.lock().unwrap_or_else(PoisonError::into_inner);
        let state = self.state();
        if state.broken { Vec::new() } else { state.queue.values().cloned().collect() }
    }

    /// How many entries its journal holds.
    pub fn entries(&self) -> u64 {
        self.state().entries
    }

    /// The submission with this identifier.
    pub fn tracked(&self, identifier: &str) -> Option<Tracked> {
        self.state().tracked.get(identifier).cloned()
    }

    /// The submissions of which somebody is still waited for.
    pub fn open_submissions(&self) -> Vec<Tracked> {
        let open = |tracked: &&Tracked| tracked.recipients.iter().any(|progress| !progress.ended);
        self.state().tracked.values().filter(open).cloned().collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What a journal's entries add up to.
    fn replayed(journal: &dyn Journal) -> io::Result<Self> {
        let mut state = Self { remembers: journal.is_memory(), ..Self::default() };
        for entry in journal.replay()? {
            state.apply(entry);
        }
        Ok(state)
    }

    /// Nothing is known, and nothing is promised any more.
    fn out_of_order() -> Self {
        Self { broken: true, ..Self::default() }
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
            Entry::TakenIn { provider, identifier, recipient } => {
                self.taken_in.insert((provider, identifier, recipient));
            }
            Entry::Queued(outgoing) => {
                self.last_queued = self.last_queued.max(outgoing.id);
                self.queue.insert(outgoing.id, outgoing);
            }
            Entry::Deferred { id, to, due } => {
                if let Some(outgoing) = self.queue.get_mut(&id) {
                    outgoing.path.to = to;
                    outgoing.due = due;
                    outgoing.attempts += 1;
                }
            }
            Entry::Dequeued(id) => {
                self.queue.remove(&id);
            }
            Entry::Tracked { about, at } => {
                let certified = about.recipients.iter().filter(|recipient| recipient.typology == Typology::Certified);
                let recipients = certified.map(|recipient| Progress::of(&recipient.address)).collect();
                self.tracked.insert(about.identifier.clone(), Tracked { about, at, recipients });
            }
            Entry::Reached { identifier, recipient, milestone } => {
                if let Some(progress) = self.progress(&identifier, &recipient) {
                    match milestone {
                        Milestone::TakenOver => progress.taken_over = true,
                        Milestone::Ended => progress.ended = true,
                        Milestone::FirstNotice => progress.noticed = Noticed::First,
                        Milestone::SecondNotice => (progress.ended, progress.noticed) = (true, Noticed::Second),
                    }
                }
            }
        }
    }

    fn knows(&self, entry: &Entry) -> bool {
        match entry {
            Entry::TakenIn { provider, identifier, recipient } => {
                self.taken_in.contains(&(provider.clone(), identifier.clone(), recipient.clone()))
            }
            _ => false,
        }
    }

    fn progress(&mut self, identifier: &str, recipient: &str) -> Option<&mut Progress> {
        self.tracked.get_mut(identifier)?.recipients.iter_mut().find(|progress| progress.is_of(recipient))
    }
}

impl Progress {
    fn of(address: &str) -> Self {
        Self { address: address.to_owned(), taken_over: false, ended: false, noticed: Noticed::Nothing }
    }

    /// Whether it is this recipient's, letter case ignored.
    pub fn is_of(&self, recipient: &str) -> bool {
        self.address.eq_ignore_ascii_case(recipient)
    }

    fn has(&self, milestone: Milestone) -> bool {
        match milestone {
            Milestone::TakenOver => self.taken_over,
            // Nothing more is owed then, whatever ended it.
            Milestone::Ended | Milestone::SecondNotice => self.ended,
            Milestone::FirstNotice => self.noticed >= Noticed::First,
        }
    }

    /// When the sender is owed the next timeout notice, and which: nothing once ended; the first one only while neither a
    /// takeover nor a delivery is known (3.1.6).
    pub fn next_notice(&self, at: Timestamp, second: SignedDuration) -> Option<(super::compose::Deadline, Timestamp)> {
        use super::compose::Deadline::{Twelve, TwentyFour};
        if self.ended {
            None
        } else if self.taken_over || self.noticed >= Noticed::First {
            Some((TwentyFour, at + second))
        } else {
            Some((Twelve, at + SignedDuration::from_hours(12)))
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
                assert!(store.take_in("alfa", "id", "A@b.example"));
            })
            .unwrap();
        let again = Store::open(journal).unwrap();
        assert_eq!(again.mailbox("A@B.example"), [message(b"1")]);
        assert_eq!(again.quarantine(), [message(b"2")]);
        let waiting = again.waiting();
        assert_eq!((waiting.len(), waiting[0].attempts, waiting[0].path.to.len()), (1, 1, 1));
        assert!(!again.take_in("alfa", "id", "a@b.example"));
        assert!(again.take_in("bravo", "id", "a@b.example"));
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
        assert!(store.waiting().is_empty());
        assert_eq!(store.event(|| ()).unwrap_err().to_string(), "the journal is out of order");
    }
}
