//! The records by the schema (RFC 6109 4.5.1 to 4.5.9): names, classes, attributes.

use std::collections::BTreeSet;

use super::folded;

use crate::{
    directory::{
        Provider,
        ldif::Record,
        name::{self, Part},
    },
    norm::{Level, clauses::directory as norm},
    rules::{Check, DirectorySubject, Finding, Findings, Rule, at, not_empty, when},
};

/// What a provider's record may hold, in lower case (4.5.9).
const ATTRIBUTES: [&str; 9] = [
    "objectclass",
    "providercertificatehash",
    "providercertificate",
    "providername",
    "mailreceipt",
    "manageddomains",
    "description",
    "ldiflocationurl",
    "providerunit",
];

/// What a directory server writes of its own work beside what it was given (RFC 4512 3.4, RFC 4530), in lower case.
const OPERATIONAL: [&str; 12] = [
    "structuralobjectclass",
    "governingstructurerule",
    "entryuuid",
    "entrydn",
    "entrycsn",
    "contextcsn",
    "creatorsname",
    "createtimestamp",
    "modifiersname",
    "modifytimestamp",
    "subschemasubentry",
    "hassubordinates",
];

pub static RULES: &[Rule] = &[
    Rule {
        id: "directory/root",
        level: Level::Should,
        clauses: &[&norm::RFC6109_4_5_ROOT],
        question: "Does a directory of several providers have its root record, o=postacert?",
        consequence: "A directory server refuses records whose parent does not exist.",
        check: Check::Directory(|subject, _| {
            is_of_several(subject).then(|| {
                // What cannot be read may be it.
                let none = subject.is_whole() && !subject.records().any(|record| is_root(&record));
                when(none, || Finding::new("a record o=postacert", "none", "records"))
            })
        }),
    },
    Rule {
        id: "directory/record-name",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_NAME],
        question: "Is each provider's record named after its providerName and providerUnit, below o=postacert?",
        consequence: "The record does not replace the one it should, and the provider is listed twice or not at all.",
        check: Check::Directory(|subject, _| {
            let misnamed = super::listed(subject)?.filter(|provider| !is_named_after_itself(provider));
            let finding = |provider: &Provider| {
                let unit = provider.unit.as_ref().map(|unit| format!("providerUnit={unit},")).unwrap_or_default();
                let expected = format!("{unit}providerName={},o=postacert", provider.name);
                super::finding(provider, "dn", &expected, &provider.dn)
            };
            Some(misnamed.map(finding).collect())
        }),
    },
    Rule {
        id: "directory/record-class",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_5_9_CLASS],
        question: "Is each record below the root of class provider?",
        consequence: "Nobody sees a provider in the record, and its users' mail is taken for ordinary mail.",
        check: Check::Directory(|subject, _| {
            let below_root = not_empty(subject.records().filter(|record| !is_root(record)))?;
            let finding = |record: Record<'_>| {
                let classes = record.named("objectclass");
                let classes: Vec<_> = classes.map(|class| String::from_utf8_lossy(&class.value).into_owned()).collect();
                Finding::new("provider", classes.join(", "), at::record(&record.dn()).detail("objectclass"))
            };
            Some(below_root.filter(|record| !record.is_provider()).map(finding).collect())
        }),
    },
    Rule {
        id: "directory/record-attributes",
        level: Level::Should,
        clauses: &[&norm::RFC6109_4_5_9_MAY],
        question: "Does each provider's record hold attributes of its class only?",
        consequence: "A directory server that keeps to the schema refuses the record.",
        check: Check::Directory(|subject, _| {
            if subject.providers().is_empty() {
                return None;
            }
            let mut findings = Findings::new();
            for record in subject.records().filter(Record::is_provider) {
                let held: BTreeSet<String> = record.attributes().map(|attribute| attribute.name).collect();
                let is_known = |name: &str| ATTRIBUTES.contains(&name) || OPERATIONAL.contains(&name);
                for other in held.into_iter().filter(|name| !is_known(name)) {
                    findings.push(Finding::new("attributes of class provider", other, at::record(&record.dn())));
                }
            }
            Some(findings)
        }),
    },
    Rule {
        id: "directory/certificate-binary",
        level: Level::Should,
        clauses: &[&norm::RFC6109_4_5_2_BINARY],
        question: "Are certificates given as providerCertificate;binary?",
        consequence: "A directory server that keeps to the syntax of certificates refuses them.",
        check: Check::Directory(|subject, _| {
            let records = subject.records().filter(|record| record.named("providercertificate").next().is_some());
            let mut findings = Findings::new();
            for record in not_empty(records)? {
                let plain = |options: &[String]| !options.iter().any(|option| option == "binary");
                for given in record.named("providercertificate").filter(|given| plain(&given.options)) {
                    let place = at::record(&record.dn()).at_line(given.line);
                    findings.push(Finding::new("providerCertificate;binary", "without that option", place));
                }
            }
            Some(findings)
        }),
    },
];

fn is_root(record: &Record<'_>) -> bool {
    matches!(&name::read(&record.dn()).as_deref(), Some([only]) if is_postacert(only))
}

fn is_postacert(part: &Part) -> bool {
    matches!(&*part.attribute, "o" | "organizationname" | "2.5.4.10") && part.value.eq_ignore_ascii_case("postacert")
}

fn is_of_several(subject: &DirectorySubject<'_>) -> bool {
    let mut names = subject.providers().iter().map(|provider| provider.name.to_lowercase());
    let first = names.next();
    names.any(|name| Some(name) != first)
}

/// Whether a unit stands in both or in neither is another rule's question.
fn is_named_after_itself(provider: &Provider) -> bool {
    let Some(parts) = name::read(&provider.dn) else { return false };
    let (unit, rest) = match &parts[..] {
        [unit, rest @ ..] if unit.attribute == "providerunit" => (Some(unit), rest),
        rest => (None, rest),
    };
    let [name, root] = rest else { return false };
    let unit_agrees = match (unit, &provider.unit) {
        (Some(unit), Some(own)) => same(&unit.value, own),
        _ => true,
    };
    unit_agrees && name.attribute == "providername" && same(&name.value, &provider.name) && is_postacert(root)
}

/// caseIgnoreMatch (RFC 4517 4.2.11).
fn same(a: &str, b: &str) -> bool {
    folded(a) == folded(b)
}
