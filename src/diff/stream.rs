//! A run, as the stream that it left tells of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::severity;
use crate::{report::STREAM_FORMAT, results::Severity};

/// The stream's name in the folder of a run.
const NAME: &str = "run.jsonl";
/// Bytes of a line at most: many times those of a play with all that can be found in it.
const LINE: u64 = 64 << 20;
/// Plays at most.
const PLAYS: usize = 1_000_000;

/// A run.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// When it began.
    pub started: Option<Timestamp>,
    /// The program's version.
    pub version: String,
    /// The norm's day.
    pub as_of: String,
    /// How many rules it asked, and their digest.
    pub rule_set: RuleSet,
    /// Their ids; none of a run that was cut off.
    pub rules: BTreeSet<String>,
    /// What was played.
    pub cells: BTreeMap<Play, Cell>,
    /// Whether everything that was planned was played.
    pub is_complete: bool,
}

/// A scenario and who played it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Play {
    /// The scenario's id.
    pub scenario: String,
    /// Who played the sender.
    pub sender: String,
    /// Who played the receiver.
    pub receiver: String,
}

/// What became of a play.
#[derive(Clone, Debug)]
pub struct Cell {
    /// How it ended.
    pub outcome: Outcome,
    /// What was found, and how often.
    pub found: Found,
}

/// How often each thing was found.
pub type Found = BTreeMap<Finding, usize>;

/// Something that was found: a rule, or that an expectation of the scenario was not met.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Finding {
    /// The rule's id; `scenario/expectation` for an expectation.
    pub rule: String,
    /// How heavy it is, where that is known: `expectation not met`, `violation`, `warning`, `note`.
    #[serde(rename = "level")]
    #[schemars(with = "Option<String>")]
    pub severity: Option<Severity>,
}

/// How a play ended, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Everything was as it should be.
    Passed,
    /// A target could not do what it needs.
    Skipped,
    /// Something was not.
    Failed,
    /// There is no verdict, for trouble.
    Error,
}

/// What was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct RuleSet {
    /// How many rules.
    pub count: usize,
    /// SHA-256 over them.
    pub digest: String,
}

/// Why a run cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The file system refuses, or it is no file.
    #[error("{}: {problem}", crate::shown::path_text(path))]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: io::Error,
    },
    /// A line is none of a run.
    #[error("{} line {line}: {problem}", crate::shown::path_text(path))]
    Line {
        /// Which.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Line {
    Header { format: u32, command: String, version: String, started: Timestamp, as_of: String, rules: RuleSet },
    Cell { scenario: String, direction: Way, outcome: Outcome, unmet: Vec<Ignored>, findings: Vec<Verdict> },
    Footer { complete: bool, totals: Totals },
}

/// What is there, whatever it says.
#[derive(Deserialize)]
struct Ignored {}

#[derive(Deserialize)]
struct Way {
    sender: String,
    receiver: String,
}

#[derive(Deserialize)]
struct Verdict {
    rule: String,
    level: String,
    announced: bool,
    findings: Vec<Told>,
}

#[derive(Deserialize)]
struct Told {
    blame: Blame,
    times: usize,
}

#[derive(Deserialize)]
struct Blame {
    party: String,
}

#[derive(Deserialize)]
struct Totals {
    #[serde(default)]
    applied: BTreeMap<String, usize>,
    #[serde(default)]
    not_exercised: BTreeSet<String>,
    #[serde(default)]
    not_in_force: BTreeSet<String>,
}

/// Reads the run in a folder, or the stream in a file.
pub fn read(path: &Path) -> Result<Run, StreamError> {
    let mut run = Run::default();
    let stream = each_line(path, |line| take(&mut run, line))?;
    if run.started.is_none() {
        return Err(StreamError::Line {
            path: stream,
            line: 1,
            problem: "a run begins with a header, and this is empty".into(),
        });
    }
    Ok(run)
}

/// Hands on each line of the run in a folder, or of the stream in a file, and tells which that is. The last line of a run
/// that was cut off may be cut off itself, and is left out.
pub fn each_line(path: &Path, mut take: impl FnMut(&[u8]) -> Result<(), String>) -> Result<PathBuf, StreamError> {
    let path = if path.is_dir() { path.join(NAME) } else { path.to_owned() };
    let unreadable = |problem| StreamError::Unreadable { path: path.clone(), problem };
    if !fs::metadata(&path).map_err(unreadable)?.is_file() {
        return Err(unreadable(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file")));
    }
    let mut file = BufReader::new(File::open(&path).map_err(unreadable)?);
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        if file.by_ref().take(LINE).read_until(b'\n', &mut bytes).map_err(unreadable)? == 0 {
            break;
        }
        let is_cut_off = bytes.last() != Some(&b'\n') && (bytes.len() as u64) < LINE && line > 1;
        if !is_cut_off {
            take(&bytes).map_err(|problem| StreamError::Line { path: path.clone(), line, problem })?;
        }
    }
    Ok(path)
}

fn take(run: &mut Run, line: &[u8]) -> Result<(), String> {
    let line: Line = serde_json::from_slice(line).map_err(|error| format!("not a line of a run: {error}"))?;
    match line {
        Line::Header { format, .. } if format != STREAM_FORMAT => {
            return Err(format!("its format is {format}, this program reads {STREAM_FORMAT}"));
        }
        Line::Header { command, .. } if command != "run" => {
            return Err(format!("it is of `{command}`, and runs are compared"));
        }
        Line::Header { version, started, as_of, rules, .. } => {
            (run.started, run.version, run.as_of, run.rule_set) = (Some(started), version, as_of, rules);
        }
        _ if run.started.is_none() => return Err("a run begins with a header".to_owned()),
        Line::Cell { .. } if run.cells.len() == PLAYS => return Err(format!("more than {PLAYS} plays")),
        Line::Cell { scenario, direction: Way { sender, receiver }, outcome, unmet, findings } => {
            let mut found = Found::new();
            if !unmet.is_empty() {
                let expectation = Finding { rule: "scenario/expectation".to_owned(), severity: Some(Severity::Unmet) };
                found.insert(expectation, unmet.len());
            }
            for verdict in findings.into_iter().filter(|verdict| !verdict.announced) {
                let somebodys = verdict.findings.iter().filter(|told| told.blame.party != "harness");
                let times = somebodys.map(|told| told.times).fold(0, usize::saturating_add);
                if times > 0 {
                    let finding = Finding { severity: severity(&verdict.level), rule: verdict.rule };
                    let sum: &mut usize = found.entry(finding).or_default();
                    *sum = sum.saturating_add(times);
                }
            }
            run.cells.insert(Play { scenario, sender, receiver }, Cell { outcome, found });
        }
        Line::Footer { complete, totals } => {
            run.is_complete = complete;
            run.rules = totals.applied.into_keys().chain(totals.not_exercised).chain(totals.not_in_force).collect();
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = r#"{"type":"header","format":1,"command":"run","suite":"x","version":"1","started":"2026-03-02T08:30:00Z","as_of":"latest","rules":{"count":1,"digest":"sha256:0"}}"#;

    fn told(text: &str) -> Result<Run, String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(NAME), text).unwrap();
        read(folder.path()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_no_run_is_refused_by_line() {
        let check = HEADER.replace("\"run\"", "\"check\"");
        for (text, why) in [
            ("", "line 1: a run begins with a header"),
            ("{\"type\":\"footer\",\"complete\":true,\"totals\":{}}\n", "line 1: a run begins with a header"),
            ("<testsuites/>\n", "line 1: not a line of a run"),
            (&format!("{check}\n"), "line 1: it is of `check`"),
            (&format!("{}\n", HEADER.replace("\"format\":1", "\"format\":7")), "its format is 7"),
            (&format!("{HEADER}\n{{\"type\":\"cell\"}}\n"), "line 2: not a line of a run"),
            (&format!("{HEADER}\n{}\n", "[".repeat(10_000)), "line 2: not a line of a run"),
        ] {
            let told = told(text).expect_err(why);
            assert!(told.contains(why), "{told}");
        }
        let error = read(Path::new("/nowhere/at/all")).unwrap_err().to_string();
        assert!(error.contains("/nowhere/at/all"), "{error}");
    }

    #[test]
    fn a_run_that_was_cut_off_is_read_as_far_as_it_goes() {
        let cell = r#"{"type":"cell","scenario":"a","direction":{"sender":"x","receiver":"y"},"outcome":"failed","unmet":[{"at":"z"}],"findings":[{"rule":"r/s","level":"violation","announced":false,"findings":[{"blame":{"party":"harness"},"times":1},{"blame":{"party":"sender"},"times":2}]}]}"#;
        let run = told(&format!("{HEADER}\n{cell}\n{{\"type\":\"ce")).unwrap();
        assert!(!run.is_complete && run.cells.len() == 1);
        let found: Vec<_> = run.cells.values().next().unwrap().found.iter().collect();
        let words: Vec<_> = found.iter().map(|(finding, times)| (finding.rule.as_str(), **times)).collect();
        assert_eq!(words, [("r/s", 2), ("scenario/expectation", 1)]);
    }
}
