//! What was observed: bytes, plus where they were seen and who answers for them. Data only.

mod dialogue;
pub mod disk;
mod identity;
mod watch;

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use dialogue::{Dialogue, DialogueLine, Exchange, Service, Speaker, named_in_rcpt, offers};
pub use identity::{OtherPlay, PlayId, RunId};
pub use watch::{UnknownView, View, Watch};

use crate::message::{Bytes, Kind, Mail};

/// The part a gateway plays in a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The sending user's provider.
    Sender,
    /// The receiving provider.
    Receiver,
    /// Another receiving provider, where a scenario has one.
    SecondReceiver,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 3] = [Role::Sender, Role::Receiver, Role::SecondReceiver];
}

/// Who plays sender and who receiver.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Direction {
    /// Target that plays the sender.
    pub sender: String,
    /// Target that plays the receiver.
    pub receiver: String,
}

impl Direction {
    /// `sender` plays the sender and `receiver` the receiver.
    pub fn new(sender: impl Into<String>, receiver: impl Into<String>) -> Self {
        Self { sender: sender.into(), receiver: receiver.into() }
    }

    /// Where the evidence of a scenario, played so, lies below that of its run.
    pub fn folder(&self, scenario: &str) -> PathBuf {
        Path::new(scenario).join(format!("{}-{}", self.sender, self.receiver))
    }
}

/// As people read it: `alfa -> bravo`.
impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}", self.sender, self.receiver)
    }
}

/// Anyone who can be seen at the end of a wire, or blamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
    /// The sender's gateway.
    Sender,
    /// The receiver's gateway.
    Receiver,
    /// The gateway of another receiving provider.
    SecondReceiver,
    /// The ordinary mail host.
    Posta,
    /// The harness itself: users' clients, and whatever a scenario puts in on purpose.
    Harness,
    /// Nobody that can be told from what was seen.
    Undetermined,
}

/// Everything observed while a scenario ran, or gathered from files.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Scenario id, or the path that was checked.
    pub title: String,
    /// Who played which role; empty for files.
    pub gateways: BTreeMap<Role, GatewayFacts>,
    /// Messages in the order observed.
    pub observations: Vec<Observation>,
    /// SMTP sessions.
    pub dialogues: Vec<Dialogue>,
    /// The providers' logs (RFC 6109 2.3), where the target shows them.
    pub logs: BTreeMap<Role, Vec<LogRecord>>,
    /// The directory, each version with the instant it was in force from, oldest first.
    pub directories: Vec<DirectoryVersion>,
    /// Certificates given to be judged by themselves, DER.
    pub certificates: Vec<Vec<u8>>,
    /// Trust anchors, DER.
    pub anchors: Vec<Arc<[u8]>>,
    /// Revocation lists, DER.
    pub crls: Vec<Arc<[u8]>>,
    /// The legal clock at the end.
    pub ended: Option<Timestamp>,
    /// From where it was looked, and until when: what bounds that something is missing.
    pub watch: Watch,
    /// Where nothing but messages themselves tells when they arrived: the clock of whoever looks at them now.
    pub claimed: Option<Timestamp>,
    /// What the scenario announced (`expect-findings`): that the judgement finds it is right, and nobody's failure.
    pub announced: Vec<Announced>,
}

/// A finding that a scenario led to on purpose.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announced {
    /// The rule's id.
    pub rule: String,
    /// What it reports on, in the rule's words.
    pub subject: String,
    /// The observation, where it is one.
    pub observation: Option<usize>,
}

/// Who plays a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayFacts {
    /// The target's name: `alfa`, `bravo`, `flawed`, or a provider's.
    pub target: String,
    /// `providerName` in the directory.
    pub provider: String,
    /// Mail domains it manages.
    pub domains: Vec<String>,
    /// What its provider says of TLS at its incoming point.
    #[serde(default)]
    pub incoming_tls: IncomingTls,
}

/// When the channel is secured on which other providers hand messages over, as the point's own provider says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IncomingTls {
    /// By STARTTLS, or nothing is sent: as the norm asks for (RFC 6109 5.3).
    #[default]
    Starttls,
    /// From the first byte.
    Implicit,
    /// By STARTTLS where it is offered; where it is not, mail goes in clear, which breaks RFC 6109 5.3 and is found.
    Offered,
    /// Never: mail goes in clear, which breaks RFC 6109 5.3 and is found in every play.
    None,
}

/// A message, where it was seen, and how it came there.
#[derive(Clone, Debug)]
pub struct Observation {
    /// Number within the evidence, from 1; evidence files are named after it.
    pub id: usize,
    /// The bytes.
    pub bytes: Bytes,
    /// Where.
    pub seen: Seen,
    /// When, by the legal clock.
    pub at: Timestamp,
    /// Reverse path and forward paths of the SMTP transaction, where one was seen.
    pub path: Option<SmtpPath>,
    /// Who put these bytes there: the gateway that sent or stored them, or the harness on purpose.
    pub producer: Party,
    /// For what a scenario submitted or injected: its name there.
    pub name: Option<String>,
    /// Index into [`Evidence::dialogues`].
    pub dialogue: Option<usize>,
}

impl Observation {
    /// The kind that it claims to be, by its header alone; `None` for ordinary mail.
    pub fn claims(&self) -> Option<Kind> {
        /// Octets that a header may have; what follows is not looked at.
        const HEADER: usize = 64 << 10;
        let header = &self.bytes[..self.bytes.len().min(HEADER)];
        let header = memchr::memmem::find(header, b"\r\n\r\n").map_or(header, |end| &header[..end + 4]);
        Mail::read(header.to_vec()).ok().and_then(|mail| Kind::claimed(&mail))
    }
}

/// Where a message was seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// Submitted by a user's client to an access point.
    Submitted {
        /// Whose.
        to: Role,
    },
    /// On the wire between two hosts.
    Wire {
        /// Client.
        from: Party,
        /// Server.
        to: Party,
    },
    /// In a mailbox.
    Mailbox {
        /// Whose gateway holds it: `sender`, `receiver`, `second-receiver` or `posta`.
        at: Party,
        /// The mailbox's address.
        address: String,
    },
    /// In a provider's store for infected messages (2.2.4).
    VirusStore {
        /// Whose.
        of: Role,
    },
    /// In a file given to `check`.
    File {
        /// Its path.
        path: String,
    },
}

/// The SMTP envelope (RFC 5321).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmtpPath {
    /// MAIL FROM; empty for the null reverse path.
    pub from: String,
    /// RCPT TO accepted, in order.
    pub to: Vec<String>,
}

/// A record of a provider's log (RFC 6109 2.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRecord {
    /// The client's msgid of the original message, if it had one.
    pub msgid: Option<String>,
    /// The PEC msgid (Italian providers' logs hold it beside the msgid).
    pub identifier: Option<String>,
    /// When, legal time's instant.
    pub at: Timestamp,
    /// Sender of the original message.
    pub sender: String,
    /// Recipients of the original message the event concerns.
    pub recipients: Vec<String>,
    /// Subject of the original message.
    pub subject: String,
    /// Event, by the name of the kind or step: `accettazione`, `consegna`, `ricezione`, ...
    pub event: String,
    /// Message-IDs of messages generated by the event.
    pub generated: Vec<String>,
    /// The sending provider.
    pub provider: String,
    /// Outcome or error, where there is one.
    pub detail: Option<String>,
}

/// The directory from an instant on.
#[derive(Clone, Debug)]
pub struct DirectoryVersion {
    /// In force from.
    pub from: Timestamp,
    /// In force until, where somebody else's directory is known to be of one day; `None` where the next version, or nothing,
    /// ends it.
    pub until: Option<Timestamp>,
    /// The file: LDIF, or LDIF in its signature (`.ldif.p7m`).
    pub ldif: Vec<u8>,
}

impl DirectoryVersion {
    /// A version in force from an instant on, until the next.
    pub fn from(from: Timestamp, ldif: Vec<u8>) -> Self {
        Self { from, until: None, ldif }
    }

    /// One that nobody knows the day of: it tells who is listed, and not who is not.
    pub fn undated(ldif: Vec<u8>) -> Self {
        Self { from: Timestamp::MIN, until: Some(Timestamp::MIN), ldif }
    }
}

impl From<Role> for Party {
    fn from(role: Role) -> Self {
        match role {
            Role::Sender => Party::Sender,
            Role::Receiver => Party::Receiver,
            Role::SecondReceiver => Party::SecondReceiver,
        }
    }
}

impl Party {
    /// The role that it plays, where it is a gateway.
    pub fn role(self) -> Option<Role> {
        match self {
            Party::Sender => Some(Role::Sender),
            Party::Receiver => Some(Role::Receiver),
            Party::SecondReceiver => Some(Role::SecondReceiver),
            Party::Posta | Party::Harness | Party::Undetermined => None,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Party::from(*self).fmt(f)
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Party::Sender => "sender",
            Party::Receiver => "receiver",
            Party::SecondReceiver => "second-receiver",
            Party::Posta => "posta",
            Party::Harness => "harness",
            Party::Undetermined => "undetermined",
        })
    }
}
