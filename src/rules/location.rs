//! Where in its subject a finding is.

use std::{fmt, ops::Range};

use schemars::JsonSchema;
use serde::Serialize;

/// Where in its subject a finding is, and which bytes show it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, JsonSchema)]
pub struct Location {
    /// Where.
    #[serde(flatten)]
    pub spot: Spot,
    /// More closely, in words: `after the prefix`, `parameter protocol`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The bytes of the message, where there are any to point at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
}

/// A place in a subject.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(tag = "in", rename_all = "kebab-case")]
pub enum Spot {
    /// A header field.
    Header {
        /// Its name.
        field: String,
        /// Which of those of this name, from 1.
        nth: usize,
        /// The part whose header it is; the message's own where there is none.
        #[serde(skip_serializing_if = "Option::is_none")]
        of: Option<Piece>,
    },
    /// A part of the message.
    Part {
        /// Which, by what it is for.
        piece: Piece,
        /// Its place in the tree of parts, such as `1.2`.
        #[serde(skip_serializing_if = "Option::is_none")]
        path: Option<String>,
    },
    /// An element or attribute of daticert.xml.
    Xml {
        /// Its path, such as `postacert/dati/data/@zona`.
        path: String,
        /// Its line in the file, from 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        line: Option<u32>,
        /// Its column, from 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        column: Option<u32>,
    },
    /// A certificate, or something in it.
    Certificate {
        /// What, such as `keyUsage`.
        #[serde(skip_serializing_if = "Option::is_none")]
        field: Option<String>,
    },
    /// An SMTP session.
    Session {
        /// What was answered.
        answer: String,
    },
    /// A record of the directory.
    Record {
        /// Its distinguished name.
        dn: String,
        /// The line of the file, from 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        line: Option<usize>,
    },
    /// Anything else, in words.
    Words {
        /// The words.
        text: String,
    },
}

/// A part of a message, by what it is for (RFC 6109 4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Piece {
    /// What the signature covers.
    Signed,
    /// The signature.
    Signature,
    /// The readable text as text/plain.
    Plain,
    /// The readable text as text/html.
    Html,
    /// The certification data.
    Daticert,
    /// The original message.
    Original,
}

/// Bytes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, JsonSchema)]
pub struct Span {
    /// The first, from 0.
    pub offset: usize,
    /// How many.
    pub length: usize,
}

impl Location {
    /// More closely, in words.
    #[must_use]
    pub fn detail(mut self, words: impl Into<String>) -> Self {
        self.detail = Some(words.into());
        self
    }

    /// Whether it is in the message's own header, outside what is signed, but for what says how its body is read.
    pub(super) fn is_outside(&self) -> bool {
        let of_body = |field: &str| {
            field.eq_ignore_ascii_case("MIME-Version")
                || field.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("Content-"))
        };
        match &self.spot {
            Spot::Header { field, of: None, .. } => !of_body(field),
            Spot::Words { text } => text.starts_with("header"),
            _ => false,
        }
    }

    /// A field of a part's header, not of the message's.
    #[must_use]
    pub fn of(mut self, piece: Piece) -> Self {
        if let Spot::Header { of, .. } = &mut self.spot {
            *of = Some(piece);
        }
        self
    }

    /// Another field of the name than the first, from 1.
    #[must_use]
    pub fn nth(mut self, number: usize) -> Self {
        if let Spot::Header { nth, .. } = &mut self.spot {
            *nth = number;
        }
        self
    }

    /// At a line of the file.
    #[must_use]
    pub fn at_line(mut self, number: usize) -> Self {
        if let Spot::Record { line, .. } = &mut self.spot {
            *line = Some(number);
        }
        self
    }
}

impl Span {
    /// From the first byte on, as many as there are on its line.
    pub fn at(offset: usize) -> Self {
        Self { offset, length: 1 }
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self { offset: range.start, length: range.len() }
    }
}

impl From<Spot> for Location {
    fn from(spot: Spot) -> Self {
        Self { spot, detail: None, span: None }
    }
}

impl From<String> for Location {
    fn from(text: String) -> Self {
        Spot::Words { text }.into()
    }
}

impl From<&String> for Location {
    fn from(text: &String) -> Self {
        text.clone().into()
    }
}

impl From<&str> for Location {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.spot.fmt(f)?;
        match &self.detail {
            Some(detail) => write!(f, ", {detail}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Spot::Header { field, nth, of } => {
                if let Some(piece) = of {
                    write!(f, "{piece}, ")?;
                }
                match nth {
                    1 => write!(f, "header {field}"),
                    nth => write!(f, "header {field} (number {nth})"),
                }
            }
            Spot::Part { piece, path: Some(path) } => write!(f, "{piece} (part {path})"),
            Spot::Part { piece, path: None } => piece.fmt(f),
            Spot::Xml { path, line: Some(line), column: Some(column) } => {
                write!(f, "daticert.xml {path}, line {line}, column {column}")
            }
            Spot::Xml { path, .. } => write!(f, "daticert.xml {path}"),
            Spot::Certificate { field: Some(field) } => write!(f, "certificate, {field}"),
            Spot::Certificate { field: None } => f.write_str("certificate"),
            Spot::Session { answer } => write!(f, "the answer to {answer}"),
            Spot::Record { dn, line: Some(line) } => write!(f, "{dn} (line {line})"),
            Spot::Record { dn, line: None } => f.write_str(dn),
            Spot::Words { text } => f.write_str(text),
        }
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Piece::Signed => "signed content",
            Piece::Signature => "signature part",
            Piece::Plain => "text/plain part",
            Piece::Html => "text/html part",
            Piece::Daticert => "daticert.xml",
            Piece::Original => "postacert.eml",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::at;

    #[test]
    fn a_place_reads_as_words() {
        for (location, words) in [
            (at::header("Subject").detail("after the prefix"), "header Subject, after the prefix"),
            (at::header("Received").nth(3), "header Received (number 3)"),
            (at::header("To").of(Piece::Original), "postacert.eml, header To"),
            (at::part(Piece::Signature), "signature part"),
            (at::xml("postacert/dati/data/@zona"), "daticert.xml postacert/dati/data/@zona"),
            (at::certificate("keyUsage"), "certificate, keyUsage"),
            (at::record("providerName=Alfa,o=postacert").at_line(12), "providerName=Alfa,o=postacert (line 12)"),
            ("the sender's mailbox".into(), "the sender's mailbox"),
        ] {
            assert_eq!(location.to_string(), words);
        }
    }

    #[test]
    fn in_json_a_place_says_what_it_is() {
        let mut location = at::header("Subject");
        location.span = Some((10..31).into());
        let json = serde_json::to_value(&location).unwrap();
        let expected = serde_json::json!(
            {"in": "header", "field": "Subject", "nth": 1, "span": {"offset": 10, "length": 21}}
        );
        assert_eq!(json, expected);
    }
}
