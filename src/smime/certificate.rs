//! A certificate: its bytes as received, and the facts in them that PEC asks for (RFC 6109 5.5).

use std::sync::Arc;

use aws_lc_rs::digest;
use const_oid::db::{rfc3280::EMAIL_ADDRESS, rfc4519, rfc5280, rfc5912};
use der::{Decode, oid::ObjectIdentifier};
use jiff::Timestamp;
use x509_cert::{
    certificate::Version, ext::pkix::BasicConstraints, name::Name, serial_number::SerialNumber, time::Time,
};

pub use super::name::NameAttribute;
use super::{
    algorithm,
    ber::Element,
    name::{self, Folded},
    public_key::Key,
};
use crate::hexadecimal::capitals;

/// A certificate. Equality is that of its bytes; it is never re-encoded.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// DER as received.
    pub der: Arc<[u8]>,
    /// Subject as `C=IT, O=..., CN=...`, escaped for printing.
    pub subject: String,
    /// Issuer, likewise.
    pub issuer: String,
    /// Attributes of the subject, in order.
    pub subject_attributes: Vec<NameAttribute>,
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
    /// What verifying needs of it.
    pub(super) parts: Arc<Parts>,
}

/// What verifying needs of a certificate.
#[derive(Debug)]
pub(super) struct Parts {
    /// The key.
    pub key: Key,
    /// The issuer.
    pub issuer: Name,
    /// The issuer, for comparison.
    pub folded_issuer: Folded,
    /// SHA-1 of the DER, by which directories list it.
    pub sha1: [u8; 20],
    /// SHA-256 of the DER, which stands for all of it.
    pub fingerprint: [u8; 32],
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

impl Certificate {
    /// Reads a certificate from DER; the error says what is broken.
    pub fn read(der: &[u8]) -> Result<Self, String> {
        let certificate = x509_cert::Certificate::from_der(der).map_err(|error| error.to_string())?;
        let tbs = certificate.tbs_certificate();
        let extensions: Vec<Extension> = tbs.extensions().into_iter().flatten().map(Extension::from).collect();
        let key = Key::new(tbs.subject_public_key_info().clone());
        let value = |oid: ObjectIdentifier| {
            let oid = oid.to_string();
            extensions.iter().find(|extension| extension.oid == oid).map(|extension| extension.value.as_slice())
        };
        Ok(Self {
            der: der.into(),
            subject: name::print(tbs.subject()),
            issuer: name::print(tbs.issuer()),
            subject_attributes: name::attributes(tbs.subject()),
            organizations: name::values(tbs.subject(), rfc4519::O),
            common_names: name::values(tbs.subject(), rfc4519::CN),
            subject_emails: name::values(tbs.subject(), EMAIL_ADDRESS),
            serial: serial(tbs.serial_number()),
            not_before: timestamp(tbs.validity().not_before),
            not_after: timestamp(tbs.validity().not_after),
            version: match tbs.version() {
                Version::V1 => 1,
                Version::V2 => 2,
                Version::V3 => 3,
            },
            algorithm: algorithm::name(certificate.signature_algorithm().oid),
            key: shown(&key),
            emails: value(rfc5280::ID_CE_SUBJECT_ALT_NAME).map(mail_addresses).unwrap_or_default(),
            digital_signature: value(rfc5280::ID_CE_KEY_USAGE).map(has_digital_signature),
            authority_key_id: value(rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER).and_then(authority_key_id),
            subject_key_id: value(rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER).and_then(subject_key_id),
            parts: Arc::new(Parts {
                key,
                issuer: tbs.issuer().clone(),
                folded_issuer: Folded::of(tbs.issuer()),
                sha1: hash(&digest::SHA1_FOR_LEGACY_USE_ONLY, der),
                fingerprint: hash(&digest::SHA256, der),
            }),
            extensions,
        })
    }

    /// SHA-1 of the DER in upper-case hexadecimal, the form of `providerCertificateHash` (4.5.1).
    pub fn sha1(&self) -> String {
        capitals(&self.parts.sha1)
    }

    /// The same as octets.
    pub fn sha1_octets(&self) -> &[u8; 20] {
        &self.parts.sha1
    }

    /// SHA-256 of the DER, which stands for all of it.
    pub fn fingerprint(&self) -> &[u8; 32] {
        &self.parts.fingerprint
    }

    /// Whether it is the one that an issuer gave this serial number.
    pub(super) fn is_of(&self, issuer: &Name, number: &SerialNumber) -> bool {
        let is_issuer = || self.parts.issuer == *issuer || self.parts.folded_issuer == Folded::of(issuer);
        self.serial == serial(number) && is_issuer()
    }

    /// The extension with this dotted OID.
    pub fn extension(&self, oid: &str) -> Option<&Extension> {
        self.extensions.iter().find(|extension| extension.oid == oid)
    }

    /// Whether BasicConstraints says that it is an authority's (RFC 5280 4.2.1.9).
    pub fn is_authority(&self) -> bool {
        let extension = self.extension(&rfc5280::ID_CE_BASIC_CONSTRAINTS.to_string());
        extension.and_then(|it| BasicConstraints::from_der(&it.value).ok()).is_some_and(|it| it.ca)
    }

    /// Whether `at` lies within the validity, both ends included (RFC 5280 4.1.2.5).
    pub fn is_valid_at(&self, at: Timestamp) -> bool {
        (self.not_before..=self.not_after).contains(&at)
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl From<&x509_cert::ext::Extension> for Extension {
    fn from(extension: &x509_cert::ext::Extension) -> Self {
        Self {
            oid: extension.extn_id.to_string(),
            critical: extension.critical,
            value: extension.extn_value.as_bytes().to_vec(),
        }
    }
}

/// Whole seconds; a time beyond what jiff holds ("no end", 99991231235959Z) is its last instant.
pub(super) fn timestamp(time: Time) -> Timestamp {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

fn hash<const SIZE: usize>(algorithm: &'static digest::Algorithm, der: &[u8]) -> [u8; SIZE] {
    digest::digest(algorithm, der).as_ref().try_into().expect("an algorithm's digests are of one size")
}

/// A serial number in hexadecimal, without the zero that only says that it is positive; a negative one with its sign.
pub(super) fn serial(number: &SerialNumber) -> String {
    match number.as_bytes() {
        [0, rest @ ..] if !rest.is_empty() => capitals(rest),
        bytes @ [first, ..] if first & 0x80 != 0 => format!("-{}", capitals(&negated(bytes))),
        bytes => capitals(bytes),
    }
}

/// The magnitude of a negative integer in two's complement, big end first.
fn negated(bytes: &[u8]) -> Vec<u8> {
    let mut magnitude: Vec<u8> = bytes.iter().map(|byte| !byte).collect();
    for byte in magnitude.iter_mut().rev() {
        let carries;
        (*byte, carries) = byte.overflowing_add(1);
        if !carries {
            break;
        }
    }
    magnitude
}

fn shown(key: &Key) -> String {
    match key.algorithm() {
        rfc5912::RSA_ENCRYPTION | rfc5912::ID_RSASSA_PSS => match key.rsa_bits() {
            Some(bits) => format!("RSA {bits}"),
            None => "RSA".into(),
        },
        rfc5912::ID_EC_PUBLIC_KEY => match key.curve() {
            Some(rfc5912::SECP_256_R_1) => "EC P-256".into(),
            Some(rfc5912::SECP_384_R_1) => "EC P-384".into(),
            Some(rfc5912::SECP_521_R_1) => "EC P-521".into(),
            Some(other) => format!("EC {}", algorithm::name(other)),
            None => "EC".into(),
        },
        other => algorithm::name(other),
    }
}

/// rfc822Name is `[1] IA5String`; other kinds of name may be anything and are passed over.
fn mail_addresses(value: &[u8]) -> Vec<String> {
    let names = Element::read(value).and_then(|(names, _)| names.children()).unwrap_or_default();
    names.iter().filter(|name| name.tag == 0x81).map(|name| name::latin_1(name.value)).collect()
}

/// Bit 0 of a BIT STRING; its first byte counts unused bits.
fn has_digital_signature(value: &[u8]) -> bool {
    Element::read(value)
        .is_ok_and(|(bits, _)| bits.tag == 0x03 && bits.value.get(1).is_some_and(|bits| bits & 0x80 != 0))
}

/// keyIdentifier is `[0] OCTET STRING`.
fn authority_key_id(value: &[u8]) -> Option<Vec<u8>> {
    let fields = Element::read(value).and_then(|(fields, _)| fields.children()).ok()?;
    fields.iter().find(|field| field.tag == 0x80).map(|field| field.value.to_vec())
}

fn subject_key_id(value: &[u8]) -> Option<Vec<u8>> {
    Element::read(value).ok().filter(|(id, _)| id.tag == 0x04).map(|(id, _)| id.value.to_vec())
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DistinguishedName, DnType, DnValue, KeyPair};

    use super::*;
    use crate::pki::Pki;

    fn of(id: &str) -> Certificate {
        Certificate::read(Pki::load().unwrap().certificate(id).unwrap()).unwrap()
    }

    #[test]
    fn the_facts_of_a_certificate_in_the_profile_are_read() {
        let alfa = of("alfa");
        assert_eq!(alfa.subject, "C=IT, O=Alfa Posta Certificata S.p.A., CN=Posta Certificata");
        assert_eq!(alfa.issuer, "C=IT, O=PEC Conformance Tests, CN=Test Issuing CA");
        assert_eq!(
            (alfa.organizations.as_slice(), alfa.common_names.as_slice()),
            (["Alfa Posta Certificata S.p.A.".to_owned()].as_slice(), ["Posta Certificata".to_owned()].as_slice())
        );
        assert!(alfa.subject_emails.is_empty());
        assert_eq!(alfa.emails, ["posta-certificata@alfa.example"]);
        assert_eq!(
            (alfa.version, alfa.algorithm.as_str(), alfa.key.as_str()),
            (3, "sha256WithRSAEncryption", "RSA 2048")
        );
        assert_eq!(alfa.not_before, "2025-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(alfa.not_after, "2028-01-01T00:00:00Z".parse().unwrap());
        assert_eq!((alfa.serial.len(), alfa.sha1().len()), (32, 40));
        assert_eq!(alfa.authority_key_id, of("issuing").subject_key_id);
        assert!(alfa.subject_key_id.is_some());
        let extensions: Vec<_> = alfa.extensions.iter().map(|found| (found.oid.as_str(), found.critical)).collect();
        assert_eq!(extensions, [("2.5.29.35", false), ("2.5.29.14", false), ("2.5.29.15", true), ("2.5.29.17", false)]);
        assert_eq!(of("stranger").key, "RSA 2048");
    }

    #[test]
    fn each_departure_from_the_profile_shows_in_its_fact() {
        assert_eq!(of("alfa-mail-in-subject").subject_emails, ["posta-certificata@alfa.example"]);
        assert_eq!(of("alfa-name-elsewhere").organizations, ["Another Name S.p.A."]);
        assert!(of("alfa-no-subject-alt-name").emails.is_empty());
        assert!(of("alfa-subject-alt-name-without-mail").emails.is_empty());
        assert!(of("alfa-subject-alt-name-critical").extension("2.5.29.17").unwrap().critical);
        assert_eq!(of("alfa").digital_signature, Some(true));
        assert_eq!(of("alfa-no-key-usage").digital_signature, None);
        assert_eq!(of("alfa-no-digital-signature").digital_signature, Some(false));
        assert!(!of("alfa-key-usage-not-critical").extension("2.5.29.15").unwrap().critical);
        assert_eq!(of("alfa-no-authority-key-id").authority_key_id, None);
        assert!(of("alfa-authority-key-id-critical").extension("2.5.29.35").unwrap().critical);
        assert_eq!(of("alfa-no-subject-key-id").subject_key_id, None);
        assert!(of("alfa-subject-key-id-critical").extension("2.5.29.14").unwrap().critical);
        assert!(of("alfa-basic-constraints").extension("2.5.29.19").is_some());
        assert!(of("alfa").extension("2.5.29.19").is_none());
        assert!(of("alfa-other-extension-critical").extensions.iter().any(|other| other.oid == "2.25.6109"));
    }

    #[test]
    fn names_in_old_string_types_are_read_as_text() {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        let teletex = DnValue::TeletexString("Carta e Penna".try_into().unwrap());
        params.distinguished_name.push(DnType::OrganizationName, teletex);
        params.distinguished_name.push(DnType::CommonName, DnValue::BmpString("Qualit\u{e0}".try_into().unwrap()));
        let made = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let read = Certificate::read(made.der()).unwrap();
        assert_eq!((read.subject.as_str(), read.key.as_str()), ("O=Carta e Penna, CN=Qualit\u{e0}", "EC P-256"));
        assert_eq!(read.organizations, ["Carta e Penna"]);
    }

    #[test]
    fn what_is_no_certificate_is_refused_and_no_mutation_panics() {
        assert!(Certificate::read(b"").is_err());
        assert!(Certificate::read(b"no certificate").is_err());
        let alfa = of("alfa");
        for at in 0..alfa.der.len() {
            assert!(Certificate::read(&alfa.der[..at]).is_err());
            let mut mutated = alfa.der.to_vec();
            mutated[at] ^= 0x55;
            let _ = Certificate::read(&mutated);
        }
    }
}
