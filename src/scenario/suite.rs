//! The suite: every scenario, from the program itself or from a folder.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use schemars::schema_for;
use walkdir::WalkDir;

use super::{
    check,
    given::Given,
    inject::Inject,
    model::{Document, Step},
    send::Send,
};
use crate::{
    bounded,
    norm::Clause,
    shown::{acts, path_text},
    yaml::{
        self, Problem,
        locate::{self, Step as Down},
    },
};

include!(concat!(env!("OUT_DIR"), "/suite.rs"));

/// Scenarios, ordered by id.
#[derive(Clone, Debug)]
pub struct Suite {
    /// The scenarios.
    pub scenarios: Vec<Arc<Scenario>>,
}

/// A scenario, checked.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its path below the suite's folder without extension: `delivery/complete`.
    pub id: String,
    /// Its file as shown to people: `scenarios/delivery/complete.yaml`.
    pub file: String,
    /// One sentence.
    pub title: String,
    /// The clauses it is about.
    pub clauses: Vec<&'static Clause>,
    /// For selection.
    pub tags: Vec<String>,
    /// The file's text.
    pub source: Arc<str>,
    /// The legal clock at the first step.
    pub starts: Timestamp,
    /// What differs from two healthy gateways.
    pub given: Given,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// Why a suite does not load. Render it with miette: each problem is drawn with line, column and caret.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum LoadError {
    /// Files that are no scenarios.
    #[error("nothing was started: {} in the scenario files", counted(.problems.len()))]
    Files {
        /// What is wrong with each.
        #[related]
        problems: Vec<Problem>,
    },
    /// The folder cannot be read.
    #[error("the folder of scenarios `{}` cannot be read: {error}", path_text(.folder))]
    #[diagnostic(help(
        "give the folder that holds the themes, as `scenarios`, or one file; without it the scenarios inside the program are used"
    ))]
    Folder {
        /// Which.
        folder: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The folder holds no scenario.
    #[error("there is no scenario in `{}`", path_text(.folder))]
    #[diagnostic(help("scenarios are files that end in `.yaml`, in folders by theme; `faults/` holds none"))]
    Empty {
        /// Which.
        folder: PathBuf,
    },
}

fn counted(problems: usize) -> String {
    if problems == 1 { "one mistake".to_owned() } else { format!("{problems} mistakes") }
}

/// The suite compiled into the program; `rules` are the ids that its scenarios may name.
pub fn suite(rules: &[&str]) -> Result<Suite, LoadError> {
    let files = SUITE.iter().map(|(id, source)| File {
        id: id.to_string(),
        shown: format!("scenarios/{id}.yaml"),
        text: Ok((*source).to_owned()),
    });
    load(files, rules)
}

/// A file of the suite; in place of its text why it has none.
struct File {
    id: String,
    shown: String,
    text: Result<String, String>,
}

impl File {
    fn read(id: String, path: &Path) -> Self {
        let text = bounded::read_text(path, LARGEST).map_err(|error| cannot_be_read(&error));
        Self { id, shown: path_text(path), text }
    }
}

fn cannot_be_read(error: &io::Error) -> String {
    format!("cannot be read: {error}")
}

/// The suite in a folder, or in one file; `faults/` is not part of it. `rules` are the ids that its scenarios may name.
pub fn load_dir(folder: &Path, rules: &[&str]) -> Result<Suite, LoadError> {
    if folder.is_file() {
        let id = folder.file_stem().map(|stem| path_text(stem.as_ref())).unwrap_or_default();
        return load([File::read(id, folder)], rules);
    }
    let unreadable = |error: io::Error| LoadError::Folder { folder: folder.to_owned(), error };
    let mut files = Vec::new();
    fs::read_dir(folder).map_err(unreadable)?;
    let walk = WalkDir::new(folder).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|entry| entry.depth() != 1 || entry.file_name() != "faults") {
        let entry = match entry {
            Ok(entry) => entry,
            // A folder that cannot be read is a problem of its own, beside what is wrong in the others.
            Err(error) => {
                let shown = path_text(error.path().unwrap_or(folder));
                files.push(File { id: shown.clone(), shown, text: Err(cannot_be_read(&error.into())) });
                continue;
            }
        };
        let path = entry.path();
        if path.is_dir() {
            continue;
        }
        let extension = path.extension().map(OsStr::to_ascii_lowercase).unwrap_or_default();
        let id = || {
            let id = path.strip_prefix(folder).unwrap_or(path).with_extension("");
            id.components().map(|part| path_text(part.as_ref())).collect::<Vec<_>>().join("/")
        };
        if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push(File::read(id(), path));
        } else if extension == "yaml" || extension == "yml" {
            // Left out in silence it would look played.
            let text = Err("is no scenario by its name, which ends in `.yaml` where it is one: rename it".to_owned());
            files.push(File { id: id(), shown: path_text(path), text });
        }
    }
    if files.is_empty() {
        return Err(LoadError::Empty { folder: folder.to_owned() });
    }
    load(files, rules)
}

/// A scenario is a page, the largest of the suite three. What is written once and named often (`*alias`) counts a hundred
/// times.
const LARGEST: u64 = 64 << 10;

/// As many mistakes of one file are told.
const TOLD: usize = 10;

/// What the scenarios of a folder play, in a sentence: its `README.md`. Empty for a folder that has none.
pub fn about(folder: &str) -> &'static str {
    let file = format!("{folder}/README");
    THEMES.iter().find(|(id, _)| *id == file).map_or("", |(_, text)| text.trim())
}

/// The JSON Schema of a scenario file, derived from the types that read it.
pub fn schema() -> serde_json::Value {
    schema_for!(Document).into()
}

fn load(files: impl IntoIterator<Item = File>, rules: &[&str]) -> Result<Suite, LoadError> {
    let mut scenarios = Vec::new();
    let mut problems = Vec::new();
    for File { id, shown, text } in files {
        let read = text
            .map_err(|why| vec![Problem::of_file(&shown, &why)])
            .and_then(|source| Scenario::read(&id, &shown, &source, rules));
        match read {
            Ok(scenario) => scenarios.push(Arc::new(scenario)),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Err(LoadError::Files { problems });
    }
    scenarios.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(Suite { scenarios })
}

impl Scenario {
    /// Reads and checks one scenario, which may name these rules; else everything that is wrong with it.
    pub fn read(id: &str, file: &str, source: &str, rules: &[&str]) -> Result<Self, Vec<Problem>> {
        if id.contains(acts) {
            let message = "the file's name is the scenario's id: give it one without control characters";
            return Err(vec![Problem::of_file(file, message)]);
        }
        let source = yaml::unmarked(source);
        let document: Document = yaml::read(file, source, "a scenario has a `title`, `clauses` and `steps`")?;
        let mut mistakes = check::mistakes(&document, rules);
        if !mistakes.is_empty() {
            let more = mistakes.len().saturating_sub(TOLD);
            // Each is looked for in the file from its beginning.
            mistakes.truncate(TOLD);
            let told = mistakes.into_iter().map(|mistake| Problem::at(file, source, &mistake.path, mistake.message));
            let rest = (more > 0).then(|| Problem::of_file(file, &format!("and {more} more mistakes in this file")));
            return Err(told.chain(rest).collect());
        }
        Ok(Self {
            id: id.to_owned(),
            file: file.to_owned(),
            title: document.title,
            clauses: document.clauses.iter().map(|clause| clause.0).collect(),
            tags: document.tags,
            source: source.into(),
            starts: document.starts.0,
            given: document.given,
            steps: document.steps,
        })
    }

    /// Every message that a user sends in it.
    pub fn sends(&self) -> impl Iterator<Item = &Send> {
        self.steps.iter().flat_map(|step| match step {
            Step::Send(send) => std::slice::from_ref(&**send),
            Step::Together(sends) => sends.as_slice(),
            _ => &[],
        })
    }

    /// Everything that the harness puts on a wire in it.
    pub fn injects(&self) -> impl Iterator<Item = &Inject> {
        self.steps.iter().filter_map(|step| match step {
            Step::Inject(inject) => Some(&**inject),
            _ => None,
        })
    }

    /// How many messages users send in it.
    pub fn messages(&self) -> usize {
        self.sends().map(|send| usize::from(send.copies)).sum()
    }

    /// Bytes of the largest file that somebody sends in it.
    pub fn largest_file(&self) -> usize {
        let injected = self.injects().filter_map(|inject| inject.envelope.as_ref());
        let sizes =
            self.sends().chain(injected).flat_map(|send| &send.attach).filter_map(|file| file.size.or(file.fills));
        sizes.map(|size| size.0).max().unwrap_or_default()
    }

    /// `scenarios/delivery/complete.yaml:12`: where a value of it stands.
    pub fn place(&self, path: &[Down]) -> String {
        format!("{}:{}", self.file, locate::position(&self.source, path).line.max(1))
    }
}
