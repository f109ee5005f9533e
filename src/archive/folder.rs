//! A folder and what is below it, in order of name: Maildirs, evidence of plays, files.

use std::{
    collections::{BTreeSet, BinaryHeap},
    ffi::{OsStr, OsString},
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    vec,
};

use memchr::memmem;

use super::{
    Content, Found, Item, LeftOut, Limits, Name, Stream, Why,
    file::{self, Place},
    left_out::Asked,
    named,
};
use crate::evidence::disk;

/// How many names of a folder are held at a time: one with more is read again, so that memory stays flat.
const BATCH: usize = 200_000;

/// Everything in a folder that was named.
pub(super) fn walk(path: &Path, base: &Path, limits: &Limits) -> Stream {
    let mut folder = Folder {
        given: named(path, base),
        base: base.to_owned(),
        limits: limits.clone(),
        open: Vec::new(),
        bases: fs::canonicalize(path).into_iter().collect(),
        current: None,
        anything: false,
    };
    match folder.enter(path, Kind::Plain) {
        Some(found) => super::only(found),
        None => Box::new(folder),
    }
}

struct Folder {
    given: Name,
    /// From where everything is named.
    base: PathBuf,
    limits: Limits,
    /// The folders that are being walked, the innermost last.
    open: Vec<Listing>,
    /// The real places of the folder given and of those that links led to: each is walked once.
    bases: BTreeSet<PathBuf>,
    current: Option<Stream>,
    /// Whether anything came out.
    anything: bool,
}

impl Iterator for Folder {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            if let Some(found) = self.current.as_mut().and_then(Iterator::next) {
                self.anything = true;
                return Some(found);
            }
            self.current = None;
            let Some(listing) = self.open.last_mut() else {
                let empty = !std::mem::replace(&mut self.anything, true);
                return empty.then(|| left_out(self.given.clone(), Asked::ByName, Why::NothingInside));
            };
            match listing.next() {
                Ok(Some(name)) => {
                    let path = listing.path.join(name);
                    let kind = listing.kind;
                    self.current = self.entry(&path, kind);
                }
                Ok(None) => {
                    self.open.pop();
                }
                Err(error) => {
                    let name = named(&listing.path, &self.base);
                    self.open.pop();
                    self.current = Some(super::only(left_out(name, Asked::InPassing, Why::Unreadable(error))));
                }
            }
        }
    }
}

impl Folder {
    /// Goes into a folder; what is found instead, if it is not to be walked.
    fn enter(&mut self, path: &Path, kind: Kind) -> Option<Found> {
        if kind == Kind::Plain && is_evidence(path) {
            return Some(Ok(Item { name: named(path, &self.base), content: Content::Evidence(path.to_owned()) }));
        }
        let kind = match kind {
            Kind::Plain if path.join("cur").is_dir() && path.join("new").is_dir() => Kind::Maildir,
            kind => kind,
        };
        self.open.push(Listing { path: path.to_owned(), kind, names: Vec::new().into_iter(), after: None, more: true });
        None
    }

    fn entry(&mut self, path: &Path, kind: Kind) -> Option<Stream> {
        let name = named(path, &self.base);
        let passing = |why| Some(super::only(left_out(name.clone(), Asked::InPassing, why)));
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) => return passing(Why::Unreadable(error)),
        };
        if metadata.is_dir() {
            if fs::symlink_metadata(path).is_ok_and(|link| link.is_symlink()) {
                match self.link(path) {
                    Ok(()) => {}
                    Err(why) => return passing(why),
                }
            }
            let kind = match kind {
                Kind::Maildir if path.file_name() == Some(OsStr::new("tmp")) => Kind::Tmp,
                Kind::Tmp => Kind::Tmp,
                _ => Kind::Plain,
            };
            return self.enter(path, kind).map(super::only);
        }
        match kind {
            Kind::Tmp => passing(Why::MaildirTmp),
            _ => Some(file::at(path, Place::new(name, Asked::InPassing), &metadata, &self.limits)),
        }
    }

    /// Whether a link to a folder is followed: each place is walked once, whatever leads there.
    fn link(&mut self, path: &Path) -> Result<(), Why> {
        let target = fs::canonicalize(path).map_err(Why::Unreadable)?;
        let here = path.parent().and_then(|parent| fs::canonicalize(parent).ok());
        if here.is_some_and(|here| here.starts_with(&target)) {
            return Err(Why::Circle);
        }
        let is_below = target.ancestors().any(|above| self.bases.contains(above));
        let is_above = self.bases.range(target.clone()..).next().is_some_and(|base| base.starts_with(&target));
        if is_below || is_above {
            return Err(Why::WalkedElsewhere);
        }
        self.bases.insert(target);
        Ok(())
    }
}

fn left_out(name: Name, asked: Asked, why: Why) -> Found {
    Err(LeftOut { name, asked, why })
}

/// What a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Maildir,
    /// The `tmp` of a Maildir, and what is below it.
    Tmp,
}

/// A folder's names, in order, some at a time.
struct Listing {
    path: PathBuf,
    kind: Kind,
    names: vec::IntoIter<OsString>,
    /// The last name handed out of an earlier batch.
    after: Option<OsString>,
    /// Whether there may be names beyond the batch.
    more: bool,
}

impl Listing {
    fn next(&mut self) -> io::Result<Option<OsString>> {
        if self.names.len() == 0 && self.more {
            let (names, more) = batch(&self.path, self.after.as_deref(), BATCH)?;
            self.after = names.last().cloned();
            (self.names, self.more) = (names.into_iter(), more);
        }
        Ok(self.names.next())
    }
}

/// The first names of a folder that come after one, and whether there are more.
fn batch(path: &Path, after: Option<&OsStr>, size: usize) -> io::Result<(Vec<OsString>, bool)> {
    let mut first: BinaryHeap<OsString> = BinaryHeap::new();
    let mut more = false;
    for entry in fs::read_dir(path)? {
        let name = entry?.file_name();
        if after.is_some_and(|after| *name <= *after) {
            continue;
        }
        if first.len() < size {
            first.push(name);
            continue;
        }
        more = true;
        if let Some(mut last) = first.peek_mut()
            && name < *last
        {
            *last = name;
        }
    }
    Ok((first.into_sorted_vec(), more))
}

/// Whether a folder has a manifest of evidence, whole or not; other programs too call a file so.
fn is_evidence(folder: &Path) -> bool {
    let mut beginning = Vec::new();
    let manifest = folder.join(disk::MANIFEST);
    if !manifest.is_file() {
        return false;
    }
    let read = File::open(manifest).and_then(|manifest| manifest.take(4096).read_to_end(&mut beginning));
    read.is_ok() && memmem::find(&beginning, b"\"form\"").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_folder_is_listed_in_order_some_names_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..25 {
            fs::write(folder.path().join(format!("{number:02}")), "").unwrap();
        }
        let (mut names, mut after) = (Vec::new(), None);
        loop {
            let (batch, more) = batch(folder.path(), after.as_deref(), 10).unwrap();
            after = batch.last().cloned();
            names.extend(batch);
            if !more {
                break;
            }
        }
        assert_eq!(names, (0..25).map(|number| OsString::from(format!("{number:02}"))).collect::<Vec<_>>());
    }
}
