//! Legal time (RFC 6109 4.1, 4.2): Europe/Rome, injected, movable.
//!
//! Nothing that has legal meaning reads the machine's clock: it asks a [`Clock`]. What today's date does decide, such as
//! whether a certificate of TLS is valid, is handed a [`Machine`]. Real time-outs are for I/O only.

use std::sync::{Arc, LazyLock, Mutex};

use jiff::{SignedDuration, Timestamp, Zoned, civil::Date, tz::TimeZone};

/// The zone of Italian legal time, from the data base compiled into the program.
static ROME: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("Europe/Rome").expect("Europe/Rome is in the bundled time zone data base"));

/// An instant as Italian legal time writes it, the repeated hour of autumn told apart by its offset (RFC 6109 4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegalTime(Zoned);

impl LegalTime {
    /// The legal time at `instant`, cut to whole seconds: PEC knows nothing finer.
    pub fn at(instant: Timestamp) -> Self {
        let whole = Timestamp::from_second(instant.as_second()).expect("a second of a valid instant is valid");
        Self(whole.to_zoned(ROME.clone()))
    }

    /// The instant.
    pub fn instant(&self) -> Timestamp {
        self.0.timestamp()
    }

    /// The day in legal time.
    pub fn day(&self) -> Date {
        self.0.date()
    }

    /// A day of legal time: its first instant, and that of the next.
    pub fn span(day: Date) -> (Timestamp, Timestamp) {
        let start = |day: Date| day.to_zoned(ROME.clone()).map_or(Timestamp::MAX, |start| start.timestamp());
        (start(day), day.tomorrow().map_or(Timestamp::MAX, start))
    }

    /// `dd/mm/yyyy`, as in `giorno` and in the readable text.
    pub fn giorno(&self) -> String {
        self.0.strftime("%d/%m/%Y").to_string()
    }

    /// `hh:mm:ss`, as in `ora` and in the readable text.
    pub fn ora(&self) -> String {
        self.0.strftime("%H:%M:%S").to_string()
    }

    /// `+hhmm`, as in the attribute `zona` and, in parentheses, in the readable text.
    pub fn zona(&self) -> String {
        self.0.strftime("%z").to_string()
    }

    /// The value of a `Date:` header field (RFC 5322 3.3).
    pub fn date_header(&self) -> String {
        self.0.strftime("%a, %-d %b %Y %H:%M:%S %z").to_string()
    }
}

/// The machine's clock, read here and nowhere else (`tests/architecture.rs`), so that a test can move its day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// What it is set ahead by.
    ahead: SignedDuration,
}

impl Machine {
    /// One that shows `instant` now, and goes on from there as the machine's does.
    pub fn set_to(instant: Timestamp) -> Self {
        Self { ahead: instant.duration_since(Timestamp::now()) }
    }

    /// The instant it shows.
    pub fn now(self) -> Timestamp {
        Timestamp::now() + self.ahead
    }
}

/// The clock of a gateway: the machine's, or one that only moves when told to. Clones share the time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Manual(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `start` until moved.
    pub fn manual(start: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(Mutex::new(start))))
    }

    /// The instant it shows.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => Machine::default().now(),
            Source::Manual(now) => *now.lock().unwrap_or_else(std::sync::PoisonError::into_inner),
        }
    }

    /// Moves a manual clock to `instant`; never backwards, and never the machine's clock. Returns whether it moved.
    pub fn move_to(&self, instant: Timestamp) -> bool {
        let Source::Manual(now) = &self.0 else { return false };
        let mut now = now.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let forward = instant > *now;
        if forward {
            *now = instant;
        }
        forward
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn legal(instant: &str) -> LegalTime {
        LegalTime::at(instant.parse().unwrap())
    }

    #[test]
    fn the_offset_follows_both_changes_and_tells_the_repeated_hour_apart() {
        let spring = ["2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"].map(|t| (legal(t).ora(), legal(t).zona()));
        assert_eq!(spring, [("01:59:59".into(), "+0100".into()), ("03:00:00".into(), "+0200".into())]);
        let autumn = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"].map(|t| (legal(t).ora(), legal(t).zona()));
        assert_eq!(autumn, [("02:30:00".into(), "+0200".into()), ("02:30:00".into(), "+0100".into())]);
    }

    #[test]
    fn a_date_header_is_rfc_5322() {
        assert_eq!(legal("2026-03-02T08:30:05.9Z").date_header(), "Mon, 2 Mar 2026 09:30:05 +0100");
    }

    #[test]
    fn a_machine_that_was_set_goes_on_from_there() {
        let instant: Timestamp = "2032-02-29T23:59:50Z".parse().unwrap();
        let machine = Machine::set_to(instant);
        assert!(machine.now() >= instant && machine.now() < instant + SignedDuration::from_mins(1));
        assert!(Timestamp::now() < Machine::set_to(Timestamp::now() + SignedDuration::from_hours(1)).now());
    }

    #[test]
    fn a_manual_clock_moves_forward_only() {
        let clock = Clock::manual("2026-03-02T08:30:00Z".parse().unwrap());
        assert!(clock.move_to("2026-03-02T20:30:00Z".parse().unwrap()));
        assert!(!clock.move_to("2026-03-02T08:30:00Z".parse().unwrap()));
        assert_eq!(clock.now(), "2026-03-02T20:30:00Z".parse().unwrap());
    }
}
