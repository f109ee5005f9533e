//! Who a run and a play are: what the harness and the reference gateways make bears it, so that a peer that remembers never
//! meets the same identifier twice, and what belongs to another run is known as such.

use std::{
    fmt,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use aws_lc_rs::rand;
use memchr::memmem;
use regex::bytes::Regex;

/// A run. Clones are the same one.
#[derive(Clone, Debug)]
pub struct RunId {
    token: Arc<str>,
    plays: Arc<AtomicUsize>,
}

/// A play of a run: a dot, letters and digits, as many in each, fit to stand within the local part of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlayId(String);

impl RunId {
    /// One that no other run has.
    pub fn random() -> Self {
        const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let mut octets = [0; 7];
        // Without randomness a run is as good as the first one on a new machine.
        let _ = rand::fill(&mut octets);
        let letters = octets.map(|octet| char::from(LETTERS[usize::from(octet % 32)]));
        Self { token: letters.iter().collect::<String>().into(), plays: Arc::default() }
    }

    /// One that leaves no mark: what is made in its plays is the same each time, for recordings that are edited by words.
    pub fn unmarked() -> Self {
        Self { token: "".into(), plays: Arc::default() }
    }

    /// The next play's.
    pub fn play(&self) -> PlayId {
        let number = self.plays.fetch_add(1, Ordering::Relaxed);
        PlayId(if self.token.is_empty() { String::new() } else { format!(".{}{number:04}", self.token) })
    }

    /// Whether an identifier was made in this run.
    pub fn made(&self, identifier: &str) -> bool {
        !self.token.is_empty() && identifier.split(['.', '@', '<']).any(|piece| piece.starts_with(&*self.token))
    }
}

impl PlayId {
    /// Whether a message bears it anywhere.
    pub fn marks(&self, message: &[u8]) -> bool {
        !self.0.is_empty() && memmem::find(message, self.0.as_bytes()).is_some()
    }

    /// Whether a message bears the mark of some play of some run, by what such a mark looks like.
    pub fn marks_any(message: &[u8]) -> bool {
        static MARK: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"\.[a-km-np-z2-9]{7}[0-9]{4}[.@]").expect("a valid pattern"));
        MARK.is_match(message)
    }

    /// `text` as it would stand in every play: for what is compared from run to run.
    pub fn strip(&self, text: &str) -> String {
        if self.0.is_empty() { text.to_owned() } else { text.replace(&self.0, "") }
    }
}

impl fmt::Display for PlayId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Default for PlayId {
    fn default() -> Self {
        RunId::random().play()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_plays_are_one_and_a_run_knows_its_own() {
        let (run, other) = (RunId::random(), RunId::random());
        let (first, second) = (run.play(), run.clone().play());
        assert_ne!(first, second);
        let made = format!("<alfa.20260302093000{second}.00001@alfa.example>");
        assert!(run.made(&made) && !other.made(&made));
        assert!(second.marks(made.as_bytes()) && !first.marks(made.as_bytes()) && PlayId::marks_any(made.as_bytes()));
        assert!(!PlayId::marks_any(b"Message-ID: <alfa.20260302093000.00001@alfa.example>"));
        assert_eq!(second.strip(&made), "<alfa.20260302093000.00001@alfa.example>");
        assert!(first.to_string()[1..].chars().all(|letter| letter.is_ascii_alphanumeric()));
        let unmarked = RunId::unmarked();
        assert_eq!((unmarked.play().to_string(), unmarked.made(&made)), (String::new(), false));
    }
}
