//! What a served gateway keeps, in a folder: mailboxes and virus store as Maildirs, the log as JSON lines.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;

use super::{
    log::{self, Log},
    maildir::{Maildir, folder_name},
};
use crate::{
    evidence::LogRecord,
    gateway::store::{Entry, Journal},
    message::Bytes,
};

/// Mailboxes, each in the folder of its address.
const MAIL: &str = "mail";
/// Infected messages, by months.
const VIRUS: &str = "virus";
/// The log.
const LOG: &str = "log";

/// The folder of one gateway, and of one only at a time.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    /// What tells the names of this start from those of others.
    start: String,
    inner: Mutex<Inner>,
    /// Held as long as the folder is this one's.
    _lock: File,
}

#[derive(Debug)]
struct Inner {
    /// The number of the last event.
    event: u64,
    log: Log,
}

impl Spool {
    /// The folder, made where it is not there; `start` is different each time.
    pub fn open(folder: &Path, start: &str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let lock = File::create(folder.join("lock"))?;
        lock.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => {
                io::Error::new(io::ErrorKind::ResourceBusy, "another gateway keeps its things there")
            }
            fs::TryLockError::Error(error) => error,
        })?;
        for part in [MAIL, VIRUS] {
            fs::create_dir_all(folder.join(part))?;
        }
        let log = Log::open(folder.join(LOG))?;
        let inner = Mutex::new(Inner { event: 0, log });
        let start = start.chars().filter(char::is_ascii_alphanumeric).collect();
        Ok(Self { folder: folder.to_owned(), start, inner, _lock: lock })
    }

    /// Forgets what was kept for 30 months.
    pub fn forget(&self, now: Timestamp) -> io::Result<()> {
        log::forget(&self.folder.join(VIRUS), now)?;
        log::forget(&self.folder.join(LOG), now)
    }
}

impl Journal for Spool {
    fn append(&self, entries: &[Entry]) -> io::Result<()> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.event += 1;
        let mut shown = Vec::new();
        for (index, (place, at, bytes)) in entries.iter().filter_map(|entry| self.put(entry)).enumerate() {
            let maildir = Maildir::open(place)?;
            let name = format!("{}.{}E{}N{index}.pec", at.as_second(), self.start, inner.event);
            maildir.prepare(&name, bytes)?;
            shown.push((maildir, name));
        }
        let records: Vec<&LogRecord> = entries.iter().filter_map(logged).collect();
        inner.log.append(records)?;
        for (maildir, name) in shown {
            maildir.show(&name)?;
            maildir.sync()?;
        }
        Ok(())
    }

    fn replay(&self) -> io::Result<Vec<Entry>> {
        Ok(Vec::new())
    }

    fn is_memory(&self) -> bool {
        false
    }
}

impl Spool {
    /// Where a message is put, and since when it is there.
    fn put<'e>(&self, entry: &'e Entry) -> Option<(PathBuf, Timestamp, &'e Bytes)> {
        match entry {
            Entry::Delivered { mailbox, message } => {
                Some((self.folder.join(MAIL).join(folder_name(mailbox)), message.at, &message.bytes))
            }
            Entry::Quarantined(message) => {
                Some((self.folder.join(VIRUS).join(log::month(message.at)), message.at, &message.bytes))
            }
            _ => None,
        }
    }
}

fn logged(entry: &Entry) -> Option<&LogRecord> {
    if let Entry::Logged(record) = entry { Some(record) } else { None }
}
