//! What of a message is at hand: the whole, or a part of it that somebody saved by itself.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Bytes, Entity, Header, Kind, Mail, Message, Parts, ReadError, Signed};

/// How much of a message is at hand, and in what wrapping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// The whole message, as RFC 6109 2.1 wants it or not.
    #[default]
    Whole,
    /// The whole message, with what is signed inside the signature (RFC 8551 3.5.2): read as if it were taken out of it.
    Opaque,
    /// What is signed, taken out of a signature that somebody saved: no header is around it.
    Content,
    /// The certification data alone: no header, no signature.
    Daticert,
    /// The signature alone, without what it signs.
    Signature,
}

impl Shape {
    /// Whether the message's own header is at hand.
    pub fn has_header(self) -> bool {
        matches!(self, Shape::Whole | Shape::Opaque)
    }

    /// Whether what is signed, or should be, is at hand.
    pub fn has_content(self) -> bool {
        self.has_header() || self == Shape::Content
    }

    /// Whether offsets are of the file as it is, and not of what was taken out of it.
    pub fn is_as_it_came(self) -> bool {
        matches!(self, Shape::Whole | Shape::Daticert)
    }

    /// What is there, where it is not all: `the signed content`; `None` where nothing is missing.
    pub fn part(self) -> Option<&'static str> {
        match self {
            Shape::Whole | Shape::Opaque => None,
            Shape::Content => Some("signed content"),
            Shape::Daticert => Some("daticert.xml"),
            Shape::Signature => Some("signature"),
        }
    }
}

impl Message {
    /// With what is signed taken out of the signature by `content_of`, where the message is an `application/pkcs7-mime`
    /// with its content inside; any other as it is.
    #[must_use]
    pub fn opened(self, content_of: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Self {
        self.taken_out(content_of).unwrap_or(self)
    }

    fn taken_out(&self, content_of: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Option<Self> {
        let root = &self.mail.root;
        if !matches!(root.content_type.as_str(), "application/pkcs7-mime" | "application/x-pkcs7-mime") {
            return None;
        }
        let cms = self.mail.content(root)?;
        let content = content_of(&cms)?;
        let own = root.headers.iter().filter(|header| !is_about_content(header));
        let header = own.flat_map(|header| self.mail.bytes(&header.span)).copied().collect();
        Self::around(header, &content, cms, Shape::Opaque).ok()
    }

    /// What is signed, taken out of its signature `cms`, without the header that was around it. An error where it is no
    /// MIME entity.
    pub fn content(content: &[u8], cms: Vec<u8>) -> Result<Self, ReadError> {
        Self::around(Vec::new(), content, cms, Shape::Content)
    }

    /// A signed entity after header fields, as one entity.
    fn around(header: Vec<u8>, content: &[u8], cms: Vec<u8>, shape: Shape) -> Result<Self, ReadError> {
        // Without a header of its own it would take the message's for it.
        Mail::read(content)?;
        let start = header.len();
        let mut raw = header;
        raw.extend_from_slice(content);
        let mut mail = Mail::read(raw)?;
        let inner = |header: &&Header| header.span.start >= start;
        let signed: Vec<Header> = mail.root.headers.iter().filter(inner).cloned().collect();
        let entity = Entity { span: start..mail.root.span.end, headers: signed, ..Entity::clone(&mail.root) };
        // Of the two headers the message's own tells what is not about the content.
        let own = |header: &&Header| start == 0 || header.span.start < start || is_about_content(header);
        let headers = mail.root.headers.iter().filter(own).cloned().collect();
        mail.root = Entity { headers, ..Entity::clone(&mail.root) }.into();
        let root = &mail.root;
        let end = root.span.end;
        let signed = Signed {
            content: entity.into(),
            signature: Entity::body(end..end, "application/pkcs7-mime").into(),
            cms: Some(cms),
        };
        Ok(Self::of_shape(mail, Some(signed), shape))
    }

    /// A daticert.xml by itself.
    pub fn daticert(xml: impl Into<Bytes>) -> Self {
        let mail = Mail::body(xml, "application/xml");
        let parts = Parts { daticert: Some(mail.root.clone()), ..Parts::default() };
        let mut message = Self::with_parts(mail, None, parts, Shape::Daticert);
        message.kind = message.told_by_data();
        message
    }

    /// A signature, DER or BER, by itself.
    pub fn signature(cms: impl Into<Bytes>) -> Self {
        let mail = Mail::body(cms, "application/pkcs7-signature");
        let (nothing, cms) = (Entity::body(0..0, "application/octet-stream"), mail.raw.to_vec());
        let signed = Signed { content: nothing.into(), signature: mail.root.clone(), cms: Some(cms) };
        Self::with_parts(mail, Some(signed), Parts::default(), Shape::Signature)
    }

    /// By what daticert.xml says.
    pub(super) fn told_by_data(&self) -> Option<Kind> {
        let data = self.daticert.as_ref()?.data.as_ref()?;
        Kind::certified(&data.tipo, &data.errore)
    }
}

/// Whether a field is about what the body is (RFC 2045 9).
fn is_about_content(header: &Header) -> bool {
    header.name.to_ascii_lowercase().starts_with("content-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::sample::{DATICERT, envelope, signed_content};

    /// Instead of a CMS structure: what is signed, after three octets.
    fn cms() -> Vec<u8> {
        [b"CMS", signed_content().as_bytes()].concat()
    }

    fn taken_out(cms: &[u8]) -> Option<Vec<u8>> {
        cms.strip_prefix(b"CMS").map(<[u8]>::to_vec)
    }

    fn opaque(body: &[u8], encoding: &str) -> Vec<u8> {
        let envelope = envelope();
        let (header, _) = envelope.split_once("Content-Type: multipart/signed").unwrap();
        let kind = "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m";
        [format!("{header}{kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n").as_bytes(), body].concat()
    }

    #[test]
    fn what_is_signed_is_found_inside_its_signature() {
        let message = Message::read(opaque(&cms(), "binary")).unwrap().opened(taken_out);
        assert_eq!((message.shape, message.kind), (Shape::Opaque, Some(Kind::PostaCertificata)));
        let signed = message.signed.as_ref().unwrap();
        assert_eq!(message.mail.bytes(&signed.content.span), signed_content().as_bytes());
        assert_eq!(signed.cms.as_deref(), Some(&cms()[..]));
        assert!(message.parts.plain.is_some() && message.parts.original.is_some() && message.daticert.is_some());
        assert_eq!(message.mail.field("X-Trasporto").as_deref(), Some("posta-certificata"));
        assert!(signed.content.header("X-Trasporto").is_none(), "the message's header is not signed");
    }

    #[test]
    fn what_holds_no_message_stays_as_it_is() {
        for body in [&b"CMS"[..], b"CMS\0\x01", b"other"] {
            assert_eq!(Message::read(opaque(body, "binary")).unwrap().opened(taken_out).shape, Shape::Whole);
        }
        assert_eq!(Message::read(envelope().as_bytes()).unwrap().opened(taken_out).shape, Shape::Whole);
    }

    #[test]
    fn signed_content_by_itself_has_the_kind_that_it_certifies_and_no_header() {
        let message = Message::content(signed_content().as_bytes(), cms()).unwrap();
        assert_eq!(
            (message.shape, message.kind, message.claimed),
            (Shape::Content, Some(Kind::PostaCertificata), None)
        );
        assert!(!message.shape.has_header() && message.daticert.is_some());
        assert!(Message::content(b"\0", cms()).is_err());
    }

    #[test]
    fn a_daticert_by_itself_is_the_part_without_its_header() {
        let message = Message::daticert(DATICERT.as_bytes());
        assert_eq!((message.shape, message.kind), (Shape::Daticert, Some(Kind::PostaCertificata)));
        assert!(message.signed.is_none() && message.parts.daticert.is_some());
        assert_eq!(message.daticert.unwrap().xml, DATICERT.as_bytes());
        assert_eq!(Message::daticert(&b"<postacert"[..]).kind, None);
    }

    #[test]
    fn a_signature_by_itself_is_of_no_kind() {
        let message = Message::signature(cms());
        assert_eq!((message.shape, message.kind), (Shape::Signature, None));
        assert_eq!(message.signed.unwrap().cms, Some(cms()));
    }
}
