//! What goes to somebody else's gateway, and what became of it: whoever has to clean up behind a play that was broken off
//! reads it.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    evidence::{SmtpPath, named_in_rcpt},
    message::{Bytes, Mail},
    net::{ClientError, Problem, Sent, Spoken},
    target::{Answer, smtp::answer},
};

/// What went there, in the order in which it was begun to be handed over.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<Vec<Entry>>);

/// One of them.
#[derive(Debug)]
pub(super) struct Entry {
    host: String,
    what: What,
    fate: Fate,
}

#[derive(Debug)]
enum What {
    /// A message, by its Message-ID.
    Message { id: Option<String>, path: SmtpPath },
    /// Lines of a client that keeps to no rule, among them what a host may take for a message.
    Lines { to: Vec<String> },
}

/// What became of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// There is no answer, or none that tells: it may have been taken.
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

    fn of_session(problem: &Problem) -> Self {
        match problem {
            Problem::Broken(_) | Problem::Timeout => Fate::Unknown,
            _ => Fate::Refused,
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
        self.enter(Entry::new(host, path, message, Fate::Unknown))
    }

    /// Lines are about to be said to a host, where it may take some of them for a message.
    pub fn begins_lines(&self, host: &str, script: &[Spoken]) -> Option<Number> {
        Some(self.enter(Entry { host: host.to_owned(), what: What::of_lines(script)?, fate: Fate::Unknown }))
    }

    fn enter(&self, entry: Entry) -> Number {
        let mut entries = self.entries();
        entries.push(entry);
        Number(entries.len() - 1)
    }

    /// The session came to its end, or did not.
    pub fn ended(&self, number: Number, outcome: &Result<Sent, ClientError>) {
        let fate = match outcome {
            Ok(sent) => Fate::of(&answer(sent)),
            Err(ClientError { problem, .. }) => Fate::of_session(problem),
        };
        self.is_known(number, fate);
    }

    /// The session in which lines were to be said did not come to its end.
    pub fn broke_off(&self, number: Number, problem: &Problem) {
        self.is_known(number, Fate::of_session(problem));
    }

    fn is_known(&self, Number(number): Number, fate: Fate) {
        if let Some(entry) = self.entries().get_mut(number) {
            entry.fate = fate;
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
        Self { host: host.to_owned(), what: What::Message { id, path: path.clone() }, fate }
    }
}

impl What {
    /// What is said in them, where data follow for whoever is named.
    fn of_lines(script: &[Spoken]) -> Option<Self> {
        let said = script.iter().map(|one| String::from_utf8_lossy(&one.bytes)).collect::<String>();
        let lines = || said.split(['\r', '\n']).map(str::trim);
        let begins_data = |line: &str| {
            let verb = line.get(..4).unwrap_or_default();
            verb.eq_ignore_ascii_case("DATA") || verb.eq_ignore_ascii_case("BDAT")
        };
        let to: Vec<String> = lines().filter_map(named_in_rcpt).map(str::to_owned).collect();
        (!to.is_empty() && lines().any(begins_data)).then_some(Self::Lines { to })
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message { id, path: SmtpPath { from, to } } => {
                let id = id.as_deref().unwrap_or("a message without Message-ID");
                write!(f, "{id} went from <{from}> to {}", to.join(", "))
            }
            Self::Lines { to } => {
                write!(f, "what a host may take for a message went line by line to {}", to.join(", "))
            }
        }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, what, fate } = self;
        let fate = match (fate, what) {
            (Fate::Unknown, What::Message { .. }) => "may have been taken: there was no answer",
            (Fate::Unknown, What::Lines { .. }) => "may have been taken",
            (Fate::Taken, _) => "was taken",
            (Fate::TakenInPart, _) => "was taken for some of them",
            (Fate::Refused, _) => "was not taken",
        };
        write!(f, "before it broke off {what} at {host}, and {fate}")
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

    #[test]
    fn lines_are_told_of_where_a_host_may_take_them_for_a_message() {
        let told = |script: &[&str]| {
            let script: Vec<Spoken> = script
                .iter()
                .map(|line| Spoken { bytes: format!("{line}\r\n").into_bytes(), shown: None, listens: true })
                .collect();
            let ledger = Ledger::default();
            ledger.begins_lines("mx.b.example", &script);
            ledger.told().concat()
        };
        let one = "before it broke off what a host may take for a message went line by line to x@b.example at mx.b.example, \
                   and may have been taken";
        let rcpt = "RCPT TO:<x@b.example>";
        assert_eq!(told(&["MAIL FROM:<>", rcpt, "DATA", "Subject: x\r\n\r\n."]), one);
        assert_eq!(told(&[&format!("MAIL FROM:<>\r\n{rcpt}\nbdat 4 LAST\r\nabcd")]), one);
        for nothing in [&["MAIL FROM:<>", rcpt, "RSET"][..], &["EHLO x", "DATA"], &[]] {
            assert_eq!(told(nothing), "", "{nothing:?}");
        }
        let ledger = Ledger::default();
        let script = [Spoken { bytes: format!("{rcpt}\r\nDATA\r\n").into_bytes(), shown: None, listens: true }];
        let number = ledger.begins_lines("mx.b.example", &script).unwrap();
        ledger.broke_off(number, &Problem::Connect(std::io::ErrorKind::ConnectionRefused.into()));
        assert!(ledger.told()[0].ends_with("and was not taken"));
    }
}
