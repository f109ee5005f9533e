//! Header sections, sliced: names and spans of the fields as sent (RFC 5322 2.2, obsolete blanks before the colon
//! tolerated). A line that is no field (an mbox `From `, no colon, an impossible name) is passed over.

use std::{borrow::Cow, ops::Range};

use memchr::memchr;

use super::Header;

/// The fields of a header section, and where the body begins.
pub(super) struct Section {
    pub headers: Vec<Header>,
    pub body: usize,
}

/// The header section at the start of `span`. Calls `keep` before each field, with its
/// offset in the section and its name; where it says no, the field is left out.
pub(super) fn read(raw: &[u8], span: &Range<usize>, mut keep: impl FnMut(usize, &[u8]) -> bool) -> Section {
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
            let field = field(raw, at, next).filter(|field| keep(at - span.start, field.name.as_bytes()));
            continues = field.is_some();
            headers.extend(field);
        }
        at = next;
    }
    Section { headers, body: span.end }
}

fn field(raw: &[u8], start: usize, end: usize) -> Option<Header> {
    let line = &raw[start..end];
    let colon = memchr(b':', line)?;
    let name = line[..colon].trim_ascii_end();
    if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let value = start + colon + 1;
    Some(Header { name: named(name), span: start..end, value: value..without_line_end(raw, value, end) })
}

/// A field's name; the usual ones stand in the program already.
fn named(name: &[u8]) -> Cow<'static, str> {
    const USUAL: [&str; 26] = [
        "Received",
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Content-Disposition",
        "MIME-Version",
        "X-Ricevuta",
        "X-Trasporto",
        "X-TipoRicevuta",
        "X-Riferimento-Message-ID",
        "X-VerificaSicurezza",
        "X-Mittente",
        "Return-Path",
        "Delivered-To",
        "Reply-To",
        "Cc",
        "Message-Id",
        "Mime-Version",
        "Content-ID",
        "Content-Description",
        "In-Reply-To",
        "References",
    ];
    match USUAL.iter().find(|usual| usual.as_bytes() == name) {
        Some(usual) => Cow::Borrowed(usual),
        None => Cow::Owned(String::from_utf8_lossy(name).into_owned()),
    }
}

/// The end of the line that starts at `start`, its line feed included.
pub(super) fn line_end(raw: &[u8], start: usize, end: usize) -> usize {
    memchr(b'\n', &raw[start..end]).map_or(end, |feed| start + feed + 1)
}

/// `end` without the line end before it, but not before `start`.
pub(super) fn without_line_end(raw: &[u8], start: usize, end: usize) -> usize {
    let line = &raw[start..end];
    let line = line.strip_suffix(b"\n").map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line));
    start + line.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(raw: &str) -> (Vec<String>, usize) {
        let section = read(raw.as_bytes(), &(0..raw.len()), |_, _| true);
        let field = |header: &Header| format!("{}|{}", header.name, &raw[header.value.clone()]);
        (section.headers.iter().map(field).collect(), section.body)
    }

    #[test]
    fn repeated_fields_stay_in_order_and_keep_their_letter_case() {
        let (fields, body) = section("TO: a\r\nX-Tiporicevuta:breve\r\nto:\tb\r\n\r\nbody: no\r\n");
        assert_eq!(fields, ["TO| a", "X-Tiporicevuta|breve", "to|\tb"]);
        assert_eq!(body, 38);
    }

    #[test]
    fn a_blank_before_the_colon_is_not_part_of_the_name() {
        assert_eq!(section("Subject : x\n\n").0, ["Subject| x"]);
    }

    #[test]
    fn lines_that_are_no_fields_are_passed_over_with_their_folds() {
        let raw = " fold of nothing\nFrom mario Mon 09:30\nA: 1\nnonsense\n and its fold\nCitt\u{e0}: 2\nmy name: 3\nB: 4\n\n";
        assert_eq!(section(raw).0, ["A| 1", "B| 4"]);
    }

    #[test]
    fn a_line_of_blanks_is_a_fold_and_does_not_end_the_section() {
        assert_eq!(section("A: 1\r\n \r\nB: 2\r\n\r\nx").0, ["A| 1\r\n ", "B| 2"]);
    }

    #[test]
    fn a_section_may_end_with_the_bytes() {
        assert_eq!(section("A: 1"), (vec!["A| 1".to_owned()], 4));
        assert_eq!(section("A: 1\r\n"), (vec!["A| 1".to_owned()], 6));
    }
}
