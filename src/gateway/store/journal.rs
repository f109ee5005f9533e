//! What a gateway keeps: one entry for each change, appended event by event.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;

use super::Stored;
use crate::{
    evidence::{LogRecord, SmtpPath},
    gateway::compose::Certified,
    message::Bytes,
};

/// Keeps entries. Once `append` has returned, they survive whatever the journal promises to survive.
pub trait Journal: Send + Sync {
    /// Appends the entries of one event: all of them, or none.
    fn append(&self, entries: &[Entry]) -> io::Result<()>;

    /// Every entry so far, in order.
    fn replay(&self) -> io::Result<Vec<Entry>>;

    /// Whether mailboxes, virus store and log are looked for in the store that writes it; where not, the journal has put them
    /// where they are looked for, and nobody remembers them.
    fn is_memory(&self) -> bool;
}

impl<J: Journal> Journal for Arc<J> {
    fn append(&self, entries: &[Entry]) -> io::Result<()> {
        (**self).append(entries)
    }

    fn replay(&self) -> io::Result<Vec<Entry>> {
        (**self).replay()
    }

    fn is_memory(&self) -> bool {
        (**self).is_memory()
    }
}

/// A journal in memory: it survives the store that writes it, and nothing else.
#[derive(Clone, Debug, Default)]
pub struct InMemory(Arc<Mutex<Vec<Entry>>>);

impl Journal for InMemory {
    fn append(&self, entries: &[Entry]) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(entries);
        Ok(())
    }

    fn replay(&self) -> io::Result<Vec<Entry>> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn is_memory(&self) -> bool {
        true
    }
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
    pub bytes: Bytes,
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
#[derive(Clone, Debug)]
pub enum Purpose {
    /// A transport envelope of the submission with this identifier.
    Envelope {
        /// The PEC msgid.
        identifier: String,
    },
    /// A notification to another provider or its user.
    Notification {
        /// What it is about.
        about: Certified,
        /// The provider of that message's sender.
        provider: String,
    },
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
    /// The 24-hour notice went out; with it everything is told.
    SecondNotice,
}

/// A journal whose disk is full from the start.
#[cfg(test)]
pub(in crate::gateway) struct Full;

#[cfg(test)]
impl Journal for Full {
    fn append(&self, _: &[Entry]) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn replay(&self) -> io::Result<Vec<Entry>> {
        Ok(Vec::new())
    }

    fn is_memory(&self) -> bool {
        true
    }
}
