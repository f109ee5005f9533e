//! `value; name=value` fields: Content-Type and Content-Disposition (RFC 2045 5.1, RFC 2183, RFC 2231).
//!
//! mail-parser forgets the charset after the first segment of a continued parameter, which garbles long file names in
//! ISO-8859-1; so the segments are put together here, and only then decoded.

use std::collections::BTreeMap;

use mail_parser::decoders::charsets::map::charset_decoder;

use super::words;

/// More parameters than this are not read.
const MAX_PARAMS: usize = 200;

/// A field's value in lower case, and its parameters: names in lower case, values decoded, extended ones first.
pub(super) struct Parameterised {
    pub value: String,
    pub params: Vec<(String, String)>,
}

/// Reads an unfolded field.
pub(super) fn read(field: &str) -> Parameterised {
    let mut pieces = Pieces { rest: field };
    let value = pieces.until(&[';']).trim().to_ascii_lowercase();
    let mut plain = Vec::new();
    let mut extended: BTreeMap<String, BTreeMap<u32, Segment>> = BTreeMap::new();
    for (name, value) in std::iter::from_fn(|| pieces.param()).take(MAX_PARAMS) {
        match name.split_once('*') {
            None => plain.push((name, words::decode(&value))),
            Some((base, suffix)) => {
                let (index, percent) =
                    suffix.strip_suffix('*').map_or((suffix, suffix.is_empty()), |index| (index, true));
                let index = if index.is_empty() { Some(0) } else { index.parse().ok() };
                if let Some(index) = index {
                    let segment = if percent { Segment::Percent(value) } else { Segment::Plain(value) };
                    extended.entry(base.to_owned()).or_default().entry(index).or_insert(segment);
                }
            }
        }
    }
    let mut params: Vec<_> =
        extended.into_iter().filter_map(|(name, segments)| Some((name, join(&segments)?))).collect();
    params.extend(plain);
    Parameterised { value, params }
}

/// A numbered piece of an extended parameter (RFC 2231 3 and 4).
enum Segment {
    Plain(String),
    Percent(String),
}

/// The segments from 0 on without a gap, decoded as one.
fn join(segments: &BTreeMap<u32, Segment>) -> Option<String> {
    let mut charset = None;
    let mut bytes = Vec::new();
    for (index, (number, segment)) in (0..).zip(segments) {
        match segment {
            _ if index != *number => break,
            Segment::Plain(text) => bytes.extend_from_slice(text.as_bytes()),
            Segment::Percent(text) => {
                let mut text = text.as_str();
                if index == 0 {
                    let mut quoted = text.splitn(3, '\'');
                    if let (Some(name), Some(_language), Some(rest)) = (quoted.next(), quoted.next(), quoted.next()) {
                        charset = charset_decoder(name.as_bytes());
                        text = rest;
                    }
                }
                percent_decode(text, &mut bytes);
            }
        }
    }
    segments.contains_key(&0).then(|| match charset {
        Some(decode) => decode(&bytes),
        None => String::from_utf8_lossy(&bytes).into_owned(),
    })
}

/// Takes `%hh` off; a percent sign that starts none is kept.
fn percent_decode(text: &str, bytes: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let octet = match rest {
            [b'%', high, low, ..] => hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        bytes.push(octet.unwrap_or(*first));
        rest = if octet.is_some() { &rest[3..] } else { tail };
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// What is left of the field.
struct Pieces<'a> {
    rest: &'a str,
}

impl Pieces<'_> {
    /// The next parameter, as written but for quotes, escapes and comments.
    fn param(&mut self) -> Option<(String, String)> {
        while !self.rest.is_empty() {
            let name = self.until(&['=', ';']).trim().to_ascii_lowercase();
            if self.eat('=') {
                let value = self.until(&[';']);
                self.eat(';');
                if !name.is_empty() {
                    return Some((name, value.trim_ascii().to_owned()));
                }
            } else {
                self.eat(';');
            }
        }
        None
    }

    fn eat(&mut self, sign: char) -> bool {
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Text up to one of `stops` outside quotes and comments, both resolved.
    fn until(&mut self, stops: &[char]) -> String {
        let mut text = String::new();
        let mut state = State::Bare;
        let mut escaped = false;
        for (at, sign) in self.rest.char_indices() {
            match state {
                State::Bare if stops.contains(&sign) => {
                    self.rest = &self.rest[at..];
                    return text;
                }
                State::Bare if sign == '"' => state = State::Quoted,
                // A parenthesis inside an unquoted file name is wrong, but no comment: those follow a blank.
                State::Bare if sign == '(' && text.chars().last().is_none_or(char::is_whitespace) => {
                    state = State::Comment(1)
                }
                State::Bare => text.push(sign),
                State::Quoted | State::Comment(_) if !escaped && sign == '\\' => {
                    escaped = true;
                    continue;
                }
                State::Quoted if !escaped && sign == '"' => state = State::Bare,
                State::Quoted => text.push(sign),
                State::Comment(depth) if !escaped && sign == '(' => state = State::Comment(depth + 1),
                State::Comment(1) if !escaped && sign == ')' => state = State::Bare,
                State::Comment(depth) if !escaped && sign == ')' => state = State::Comment(depth - 1),
                State::Comment(_) => {}
            }
            escaped = false;
        }
        self.rest = "";
        text
    }
}

enum State {
    Bare,
    Quoted,
    Comment(usize),
}
