//! What stands in the way of a command, and the exit code it means.

use std::{io, path::PathBuf};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};

use super::{Exit, color::Color};
use crate::{
    evidence::bundle::BundleError,
    report::{Paint, shown},
    scenario::{LoadError, SelectionError},
};

/// Why a command did not do what it was asked for.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum CliError {
    /// The suite.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Scenarios(#[from] LoadError),
    /// What was selected from it.
    #[error(transparent)]
    #[diagnostic(help("`pec-conformance list` shows every scenario; `*` in an id also crosses folders"))]
    Selection(#[from] SelectionError),
    /// One gateway cannot be both.
    #[error("`{0}` cannot play both the sender and the receiver")]
    #[diagnostic(help("name two of: {}", crate::target::NAMES.join(", ")))]
    SameTarget(String),
    /// A path given on the command line.
    #[error("cannot read {}: {problem}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: io::Error,
    },
    /// A file that is no message.
    #[error("{} is not a mail message: {problem}", path.display())]
    #[diagnostic(help(
        "give messages as they were received (.eml), directories (.ldif, .ldif.p7m), certificates (PEM, DER), \
         folders of messages and directories, or the evidence of an earlier run"
    ))]
    NotMail {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// A file that begins like a certificate and is none.
    #[error("{} is not a certificate: {problem}", path.display())]
    #[diagnostic(help("certificates are given as PEM or DER"))]
    NotCertificate {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// A folder with nothing to judge.
    #[error("there is nothing to check in {}", .0.display())]
    #[diagnostic(help(
        "looked for files *.eml, *.ldif and *.ldif.p7m and for evidence bundles (manifest.json) in it and below"
    ))]
    NothingToCheck(PathBuf),
    /// An evidence bundle that does not hold what its manifest says, or cannot be read.
    #[error(transparent)]
    #[diagnostic(help("evidence is judged only as it was gathered: run again, or check its messages one by one"))]
    Bundle(#[from] BundleError),
    /// Neither a certificate nor a revocation list.
    #[error("{} holds no certificate and no revocation list: {problem}", path.display())]
    #[diagnostic(help("trust is given as a folder of certificates and CRLs, PEM or DER"))]
    Trust {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// The providers' directory.
    #[error("{} is not a providers' directory: {problem}", path.display())]
    #[diagnostic(help("the directory is given as LDIF (RFC 6109 4.5), by itself or in its signature"))]
    Directory {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// stdout cannot be written.
    #[error("cannot write to stdout: {0}")]
    Stdout(io::Error),
    /// What may happen and never should.
    #[error("internal error: {0}")]
    Internal(String),
}

impl CliError {
    /// The exit code it means.
    pub fn exit(&self) -> Exit {
        match self {
            CliError::Selection(SelectionError::Unmatched { .. } | SelectionError::Nothing)
            | CliError::Scenarios(LoadError::Empty { .. })
            | CliError::NothingToCheck(_) => Exit::Nothing,
            CliError::Stdout(_) | CliError::Internal(_) => Exit::Trouble,
            _ => Exit::Usage,
        }
    }

    /// Shows it on stderr.
    pub fn show(&self, color: Color) {
        let theme = match color.on(&io::stderr()) {
            Paint::Colored => GraphicalTheme::unicode(),
            Paint::Plain => GraphicalTheme::unicode_nocolor(),
        };
        let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_wrap_lines(false);
        let mut picture = String::new();
        if handler.render_report(&mut picture, self).is_err() {
            picture = self.to_string();
        }
        eprint!("{picture}");
    }
}

/// A warning on stderr: the command goes on.
pub fn warn(text: &str) {
    eprintln!("warning: {}", shown(text));
}
