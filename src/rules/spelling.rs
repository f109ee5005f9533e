//! When two spellings are one value, and how a value is shown.

use crate::message::{Entity, Header, Mail};

pub use crate::message::mail::canonical as collapsed;

/// Whether two mail addresses are the same, letter case ignored as everywhere in PEC.
pub fn same_address(one: &str, other: &str) -> bool {
    one.trim().eq_ignore_ascii_case(other.trim())
}

/// An address as [`same_address`] compares it.
pub fn folded_address(address: &str) -> String {
    address.trim().to_ascii_lowercase()
}

/// Whether two message identifiers are the same, with or without angle brackets.
pub fn same_identifier(one: &str, other: &str) -> bool {
    bare_identifier(one) == bare_identifier(other)
}

/// A message identifier without its angle brackets.
pub fn bare_identifier(identifier: &str) -> &str {
    let trimmed = identifier.trim();
    trimmed.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')).unwrap_or(trimmed)
}

/// `local@domain` and nothing more: no display name, no angle brackets, no blanks.
pub fn is_bare_address(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(local, domain)| {
        let plain = |part: &str| {
            !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || matches!(c, '@' | '<' | '>' | ',' | ';'))
        };
        plain(domain) && (plain(local) || (local.len() > 2 && local.starts_with('"') && local.ends_with('"')))
    })
}

/// A name as letters and digits only, in lower case: how providers' names are compared.
pub fn folded_name(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A header field's value for comparison octet by octet: folds and runs of blanks as one blank.
pub fn unfolded_octets(mail: &Mail, header: &Header) -> Vec<u8> {
    mail.bytes(&header.value)
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(&b' ')
}

/// What the first field of a name holds, for a finding: unfolded, or `no such field`.
pub fn shown_field(mail: &Mail, name: &str) -> String {
    mail.field(name).unwrap_or_else(|| "no such field".to_owned())
}

/// A part's type and name, for a finding.
pub fn shown_part(part: &Entity) -> String {
    part.file_name().map_or_else(|| part.content_type.clone(), |name| format!("{} named {name}", part.content_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_bare_only_without_name_brackets_and_blanks() {
        assert!(is_bare_address("mario.rossi@alfa.example") && is_bare_address("\"mario rossi\"@alfa.example"));
        for wrong in [
            "",
            "mario",
            "mario@@alfa.example",
            "a@b@alfa.example",
            "@alfa.example",
            "mario@",
            "<mario@alfa.example>",
            "Mario mario@alfa.example",
        ] {
            assert!(!is_bare_address(wrong), "{wrong}");
        }
    }

    #[test]
    fn names_differ_neither_by_case_nor_by_punctuation() {
        assert_eq!(folded_name("ALFA Posta, s.p.a."), folded_name("Alfa Posta S.p.A."));
        assert_ne!(folded_name("Alfa"), folded_name("Bravo"));
    }
}
