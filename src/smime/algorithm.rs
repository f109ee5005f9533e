//! Whether a signature value is a key's over a message, as far as the crypto library goes.
//!
//! The library answers "no" both to a wrong signature and to a size it does not do. So what it does is asked first, and
//! the rest is reported as unsupported: no statement about the signature.

use aws_lc_rs::{
    digest::{self, Algorithm},
    signature::{self, RsaParameters, RsaPssSaltLength, VerificationAlgorithm},
};
use const_oid::db::{DB, rfc5912};
use der::{Decode, Encode, Sequence, oid::ObjectIdentifier};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::public_key::Key;

/// What can be said of a signature value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the key's.
    Right,
    /// It is not.
    Wrong,
    /// The library cannot tell; the reason.
    Unsupported(String),
}

/// Whether `value` is `key`'s signature over `message`; `hash` is used where the algorithm's name leaves it open.
pub fn verify(
    key: &Key,
    algorithm: &AlgorithmIdentifierOwned,
    hash: &'static Algorithm,
    message: &[u8],
    value: &[u8],
) -> Verdict {
    let is_right = match scheme(key, algorithm, hash) {
        Ok(Scheme::Pkcs1(scheme)) => key.signed(scheme, message, value),
        Ok(Scheme::Other(scheme)) => scheme.verify_sig(key.octets(), message, value).is_ok(),
        Err(verdict) => return verdict,
    };
    if is_right { Verdict::Right } else { Verdict::Wrong }
}

enum Scheme {
    /// RSA as nearly everybody signs.
    Pkcs1(&'static RsaParameters),
    Other(Box<dyn VerificationAlgorithm>),
}

fn scheme(key: &Key, algorithm: &AlgorithmIdentifierOwned, hash: &'static Algorithm) -> Result<Scheme, Verdict> {
    let fixed = hash_of_signature(algorithm.oid).unwrap_or(hash);
    match (algorithm.oid, key.algorithm()) {
        (
            rfc5912::RSA_ENCRYPTION
            | rfc5912::SHA_1_WITH_RSA_ENCRYPTION
            | rfc5912::SHA_224_WITH_RSA_ENCRYPTION
            | rfc5912::SHA_256_WITH_RSA_ENCRYPTION
            | rfc5912::SHA_384_WITH_RSA_ENCRYPTION
            | rfc5912::SHA_512_WITH_RSA_ENCRYPTION,
            rfc5912::RSA_ENCRYPTION,
        ) => {
            let scheme = pkcs1(fixed)?;
            fits(key, scheme).map(|()| Scheme::Pkcs1(scheme))
        }
        (rfc5912::ID_RSASSA_PSS, rfc5912::RSA_ENCRYPTION | rfc5912::ID_RSASSA_PSS) => {
            let scheme = pss(algorithm)?;
            fits(key, &scheme).map(|()| Scheme::Other(Box::new(scheme)))
        }
        (
            ECDSA_WITH_SHA_1
            | rfc5912::ECDSA_WITH_SHA_224
            | rfc5912::ECDSA_WITH_SHA_256
            | rfc5912::ECDSA_WITH_SHA_384
            | rfc5912::ECDSA_WITH_SHA_512,
            rfc5912::ID_EC_PUBLIC_KEY,
        ) => ecdsa(key, fixed),
        (algorithm, key) => Err(unsupported(&format!("algorithm {} with a key for {}", name(algorithm), name(key)))),
    }
}

/// An algorithm's usual name, else its OID.
pub fn name(oid: ObjectIdentifier) -> String {
    DB.by_oid(&oid).map_or_else(|| oid.to_string(), str::to_owned)
}

/// A hash function by its OID.
pub fn hash(oid: ObjectIdentifier) -> Option<&'static Algorithm> {
    Some(match oid {
        rfc5912::ID_SHA_1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        rfc5912::ID_SHA_224 => &digest::SHA224,
        rfc5912::ID_SHA_256 => &digest::SHA256,
        rfc5912::ID_SHA_384 => &digest::SHA384,
        rfc5912::ID_SHA_512 => &digest::SHA512,
        _ => return None,
    })
}

/// A hash function's name as in `micalg`, without the dash.
pub fn hash_name(hash: &Algorithm) -> &'static str {
    [
        (&digest::SHA1_FOR_LEGACY_USE_ONLY, "sha1"),
        (&digest::SHA224, "sha224"),
        (&digest::SHA256, "sha256"),
        (&digest::SHA384, "sha384"),
        (&digest::SHA512, "sha512"),
    ]
    .into_iter()
    .find_map(|(known, name)| (known == hash).then_some(name))
    .unwrap_or("unknown")
}

/// The hash function that a signature algorithm's name fixes; `rsaEncryption` and PSS name none.
pub fn hash_of_signature(oid: ObjectIdentifier) -> Option<&'static Algorithm> {
    Some(match oid {
        rfc5912::SHA_1_WITH_RSA_ENCRYPTION | ECDSA_WITH_SHA_1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        rfc5912::SHA_224_WITH_RSA_ENCRYPTION | rfc5912::ECDSA_WITH_SHA_224 => &digest::SHA224,
        rfc5912::SHA_256_WITH_RSA_ENCRYPTION | rfc5912::ECDSA_WITH_SHA_256 => &digest::SHA256,
        rfc5912::SHA_384_WITH_RSA_ENCRYPTION | rfc5912::ECDSA_WITH_SHA_384 => &digest::SHA384,
        rfc5912::SHA_512_WITH_RSA_ENCRYPTION | rfc5912::ECDSA_WITH_SHA_512 => &digest::SHA512,
        _ => return None,
    })
}

fn pkcs1(hash: &'static Algorithm) -> Result<&'static RsaParameters, Verdict> {
    Ok(match hash_name(hash) {
        "sha1" => &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        "sha256" => &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        "sha384" => &signature::RSA_PKCS1_2048_8192_SHA384,
        "sha512" => &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        other => return Err(unsupported(&format!("RSA with {other}"))),
    })
}

/// Whether the library does a key of this size by this scheme.
fn fits(key: &Key, scheme: &RsaParameters) -> Result<(), Verdict> {
    let bits = key.rsa_bits().ok_or_else(|| unsupported("an RSA key that cannot be read"))?;
    let range = scheme.min_modulus_len()..=scheme.max_modulus_len();
    if !range.contains(&bits) {
        return Err(unsupported(&format!("RSA of {bits} bits with this digest")));
    }
    if !key.has_usual_exponent() {
        return Err(unsupported("an RSA key whose public exponent has more than 32 bits"));
    }
    Ok(())
}

fn ecdsa(key: &Key, hash: &'static Algorithm) -> Result<Scheme, Verdict> {
    let curve = key.curve().ok_or_else(|| unsupported("an EC key without a named curve"))?;
    Ok(Scheme::Other(Box::new(match (curve, hash_name(hash)) {
        (rfc5912::SECP_256_R_1, "sha1") => signature::ECDSA_P256_SHA1_ASN1,
        (rfc5912::SECP_256_R_1, "sha256") => signature::ECDSA_P256_SHA256_ASN1,
        (rfc5912::SECP_256_R_1, "sha384") => signature::ECDSA_P256_SHA384_ASN1,
        (rfc5912::SECP_256_R_1, "sha512") => signature::ECDSA_P256_SHA512_ASN1,
        (rfc5912::SECP_384_R_1, "sha256") => signature::ECDSA_P384_SHA256_ASN1,
        (rfc5912::SECP_384_R_1, "sha384") => signature::ECDSA_P384_SHA384_ASN1,
        (rfc5912::SECP_384_R_1, "sha512") => signature::ECDSA_P384_SHA512_ASN1,
        (rfc5912::SECP_521_R_1, "sha1") => signature::ECDSA_P521_SHA1_ASN1,
        (rfc5912::SECP_521_R_1, "sha224") => signature::ECDSA_P521_SHA224_ASN1,
        (rfc5912::SECP_521_R_1, "sha256") => signature::ECDSA_P521_SHA256_ASN1,
        (rfc5912::SECP_521_R_1, "sha384") => signature::ECDSA_P521_SHA384_ASN1,
        (rfc5912::SECP_521_R_1, "sha512") => signature::ECDSA_P521_SHA512_ASN1,
        (curve, hash) => return Err(unsupported(&format!("ECDSA on {} with {hash}", name(curve)))),
    })))
}

/// RSASSA-PSS-params (RFC 4055 3.1); absent fields mean SHA-1, MGF1 with SHA-1, 20 and 1.
#[derive(Sequence)]
struct PssParameters {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    hash: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    mask: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    salt_length: Option<u16>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    trailer: Option<u16>,
}

fn pss(algorithm: &AlgorithmIdentifierOwned) -> Result<RsaParameters, Verdict> {
    let parameters = algorithm.parameters.as_ref().and_then(|parameters| parameters.decode_as::<PssParameters>().ok());
    let parameters = parameters.ok_or_else(|| unsupported("RSA-PSS with unreadable parameters"))?;
    let hash_oid = parameters.hash.map_or(rfc5912::ID_SHA_1, |hash| hash.oid);
    let mask_oid = match parameters.mask {
        None => Some(rfc5912::ID_SHA_1),
        Some(mask) if mask.oid == rfc5912::ID_MGF_1 => mask
            .parameters
            .and_then(|hash| hash.to_der().and_then(|der| AlgorithmIdentifierOwned::from_der(&der)).ok())
            .map(|hash| hash.oid),
        Some(_) => None,
    };
    if mask_oid != Some(hash_oid) || parameters.trailer.unwrap_or(1) != 1 {
        return Err(unsupported("RSA-PSS with a mask of another digest or an unusual trailer"));
    }
    let chosen = match hash_oid {
        rfc5912::ID_SHA_256 => signature::RSA_PSS_2048_8192_SHA256,
        rfc5912::ID_SHA_384 => signature::RSA_PSS_2048_8192_SHA384,
        rfc5912::ID_SHA_512 => signature::RSA_PSS_2048_8192_SHA512,
        other => return Err(unsupported(&format!("RSA-PSS with {}", name(other)))),
    };
    Ok(chosen.with_pss_salt_length(RsaPssSaltLength::Custom(parameters.salt_length.unwrap_or(20))))
}

fn unsupported(what: &str) -> Verdict {
    Verdict::Unsupported(what.to_owned())
}

/// ecdsa-with-SHA1 (RFC 3279).
const ECDSA_WITH_SHA_1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.1");
