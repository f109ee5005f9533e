//! `--redact`: whether reports tell what is somebody's.

use clap::ValueEnum;

use super::CliError;
use crate::redact::{Pseudonyms, Redactor};

/// The argument `--redact`.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Redaction {
    /// Tell addresses, subjects, names of files and all else that is somebody's by pseudonyms, in every report, and keep no
    /// evidence; with `--redact=no` all of it is told, also where `--ci` would not. Pseudonyms are other ones in each run, unless
    /// PEC_REDACT_KEY holds a key for them.
    #[arg(
        long,
        value_enum,
        value_name = "WHETHER",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "yes",
        hide_possible_values = true
    )]
    redact: Option<Whether>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Whether {
    Yes,
    No,
}

impl Redaction {
    /// Whether reports are redacted; `usually` where nobody said.
    pub fn is_wanted(self, usually: bool) -> bool {
        self.redact.map_or(usually, |redact| redact == Whether::Yes)
    }
}

/// What redacts, with service mailboxes that stay.
pub fn redactor(service: impl IntoIterator<Item = String>) -> Result<Redactor, CliError> {
    let pseudonyms = Pseudonyms::new().map_err(|error| CliError::Redaction(error.to_string()))?;
    Ok(Redactor::new(pseudonyms, service))
}
