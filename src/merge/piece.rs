//! A part of a run, as it lies in the folder that it was written to.

use std::{
    path::{Component, Path, PathBuf},
    time::Duration,
};

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use serde::Deserialize;

use super::MergeError;
use crate::{
    diff::{Outcome, each_line},
    evidence::{
        Direction, Evidence, Party,
        disk::{self, EVIDENCE, MANIFEST},
    },
    hexadecimal,
    norm::AsOf,
    report::STREAM_FORMAT,
    results::{Asked, Cause, Part, Strictness},
};

/// A part.
#[derive(Debug)]
pub(super) struct Piece {
    pub folder: PathBuf,
    pub part: Part,
    /// Of the program that played it.
    pub version: String,
    /// Of the rules that it was judged by.
    pub digest: String,
    pub started: Timestamp,
    pub directions: Vec<Direction>,
    pub asked: Asked,
    pub strictness: Strictness,
    pub as_of: AsOf,
    pub cells: Vec<CellLine>,
    /// Whether it was played to its end.
    pub is_complete: bool,
    pub took: Duration,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Line {
    Header {
        format: u32,
        command: String,
        version: String,
        started: Timestamp,
        as_of: String,
        strictness: Strictness,
        rules: Rules,
        #[serde(default)]
        directions: Vec<Direction>,
        part: Option<Part>,
        #[serde(default)]
        asked: Box<Asked>,
    },
    Cell(Box<CellLine>),
    Footer {
        complete: bool,
        took_ms: u64,
    },
}

#[derive(Deserialize)]
struct Rules {
    digest: String,
}

/// A play.
#[derive(Debug, Deserialize)]
pub(super) struct CellLine {
    pub scenario: String,
    pub title: String,
    pub direction: Direction,
    pub clauses: Vec<String>,
    pub outcome: Outcome,
    pub reason: Option<String>,
    pub cause: Option<Cause>,
    pub unmet: Vec<UnmetLine>,
    pub choices: Vec<String>,
    pub notes: Vec<String>,
    pub evidence: Option<Kept>,
    pub took_ms: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct UnmetLine {
    pub at: String,
    pub expected: String,
    pub found: String,
    pub blame: Blame,
    pub clauses: Vec<String>,
    pub observations: Vec<usize>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Blame {
    pub party: Party,
}

/// Evidence that was kept: where it lies now, the folder tells.
#[derive(Debug, Deserialize)]
pub(super) struct Kept {
    /// SHA-256 of its manifest.
    manifest: Option<String>,
}

impl CellLine {
    pub fn name(&self) -> String {
        format!("{} {}", self.scenario, self.direction)
    }

    /// Where its evidence lies below a run's.
    pub fn place(&self) -> PathBuf {
        self.direction.folder(&self.scenario)
    }

    /// Whether rules and expectations decided how it ended.
    pub fn is_verdict(&self) -> bool {
        matches!(self.outcome, Outcome::Passed | Outcome::Failed)
    }
}

impl Piece {
    /// Reads it.
    pub fn read(folder: &Path) -> Result<Self, MergeError> {
        let unfit = |why: &str| MergeError::Unfit { path: folder.to_owned(), why: why.to_owned() };
        let (mut piece, mut cells, mut end) = (None, Vec::new(), (false, 0));
        each_line(folder, |line| {
            let line: Line = serde_json::from_slice(line).map_err(|error| format!("not a line of a run: {error}"))?;
            match line {
                Line::Header { format, .. } if format != STREAM_FORMAT => {
                    return Err(format!("its format is {format}, this program reads {STREAM_FORMAT}"));
                }
                Line::Header { command, .. } if command != "run" => {
                    return Err(format!("it is of `{command}`, and parts of runs are put together"));
                }
                Line::Header { part: None, .. } => {
                    return Err("it is of a whole run: parts are played with `--shard`".to_owned());
                }
                Line::Header {
                    part: Some(part),
                    version,
                    started,
                    as_of,
                    strictness,
                    rules,
                    directions,
                    asked,
                    ..
                } => {
                    let as_of = match &*as_of {
                        "latest" => AsOf::Latest,
                        day => AsOf::Day(day.parse().map_err(|error| format!("`{day}` is no day: {error}"))?),
                    };
                    piece = Some(Self {
                        folder: folder.to_owned(),
                        part,
                        version,
                        digest: rules.digest,
                        started,
                        directions,
                        asked: *asked,
                        strictness,
                        as_of,
                        cells: Vec::new(),
                        is_complete: false,
                        took: Duration::ZERO,
                    });
                }
                _ if piece.is_none() => return Err("a run begins with a header".to_owned()),
                Line::Cell(cell) => {
                    // The name of a folder is made of it.
                    let is_name = |part: Component<'_>| matches!(part, Component::Normal(_));
                    if !cell.place().components().all(is_name) || cell.place().components().count() < 2 {
                        return Err(format!("`{}` is no scenario's id, or a target has no name", cell.scenario));
                    }
                    cells.push(*cell);
                }
                Line::Footer { complete, took_ms } => end = (complete, took_ms),
            }
            Ok(())
        })?;
        let mut piece = piece.ok_or_else(|| unfit("a run begins with a header, and this is empty"))?;
        let planned = piece.part.shard.range(piece.part.plays).len();
        if cells.len() > planned {
            return Err(unfit(&format!("it tells of {} plays, and the part has {planned}", cells.len())));
        }
        piece.is_complete = end.0 && cells.len() == planned;
        (piece.cells, piece.took) = (cells, Duration::from_millis(end.1));
        Ok(piece)
    }

    pub fn unfit(&self, why: impl Into<String>) -> MergeError {
        MergeError::Unfit { path: self.folder.clone(), why: why.into() }
    }

    /// A play's evidence, which must be what the play kept.
    pub fn evidence(&self, line: &CellLine, kept: &Kept) -> Result<Evidence, MergeError> {
        let folder = self.folder.join(EVIDENCE).join(line.place());
        let manifest = std::fs::read(folder.join(MANIFEST))
            .map_err(|error| self.unfit(format!("the evidence of {} cannot be read: {error}", line.name())))?;
        if kept.manifest.as_ref().is_some_and(|known| *known != hexadecimal::named(&digest(&SHA256, &manifest))) {
            return Err(self.unfit(format!("the evidence of {} is not the one that was judged", line.name())));
        }
        Ok(disk::read(&folder)?)
    }
}
