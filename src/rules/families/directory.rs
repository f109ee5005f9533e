//! The providers' directory (RFC 6109 4.5).

pub(in crate::rules) mod certificates;
pub(in crate::rules) mod schema;
pub(in crate::rules) mod shared;
pub(in crate::rules) mod signed;

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use crate::{
    directory::{
        LdifError, Provider,
        ldif::{Mistakes, Record},
    },
    norm::{Level, clauses::directory as norm},
};

use crate::rules::{Check, DirectorySubject, Finding, Findings, Rule, at, not_empty, spelling::collapsed};

pub static RULES: &[Rule] = &[
    Rule {
        id: "directory/readable",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_LDIF, &norm::RFC6109_4_5_3, &norm::RFC6109_4_5_6_UTF_8],
        question: "Is the directory an LDIF file, and each of its records readable?",
        consequence: "No provider can tell which mail is certified.",
        check: Check::Directory(|subject, _| {
            subject.file.content.as_ref()?;
            Some(readable(subject))
        }),
    },
    Rule {
        id: "directory/certificate-hash",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_1],
        question: "Does each record list the SHA-1 hash of each of its certificates, and no other?",
        consequence: "Messages signed by the provider are taken for ordinary mail.",
        check: Check::Directory(|subject, _| Some(listed(subject)?.flat_map(hashes).collect())),
    },
    Rule {
        id: "directory/required-attributes",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_9, &norm::RFC6109_4_5_3],
        question: "Does each record have name, certificate, hash, service mailbox and managed domains?",
        consequence: "The provider cannot be recognised, or gets no server-server acceptances.",
        check: Check::Directory(|subject, _| Some(listed(subject)?.flat_map(required).collect())),
    },
    Rule {
        id: "directory/service-mailbox-form",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_4],
        question: "Is each service mailbox one bare address of dot-atoms?",
        consequence: "Server-server acceptances and virus detections cannot be sent.",
        check: Check::Directory(|subject, _| Some(listed(subject)?.filter_map(service_mailbox).collect())),
    },
    Rule {
        id: "directory/domain-form",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_5],
        question: "Is each managed domain a domain name, without wildcards?",
        consequence: "Certified recipients are taken for ordinary ones.",
        check: Check::Directory(|subject, _| Some(listed(subject)?.flat_map(domains).collect())),
    },
    Rule {
        id: "directory/main-environment",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_7],
        question: "Does each provider have one record without providerUnit, in attribute and name alike?",
        consequence: "The provider's main environment cannot be found.",
        check: Check::Directory(|subject, _| Some(main_environment(subject, listed(subject)?))),
    },
    Rule {
        id: "directory/secondary-without-url",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_6_SECONDARY],
        question: "Are records of secondary environments without LDIFLocationURL?",
        consequence: "The central directory fetches one provider's record from two places.",
        check: Check::Directory(|subject, _| Some(listed(subject)?.filter_map(secondary).collect())),
    },
    Rule {
        id: "directory/url-https",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_6_HTTPS],
        question: "Is each LDIFLocationURL an HTTPS address?",
        consequence: "The directory can be changed on the way.",
        check: Check::Directory(|subject, _| located_otherwise(subject, is_https, "an https address")),
    },
    Rule {
        id: "directory/url-p7m",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_P7M],
        question: "Does each LDIFLocationURL name a .p7m file?",
        consequence: "The central directory expects a signed file there and may not take another.",
        check: Check::Directory(|subject, _| located_otherwise(subject, is_p7m, "a file named .p7m")),
    },
];

fn readable(subject: &DirectorySubject<'_>) -> Findings {
    let mut findings = Findings::new();
    let mistakes = match subject.read {
        Ok(directory) => &directory.mistakes,
        Err(error) => &Mistakes { told: vec![error.clone()], more: 0 },
    };
    for LdifError { line, dn, problem } in &mistakes.told {
        let place = dn.as_ref().map_or_else(|| format!("line {line}"), |dn| format!("{dn} line {line}"));
        findings.push(Finding::new("an LDIF file (RFC 2849)", problem, place));
    }
    if mistakes.more > 0 {
        let found = format!("{} more that cannot be read", mistakes.more);
        findings.push(Finding::new("an LDIF file (RFC 2849)", found, "records"));
    }
    findings
}

/// The providers' records, where there are any.
pub(super) fn listed<'a>(
    subject: &DirectorySubject<'a>,
) -> Option<impl Iterator<Item = &'a Provider> + Clone + use<'a>> {
    let providers = subject.providers();
    (!providers.is_empty()).then(|| providers.iter().map(|provider| &**provider))
}

pub(super) fn finding(provider: &Provider, attribute: &str, expected: &str, found: impl AsRef<str>) -> Finding {
    Finding::new(expected, found, at::record(&provider.dn).detail(attribute))
}

fn hashes(provider: &Provider) -> Findings {
    let computed: BTreeSet<String> = provider.certificates.iter().map(|der| sha1(der)).collect();
    let listed: BTreeSet<String> = provider.certificate_hashes.iter().map(|hash| hash.to_ascii_uppercase()).collect();
    let lacking = computed.difference(&listed).map(|hash| (hash.as_str(), "not listed"));
    let strange = listed.difference(&computed).map(|hash| ("the hash of a certificate of the record", hash.as_str()));
    let told = lacking.chain(strange);
    told.map(|(expected, found)| finding(provider, "providerCertificateHash", expected, found)).collect()
}

/// SHA-1 in upper-case hexadecimal, of whatever stands there.
fn sha1(der: &[u8]) -> String {
    let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, der);
    digest.as_ref().iter().fold(String::with_capacity(40), |hex, byte| hex + &format!("{byte:02X}"))
}

fn required(provider: &Provider) -> impl Iterator<Item = Finding> {
    let attributes = [
        ("providerName", provider.name.is_empty()),
        ("providerCertificateHash", provider.certificate_hashes.is_empty()),
        ("providerCertificate", provider.certificates.is_empty()),
        ("mailReceipt", provider.mail_receipt.is_empty()),
        ("managedDomains", provider.managed_domains.is_empty()),
    ];
    let absent = attributes.into_iter().filter(|(_, absent)| *absent);
    absent.map(|(attribute, _)| finding(provider, attribute, "a value", "none"))
}

/// A provider's name as LDAP compares it (caseIgnoreMatch, RFC 4517 4.2.11).
pub(super) fn folded(name: &str) -> String {
    collapsed(name).to_lowercase()
}

/// RFC 5322 3.2.3.
fn is_dot_atom(text: &str) -> bool {
    let atext = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    text.split('.').all(|atom| !atom.is_empty() && atom.chars().all(atext))
}

/// A mail domain: SMTP and RFC 1034 leave of a dot-atom letters, digits and hyphens. Underscores are in use.
pub(super) fn is_domain(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    is_dot_atom(text) && text.split('.').all(|label| label.chars().all(is_part))
}

fn service_mailbox(provider: &Provider) -> Option<Finding> {
    let address = &provider.mail_receipt;
    let right = address.split_once('@').is_some_and(|(local, domain)| is_dot_atom(local) && is_dot_atom(domain));
    let wrong = !address.is_empty() && !right;
    wrong.then(|| finding(provider, "mailReceipt", "local@domain, both dot-atoms", address))
}

fn domains(provider: &Provider) -> impl Iterator<Item = Finding> {
    let expected = "labels of letters, digits and hyphens with dots between them";
    let wrong = provider.managed_domains.iter().filter(|domain| !is_domain(domain));
    wrong.map(move |domain| finding(provider, "managedDomains", expected, domain))
}

fn main_environment<'a>(
    subject: &DirectorySubject<'a>,
    providers: impl Iterator<Item = &'a Provider> + Clone,
) -> Findings {
    let mut findings = Findings::new();
    let mut main: BTreeMap<String, &Provider> = BTreeMap::new();
    for provider in providers.clone() {
        let unit_in_name = provider.dn.to_ascii_lowercase().starts_with("providerunit=");
        if unit_in_name != provider.unit.is_some() {
            let expected = "providerUnit in the record exactly where the name has it";
            findings.push(finding(provider, "providerUnit", expected, provider.unit.as_deref().unwrap_or("none")));
        } else if provider.unit.is_none()
            && let Some(first) = main.get(&folded(&provider.name))
        {
            let expected = "one record without providerUnit for a provider";
            findings.push(finding(provider, "dn", expected, format!("a second one, beside {}", first.dn)));
        }
        if provider.unit.is_none() {
            main.entry(folded(&provider.name)).or_insert(provider);
        }
    }
    // What cannot be read may be the record that is missing.
    for provider in providers.filter(|provider| provider.unit.is_some() && subject.is_whole()) {
        if !main.contains_key(&folded(&provider.name)) {
            let expected = "a provider with a record for its main environment";
            findings.push(finding(provider, "providerName", expected, &provider.name));
        }
    }
    findings
}

fn secondary(provider: &Provider) -> Option<Finding> {
    let url = provider.ldif_location.as_ref().filter(|_| provider.unit.is_some())?;
    Some(finding(provider, "LDIFLocationURL", "none in a secondary environment", url))
}

fn is_https(url: &str) -> bool {
    url.to_ascii_lowercase().starts_with("https://")
}

fn is_p7m(url: &str) -> bool {
    let path = url.split_once(['?', '#']).map_or(url, |(path, _)| path);
    path.to_ascii_lowercase().ends_with(".p7m")
}

/// Every LDIFLocationURL that is not as it should be; `None` where there is none.
fn located_otherwise(subject: &DirectorySubject<'_>, right: fn(&str) -> bool, expected: &str) -> Option<Findings> {
    let locations = not_empty(locations(subject))?;
    let finding = |(record, url): (Record<'_>, String)| {
        Finding::new(expected, url, at::record(&record.dn()).detail("LDIFLocationURL"))
    };
    Some(locations.filter(|(_, url)| !right(url)).map(finding).collect())
}

/// Every LDIFLocationURL, the base record's too.
fn locations<'a>(subject: &DirectorySubject<'a>) -> impl Iterator<Item = (Record<'a>, String)> + use<'a> {
    subject.records().flat_map(|record| {
        record.named("ldiflocationurl").filter_map(move |location| Some((record, location.text().ok()?)))
    })
}
