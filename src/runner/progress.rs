//! What was done so far in a play, and what is known of it.

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use jiff::{SignedDuration, Timestamp};

use super::{
    expect::{Answered, Arrival, Difference},
    reading::Known,
    waiting::Waiting,
};
use crate::{
    evidence::{Role, SmtpPath},
    message::{Bytes, Kind},
    scenario::{
        What,
        locate::Path,
        words::{Mailbox, Place},
    },
    target::{Answer, InjectAs, Login, Mark, Stored},
};

/// What was done so far.
#[derive(Default)]
pub struct Progress {
    /// What names what on the wire.
    pub known: Known,
    /// Everything the harness put into the world.
    pub put_in: Vec<PutIn>,
    /// The tale so far.
    pub told: Vec<Told>,
    /// Expectations not met.
    pub differences: Vec<Difference>,
    /// Answers in a dialogue that were not those that must come.
    pub misheard: Vec<Misheard>,
    /// Which way the norm left was taken.
    pub choices: Vec<String>,
    /// What is worth knowing.
    pub notes: Vec<String>,
    /// The rules that must report on each injected envelope, by its id; none unless announced.
    pub announced: BTreeMap<String, Announced>,
    /// The instant of the scenario that was reached: where clocks run, waiting takes them beyond it.
    pub reached: Option<Timestamp>,
    /// The step being played.
    pub at: Path,
    /// What a later step hands over again, as it was at first.
    pub handed: Vec<Handover>,
    /// What was put off, and is tried again once the clock has moved.
    pub put_off: Vec<Handover>,
    /// Until when everything was looked at; `None` where the play was cut short.
    pub watched_until: Option<Timestamp>,
    /// What was found in each place so far.
    pub shelves: BTreeMap<Place, Shelved>,
    pub(super) answers: Vec<Answered>,
    pub(super) waiting: Waiting,
}

impl Progress {
    /// The server-server acceptances among what was told to have arrived.
    pub fn takeovers(&self) -> Vec<Arrival> {
        let arrived =
            self.told.iter().filter_map(|told| if let Told::Arrived(arrivals) = told { Some(arrivals) } else { None });
        arrived.flatten().filter(|one| one.reading.what == What::Kind(Kind::PresaInCarico)).cloned().collect()
    }
}

/// What was found in a place since the play began.
#[derive(Clone, Debug, Default)]
pub struct Shelved {
    /// The messages, oldest first.
    pub messages: Vec<Stored>,
    pub(super) mark: Mark,
    /// How many of them were told as arrivals.
    pub(super) told: usize,
}

/// The rules that must report on something.
#[derive(Clone, Debug)]
pub struct Announced {
    /// Where the scenario says so.
    pub path: Path,
    /// Their ids.
    pub rules: Vec<String>,
}

/// Something the harness put into the world.
#[derive(Clone, Debug)]
pub struct PutIn {
    /// Its name.
    pub id: String,
    /// Where it was put in.
    pub place: Place,
    /// Paths as asked for.
    pub path: SmtpPath,
    /// What the bytes are known by.
    pub fingerprint: Fingerprint,
    /// When.
    pub at: Timestamp,
    /// The answer.
    pub answer: Answer,
}

impl PutIn {
    /// Whether another is a copy of the same message, put in at the same place and answered alike.
    pub fn is_like(&self, other: &PutIn) -> bool {
        self.fingerprint != other.fingerprint
            && (&self.id, &self.place, &self.path, self.at, &self.answer)
                == (&other.id, &other.place, &other.path, other.at, &other.answer)
    }
}

/// SHA-256 of a message without the line ends behind it: a server sees one more or less than was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// That of `message`.
    pub fn of(message: &[u8]) -> Self {
        let digest = digest::digest(&digest::SHA256, message.trim_ascii_end());
        Self(digest.as_ref().try_into().expect("SHA-256 has 32 bytes"))
    }
}

/// A piece of the tale.
#[derive(Clone, Debug)]
pub enum Told {
    /// Something was put in.
    PutIn {
        /// Index into [`Progress::put_in`].
        index: usize,
        /// So many more like it followed, each another message.
        more: usize,
    },
    /// Somebody talked to a point.
    Talked(Talk),
    /// This changed, a sentence each.
    Changed(Vec<String>),
    /// The clock moved.
    Advanced(SignedDuration),
    /// This arrived.
    Arrived(Vec<Arrival>),
    /// One of the ways that the norm leaves was taken.
    Chose(String),
}

/// A session as the tale tells it.
#[derive(Clone, Debug)]
pub struct Talk {
    /// With whom.
    pub with: Place,
    /// What was said, in order.
    pub lines: Vec<Said>,
}

/// A line of a session as the tale tells it.
#[derive(Clone, Debug)]
pub struct Said {
    /// The scenario's words; `None` where one more answer is listened to.
    pub words: Option<String>,
    /// The code of the reply, where one was waited for.
    pub answer: Option<String>,
}

/// An answer other than the one that must come.
#[derive(Clone, Debug)]
pub struct Misheard {
    /// Where in the scenario.
    pub path: Path,
    /// Who answered.
    pub place: Place,
    /// What must come.
    pub expected: String,
    /// What came.
    pub found: String,
}

/// A message to be handed over.
#[derive(Clone, Debug)]
pub struct Handover {
    /// Its name.
    pub id: String,
    /// Where.
    pub door: Door,
    /// Paths, of those who have not got it yet.
    pub path: SmtpPath,
    /// The message.
    pub bytes: Bytes,
}

/// Where a message is handed over, and as whom.
#[derive(Clone, Debug)]
pub enum Door {
    /// At an access point.
    Access {
        /// Whose.
        at: Role,
        /// Who logs in, and how.
        login: Login,
    },
    /// At an incoming point.
    Incoming {
        /// As whom.
        as_host: InjectAs,
        /// Whose.
        at: Role,
    },
    /// At the ordinary mail host, which it comes from too.
    Posta {
        /// The first of its mailboxes there.
        first: Mailbox,
    },
}

impl Door {
    /// Where that is.
    pub fn place(&self) -> Place {
        match self {
            Self::Access { at, .. } => Place::AccessPoint(*at),
            Self::Incoming { at, .. } => Place::IncomingPoint(*at),
            Self::Posta { first } => Place::Mailbox(first.clone()),
        }
    }
}
