//! The log (2.3) as JSON lines, a file for each month of legal time, kept for 30 months. Records are numbered without a gap.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::maildir::sync_folder;
use crate::{clock::LegalTime, evidence::LogRecord};

/// How far from a file's end its last record is looked for; no record is so long.
const TAIL: u64 = 16 << 20;

/// How long log and virus store are kept: 30 months (2.2.4, 2.3).
const MONTHS: i32 = 30;

/// The log's folder.
#[derive(Debug)]
pub struct Log {
    folder: PathBuf,
    /// The number of the last record.
    last: u64,
    open: Option<(String, File)>,
}

/// A record with its number, as it stands in the log.
#[derive(Debug)]
pub struct Line {
    /// The record's number.
    pub number: u64,
    /// The month of legal time that it is of: `2026-03`.
    pub month: String,
    /// The line.
    pub text: Vec<u8>,
}

/// What a line says.
#[derive(Serialize)]
struct Said<'r> {
    seq: u64,
    #[serde(flatten)]
    record: &'r LogRecord,
}

/// The number of a line, whatever else it says.
#[derive(Deserialize)]
struct Number {
    seq: u64,
}

impl Log {
    /// The log in a folder, made where it is not there. What a crash left of a line is cut off.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let last = match files(&folder)?.pop() {
            Some(newest) => last_number(&folder.join(newest))?,
            None => 0,
        };
        Ok(Self { folder, last, open: None })
    }

    /// The number of the last record; 0 before the first.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Goes on from a number, where what was logged up to it is not here any more.
    pub fn go_on_from(&mut self, number: u64) {
        self.last = self.last.max(number);
    }

    /// Adds lines, which survive a crash from then on; those that are there already are left out.
    pub fn write(&mut self, lines: &[Line]) -> io::Result<()> {
        let new: Vec<&Line> = lines.iter().filter(|line| line.number > self.last).collect();
        for month in new.chunk_by(|one, next| one.month == next.month) {
            let text: Vec<u8> = month.iter().flat_map(|line| line.text.iter().copied()).collect();
            let file = self.file(&month[0].month)?;
            file.write_all(&text)?;
            file.sync_data()?;
            self.last = month[month.len() - 1].number;
        }
        Ok(())
    }

    fn file(&mut self, month: &str) -> io::Result<&mut File> {
        if self.open.as_ref().is_none_or(|(of, _)| of != month) {
            let path = self.folder.join(format!("{month}.jsonl"));
            let file = OpenOptions::new().create(true).append(true).open(path)?;
            sync_folder(&self.folder)?;
            self.open = Some((month.to_owned(), file));
        }
        self.open.as_mut().map(|(_, file)| file).ok_or_else(|| io::Error::other("the log is not open"))
    }
}

impl Line {
    /// A record's line, with its number.
    pub fn of(number: u64, record: &LogRecord) -> io::Result<Self> {
        let mut text = serde_json::to_vec(&Said { seq: number, record })?;
        text.push(b'\n');
        Ok(Self { number, month: month(record.at), text })
    }
}

/// The month of legal time: `2026-03`.
pub fn month(at: Timestamp) -> String {
    let day = LegalTime::at(at).day();
    format!("{:04}-{:02}", day.year(), day.month())
}

/// Removes what in a folder is named after a month that ended 30 months ago or earlier.
pub fn forget(folder: &Path, now: Timestamp) -> io::Result<()> {
    let day = LegalTime::at(now).day();
    let months = i32::from(day.year()) * 12 + i32::from(day.month()) - 1 - MONTHS;
    let kept = format!("{:04}-{:02}", months.div_euclid(12), months.rem_euclid(12) + 1);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(month) = name.to_str().and_then(|name| name.get(..7)).filter(|month| is_month(month)) else {
            continue;
        };
        if *month < *kept {
            if entry.file_type()?.is_dir() { fs::remove_dir_all(entry.path())? } else { fs::remove_file(entry.path())? }
        }
    }
    Ok(())
}

fn is_month(text: &str) -> bool {
    text.bytes().enumerate().all(|(at, octet)| if at == 4 { octet == b'-' } else { octet.is_ascii_digit() })
}

/// The names of a log's files, oldest first.
fn files(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.extend(entry?.file_name().into_string().ok());
    }
    names.retain(|name| name.strip_suffix(".jsonl").is_some_and(is_month));
    names.sort();
    Ok(names)
}

/// The number of a file's last record, after what follows its last line end is cut off.
fn last_number(path: &Path) -> io::Result<u64> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let length = file.metadata()?.len();
    let from = length.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let whole = tail.iter().rposition(|octet| *octet == b'\n').map_or(0, |end| end + 1);
    if whole < tail.len() {
        file.set_len(from + whole as u64)?;
        file.sync_all()?;
    }
    let lines = tail[..whole].strip_suffix(b"\n").unwrap_or_default();
    let last = lines.rsplit(|octet| *octet == b'\n').next().unwrap_or_default();
    if last.is_empty() && from == 0 {
        // Nothing was written to it yet, and what came before is in the file before.
        let earlier = path.parent().map(files).transpose()?.unwrap_or_default();
        let before = earlier.into_iter().take_while(|name| !path.ends_with(name)).last();
        return before.map_or(Ok(0), |name| last_number(&path.with_file_name(name)));
    }
    let broken = || {
        let text = format!("the last line of {} is no record of this log", crate::shown::path_text(path));
        io::Error::new(io::ErrorKind::InvalidData, text)
    };
    serde_json::from_slice(last).map(|Number { seq }| seq).map_err(|_| broken())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u64, at: &str, event: &str) -> Line {
        let record = LogRecord {
            msgid: None,
            identifier: None,
            at: at.parse().unwrap(),
            sender: "mario@a.example".into(),
            recipients: Vec::new(),
            subject: String::new(),
            event: event.into(),
            generated: Vec::new(),
            provider: "A".into(),
            detail: None,
        };
        Line::of(number, &record).unwrap()
    }

    #[test]
    fn records_are_numbered_on_through_months_and_crashes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        let mut log = Log::open(path.clone()).unwrap();
        log.write(&[line(1, "2026-03-31T21:59:59Z", "a"), line(2, "2026-03-31T22:00:00Z", "b")]).unwrap();
        drop(log);
        assert_eq!(files(&path).unwrap(), ["2026-03.jsonl", "2026-04.jsonl"]);
        // A crash in the midst of a line.
        OpenOptions::new()
            .append(true)
            .open(path.join("2026-04.jsonl"))
            .unwrap()
            .write_all(b"{\"seq\":3,\"ms")
            .unwrap();
        let mut log = Log::open(path.clone()).unwrap();
        assert_eq!(log.last, 2);
        log.write(&[line(2, "2026-03-31T22:00:00Z", "b"), line(3, "2026-04-01T00:00:00Z", "c")]).unwrap();
        let april = fs::read_to_string(path.join("2026-04.jsonl")).unwrap();
        let lines: Vec<serde_json::Value> = april.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let told: Vec<_> = lines.iter().map(|line| (line["seq"].as_u64(), line["event"].as_str())).collect();
        assert_eq!(told, [(Some(2), Some("b")), (Some(3), Some("c"))]);
        fs::write(path.join("2026-05.jsonl"), "").unwrap();
        assert_eq!(Log::open(path.clone()).unwrap().last, 3);
        fs::write(path.join("2026-05.jsonl"), "nonsense\n").unwrap();
        assert!(Log::open(path).unwrap_err().to_string().contains("no record of this log"));
    }

    #[test]
    fn what_is_older_than_30_months_is_forgotten_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["2023-08.jsonl", "2023-09.jsonl", "2026-03.jsonl", "notes.txt"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::create_dir(folder.path().join("2020-01")).unwrap();
        forget(folder.path(), "2026-03-02T08:30:00Z".parse().unwrap()).unwrap();
        let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["2023-09.jsonl", "2026-03.jsonl", "notes.txt"]);
    }
}
