//! The proof of the rules on single messages: clean controls, tolerated variations, faults.

mod bench;
mod clean;
mod defects;
mod judging;
mod tolerated;
