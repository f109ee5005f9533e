//! A mail message as bytes, with the map of what is where (RFC 5322, RFC 2045-2047, 2183, 2231).

mod address;
mod address_list;
mod fields;
mod header_text;
mod limit;
mod mime;
mod params;
mod transfer;
mod words;

use std::{borrow::Cow, ops::Range, sync::Arc};

pub use address_list::{AddressList, AddressProblem};
pub use header_text::{HeaderText, canonical, says};
pub use limit::Limit;
pub use mime::decides;

use super::{Bytes, charset};

/// A message: its bytes, never changed, and its tree of MIME entities.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The bytes as seen.
    pub raw: Bytes,
    /// The message itself as the outermost entity.
    pub root: Arc<Entity>,
    /// What was too deep, too many or too large to be read; empty for any sane message.
    pub limits: Vec<Limit>,
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
    pub children: Vec<Arc<Entity>>,
}

/// A header field.
#[derive(Clone, Debug)]
pub struct Header {
    /// The name as sent, letter case included.
    pub name: Cow<'static, str>,
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
    #[error("not one header field was found in {0} bytes")]
    NoHeader(usize),
}

impl Mail {
    /// Reads `raw`; bounded in depth, parts and time, whatever the bytes are.
    pub fn read(raw: impl Into<Bytes>) -> Result<Self, ReadError> {
        let raw = raw.into();
        let (root, limits) = mime::read(&raw, 0..raw.len());
        if root.headers.is_empty() {
            return Err(ReadError::NoHeader(raw.len()));
        }
        Ok(Self { raw, root: root.into(), limits })
    }

    /// Reads what somebody holds as a file. One that ends inside its message may have been cut off since it came, or have
    /// been sent so: nothing tells. What crossed a wire is known to its end, and is read by [`Self::read`].
    pub fn of_file(raw: impl Into<Bytes>) -> Result<Self, ReadError> {
        let mut mail = Self::read(raw)?;
        if mail.ends_early() {
            mail.limits.push(Limit::CutOff);
        }
        Ok(mail)
    }

    /// Whether the empty line after the header is missing, or the outermost multipart's last boundary (RFC 2046 5.1.1).
    pub fn ends_early(&self) -> bool {
        let Entity { body, children, .. } = &*self.root;
        if body.is_empty() && ![&b"\n\n"[..], b"\n\r\n"].iter().any(|end| self.raw[..body.start].ends_with(end)) {
            return true;
        }
        let is_divided = self.root.content_type.starts_with("multipart/") && self.root.param("boundary").is_some();
        match children.last() {
            Some(last) => last.span.end == body.end,
            // Where some other boundary is the last, the header names the wrong one.
            None => is_divided && !ends_with_a_boundary(self.bytes(body)),
        }
    }

    /// Whether it was read from a file that ends inside it.
    pub fn is_cut_off(&self) -> bool {
        self.limits.contains(&Limit::CutOff)
    }

    /// A MIME part's body by itself, without the header that it had.
    pub(super) fn body(raw: impl Into<Bytes>, content_type: &str) -> Self {
        let raw = raw.into();
        let root = Entity::body(0..raw.len(), content_type);
        Self { raw, root: root.into(), limits: Vec::new() }
    }

    /// Whether parts may be where nobody looked: then none is missing for certain.
    pub fn hides_parts(&self) -> bool {
        self.limits.iter().any(|limit| limit.hides_parts())
    }

    /// The bytes of a range.
    pub fn bytes(&self, span: &Range<usize>) -> &[u8] {
        &self.raw[span.clone()]
    }

    /// A header field's value unfolded and trimmed; octets beyond ASCII are UTF-8 where they can be, else Latin-1: see
    /// [`charset::plausible`].
    pub fn unfolded(&self, header: &Header) -> String {
        unfold(self.bytes(&header.value)).into_owned()
    }

    /// A header field's value unfolded, trimmed and with its encoded words decoded (RFC 2047), for people. To compare it,
    /// ask [`Self::header_text`].
    pub fn decoded(&self, header: &Header) -> String {
        words::decode(&self.unfolded(header), words::Broken::Latin1)
    }

    /// A header field's value as text, with every reading that its octets allow.
    pub fn header_text(&self, header: &Header) -> HeaderText {
        HeaderText::read(&self.unfolded(header))
    }

    /// The mailboxes of an address field, those of groups included; `None` where it does not follow RFC 5322 3.4.
    ///
    /// Dots in display names and octets beyond ASCII there are accepted; no other obsolete form is, nor an empty list.
    pub fn mailboxes(&self, header: &Header) -> Option<Vec<Mailbox>> {
        address::mailboxes(&self.unfolded(header))
    }

    /// The mailboxes of an address field as far as they can be understood, and what is wrong with it.
    pub fn addresses(&self, header: &Header) -> AddressList {
        AddressList::read(&self.unfolded(header))
    }

    /// An entity's body with its transfer encoding taken off; `None` where the encoding is unknown or broken.
    pub fn content(&self, entity: &Entity) -> Option<Vec<u8>> {
        self.contained(entity).map(Cow::into_owned)
    }

    /// Like [`Self::content`], without a copy where no encoding is to be taken off.
    pub fn contained(&self, entity: &Entity) -> Option<Cow<'_, [u8]>> {
        let body = self.bytes(&entity.body);
        match entity.encoding.as_str() {
            "7bit" | "8bit" | "binary" => Some(Cow::Borrowed(body)),
            "quoted-printable" => transfer::quoted_printable(body).map(Cow::Owned),
            "base64" => transfer::base64(body).map(Cow::Owned),
            _ => None,
        }
    }

    /// The message that an entity's body is; `None` where it is none. It shares the bytes of this one where no encoding is
    /// to be taken off: its spans then are ranges of these.
    pub fn nested(&self, entity: &Entity) -> Option<Self> {
        let (raw, span) = match self.contained(entity)? {
            Cow::Borrowed(_) => (self.raw.clone(), entity.body.clone()),
            Cow::Owned(content) => (content.into(), 0..usize::MAX),
        };
        let span = span.start..span.end.min(raw.len());
        let (root, limits) = mime::read(&raw, span);
        (!root.headers.is_empty()).then(|| Self { raw, root: root.into(), limits })
    }

    /// The message's own bytes, which are all of `raw` unless it is nested in another.
    pub fn whole(&self) -> &[u8] {
        self.bytes(&self.root.span)
    }

    /// An entity's body as text, transfer encoding and charset taken off; `None` where either is unknown or broken.
    ///
    /// Without a charset it is read as UTF-8 where it is that, else as Latin-1, the charset of PEC texts (4.3.1).
    pub fn text(&self, entity: &Entity) -> Option<String> {
        let content = self.content(entity)?;
        match entity.param("charset") {
            Some(charset) => charset::decoder(charset).map(|decode| decode(&content)),
            None => Some(charset::plausible(&content).into_owned()),
        }
    }

    /// Whether a mailing list passed it on, as fields of RFC 2369, RFC 2919 and older habit tell.
    pub fn is_from_a_list(&self) -> bool {
        const FIELDS: [&str; 6] =
            ["List-Id", "List-Post", "List-Help", "List-Unsubscribe", "Mailing-List", "X-Mailing-List"];
        let precedence = self.field("Precedence").is_some_and(|value| value.eq_ignore_ascii_case("list"));
        precedence || FIELDS.iter().any(|name| self.root.header(name).is_some())
    }

    /// Unfolded value of the outermost field of this name (first one), letter case of the name ignored.
    pub fn field(&self, name: &str) -> Option<String> {
        self.root.header(name).map(|header| self.unfolded(header))
    }
}

impl Entity {
    /// A body without a header.
    pub(super) fn body(span: Range<usize>, content_type: &str) -> Self {
        Self {
            body: span.clone(),
            span,
            headers: Vec::new(),
            content_type: content_type.to_owned(),
            content_params: Vec::new(),
            disposition: None,
            disposition_params: Vec::new(),
            encoding: "7bit".to_owned(),
            children: Vec::new(),
        }
    }

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
            stack.extend(entity.children.iter().rev().map(|child| &**child));
            Some(entity)
        })
    }
}

fn find<'a>(params: &'a [(String, String)], name: &str) -> Option<&'a str> {
    params.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

/// A field's value without the line ends of its folds (RFC 5322 2.2.3) and without blanks around it.
fn unfold(value: &[u8]) -> Cow<'_, str> {
    const AROUND: [char; 3] = [' ', '\t', '\r'];
    match charset::plausible(value) {
        Cow::Borrowed(text) if !text.contains('\n') => Cow::Borrowed(text.trim_matches(AROUND)),
        text => Cow::Owned(text.replace("\r\n", "").replace('\n', "").trim_matches(AROUND).to_owned()),
    }
}

/// Whether the last line is one that ends a multipart, whichever.
fn ends_with_a_boundary(body: &[u8]) -> bool {
    let last = body.trim_ascii_end().rsplit(|octet| *octet == b'\n').next().unwrap_or_default();
    last.len() > 4 && last.starts_with(b"--") && last.ends_with(b"--")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::sample;

    fn mail(raw: impl AsRef<[u8]>) -> Mail {
        Mail::read(raw.as_ref()).unwrap()
    }

    /// The decoded Subject of a message with just that field.
    fn subject(value: &str) -> String {
        let mail = mail(format!("Subject: {value}\r\n\r\n"));
        mail.decoded(mail.root.header("subject").unwrap())
    }

    #[test]
    fn a_field_is_sliced_as_sent_and_unfolded_on_request() {
        let mail = mail(sample::envelope());
        let received = &mail.root.headers[0];
        assert!(mail.bytes(&received.span).starts_with(b"Received: from mx.alfa.example\r\n\tby"));
        assert!(mail.bytes(&received.span).ends_with(b"+0200\r\n"));
        assert!(mail.bytes(&received.value).starts_with(b" from") && mail.bytes(&received.value).ends_with(b"+0200"));
        assert!(mail.unfolded(received).starts_with("from mx.alfa.example\tby mx.bravo.example;"));
        assert_eq!(mail.field("x-TRASPORTO").as_deref(), Some("posta-certificata"));
    }

    #[test]
    fn bytes_beyond_ascii_are_utf_8_or_else_latin_1_and_never_lost() {
        let mail = mail(b"X-A: citt\xc3\xa0\nX-B: citt\xe0 l\x92\n\n");
        assert_eq!(mail.field("X-A").unwrap(), "città");
        assert_eq!(mail.field("X-B").unwrap(), "città l’");
    }

    #[test]
    fn encoded_words_are_decoded_wherever_they_stand() {
        assert_eq!(subject("=?utf-8?Q?POSTA_CERTIFICATA:_Perch=C3=A9?="), "POSTA CERTIFICATA: Perché");
        assert_eq!(subject("ACCETTAZIONE: =?ISO-8859-1?q?citt=E0?= di  Roma"), "ACCETTAZIONE: città di  Roma");
        assert_eq!(subject("=?utf-8?B?UGVyY2jDqQ==?=, no"), "Perché, no");
        assert_eq!(subject("=?UTF-8*it?b?w6g=?="), "è");
    }

    #[test]
    fn adjacent_encoded_words_join_even_when_cut_inside_a_character() {
        assert_eq!(subject("=?utf-8?q?a?=\r\n =?utf-8?q?b?="), "ab");
        assert_eq!(subject("=?utf-8?B?Y2l0dMM=?=\r\n =?UTF-8?B?oA==?="), "città");
        assert_eq!(subject("=?iso-8859-1?q?=E0?= =?utf-8?q?=C3=A8?= fine"), "àè fine");
    }

    #[test]
    fn what_is_no_encoded_word_stays_as_it_is() {
        for text in ["=?no-such-charset?q?a?=", "=?utf-8?x?a?=", "=?utf-8?b?*?=", "=?utf-8?q?=zz?=", "a =? b ?= c"] {
            assert_eq!(subject(text), text);
        }
        assert_eq!(subject("=?utf-8?q?a?= =?bad?q?b?= =?utf-8?q?c?="), "a =?bad?q?b?= c");
    }

    #[test]
    fn a_transfer_encoding_is_taken_off_or_reported() {
        let content = |encoding: &str, body: &str| {
            let mail = mail(format!("Content-Transfer-Encoding: {encoding}\r\n\r\n{body}"));
            mail.content(&mail.root)
        };
        assert_eq!(content("base64", "Y2l0\r\ndOA=\r\n").unwrap(), b"citt\xe0");
        assert_eq!(content("Quoted-Printable", "a=E0 =\r\nb \r\n").unwrap(), b"a\xe0 b\r\n");
        assert_eq!(content("8bit", "a =\r\n").unwrap(), b"a =\r\n");
        assert_eq!(content("7BIT (as ever)", "a").unwrap(), b"a");
        assert_eq!(content("base64", "*redacted*"), None);
        assert_eq!(content("quoted-printable", "a=XY"), None);
        assert_eq!(content("x-uuencode", "a"), None);
    }

    #[test]
    fn a_text_is_read_in_its_charset_or_a_plausible_one() {
        let text = |head: &str, body: &[u8]| {
            let mail = mail([head.as_bytes(), b"\r\n\r\n", body].concat());
            mail.text(&mail.root)
        };
        assert_eq!(text("Content-Type: text/plain; charset=ISO-8859-1", b"citt\xe0").unwrap(), "città");
        assert_eq!(text("Content-Type: text/plain; charset=utf-8", b"citt\xc3\xa0").unwrap(), "città");
        assert_eq!(text("Subject: none", b"citt\xc3\xa0").unwrap(), "città");
        assert_eq!(text("Subject: none", b"citt\xe0").unwrap(), "città");
        assert_eq!(text("Content-Type: text/plain; charset=klingon", b"a"), None);
    }

    #[test]
    fn bytes_without_a_field_are_no_message() {
        for raw in ["", "\r\n", "\r\nbody", "no colon\r\n\r\n", ": no name\r\n\r\n", "\u{fffd}\0"] {
            assert_eq!(Mail::read(raw.as_bytes()).unwrap_err(), ReadError::NoHeader(raw.len()), "{raw:?}");
        }
    }
}
