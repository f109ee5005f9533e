//! What a gateway keeps: one entry for each change, appended event by event.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use aws_lc_rs::digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Stored;
use crate::{
    evidence::{LogRecord, SmtpPath},
    gateway::compose::Certified,
    message::Bytes,
};

/// Keeps entries. Once `append` has returned, they survive whatever the journal promises to survive.
pub trait Journal: Send + Sync {
    /// Appends the entries of events, one event after the other: all entries of an event, or none.
    fn append(&self, events: &[Vec<Entry>]) -> io::Result<()>;

    /// Every entry so far that still matters, in order.
    fn replay(&self) -> io::Result<Vec<Entry>>;

    /// The body that it keeps by a name.
    fn body(&self, name: &BodyName) -> io::Result<Bytes>;

    /// Whether mailboxes, virus store and log are looked for in the store that writes it; where not, the journal has put them
    /// where they are looked for, and nobody remembers them.
    fn is_memory(&self) -> bool;
}

impl<J: Journal> Journal for Arc<J> {
    fn append(&self, events: &[Vec<Entry>]) -> io::Result<()> {
        (**self).append(events)
    }

    fn replay(&self) -> io::Result<Vec<Entry>> {
        (**self).replay()
    }

    fn body(&self, name: &BodyName) -> io::Result<Bytes> {
        (**self).body(name)
    }

    fn is_memory(&self) -> bool {
        (**self).is_memory()
    }
}

/// A journal in memory: it survives the store that writes it, and nothing else. Of what waits no longer it keeps no body.
#[derive(Clone, Debug, Default)]
pub struct InMemory(Arc<Mutex<Vec<Entry>>>);

impl Journal for InMemory {
    fn append(&self, events: &[Vec<Entry>]) -> io::Result<()> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in events.iter().flatten() {
            if let Entry::Dequeued(id) = entry {
                entries.iter_mut().for_each(|earlier| earlier.forget_body(*id));
            }
            entries.push(entry.clone());
        }
        Ok(())
    }

    fn replay(&self) -> io::Result<Vec<Entry>> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn body(&self, _: &BodyName) -> io::Result<Bytes> {
        Err(io::ErrorKind::NotFound.into())
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
    /// A message of another provider was taken in for a recipient: it is not taken in again.
    TakenIn {
        /// Which, and for whom.
        arrival: ArrivalName,
        /// When.
        at: Timestamp,
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
    /// What was taken in before this instant is not known any more, nor are submissions accepted before it of which nothing
    /// is owed.
    Forgotten(Timestamp),
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

impl Entry {
    /// Where a message waits by it with this number, it waits without its body from now on.
    fn forget_body(&mut self, number: u64) {
        match self {
            Self::Queued(outgoing) if outgoing.id == number => outgoing.body = Body::Held(Bytes::default()),
            _ => {}
        }
    }
}

/// What tells a message of another provider and a recipient of it from every other: a digest of the provider's name, the
/// message's identifier or Message-ID, and the recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ArrivalName(pub [u8; 32]);

impl ArrivalName {
    /// Of a message for a recipient, letter case of both names ignored.
    pub fn of(provider: &str, message: &str, recipient: &str) -> Self {
        let mut digest = digest::Context::new(&digest::SHA256);
        for part in [&provider.to_ascii_lowercase(), message, &recipient.to_ascii_lowercase()] {
            digest.update(&part.len().to_be_bytes());
            digest.update(part.as_bytes());
        }
        Self(octets(&digest.finish()))
    }
}

/// The SHA-256 of a body, by which it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BodyName(pub [u8; 32]);

impl BodyName {
    /// Of a body.
    pub fn of(bytes: &[u8]) -> Self {
        Self(octets(&digest::digest(&digest::SHA256, bytes)))
    }
}

fn octets(digest: &digest::Digest) -> [u8; 32] {
    let mut octets = [0; 32];
    octets.copy_from_slice(digest.as_ref());
    octets
}

/// The body of a message that waits: at hand, or kept by the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// Kept.
    Kept(BodyName),
    /// At hand.
    #[serde(skip)]
    Held(Bytes),
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

/// A message that waits to be sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outgoing {
    /// Number in the queue.
    pub id: u64,
    /// Reverse and forward paths; the latter all of one destination.
    pub path: SmtpPath,
    /// The message.
    pub body: Body,
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
#[derive(Clone, Debug, Serialize, Deserialize)]
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
    fn append(&self, _: &[Vec<Entry>]) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn replay(&self) -> io::Result<Vec<Entry>> {
        Ok(Vec::new())
    }

    fn body(&self, _: &BodyName) -> io::Result<Bytes> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn is_memory(&self) -> bool {
        true
    }
}
