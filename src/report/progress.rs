//! The progress bar: on stderr, and only where that is a terminal.

use std::io;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Report, shown};
use crate::{
    language::Language,
    results::{CellOutcome, Event, Work},
};

/// Shows how far a run is.
pub struct Progress {
    bar: ProgressBar,
    language: Language,
    failed: usize,
}

impl Progress {
    /// A bar on stderr; nothing at all where stderr is no terminal.
    pub fn on_stderr(language: Language) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let left = language.say("progress-left").with("time", "{eta}");
        let template = format!("{{bar:30}} {{pos}}/{{len}} {left} {{wide_msg}}");
        bar.set_style(ProgressStyle::with_template(&template).expect("the template is well-formed"));
        Self { bar, language, failed: 0 }
    }

    fn say(&self, id: &'static str, count: usize) -> String {
        self.language.say(id).with("count", count).to_string()
    }
}

impl Report for Progress {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Opened(opening) => {
                if let Work::Plays { planned, .. } = opening.work {
                    self.bar.set_length(planned as u64);
                }
            }
            Event::Started { scenario, direction } => {
                let failed =
                    if self.failed > 0 { self.say("progress-failed", self.failed) + " · " } else { String::new() };
                self.bar.set_message(format!("{failed}{} {direction}", shown(scenario)));
            }
            Event::Finished(cell) => {
                self.failed += usize::from(cell.outcome == CellOutcome::Failed);
                self.bar.inc(1);
            }
            Event::Stopping { playing } => self.bar.println(self.say("progress-stopping", *playing)),
            Event::Closed(_) => self.bar.finish_and_clear(),
            Event::Reference(_) | Event::Checked(_) | Event::Unjudged(_) | Event::LeftOut(_) | Event::Submission(_) => {
            }
        }
        Ok(())
    }
}
