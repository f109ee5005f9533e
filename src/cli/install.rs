//! `completions` and `man`: what a shell and a reader of manuals know of the commands, from their definitions.

use std::{fs, io, path::PathBuf};

use clap_complete::Shell;
use clap_mangen::Man;

use super::{CliError, Exit, command, stdout::Stdout};

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// Of which shell.
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

/// Prints what lets a shell complete commands, options and their values.
pub fn completions(args: &CompletionsArgs) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command(), env!("CARGO_PKG_NAME"), &mut script);
    Stdout::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Conforming)
}

/// Arguments of `man`.
#[derive(Debug, clap::Args)]
pub struct ManArgs {
    /// Write a page for each command into this folder, which is made where it is not there.
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Prints the program's page of the manual, or writes a page for each command.
pub fn man(args: &ManArgs) -> Result<Exit, CliError> {
    if let Some(folder) = &args.folder {
        let written = fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command(), folder));
        written.map_err(|problem| CliError::Unwritten { path: folder.clone(), problem })?;
    } else {
        let page = page().map_err(|error| CliError::Internal(error.to_string()))?;
        Stdout::print(&page)?;
    }
    Ok(Exit::Conforming)
}

fn page() -> io::Result<String> {
    let mut page = Vec::new();
    Man::new(command()).render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
