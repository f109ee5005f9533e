//! Certification paths and revocation at a given time (RFC 6109 2.2.2: existence, origin, validity).

use jiff::Timestamp;

use super::Certificate;

/// What is trusted: anchors, and the revocation lists at hand.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Trust anchors (roots), DER.
    pub anchors: Vec<Vec<u8>>,
    /// Certificate revocation lists, DER.
    pub crls: Vec<Vec<u8>>,
}

/// Why a certificate is not accepted at a time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// No path to an anchor.
    #[error("no certification path leads to a trusted root: {0}")]
    NoPath(String),
    /// Outside its validity.
    #[error("the certificate is not valid at {at}: valid from {from} to {to}")]
    OutsideValidity {
        /// When it was asked for.
        at: Timestamp,
        /// notBefore.
        from: Timestamp,
        /// notAfter.
        to: Timestamp,
    },
    /// Revoked.
    #[error("the certificate is revoked")]
    Revoked,
    /// The list that would tell is out of date.
    #[error("the revocation list is out of date at {0}")]
    StaleCrl(Timestamp),
    /// No list tells.
    #[error("no revocation list covers the certificate")]
    NoCrl,
    /// Something else a validator refuses.
    #[error("{0}")]
    Other(String),
}

impl Trust {
    /// Whether `certificate`, helped by the `others` that travelled with it, leads to an anchor and is neither expired
    /// nor revoked at `at`.
    pub fn check(&self, certificate: &Certificate, others: &[Certificate], at: Timestamp) -> Result<(), PathError> {
        let _ = (certificate, others, at);
        todo!()
    }
}
