//! How the attributes of a signing certificate's subject are written (RFC 6109 5.5.1, RFC 5280 4.1.2.4 and appendix A.1).

use crate::{
    norm::{Level, clauses::security},
    smime::certificate::NameAttribute,
};

use crate::rules::{Check, Finding, Rule, at};

/// The rule.
pub static RULES: &[Rule] = &[Rule {
    id: "certificate/subject-attributes",
    level: Level::Must,
    clauses: &[&security::RFC6109_5_5_1_OTHER_ATTRIBUTES],
    question: "Has each attribute of the certificate's subject the type and length that RFC 5280 gives it?",
    consequence: "Strict programs refuse to read the certificate, and with it every message of the provider.",
    check: Check::Certificate(|certificate, _| {
        let finding = |attribute: &NameAttribute| {
            let expected = broken(attribute)?;
            let found = format!("{} {:?}", attribute.string, attribute.value);
            Some(Finding::new(expected, found, at::certificate(format!("subject {}", attribute.label))))
        };
        Some(certificate.subject_attributes.iter().filter_map(finding).collect())
    }),
}];

/// What it should be, where it is not.
fn broken(attribute: &NameAttribute) -> Option<String> {
    let NameAttribute { label, string, value } = attribute;
    let typed = match &**label {
        "C" | "serialNumber" | "dnQualifier" => Some("PrintableString"),
        "emailAddress" | "DC" => Some("IA5String"),
        _ => None,
    };
    if let Some(typed) = typed.filter(|typed| typed != string) {
        return Some(typed.to_owned());
    }
    if label == "C" && !(value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_uppercase())) {
        return Some("a code of two letters (ISO 3166)".to_owned());
    }
    let longest = longest(label)?;
    let length = value.chars().count();
    (!(1..=longest).contains(&length)).then(|| format!("1 to {longest} characters"))
}

/// The upper bounds of RFC 5280, in characters.
fn longest(label: &str) -> Option<usize> {
    match label {
        "O" | "OU" | "CN" | "title" | "serialNumber" => Some(64),
        "L" | "ST" => Some(128),
        "emailAddress" => Some(255),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(label: &str, string: &str, value: &str) -> Option<String> {
        broken(&NameAttribute { label: label.into(), string: string.into(), value: value.into() })
    }

    #[test]
    fn what_rfc_5280_allows_passes() {
        for (label, string, value) in [
            ("C", "PrintableString", "IT"),
            ("O", "UTF8String", "Società di Certificazione S.p.A."),
            ("CN", "TeletexString", "Posta Certificata"),
            ("emailAddress", "IA5String", "a@b.example"),
            ("2.5.4.97", "UTF8String", "VATIT-00000000000"),
        ] {
            assert_eq!(verdict(label, string, value), None, "{label}");
        }
    }

    #[test]
    fn another_type_an_empty_and_an_overlong_value_do_not() {
        for (label, string, value, expected) in [
            ("C", "UTF8String", "IT", "PrintableString"),
            ("C", "PrintableString", "ITA", "a code of two letters (ISO 3166)"),
            ("C", "PrintableString", "it", "a code of two letters (ISO 3166)"),
            ("emailAddress", "UTF8String", "a@b.example", "IA5String"),
            ("OU", "UTF8String", "", "1 to 64 characters"),
            ("CN", "UTF8String", &"x".repeat(65), "1 to 64 characters"),
        ] {
            assert_eq!(verdict(label, string, value).as_deref(), Some(expected), "{label} {value:?}");
        }
    }
}
