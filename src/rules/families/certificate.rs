//! The profile of signing certificates (RFC 6109 5.5), a point at a time.

pub(in crate::rules) mod attributes;

use crate::{
    directory::Directory,
    norm::{
        Level,
        clauses::{model, security},
    },
    smime::{Certificate, PathError, certificate::Extension},
};

use crate::rules::{Check, Finding, Findings, Rule, at, spelling::folded_name, when};

const SUBJECT_KEY: &str = "2.5.29.14";
const KEY_USAGE: &str = "2.5.29.15";
const ALTERNATIVE_NAME: &str = "2.5.29.17";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const AUTHORITY_KEY: &str = "2.5.29.35";

/// A rule about an extension that must, or must not, be critical where it is there.
macro_rules! criticality {
    ($id:literal, $clause:path, $oid:ident, $name:literal, $wanted:ident, $question:literal, $consequence:literal) => {
        Rule {
            id: $id,
            level: Level::Must,
            clauses: &[&$clause],
            question: $question,
            consequence: $consequence,
            check: Check::Certificate(|certificate, _| {
                let extension = certificate.extension($oid)?;
                Some(criticality(extension, Criticality::$wanted, $name))
            }),
        }
    };
}

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "certificate/version",
        level: Level::Must,
        clauses: &[&security::RFC6109_5_5_VERSION],
        question: "Is the signing certificate of X.509 version 3?",
        consequence: "Without extensions it cannot hold the provider's address, and mail programs reject it.",
        check: Check::Certificate(|certificate, _| {
            let version = certificate.version;
            Some(when(version != 3, || Finding::new("3", version.to_string(), at::certificate("version"))))
        }),
    },
    Rule {
        id: "certificate/provider-name",
        level: Level::Must,
        clauses: &[&security::RFC6109_5_5_1_NAME],
        question: "Does the certificate's O or CN hold the provider's name in the directory?",
        consequence: "The certificate does not tell which provider signed.",
        check: Check::Certificate(|certificate, context| {
            let names: Vec<&str> = names(certificate, context.directory?).collect();
            if names.is_empty() {
                return None;
            }
            let own = certificate.organizations.iter().chain(&certificate.common_names);
            let own: Vec<String> = own.map(|own| folded_name(own)).collect();
            let told = names.iter().any(|name| own.iter().any(|own| own.contains(&folded_name(name))));
            Some(when(!told, || Finding::new(names.join(" or "), &certificate.subject, at::certificate("subject"))))
        }),
    },
    Rule {
        id: "certificate/address",
        level: Level::Must,
        clauses: &[&security::RFC6109_5_5_1_ADDRESS, &security::RFC6109_5_5_2_ALTERNATIVE_NAME],
        question: "Does the certificate's subjectAltName hold a mail address?",
        consequence: "Mail programs cannot hold the sender's address against the certificate.",
        check: Check::Certificate(|certificate, _| {
            Some(when(certificate.emails.is_empty(), || {
                let found = if certificate.extension(ALTERNATIVE_NAME).is_some() { "none" } else { "no extension" };
                Finding::new("an rfc822Name", found, at::certificate("subjectAltName"))
            }))
        }),
    },
    criticality! {
        "certificate/address-not-critical", security::RFC6109_5_5_2_ALTERNATIVE_NAME, ALTERNATIVE_NAME, "subjectAltName", NotCritical,
        "Is subjectAltName not critical?",
        "Programs that do not know the extension must reject the certificate."
    },
    Rule {
        id: "certificate/no-address-in-subject",
        level: Level::Should,
        clauses: &[&security::RFC6109_5_5_1_NO_ADDRESS_IN_DN],
        question: "Is the certificate's subject free of mail addresses?",
        consequence: "Programs may take that address for the sender's instead of the one in subjectAltName.",
        check: Check::Certificate(|certificate, _| {
            let finding = |email| Finding::new("no mail address", email, at::certificate("subject"));
            Some(certificate.subject_emails.iter().map(finding).collect())
        }),
    },
    Rule {
        id: "certificate/no-basic-constraints",
        level: Level::Must,
        clauses: &[&security::RFC6109_5_5_2_BASIC_CONSTRAINTS],
        question: "Is the certificate without Basic Constraints?",
        consequence: "Some mail programs of the day took any certificate with it for a CA's.",
        check: Check::Certificate(|certificate, _| {
            Some(when(certificate.extension(BASIC_CONSTRAINTS).is_some(), || {
                Finding::new("no such extension", "present", at::certificate("basicConstraints"))
            }))
        }),
    },
    Rule {
        id: "certificate/key-usage",
        level: Level::Must,
        clauses: &[&security::RFC6109_5_5_2_KEY_USAGE],
        question: "Does Key Usage allow digital signatures?",
        consequence: "Programs reject a signature by a key that is not meant to sign.",
        check: Check::Certificate(|certificate, _| {
            let found = match certificate.digital_signature {
                Some(true) => return Some(Vec::new()),
                Some(false) => "without that bit",
                None => "no such extension",
            };
            Some(vec![Finding::new("keyUsage with digitalSignature", found, at::certificate("keyUsage"))])
        }),
    },
    criticality! {
        "certificate/key-usage-critical", security::RFC6109_5_5_2_KEY_USAGE, KEY_USAGE, "keyUsage", Critical,
        "Is Key Usage critical?",
        "Programs may ignore what the key is meant for."
    },
    Rule {
        id: "certificate/authority-key",
        level: Level::Must,
        clauses: &[&security::RFC6109_5_5_2_AUTHORITY_KEY],
        question: "Does Authority Key Identifier hold a keyIdentifier?",
        consequence: "Programs cannot tell which of the issuer's keys to verify with.",
        check: Check::Certificate(|certificate, _| {
            Some(when(certificate.authority_key_id.is_none(), || {
                let found = without_identifier(certificate, AUTHORITY_KEY);
                Finding::new("a keyIdentifier", found, at::certificate("authorityKeyIdentifier"))
            }))
        }),
    },
    criticality! {
        "certificate/authority-key-not-critical", security::RFC6109_5_5_2_AUTHORITY_KEY, AUTHORITY_KEY, "authorityKeyIdentifier", NotCritical,
        "Is Authority Key Identifier not critical?",
        "Programs that do not know the extension must reject the certificate."
    },
    Rule {
        id: "certificate/subject-key",
        level: Level::Must,
        clauses: &[&security::RFC6109_5_5_2_SUBJECT_KEY],
        question: "Does the certificate hold a Subject Key Identifier?",
        consequence: "Programs that find a certificate by its key do not find it.",
        check: Check::Certificate(|certificate, _| {
            Some(when(certificate.subject_key_id.is_none(), || {
                let found = without_identifier(certificate, SUBJECT_KEY);
                Finding::new("a keyIdentifier", found, at::certificate("subjectKeyIdentifier"))
            }))
        }),
    },
    criticality! {
        "certificate/subject-key-not-critical", security::RFC6109_5_5_2_SUBJECT_KEY, SUBJECT_KEY, "subjectKeyIdentifier", NotCritical,
        "Is Subject Key Identifier not critical?",
        "Programs that do not know the extension must reject the certificate."
    },
    Rule {
        id: "certificate/others-not-critical",
        level: Level::Must,
        clauses: &[&security::RFC6109_5_5_2_OTHERS],
        question: "Is no extension beyond the profile critical?",
        consequence: "Programs that do not know the extension must reject the certificate.",
        check: Check::Certificate(|certificate, _| {
            const PROFILE: [&str; 5] = [SUBJECT_KEY, KEY_USAGE, ALTERNATIVE_NAME, BASIC_CONSTRAINTS, AUTHORITY_KEY];
            let other = |extension: &&Extension| extension.critical && !PROFILE.contains(&&*extension.oid);
            let finding = |extension: &Extension| {
                Finding::new("not critical", "critical", format!("certificate, extension {}", extension.oid))
            };
            Some(certificate.extensions.iter().filter(other).map(finding).collect())
        }),
    },
    Rule {
        id: "certificate/trusted",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_2_VALIDITY],
        question: "Does a certificate given by itself lead to a trusted root, in its validity and not revoked?",
        consequence: "What it signs is refused, or taken for ordinary mail.",
        // Of one that came with a message the message's rules ask.
        check: Check::Certificate(|_, context| match context.path? {
            Ok(()) => Some(Vec::new()),
            Err(error) => is_its_own(error)
                .then(|| vec![Finding::new("a certificate that receivers trust", error.to_string(), "certificate")]),
        }),
    },
];

/// Whether an error is the certificate's: not the lists', and not one of what the profile asks.
fn is_its_own(error: &PathError) -> bool {
    matches!(error, PathError::NoPath(_) | PathError::OutsideValidity { .. } | PathError::Revoked)
}

/// Names of the providers whose records list the certificate.
fn names<'a>(certificate: &'a Certificate, directory: &'a Directory) -> impl Iterator<Item = &'a str> {
    directory.signing_with(certificate).map(|provider| &*provider.name)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Criticality {
    Critical,
    NotCritical,
}

fn criticality(extension: &Extension, wanted: Criticality, name: &str) -> Findings {
    let shown = |criticality| if criticality == Criticality::Critical { "critical" } else { "not critical" };
    let found = if extension.critical { Criticality::Critical } else { Criticality::NotCritical };
    when(found != wanted, || Finding::new(shown(wanted), shown(found), at::certificate(name)))
}

/// What is there in a key identifier's place.
fn without_identifier(certificate: &Certificate, oid: &str) -> &'static str {
    if certificate.extension(oid).is_some() { "without keyIdentifier" } else { "no such extension" }
}
