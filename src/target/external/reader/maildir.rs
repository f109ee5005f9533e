//! A Maildir: the mark is the names that were there. Nothing is moved from `new` to `cur`, and nothing is flagged.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::{LARGEST, MOST, Reader};
use crate::{
    bounded,
    message::as_sent,
    shown::path_text,
    target::{Doing, TargetError},
};

/// A Maildir on this machine. One that is not there yet is empty: it is made with the first message.
pub struct Maildir {
    path: PathBuf,
    /// The names there, without the flags behind them.
    known: BTreeSet<String>,
}

struct Entry {
    name: String,
    path: PathBuf,
    changed: Option<Timestamp>,
}

impl Maildir {
    /// A Maildir that nobody has looked into.
    pub fn new(path: PathBuf) -> Self {
        Self { path, known: BTreeSet::new() }
    }

    /// Looks at another place, which shows the same mailbox.
    pub(super) fn at(&mut self, path: PathBuf) -> &mut Self {
        self.path = path;
        self
    }

    pub(super) fn mark_now(&mut self) -> Result<(), TargetError> {
        let entries = entries(&self.path).map_err(|error| unreadable(&self.path, &error))?;
        self.known = entries.into_iter().map(|entry| entry.name).collect();
        Ok(())
    }

    pub(super) fn arrived_by_now(&mut self) -> Result<Vec<Vec<u8>>, TargetError> {
        let mut entries = entries(&self.path).map_err(|error| unreadable(&self.path, &error))?;
        entries.retain(|entry| !self.known.contains(&entry.name));
        if entries.len() > MOST {
            let what = format!(
                "{} messages came to {}, of which {MOST} are the most that are read",
                entries.len(),
                path_text(&self.path)
            );
            return Err(TargetError::infrastructure(what));
        }
        entries.sort_by(|one, other| (one.changed, &one.name).cmp(&(other.changed, &other.name)));
        let mut messages = Vec::new();
        for Entry { name, path, .. } in entries {
            match bounded::read(&path, LARGEST as u64) {
                Ok(message) => messages.push(as_sent(message)),
                // Its reader gave it a flag or moved it to `cur` meanwhile: it is found there at the next look.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(unreadable(&path, &error)),
            }
            self.known.insert(name);
        }
        Ok(messages)
    }
}

impl Reader for Maildir {
    fn mark(&mut self) -> Doing<'_, ()> {
        Box::pin(async { self.mark_now() })
    }

    fn arrived(&mut self) -> Doing<'_, Vec<Vec<u8>>> {
        Box::pin(async { self.arrived_by_now() })
    }
}

fn entries(path: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for folder in ["new", "cur"] {
        let listing = match fs::read_dir(path.join(folder)) {
            Ok(listing) => listing,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for entry in listing {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let name = name.split(':').next().unwrap_or_default().to_owned();
            let changed = entry.metadata().and_then(|metadata| metadata.modified());
            let changed = changed.ok().and_then(|changed| Timestamp::try_from(changed).ok());
            entries.push(Entry { name, path: entry.path(), changed });
        }
    }
    Ok(entries)
}

fn unreadable(path: &Path, error: &io::Error) -> TargetError {
    TargetError::infrastructure(format!("the Maildir {} cannot be read: {error}", path_text(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_is_left_alone_and_what_comes_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut maildir = Maildir::new(folder.path().join("mail"));
        maildir.mark_now().unwrap();
        assert!(maildir.arrived_by_now().unwrap().is_empty());
        for inner in ["new", "cur", "tmp"] {
            fs::create_dir_all(folder.path().join("mail").join(inner)).unwrap();
        }
        let write = |name: &str, text: &str| fs::write(folder.path().join("mail").join(name), text).unwrap();
        write("cur/1.old:2,S", "Subject: old\n\nx\n");
        maildir.mark_now().unwrap();
        write("new/2.new", "Subject: new\n\nx\n");
        write("tmp/3.half", "Subj");
        assert_eq!(maildir.arrived_by_now().unwrap(), [b"Subject: new\r\n\r\nx\r\n"]);
        // Somebody reads it: it is the same message all the same.
        fs::rename(folder.path().join("mail/new/2.new"), folder.path().join("mail/cur/2.new:2,S")).unwrap();
        write("new/4.crlf", "Subject: four\r\n\r\n.\r\n");
        assert_eq!(maildir.arrived_by_now().unwrap(), [b"Subject: four\r\n\r\n.\r\n"]);
        assert!(fs::exists(folder.path().join("mail/new/4.crlf")).unwrap(), "it stays where it was");
    }

    #[test]
    fn what_is_no_maildir_is_told() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = Maildir::new(file.path().to_owned()).mark_now().unwrap_err().to_string();
        assert!(error.contains("cannot be read"), "{error}");
    }
}
