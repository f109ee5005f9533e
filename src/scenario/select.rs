//! Which scenarios of a suite are meant.

use std::sync::Arc;

use super::{Scenario, Suite};

/// A choice among a suite's scenarios. Kinds of criteria narrow each other; within one kind any match counts. Empty: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Globs over ids: `delivery/*`, `*/infected`, or an id itself. `*` also crosses folders.
    pub ids: Vec<String>,
    /// Folders: `delivery`.
    pub folders: Vec<String>,
    /// Ids of clauses that a scenario cites.
    pub clauses: Vec<String>,
    /// Tags that a scenario carries.
    pub tags: Vec<String>,
}

/// Why a selection selects nothing, or nothing that makes sense. Each says what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// A glob that is none.
    #[error("`{glob}` is not a glob: {problem}")]
    Glob {
        /// As given.
        glob: String,
        /// Why.
        problem: String,
    },
    /// A glob, folder, clause or tag that no scenario has.
    #[error("no scenario has {what} `{given}`{}", did_you_mean(.near))]
    Unmatched {
        /// `an id matching`, `the folder`, `the clause`, `the tag`.
        what: &'static str,
        /// As given.
        given: String,
        /// The nearest that exists.
        near: Option<String>,
    },
    /// Each criterion matches something, all together nothing.
    #[error("no scenario matches all of the criteria together")]
    Nothing,
}

fn did_you_mean(near: &Option<String>) -> String {
    near.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

impl Suite {
    /// The scenarios meant, in the suite's order.
    pub fn select(&self, selection: &Selection) -> Result<Vec<Arc<Scenario>>, SelectionError> {
        let _ = selection;
        todo!()
    }
}
