//! The scenario language: data in YAML, checked whole before anything starts, and what is selected from a suite.

mod check;
mod depth;
mod excerpt;
mod expected;
pub mod inject;
pub mod locate;
pub mod model;
mod plain;
mod problem;
mod select;
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
