//! A message's bytes, held once however many have them, and the octets and lines among them that mail does not allow.

use std::{
    fmt,
    ops::{Deref, Range},
};

use memchr::{memchr, memchr_iter, memchr3_iter, memmem, memrchr};

/// A line of mail holds no more octets than this, its CRLF left aside (RFC 5322 2.1.1).
pub const LONGEST_LINE: usize = 998;

/// Bytes that are never changed. Clones share them, and a `Vec` becomes them without a copy: so a message of 30 MB goes from
/// the wire into evidence as it is.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(::bytes::Bytes);

impl Bytes {
    /// `rest` with `first` before it, in the memory of `rest`: what a host puts on top of a message.
    pub fn with_first(first: &[u8], mut rest: Vec<u8>) -> Self {
        rest.reserve_exact(first.len());
        rest.splice(..0, first.iter().copied());
        rest.into()
    }

    /// What stands behind the first octets, which share the memory.
    ///
    /// # Panics
    /// When there are not so many.
    #[must_use]
    pub fn behind(&self, first: usize) -> Self {
        Self(self.0.slice(first..))
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl From<&Bytes> for Bytes {
    fn from(bytes: &Bytes) -> Self {
        bytes.clone()
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// An octet that may not stand where it stands (RFC 5322 2.3, RFC 5321 2.3.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stray {
    /// A line feed without a carriage return before it.
    BareFeed,
    /// A carriage return without a line feed after it.
    BareReturn,
    /// NUL.
    Nul,
}

impl fmt::Display for Stray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BareFeed => "a bare line feed",
            Self::BareReturn => "a bare carriage return",
            Self::Nul => "a NUL",
        })
    }
}

/// Every stray octet of `span` in `raw`, with its offset in `raw`; in one pass.
///
/// A copy stored with line feeds alone is full of them: ask [`has_crlf`] of the whole first.
pub fn strays(raw: &[u8], span: Range<usize>) -> impl Iterator<Item = (usize, Stray)> {
    memchr3_iter(b'\r', b'\n', 0, &raw[span.clone()]).filter_map(move |at| {
        let at = span.start + at;
        let stray = match raw[at] {
            b'\n' if at == 0 || raw[at - 1] != b'\r' => Stray::BareFeed,
            b'\r' if raw.get(at + 1) != Some(&b'\n') => Stray::BareReturn,
            0 => Stray::Nul,
            _ => return None,
        };
        Some((at, stray))
    })
}

/// Whether any line ends as mail on the wire does; a file without is a copy stored with line feeds alone.
pub fn has_crlf(raw: &[u8]) -> bool {
    memmem::find(raw, b"\r\n").is_some()
}

/// Every line of `span` in `raw` that is longer than [`LONGEST_LINE`], as a range of `raw` without its line end.
pub fn long_lines(raw: &[u8], span: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let ends = memchr_iter(b'\n', &raw[span.clone()]).map(move |at| span.start + at + 1).chain([span.end]);
    let mut start = span.start;
    ends.filter_map(move |end| {
        let line = &raw[start..end];
        let line = line.strip_suffix(b"\n").map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line));
        let found = start..start + line.len();
        start = end;
        (found.len() > LONGEST_LINE).then_some(found)
    })
}

/// Line and column of an offset, both from 1; the column counts octets.
pub fn line_and_column(raw: &[u8], offset: usize) -> (usize, usize) {
    let before = &raw[..offset.min(raw.len())];
    let start = memrchr(b'\n', before).map_or(0, |feed| feed + 1);
    (1 + memchr_iter(b'\n', before).count(), before.len() - start + 1)
}

/// The whole line that holds an offset, as a range of `raw` without its line end: what a report can point into.
pub fn line_around(raw: &[u8], offset: usize) -> Range<usize> {
    let offset = offset.min(raw.len());
    let start = memrchr(b'\n', &raw[..offset]).map_or(0, |feed| feed + 1);
    let end = memchr(b'\n', &raw[offset..]).map_or(raw.len(), |feed| offset + feed);
    start..if end > start && raw[end - 1] == b'\r' { end - 1 } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(raw: &[u8]) -> Vec<(usize, Stray)> {
        strays(raw, 0..raw.len()).collect()
    }

    #[test]
    fn what_is_put_on_top_and_what_stands_behind_it_share_their_memory() {
        let mut message = Vec::with_capacity(100);
        message.extend_from_slice(b"Subject: x\r\n");
        let at = message.as_ptr();
        let traced = Bytes::with_first(b"Received: y\r\n", message);
        assert_eq!(*traced, *b"Received: y\r\nSubject: x\r\n");
        assert_eq!(*traced.behind(13), *b"Subject: x\r\n");
        assert_eq!((traced.as_ptr(), traced.behind(13).as_ptr()), (at, at.wrapping_add(13)));
        assert_eq!(*Bytes::with_first(b"", b"x".to_vec()), *b"x");
    }

    #[test]
    fn bare_line_ends_and_nul_are_found_where_they_stand() {
        use Stray::{BareFeed, BareReturn, Nul};
        assert_eq!(found(b"a\r\nb\r\n"), []);
        assert_eq!(found(b"\na\r\nb\nc\r"), [(0, BareFeed), (5, BareFeed), (7, BareReturn)]);
        assert_eq!(found(b"a\r\r\n\0"), [(1, BareReturn), (4, Nul)]);
        // A span that begins or ends inside a CRLF has no bare one there.
        assert_eq!(strays(b"a\r\nb\r\n", 2..5).count(), 0);
    }

    #[test]
    fn lines_are_long_beyond_998_octets_whatever_ends_them() {
        let (fits, long) = ("x".repeat(998), "y".repeat(999));
        let raw = format!("{fits}\r\n{long}\r\n{fits}\n{long}\n{long}");
        let lines: Vec<usize> = long_lines(raw.as_bytes(), 0..raw.len()).map(|line| line.len()).collect();
        assert_eq!(lines, [999, 999, 999]);
        assert_eq!(long_lines(raw.as_bytes(), 0..raw.len()).next(), Some(1000..1999));
        assert_eq!(long_lines(b"", 0..0).count(), 0);
    }

    #[test]
    fn a_stored_copy_has_no_crlf() {
        assert!(has_crlf(b"a\nb\r\n") && !has_crlf(b"a\nb\n\r"));
    }

    #[test]
    fn an_offset_has_line_and_column_and_a_line_around_it() {
        let raw = b"ab\r\ncd\r\n";
        assert_eq!(
            [0, 3, 4, 5, 8, 99].map(|at| line_and_column(raw, at)),
            [(1, 1), (1, 4), (2, 1), (2, 2), (3, 1), (3, 1)]
        );
        assert_eq!([1, 4, 7, 8].map(|at| line_around(raw, at)), [0..2, 4..6, 4..6, 8..8]);
    }
}
