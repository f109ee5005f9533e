//! Who plays, as named on the command line: gateways inside this program, and those that a target file tells of.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use tokio::runtime::{Builder, Runtime};

use crate::{
    cli::{CliError, Exit, error::warn},
    target::{External, NAMES, Targets},
};

/// The targets named so far.
#[derive(Default)]
pub struct Named {
    /// Those that a file tells of.
    pub targets: Targets,
    /// The files, as they were given, by the names of the targets.
    pub files: BTreeMap<String, String>,
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
        self.files.insert(name.clone(), given.to_owned());
        Ok(name)
    }
}

/// Targets that were started, as their files say how, and are ended with this.
pub struct Running {
    runtime: Runtime,
    targets: Arc<Targets>,
    /// How many of them were started and not ended.
    started: usize,
}

impl Running {
    /// Starts each.
    pub fn start(targets: Arc<Targets>) -> Result<Self, CliError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(CliError::NoRuntime)?;
        let mut running = Self { runtime, targets, started: 0 };
        for target in running.targets.clone().iter() {
            running.started += 1;
            running.runtime.block_on(target.start()).map_err(CliError::Target)?;
        }
        Ok(running)
    }

    /// Ends them; what that means for the exit code.
    pub fn stop(mut self) -> Exit {
        self.ended()
    }

    fn ended(&mut self) -> Exit {
        let mut exit = Exit::Conforming;
        let targets = self.targets.clone();
        for target in targets.iter().take(std::mem::take(&mut self.started)) {
            if let Err(error) = self.runtime.block_on(target.stop()) {
                warn(&error.to_string());
                exit = Exit::Trouble;
            }
        }
        exit
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.ended();
    }
}
