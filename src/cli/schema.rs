//! `schema`: what an editor needs to help writing scenarios.

use super::{CliError, Exit, stdout::Stdout};

/// Prints the JSON Schema.
pub fn schema() -> Result<Exit, CliError> {
    let schema = serde_json::to_string_pretty(&crate::scenario::schema())
        .map_err(|error| CliError::Internal(error.to_string()))?;
    Stdout::print(&(schema + "\n"))?;
    Ok(Exit::Conforming)
}
