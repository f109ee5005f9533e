//! Octets made fit for mail: Latin-1, quoted-printable, base64 (RFC 2045 6), and the name of what needs neither.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use memchr::memchr3;

/// A letter of ISO-8859-1. The control characters of its upper half do not count: readers take them for others.
pub(super) struct Latin1;

impl Latin1 {
    pub(super) fn of(letter: char) -> Option<u8> {
        u8::try_from(letter).ok().filter(|octet| !(0x80..0xa0).contains(octet))
    }
}

/// `text` in ISO-8859-1; a letter beyond it becomes a question mark.
pub(super) fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|letter| Latin1::of(letter).unwrap_or(b'?')).collect()
}

/// Quoted-printable of text whose lines end in CRLF or LF; the result's end in CRLF.
pub(super) fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() * 5 / 4);
    let mut lines = text.split(|&octet| octet == b'\n').peekable();
    while let Some(line) = lines.next() {
        let ended = lines.peek().is_some();
        let line = if ended { line.strip_suffix(b"\r").unwrap_or(line) } else { line };
        quoted_printable_line(line, &mut out);
        if ended {
            out.extend_from_slice(b"\r\n");
        }
    }
    out
}

/// One line, with soft breaks so that no line is longer than 76 characters; a blank at its end is escaped.
fn quoted_printable_line(line: &[u8], out: &mut Vec<u8>) {
    let mut column = 0;
    for (at, &octet) in line.iter().enumerate() {
        let last = at + 1 == line.len();
        let plain = match octet {
            b' ' | b'\t' => !last,
            b'=' => false,
            _ => octet.is_ascii_graphic(),
        };
        let width = if plain { 1 } else { 3 };
        if column + width > 75 {
            out.extend_from_slice(b"=\r\n");
            column = 0;
        }
        if plain {
            out.push(octet);
        } else {
            out.extend_from_slice(format!("={octet:02X}").as_bytes());
        }
        column += width;
    }
}

/// Base64 in lines of 76 characters, each ended by CRLF.
pub(super) fn base64(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len() * 3 / 2 + 2);
    for line in octets.chunks(57) {
        out.extend_from_slice(STANDARD.encode(line).as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// The encodings that change nothing (RFC 2045 6.2), the tamest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    SevenBit,
    EightBit,
    Binary,
}

impl Identity {
    /// What `octets` need to pass as they are.
    pub(super) fn of(octets: &[u8]) -> Self {
        let mut rest = octets;
        while !rest.is_empty() {
            let (line, after) = rest.split_at(memchr3(b'\r', b'\n', 0, rest).unwrap_or(rest.len()));
            rest = match after.strip_prefix(b"\r\n") {
                Some(rest) if line.len() <= 998 => rest,
                None if line.len() <= 998 && after.is_empty() => break,
                _ => return Identity::Binary,
            };
        }
        if octets.is_ascii() { Identity::SevenBit } else { Identity::EightBit }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Identity::SevenBit => "7bit",
            Identity::EightBit => "8bit",
            Identity::Binary => "binary",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_1_loses_what_it_has_no_letter_for() {
        assert_eq!(latin1("è € \u{85}"), b"\xe8 ? ?");
    }

    #[test]
    fn quoted_printable_escapes_and_keeps_lines_short() {
        assert_eq!(quoted_printable(b"a=\xe8 \r\nb\tc\n"), b"a=3D=E8=20\r\nb\tc\r\n");
        let long = quoted_printable("àx ".repeat(100).as_bytes());
        assert!(long.split(|&octet| octet == b'\n').all(|line| line.len() <= 77));
        let message = [
            b"Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n",
            &long[..],
        ]
        .concat();
        let read = mail_parser::MessageParser::new().parse(&message).unwrap().body_text(0).unwrap().into_owned();
        assert_eq!(read, "àx ".repeat(100));
    }

    #[test]
    fn base64_comes_in_lines() {
        assert_eq!(base64(b"ciao"), b"Y2lhbw==\r\n");
        assert_eq!(base64(&[0; 58]).len(), 76 + 2 + 4 + 2);
    }

    #[test]
    fn what_passes_unchanged_is_named_for_what_it_needs() {
        assert_eq!(Identity::of(b"a\r\nb"), Identity::SevenBit);
        assert_eq!(Identity::of(b"a\r\n\xe8\r\n"), Identity::EightBit);
        for binary in [&b"a\nb"[..], b"a\rb\r\n", b"a\0\r\n", b"a\r", &[b'x'; 999]] {
            assert_eq!(Identity::of(binary), Identity::Binary, "{binary:?}");
        }
    }
}
