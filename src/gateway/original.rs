//! What the access point certifies of an original message, read from it (2.1, 2.2.1).

use super::{
    address,
    checks::addresses,
    choices::ReceiptWord,
    compose::{Certified, ReceiptForm, Recipient, Typology},
};
use crate::{directory::Directory, message::Mail};

/// What is certified of a submission; `msgid` is what its Message-ID was.
pub(super) fn certified(
    mail: Option<&Mail>,
    sender: &str,
    recipients: &[String],
    directory: &Directory,
    identifier: String,
    msgid: Option<String>,
    word: ReceiptWord,
) -> Certified {
    let recipients = recipients.iter().map(|recipient| Recipient {
        address: recipient.clone(),
        typology: if directory.is_certified(recipient) { Typology::Certified } else { Typology::External },
    });
    let reply_to = mail.and_then(|mail| addresses(mail, "Reply-To")).and_then(|found| found.into_iter().next());
    Certified {
        sender: sender.to_owned(),
        recipients: recipients.collect(),
        subject_raw: mail.map(subject_raw).unwrap_or_default(),
        subject: mail.and_then(subject),
        reply_to: reply_to.unwrap_or_else(|| sender.to_owned()),
        identifier,
        msgid,
        receipt: mail
            .and_then(|mail| mail.field("X-TipoRicevuta"))
            .map_or(ReceiptForm::Complete, |asked| form(&asked, word)),
    }
}

/// The form of receipt that a word asks for, read in this way; an unknown one asks for the complete one (3.3.2.1).
pub(super) fn form(asked: &str, word: ReceiptWord) -> ReceiptForm {
    let read = match word {
        ReceiptWord::InAnyLetters => asked.trim().to_ascii_lowercase(),
        ReceiptWord::AsWritten => asked.trim().to_owned(),
    };
    match read.as_str() {
        "breve" => ReceiptForm::Brief,
        "sintetica" => ReceiptForm::Concise,
        _ => ReceiptForm::Complete,
    }
}

/// The Subject's octets as sent, unfolded and trimmed; encoded words stay encoded.
pub(super) fn subject_raw(mail: &Mail) -> Vec<u8> {
    let Some(field) = mail.root.header("Subject") else { return Vec::new() };
    let value = mail.bytes(&field.value).iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n'));
    value.collect::<Vec<u8>>().trim_ascii().to_vec()
}

/// The Subject decoded.
pub(super) fn subject(mail: &Mail) -> Option<String> {
    mail.root.header("Subject").map(|field| mail.decoded(field))
}

/// The recipients of one destination each: certified ones by the host of their domain, in the order of RCPT TO.
pub(super) fn by_destination(recipients: &[String], host: impl Fn(&str) -> Option<String>) -> Vec<Vec<String>> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for recipient in recipients {
        let domain = address::domain(recipient).to_ascii_lowercase();
        let key = host(&domain).unwrap_or(domain);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.push(recipient.clone()),
            None => groups.push((key, vec![recipient.clone()])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}
