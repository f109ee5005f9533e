//! The scenario language: data in YAML, checked whole before anything starts, and what is selected from a suite.

mod select;
mod suite;

pub use select::{Selection, SelectionError};
pub use suite::{LoadError, Scenario, Suite, load_dir, schema, suite};
