//! What `check` is told to trust: certificates and revocation lists in a folder, and the providers' directory.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls_pki_types::pem::{PemObject as _, SectionKind};
use walkdir::WalkDir;

use super::{CliError, error::warn};
use crate::{
    bounded::{self, MIB},
    directory::{Directory, DirectoryFile},
    evidence::DirectoryVersion,
    shown::path_text,
    smime::{Certificate, SignatureState, Trust, is_revocation_list},
};

/// Bytes of a file at most: the directory of all providers takes some 20 MB, the largest revocation lists of the Internet
/// some ninety.
const LARGEST: u64 = 256 * MIB;
/// How deep folders of trust may nest; a link back to a folder above ends there, too.
const DEEPEST: usize = 16;
/// How many files left aside are named; the others are counted.
const NAMED: usize = 20;

/// What the same origins are judged by for every message.
#[derive(Debug, Default)]
pub struct Given {
    /// Whom to trust.
    pub trust: Trust,
    /// The directory.
    pub directories: Vec<DirectoryVersion>,
    /// Where the directory was read from.
    pub names: Vec<String>,
}

impl Given {
    /// Reads what was given; nothing given is fine, origins are then not verified.
    pub fn read(trust: Option<&Path>, directory: Option<&Path>) -> Result<Self, CliError> {
        let mut given = Self::default();
        if let Some(path) = trust {
            given.trust = Found::below(path)?.trust();
        }
        if let Some(path) = directory {
            let ldif = bounded::read(path, LARGEST).map_err(|error| unreadable(path, error))?;
            readable(&ldif).map_err(|problem| CliError::Directory { path: path.to_owned(), problem })?;
            given.names.push(path_text(path));
            given.directories.push(DirectoryVersion::undated(ldif));
        }
        Ok(given)
    }
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
        if bytes.starts_with(&[0x30]) {
            return self.der(bytes);
        }
        let mut found = 0;
        for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(&bytes) {
            let (kind, der) = section.map_err(|error| format!("{error:?}"))?;
            if matches!(kind, SectionKind::Certificate | SectionKind::Crl) {
                self.der(der)?;
                found += 1;
            }
        }
        if found > 0 { Ok(()) } else { Err("neither a certificate nor a revocation list, in PEM or DER".to_owned()) }
    }

    fn der(&mut self, der: Vec<u8>) -> Result<(), String> {
        let Err(problem) = Certificate::read(&der) else {
            self.anchors.push(der.into());
            return Ok(());
        };
        let der: Arc<[u8]> = der.into();
        if is_revocation_list(&der) {
            self.crls.push(der);
            return Ok(());
        }
        Err(format!("neither a certificate nor a revocation list: {problem}"))
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

/// A directory to go by is one that can be read, and whose signature holds where it has one.
fn readable(file: &[u8]) -> Result<(), String> {
    let opened = DirectoryFile::open(file);
    if let Some(signature) = &opened.signature
        && signature.state != SignatureState::Valid
    {
        return Err("its signature does not hold; `check` on the file tells more".to_owned());
    }
    Directory::read(file).map(|_| ()).map_err(|error| error.to_string())
}

fn unreadable(path: &Path, problem: io::Error) -> CliError {
    CliError::Unreadable { path: path.to_owned(), problem }
}
