//! A bundle: a run in one file, to be handed to somebody else. A zip of what the run left and of what it was about, a manifest
//! with the SHA-256 of each, a signature over the manifest, and a time stamp.
//!
//! ```text
//! bundle.json        the manifest
//! bundle.json.p7s    CMS, detached, DER, over the manifest: who packed it
//! bundle.json.tst    RFC 3161, over the signature, or over the manifest where there is none: when it was there at the latest
//! run/...            reports and evidence, as the run left them
//! targets/...        target files, without what may be secret
//! ```
//!
//! The same run gives the same octets: nothing in it tells when it was packed, but the time stamp.

mod manifest;
mod open;
mod pack;
mod seal;

use std::{io, path::PathBuf};

pub use manifest::{Entry, Manifest};
pub use open::{Bundle, Fault};
pub use pack::{Contents, Octets, pack, stamped_octets};
pub use seal::{Seals, signed, stamped};

use crate::shown::path_text;

/// The manifest's name.
const MANIFEST: &str = "bundle.json";
/// The signature's.
const SIGNATURE: &str = "bundle.json.p7s";
/// The time stamp's.
const TOKEN: &str = "bundle.json.tst";

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The file system refuses.
    #[error("{}: {problem}", path_text(path))]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        problem: io::Error,
    },
    /// The bundle itself cannot be written.
    #[error("{} cannot be written: {problem}", path_text(path))]
    Unwritten {
        /// Where.
        path: PathBuf,
        /// Why.
        problem: io::Error,
    },
    /// What was packed is no longer what was counted.
    #[error("{} changed while it was packed", path_text(.0))]
    Changed(PathBuf),
    /// A file that is none of ours, or is beyond a bound.
    #[error("{} is no bundle that is read: {problem}", path_text(path))]
    NoBundle {
        /// Which file.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// A bundle to which something cannot be added.
    #[error("{0}")]
    Sealed(&'static str),
    /// A time stamp that is none, or of something else.
    #[error("the time stamp is of no use: {0}")]
    Token(String),
}
