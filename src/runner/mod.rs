//! Plays scenarios against targets and gathers evidence; judges nothing itself.

mod plan;
mod result;

pub use plan::{Event, How, OnFailure, Plan, Run, Stop, play, run};
pub use result::{Cell, CellOutcome, Direction, ExpectedFinding, Strictness, Unmet};
