//! What the lines of a record say: unfolded and decoded whenever it is asked for.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_STANDARD};

use super::{LdifError, wrong};

/// A line with its continuations: its number, and where it stands in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub number: u32,
    pub start: u32,
    pub end: u32,
}

/// A `dn` and what follows it.
#[derive(Clone, Copy, Debug)]
pub struct Record<'l> {
    pub(super) ldif: &'l [u8],
    pub(super) lines: &'l [Line],
}

/// An attribute's line, unfolded and decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute<'l> {
    /// Line in the file, from 1.
    pub line: usize,
    /// In lower case, without options.
    pub name: String,
    /// In lower case, such as `binary`.
    pub options: Vec<String>,
    /// As decoded.
    pub value: Cow<'l, [u8]>,
}

impl<'l> Record<'l> {
    /// Distinguished name as written.
    pub fn dn(&self) -> String {
        self.read(0).and_then(|dn| dn.text().ok()).unwrap_or_default()
    }

    /// Whether it is of class `provider`.
    pub fn is_provider(&self) -> bool {
        self.named("objectclass").any(|class| class.value.trim_ascii_end().eq_ignore_ascii_case(b"provider"))
    }

    /// What it holds, in the order of the file.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'l>> + use<'l> {
        let record = *self;
        (1..self.lines.len()).filter_map(move |at| record.read(at))
    }

    /// The attributes of a name, given in lower case.
    pub fn named<'n>(&self, name: &'n str) -> impl Iterator<Item = Attribute<'l>> + use<'l, 'n> {
        self.attributes().filter(move |attribute| attribute.name == name)
    }

    /// A line that could be read when the file was laid out.
    fn read(&self, at: usize) -> Option<Attribute<'l>> {
        let line = self.lines.get(at)?;
        Attribute::read(line.number as usize, line.unfolded(self.ldif)).ok()
    }
}

impl Line {
    /// Its text, continuations joined.
    pub fn unfolded(self, ldif: &[u8]) -> Cow<'_, [u8]> {
        let text = &ldif[self.start as usize..self.end as usize];
        if memchr::memchr(b'\n', text).is_none() {
            return Cow::Borrowed(text);
        }
        let mut joined = Vec::with_capacity(text.len());
        for (index, part) in text.split(|octet| *octet == b'\n').enumerate() {
            let part = part.strip_suffix(b"\r").unwrap_or(part);
            joined.extend_from_slice(if index == 0 { part } else { part.strip_prefix(b" ").unwrap_or(part) });
        }
        Cow::Owned(joined)
    }
}

impl<'l> Attribute<'l> {
    /// `name: text`, `name:: base64`; `name:< URL` is never fetched.
    pub(super) fn read(line: usize, text: Cow<'l, [u8]>) -> Result<Self, LdifError> {
        let Some(colon) = memchr::memchr(b':', &text) else {
            return wrong(line, "no colon: an attribute is written `name: value`");
        };
        let description = String::from_utf8_lossy(&text[..colon]).to_ascii_lowercase();
        let mut options = description.split(';').map(str::to_owned);
        let name = options.next().unwrap_or_default();
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')) {
            return wrong(line, "an attribute's name consists of letters, digits, `-` and `.`");
        }
        let after = colon + 1;
        let value = match text.get(after) {
            Some(b'<') => {
                return wrong(line, "a value given by URL (`:<`) is not fetched: it has to stand in the file");
            }
            Some(b':') => match BASE64_STANDARD.decode(text[after + 1..].trim_ascii()) {
                Ok(value) => Cow::Owned(value),
                Err(error) => return wrong(line, format!("after `::` comes base64: {error}")),
            },
            _ => {
                let blanks = text[after..].iter().take_while(|octet| octet.is_ascii_whitespace()).count();
                match text {
                    Cow::Borrowed(text) => Cow::Borrowed(&text[after + blanks..]),
                    Cow::Owned(text) => Cow::Owned(text[after + blanks..].to_vec()),
                }
            }
        };
        Ok(Self { line, name, options: options.collect(), value })
    }

    /// The value as text; LDAP's comparisons ignore blanks at the end, so they go.
    pub fn text(&self) -> Result<String, LdifError> {
        match str::from_utf8(&self.value) {
            Ok(text) => Ok(text.trim_end_matches(' ').to_owned()),
            Err(_) => wrong(self.line, format!("{} is not UTF-8", self.name)),
        }
    }
}
