//! The certificates that the records list (RFC 6109 4.5, 4.5.2); their profile is another family's.

use crate::{
    directory::Provider,
    norm::{
        Level,
        clauses::{directory as norm, model},
    },
    rules::{Check, Context, DirectorySubject, Findings, Rule},
    smime::Certificate,
};

pub static RULES: &[Rule] = &[
    Rule {
        id: "directory/certificate",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_2],
        question: "Is each providerCertificate an X.509 certificate?",
        consequence: "Messages signed by the provider are taken for ordinary mail.",
        check: Check::Directory { applies: with_certificates, check: readable },
    },
    Rule {
        id: "directory/certificate-address",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_FROM_IS_SIGNER, &model::RFC6109_2_2_6_ADDRESS],
        question: "Is the address in each listed certificate posta-certificata@ a domain that is not another provider's?",
        consequence: "No message can have the certificate's address as its sender and the provider's as well.",
        check: Check::Directory { applies: with_certificates, check: address },
    },
    Rule {
        id: "directory/certificate-valid",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_RENEWAL],
        question: "Does each record list a certificate within its validity?",
        consequence: "Whatever the provider signs is refused or taken for ordinary mail.",
        check: Check::Directory {
            // A directory given beside old mail says nothing of the mail's day.
            applies: |subject| subject.from.is_some() && with_certificates(subject),
            check: valid,
        },
    },
    Rule {
        id: "directory/renewal-overlap",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_RENEWAL],
        question: "Do the validities of a record's certificates overlap, one with the next?",
        consequence: "Between two certificates the provider cannot sign, and its service stands still.",
        check: Check::Directory {
            applies: |subject| subject.providers().iter().any(|provider| provider.certificates.len() > 1),
            check: overlap,
        },
    },
];

fn with_certificates(subject: &DirectorySubject<'_>) -> bool {
    subject.providers().iter().any(|provider| !provider.certificates.is_empty())
}

fn readable(subject: &DirectorySubject<'_>, _: &Context<'_>, findings: &mut Findings) {
    for provider in subject.providers() {
        for problem in provider.certificates.iter().filter_map(|der| Certificate::read(der).err()) {
            findings.push(super::finding(provider, "providerCertificate", "an X.509 certificate", problem));
        }
    }
}

fn certificates(provider: &Provider) -> impl Iterator<Item = Certificate> {
    provider.certificates.iter().filter_map(|der| Certificate::read(der).ok())
}

fn address(subject: &DirectorySubject<'_>, context: &Context<'_>, findings: &mut Findings) {
    let is_own = |provider: &Provider, domain: &str| {
        let mut managers = context.directory.into_iter().flat_map(|directory| directory.managing(domain)).peekable();
        managers.peek().is_none() || managers.any(|manager| manager.name.eq_ignore_ascii_case(&provider.name))
    };
    let is_right = |provider: &Provider, email: &str| {
        email
            .rsplit_once('@')
            .is_some_and(|(local, domain)| local.eq_ignore_ascii_case("posta-certificata") && is_own(provider, domain))
    };
    for provider in subject.providers() {
        // One without any address breaks the profile (5.5.1), which is another question.
        for certificate in certificates(provider).filter(|certificate| !certificate.emails.is_empty()) {
            if !certificate.emails.iter().any(|email| is_right(provider, email)) {
                let expected = format!("posta-certificata@ a domain of {}", provider.name);
                let found = certificate.emails.join(", ");
                findings.push(super::finding(provider, "providerCertificate", &expected, found));
            }
        }
    }
}

fn valid(subject: &DirectorySubject<'_>, context: &Context<'_>, findings: &mut Findings) {
    for provider in subject.providers() {
        let mut listed = certificates(provider).peekable();
        if listed.peek().is_some() && !listed.any(|certificate| certificate.is_valid_at(context.observed)) {
            let spans: Vec<String> = certificates(provider).map(|certificate| span(&certificate)).collect();
            let expected = format!("one valid at {}", context.observed);
            findings.push(super::finding(provider, "providerCertificate", &expected, spans.join(", ")));
        }
    }
}

fn overlap(subject: &DirectorySubject<'_>, _: &Context<'_>, findings: &mut Findings) {
    for provider in subject.providers() {
        let mut listed: Vec<Certificate> = certificates(provider).collect();
        listed.sort_by_key(|certificate| certificate.not_before);
        let mut covered = listed.first().map(|first| first.not_after);
        for next in listed.iter().skip(1) {
            if covered.is_some_and(|until| next.not_before > until) {
                let until = covered.map(|until| until.to_string()).unwrap_or_default();
                let expected = format!("the next certificate from {until} or before");
                findings.push(super::finding(provider, "providerCertificate", &expected, span(next)));
            }
            covered = covered.max(Some(next.not_after));
        }
    }
}

fn span(certificate: &Certificate) -> String {
    format!("{} to {}", certificate.not_before, certificate.not_after)
}
