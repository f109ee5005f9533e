//! What is somebody's, taken out of what is told: addresses, subjects, bodies, display names, message identifiers, names of
//! files. It happens to the events, before any report sees them, so that no format can forget it.
//!
//! What stays in clear is a list, not what goes: the words that this program itself says, numbers, instants, providers' names
//! and who signs for them, service mailboxes. Everything else becomes a pseudonym: the same for the same, and by a key, so that
//! nobody finds an address by trying all those that he knows. Messages themselves, sessions' data and logs are not told at all.

mod event;
mod evidence;
mod pseudonym;
mod text;

pub use pseudonym::{KeyError, Pseudonyms};

use std::collections::BTreeSet;

use crate::results::Event;

/// Takes out of events what is somebody's.
pub struct Redactor {
    pseudonyms: Pseudonyms,
    /// Addresses that are nobody's: service mailboxes, in lower case.
    service: BTreeSet<String>,
    /// Domains of providers, in lower case.
    domains: BTreeSet<String>,
}

impl Redactor {
    /// With pseudonyms by a key; service mailboxes, and providers' own domains, stay as they are.
    pub fn new(pseudonyms: Pseudonyms, service: impl IntoIterator<Item = String>) -> Self {
        let service: BTreeSet<String> = service.into_iter().map(|address| address.to_lowercase()).collect();
        let domains = service.iter().filter_map(|address| Some(address.rsplit_once('@')?.1.to_owned())).collect();
        Self { pseudonyms, service, domains }
    }

    /// An event without what is somebody's.
    pub fn event(&mut self, event: &mut Event<'_>) {
        event::redact(self, event);
    }
}
