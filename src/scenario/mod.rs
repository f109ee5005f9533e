//! The scenario language: data in YAML, checked whole before anything starts, and what is selected from a suite.

pub mod attachment;
pub mod change;
mod check;
pub mod dialogue;
mod expected;
pub mod given;
pub mod inject;
pub mod model;
pub mod receipt;
mod select;
pub mod send;
mod suite;
#[cfg(test)]
mod tests;
pub mod words;

pub use crate::yaml::locate;
pub use expected::{Expected, Hours, What};
pub use select::{Selection, SelectionError};
pub use suite::{LoadError, Scenario, Suite, about, load_dir, schema, suite};
