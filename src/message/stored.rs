//! Copies stored with the line ends of a file system, given back those of mail (RFC 5322 2.1).

use memchr::{memchr, memchr_iter};

/// A message as it was sent. One in which no line ends in CRLF is a stored copy, whose line feeds stand for CRLF; in any
/// other the line ends are what was sent, a bare line feed among them included.
pub fn as_sent(stored: Vec<u8>) -> Vec<u8> {
    let feeds = memchr_iter(b'\n', &stored).count();
    if feeds == 0 || has_crlf(&stored) {
        return stored;
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
    fn a_copy_in_line_feeds_alone_gets_its_line_ends_back() {
        let sent = |stored: &str| String::from_utf8(as_sent(stored.into())).unwrap();
        assert_eq!(sent("A: 1\n\nx\ny"), "A: 1\r\n\r\nx\r\ny");
        // Not a line end of the copy: it was sent.
        assert_eq!(sent("A: 1\n\nx\ry\n"), "A: 1\r\n\r\nx\ry\r\n");
        for whole in ["A: 1\r\n\r\nx\r\n", "A: 1\r\n\r\none\ntwo\r\n", "", "A: 1", "A\r\r\n"] {
            assert_eq!(sent(whole), whole);
        }
    }
}
