//! What a file is, told by how it begins.

use memchr::memmem;

use super::mbox;
use crate::{message::mail::decides, smime::is_signed_data};

/// How many octets are looked at.
pub(super) const BEGINNING: usize = 64 << 10;

/// What a file looks like that is nothing else, and may be the end of something.
pub(super) const TEXT: &str = "a text";

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Empty,
    Message,
    Mbox,
    Zip,
    Gzip,
    /// A CMS ContentInfo, in octets or in base64 without armour.
    Cms,
    /// Another structure in DER.
    Der,
    Pem,
    Ldif,
    Daticert,
    /// Something else: what it looks like.
    Other(&'static str),
}

/// What a file is that begins like this.
pub(super) fn of(beginning: &[u8]) -> Form {
    if beginning.trim_ascii().is_empty() {
        return Form::Empty;
    }
    if beginning.starts_with(b"PK\x03\x04") || beginning.starts_with(b"PK\x05\x06") {
        return Form::Zip;
    }
    if beginning.starts_with(b"\x1f\x8b") {
        return Form::Gzip;
    }
    if beginning.get(257..262) == Some(b"ustar") {
        return Form::Other("a tar archive: unpack it");
    }
    if is_signed_data(beginning) || is_signed_base64(beginning) {
        return Form::Cms;
    }
    if is_der(beginning) {
        return Form::Der;
    }
    if let Some((_, looks)) = MAGIC.iter().find(|(magic, _)| beginning.starts_with(magic)) {
        return Form::Other(looks);
    }
    if is_ldif(beginning) {
        return Form::Ldif;
    }
    if mbox::starts(beginning) {
        return Form::Mbox;
    }
    if is_message(beginning) || is_header_throughout(beginning) {
        return Form::Message;
    }
    let text = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning).trim_ascii_start();
    if text.starts_with(b"<") {
        return markup(text);
    }
    if text.starts_with(b"-----BEGIN ") || memmem::find(text, b"\n-----BEGIN ").is_some() {
        return Form::Pem;
    }
    if mbox::first(beginning).is_some() {
        return Form::Mbox;
    }
    Form::Other(if is_text(beginning) { TEXT } else { "binary data" })
}

/// Whether it begins with a header section that holds a field of mail.
pub(super) fn is_message(beginning: &[u8]) -> bool {
    let text = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning);
    let mut lines = text.split(|octet| *octet == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let Some(first) = lines.next() else { return false };
    if field_name(first).is_none() && !first.starts_with(b">From ") && !first.starts_with(b"From ") {
        return false;
    }
    std::iter::once(first).chain(lines.take_while(|line| !line.is_empty())).filter_map(field_name).any(is_of_mail)
}

/// Whether it is all header fields as far as it is looked at: those of mail may come later.
fn is_header_throughout(beginning: &[u8]) -> bool {
    let lines = beginning.split(|octet| *octet == b'\n').collect::<Vec<_>>();
    let whole = &lines[..lines.len() - 1];
    let is_header = |line: &&[u8]| matches!(line, [b' ' | b'\t', _, ..]) || field_name(line).is_some();
    beginning.len() == BEGINNING && lines.len() > 1 && field_name(whole[0]).is_some() && whole.iter().all(is_header)
}

/// The name that a header line begins with (RFC 5322 2.2).
pub(super) fn field_name(line: &[u8]) -> Option<&[u8]> {
    let colon = line.iter().take(200).position(|octet| *octet == b':')?;
    let name = line[..colon].trim_ascii_end();
    (!name.is_empty() && name.iter().all(u8::is_ascii_graphic)).then_some(name)
}

/// Whether it is a field that mail knows: one that decides something, or that programs put around those.
fn is_of_mail(name: &[u8]) -> bool {
    const BESIDE: [&str; 10] = [
        "delivered-to",
        "dkim-signature",
        "envelope-to",
        "in-reply-to",
        "received",
        "references",
        "x-mozilla-status",
        "x-original-to",
        "x-uidl",
        "x-virus-scanned",
    ];
    decides(name) || BESIDE.iter().any(|field| name.eq_ignore_ascii_case(field.as_bytes()))
}

/// The line that LDIF begins with (RFC 2849).
pub(super) fn is_ldif(beginning: &[u8]) -> bool {
    let text = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning);
    let mut lines = text.split(|octet| *octet == b'\n').map(<[u8]>::trim_ascii_end);
    let first = lines.find(|line| !matches!(line, [] | [b'#' | b' ', ..])).unwrap_or_default();
    let name = first.split(|octet| *octet == b':').next().unwrap_or_default();
    name.len() < first.len() && (name.eq_ignore_ascii_case(b"version") || name.eq_ignore_ascii_case(b"dn"))
}

/// A CMS structure written in base64 without armour, as some mail programs save a signature.
fn is_signed_base64(beginning: &[u8]) -> bool {
    let mut lines = beginning.split(|octet| *octet == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.next().unwrap_or_default();
    first.starts_with(b"MI")
        && first.len() >= 40
        && first.iter().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'='))
}

/// A SEQUENCE longer than 127 octets, as every certificate is.
fn is_der(beginning: &[u8]) -> bool {
    matches!(beginning, [0x30, 0x81..=0x84, ..])
}

fn markup(text: &[u8]) -> Form {
    let name = root(text).rsplit(|octet| *octet == b':').next().unwrap_or_default();
    match name {
        b"postacert" => Form::Daticert,
        name if name.eq_ignore_ascii_case(b"html") => Form::Other("an HTML page"),
        _ if text.starts_with(b"<?xml") => Form::Other("an XML document"),
        _ => Form::Other("a text"),
    }
}

/// The name of the first element: past the declaration, comments and the document type.
fn root(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'<', rest) {
        rest = &rest[at + 1..];
        if rest.starts_with(b"!--") {
            let end = memmem::find(rest, b"-->").unwrap_or(rest.len());
            rest = &rest[end..];
        } else if rest.first().is_some_and(u8::is_ascii_alphabetic) {
            return rest.split(|octet| b" \t\r\n/>".contains(octet)).next().unwrap_or_default();
        }
    }
    &[]
}

fn is_text(beginning: &[u8]) -> bool {
    !beginning.iter().any(|octet| octet.is_ascii_control() && !octet.is_ascii_whitespace())
}

/// What lies about in folders, by its first octets.
const MAGIC: [(&[u8], &str); 16] = [
    (b"%PDF-", "a PDF document"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"BM", "a picture (BMP)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"BZh", "a bzip2 archive: unpack it"),
    (b"\xfd7zXZ", "an xz archive: unpack it"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive: unpack it"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it"),
    (b"Rar!", "a RAR archive: unpack it"),
    (b"\xd0\xcf\x11\xe0", "an Outlook item or Office document: save the message as .eml"),
    (b"!BDN", "an Outlook data file: export its messages as .eml"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a database (SQLite)"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_is_its_beginning_tells() {
        for (beginning, form) in [
            (&b""[..], Form::Empty),
            (b"\n \n", Form::Empty),
            (b"Return-Path: <a@b>\n", Form::Message),
            (b"\xef\xbb\xbfReturn-Path: <a@b>\n", Form::Message),
            (b"X-Nothing: 1\r\n folded\r\nX-TRASPORTO: errore\r\n\r\n", Form::Message),
            (b"DN-Number: 1\r\nSubject: x\r\n\r\ndn: o=postacert\r\n", Form::Message),
            (b"Note: 1\n\nSubject: after the header\n", Form::Other("a text")),
            (b"From a@b Tue Jan 14 09:41:40 2025\nSubject: x\n\n", Form::Mbox),
            (b"cut in the middle\n\nFrom a@b Tue Jan 14 09:41:40 2025\nSubject: x\n\n", Form::Mbox),
            (b"From where I stand it is 09:41 in 2025\nand all is well\n", Form::Other("a text")),
            (b"version: 1\n", Form::Ldif),
            (b"# of today\n\nDN: o=postacert\r\n", Form::Ldif),
            (b"\xef\xbb\xbfdn:: bz1w\n", Form::Ldif),
            (b"PK\x03\x04", Form::Zip),
            (b"\x1f\x8b\x08\x00", Form::Gzip),
            (b"\x30\x82\x05\x01\x30\x82", Form::Der),
            (b"\x30\x80\x06\x09\x2a", Form::Cms),
            (b"MIAGCSqGSIb3DQEHAqCAMIACAQExDzANBglghkgBZQMEAgEFADCABgkqhkiG9w0BBwEA\n", Form::Cms),
            (b"-----BEGIN CERTIFICATE-----\n", Form::Pem),
            (b"Bag Attributes\n    friendlyName: x\n-----BEGIN CERTIFICATE-----\n", Form::Pem),
            (b"<?xml version=\"1.0\"?>\n<!-- <x> -->\n<postacert tipo=\"x\">", Form::Daticert),
            (b"\xef\xbb\xbf<p:postacert>", Form::Daticert),
            (b"<?xml version=\"1.0\"?>\n<p:FatturaElettronica>", Form::Other("an XML document")),
            (b"<!DOCTYPE html>\n<html>", Form::Other("an HTML page")),
            (b"\xff\xd8\xff\xe0", Form::Other("a picture (JPEG)")),
            (b"# A title\n", Form::Other("a text")),
            (b"\0\0\0\0", Form::Other("binary data")),
            (&b"X-Nothing: 1\r\n folded\r\n".repeat(4000), Form::Message),
            (&[&b"X-Nothing: 1\r\n".repeat(3000)[..], &b"\r\nbody".repeat(6000)].concat(), Form::Other("a text")),
        ] {
            let beginning = &beginning[..beginning.len().min(BEGINNING)];
            assert_eq!(of(beginning), form, "{}", String::from_utf8_lossy(beginning));
        }
    }
}
