//! From bytes to an XML document: charset, document type declaration, bounds. Nothing is fetched, nothing expanded.

use std::{borrow::Cow, sync::LazyLock};

use encoding_rs::{Encoding, UTF_8};
use memchr::{memchr, memchr2, memmem};
use regex::Regex;
use roxmltree::{Document, ParsingOptions};

use super::bounds::{self, Sort};
use crate::message::charset;

/// A larger daticert.xml is not read, in bytes: room for some ten thousand recipients, far beyond the fifty that a
/// provider must accept (DM 2 November 2005, art. 12).
const MAX_SIZE: usize = 4 << 20;
/// More nodes are not read: the same recipients, each with its element, text and line end.
const MAX_NODES: u32 = 200_000;

static REFERENCE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("&(?<name>[^#;&<\\s][^;&<\\s]*);").expect("a valid pattern"));

/// Why a document was not read.
#[derive(Debug)]
pub(super) enum Unread {
    /// It cannot be.
    Malformed(String),
    /// It is more than is read.
    Beyond(String),
}

/// The text of `xml` in the charset of its byte order mark, else of its declaration, else UTF-8.
pub(super) fn decode(xml: &[u8]) -> Result<String, Unread> {
    if xml.len() > MAX_SIZE {
        return Err(Unread::Beyond(format!("{} bytes: more than {MAX_SIZE} are not read", xml.len())));
    }
    let (encoding, text) = match Encoding::for_bom(xml) {
        Some((encoding, length)) => (encoding, &xml[length..]),
        None => (declared(xml).map_err(Unread::Malformed)?, xml),
    };
    // What the web takes for Latin-1 is Windows-1252; XML means the real one.
    if encoding == encoding_rs::WINDOWS_1252 && declares_latin1(xml) {
        return Ok(encoding_rs::mem::decode_latin1(text).into_owned());
    }
    if encoding == UTF_8 {
        return std::str::from_utf8(text).map(str::to_owned).map_err(|error| {
            let (line, column) = position(&text[..error.valid_up_to()]);
            Unread::Malformed(format!("not UTF-8 at {line}:{column}"))
        });
    }
    let text = encoding.decode_without_bom_handling_and_without_replacement(text);
    let wrong = || Unread::Malformed(format!("not in its declared charset, {}", encoding.name()));
    text.map(Cow::into_owned).ok_or_else(wrong)
}

/// The charset that the XML declaration names, in lower case.
fn declared_label(xml: &[u8]) -> Option<String> {
    let start = xml[..xml.len().min(200)].strip_prefix(b"<?xml")?;
    start.first().filter(|blank| blank.is_ascii_whitespace())?;
    let declaration = memchr(b'>', start).map_or(start, |end| &start[..end]);
    let label = |at: usize| {
        let value = start[at..].strip_prefix(ENCODING)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
        let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'"))?;
        Some(String::from_utf8_lossy(&value[..memchr2(b'"', b'\'', value)?]).to_ascii_lowercase())
    };
    memmem::find_iter(declaration, ENCODING).find_map(label)
}

const ENCODING: &[u8] = b"encoding";

fn declared(xml: &[u8]) -> Result<&'static Encoding, String> {
    let Some(label) = declared_label(xml) else { return Ok(UTF_8) };
    Encoding::for_label(label.as_bytes()).ok_or_else(|| format!("an unknown charset is declared: {label}"))
}

fn declares_latin1(xml: &[u8]) -> bool {
    declared_label(xml).is_some_and(|label| charset::is_latin1(&label) || charset::is_ascii(&label))
}

/// A document that can be read, and whether it has a document type declaration.
pub(super) struct Parsed<'a> {
    pub document: Result<Document<'a>, Unread>,
    pub doctype: bool,
}

/// Parses `text` within bounds.
pub(super) fn parse(text: &str) -> Parsed<'_> {
    if let Err(problem) = bounds::check(text) {
        let (line, column) = position(&text.as_bytes()[..problem.at]);
        let what = format!("{} at {line}:{column}", problem.what);
        let document = Err(match problem.sort {
            Sort::Malformed => Unread::Malformed(what),
            Sort::Beyond => Unread::Beyond(what),
        });
        return Parsed { document, doctype: text.contains("<!DOCTYPE") };
    }
    let plain = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, entity_resolver: None };
    let (document, doctype) = match Document::parse_with_options(text, plain) {
        Err(roxmltree::Error::DtdDetected) => (parse_past_doctype(text), true),
        parsed => (parsed.map_err(|error| unread(&error)), false),
    };
    Parsed { document, doctype }
}

/// Entities may multiply a text without end, so a document that declares and uses them is not read.
fn parse_past_doctype(text: &str) -> Result<Document<'_>, Unread> {
    let predefined = ["amp", "lt", "gt", "quot", "apos"];
    if text.contains("<!ENTITY")
        && let Some(used) = REFERENCE.captures_iter(text).find(|used| !predefined.contains(&&used["name"]))
    {
        let whole = used.get_match();
        let (line, column) = position(&text.as_bytes()[..whole.start()]);
        let what = format!("the entity {} at {line}:{column} is never expanded", whole.as_str());
        return Err(Unread::Malformed(what));
    }
    let past = ParsingOptions { allow_dtd: true, nodes_limit: MAX_NODES, entity_resolver: None };
    Document::parse_with_options(text, past).map_err(|error| unread(&error))
}

fn unread(error: &roxmltree::Error) -> Unread {
    match error {
        roxmltree::Error::NodesLimitReached => Unread::Beyond(error.to_string()),
        _ => Unread::Malformed(error.to_string()),
    }
}

/// Line and column, from 1, after `before`.
fn position(before: &[u8]) -> (usize, usize) {
    let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let line = before.split(|&byte| byte == b'\n').count();
    (line, String::from_utf8_lossy(&before[line_start..]).chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use crate::message::{DaticertReading, sample::DATICERT};

    fn read(xml: impl AsRef<[u8]>) -> DaticertReading {
        DaticertReading::read(xml.as_ref().to_vec())
    }

    fn subject(xml: impl AsRef<[u8]>) -> Option<String> {
        read(xml).data?.oggetto
    }

    #[test]
    fn charsets_and_byte_order_marks_are_honoured() {
        let subject_of_all = Some("Perché no & altro".to_owned());
        let latin1 = DATICERT.replace("UTF-8", "ISO-8859-1").replace('é', "#");
        let latin1: Vec<u8> = latin1.bytes().map(|byte| if byte == b'#' { 0xe9 } else { byte }).collect();
        assert_eq!(subject(latin1), subject_of_all);
        assert_eq!(subject(format!("\u{feff}{DATICERT}")), subject_of_all);
        let wide: Vec<u8> = format!("\u{feff}{}", DATICERT.replace("UTF-8", "UTF-16"))
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(subject(wide), subject_of_all);
        assert_eq!(subject(DATICERT.split_once('\n').unwrap().1), subject_of_all);
    }

    #[test]
    fn a_wrong_or_unknown_charset_is_malformed() {
        let broken: Vec<u8> =
            DATICERT.replace("Perché", "Perch#").bytes().map(|b| if b == b'#' { 0xe9 } else { b }).collect();
        assert_eq!(read(broken).malformed.unwrap(), "not UTF-8 at 8:23");
        let unknown = read(DATICERT.replace("UTF-8", "klingon")).malformed.unwrap();
        assert_eq!(unknown, "an unknown charset is declared: klingon");
    }

    #[test]
    fn a_doctype_and_a_style_sheet_are_noted_and_passed() {
        let prolog =
            "<?xml-stylesheet href=\"http://style.example/x.xsl\"?><!DOCTYPE postacert SYSTEM \"file:///etc/passwd\">";
        let reading = read(DATICERT.replace("<postacert", &format!("{prolog}<postacert")));
        assert!(reading.doctype && reading.malformed.is_none() && reading.invalid.is_empty());
        assert!(!read(DATICERT).doctype);
    }

    #[test]
    fn no_entity_is_fetched_or_expanded() {
        let with = |declaration: &str, used: &str| {
            let doctype = format!("<!DOCTYPE postacert [{declaration}]>\n<postacert");
            read(DATICERT.replace("<postacert", &doctype).replace("no &amp; altro", used))
        };
        let external = with("<!ENTITY x SYSTEM \"file:///etc/passwd\">", "&x;");
        assert_eq!(external.malformed.as_deref(), Some("the entity &x; at 9:25 is never expanded"));
        let internal = with("<!ENTITY x \"ciao\">", "&x;");
        assert!(internal.doctype && internal.malformed.is_some());
        let bomb = with("<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;\">", "&b;");
        assert!(bomb.malformed.is_some());
        let unused = with("<!ENTITY x \"ciao\">", "&amp; &#233;");
        assert_eq!(unused.data.unwrap().oggetto.as_deref(), Some("Perché & é"));
        assert!(with("", "&x;").malformed.is_some());
    }

    #[test]
    fn size_nodes_and_depth_are_bounded() {
        let malformed = |xml: String| read(xml).limit.unwrap_or_default();
        assert!(malformed(" ".repeat(super::MAX_SIZE + 1)).contains("more than 4194304 are not read"));
        assert!(malformed(format!("<a>{}</a>", "<b/>".repeat(super::MAX_NODES as usize))).contains("nodes"));
        assert!(malformed("<a>".repeat(1000) + &"</a>".repeat(1000)).starts_with("nested more than 256 deep"));
        assert!(!malformed("<a>".repeat(256) + &"</a>".repeat(256)).contains("nested"));
        for (name, value) in [("a", "''"), ("xmlns:n", "'u'")] {
            let attributes: Vec<String> = (0..190_000).map(|at| format!(" {name}{at}={value}")).collect();
            let told = malformed(format!("<postacert{}/>", attributes.concat()));
            assert_eq!(told, "could not be read: more than 100 attributes in one element at 1:1");
        }
    }

    #[test]
    fn a_reference_to_no_character_is_not_well_formed() {
        let emoji = DATICERT.replace("Perché", "&#xD83D;&#xDE00;");
        let told = "the reference &#xD83D; names half of a surrogate pair, which is no character at 8:18";
        assert_eq!(read(emoji).malformed.as_deref(), Some(told));
        assert_eq!(subject(DATICERT.replace("Perché", "&#x1F600;")).as_deref(), Some("😀 no & altro"));
    }
}
