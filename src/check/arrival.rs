//! When a message that someone holds arrived: nobody who can be asked saw it.

use jiff::{SignedDuration, Timestamp, civil::date, fmt::rfc2822, tz::TimeZone};

use crate::message::Message;

/// When a message arrived, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Whoever asks (`--at`).
    Told(Timestamp),
    /// The topmost trace field that the message has, or its Date: claimed, and unsigned.
    Claimed(Timestamp),
    /// Nobody: it is judged as of now.
    Now(Timestamp),
}

/// How far a clock elsewhere may run ahead before what it wrote is no plausible time.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

impl Arrival {
    /// Of a message that came at `told`, where that is known, and is looked at `now`.
    pub fn of(message: &Message, told: Option<Timestamp>, now: Timestamp) -> Self {
        if let Some(told) = told {
            return Arrival::Told(told);
        }
        // Certified mail exists since DPR 68/2005; what claims another time than one since then claims nothing.
        let first = date(2005, 1, 1).to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |day| day.timestamp());
        let latest = now.checked_add(AHEAD).unwrap_or(now);
        let plausible = |claimed: &Timestamp| (first..=latest).contains(claimed);
        let received = || message.mail.field("Received").and_then(|trace| instant(trace.rsplit_once(';')?.1));
        let dated = || message.mail.field("Date").and_then(|date| instant(&date));
        let claimed = received().filter(plausible).or_else(|| dated().filter(plausible));
        claimed.map_or(Arrival::Now(now), Arrival::Claimed)
    }

    /// The instant.
    pub fn at(self) -> Timestamp {
        match self {
            Arrival::Told(at) | Arrival::Claimed(at) | Arrival::Now(at) => at,
        }
    }
}

fn instant(date: &str) -> Option<Timestamp> {
    static PARSER: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    PARSER.parse_timestamp(date.trim().as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrival(header: &str, told: Option<&str>) -> Arrival {
        let message = Message::read(format!("{header}Subject: x\r\n\r\n").as_bytes()).unwrap();
        Arrival::of(&message, told.map(at), at("2026-03-02T08:30:00Z"))
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn who_asks_knows_best_then_the_topmost_trace_then_the_date() {
        let traces = "Received: from a by b;\r\n\tThu, 11 Dec 2025 10:00:05 +0100 (CET)\r\n\
            Received: from c by a; Thu, 11 Dec 2025 09:00:00 +0000\r\n";
        let date = "Date: Thu, 11 Dec 2025 08:59:00 +0000\r\n";
        let both = format!("{traces}{date}");
        assert_eq!(arrival(&both, Some("2025-06-01T00:00:00Z")), Arrival::Told(at("2025-06-01T00:00:00Z")));
        assert_eq!(arrival(&both, None), Arrival::Claimed(at("2025-12-11T09:00:05Z")));
        assert_eq!(arrival(date, None), Arrival::Claimed(at("2025-12-11T08:59:00Z")));
    }

    #[test]
    fn an_implausible_claim_beats_nothing() {
        let now = Arrival::Now(at("2026-03-02T08:30:00Z"));
        for claim in ["Mon, 1 Jan 0001 00:00:00 +0000", "Tue, 1 Jan 1980 00:00:00 +0000", "Wed, 4 Mar 2026 08:30:01 +0000", "soon"] {
            assert_eq!(arrival(&format!("Date: {claim}\r\n"), None), now, "{claim}");
            let dated = format!("Received: by b; {claim}\r\nDate: Thu, 11 Dec 2025 08:59:00 +0000\r\n");
            assert_eq!(arrival(&dated, None), Arrival::Claimed(at("2025-12-11T08:59:00Z")), "{claim}");
        }
        assert_eq!(arrival("Received: by b without a date\r\n", None), now);
    }
}
