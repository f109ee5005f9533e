//! Sizes, and instants of legal time.

use std::{ops::RangeInclusive, str::FromStr};

use jiff::{Timestamp, civil, tz::TimeZone};

/// A size in bytes such as `20 kB` (1000 bytes each), `4 KiB`, `30 MB`, `12 B`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub usize);

/// An instant written as legal time, `2026-03-02T09:30`. In the repeated hour of autumn an offset tells which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegalInstant(pub Timestamp);

/// The largest size a scenario may ask for: more than any limit a provider has, and still fits in memory many times.
const LARGEST: usize = 64 << 20;

/// The years that an instant may lie in: from where Italian legal time is known well to where nobody knows it yet.
const YEARS: RangeInclusive<i16> = 1970..=2099;

impl Default for LegalInstant {
    fn default() -> Self {
        "2026-03-02T09:30".parse().expect("a day like any other")
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let unit = match text[digits..].trim() {
            "B" => 1,
            "kB" => 1_000,
            "MB" => 1_000_000,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            _ => 0,
        };
        text[..digits]
            .parse::<usize>()
            .ok()
            .filter(|_| unit > 0)
            .and_then(|count| count.checked_mul(unit))
            .filter(|&size| size <= LARGEST)
            .map(Size)
            .ok_or_else(|| format!("`{text}` is not a size: write `12 B`, `20 kB`, `4 KiB` or `30 MB`, 64 MiB at most"))
    }
}

impl FromStr for LegalInstant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rome = TimeZone::get("Europe/Rome").expect("Europe/Rome is in the bundled time zone data base");
        let civil = || rome.to_ambiguous_timestamp(text.parse::<civil::DateTime>().ok()?).unambiguous().ok();
        text.parse::<Timestamp>()
            .ok()
            .or_else(civil)
            .filter(|instant| YEARS.contains(&rome.to_datetime(*instant).year()))
            .map(Self)
            .ok_or_else(|| {
                format!(
                    "`{text}` is not one instant of legal time from {} to {}: write `2026-03-02T09:30`, and in the hours \
                     when clocks change `2026-10-25T02:30+01:00`",
                    YEARS.start(),
                    YEARS.end(),
                )
            })
    }
}
