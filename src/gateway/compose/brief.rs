//! The original as a brief delivery receipt carries it (RFC 6109 3.3.2.2): every attachment
//! gives way to a text file with its hash, and every other octet stays.

use std::{borrow::Cow, ops::Range};

use super::{
    fields::{Section, line_end},
    hash_file,
    params::Parameterised,
};

/// Deeper multiparts are left as they are: no sane message goes there, and every level reads what it holds again.
const DEEPEST: usize = 32;

/// Attachments beyond these are left as they are: a hash file is larger than the smallest attachment, and the receipt
/// must not outgrow the message by orders of magnitude.
const MOST_HASHES: usize = 10_000;

/// The type of an entity that names none (RFC 2045 5.2), outside and inside a multipart/digest (RFC 2046 5.1.5).
const TEXT: &[u8] = b"text/plain";
const MESSAGE: &[u8] = b"message/rfc822";

/// `original` with its attachments hashed. A message that is one CMS object is returned as it is.
pub(super) fn hashed(original: &[u8]) -> Cow<'_, [u8]> {
    let section = Section::read(original);
    let media_type = media_type(&section, TEXT);
    if media_type.is("application/pkcs7-mime") || media_type.is("application/x-pkcs7-mime") {
        return Cow::Borrowed(original);
    }
    let mut brief = Brief { out: Vec::new(), hashes: 0 };
    match boundary(&media_type) {
        // The signature part must stay; the first part holds what the sender signed (RFC 1847).
        Some(boundary) if media_type.is("multipart/signed") => {
            let parts = parts(original, section.body, &boundary);
            brief.write_parts(original, &parts[..parts.len().min(1)], TEXT, DEEPEST);
        }
        _ => brief.write_entity(original, TEXT, DEEPEST),
    }
    Cow::Owned(brief.out)
}

/// The message being written.
struct Brief {
    out: Vec<u8>,
    hashes: usize,
}

impl Brief {
    /// Writes a part: its parts in their turn if it is a multipart, a hash file if it is an attachment, else as it is.
    fn write_entity(&mut self, entity: &[u8], default_type: &[u8], levels: usize) {
        let section = Section::read(entity);
        let media_type = media_type(&section, default_type);
        match boundary(&media_type) {
            Some(boundary) if levels > 0 => {
                let inside = if media_type.is("multipart/digest") { MESSAGE } else { TEXT };
                self.write_parts(entity, &parts(entity, section.body, &boundary), inside, levels - 1);
            }
            None if self.hashes < MOST_HASHES && is_attachment(&section, &media_type) => {
                self.hashes += 1;
                hash_file::write(entity, &section, &media_type, &mut self.out);
            }
            _ => self.out.extend_from_slice(entity),
        }
    }

    /// Writes a multipart: `parts` in their turn, everything between and around them as it is.
    fn write_parts(&mut self, entity: &[u8], parts: &[Range<usize>], default_type: &[u8], levels: usize) {
        let mut written = 0;
        for part in parts {
            self.out.extend_from_slice(&entity[written..part.start]);
            self.write_entity(&entity[part.clone()], default_type, levels);
            written = part.end;
        }
        self.out.extend_from_slice(&entity[written..]);
    }
}

fn media_type<'a>(section: &Section<'a>, default: &'a [u8]) -> Parameterised<'a> {
    Parameterised::read(section.first("Content-Type").map_or(default, |field| field.value))
}

/// A multipart's boundary; a multipart without one has no parts to tell apart.
fn boundary(media_type: &Parameterised<'_>) -> Option<Vec<u8>> {
    let multipart = media_type.value.get(..10).is_some_and(|start| start.eq_ignore_ascii_case(b"multipart/"));
    media_type.plain("boundary").filter(|boundary| multipart && !boundary.is_empty())
}

/// Whether a part has a name of either kind, or is a message.
fn is_attachment(section: &Section<'_>, media_type: &Parameterised<'_>) -> bool {
    media_type.is("message/rfc822")
        || !media_type.spelling("name").is_empty()
        || section
            .first("Content-Disposition")
            .is_some_and(|field| !Parameterised::read(field.value).spelling("filename").is_empty())
}

/// The parts of a multipart whose body begins at `body` (RFC 2046 5.1.1), without the line end that belongs to the
/// delimiter behind them. Without a closing delimiter the last part reaches to the end.
fn parts(entity: &[u8], body: usize, boundary: &[u8]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut open = None;
    let mut at = body;
    while at < entity.len() {
        let end = line_end(entity, at);
        if let Some(delimiter) = Delimiter::read(&entity[at..end], boundary) {
            if let Some(start) = open.take() {
                parts.push(start..before_line_end(entity, start, at));
            }
            match delimiter {
                Delimiter::Next => open = Some(end),
                Delimiter::Closing => return parts,
            }
        }
        at = end;
    }
    parts.extend(open.map(|start| start..entity.len()));
    parts
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Delimiter {
    Next,
    Closing,
}

impl Delimiter {
    fn read(line: &[u8], boundary: &[u8]) -> Option<Self> {
        let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?.trim_ascii_end();
        match rest {
            b"" => Some(Delimiter::Next),
            b"--" => Some(Delimiter::Closing),
            _ => None,
        }
    }
}

fn before_line_end(entity: &[u8], start: usize, end: usize) -> usize {
    let part = &entity[start..end];
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    start + part.strip_suffix(b"\r").unwrap_or(part).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-1 of "abc" (FIPS 180-2, appendix A.1).
    const ABC: &str = "a9993e364706816aba3e25717850c26c9cd0d89d";

    /// What becomes of `original`, whose lines end in LF here and in CRLF there.
    fn brief(original: &str) -> String {
        let original = original.replace('\n', "\r\n");
        String::from_utf8(hashed(original.as_bytes()).into_owned()).unwrap().replace("\r\n", "\n")
    }

    #[test]
    fn attachments_give_way_and_all_the_rest_stays() {
        let frame = |attachment: &str, inner: &str| {
            format!(
                "From: a\nContent-Type: multipart/mixed; boundary=b\n\npreamble\n--b\n\ntext\n--b  \n{attachment}\n\
                 --b\nContent-Type: multipart/alternative; boundary=\"bb\"\n\n--bb\n\none\n--bb\n{inner}\n--bb--\nepilogue\n\
                 --bother\n--b--\nend --b\n"
            )
        };
        let original = frame(
            "Content-ID: <1>\nContent-Type: application/pdf; name=a.pdf; x=y\nContent-Transfer-Encoding: base64\n\nabc",
            "Content-Disposition: Inline;\n filename=\"b c.png\"; size=3\n\nabc",
        );
        let expected = frame(
            &format!(
                "Content-ID: <1>\nContent-Type: text/plain;\n\tname=a.pdf.hash\nContent-Transfer-Encoding: 7bit\n\n{ABC}"
            ),
            &format!("Content-Type: text/plain\nContent-Disposition: Inline;\n\tfilename=\"b c.png.hash\"\n\n{ABC}"),
        );
        assert_eq!(brief(&original), expected);
    }

    #[test]
    fn a_nested_message_is_hashed_whole_named_or_not() {
        let digest = |part: &str| format!("Content-Type: multipart/digest; boundary=b\n\n--b\n{part}\n--b--\n");
        let named = |name: &str| format!("Content-Type: text/plain;\n\tname={name}\n\n{ABC}");
        assert_eq!(brief(&digest("Content-Type: message/rfc822\n\nabc")), digest(&named("\"message.eml.hash\"")));
        assert_eq!(brief(&digest("Content-Type: Message/RFC822; name=x.eml\n\nabc")), digest(&named("x.eml.hash")));
        assert_eq!(brief(&digest("\nabc")), digest(&named("\"message.eml.hash\"")));
    }

    #[test]
    fn a_message_that_is_itself_an_attachment_keeps_its_header() {
        assert_eq!(
            brief("From: a\nContent-Type: application/pdf; name=\"a.pdf\"\nTo: b\n\nabc"),
            format!("From: a\nContent-Type: text/plain;\n\tname=\"a.pdf.hash\"\nTo: b\n\n{ABC}")
        );
    }

    #[test]
    fn a_top_level_cms_object_stays_intact_and_one_below_does_not() {
        for kind in ["application/pkcs7-mime", "Application/X-PKCS7-MIME"] {
            let whole = format!("Content-Type: {kind}; name=smime.p7m\n\nabc");
            assert_eq!(brief(&whole), whole);
            let below = format!("Content-Type: multipart/mixed; boundary=b\n\n--b\n{whole}\n--b--\n");
            assert!(brief(&below).contains(ABC) && brief(&below).contains("name=smime.p7m.hash"), "{}", brief(&below));
        }
    }

    #[test]
    fn of_a_signed_message_the_signature_stays_and_the_attachments_go() {
        let signed = |attachment: &str| {
            format!(
                "Content-Type: multipart/signed; boundary=s\n\n--s\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\
                 {attachment}\n--b--\n\n--s\nContent-Type: application/pkcs7-signature; name=smime.p7s\n\nabc\n--s--\n"
            )
        };
        assert_eq!(
            brief(&signed("Content-Type: a/b; name=a\n\nabc")),
            signed(&format!("Content-Type: text/plain;\n\tname=a.hash\n\n{ABC}"))
        );
    }

    #[test]
    fn whatever_has_no_attachment_stays_as_it_is() {
        for original in [
            "",
            "\n",
            "From: a\n\nabc",
            "Content-Type: multipart/mixed\n\n--\nabc",
            "Content-Type: multipart/mixed; boundary=\"\"\n\n--\nContent-Type: a/b; name=c\n\nabc\n----\n",
            "Content-Type: multipart/mixed; boundary=b\n\nno part",
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n\n--b",
        ] {
            assert_eq!(brief(original), original);
        }
    }

    #[test]
    fn depth_is_bounded() {
        let mut original = "Content-Type: a/b; name=c\n\nabc".to_owned();
        for level in 0..2000 {
            original =
                format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n{original}\n--b{level}--");
        }
        assert_eq!(brief(&original), original);
    }

    #[test]
    fn the_number_of_hash_files_is_bounded() {
        let parts = "--b\r\n\r\n".repeat(MOST_HASHES + 7);
        let brief =
            hashed(format!("Content-Type: multipart/digest; boundary=b\r\n\r\n{parts}").as_bytes()).into_owned();
        assert_eq!(String::from_utf8(brief).unwrap().matches("message.eml.hash").count(), MOST_HASHES);
    }

    #[test]
    fn cut_or_damaged_anywhere_a_message_is_still_read() {
        let message = b"Content-Type: multipart/mixed;\r\n boundary=\"b\"\r\n\r\n--b\r\nContent-Type: a/b;\r\n\tname*0=\"a\\\"\";\
            name*1*=x\r\nContent-Disposition: attachment; filename=\"=?utf-8?B?YQ==?=\"\r\n\r\nabc\r\n--b--\r\n";
        for at in 0..message.len() {
            hashed(&message[..at]);
            for octet in [0, b'\r', b'\n', b'"', b'\\', b';', b':', b' ', b'=', 0xff] {
                let mut damaged = message.to_vec();
                damaged[at] = octet;
                hashed(&damaged);
            }
        }
    }
}
