//! To which messages a question makes sense, where several rules ask it of the same.

use jiff::{Timestamp, fmt::rfc2822};

use crate::{
    evidence::Seen,
    message::{Kind, Mail, Shape},
};

use super::{Context, MessageSubject};

/// The anomaly envelope certifies nothing; every other kind does.
pub fn certifies(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    generated(subject, context) && subject.message.kind != Some(Kind::Anomalia)
}

/// Whether a provider's system claims to have generated it, and not a client: a user may write any header field. It is
/// there with its header.
pub fn generated(subject: &MessageSubject<'_>, _: &Context<'_>) -> bool {
    let message = subject.message;
    !matches!(subject.observation.seen, Seen::Submitted { .. }) && message.shape.has_header() && message.is_generated()
}

/// Whether what a provider's system signs is there, with the message's header around it or without.
pub fn has_content(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    let message = subject.message;
    let by_itself = message.shape == Shape::Content && (message.kind.is_some() || message.daticert.is_some());
    by_itself || generated(subject, context)
}

/// Whether the parts of what certifies are there, with the message's header around them or without.
pub fn has_certifying_content(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    has_content(subject, context) && subject.message.kind != Some(Kind::Anomalia)
}

/// Whether a daticert.xml is there, in a message or by itself.
pub fn has_daticert(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    let there = subject.message.shape == Shape::Daticert || has_certifying_content(subject, context);
    there && subject.message.daticert.is_some()
}

/// Whether a daticert.xml is there that can be read, in a message or by itself.
pub fn tells_data(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    has_daticert(subject, context) && subject.data().is_some()
}

/// Whether a provider's signature is there, over what it signs or by itself.
pub fn has_signature(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    let there = subject.message.shape == Shape::Signature || has_content(subject, context);
    there && subject.message.signed.is_some()
}

/// Whether it is a transport or an anomaly envelope.
pub fn is_envelope(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    is_of(subject, context, Kind::is_envelope)
}

/// Whether it is a transport envelope.
pub fn is_transport(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    is_of(subject, context, |kind| kind == Kind::PostaCertificata)
}

/// Whether it is an anomaly envelope.
pub fn is_anomaly(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    is_of(subject, context, |kind| kind == Kind::Anomalia)
}

/// Whether it is a notification.
pub fn is_notification(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    is_of(subject, context, |kind| !kind.is_envelope())
}

fn is_of(subject: &MessageSubject<'_>, context: &Context<'_>, wanted: impl Fn(Kind) -> bool) -> bool {
    generated(subject, context) && settled_kind(subject).is_some_and(wanted)
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
