//! To which messages a question makes sense, where several rules ask it of the same.

use jiff::{Timestamp, fmt::rfc2822};

use crate::{
    evidence::Seen,
    message::{Kind, Mail},
};

use super::{Context, MessageSubject};

/// The anomaly envelope certifies nothing; every other kind does.
pub fn certifies(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    generated(subject, context) && subject.message.kind != Some(Kind::Anomalia)
}

/// Whether a provider's system claims to have generated it, and not a client: a user may write any header field.
pub fn generated(subject: &MessageSubject<'_>, _: &Context<'_>) -> bool {
    !matches!(subject.observation.seen, Seen::Submitted { .. }) && subject.message.is_generated()
}

/// Whether it is a transport or an anomaly envelope.
pub fn is_envelope(subject: &MessageSubject<'_>, _: &Context<'_>) -> bool {
    settled_kind(subject).is_some_and(Kind::is_envelope)
}

/// Whether it is a transport envelope.
pub fn is_transport(subject: &MessageSubject<'_>, _: &Context<'_>) -> bool {
    settled_kind(subject) == Some(Kind::PostaCertificata)
}

/// Whether it is an anomaly envelope.
pub fn is_anomaly(subject: &MessageSubject<'_>, _: &Context<'_>) -> bool {
    settled_kind(subject) == Some(Kind::Anomalia)
}

/// Whether it is a notification.
pub fn is_notification(subject: &MessageSubject<'_>, _: &Context<'_>) -> bool {
    settled_kind(subject).is_some_and(|kind| !kind.is_envelope())
}

/// Whether its header is the one that its provider sent: a mailing list that passes a message on puts a Sender and a
/// Reply-To of its own, and the signature does not cover them.
pub fn has_own_header(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    generated(subject, context) && !subject.mail().is_from_a_list()
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

/// The kind, unless it is a client's own message, or header and certification tell of two kinds: that is said once, by
/// `daticert/type`, and not again by every rule of either kind.
pub(super) fn settled_kind(subject: &MessageSubject<'_>) -> Option<Kind> {
    let submitted = matches!(subject.observation.seen, Seen::Submitted { .. });
    subject.message.settled_kind().filter(|_| !submitted)
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
