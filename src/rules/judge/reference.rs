//! What subjects are held against: read once, shared, never changed.

use jiff::Timestamp;

use crate::{
    directory::{Directory, DirectoryFile, LdifError, ldif::Layout},
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

    /// Who is listed, in any version.
    pub fn providers(&self) -> impl Iterator<Item = &str> {
        let read = self.directories.iter().filter_map(|version| version.read.as_ref().ok());
        read.flat_map(|directory| &directory.providers).map(|provider| provider.name.as_str())
    }

    /// The service mailboxes of those who are listed.
    pub fn service_mailboxes(&self) -> impl Iterator<Item = &str> {
        let read = self.directories.iter().filter_map(|version| version.read.as_ref().ok());
        read.flat_map(|directory| &directory.providers).map(|provider| provider.mail_receipt.as_str())
    }

    /// Whom to trust, with what came with evidence.
    pub fn trust_with(&self, evidence: &Evidence) -> Trust {
        self.trust.with(&evidence.anchors, &evidence.crls)
    }

    /// The directory at hand for an instant: the last version from before it, else the first there is. Who is listed there is
    /// a provider; who is not may be one on another day.
    pub(in crate::rules) fn at_hand(&self, at: Timestamp) -> Option<&Directory> {
        let mut versions = self.directories.iter().rev();
        let version = versions.find(|version| version.from <= at).or_else(|| self.directories.first())?;
        version.read.as_ref().ok()
    }

    /// The directory known to have been in force at an instant: only this one accuses. Where a record of it cannot
    /// be read, nobody knows what that would have said.
    pub(in crate::rules) fn in_force(&self, at: Timestamp) -> Option<&Directory> {
        let version = self.directories.iter().rev().find(|version| version.from <= at)?;
        let ended = version.until.is_some_and(|until| until <= at);
        version.read.as_ref().ok().filter(|directory| !ended && directory.mistakes.is_empty())
    }
}

/// A version of the directory, read.
pub(super) struct DirectoryInForce<'a> {
    pub from: Timestamp,
    until: Option<Timestamp>,
    file: DirectoryFile<'a>,
    layout: Layout,
    read: Result<Directory, LdifError>,
}

impl<'a> DirectoryInForce<'a> {
    fn open(version: &'a DirectoryVersion) -> Self {
        let file = DirectoryFile::open(&version.ldif);
        let (layout, read) = match file.layout() {
            Ok(layout) => {
                let read = Directory::of(&layout, file.ldif());
                (layout, read)
            }
            Err(error) => (Layout::default(), Err(error)),
        };
        Self { from: version.from, until: version.until, file, layout, read }
    }

    pub fn subject(&self) -> DirectorySubject<'_> {
        let from = (self.from != Timestamp::MIN).then_some(self.from);
        DirectorySubject { file: &self.file, layout: &self.layout, read: &self.read, from }
    }
}
