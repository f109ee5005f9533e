//! What a harness sees of a world: every session and message, and the directories that were in force; it grows while the
//! world lives.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;

use crate::{
    evidence::{DirectoryVersion, Service, SmtpPath},
    message::Bytes,
    net::{Call, Calls, Reply, Transcript},
};

/// A tap on every wire of a world.
#[derive(Debug, Default)]
pub struct Tap {
    calls: Calls,
    doors: Doors,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    directories: Vec<DirectoryVersion>,
    sessions: Vec<SeenSession>,
    transmissions: Vec<Transmission>,
    errands: Vec<Errand>,
    /// What is being handed over to a host of another world, or broke off without an answer, by number.
    unanswered: BTreeMap<usize, Unanswered>,
    /// How many were begun to be.
    begun: usize,
}

/// Whom the hosts of a world talk to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Doors {
    /// Everybody.
    #[default]
    Open,
    /// The clients of this world alone: a stranger is turned away when it says its name, and is not waited for.
    OwnOnly,
    /// Where users log in the clients of this world alone, and everybody where hosts hand over: what a gateway elsewhere
    /// calls with, its words alone tell.
    OpenToHosts,
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

/// A session of a host of this world with one of another, whose own tap is not this one.
#[derive(Clone, Debug)]
pub struct Errand {
    /// The name the client gave with EHLO.
    pub client: String,
    /// The server's host name.
    pub server: String,
    /// What was said.
    pub transcript: Transcript,
    /// What was handed over in it, taken or refused; `None` where it came to no message, or to no answer to it.
    pub transmission: Option<Transmission>,
}

/// A message that was begun to be handed over to a host of another world, and has no answer: it may have been taken.
#[derive(Clone, Debug)]
pub struct Unanswered {
    /// The server's host name.
    pub server: String,
    /// Paths as asked for.
    pub path: SmtpPath,
    /// The message.
    pub bytes: Bytes,
}

impl Tap {
    /// A tap on some of the hosts of a world whose clients enter their calls here.
    pub fn of(calls: Calls, doors: Doors) -> Self {
        Self { calls, doors, seen: Mutex::default() }
    }

    /// Every message that crossed a wire so far, in the order in which servers had them.
    pub fn transmissions(&self) -> Vec<Transmission> {
        self.seen().transmissions.clone()
    }

    /// Every session so far of a host of this world with one of another.
    pub fn errands(&self) -> Vec<Errand> {
        self.seen().errands.clone()
    }

    /// What has no answer from a host of another world so far.
    pub fn unanswered(&self) -> Vec<Unanswered> {
        self.seen().unanswered.values().cloned().collect()
    }

    /// Every session so far, those without a message too, and those of strangers left out.
    pub fn sessions(&self) -> Vec<SeenSession> {
        self.sessions_of(|seen| self.welcomes(&seen.call, seen.transcript.service()))
    }

    /// The sessions of those that the [`Doors`] are closed to.
    pub fn strangers(&self) -> Vec<SeenSession> {
        self.sessions_of(|seen| !self.welcomes(&seen.call, seen.transcript.service()))
    }

    /// Every directory there was, oldest first.
    pub fn directories(&self) -> Vec<DirectoryVersion> {
        self.seen().directories.clone()
    }

    /// Whether a client of this world called.
    pub fn is_own(&self, call: &Call) -> bool {
        self.calls.made(call)
    }

    /// Where its clients enter the connections they make.
    pub(super) fn calls(&self) -> Calls {
        self.calls.clone()
    }

    /// Whether an open connection is waited for: whoever calls from elsewhere may keep it for as long as he likes.
    pub(super) fn waits_for(&self, call: &Call) -> bool {
        self.doors == Doors::Open || self.is_own(call)
    }

    /// A client enters its call before it says a word, so whoever has said one is known or a stranger.
    pub(super) fn welcomes(&self, call: &Call, service: Service) -> bool {
        match self.doors {
            Doors::Open => true,
            Doors::OpenToHosts if matches!(service, Service::Incoming | Service::Ordinary) => true,
            Doors::OpenToHosts | Doors::OwnOnly => self.is_own(call),
        }
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

    /// A message is about to be handed over to a host of another world; its number.
    pub(super) fn begins(&self, message: Unanswered) -> usize {
        let mut seen = self.seen();
        seen.begun += 1;
        let number = seen.begun;
        seen.unanswered.insert(number, message);
        number
    }

    /// The session came to its end, with an answer or before anything was to be answered.
    pub(super) fn is_answered(&self, number: usize) {
        self.seen().unanswered.remove(&number);
    }

    pub(super) fn errand(&self, errand: Errand) {
        self.seen().errands.push(errand);
    }

    fn sessions_of(&self, wanted: impl Fn(&SeenSession) -> bool) -> Vec<SeenSession> {
        self.seen().sessions.iter().filter(|seen| wanted(seen)).cloned().collect()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
