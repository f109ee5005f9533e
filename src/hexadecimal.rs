//! Octets and digests as files and reports write them.

use aws_lc_rs::digest::{Digest, SHA256, digest};

/// Octets in lower-case hexadecimal digits.
pub fn digits(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(2 * octets.len()), |text, octet| text + &format!("{octet:02x}"))
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
}
