//! What a rule is given beside its subject.

use jiff::Timestamp;

use crate::{
    directory::{Directory, DirectoryFile, LdifError, Provider, ldif::Record},
    evidence::{Dialogue, Evidence, LogRecord, Observation, Role},
    message::{Mail, Message},
    norm::AsOf,
    smime::{PathError, Signature, Trust},
};

use super::Transaction;

/// What all subjects share: the directory, trust, and the evidence around.
#[derive(Debug)]
pub struct Context<'a> {
    /// The evidence the subject belongs to.
    pub evidence: &'a Evidence,
    /// The directory in force when the subject was observed; `None` where none is at hand (`check` without one).
    pub directory: Option<&'a Directory>,
    /// Anchors and revocation lists; without anchors the origin cannot be verified, which is no fault of a message.
    pub trust: &'a Trust,
    /// When the subject was observed, by the legal clock.
    pub observed: Timestamp,
    /// The norm's day: by which the evidence is judged, whenever it was observed.
    pub as_of: AsOf,
    /// Whether receivers trust the subject, where it is a certificate given by itself and trust anchors are at hand.
    pub path: Option<&'a Result<(), PathError>>,
}

/// A message as a subject.
#[derive(Debug)]
pub struct MessageSubject<'a> {
    /// The message, read.
    pub message: &'a Message,
    /// Where it was seen.
    pub observation: &'a Observation,
    /// The original message inside, read once for all rules (`Message::original`, then `Mail::read`).
    pub original: Option<&'a Mail>,
    /// Its signature, verified once for all rules.
    pub signature: Option<&'a Signature>,
    /// The directory's record that lists the signer's certificate.
    pub provider: Option<&'a Provider>,
}

/// A session as a subject.
#[derive(Debug)]
pub struct DialogueSubject<'a> {
    /// The session.
    pub dialogue: &'a Dialogue,
}

/// A provider's log as a subject.
#[derive(Debug)]
pub struct LogSubject<'a> {
    /// Whose.
    pub role: Role,
    /// The records, in order.
    pub records: &'a [LogRecord],
    /// What was observed, to hold the records against.
    pub transactions: &'a [Transaction],
}

/// A version of the directory as a subject.
#[derive(Debug)]
pub struct DirectorySubject<'a> {
    /// The file.
    pub file: &'a DirectoryFile<'a>,
    /// Its records, empty where they cannot be read.
    pub records: &'a [Record],
    /// The directory, or why it cannot be read.
    pub read: &'a Result<Directory, LdifError>,
    /// From when it is in force; `None` where nobody said.
    pub from: Option<Timestamp>,
}

impl DirectorySubject<'_> {
    /// The providers' records.
    pub fn providers(&self) -> &[Provider] {
        self.read.as_ref().map_or(&[], |directory| &directory.providers)
    }
}
