//! What `check` is told to trust: certificates and revocation lists in a folder, and the providers' directory.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use der::Decode as _;
use jiff::{Timestamp, civil::Date};
use walkdir::WalkDir;
use x509_cert::crl::CertificateList;

use super::{CliError, error::warn};
use crate::{
    bounded::{self, MIB},
    clock::LegalTime,
    directory::{Directory, DirectoryFile},
    evidence::DirectoryVersion,
    results::Reference,
    shown::path_text,
    smime::{Material, SignatureState, Sort, Trust},
};

/// Bytes of a file at most: the directory of all providers takes some 20 MB, the largest revocation lists of the Internet
/// some ninety.
const LARGEST: u64 = 256 * MIB;
/// How deep folders of trust may nest; a link back to a folder above ends there, too.
const DEEPEST: usize = 16;
/// How many files left aside are named; the others are counted.
const NAMED: usize = 20;

/// What the same origins are judged by for every message.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Whom to trust.
    pub trust: Trust,
    /// The directory.
    pub directories: Vec<DirectoryVersion>,
    /// Where the directories were read from, in order.
    pub names: Vec<String>,
    /// Where trust was read from.
    trusted_by: Option<String>,
}

impl Given {
    /// Reads what was given; nothing given is fine, origins are then not verified.
    pub fn read(trust: Option<&Path>, directory: Option<&Path>) -> Result<Self, CliError> {
        let mut given = Self::default();
        if let Some(path) = trust {
            given.trust(path)?;
        }
        if let Some(path) = directory {
            given.directory(path, None)?;
        }
        Ok(given)
    }

    /// Takes in a folder of certificates and revocation lists.
    pub fn trust(&mut self, path: &Path) -> Result<(), CliError> {
        self.trust = Found::below(path)?.trust();
        self.trusted_by = Some(path_text(path));
        Ok(())
    }

    /// Takes in one file of certificates, revocation lists or both.
    pub fn trust_file(&mut self, path: &Path) -> Result<(), CliError> {
        let mut found = Found::default();
        found.file(path).map_err(|problem| CliError::Trust { path: path.to_owned(), problem })?;
        self.trust = found.trust();
        self.trusted_by = Some(path_text(path));
        Ok(())
    }

    /// Takes in a directory: of the day that is said, else of that on which it was signed, else of no known day.
    pub fn directory(&mut self, path: &Path, of: Option<Date>) -> Result<Option<Date>, CliError> {
        let ldif = bounded::read(path, LARGEST).map_err(|error| unreadable(path, error))?;
        let signed = readable(&ldif).map_err(|problem| CliError::Directory { path: path.to_owned(), problem })?;
        let day = of.or_else(|| signed.map(|at| LegalTime::at(at).day()));
        self.names.push(path_text(path));
        self.directories.push(match day {
            Some(day) => version(day, ldif),
            None => DirectoryVersion::undated(ldif),
        });
        Ok(day)
    }

    /// Takes in one file more, whatever it is, by its name alone: beside what there is.
    pub fn add(&mut self, path: &Path) -> Result<(), String> {
        let name = path.file_name().map_or_else(String::new, |name| path_text(Path::new(name)));
        let (anchors, crls) = (self.trust.anchors().to_vec(), self.trust.crls().to_vec());
        let mut found = Found { anchors, crls };
        if found.file(path).is_ok() {
            self.trust = found.trust();
            let others = self.trusted_by.take().map(|others| others + ", ").unwrap_or_default();
            self.trusted_by = Some(others + &name);
            return Ok(());
        }
        let mut directory = Self::default();
        let nothing =
            |_| format!("{name} is nothing to go by: neither certificates, nor revocation lists, nor a directory");
        let day = directory.directory(path, None).map_err(nothing)?;
        // Versions are looked up oldest first, and one that says no day is of any.
        let at = if day.is_some() { self.directories.len() } else { 0 };
        self.directories.splice(at..at, directory.directories);
        self.names.insert(at, name);
        Ok(())
    }

    /// What it is and of which day, for the report.
    pub fn references(&self) -> Vec<Reference> {
        let directories = self.names.iter().zip(&self.directories).map(|(name, version)| Reference {
            what: "directory",
            from: name.clone(),
            of: (version.from != Timestamp::MIN).then_some(version.from),
            count: None,
        });
        let folder =
            |what, of, count| self.trusted_by.clone().map(|from| Reference { what, from, of, count: Some(count) });
        let lists = self.trust.crls().iter().filter_map(|der| issued(der)).max();
        let trusted = [
            folder("trusted certificates", None, self.trust.anchors().len()),
            folder("revocation lists", lists, self.trust.crls().len()),
        ];
        directories.chain(trusted.into_iter().flatten()).collect()
    }
}

/// When a revocation list was issued.
fn issued(der: &[u8]) -> Option<Timestamp> {
    let list = <CertificateList>::from_der(der).ok()?;
    let seconds = list.tbs_cert_list.this_update.to_unix_duration().as_secs();
    Timestamp::from_second(i64::try_from(seconds).ok()?).ok()
}

/// Certificates and revocation lists, DER.
#[derive(Default)]
struct Found {
    anchors: Vec<Arc<[u8]>>,
    crls: Vec<Arc<[u8]>>,
}

impl Found {
    /// Whatever is in a folder and below, links followed. What is neither certificate nor list, or cannot be
    /// read, is left aside and told; without any certificate nothing could be trusted, and that is an error.
    fn below(folder: &Path) -> Result<Self, CliError> {
        // A folder that is not there is told in the system's own words.
        fs::metadata(folder).map_err(|error| unreadable(folder, error))?;
        let (mut found, mut aside, mut files) = (Self::default(), Aside::default(), 0);
        for entry in WalkDir::new(folder).follow_links(true).max_depth(DEEPEST).sort_by_file_name() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) if error.depth() == 0 => return Err(unreadable(folder, error.into())),
                Err(error) => {
                    let path = error.path().unwrap_or(folder).to_owned();
                    aside.put(&path, &error.to_string());
                    continue;
                }
            };
            if entry.file_type().is_dir() {
                if entry.depth() == DEEPEST {
                    aside.put(entry.path(), &format!("deeper than {DEEPEST} folders"));
                }
                continue;
            }
            files += 1;
            if let Err(problem) = found.file(entry.path()) {
                aside.put(entry.path(), &problem);
            }
        }
        aside.tell();
        if found.anchors.is_empty() {
            let lists = found.crls.len();
            let problem = match files {
                0 => "there is no file in it".to_owned(),
                _ => format!("of {files} files in it, {lists} are revocation lists and none is a certificate"),
            };
            return Err(CliError::Trust { path: folder.to_owned(), problem });
        }
        Ok(found)
    }

    fn trust(self) -> Trust {
        Trust::new(self.anchors, self.crls)
    }

    /// Takes a file in: PEM with any number of certificates and lists, or one of them in DER; the error says why not.
    fn file(&mut self, path: &Path) -> Result<(), String> {
        let bytes = bounded::read(path, LARGEST).map_err(|error| error.to_string())?;
        let material = Material::in_file(bytes);
        if material.is_empty() {
            return Err("neither a certificate nor a revocation list, in PEM or DER".to_owned());
        }
        for material in material {
            let Material { der, sort } = material?;
            match sort {
                Sort::Certificate(_) => self.anchors.push(der),
                Sort::RevocationList => self.crls.push(der),
                Sort::Neither(problem) => {
                    return Err(format!("neither a certificate nor a revocation list: {problem}"));
                }
            }
        }
        Ok(())
    }
}

/// Files that were looked at and are of no use.
#[derive(Default)]
struct Aside(Vec<(PathBuf, String)>);

impl Aside {
    fn put(&mut self, path: &Path, why: &str) {
        self.0.push((path.to_owned(), why.to_owned()));
    }

    fn tell(&self) {
        for (path, why) in self.0.iter().take(NAMED) {
            warn(&format!("left aside, {}: {why}", path_text(path)));
        }
        if self.0.len() > NAMED {
            warn(&format!("{} files of --trust are left aside in all", self.0.len()));
        }
    }
}

/// A directory in force on one day of legal time.
fn version(day: Date, ldif: Vec<u8>) -> DirectoryVersion {
    let (from, until) = LegalTime::span(day);
    DirectoryVersion { from, until: Some(until), ldif }
}

/// A directory to go by is one that can be read, and whose signature holds where it has one; when it was signed.
fn readable(file: &[u8]) -> Result<Option<Timestamp>, String> {
    let opened = DirectoryFile::open(file);
    if let Some(signature) = &opened.signature
        && signature.state != SignatureState::Valid
    {
        return Err("its signature does not hold; `check` on the file tells more".to_owned());
    }
    let directory = Directory::read(file).map_err(|error| error.to_string())?;
    // A record that cannot be read is one all the same, and told of.
    if directory.providers.is_empty() && directory.mistakes.is_empty() {
        return Err("there is no provider in it".to_owned());
    }
    Ok(opened.signature.and_then(|signature| signature.signing_time))
}

fn unreadable(path: &Path, problem: io::Error) -> CliError {
    CliError::Unreadable { path: path.to_owned(), problem }
}
