//! What was played and what was checked came to: the plain data, and the one stream of events, that every report reads.

mod checked;
mod describe;
mod event;
mod play;
mod required;
mod severity;
mod shard;
mod tally;

pub use checked::{
    Alone, ArrivedAt, Checked, GivenDirectory, LeftOut, Missing, Recipient, SeenMessage, SubmissionPage, Unjudged,
};
pub use describe::Description;
pub use event::{Asked, Closing, Ending, Event, Opening, Reference, Totals, Work};
pub use play::{Cause, Cell, CellOutcome, Trouble, Unmet};
pub use required::{Question, Required, require};
pub use severity::{Severity, Strictness, Weighed, answerable, failing, played, weighed};
pub use shard::{Part, Shard};
pub use tally::{CheckTally, PlayTally};
