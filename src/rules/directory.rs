//! The providers' directory (RFC 6109 4.5).

use crate::{
    directory::Provider,
    norm::{Level, clauses::directory as norm},
    smime::Certificate,
};

use super::{Check, Context, DirectorySubject, Finding, Findings, Rule};

pub static RULES: &[Rule] = &[
    Rule {
        id: "directory/readable",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_LDIF],
        question: "Is the directory an LDIF file?",
        consequence: "No provider can tell which mail is certified.",
        check: Check::Directory { check: readable },
    },
    Rule {
        id: "directory/certificate-hash",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_1],
        question: "Does each record list the SHA-1 hash of each of its certificates, and no other?",
        consequence: "Messages signed by the provider are taken for ordinary mail.",
        check: Check::Directory { check: hashes },
    },
    Rule {
        id: "directory/required-attributes",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_9],
        question: "Does each record have name, certificate, hash, service mailbox and managed domains?",
        consequence: "The provider cannot be recognised, or gets no server-server acceptances.",
        check: Check::Directory { check: required },
    },
    Rule {
        id: "directory/service-mailbox-form",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_4],
        question: "Is each service mailbox one bare address of dot-atoms?",
        consequence: "Server-server acceptances and virus detections cannot be sent.",
        check: Check::Directory { check: service_mailbox },
    },
    Rule {
        id: "directory/domain-form",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_5],
        question: "Is each managed domain a dot-atom?",
        consequence: "Certified recipients are taken for ordinary ones.",
        check: Check::Directory { check: domains },
    },
    Rule {
        id: "directory/main-environment",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_7],
        question: "Does each provider have a record without providerUnit, in attribute and name alike?",
        consequence: "The provider's main environment cannot be found.",
        check: Check::Directory { check: main_environment },
    },
    Rule {
        id: "directory/secondary-without-url",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_6_SECONDARY],
        question: "Are records of secondary environments without LDIFLocationURL?",
        consequence: "The central directory fetches one provider's record from two places.",
        check: Check::Directory { check: secondary },
    },
    Rule {
        id: "directory/url-https",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_6_HTTPS],
        question: "Is each LDIFLocationURL an HTTPS address?",
        consequence: "The directory can be changed on the way.",
        check: Check::Directory { check: https },
    },
];

fn readable(subject: &DirectorySubject<'_>, _: &Context<'_>, findings: &mut Findings) {
    if let Err(error) = subject.read {
        findings.push(Finding::new("an LDIF file (RFC 2849)", error.problem.clone(), format!("line {}", error.line)));
    }
}

fn providers<'a>(subject: &'a DirectorySubject<'_>) -> impl Iterator<Item = &'a Provider> {
    subject.read.iter().flat_map(|directory| &directory.providers)
}

fn finding(provider: &Provider, attribute: &str, expected: &str, found: impl AsRef<str>) -> Finding {
    Finding::new(expected, found, format!("{} {attribute}", provider.dn))
}

fn hashes(subject: &DirectorySubject<'_>, _: &Context<'_>, findings: &mut Findings) {
    for provider in providers(subject) {
        let mut computed = Vec::new();
        for der in &provider.certificates {
            match Certificate::read(der) {
                Ok(certificate) => computed.push(certificate.sha1()),
                Err(problem) => {
                    findings.push(finding(provider, "providerCertificate", "an X.509 certificate", problem));
                }
            }
        }
        let listed = |hash: &str| provider.certificate_hashes.iter().any(|listed| listed.eq_ignore_ascii_case(hash));
        let known = |hash: &str| computed.iter().any(|computed| computed.eq_ignore_ascii_case(hash));
        for hash in computed.iter().filter(|hash| !listed(hash)) {
            findings.push(finding(provider, "providerCertificateHash", hash, "not listed"));
        }
        for hash in provider.certificate_hashes.iter().filter(|hash| !known(hash)) {
            findings.push(finding(
                provider,
                "providerCertificateHash",
                "the hash of a certificate of the record",
                hash,
            ));
        }
    }
}

fn required(subject: &DirectorySubject<'_>, _: &Context<'_>, findings: &mut Findings) {
    for provider in providers(subject) {
        let attributes = [
            ("providerName", provider.name.is_empty()),
            ("providerCertificateHash", provider.certificate_hashes.is_empty()),
            ("providerCertificate", provider.certificates.is_empty()),
            ("mailReceipt", provider.mail_receipt.is_empty()),
            ("managedDomains", provider.managed_domains.is_empty()),
        ];
        for (attribute, _) in attributes.into_iter().filter(|(_, absent)| *absent) {
            findings.push(finding(provider, attribute, "a value", "none"));
        }
    }
}

/// RFC 5322 3.2.3.
fn is_dot_atom(text: &str) -> bool {
    let atext = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    text.split('.').all(|atom| !atom.is_empty() && atom.chars().all(atext))
}

fn service_mailbox(subject: &DirectorySubject<'_>, _: &Context<'_>, findings: &mut Findings) {
    for provider in providers(subject).filter(|provider| !provider.mail_receipt.is_empty()) {
        let address = &provider.mail_receipt;
        if !address.split_once('@').is_some_and(|(local, domain)| is_dot_atom(local) && is_dot_atom(domain)) {
            findings.push(finding(provider, "mailReceipt", "local@domain, both dot-atoms", address));
        }
    }
}

fn domains(subject: &DirectorySubject<'_>, _: &Context<'_>, findings: &mut Findings) {
    for provider in providers(subject) {
        for domain in provider.managed_domains.iter().filter(|domain| !is_dot_atom(domain)) {
            findings.push(finding(provider, "managedDomains", "a domain in dot-atom form", domain));
        }
    }
}

fn main_environment(subject: &DirectorySubject<'_>, _: &Context<'_>, findings: &mut Findings) {
    for provider in providers(subject) {
        let unit_in_name = provider.dn.to_ascii_lowercase().starts_with("providerunit=");
        if unit_in_name != provider.unit.is_some() {
            let expected = "providerUnit in the record exactly where the name has it";
            findings.push(finding(provider, "providerUnit", expected, provider.unit.as_deref().unwrap_or("none")));
        }
        let is_main = |other: &Provider| other.unit.is_none() && other.name.eq_ignore_ascii_case(&provider.name);
        if provider.unit.is_some() && !providers(subject).any(is_main) {
            findings.push(finding(
                provider,
                "providerName",
                "a provider with a record for its main environment",
                &provider.name,
            ));
        }
    }
}

fn secondary(subject: &DirectorySubject<'_>, _: &Context<'_>, findings: &mut Findings) {
    for provider in providers(subject).filter(|provider| provider.unit.is_some()) {
        if let Some(url) = &provider.ldif_location {
            findings.push(finding(provider, "LDIFLocationURL", "none in a secondary environment", url));
        }
    }
}

fn https(subject: &DirectorySubject<'_>, _: &Context<'_>, findings: &mut Findings) {
    for provider in providers(subject) {
        let url = provider.ldif_location.iter().find(|url| !url.to_ascii_lowercase().starts_with("https://"));
        if let Some(url) = url {
            findings.push(finding(provider, "LDIFLocationURL", "an https address", url));
        }
    }
}
