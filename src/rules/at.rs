//! Saying where a finding is: `at::header("Subject")`.

use super::{Location, Piece, Spot};

/// A header field of the message.
pub fn header(field: impl Into<String>) -> Location {
    Spot::Header { field: field.into(), nth: 1, of: None }.into()
}

/// A part of the message.
pub fn part(piece: Piece) -> Location {
    Spot::Part { piece, path: None }.into()
}

/// An element or attribute of daticert.xml, such as `postacert/dati/data/@zona`.
pub fn xml(path: impl Into<String>) -> Location {
    Spot::Xml { path: path.into(), line: None, column: None }.into()
}

/// A field or an extension of the certificate.
pub fn certificate(field: impl Into<String>) -> Location {
    Spot::Certificate { field: Some(field.into()) }.into()
}

/// A server's answer to a command.
pub fn answer_to(command: &str) -> Location {
    Spot::Session { answer: command.to_owned() }.into()
}

/// A record of the directory.
pub fn record(dn: &str) -> Location {
    Spot::Record { dn: dn.to_owned(), line: None }.into()
}
