//! Which scenarios: the options that `run` and `list` share.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::CliError;
use crate::{
    rules,
    scenario::{self, Scenario, Selection, Suite},
};

/// Choices among scenarios; several kinds narrow each other.
#[derive(Debug, Default, clap::Args)]
pub struct Select {
    /// Scenarios by id or glob (`delivery/complete`, `*/infected`), folder (`virus/`), file, clause or section (`3.1.1`).
    /// All of them without any.
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Scenarios of a folder: `delivery`.
    #[arg(long, value_name = "FOLDER")]
    folder: Vec<String>,
    /// Scenarios about a clause or a section: `RFC6109-3.1.1-checked`, `3.1.1`.
    #[arg(long, value_name = "CLAUSE")]
    clause: Vec<String>,
    /// Scenarios with a tag.
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Use the scenarios of this folder, or of one file, instead of those inside the program.
    #[arg(long, value_name = "DIR")]
    scenarios: Option<PathBuf>,
}

impl Select {
    /// The scenarios meant; never none.
    pub fn scenarios(&self) -> Result<Vec<Arc<Scenario>>, CliError> {
        let suite = self.suite()?;
        let selection = Selection {
            names: self.ids.clone(),
            folders: self.folder.clone(),
            clauses: self.clause.clone(),
            tags: self.tag.clone(),
        };
        Ok(suite.select(&selection)?)
    }

    /// The ids of everything that could be selected.
    pub fn ids(&self) -> Result<Vec<String>, CliError> {
        Ok(self.suite()?.scenarios.iter().map(|scenario| scenario.id.clone()).collect())
    }

    /// What is used instead of the scenarios inside the program.
    pub fn other_scenarios(&self) -> Option<&Path> {
        self.scenarios.as_deref()
    }

    fn suite(&self) -> Result<Suite, CliError> {
        let rules = rules::ids();
        Ok(match &self.scenarios {
            Some(folder) => scenario::load_dir(folder, &rules)?,
            None => scenario::suite(&rules)?,
        })
    }
}
