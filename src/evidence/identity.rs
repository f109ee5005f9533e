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

/// Whose a message is that another play made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OtherPlay {
    /// Another play of the same run.
    OfThisRun,
    /// A play of another run.
    OfAnotherRun,
}

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
}

impl PlayId {
    /// Whether a message bears it anywhere.
    pub fn marks(&self, message: &[u8]) -> bool {
        !self.0.is_empty() && memmem::find(message, self.0.as_bytes()).is_some()
    }

    /// Whose mark a message bears that is not this play's, by what such a mark looks like: that of another play of this run
    /// before another run's; `None` where it bears none.
    pub fn other(&self, message: &[u8]) -> Option<OtherPlay> {
        self.marked(message).filter_map(|(whose, _)| whose).min()
    }

    /// The same of the identifiers alone that were made at a host (`@client.example`); `None` too where one of them bears this
    /// play's mark.
    pub fn other_at(&self, message: &[u8], host: &str) -> Option<OtherPlay> {
        let made_there = self.marked(message).filter(|(_, rest)| rest.starts_with(host.as_bytes()));
        made_there.map(|(whose, _)| whose).collect::<Option<Vec<_>>>()?.into_iter().min()
    }

    /// What looks like marks in a message: whose each is, unless this play's, and what follows it.
    fn marked<'m>(&self, message: &'m [u8]) -> impl Iterator<Item = (Option<OtherPlay>, &'m [u8])> {
        static MARK: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"(\.[a-km-np-z2-9]{7})[0-9]{4}[.@]").expect("a valid pattern"));
        let own = self.0.as_bytes();
        MARK.captures_iter(message).map(move |mark| {
            let (whole, run) = (mark.get_match(), &mark[1]);
            let is_own = !own.is_empty() && whole.as_bytes().starts_with(own);
            let whose = if own.starts_with(run) { OtherPlay::OfThisRun } else { OtherPlay::OfAnotherRun };
            ((!is_own).then_some(whose), &message[whole.end() - 1..])
        })
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
    fn no_two_plays_are_one_and_each_knows_its_own() {
        let (run, other) = (RunId::random(), RunId::random());
        let (first, second) = (run.play(), run.clone().play());
        assert_ne!(first, second);
        let made = format!("<alfa.20260302093000{second}.00001@alfa.example>");
        assert!(second.marks(made.as_bytes()) && !first.marks(made.as_bytes()));
        let told = [&second, &first, &other.play()].map(|play| play.other(made.as_bytes()));
        assert_eq!(told, [None, Some(OtherPlay::OfThisRun), Some(OtherPlay::OfAnotherRun)]);
        let both = format!("{made}\r\n<alfa.20260302093000{first}.00001@alfa.example>");
        assert_eq!(second.other(both.as_bytes()), Some(OtherPlay::OfThisRun));
        assert_eq!(second.other(b"Message-ID: <alfa.20260302093000.00001@alfa.example>"), None);
        let asked = |play: &PlayId| format!("<contract{play}@client.example> {made}").into_bytes();
        let told = [&second, &first, &other.play()].map(|play| second.other_at(&asked(play), "@client.example"));
        assert_eq!(told, [None, Some(OtherPlay::OfThisRun), Some(OtherPlay::OfAnotherRun)]);
        assert_eq!(first.other_at(made.as_bytes(), "@client.example"), None, "made elsewhere");
        let both = [asked(&first), asked(&second)].concat();
        assert_eq!(second.other_at(&both, "@client.example"), None);
        assert_eq!(second.strip(&made), "<alfa.20260302093000.00001@alfa.example>");
        assert!(first.to_string()[1..].chars().all(|letter| letter.is_ascii_alphanumeric()));
        let unmarked = RunId::unmarked();
        assert_eq!(unmarked.play().to_string(), "");
    }
}
