//! The header section of a message being made: fields of our own and inherited ones, in the dialect's order.

use super::{Dialect, fields::Field};

/// Where a field that may be folded is.
const LINE: usize = 76;

/// Header fields: names, each with the octets of all its fields.
#[derive(Default)]
pub(super) struct Header(Vec<(String, Vec<u8>)>);

impl Header {
    /// Adds a field on one line. Line ends and NUL inside `value` become blanks: nobody adds fields through a value.
    pub(super) fn add(&mut self, name: &str, value: impl AsRef<[u8]>) {
        let value = one_line(value.as_ref());
        self.0.push((name.to_owned(), [name.as_bytes(), b": ", &value, b"\r\n"].concat()));
    }

    /// Adds a field whose value is entirely ours, folded where it says so.
    pub(super) fn add_verbatim(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), format!("{name}: {value}\r\n").into_bytes()));
    }

    /// Adds a field of unstructured text, folded at its blanks.
    pub(super) fn add_folded(&mut self, name: &str, value: &[u8]) {
        let mut raw = [name.as_bytes(), b":"].concat();
        fold(&one_line(value), &mut raw);
        raw.extend_from_slice(b"\r\n");
        self.0.push((name.to_owned(), raw));
    }

    /// Adds a field as it stands in another message, folding included; only a bare LF is made a line end.
    pub(super) fn inherit(&mut self, field: &Field<'_>) {
        let at = self.0.iter().position(|(name, _)| field.is(name)).unwrap_or_else(|| {
            self.0.push((field.name.to_owned(), Vec::new()));
            self.0.len() - 1
        });
        let raw = &mut self.0[at].1;
        for line in field.raw.split_inclusive(|&octet| octet == b'\n') {
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            raw.extend_from_slice(text.strip_suffix(b"\r").unwrap_or(text));
            raw.extend_from_slice(b"\r\n");
        }
    }

    /// Writes the section, the empty line at its end included.
    pub(super) fn write(mut self, dialect: Dialect, out: &mut Vec<u8>) {
        let order = dialect.field_order();
        self.0.sort_by_key(|(name, _)| {
            order.iter().position(|known| known.eq_ignore_ascii_case(name)).unwrap_or(order.len())
        });
        for (_, raw) in &self.0 {
            out.extend_from_slice(raw);
        }
        out.extend_from_slice(b"\r\n");
    }
}

fn one_line(value: &[u8]) -> Vec<u8> {
    value.iter().map(|octet| if matches!(octet, b'\r' | b'\n' | 0) { b' ' } else { *octet }).collect()
}

/// Appends blank and value, breaking before blanks that have a word behind them; unfolding gives `value` again.
fn fold(value: &[u8], raw: &mut Vec<u8>) {
    let blank = |octet: &u8| matches!(octet, b' ' | b'\t');
    let mut column = raw.len();
    let mut rest = &[b" ", value].concat()[..];
    let mut first = true;
    while !rest.is_empty() {
        let blanks = rest.iter().take_while(|octet| blank(octet)).count();
        let word = rest[blanks..].iter().take_while(|octet| !blank(octet)).count();
        let (piece, after) = rest.split_at(blanks + word);
        if column + piece.len() > LINE && word > 0 && !first {
            raw.extend_from_slice(b"\r\n");
            column = 0;
        }
        raw.extend_from_slice(piece);
        column += piece.len();
        first = false;
        rest = after;
    }
}

/// A quoted-string (RFC 5322 3.2.4).
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        if matches!(letter, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(if letter.is_control() { ' ' } else { letter });
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::{super::fields::Section, *};

    fn written(header: Header, dialect: Dialect) -> String {
        let mut out = Vec::new();
        header.write(dialect, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_value_cannot_smuggle_a_field_in() {
        let mut header = Header::default();
        header.add("Subject", "a\r\nBcc: x@y.example");
        assert_eq!(written(header, Dialect::Alfa), "Subject: a  Bcc: x@y.example\r\n\r\n");
    }

    #[test]
    fn folding_breaks_at_blanks_and_unfolds_to_the_value() {
        let value = "parola  e ".repeat(30) + &"x".repeat(100) + "   ";
        let mut header = Header::default();
        header.add_folded("Subject", value.as_bytes());
        let written = written(header, Dialect::Bravo);
        let lines: Vec<&str> = written.trim_end_matches("\r\n").split("\r\n").collect();
        assert!(lines.iter().all(|line| line.len() <= LINE || line.contains("xxx")), "{written}");
        assert!(lines.iter().all(|line| !line.trim().is_empty()));
        assert_eq!(lines.concat(), format!("Subject: {value}"));
    }

    #[test]
    fn inherited_fields_keep_their_folding_and_their_order() {
        let original = b"Received: one\r\n\tfolded\r\nTO:  x@y.example\nReceived: two\r\n\r\n";
        let mut header = Header::default();
        for field in Section::read(original).fields() {
            header.inherit(&field);
        }
        header.add("From", "z@y.example");
        assert_eq!(
            written(header, Dialect::Alfa),
            "Received: one\r\n\tfolded\r\nReceived: two\r\nFrom: z@y.example\r\nTO:  x@y.example\r\n\r\n"
        );
    }

    #[test]
    fn a_display_name_is_quoted() {
        assert_eq!(quoted("a\"b\\c\n"), "\"a\\\"b\\\\c \"");
    }
}
