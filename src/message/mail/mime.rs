//! The tree of MIME entities, sliced (RFC 2046 5.1).
//!
//! Boundaries are whole lines here. mail-parser also takes one in the middle of a line or at the start of a longer one,
//! and so would move the end of what a signature covers.

use std::{ops::Range, sync::Arc};

use memchr::memmem;

use super::{
    Entity, Header, Limit, fields,
    limit::{MAX_DASHED_LINES, MAX_DEPTH, MAX_FIELDS, MAX_PARTS, MAX_SECTION},
    params, unfold,
};

/// Of those that decide this many are listed at most.
const MAX_LATE: usize = 1000;
/// The fields that decide what a message is, how it is read and to whom it is: these cannot be hidden beneath others.
const DECIDING: [&str; 20] = [
    "bcc",
    "cc",
    "content-disposition",
    "content-transfer-encoding",
    "content-type",
    "date",
    "from",
    "message-id",
    "mime-version",
    "reply-to",
    "return-path",
    "sender",
    "subject",
    "to",
    "x-mittente",
    "x-ricevuta",
    "x-riferimento-message-id",
    "x-tiporicevuta",
    "x-trasporto",
    "x-verificasicurezza",
];
/// Blanks after a boundary beyond this many make it none: longer than any legal line (RFC 5322 2.1.1).
const MAX_PADDING: usize = 998;

/// The message that `span` of `raw` is, as an entity, and what was cut.
pub(super) fn read(raw: &[u8], span: Range<usize>) -> (Entity, Vec<Limit>) {
    let mut reader =
        Reader { raw, whole: span.clone(), dashed: None, parts: 0, fields: 0, late: 0, limits: Vec::new() };
    let root = reader.entity(span, "text/plain", 0);
    (root, reader.limits)
}

/// Whether a field of this name decides what a message is, how it is read or to whom it is.
pub fn decides(name: &[u8]) -> bool {
    DECIDING.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

struct Reader<'a> {
    raw: &'a [u8],
    /// The message's own range.
    whole: Range<usize>,
    /// Where lines start with two hyphens: found once, so that nesting does not scan the bytes again at each level.
    dashed: Option<Vec<usize>>,
    parts: usize,
    fields: usize,
    late: usize,
    limits: Vec<Limit>,
}

impl Reader<'_> {
    fn entity(&mut self, span: Range<usize>, default_type: &str, depth: usize) -> Entity {
        let section = fields::read(self.raw, &span, |offset, name| {
            self.fields += 1;
            let size = (offset > MAX_SECTION).then_some(Limit::Section);
            let count = (self.fields > MAX_FIELDS).then_some(Limit::Fields);
            let Some(limit) = size.or(count) else { return true };
            note(&mut self.limits, limit);
            let decides = decides(name);
            self.late += usize::from(decides);
            decides && self.late <= MAX_LATE
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

    fn children(&mut self, body: &Range<usize>, boundary: &str, parent_type: &str, depth: usize) -> Vec<Arc<Entity>> {
        let boundary = boundary.trim_ascii_end();
        if boundary.is_empty() {
            return Vec::new();
        }
        if depth > MAX_DEPTH {
            note(&mut self.limits, Limit::Depth);
            return Vec::new();
        }
        let default_type = if parent_type == "multipart/digest" { "message/rfc822" } else { "text/plain" };
        let mut children = Vec::new();
        for span in self.part_spans(body, boundary.as_bytes()) {
            self.parts += 1;
            if self.parts > MAX_PARTS {
                note(&mut self.limits, Limit::Parts);
                break;
            }
            children.push(self.entity(span, default_type, depth).into());
        }
        children
    }

    /// The spans between the boundaries; the last one reaches the end of the body where the final boundary is missing.
    fn part_spans(&mut self, body: &Range<usize>, boundary: &[u8]) -> Vec<Range<usize>> {
        let dashed = self.dashed.get_or_insert_with(|| dashed_lines(self.raw, &self.whole, &mut self.limits));
        let first = dashed.partition_point(|&at| at < body.start);
        let mut spans = Vec::new();
        let mut open = None;
        for &at in dashed[first..].iter().take_while(|&&at| at < body.end) {
            let Some(delimiter) = Delimiter::read(&self.raw[at..body.end], boundary) else { continue };
            if let Some(start) = open {
                spans.push(start..fields::without_line_end(self.raw, start, at));
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

fn dashed_lines(raw: &[u8], whole: &Range<usize>, limits: &mut Vec<Limit>) -> Vec<usize> {
    let bytes = &raw[whole.clone()];
    let first = bytes.starts_with(b"--").then_some(whole.start);
    let others = memmem::find_iter(bytes, b"\n--").map(|feed| whole.start + feed + 1);
    let mut dashed: Vec<usize> = first.into_iter().chain(others).take(MAX_DASHED_LINES + 1).collect();
    if dashed.len() > MAX_DASHED_LINES {
        dashed.pop();
        note(limits, Limit::BoundaryLines);
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

fn note(limits: &mut Vec<Limit>, limit: Limit) {
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

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::message::{Bytes, Mail, sample};

    fn mail(raw: impl AsRef<[u8]>) -> Mail {
        Mail::read(raw.as_ref()).unwrap()
    }

    /// A multipart/mixed with the boundary `b`.
    fn multipart(body: &str) -> Mail {
        mail(format!("Content-Type: multipart/mixed; boundary=b\n\n{body}"))
    }

    /// Multiparts one in the other, none of them closed.
    fn nested(depth: usize) -> String {
        let head = |n| format!("Content-Type: multipart/mixed; boundary=x{n}\r\n\r\n--x{n}\r\n");
        (0..depth).map(head).collect::<Vec<_>>().concat()
    }

    /// The parts as they stand in the bytes.
    fn parts(mail: &Mail) -> Vec<&str> {
        mail.root.children.iter().map(|part| std::str::from_utf8(mail.bytes(&part.span)).unwrap()).collect()
    }

    #[test]
    fn a_signed_part_is_sliced_byte_for_byte() {
        let mail = mail(sample::envelope());
        let signed = &mail.root.children[0];
        assert_eq!(mail.bytes(&signed.span), sample::signed_content().as_bytes());
        assert!(mail.bytes(&signed.body).starts_with(b"--mixed\r\n"));
        assert_eq!(mail.root.span, 0..mail.raw.len());
    }

    #[test]
    fn line_feeds_alone_slice_alike() {
        let mail = mail(sample::envelope().replace("\r\n", "\n"));
        let signed = &mail.root.children[0];
        assert_eq!(mail.bytes(&signed.span), sample::signed_content().replace("\r\n", "\n").as_bytes());
        let types: Vec<_> = mail.root.walk().map(|entity| entity.content_type.as_str()).collect();
        assert_eq!(
            types,
            [
                "multipart/signed",
                "multipart/mixed",
                "text/plain",
                "message/rfc822",
                "application/xml",
                "application/pkcs7-signature"
            ]
        );
    }

    #[test]
    fn preamble_epilogue_and_blanks_after_a_boundary_belong_to_no_part() {
        let mail = multipart("hello --b\n--b \t\r\nA: 1\n\none\n--b\n\ntwo\r\n--b-- \nbye\n--b\n\nthree\n");
        assert_eq!(parts(&mail), ["A: 1\n\none", "\ntwo"]);
    }

    #[test]
    fn a_missing_final_boundary_leaves_the_rest_to_the_last_part() {
        assert_eq!(parts(&multipart("--b\n\none\n--b\n\ntwo\n")), ["\none", "\ntwo\n"]);
        assert_eq!(parts(&multipart("--b")), [""]);
    }

    #[test]
    fn a_boundary_is_a_whole_line() {
        let mail = multipart("--b\n\nx --b\n--bb\n--b--b\n --b\n--b x\n--b--\n");
        assert_eq!(parts(&mail), ["\nx --b\n--bb\n--b--b\n --b\n--b x"]);
    }

    #[test]
    fn empty_parts_are_parts() {
        assert_eq!(parts(&multipart("--b\n--b\n\n--b\nA: 1\n\n--b--")), ["", "", "A: 1\n"]);
        let mail = multipart("--b\nA: 1\n\n--b--");
        assert_eq!(mail.bytes(&mail.root.children[0].body), b"");
    }

    #[test]
    fn an_inner_multipart_ends_where_the_outer_boundary_comes() {
        let inner = "Content-Type: multipart/alternative; boundary=\"b=i \"\n\n--b=i\n\none";
        let mail = multipart(&format!("--b\n{inner}\n--b\n\ntwo\n--b--\n"));
        assert_eq!(parts(&mail), [inner, "\ntwo"]);
        assert_eq!(mail.bytes(&mail.root.children[0].children[0].span), b"\none");
    }

    #[test]
    fn types_encodings_and_names_have_their_defaults() {
        let mail = multipart(
            "--b\n\na\n--b\nContent-Type: nonsense\nContent-Disposition: ATTACHMENT; filename=a.b\n\nc\n--b--",
        );
        let [first, second] = &mail.root.children[..] else { panic!("two parts") };
        assert_eq!(
            (first.content_type.as_str(), first.encoding.as_str(), first.file_name()),
            ("text/plain", "7bit", None)
        );
        assert_eq!(second.content_type, "text/plain");
        assert_eq!((second.disposition.as_deref(), second.file_name()), (Some("attachment"), Some("a.b")));
        assert!(second.is_named("A.B") && !second.is_named("a"));
    }

    #[test]
    fn a_part_of_a_digest_is_a_message_by_default() {
        let mail = mail("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\n--b--\n");
        assert_eq!(mail.root.children[0].content_type, "message/rfc822");
    }

    #[test]
    fn a_message_inside_is_not_entered() {
        let mail = mail(sample::envelope());
        let original = &mail.root.children[0].children[1];
        assert!(original.children.is_empty());
        assert_eq!(mail.bytes(&original.body), sample::ORIGINAL.as_bytes());
        assert_eq!(Mail::read(mail.bytes(&original.body)).unwrap().root.children.len(), 1);
    }

    #[test]
    fn excess_is_cut_and_told() {
        let deep = mail(nested(2000));
        assert_eq!(deep.limits, [Limit::Depth]);
        assert_eq!(deep.root.walk().count(), 101);

        let many = multipart(&"--b\n\n".repeat(MAX_PARTS + 5));
        assert_eq!(many.limits, [Limit::Parts]);
        assert_eq!(many.root.children.len(), MAX_PARTS);

        let fields = mail(format!("{}X-Ricevuta: x\n\nbody", "A: 1\n".repeat(MAX_FIELDS + 5)));
        assert_eq!(fields.limits, [Limit::Fields]);
        assert_eq!((fields.root.headers.len(), fields.bytes(&fields.root.body)), (MAX_FIELDS + 1, &b"body"[..]));
        assert_eq!(fields.field("x-ricevuta").as_deref(), Some("x"));

        let long = mail(format!("A: 1\nB: {}\nC: 1\nTo: 1\n\nbody", "x".repeat(MAX_SECTION)));
        assert_eq!(long.limits, [Limit::Section]);
        assert_eq!((long.root.headers.len(), long.bytes(&long.root.body)), (3, &b"body"[..]));

        let flood = mail("To: a@b\n".repeat(MAX_FIELDS + MAX_LATE + 5));
        assert_eq!(flood.root.headers.len(), MAX_FIELDS + MAX_LATE);

        assert_eq!(multipart("--b\n\none\n--b--\n").limits, []);
    }

    #[test]
    fn reading_takes_time_by_size_and_no_more() {
        let line = format!("{}\r\n", "QUJD".repeat(19));
        let reading = |size: usize| {
            let attachment = line.repeat(size / line.len());
            let dashes = "--x\r\n".repeat(size / 300);
            let raw: Bytes = format!("{}\r\n{dashes}{attachment}", nested(90)).into_bytes().into();
            let start = Instant::now();
            let mail = Mail::read(raw.clone()).unwrap();
            let took = start.elapsed();
            assert_eq!(mail.raw.as_ptr(), raw.as_ptr());
            assert_eq!(mail.root.walk().count(), 91);
            took
        };
        // Ten times as large, on a machine that may be busy: only a quadratic reader would need a hundred times as long.
        let small = (0..3).map(|_| reading(3_000_000)).min().unwrap();
        let large = reading(30_000_000);
        assert!(large < small * 50, "{small:?} and {large:?}");
    }
}
