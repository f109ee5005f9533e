//! The one stream of events that every report consumes, of `run` and of `check` alike.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CheckTally, Checked, LeftOut, Part, PlayTally, Strictness, SubmissionPage, Unjudged};
use crate::{evidence::Direction, known::Reckoning, norm::AsOf};

/// Something that happened, in the order it happened.
pub enum Event<'a> {
    /// It begins.
    Opened(Opening),
    /// A scenario begins in a direction.
    Started {
        /// The scenario's id.
        scenario: &'a str,
        /// Who plays.
        direction: &'a Direction,
    },
    /// A scenario has ended in a direction. Its evidence may be large: who does not need it lets it go.
    Finished(Box<Cell>),
    /// Someone asked to stop; what is being played is waited for.
    Stopping {
        /// Scenarios and directions that are still being played.
        playing: usize,
    },
    /// What messages are judged by was judged itself; what is wrong with it is charged to no message, and fails nothing.
    Reference(Box<Checked>),
    /// A file, a member of an archive, the evidence of a play was judged.
    Checked(Box<Checked>),
    /// A file could not be judged.
    Unjudged(Unjudged),
    /// Something that was given is no message, directory or certificate, and was judged by nothing.
    LeftOut(LeftOut),
    /// What belongs to one submission was put together.
    Submission(Box<SubmissionPage>),
    /// It is over.
    Closed(Box<Closing>),
}

/// What is known when it begins.
#[derive(Clone, Debug)]
pub struct Opening {
    /// By the machine's clock, which is read once.
    pub started: Timestamp,
    /// What is done.
    pub work: Work,
    /// What fails besides violations.
    pub strictness: Strictness,
    /// By the norm of which day everything is judged.
    pub as_of: AsOf,
}

/// What is done.
#[derive(Clone, Debug)]
pub enum Work {
    /// Scenarios are played.
    Plays {
        /// Cells that will be.
        planned: usize,
        /// Who plays whom, in the order of the table's columns.
        directions: Vec<Direction>,
        /// Of what this is a part, where it is one.
        part: Option<Part>,
        /// How it was asked for.
        asked: Asked,
    },
    /// What someone already has is checked.
    Check {
        /// By what the signers are told.
        references: Vec<Reference>,
    },
}

/// What `run` was given that one of its plays cannot be asked for again without.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Asked {
    /// The files that targets are told of by, as they were given, by the names of the targets.
    #[serde(default)]
    pub targets: BTreeMap<String, String>,
    /// Options with their values, a word each.
    #[serde(default)]
    pub options: Vec<String>,
}

/// Something that messages are judged by: a folder of roots and revocation lists, a directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Reference {
    /// What it is, in a word or two: `directory`, `trusted roots`, `revocation lists`.
    pub what: &'static str,
    /// Where it was read from.
    pub from: String,
    /// Of which instant it is, or the latest in it, where that is known.
    pub of: Option<Timestamp>,
    /// How many it holds, where that is known.
    pub count: Option<usize>,
}

/// What is known when it is over.
#[derive(Clone, Debug)]
pub struct Closing {
    /// Counts; they add up.
    pub totals: Totals,
    /// Whether it was broken off, by Ctrl-C or by `--fail-fast`.
    pub ending: Ending,
    /// The process's exit code, and what it says.
    pub exit: (u8, String),
    /// What became of what is declared, where something is.
    pub known: Option<Reckoning>,
    /// Wall-clock time taken.
    pub took: Duration,
}

/// Counts.
#[derive(Clone, Debug)]
pub enum Totals {
    /// Of plays.
    Plays(PlayTally),
    /// Of what was checked.
    Check(CheckTally),
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Everything planned was done.
    Complete,
    /// Stopped at the first failure, as asked.
    FailFast,
    /// Interrupted.
    Interrupted,
}
