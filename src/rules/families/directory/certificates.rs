//! The certificates that the records list (RFC 6109 4.5, 4.5.2); their profile is another family's.

use std::sync::Arc;

use jiff::Timestamp;

use crate::{
    directory::Provider,
    norm::{
        Level,
        clauses::{directory as norm, model},
    },
    rules::{Check, Context, DirectorySubject, Finding, Findings, Rule, not_empty},
    smime::Certificate,
};

pub static RULES: &[Rule] = &[
    Rule {
        id: "directory/certificate",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_2],
        question: "Is each providerCertificate an X.509 certificate?",
        consequence: "Messages signed by the provider are taken for ordinary mail.",
        check: Check::Directory(|subject, _| {
            let listed = with_certificates(subject)?;
            let ders = listed.flat_map(|provider| provider.certificates.iter().map(move |der| (provider, der)));
            let problems = ders.filter_map(|(provider, der)| Some((provider, Certificate::known(der).err()?)));
            let told = problems.map(|(provider, problem)| finding(provider, "an X.509 certificate", problem));
            Some(told.collect())
        }),
    },
    Rule {
        id: "directory/certificate-address",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_1_FROM_IS_SIGNER, &model::RFC6109_2_2_6_ADDRESS],
        question: "Is the address in each listed certificate posta-certificata@ a domain that is not another provider's?",
        consequence: "No message can have the certificate's address as its sender and the provider's as well.",
        check: Check::Directory(|subject, context| {
            Some(with_certificates(subject)?.flat_map(|provider| strange_addresses(provider, context)).collect())
        }),
    },
    Rule {
        id: "directory/certificate-valid",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_RENEWAL],
        question: "Does each record list a certificate within its validity?",
        consequence: "Whatever the provider signs is refused or taken for ordinary mail.",
        check: Check::Directory(|subject, context| {
            // A directory given beside old mail says nothing of the mail's day.
            subject.from?;
            Some(with_certificates(subject)?.filter_map(|provider| none_valid(provider, context.observed)).collect())
        }),
    },
    Rule {
        id: "directory/renewal-overlap",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_RENEWAL],
        question: "Do the validities of a record's certificates overlap, one with the next?",
        consequence: "Between two certificates the provider cannot sign, and its service stands still.",
        check: Check::Directory(|subject, _| {
            let several = not_empty(subject.providers().iter().filter(|provider| provider.certificates.len() > 1))?;
            Some(several.flat_map(|provider| gaps(provider)).collect())
        }),
    },
];

/// Providers' records with a certificate, where there are any.
fn with_certificates<'a>(subject: &DirectorySubject<'a>) -> Option<impl Iterator<Item = &'a Provider> + use<'a>> {
    let listed = not_empty(super::listed(subject)?.filter(|provider| !provider.certificates.is_empty()))?;
    Some(listed)
}

fn certificates(provider: &Provider) -> impl Iterator<Item = Arc<Certificate>> {
    provider.certificates.iter().filter_map(|der| Certificate::known(der).ok())
}

fn finding(provider: &Provider, expected: &str, found: impl AsRef<str>) -> Finding {
    super::finding(provider, "providerCertificate", expected, found)
}

fn strange_addresses(provider: &Provider, context: &Context<'_>) -> Findings {
    let is_own = |domain: &str| {
        let mut managers = context.directory.into_iter().flat_map(|directory| directory.managing(domain)).peekable();
        managers.peek().is_none() || managers.any(|manager| manager.name.eq_ignore_ascii_case(&provider.name))
    };
    let is_right = |email: &String| {
        let parts = email.rsplit_once('@');
        parts.is_some_and(|(local, domain)| local.eq_ignore_ascii_case("posta-certificata") && is_own(domain))
    };
    // One without any address breaks the profile (5.5.1), which is another question.
    let strange =
        |certificate: &Arc<Certificate>| !certificate.emails.is_empty() && !certificate.emails.iter().any(is_right);
    let told = |certificate: Arc<Certificate>| {
        let expected = format!("posta-certificata@ a domain of {}", provider.name);
        finding(provider, &expected, certificate.emails.join(", "))
    };
    certificates(provider).filter(strange).map(told).collect()
}

fn none_valid(provider: &Provider, at: Timestamp) -> Option<Finding> {
    let listed: Vec<Arc<Certificate>> = certificates(provider).collect();
    let none = !listed.is_empty() && !listed.iter().any(|certificate| certificate.is_valid_at(at));
    none.then(|| {
        let spans: Vec<String> = listed.iter().map(|certificate| span(certificate)).collect();
        finding(provider, &format!("one valid at {at}"), spans.join(", "))
    })
}

fn gaps(provider: &Provider) -> Findings {
    let mut listed: Vec<Arc<Certificate>> = certificates(provider).collect();
    listed.sort_by_key(|certificate| certificate.not_before);
    let mut findings = Findings::new();
    let mut certificates = listed.iter();
    let Some(mut covered) = certificates.next().map(|first| first.not_after) else { return findings };
    for next in certificates {
        if next.not_before > covered {
            findings.push(finding(provider, &format!("the next certificate from {covered} or before"), span(next)));
        }
        covered = covered.max(next.not_after);
    }
    findings
}

fn span(certificate: &Certificate) -> String {
    format!("{} to {}", certificate.not_before, certificate.not_after)
}
