//! Opening a bundle that somebody handed over: nothing of it is written anywhere, and how much of it is read is bounded.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    fs::File,
    io::{self, Read, Seek},
    path::Path,
};

use aws_lc_rs::digest::{Context, SHA256};
use zip::ZipArchive;

use super::{BundleError, Entry, MANIFEST, Manifest, SIGNATURE, Seals, TOKEN};
use crate::{
    archive::{Limits, Seekable, Zip},
    hexadecimal,
    shown::shown,
};

/// Octets of a manifest at most: some hundred thousand members.
const LARGEST_MANIFEST: u64 = 64 << 20;
/// Octets of a signature or a time stamp at most.
const LARGEST_SEAL: u64 = 1 << 20;
/// Members at most.
const MOST: usize = 500_000;

/// A bundle, opened, and every member held against the manifest.
pub struct Bundle {
    /// What it says that it is.
    pub manifest: Manifest,
    /// The manifest as it stands there.
    pub octets: Vec<u8>,
    /// Its signature and its time stamp, not looked at yet.
    pub seals: Seals,
    /// What is not as the manifest says, in the order of the members' names.
    pub faults: Vec<Fault>,
    pub(super) archive: ZipArchive<Box<dyn Seekable>>,
}

/// A member that is not as the manifest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is another, and how.
    Altered(String, &'static str),
    /// It is not there.
    Missing(String),
    /// The manifest knows nothing of it.
    Extra(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Altered(name, how) => write!(f, "altered  {}: {how}", shown(name)),
            Fault::Missing(name) => write!(f, "missing  {}", shown(name)),
            Fault::Extra(name) => write!(f, "extra    {}", shown(name)),
        }
    }
}

impl Bundle {
    /// Opens a file, and reads every member that the manifest names. The error is that of a file that is no bundle, or beyond a
    /// bound; what is wrong with a bundle is in [`Bundle::faults`].
    pub fn open(path: &Path) -> Result<Self, BundleError> {
        let refused = |problem: String| BundleError::NoBundle { path: path.to_owned(), problem };
        let failed = |problem: io::Error| BundleError::Io { path: path.to_owned(), problem };
        let file = File::open(path).map_err(failed)?;
        if !file.metadata().map_err(failed)?.is_file() {
            return Err(refused("it is no file".to_owned()));
        }
        let limits = Limits { members: MOST, ..Limits::default() };
        let zip = Zip::open(Box::new(file), &limits).map_err(|why| refused(why.to_string()))?;
        let (budget, hidden) = (zip.budget(&limits), zip.hidden);
        let mut archive = zip.archive;
        let octets = held(&mut archive, MANIFEST, LARGEST_MANIFEST).map_err(refused)?;
        let octets = octets.ok_or_else(|| refused(format!("there is no {MANIFEST} in it")))?;
        let manifest = Manifest::read(&octets).map_err(refused)?;
        let said = manifest.members.iter().fold(0_u64, |sum, member| sum.saturating_add(member.size));
        if said > budget {
            let told = format!("its members are said to hold {} MiB, which is more than may come of it", said >> 20);
            return Err(refused(told));
        }
        let signature = held(&mut archive, SIGNATURE, LARGEST_SEAL).map_err(refused)?;
        let token = held(&mut archive, TOKEN, LARGEST_SEAL).map_err(refused)?;
        let faults = faults(&mut archive, &manifest, hidden);
        Ok(Self { manifest, octets, seals: Seals { signature, token }, faults, archive })
    }
}

/// A member that is held whole, where it is there.
fn held<R: Read + Seek>(archive: &mut ZipArchive<R>, name: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
    let member = match archive.by_name(name) {
        Ok(member) => member,
        Err(zip::result::ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(format!("{name}: {error}")),
    };
    let mut octets = Vec::new();
    member.take(limit + 1).read_to_end(&mut octets).map_err(|error| format!("{name}: {error}"))?;
    if octets.len() as u64 > limit {
        Err(format!("{name} is larger than {} MiB", limit >> 20))
    } else {
        Ok(Some(octets))
    }
}

fn faults<R: Read + Seek>(archive: &mut ZipArchive<R>, manifest: &Manifest, hidden: u64) -> Vec<Fault> {
    let there: BTreeMap<String, usize> =
        (0..archive.len()).filter_map(|at| Some((archive.name_for_index(at)?.to_owned(), at))).collect();
    let mut faults = Vec::new();
    let mut known: BTreeSet<&str> = BTreeSet::from([MANIFEST, SIGNATURE, TOKEN]);
    for entry in &manifest.members {
        known.insert(&entry.name);
        let Some(at) = there.get(&entry.name) else {
            faults.push(Fault::Missing(entry.name.clone()));
            continue;
        };
        if let Err(how) = compare(archive, *at, entry) {
            faults.push(Fault::Altered(entry.name.clone(), how));
        }
    }
    let extra = there.keys().filter(|name| !known.contains(name.as_str()));
    faults.extend(extra.map(|name| Fault::Extra(name.clone())));
    if hidden > 0 {
        faults.push(Fault::Extra(format!("{hidden} with the name of another")));
    }
    faults
}

/// Whether a member is the one that was packed. No more of it is unpacked than the manifest says it holds, and one octet.
fn compare<R: Read + Seek>(archive: &mut ZipArchive<R>, at: usize, entry: &Entry) -> Result<(), &'static str> {
    let member = archive.by_index(at).map_err(|_| "it cannot be unpacked")?;
    if member.is_symlink() || !member.is_file() {
        return Err("it is no file");
    }
    let mut member = member.take(entry.size.saturating_add(1));
    let (mut digest, mut octets, mut buffer) = (Context::new(&SHA256), 0, vec![0; 64 << 10]);
    loop {
        match member.read(&mut buffer).map_err(|_| "it cannot be unpacked")? {
            0 => break,
            read => {
                octets += read as u64;
                digest.update(&buffer[..read]);
            }
        }
    }
    let is_it = octets == entry.size && hexadecimal::digits(digest.finish().as_ref()) == entry.sha256;
    if is_it { Ok(()) } else { Err("its SHA-256 is another") }
}
