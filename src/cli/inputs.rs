//! What `check` is given: messages, directories, certificates, folders of them, bundles of evidence.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use jiff::{Timestamp, fmt::rfc2822};
use rustls_pki_types::pem::{PemObject as _, SectionKind};
use walkdir::WalkDir;

use super::CliError;
use crate::{
    directory::{Directory, DirectoryFile, Form},
    evidence::{DirectoryVersion, Evidence, Observation, Party, Seen, bundle},
    message::{Bytes, Message},
    smime::Certificate,
};

/// Something to judge, not read yet: an archive may be larger than memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A message, a directory or certificates, judged alone: what is missing around it proves nothing.
    File(PathBuf),
    /// The evidence of a scenario of an earlier run.
    Bundle(PathBuf),
}

impl Input {
    /// Everything to judge at a path: itself, or what is in and below it, in order of name.
    pub fn find(path: &Path) -> Result<Vec<Input>, CliError> {
        let unreadable = |problem| CliError::Unreadable { path: path.to_owned(), problem };
        if !fs::metadata(path).map_err(unreadable)?.is_dir() {
            return Ok(vec![Input::File(path.to_owned())]);
        }
        let mut inputs = Vec::new();
        let mut walk = WalkDir::new(path).sort_by_file_name().into_iter();
        while let Some(entry) = walk.next() {
            let entry = entry.map_err(|error| unreadable(error.into()))?;
            if entry.file_type().is_dir() {
                if entry.path().join(bundle::MANIFEST).is_file() {
                    inputs.push(Input::Bundle(entry.into_path()));
                    walk.skip_current_dir();
                }
            } else if is_meant(entry.path()) {
                inputs.push(Input::File(entry.into_path()));
            }
        }
        if inputs.is_empty() { Err(CliError::NothingToCheck(path.to_owned())) } else { Ok(inputs) }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        match self {
            Input::File(path) | Input::Bundle(path) => path,
        }
    }

    /// Reads it; `at` is its day, where it does not tell.
    pub fn read(&self, at: Timestamp) -> Result<Evidence, CliError> {
        match self {
            Input::File(path) => file(path, at),
            Input::Bundle(path) => Ok(bundle::read(path)?),
        }
    }
}

/// Whether a file in a folder is to be judged. Certificates are not: most of those that lie about are a CA's.
fn is_meant(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    [".eml", ".ldif", ".ldif.p7m"].iter().any(|end| name.ends_with(end))
}

/// What a file is, its content tells, not its name.
fn file(path: &Path, at: Timestamp) -> Result<Evidence, CliError> {
    let bytes = fs::read(path).map_err(|problem| CliError::Unreadable { path: path.to_owned(), problem })?;
    let evidence = Evidence { title: path.display().to_string(), ended: Some(at), ..Evidence::default() };
    if is_directory(&bytes) {
        let certificates = listed(&bytes);
        return Ok(Evidence {
            directories: vec![DirectoryVersion { from: at, ldif: bytes }],
            certificates,
            ..evidence
        });
    }
    match certificates(bytes) {
        Ok(certificates) => {
            if let Some(problem) = certificates.iter().find_map(|der| Certificate::read(der).err()) {
                return Err(CliError::NotCertificate { path: path.to_owned(), problem });
            }
            Ok(Evidence { certificates, ..evidence })
        }
        Err(bytes) => Ok(Evidence { observations: vec![message(path, bytes.into(), at)?], ..evidence }),
    }
}

/// Signed, or with the line that LDIF begins with.
fn is_directory(bytes: &[u8]) -> bool {
    if DirectoryFile::open(bytes).form != Form::Plain {
        return true;
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let first = lines.find(|line| !matches!(line, [] | [b'#' | b' ', ..])).unwrap_or_default();
    let name = first.split(|byte| *byte == b':').next().unwrap_or_default();
    name.len() < first.len() && (name.eq_ignore_ascii_case(b"version") || name.eq_ignore_ascii_case(b"dn"))
}

/// The certificates of a directory, each once.
fn listed(file: &[u8]) -> Vec<Vec<u8>> {
    let providers = Directory::read(file).map(|directory| directory.providers).unwrap_or_default();
    let certificates: BTreeSet<Vec<u8>> = providers.iter().flat_map(|provider| provider.certificates.clone()).collect();
    certificates.into_iter().collect()
}

/// What a file of certificates holds, DER or PEM; any other file is given back.
fn certificates(bytes: Vec<u8>) -> Result<Vec<Vec<u8>>, Vec<u8>> {
    const SEQUENCE: u8 = 0x30;
    if bytes.starts_with(&[SEQUENCE]) {
        return Ok(vec![bytes]);
    }
    if !bytes.trim_ascii_start().starts_with(b"-----BEGIN ") {
        return Err(bytes);
    }
    let sections = <(SectionKind, Vec<u8>)>::pem_slice_iter(&bytes).filter_map(Result::ok);
    let certificates: Vec<_> =
        sections.filter(|(kind, _)| *kind == SectionKind::Certificate).map(|(_, der)| der).collect();
    if certificates.is_empty() { Err(bytes) } else { Ok(certificates) }
}

fn message(path: &Path, bytes: Bytes, at: Timestamp) -> Result<Observation, CliError> {
    let message = Message::read(&bytes)
        .map_err(|problem| CliError::NotMail { path: path.to_owned(), problem: problem.to_string() })?;
    Ok(Observation {
        id: 1,
        bytes,
        seen: Seen::File { path: path.to_string_lossy().into_owned() },
        at: claimed(&message).unwrap_or(at),
        path: None,
        producer: Party::Undetermined,
        name: None,
        dialogue: None,
    })
}

/// When a file was on its way nobody saw. A certificate that has expired since then was good then, so the time the
/// message claims is taken: of its certification data, else of its Date.
fn claimed(message: &Message) -> Option<Timestamp> {
    let certified = message.daticert.as_ref().and_then(|reading| reading.data.as_ref()?.instant());
    let dated = || rfc2822::parse(&message.mail.field("Date")?).ok().map(|date| date.timestamp());
    certified.or_else(dated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_messages_and_bundles_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for (name, file) in [
            ("b", "b/two.EML"),
            ("a", "a/one.eml"),
            ("a", "a/readme.txt"),
            ("a", "a/root.pem"),
            ("d", "d/alfa.ldif.p7m"),
            ("d", "d/all.ldif"),
            ("c", "c/manifest.json"),
            ("c", "c/001.eml"),
        ] {
            fs::create_dir_all(at(name)).unwrap();
            fs::write(at(file), "").unwrap();
        }
        let found = Input::find(folder.path()).unwrap();
        let file = |name| Input::File(at(name));
        let bundle = Input::Bundle(at("c"));
        let rest = [file("d/alfa.ldif.p7m"), file("d/all.ldif")];
        assert_eq!(found, [&[file("a/one.eml"), file("b/two.EML"), bundle], &rest[..]].concat());
        assert_eq!(Input::find(&at("c")).unwrap(), [Input::Bundle(at("c"))]);
    }

    #[test]
    fn nothing_to_check_and_nothing_there_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Input::find(folder.path()), Err(CliError::NothingToCheck(_))));
        assert!(matches!(Input::find(&folder.path().join("absent")), Err(CliError::Unreadable { .. })));
    }

    #[test]
    fn what_a_file_is_its_content_tells() {
        let pki = crate::pki::Pki::load().unwrap();
        let der = pki.certificate("alfa").unwrap();
        let pem = der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::CRLF, der).unwrap();
        let at = Timestamp::UNIX_EPOCH;
        let signed = pki.signer("alfa").unwrap().sign_attached(b"dn: x\n", at, crate::smime::sign::Encoding::Ber);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.eml");
        let read = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            let evidence = Input::File(path.clone()).read(at).ok()?;
            Some((evidence.observations.len(), evidence.directories.len(), evidence.certificates.len()))
        };
        for ldif in ["version: 1\n", "# of today\n\nDN: o=postacert\r\n", "\u{feff}dn:: bz1w\n"] {
            assert_eq!(read(ldif.as_bytes()), Some((0, 1, 0)), "{ldif}");
        }
        assert_eq!(read(&signed), Some((0, 1, 0)));
        assert_eq!(read(der), Some((0, 0, 1)));
        assert_eq!(read(pem.repeat(2).as_bytes()), Some((0, 0, 2)));
        assert_eq!(read(b"DN-Number: 1\r\n\r\ndn: o=postacert\r\n"), Some((1, 0, 0)));
        assert_eq!(read(&der[..der.len() - 1]), None);
    }
}
