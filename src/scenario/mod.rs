//! The scenario language: data in YAML, checked whole before anything starts, and what is selected from a suite.

mod check;
mod expected;
pub mod inject;
pub mod model;
mod select;
mod suite;
#[cfg(test)]
mod tests;
pub mod words;

pub use crate::yaml::locate;
pub use expected::{Expected, Hours, What};
pub use select::{Selection, SelectionError};
pub use suite::{LoadError, Scenario, Suite, about, load_dir, schema, suite};
