//! The reference gateway as a program of its own: from its configuration to a running gateway that keeps what it has in a
//! folder.

mod bodies;
mod certificates;
pub mod config;
mod control;
pub mod demo;
mod log;
mod maildir;
mod maildrop;
mod place;
mod serving;
mod spool;
mod tables;

use std::path::PathBuf;

pub use config::{Config, schema};
pub use control::Order;
pub use serving::Serving;

use crate::{pki::PkiError, yaml::Problem};

/// Why a gateway cannot be served, or not any more.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration is wrong, or names something that is.
    #[error("{key}: {problem}")]
    Config {
        /// The key that it is about.
        key: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The folder that everything is kept in.
    #[error("{}: {problem}", crate::shown::path_text(.path))]
    Data {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: std::io::Error,
    },
    /// The test PKI.
    #[error(transparent)]
    Pki(#[from] PkiError),
    /// It does not start, or cannot listen where it is told to.
    #[error("the gateway does not start: {0}")]
    Start(std::io::Error),
}

impl ServeError {
    fn wrong(key: &'static str, problem: &str) -> Self {
        Self::Config { key, problem: problem.to_owned() }
    }

    fn lacking(key: &'static str, what: &str) -> Self {
        Self::wrong(key, &format!("`{key}` is missing: give {what}, or `test-pki: true`"))
    }

    /// The same as a mistake in a configuration file, where it is one.
    pub fn drawn(self, file: &str, source: &str) -> Result<Problem, Self> {
        match self {
            Self::Config { key, problem } => Ok(Problem::at(file, source, &[key.into()], problem)),
            other => Err(other),
        }
    }
}
