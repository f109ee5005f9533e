//! The MIME entities of an original, from the outside in. None ends in a line end: that one is the delimiter's.

use base64::{Engine, prelude::BASE64_STANDARD};
use encoding_rs::mem::encode_latin1_lossy;
use jiff::Timestamp;

use super::{content, encoded};
use crate::{
    clock::LegalTime,
    fault::{BASE64_LINE, BASE64_LINE_BYTES, base64_lines},
    message::Bytes,
    scenario::{
        attachment::{Attachment, NameAs, Nested},
        send::{Send, TextEncoding, UserSignature},
    },
    smime::{Signer, sign::Encoding},
};

/// What a message is made of beside the scenario's own words.
pub(super) struct Materials<'m> {
    pub at: Timestamp,
    /// The messages that attachments call `received`, in order.
    pub received: &'m [Bytes],
    /// Whom the user signs as.
    pub signer: Option<&'m Signer>,
    /// How many bytes the attachment that fills the message has.
    pub filling: usize,
}

/// The whole body, from its Content-Type on.
pub(super) fn entity(send: &Send, materials: &Materials<'_>) -> Vec<u8> {
    let text = text(send.text.as_deref().unwrap_or("Si veda l'oggetto."), send.encoding);
    let content = mixed(&send.id, text, &send.attach, materials);
    match (send.sign, materials.signer) {
        (Some(UserSignature::Detached), Some(signer)) => detached(&send.id, &content, signer, materials.at),
        (Some(UserSignature::Opaque), Some(signer)) => opaque(&content, signer, materials.at),
        _ => content,
    }
}

fn text(text: &str, encoding: TextEncoding) -> Vec<u8> {
    let text = text.trim_end().replace('\n', "\r\n");
    let (name, body) = match encoding {
        TextEncoding::Base64 => ("base64", base64_lines(text.as_bytes())),
        TextEncoding::EightBit => ("8bit", text.into_bytes()),
    };
    let head = format!("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {name}\r\n\r\n");
    [head.into_bytes(), body].concat()
}

fn mixed(id: &str, text: Vec<u8>, attachments: &[Attachment], materials: &Materials<'_>) -> Vec<u8> {
    if attachments.is_empty() {
        return text;
    }
    let boundary = format!("=_{id}");
    let mut received = materials.received.iter();
    let head = format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n").into_bytes();
    let mut pieces = vec![head];
    let mut part =
        |entity: Vec<u8>| pieces.extend([format!("--{boundary}\r\n").into_bytes(), entity, b"\r\n".to_vec()]);
    part(text);
    for (number, attachment) in attachments.iter().enumerate() {
        part(if let Some(mail) = &attachment.mail {
            message(attachment, &nested(&format!("{id}.{number}"), mail, materials))
        } else if attachment.received.is_some() {
            message(attachment, received.next().map_or(&[], |bytes| bytes))
        } else {
            file(attachment, materials.filling)
        });
    }
    pieces.push(format!("--{boundary}--").into_bytes());
    pieces.concat()
}

fn file(attachment: &Attachment, filling: usize) -> Vec<u8> {
    let bytes = match attachment.fills {
        Some(_) => content::filler(filling),
        None => content::of(attachment),
    };
    let media_type = attachment.media_type.as_deref().unwrap_or_else(|| content::media_type(&attachment.name));
    let head = format!("Content-Type: {media_type}\r\nContent-Transfer-Encoding: base64\r\n");
    [head.as_bytes(), &disposition(attachment), b"\r\n\r\n", &base64_lines(&bytes)].concat()
}

fn message(attachment: &Attachment, bytes: &[u8]) -> Vec<u8> {
    let media_type = attachment.media_type.as_deref().unwrap_or("message/rfc822");
    let encoding = if bytes.is_ascii() { "7bit" } else { "8bit" };
    let head = format!("Content-Type: {media_type}\r\nContent-Transfer-Encoding: {encoding}\r\n");
    [head.as_bytes(), &disposition(attachment), b"\r\n\r\n", bytes].concat()
}

/// A message of somebody outside, which nobody certified.
fn nested(id: &str, mail: &Nested, materials: &Materials<'_>) -> Vec<u8> {
    let head = format!(
        "Date: {}\r\nFrom: bruno@altrove.example\r\nTo: carla@posta.example\r\nSubject: {}\r\n\
         Message-ID: <{id}@altrove.example>\r\nMIME-Version: 1.0\r\n",
        LegalTime::at(materials.at).date_header(),
        encoded(&mail.subject)
    );
    let body = mixed(id, text(&mail.text, TextEncoding::Base64), &mail.attach, materials);
    [head.into_bytes(), body, b"\r\n".to_vec()].concat()
}

fn disposition(attachment: &Attachment) -> Vec<u8> {
    let name = &attachment.name;
    let quoted = |bytes: &[u8]| [b"filename=\"", bytes, b"\""].concat();
    let file_name = match attachment.name_as {
        NameAs::Standard if name.is_ascii() => quoted(name.as_bytes()),
        NameAs::Standard => format!("filename*=utf-8''{}", percent(name)).into_bytes(),
        NameAs::RawUtf8 => quoted(name.as_bytes()),
        NameAs::RawLatin1 => quoted(&encode_latin1_lossy(name)),
        NameAs::Folded => quoted(name.replace(' ', "\r\n ").as_bytes()),
        NameAs::EncodedWord => quoted(encoded_word(name).as_bytes()),
    };
    [b"Content-Disposition: attachment; ", &*file_name].concat()
}

fn percent(name: &str) -> String {
    let letter = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    name.bytes().map(letter).collect()
}

fn encoded_word(name: &str) -> String {
    format!("=?utf-8?B?{}?=", BASE64_STANDARD.encode(name))
}

/// RFC 1847: the signature covers the content as it stands between the delimiters.
fn detached(id: &str, content: &[u8], signer: &Signer, at: Timestamp) -> Vec<u8> {
    let boundary = format!("=_{id}.signed");
    let signature = base64_lines(&signer.sign(content, at, Encoding::Der));
    let head = format!(
        "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256;\r\n \
         boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n"
    );
    let between = format!(
        "\r\n--{boundary}\r\nContent-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n\
         Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"smime.p7s\"\r\n\r\n"
    );
    [head.as_bytes(), content, between.as_bytes(), &signature, format!("\r\n--{boundary}--").as_bytes()].concat()
}

/// RFC 8551 3.5.2: one CMS object with the content inside.
fn opaque(content: &[u8], signer: &Signer, at: Timestamp) -> Vec<u8> {
    let object = base64_lines(&signer.sign_attached(content, at, Encoding::Der));
    let head = "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=\"smime.p7m\"\r\n\
                Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"smime.p7m\"\r\n\r\n";
    [head.as_bytes(), &object].concat()
}

/// How many bytes an attachment needs so that base64 takes `room` bytes of mail or a little less.
pub(super) fn fitting(room: usize) -> usize {
    room / BASE64_LINE * BASE64_LINE_BYTES
}
