//! Days and instants as people write them in arguments.

use jiff::{SignedDuration, Timestamp, civil::Date};

use crate::clock::LegalTime;

/// A day.
pub fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "a day is written 2026-03-02".to_owned())
}

/// An instant; a day stands for its last second in legal time, when all that it brought had arrived.
pub fn instant(text: &str) -> Result<Timestamp, String> {
    if let Ok(instant) = text.parse() {
        return Ok(instant);
    }
    let wrong = "an instant is written 2026-03-02T08:30:00Z or 2026-03-02T09:30:00+01:00, a day 2026-03-02";
    // What parses days takes one before a time as well.
    let day: Option<Date> = if text.contains('T') { None } else { text.parse().ok() };
    let (_, next) = LegalTime::span(day.ok_or(wrong)?);
    Ok(next - SignedDuration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use super::{day, instant};

    #[test]
    fn an_instant_may_be_a_day_and_what_is_neither_hears_how_to_write_it() {
        assert_eq!(instant("2026-03-02T09:30:00+01:00").unwrap().to_string(), "2026-03-02T08:30:00Z");
        assert_eq!(instant("2026-03-02").unwrap().to_string(), "2026-03-02T22:59:59Z");
        assert_eq!(instant("2026-07-02").unwrap().to_string(), "2026-07-02T21:59:59Z");
        for wrong in ["", "yesterday", "02/03/2026", "2026-13-02", "2026-03-02T09:30:00", "2026-03-02 9:30"] {
            assert!(instant(wrong).unwrap_err().contains("2026-03-02T08:30:00Z"), "{wrong}");
        }
        assert!(day("02/03/2026").unwrap_err().contains("2026-03-02"));
        assert_eq!(day("2026-03-02").unwrap().to_string(), "2026-03-02");
    }
}
