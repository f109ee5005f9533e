//! A certificate: its bytes as received, and the facts in them that PEC asks for (RFC 6109 5.5).

use std::sync::Arc;

use jiff::Timestamp;

/// A certificate. Equality is that of its bytes; it is never re-encoded.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// DER as received.
    pub der: Arc<[u8]>,
    /// Subject as `C=IT, O=..., CN=...`, escaped for printing.
    pub subject: String,
    /// Issuer, likewise.
    pub issuer: String,
    /// O values of the subject.
    pub organizations: Vec<String>,
    /// CN values of the subject.
    pub common_names: Vec<String>,
    /// Mail addresses inside the subject (5.5.1: should not be there).
    pub subject_emails: Vec<String>,
    /// Serial number in hexadecimal.
    pub serial: String,
    /// Start of validity.
    pub not_before: Timestamp,
    /// End of validity.
    pub not_after: Timestamp,
    /// X.509 version, 1 to 3.
    pub version: u8,
    /// Signature algorithm's name, such as `sha256WithRSAEncryption`, or its dotted OID.
    pub algorithm: String,
    /// Key algorithm and size, such as `RSA 2048`.
    pub key: String,
    /// Extensions in order.
    pub extensions: Vec<Extension>,
    /// rfc822Name values of the SubjectAltName.
    pub emails: Vec<String>,
    /// Whether KeyUsage has digitalSignature; `None` without that extension.
    pub digital_signature: Option<bool>,
    /// keyIdentifier of the AuthorityKeyIdentifier.
    pub authority_key_id: Option<Vec<u8>>,
    /// SubjectKeyIdentifier.
    pub subject_key_id: Option<Vec<u8>>,
}

/// An extension of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Dotted OID.
    pub oid: String,
    /// Whether it is marked critical.
    pub critical: bool,
    /// The value inside the OCTET STRING.
    pub value: Vec<u8>,
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Certificate {
    /// Reads a certificate from DER; the error says what is broken.
    pub fn read(der: &[u8]) -> Result<Self, String> {
        let _ = der;
        todo!()
    }

    /// SHA-1 of the DER in upper-case hexadecimal, the form of `providerCertificateHash` (4.5.1).
    pub fn sha1(&self) -> String {
        todo!()
    }

    /// The extension with this dotted OID.
    pub fn extension(&self, oid: &str) -> Option<&Extension> {
        self.extensions.iter().find(|extension| extension.oid == oid)
    }
}
