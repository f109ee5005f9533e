//! Mailbox files (RFC 4155 and the older forms): message after message, each behind a line that begins with `From `.
//!
//! Read as a stream: such a file may be larger than memory.

use std::{
    collections::VecDeque,
    io::{self, BufRead, BufReader, Read},
};

use memchr::memmem;

use super::{Content, Found, Item, LeftOut, Limits, Name, Step, Why, form, left_out::Asked};
use crate::{
    message::{Mail, Message, as_sent},
    smime::{Signature, SignatureState},
};

/// Most octets of a line looked at in one go.
const PIECE: u64 = 64 << 10;
/// A separator is short: an address and a date.
const MAX_SEPARATOR: usize = 512;

/// Whether a mailbox begins here.
pub(super) fn starts(beginning: &[u8]) -> bool {
    first(beginning) == Some(0)
}

/// Where the first separator stands.
pub(super) fn first(bytes: &[u8]) -> Option<usize> {
    let at_start = bytes.starts_with(b"From ").then_some(0);
    let others = memmem::find_iter(bytes, b"\nFrom ").map(|feed| feed + 1);
    at_start.into_iter().chain(others).find(|at| {
        let mut lines = bytes[*at..].splitn(3, |octet| *octet == b'\n');
        let (line, next) = (lines.next().unwrap_or_default(), lines.next());
        is_separator(line) && next.is_some_and(opens_header)
    })
}

/// Whether a separator stands anywhere in a file, however far in.
pub(super) fn anywhere(file: impl Read) -> io::Result<bool> {
    let mut pieces = Pieces::new(file);
    while let Some(piece) = pieces.next()? {
        if pieces.separates(&piece)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a message is followed by others, although no separator stands before it: behind its last part, where it has
/// parts. What stands inside a part is the part's.
pub(super) fn follows(bytes: &[u8]) -> bool {
    if memmem::find(bytes, b"\nFrom ").is_none() {
        return false;
    }
    let Ok(mail) = Mail::read(bytes) else { return false };
    let end = match mail.root.children.last() {
        Some(last) => last.span.end,
        None => mail.root.body.start,
    };
    first(&bytes[end..]).is_some()
}

/// `From `, a sender or a dash, and a date: with a time of day and a year at least, which prose rarely has.
fn is_separator(line: &[u8]) -> bool {
    let is_time = |word: &[u8]| {
        let digits = |piece: &[u8]| (1..=2).contains(&piece.len()) && piece.iter().all(u8::is_ascii_digit);
        let pieces: Vec<&[u8]> = word.split(|octet| *octet == b':').collect();
        matches!(pieces.len(), 2 | 3) && pieces.into_iter().all(digits)
    };
    let is_year = |word: &[u8]| word.len() == 4 && word.iter().all(u8::is_ascii_digit);
    let words = || line.split(u8::is_ascii_whitespace);
    line.starts_with(b"From ") && line.len() <= MAX_SEPARATOR && words().any(is_time) && words().any(is_year)
}

fn opens_header(line: &[u8]) -> bool {
    form::field_name(line).is_some() || line.starts_with(b">From ")
}

/// The messages of a mailbox file.
pub(super) struct Mbox<R: Read> {
    name: Name,
    asked: Asked,
    limits: Limits,
    pieces: Pieces<R>,
    /// Of the last message that came out.
    number: u64,
    /// Whether a separator has been passed.
    begun: bool,
    ended: bool,
    waiting: VecDeque<Found>,
}

impl<R: Read> Mbox<R> {
    pub(super) fn new(name: Name, asked: Asked, reader: R, limits: &Limits) -> Self {
        let (pieces, waiting) = (Pieces::new(reader), VecDeque::new());
        Self { name, asked, limits: limits.clone(), pieces, number: 0, begun: false, ended: false, waiting }
    }

    /// What stands up to the next separator, which is passed. What is beyond the bound is not kept.
    fn section(&mut self) -> io::Result<Section> {
        let mut section = Section { octets: 0, kept: Vec::new(), last: false };
        loop {
            let Some(piece) = self.pieces.next()? else { return Ok(Section { last: true, ..section }) };
            if self.pieces.separates(&piece)? {
                return Ok(section);
            }
            section.octets += piece.octets.len() as u64;
            if section.octets > self.limits.whole {
                section.kept = Vec::new();
            } else if self.begun || section.kept.len() < form::BEGINNING || form::is_message(&section.kept) {
                section.kept.extend_from_slice(&piece.octets);
            }
        }
    }

    fn left_out(&self, name: Name, why: Why) -> Found {
        Err(LeftOut { name, asked: self.asked, why })
    }

    fn take(&mut self, section: Section) {
        if !self.begun {
            self.begun = true;
            // A file that was cut at the front, or whose first message has no separator.
            if section.octets == 0 || section.kept.trim_ascii().is_empty() && section.octets <= self.limits.whole {
                return;
            }
            if !form::is_message(&section.kept) {
                self.waiting.push_back(self.left_out(self.name.clone(), Why::BeforeTheFirst(section.octets)));
                return;
            }
        }
        self.number += 1;
        let name = self.name.step(Step::Message(self.number));
        if section.octets > self.limits.whole {
            self.waiting.push_back(self.left_out(name, Why::TooLarge(self.limits.whole)));
            return;
        }
        let cut = section.last && is_cut(&section.kept);
        let message = as_sent(without_quotes(without_blank_line(section.kept)));
        self.waiting.push_back(Ok(Item { name: name.clone(), content: Content::Message(message.into()) }));
        if cut {
            self.waiting.push_back(self.left_out(name, Why::CutOff));
        }
    }
}

struct Section {
    octets: u64,
    kept: Vec<u8>,
    /// Whether the file ends here.
    last: bool,
}

impl<R: Read> Iterator for Mbox<R> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            if let Some(found) = self.waiting.pop_front() {
                return Some(found);
            }
            if self.ended {
                return None;
            }
            match self.section() {
                Ok(section) => {
                    self.ended = section.last;
                    self.take(section);
                }
                Err(error) => {
                    self.ended = true;
                    return Some(self.left_out(self.name.clone(), Why::Unreadable(error)));
                }
            }
        }
    }
}

/// Whether the end of a mailbox's last message is missing: its last boundary, or else the line end.
fn is_cut(message: &[u8]) -> bool {
    let Ok(mail) = Mail::read(message) else { return false };
    mail.ends_early() || mail.root.children.is_empty() && !message.ends_with(b"\n")
}

/// The empty line before a separator is the mailbox's.
fn without_blank_line(mut message: Vec<u8>) -> Vec<u8> {
    let blank = match &message[..] {
        [.., b'\n', b'\r', b'\n'] => 2,
        [.., b'\n', b'\n'] => 1,
        _ => 0,
    };
    message.truncate(message.len() - blank);
    message
}

/// Each line of the text that may have got its `>` from an mboxo writer doubles the ways to read a message: of more of
/// them not every way is tried.
const MOST_DOUBTFUL: u32 = 6;

/// Takes the `>` off that keeps a line of the text from reading as a separator. Some writers quote `From ` alone, so that a
/// `>From ` of the text reads alike, some `>From ` too, some nothing; nothing in the file tells which. So the way under
/// which the signature holds is taken, and else the one of RFC 4155's successors, which loses nothing.
fn without_quotes(stored: Vec<u8>) -> Vec<u8> {
    if memmem::find(&stored, b"\n>From ").is_none() && memmem::find(&stored, b"\n>>").is_none() {
        return stored;
    }
    let every = unquoted(&stored, |line| {
        let marks = line.iter().take_while(|octet| **octet == b'>').count();
        marks > 0 && line[marks..].starts_with(b"From ")
    });
    if every == stored || holds(&every) {
        return every;
    }
    let is_doubtful = |line: &[u8]| line.starts_with(b">From ");
    let doubtful = stored.split_inclusive(|octet| *octet == b'\n').filter(|line| is_doubtful(line)).count();
    let few = u32::try_from(doubtful).ok().filter(|doubtful| *doubtful <= MOST_DOUBTFUL);
    // A choice has a bit for each such line, in order: whether it was quoted. All of them and none come first.
    let others = few.map_or(0..0, |doubtful| 1..(1_u64 << doubtful) - 1);
    for choice in [u64::MAX, 0].into_iter().chain(others) {
        let mut bits = (0..).map(|at| choice >> std::cmp::min(at, 63) & 1 == 1);
        let way = unquoted(&stored, |line| is_doubtful(line) && bits.next() == Some(true));
        if holds(&way) {
            return way;
        }
    }
    every
}

/// Without the first octet of each line that was quoted.
fn unquoted(stored: &[u8], mut is_quoted: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let lines = stored.split_inclusive(|octet| *octet == b'\n');
    lines.flat_map(|line| if is_quoted(line) { &line[1..] } else { line }).copied().collect()
}

fn holds(message: &[u8]) -> bool {
    let Ok(message) = Message::read(message) else { return false };
    let Some((signed, cms)) = message.signed.as_ref().and_then(|signed| Some((signed, signed.cms.as_ref()?))) else {
        return false;
    };
    Signature::verify(cms, message.mail.bytes(&signed.content.span)).state == SignatureState::Valid
}

/// A file in pieces of lines: no line is so long that it would be held whole.
struct Pieces<R> {
    reader: BufReader<R>,
    /// Whether a line begins here.
    line: bool,
    next: Option<Piece>,
}

struct Piece {
    octets: Vec<u8>,
    starts_line: bool,
}

impl<R: Read> Pieces<R> {
    fn new(reader: R) -> Self {
        Self { reader: BufReader::with_capacity(256 << 10, reader), line: true, next: None }
    }

    /// Whether a piece, the last one that came out, is a separator: a header comes after it.
    fn separates(&mut self, piece: &Piece) -> io::Result<bool> {
        let may_be = piece.starts_line && is_separator(&piece.octets);
        Ok(may_be && self.peek()?.is_some_and(|next| opens_header(&next.octets)))
    }

    fn next(&mut self) -> io::Result<Option<Piece>> {
        match self.next.take() {
            Some(piece) => Ok(Some(piece)),
            None => self.read(),
        }
    }

    fn peek(&mut self) -> io::Result<Option<&Piece>> {
        if self.next.is_none() {
            self.next = self.read()?;
        }
        Ok(self.next.as_ref())
    }

    fn read(&mut self) -> io::Result<Option<Piece>> {
        let mut octets = Vec::new();
        self.reader.by_ref().take(PIECE).read_until(b'\n', &mut octets)?;
        if octets.is_empty() {
            return Ok(None);
        }
        let starts_line = std::mem::replace(&mut self.line, octets.ends_with(b"\n"));
        Ok(Some(Piece { octets, starts_line }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEPARATOR: &str = "From a@b.example Tue Jan 14 09:41:40 2025\n";

    fn told(mbox: impl AsRef<[u8]>, limits: &Limits) -> Vec<String> {
        let found = Mbox::new(Name::file("m"), Asked::ByName, mbox.as_ref(), limits);
        let told = found.map(|found| match found {
            Ok(Item { name, content: Content::Message(bytes) }) => {
                format!("{name}|{}", String::from_utf8_lossy(&bytes).replace("\r\n", "/"))
            }
            Ok(other) => panic!("{other:?}"),
            Err(left_out) => format!("{}: {}", left_out.name, left_out.why),
        });
        told.collect()
    }

    #[test]
    fn every_message_comes_out_without_what_is_the_mailboxs() {
        let mbox = format!("{SEPARATOR}Subject: 1\n\none\n\n{SEPARATOR}Subject: 2\n\ntwo\nthree\n\n");
        assert_eq!(
            told(&mbox, &Limits::default()),
            ["m: message 1|Subject: 1//one/", "m: message 2|Subject: 2//two/three/"]
        );
        let crlf = mbox.replace('\n', "\r\n");
        assert_eq!(told(crlf, &Limits::default()), told(&mbox, &Limits::default()));
    }

    #[test]
    fn separators_are_told_from_prose() {
        for separator in [
            "From - Tue Jan 14 09:41:40 2025",
            "From MAILER-DAEMON Fri Jul  8 12:08:34 2011",
            "From 1234@xxx Tue Jan 14 08:41:40 +0000 2025",
            "From a@b Tue Jan 14 9:41 CET 2025",
            "From a b@c Tue, 14 Jan 2025 09:41:40 +0100\r",
        ] {
            let mbox = format!("{SEPARATOR}Subject: 1\n\none\n{separator}\nSubject: 2\n\ntwo\n");
            assert_eq!(told(mbox, &Limits::default()).len(), 2, "{separator}");
        }
        for prose in ["From 09:41 on we waited\nSubject: x", "From Tue Jan 14 09:41:40 2025\non", "From:\nTo: x"] {
            let mbox = format!("{SEPARATOR}Subject: 1\n\n{prose}\n");
            assert_eq!(told(mbox, &Limits::default()).len(), 1, "{prose}");
        }
    }

    #[test]
    fn what_is_missing_at_either_end_is_told() {
        let cut = format!(
            "end of a message\n\n{SEPARATOR}Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n\n\
             {SEPARATOR}Content-Type: multipart/mixed; boundary=b\n\n--b\n\nt"
        );
        let told = told(cut, &Limits::default());
        assert_eq!(told[0], "m: 18 octets before the first message belong to none");
        assert!(told[1].starts_with("m: message 1|") && told[2].starts_with("m: message 2|"), "{told:?}");
        assert_eq!(told[3..], ["m: message 2: the file ends inside this message: it is judged as far as it goes"]);
    }

    #[test]
    fn a_first_message_without_its_separator_is_a_message() {
        let message = "Subject: 1\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n";
        let next = format!("{SEPARATOR}Subject: 2\n\ntwo\n");
        assert!(follows(format!("{message}\n{next}").as_bytes()));
        assert!(follows(format!("Subject: 1\n\none\n\n{next}").as_bytes()));
        assert!(!follows(message.replace("one", &next).as_bytes()), "it is the part's");
        assert_eq!(told(format!("{message}\n{next}"), &Limits::default()).len(), 2);
    }

    #[test]
    fn a_message_beyond_the_bound_is_told_and_the_next_one_read() {
        let limits = Limits { whole: 1 << 20, ..Limits::default() };
        let long = "x".repeat(3 << 20);
        let mbox = format!("{SEPARATOR}Subject: 1\n\n{long}\n\n{SEPARATOR}Subject: 2\n\ntwo\n");
        assert_eq!(
            told(mbox, &limits),
            ["m: message 1: larger than 1 MiB, the most that is read of one thing", "m: message 2|Subject: 2//two/"]
        );
    }

    #[test]
    fn no_cut_or_mutation_panics() {
        let mbox = format!(
            "{SEPARATOR}Content-Type: multipart/mixed; boundary=b\n\n--b\n\n>From x\n--b--\n\n{SEPARATOR}A: 1\n\n"
        );
        for at in 0..mbox.len() {
            told(&mbox[..at], &Limits::default());
            for octet in [b'\n', b'\r', 0, b'F', b':', 0xff] {
                let mut mutated = mbox.clone().into_bytes();
                mutated[at] = octet;
                told(mutated, &Limits { whole: 64, ..Limits::default() });
            }
        }
    }

    #[test]
    fn a_first_separator_is_found_however_far_in() {
        let mbox = format!("{}{SEPARATOR}Subject: 1\n\none\n", "QUJD\n".repeat(40_000));
        assert!(anywhere(mbox.as_bytes()).unwrap() && !anywhere(&b"From here\nto there\n"[..]).unwrap());
        assert_eq!(
            told(&mbox, &Limits::default()),
            ["m: 200000 octets before the first message belong to none", "m: message 1|Subject: 1//one/"]
        );
    }

    #[test]
    fn quoted_lines_are_given_back() {
        let mbox = format!("{SEPARATOR}Subject: 1\n\n>From here\n>>From there\n> From\n>x\n");
        assert_eq!(told(mbox, &Limits::default()), ["m: message 1|Subject: 1//From here/>From there/> From/>x/"]);
    }
}
