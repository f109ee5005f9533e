//! Header sections, sliced: names and spans of the fields as sent (RFC 5322 2.2, obsolete blanks before the colon
//! tolerated). A line that is no field (an mbox `From `, no colon, an impossible name) is passed over.

use std::ops::Range;

use super::Header;

/// The fields of a header section, and where the body begins.
pub(super) struct Section {
    pub headers: Vec<Header>,
    pub body: usize,
}

/// The header section at the start of `span`. Calls `keep` before each field; where it says no, the field is left out.
pub(super) fn read(raw: &[u8], span: &Range<usize>, mut keep: impl FnMut(usize) -> bool) -> Section {
    let mut headers: Vec<Header> = Vec::new();
    let mut continues = false;
    let mut at = span.start;
    while at < span.end {
        let next = line_end(raw, at, span.end);
        let line = &raw[at..next];
        if matches!(line, b"\n" | b"\r\n") {
            return Section { headers, body: next };
        }
        if matches!(line[0], b' ' | b'\t') {
            if let (true, Some(field)) = (continues, headers.last_mut()) {
                field.span.end = next;
                field.value.end = without_line_end(raw, field.value.start, next);
            }
        } else {
            let field = field(raw, at, next).filter(|_| keep(at - span.start));
            continues = field.is_some();
            headers.extend(field);
        }
        at = next;
    }
    Section { headers, body: span.end }
}

fn field(raw: &[u8], start: usize, end: usize) -> Option<Header> {
    let line = &raw[start..end];
    let colon = line.iter().position(|&byte| byte == b':')?;
    let name = line[..colon].trim_ascii_end();
    if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let value = start + colon + 1;
    Some(Header {
        name: String::from_utf8_lossy(name).into_owned(),
        span: start..end,
        value: value..without_line_end(raw, value, end),
    })
}

/// The end of the line that starts at `start`, its line feed included.
fn line_end(raw: &[u8], start: usize, end: usize) -> usize {
    raw[start..end].iter().position(|&byte| byte == b'\n').map_or(end, |length| start + length + 1)
}

/// `end` without the line end before it, but not before `start`.
pub(super) fn without_line_end(raw: &[u8], start: usize, end: usize) -> usize {
    let line = &raw[start..end];
    let line = line.strip_suffix(b"\n").map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line));
    start + line.len()
}
