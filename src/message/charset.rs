//! Charsets by their names in mail (IANA's, as RFC 2046 4.1.2 has them), and what octets say where no name can be trusted.

use std::borrow::Cow;

use mail_parser::decoders::charsets::{DecoderFnc, map::charset_decoder};

/// IANA's names of ISO-8859-1, and spellings of them that are met, without hyphens, underscores and colons.
const LATIN1: [&str; 8] = ["iso88591", "iso885911987", "isoir100", "latin1", "l1", "ibm819", "cp819", "csisolatin1"];

/// The same of US-ASCII.
const ASCII: [&str; 11] = [
    "usascii",
    "ascii",
    "us",
    "isoir6",
    "ansix3.41968",
    "ansix3.41986",
    "iso646.irv1991",
    "iso646us",
    "ibm367",
    "cp367",
    "csascii",
];

/// Whether this names ISO-8859-1.
pub fn is_latin1(name: &str) -> bool {
    is_one_of(name, &LATIN1)
}

/// Whether this names US-ASCII.
pub fn is_ascii(name: &str) -> bool {
    is_one_of(name, &ASCII)
}

/// Whether this names UTF-8.
pub fn is_utf8(name: &str) -> bool {
    is_one_of(name, &["utf8"])
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    let folded = || name.bytes().filter(|octet| !b"-_: ".contains(octet)).map(|octet| octet.to_ascii_lowercase());
    names.iter().any(|known| folded().eq(known.bytes()))
}

/// The decoder for a charset, `None` for an unknown one. ISO-8859-1 and US-ASCII are read as [`latin1`] does.
pub(super) fn decoder(name: &str) -> Option<DecoderFnc> {
    if is_utf8(name) {
        return Some(|octets| String::from_utf8_lossy(octets).into_owned());
    }
    if is_latin1(name) || is_ascii(name) {
        return Some(latin1);
    }
    charset_decoder(name.as_bytes())
}

/// Octets as ISO-8859-1. The octets 0x80 to 0x9F, which are no text there, are what windows-1252 has for them: so programs
/// that say the one and write the other are read (WHATWG Encoding 4.2 reads every ISO-8859-1 so).
pub fn latin1(octets: &[u8]) -> String {
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(octets).0.into_owned()
}

/// The character that windows-1252 has where ISO-8859-1 has a control character of no use in text.
#[inline]
pub fn without_c1(sign: char) -> char {
    match sign {
        '\u{80}'..='\u{9f}' => latin1(&[sign as u8]).chars().next().unwrap_or(sign),
        _ => sign,
    }
}

/// Octets that no charset is named for: UTF-8 where they are that, else as [`latin1`]. Nothing is lost either way.
pub fn plausible(octets: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(octets).map_or_else(|_| Cow::Owned(latin1(octets)), Cow::Borrowed)
}

/// The first character that is written in UTF-8 here although the text is called ISO-8859-1, and where. Told only where
/// ISO-8859-1 would have no sense: `È»` happens to be UTF-8 too, `Ã` before a sign or a control character is no text.
pub fn utf8_inside(octets: &[u8]) -> Option<(usize, char)> {
    let mut start = 0;
    for chunk in octets.utf8_chunks() {
        let told = chunk.valid().char_indices().find(|(at, sign)| match sign.len_utf8() {
            1 => false,
            2 => u32::from(*sign) <= 0xff,
            length => chunk.valid().as_bytes()[*at..at + length].iter().any(|octet| (0x80..=0x9f).contains(octet)),
        });
        if let Some((at, sign)) = told {
            return Some((start + at, sign));
        }
        start += chunk.valid().len() + chunk.invalid().len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_of_iana_are_known_in_any_spelling() {
        for name in [
            "ISO-8859-1",
            "iso_8859-1:1987",
            "ISO_8859-1",
            "latin1",
            "L1",
            "IBM819",
            "CP819",
            "iso-ir-100",
            "csISOLatin1",
        ] {
            assert!(is_latin1(name) && !is_ascii(name), "{name}");
        }
        for name in ["US-ASCII", "ANSI_X3.4-1968", "ISO646-US", "us", "cp367"] {
            assert!(is_ascii(name) && !is_latin1(name), "{name}");
        }
        for name in ["utf-8", "windows-1252", "iso-8859-15", "iso-8859-11", ""] {
            assert!(!is_latin1(name) && !is_ascii(name), "{name}");
        }
    }

    #[test]
    fn octets_without_a_charset_keep_their_characters() {
        assert_eq!(plausible(b"citt\xc3\xa0"), "città");
        assert_eq!(plausible(b"citt\xe0 l\x92anno"), "città l’anno");
        assert_eq!("l\u{92}a\u{81}".chars().map(without_c1).collect::<String>(), "l’a\u{81}");
    }

    #[test]
    fn utf_8_is_told_from_latin_1() {
        assert_eq!(utf8_inside(b"citt\xc3\xa0"), Some((4, 'à')));
        assert_eq!(utf8_inside(b"citt\xe0"), None);
        assert_eq!(utf8_inside(b"citta"), None);
        assert_eq!(utf8_inside(b"citt\xe0 e citt\xc3\xa0"), Some((12, 'à')));
        assert_eq!(utf8_inside(b"l\xe2\x80\x99anno \xe8"), Some((1, '’')));
        assert_eq!(utf8_inside("😀".as_bytes()), Some((0, '😀')));
        assert_eq!(utf8_inside(b"\xabCAFF\xc8\xbb \xe8\xab\xbb"), None);
    }
}
