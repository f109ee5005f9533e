//! A mail message as bytes, with the map of what is where (RFC 5322, RFC 2045-2047, 2183, 2231).

mod address;
mod fields;
mod mime;
mod params;
mod words;

use std::{ops::Range, sync::Arc};

use mail_parser::decoders::{
    base64::base64_decode, charsets::map::charset_decoder, quoted_printable::quoted_printable_decode,
};

/// A message: its bytes, never changed, and its tree of MIME entities.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The bytes as seen.
    pub raw: Arc<[u8]>,
    /// The message itself as the outermost entity.
    pub root: Entity,
    /// What was too deep, too many or too large to be read, in words; empty for any sane message.
    pub limits: Vec<String>,
}

/// A MIME entity: a header section and a body.
#[derive(Clone, Debug)]
pub struct Entity {
    /// Header section and body, without the line end that belongs to the boundary after it.
    pub span: Range<usize>,
    /// The header fields in the order of the message, repeated ones included.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Range<usize>,
    /// `type/subtype` in lower case; `text/plain` where the field is absent or unreadable (RFC 2045 5.2).
    pub content_type: String,
    /// Parameters of Content-Type, names in lower case, values decoded (RFC 2231 continuations, RFC 2047 in quotes).
    pub content_params: Vec<(String, String)>,
    /// Content-Disposition's kind in lower case.
    pub disposition: Option<String>,
    /// Parameters of Content-Disposition, like `content_params`.
    pub disposition_params: Vec<(String, String)>,
    /// Content-Transfer-Encoding in lower case; `7bit` where absent (RFC 2045 6.1).
    pub encoding: String,
    /// Parts of a multipart, in order. A `message/rfc822` is not entered: read its body as a [`Mail`] of its own.
    pub children: Vec<Entity>,
}

/// A header field.
#[derive(Clone, Debug)]
pub struct Header {
    /// The name as sent, letter case included.
    pub name: String,
    /// The whole field, name and final line end included.
    pub span: Range<usize>,
    /// What follows the colon, up to and without the final line end; folding and leading blank included.
    pub value: Range<usize>,
}

/// A mailbox in an address field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The display name, decoded.
    pub name: Option<String>,
    /// `local@domain` as written.
    pub address: String,
}

/// Why bytes are not a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No header field at all.
    #[error("no mail message: not one header field was found in {0} bytes")]
    NoHeader(usize),
}

impl Mail {
    /// Reads `raw`; bounded in depth, parts and time, whatever the bytes are.
    pub fn read(raw: impl Into<Arc<[u8]>>) -> Result<Self, ReadError> {
        let raw = raw.into();
        let (root, limits) = mime::read(&raw);
        if root.headers.is_empty() {
            return Err(ReadError::NoHeader(raw.len()));
        }
        Ok(Self { raw, root, limits })
    }

    /// The bytes of a range.
    pub fn bytes(&self, span: &Range<usize>) -> &[u8] {
        &self.raw[span.clone()]
    }

    /// A header field's value unfolded and trimmed, bytes beyond ASCII kept where they are UTF-8 and else replaced.
    pub fn unfolded(&self, header: &Header) -> String {
        unfold(self.bytes(&header.value))
    }

    /// A header field's value unfolded, trimmed and with its encoded words decoded (RFC 2047).
    pub fn decoded(&self, header: &Header) -> String {
        words::decode(&self.unfolded(header))
    }

    /// The mailboxes of an address field, those of groups included; `None` where it does not follow RFC 5322 3.4.
    ///
    /// Dots in display names and octets beyond ASCII there are accepted; no other obsolete form is, nor an empty list.
    pub fn mailboxes(&self, header: &Header) -> Option<Vec<Mailbox>> {
        address::mailboxes(&self.unfolded(header))
    }

    /// An entity's body with its transfer encoding taken off; `None` where the encoding is unknown or broken.
    pub fn content(&self, entity: &Entity) -> Option<Vec<u8>> {
        let body = self.bytes(&entity.body);
        match entity.encoding.as_str() {
            "7bit" | "8bit" | "binary" => Some(body.to_vec()),
            "quoted-printable" => quoted_printable_decode(body),
            "base64" => base64_decode(body),
            _ => None,
        }
    }

    /// An entity's body as text, transfer encoding and charset taken off; `None` where either is unknown or broken.
    ///
    /// Without a charset it is read as UTF-8 where it is that, else as Latin-1, the charset of PEC texts (4.3.1).
    pub fn text(&self, entity: &Entity) -> Option<String> {
        let content = self.content(entity)?;
        match entity.param("charset") {
            Some(charset) => charset_decoder(charset.as_bytes()).map(|decode| decode(&content)),
            None => Some(
                String::from_utf8(content)
                    .unwrap_or_else(|error| encoding_rs::mem::decode_latin1(error.as_bytes()).into_owned()),
            ),
        }
    }

    /// Unfolded value of the outermost field of this name (first one), letter case of the name ignored.
    pub fn field(&self, name: &str) -> Option<String> {
        self.root.header(name).map(|header| self.unfolded(header))
    }
}

impl Entity {
    /// The first header field of this name, letter case ignored.
    pub fn header(&self, name: &str) -> Option<&Header> {
        self.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))
    }

    /// Every header field of this name.
    pub fn headers_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Header> {
        self.headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name))
    }

    /// A parameter of Content-Type, its name in lower case.
    pub fn param(&self, name: &str) -> Option<&str> {
        find(&self.content_params, name)
    }

    /// The attachment's name: `filename` of the disposition, else `name` of the type.
    pub fn file_name(&self) -> Option<&str> {
        find(&self.disposition_params, "filename").or_else(|| self.param("name"))
    }

    /// Whether the disposition or the type gives it this name, letter case ignored.
    pub fn is_named(&self, name: &str) -> bool {
        [find(&self.disposition_params, "filename"), self.param("name")]
            .into_iter()
            .flatten()
            .any(|found| found.eq_ignore_ascii_case(name))
    }

    /// This entity and everything below it, outermost first.
    pub fn walk(&self) -> impl Iterator<Item = &Entity> {
        let mut stack = vec![self];
        std::iter::from_fn(move || {
            let entity = stack.pop()?;
            stack.extend(entity.children.iter().rev());
            Some(entity)
        })
    }
}

fn find<'a>(params: &'a [(String, String)], name: &str) -> Option<&'a str> {
    params.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

/// A field's value without the line ends of its folds (RFC 5322 2.2.3) and without blanks around it.
fn unfold(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value).replace("\r\n", "").replace('\n', "");
    text.trim_matches([' ', '\t', '\r']).to_owned()
}
