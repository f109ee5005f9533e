//! What subjects are held against: read once, shared, never changed.

use jiff::Timestamp;

use crate::{
    directory::{Directory, DirectoryFile, LdifError, ldif::Record},
    evidence::{DirectoryVersion, Evidence},
    smime::Trust,
};

use super::super::DirectorySubject;

/// The providers' directory, version by version, and whom receivers trust.
pub struct Reference<'a> {
    pub(super) directories: Vec<DirectoryInForce<'a>>,
    pub(in crate::rules) trust: &'a Trust,
}

impl<'a> Reference<'a> {
    /// Reads the versions of a directory, oldest first.
    pub fn new(directories: &'a [DirectoryVersion], trust: &'a Trust) -> Self {
        Self { directories: directories.iter().map(DirectoryInForce::open).collect(), trust }
    }

    /// Whom to trust, with what came with evidence.
    pub fn trust_with(&self, evidence: &Evidence) -> Trust {
        let mut trust = self.trust.clone();
        trust.anchors.extend(evidence.anchors.iter().cloned());
        trust.crls.extend(evidence.crls.iter().cloned());
        trust
    }

    /// The directory at hand for an instant: the last version from before it, else the first there is. Who is listed there is
    /// a provider; who is not may be one on another day.
    pub(in crate::rules) fn at_hand(&self, at: Timestamp) -> Option<&Directory> {
        let mut versions = self.directories.iter().rev();
        let version = versions.find(|version| version.from <= at).or_else(|| self.directories.first())?;
        version.read.as_ref().ok()
    }

    /// The directory known to have been in force at an instant: only this one accuses.
    pub(in crate::rules) fn in_force(&self, at: Timestamp) -> Option<&Directory> {
        let version = self.directories.iter().rev().find(|version| version.from <= at)?;
        let ended = version.until.is_some_and(|until| until <= at);
        version.read.as_ref().ok().filter(|_| !ended)
    }
}

/// A version of the directory, read.
pub(super) struct DirectoryInForce<'a> {
    pub from: Timestamp,
    until: Option<Timestamp>,
    file: DirectoryFile<'a>,
    records: Vec<Record>,
    read: Result<Directory, LdifError>,
}

impl<'a> DirectoryInForce<'a> {
    fn open(version: &'a DirectoryVersion) -> Self {
        let file = DirectoryFile::open(&version.ldif);
        let (records, read) = match file.records() {
            Ok(records) => {
                let read = Directory::of(&records);
                (records, read)
            }
            Err(error) => (Vec::new(), Err(error)),
        };
        Self { from: version.from, until: version.until, file, records, read }
    }

    pub fn subject(&self) -> DirectorySubject<'_> {
        let from = (self.from != Timestamp::MIN).then_some(self.from);
        DirectorySubject { file: &self.file, records: &self.records, read: &self.read, from }
    }
}
