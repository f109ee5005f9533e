//! What goes to somebody else's gateway, and what became of it: whoever has to clean up behind a play that was broken off
//! reads it.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    evidence::SmtpPath,
    message::{Bytes, Mail},
    net::{ClientError, Problem, Sent},
    target::{Answer, smtp::answer},
};

/// Messages in the order in which they were begun to be handed over.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<Vec<Entry>>);

/// One of them.
#[derive(Debug)]
pub(super) struct Entry {
    pub host: String,
    pub path: SmtpPath,
    /// Its Message-ID.
    pub id: Option<String>,
    pub fate: Fate,
}

/// What became of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// There is no answer: it may have been taken.
    Unknown,
    Taken,
    /// For some of its recipients.
    TakenInPart,
    Refused,
}

impl Fate {
    fn of(answer: &Answer) -> Self {
        match (answer.accepted.is_empty(), answer.refused.is_empty()) {
            (true, _) => Fate::Refused,
            (false, true) => Fate::Taken,
            (false, false) => Fate::TakenInPart,
        }
    }
}

/// Which entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number(usize);

impl Ledger {
    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A message is about to be handed to a host.
    pub fn begins(&self, host: &str, path: &SmtpPath, message: &Bytes) -> Number {
        let mut entries = self.entries();
        entries.push(Entry::new(host, path, message, Fate::Unknown));
        Number(entries.len() - 1)
    }

    /// The session came to its end, or did not.
    pub fn ended(&self, Number(number): Number, outcome: &Result<Sent, ClientError>) {
        if let Some(entry) = self.entries().get_mut(number) {
            entry.fate = match outcome {
                Ok(sent) => Fate::of(&answer(sent)),
                Err(ClientError { problem: Problem::Broken(_) | Problem::Timeout, .. }) => Fate::Unknown,
                Err(_) => Fate::Refused,
            };
        }
    }

    /// A sentence for each.
    pub fn told(&self) -> Vec<String> {
        self.entries().iter().map(Entry::to_string).collect()
    }
}

impl Entry {
    pub fn new(host: &str, path: &SmtpPath, message: &Bytes, fate: Fate) -> Self {
        let id = Mail::read(message.clone()).ok().and_then(|mail| mail.field("Message-ID"));
        Self { host: host.to_owned(), path: path.clone(), id, fate }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, path: SmtpPath { from, to }, id, fate } = self;
        let id = id.as_deref().unwrap_or("a message without Message-ID");
        let fate = match fate {
            Fate::Unknown => "may have been taken: there was no answer",
            Fate::Taken => "was taken",
            Fate::TakenInPart => "was taken for some of them",
            Fate::Refused => "was not taken",
        };
        write!(f, "before it broke off {id} went from <{from}> to {} at {host}, and {fate}", to.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Refusal;

    #[test]
    fn what_became_of_each_is_told() {
        let path = SmtpPath { from: "m@a.example".into(), to: vec!["x@b.example".into(), "y@b.example".into()] };
        let message = Bytes::from(&b"Message-ID: <1@a.example>\r\n\r\n"[..]);
        let ledger = Ledger::default();
        ledger.begins("mx.b.example", &path, &message);
        let way =
            "before it broke off <1@a.example> went from <m@a.example> to x@b.example, y@b.example at mx.b.example";
        assert_eq!(ledger.told(), [format!("{way}, and may have been taken: there was no answer")]);
        let refused = [Refusal { recipient: None, code: 451, text: String::new() }];
        for (accepted, refused, fate) in [
            (&path.to[..], &[][..], "was taken"),
            (&path.to[..1], &refused, "was taken for some of them"),
            (&[], &refused, "was not taken"),
        ] {
            let answer = Answer { accepted: accepted.into(), refused: refused.into() };
            let told = Entry::new("mx.b.example", &path, &message, Fate::of(&answer)).to_string();
            assert_eq!(told, format!("{way}, and {fate}"));
        }
    }
}
