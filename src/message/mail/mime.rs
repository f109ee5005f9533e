//! The tree of MIME entities, sliced (RFC 2046 5.1).
//!
//! Boundaries are whole lines here. mail-parser also takes one in the middle of a line or at the start of a longer one,
//! and so would move the end of what a signature covers.

use std::ops::Range;

use super::{Entity, Header, fields, params, unfold};

/// Multiparts nested deeper than this are not entered.
const MAX_DEPTH: usize = 100;
/// Parts beyond this many are not listed.
const MAX_PARTS: usize = 10_000;
/// Header fields beyond this many in the whole message are not listed.
const MAX_FIELDS: usize = 20_000;
/// Header fields that start farther than this into their section are not listed, in bytes.
const MAX_SECTION: usize = 1 << 20;
/// Lines that start with two hyphens beyond this many are not looked at.
const MAX_DASHED_LINES: usize = 1 << 20;
/// Blanks after a boundary beyond this many make it none: longer than any legal line (RFC 5322 2.1.1).
const MAX_PADDING: usize = 998;

/// The message as an entity, and what was cut.
pub(super) fn read(raw: &[u8]) -> (Entity, Vec<String>) {
    let mut reader = Reader { raw, dashed: None, parts: 0, fields: 0, limits: Vec::new() };
    let root = reader.entity(0..raw.len(), "text/plain", 0);
    (root, reader.limits)
}

struct Reader<'a> {
    raw: &'a [u8],
    /// Where lines start with two hyphens: found once, so that nesting does not scan the bytes again at each level.
    dashed: Option<Vec<usize>>,
    parts: usize,
    fields: usize,
    limits: Vec<String>,
}

impl Reader<'_> {
    fn entity(&mut self, span: Range<usize>, default_type: &str, depth: usize) -> Entity {
        let section = fields::read(self.raw, &span, |offset| {
            self.fields += 1;
            let size = (offset > MAX_SECTION).then(|| format!("a header section is longer than {MAX_SECTION} bytes"));
            let count = (self.fields > MAX_FIELDS).then(|| format!("there are more than {MAX_FIELDS} header fields"));
            size.or(count).map(|limit| note(&mut self.limits, limit)).is_none()
        });
        let value = |name: &str| {
            let header = section.headers.iter().find(|header: &&Header| header.name.eq_ignore_ascii_case(name))?;
            Some(unfold(&self.raw[header.value.clone()]))
        };
        let content = value("Content-Type").map(|field| params::read(&field));
        let disposition = value("Content-Disposition").map(|field| params::read(&field));
        let encoding = value("Content-Transfer-Encoding").and_then(|field| first_token(&field));
        let (content_type, content_params) = match content {
            Some(content) if is_media_type(&content.value) => (content.value, content.params),
            Some(_) => ("text/plain".to_owned(), Vec::new()),
            None => (default_type.to_owned(), Vec::new()),
        };
        let body = section.body..span.end;
        let children = if content_type.starts_with("multipart/") {
            let boundary = content_params.iter().find(|(name, _)| name == "boundary");
            boundary.map(|(_, boundary)| self.children(&body, boundary, &content_type, depth + 1)).unwrap_or_default()
        } else {
            Vec::new()
        };
        let (disposition, disposition_params) =
            disposition.map_or((None, Vec::new()), |field| (Some(field.value), field.params));
        Entity {
            span,
            headers: section.headers,
            body,
            content_type,
            content_params,
            disposition,
            disposition_params,
            encoding: encoding.unwrap_or_else(|| "7bit".to_owned()),
            children,
        }
    }

    fn children(&mut self, body: &Range<usize>, boundary: &str, parent_type: &str, depth: usize) -> Vec<Entity> {
        let boundary = boundary.trim_ascii_end();
        if boundary.is_empty() {
            return Vec::new();
        }
        if depth > MAX_DEPTH {
            note(&mut self.limits, format!("multiparts are nested more than {MAX_DEPTH} deep"));
            return Vec::new();
        }
        let default_type = if parent_type == "multipart/digest" { "message/rfc822" } else { "text/plain" };
        let mut children = Vec::new();
        for span in self.part_spans(body, boundary.as_bytes()) {
            self.parts += 1;
            if self.parts > MAX_PARTS {
                note(&mut self.limits, format!("there are more than {MAX_PARTS} parts"));
                break;
            }
            children.push(self.entity(span, default_type, depth));
        }
        children
    }

    /// The spans between the boundaries; the last one reaches the end of the body where the final boundary is missing.
    fn part_spans(&mut self, body: &Range<usize>, boundary: &[u8]) -> Vec<Range<usize>> {
        let dashed = self.dashed.get_or_insert_with(|| dashed_lines(self.raw, &mut self.limits));
        let first = dashed.partition_point(|&at| at < body.start);
        let mut spans = Vec::new();
        let mut open = None;
        for &at in dashed[first..].iter().take_while(|&&at| at < body.end) {
            let Some(delimiter) = Delimiter::read(&self.raw[at..body.end], boundary) else { continue };
            if let Some(start) = open {
                spans.push(start..fields::without_line_end(self.raw, start, at.max(start)));
            }
            open = match delimiter {
                Delimiter::Next { length } => Some(at + length),
                Delimiter::Last => None,
            };
            if open.is_none() || spans.len() > MAX_PARTS {
                return spans;
            }
        }
        spans.extend(open.map(|start| start..body.end));
        spans
    }
}

fn dashed_lines(raw: &[u8], limits: &mut Vec<String>) -> Vec<usize> {
    let line_starts = raw.iter().enumerate().filter(|&(_, &byte)| byte == b'\n').map(|(at, _)| at + 1);
    let mut dashed: Vec<usize> =
        line_starts.filter(|&at| raw[at..].starts_with(b"--")).take(MAX_DASHED_LINES + 1).collect();
    if dashed.len() > MAX_DASHED_LINES {
        dashed.pop();
        note(limits, format!("more than {MAX_DASHED_LINES} lines look like a boundary"));
    }
    dashed
}

/// A boundary's line: `--boundary`, or with two more hyphens the last, then blanks (RFC 2046 5.1.1).
enum Delimiter {
    Next { length: usize },
    Last,
}

impl Delimiter {
    fn read(bytes: &[u8], boundary: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(b"--")?.strip_prefix(boundary)?;
        if let Some(rest) = rest.strip_prefix(b"--")
            && line_rest(rest).is_some()
        {
            return Some(Self::Last);
        }
        Some(Self::Next { length: bytes.len() - rest.len() + line_rest(rest)? })
    }
}

/// The length of blanks and line end, where nothing else is left of the line.
fn line_rest(rest: &[u8]) -> Option<usize> {
    let blanks = rest.iter().take(MAX_PADDING).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    match &rest[blanks..] {
        [] => Some(blanks),
        [b'\n', ..] => Some(blanks + 1),
        [b'\r', b'\n', ..] => Some(blanks + 2),
        _ => None,
    }
}

fn note(limits: &mut Vec<String>, limit: String) {
    if !limits.contains(&limit) {
        limits.push(limit);
    }
}

fn first_token(field: &str) -> Option<String> {
    let token = field.split([' ', '\t', ';', '(']).next()?;
    (!token.is_empty()).then(|| token.to_ascii_lowercase())
}

fn is_media_type(value: &str) -> bool {
    let token = |text: &str| {
        !text.is_empty() && text.chars().all(|sign| sign.is_ascii_graphic() && !"()<>@,;:\\\"/[]?=".contains(sign))
    };
    value.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype))
}
