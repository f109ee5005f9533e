//! What signs: an RSA key, or an EC key on one of the two curves that everybody reads.

use std::sync::Arc;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
        RSA_PKCS1_SHA384, RsaKeyPair,
    },
};
use const_oid::db::rfc5912;
use der::Any;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::{Digest, legacy};

/// A private key. It is nowhere shown.
#[derive(Clone)]
pub enum PrivateKey {
    /// RSA PKCS #1 1.5: the one scheme every PEC system reads, and a deterministic one.
    Rsa(Arc<RsaKeyPair>),
    /// ECDSA on P-256, with SHA-256.
    P256(Arc<EcdsaKeyPair>),
    /// ECDSA on P-384, with SHA-384.
    P384(Arc<EcdsaKeyPair>),
}

impl PrivateKey {
    /// The key in a PrivateKeyInfo (PKCS #8) or in a structure of its own kind (RFC 8017 A.1.2, RFC 5915); `None` where it is of
    /// another kind, or of a length that does not sign.
    pub fn read(der: &[u8]) -> Option<Self> {
        let rsa = || RsaKeyPair::from_pkcs8(der).or_else(|_| RsaKeyPair::from_der(der)).ok();
        let ec = |curve| EcdsaKeyPair::from_private_key_der(curve, der).ok().map(Arc::new);
        rsa()
            .map(|key| Self::Rsa(Arc::new(key)))
            .or_else(|| ec(&ECDSA_P256_SHA256_ASN1_SIGNING).map(Self::P256))
            .or_else(|| ec(&ECDSA_P384_SHA384_ASN1_SIGNING).map(Self::P384))
    }

    /// Its public half, as a certificate carries it.
    pub fn public(&self) -> &[u8] {
        match self {
            Self::Rsa(key) => key.public_key().as_ref(),
            Self::P256(key) | Self::P384(key) => key.public_key().as_ref(),
        }
    }

    /// The digest that it signs by, where another is wanted: a curve has one of its own.
    pub fn digest(&self, wanted: Digest) -> Digest {
        match self {
            Self::Rsa(_) => wanted,
            Self::P256(_) => Digest::Sha256,
            Self::P384(_) => Digest::Sha384,
        }
    }

    /// What its signatures are called.
    pub fn algorithm(&self) -> AlgorithmIdentifierOwned {
        let (oid, parameters) = match self {
            Self::Rsa(_) => (rfc5912::RSA_ENCRYPTION, Some(Any::null())),
            Self::P256(_) => (rfc5912::ECDSA_WITH_SHA_256, None),
            Self::P384(_) => (rfc5912::ECDSA_WITH_SHA_384, None),
        };
        AlgorithmIdentifierOwned { oid, parameters }
    }

    /// Its signature over `message`, by one of the digests that it signs by.
    ///
    /// # Panics
    /// Where the system gives no randomness, or an RSA key is too short for the digest.
    pub fn sign(&self, message: &[u8], digest: Digest) -> Vec<u8> {
        let rsa = |key: &RsaKeyPair, scheme| {
            let mut value = vec![0; key.public_modulus_len()];
            let signed = key.sign(scheme, &SystemRandom::new(), message, &mut value);
            signed.expect("an RSA key of 2048 bits or more signs a digest");
            value
        };
        match (self, digest) {
            (Self::Rsa(key), Digest::Sha1) => legacy::sign_sha1(key, message),
            (Self::Rsa(key), Digest::Sha256) => rsa(key, &RSA_PKCS1_SHA256),
            (Self::Rsa(key), Digest::Sha384) => rsa(key, &RSA_PKCS1_SHA384),
            (Self::P256(key) | Self::P384(key), _) => {
                let value = key.sign(&SystemRandom::new(), message);
                value.expect("a key on a curve signs whatever it is given").as_ref().to_vec()
            }
        }
    }
}
