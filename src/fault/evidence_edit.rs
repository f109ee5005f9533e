//! The grammar of single deviations beyond the bytes of one message: its way, logs, sessions, the directory.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    evidence::{Role, Service, View},
    message::Kind,
};

use super::edit::Replace;

/// Edits the way of a message, at every place it was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum CopyEdit {
    /// It was never sent.
    Drop,
    /// It was taken from the wire and lies in no mailbox.
    Lose,
    /// It was sent twice, byte for byte.
    Repeat,
    /// It alone is at hand, as a file: no other message, no session, no log.
    Alone,
    /// What lies in these mailboxes is at hand, as files, and nothing else: no wire, no session, no log.
    Files(Vec<View>),
    /// It was composed again: sent twice, the second time under this Message-ID (without angle brackets).
    Again(String),
    /// It was composed again and otherwise: sent a second time, under another Message-ID and with these edits.
    AgainBut {
        /// The Message-ID, without angle brackets.
        id: String,
        /// How much later.
        #[serde(default)]
        later: Option<String>,
        /// What the second one has otherwise, made one after the other.
        but: Vec<super::Edit>,
    },
    /// It was seen this much later; earlier with a minus sign.
    Delay(String),
    /// It was put in this mailbox too.
    Deliver(String),
    /// What it wraps was put in the mailbox without it.
    Unwrap,
    /// It went to another mailbox.
    Redirect(String),
    /// Its reverse path was another.
    ReversePath(String),
    /// Its forward paths were others.
    ForwardPaths(Vec<String>),
}

/// Edits another message than the one the fault is made in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Another {
    /// Its kind; the first of it.
    pub message: Kind,
    /// The recipient it names in `consegna` or `ricezione`, where there are several of the kind.
    #[serde(default, rename = "for")]
    pub concerning: Option<String>,
    /// How.
    pub edit: Box<super::Edit>,
}

/// Gives a certificate to be judged by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenCertificate {
    /// Its id in the test PKI.
    pub id: String,
    /// What is otherwise in its DER.
    #[serde(default)]
    pub but: Option<Replace>,
}

/// Edits a record of a provider's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LogEdit {
    /// Whose log.
    pub of: Role,
    /// A record of this event; without it one that names a generated message.
    #[serde(default)]
    pub event: Option<String>,
    /// Which of those, from 1.
    #[serde(default = "super::file::first")]
    pub number: usize,
    /// How.
    pub change: LogChange,
}

/// How a record changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum LogChange {
    /// It is not there.
    Remove,
    /// It stands last.
    Last,
    /// It is written a second time, right after the first, for a generated message with this Message-ID (without angle
    /// brackets).
    Again(String),
    /// It and all that follow were written this much later; earlier with a minus sign.
    Delay(String),
    /// A field has another value.
    Set {
        /// The field.
        field: LogField,
        /// The value; an instant as RFC 3339, lists with commas.
        to: String,
    },
}

/// The eight fields of RFC 6109 2.3 that can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LogField {
    /// msgid.
    Msgid,
    /// PEC msgid.
    Identifier,
    /// Instant.
    At,
    /// Sender.
    Sender,
    /// Recipients.
    Recipients,
    /// Subject.
    Subject,
    /// Event.
    Event,
    /// Generated Message-IDs.
    Generated,
    /// Sending provider.
    Provider,
}

/// Edits the recording of SMTP sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DialogueEdit {
    /// Sessions with this service ...
    pub service: Service,
    /// ... of this gateway.
    pub of: Role,
    /// How.
    pub change: DialogueChange,
}

/// How a session changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum DialogueChange {
    /// It was never secured.
    Plain,
    /// Lines that match this pattern were not said.
    Drop(String),
    /// The server said this, before the client's first line that matches.
    Insert {
        /// The client's line.
        before: String,
        /// The client's words put in.
        client: String,
        /// The server's answer put in.
        server: String,
    },
}

/// Edits every version of the directory, as LDIF text with its lines unfolded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum DirectoryEdit {
    /// Replaces the first match.
    Replace(Replace),
    /// Lists other certificates of the test PKI, with their hashes, in the record of a provider's main environment.
    List {
        /// Its `providerName`.
        of: String,
        /// Ids of the certificates.
        certificates: Vec<String>,
    },
    /// A provider's own file is published beside, when everything else is over: its record alone, signed.
    OwnFile {
        /// Its `providerName`.
        of: String,
        /// Id of the signer's certificate.
        signed_by: String,
    },
    /// Publishes it as a signed file (`.ldif.p7m`) that is wrong in one way.
    Publish {
        /// Id of the signer's certificate.
        signed_by: String,
        /// What is wrong.
        but: Publishing,
    },
}

/// What is wrong with a signed directory file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Publishing {
    /// An octet of the file was changed after signing.
    Tampered,
    /// The file is not inside.
    Detached,
    /// The signer's certificate is not inside.
    WithoutCertificate,
    /// BER with indefinite lengths.
    Streamed,
    /// PEM.
    Text,
}
