//! Pseudonyms: the same for the same value, by a key.

use std::env;

use aws_lc_rs::{
    hmac::{HMAC_SHA256, Key, sign},
    rand,
};

use crate::hexadecimal;

/// The environment variable that holds a key, for pseudonyms that are the same from one run to the next.
const VARIABLE: &str = "PEC_REDACT_KEY";
/// Octets of such a key at least: a shorter one can be tried out.
const SHORTEST: usize = 16;
/// Octets of a pseudonym: among a million values hardly two have the same.
const LENGTH: usize = 6;

/// Makes them.
pub struct Pseudonyms(Key);

/// A key that is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{VARIABLE} is to hold a key of {SHORTEST} octets or more, as text")]
pub struct KeyError;

impl Pseudonyms {
    /// By the key in the environment, else by one that nobody knows and that is gone afterwards.
    pub fn new() -> Result<Self, KeyError> {
        match env::var_os(VARIABLE) {
            None => {
                let mut key = [0; 32];
                rand::fill(&mut key).map_err(|_| KeyError)?;
                Ok(Self::of(&key))
            }
            Some(key) => {
                let key = key.into_string().ok().filter(|key| key.len() >= SHORTEST).ok_or(KeyError)?;
                Ok(Self::of(key.as_bytes()))
            }
        }
    }

    pub(super) fn of(key: &[u8]) -> Self {
        Self(Key::new(HMAC_SHA256, key))
    }

    /// That of a value among those of its kind: `text-1a2b3c4d5e6f`.
    pub(super) fn of_value(&self, kind: &str, value: &str) -> String {
        let tag = sign(&self.0, format!("{kind}\0{value}").as_bytes());
        format!("{kind}-{}", hexadecimal::digits(&tag.as_ref()[..LENGTH]))
    }
}
