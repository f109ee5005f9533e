//! Distinguished names in print. Older Italian certificates write them in T.61 or UCS-2, which libraries leave as bytes.

use const_oid::ObjectIdentifier;
use const_oid::db::{rfc3280::EMAIL_ADDRESS, rfc4519};
use der::{Any, Tag, Tagged};
use x509_cert::{
    attr::AttributeTypeAndValue,
    name::{Name, RelativeDistinguishedName},
};

/// `C=IT, O=..., CN=...` in the order of the certificate; separators and whatever a terminal would obey are escaped.
pub fn print(name: &Name) -> String {
    let parts = name.iter_rdn().map(|part| {
        let pairs = part.iter().map(|pair| format!("{}={}", label(pair.oid), escape(&text(&pair.value))));
        pairs.collect::<Vec<_>>().join(" + ")
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// The values of an attribute, decoded.
pub fn values(name: &Name, attribute: ObjectIdentifier) -> Vec<String> {
    name.iter().filter(|pair| pair.oid == attribute).map(|pair| text(&pair.value)).collect()
}

/// A name in the form in which names are compared (RFC 5280 7.1): the text of each attribute without letter case and
/// without blanks that say nothing, whatever string type it is written in; the parts of one level in any order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Folded(Vec<Vec<String>>);

impl Folded {
    /// Of a name.
    pub fn of(name: &Name) -> Self {
        Self(name.iter_rdn().map(folded).collect())
    }

    /// Whether it begins with all levels of another.
    pub fn starts_with(&self, base: &Self) -> bool {
        self.0.starts_with(&base.0)
    }

    /// The name one level below.
    pub fn with(&self, part: &RelativeDistinguishedName) -> Self {
        Self([self.0.as_slice(), &[folded(part)]].concat())
    }
}

fn folded(level: &RelativeDistinguishedName) -> Vec<String> {
    let pair = |pair: &AttributeTypeAndValue| {
        let text = text(&pair.value).to_lowercase();
        format!("{}={}", pair.oid, text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let mut pairs: Vec<String> = level.iter().map(pair).collect();
    pairs.sort_unstable();
    pairs
}

/// An attribute of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameAttribute {
    /// Its short name, such as `C`, or its dotted OID.
    pub label: String,
    /// The ASN.1 type of its value, such as `PrintableString`.
    pub string: String,
    /// Its value, decoded.
    pub value: String,
}

/// Every attribute of a name, in order.
pub fn attributes(name: &Name) -> Vec<NameAttribute> {
    let attribute =
        |oid, value: &Any| NameAttribute { label: label(oid), string: value.tag().to_string(), value: text(value) };
    name.iter().map(|pair| attribute(pair.oid, &pair.value)).collect()
}

/// The text of a string of any of the types that names use; other types as `#` and hexadecimal.
pub fn text(value: &Any) -> String {
    let bytes = value.value();
    match value.tag() {
        Tag::Utf8String => String::from_utf8_lossy(bytes).into_owned(),
        // T.61 as everybody uses it: ISO 8859-1.
        Tag::PrintableString | Tag::Ia5String | Tag::TeletexString | Tag::VisibleString | Tag::NumericString => {
            latin_1(bytes)
        }
        Tag::BmpString => {
            let units = bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], *pair.get(1).unwrap_or(&0)]));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        _ => bytes.iter().fold("#".to_owned(), |hex, byte| hex + &format!("{byte:02x}")),
    }
}

/// Bytes as ISO 8859-1.
pub fn latin_1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=' => escaped.extend(['\\', c]),
            c if c.is_control() || is_invisible(c) => escaped.extend(c.escape_unicode()),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Characters that show nothing and reorder or hide what stands around them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn label(attribute: ObjectIdentifier) -> String {
    let known = match attribute {
        rfc4519::C => "C",
        rfc4519::O => "O",
        rfc4519::OU => "OU",
        rfc4519::CN => "CN",
        rfc4519::L => "L",
        rfc4519::ST => "ST",
        rfc4519::SN => "SN",
        rfc4519::GIVEN_NAME => "givenName",
        rfc4519::TITLE => "title",
        rfc4519::SERIAL_NUMBER => "serialNumber",
        rfc4519::DN_QUALIFIER => "dnQualifier",
        rfc4519::DC => "DC",
        rfc4519::UID => "UID",
        EMAIL_ADDRESS => "emailAddress",
        ORGANIZATION_IDENTIFIER => "organizationIdentifier",
        _ => return attribute.to_string(),
    };
    known.to_owned()
}

/// X.520 organizationIdentifier: the VAT number in the certificates of Italian authorities.
const ORGANIZATION_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.97");

#[cfg(test)]
mod tests {
    use der::Decode;

    use super::*;

    fn decoded(tag: u8, bytes: &[u8]) -> String {
        let length = u8::try_from(bytes.len()).unwrap();
        text(&Any::from_der(&[&[tag, length], bytes].concat()).unwrap())
    }

    #[test]
    fn every_string_type_gives_its_text() {
        assert_eq!(decoded(0x0c, "Società".as_bytes()), "Società");
        assert_eq!(decoded(0x14, b"Societ\xe0"), "Società");
        assert_eq!(decoded(0x1e, b"\0S\0\xe0"), "Sà");
        assert_eq!(decoded(0x1e, b"\0S\0"), "S\0");
        assert_eq!(decoded(0x13, b"IT"), "IT");
        assert_eq!(decoded(0x04, b"\x01\xff"), "#01ff");
    }

    #[test]
    fn a_terminal_sees_no_control_and_no_false_separator() {
        assert_eq!(escape("A\x1b[31m, CN=B\u{202e}"), "A\\u{1b}[31m\\, CN\\=B\\u{202e}");
    }
}
