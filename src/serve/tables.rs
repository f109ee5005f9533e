//! The tables of the journal, in redb: what a gateway knows and is not concluded. Every row begins with the version it was
//! written in.

use std::{
    fs, io,
    panic::{self, AssertUnwindSafe},
    path::Path,
};

use jiff::Timestamp;
use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition, WriteTransaction};
use serde::{Serialize, de::DeserializeOwned};

use super::log::Line;
use crate::gateway::store::{ArrivalName, Entry, Milestone, Noticed, Outgoing, Tracked};

/// The version that rows are written in.
const VERSION: u8 = 1;

/// Messages that wait, by number.
const QUEUE: TableDefinition<u64, &[u8]> = TableDefinition::new("queue");
/// Submissions whose answers are waited for, by identifier.
const TRACKED: TableDefinition<&str, &[u8]> = TableDefinition::new("tracked");
/// What was taken in, and when, in seconds.
const TAKEN_IN: TableDefinition<&[u8], i64> = TableDefinition::new("taken-in");
/// By event: what was delivered with it and may not be shown yet.
const SHOWN: TableDefinition<u64, &[u8]> = TableDefinition::new("shown");
/// By number: records that may not stand in the log yet.
const LOGGED: TableDefinition<u64, &[u8]> = TableDefinition::new("logged");
/// Numbers.
const NUMBERS: TableDefinition<&str, u64> = TableDefinition::new("numbers");
/// The last event.
const EVENT: &str = "event";
/// The last line of the log.
const LINE: &str = "line";

/// Octets of it that are remembered, instead of redb's gibibyte: what is under way is little, and each row is read once.
const CACHE: usize = 8 << 20;

/// The journal's file.
pub struct Tables(Database);

/// One stroke.
pub struct Stroke(WriteTransaction);

/// A message in a Maildir: the folder within the gateway's, and its name there.
pub type Placed = (String, String);

impl Tables {
    /// The tables in a file, made where it is not there. One that is damaged stays as it is.
    pub fn open(path: &Path) -> io::Result<Self> {
        // Whoever opens it writes to it before it is known to be whole.
        let (copy, unfinished) = (path.with_extension("copy"), path.with_extension("tmp"));
        if path.exists() && !copy.exists() {
            fs::copy(path, &unfinished)?;
            fs::rename(&unfinished, &copy)?;
        }
        let opened = Self::opened(path);
        match &opened {
            Ok(_) if copy.exists() => fs::remove_file(copy)?,
            Err(_) if copy.exists() => fs::rename(copy, path)?,
            _ => {}
        }
        opened
    }

    fn opened(path: &Path) -> io::Result<Self> {
        // A file that was cut off or overwritten is no reason to end without a word.
        let tables = guarded(path, || {
            Database::builder().set_cache_size(CACHE).create(path).map_err(|error| broken(path, &error))
        })
        .map(Self)?;
        guarded(path, || {
            // Every table is there from the first stroke on, and every row can be read.
            let stroke = tables.begin()?;
            stroke.0.open_table(QUEUE).map_err(other)?;
            stroke.0.open_table(TRACKED).map_err(other)?;
            stroke.0.open_table(TAKEN_IN).map_err(other)?;
            stroke.0.open_table(SHOWN).map_err(other)?;
            stroke.0.open_table(LOGGED).map_err(other)?;
            stroke.0.open_table(NUMBERS).map_err(other)?;
            stroke.commit()?;
            tables.entries().map(|_| ())
        })?;
        Ok(tables)
    }

    /// Begins a stroke.
    pub fn begin(&self) -> io::Result<Stroke> {
        self.0.begin_write().map(Stroke).map_err(other)
    }

    /// The number of the last event.
    pub fn event(&self) -> io::Result<u64> {
        self.number(EVENT)
    }

    /// The number of the last line of the log.
    pub fn line(&self) -> io::Result<u64> {
        self.number(LINE)
    }

    fn number(&self, name: &str) -> io::Result<u64> {
        let read = self.0.begin_read().map_err(other)?;
        let numbers = read.open_table(NUMBERS).map_err(other)?;
        Ok(numbers.get(name).map_err(other)?.map_or(0, |number| number.value()))
    }

    /// Everything that is known, as entries.
    pub fn entries(&self) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        self.each(TAKEN_IN, |key, seconds| {
            let octets = <[u8; 32]>::try_from(key).map_err(|_| unreadable("a name of what was taken in"))?;
            let at = Timestamp::from_second(seconds).map_err(|_| unreadable("an instant"))?;
            entries.push(Entry::TakenIn { arrival: ArrivalName(octets), at });
            Ok(())
        })?;
        self.each(TRACKED, |_, row| {
            tell(&read::<Tracked>(row)?, &mut entries);
            Ok(())
        })?;
        self.each(QUEUE, |_, row| {
            entries.push(Entry::Queued(read(row)?));
            Ok(())
        })?;
        Ok(entries)
    }

    /// What was delivered and may not be shown yet, with the events.
    pub fn to_be_shown(&self) -> io::Result<Vec<(u64, Vec<Placed>)>> {
        let mut all = Vec::new();
        self.each(SHOWN, |event, row| {
            all.push((event, read(row)?));
            Ok(())
        })?;
        Ok(all)
    }

    /// The records that may not stand in the log yet.
    pub fn to_be_logged(&self) -> io::Result<Vec<Line>> {
        let mut all = Vec::new();
        self.each(LOGGED, |number, row| {
            let (month, text) = read(row)?;
            all.push(Line { number, month, text });
            Ok(())
        })?;
        Ok(all)
    }

    fn each<K: redb::Key + 'static, V: redb::Value + 'static>(
        &self,
        table: TableDefinition<'static, K, V>,
        mut told: impl FnMut(K::SelfType<'_>, V::SelfType<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let read = self.0.begin_read().map_err(other)?;
        for row in read.open_table(table).map_err(other)?.iter().map_err(other)? {
            let (key, value) = row.map_err(other)?;
            told(key.value(), value.value())?;
        }
        Ok(())
    }
}

impl Stroke {
    /// Notes what an entry changes. What is delivered and logged is the matter of [`Stroke::shown`] and [`Stroke::logged`].
    pub fn note(&self, entry: &Entry) -> io::Result<Option<Outgoing>> {
        match entry {
            Entry::Delivered { .. } | Entry::Quarantined(_) | Entry::Logged(_) => {}
            Entry::TakenIn { arrival, at } => {
                let mut table = self.0.open_table(TAKEN_IN).map_err(other)?;
                table.insert(arrival.0.as_slice(), at.as_second()).map_err(other)?;
            }
            Entry::Queued(outgoing) => {
                let kept = Outgoing { body: outgoing.body.kept(), ..outgoing.clone() };
                self.put(QUEUE, outgoing.id, &kept)?;
            }
            Entry::Deferred { id, to, due } => {
                if let Some(mut outgoing) = self.taken::<u64, Outgoing>(QUEUE, *id)? {
                    outgoing.path.to.clone_from(to);
                    outgoing.due = *due;
                    outgoing.attempts += 1;
                    self.put(QUEUE, *id, &outgoing)?;
                }
            }
            Entry::Dequeued(id) => return self.taken(QUEUE, *id),
            Entry::Tracked { about, at } => {
                let tracked = Tracked::new(about.clone(), *at);
                if !tracked.is_concluded() {
                    self.put(TRACKED, about.identifier.as_str(), &tracked)?;
                }
            }
            Entry::Reached { identifier, recipient, milestone } => {
                if let Some(mut tracked) = self.taken::<&str, Tracked>(TRACKED, identifier.as_str())? {
                    tracked.reach(recipient, *milestone);
                    if !tracked.is_concluded() {
                        self.put(TRACKED, identifier.as_str(), &tracked)?;
                    }
                }
            }
            Entry::Forgotten(before) => {
                let mut table = self.0.open_table(TAKEN_IN).map_err(other)?;
                table.retain(|_, at| at >= before.as_second()).map_err(other)?;
                let mut table = self.0.open_table(TRACKED).map_err(other)?;
                // What cannot be read is told at the next start, and never thrown away.
                let kept = |row: &[u8]| !read::<Tracked>(row).is_ok_and(|tracked| tracked.is_ended_before(*before));
                table.retain(|_, row| kept(row)).map_err(other)?;
            }
        }
        Ok(None)
    }

    /// Notes what an event delivered.
    pub fn shown(&self, event: u64, placed: &[Placed]) -> io::Result<()> {
        self.put(SHOWN, event, &placed)
    }

    /// Notes a record.
    pub fn logged(&self, line: &Line) -> io::Result<()> {
        self.put(LOGGED, line.number, &(&line.month, &line.text))
    }

    /// What was shown and logged by then needs no note any more.
    pub fn settled(&self, event: u64, line: u64) -> io::Result<()> {
        self.0.open_table(SHOWN).map_err(other)?.retain(|of, _| of > event).map_err(other)?;
        self.0.open_table(LOGGED).map_err(other)?.retain(|of, _| of > line).map_err(other)
    }

    /// Everything so far happened, up to this event and this line of the log; it survives a crash once this has returned.
    pub fn finish(self, event: u64, line: u64) -> io::Result<()> {
        for (name, number) in [(EVENT, event), (LINE, line)] {
            self.0.open_table(NUMBERS).map_err(other)?.insert(name, number).map_err(other)?;
        }
        self.commit()
    }

    fn commit(self) -> io::Result<()> {
        self.0.commit().map_err(other)
    }

    fn put<K: redb::Key + 'static>(
        &self,
        table: TableDefinition<'static, K, &'static [u8]>,
        key: K::SelfType<'_>,
        value: &impl Serialize,
    ) -> io::Result<()> {
        let row = postcard::to_extend(value, vec![VERSION]).map_err(io::Error::other)?;
        let mut table = self.0.open_table(table).map_err(other)?;
        table.insert(key, row.as_slice()).map(|_| ()).map_err(other)
    }

    fn taken<K: redb::Key + 'static, T: DeserializeOwned>(
        &self,
        table: TableDefinition<'static, K, &'static [u8]>,
        key: K::SelfType<'_>,
    ) -> io::Result<Option<T>> {
        let mut table = self.0.open_table(table).map_err(other)?;
        let row = table.remove(key).map_err(other)?;
        row.map(|row| read(row.value())).transpose()
    }
}

/// What is known of a submission, as entries.
fn tell(tracked: &Tracked, entries: &mut Vec<Entry>) {
    entries.push(Entry::Tracked { about: tracked.about.clone(), at: tracked.at });
    for progress in &tracked.recipients {
        let first = progress.noticed >= Noticed::First;
        let second = progress.noticed == Noticed::Second;
        for (known, milestone) in [
            (progress.taken_over, Milestone::TakenOver),
            (first, Milestone::FirstNotice),
            (second, Milestone::SecondNotice),
            (progress.ended && !second, Milestone::Ended),
        ] {
            if known {
                let (identifier, recipient) = (tracked.about.identifier.clone(), progress.address.clone());
                entries.push(Entry::Reached { identifier, recipient, milestone });
            }
        }
    }
}

fn read<T: DeserializeOwned>(row: &[u8]) -> io::Result<T> {
    match row.split_first() {
        Some((&VERSION, row)) => postcard::from_bytes(row).map_err(|_| unreadable("a row")),
        Some((version, _)) => Err(unreadable(&format!("a row of version {version}"))),
        None => Err(unreadable("an empty row")),
    }
}

fn unreadable(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the journal holds {what} that this program cannot read"))
}

fn other(error: impl Into<redb::Error>) -> io::Error {
    match error.into() {
        redb::Error::Io(error) => error,
        error => io::Error::other(error.to_string()),
    }
}

fn broken(path: &Path, error: &redb::DatabaseError) -> io::Error {
    let kind = match error {
        redb::DatabaseError::Storage(redb::StorageError::Io(error)) => error.kind(),
        _ => io::ErrorKind::InvalidData,
    };
    let file = crate::shown::path_text(path);
    io::Error::new(kind, format!("the journal {file} cannot be opened: {error}; nothing was changed"))
}

fn guarded<T>(path: &Path, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    panic::catch_unwind(AssertUnwindSafe(act)).unwrap_or_else(|_| {
        let text = format!("the journal {} is damaged; nothing was changed", crate::shown::path_text(path));
        Err(io::Error::new(io::ErrorKind::InvalidData, text))
    })
}
