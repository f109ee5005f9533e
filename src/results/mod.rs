//! What was played and what was checked came to: the plain data, and the one stream of events, that every report reads.

mod checked;
mod event;
mod play;
mod severity;
mod tally;

pub use checked::{
    Alone, ArrivedAt, Checked, GivenDirectory, LeftOut, Missing, Recipient, SeenMessage, SubmissionPage, Unjudged,
};
pub use event::{Closing, Ending, Event, Opening, Reference, Totals, Work};
pub use play::{Cell, CellOutcome, Unmet};
pub use severity::{Severity, Strictness, Weighed, weighed};
pub use tally::{CheckTally, PlayTally};
