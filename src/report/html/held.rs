//! What messages are judged by: roots, revocation lists, a directory, and of which day they are.

use super::entry::legal;
use crate::{report::shown, results::Reference};

/// Something that messages are judged by.
pub(super) struct Held {
    /// By the name of its text.
    pub what: &'static str,
    pub count: Option<usize>,
    pub day: Option<String>,
    pub from: String,
}

impl Held {
    pub fn of(reference: &Reference) -> Self {
        Self {
            what: match reference.what {
                "directory" => "directory",
                "trusted certificates" => "trusted-certificates",
                "revocation lists" => "revocation-lists",
                other => other,
            },
            count: reference.count,
            day: reference.of.map(legal),
            from: shown(&reference.from),
        }
    }
}
