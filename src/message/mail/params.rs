//! `value; name=value` fields: Content-Type and Content-Disposition (RFC 2045 5.1, RFC 2183, RFC 2231).
//!
//! mail-parser forgets the charset after the first segment of a continued parameter, which garbles long file names in
//! ISO-8859-1; so the segments are put together here, and only then decoded.

use std::{borrow::Cow, collections::BTreeMap};

use memchr::memchr2;

use super::words::{self, Broken};
use crate::message::charset;

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
    let value = pieces.until(&[';']).to_ascii_lowercase();
    let mut plain = Vec::new();
    let mut extended: BTreeMap<String, BTreeMap<u32, Segment>> = BTreeMap::new();
    for (name, value) in std::iter::from_fn(|| pieces.param()).take(MAX_PARAMS) {
        match name.split_once('*') {
            None => plain.push((name, words::decode(&value, Broken::Latin1))),
            Some((base, suffix)) => {
                let (index, percent) =
                    suffix.strip_suffix('*').map_or((suffix, suffix.is_empty()), |index| (index, true));
                let index = if index.is_empty() { Some(0) } else { index.parse().ok() };
                if let Some(index) = index {
                    let value = value.into_owned();
                    let segment = if percent { Segment::Percent(value) } else { Segment::Plain(value) };
                    extended.entry(base.to_owned()).or_default().entry(index).or_insert(segment);
                }
            }
        }
    }
    plain.splice(..0, extended.into_iter().filter_map(|(name, segments)| Some((name, join(&segments)?))));
    Parameterised { value, params: plain }
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
                        charset = charset::decoder(name);
                        text = rest;
                    }
                }
                percent_decode(text, &mut bytes);
            }
        }
    }
    segments.contains_key(&0).then(|| match charset {
        Some(decode) => decode(&bytes),
        None => charset::plausible(&bytes).into_owned(),
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

impl<'a> Pieces<'a> {
    /// The next parameter, as written but for quotes, escapes and comments.
    fn param(&mut self) -> Option<(String, Cow<'a, str>)> {
        while !self.rest.is_empty() {
            let name = self.until(&['=', ';']).to_ascii_lowercase();
            if self.eat('=') {
                let value = self.until(&[';']);
                self.eat(';');
                if !name.is_empty() {
                    return Some((name, value));
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

    /// The same where it is a bare word or one in quotes, without escapes and comments: nearly always.
    fn plain_until(&mut self, stops: &[char]) -> Option<&'a str> {
        let rest = self.rest.trim_start();
        let ends = |octet: u8| matches!(octet, b'"' | b'(') || stops.contains(&char::from(octet));
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => {
                quoted.split_at(memchr2(b'"', b'\\', quoted.as_bytes()).filter(|&at| quoted.as_bytes()[at] == b'"')?)
            }
            None => rest.split_at(rest.bytes().position(ends).unwrap_or(rest.len())),
        };
        let quoted = word.len() < rest.len() && rest.starts_with('"');
        let after = if quoted { after[1..].trim_start() } else { after };
        if !after.is_empty() && !after.starts_with(stops) {
            return None;
        }
        self.rest = after;
        Some(if quoted { word } else { word.trim_end() })
    }

    /// Text up to one of `stops` outside quotes and comments, both resolved; blanks at its ends count only if quoted.
    fn until(&mut self, stops: &[char]) -> Cow<'a, str> {
        if let Some(plain) = self.plain_until(stops) {
            return Cow::Borrowed(plain);
        }
        let mut text = String::new();
        let mut quoted_end = 0;
        let mut state = State::Bare;
        let mut escaped = false;
        let mut end = self.rest.len();
        for (at, sign) in self.rest.char_indices() {
            match state {
                State::Bare if stops.contains(&sign) => {
                    end = at;
                    break;
                }
                State::Bare if sign == '"' => state = State::Quoted,
                // A parenthesis inside an unquoted file name is wrong, but no comment: those follow a blank.
                State::Bare if sign == '(' && text.chars().last().is_none_or(char::is_whitespace) => {
                    state = State::Comment(1);
                }
                State::Bare if text.is_empty() && sign.is_whitespace() => {}
                State::Quoted | State::Comment(_) if !escaped && sign == '\\' => {
                    escaped = true;
                    continue;
                }
                State::Quoted if !escaped && sign == '"' => {
                    quoted_end = text.len();
                    state = State::Bare;
                }
                State::Bare | State::Quoted => text.push(sign),
                State::Comment(depth) if !escaped && sign == '(' => state = State::Comment(depth + 1),
                State::Comment(1) if !escaped && sign == ')' => state = State::Bare,
                State::Comment(depth) if !escaped && sign == ')' => state = State::Comment(depth - 1),
                State::Comment(_) => {}
            }
            escaped = false;
        }
        self.rest = &self.rest[end..];
        text.truncate(text.trim_end().len().max(quoted_end));
        Cow::Owned(text)
    }
}

enum State {
    Bare,
    Quoted,
    Comment(usize),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn param(field: &str, name: &str) -> Option<String> {
        read(field).params.into_iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    #[test]
    fn value_and_names_are_in_lower_case_and_quotes_and_comments_are_gone() {
        let field = r#"Text/Plain (of course); CharSet="ISO-8859-1" (Latin); name="a \"b\"; (c).txt";"#;
        let read = read(field);
        assert_eq!(read.value, "text/plain");
        let pairs: Vec<_> = read.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("charset", "ISO-8859-1"), ("name", r#"a "b"; (c).txt"#)]);
    }

    #[test]
    fn an_unquoted_name_with_blanks_is_read_to_its_end() {
        assert_eq!(param("application/pdf; name=il mio file(1).pdf; x=y", "name").unwrap(), "il mio file(1).pdf");
    }

    #[test]
    fn continuations_are_joined_before_they_are_decoded() {
        let latin1 = "attachment; filename*1*=%E8.pdf; filename*0*=iso-8859-1'it'Perch%E8%20; filename=short.pdf";
        assert_eq!(param(latin1, "filename").unwrap(), "Perchè è.pdf");
        let cut = "attachment; filename*0*=utf-8''citt%C3; filename*1*=%A0; filename*2=\" 100%.pdf\"";
        assert_eq!(param(cut, "filename").unwrap(), "città 100%.pdf");
        assert_eq!(param("attachment; filename*=utf-8''%E2%82%AC.txt", "filename").unwrap(), "€.txt");
    }

    #[test]
    fn percent_octets_without_a_charset_are_not_lost() {
        assert_eq!(param("attachment; filename*=''citt%E0.txt", "filename").unwrap(), "città.txt");
        assert_eq!(param("attachment; filename*0*=citt%C3; filename*1*=%A0", "filename").unwrap(), "città");
    }

    #[test]
    fn quotes_and_comments_end_where_they_end() {
        assert_eq!(param("a; name=\"b;c\" ; x=y", "name").unwrap(), "b;c");
        assert_eq!(param("a; name=\"b\"c; x=y", "name").unwrap(), "bc");
        assert_eq!(param("a; name=\" b \" (d; e) ; x=y", "name").unwrap(), " b ");
        assert_eq!(param("a; name=\"b; x=y", "name").unwrap(), "b; x=y");
        assert_eq!(param("a; name= b (c) ; x=y", "x").unwrap(), "y");
        assert_eq!(param("a ; name=\"\"; x=y", "name").unwrap(), "");
    }

    #[test]
    fn a_gap_ends_a_continuation_and_a_missing_start_leaves_none() {
        assert_eq!(param("a; name*0=x; name*2=z", "name").unwrap(), "x");
        assert_eq!(param("a; name*1=x", "name"), None);
        assert_eq!(param("a; name*nonsense=x", "name"), None);
    }

    #[test]
    fn encoded_words_in_quotes_are_decoded() {
        let field = "a; name=\"=?utf-8?q?citt=C3=A0?= =?utf-8?q?=2Epdf?=\"";
        assert_eq!(param(field, "name").unwrap(), "città.pdf");
    }

    #[test]
    fn hostile_fields_end_soon() {
        for field in [";".repeat(100_000), "(".repeat(100_000), "a*0=;".repeat(100_000), "\\\"".repeat(100_000)] {
            assert!(read(&field).params.len() <= MAX_PARAMS);
        }
        assert_eq!(param("a; b=%; c*=%zz%4", "c").unwrap(), "%zz%4");
    }
}
