//! Distinguished names of directory records, read (RFC 4514).

/// One `attribute=value` of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// In lower case.
    pub attribute: String,
    /// Without escapes; blanks around it left out.
    pub value: String,
}

/// The parts of a name, the record's own first; `None` where it is no name or a part has several values (`+`).
pub fn read(dn: &str) -> Option<Vec<Part>> {
    split(dn, ',').map(part).collect()
}

fn part(text: &str) -> Option<Part> {
    let (attribute, value) = text.split_once('=')?;
    let attribute = attribute.trim().to_ascii_lowercase();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    if attribute.is_empty() || !attribute.chars().all(is_name) || split(value, '+').count() > 1 {
        return None;
    }
    Some(Part { attribute, value: unescaped(value)? })
}

/// The pieces between separators that are not escaped.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut is_escaped = false;
    text.split(move |c| {
        let separates = c == separator && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        separates
    })
}

/// RFC 4514 2.4: `\,` for a character, `\e0` for an octet of UTF-8.
fn unescaped(value: &str) -> Option<String> {
    let bytes = value.trim_start().as_bytes();
    let mut octets = Vec::with_capacity(bytes.len());
    let mut solid = 0;
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1..at + 3).and_then(hex), bytes.get(at + 1)) {
            (b'\\', Some(octet), _) => {
                octets.push(octet);
                (at, solid) = (at + 3, octets.len());
            }
            (b'\\', None, Some(escaped)) => {
                octets.push(*escaped);
                (at, solid) = (at + 2, octets.len());
            }
            (b'\\', None, None) => return None,
            (plain, ..) => {
                octets.push(plain);
                at += 1;
            }
        }
    }
    // Blanks at the end go unless they were escaped.
    let end = octets.iter().rposition(|octet| *octet != b' ').map_or(0, |last| last + 1);
    octets.truncate(end.max(solid));
    String::from_utf8(octets).ok()
}

fn hex(pair: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(pair[0])? << 4 | digit(pair[1])?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::export;

    fn values(dn: &str) -> Option<Vec<(String, String)>> {
        Some(read(dn)?.into_iter().map(|part| (part.attribute, part.value)).collect())
    }

    #[test]
    fn a_name_is_read_with_its_escapes() {
        let parts = |parts: &[(&str, &str)]| {
            Some(parts.iter().map(|(attribute, value)| ((*attribute).to_owned(), (*value).to_owned())).collect())
        };
        assert_eq!(
            values("providerUnit=Uno, ProviderName = Carta\\, Penna \\2b C. ,o=postacert"),
            parts(&[("providerunit", "Uno"), ("providername", "Carta, Penna + C."), ("o", "postacert")])
        );
        assert_eq!(values("o=Societ\\c3\\a0\\ "), parts(&[("o", "Società ")]));
        for (name, unit) in [("Carta, Penna & C.", None), (" X\\", Some("#1")), ("<a>;\"b\"+c", Some("=")), ("è", None)]
        {
            let dn = export::dn(name, unit);
            let mut wanted: Vec<_> = unit.map(|unit| ("providerunit", unit)).into_iter().collect();
            wanted.extend([("providername", name), ("o", "postacert")]);
            assert_eq!(values(&dn), parts(&wanted), "{dn}");
        }
    }

    #[test]
    fn what_is_no_name_is_none() {
        for dn in ["", "postacert", "=x", "o=x,", "o=x\\", "cn=a+sn=b", "o=\\ff", "a b=c"] {
            assert_eq!(read(dn), None, "{dn}");
        }
    }
}
