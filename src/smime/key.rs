//! A signer from files: its certificate, and its key in PEM, also encrypted (PBES2, RFC 8018).
//!
//! The keys that openssl writes are derived by PBKDF2 and encrypted by AES-CBC, both of which the crypto library at hand does;
//! `pkcs8` with its encryption would bring a second one.

use std::num::NonZeroU32;

use aws_lc_rs::{
    cipher::{
        AES_128, AES_128_KEY_LEN, AES_192, AES_192_KEY_LEN, AES_256, AES_256_KEY_LEN, AES_CBC_IV_LEN, Algorithm,
        DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey,
    },
    iv::FixedLength,
    pbkdf2,
};
use der::{Any, Decode, Encode, Sequence, asn1::OctetString, oid::ObjectIdentifier};
use memchr::memmem;
use rustls_pki_types::{PrivateKeyDer, pem::PemObject as _};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::{Certificate, Signer, sign::PrivateKey};

/// Why a key's file gives no signer. What is wrong inside is not told: it would show the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing of the kind.
    #[error("no private key in PEM")]
    None,
    /// Of another algorithm, too short, or broken.
    #[error("not a key that can sign here: RSA of 2048 bits or more, or EC on P-256 or P-384")]
    Unusable,
    /// Nobody said by what it is encrypted.
    #[error("the key is encrypted, and no password is given")]
    Encrypted,
    /// It was encrypted by another one.
    #[error("the password does not open the key")]
    WrongPassword,
    /// Encrypted in a way that is not read here.
    #[error("the key is encrypted by {0}, which is not read here; `openssl pkcs8 -topk8` writes another")]
    Scheme(String),
    /// Of somebody else.
    #[error("the key is not that of the certificate")]
    AnotherCertificate,
    /// The certificate is none.
    #[error("{0}")]
    Certificate(String),
}

/// A signer by its certificate, with the issuers that travel with it behind it (DER), and its key in PEM.
pub fn signer(mut chain: Vec<Vec<u8>>, key: &[u8], password: Option<&str>) -> Result<Signer, KeyError> {
    if chain.is_empty() {
        return Err(KeyError::Certificate("there is no certificate".to_owned()));
    }
    let own = chain.remove(0);
    let certificate = Certificate::read(&own).map_err(KeyError::Certificate)?;
    let key = private(key, password)?;
    if certificate.parts.key.octets() != key.public() {
        return Err(KeyError::AnotherCertificate);
    }
    Ok(Signer { certificate: own, chain, key })
}

fn private(pem: &[u8], password: Option<&str>) -> Result<PrivateKey, KeyError> {
    if let Some(encrypted) = encrypted(pem) {
        let plain = decrypted(&encrypted, password.ok_or(KeyError::Encrypted)?)?;
        // What a wrong password leaves is noise, also where it happens to be padded well.
        let is_noise = Any::from_der(&plain).is_err();
        return PrivateKey::read(&plain).ok_or(if is_noise { KeyError::WrongPassword } else { KeyError::Unusable });
    }
    if memmem::find(pem, b"Proc-Type: 4,ENCRYPTED").is_some() {
        return Err(KeyError::Scheme("PEM's own headers".to_owned()));
    }
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| KeyError::None)?;
    PrivateKey::read(key.secret_der()).ok_or(KeyError::Unusable)
}

/// The EncryptedPrivateKeyInfo in a file.
fn encrypted(pem: &[u8]) -> Option<Vec<u8>> {
    const END: &[u8] = b"-----END ENCRYPTED PRIVATE KEY-----";
    let start = memmem::find(pem, b"-----BEGIN ENCRYPTED PRIVATE KEY-----")?;
    let end = start + memmem::find(&pem[start..], END)? + END.len();
    der::pem::decode_vec(&pem[start..end]).ok().map(|(_, der)| der)
}

#[derive(Sequence)]
struct EncryptedKey {
    algorithm: AlgorithmIdentifierOwned,
    data: OctetString,
}

#[derive(Sequence)]
struct Pbes2 {
    derivation: AlgorithmIdentifierOwned,
    cipher: AlgorithmIdentifierOwned,
}

#[derive(Sequence)]
struct Pbkdf2 {
    salt: OctetString,
    iterations: u32,
    #[asn1(optional = "true")]
    length: Option<u32>,
    #[asn1(optional = "true")]
    function: Option<AlgorithmIdentifierOwned>,
}

const PBES2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.13");
const PBKDF2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.12");
const HMAC_SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.7");
const HMAC_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.9");
const HMAC_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.11");
const AES_128_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.2");
const AES_192_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.22");
const AES_256_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.42");

/// More rounds than anybody asks for; each takes its time.
const MOST_ROUNDS: u32 = 10_000_000;

fn decrypted(key: &[u8], password: &str) -> Result<Vec<u8>, KeyError> {
    let unread = |_| KeyError::None;
    let scheme = |oid: ObjectIdentifier| KeyError::Scheme(super::algorithm::name(oid));
    let EncryptedKey { algorithm, data } = EncryptedKey::from_der(key).map_err(unread)?;
    if algorithm.oid != PBES2 {
        return Err(scheme(algorithm.oid));
    }
    let Pbes2 { derivation, cipher } = parameters(algorithm.parameters.as_ref())?;
    if derivation.oid != PBKDF2 {
        return Err(scheme(derivation.oid));
    }
    let Pbkdf2 { salt, iterations, function, .. } = parameters(derivation.parameters.as_ref())?;
    let function = match function.map_or(HMAC_SHA1, |function| function.oid) {
        HMAC_SHA1 => pbkdf2::PBKDF2_HMAC_SHA1,
        HMAC_SHA256 => pbkdf2::PBKDF2_HMAC_SHA256,
        HMAC_SHA512 => pbkdf2::PBKDF2_HMAC_SHA512,
        other => return Err(scheme(other)),
    };
    let (aes, length): (&'static Algorithm, usize) = match cipher.oid {
        AES_128_CBC => (&AES_128, AES_128_KEY_LEN),
        AES_192_CBC => (&AES_192, AES_192_KEY_LEN),
        AES_256_CBC => (&AES_256, AES_256_KEY_LEN),
        other => return Err(scheme(other)),
    };
    let rounds = NonZeroU32::new(iterations).filter(|rounds| rounds.get() <= MOST_ROUNDS);
    let rounds = rounds.ok_or_else(|| KeyError::Scheme(format!("{iterations} rounds of PBKDF2")))?;
    let vector: OctetString = parameters(cipher.parameters.as_ref())?;
    let vector: [u8; AES_CBC_IV_LEN] = vector.as_bytes().try_into().map_err(|_| KeyError::None)?;
    let mut derived = vec![0; length];
    pbkdf2::derive(function, rounds, salt.as_bytes(), password.as_bytes(), &mut derived);
    let wrong = |_| KeyError::WrongPassword;
    let opening = UnboundCipherKey::new(aes, &derived).and_then(PaddedBlockDecryptingKey::cbc_pkcs7).map_err(wrong)?;
    let mut octets = data.as_bytes().to_vec();
    let plain = opening.decrypt(&mut octets, DecryptionContext::Iv128(FixedLength::from(&vector))).map_err(wrong)?;
    Ok(plain.to_vec())
}

fn parameters<T: for<'d> Decode<'d, Error = der::Error>>(parameters: Option<&Any>) -> Result<T, KeyError> {
    let der = parameters.and_then(|parameters| parameters.to_der().ok()).ok_or(KeyError::None)?;
    T::from_der(&der).map_err(|_| KeyError::None)
}
