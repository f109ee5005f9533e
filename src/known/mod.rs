//! Deviations that a provider knows of: what is wrong with a gateway, why it is left so, who answers for it, until when.
//!
//! What is declared is declared strictly, both ways. A failure that no entry names fails as ever; an entry that names what
//! did not happen where it was looked for, that matches nothing known, or that has expired fails too. No outcome changes:
//! what is declared is marked, and stays a failure.

mod file;
mod ledger;
mod paste;

use std::path::Path;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, schema_for};
use serde::Serialize;

pub use file::{LoadError, Names};
pub use ledger::{Extent, Ledger, Reckoning, Standing, Stands};
pub use paste::New;

use crate::evidence::Role;

/// What nobody in particular answers for is declared under this name.
pub const UNDETERMINED: &str = "undetermined";

/// Everything that is declared.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The file, as it was named; nothing without one.
    pub file: Option<String>,
    /// In the order of the file.
    pub deviations: Vec<Deviation>,
    source: String,
}

/// A deviation that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Deviation {
    /// The rule that fails; `None` for expectations of scenarios that are not met.
    pub rule: Option<String>,
    /// The scenarios in which it does; none for wherever the rule is asked.
    pub scenarios: Vec<String>,
    /// Who deviates: a target, a provider, or `undetermined`.
    pub subject: String,
    /// In which role, where it does in one only.
    pub role: Option<Role>,
    /// Why it is left so.
    pub reason: String,
    /// Who answers for that.
    pub owner: String,
    /// The last day on which it counts, in legal time.
    pub expires: Date,
    /// Whether that day has passed.
    pub expired: bool,
}

/// A failure, as far as a declaration may name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failing<'a> {
    /// The rule; `None` for an expectation of a scenario.
    pub rule: Option<&'a str>,
    /// The scenario, where one was played.
    pub scenario: Option<&'a str>,
    /// Who answers for it.
    pub subject: &'a str,
    /// In which role, where one is known.
    pub role: Option<Role>,
}

impl Known {
    /// Reads a file; `names` are those that its entries may use. `today` tells which have expired.
    pub fn read(path: &Path, names: &Names<'_>, today: Date) -> Result<Self, LoadError> {
        file::read(path, names, today)
    }

    /// The line that an entry begins on, from 1.
    fn line(&self, at: usize) -> usize {
        file::line(&self.source, at)
    }

    /// The entry that declares a failure; none that has expired does.
    pub fn declares(&self, failing: &Failing<'_>) -> Option<&Deviation> {
        self.deviations.iter().find(|deviation| !deviation.expired && deviation.names(failing))
    }
}

impl Deviation {
    /// Whether this is what it names.
    pub fn names(&self, failing: &Failing<'_>) -> bool {
        self.rule.as_deref() == failing.rule
            && self.subject == failing.subject
            && self.role.is_none_or(|role| failing.role == Some(role))
            && self.covers(failing.scenario)
    }

    /// Whether a scenario is one of those that it is about.
    fn covers(&self, scenario: Option<&str>) -> bool {
        self.scenarios.is_empty() || scenario.is_some_and(|id| self.scenarios.iter().any(|known| known == id))
    }
}

/// The JSON Schema of a file of deviations, for an editor.
pub fn schema() -> Schema {
    schema_for!(file::Document)
}
