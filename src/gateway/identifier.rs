//! Identifiers of messages: `[alphanumeric string]@[provider mail domain]` (2.2.1).

use std::sync::atomic::{AtomicU64, Ordering};

use super::address;
use crate::{clock::LegalTime, evidence::PlayId};

/// Gives out identifiers, never one twice: provider, legal time, what tells this start of it from others, and a running
/// number.
#[derive(Debug)]
pub struct Identifiers {
    prefix: String,
    domain: String,
    start: PlayId,
    next: AtomicU64,
}

impl Identifiers {
    /// For the provider `name` with the signing address `signer`, started as or in `start`.
    pub fn new(name: &str, signer: &str, start: PlayId) -> Self {
        let prefix = name.chars().filter(char::is_ascii_alphanumeric).collect();
        Self { prefix, domain: address::domain(signer).to_owned(), start, next: AtomicU64::new(1) }
    }

    /// The same, where others were given out before: `entries` of the journal tell of them.
    #[must_use]
    pub fn after(mut self, entries: u64) -> Self {
        // Not every one leaves an entry; that a thousand pass without any is unheard of.
        self.next = AtomicU64::new(entries.saturating_mul(1000).saturating_add(1));
        self
    }

    /// A new one, without angle brackets.
    pub fn next(&self, at: &LegalTime) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let day: String = at.giorno().rsplit('/').collect();
        let instant = format!("{day}{}", at.ora().replace(':', ""));
        format!("{}.{instant}{}.{number:05}@{}", self.prefix, self.start, self.domain)
    }
}
