//! The contents of a signing certificate in the profile of RFC 6109 5.5, and its single departures.

use const_oid::db::rfc5280::ID_KP_SERVER_AUTH;
use rcgen::{CustomExtension, DistinguishedName, DnType, DnValue};
use x509_cert::{
    der::{
        Encode,
        asn1::{Ia5String, Null, OctetString},
        oid::db::rfc5280::ID_KP_EMAIL_PROTECTION,
    },
    ext::pkix::{
        AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName,
        SubjectKeyIdentifier, name::GeneralName,
    },
};

use super::{
    PkiError,
    name::distinguished_name,
    recipe::{Addition, Departure, Provider, Subject},
};

/// Key identifiers of a certificate.
pub struct Keys {
    /// The subject's.
    pub subject: Vec<u8>,
    /// The issuer's.
    pub issuer: Vec<u8>,
}

/// 5.5.1: the provider's name as the directory has it, in O or CN; no mail address.
pub fn subject(provider: &Provider, departs: Option<Departure>) -> Result<DistinguishedName, PkiError> {
    let organization = match departs {
        Some(Departure::NameElsewhere) => "Another Name S.p.A.".to_owned(),
        _ => provider.name.clone(),
    };
    let country = match departs {
        Some(Departure::CountryInWords) => "Italia",
        _ => "IT",
    };
    let mut name =
        distinguished_name(&Subject { c: Some(country.into()), o: organization, cn: "Posta Certificata".into() })?;
    match departs {
        Some(Departure::NameElsewhere) => name.push(DnType::OrganizationalUnitName, provider.name.as_str()),
        Some(Departure::MailInSubject) => {
            name.push(
                DnType::CustomDnType(EMAIL_ADDRESS.into()),
                DnValue::Ia5String(provider.service.as_str().try_into()?),
            );
        }
        _ => {}
    }
    Ok(name)
}

/// 5.5.2: the four extensions that must be there, each with the criticality it must have.
pub fn extensions(
    provider: &Provider,
    keys: &Keys,
    also: &[Addition],
    departs: Option<Departure>,
) -> Result<Vec<CustomExtension>, PkiError> {
    let has = |departure| departs == Some(departure);
    let mut extensions = Vec::new();
    if !has(Departure::NoAuthorityKeyId) {
        let id = AuthorityKeyIdentifier {
            key_identifier: Some(OctetString::new(keys.issuer.as_slice())?),
            ..Default::default()
        };
        extensions.push(extension(AUTHORITY_KEY_ID, &id, has(Departure::AuthorityKeyIdCritical))?);
    }
    if !has(Departure::NoSubjectKeyId) {
        let id = SubjectKeyIdentifier(OctetString::new(keys.subject.as_slice())?);
        extensions.push(extension(SUBJECT_KEY_ID, &id, has(Departure::SubjectKeyIdCritical))?);
    }
    if !has(Departure::NoKeyUsage) {
        let usages = match departs {
            Some(Departure::NoDigitalSignature) => KeyUsages::NonRepudiation.into(),
            _ if also.contains(&Addition::NonRepudiation) => KeyUsages::DigitalSignature | KeyUsages::NonRepudiation,
            _ => KeyUsages::DigitalSignature.into(),
        };
        extensions.push(extension(KEY_USAGE, &KeyUsage(usages), !has(Departure::KeyUsageNotCritical))?);
    }
    if !has(Departure::NoSubjectAltName) {
        let name = match departs {
            Some(Departure::SubjectAltNameWithoutMail) => GeneralName::DnsName(Ia5String::new("pec.example")?),
            _ => GeneralName::Rfc822Name(Ia5String::new(&provider.service)?),
        };
        let names = SubjectAltName(vec![name]);
        extensions.push(extension(SUBJECT_ALT_NAME, &names, has(Departure::SubjectAltNameCritical))?);
    }
    if has(Departure::BasicConstraints) {
        let constraints = BasicConstraints { ca: false, path_len_constraint: None };
        extensions.push(extension(BASIC_CONSTRAINTS, &constraints, false)?);
    }
    if also.contains(&Addition::ExtendedKeyUsage) {
        extensions.push(extension(EXTENDED_KEY_USAGE, &ExtendedKeyUsage(vec![ID_KP_EMAIL_PROTECTION]), false)?);
    }
    if has(Departure::OtherExtensionCritical) {
        extensions.push(extension(INVENTED, &Null, true)?);
    }
    if has(Departure::ForServersOnly) {
        extensions.push(extension(EXTENDED_KEY_USAGE, &ExtendedKeyUsage(vec![ID_KP_SERVER_AUTH]), false)?);
    }
    Ok(extensions)
}

fn extension(oid: &[u64], value: &impl Encode, critical: bool) -> Result<CustomExtension, PkiError> {
    let mut extension = CustomExtension::from_oid_content(oid, value.to_der()?);
    extension.set_criticality(critical);
    Ok(extension)
}

const SUBJECT_KEY_ID: &[u64] = &[2, 5, 29, 14];
const KEY_USAGE: &[u64] = &[2, 5, 29, 15];
const SUBJECT_ALT_NAME: &[u64] = &[2, 5, 29, 17];
const BASIC_CONSTRAINTS: &[u64] = &[2, 5, 29, 19];
const EXTENDED_KEY_USAGE: &[u64] = &[2, 5, 29, 37];
const AUTHORITY_KEY_ID: &[u64] = &[2, 5, 29, 35];
/// Nobody's: the arc of UUIDs, with a number that is none.
const INVENTED: &[u64] = &[2, 25, 6109];
const EMAIL_ADDRESS: &[u64] = &[1, 2, 840, 113_549, 1, 9, 1];
