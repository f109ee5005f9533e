//! What a message is made of where it is one of certified mail: what is signed, and the parts of that (RFC 6109 2.1, 4.3).

use std::sync::Arc;

use super::{Entity, Mail};

/// A multipart/signed (RFC 1847).
#[derive(Clone, Debug)]
pub struct Signed {
    /// What the signature covers: `mail.bytes(&content.span)`.
    pub content: Arc<Entity>,
    /// The signature part.
    pub signature: Arc<Entity>,
    /// The CMS structure, transfer encoding taken off; `None` where that fails.
    pub cms: Option<Vec<u8>>,
}

/// The direct children of the multipart/mixed (RFC 6109 4.3).
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// The multipart/mixed itself.
    pub mixed: Option<Arc<Entity>>,
    /// The readable text: text/plain, or the multipart/alternative.
    pub readable: Option<Arc<Entity>>,
    /// Its text/plain.
    pub plain: Option<Arc<Entity>>,
    /// Its text/html.
    pub html: Option<Arc<Entity>>,
    /// The certification data.
    pub daticert: Option<Arc<Entity>>,
    /// The original message: `postacert.eml`, or the only message/rfc822.
    pub original: Option<Arc<Entity>>,
    /// Everything else.
    pub others: Vec<Arc<Entity>>,
}

impl Signed {
    pub(super) fn find(mail: &Mail) -> Option<Self> {
        let root = &mail.root;
        let protocol = root.param("protocol").unwrap_or_default().to_ascii_lowercase();
        let pkcs7 = matches!(protocol.as_str(), "application/pkcs7-signature" | "application/x-pkcs7-signature");
        match root.children.as_slice() {
            [content, signature] if root.content_type == "multipart/signed" && pkcs7 => {
                Some(Self { cms: mail.content(signature), content: content.clone(), signature: signature.clone() })
            }
            _ => None,
        }
    }
}

impl Parts {
    /// Only direct children count: a PEC message inside the original has parts of the same names.
    pub(super) fn find(root: &Arc<Entity>) -> Self {
        // A multipart/signed that lost its signature still shows what it carried.
        let container = if root.content_type == "multipart/signed" { root.children.first() } else { Some(root) };
        let Some(mixed) = container.filter(|entity| entity.content_type == "multipart/mixed") else {
            return Self::default();
        };
        let children = &mixed.children;
        let daticert = children
            .iter()
            .position(|part| part.is_named("daticert.xml"))
            .or_else(|| children.iter().position(|part| part.content_type == "application/xml"));
        let original = original(children);
        let readable = children.iter().enumerate().position(|(at, part)| {
            Some(at) != daticert
                && part.disposition.as_deref() != Some("attachment")
                && matches!(part.content_type.as_str(), "text/plain" | "multipart/alternative")
        });
        let part = |at: Option<usize>| at.map(|at| children[at].clone());
        let text = |content_type: &str| {
            let readable = &children[readable?];
            let mut texts = std::iter::once(readable).chain(&readable.children);
            texts.find(|part| part.content_type == content_type).cloned()
        };
        let named = [daticert, original, readable];
        Self {
            mixed: Some(mixed.clone()),
            readable: part(readable),
            plain: text("text/plain"),
            html: text("text/html"),
            daticert: part(daticert),
            original: part(original),
            others: (0..children.len())
                .filter(|&at| !named.contains(&Some(at)))
                .map(|at| children[at].clone())
                .collect(),
        }
    }
}

/// `postacert.eml`, or the only message/rfc822.
fn original(children: &[Arc<Entity>]) -> Option<usize> {
    let mut messages = (0..children.len()).filter(|&at| children[at].content_type == "message/rfc822");
    let named = messages.clone().find(|&at| children[at].is_named("postacert.eml"));
    named.or_else(|| messages.next().filter(|_| messages.next().is_none()))
}
