//! What a harness sees of a world: every session and message, and the directories that were in force; it grows while the
//! world lives.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::{
    evidence::{DirectoryVersion, SmtpPath},
    message::Bytes,
    net::{Call, Calls, Reply, Transcript},
};

/// A tap on every wire of a world.
#[derive(Debug, Default)]
pub struct Tap {
    calls: Calls,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    doors: Doors,
    directories: Vec<DirectoryVersion>,
    sessions: Vec<SeenSession>,
    transmissions: Vec<Transmission>,
    /// Those from hosts of this world to others.
    handed_over: Vec<Transmission>,
    /// What hosts of this world sent, while somebody else keeps it.
    sent: Vec<Bytes>,
}

/// Whom the hosts of a world talk to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Doors {
    /// Everybody.
    #[default]
    Open,
    /// The clients of this world alone: a stranger is turned away when it says its name, and is not waited for.
    OwnOnly,
}

/// A session that a server of this world saw.
#[derive(Clone, Debug)]
pub struct SeenSession {
    /// The connection.
    pub call: Call,
    /// The server's host name; the client's is [`Transcript::client`].
    pub server: String,
    /// What was said; it grows while the session lasts.
    pub transcript: Transcript,
    /// When it began, by the legal clock.
    pub at: Timestamp,
}

/// A message that crossed a wire, taken or refused.
#[derive(Clone, Debug)]
pub struct Transmission {
    /// The name the client gave with EHLO.
    pub client: String,
    /// The server's host name.
    pub server: String,
    /// Who authenticated, on submission.
    pub user: Option<String>,
    /// MAIL FROM and the RCPT TO accepted.
    pub path: SmtpPath,
    /// The message.
    pub bytes: Bytes,
    /// The reply to it.
    pub reply: Reply,
    /// When, by the legal clock.
    pub at: Timestamp,
    /// The session it came in.
    pub transcript: Transcript,
}

impl Tap {
    /// Every message that crossed a wire so far, in the order in which servers had them.
    pub fn transmissions(&self) -> Vec<Transmission> {
        self.seen().transmissions.clone()
    }

    /// Every message so far that a host of this world handed to one of another, taken or refused.
    pub fn transmissions_to_others(&self) -> Vec<Transmission> {
        self.seen().handed_over.clone()
    }

    /// Every session so far, those without a message too, and those of strangers left out.
    pub fn sessions(&self) -> Vec<SeenSession> {
        self.sessions_of(|call| self.welcomes(call))
    }

    /// The sessions of those that the [`Doors`] are closed to.
    pub fn strangers(&self) -> Vec<SeenSession> {
        self.sessions_of(|call| !self.welcomes(call))
    }

    /// Every directory there was, oldest first.
    pub fn directories(&self) -> Vec<DirectoryVersion> {
        self.seen().directories.clone()
    }

    /// Whom the hosts of this world talk to from now on.
    pub fn set_doors(&self, doors: Doors) {
        self.seen().doors = doors;
    }

    /// Where its clients enter the connections they make.
    pub(super) fn calls(&self) -> Calls {
        self.calls.clone()
    }

    /// A client enters its call before it says a word, so whoever has said one is known or a stranger.
    pub(super) fn welcomes(&self, call: &Call) -> bool {
        self.seen().doors == Doors::Open || self.calls.made(call)
    }

    pub(super) fn directory(&self, version: DirectoryVersion) {
        self.seen().directories.push(version);
    }

    pub(super) fn session(&self, session: SeenSession) {
        self.seen().sessions.push(session);
    }

    pub(super) fn transmission(&self, transmission: Transmission) {
        self.seen().transmissions.push(transmission);
    }

    pub(super) fn handed_over(&self, transmission: Transmission) {
        self.seen().handed_over.push(transmission);
    }

    /// A message taken from a wire; where a host of this world sent it, the same bytes that it keeps.
    pub(super) fn shared(&self, message: Vec<u8>) -> Bytes {
        let mut seen = self.seen();
        seen.sent.retain(|sent| sent.holders() > 1);
        let same = seen.sent.iter().rev().find(|sent| ***sent == *message).cloned();
        same.unwrap_or_else(|| message.into())
    }

    /// A message goes out; kept once, however many have it then.
    pub fn sent(&self, message: &Bytes) {
        self.seen().sent.push(message.clone());
    }

    fn sessions_of(&self, wanted: impl Fn(&Call) -> bool) -> Vec<SeenSession> {
        let mut sessions = self.seen().sessions.clone();
        sessions.retain(|seen| wanted(&seen.call));
        sessions
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
