//! Plays scenarios against targets and gathers evidence; judges nothing itself.

mod blame;
mod expect;
mod gather;
mod handover;
mod inject;
mod mail;
mod names;
mod plan;
mod play;
mod reading;
mod stage;
mod story;
mod talk;
#[cfg(test)]
mod tests;

pub use plan::{How, Keep, OnFailure, Plan, Run, Stop, run};
pub use play::play;
