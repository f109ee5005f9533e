//! What a message keeps of the original inside it, once its bytes are gone: enough to hold one original against another.

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};

use super::anatomy::Anatomy;
use crate::message::{Mail, Message};

/// A SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// That of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::of_all([bytes])
    }

    /// That of several pieces, one behind the other.
    pub fn of_all<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        pieces.into_iter().for_each(|piece| context.update(piece));
        Self(context.finish().as_ref().try_into().expect("SHA-256 has 32 bytes"))
    }
}

/// The original message in an envelope or a delivery (`postacert.eml`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// What it is; `None` where its transfer encoding cannot be taken off.
    pub content: Option<Content>,
    /// Its parts, where a brief receipt is asked for or given; `None` where it is no message or has too many parts.
    pub anatomy: Option<Anatomy>,
}

/// The bytes of an original, by their size and digest. The line end before a boundary may or may not have been the
/// message's own: both leave it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// How many octets.
    pub octets: usize,
    /// Their digest.
    pub sha256: Sha256,
}

impl Original {
    /// Of a message that contains one; `read` is that original as a message, as far as it is one.
    pub(super) fn of(message: &Message, read: Option<&Mail>) -> Option<Self> {
        message.parts.original.as_ref()?;
        let content = message.original().map(|bytes| {
            let bytes = without_line_end(&bytes);
            Content { octets: bytes.len(), sha256: Sha256::of(bytes) }
        });
        let data = message.daticert.as_ref().and_then(|reading| reading.data.as_ref());
        let named = [message.mail.field("X-TipoRicevuta"), data.and_then(|data| data.ricevuta.clone())];
        let brief = named.iter().flatten().any(|form| form.trim().eq_ignore_ascii_case("breve"));
        let anatomy = read.filter(|_| brief).and_then(Anatomy::of);
        Some(Self { content, anatomy })
    }
}

/// Without the last line end.
pub(super) fn without_line_end(bytes: &[u8]) -> &[u8] {
    bytes.strip_suffix(b"\r\n").or_else(|| bytes.strip_suffix(b"\n")).unwrap_or(bytes)
}
