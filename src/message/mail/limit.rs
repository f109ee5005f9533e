//! What of a message is more than a reader takes in.

use std::fmt;

/// Multiparts nested deeper than this are not entered.
pub(super) const MAX_DEPTH: usize = 100;
/// Parts beyond this many are not listed.
pub(super) const MAX_PARTS: usize = 10_000;
/// Of the header fields beyond this many in the whole message only those that decide are listed.
pub(super) const MAX_FIELDS: usize = 20_000;
/// Likewise those that start farther than this into their section, in bytes.
pub(super) const MAX_SECTION: usize = 1 << 20;
/// Lines that start with two hyphens beyond this many are not looked at.
pub(super) const MAX_DASHED_LINES: usize = 1 << 20;

/// A bound that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Of a header section's length.
    Section,
    /// Of the number of header fields.
    Fields,
    /// Of multiparts in multiparts.
    Depth,
    /// Of the number of parts.
    Parts,
    /// Of lines that look like a boundary.
    BoundaryLines,
    /// The end of the file that it was read from, before its own.
    CutOff,
}

impl Limit {
    /// Whether parts may be beyond it: what seems to be missing may be there.
    pub fn hides_parts(self) -> bool {
        !matches!(self, Limit::Section | Limit::Fields)
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Section => write!(f, "a header section is longer than {MAX_SECTION} bytes"),
            Limit::Fields => write!(f, "there are more than {MAX_FIELDS} header fields"),
            Limit::Depth => write!(f, "multiparts are nested more than {MAX_DEPTH} deep"),
            Limit::Parts => write!(f, "there are more than {MAX_PARTS} parts"),
            Limit::BoundaryLines => write!(f, "more than {MAX_DASHED_LINES} lines look like a boundary"),
            Limit::CutOff => f.write_str("the file ends inside the message"),
        }
    }
}
