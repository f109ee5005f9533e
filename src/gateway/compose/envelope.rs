//! Envelopes (RFC 6109 2.1.1.2): of transport (3.1.5) and of anomaly (3.2.2).

use std::borrow::Cow;

use aws_lc_rs::digest;

use crate::clock::LegalTime;

use super::{
    Certified, Composer, ReceiptForm,
    body::{Body, Seal, hex},
    daticert::{self, Matter},
    dialect::Defaults,
    fields::Section,
    header::{Header, quoted},
    text, words,
};

/// The fields both envelopes take over with their values unmodified.
const INHERITED: [&str; 5] = ["Received", "To", "Cc", "Return-Path", "Reply-To"];

pub(super) fn transport(composer: &Composer, about: &Certified, original: &[u8], at: &LegalTime) -> Vec<u8> {
    let dialect = composer.dialect;

    let mut header = Header::default();
    inherit(&mut header, &Section::read(original), &about.sender);
    header.add("X-Trasporto", "posta-certificata");
    if about.receipt != ReceiptForm::Complete || dialect.defaults() == Defaults::Written {
        header.add("X-TipoRicevuta", about.receipt.word());
    }
    header.add("Date", dialect.date(at));
    let subject = about.subject.as_deref().unwrap_or_default();
    header.add_folded("Subject", &dialect.subject("POSTA CERTIFICATA: ", &about.subject_raw, subject));
    header.add("From", on_behalf_of(&about.sender, &composer.address));
    header.add("Message-ID", format!("<{}>", about.identifier));
    if let Some(msgid) = &about.msgid {
        header.add("X-Riferimento-Message-ID", msgid);
    }

    let matter = Matter {
        tipo: "posta-certificata",
        errore: "nessuno",
        ricevuta: Some(about.receipt.word()),
        consegna: None,
        ricezione: &[],
        errore_esteso: None,
    };
    let body = Body {
        readable: text::transport_envelope(dialect, about, at),
        daticert: Some(daticert::write(about, &matter, &composer.provider, at, dialect.defaults())),
        original: Some(Cow::Borrowed(original)),
    };
    body.seal(header, &Seal { composer, seed: &about.identifier, at })
}

pub(super) fn anomaly(
    composer: &Composer,
    received: &[u8],
    sender: &str,
    recipients: &[String],
    error: &str,
    at: &LegalTime,
) -> Vec<u8> {
    let dialect = composer.dialect;
    let section = Section::read(received);

    let mut header = Header::default();
    inherit(&mut header, &section, sender);
    let message_id = if let Some(field) = section.first("Message-ID") {
        header.inherit(&field);
        String::from_utf8_lossy(&field.unfolded()).into_owned()
    } else {
        let invented = invented_message_id(composer, received);
        header.add("Message-ID", &invented);
        invented
    };
    header.add("X-Trasporto", "errore");
    header.add("Date", dialect.date(at));
    let subject_raw = section.first("Subject").map(|field| field.unfolded()).unwrap_or_default();
    let subject = decoded(&subject_raw);
    header.add_folded("Subject", &dialect.subject("ANOMALIA MESSAGGIO: ", &subject_raw, &subject));
    header.add("From", on_behalf_of(sender, &composer.address));

    // No certification data: what came in may be of doubtful origin (3.2.2).
    let body = Body {
        readable: text::anomaly(dialect, &subject, sender, recipients, error, at),
        daticert: None,
        original: Some(Cow::Borrowed(received)),
    };
    body.seal(header, &Seal { composer, seed: &message_id, at })
}

/// The inherited fields, and a Reply-To made from the sender where there is none and someone to reply to.
fn inherit(header: &mut Header, section: &Section<'_>, sender: &str) {
    for field in section.fields().filter(|field| INHERITED.iter().any(|name| field.is(name))) {
        header.inherit(&field);
    }
    if section.first("Reply-To").is_none() && !sender.is_empty() {
        header.add("Reply-To", sender);
    }
}

/// `"Per conto di: mario@…" <posta-certificata@…>` (2.1). A sender that 7-bit mail cannot carry is encoded.
fn on_behalf_of(sender: &str, address: &str) -> String {
    let name = format!("Per conto di: {sender}");
    let name = if name.is_ascii() { quoted(&name) } else { words::base64(&name) };
    format!("{name} <{address}>")
}

/// A Message-ID for an anomaly envelope whose message has none to inherit; the same message gets the same.
fn invented_message_id(composer: &Composer, received: &[u8]) -> String {
    let digest = hex(digest::digest(&digest::SHA256, received).as_ref());
    let domain = composer.address.rsplit_once('@').map_or(composer.address.as_str(), |(_, domain)| domain);
    format!("<anomalia.{}@{domain}>", &digest[..32])
}

/// A Subject's value with its encoded words decoded (RFC 2047).
fn decoded(subject: &[u8]) -> String {
    let message = [b"Subject: ", subject, b"\r\n\r\n"].concat();
    let read = mail_parser::MessageParser::new().parse_headers(&message[..]);
    let decoded = read.as_ref().and_then(|message| message.subject()).map(str::to_owned);
    decoded.unwrap_or_else(|| String::from_utf8_lossy(subject).into_owned())
}
