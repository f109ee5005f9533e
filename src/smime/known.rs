//! Certificates that were read before. A hundred providers sign with some hundreds of them, message after message.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use super::Certificate;

/// How many are remembered, and the largest of them in octets; mail can bring any number of any size.
const MAX_CERTIFICATES: usize = 1024;
const MAX_SIZE: usize = 8 << 10;

/// Certificates by their DER. Ordered: they differ early, and to hash one takes longer than to compare it.
type Known = BTreeMap<Arc<[u8]>, Arc<Certificate>>;

static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);

impl Certificate {
    /// What [`Certificate::read`] gives, shared with whoever asked before.
    pub fn known(der: &[u8]) -> Result<Arc<Self>, String> {
        if let Some(known) = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(der) {
            return Ok(known.clone());
        }
        let certificate = Arc::new(Self::read(der)?);
        if der.len() <= MAX_SIZE {
            let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
            if known.len() >= MAX_CERTIFICATES {
                known.clear();
            }
            known.insert(certificate.der.clone(), certificate.clone());
        }
        Ok(certificate)
    }
}
