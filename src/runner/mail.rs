//! A user's client: writes a scenario's `send` as the bytes that are submitted. Always the same bytes for the same send.

use std::io::{Cursor, Write as _};

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use zip::{ZipWriter, unstable::write::FileOptionsExt, write::SimpleFileOptions};

use crate::{
    clock::LegalTime,
    scenario::{
        model::{Attachment, Send, Virus},
        words::Mailbox,
    },
};

/// The client's own msgid of a send, with angle brackets.
pub fn msgid(send: &Send) -> String {
    msgid_of(&send.id)
}

/// The msgid of what has this name.
pub fn msgid_of(id: &str) -> String {
    format!("<{id}@client.example>")
}

/// The message, and what stands for `mario@sender` in it.
pub fn compose(send: &Send, at: Timestamp, address: &dyn Fn(&Mailbox) -> String) -> Vec<u8> {
    let mut message = Vec::new();
    for (name, value) in fields(send, at, address) {
        message.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    message.extend_from_slice(&body(send));
    message
}

fn fields(send: &Send, at: Timestamp, address: &dyn Fn(&Mailbox) -> String) -> Vec<(String, String)> {
    let list = |mailboxes: &[Mailbox]| mailboxes.iter().map(address).collect::<Vec<_>>().join(", ");
    let from = send.header_from.as_ref().unwrap_or(&send.from);
    let mut fields = vec![
        ("Date", LegalTime::at(at).date_header()),
        ("From", address(from)),
        ("To", list(&send.to)),
        ("Cc", list(&send.cc)),
        ("Bcc", list(&send.bcc)),
        ("Subject", encoded(send.subject.as_deref().unwrap_or(&send.id))),
        ("Message-ID", msgid(send)),
        ("X-TipoRicevuta", send.receipt.map(|receipt| receipt.word().to_owned()).unwrap_or_default()),
        ("MIME-Version", "1.0".to_owned()),
    ];
    let absent = |name: &str| send.without.iter().any(|without| without.eq_ignore_ascii_case(name));
    let replaced = |name: &str| send.headers.keys().any(|other| other.eq_ignore_ascii_case(name));
    fields.retain(|(name, value)| !value.is_empty() && !absent(name) && !replaced(name));
    let added = send
        .headers
        .iter()
        .flat_map(|(name, values)| values.values().iter().map(|value| (name.clone(), with_addresses(value, address))));
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(added).collect()
}

/// What an address cannot contain where a scenario writes one into a value.
const SEPARATORS: [char; 8] = [' ', ',', '<', '>', ';', '"', '\r', '\n'];

/// `mario@sender` in a header's value or a line said becomes the address.
pub fn with_addresses(value: &str, address: &dyn Fn(&Mailbox) -> String) -> String {
    value
        .split_inclusive(SEPARATORS)
        .map(|piece| {
            let word = piece.trim_end_matches(SEPARATORS);
            match word.parse::<Mailbox>() {
                Ok(mailbox) => address(&mailbox) + &piece[word.len()..],
                Err(_) => piece.to_owned(),
            }
        })
        .collect()
}

fn body(send: &Send) -> Vec<u8> {
    let text = send.text.as_deref().unwrap_or("Si veda l'oggetto.");
    let text = text.trim_end().replace('\n', "\r\n");
    let text = format!(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        base64_lines(text.as_bytes())
    );
    if send.attach.is_empty() {
        return text.into_bytes();
    }
    let boundary = format!("=_{}", send.id);
    let head = format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n{text}");
    let attachments = send.attach.iter().map(|attachment| {
        let media_type = attachment.media_type.as_deref().unwrap_or_else(|| media_type(&attachment.name));
        format!(
            "--{boundary}\r\nContent-Type: {media_type}\r\nContent-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment; filename=\"{}\"\r\n\r\n{}",
            attachment.name,
            base64_lines(&content(attachment))
        )
    });
    let end = format!("--{boundary}--\r\n");
    let body: String = std::iter::once(head).chain(attachments).chain([end]).collect();
    body.into_bytes()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("pdf") => "application/pdf",
        Some("txt") => "text/plain",
        Some("zip") => "application/zip",
        Some("xml") => "application/xml",
        _ => "application/octet-stream",
    }
}

fn content(attachment: &Attachment) -> Vec<u8> {
    let content = plain(attachment);
    match &attachment.password {
        Some(password) => {
            // The zip format's own cipher: breakable, and still nothing that a scanner can look behind.
            let locked = SimpleFileOptions::default().with_deprecated_encryption(password.as_bytes());
            zipped("riservato", &content, locked)
        }
        None => content,
    }
}

fn plain(attachment: &Attachment) -> Vec<u8> {
    match (attachment.size, &attachment.text, attachment.virus) {
        (_, Some(text), _) => text.clone().into_bytes(),
        (_, _, Some(Virus::Eicar)) => eicar(),
        (_, _, Some(Virus::EicarInZip)) => zipped("allegato.com", &eicar(), SimpleFileOptions::default()),
        (size, None, None) => filler(size.map_or(0, |size| size.0)),
    }
}

/// Put together here, so that no file of this project is itself detected.
fn eicar() -> Vec<u8> {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}", "$EICAR", "-STANDARD-ANTIVIRUS-", "TEST-FILE!", "$H+H*"].concat().into_bytes()
}

fn zipped(name: &str, content: &[u8], options: SimpleFileOptions) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(name, options).expect("memory takes it");
    archive.write_all(content).expect("memory takes it");
    archive.finish().expect("memory takes it").into_inner()
}

/// Bytes without a pattern that a gateway could take for text, the same in every run (a linear congruential generator).
fn filler(size: usize) -> Vec<u8> {
    let mut state = 0x5045_4331_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..size).map(|_| next()).collect()
}

fn base64_lines(bytes: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(bytes);
    let mut lines = String::with_capacity(text.len() + text.len() / 38 + 2);
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(76));
        lines += line;
        lines += "\r\n";
        rest = after;
    }
    lines
}

/// Encoded words (RFC 2047) where the value is not plain ASCII, folded so that no word is longer than 75.
pub fn encoded(value: &str) -> String {
    if value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return value.to_owned();
    }
    let mut words = vec![String::new()];
    for letter in value.chars() {
        if words.last().is_some_and(|word| word.len() + letter.len_utf8() > 45) {
            words.push(String::new());
        }
        words.last_mut().expect("there is one").push(letter);
    }
    words.iter().map(|word| format!("=?utf-8?B?{}?=", BASE64_STANDARD.encode(word))).collect::<Vec<_>>().join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Mail;

    fn composed(yaml: &str) -> Mail {
        let send: Send = serde_yaml::from_str(yaml).unwrap();
        let at = "2026-03-02T08:30:00Z".parse().unwrap();
        Mail::read(compose(&send, at, &|mailbox| mailbox.to_string().replace("@sender", "@alfa.example"))).unwrap()
    }

    #[test]
    fn a_send_becomes_a_message_that_reads_back() {
        let mail = composed(
            "{id: a, from: mario@sender, to: [anna@x.example], subject: Perché no, receipt: breve, \
             attach: [{name: a.pdf, size: 3 kB}, {name: v.zip, virus: eicar-in-zip}]}",
        );
        let field = |name: &str| mail.field(name).unwrap_or_default();
        assert_eq!(mail.decoded(mail.root.header("Subject").unwrap()), "Perché no");
        assert_eq!([field("From"), field("X-TipoRicevuta")], ["mario@alfa.example", "breve"]);
        assert_eq!(field("Message-ID"), "<a@client.example>");
        let parts = &mail.root.children;
        assert_eq!(mail.text(&parts[0]).unwrap(), "Si veda l'oggetto.");
        assert_eq!(mail.content(&parts[1]).unwrap().len(), 3000);
        assert_eq!(parts[2].file_name(), Some("v.zip"));
    }

    #[test]
    fn headers_are_set_added_and_left_out() {
        let mail = composed(
            "{id: a, from: mario@sender, to: [anna@x.example], without: [message-id], \
             headers: {to: '\"M\" <mario@sender>, anna@x.example', Reply-To: luca@sender}}",
        );
        assert_eq!(mail.field("To").as_deref(), Some("\"M\" <mario@alfa.example>, anna@x.example"));
        assert_eq!(mail.field("Reply-To").as_deref(), Some("luca@alfa.example"));
        assert!(mail.field("Message-ID").is_none());
    }
}
