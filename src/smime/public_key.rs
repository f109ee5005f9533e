//! A public key, and what is asked of it for every signature, found out once: a provider's checks message after message.

use std::sync::OnceLock;

use aws_lc_rs::signature::{ParsedPublicKey, RsaParameters, VerificationAlgorithm};
use der::oid::ObjectIdentifier;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::ber::Element;

/// A public key as a certificate carries it.
#[derive(Debug)]
pub struct Key {
    info: SubjectPublicKeyInfoOwned,
    rsa_bits: Option<u32>,
    /// For the scheme that it was first used with, which is nearly always the only one; `None` where the library refuses it.
    parsed: OnceLock<Option<(&'static RsaParameters, ParsedPublicKey)>>,
}

impl Key {
    /// Of a certificate's SubjectPublicKeyInfo.
    pub fn new(info: SubjectPublicKeyInfoOwned) -> Self {
        let rsa_bits = RsaParameters::public_modulus_len(info.subject_public_key.raw_bytes()).ok();
        Self { info, rsa_bits, parsed: OnceLock::new() }
    }

    /// What it is a key for.
    pub fn algorithm(&self) -> ObjectIdentifier {
        self.info.algorithm.oid
    }

    /// Its octets, without what says how to read them.
    pub fn octets(&self) -> &[u8] {
        self.info.subject_public_key.raw_bytes()
    }

    /// Bits of the modulus, where it is one of RSA.
    pub fn rsa_bits(&self) -> Option<u32> {
        self.rsa_bits
    }

    /// Whether the public exponent of an RSA key has no more than 32 bits.
    pub fn has_usual_exponent(&self) -> bool {
        let numbers = Element::read(self.octets()).and_then(|(numbers, _)| numbers.children());
        numbers.is_ok_and(|numbers| numbers.get(1).is_some_and(|exponent| exponent.value.len() <= size_of::<u32>()))
    }

    /// The curve of an EC key.
    pub fn curve(&self) -> Option<ObjectIdentifier> {
        self.info.algorithm.parameters.as_ref()?.decode_as().ok()
    }

    /// Whether `value` is its signature over `message` by this scheme.
    pub fn signed(&self, scheme: &'static RsaParameters, message: &[u8], value: &[u8]) -> bool {
        let parse = || Some((scheme, ParsedPublicKey::new(scheme, self.octets()).ok()?));
        match self.parsed.get_or_init(parse) {
            Some((known, key)) if *known == scheme => key.verify_sig(message, value).is_ok(),
            _ => scheme.verify_sig(self.octets(), message, value).is_ok(),
        }
    }
}
