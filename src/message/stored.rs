//! Copies stored with the line ends of a file system, given back those of mail (RFC 5322 2.1).

use memchr::{memchr, memchr_iter, memmem};

/// What editors put before a text in UTF-8; no header begins with it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A message as it was sent. One in which no line ends in CRLF is a stored copy, whose line feeds stand for CRLF, and one in
/// which every line ends in CRCRLF was written where each line feed became CRLF; in any other the line ends are what was
/// sent, a bare line feed among them included.
pub fn as_sent(mut stored: Vec<u8>) -> Vec<u8> {
    if stored.starts_with(BYTE_ORDER_MARK) {
        stored.drain(..BYTE_ORDER_MARK.len());
    }
    let feeds = memchr_iter(b'\n', &stored).count();
    if feeds == 0 {
        return stored;
    }
    if has_crlf(&stored) {
        let every = stored.split_inclusive(|octet| *octet == b'\n').filter(|line| line.ends_with(b"\n"));
        return if every.clone().all(|line| line.ends_with(b"\r\r\n")) { without_doubles(&stored) } else { stored };
    }
    let mut sent = Vec::with_capacity(stored.len() + feeds);
    for line in stored.split_inclusive(|octet| *octet == b'\n') {
        match line {
            [line @ .., b'\n'] => {
                sent.extend_from_slice(line);
                sent.extend_from_slice(b"\r\n");
            }
            _ => sent.extend_from_slice(line),
        }
    }
    sent
}

/// With one carriage return before each line feed.
fn without_doubles(stored: &[u8]) -> Vec<u8> {
    let mut sent = Vec::with_capacity(stored.len());
    let mut rest = stored;
    while let Some(at) = memmem::find(rest, b"\r\r\n") {
        sent.extend_from_slice(&rest[..at]);
        sent.extend_from_slice(b"\r\n");
        rest = &rest[at + 3..];
    }
    sent.extend_from_slice(rest);
    sent
}

fn has_crlf(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = memchr(b'\r', rest) {
        if rest.get(at + 1) == Some(&b'\n') {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_gets_the_line_ends_of_mail_back() {
        let sent = |stored: &str| String::from_utf8(as_sent(stored.into())).unwrap();
        assert_eq!(sent("A: 1\n\nx\ny"), "A: 1\r\n\r\nx\r\ny");
        // Not a line end of the copy: it was sent.
        assert_eq!(sent("A: 1\n\nx\ry\n"), "A: 1\r\n\r\nx\ry\r\n");
        assert_eq!(sent("A: 1\r\r\n\r\r\nx\r\r\ny"), "A: 1\r\n\r\nx\r\ny");
        assert_eq!(sent("\u{feff}A: 1\n\nx\n"), "A: 1\r\n\r\nx\r\n");
        for whole in ["A: 1\r\n\r\nx\r\n", "A: 1\r\n\r\none\ntwo\r\n", "", "A: 1", "A\r\r\nx\r\n"] {
            assert_eq!(sent(whole), whole);
        }
    }
}
