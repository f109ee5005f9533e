//! A check too large for one page: a folder with a page that leads to all of it, and pages of some entries each.
//!
//! The first page draws a line for each entry that its search finds, from scripts that lie beside it. Nothing is asked of
//! anybody else: the policy lets the folder's own files load, over HTTP or from the disk, and nothing in a page run.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use askama::Template;
use jiff::Timestamp;
use serde_json::json;

use super::{
    Frame, SCRIPT, STYLE,
    checks::{Gathered, Line, Room},
    entry::{Anchor, Way},
    texts::say,
};
use crate::{
    report::Report,
    results::{Closing, Event, Work},
};

/// What a folder has room for: more lines than this no browser searches at once, and more octets nobody reads.
const ROOM: Room = Room { entries: 500_000, octets: 1 << 30 };
/// Entries of a page.
const ENTRIES: usize = 100;
/// Lines of a script.
const LINES: usize = 10_000;

/// Writes the folder when everything is over.
pub struct Folder {
    folder: PathBuf,
    gathered: Option<Gathered>,
}

/// What was written into the folder.
pub(super) struct Written {
    /// Scripts with lines, in their order.
    pub scripts: Vec<String>,
    /// Pages of entries, in their order.
    pub pages: Vec<String>,
}

/// Some entries.
#[derive(Template)]
#[template(path = "entries.html", config = "src/report/html/askama.toml")]
struct Entries<'a> {
    frame: &'a Frame,
    entries: &'a [String],
}

impl Folder {
    /// Of a check, in a folder that is empty or not there yet.
    pub fn create(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        if fs::read_dir(folder)?.next().is_some() {
            return Err(io::Error::other("it is not empty"));
        }
        Ok(Self { folder: folder.to_owned(), gathered: None })
    }

    fn close(&self, gathered: &mut Gathered, closing: &Closing) -> io::Result<()> {
        let mut writing = Writing::new(&self.folder, gathered.started());
        write_shared(&self.folder)?;
        let way = Way { back: "../index.html", to: |anchor| format!("../{}", href(anchor)) };
        gathered.each(&way, &mut |line| writing.line(line))?;
        writing.script()?;
        writing.page()?;
        let Some(page) = gathered.page(closing, std::mem::take(&mut writing.kinds)) else { return Ok(()) };
        let mut out = BufWriter::new(File::create(self.folder.join("index.html"))?);
        page.leading_to(&writing.written).write_into(&mut out)?;
        out.flush()
    }
}

impl Report for Folder {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match (event, &mut self.gathered) {
            (Event::Opened(opening), gathered) if matches!(opening.work, Work::Check { .. }) => {
                *gathered = Some(Gathered::new(opening, Some(ROOM))?);
            }
            (Event::Closed(closing), gathered) => {
                if let Some(mut gathered) = gathered.take() {
                    self.close(&mut gathered, closing)?;
                }
            }
            (event, Some(gathered)) => gathered.add(event)?,
            _ => {}
        }
        Ok(())
    }
}

/// What is being written, a page and a script at a time.
struct Writing<'a> {
    folder: &'a Path,
    /// What is around the entries of every page.
    frame: Frame,
    /// Lines of the next script, as JSON.
    lines: Vec<String>,
    /// Entries of the next page, and its name.
    entries: Vec<String>,
    name: String,
    kinds: BTreeSet<String>,
    written: Written,
}

impl<'a> Writing<'a> {
    fn new(folder: &'a Path, started: Timestamp) -> Self {
        let written = Written { scripts: Vec::new(), pages: Vec::new() };
        let frame = Frame::new(started).linking("../".to_owned());
        let (lines, entries, name) = (Vec::new(), Vec::new(), String::new());
        Self { folder, frame, lines, entries, name, kinds: BTreeSet::new(), written }
    }

    fn line(&mut self, line: Line) -> io::Result<()> {
        let Line { anchor, kind, title, name, date, sender, recipients, answers, wrong, page } = line;
        let words = answers.map(|mark| mark.word.to_string());
        let told = json!([href(anchor), kind, title, name, date, sender, recipients, words, wrong]);
        if !self.kinds.contains(&kind) {
            self.kinds.insert(kind);
        }
        self.lines.push(told.to_string());
        if self.lines.len() == LINES {
            self.script()?;
        }
        let name = file(anchor);
        if name != self.name {
            self.page()?;
            self.name = name;
        }
        self.entries.push(page);
        Ok(())
    }

    /// Writes the lines that there are.
    fn script(&mut self) -> io::Result<()> {
        let name = format!("lines/{:04}.js", self.written.scripts.len() + 1);
        write(self.folder, &name, &format!("(window.judged ||= []).push(\n{}\n);\n", self.lines.join(",\n")))?;
        self.lines.clear();
        self.written.scripts.push(name);
        Ok(())
    }

    /// Writes the entries that there are.
    fn page(&mut self) -> io::Result<()> {
        if self.entries.is_empty() {
            return Ok(());
        }
        write(self.folder, &self.name, &page(&self.frame, &self.entries)?)?;
        self.entries.clear();
        self.written.pages.push(self.name.clone());
        Ok(())
    }
}

/// A page of entries alone.
pub(super) fn page(frame: &Frame, entries: &[String]) -> io::Result<String> {
    Entries { frame, entries }.render().map_err(io::Error::other)
}

/// Writes what all pages of a folder share.
pub(super) fn write_shared(folder: &Path) -> io::Result<()> {
    write(folder, "style.css", STYLE)?;
    write(folder, "script.js", SCRIPT)
}

/// Writes a file, and the folders that it lies in.
pub(super) fn write(folder: &Path, name: &str, text: &str) -> io::Result<()> {
    let path = folder.join(name);
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, text)
}

/// The file that an entry is told of in, and where in it.
fn href(anchor: Anchor) -> String {
    format!("{}#{anchor}", file(anchor))
}

fn file(anchor: Anchor) -> String {
    let (sort, number) = match anchor {
        Anchor::Message(number) => ("messages", number),
        Anchor::Submission(number) => ("submissions", number),
    };
    format!("{sort}/{:04}.html", number / ENTRIES + 1)
}
