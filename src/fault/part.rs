//! Edits of MIME parts.

use std::ops::Range;

use crate::message::{Entity, Message};

use super::{Encoding, FaultError, PartEdit, PartName, bytes, header};

/// Edits a part; the signature is not made good here.
pub(super) fn edit(message: &Message, edit: &PartEdit) -> Result<Vec<u8>, FaultError> {
    let raw = &message.mail.raw[..];
    Ok(match edit {
        PartEdit::Drop(name) => bytes::splice(raw, segment(raw, find(message, *name)?)?, b""),
        PartEdit::Repeat(name) => {
            let segment = segment(raw, find(message, *name)?)?;
            bytes::splice(raw, segment.end..segment.end, &raw[segment])
        }
        PartEdit::First(name) => first(message, *name)?,
        PartEdit::Add { media_type, name, content } => add(message, media_type, name, content)?,
        PartEdit::Rename { part, to } => rename(raw, find(message, *part)?, to),
        PartEdit::Retype { part, to } => {
            let value = field(find(message, *part)?, "Content-Type")?;
            let old = bytes::find(&raw[value.clone()], r"[^\s;]+")?;
            bytes::splice(raw, value.start + old.start..value.start + old.end, to.as_bytes())
        }
        PartEdit::Reencode { part, to } => reencode(message, find(message, *part)?, *to)?,
        PartEdit::Header { part, edit } => header::edit(raw, find(message, *part)?, edit)?,
        PartEdit::Octets { part, replace } => {
            let span = find(message, *part)?.span.clone();
            bytes::splice(raw, span.clone(), &bytes::replace(&raw[span], replace)?)
        }
        PartEdit::Replace { part, replace } => {
            with_content(message, *part, |content| bytes::replace(content, replace))?
        }
    })
}

/// The message with a part's decoded content edited, in the transfer encoding it was.
pub(super) fn with_content(
    message: &Message,
    part: PartName,
    edit: impl FnOnce(&[u8]) -> Result<Vec<u8>, FaultError>,
) -> Result<Vec<u8>, FaultError> {
    let entity = find(message, part)?;
    let edited = edit(&content(message, entity)?)?;
    let encoding = match entity.encoding.as_str() {
        "base64" => Encoding::Base64,
        "quoted-printable" => Encoding::QuotedPrintable,
        _ => Encoding::EightBit,
    };
    let body = encode(&edited, encoding, trailing(message.mail.bytes(&entity.body)));
    Ok(bytes::splice(&message.mail.raw, entity.body.clone(), &body))
}

/// The entity that a name means.
pub(super) fn find(message: &Message, part: PartName) -> Result<&Entity, FaultError> {
    let parts = &message.parts;
    let found = match part {
        PartName::Mixed => parts.mixed.as_deref(),
        PartName::Readable => parts.readable.as_deref(),
        PartName::Plain => parts.plain.as_deref(),
        PartName::Html => parts.html.as_deref(),
        PartName::Daticert => parts.daticert.as_deref(),
        PartName::Original => parts.original.as_deref(),
        PartName::Signature => message.signed.as_ref().map(|signed| &*signed.signature),
    };
    found.ok_or_else(|| FaultError::Missing(format!("the part {part:?}").to_lowercase()))
}

fn content(message: &Message, entity: &Entity) -> Result<Vec<u8>, FaultError> {
    let content = message.mail.content(entity);
    content.ok_or_else(|| FaultError::Unworkable(format!("a part cannot be decoded from {}", entity.encoding)))
}

/// A part with the delimiter line before it and the line end after it.
fn segment(raw: &[u8], entity: &Entity) -> Result<Range<usize>, FaultError> {
    let before = &raw[..entity.span.start];
    let delimiter = before.windows(3).rposition(|window| window == b"\n--");
    let start = delimiter.ok_or_else(|| FaultError::Unworkable("the part follows no delimiter".into()))? + 1;
    Ok(start..entity.span.end + bytes::line_end(raw, entity.span.end))
}

fn first(message: &Message, name: PartName) -> Result<Vec<u8>, FaultError> {
    let raw = &message.mail.raw[..];
    let part = segment(raw, find(message, name)?)?;
    let mut multiparts = message.mail.root.walk();
    let siblings = multiparts
        .find(|multipart| multipart.children.iter().any(|child| segment(raw, child).is_ok_and(|child| child == part)));
    let first = siblings.and_then(|multipart| multipart.children.first());
    let first = segment(raw, first.ok_or_else(|| FaultError::Missing("a multipart around it".into()))?)?;
    let moved = raw[part.clone()].to_vec();
    Ok(bytes::splice(&bytes::splice(raw, part, b""), first.start..first.start, &moved))
}

fn add(message: &Message, media_type: &str, name: &str, content: &str) -> Result<Vec<u8>, FaultError> {
    let raw = &message.mail.raw[..];
    let last = find(message, PartName::Mixed)?.children.last();
    let last = last.ok_or_else(|| FaultError::Missing("a part to follow".into()))?;
    let segment = segment(raw, last)?;
    let delimiter = &raw[segment.start..last.span.start];
    let part = format!(
        "Content-Type: {media_type}; name=\"{name}\"\r\nContent-Transfer-Encoding: 7bit\r\n\
         Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{content}\r\n"
    );
    Ok(bytes::splice(raw, segment.end..segment.end, &[delimiter, part.as_bytes()].concat()))
}

fn rename(raw: &[u8], entity: &Entity, to: &str) -> Vec<u8> {
    let mut edited = raw.to_vec();
    for header in entity.headers.iter().rev() {
        let parameter = match header.name.to_ascii_lowercase().as_str() {
            "content-type" => "name",
            "content-disposition" => "filename",
            _ => continue,
        };
        let pattern = format!(r#"(?i)\b{parameter}\s*=\s*("[^"]*"|[^;\s]+)"#);
        if let Ok(found) = bytes::find(&raw[header.value.clone()], &pattern) {
            let found = header.value.start + found.start..header.value.start + found.end;
            edited = bytes::splice(&edited, found, format!("{parameter}=\"{to}\"").as_bytes());
        }
    }
    edited
}

fn reencode(message: &Message, entity: &Entity, to: Encoding) -> Result<Vec<u8>, FaultError> {
    let body = encode(&content(message, entity)?, to, trailing(message.mail.bytes(&entity.body)));
    let edited = bytes::splice(&message.mail.raw, entity.body.clone(), &body);
    let name = match to {
        Encoding::Base64 => "base64",
        Encoding::QuotedPrintable => "quoted-printable",
        Encoding::EightBit => "8bit",
        Encoding::SevenBit => "7bit",
    };
    Ok(header::set(&edited, entity, "Content-Transfer-Encoding", name))
}

fn field(entity: &Entity, name: &str) -> Result<Range<usize>, FaultError> {
    let header = entity.header(name).ok_or_else(|| FaultError::Missing(format!("a header field {name}")))?;
    Ok(header.value.clone())
}

/// The line end that a body ends with, before the one that belongs to the boundary.
pub(super) fn trailing(body: &[u8]) -> &'static [u8] {
    if body.ends_with(b"\r\n") { b"\r\n" } else { b"" }
}

/// Content in a transfer encoding; base64 keeps the `trailing` line end that is no content.
pub(super) fn encode(content: &[u8], encoding: Encoding, trailing: &[u8]) -> Vec<u8> {
    match encoding {
        Encoding::Base64 => [&bytes::base64_lines(content), trailing].concat(),
        Encoding::QuotedPrintable => quoted_printable(content),
        Encoding::EightBit | Encoding::SevenBit => content.to_vec(),
    }
}

/// RFC 2045 6.7, line ends kept as line ends.
fn quoted_printable(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len());
    let mut column = 0;
    let mut at = 0;
    while at < content.len() {
        let end = bytes::line_end(content, at);
        if end > 0 {
            out.extend_from_slice(b"\r\n");
            (column, at) = (0, at + end);
            continue;
        }
        let octet = content[at];
        let last_of_line = at + 1 == content.len() || bytes::line_end(content, at + 1) > 0;
        let plain = matches!(octet, 33..=60 | 62..=126) || (matches!(octet, b' ' | b'\t') && !last_of_line);
        let written = if plain { vec![octet] } else { format!("={octet:02X}").into_bytes() };
        if column + written.len() > 75 {
            out.extend_from_slice(b"=\r\n");
            column = 0;
        }
        column += written.len();
        out.extend_from_slice(&written);
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_printable_decodes_to_what_was_encoded() {
        let long = format!("{} \r\nè = fine\t\r\n", "x".repeat(200));
        let encoded = quoted_printable(long.as_bytes());
        assert!(encoded.split(|&octet| octet == b'\n').all(|line| line.len() <= 77), "{encoded:?}");
        let mail = [b"Content-Transfer-Encoding: quoted-printable\r\n\r\n", &encoded[..]].concat();
        let mail = crate::message::Mail::read(mail).unwrap();
        assert_eq!(mail.content(&mail.root).unwrap(), long.as_bytes());
    }
}
