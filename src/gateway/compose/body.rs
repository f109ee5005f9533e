//! The body of every PEC message (RFC 6109 4.3): multipart/mixed below multipart/signed, signed as sent.

use std::{borrow::Cow, fmt::Write as _};

use aws_lc_rs::digest;
use memchr::memmem;

use crate::clock::LegalTime;

use super::{Composer, Dialect, header::Header, text::Readable, transfer, transfer::Identity};

/// The parts of the multipart/mixed.
pub(super) struct Body<'a> {
    pub(super) readable: Readable,
    /// The XML of daticert.xml.
    pub(super) daticert: Option<String>,
    /// The octets of postacert.eml.
    pub(super) original: Option<Cow<'a, [u8]>>,
}

/// Who signs, when, and what makes this message's boundaries its own.
pub(super) struct Seal<'a> {
    pub(super) composer: &'a Composer,
    pub(super) seed: &'a str,
    pub(super) at: &'a LegalTime,
}

impl Body<'_> {
    /// The whole message: `header`, and this body signed. The signature is over exactly the octets written.
    pub(super) fn seal(&self, mut header: Header, seal: &Seal<'_>) -> Vec<u8> {
        let dialect = seal.composer.dialect;
        let layout = Layout::new(dialect, seal.seed, self);
        let signed = &layout.signed;

        header.add("MIME-Version", "1.0");
        header.add_verbatim(
            "Content-Type",
            &format!(
                "multipart/signed; protocol=\"{}\"{}{}",
                dialect.signature_type(),
                dialect.param("micalg", dialect.micalg()),
                dialect.boundary_param(signed)
            ),
        );
        if layout.identity != Identity::SevenBit {
            header.add("Content-Transfer-Encoding", layout.identity.word());
        }

        let mut out = Vec::with_capacity(self.original.as_deref().map_or(0, <[u8]>::len) + ROOM);
        header.write(dialect, &mut out);
        put(&mut out, &[dialect.preamble(), "--", signed, "\r\n"]);
        let content = out.len();
        self.write_mixed(&layout, &mut out);
        let signature = seal.composer.signer.sign(&out[content..], seal.at.instant(), dialect.signature_encoding());

        put(&mut out, &["\r\n--", signed, "\r\n"]);
        put(&mut out, &["Content-Type: ", dialect.signature_type(), &dialect.param("name", "smime.p7s"), "\r\n"]);
        put(&mut out, &["Content-Transfer-Encoding: base64\r\n"]);
        put(&mut out, &["Content-Disposition: attachment", &dialect.param("filename", "smime.p7s"), "\r\n\r\n"]);
        out.extend_from_slice(&transfer::base64(&signature));
        put(&mut out, &["\r\n--", signed, "--\r\n"]);
        out
    }

    fn write_mixed(&self, layout: &Layout, out: &mut Vec<u8>) {
        put(out, &["Content-Type: multipart/mixed", &layout.dialect.boundary_param(&layout.mixed), "\r\n"]);
        if layout.identity != Identity::SevenBit {
            put(out, &["Content-Transfer-Encoding: ", layout.identity.word(), "\r\n"]);
        }
        put(out, &["\r\n--", &layout.mixed, "\r\n"]);
        self.write_readable(layout, out);
        match layout.dialect {
            Dialect::Alfa | Dialect::Delta => {
                self.write_daticert(layout, out);
                self.write_original(layout, out);
            }
            Dialect::Bravo => {
                self.write_original(layout, out);
                self.write_daticert(layout, out);
            }
        }
        put(out, &["\r\n--", &layout.mixed, "--\r\n"]);
    }

    fn write_readable(&self, layout: &Layout, out: &mut Vec<u8>) {
        let Layout { dialect, alternative, .. } = layout;
        match dialect {
            Dialect::Alfa | Dialect::Delta => {
                put(out, &["Content-Type: multipart/alternative", &dialect.boundary_param(alternative), "\r\n"]);
                put(out, &["\r\n--", alternative, "\r\n"]);
                write_text(*dialect, "plain", &self.readable.plain(), out);
                put(out, &["\r\n--", alternative, "\r\n"]);
                let html = if *dialect == Dialect::Delta { self.readable.table() } else { self.readable.html() };
                write_text(*dialect, "html", &html, out);
                put(out, &["\r\n--", alternative, "--\r\n"]);
            }
            Dialect::Bravo => write_text(*dialect, "plain", &self.readable.plain(), out),
        }
    }

    fn write_daticert(&self, layout: &Layout, out: &mut Vec<u8>) {
        let Some(xml) = &self.daticert else { return };
        let (charset, encoding, encoded) = match layout.dialect {
            Dialect::Alfa => ("", "base64", transfer::base64(xml.as_bytes())),
            Dialect::Bravo => ("; charset=UTF-8", "quoted-printable", transfer::quoted_printable(xml.as_bytes())),
            Dialect::Delta => ("", "quoted-printable", transfer::quoted_printable(xml.as_bytes())),
        };
        write_part_header(layout, &format!("application/xml{charset}"), encoding, "daticert.xml", out);
        out.extend_from_slice(&encoded);
    }

    fn write_original(&self, layout: &Layout, out: &mut Vec<u8>) {
        let Some(original) = &self.original else { return };
        write_part_header(layout, "message/rfc822", layout.identity.word(), "postacert.eml", out);
        out.extend_from_slice(original);
    }
}

/// Octets beside the original: headers, texts, daticert, signature.
const ROOM: usize = 64 * 1024;

fn write_text(dialect: Dialect, subtype: &str, text: &str, out: &mut Vec<u8>) {
    let encoded = transfer::quoted_printable(&transfer::latin1(text));
    put(out, &["Content-Type: text/", subtype, &dialect.param("charset", "ISO-8859-1"), "\r\n"]);
    put(out, &["Content-Transfer-Encoding: quoted-printable\r\n\r\n"]);
    out.extend_from_slice(&encoded);
}

/// Writes the delimiter before a part of the multipart/mixed, and the part's header.
fn write_part_header(layout: &Layout, media_type: &str, encoding: &str, name: &str, out: &mut Vec<u8>) {
    let dialect = layout.dialect;
    put(out, &["\r\n--", &layout.mixed, "\r\n"]);
    put(out, &["Content-Type: ", media_type, &dialect.param("name", name), "\r\n"]);
    put(out, &["Content-Transfer-Encoding: ", encoding, "\r\n"]);
    put(out, &["Content-Disposition: ", dialect.disposition(), &dialect.param("filename", name), "\r\n\r\n"]);
}

fn put(out: &mut Vec<u8>, pieces: &[&str]) {
    for piece in pieces {
        out.extend_from_slice(piece.as_bytes());
    }
}

/// How one message is laid out.
struct Layout {
    dialect: Dialect,
    /// How the original passes, since it is never encoded (RFC 2046 5.2.1); all the rest is 7 bit.
    identity: Identity,
    /// Boundaries, outermost first. They are made from a digest of what is said of the original, which does not hold it: the
    /// same message has the same.
    signed: String,
    mixed: String,
    alternative: String,
}

impl Layout {
    fn new(dialect: Dialect, seed: &str, body: &Body<'_>) -> Self {
        let original = body.original.as_deref().unwrap_or_default();
        let digest = |attempt: u64| {
            let mut context = digest::Context::new(&digest::SHA256);
            context.update(&attempt.to_be_bytes());
            context.update(seed.as_bytes());
            context.update(body.readable.plain().as_bytes());
            context.update(body.daticert.as_deref().unwrap_or_default().as_bytes());
            hex(&context.finish().as_ref()[..16])
        };
        // To look for it in an original of 30 MB is far cheaper than to digest that as well.
        let is_free = |unique: &String| memmem::find(original, unique.as_bytes()).is_none();
        let unique = (0..=u64::MAX).map(digest).find(is_free).expect("no original holds every digest");
        let boundary = |level: char| dialect.boundary(&format!("{unique}.{level}"));
        Self {
            dialect,
            identity: Identity::of(original),
            signed: boundary('1'),
            mixed: boundary('2'),
            alternative: boundary('3'),
        }
    }
}

/// Lower case hexadecimal.
pub(super) fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(octets.len() * 2), |mut text, octet| {
        write!(text, "{octet:02x}").expect("a string takes all that is written to it");
        text
    })
}
