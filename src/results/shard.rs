//! A run that is spread over machines: each plays a part of it, and what they left is merged.

use std::{fmt, ops::Range, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One of so many equal parts, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Shard {
    number: usize,
    of: usize,
}

/// Which part of a run was played, and what the whole is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// Such as `2/8`.
    pub shard: Shard,
    /// Plays of the whole.
    pub plays: usize,
    /// SHA-256 over what is played, by whom and how strictly: parts of one run have one.
    pub plan: String,
}

impl Shard {
    /// Which one.
    pub fn number(self) -> usize {
        self.number
    }

    /// Of how many.
    pub fn of(self) -> usize {
        self.of
    }

    /// Its plays among all, in their order. The parts differ by one play at most, and together are all.
    pub fn range(self, all: usize) -> Range<usize> {
        let before = |number: usize| all * number / self.of;
        before(self.number - 1)..before(self.number)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        /// More than anybody has machines.
        const MOST: usize = 10_000;
        let read = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match read {
            Some((number, of)) if 1 <= number && number <= of && of <= MOST => Ok(Self { number, of }),
            _ => Err(format!("`{text}` is no part of a run: write which and of how many, as in `2/8`")),
        }
    }
}

impl TryFrom<String> for Shard {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_the_whole_each_once() {
        for of in 1..9 {
            for all in [0, 1, 7, 8, 166] {
                let parts = (1..=of).map(|number| Shard { number, of }.range(all));
                assert_eq!(parts.flatten().collect::<Vec<_>>(), (0..all).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn a_part_is_written_as_it_is_read() {
        assert_eq!("2/8".parse::<Shard>().map(|shard| shard.to_string()), Ok("2/8".to_owned()));
        for wrong in ["", "2", "0/8", "9/8", "1/0", "-1/8", "1/99999", "a/b"] {
            assert!(wrong.parse::<Shard>().unwrap_err().contains("as in `2/8`"), "{wrong}");
        }
    }
}
