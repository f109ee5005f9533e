//! The text file that stands for an attachment in a brief delivery receipt (RFC 6109 3.3.2.2).

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    body::hex,
    fields::{Field, Section},
    params::{Param, Parameterised},
};

/// Writes the hash file for `entity`: its header with another type and name, and 40 hexadecimal digits.
///
/// The hash is SHA-1 over the body as it stands in the message, still encoded.
pub(super) fn write(entity: &[u8], section: &Section<'_>, media_type: &Parameterised<'_>, out: &mut Vec<u8>) {
    let disposition = section.first("Content-Disposition").map(|field| Parameterised::read(field.value));
    let mut content_type = Some(content_type(media_type, disposition.as_ref()));
    if section.first("Content-Type").is_none() {
        out.extend(content_type.take().unwrap_or_default());
    }
    for field in section.fields() {
        if field.is("Content-Type") {
            out.extend(content_type.take().unwrap_or_default());
        } else if field.is("Content-Transfer-Encoding") {
            out.extend_from_slice(b"Content-Transfer-Encoding: 7bit\r\n");
        } else if field.is("Content-Disposition") {
            write_disposition(&field, out);
        } else {
            out.extend_from_slice(field.raw);
        }
    }
    if !out.ends_with(b"\n") {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
    let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &entity[section.body..]);
    out.extend_from_slice(hex(hash.as_ref()).as_bytes());
}

/// `text/plain` with the attachment's name. A message without any name gets one.
fn content_type(media_type: &Parameterised<'_>, disposition: Option<&Parameterised<'_>>) -> Vec<u8> {
    let name = media_type.spelling("name");
    let nameless = name.is_empty() && disposition.is_none_or(|field| field.spelling("filename").is_empty());
    let mut field = b"Content-Type: text/plain".to_vec();
    if nameless {
        field.extend_from_slice(b";\r\n\tname=\"message.eml.hash\"");
    }
    write_names(&name, &mut field);
    field.extend_from_slice(b"\r\n");
    field
}

/// The disposition with nothing but its name: what else it says, such as a size, is no longer so.
fn write_disposition(field: &Field<'_>, out: &mut Vec<u8>) {
    let disposition = Parameterised::read(field.value);
    let name = disposition.spelling("filename");
    if name.is_empty() {
        out.extend_from_slice(field.raw);
        return;
    }
    out.extend_from_slice(b"Content-Disposition: ");
    out.extend_from_slice(disposition.value);
    write_names(&name, out);
    out.extend_from_slice(b"\r\n");
}

/// Writes the parameters that spell a name, `.hash` added to each spelling. The octets before it stay as they are, so
/// that whoever can read the attachment's name reads the same name here, whatever its charset or folding.
fn write_names(spelling: &[&Param<'_>], out: &mut Vec<u8>) {
    let last_section = spelling.iter().filter_map(|param| param.section()).max();
    for param in spelling {
        out.extend_from_slice(b";\r\n\t");
        out.extend_from_slice(param.name);
        out.push(b'=');
        if param.section().is_none_or(|section| Some(section) == last_section) {
            write_suffixed(param.value, out);
        } else {
            out.extend_from_slice(param.value);
        }
    }
}

/// Writes a parameter's value with `.hash` at its end.
fn write_suffixed(value: &[u8], out: &mut Vec<u8>) {
    let inside = value.strip_prefix(b"\"");
    let quote: &[u8] = if inside.is_some() { b"\"" } else { b"" };
    let text = inside.map_or(value, until_quote);
    out.extend_from_slice(quote);
    out.extend(suffixed_word(text).unwrap_or_else(|| [text, SUFFIX].concat()));
    out.extend_from_slice(quote);
}

const SUFFIX: &[u8] = b".hash";

/// `text` with the suffix inside the encoded word that it ends with: behind it, parsers differ in what they make of it.
fn suffixed_word(text: &[u8]) -> Option<Vec<u8>> {
    let word = text.trim_ascii_end().strip_suffix(b"?=")?;
    let payload = word.iter().rposition(|&octet| octet == b'?')? + 1;
    let (before, payload) = word.split_at(payload);
    let (_, encoding) = before.strip_suffix(b"?")?.split_last_chunk::<2>()?;
    let payload = match encoding {
        b"?Q" | b"?q" => [payload, SUFFIX].concat(),
        b"?B" | b"?b" => STANDARD.encode([&STANDARD.decode(payload).ok()?, SUFFIX].concat()).into_bytes(),
        _ => return None,
    };
    Some([before, &payload, b"?="].concat())
}

/// What stands before the closing quote; all of it where there is none.
fn until_quote(inside: &[u8]) -> &[u8] {
    let mut escaped = false;
    let end = inside.iter().position(|&octet| {
        let closing = octet == b'"' && !escaped;
        escaped = octet == b'\\' && !escaped;
        closing
    });
    let text = &inside[..end.unwrap_or(inside.len())];
    // A backslash at the very end of an open string would escape what follows.
    if escaped && end.is_none() { &text[..text.len() - 1] } else { text }
}

#[cfg(test)]
mod tests {
    use mail_parser::{MessageParser, MimeHeaders as _};

    use super::*;

    /// The name of the hash file for an attachment with these header fields: as written, and as another parser reads it.
    fn names(fields: &[u8]) -> (String, String) {
        let entity = [fields, b"\r\n\r\nabc"].concat();
        let section = Section::read(&entity);
        let media_type = Parameterised::read(section.first("Content-Type").map_or(b"a/b", |field| field.value));
        let mut out = Vec::new();
        write(&entity, &section, &media_type, &mut out);
        let read = MessageParser::new().parse(&out).unwrap();
        assert_eq!(read.parts[0].contents(), b"a9993e364706816aba3e25717850c26c9cd0d89d");
        let name = read.parts[0].attachment_name().unwrap_or_default().to_owned();
        (String::from_utf8_lossy(&out).into_owned(), name)
    }

    #[test]
    fn every_way_to_spell_a_name_still_names_the_hash_file() {
        for (fields, name) in [
            (&b"Content-Type: a/b; name=a.pdf"[..], "a.pdf.hash"),
            (b"Content-Type: a/b; NAME=\"a \\\"b\\\".pdf\"; x=y", "a \"b\".pdf.hash"),
            (b"Content-Type: a/b; name=\"open.pdf", "open.pdf.hash"),
            (b"Content-Type: a/b;\r\n\tname=\"folded\r\n name.pdf\"", "folded name.pdf.hash"),
            (b"Content-Disposition: attachment; filename=\"caff\xc3\xa8.pdf\"", "caffè.pdf.hash"),
            (b"Content-Type: a/b; name=\"=?utf-8?Q?caff=C3=A8=2Epdf?=\"", "caffè.pdf.hash"),
            (b"Content-Type: a/b; name=\"=?utf-8?B?Y2FmZsOoLnBkZg==?=\"", "caffè.pdf.hash"),
            (b"Content-Type: a/b; name==?utf-8?Q?caff=C3=A8=2Epdf?=", "caffè.pdf.hash"),
            (b"Content-Disposition: attachment; filename*=UTF-8''caff%C3%A8.pdf", "caffè.pdf.hash"),
            (b"Content-Disposition: attachment; filename*1=\" b.pdf\"; filename*0=a", "a b.pdf.hash"),
        ] {
            let (written, read) = names(fields);
            assert_eq!(read, name, "{written}");
        }
    }

    #[test]
    fn raw_octets_of_a_name_stay() {
        let entity = b"Content-Type: a/b; name=\"caff\xe8.pdf\"\r\n\r\nabc";
        let section = Section::read(entity);
        let mut out = Vec::new();
        write(entity, &section, &Parameterised::read(section.first("Content-Type").unwrap().value), &mut out);
        assert!(out.windows(16).any(|octets| octets == b"\"caff\xe8.pdf.hash\""), "{}", String::from_utf8_lossy(&out));
    }

    #[test]
    fn a_part_without_an_empty_line_gets_one() {
        let (written, _) = names(b"Content-Type: a/b; name=x\r\nContent-ID: y");
        assert!(written.contains("Content-ID: y\r\n\r\na999"), "{written}");
    }
}
