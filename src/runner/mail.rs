//! A user's client: writes a scenario's `send` as the bytes that are submitted. Always the same bytes for the same send of a play.

mod body;
mod content;

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;

use self::body::Materials;
use crate::{
    clock::LegalTime,
    evidence::PlayId,
    message::Bytes,
    scenario::{
        send::{Send, Written},
        words::Mailbox,
    },
    smime::Signer,
};

/// The client's own msgid of a send, with angle brackets.
pub fn msgid(send: &Send, play: &PlayId) -> String {
    msgid_of(&send.id, play)
}

/// The msgid of what has this name.
pub fn msgid_of(id: &str, play: &PlayId) -> String {
    of_play(&format!("<{id}{CLIENT}>"), play)
}

/// The domain of clients' msgids, in a scenario's words too.
pub const CLIENT: &str = "@client.example";

/// The msgids in a scenario's words as they are in this play; those that are so already stay.
pub fn of_play(words: &str, play: &PlayId) -> String {
    let own = format!("{play}{CLIENT}");
    words.replace(&own, CLIENT).replace(CLIENT, &own)
}

/// The Subject as readers of the message see it.
pub fn subject(send: &Send) -> String {
    send.subject.as_deref().unwrap_or(&send.id).replace('\n', " ")
}

/// A user's client at one moment.
pub struct Client<'c> {
    /// The moment.
    pub at: Timestamp,
    /// What stands for `mario@sender` in a message.
    pub address: &'c (dyn Fn(&Mailbox) -> String + Sync),
    /// Whose msgids it makes.
    pub play: &'c PlayId,
    /// The messages that attachments call `received`, in order.
    pub received: Vec<Bytes>,
    /// Whom the user signs as, where he does.
    pub signer: Option<Signer>,
}

impl Client<'_> {
    /// The message.
    pub fn compose(&self, send: &Send) -> Vec<u8> {
        let wanted = send.attach.iter().find_map(|attachment| attachment.fills).map(|size| size.0);
        let Some(wanted) = wanted else { return self.filled(send, 0) };
        let room = wanted.saturating_sub(self.filled(send, 0).len());
        let mut message = self.filled(send, body::fitting(room.saturating_sub(2)));
        // What no line of base64 can fill stands behind the last delimiter, where nobody reads (RFC 2046 5.1.1).
        let rest = wanted.saturating_sub(message.len()).saturating_sub(2);
        message.reserve_exact(rest + 2);
        message.extend(std::iter::repeat_n(b'.', rest));
        message.extend_from_slice(b"\r\n");
        message
    }

    fn filled(&self, send: &Send, filling: usize) -> Vec<u8> {
        let Self { at, received, signer, .. } = self;
        let materials = Materials { at: *at, received, signer: signer.as_ref(), filling };
        let field = |(name, value): (String, String)| format!("{name}: {value}\r\n").into_bytes();
        let header: Vec<Vec<u8>> = fields(send, *at, self.play, self.address).into_iter().map(field).collect();
        [&*header.concat(), &body::entity(send, &materials), b"\r\n"].concat()
    }
}

/// An address in the capitals that a send wants at this place.
pub fn spelled(send: &Send, place: Written, address: String) -> String {
    if send.in_capitals.contains(&place) { address.to_ascii_uppercase() } else { address }
}

fn fields(send: &Send, at: Timestamp, play: &PlayId, address: &dyn Fn(&Mailbox) -> String) -> Vec<(String, String)> {
    let written = |mailbox: &Mailbox| spelled(send, Written::Header, address(mailbox));
    let list = |mailboxes: &[Mailbox]| listed(mailboxes.iter().map(written));
    let from = send.header_from.as_ref().unwrap_or(&send.from);
    let mut fields = vec![
        ("Date", LegalTime::at(at).date_header()),
        ("From", written(from)),
        ("To", list(&send.to)),
        ("Cc", list(&send.cc)),
        ("Bcc", list(&send.bcc)),
        ("Subject", encoded(send.subject.as_deref().unwrap_or(&send.id))),
        ("Message-ID", msgid(send, play)),
        ("X-TipoRicevuta", send.receipt.map(|receipt| receipt.word().to_owned()).unwrap_or_default()),
        ("MIME-Version", "1.0".to_owned()),
    ];
    let absent = |name: &str| send.without.iter().any(|without| without.eq_ignore_ascii_case(name));
    let replaced = |name: &str| send.headers.keys().any(|other| other.eq_ignore_ascii_case(name));
    // An empty Subject is one; of the others, empty means that there is none.
    fields.retain(|(name, value)| (*name == "Subject" || !value.is_empty()) && !absent(name) && !replaced(name));
    let added = send.headers.iter().flat_map(|(name, values)| {
        values.values().iter().map(|value| (name.clone(), folded(&of_play(&with_addresses(value, address), play))))
    });
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(added).collect()
}

/// Addresses with commas, in lines of about 76.
fn listed(addresses: impl Iterator<Item = String>) -> String {
    let mut lines: Vec<String> = Vec::new();
    for address in addresses {
        match lines.last_mut() {
            Some(line) if line.len() + address.len() < 70 => *line = format!("{line}, {address}"),
            _ => lines.push(address),
        }
    }
    lines.join(",\r\n ")
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

/// A field's value: encoded words (RFC 2047) where it is not plain ASCII, folded so that no word is longer than 75; else
/// folded where it has line breaks.
pub fn encoded(value: &str) -> String {
    if value.bytes().all(|byte| (b' '..=b'~').contains(&byte) || byte == b'\n') {
        return folded(value);
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

fn folded(value: &str) -> String {
    value.replace('\n', "\r\n ")
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::message::Mail;

    static PLAY: LazyLock<PlayId> = LazyLock::new(PlayId::default);

    fn composed_bytes(send: &Send, at: Timestamp) -> Vec<u8> {
        let address = |mailbox: &Mailbox| mailbox.to_string().replace("@sender", "@alfa.example");
        let signer = crate::pki::Pki::load().unwrap().signer("esterna").cloned();
        let received = vec![b"Subject: inside\r\n\r\nabc\r\n".as_slice().into()];
        Client { at, address: &address, play: &PLAY, received, signer }.compose(send)
    }

    fn composed(yaml: &str) -> Mail {
        let send: Send = serde_yaml::from_str(yaml).unwrap();
        let at = "2026-03-02T08:30:00Z".parse().unwrap();
        Mail::read(composed_bytes(&send, at)).unwrap()
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
        assert_ne!(field("Message-ID"), "<a@client.example>");
        assert_eq!(PLAY.strip(&field("Message-ID")), "<a@client.example>");
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

    #[test]
    fn an_attachment_fills_the_message_to_the_byte() {
        for size in 1000..1160 {
            let yaml =
                format!("{{id: a, from: mario@sender, to: [b@x.example], attach: [{{name: a, fills: {size} B}}]}}");
            let mail = composed(&yaml);
            assert_eq!((mail.raw.len(), mail.root.children.len()), (size, 2));
            assert!(mail.raw.ends_with(b"\r\n"));
        }
    }

    #[test]
    fn names_are_spelled_as_asked_for() {
        for (spelling, written) in [
            ("standard", &b" filename*=utf-8''perch%C3%A9%20no.pdf"[..]),
            ("raw-utf8", "\"perché no.pdf\"".as_bytes()),
            ("raw-latin1", b"\"perch\xe9 no.pdf\""),
            ("folded", "\"perché\r\n no.pdf\"".as_bytes()),
            ("encoded-word", b"\"=?utf-8?B?cGVyY2jDqSBuby5wZGY=?=\""),
        ] {
            let mail = composed(&format!(
                "{{id: a, from: mario@sender, to: [b@x.example], \
                 attach: [{{name: perché no.pdf, name-as: {spelling}, text: x}}]}}"
            ));
            assert!(mail.raw.windows(written.len()).any(|bytes| bytes == written), "{spelling}");
        }
    }

    #[test]
    fn messages_are_attached_as_messages_and_signatures_hold() {
        let mail = composed(
            "{id: a, from: mario@sender, to: [b@x.example], sign: detached, attach: [{name: a.eml, received: {message: a}}, \
             {name: b.eml, mail: {subject: Prima, text: Sì, attach: [{name: c, text: c}]}}]}",
        );
        let [content, signature] = &mail.root.children[..] else { panic!("content and signature") };
        let cms = mail.content(signature).unwrap();
        let signed = crate::smime::Signature::verify(&cms, mail.bytes(&content.span));
        assert_eq!(signed.state, crate::smime::SignatureState::Valid);
        let inside = |part: &crate::message::Entity| Mail::read(mail.content(part).unwrap()).unwrap();
        assert_eq!(inside(&content.children[1]).field("Subject").as_deref(), Some("inside"));
        assert_eq!(inside(&content.children[2]).root.children[1].file_name(), Some("c"));
    }

    #[test]
    fn capitals_folds_and_empty_subjects_are_written() {
        let mail = composed("{id: a, from: mario@sender, to: [b@x.example], in-capitals: [header], subject: ''}");
        assert_eq!(mail.field("To").as_deref(), Some("B@X.EXAMPLE"));
        assert_eq!(mail.field("Subject").as_deref(), Some(""));
        let mail = composed("{id: a, from: mario@sender, to: [b@x.example], subject: \"a\\nb\"}");
        assert_eq!(mail.bytes(&mail.root.header("Subject").unwrap().span), b"Subject: a\r\n b\r\n");
    }
}
