//! How gateways are driven and observed: the embedded pair, or an external one.

/// The targets that a name stands for.
pub const NAMES: &[&str] = &["alfa", "bravo", "flawed"];
