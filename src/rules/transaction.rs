//! The facts, compact, of everything that belongs to one submission.

use jiff::Timestamp;

use crate::{
    evidence::{Party, Seen, SmtpPath},
    message::Kind,
};

/// Everything that belongs to one PEC msgid, and to the submission it came from. No bodies are kept.
#[derive(Clone, Debug, Default)]
pub struct Transaction {
    /// The PEC msgid (`identificativo`), without angle brackets.
    pub identifier: String,
    /// The submission, where it was seen.
    pub submission: Option<Submission>,
    /// Every message, once per composed message (not per sighting), in the order first seen.
    pub messages: Vec<Fact>,
}

/// What a user submitted.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The observation.
    pub observation: usize,
    /// SMTP path.
    pub path: SmtpPath,
    /// When.
    pub at: Timestamp,
}

/// A system-generated message of a transaction.
#[derive(Clone, Debug)]
pub struct Fact {
    /// What it claims to be.
    pub kind: Kind,
    /// Where it was seen, in order.
    pub seen: Vec<Sighting>,
}

/// A sighting of a message.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// The observation.
    pub observation: usize,
    /// Where.
    pub seen: Seen,
    /// When.
    pub at: Timestamp,
    /// Who put it there.
    pub producer: Party,
    /// SMTP path on a wire.
    pub path: Option<SmtpPath>,
}
