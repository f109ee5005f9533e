//! `directory export` and `routes`: what a provider's staging system is given so that it knows the other side.

use std::path::{Path, PathBuf};

use super::{CliError, Exit, stdout::Stdout};
use crate::{
    clock::Machine,
    shown::path_text,
    target::{
        External,
        external::{hand_out, routes as routes_of},
    },
};

/// Arguments of `directory`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Write the directory, plain and signed, with roots, revocation lists and certificates, into a folder.
    Export {
        /// The folder; made where it is not there.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// With the records of this target file's provider.
        #[arg(long, value_name = "FILE")]
        target: Option<PathBuf>,
    },
}

/// Arguments of `routes`.
#[derive(Debug, clap::Args)]
pub struct RoutesArgs {
    /// The target file.
    #[arg(value_name = "FILE")]
    target: PathBuf,
}

/// Writes what is to be handed out.
pub fn directory(args: &Args) -> Result<Exit, CliError> {
    let What::Export { folder, target } = &args.what;
    let target = target.as_deref().map(load).transpose()?;
    let written = hand_out(folder, target.as_ref(), Machine::default()).map_err(CliError::Handout)?;
    let lines: Vec<String> = written.iter().map(|name| path_text(&folder.join(name))).collect();
    Stdout::print(&(lines.join("\n") + "\n"))?;
    Ok(Exit::Conforming)
}

/// Prints the way to the other side.
pub fn routes(args: &RoutesArgs) -> Result<Exit, CliError> {
    Stdout::print(&routes_of(&load(&args.target)?))?;
    Ok(Exit::Conforming)
}

/// A target file, read.
pub fn load(path: &Path) -> Result<External, CliError> {
    External::load(path).map_err(CliError::Configuration)
}
