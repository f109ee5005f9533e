//! What a journal's entries add up to.

use std::{
    collections::{BTreeMap, HashMap},
    io,
};

use jiff::Timestamp;

use super::{ArrivalName, Entry, Journal, Stored, Tracked, tracked::Submissions, waiting::Waiting};
use crate::evidence::LogRecord;

/// What is known.
#[derive(Default)]
pub(super) struct State {
    /// How many entries there were.
    pub entries: u64,
    pub mailboxes: BTreeMap<String, Vec<Stored>>,
    pub quarantine: Vec<Stored>,
    pub log: Vec<LogRecord>,
    pub taken_in: HashMap<ArrivalName, Timestamp>,
    pub waiting: Waiting,
    pub submissions: Submissions,
    /// Whether mailboxes, virus store, log and the bodies of what waits are remembered.
    pub remembers: bool,
    /// The number of the event under way.
    pub event: u64,
    /// What the event under way has recorded so far.
    pub unwritten: Vec<Entry>,
    /// Why an event could not be written, once one could not: what is known is then no longer what is kept.
    pub broken: Option<String>,
}

impl State {
    /// What a journal's entries add up to.
    pub fn replayed(journal: &dyn Journal) -> io::Result<Self> {
        let mut state = Self { remembers: journal.is_memory(), ..Self::default() };
        for entry in journal.replay()? {
            state.apply(entry);
        }
        state.waiting.written(u64::MAX);
        Ok(state)
    }

    /// Notes one change of the event under way.
    pub fn record(&mut self, entry: Entry) {
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
