//! The formats that a check can be told in, and who writes each.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use clap::ValueEnum;

use super::{Gitb, Html, JsonStream, Junit, LARGEST_SUMMARY, Markdown, Report, RuleSet, Sarif, Style, Terminal};
use crate::rules;

/// In which format a check is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A page for people.
    #[default]
    Text,
    /// JSON lines.
    Json,
    /// JUnit XML.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
    /// A summary in Markdown.
    Markdown,
    /// A page to look at, in Italian and English, with one for each message that can be printed.
    Html,
    /// A report as the European Commission's Interoperability Test Bed reads it (GITB TAR, XML).
    Gitb,
}

impl Format {
    /// What writes it on `out`, of what lies in the folder `base` and is named from there.
    pub fn report<'w>(self, out: impl Write + Send + 'w, style: Style, base: &Path) -> Box<dyn Report + Send + 'w> {
        match self {
            Format::Text => Box::new(Terminal::new(out, style)),
            Format::Json => Box::new(JsonStream::new(out, RuleSet::of(rules::all()))),
            Format::Junit => Box::new(Junit::new(out)),
            Format::Sarif => Box::new(Sarif::new(out, rules::all()).of_folder(base)),
            Format::Markdown => Box::new(Markdown::new(out, LARGEST_SUMMARY)),
            Format::Html => Box::new(Html::new(out, PathBuf::new(), RuleSet::of(rules::all()))),
            Format::Gitb => Box::new(Gitb::new(out)),
        }
    }
}
