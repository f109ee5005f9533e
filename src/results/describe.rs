//! What a message says of itself.

use jiff::{Timestamp, fmt::rfc2822};
use schemars::JsonSchema;
use serde::Serialize;

use crate::message::{Bytes, Header, Kind, Message, Shape};

/// What a message says of itself: as certified where it has certification data, else by its header, which nobody certifies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Description {
    /// Its kind; ordinary mail has none.
    pub kind: Option<Kind>,
    /// How much of it is there.
    pub shape: Shape,
    /// Whether the rest is by its certification data.
    pub certified: bool,
    /// Who sent what it is about.
    pub sender: Option<String>,
    /// Those that is for, in order.
    pub recipients: Vec<String>,
    /// Its subject.
    pub subject: Option<String>,
    /// When.
    pub date: Option<Timestamp>,
}

impl Description {
    /// Of a message.
    pub fn of(message: &Message) -> Self {
        let Some(data) = message.daticert.as_ref().and_then(|reading| reading.data.as_ref()) else {
            return Self::claimed(message);
        };
        Self {
            kind: message.kind,
            shape: message.shape,
            certified: true,
            sender: some(&data.mittente),
            recipients: data.destinatari.iter().map(|recipient| recipient.address.clone()).collect(),
            subject: data.oggetto.clone(),
            date: data.instant(),
        }
    }

    /// Of bytes; of those that are no message, nothing.
    pub fn read(bytes: &Bytes) -> Self {
        Message::read(bytes.clone()).map_or_else(|_| Self::default(), |message| Self::of(&message))
    }

    fn claimed(message: &Message) -> Self {
        let mail = &message.mail;
        let decoded = |header: &Header| mail.decoded(header);
        let to = ["To", "Cc"].into_iter().flat_map(|name| mail.root.headers_named(name));
        let date = mail.field("Date").and_then(|date| rfc2822::parse(&date).ok());
        Self {
            kind: message.kind,
            shape: message.shape,
            certified: false,
            sender: mail.root.header("From").map(decoded),
            recipients: to.map(decoded).collect(),
            subject: mail.root.header("Subject").map(decoded),
            date: date.map(|date| date.timestamp()),
        }
    }
}

impl Description {
    /// What it is, in words: `acceptance`, `delivery, its daticert.xml alone`; `None` for ordinary mail.
    pub fn what(&self) -> Option<String> {
        let kind = self.kind.map(Kind::title);
        match (self.shape.part(), kind) {
            (None, kind) => kind.map(str::to_owned),
            (Some(part), Some(kind)) => Some(format!("{kind}, its {part} alone")),
            (Some(part), None) => Some(format!("a {part} alone")),
        }
    }

    /// Whether it could tell who signed it.
    pub fn is_signed(&self) -> bool {
        self.shape != Shape::Daticert && self.what().is_some()
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::sample;

    #[test]
    fn what_is_certified_goes_before_what_the_header_says() {
        let described = Description::read(&sample::envelope().into_bytes().into());
        assert!(described.certified);
        assert_eq!(described.sender.as_deref(), Some("mario@alfa.example"));
        assert_eq!(described.recipients, ["anna@bravo.example", "carla@bravo.example"]);
        assert_eq!(described.subject.as_deref(), Some("Perché no & altro"));
        assert_eq!(described.date.unwrap().to_string(), "2026-10-26T07:30:05Z");
    }

    #[test]
    fn ordinary_mail_is_described_by_its_header() {
        let raw = "From: Mario <m@x.example>\r\nTo: a@x.example\r\nCc: b@x.example\r\nSubject: =?utf-8?q?citt=C3=A0?=\r\n\r\n";
        let described = Description::read(&raw.as_bytes().into());
        assert_eq!((described.certified, described.kind, described.date), (false, None, None));
        assert_eq!(described.sender.as_deref(), Some("Mario <m@x.example>"));
        assert_eq!(described.recipients, ["a@x.example", "b@x.example"]);
        assert_eq!(described.subject.as_deref(), Some("città"));
    }

    #[test]
    fn of_what_is_no_message_nothing_is_said() {
        assert_eq!(Description::read(&b"\0".as_slice().into()), Description::default());
    }
}
