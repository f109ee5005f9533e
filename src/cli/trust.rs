//! What `check` is told to trust: certificates and revocation lists in a folder, and the providers' directory.

use std::{fs, path::Path};

use der::Decode as _;
use jiff::Timestamp;
use rustls_pki_types::pem::{PemObject as _, SectionKind};
use walkdir::WalkDir;
use x509_cert::{Certificate, crl::CertificateList};

use super::CliError;
use crate::{
    directory::{Directory, DirectoryFile},
    evidence::DirectoryVersion,
    results::Reference,
    smime::{SignatureState, Trust},
};

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
        if let Some(folder) = trust {
            // A folder that is not there is told in the system's own words.
            fs::metadata(folder).map_err(|error| unreadable(folder, error))?;
            for entry in WalkDir::new(folder).sort_by_file_name() {
                let entry = entry.map_err(|error| unreadable(folder, error.into()))?;
                if entry.file_type().is_file() {
                    given.take(entry.path())?;
                }
            }
        }
        if let Some(path) = directory {
            let ldif = fs::read(path).map_err(|error| unreadable(path, error))?;
            readable(&ldif).map_err(|problem| CliError::Directory { path: path.to_owned(), problem })?;
            given.names.push(path.to_string_lossy().into_owned());
            given.directories.push(DirectoryVersion::undated(ldif));
        }
        Ok(given)
    }

    /// What it is and of which day, for the report.
    pub fn references(&self, trust: Option<&Path>) -> Vec<Reference> {
        let directories = self.names.iter().zip(&self.directories).map(|(name, version)| Reference {
            what: "directory",
            from: name.clone(),
            of: (version.from != Timestamp::MIN).then_some(version.from),
            count: None,
        });
        let folder = |what, of, count| {
            let from = trust.map(|folder| folder.to_string_lossy().into_owned());
            from.map(|from| Reference { what, from, of, count: Some(count) })
        };
        let lists = self.trust.crls.iter().filter_map(|der| issued(der)).max();
        let trusted = [
            folder("trusted certificates", None, self.trust.anchors.len()),
            folder("revocation lists", lists, self.trust.crls.len()),
        ];
        directories.chain(trusted.into_iter().flatten()).collect()
    }

    /// Takes a file in: PEM with any number of certificates and lists, or one of them in DER.
    fn take(&mut self, path: &Path) -> Result<(), CliError> {
        let bytes = fs::read(path).map_err(|error| unreadable(path, error))?;
        let wrong = |problem: String| CliError::Trust { path: path.to_owned(), problem };
        if bytes.starts_with(&[0x30]) {
            return self.der(bytes).map_err(|error| wrong(error.to_string()));
        }
        let mut found = false;
        for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(&bytes) {
            let (kind, der) = section.map_err(|error| wrong(format!("{error:?}")))?;
            if matches!(kind, SectionKind::Certificate | SectionKind::Crl) {
                self.der(der).map_err(|error| wrong(error.to_string()))?;
                found = true;
            }
        }
        if found { Ok(()) } else { Err(wrong("neither PEM nor DER".to_owned())) }
    }

    fn der(&mut self, der: Vec<u8>) -> Result<(), der::Error> {
        if <CertificateList>::from_der(&der).is_ok() {
            self.trust.crls.push(der);
        } else {
            Certificate::from_der(&der)?;
            self.trust.anchors.push(der);
        }
        Ok(())
    }
}

/// When a revocation list was issued.
fn issued(der: &[u8]) -> Option<Timestamp> {
    let list = <CertificateList>::from_der(der).ok()?;
    let seconds = list.tbs_cert_list.this_update.to_unix_duration().as_secs();
    Timestamp::from_second(i64::try_from(seconds).ok()?).ok()
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

fn unreadable(path: &Path, problem: std::io::Error) -> CliError {
    CliError::Unreadable { path: path.to_owned(), problem }
}
