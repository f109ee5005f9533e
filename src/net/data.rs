//! Message data on the wire (RFC 5321 4.1.1.4, 4.5.2): dot-stuffing, and its end, which is CRLF.CRLF and nothing else.
//!
//! `smtp-proto`'s receiver also ends data at `CRLF . CR CR LF`, and mail-send's writer stuffs dots after a bare LF or CR:
//! both change messages, and the first splits them. So both directions stand here.

use memchr::{memchr, memmem};

/// Bytes that must have come before it is believed that as many come as a client said.
const BELIEVED: usize = 1 << 20;

/// Bytes of memory for what a host puts on top of a message.
const TOP: usize = 1 << 10;

/// Takes in data until CRLF.CRLF, dots unstuffed.
#[derive(Debug)]
pub struct DataReceiver {
    state: State,
    message: Vec<u8>,
    /// Most bytes kept.
    limit: usize,
    /// Bytes of message that the client said would come.
    announced: usize,
    /// Bytes of message that came, kept or not.
    length: usize,
    /// Nothing is kept, whatever comes.
    forgets: bool,
}

/// Where in a line the next byte stands. Only CRLF begins a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    LineStart,
    Inside,
    Cr,
    Dot,
    DotCr,
}

/// What became of the bytes given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ingested {
    /// All were taken and the message goes on.
    More,
    /// The message ended after this many of them.
    Complete(usize),
}

impl DataReceiver {
    /// Starts behind the reply to DATA, which is the start of a line.
    pub fn new(limit: usize) -> Self {
        Self { state: State::LineStart, message: Vec::new(), limit, announced: 0, length: 0, forgets: false }
    }

    /// The same where a client says how many bytes come (RFC 1870): of a large message memory is taken once, instead of more
    /// and more of it.
    #[must_use]
    pub fn expecting(self, announced: usize) -> Self {
        Self { announced: announced.min(self.limit), ..self }
    }

    /// Takes bytes as they come from the wire.
    pub fn ingest(&mut self, bytes: &[u8]) -> Ingested {
        let mut at = 0;
        while at < bytes.len() {
            if self.state == State::Inside {
                // Nothing but a CR can lead to the next line.
                let run = memchr(b'\r', &bytes[at..]).unwrap_or(bytes.len() - at);
                self.keep(&bytes[at..at + run]);
                at += run;
            }
            let Some(&byte) = bytes.get(at) else { break };
            at += 1;
            self.state = match (self.state, byte) {
                (State::LineStart, b'.') => State::Dot,
                (State::Dot, b'\r') => State::DotCr,
                (State::DotCr, b'\n') => return Ingested::Complete(at),
                (state, _) => {
                    // The stuffed dot is dropped; a CR held back behind it was part of the message.
                    if state == State::DotCr {
                        self.keep(b"\r");
                    }
                    self.keep(&[byte]);
                    match byte {
                        b'\n' if state == State::Cr => State::LineStart,
                        b'\r' => State::Cr,
                        _ => State::Inside,
                    }
                }
            };
        }
        Ingested::More
    }

    /// Bytes of message so far, those beyond the limit included.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Bytes of message that are kept.
    pub fn kept(&self) -> usize {
        self.message.len()
    }

    /// Keeps nothing of the message, and only counts what is still to come.
    pub fn forget(&mut self) {
        self.forgets = true;
        self.message = Vec::new();
    }

    /// The message; `None` where it was longer than the limit, or forgotten.
    pub fn finish(self) -> Option<Vec<u8>> {
        (self.length <= self.limit && !self.forgets).then_some(self.message)
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.length += bytes.len();
        if self.length <= self.limit && !self.forgets {
            if self.length > self.message.capacity() && (BELIEVED..=self.announced).contains(&self.length) {
                // Where there is not so much, it is seen whether it really comes.
                let _ = self.message.try_reserve_exact(self.announced - self.message.len() + TOP);
            }
            self.message.extend_from_slice(bytes);
        } else if !self.message.is_empty() {
            self.message = Vec::new();
        }
    }
}

/// `message` as data, in pieces: dots at the start of lines doubled, and the end. A message that does not end a line is
/// ended. A dot is doubled by ending one piece with it and beginning the next: nothing is copied.
pub fn stuffed(message: &[u8]) -> impl Iterator<Item = &[u8]> {
    let first = message.starts_with(b".").then_some(0);
    let mut dots = first.into_iter().chain(memmem::find_iter(message, b"\r\n.").map(|at| at + 2));
    let mut from = Some(0);
    let pieces = std::iter::from_fn(move || {
        let start = from?;
        from = dots.next();
        Some(&message[start..from.map_or(message.len(), |dot| dot + 1)])
    });
    let ended = message.is_empty() || message.ends_with(b"\r\n");
    pieces.chain([if ended { &b".\r\n"[..] } else { b"\r\n.\r\n" }])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The message that `wire` carries, fed whole and byte by byte, and how much of `wire` it took.
    fn received(wire: &[u8]) -> Option<(Vec<u8>, usize)> {
        let mut whole = DataReceiver::new(1000);
        let ended = whole.ingest(wire);
        let mut dribbled = DataReceiver::new(1000);
        let one = wire.iter().position(|&byte| dribbled.ingest(&[byte]) != Ingested::More).map(|at| at + 1);
        match ended {
            Ingested::More => assert_eq!(one, None),
            Ingested::Complete(used) => assert_eq!(one, Some(used)),
        }
        let (Ingested::Complete(used), whole) = (ended, whole.finish()) else { return None };
        assert_eq!(whole, dribbled.finish());
        Some((whole?, used))
    }

    fn wire(message: &[u8]) -> Vec<u8> {
        stuffed(message).collect::<Vec<_>>().concat()
    }

    #[test]
    fn only_crlf_dot_crlf_ends_data() {
        for end in
            ["\n.\n", "\r\n.\n", "\n.\r\n", "\r.\r", "\r\n.\r", "\r.\r\n", "\r\n.\r\r\n", "\n\r.\r\n", "\r\n.\0\r\n"]
        {
            let smuggled = format!("a{end}MAIL FROM:<b>\r\n");
            assert_eq!(received(smuggled.as_bytes()), None, "{end:?}");
            let (message, used) = received(format!("{smuggled}.\r\nQUIT\r\n").as_bytes()).unwrap();
            assert_eq!(used, smuggled.len() + 3, "{end:?}");
            let unstuffed = end.replace("\r\n.", "\r\n");
            assert_eq!(message, format!("a{unstuffed}MAIL FROM:<b>\r\n").as_bytes(), "{end:?}");
        }
    }

    #[test]
    fn an_empty_message_ends_at_once() {
        assert_eq!(received(b".\r\nQUIT\r\n"), Some((Vec::new(), 3)));
        assert_eq!(wire(b""), b".\r\n");
    }

    #[test]
    fn what_is_stuffed_comes_out_the_same() {
        for message in
            ["..\r\n.\r\n.a\r\n", "a\n.b\r\n.\n.\r\n", "a\r.\r\n", "\r\n", ".\r\r\n", "\r\n.\r\r\n.x\r\n", "è\r\n"]
        {
            let wire = wire(message.as_bytes());
            assert_eq!(received(&wire), Some((message.as_bytes().to_vec(), wire.len())), "{message:?}");
        }
    }

    #[test]
    fn memory_is_taken_once_for_what_was_announced_and_partly_came() {
        const MIB: usize = 1 << 20;
        let taken = |announced: usize, comes: usize| {
            let mut receiver = DataReceiver::new(8 * MIB).expecting(announced);
            (0..comes / 4096).for_each(|_| assert_eq!(receiver.ingest(&[b'x'; 4096]), Ingested::More));
            assert_eq!(receiver.ingest(b"\r\n.\r\n"), Ingested::Complete(5));
            let message = receiver.finish().unwrap();
            assert_eq!(message.len(), comes + 2);
            message.capacity()
        };
        assert_eq!(taken(3 * MIB + 2, 3 * MIB), 3 * MIB + 2 + TOP);
        assert!(taken(8 * MIB, 4096) < BELIEVED, "who has sent little is not believed");
        assert!(taken(MIB, 3 * MIB) <= 4 * MIB, "who sends more than he said has memory as it comes");
    }

    #[test]
    fn a_message_beyond_the_limit_is_counted_and_not_kept() {
        let mut receiver = DataReceiver::new(3);
        assert_eq!(receiver.ingest(b"abcd\r\n.\r\n"), Ingested::Complete(9));
        assert_eq!((receiver.length(), receiver.finish()), (6, None));
    }
}
