//! Making a detached CMS signature.

use std::sync::Arc;

use jiff::Timestamp;

/// A key with its certificate and the issuing CA's that travels with it. Debug shows no key.
#[derive(Clone)]
pub struct Signer {
    /// The signer's certificate, DER.
    pub certificate: Vec<u8>,
    /// Issuing CA certificates that travel inside, DER; never the root.
    pub chain: Vec<Vec<u8>>,
    /// The private key.
    pub key: Arc<aws_lc_rs::signature::RsaKeyPair>,
}

/// How the structure is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// DER.
    Der,
    /// BER with indefinite lengths, as many providers' libraries stream it.
    Ber,
}

impl Signer {
    /// A detached SHA-256 signature over `content`, claiming `at` as signingTime.
    pub fn sign(&self, content: &[u8], at: Timestamp, encoding: Encoding) -> Vec<u8> {
        let _ = (content, at, encoding);
        todo!()
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("certificate", &self.certificate.len()).finish_non_exhaustive()
    }
}
