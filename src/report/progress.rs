//! The progress bar: on stderr, and only where that is a terminal.

use std::io;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Report, counted, shown};
use crate::results::{CellOutcome, Event, Work};

/// Shows how far a run is.
pub struct Progress {
    bar: ProgressBar,
    failed: usize,
}

impl Progress {
    /// A bar on stderr; nothing at all where stderr is no terminal.
    pub fn on_stderr() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_style(
            ProgressStyle::with_template("{bar:30} {pos}/{len} {eta} left {wide_msg}")
                .expect("the template is well-formed"),
        );
        Self { bar, failed: 0 }
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
                let failed = if self.failed > 0 { format!("{} failed · ", self.failed) } else { String::new() };
                self.bar.set_message(format!("{failed}{} {direction}", shown(scenario)));
            }
            Event::Finished(cell) => {
                self.failed += usize::from(cell.outcome == CellOutcome::Failed);
                self.bar.inc(1);
            }
            Event::Stopping { playing } => self.bar.println(format!(
                "stopping: {} still being played, then the reports; Ctrl-C again ends them at once",
                counted(*playing, "scenario")
            )),
            Event::Closed(_) => self.bar.finish_and_clear(),
            Event::Reference(_) | Event::Checked(_) | Event::Unjudged(_) | Event::LeftOut(_) | Event::Submission(_) => {
            }
        }
        Ok(())
    }
}
