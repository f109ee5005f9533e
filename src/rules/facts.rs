//! What several rules ask of a message: which facts it certifies, and when two spellings are one value.

use jiff::{Timestamp, fmt::rfc2822};

use crate::{
    evidence::Seen,
    message::{Daticert, Entity, Header, Kind, Mail},
    smime::Certificate,
};

use super::{Context, MessageSubject};

/// The anomaly envelope certifies nothing; every other kind does.
pub fn certifies(subject: &MessageSubject<'_>, _: &Context<'_>) -> bool {
    generated_kind(subject).is_some_and(|kind| kind != Kind::Anomalia)
}

/// Whether a provider's system claims to have generated it.
pub fn generated(subject: &MessageSubject<'_>, _: &Context<'_>) -> bool {
    generated_kind(subject).is_some()
}

/// Whether it is a transport or an anomaly envelope.
pub fn is_envelope(subject: &MessageSubject<'_>, _: &Context<'_>) -> bool {
    generated_kind(subject).is_some_and(Kind::is_envelope)
}

/// Whether it is a transport envelope.
pub fn is_transport(subject: &MessageSubject<'_>, _: &Context<'_>) -> bool {
    generated_kind(subject) == Some(Kind::PostaCertificata)
}

/// Whether it is an anomaly envelope.
pub fn is_anomaly(subject: &MessageSubject<'_>, _: &Context<'_>) -> bool {
    generated_kind(subject) == Some(Kind::Anomalia)
}

/// Whether it is a notification.
pub fn is_notification(subject: &MessageSubject<'_>, _: &Context<'_>) -> bool {
    generated_kind(subject).is_some_and(|kind| !kind.is_envelope())
}

/// Whether it has a daticert.xml that can be read.
pub fn has_data(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    certifies(subject, context) && subject.data().is_some()
}

/// Whether it has the certified message inside and is of a kind that carries it.
pub fn has_certified_original(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    let concise = subject.data().is_some_and(|data| data.ricevuta.as_deref() == Some("sintetica"));
    has_data(subject, context)
        && (subject.is(&[Kind::PostaCertificata]) || (subject.is(&[Kind::AvvenutaConsegna]) && !concise))
        && subject.original.is_some()
}

/// The kind, unless it is a client's own message: a user may write any header field.
fn generated_kind(subject: &MessageSubject<'_>) -> Option<Kind> {
    subject.message.kind.filter(|_| !matches!(subject.observation.seen, Seen::Submitted { .. }))
}

impl<'a> MessageSubject<'a> {
    /// Whether it is of one of these kinds.
    pub fn is(&self, kinds: &[Kind]) -> bool {
        generated_kind(self).is_some_and(|kind| kinds.contains(&kind))
    }

    /// What its daticert.xml says.
    pub fn data(&self) -> Option<&'a Daticert> {
        self.message.daticert.as_ref()?.data.as_ref()
    }

    /// The message.
    pub fn mail(&self) -> &'a Mail {
        &self.message.mail
    }

    /// The first header field of this name in the message's own header section.
    pub fn header(&self, name: &str) -> Option<&'a Header> {
        self.message.mail.root.header(name)
    }

    /// The only mailbox of an address field; `None` where there are none or several.
    pub fn only_mailbox(&self, name: &str) -> Option<crate::message::mail::Mailbox> {
        let mailboxes = self.mail().mailboxes(self.header(name)?)?;
        <[_; 1]>::try_from(mailboxes).ok().map(|[only]| only)
    }

    /// Who counts as the original sender: as certified, else the author or the reverse path of what arrived.
    pub fn senders(&self) -> Vec<String> {
        if self.message.kind != Some(Kind::Anomalia) {
            return self.data().map(|data| data.mittente.clone()).into_iter().collect();
        }
        let authors = self.original.and_then(|original| original.mailboxes(original.root.header("From")?));
        let mut senders: Vec<String> = authors.unwrap_or_default().into_iter().map(|author| author.address).collect();
        senders.extend(self.observation.path.as_ref().map(|path| path.from.clone()));
        for mail in self.original.into_iter().chain([self.mail()]) {
            senders.extend(mail.field("Return-Path").map(|path| bare_identifier(&path).to_owned()));
        }
        senders.retain(|sender| !sender.is_empty());
        senders
    }

    /// To whom an anomaly envelope may be said to be addressed: by its forward paths or mailbox, and by the header of what
    /// arrived.
    pub fn addressees(&self) -> Vec<String> {
        let paths = self.observation.path.iter().flat_map(|path| path.to.clone());
        let mailbox = match &self.observation.seen {
            Seen::Mailbox { address, .. } => Some(address.clone()),
            _ => None,
        };
        let named = self.original.into_iter().flat_map(|original| {
            let fields = original
                .root
                .headers
                .iter()
                .filter(|field| ["To", "Cc"].iter().any(|name| field.name.eq_ignore_ascii_case(name)));
            fields.filter_map(|field| original.mailboxes(field)).flatten().map(|mailbox| mailbox.address)
        });
        paths.chain(mailbox).chain(named).collect()
    }

    /// The signer's certificate.
    pub fn signer(&self) -> Option<&'a Certificate> {
        self.signature?.signer.as_ref()
    }
}

/// The instant of the Date field, where it follows RFC 5322 3.3 with a numeric offset.
pub fn date_header(mail: &Mail) -> Option<Timestamp> {
    static PARSER: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new();
    let date = mail.field("Date")?;
    let numeric = date.split_whitespace().any(|word| {
        word.len() == 5 && word.starts_with(['+', '-']) && word[1..].bytes().all(|digit| digit.is_ascii_digit())
    });
    PARSER.parse_timestamp(date.as_bytes()).ok().filter(|_| numeric)
}

/// Whether two mail addresses are the same, letter case ignored as everywhere in PEC.
pub fn same_address(one: &str, other: &str) -> bool {
    one.trim().eq_ignore_ascii_case(other.trim())
}

/// Whether two message identifiers are the same, with or without angle brackets.
pub fn same_identifier(one: &str, other: &str) -> bool {
    bare_identifier(one) == bare_identifier(other)
}

/// A message identifier without its angle brackets.
pub fn bare_identifier(identifier: &str) -> &str {
    let trimmed = identifier.trim();
    trimmed.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')).unwrap_or(trimmed)
}

/// `local@domain` and nothing more: no display name, no angle brackets, no blanks.
pub fn is_bare_address(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(local, domain)| {
        let plain = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "<>,;".contains(c));
        plain(domain) && (plain(local) || (local.len() > 2 && local.starts_with('"') && local.ends_with('"')))
    })
}

/// Text with every run of blanks and control characters as one blank, none at the ends: what folding, line breaks and
/// XML may change without changing what is said.
pub fn collapsed(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    collapsed
}

/// A name as letters and digits only, in lower case: how providers' names are compared.
pub fn folded_name(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A header field's value for comparison octet by octet: folds and runs of blanks as one blank.
pub fn unfolded_octets(mail: &Mail, header: &Header) -> Vec<u8> {
    mail.bytes(&header.value)
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(&b' ')
}

/// What a field holds, for a finding: unfolded, or `no such field`.
pub fn shown_field(mail: &Mail, header: Option<&Header>) -> String {
    header.map_or_else(|| "no such field".to_owned(), |header| mail.unfolded(header))
}

/// A part's type and name, for a finding.
pub fn shown_part(part: &Entity) -> String {
    part.file_name().map_or_else(|| part.content_type.clone(), |name| format!("{} named {name}", part.content_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_bare_only_without_name_brackets_and_blanks() {
        assert!(is_bare_address("mario.rossi@alfa.example") && is_bare_address("\"mario rossi\"@alfa.example"));
        for wrong in ["", "mario", "@alfa.example", "mario@", "<mario@alfa.example>", "Mario mario@alfa.example"] {
            assert!(!is_bare_address(wrong), "{wrong}");
        }
    }

    #[test]
    fn folds_and_control_characters_do_not_make_a_difference() {
        assert_eq!(collapsed(" Contratto\r\n\tn.\u{0}42 "), "Contratto n. 42");
    }

    #[test]
    fn names_differ_neither_by_case_nor_by_punctuation() {
        assert_eq!(folded_name("ALFA Posta, s.p.a."), folded_name("Alfa Posta S.p.A."));
        assert_ne!(folded_name("Alfa"), folded_name("Bravo"));
    }
}
