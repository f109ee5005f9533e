//! What several providers claim at a time, and what nobody can own (RFC 6109 4.5.4, 4.5.5).

use std::collections::BTreeMap;

use super::folded;
use crate::{
    directory::Provider,
    norm::{Level, clauses::directory as norm},
    rules::{Check, Findings, Rule},
};

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "directory/domain-of-one",
        level: Level::Should,
        clauses: &[&norm::RFC6109_4_5_5_ONE_PROVIDER],
        question: "Is each mail domain managed by one provider?",
        consequence: "Whose word counts for the domain's users depends on which record is found first.",
        check: Check::Directory(|subject, _| {
            let domains = |provider: &'_ Provider| provider.managed_domains.clone();
            Some(claimed_twice(super::listed(subject)?, domains, "managedDomains", "a domain of one provider"))
        }),
    },
    Rule {
        id: "directory/own-service-mailbox",
        level: Level::May,
        clauses: &[&norm::RFC6109_4_5_4_OWN],
        question: "Has each provider a service mailbox of its own?",
        consequence: "One provider gets the server-server acceptances of another's messages.",
        check: Check::Directory(|subject, _| {
            let mailbox = |provider: &'_ Provider| vec![provider.mail_receipt.clone()];
            let expected = "a mailbox of this provider alone";
            Some(claimed_twice(super::listed(subject)?, mailbox, "mailReceipt", expected))
        }),
    },
    Rule {
        id: "directory/domain-labels",
        level: Level::May,
        clauses: &[&norm::RFC6109_4_5_5_LABELS],
        question: "Has each managed domain two labels or more?",
        consequence: "A name without a dot is no mail domain on the Internet, or it stands for a whole top-level domain.",
        check: Check::Directory(|subject, _| {
            let single = |domain: &&String| super::is_domain(domain) && !domain.contains('.');
            let mut findings = Findings::new();
            for provider in super::listed(subject)? {
                for domain in provider.managed_domains.iter().filter(single) {
                    findings.push(super::finding(provider, "managedDomains", "a name with a dot", domain));
                }
            }
            Some(findings)
        }),
    },
];

/// Reports what a provider claims that another one, by its name, claims before it.
fn claimed_twice<'a>(
    providers: impl Iterator<Item = &'a Provider>,
    claims: fn(&Provider) -> Vec<String>,
    attribute: &str,
    expected: &str,
) -> Findings {
    let mut findings = Findings::new();
    let mut owners: BTreeMap<String, &Provider> = BTreeMap::new();
    for provider in providers {
        for claim in claims(provider).into_iter().filter(|claim| !claim.is_empty()) {
            let owner = owners.entry(claim.to_ascii_lowercase()).or_insert(provider);
            if folded(&owner.name) != folded(&provider.name) {
                let found = format!("{claim}, also of {}", owner.name);
                findings.push(super::finding(provider, attribute, expected, found));
            }
        }
    }
    findings
}
