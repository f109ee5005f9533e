//! A message as PEC sees it: its kind, what is signed, and the parts of what is signed (RFC 6109 2.1, 4.3).

use super::{DaticertReading, Entity, Kind, Mail, ReadError};

/// Any message, with whatever of the PEC structure it has.
#[derive(Clone, Debug)]
pub struct Message {
    /// The message.
    pub mail: Mail,
    /// The kind that its outermost `X-Ricevuta`, `X-Trasporto` and `X-VerificaSicurezza` claim.
    pub kind: Option<Kind>,
    /// The outermost multipart/signed, if it is one.
    pub signed: Option<Signed>,
    /// The parts of the multipart/mixed below the signature (or of the message itself where unsigned).
    pub parts: Parts,
    /// daticert.xml, read, if the direct child of the multipart/mixed is there.
    pub daticert: Option<DaticertReading>,
}

/// A multipart/signed (RFC 1847).
#[derive(Clone, Debug)]
pub struct Signed {
    /// What the signature covers: `mail.bytes(&content.span)`.
    pub content: Entity,
    /// The signature part.
    pub signature: Entity,
    /// The CMS structure, transfer encoding taken off; `None` where that fails.
    pub cms: Option<Vec<u8>>,
}

/// The direct children of the multipart/mixed (RFC 6109 4.3).
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// The multipart/mixed itself.
    pub mixed: Option<Entity>,
    /// The readable text: text/plain, or the multipart/alternative.
    pub readable: Option<Entity>,
    /// Its text/plain.
    pub plain: Option<Entity>,
    /// Its text/html.
    pub html: Option<Entity>,
    /// The certification data.
    pub daticert: Option<Entity>,
    /// The original message: `postacert.eml`, or the only message/rfc822.
    pub original: Option<Entity>,
    /// Everything else.
    pub others: Vec<Entity>,
}

impl Message {
    /// Reads a message and finds its PEC structure.
    pub fn read(raw: impl Into<std::sync::Arc<[u8]>>) -> Result<Self, ReadError> {
        let _ = raw.into();
        todo!()
    }

    /// The original message inside (`postacert.eml`), transfer encoding taken off.
    pub fn original(&self) -> Option<Vec<u8>> {
        todo!()
    }
}
