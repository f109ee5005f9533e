//! RSA PKCS #1 1.5 with SHA-1 (RFC 8017 8.2.1), which the crypto library verifies and refuses to make.
//!
//! In plain arithmetic, not in constant time: for keys of the test PKI, which are no secret.

use aws_lc_rs::{
    digest,
    encoding::{AsDer, Pkcs8V1Der},
    signature::RsaKeyPair,
};
use num_bigint::BigUint;

use crate::smime::ber::Element;

/// DigestInfo of SHA-1 up to the digest (RFC 8017 9.2, note 1).
const SHA_1_INFO: [u8; 15] = [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];

/// The signature value over `message`.
pub(super) fn sign_sha1(key: &RsaKeyPair, message: &[u8]) -> Vec<u8> {
    let pkcs8: Pkcs8V1Der = key.as_der().expect("a key of the test PKI is one that is shown");
    let (modulus, exponent) =
        private(pkcs8.as_ref()).expect("PKCS #8 around an RSAPrivateKey, as the library writes it");
    let length = key.public_modulus_len();
    let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, message);
    let info = [&SHA_1_INFO[..], digest.as_ref()].concat();
    let padding = vec![0xff; length - info.len() - 3];
    let encoded = [&[0, 1][..], &padding, &[0], &info].concat();
    let value = BigUint::from_bytes_be(&encoded).modpow(&exponent, &modulus).to_bytes_be();
    [vec![0; length - value.len()], value].concat()
}

/// The modulus and the private exponent (RFC 5208 5, RFC 8017 A.1.2).
fn private(pkcs8: &[u8]) -> Option<(BigUint, BigUint)> {
    let (info, _) = Element::read(pkcs8).ok()?;
    let wrapped = info.children().ok()?;
    let (key, _) = Element::read(wrapped.get(2)?.value).ok()?;
    let numbers = key.children().ok()?;
    let number = |index: usize| numbers.get(index).map(|number| BigUint::from_bytes_be(number.value));
    Some((number(1)?, number(3)?))
}
