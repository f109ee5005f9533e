//! Maildir: a message is written and synced in `tmp`, and shown in `new` once what put it there has happened.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// A folder with `tmp`, `new` and `cur`.
#[derive(Clone, Debug)]
pub struct Maildir(PathBuf);

impl Maildir {
    /// The Maildir at a path, made where it is not there.
    pub fn open(path: PathBuf) -> io::Result<Self> {
        if !path.join("new").is_dir() {
            for folder in ["tmp", "cur", "new"] {
                fs::create_dir_all(path.join(folder))?;
            }
            sync_folder(&path)?;
            path.parent().map_or(Ok(()), sync_folder)?;
        }
        Ok(Self(path))
    }

    /// Writes a message where nobody looks yet; it survives a crash. Written again under the same name it is the same one.
    pub fn prepare(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = File::create(self.0.join("tmp").join(name))?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    /// The messages shown, oldest first: what each is called for good, and its file.
    pub fn messages(&self) -> io::Result<Vec<(String, PathBuf)>> {
        let mut all = Vec::new();
        for folder in ["new", "cur"] {
            for entry in fs::read_dir(self.0.join(folder))? {
                let entry = entry?;
                let name = entry.file_name();
                // What stands behind the colon are flags, which change.
                let uid = name.to_string_lossy().split(':').next().unwrap_or_default().to_owned();
                all.push((uid, entry.path()));
            }
        }
        all.sort_by_cached_key(|(uid, _)| (order(uid), uid.clone()));
        Ok(all)
    }

    /// The file of a message shown.
    pub fn find(&self, uid: &str) -> io::Result<PathBuf> {
        let unmoved = self.0.join("new").join(uid);
        if !uid.contains(['/', '\\']) && unmoved.is_file() {
            return Ok(unmoved);
        }
        let found = self.messages()?.into_iter().find(|(known, _)| known == uid);
        found.map(|(_, path)| path).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Shows a prepared message; nothing where it was shown before.
    pub fn show(&self, name: &str) -> io::Result<()> {
        match fs::rename(self.0.join("tmp").join(name), self.0.join("new").join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            shown => shown,
        }
    }

    /// What was prepared so far survives a crash.
    pub fn sync_prepared(&self) -> io::Result<()> {
        sync_folder(&self.0.join("tmp"))
    }

    /// What was shown so far survives a crash.
    pub fn sync(&self) -> io::Result<()> {
        sync_folder(&self.0.join("new"))
    }
}

/// The number of the event that a message was named after, and its place in it; what somebody else named comes last.
fn order(uid: &str) -> (u64, u64) {
    let told = || {
        let (event, place) = uid.split('.').nth(1)?.strip_prefix('E')?.split_once('N')?;
        Some((event.parse().ok()?, place.parse().ok()?))
    };
    told().unwrap_or((u64::MAX, u64::MAX))
}

/// What a folder lists survives a crash.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

/// An address as the name of a folder: nothing of it leads elsewhere, whatever it holds.
pub fn folder_name(address: &str) -> String {
    let fits = |octet: u8| octet.is_ascii_alphanumeric() || b"@.-_+=".contains(&octet);
    let mut name = String::new();
    for (at, octet) in address.to_ascii_lowercase().bytes().enumerate() {
        if fits(octet) && !(at == 0 && octet == b'.') {
            name.push(char::from(octet));
        } else {
            write!(name, "%{octet:02x}").expect("a String takes every write");
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_message_is_seen_once_it_is_shown_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("anna@b.example");
        let maildir = Maildir::open(path.clone()).unwrap();
        maildir.prepare("1", b"first").unwrap();
        maildir.prepare("1", b"message").unwrap();
        assert!(names(&path.join("new")).is_empty());
        maildir.show("1").unwrap();
        maildir.show("1").unwrap();
        maildir.sync().unwrap();
        assert_eq!(fs::read(path.join("new/1")).unwrap(), b"message");
        assert!(names(&path.join("tmp")).is_empty());
    }

    #[test]
    fn no_address_leads_out_of_its_folder() {
        assert_eq!(folder_name("Anna@B.example"), "anna@b.example");
        assert_eq!(folder_name("../x/y@b"), "%2e.%2fx%2fy@b");
        assert_eq!(folder_name("."), "%2e");
        assert_ne!(folder_name("a%b@c"), folder_name("a%25b@c"));
    }
}
