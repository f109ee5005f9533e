//! Every time that a message tells, side by side.

use std::sync::LazyLock;

use jiff::{
    Timestamp,
    fmt::{rfc2822, strtime},
};
use regex::Regex;
use serde::Serialize;

use crate::{
    message::{Daticert, Message},
    smime::digests,
};

/// A time that a message tells.
#[derive(Debug, Serialize)]
pub struct Time {
    /// Where.
    pub from: &'static str,
    /// As it is written there.
    pub written: String,
    /// The instant, where it can be read.
    pub instant: Option<Timestamp>,
    /// Seconds after the instant of the certification data, or of the first that can be read without them.
    pub apart: Option<i64>,
}

/// The times of a message: of the last hop, its Date, the certification data, the signature, the text.
pub fn times(message: &Message) -> Vec<Time> {
    let mail = &message.mail;
    let mut times = Vec::new();
    let mut tell = |from, written: String, instant| times.push(Time { from, written, instant, apart: None });
    if let Some(received) = mail.field("Received")
        && let Some((_, date)) = received.rsplit_once(';')
    {
        tell("topmost Received", date.trim().to_owned(), date_time(date));
    }
    if let Some(date) = mail.field("Date") {
        let instant = date_time(&date);
        tell("Date", date, instant);
    }
    let data = message.daticert.as_ref().and_then(|reading| reading.data.as_ref());
    if let Some(data) = data {
        let written = format!("{} {} {}", data.giorno, data.ora, data.zona);
        tell("daticert.xml", written, data.instant());
    }
    let cms = message.signed.as_ref().and_then(|signed| signed.cms.as_deref());
    for signer in cms.and_then(|cms| digests(cms, None).ok()).unwrap_or_default() {
        if let Some(time) = signer.signing_time {
            tell("signingTime", time.to_string(), Some(time));
        }
    }
    for (from, part) in [("text", &message.parts.plain), ("HTML text", &message.parts.html)] {
        if let Some(text) = part.as_ref().and_then(|part| mail.text(part))
            && let Some((written, instant)) = in_words(&text)
        {
            tell(from, written, instant);
        }
    }
    let certified = data.and_then(Daticert::instant);
    let base = certified.or_else(|| times.iter().find_map(|time: &Time| time.instant));
    for time in &mut times {
        time.apart = time.instant.zip(base).map(|(instant, base)| instant.as_second() - base.as_second());
    }
    times
}

fn date_time(written: &str) -> Option<Timestamp> {
    rfc2822::parse(written.trim()).ok().map(|date| date.timestamp())
}

/// The first date, time of day and offset of a text (RFC 6109 4.2), as written and as an instant.
fn in_words(text: &str) -> Option<(String, Option<Timestamp>)> {
    static DATE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b\d{2}/\d{2}/\d{4}\b").expect("it is one"));
    static TIME: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b\d{2}:\d{2}:\d{2}\b").expect("it is one"));
    static ZONE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[+-]\d{2}:?\d{2}\b").expect("it is one"));
    const NEAR: usize = 200;
    let date = DATE.find(text)?;
    let rest: &str =
        text[date.end()..].char_indices().nth(NEAR).map_or(&text[date.end()..], |(end, _)| &text[date.end()..][..end]);
    let time = TIME.find(rest)?;
    let zone = ZONE.find(&rest[time.end()..]).map(|zone| zone.as_str());
    let written = [Some(date.as_str()), Some(time.as_str()), zone].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let plain = format!("{} {} {}", date.as_str(), time.as_str(), zone.unwrap_or_default().replace(':', ""));
    let instant = strtime::parse("%d/%m/%Y %H:%M:%S %z", plain.trim()).ok().and_then(|time| time.to_timestamp().ok());
    Some((written, instant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_in_words_is_found() {
        let told = |text| in_words(text).map(|(written, instant)| (written, instant.map(|it| it.to_string())));
        let both = |written: &str| Some((written.to_owned(), Some("2025-01-14T08:41:31Z".to_owned())));
        assert_eq!(told("Il giorno 14/01/2025 alle ore 09:41:31 (+0100) il"), both("14/01/2025 09:41:31 +0100"));
        assert_eq!(told("<td>14/01/2025</td><td>09:41:31</td>(+01:00)"), both("14/01/2025 09:41:31 +01:00"));
        assert_eq!(told("14/01/2025 09:41:31"), Some(("14/01/2025 09:41:31".to_owned(), None)));
        assert_eq!(told("il 14/1/2025"), None);
    }
}
