//! Plays scenarios against targets and gathers evidence; judges nothing itself.

mod result;

pub use result::{Cell, CellOutcome, Direction, Unmet};
