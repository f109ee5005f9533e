//! When a message says that something happened, and how PEC writes that (RFC 6109 4.1, 4.2).

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp, Zoned, fmt::rfc2822, tz::TimeZone};

use super::MessageSubject;
use crate::message::Mail;

static ROME: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("Europe/Rome").expect("Europe/Rome is in the bundled time zone data base"));

/// The instant of the Date field, where it follows RFC 5322 3.3 with a numeric offset.
pub fn date_header(mail: &Mail) -> Option<Timestamp> {
    static PARSER: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new();
    let date = mail.field("Date")?;
    let numeric = date.split_whitespace().any(|word| {
        word.len() == 5 && word.starts_with(['+', '-']) && word[1..].bytes().all(|digit| digit.is_ascii_digit())
    });
    PARSER.parse_timestamp(date.as_bytes()).ok().filter(|_| numeric)
}

/// The instant of daticert.xml.
pub fn certified(subject: &MessageSubject<'_>) -> Option<Timestamp> {
    subject.data()?.instant()
}

/// The instant of the message: certified, or of the Date where nothing is certified.
pub fn told(subject: &MessageSubject<'_>) -> Option<Timestamp> {
    certified(subject).or_else(|| date_header(subject.mail()))
}

/// In Italian legal time.
pub fn in_rome(instant: Timestamp) -> Zoned {
    instant.to_zoned(ROME.clone())
}

/// So much later, and at most as late as can be told: anybody may certify the end of time.
pub fn after(instant: Timestamp, by: SignedDuration) -> Timestamp {
    instant.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// An instant in Italian legal time as PEC writes it: day, hour and zone, a blank between.
pub fn legal(instant: Timestamp) -> String {
    in_rome(instant).strftime("%d/%m/%Y %H:%M:%S %z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repeated_hour_of_autumn_is_told_apart() {
        assert_eq!(legal("2026-10-25T00:30:00Z".parse().unwrap()), "25/10/2026 02:30:00 +0200");
        assert_eq!(legal("2026-10-25T01:30:00Z".parse().unwrap()), "25/10/2026 02:30:00 +0100");
    }
}
