//! `schema`: what an editor needs to help writing scenarios and target files, and what a reader of reports holds them against.

use clap::ValueEnum;
use schemars::schema_for;

use super::{CliError, Exit, stdout::Stdout};
use crate::{diff, known, report};

/// Arguments of `schema`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Of what: a scenario, target, gateway or deviations file, a line of the JSON stream, or one of `diff --format json`.
    #[arg(value_enum, default_value_t, value_name = "WHAT")]
    what: What,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum What {
    #[default]
    Scenario,
    Target,
    Report,
    Gateway,
    Diff,
    Deviations,
}

/// Prints the JSON Schema.
pub fn schema(args: &Args) -> Result<Exit, CliError> {
    let schema = match args.what {
        What::Scenario => crate::scenario::schema(),
        What::Target => crate::target::external::schema(),
        What::Gateway => crate::serve::schema(),
        What::Deviations => known::schema().into(),
        What::Report => schema_for!(report::Line<'_>).into(),
        What::Diff => schema_for!(diff::Line<'_>).into(),
    };
    let text = serde_json::to_string_pretty(&schema).map_err(|error| CliError::Internal(error.to_string()))?;
    Stdout::print(&(text + "\n"))?;
    Ok(Exit::Conforming)
}
