//! Cutting and putting bytes: everything not named stays as it is.

use std::ops::Range;

use base64::{Engine, prelude::BASE64_STANDARD};

use super::{FaultError, Matches, Octets, Replace};

/// `raw` with a range replaced.
pub(super) fn splice(raw: &[u8], range: Range<usize>, by: &[u8]) -> Vec<u8> {
    [&raw[..range.start], by, &raw[range.end..]].concat()
}

/// `raw` with the first match of a pattern replaced, or with every one.
pub(super) fn replace(raw: &[u8], replace: &Replace) -> Result<Vec<u8>, FaultError> {
    let found = find(raw, &replace.pattern)?;
    let by = octets(&replace.by, replace.octets)?;
    match replace.matches {
        Matches::First => Ok(splice(raw, found, &by)),
        Matches::All => Ok(regex(&replace.pattern)?.replace_all(raw, regex::bytes::NoExpand(&by)).into_owned()),
    }
}

/// Where a pattern first matches.
pub(super) fn find(raw: &[u8], pattern: &str) -> Result<Range<usize>, FaultError> {
    regex(pattern)?
        .find(raw)
        .map(|found| found.range())
        .ok_or_else(|| FaultError::Missing(format!("a match of {pattern:?}")))
}

fn regex(pattern: &str) -> Result<regex::bytes::Regex, FaultError> {
    regex::bytes::Regex::new(pattern).map_err(|error| FaultError::Unworkable(error.to_string()))
}

fn octets(text: &str, how: Octets) -> Result<Vec<u8>, FaultError> {
    match how {
        Octets::Utf8 => Ok(text.as_bytes().to_vec()),
        Octets::Latin1 => text
            .chars()
            .map(|c| u8::try_from(u32::from(c)))
            .collect::<Result<_, _>>()
            .map_err(|_| FaultError::Unworkable(format!("{text:?} has characters beyond U+00FF"))),
    }
}

/// How long the line end at `at` is: 2 for CRLF, 1 for a bare LF, else 0.
pub(super) fn line_end(raw: &[u8], at: usize) -> usize {
    match raw.get(at..) {
        Some([b'\r', b'\n', ..]) => 2,
        Some([b'\n', ..]) => 1,
        _ => 0,
    }
}

/// Characters of a base64 line, with its line end.
pub const BASE64_LINE: usize = 78;
/// The bytes that a base64 line stands for.
pub const BASE64_LINE_BYTES: usize = 57;

/// Base64 in lines of 76, the last one without its line end.
pub fn base64_lines(bytes: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(bytes.len().div_ceil(BASE64_LINE_BYTES) * BASE64_LINE);
    let mut line = [0; BASE64_LINE - 2];
    for chunk in bytes.chunks(BASE64_LINE_BYTES) {
        if !lines.is_empty() {
            lines.extend_from_slice(b"\r\n");
        }
        let length = BASE64_STANDARD.encode_slice(chunk, &mut line).expect("57 bytes make 76 characters");
        lines.extend_from_slice(&line[..length]);
    }
    lines
}

/// LDIF with its folded lines joined (RFC 2849 2).
pub(super) fn unfolded(ldif: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(ldif.len());
    let mut at = 0;
    while at < ldif.len() {
        let end = line_end(ldif, at);
        if end > 0 && ldif.get(at + end) == Some(&b' ') {
            at += end + 1;
        } else {
            out.push(ldif[at]);
            at += 1;
        }
    }
    out
}
