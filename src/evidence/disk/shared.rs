//! Files that the evidence of many plays of a run has alike (directory, anchors, revocation lists): on the disk once, and a
//! name in each folder.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Where such files lie, by the digest of what is in them. Clones know the same; a run begins with none.
#[derive(Clone, Debug, Default)]
pub struct Shared(Arc<Mutex<HashMap<String, PathBuf>>>);

impl Shared {
    /// Writes a file, as another name of one with the same bytes where there is one and the file system has such names.
    pub(super) fn write(&self, path: &Path, sha256: &str, bytes: &[u8]) -> io::Result<()> {
        let same = self.known().get(sha256).cloned();
        let linked = same.is_some_and(|same| fs::hard_link(same, path).is_ok());
        // Whoever put something else there meanwhile has not put it here.
        let is_same = linked && fs::symlink_metadata(path)?.is_file() && fs::read(path)? == bytes;
        if is_same {
            return Ok(());
        }
        if linked {
            fs::remove_file(path)?;
        }
        fs::write(path, bytes)
    }

    /// From now on the file at `path` may have other names.
    pub(super) fn learn(&self, sha256: &str, path: PathBuf) {
        self.known().entry(sha256.to_owned()).or_insert(path);
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, PathBuf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
