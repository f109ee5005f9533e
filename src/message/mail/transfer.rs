//! Taking transfer encodings off (RFC 2045 6.7, 6.8). What is written rightly is read here in one pass; the rest is left to
//! mail-parser, which knows what else is met.

use base64::{Engine, prelude::BASE64_STANDARD};
use mail_parser::decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode};
use memchr::{memchr_iter, memchr3};

use crate::message::bytes::LONGEST_LINE;

/// Quoted-printable taken off; `None` where it is broken.
pub(super) fn quoted_printable(body: &[u8]) -> Option<Vec<u8>> {
    quoted_printable_lines(body).or_else(|| quoted_printable_decode(body))
}

/// Quoted-printable in lines that end with CRLF and have no blank before it; anything else takes the slower way.
fn quoted_printable_lines(body: &[u8]) -> Option<Vec<u8>> {
    let digit = |octet: u8| char::from(octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut content = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = memchr3(b'=', b'\r', b'\n', rest) {
        let (plain, sign) = rest.split_at(at);
        content.extend_from_slice(plain);
        rest = match sign {
            [b'=', b'\r', b'\n', after @ ..] => after,
            [b'=', high, low, after @ ..] => {
                content.push(digit(*high)? << 4 | digit(*low)?);
                after
            }
            [b'\r', b'\n', after @ ..] if !plain.last().is_some_and(u8::is_ascii_whitespace) => {
                content.extend_from_slice(b"\r\n");
                after
            }
            _ => return None,
        };
    }
    content.extend_from_slice(rest);
    Some(content)
}

/// Base64 taken off; `None` where it is broken.
pub(super) fn base64(body: &[u8]) -> Option<Vec<u8>> {
    base64_lines(body).or_else(|| base64_decode(body))
}

/// Base64 in lines, written rightly; anything else takes the slower way. Decoded piece by piece: a large message is held
/// often enough.
fn base64_lines(body: &[u8]) -> Option<Vec<u8>> {
    const PIECE: usize = 64 << 10;
    let mut content = Vec::with_capacity(body.len() / 4 * 3);
    let mut digits = Vec::with_capacity(body.len().min(PIECE + LONGEST_LINE));
    let mut start = 0;
    for end in memchr_iter(b'\n', body).chain([body.len()]) {
        digits.extend_from_slice(body[start..end].trim_ascii());
        start = (end + 1).min(body.len());
        if digits.len() >= PIECE {
            let piece = &digits[..digits.len() / 4 * 4];
            // What ends it must stand at the end.
            BASE64_STANDARD.decode_vec(piece, &mut content).ok().filter(|()| !piece.ends_with(b"="))?;
            digits.drain(..piece.len());
        }
    }
    BASE64_STANDARD.decode_vec(digits, &mut content).ok()?;
    Some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_printable_in_lines_is_decoded_as_the_slower_way_does() {
        for body in [
            "",
            "ciao",
            "Perch=E9 no?\r\n=\r\n\r\nriga=3d=3D lunga =\r\ndue\r\n",
            "blank=20\r\n\t=09\r\n \t=\r\n",
            "\u{e0}\r\n=C3=a0",
        ] {
            let lines = quoted_printable_lines(body.as_bytes());
            assert!(lines.is_some() && lines == quoted_printable_decode(body.as_bytes()), "{body:?}");
        }
        for body in ["a \r\n", "a\n", "a\rb", "=", "=4", "=\n", "= \r\n", "=XY", "a\t\r\nb"] {
            assert_eq!(quoted_printable_lines(body.as_bytes()), None, "{body:?}: the slower way tells");
        }
        assert_eq!(quoted_printable(b"a \r\nb=\n").unwrap(), b"a\r\nb");
        assert_eq!(quoted_printable(b"=XY"), None);
    }

    #[test]
    fn long_base64_is_decoded_as_in_one_piece() {
        let line = format!("{}\r\n", "QUJD".repeat(19));
        for lines in [861, 862, 863, 2000] {
            assert_eq!(base64_lines(line.repeat(lines).as_bytes()).unwrap(), b"ABC".repeat(19 * lines));
        }
        // It ends where the first piece does, and goes on behind.
        let first = format!("{}{}QQ==\r\n", line.repeat(862), "QUJD".repeat(5));
        assert!(base64_lines(first.as_bytes()).is_none(), "the slower way tells");
        for digits in ["QQ==\r\nQUJD", "QUJ", "QU*D", "QQ==QQ=="] {
            let long = format!("{}{digits}", line.repeat(900));
            assert_eq!(base64_lines(long.as_bytes()), None, "{digits}");
        }
    }
}
