//! A mail message as bytes, with the map of what is where (RFC 5322, RFC 2045-2047, 2183, 2231).

use std::{ops::Range, sync::Arc};

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
        let _ = raw.into();
        todo!()
    }

    /// The bytes of a range.
    pub fn bytes(&self, span: &Range<usize>) -> &[u8] {
        &self.raw[span.clone()]
    }

    /// A header field's value unfolded and trimmed, bytes beyond ASCII kept where they are UTF-8 and else replaced.
    pub fn unfolded(&self, header: &Header) -> String {
        let _ = header;
        todo!()
    }

    /// A header field's value unfolded, trimmed and with its encoded words decoded (RFC 2047).
    pub fn decoded(&self, header: &Header) -> String {
        let _ = header;
        todo!()
    }

    /// The mailboxes of an address field; `None` where it does not follow RFC 5322 3.4.
    pub fn mailboxes(&self, header: &Header) -> Option<Vec<Mailbox>> {
        let _ = header;
        todo!()
    }

    /// An entity's body with its transfer encoding taken off; `None` where the encoding is unknown or broken.
    pub fn content(&self, entity: &Entity) -> Option<Vec<u8>> {
        let _ = entity;
        todo!()
    }

    /// An entity's body as text: transfer encoding and charset taken off.
    pub fn text(&self, entity: &Entity) -> Option<String> {
        let _ = entity;
        todo!()
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

    /// The attachment's name: `filename` of the disposition, else `name` of the type.
    pub fn file_name(&self) -> Option<&str> {
        let param = |params: &'_ [(String, String)], key: &str| params.iter().position(|(name, _)| name == key);
        param(&self.disposition_params, "filename")
            .map(|at| self.disposition_params[at].1.as_str())
            .or_else(|| param(&self.content_params, "name").map(|at| self.content_params[at].1.as_str()))
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
