//! A message as PEC sees it: its kind, what is signed, and the parts of what is signed (RFC 6109 2.1, 4.3).

use std::borrow::Cow;

use super::{Bytes, DaticertReading, Kind, Mail, Parts, ReadError, Shape, Signed};

/// Any message, with whatever of the PEC structure it has.
#[derive(Clone, Debug)]
pub struct Message {
    /// The message.
    pub mail: Mail,
    /// The kind that its outermost `X-Ricevuta`, `X-Trasporto` and `X-VerificaSicurezza` claim; no signature covers them.
    pub claimed: Option<Kind>,
    /// The kind that the certification data inside a signature tell of, whoever signed.
    pub certified: Option<Kind>,
    /// What it is: what it certifies, else what it claims, else what the structure shows where a provider writes.
    pub kind: Option<Kind>,
    /// How much of it is at hand.
    pub shape: Shape,
    /// What is signed, and its signature: the outermost multipart/signed, or what a signature holds.
    pub signed: Option<Signed>,
    /// The parts of the multipart/mixed below the signature (or of the message itself where unsigned).
    pub parts: Parts,
    /// daticert.xml, read, if the direct child of the multipart/mixed is there.
    pub daticert: Option<DaticertReading>,
}

impl Message {
    /// Reads a message and finds its PEC structure.
    pub fn read(raw: impl Into<Bytes>) -> Result<Self, ReadError> {
        Mail::read(raw).map(Self::of)
    }

    /// Finds the PEC structure of a message that was read.
    pub fn of(mail: Mail) -> Self {
        let signed = Signed::find(&mail);
        Self::of_shape(mail, signed, Shape::Whole)
    }

    pub(super) fn of_shape(mail: Mail, signed: Option<Signed>, shape: Shape) -> Self {
        let parts = Parts::find(&mail.root);
        Self::with_parts(mail, signed, parts, shape)
    }

    pub(super) fn with_parts(mail: Mail, signed: Option<Signed>, parts: Parts, shape: Shape) -> Self {
        // What a mailing list wraps, it copies the header of: the message is its own.
        let claimed = Kind::claimed(&mail).filter(|_| signed.is_some() || !mail.is_from_a_list());
        let daticert = parts.daticert.as_ref().map(|part| match mail.content(part) {
            Some(xml) => DaticertReading::read(xml),
            None => DaticertReading {
                xml: mail.bytes(&part.body).to_vec(),
                malformed: Some(format!("its transfer encoding ({}) is unknown or broken", part.encoding)),
                ..DaticertReading::default()
            },
        });
        let mut message = Self { mail, claimed, certified: None, kind: None, shape, signed, parts, daticert };
        message.certified = message.told_by_certification();
        message.kind = match claimed {
            Some(claimed) => message.certified.or(Some(claimed)),
            None if shape == Shape::Content => message.certified,
            None => message.told_by_structure().filter(|_| message.is_from_a_provider()),
        };
        message
    }

    /// Takes it for a provider's, which its signer's certificate shows: what the structure tells is then its kind, where
    /// no header field and no address did.
    pub fn signed_by_a_provider(&mut self) {
        self.kind = self.kind.or_else(|| self.told_by_structure());
    }

    /// Whether a provider's system claims to have generated it: it has a kind, or is in the form of those that have one and
    /// comes from the address that every provider writes from.
    pub fn is_generated(&self) -> bool {
        self.kind.is_some() || (self.is_from_a_provider() && self.signed.is_some() && self.parts.daticert.is_some())
    }

    /// The kind, unless the header and what is signed tell of two: it then stands for neither.
    pub fn settled_kind(&self) -> Option<Kind> {
        self.kind.filter(|_| !self.contradicts_itself())
    }

    /// Whether the header and what is signed tell of two different types.
    pub fn contradicts_itself(&self) -> bool {
        let differ = |(claimed, certified): (Kind, Kind)| claimed.header() != certified.header();
        self.claimed.zip(self.certified).is_some_and(differ)
    }

    /// By what daticert.xml says; unsigned it says nothing. A user may send a file of this name too.
    fn told_by_certification(&self) -> Option<Kind> {
        self.signed.as_ref().and_then(|_| self.told_by_data())
    }

    /// By what daticert.xml says, or, where there is none beside a `postacert.eml`, that nothing is certified.
    fn told_by_structure(&self) -> Option<Kind> {
        let wraps = self.parts.original.as_ref().is_some_and(|part| part.is_named("postacert.eml"));
        let anomaly = self.signed.is_some() && self.daticert.is_none() && wraps;
        self.certified.or(anomaly.then_some(Kind::Anomalia))
    }

    /// Whether it comes from `posta-certificata@` a domain (2.2.6).
    fn is_from_a_provider(&self) -> bool {
        let from = self.mail.root.header("From").map(|from| self.mail.addresses(from)).unwrap_or_default();
        let local = |address: &str| address.rsplit_once('@').map(|(local, _)| local.to_ascii_lowercase());
        from.addresses().any(|address| local(address).as_deref() == Some("posta-certificata"))
    }

    /// The original message inside (`postacert.eml`), transfer encoding taken off.
    pub fn original(&self) -> Option<Cow<'_, [u8]>> {
        self.mail.contained(self.parts.original.as_ref()?)
    }

    /// The original message inside, read: see [`Mail::nested`].
    pub fn original_mail(&self) -> Option<Mail> {
        self.mail.nested(self.parts.original.as_ref()?)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::message::Entity;
    use crate::message::sample::{DATICERT, ORIGINAL, envelope, signed_content};

    fn message(raw: impl AsRef<[u8]>) -> Message {
        Message::read(raw.as_ref()).unwrap()
    }

    fn envelope_with(from: &str, to: &str) -> Message {
        let raw = envelope();
        assert!(raw.contains(from), "the envelope has no {from}");
        message(raw.replace(from, to))
    }

    #[test]
    fn an_envelope_is_read_whole() {
        let message = message(envelope());
        assert_eq!(message.kind, Some(Kind::PostaCertificata));
        let signed = message.signed.as_ref().unwrap();
        assert_eq!(message.mail.bytes(&signed.content.span), signed_content().as_bytes());
        assert_eq!(signed.cms.as_deref(), Some(&[0x30, 0, 0][..]));
        assert_eq!(
            message.mail.text(message.parts.plain.as_ref().unwrap()).unwrap(),
            "Il messaggio \"Perché no\" e' stato inviato"
        );
        assert!(message.parts.html.is_none() && message.parts.others.is_empty());
        assert_eq!(message.daticert.as_ref().unwrap().xml, DATICERT.replace('\n', "\r\n").as_bytes());
        assert_eq!(message.original().unwrap(), ORIGINAL.as_bytes());
    }

    #[test]
    fn a_pec_message_inside_is_never_taken_for_the_outer_one() {
        let without_daticert = envelope_with(
            "application/xml; name=\"daticert.xml\"\r\nContent-Disposition: inline; filename=\"daticert.xml\"",
            "text/csv",
        );
        assert!(without_daticert.daticert.is_none());
        assert_eq!(without_daticert.parts.others.len(), 1);
        let unmarked = envelope_with("X-Trasporto", "X-Nothing");
        assert_eq!(unmarked.kind, Some(Kind::PostaCertificata));
    }

    #[test]
    fn what_a_mailing_list_wraps_is_the_lists_message() {
        let wrapped = envelope()
            .replace("X-Trasporto:", "List-Id: <lista.example>\r\nX-Trasporto:")
            .replace("multipart/signed", "multipart/mixed");
        assert!(!message(&wrapped).is_generated());
        assert!(message(wrapped.replace("List-Id", "X-Id")).is_generated());
        let passed_on = envelope_with("X-Trasporto:", "Precedence: list\r\nX-Trasporto:");
        assert_eq!(passed_on.kind, Some(Kind::PostaCertificata));
    }

    #[test]
    fn what_certifies_decides_where_the_header_tells_nothing_or_something_else() {
        for other in ["X-Trasplorto: posta-certificata", "X-Trasporto: anomalia", "X-Nothing: x"] {
            let message = envelope_with("X-Trasporto: posta-certificata", other);
            assert_eq!((message.claimed, message.kind), (None, Some(Kind::PostaCertificata)), "{other}");
        }
        let message = envelope_with("X-Trasporto: posta-certificata", "X-Ricevuta: accettazione");
        assert_eq!((message.claimed, message.kind), (Some(Kind::Accettazione), Some(Kind::PostaCertificata)));
        assert!(message.contradicts_itself());
    }

    #[test]
    fn a_users_own_mail_with_such_files_is_not_certified_mail() {
        let unmarked = envelope().replace("X-Trasporto: posta-certificata\r\n", "");
        let signed_by_a_user = unmarked.replace("posta-certificata@alfa.example>", "mario@alfa.example>");
        let mut message = message(&signed_by_a_user);
        assert!(message.kind.is_none() && !message.is_generated());
        message.signed_by_a_provider();
        assert_eq!(message.kind, Some(Kind::PostaCertificata));
        for unsigned in
            [unmarked.replace("multipart/signed", "multipart/related"), unmarked.replace("pkcs7-signature", "pgp")]
        {
            let mut message = self::message(&unsigned);
            message.signed_by_a_provider();
            assert!(message.kind.is_none() && !message.is_generated());
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_from_a_providers_address_is_of_unknown_kind() {
        let unmarked = envelope_with("X-Trasporto: posta-certificata", "X-Nothing: x");
        let broken = message(String::from_utf8(unmarked.mail.raw.to_vec()).unwrap().replace("<intestazione>", "<x>"));
        assert!(broken.kind.is_none() && broken.is_generated());
    }

    #[test]
    fn an_anomaly_envelope_has_an_original_and_no_daticert() {
        let raw = envelope().replace("posta-certificata\r\n", "errore\r\n");
        let (head, rest) = raw.split_once("--mixed\r\nContent-Type: application/xml").unwrap();
        let (_, tail) = rest.split_once("--mixed--").unwrap();
        let anomaly = message(format!("{head}--mixed--{tail}"));
        assert_eq!(anomaly.kind, Some(Kind::Anomalia));
        assert!(anomaly.daticert.is_none() && anomaly.signed.is_some());
        assert_eq!(anomaly.original().unwrap(), ORIGINAL.as_bytes());
    }

    #[test]
    fn daticert_is_found_by_either_name_or_by_its_type() {
        let part = "application/xml; name=\"daticert.xml\"\r\nContent-Disposition: inline; filename=\"daticert.xml\"";
        for other in [
            "application/octet-stream; name=DATICERT.XML\r\nContent-Disposition: inline; filename=x",
            "text/plain\r\nContent-Disposition: attachment; filename=\"Daticert.xml\"",
            "application/xml",
        ] {
            let message = envelope_with(part, other);
            assert!(message.daticert.is_some_and(|daticert| daticert.data.is_some()), "{other}");
            assert_eq!(message.parts.plain.unwrap().encoding, "quoted-printable");
        }
    }

    #[test]
    fn a_daticert_in_a_broken_encoding_is_unreadable_not_absent() {
        let message =
            envelope_with("filename=\"daticert.xml\"", "filename=\"daticert.xml\"\r\nContent-Transfer-Encoding: rot13");
        let daticert = message.daticert.unwrap();
        assert_eq!(daticert.malformed.as_deref(), Some("its transfer encoding (rot13) is unknown or broken"));
        assert!(daticert.data.is_none() && !daticert.xml.is_empty());
    }

    #[test]
    fn an_original_needs_no_name_when_it_is_alone() {
        let head =
            "message/rfc822; name=\"postacert.eml\"\r\nContent-Disposition: attachment; filename=\"postacert.eml\"";
        assert_eq!(envelope_with(head, "message/rfc822").original().unwrap(), ORIGINAL.as_bytes());
        let second = "--mixed\r\nContent-Type: message/rfc822\r\n\r\nSubject: other\r\n\r\n";
        let two = |head: &str| {
            envelope_with(
                &format!("--mixed\r\nContent-Type: {}", "message/rfc822"),
                &format!("{second}\r\n--mixed\r\nContent-Type: {head}"),
            )
        };
        assert_eq!(two("message/rfc822").original().unwrap(), ORIGINAL.as_bytes());
        assert_eq!(two("message/rfc822; x").parts.others.len(), 1);
        let nameless =
            message(envelope().replace("postacert.eml", "a.eml").replace("--mixed--", &format!("{second}--mixed--")));
        assert!(nameless.parts.original.is_none());
        assert_eq!(nameless.parts.others.len(), 2);
    }

    #[test]
    fn an_original_in_base64_is_decoded_although_forbidden() {
        let original = format!("filename=\"postacert.eml\"\r\n\r\n{ORIGINAL}");
        let encoded = "filename=\"postacert.eml\"\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogeA0KDQo=\r\n";
        assert_eq!(envelope_with(&original, encoded).original().unwrap(), &b"Subject: x\r\n\r\n"[..]);
    }

    #[test]
    fn the_readable_text_may_be_alternative() {
        let alternative = "Content-Type: multipart/alternative; boundary=alt\r\n\r\n\
            --alt\r\n\r\nciao\r\n--alt\r\nContent-Type: text/html\r\n\r\n<p>ciao\r\n--alt--\r\n\
            --mixed\r\nContent-Disposition: attachment";
        let message = envelope_with("Content-Type: text/plain", &format!("{alternative}\r\nContent-Type: text/plain"));
        let text = |entity: &Option<Arc<Entity>>| message.mail.text(entity.as_ref().unwrap()).unwrap();
        assert_eq!((text(&message.parts.plain), text(&message.parts.html)), ("ciao".to_owned(), "<p>ciao".to_owned()));
        assert_eq!(message.parts.readable.as_ref().unwrap().content_type, "multipart/alternative");
        assert_eq!(message.parts.others.len(), 1);
    }

    #[test]
    fn only_a_pkcs7_signature_with_two_parts_is_signed() {
        assert!(
            envelope_with("protocol=\"application/pkcs7-signature\"", "protocol=\"application/X-PKCS7-signature\"")
                .signed
                .is_some()
        );
        assert!(
            envelope_with("protocol=\"application/pkcs7-signature\"", "protocol=\"application/pgp-signature\"")
                .signed
                .is_none()
        );
        assert!(envelope_with("protocol=\"application/pkcs7-signature\"; ", "").signed.is_none());
        assert!(envelope_with("multipart/signed", "multipart/mixed").signed.is_none());
        assert!(envelope_with("--outer--", "--outer\r\n\r\nthird\r\n--outer--").signed.is_none());
        assert_eq!(envelope_with("MAAA", "*removed*").signed.unwrap().cms, None);
    }

    #[test]
    fn an_unsigned_message_still_shows_its_parts() {
        let bare = message(format!("X-Trasporto: posta-certificata\r\n{}", signed_content()));
        assert!(bare.signed.is_none() && bare.daticert.is_some());
        let (lost, _) = envelope()
            .split_once("--outer\r\nContent-Type: application/pkcs7")
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        assert!(message(lost).daticert.is_some());
        let plain = message("Subject: x\r\n\r\nciao");
        assert!(plain.parts.mixed.is_none() && plain.original().is_none());
    }

    #[test]
    fn truncated_and_mutated_messages_are_survived() {
        let raw = envelope().into_bytes();
        let survive = |bytes: &[u8]| {
            let Ok(message) = Message::read(bytes) else { return };
            for entity in message.mail.root.walk() {
                assert!(entity.span.start <= entity.body.start && entity.body.end == entity.span.end);
                assert!(entity.span.end <= bytes.len());
                let _ = (message.mail.text(entity), entity.file_name());
                for header in &entity.headers {
                    assert!(header.span.start < header.value.start && header.value.end <= header.span.end);
                    let _ = (message.mail.decoded(header), message.mail.mailboxes(header));
                }
            }
        };
        (0..raw.len()).step_by(7).for_each(|end| survive(&raw[..end]));
        let hostile = b"\0\r\n \t:;=?\"\\(<>-b\x1b\xc3\xff";
        for at in (0..raw.len()).step_by(3) {
            let mut mutated = raw.clone();
            mutated[at] = hostile[at % hostile.len()];
            survive(&mutated);
            mutated.remove(at);
            survive(&mutated);
        }
    }
}
