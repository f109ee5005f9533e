//! What changed since an earlier run, as the page is told of it.

/// An earlier run beside this one.
pub struct Changes {
    /// Where the earlier one lies.
    pub earlier: String,
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
    /// What is found more or less often, in a line each.
    pub found: Vec<String>,
}
