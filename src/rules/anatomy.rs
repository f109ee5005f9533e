//! The parts of a message by their digests: what a brief receipt is held against (RFC 6109 3.3.2.2).

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};

use super::original::{Sha256, without_line_end};
use crate::message::{Entity, Mail};

/// More parts than any message that people write.
const MOST_PARTS: usize = 2_000;
/// More octets than 40 digits take in any encoding.
const LONGEST_HASH_FILE: usize = 400;

/// A message, part by part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anatomy {
    /// Digest of the whole, without its last line end.
    pub whole: Sha256,
    /// The message as the outermost part.
    pub root: Part,
}

/// A MIME part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// `type/subtype`, in lower case.
    pub content_type: String,
    /// The attachment's name.
    pub file_name: Option<String>,
    /// Digest of the header section, trace fields left out.
    pub headers: Sha256,
    /// Digest of the body without its last line end; of a multipart only its parts are held against another's.
    pub body: Sha256,
    /// The digests that may stand for it; `None` where it is not of those that a brief receipt replaces.
    pub hashes: Option<Hashes>,
    /// What a short text says, in lower case and without blanks around: 40 digits, where it is a hash file.
    pub text: Option<String>,
    /// Its parts.
    pub children: Vec<Part>,
}

/// A SHA-1 in lower-case hexadecimal digits.
pub type Sha1 = String;

/// The SHA-1 digests of a part's content, each without and with the last line end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashes {
    /// Of the content as encoded.
    pub encoded: [Sha1; 2],
    /// Of the content with its encoding taken off, where that can be done.
    pub decoded: Option<[Sha1; 2]>,
}

impl Anatomy {
    /// Of a message; `None` where it has too many parts to be kept.
    pub(super) fn of(mail: &Mail) -> Option<Self> {
        let small = mail.root.walk().nth(MOST_PARTS).is_none();
        small.then(|| Self { whole: Sha256::of(without_line_end(mail.whole())), root: Part::of(mail, &mail.root) })
    }
}

impl Part {
    fn of(mail: &Mail, entity: &Entity) -> Self {
        let own = entity
            .headers
            .iter()
            .filter(|header| !["Received", "Return-Path"].iter().any(|trace| header.name.eq_ignore_ascii_case(trace)));
        let body = if entity.children.is_empty() { without_line_end(mail.bytes(&entity.body)) } else { &[] };
        let short =
            entity.content_type == "text/plain" && entity.children.is_empty() && body.len() <= LONGEST_HASH_FILE;
        let text = |content: Vec<u8>| String::from_utf8_lossy(&content).trim().to_ascii_lowercase();
        Self {
            content_type: entity.content_type.clone(),
            file_name: entity.file_name().map(str::to_owned),
            headers: Sha256::of_all(own.map(|header| mail.bytes(&header.span))),
            body: Sha256::of(body),
            hashes: is_replaced(entity).then(|| Hashes {
                encoded: sha1s(mail.bytes(&entity.body)),
                decoded: mail.contained(entity).map(|content| sha1s(&content)),
            }),
            text: mail.content(entity).filter(|_| short).map(text),
            children: entity.children.iter().map(|child| Part::of(mail, child)).collect(),
        }
    }

    /// Whether a brief receipt replaces it: a part with a name, or an attached message.
    pub fn is_replaced(&self) -> bool {
        self.hashes.is_some()
    }
}

fn is_replaced(part: &Entity) -> bool {
    part.children.is_empty() && (part.file_name().is_some() || part.content_type == "message/rfc822")
}

/// Without and with the last line end.
fn sha1s(content: &[u8]) -> [Sha1; 2] {
    let mut context = digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY);
    context.update(content.strip_suffix(b"\r\n").unwrap_or(content));
    let without = context.clone().finish();
    context.update(b"\r\n");
    [without, context.finish()].map(|digest| hexadecimal(digest.as_ref()))
}

fn hexadecimal(octets: &[u8]) -> String {
    use std::fmt::Write as _;
    octets.iter().fold(String::with_capacity(40), |mut digits, octet| {
        write!(digits, "{octet:02x}").expect("a string takes it");
        digits
    })
}
