//! What should never happen: a panic. It is told by name and place, and ends in exit code 3, never in 101.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    panic::{self, AssertUnwindSafe, PanicHookInfo},
};

use super::{Exit, stderr::say};
use crate::shown::shown;

/// Does what a command does; a panic in it is trouble, and no verdict.
pub fn guarded(command: impl FnOnce() -> Exit) -> Exit {
    panic::set_hook(Box::new(tell));
    panic::catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|_| {
        say("This is a mistake in pec-conformance, and no verdict on anybody: please report it with what led to it.\n");
        Exit::Trouble
    })
}

/// One line for each panic, also for those that are caught on the way and told as what they spoilt.
fn tell(panic: &PanicHookInfo<'_>) {
    let words = panic.payload_as_str().unwrap_or("a panic without words");
    let place = panic.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
    say(&format!("internal error: {}{place}\n", shown(words)));
    let trace = Backtrace::capture();
    if trace.status() == BacktraceStatus::Captured {
        say(&format!("{trace}\n"));
    }
}
