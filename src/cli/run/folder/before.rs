//! What lies in a folder before a run: whose it is, and where goes what an earlier run left.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::{CODE_QUALITY, EARLIER, FolderError, HTML, JUNIT, SARIF, STREAM, SUMMARY};
use crate::{
    evidence::disk::{self, EVIDENCE},
    report::PLAYS,
};

/// How much of a file is looked at to tell whose it is.
const BEGINNING: u64 = 64 << 10;

/// What is at a path, links not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Link,
    Other,
}

impl Kind {
    pub fn words(self) -> &'static str {
        match self {
            Kind::File => "a file",
            Kind::Folder => "a folder",
            Kind::Link => "a symbolic link",
            Kind::Other => "no file",
        }
    }
}

pub(super) fn what_is_at(path: &Path) -> io::Result<Option<Kind>> {
    let kind = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(match kind {
        kind if kind.is_symlink() => Kind::Link,
        kind if kind.is_dir() => Kind::Folder,
        kind if kind.is_file() => Kind::File,
        _ => Kind::Other,
    }))
}

/// How a report that we wrote begins. One that was cut off before it began is empty.
pub(super) type Beginning = fn(&[u8]) -> bool;

pub(super) const REPORTS: [(&str, Beginning); 6] = [
    (STREAM, |beginning| header(beginning).is_some()),
    (JUNIT, |beginning| contains(beginning, concat!("<testsuites name=\"", env!("CARGO_PKG_NAME")))),
    (HTML, |beginning| contains(beginning, concat!("<meta name=\"generator\" content=\"", env!("CARGO_PKG_NAME")))),
    (SARIF, |beginning| contains(beginning, concat!("\"name\":\"", env!("CARGO_PKG_NAME"), "\""))),
    (SUMMARY, |beginning| beginning.starts_with(concat!("## ", env!("CARGO_PKG_NAME")).as_bytes())),
    (CODE_QUALITY, |beginning| beginning.starts_with(b"[]") || contains(beginning, "\"check_name\"")),
];

fn contains(beginning: &[u8], words: &str) -> bool {
    memchr::memmem::find(beginning, words.as_bytes()).is_some()
}

/// The line that a stream of ours begins with.
#[derive(Deserialize)]
struct Header {
    suite: String,
    started: jiff::Timestamp,
}

fn header(beginning: &[u8]) -> Option<Header> {
    let line = beginning.split(|octet| *octet == b'\n').next()?;
    serde_json::from_slice(line).ok().filter(|header: &Header| header.suite == env!("CARGO_PKG_NAME"))
}

fn beginning(path: &Path) -> io::Result<Vec<u8>> {
    let mut beginning = Vec::new();
    File::open(path)?.take(BEGINNING).read_to_end(&mut beginning)?;
    Ok(beginning)
}

/// Refuses what has the name of a file of ours and is none.
pub(super) fn mine(path: &Path, is_ours: Beginning) -> Result<(), FolderError> {
    let foreign = |what| Err(FolderError::Foreign { path: path.to_owned(), what });
    match what_is_at(path)? {
        None => Ok(()),
        Some(Kind::File) => {
            let beginning = beginning(path)?;
            if beginning.is_empty() || is_ours(&beginning) { Ok(()) } else { foreign("somebody else's") }
        }
        Some(kind) => foreign(kind.words()),
    }
}

/// Moves what an earlier run left into a folder of its own; where there is anything.
pub(super) fn put_aside(folder: &Path) -> Result<Option<PathBuf>, FolderError> {
    let evidence = folder.join(EVIDENCE);
    let reports = REPORTS.iter().map(|(name, _)| PathBuf::from(name)).filter(|name| folder.join(name).exists());
    let plays = plays(&evidence).into_iter().map(|play| Path::new(EVIDENCE).join(play));
    let pages = [PathBuf::from(PLAYS)].into_iter().filter(|name| is_of_plays(&folder.join(name)));
    let left: Vec<PathBuf> = reports.chain(pages).chain(plays).collect();
    if left.is_empty() {
        return Ok(None);
    }
    let began = beginning(&folder.join(STREAM)).ok().and_then(|beginning| header(&beginning)).map(|it| it.started);
    let earlier = folder.join(EARLIER);
    match what_is_at(&earlier)? {
        None => fs::create_dir(&earlier)?,
        Some(Kind::Folder) => {}
        Some(kind) => return Err(FolderError::Foreign { path: earlier, what: kind.words() }),
    }
    let aside =
        new_folder(&earlier, &began.map_or("undated".to_owned(), |it| it.strftime("%Y%m%dT%H%M%SZ").to_string()))?;
    for name in left {
        let (from, to) = (folder.join(&name), aside.join(&name));
        fs::create_dir_all(to.parent().unwrap_or(&aside))?;
        fs::rename(&from, &to)?;
        // Folders that held nothing but what was moved; one that holds something else is refused by the system, and stays.
        let above = from.ancestors().skip(1).take_while(|above| above.starts_with(&evidence));
        for emptied in above {
            if fs::remove_dir(emptied).is_err() {
                break;
            }
        }
    }
    Ok(Some(aside))
}

/// A folder that was not there.
fn new_folder(parent: &Path, name: &str) -> io::Result<PathBuf> {
    let mut number = 1_u32;
    loop {
        let path = parent.join(if number == 1 { name.to_owned() } else { format!("{name}-{number}") });
        match fs::create_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            made => return made.map(|()| path),
        }
    }
}

/// Whether a folder holds pages of plays, by what all of them share.
pub(super) fn is_of_plays(folder: &Path) -> bool {
    let mut names = ["style.css", "script.js"].into_iter();
    names.all(|name| matches!(what_is_at(&folder.join(name)), Ok(Some(Kind::File))))
}

/// Folders of plays below a folder, by their way from it. Links are not followed.
fn plays(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut walk = walkdir::WalkDir::new(folder).min_depth(1).sort_by_file_name().into_iter();
    while let Some(entry) = walk.next() {
        let Ok(entry) = entry else { continue };
        if entry.file_type().is_dir() && disk::is_ours(entry.path()) {
            walk.skip_current_dir();
            found.extend(entry.path().strip_prefix(folder).map(Path::to_owned));
        }
    }
    found
}
