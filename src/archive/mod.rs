//! What someone holds, opened: files, folders, mailboxes, zips and standard input, one thing to judge after the other.
//!
//! What a file is, its content tells, not its name. Nothing is skipped in silence: what is not a thing to judge, or could
//! not be read, comes out as [`LeftOut`], in its place. Everything is read as it is asked for, since an archive may hold
//! a million messages and be larger than memory.

mod certificates;
mod file;
mod folder;
mod form;
mod gzip;
mod inside;
mod left_out;
mod limits;
mod mbox;
mod name;
mod zip;

use std::path::{Path, PathBuf};

pub use file::Seekable;
pub use inside::{Inside, Outer, inside};
pub use left_out::{Asked, LeftOut, Why};
pub use limits::Limits;
pub use name::{Name, Step};
pub use zip::Zip;

use crate::message::Bytes;

/// One thing to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Where it was found.
    pub name: Name,
    /// What it is.
    pub content: Content,
}

impl Item {
    /// About how many octets it holds in memory.
    pub fn weight(&self) -> usize {
        match &self.content {
            Content::Message(bytes)
            | Content::Directory(bytes)
            | Content::Daticert(bytes)
            | Content::Signature(bytes)
            | Content::Opaque(bytes) => bytes.len(),
            Content::Certificates(certificates) => certificates.iter().map(Vec::len).sum(),
            Content::Evidence(_) => 0,
        }
    }
}

/// What there is to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A message as it was sent: a copy stored with line feeds alone has its CRLF again. It has a header field that mail
    /// knows; whether it reads, [`crate::message::Message::read`] tells.
    Message(Bytes),
    /// A providers' directory: LDIF, by itself or in its signature.
    Directory(Bytes),
    /// Certificates of signers, DER, each readable; those of authorities are left out.
    Certificates(Vec<Vec<u8>>),
    /// A daticert.xml by itself.
    Daticert(Bytes),
    /// A signature without what it signs (smime.p7s), DER or BER.
    Signature(Bytes),
    /// A signature with what it signs inside, which is a part of a message; DER or BER.
    Opaque(Bytes),
    /// The evidence of a scenario of an earlier run: a folder with its manifest.
    Evidence(PathBuf),
}

/// What comes out of an archive.
pub type Found = Result<Item, LeftOut>;

/// Everything at these paths, in the order given, folders in order of name, told by the names that they have from `base`.
/// `-` is standard input, once.
pub fn open(paths: &[PathBuf], base: &Path, limits: &Limits) -> impl Iterator<Item = Found> + Send + use<> {
    let (paths, base, limits) = (paths.to_vec(), base.to_owned(), limits.clone());
    paths.into_iter().flat_map(move |path| file::given(&path, &base, &limits))
}

/// What a path that is given is called, from a folder that it may lie in: `-` is standard input.
pub fn named(path: &Path, base: &Path) -> Name {
    match path.strip_prefix(base) {
        _ if path == Path::new("-") => Name::stdin(),
        Ok(rest) if !base.as_os_str().is_empty() => Name::file(rest),
        _ => Name::file(path),
    }
}

/// Things that come out one after the other.
type Stream = Box<dyn Iterator<Item = Found> + Send>;

/// A stream of one.
fn only(found: Found) -> Stream {
    Box::new(std::iter::once(found))
}
