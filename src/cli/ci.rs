//! `--ci`: what a CI system is told beside the reports.

use std::{
    env,
    fs::{File, OpenOptions},
    io::{self, BufWriter},
    path::{Path, PathBuf},
};

use aws_lc_rs::rand;
use clap::ValueEnum;

use super::{CliError, error::warn, stderr::say, stdout::Stdout};
use crate::{
    hexadecimal,
    report::{Github, LARGEST_SUMMARY, Markdown, Report, Reports, github},
    shown::path_text,
};

/// Where GitHub Actions has a step write its summary.
const STEP_SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// The argument `--ci`.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Ci {
    /// Tell a CI system what was found: github by annotations and a step summary, gitlab by a code quality report; none tells it
    /// nothing [default: recognised by GITHUB_ACTIONS and GITLAB_CI].
    #[arg(long, value_enum, value_name = "SYSTEM", hide_possible_values = true)]
    ci: Option<System>,
}

/// A CI system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum System {
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab,
    /// None that is told anything.
    None,
}

impl Ci {
    /// Which; one that was recognised is named once, on stderr.
    pub fn system(self) -> System {
        if let Some(system) = self.ci {
            return system;
        }
        let (system, name) = match (is_set("GITHUB_ACTIONS"), is_set("GITLAB_CI")) {
            (true, _) => (System::Github, "GitHub Actions is recognised: annotations and a step summary are written"),
            (_, true) => (System::Gitlab, "GitLab CI is recognised: a code quality report is written"),
            _ => return System::None,
        };
        say(&format!("{name}; `--ci none` does without\n"));
        system
    }
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| value == "true")
}

/// Standard output, closed to workflow commands until this is dropped: what is printed there may hold what would be one.
pub struct Closed {
    token: String,
}

impl Closed {
    /// Closes it where GitHub Actions reads it.
    pub fn where_it_is_read() -> Result<Option<Self>, CliError> {
        if !is_set("GITHUB_ACTIONS") {
            return Ok(None);
        }
        let token = token();
        Stdout::print(&github::close(&token))?;
        Ok(Some(Self { token }))
    }
}

impl Drop for Closed {
    fn drop(&mut self) {
        // Where nothing more can be printed, nothing more is read.
        let _ = Stdout::print(&github::open_again(&self.token));
    }
}

/// A word that nobody else knows.
fn token() -> String {
    let mut token = [0; 16];
    // Without chance there is no secret, and no machine is without.
    rand::fill(&mut token).expect("the system gives random octets");
    hexadecimal::digits(&token)
}

/// Adds the step summary, where the system has one and says where. One that cannot be written is told, and is missing.
pub fn summarised(system: System, reports: &mut Reports) {
    let Some(path) = env::var_os(STEP_SUMMARY).map(PathBuf::from).filter(|_| system == System::Github) else { return };
    match step_summary(&path) {
        Ok((file, room)) => reports.add(STEP_SUMMARY, Markdown::new(BufWriter::new(file), room)),
        Err(problem) => warn(&format!("the step summary {} cannot be written: {problem}", path_text(&path))),
    }
}

/// The file of a step's summary, and how much of what a step may say is left.
fn step_summary(path: &Path) -> io::Result<(File, usize)> {
    let file = OpenOptions::new().append(true).create(true).open(path)?;
    let there = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    Ok((file, LARGEST_SUMMARY.saturating_sub(there)))
}

/// Text on standard output, and annotations after it.
pub fn annotated(text: Box<dyn Report + Send>) -> Github<Stdout> {
    Github::new(text, Stdout::open(), token())
}
