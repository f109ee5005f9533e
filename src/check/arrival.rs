//! When a message that someone holds arrived: nobody who can be asked saw it.

use jiff::{SignedDuration, Timestamp, civil::date, fmt::rfc2822, tz::TimeZone};

use crate::{message::Message, results::ArrivedAt, smime};

/// How far a clock elsewhere may run ahead before what it wrote is no plausible time.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// When a message arrived: at `told`, where that is known; it is looked at `now`.
pub(super) fn arrival(message: &Message, told: Option<Timestamp>, now: Timestamp) -> ArrivedAt {
    if let Some(told) = told {
        return ArrivedAt::Told(told);
    }
    // Certified mail exists since DPR 68/2005; what claims another time than one since then claims nothing.
    let first = date(2005, 1, 1).to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |day| day.timestamp());
    let latest = now.checked_add(AHEAD).unwrap_or(now);
    let plausible = |claimed: &Timestamp| (first..=latest).contains(claimed);
    let received = || message.mail.field("Received").and_then(|trace| instant(trace.rsplit_once(';')?.1));
    let dated = || message.mail.field("Date").and_then(|date| instant(&date));
    let claimed = received().filter(plausible).or_else(|| dated().filter(plausible));
    // Of a part of a message that bears neither, what it certifies or when it was signed.
    let certified = || message.daticert.as_ref()?.data.as_ref()?.instant();
    let by_itself = |claim: Option<Timestamp>| claim.filter(|_| message.shape.part().is_some()).filter(plausible);
    let claimed = claimed.or_else(|| by_itself(certified())).or_else(|| by_itself(signing_time(message)));
    claimed.map_or(ArrivedAt::Now(now), ArrivedAt::Claimed)
}

/// When the signature of a message says that it was made.
fn signing_time(message: &Message) -> Option<Timestamp> {
    let cms = message.signed.as_ref().filter(|_| message.shape.part().is_some())?.cms.as_deref()?;
    smime::digests(cms, None).ok()?.into_iter().find_map(|signer| signer.signing_time)
}

fn instant(date: &str) -> Option<Timestamp> {
    static PARSER: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    PARSER.parse_timestamp(date.trim().as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrived(header: &str, told: Option<&str>) -> ArrivedAt {
        let message = Message::read(format!("{header}Subject: x\r\n\r\n").as_bytes()).unwrap();
        arrival(&message, told.map(at), at("2026-03-02T08:30:00Z"))
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
        assert_eq!(arrived(&both, Some("2025-06-01T00:00:00Z")), ArrivedAt::Told(at("2025-06-01T00:00:00Z")));
        assert_eq!(arrived(&both, None), ArrivedAt::Claimed(at("2025-12-11T09:00:05Z")));
        assert_eq!(arrived(date, None), ArrivedAt::Claimed(at("2025-12-11T08:59:00Z")));
    }

    #[test]
    fn an_implausible_claim_beats_nothing() {
        let now = ArrivedAt::Now(at("2026-03-02T08:30:00Z"));
        for claim in [
            "Mon, 1 Jan 0001 00:00:00 +0000",
            "Tue, 1 Jan 1980 00:00:00 +0000",
            "Wed, 4 Mar 2026 08:30:01 +0000",
            "soon",
        ] {
            assert_eq!(arrived(&format!("Date: {claim}\r\n"), None), now, "{claim}");
            let dated = format!("Received: by b; {claim}\r\nDate: Thu, 11 Dec 2025 08:59:00 +0000\r\n");
            assert_eq!(arrived(&dated, None), ArrivedAt::Claimed(at("2025-12-11T08:59:00Z")), "{claim}");
        }
        assert_eq!(arrived("Received: by b without a date\r\n", None), now);
    }
}
