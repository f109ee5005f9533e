//! What was found out about certificates, each for the span of time in which it holds. Many threads read it at a time.

use std::{
    borrow::Borrow,
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use jiff::Timestamp;

use super::{Certificate, path::Traced};

/// How many sets of certificates are remembered; a hundred providers have some hundreds over the years.
const MAX_KEYS: usize = 4096;
/// How many spans are remembered of each.
const MAX_SPANS: usize = 16;

/// Answers by certificate and by those that travelled with it.
#[derive(Default)]
pub struct Cache(RwLock<HashMap<Key, Vec<Traced>>>);

/// The fingerprints of a certificate and of each that travelled with it.
type Key = Vec<[u8; 32]>;

impl Cache {
    /// What is known at an instant, else what `trace` finds out.
    pub fn of(
        &self,
        certificate: &Certificate,
        others: &[impl Borrow<Certificate>],
        at: Timestamp,
        trace: impl FnOnce() -> Traced,
    ) -> Traced {
        let all = [certificate].into_iter().chain(others.iter().map(Borrow::borrow));
        let key: Key = all.map(|one| *one.fingerprint()).collect();
        if let Some(known) = self.known(&key, at) {
            return known;
        }
        let traced = trace();
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MAX_KEYS && !all.contains_key(&key) {
            all.clear();
        }
        let spans = all.entry(key).or_default();
        if spans.len() >= MAX_SPANS {
            spans.clear();
        }
        spans.push(traced.clone());
        traced
    }

    fn known(&self, key: &Key, at: Timestamp) -> Option<Traced> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.get(key)?.iter().find(|traced| traced.holds.contains(at)).cloned()
    }
}
