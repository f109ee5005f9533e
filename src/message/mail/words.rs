//! Encoded words (RFC 2047), as they are met rather than as they should be: adjacent words of one charset are decoded
//! together, since many composers cut them inside a character, and they are recognised without blanks around them.

use std::{ops::Range, sync::LazyLock};

use mail_parser::{decoders::base64::base64_decode, parsers::MessageStream};
use regex::{Captures, Regex};

use crate::message::charset;

static WORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"=\?(?<charset>[^?*\s]+)(?:\*[^?\s]*)?\?(?<encoding>[bBqQ])\?(?<text>[^?]*)\?=")
        .expect("a valid pattern")
});

/// What octets are that are not of the charset they are labelled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// ISO-8859-1 with another label.
    Latin1,
    /// Lost.
    Replaced,
    /// No encoded words, and neither are those that touch other text (RFC 2047 5).
    AsWritten,
}

/// `text` with its encoded words decoded; those of an unknown charset or a broken encoding stay as they are (6.2).
pub(super) fn decode(text: &str, broken: Broken) -> String {
    if !text.contains("=?") {
        return text.to_owned();
    }
    let mut decoded = String::with_capacity(text.len());
    let mut run: Option<Word> = None;
    let mut seen = 0;
    for captures in WORD.captures_iter(text) {
        let Some(word) = Word::read(&captures) else { continue };
        let whole = captures.get_match();
        if broken == Broken::AsWritten && (touches(text, &whole.range()) || word.is_broken()) {
            continue;
        }
        let between = &text[seen..whole.start()];
        seen = whole.end();
        match &mut run {
            Some(last) if between.trim_ascii().is_empty() && last.charset.eq_ignore_ascii_case(&word.charset) => {
                last.bytes.extend(word.bytes);
                continue;
            }
            Some(last) => {
                decoded.push_str(&last.text(broken));
                if !between.trim_ascii().is_empty() {
                    decoded.push_str(between);
                }
            }
            None => decoded.push_str(between),
        }
        run = Some(word);
    }
    if let Some(last) = run {
        decoded.push_str(&last.text(broken));
    }
    decoded.push_str(&text[seen..]);
    decoded
}

/// Whether anything but a blank stands before or after.
fn touches(text: &str, word: &Range<usize>) -> bool {
    let black = |sign: char| !sign.is_ascii_whitespace();
    text[..word.start].ends_with(black) || text[word.end..].starts_with(black)
}

/// One encoded word, or several run together.
struct Word {
    charset: String,
    decode: fn(&[u8]) -> String,
    bytes: Vec<u8>,
}

impl Word {
    fn read(captures: &Captures<'_>) -> Option<Self> {
        let text = &captures["text"];
        let bytes = match &captures["encoding"] {
            "b" | "B" => base64_decode(text.as_bytes())?,
            _ => MessageStream::new(format!("{text}?=").as_bytes()).decode_quoted_printable_word()?,
        };
        let charset = captures["charset"].to_owned();
        Some(Self { decode: charset::decoder(&charset)?, charset, bytes })
    }

    /// Whether its octets are not of its charset, as far as that can be told.
    fn is_broken(&self) -> bool {
        charset::is_utf8(&self.charset) && std::str::from_utf8(&self.bytes).is_err()
    }

    fn text(&self, broken: Broken) -> String {
        match broken {
            Broken::Latin1 if charset::is_utf8(&self.charset) => charset::plausible(&self.bytes).into_owned(),
            _ => (self.decode)(&self.bytes),
        }
    }
}
