//! What `run` and `check` tell, a file per format. Each consumes the same stream of events and judges nothing.

mod aside;
mod code_quality;
mod escape;
mod excerpt;
mod failure;
mod format;
mod gitb;
pub mod github;
mod groups;
mod html;
mod junit;
mod lines;
mod markdown;
mod paint;
mod progress;
mod sarif;
mod stream;
mod style;
mod terminal;

use std::io;

pub use code_quality::CodeQuality;
pub use escape::{json_line, uri, write_json};
pub use excerpt::Excerpt;
pub use failure::{Blamed, Failure, Subject, clause_line, failures};
pub use format::Format;
pub use gitb::Gitb;
pub use github::Github;
pub use groups::{Group, Groups, block, counted, declared_line, wrapped};
pub use html::{Change, Changes, Folder, Html, Often, PLAYS, Start};
pub use junit::{Junit, LateFile};
pub use lines::{Line, RuleSet};
pub use markdown::{LARGEST as LARGEST_SUMMARY, Markdown};
pub use paint::{Ink, Paint};
pub use progress::Progress;
pub use sarif::Sarif;
pub use stream::{FORMAT as STREAM_FORMAT, JsonStream};
pub use style::Style;
pub use terminal::Terminal;

pub use crate::shown::shown;
use crate::{
    evidence::Direction,
    results::{Asked, Closing, Event},
};

/// A format.
pub trait Report {
    /// Takes an event in. An error is the output's (a full disk), never the event's.
    fn event(&mut self, event: &Event<'_>) -> io::Result<()>;
}

/// Several reports fed as one. One that cannot be written any more is dropped and remembered, the others go on.
#[derive(Default)]
pub struct Reports {
    open: Vec<(String, Box<dyn Report + Send>)>,
    broken: Vec<(String, io::Error)>,
}

impl Reports {
    /// Adds a report under the name that its failure would be told by.
    pub fn add(&mut self, name: impl Into<String>, report: impl Report + Send + 'static) {
        self.open.push((name.into(), Box::new(report)));
    }

    /// Hands an event to each.
    pub fn event(&mut self, event: &Event<'_>) {
        self.each(|report, _| report.event(event));
    }

    /// Closes each in turn. The closing is asked for again before each, so that it can tell of those that broke before.
    pub fn close(&mut self, closing: impl Fn(&[(String, io::Error)]) -> Closing) {
        self.each(|report, broken| report.event(&Event::Closed(Box::new(closing(broken)))));
    }

    fn each(&mut self, tell: impl Fn(&mut dyn Report, &[(String, io::Error)]) -> io::Result<()>) {
        for (name, mut report) in std::mem::take(&mut self.open) {
            match tell(&mut *report, &self.broken) {
                Ok(()) => self.open.push((name, report)),
                Err(error) => self.broken.push((name, error)),
            }
        }
    }

    /// Reports that could not be written, by name.
    pub fn broken(&self) -> &[(String, io::Error)] {
        &self.broken
    }
}

/// The name of the text that says what messages are judged by.
fn held_as(what: &'static str) -> &'static str {
    match what {
        "trusted certificates" => "trusted-certificates",
        "revocation lists" => "revocation-lists",
        other => other,
    }
}

/// The command that plays a scenario again, in the words of a shell; somebody's own gateway is named by its file.
fn again(scenario: &str, direction: &Direction, asked: &Asked) -> String {
    let named = |target: &'_ String| asked.targets.get(target).unwrap_or(target).clone();
    let (sender, receiver) = (named(&direction.sender), named(&direction.receiver));
    let words = [env!("CARGO_PKG_NAME"), "run", scenario, "--sender", &sender, "--receiver", &receiver];
    let words = words.into_iter().chain(asked.options.iter().map(String::as_str));
    // A path holds no zero octet, which alone could not be quoted.
    shlex::Quoter::new().allow_nul(true).join(words).unwrap_or_default()
}

#[cfg(test)]
pub(crate) mod samples;

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    };

    use super::*;

    /// Counts events, and breaks at one of them.
    struct Counter {
        seen: Arc<AtomicUsize>,
        breaks_at: usize,
    }

    impl Report for Counter {
        fn event(&mut self, _: &Event<'_>) -> io::Result<()> {
            if self.seen.fetch_add(1, SeqCst) + 1 == self.breaks_at {
                Err(io::ErrorKind::StorageFull.into())
            } else {
                Ok(())
            }
        }
    }

    #[test]
    fn a_report_that_breaks_is_named_and_the_others_go_on() {
        let (healthy, full): (Arc<AtomicUsize>, Arc<AtomicUsize>) = Default::default();
        let mut reports = Reports::default();
        reports.add("junit.xml", Counter { seen: Arc::clone(&full), breaks_at: 2 });
        reports.add("run.jsonl", Counter { seen: Arc::clone(&healthy), breaks_at: usize::MAX });
        for event in samples::run() {
            reports.event(&event);
        }
        assert_eq!((full.load(SeqCst), healthy.load(SeqCst)), (2, samples::run().len()));
        let broken: Vec<_> = reports.broken().iter().map(|(name, error)| (name.as_str(), error.kind())).collect();
        assert_eq!(broken, [("junit.xml", io::ErrorKind::StorageFull)]);
    }
}
