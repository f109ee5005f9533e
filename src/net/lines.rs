//! Command lines: ended by CRLF, of bounded length, without a bare CR or LF.

/// Bytes that came and were not yet used.
#[derive(Debug, Default)]
pub struct Incoming {
    bytes: Vec<u8>,
}

/// What stands at the front.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// No whole line yet.
    Partial,
    /// A line, without its CRLF.
    Whole(Vec<u8>),
    /// A line with a bare CR or LF inside, taken away (RFC 5321 2.3.8).
    BareLineEnd,
    /// More than the limit without a line end.
    TooLong,
}

impl Incoming {
    /// Appends what was read.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Takes the first line, at most `limit` bytes long with its CRLF.
    pub fn line(&mut self, limit: usize) -> Line {
        let window = &self.bytes[..self.bytes.len().min(limit)];
        let Some(end) = window.windows(2).position(|pair| pair == b"\r\n") else {
            return if self.bytes.len() >= limit { Line::TooLong } else { Line::Partial };
        };
        let line: Vec<u8> = self.bytes.drain(..end + 2).take(end).collect();
        if line.contains(&b'\n') || line.contains(&b'\r') { Line::BareLineEnd } else { Line::Whole(line) }
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Takes everything.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// Forgets everything: after STARTTLS nothing said in clear counts (RFC 3207 4.2).
    pub fn forget(&mut self) {
        self.bytes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_at_crlf_only() {
        let mut incoming = Incoming::default();
        incoming.push(b"NOOP\r\nRSET\nQUIT\r\nDA");
        let lines: Vec<Line> = (0..3).map(|_| incoming.line(512)).collect();
        assert_eq!(lines, [Line::Whole(b"NOOP".to_vec()), Line::BareLineEnd, Line::Partial]);
        incoming.push(b"TA\r\n");
        assert_eq!(incoming.line(512), Line::Whole(b"DATA".to_vec()));
    }

    #[test]
    fn a_line_without_end_is_not_waited_for() {
        let mut incoming = Incoming::default();
        incoming.push(&[b'a'; 512]);
        assert_eq!(incoming.line(512), Line::TooLong);
    }
}
