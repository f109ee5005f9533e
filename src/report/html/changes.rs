//! What changed since an earlier run, as the page is told of it.

use std::path::PathBuf;

use crate::results::Severity;

/// An earlier run beside this one.
pub struct Changes {
    /// Where the earlier one lies.
    pub earlier: PathBuf,
    /// Plays that are not the same in both, the weightiest first.
    pub plays: Vec<Change>,
    /// How many are.
    pub same: usize,
    /// Whether both were judged by the same rules, norm and program: else what changed may be theirs.
    pub alike: bool,
}

/// A play that is not the same in both.
pub struct Change {
    /// The way to its evidence.
    pub way: String,
    /// `worse`, `better`, `other`, `new` or `gone`.
    pub how: &'static str,
    /// How it ended before; nothing where it was not played.
    pub before: Option<&'static str>,
    /// How it ended now.
    pub now: Option<&'static str>,
    /// What is found more or less often.
    pub found: Vec<Often>,
}

/// Something that is found more or less often.
pub struct Often {
    /// How heavy it is, where that is known.
    pub severity: Option<Severity>,
    /// The rule's id.
    pub rule: String,
    /// How often before, and now.
    pub times: [usize; 2],
}
