//! The parts of one run put together: what each left is read, its evidence judged again, and both told as one run's.

mod piece;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use crate::{
    diff::{Outcome, StreamError},
    evidence::{
        Direction, Evidence,
        disk::{self, DiskError, Shared},
    },
    norm::{self, AsOf},
    report::RuleSet,
    results::{Asked, Cause, Cell, CellOutcome, Opening, Trouble, Unmet, Work},
    rules::{self, Judgement},
    shown::{path_text, shown},
};

use piece::{CellLine, Piece};

/// Why parts are not put together.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// What a part left cannot be read.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// Its evidence is not what was gathered.
    #[error(transparent)]
    Evidence(#[from] DiskError),
    /// It does not belong together, or something is missing.
    #[error("{}: {why}", path_text(path))]
    Unfit {
        /// The folder.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Not everything is there.
    #[error("{0}")]
    Incomplete(String),
}

/// What to do where a part is missing or was broken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gaps {
    /// Nothing is put together.
    Refused,
    /// The rest is, as a run that was broken off.
    Told,
}

/// The parts of one run.
pub struct Whole {
    pieces: Vec<Piece>,
    as_of: AsOf,
    /// Plays that there should be.
    pub planned: usize,
    /// Whether every part is there, played to its end.
    pub is_complete: bool,
}

impl Whole {
    /// Reads what each part left, which must be of one run, each part once, played by this program and judged by
    /// the rules that are asked here.
    pub fn read(folders: &[PathBuf], gaps: Gaps) -> Result<Self, MergeError> {
        let mut pieces: Vec<Piece> = folders.iter().map(|folder| Piece::read(folder)).collect::<Result<_, _>>()?;
        let Some(first) = pieces.first() else {
            return Err(MergeError::Incomplete("there is nothing to put together".to_owned()));
        };
        let own = RuleSet::of(rules::all());
        for piece in &pieces {
            let version = env!("CARGO_PKG_VERSION");
            if piece.version != version {
                let why = format!(
                    "it was played by version {} of this program, which is {version}: merge with what played it",
                    shown(&piece.version)
                );
                return Err(piece.unfit(why));
            }
            if piece.digest != own.digest {
                return Err(piece.unfit("it was judged by other rules than this program's: merge with what played it"));
            }
            if piece.part.plan != first.part.plan || piece.part.shard.of() != first.part.shard.of() {
                let why = format!(
                    "it is no part of the run that {} is of: other scenarios, directions, day, strictness or number of parts",
                    path_text(&first.folder)
                );
                return Err(piece.unfit(why));
            }
        }
        let (of, planned, as_of) = (first.part.shard.of(), first.part.plays, first.as_of);
        let mut by_number: BTreeMap<usize, &Piece> = BTreeMap::new();
        for piece in &pieces {
            if let Some(same) = by_number.insert(piece.part.shard.number(), piece) {
                return Err(piece.unfit(format!("part {} is in {} too", piece.part.shard, path_text(&same.folder))));
            }
        }
        let missing = (1..=of)
            .filter(|number| !by_number.contains_key(number))
            .map(|number| format!("part {number}/{of} is missing"));
        let cut = pieces.iter().filter(|piece| !piece.is_complete);
        let cut = cut.map(|piece| format!("part {} in {} was broken off", piece.part.shard, path_text(&piece.folder)));
        let lacking: Vec<String> = missing.chain(cut).collect();
        if gaps == Gaps::Refused && !lacking.is_empty() {
            return Err(MergeError::Incomplete(lacking.join("; ")));
        }
        pieces.sort_by_key(|piece| piece.part.shard);
        Ok(Self { pieces, as_of, planned, is_complete: lacking.is_empty() })
    }

    /// The run as it began.
    pub fn opening(&self) -> Opening {
        let mut directions: Vec<Direction> = Vec::new();
        for direction in self.pieces.iter().flat_map(|piece| &piece.directions) {
            if !directions.contains(direction) {
                directions.push(direction.clone());
            }
        }
        let mut asked = Asked::default();
        for piece in &self.pieces {
            asked.targets.extend(piece.asked.targets.clone());
            asked.options.clone_from(&piece.asked.options);
        }
        Opening {
            started: self.pieces.iter().map(|piece| piece.started).min().unwrap_or_default(),
            work: Work::Plays { planned: self.planned, directions, part: None, asked },
            strictness: self.pieces.iter().map(|piece| piece.strictness).max().unwrap_or_default(),
            as_of: self.as_of,
        }
    }

    /// The ids of what was played.
    pub fn scenarios(&self) -> impl Iterator<Item = String> {
        self.pieces.iter().flat_map(|piece| &piece.cells).map(|cell| cell.scenario.clone())
    }

    /// Who played.
    pub fn targets(&self) -> BTreeSet<&str> {
        let ways = self.pieces.iter().flat_map(|piece| &piece.directions);
        ways.flat_map(|way| [&*way.sender, &*way.receiver]).collect()
    }

    /// How long the longest part took: they are played side by side.
    pub fn took(&self) -> Duration {
        self.pieces.iter().map(|piece| piece.took).max().unwrap_or_default()
    }

    /// Hands on each play, its evidence judged again and copied to a folder, where there is one.
    pub fn plays(&self, evidence: Option<&Path>, take: &mut dyn FnMut(Cell)) -> Result<(), MergeError> {
        let shared = Shared::default();
        for piece in &self.pieces {
            for line in &piece.cells {
                let mut cell = self.cell(piece, line)?;
                if let (Some(root), true) = (evidence, line.evidence.is_some()) {
                    cell.evidence = Some(disk::write_sharing(&cell.observed, root, &line.place(), &shared)?);
                }
                take(cell);
            }
        }
        Ok(())
    }

    fn cell(&self, piece: &Piece, line: &CellLine) -> Result<Cell, MergeError> {
        let observed = match &line.evidence {
            Some(kept) => piece.evidence(line, kept)?,
            None if line.is_verdict() => {
                let why = format!("the evidence of {} was not kept: play the parts with `--evidence all`", line.name());
                return Err(piece.unfit(why));
            }
            None => Evidence::default(),
        };
        let judgement = match line.evidence {
            Some(_) => rules::judge(&observed, &rules::Options { as_of: self.as_of }),
            None => Judgement::default(),
        };
        let reason = || line.reason.clone().unwrap_or_default();
        let outcome = match line.outcome {
            Outcome::Passed => CellOutcome::Passed,
            Outcome::Failed => CellOutcome::Failed,
            Outcome::Skipped => CellOutcome::Skipped(reason()),
            Outcome::Error => {
                CellOutcome::Error(Trouble { cause: line.cause.unwrap_or(Cause::Infrastructure), what: reason() })
            }
        };
        let clauses = |ids: &[String]| ids.iter().filter_map(|id| norm::clause(id)).collect();
        let unmet = line.unmet.iter().map(|unmet| Unmet {
            at: unmet.at.clone(),
            expected: unmet.expected.clone(),
            found: unmet.found.clone(),
            blame: unmet.blame.party,
            clauses: clauses(&unmet.clauses),
            observations: unmet.observations.clone(),
        });
        Ok(Cell {
            scenario: line.scenario.clone(),
            title: line.title.clone(),
            direction: line.direction.clone(),
            clauses: clauses(&line.clauses),
            outcome,
            unmet: unmet.collect(),
            judgement,
            observed,
            choices: line.choices.clone(),
            notes: line.notes.clone(),
            story: String::new(),
            evidence: None,
            took: Duration::from_millis(line.took_ms),
            known: Arc::default(),
        })
    }
}
