//! Packing: in two passes, so that a run is never held whole; what changes between them is told.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};

use aws_lc_rs::digest::{Context, SHA256};
use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::{Bundle, BundleError, Entry, MANIFEST, Manifest, SIGNATURE, Seals, TOKEN};
use crate::hexadecimal;

/// What is packed.
pub enum Contents {
    /// Of a run: every member by its name.
    Run(Vec<(String, Octets)>),
    /// Those of a bundle that was packed before.
    Bundle(Box<Bundle>),
}

/// The octets of a member.
pub enum Octets {
    /// Of a file.
    File(PathBuf),
    /// At hand.
    Held(Vec<u8>),
}

impl Octets {
    fn open(&self) -> Result<Box<dyn Read + '_>, BundleError> {
        match self {
            Octets::Held(octets) => Ok(Box::new(&octets[..])),
            Octets::File(path) => {
                let failed = |problem| BundleError::Io { path: path.clone(), problem };
                if !fs::symlink_metadata(path).map_err(failed)?.is_file() {
                    let told = "it is no file: links and what else there is are not packed";
                    return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, told)));
                }
                Ok(Box::new(File::open(path).map_err(failed)?))
            }
        }
    }

    /// Hands its octets on, and tells how many they are and their SHA-256.
    fn copy(&self, out: &mut impl Write) -> Result<(u64, String), BundleError> {
        let mut counted = Counted { out, octets: 0, digest: Context::new(&SHA256) };
        let mut octets = self.open()?;
        io::copy(&mut octets, &mut counted).map_err(|problem| BundleError::Io { path: self.path(), problem })?;
        Ok((counted.octets, hexadecimal::digits(counted.digest.finish().as_ref())))
    }

    fn path(&self) -> PathBuf {
        match self {
            Octets::File(path) => path.clone(),
            Octets::Held(_) => PathBuf::new(),
        }
    }
}

/// Counts and digests what is written.
struct Counted<'w, W> {
    out: &'w mut W,
    octets: u64,
    digest: Context,
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.out.write(buffer)?;
        self.octets += written as u64;
        self.digest.update(&buffer[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Contents {
    /// The same with every member in `manifest`; that of a bundle takes the place of what is there.
    pub fn listed(&mut self, manifest: &mut Manifest) -> Result<(), BundleError> {
        match self {
            Contents::Bundle(bundle) => manifest.clone_from(&bundle.manifest),
            Contents::Run(members) => {
                members.sort_by(|one, other| one.0.cmp(&other.0));
                for (name, octets) in members {
                    let (size, sha256) = octets.copy(&mut io::sink())?;
                    manifest.members.push(Entry { name: name.clone(), size, sha256 });
                }
            }
        }
        Ok(())
    }
}

/// What a time stamp is to be of: the signature, or the manifest where there is none.
pub fn stamped_octets<'a>(manifest: &'a [u8], seals: &'a Seals) -> (&'static str, &'a [u8]) {
    match &seals.signature {
        Some(signature) => (SIGNATURE, signature),
        None => (MANIFEST, manifest),
    }
}

/// Writes a bundle to a path, whole or not at all.
pub fn pack(contents: Contents, manifest: &Manifest, seals: &Seals, to: &Path) -> Result<(), BundleError> {
    let failed = |problem: io::Error| BundleError::Unwritten { path: to.to_owned(), problem };
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".bundle-").tempfile_in(folder).map_err(failed)?;
    write(contents, manifest, seals, &mut file, to)?;
    file.as_file().sync_all().map_err(failed)?;
    readable(file.as_file()).map_err(failed)?;
    file.persist(to).map_err(|error| failed(error.error))?;
    Ok(())
}

fn write(
    contents: Contents,
    manifest: &Manifest,
    seals: &Seals,
    out: impl Write + Seek,
    to: &Path,
) -> Result<(), BundleError> {
    let failed = |error: ZipError| BundleError::Unwritten { path: to.to_owned(), problem: error.into() };
    let mut zip = ZipWriter::new(out);
    // Nothing of the machine or the hour: the same run gives the same octets.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let held =
        [(MANIFEST, Some(manifest.octets())), (SIGNATURE, seals.signature.clone()), (TOKEN, seals.token.clone())];
    for (name, octets) in held {
        if let Some(octets) = octets {
            zip.start_file(name, options).map_err(failed)?;
            zip.write_all(&octets).map_err(|error| failed(error.into()))?;
        }
    }
    match contents {
        Contents::Run(members) => {
            for ((name, octets), entry) in members.iter().zip(&manifest.members) {
                zip.start_file(&**name, options.large_file(entry.size >= u64::from(u32::MAX))).map_err(failed)?;
                if octets.copy(&mut zip)? != (entry.size, entry.sha256.clone()) {
                    return Err(BundleError::Changed(octets.path()));
                }
            }
        }
        Contents::Bundle(mut bundle) => {
            for entry in &manifest.members {
                zip.raw_copy_file(bundle.archive.by_name(&entry.name).map_err(failed)?).map_err(failed)?;
            }
        }
    }
    zip.finish().map_err(failed)?;
    Ok(())
}

/// Temporary files are the owner's alone; a bundle is for others.
#[cfg(unix)]
fn readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &File) -> io::Result<()> {
    Ok(())
}
