//! The facts, compact, of everything that belongs to one submission.

mod grouping;
mod index;
mod strays;
use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(super) use grouping::transactions;
use index::Index;
pub use strays::{Move, Outline};

use super::{Culprit, Member, Sha256, Sighting};
use crate::{
    evidence::{Evidence, Party, Role, SmtpPath},
    message::Kind,
};

/// Everything that belongs to one PEC msgid, and the submission it came from. No bodies are kept.
#[derive(Clone, Debug, Default)]
pub struct Transaction {
    /// The PEC msgid (`identificativo`), without angle brackets; the Message-ID for what relates to no submission.
    pub identifier: String,
    /// The submission, where it was seen.
    pub submission: Option<Submission>,
    /// Every message, once per composed message (not per sighting), in the order first seen.
    pub messages: Vec<Member>,
    /// Where there are anomaly envelopes: what came over a wire with this Message-ID.
    pub arrivals: Vec<Arrival>,
    /// Ordinary mail that lies in a certified mailbox as it is: a transaction by itself.
    pub unwrapped: Option<Unwrapped>,
    index: Index,
}

/// A message that someone holds, and what it is put to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Placed {
    /// Its place among all messages, in the order they came.
    pub place: u64,
    /// The identifier of the messages that it belongs to: its own, unless it is a stray whose envelope is known.
    pub group: String,
    /// Its facts.
    pub member: Member,
}

/// Messages that someone holds, each once: one that lies in several places has several sightings.
#[derive(Default)]
pub struct Distinct {
    places: HashMap<Sha256, usize>,
    once: Vec<Placed>,
}

impl Distinct {
    /// Takes a message in.
    pub fn add(&mut self, placed: Placed) {
        let identity = placed.member.identity;
        if let Some(&at) = identity.and_then(|identity| self.places.get(&identity)) {
            self.once[at].member.seen.extend(placed.member.seen);
        } else {
            self.places.extend(identity.map(|identity| (identity, self.once.len())));
            self.once.push(placed);
        }
    }

    /// What tells which of them belong to messages of another identifier, which may be elsewhere.
    pub fn outlines(self) -> Vec<Outline> {
        strays::outlines(&grouping::groups(self.once))
    }
}

impl FromIterator<Placed> for Distinct {
    fn from_iter<T: IntoIterator<Item = Placed>>(messages: T) -> Self {
        let mut distinct = Self::default();
        for placed in messages {
            distinct.add(placed);
        }
        distinct
    }
}

/// What a user submitted.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The observation.
    pub observation: usize,
    /// Whose access point.
    pub to: Role,
    /// SMTP path.
    pub path: SmtpPath,
    /// When.
    pub at: Timestamp,
    /// The client's msgid, as sent.
    pub msgid: Option<String>,
    /// Whether the access point answered the message itself with an error: nothing is owed then.
    pub refused: bool,
}

/// A message of any sort that came over a wire.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The observation.
    pub observation: usize,
    /// To whom.
    pub to: Party,
    /// SMTP path.
    pub path: SmtpPath,
}

/// A message that no provider's system made, in a mailbox.
#[derive(Clone, Debug)]
pub struct Unwrapped {
    /// The observation.
    pub observation: usize,
    /// When it was seen.
    pub seen_at: Timestamp,
    /// Whose mailbox it is.
    pub host: Party,
    /// The mailbox.
    pub address: String,
}

impl Transaction {
    /// Of these messages, in the order first seen.
    fn new(identifier: String, messages: Vec<Member>) -> Self {
        let index = Index::of(&messages);
        Self { identifier, messages, index, ..Self::default() }
    }

    /// When it began, as far as seen.
    pub fn started(&self) -> Option<Timestamp> {
        let submitted = self.submission.as_ref().map(|submission| submission.at);
        let seen = || self.messages.iter().map(Member::first_seen).min();
        submitted.or_else(seen).or_else(|| Some(self.unwrapped.as_ref()?.seen_at))
    }

    /// What belongs together of all messages that someone holds.
    pub fn of_all(members: Distinct) -> Vec<Self> {
        grouping::of_groups(grouping::gathered(members.once), &Evidence::default())
    }

    /// What belongs together of messages to which no others belong, nor they to others.
    pub fn of_part(members: Distinct) -> Vec<Self> {
        grouping::of_groups(grouping::groups(members.once), &Evidence::default())
    }

    /// Whether a timeout notice is that of 24 hours.
    pub fn is_of_24_hours(&self, notice: &Member) -> bool {
        super::families::choreography::timeout::is_of_24_hours(self, notice)
    }

    /// When it began, or had begun: as seen, or as certified where only files tell.
    pub fn began(&self) -> Option<Timestamp> {
        let files = self.messages.iter().all(Member::is_in_file);
        let certified = || self.messages.iter().filter(|member| !member.is_doubtful()).map(Member::happened).min();
        let certified = files.then(|| self.dispatched().or_else(certified)).flatten();
        certified.or_else(|| self.started())
    }

    /// The messages of a kind, but for those that show nothing ([`Member::is_doubtful`]).
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Member> + Clone {
        self.index.of_kind(kind).iter().map(|&at| &self.messages[at])
    }

    /// The first message of a kind.
    pub fn first(&self, kind: Kind) -> Option<&Member> {
        self.of(kind).next()
    }

    /// What says most surely who certified what: the acceptance, else the envelope, else a non-acceptance; one whose sender
    /// can be read before one whose cannot.
    pub fn reference(&self) -> Option<&Member> {
        self.index.reference().map(|at| &self.messages[at])
    }

    /// What the sender's provider says of what it got.
    pub(super) fn references(&self) -> impl Iterator<Item = &Member> {
        const KINDS: [Kind; 4] =
            [Kind::Accettazione, Kind::PostaCertificata, Kind::NonAccettazione, Kind::NonAccettazioneVirus];
        KINDS.into_iter().flat_map(|kind| self.of(kind))
    }

    /// Who plays the sender's provider: whose access point took the submission, else who composed the envelope or the
    /// acceptance.
    pub fn sender_side(&self) -> Party {
        match &self.submission {
            Some(submission) => submission.to.into(),
            None => self.reference().map_or(Party::Undetermined, |member| member.composer),
        }
    }

    /// The sender's provider, to answer for something.
    pub(super) fn senders(&self) -> Culprit {
        Culprit { party: self.sender_side(), provider: self.reference().and_then(Member::answerable) }
    }

    /// When the message was dispatched: the instant that acceptance and envelope certify. An envelope for a provider out of
    /// reach is seen nowhere.
    pub fn dispatched(&self) -> Option<Timestamp> {
        let sent = self.first(Kind::PostaCertificata).or_else(|| self.first(Kind::Accettazione));
        sent?.data.instant()
    }

    /// The certified recipients, by the sender's provider's own data.
    pub fn certified_recipients(&self) -> impl Iterator<Item = &str> {
        self.reference().into_iter().flat_map(Member::certified_recipients)
    }

    /// Whether an address is one of the certified recipients.
    pub fn is_certified(&self, address: &str) -> bool {
        self.index.is_certified(address)
    }

    /// Whether there is a message of a kind that should name a recipient and names none of the certified ones, or one that may
    /// be anybody's: whom it is for cannot be told, and what seems to be missing may be this.
    pub fn leaves_open(&self, kind: Kind) -> bool {
        self.index.is_open(kind)
    }

    /// Messages of a kind that concern a recipient: delivered or tried, or taken over.
    pub fn concerning(&self, kind: Kind, recipient: &str) -> impl Iterator<Item = &Member> + Clone {
        self.index.concerning(kind, recipient).iter().map(|&at| &self.messages[at])
    }

    /// Sightings of the envelope in a mailbox.
    pub fn in_mailbox(&self, address: &str) -> impl Iterator<Item = &Sighting> {
        self.index.lying_in(address).iter().map(|&(at, sighting)| &self.messages[at].seen[sighting])
    }
}
