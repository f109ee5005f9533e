//! `certs/recipe.yaml` as types: what the test PKI issues. Unknown keys are refused.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Deserialize;

use super::PkiError;

/// The recipe compiled into the program.
pub const TEXT: &str = include_str!("../../certs/recipe.yaml");

/// Everything that is issued.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Recipe {
    /// Keys by name.
    pub keys: BTreeMap<String, KeyKind>,
    /// Authorities, each after its issuer.
    pub authorities: Vec<Authority>,
    /// What is trusted.
    pub trust: Trusted,
    /// Providers by id.
    pub providers: BTreeMap<String, Provider>,
    /// What a signing certificate is unless it says otherwise.
    pub signing_profile: Profile,
    /// Good signing certificates by id.
    pub signers: BTreeMap<String, Signer>,
    /// Bad ones, issued for several providers.
    pub defective: Defective,
    /// Servers' certificates by id.
    pub servers: BTreeMap<String, Server>,
    /// What every server certificate is.
    pub server_profile: ServerProfile,
    /// Revocation lists by id.
    pub revocation_lists: BTreeMap<String, RevocationList>,
}

/// How a key is made.
#[derive(Clone, Copy, Debug, Deserialize)]
pub enum KeyKind {
    /// RSA, 2048 bits.
    #[serde(rename = "rsa-2048")]
    Rsa2048,
    /// ECDSA on P-256.
    #[serde(rename = "p-256")]
    P256,
}

/// A certification authority.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Authority {
    /// Its id.
    pub id: String,
    /// The authority that issues it; a root issues itself.
    pub issuer: Option<String>,
    /// Its key.
    pub key: String,
    /// Its name.
    pub subject: Subject,
    /// Its validity.
    pub valid: Validity,
}

/// A distinguished name; the attributes stand in this order.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "UPPERCASE")]
pub struct Subject {
    /// countryName.
    pub c: Option<String>,
    /// organizationName.
    pub o: String,
    /// commonName.
    pub cn: String,
}

/// From the start of a day to the start of another, UTC.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validity {
    /// notBefore.
    pub from: Date,
    /// notAfter.
    pub to: Date,
}

/// Anchors and lists, by id.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Trusted {
    /// Anchor of signatures.
    pub signatures: String,
    /// Anchor of transport.
    pub tls: String,
    /// Revocation lists in ordinary times.
    pub lists: Vec<String>,
    /// The same where nobody fetched new ones.
    pub stale_lists: Vec<String>,
}

/// A provider as its certificates name it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// `providerName` of its directory record.
    pub name: String,
    /// The address that signs, in the SubjectAltName (RFC 6109 2.2.6).
    pub service: String,
}

/// Issuer and validity of signing certificates that do not say otherwise.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Issuing authority.
    pub issuer: String,
    /// Validity.
    pub valid: Validity,
}

/// A good signing certificate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    /// Whose.
    pub provider: String,
    /// Its key.
    pub key: String,
    /// Where it differs from the profile.
    pub valid: Option<Validity>,
    /// What it has beyond the profile, as it may.
    #[serde(default)]
    pub also: Vec<Addition>,
}

/// Something that RFC 6109 5.5.2 leaves free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Addition {
    /// KeyUsage has nonRepudiation too.
    NonRepudiation,
    /// ExtendedKeyUsage, with emailProtection.
    ExtendedKeyUsage,
}

/// Bad signing certificates; the one of provider `p` and name `n` has the id `p-n`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defective {
    /// The providers for which each is issued.
    #[serde(rename = "for")]
    pub providers: Vec<String>,
    /// The key they share.
    pub key: String,
    /// The defects by name.
    pub certificates: BTreeMap<String, Defect>,
}

/// How a bad signing certificate differs from the profile; nothing, where only a revocation list tells.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defect {
    /// Another issuer.
    pub issuer: Option<String>,
    /// Another validity.
    pub valid: Option<Validity>,
    /// A departure from the contents that RFC 6109 5.5 wants.
    pub departs: Option<Departure>,
}

/// A point of RFC 6109 5.5 that is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Departure {
    /// The provider's name is neither in O nor in CN (5.5.1).
    NameElsewhere,
    /// The mail address stands in the subject too (5.5.1).
    MailInSubject,
    /// The country is a word and not a code of two letters (5.5.1).
    CountryInWords,
    /// No SubjectAltName.
    NoSubjectAltName,
    /// SubjectAltName is critical.
    SubjectAltNameCritical,
    /// SubjectAltName has a host name instead of the mail address.
    SubjectAltNameWithoutMail,
    /// No KeyUsage.
    NoKeyUsage,
    /// KeyUsage is not critical.
    KeyUsageNotCritical,
    /// KeyUsage lacks digitalSignature.
    NoDigitalSignature,
    /// No AuthorityKeyIdentifier.
    NoAuthorityKeyId,
    /// AuthorityKeyIdentifier is critical.
    AuthorityKeyIdCritical,
    /// No SubjectKeyIdentifier.
    NoSubjectKeyId,
    /// SubjectKeyIdentifier is critical.
    SubjectKeyIdCritical,
    /// BasicConstraints is present.
    BasicConstraints,
    /// One more extension, and a critical one.
    OtherExtensionCritical,
    /// ExtendedKeyUsage allows servers and not mail.
    ForServersOnly,
}

/// A server's certificate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Host names and IP addresses.
    pub names: Vec<String>,
}

/// What every server certificate is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerProfile {
    /// Issuing authority.
    pub issuer: String,
    /// The key they share.
    pub key: String,
    /// Validity.
    pub valid: Validity,
}

/// A certificate revocation list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RevocationList {
    /// The authority whose list it is.
    pub issuer: String,
    /// cRLNumber.
    pub number: u64,
    /// thisUpdate.
    pub this_update: Date,
    /// nextUpdate.
    pub next_update: Date,
    /// What is revoked.
    #[serde(default)]
    pub revoked: Vec<Revoked>,
}

/// An entry of a list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {
    /// Id of the signing certificate.
    pub certificate: String,
    /// revocationDate.
    pub on: Date,
}

impl Recipe {
    /// Reads a recipe.
    pub fn read(yaml: &str) -> Result<Self, PkiError> {
        let document = serde_yaml::Deserializer::from_str(yaml);
        serde_path_to_error::deserialize(document).map_err(|error| PkiError::Recipe(error.to_string()))
    }

    /// Every signing certificate, good and bad, with its id.
    pub fn signing(&self) -> Vec<Signing<'_>> {
        let profile = &self.signing_profile;
        let good = self.signers.iter().map(|(id, signer)| Signing {
            id: id.clone(),
            provider: &signer.provider,
            key: &signer.key,
            issuer: &profile.issuer,
            valid: signer.valid.unwrap_or(profile.valid),
            also: &signer.also,
            departs: None,
        });
        let bad = self.defective.providers.iter().flat_map(|provider| {
            self.defective.certificates.iter().map(move |(name, defect)| Signing {
                id: format!("{provider}-{name}"),
                provider,
                key: &self.defective.key,
                issuer: defect.issuer.as_ref().unwrap_or(&profile.issuer),
                valid: defect.valid.unwrap_or(profile.valid),
                also: &[],
                departs: defect.departs,
            })
        });
        good.chain(bad).collect()
    }

    /// The authority with this id.
    pub fn authority(&self, id: &str) -> Result<&Authority, PkiError> {
        let found = self.authorities.iter().find(|authority| authority.id == id);
        found.ok_or_else(|| PkiError::Recipe(format!("no authority has the id `{id}`")))
    }
}

/// A signing certificate with everything resolved.
#[derive(Debug)]
pub struct Signing<'a> {
    /// Its id.
    pub id: String,
    /// Id of the provider.
    pub provider: &'a str,
    /// Name of its key.
    pub key: &'a str,
    /// Id of its issuer.
    pub issuer: &'a str,
    /// Its validity.
    pub valid: Validity,
    /// What it has beyond the profile.
    pub also: &'a [Addition],
    /// What is wrong inside, if anything.
    pub departs: Option<Departure>,
}

/// The start of a day, UTC.
pub fn midnight(date: Date) -> Timestamp {
    date.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}
