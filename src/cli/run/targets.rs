//! Who plays, as named on the command line: gateways inside this program, and those that a target file tells of.

use std::path::Path;

use crate::{
    cli::CliError,
    target::{External, NAMES, Targets},
};

/// The targets named so far.
#[derive(Default)]
pub struct Named {
    /// Those that a file tells of.
    pub targets: Targets,
}

/// What ends the name of a target file.
const EXTENSION: &str = ".yaml";

/// A name inside this program, or what looks like a target file's path.
pub fn target_name(text: &str) -> Result<String, String> {
    if NAMES.contains(&text) || text.ends_with(EXTENSION) {
        return Ok(text.to_owned());
    }
    let near = crate::yaml::nearest(text, NAMES.iter().copied()).map(|near| format!("did you mean `{near}`? "));
    Err(format!(
        "{}targets are {}, and files that end in `{EXTENSION}`, such as targets/acme.yaml",
        near.unwrap_or_default(),
        NAMES.join(", ")
    ))
}

impl Named {
    /// The name that a target has in reports; a file is read.
    pub fn name(&mut self, given: &str) -> Result<String, CliError> {
        if NAMES.contains(&given) {
            return Ok(given.to_owned());
        }
        let target = External::load(Path::new(given)).map_err(CliError::Configuration)?;
        let name = target.name.clone();
        if NAMES.contains(&&*name) {
            return Err(CliError::TargetName { file: given.into(), name });
        }
        self.targets.insert(target);
        Ok(name)
    }
}
