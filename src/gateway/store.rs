//! Everything a gateway must not lose: mailboxes, queue, messages under way, virus store and log (2.2.4, 2.3).
//!
//! Every change is an [`Entry`] appended to one [`Journal`] before it counts; what is known is what the entries add up to.
//! So a durable journal can take the place of the one in memory without the points noticing.

use std::{
    collections::{BTreeMap, HashSet},
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use super::compose::{Certified, Typology};
use crate::evidence::{LogRecord, SmtpPath};

/// A message kept, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The bytes.
    pub bytes: Arc<[u8]>,
    /// Since when, legal time's instant.
    pub at: Timestamp,
}

/// One change.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A message was put into a mailbox.
    Delivered {
        /// Whose, in lower case.
        mailbox: String,
        /// What.
        message: Stored,
    },
    /// An infected message was put away, for 30 months (2.2.4).
    Quarantined(Stored),
    /// A log record was written, for 30 months (2.3).
    Logged(LogRecord),
    /// An envelope was taken in for a recipient: it is not taken in again.
    TakenIn {
        /// The provider that signed it.
        provider: String,
        /// Its identifier.
        identifier: String,
        /// The recipient, in lower case.
        recipient: String,
    },
    /// A message waits to be sent.
    Queued(Outgoing),
    /// It could not be sent to some recipients and waits again.
    Deferred {
        /// Which.
        id: u64,
        /// Who still lacks it.
        to: Vec<String>,
        /// Until when.
        due: Timestamp,
    },
    /// Nobody lacks it any more, or it was given up.
    Dequeued(u64),
    /// A submission was accepted; its recipients' answers are waited for.
    Tracked {
        /// What was certified.
        about: Certified,
        /// When.
        at: Timestamp,
    },
    /// Something is known of a recipient of a submission.
    Reached {
        /// The submission's identifier.
        identifier: String,
        /// The recipient, in lower case.
        recipient: String,
        /// What.
        milestone: Milestone,
    },
}

/// A message that waits to be sent.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Number in the queue.
    pub id: u64,
    /// Reverse and forward paths; the latter all of one destination.
    pub path: SmtpPath,
    /// The message.
    pub bytes: Arc<[u8]>,
    /// What it is, which says who is told when it cannot be sent.
    pub purpose: Purpose,
    /// Since when it waits.
    pub since: Timestamp,
    /// When it is tried next.
    pub due: Timestamp,
    /// How often it was tried.
    pub attempts: usize,
}

/// What an outgoing message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A transport envelope of the submission with this identifier.
    Envelope {
        /// The PEC msgid.
        identifier: String,
    },
    /// A notification to another provider or its user.
    Notification,
    /// Ordinary mail: copies and news that a mailbox's owner asked for, and delivery status notifications.
    Ordinary,
}

/// What can be known of a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Milestone {
    /// Its provider took the message over.
    TakenOver,
    /// Delivered, or told that it will not be.
    Ended,
    /// The 12-hour notice went out.
    FirstNotice,
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
    /// The 12-hour notice went out.
    pub first_notice: bool,
}

/// Keeps entries. Once `append` has returned, an entry survives whatever the journal promises to survive.
pub trait Journal: Send + Sync {
    /// Appends an entry.
    fn append(&self, entry: &Entry) -> io::Result<()>;

    /// Every entry so far, in order.
    fn replay(&self) -> io::Result<Vec<Entry>>;
}

/// A journal in memory: it survives the store that writes it, and nothing else.
#[derive(Clone, Debug, Default)]
pub struct InMemory(Arc<Mutex<Vec<Entry>>>);

impl Journal for InMemory {
    fn append(&self, entry: &Entry) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(entry.clone());
        Ok(())
    }

    fn replay(&self) -> io::Result<Vec<Entry>> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// What the entries add up to.
#[derive(Default)]
struct State {
    mailboxes: BTreeMap<String, Vec<Stored>>,
    quarantine: Vec<Stored>,
    log: Vec<LogRecord>,
    taken_in: HashSet<(String, String, String)>,
    queue: BTreeMap<u64, Outgoing>,
    last_queued: u64,
    tracked: BTreeMap<String, Tracked>,
}

/// A gateway's memory over its journal.
pub struct Store {
    journal: Box<dyn Journal>,
    state: Mutex<State>,
}

impl Store {
    /// Opens a journal: what was known when it was last written is known again.
    pub fn open(journal: impl Journal + 'static) -> io::Result<Self> {
        let mut state = State::default();
        for entry in journal.replay()? {
            state.apply(entry);
        }
        Ok(Self { journal: Box::new(journal), state: Mutex::new(state) })
    }

    /// Records one change.
    pub fn record(&self, entry: Entry) -> io::Result<()> {
        let mut state = self.state();
        self.journal.append(&entry)?;
        state.apply(entry);
        Ok(())
    }

    /// Takes an envelope in for a recipient; false where that was done before.
    pub fn take_in(&self, provider: &str, identifier: &str, recipient: &str) -> io::Result<bool> {
        let entry = Entry::TakenIn {
            provider: provider.to_owned(),
            identifier: identifier.to_owned(),
            recipient: recipient.to_ascii_lowercase(),
        };
        let mut state = self.state();
        if state.knows(&entry) {
            return Ok(false);
        }
        self.journal.append(&entry)?;
        state.apply(entry);
        Ok(true)
    }

    /// Lets a message wait to be sent at once.
    pub fn queue(&self, path: SmtpPath, bytes: Arc<[u8]>, purpose: Purpose, now: Timestamp) -> io::Result<()> {
        let mut state = self.state();
        let id = state.last_queued + 1;
        let entry = Entry::Queued(Outgoing { id, path, bytes, purpose, since: now, due: now, attempts: 0 });
        self.journal.append(&entry)?;
        state.apply(entry);
        Ok(())
    }

    /// Records what is known of a recipient; false where it was known or nobody waits for it.
    pub fn reach(&self, identifier: &str, recipient: &str, milestone: Milestone) -> io::Result<bool> {
        let mut state = self.state();
        let waiting = state.progress(identifier, recipient).is_some_and(|progress| !progress.has(milestone));
        if waiting {
            let entry = Entry::Reached {
                identifier: identifier.to_owned(),
                recipient: recipient.to_ascii_lowercase(),
                milestone,
            };
            self.journal.append(&entry)?;
            state.apply(entry);
        }
        Ok(waiting)
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

    /// What waits to be sent.
    pub fn waiting(&self) -> Vec<Outgoing> {
        self.state().queue.values().cloned().collect()
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
    fn apply(&mut self, entry: Entry) {
        match entry {
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
                        Milestone::FirstNotice => progress.first_notice = true,
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
        let tracked = self.tracked.get_mut(identifier)?;
        tracked.recipients.iter_mut().find(|progress| progress.address.eq_ignore_ascii_case(recipient))
    }
}

impl Progress {
    fn of(address: &str) -> Self {
        Self { address: address.to_owned(), taken_over: false, ended: false, first_notice: false }
    }

    fn has(&self, milestone: Milestone) -> bool {
        match milestone {
            Milestone::TakenOver => self.taken_over,
            Milestone::Ended => self.ended,
            Milestone::FirstNotice => self.first_notice,
        }
    }

    /// When the sender is owed the next timeout notice, and which: nothing once ended; the first one only while neither a
    /// takeover nor a delivery is known (3.1.6).
    pub fn next_notice(&self, at: Timestamp, second: SignedDuration) -> Option<(super::compose::Deadline, Timestamp)> {
        use super::compose::Deadline::{Twelve, TwentyFour};
        if self.ended {
            None
        } else if self.taken_over || self.first_notice {
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
