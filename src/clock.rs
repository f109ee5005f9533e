//! Legal time (RFC 6109 4.1, 4.2): Europe/Rome, injected, movable.
//!
//! Nothing that has legal meaning reads the machine's clock: it asks a [`Clock`]. What today's date does decide, such as
//! whether a certificate of TLS is valid, is handed a [`Machine`]. Real time-outs are for I/O only.

use std::{
    fmt,
    sync::{Arc, LazyLock},
};

use jiff::{SignedDuration, Timestamp, Zoned, civil::Date, tz::TimeZone};
use tokio::sync::watch;

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

/// `dd/mm/yyyy hh:mm:ss (+hhmm)`, as readable texts tell it.
impl fmt::Display for LegalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.giorno(), self.ora(), self.zona())
    }
}

/// The machine's clock, read here and nowhere else (`tests/testsuite/architecture.rs`), so that a test can move its day.
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

/// The clock of a gateway: it stands still until told to move, or runs as the machine's does, set ahead by some span.
/// Clones share the time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<watch::Sender<Time>>);

#[derive(Clone, Copy, Debug)]
enum Time {
    Still(Timestamp),
    Running(Machine),
}

impl Clock {
    /// A clock that stands at `start` until moved.
    pub fn still(start: Timestamp) -> Self {
        Self(Arc::new(watch::Sender::new(Time::Still(start))))
    }

    /// A clock that shows what `machine` shows until moved, and goes on from there.
    pub fn running(machine: Machine) -> Self {
        Self(Arc::new(watch::Sender::new(Time::Running(machine))))
    }

    /// The instant it shows.
    pub fn now(&self) -> Timestamp {
        self.0.borrow().shown()
    }

    /// Whether it goes on by itself.
    pub fn runs(&self) -> bool {
        matches!(*self.0.borrow(), Time::Running(_))
    }

    /// Moves it to `instant`; never backwards. Returns whether it moved.
    pub fn move_to(&self, instant: Timestamp) -> bool {
        self.0.send_if_modified(|time| {
            let forward = instant > time.shown();
            if forward {
                *time = match time {
                    Time::Still(_) => Time::Still(instant),
                    Time::Running(_) => Time::Running(Machine::set_to(instant)),
                };
            }
            forward
        })
    }

    /// Tells each time that it was moved.
    pub fn moved(&self) -> Moved {
        Moved(self.0.subscribe())
    }
}

impl Time {
    fn shown(self) -> Timestamp {
        match self {
            Self::Still(at) => at,
            Self::Running(machine) => machine.now(),
        }
    }
}

/// Whoever waits for a clock to be moved.
#[derive(Debug)]
pub struct Moved(watch::Receiver<Time>);

impl Moved {
    /// Returns once it was moved since the last call; never, where nobody has the clock any more.
    pub async fn again(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
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
    fn a_clock_that_stands_still_moves_when_told_and_forward_only() {
        let clock = Clock::still("2026-03-02T08:30:00Z".parse().unwrap());
        assert!(clock.move_to("2026-03-02T20:30:00Z".parse().unwrap()));
        assert!(!clock.move_to("2026-03-02T08:30:00Z".parse().unwrap()));
        assert_eq!(clock.now(), "2026-03-02T20:30:00Z".parse().unwrap());
    }

    #[tokio::test]
    async fn a_clock_that_runs_goes_on_from_where_it_was_moved_to_and_tells_so() {
        let start: Timestamp = "2032-02-29T23:59:50Z".parse().unwrap();
        let clock = Clock::running(Machine::set_to(start));
        let mut moved = clock.moved();
        assert!(clock.runs() && clock.now() >= start);
        let later = start + SignedDuration::from_hours(12);
        assert!(clock.clone().move_to(later) && !clock.move_to(start));
        moved.again().await;
        let shown = clock.now();
        assert!(shown >= later && clock.now() >= shown && shown < later + SignedDuration::from_mins(1));
    }
}
