//! Plays scenarios against targets and gathers evidence; judges nothing itself.

mod absence;
mod announced;
mod aside;
mod blame;
mod cell;
mod conclude;
mod expect;
mod gather;
mod handover;
mod how;
mod inject;
mod mail;
mod names;
mod needs;
mod plan;
mod play;
mod progress;
mod reading;
mod rehearse;
mod risk;
mod sending;
mod stage;
mod steps;
mod stop;
mod story;
mod talk;
#[cfg(test)]
mod tests;
mod waiting;
mod watching;

pub use how::{How, Keep};
pub use plan::{OnFailure, Plan, Play, Run, run};
pub use play::play;
pub use rehearse::{Planned, Rehearsal, rehearse};
pub use risk::Risk;
pub use stop::Stop;
