//! A certificate's fields, in words.

use der::{Decode, oid::ObjectIdentifier};
use serde::Serialize;
use x509_cert::ext::pkix::{BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage};

use crate::{
    hexadecimal::{digits, sha256},
    smime::{Certificate, certificate::Extension},
};

/// A certificate's fields.
#[derive(Debug, Serialize)]
pub struct CertificateFields {
    pub subject: String,
    pub issuer: String,
    pub serial: String,
    pub not_before: String,
    pub not_after: String,
    pub version: u8,
    pub signature: String,
    pub key: String,
    pub mail_addresses: Vec<String>,
    pub sha1: String,
    pub sha256: String,
    pub extensions: Vec<ExtensionField>,
}

/// An extension, its value in words where its kind is known.
#[derive(Debug, Serialize)]
pub struct ExtensionField {
    pub oid: String,
    pub name: &'static str,
    pub critical: bool,
    pub value: String,
}

impl CertificateFields {
    /// The fields of a certificate.
    pub fn of(certificate: &Certificate) -> Self {
        Self {
            subject: certificate.subject.clone(),
            issuer: certificate.issuer.clone(),
            serial: certificate.serial.clone(),
            not_before: certificate.not_before.to_string(),
            not_after: certificate.not_after.to_string(),
            version: certificate.version,
            signature: certificate.algorithm.clone(),
            key: certificate.key.clone(),
            mail_addresses: certificate.emails.clone(),
            sha1: certificate.sha1(),
            sha256: sha256(&certificate.der),
            extensions: certificate.extensions.iter().map(|it| ExtensionField::of(certificate, it)).collect(),
        }
    }
}

impl ExtensionField {
    fn of(certificate: &Certificate, extension: &Extension) -> Self {
        let octets = || format!("{} octets", extension.value.len());
        let id = |id: &Option<Vec<u8>>| id.as_deref().map_or_else(octets, digits);
        let (name, value) = match extension.oid.as_str() {
            "2.5.29.14" => ("SubjectKeyIdentifier", id(&certificate.subject_key_id)),
            "2.5.29.15" => ("KeyUsage", key_usage(&extension.value).unwrap_or_else(octets)),
            "2.5.29.17" => ("SubjectAltName", certificate.emails.join(", ")),
            "2.5.29.19" => ("BasicConstraints", basic_constraints(&extension.value).unwrap_or_else(octets)),
            "2.5.29.30" => ("NameConstraints", octets()),
            "2.5.29.31" => ("CRLDistributionPoints", locations(&extension.value)),
            "2.5.29.32" => ("CertificatePolicies", policies(&extension.value).unwrap_or_else(octets)),
            "2.5.29.35" => ("AuthorityKeyIdentifier", id(&certificate.authority_key_id)),
            "2.5.29.37" => ("ExtendedKeyUsage", purposes(&extension.value).unwrap_or_else(octets)),
            "1.3.6.1.5.5.7.1.1" => ("AuthorityInfoAccess", locations(&extension.value)),
            "1.3.6.1.5.5.7.1.3" => ("QCStatements", octets()),
            "2.16.840.1.113730.1.1" => ("NetscapeCertType", octets()),
            _ => ("extension", octets()),
        };
        Self { oid: extension.oid.clone(), name, critical: extension.critical, value }
    }
}

fn key_usage(value: &[u8]) -> Option<String> {
    let usage = KeyUsage::from_der(value).ok()?;
    let names: Vec<String> = usage.0.into_iter().map(|bit| format!("{bit:?}")).map(|name| lower_first(&name)).collect();
    Some(names.join(", "))
}

fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    match chars.next() {
        // cRLSign is CRLSign there.
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

fn basic_constraints(value: &[u8]) -> Option<String> {
    let constraints = BasicConstraints::from_der(value).ok()?;
    Some(match (constraints.ca, constraints.path_len_constraint) {
        (false, _) => "no authority".to_owned(),
        (true, None) => "an authority".to_owned(),
        (true, Some(length)) => format!("an authority, with at most {length} below it"),
    })
}

fn policies(value: &[u8]) -> Option<String> {
    let policies = CertificatePolicies::from_der(value).ok()?;
    Some(dotted(policies.0.iter().map(|policy| policy.policy_identifier)))
}

fn purposes(value: &[u8]) -> Option<String> {
    Some(dotted(ExtendedKeyUsage::from_der(value).ok()?.0.into_iter()))
}

fn dotted(oids: impl Iterator<Item = ObjectIdentifier>) -> String {
    let named = |oid: ObjectIdentifier| match const_oid::db::DB.by_oid(&oid) {
        Some(name) => format!("{name} ({oid})"),
        None => oid.to_string(),
    };
    oids.map(named).collect::<Vec<_>>().join(", ")
}

/// The addresses in a structure of names: what stands in it as printable text and looks like one.
fn locations(value: &[u8]) -> String {
    let texts = value.split(|octet| !(0x21..0x7f).contains(octet)).map(String::from_utf8_lossy);
    let found: Vec<String> = texts
        .filter_map(|text| {
            ["http://", "https://", "ldap://"].iter().find_map(|scheme| Some(text[text.find(scheme)?..].to_owned()))
        })
        .collect();
    if found.is_empty() { format!("{} octets", value.len()) } else { found.join(", ") }
}
