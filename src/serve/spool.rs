//! What a served gateway keeps, in a folder: mailboxes and virus store as Maildirs, the log as JSON lines, and the journal of
//! what is under way.
//!
//! An event happens when the journal's stroke has returned. Before it, bodies and messages are written where nobody looks;
//! after it, messages are shown and records logged. A crash in between is made up for at the next start: what the stroke
//! names is shown and logged then, once.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;

use super::{
    bodies::{self, Bodies},
    log::{self, Line, Log},
    maildir::{Maildir, folder_name},
    tables::{Placed, Tables},
};
use crate::{
    gateway::store::{Body, BodyName, Entry, Journal},
    message::Bytes,
};

/// Mailboxes, each in the folder of its address.
pub const MAIL: &str = "mail";
/// Infected messages, by months.
const VIRUS: &str = "virus";
/// The log.
const LOG: &str = "log";
/// Bodies of what waits.
const BODIES: &str = "queue";
/// The journal.
const JOURNAL: &str = "journal.redb";

/// The folder of one gateway, and of one only at a time.
pub struct Spool {
    folder: PathBuf,
    tables: Tables,
    inner: Mutex<Inner>,
    /// Held as long as the folder is this one's.
    _lock: File,
}

struct Inner {
    /// The number of the last event: it and those before are shown and logged.
    event: u64,
    log: Log,
    bodies: Bodies,
}

impl Spool {
    /// The folder, made where it is not there; what a crash left undone is done.
    pub fn open(folder: &Path) -> io::Result<Self> {
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
        let tables = Tables::open(&folder.join(JOURNAL))?;
        let named = tables.entries()?.into_iter().filter_map(|entry| match entry {
            Entry::Queued(outgoing) => name(&outgoing.body),
            _ => None,
        });
        let bodies = Bodies::open(folder.join(BODIES), named)?;
        let mut log = Log::open(folder.join(LOG))?;
        for (_, placed) in tables.to_be_shown()? {
            show(folder, &placed)?;
        }
        log.write(&tables.to_be_logged()?)?;
        log.go_on_from(tables.line()?);
        let inner = Mutex::new(Inner { event: tables.event()?, log, bodies });
        Ok(Self { folder: folder.to_owned(), tables, inner, _lock: lock })
    }

    /// Forgets what was kept for 30 months.
    pub fn forget(&self, now: Timestamp) -> io::Result<()> {
        log::forget(&self.folder.join(VIRUS), now)?;
        log::forget(&self.folder.join(LOG), now)
    }
}

impl Journal for Spool {
    fn append(&self, events: &[Vec<Entry>]) -> io::Result<()> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let Inner { event, log, bodies } = &mut *inner;
        let stroke = self.tables.begin()?;
        stroke.settled(*event, log.last())?;
        let (mut lines, mut shown, mut released) = (Vec::new(), Vec::new(), Vec::new());
        let (mut number, mut kept) = (*event, false);
        for entries in events {
            number += 1;
            let mut placed: Vec<Placed> = Vec::new();
            for entry in entries {
                if let Some((place, at, bytes)) = put(entry) {
                    let name = format!("{}.E{number}N{}.pec", at.as_second(), placed.len());
                    Maildir::open(self.folder.join(&place))?.prepare(&name, bytes)?;
                    placed.push((place, name));
                }
                if let Entry::Logged(record) = entry {
                    let line = Line::of(log.last() + lines.len() as u64 + 1, record)?;
                    stroke.logged(&line)?;
                    lines.push(line);
                }
                if let Entry::Queued(outgoing) = entry
                    && let Body::Held(bytes) = &outgoing.body
                {
                    bodies.keep(BodyName::of(bytes), bytes)?;
                    kept = true;
                }
                released.extend(stroke.note(entry)?.and_then(|sent| name(&sent.body)));
            }
            if !placed.is_empty() {
                stroke.shown(number, &placed)?;
                shown.extend(placed);
            }
        }
        if kept {
            bodies.sync()?;
        }
        for place in shown.iter().map(|(place, _)| place).collect::<BTreeSet<_>>() {
            Maildir::open(self.folder.join(place))?.sync_prepared()?;
        }
        stroke.finish(number, log.last() + lines.len() as u64)?;
        // It has happened; what fails from here on is done at the next start.
        log.write(&lines)?;
        show(&self.folder, &shown)?;
        *event = number;
        for body in released {
            bodies.release(body)?;
        }
        Ok(())
    }

    fn replay(&self) -> io::Result<Vec<Entry>> {
        self.tables.entries()
    }

    fn body(&self, name: &BodyName) -> io::Result<Bytes> {
        let path = self.inner.lock().unwrap_or_else(PoisonError::into_inner).bodies.path(name);
        bodies::read(&path, name)
    }

    fn is_memory(&self) -> bool {
        false
    }
}

/// Where a message is put, since when it is there, and its bytes.
fn put(entry: &Entry) -> Option<(String, Timestamp, &Bytes)> {
    match entry {
        Entry::Delivered { mailbox, message } => {
            Some((format!("{MAIL}/{}", folder_name(mailbox)), message.at, &message.bytes))
        }
        Entry::Quarantined(message) => {
            Some((format!("{VIRUS}/{}", log::month(message.at)), message.at, &message.bytes))
        }
        _ => None,
    }
}

/// Shows what was prepared; what was shown before stays as it is.
fn show(folder: &Path, placed: &[Placed]) -> io::Result<()> {
    for (place, name) in placed {
        Maildir::open(folder.join(place))?.show(name)?;
    }
    for place in placed.iter().map(|(place, _)| place).collect::<BTreeSet<_>>() {
        Maildir::open(folder.join(place))?.sync()?;
    }
    Ok(())
}

fn name(body: &Body) -> Option<BodyName> {
    match body {
        Body::Kept(name) => Some(*name),
        Body::Held(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        evidence::{LogRecord, SmtpPath},
        gateway::store::{Purpose, Store, Stored},
    };

    fn at() -> Timestamp {
        "2026-03-02T08:30:00Z".parse().unwrap()
    }

    fn logged() -> Entry {
        Entry::Logged(LogRecord {
            msgid: None,
            identifier: None,
            at: at(),
            sender: "mario@a.example".into(),
            recipients: Vec::new(),
            subject: String::new(),
            event: "consegna".into(),
            generated: Vec::new(),
            provider: "A".into(),
            detail: None,
        })
    }

    fn delivered(bytes: &[u8]) -> Entry {
        Entry::Delivered { mailbox: "anna@b.example".into(), message: Stored { bytes: bytes.into(), at: at() } }
    }

    fn queue(store: &Store, bytes: &[u8]) {
        let path = SmtpPath { from: "a@a.example".into(), to: vec!["b@b.example".into(), "c@b.example".into()] };
        store.queue(path, bytes.into(), Purpose::Ordinary, at());
    }

    fn shown(folder: &Path) -> Vec<Vec<u8>> {
        let mut names: Vec<_> =
            fs::read_dir(folder.join("mail/anna@b.example/new")).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        names.into_iter().map(|path| fs::read(path).unwrap()).collect()
    }

    fn lines(folder: &Path) -> usize {
        fs::read_to_string(folder.join("log/2026-03.jsonl")).unwrap().lines().count()
    }

    #[test]
    fn what_waits_and_was_taken_in_is_known_again_and_what_is_concluded_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(Spool::open(folder.path()).unwrap()).unwrap();
        store
            .event(|| {
                queue(&store, b"first");
                queue(&store, b"second");
                store.record(delivered(b"hello"));
                store.record(logged());
                assert!(store.take_in("A", "id", "anna@b.example", at()));
            })
            .unwrap();
        store
            .event(|| {
                store.record(Entry::Dequeued(1));
                store.record(Entry::Deferred { id: 2, to: vec!["c@b.example".into()], due: Timestamp::MAX });
            })
            .unwrap();
        drop(store);
        let store = Store::open(Spool::open(folder.path()).unwrap()).unwrap();
        assert!(store.waiting(1).is_none());
        let waiting = store.waiting(2).unwrap();
        assert_eq!((waiting.path.to.clone(), waiting.attempts), (vec!["c@b.example".to_owned()], 1));
        assert_eq!(*store.body(&waiting).unwrap(), *b"second");
        assert_eq!(fs::read_dir(folder.path().join("queue")).unwrap().count(), 1);
        assert!(!store.take_in("a", "id", "ANNA@b.example", at()));
        store.event(|| store.record(Entry::Forgotten(Timestamp::MAX))).unwrap();
        assert_eq!(shown(folder.path()), [b"hello"]);
        drop(store);
        let store = Store::open(Spool::open(folder.path()).unwrap()).unwrap();
        assert!(store.event(|| store.take_in("a", "id", "anna@b.example", at())).unwrap());
    }

    #[test]
    fn what_a_crash_left_undone_is_done_once() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::open(folder.path()).unwrap();
        spool.append(&[vec![delivered(b"one"), logged()], vec![delivered(b"two"), logged()]]).unwrap();
        drop(spool);
        // As if it had ended right after the stroke: nothing shown, nothing logged.
        let mail = folder.path().join("mail/anna@b.example");
        for entry in fs::read_dir(mail.join("new")).unwrap() {
            let path = entry.unwrap().path();
            fs::rename(&path, mail.join("tmp").join(path.file_name().unwrap())).unwrap();
        }
        fs::write(folder.path().join("log/2026-03.jsonl"), "{\"seq\":1").unwrap();
        for _ in 0..2 {
            drop(Spool::open(folder.path()).unwrap());
            assert_eq!((shown(folder.path()), lines(folder.path())), (vec![b"one".to_vec(), b"two".to_vec()], 2));
        }
        // A reader that has taken them is not given them again.
        for entry in fs::read_dir(mail.join("new")).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
        let spool = Spool::open(folder.path()).unwrap();
        assert!(shown(folder.path()).is_empty());
        spool.append(&[vec![delivered(b"three"), logged()]]).unwrap();
        assert_eq!((shown(folder.path()), lines(folder.path())), (vec![b"three".to_vec()], 3));
    }

    #[test]
    fn a_journal_that_is_cut_off_or_overwritten_is_told_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::open(folder.path()).unwrap();
        spool.append(&[vec![delivered(b"one"), logged()]]).unwrap();
        drop(spool);
        let path = folder.path().join(JOURNAL);
        let whole = fs::read(&path).unwrap();
        for broken in [&whole[..whole.len() / 2], &whole[..100], b"not a journal", &vec![0; 65_536]] {
            fs::write(&path, broken).unwrap();
            let error = Spool::open(folder.path()).err().map(|error| error.to_string());
            assert!(error.as_ref().is_some_and(|told| told.contains("journal.redb")), "{error:?}");
            assert_eq!(fs::read(&path).unwrap(), broken, "it is left as it is");
        }
        fs::write(&path, whole).unwrap();
        assert!(Spool::open(folder.path()).is_ok());
    }
}
