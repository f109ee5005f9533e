//! Bodies of messages that wait, each in a file that its SHA-256 names: written once however many wait with it, and synced
//! before anything that names it is.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, Write as _},
    path::PathBuf,
};

use super::maildir::sync_folder;
use crate::{
    bounded::{self, MIB},
    gateway::store::BodyName,
    hexadecimal,
    message::Bytes,
};

/// Octets of a body at most: more than any listener takes.
const LARGEST: u64 = 512 * MIB;

/// The folder of bodies, and how many wait with each.
#[derive(Debug)]
pub struct Bodies {
    folder: PathBuf,
    holders: HashMap<BodyName, usize>,
}

impl Bodies {
    /// The folder, made where it is not there, of which `named` are waited with: each must be there. Others are removed.
    pub fn open(folder: PathBuf, named: impl Iterator<Item = BodyName>) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let mut holders: HashMap<BodyName, usize> = HashMap::new();
        for name in named {
            *holders.entry(name).or_default() += 1;
        }
        let files: HashMap<String, BodyName> = holders.keys().map(|name| (file_name(name), *name)).collect();
        let mut there = 0;
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let known = entry.file_name().to_str().is_some_and(|name| files.contains_key(name));
            if known {
                there += 1;
            } else {
                // Of an event that did not happen, or of a message sent since.
                fs::remove_file(entry.path())?;
            }
        }
        if there < files.len() {
            let text = format!(
                "{} of {} messages that wait have lost their bodies in {}",
                files.len() - there,
                files.len(),
                crate::shown::path_text(&folder)
            );
            return Err(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        Ok(Self { folder, holders })
    }

    /// Keeps a body, which survives a crash once [`Bodies::sync`] returned.
    pub fn keep(&mut self, name: BodyName, bytes: &[u8]) -> io::Result<()> {
        let holders = self.holders.entry(name).or_default();
        *holders += 1;
        if *holders > 1 {
            return Ok(());
        }
        let path = self.folder.join(file_name(&name));
        let unfinished = path.with_extension("tmp");
        let mut file = File::create(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(unfinished, path)
    }

    /// What was kept so far survives a crash.
    pub fn sync(&self) -> io::Result<()> {
        sync_folder(&self.folder)
    }

    /// One waits no longer with a body; what nobody waits with is removed.
    pub fn release(&mut self, name: BodyName) -> io::Result<()> {
        let Some(holders) = self.holders.get_mut(&name) else { return Ok(()) };
        *holders -= 1;
        if *holders > 0 {
            return Ok(());
        }
        self.holders.remove(&name);
        fs::remove_file(self.folder.join(file_name(&name)))
    }

    /// The file of a body.
    pub fn path(&self, name: &BodyName) -> PathBuf {
        self.folder.join(file_name(name))
    }
}

/// Reads a body, and holds it against its name.
pub fn read(path: &std::path::Path, name: &BodyName) -> io::Result<Bytes> {
    let bytes = bounded::read(path, LARGEST)?;
    if BodyName::of(&bytes) == *name {
        Ok(bytes.into())
    } else {
        let text = format!("{} does not hold what its name says", crate::shown::path_text(path));
        Err(io::Error::new(io::ErrorKind::InvalidData, text))
    }
}

fn file_name(name: &BodyName) -> String {
    hexadecimal::digits(&name.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_there_as_long_as_somebody_waits_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bodies");
        let name = BodyName::of(b"body");
        let mut bodies = Bodies::open(path.clone(), std::iter::empty()).unwrap();
        bodies.keep(name, b"body").unwrap();
        bodies.keep(name, b"body").unwrap();
        bodies.sync().unwrap();
        assert_eq!(*read(&bodies.path(&name), &name).unwrap(), *b"body");
        bodies.release(name).unwrap();
        assert!(bodies.path(&name).exists());
        let mut again = Bodies::open(path.clone(), [name].into_iter()).unwrap();
        again.release(name).unwrap();
        assert!(!again.path(&name).exists());
        let lost = Bodies::open(path.clone(), [name].into_iter()).unwrap_err();
        assert!(lost.to_string().contains("have lost their bodies"));
        fs::write(path.join("left.tmp"), "half").unwrap();
        Bodies::open(path.clone(), std::iter::empty()).unwrap();
        assert_eq!(fs::read_dir(path).unwrap().count(), 0);
    }

    #[test]
    fn a_body_that_was_changed_is_not_sent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        fs::write(&path, "other").unwrap();
        assert!(read(&path, &BodyName::of(b"body")).unwrap_err().to_string().contains("does not hold"));
    }
}
