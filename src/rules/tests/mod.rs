//! The proof of the rules on single messages: clean controls, tolerated variations, faults.

mod bench;
mod clean;
mod crowd;
mod defects;
mod directory;
mod files;
mod judging;
mod layouts;
mod makers;
mod sessions;
mod tolerated;
