//! What messages are judged by: roots, revocation lists, a directory, and of which day they are.

use std::{ffi::OsStr, path::Path};

use super::entry::legal;
use crate::{
    report::{held_as, shown},
    results::Reference,
};

/// Something that messages are judged by.
pub(super) struct Held {
    /// By the name of its text.
    pub what: &'static str,
    pub count: Option<usize>,
    pub day: Option<String>,
    /// Where it lies, and the last of that, which is what people call it by.
    pub from: String,
    pub name: String,
}

impl Held {
    pub fn of(reference: &Reference) -> Self {
        let name = Path::new(&reference.from).file_name().map(OsStr::to_string_lossy);
        Self {
            what: held_as(reference.what),
            count: reference.count,
            day: reference.of.map(legal),
            name: shown(&name.unwrap_or_else(|| reference.from.as_str().into())),
            from: shown(&reference.from),
        }
    }
}
