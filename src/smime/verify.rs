//! Verifying a detached CMS signature over the bytes as they came (RFC 6109 2.2.2, RFC 5652 5.6).

use jiff::Timestamp;

use super::Certificate;

/// What a signature is and whether it holds. Says nothing about trust: see [`super::path`].
#[derive(Clone, Debug)]
pub struct Signature {
    /// Whether it holds.
    pub state: SignatureState,
    /// The certificate of the signer, if it travels inside.
    pub signer: Option<Certificate>,
    /// Every certificate inside, the signer's included; unreadable ones are counted in `unreadable_certificates`.
    pub certificates: Vec<Certificate>,
    /// How many certificates inside could not be read.
    pub unreadable_certificates: usize,
    /// How many signers there are (one is right).
    pub signers: usize,
    /// Digest algorithm's name in lower case: `sha1`, `sha256`, ...
    pub digest: String,
    /// Signature algorithm's name or OID.
    pub algorithm: String,
    /// signingTime, if present.
    pub signing_time: Option<Timestamp>,
    /// Whether content is encapsulated (it must not be: the signature is detached).
    pub encapsulated: bool,
    /// Whether the structure is BER with indefinite lengths rather than DER.
    pub indefinite: bool,
}

/// Whether a signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureState {
    /// Digest and signature value are right.
    Valid,
    /// The content's digest is not the one signed; both in hexadecimal.
    DigestDiffers {
        /// What the signature says.
        signed: String,
        /// What the content gives.
        computed: String,
    },
    /// The signature value is not the signer's.
    ValueWrong,
    /// The signer's certificate does not travel inside (RFC 6109 2.1 wants it there).
    NoSignerCertificate,
    /// An algorithm this harness cannot verify: no statement about the signature.
    Unsupported(String),
    /// Not a CMS SignedData, or one broken as described.
    Malformed(String),
}

impl Signature {
    /// Verifies the detached signature `cms` (DER or BER) over `content`. Where `content` is LF-only it is verified as CRLF.
    pub fn verify(cms: &[u8], content: &[u8]) -> Self {
        let _ = (cms, content);
        todo!()
    }
}
