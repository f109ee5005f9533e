//! Plays scenarios against targets and gathers evidence; judges nothing itself.

mod expect;
mod mail;
mod plan;
mod reading;
mod result;

pub use plan::{Event, How, OnFailure, Plan, Run, Stop, play, run};
pub use result::{Cell, CellOutcome, Direction, ExpectedFinding, Strictness, Unmet};
