//! Octets and digests as files and reports write them.

use aws_lc_rs::digest::{Digest, SHA256, digest};

/// Octets in lower-case hexadecimal digits.
pub fn digits(octets: &[u8]) -> String {
    written(octets, b"0123456789abcdef")
}

/// Octets in upper-case hexadecimal digits.
pub fn capitals(octets: &[u8]) -> String {
    written(octets, b"0123456789ABCDEF")
}

fn written(octets: &[u8], digits: &[u8; 16]) -> String {
    let halves = octets.iter().flat_map(|octet| [octet >> 4, octet & 0xf]);
    halves.map(|half| char::from(digits[usize::from(half)])).collect()
}

/// The SHA-256 of octets, in hexadecimal.
pub fn sha256(octets: &[u8]) -> String {
    digits(digest(&SHA256, octets).as_ref())
}

/// A SHA-256 that says what it is: `sha256:` and its digits.
pub fn named(digest: &Digest) -> String {
    format!("sha256:{}", digits(digest.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_written_as_sha256sum_does() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(sha256(b""), empty);
        assert_eq!(named(&digest(&SHA256, b"")), format!("sha256:{empty}"));
    }

    #[test]
    fn each_octet_has_two_digits() {
        assert_eq!((digits(&[0x00, 0x9a, 0xff]), capitals(&[0x00, 0x9a, 0xff])), ("009aff".into(), "009AFF".into()));
    }
}
