//! Spans of time.

use std::{borrow::Cow, fmt, str::FromStr};

use jiff::{SignedDuration, SpanRelativeTo};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

const DESCRIPTION: &str = "a span of time: `12h`, `22h 30m`, `45s`, `30d`";

/// A span of time such as `12h`, `22h 30m`, `45s` or `30d`, a day being 24 hours; never zero, never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub SignedDuration);

impl Span {
    /// The longest one: what is asked of the clock in all stays within what calendars are sure of.
    pub const LONGEST: SignedDuration = SignedDuration::from_hours(87_600);
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let span = text.parse::<jiff::Span>().ok();
        let span = span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
        span.filter(|span| span.is_positive() && *span <= Self::LONGEST).map(Self).ok_or_else(|| {
            format!(
                "`{text}` is not a span of time: write `12h`, `22h 30m`, `45s` or `30d`, ten years (87600h) at most"
            )
        })
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// Refuses what is no span while the reader still knows where it stands.
        struct Spans;
        impl de::Visitor<'_> for Spans {
            type Value = Span;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(DESCRIPTION)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Span, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Spans)
    }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": DESCRIPTION,
            "pattern": "^[0-9]+ ?([dhms]|ms)( ?[0-9]+ ?([hms]|ms))*$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_numbers_and_units() {
        let seconds = |text: &str| text.parse::<Span>().map(|span| span.0.as_secs());
        for (text, expected) in [
            ("90s", 90),
            ("15m", 900),
            ("22h 30m", 81_000),
            ("1h30m", 5400),
            ("30d", 2_592_000),
            ("3650d", 315_360_000),
        ] {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
        for wrong in ["", "12", "h", "-1h", "0s", "12ö", "1y", "1mo", "3651d", "99999999999h", "twelve"] {
            assert!(seconds(wrong).unwrap_err().contains("write `12h`"), "{wrong}");
        }
        for wrong in ["12", "[12h]"] {
            let refused = serde_yaml::from_str::<Span>(wrong).unwrap_err().to_string();
            assert!(refused.contains("`12h`"), "{wrong}: {refused}");
        }
    }
}
