//! The scenario language: data in YAML, checked whole before anything starts, and what is selected from a suite.

pub mod attachment;
pub mod change;
mod check;
mod depth;
pub mod dialogue;
mod excerpt;
mod expected;
pub mod given;
pub mod inject;
pub mod locate;
pub mod model;
mod plain;
mod problem;
pub mod receipt;
mod select;
pub mod send;
mod suggest;
mod suite;
#[cfg(test)]
mod tests;
pub mod words;

pub use expected::{Expected, Hours, What};
pub use problem::Problem;
pub use select::{Selection, SelectionError};
pub use suggest::{likeness, nearest};
pub use suite::{LoadError, Scenario, Suite, about, load_dir, schema, suite};
