//! The suite: every scenario, from the program itself or from a folder.

use std::{path::Path, sync::Arc};

use crate::norm::Clause;

/// Scenarios, ordered by id.
#[derive(Clone, Debug)]
pub struct Suite {
    /// The scenarios.
    pub scenarios: Vec<Arc<Scenario>>,
}

/// A scenario, checked.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its path below the suite's folder without extension: `delivery/complete`.
    pub id: String,
    /// Its file as shown to people: `scenarios/delivery/complete.yaml`.
    pub file: String,
    /// One sentence.
    pub title: String,
    /// The clauses it is about.
    pub clauses: Vec<&'static Clause>,
    /// For selection.
    pub tags: Vec<String>,
    /// The file's text.
    pub source: Arc<str>,
}

/// Why a suite does not load. Every broken file is in it, each with line, column and caret (render it with miette).
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("the scenarios cannot be loaded")]
pub struct LoadError {}

/// The suite compiled into the program.
pub fn suite() -> Result<Suite, LoadError> {
    todo!()
}

/// The suite in a folder; `faults/` is not part of it.
pub fn load_dir(folder: &Path) -> Result<Suite, LoadError> {
    let _ = folder;
    todo!()
}

/// The JSON Schema of a scenario file, derived from the types that read it.
pub fn schema() -> serde_json::Value {
    todo!()
}
