//! Making a CMS signature, detached or with its content (RFC 5652).
//!
//! The outer layers are written here, because BER wants indefinite lengths there and certificates must stay byte for
//! byte what they are; the signer's own structure is `cms`'s.

mod legacy;
mod private_key;

use std::time::Duration;

use aws_lc_rs::digest;
use cms::{
    cert::IssuerAndSerialNumber,
    content_info::CmsVersion,
    signed_data::{SignedAttributes, SignerIdentifier, SignerInfo},
};
use const_oid::db::{rfc5911, rfc5912};
use der::{
    Any, Decode, Encode,
    asn1::{GeneralizedTime, ObjectIdentifier, OctetString, SetOfVec, UtcTime},
};
use jiff::Timestamp;
use x509_cert::{attr::Attribute, spki::AlgorithmIdentifierOwned};

pub use private_key::PrivateKey;

/// A key with its certificate and the issuing CA's that travels with it. Debug shows no key.
#[derive(Clone)]
pub struct Signer {
    /// The signer's certificate, DER.
    pub certificate: Vec<u8>,
    /// Issuing CA certificates that travel inside, DER; never the root.
    pub chain: Vec<Vec<u8>>,
    /// The private key.
    pub key: PrivateKey,
}

/// How the structure is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// DER.
    Der,
    /// BER with indefinite lengths, as many providers' libraries stream it.
    Ber,
}

/// The digest of content and signed attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digest {
    /// SHA-1: what most providers still used in 2024. Only to be shown to a verifier.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
}

impl Signer {
    /// A detached signature over `content`, by SHA-256 where the key leaves a choice, claiming `at` as signingTime. By an RSA key
    /// the same input gives the same bytes.
    ///
    /// # Panics
    /// When [`Signer::certificate`] is no X.509 certificate: there is no signer to name then.
    pub fn sign(&self, content: &[u8], at: Timestamp, encoding: Encoding) -> Vec<u8> {
        self.sign_with(content, at, encoding, Digest::Sha256)
    }

    /// A detached signature over octets that claims no signingTime, in DER: when it was made, a time stamp tells.
    ///
    /// # Panics
    /// As [`Signer::sign`].
    pub fn sign_untimed(&self, octets: &[u8]) -> Vec<u8> {
        self.signed_data(octets, None, Encoding::Der, Digest::Sha256, &[])
    }

    /// The same with a digest of choice.
    ///
    /// # Panics
    /// As [`Signer::sign`].
    pub fn sign_with(&self, content: &[u8], at: Timestamp, encoding: Encoding, digest: Digest) -> Vec<u8> {
        self.signed_data(content, Some(at), encoding, digest, &[])
    }

    /// The same with the content inside, as in `.p7m` files: whole in DER, in a string of pieces in BER.
    ///
    /// # Panics
    /// As [`Signer::sign`].
    pub fn sign_attached(&self, content: &[u8], at: Timestamp, encoding: Encoding) -> Vec<u8> {
        let string = match encoding {
            Encoding::Der => definite(OCTET_STRING, content),
            Encoding::Ber => {
                let pieces: Vec<Vec<u8>> =
                    content.chunks(STREAMED_PIECE).map(|piece| definite(OCTET_STRING, piece)).collect();
                layer(encoding, OCTET_STRING | CONSTRUCTED, &pieces.concat())
            }
        };
        self.signed_data(content, Some(at), encoding, Digest::Sha256, &layer(encoding, CONTEXT_0, &string))
    }

    fn signed_data(
        &self,
        content: &[u8],
        at: Option<Timestamp>,
        encoding: Encoding,
        digest: Digest,
        attached: &[u8],
    ) -> Vec<u8> {
        let digest = self.key.digest(digest);
        let signer_info = self.signer_info(content, at, digest).to_der();
        let signer_info = signer_info.expect("a signer info of valid parts encodes");
        let oid = |oid: ObjectIdentifier| oid.to_der().expect("an object identifier encodes");
        let digest_algorithm = digest.algorithm().to_der().expect("an algorithm identifier encodes");

        // Everything up to the certificates is streamed in BER; the signer infos come last and are known by then.
        let signed_data = [
            definite(INTEGER, &[1]),
            definite(SET, &digest_algorithm),
            layer(encoding, SEQUENCE, &[oid(rfc5911::ID_DATA), attached.to_vec()].concat()),
            layer(encoding, CONTEXT_0, &self.certificates(encoding)),
            definite(SET, &signer_info),
        ];
        let content_info = [
            oid(rfc5911::ID_SIGNED_DATA),
            layer(encoding, CONTEXT_0, &layer(encoding, SEQUENCE, &signed_data.concat())),
        ];
        layer(encoding, SEQUENCE, &content_info.concat())
    }

    /// The certificates as they are, one after the other; DER wants a SET OF sorted.
    fn certificates(&self, encoding: Encoding) -> Vec<u8> {
        let mut certificates: Vec<&[u8]> = vec![&self.certificate];
        certificates.extend(self.chain.iter().map(Vec::as_slice));
        if encoding == Encoding::Der {
            certificates.sort_unstable();
        }
        certificates.concat()
    }

    fn signer_info(&self, content: &[u8], at: Option<Timestamp>, digest: Digest) -> SignerInfo {
        let certificate =
            x509_cert::Certificate::from_der(&self.certificate).expect("a signer has an X.509 certificate");
        let attributes = signed_attributes(content, at, digest);
        let signed = attributes.to_der().expect("attributes encode");
        SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: certificate.tbs_certificate().issuer().clone(),
                serial_number: certificate.tbs_certificate().serial_number().clone(),
            }),
            digest_alg: digest.algorithm(),
            signed_attrs: Some(attributes),
            signature_algorithm: self.key.algorithm(),
            signature: OctetString::new(self.key.sign(&signed, digest)).expect("a signature fits an octet string"),
            unsigned_attrs: None,
        }
    }
}

/// contentType, signingTime where one is claimed, and messageDigest (RFC 5652 11).
fn signed_attributes(content: &[u8], at: Option<Timestamp>, digest: Digest) -> SignedAttributes {
    let digest = digest::digest(digest.function(), content);
    let digest = OctetString::new(digest.as_ref()).expect("a digest fits an octet string");
    let mut attributes =
        vec![attribute(rfc5911::ID_CONTENT_TYPE, &rfc5911::ID_DATA), attribute(rfc5911::ID_MESSAGE_DIGEST, &digest)];
    attributes.extend(at.map(|at| attribute(rfc5911::ID_SIGNING_TIME, &signing_time(at))));
    SetOfVec::try_from(attributes).expect("different attributes make a set")
}

fn attribute(oid: ObjectIdentifier, value: &impl Encode) -> Attribute {
    let value = value.to_der().and_then(|der| Any::from_der(&der)).expect("an attribute's value encodes");
    Attribute { oid, values: SetOfVec::try_from(vec![value]).expect("one value makes a set") }
}

/// UTCTime up to 2049, GeneralizedTime after (RFC 5652 11.3); PEC began long after 1970.
fn signing_time(at: Timestamp) -> Any {
    let since_1970 = Duration::from_secs(at.as_second().try_into().unwrap_or(0));
    let time = match UtcTime::from_unix_duration(since_1970) {
        Ok(time) => time.to_der(),
        Err(_) => GeneralizedTime::from_unix_duration(since_1970).and_then(|time| time.to_der()),
    };
    time.and_then(|der| Any::from_der(&der)).expect("a legal time lies before the year 10000")
}

impl Digest {
    fn algorithm(self) -> AlgorithmIdentifierOwned {
        let oid = match self {
            Digest::Sha1 => rfc5912::ID_SHA_1,
            Digest::Sha256 => rfc5912::ID_SHA_256,
            Digest::Sha384 => rfc5912::ID_SHA_384,
        };
        AlgorithmIdentifierOwned { oid, parameters: None }
    }

    fn function(self) -> &'static digest::Algorithm {
        match self {
            Digest::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Digest::Sha256 => &digest::SHA256,
            Digest::Sha384 => &digest::SHA384,
        }
    }
}

/// How much of the content a streaming library writes at a time.
const STREAMED_PIECE: usize = 4096;

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const CONSTRUCTED: u8 = 0x20;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const CONTEXT_0: u8 = 0xa0;

/// One of the layers that a streaming library writes with indefinite length.
fn layer(encoding: Encoding, tag: u8, value: &[u8]) -> Vec<u8> {
    match encoding {
        Encoding::Der => definite(tag, value),
        Encoding::Ber => [&[tag, 0x80], value, &[0, 0]].concat(),
    }
}

fn definite(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = der::Length::try_from(value.len()).and_then(|length| length.to_der());
    [&[tag], length.expect("a signature is shorter than 256 MiB").as_slice(), value].concat()
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("certificate", &self.certificate.len()).finish_non_exhaustive()
    }
}
