//! JSON in which nothing acts on the terminal that shows it, and references to files.

use std::{
    fmt::Write as _,
    io::{self, Write},
    path::Path,
};

use serde::Serialize;

use crate::shown::acts;

/// Writes `value` as one line of JSON in which no character acts on a terminal: same data, those spelt `\uXXXX`.
pub fn json_line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    write_json(out, value)?;
    out.write_all(b"\n")
}

/// The same without the end of the line.
pub fn write_json(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(out, SpeltOut))?;
    Ok(())
}

/// JSON's compact form with acting characters spelt out (serde_json spells those below U+0020 itself).
struct SpeltOut;

impl serde_json::ser::Formatter for SpeltOut {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.bytes().all(|octet| matches!(octet, b' '..=b'~')) {
            return out.write_all(fragment.as_bytes());
        }
        let mut plain = 0;
        for (at, c) in fragment.char_indices().filter(|(_, c)| acts(*c)) {
            out.write_all(&fragment.as_bytes()[plain..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            plain = at + c.len_utf8();
        }
        out.write_all(&fragment.as_bytes()[plain..])
    }
}

/// A relative reference, or a file URI, percent-encoded (RFC 3986).
pub fn uri(path: &Path) -> String {
    let mut uri = if path.is_absolute() { "file://".to_owned() } else { String::new() };
    for &byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(byte.into());
        } else {
            write!(uri, "%{byte:02X}").expect("a string takes all that is written");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_the_data_and_nothing_that_acts() {
        let hostile = "a\"\\\u{1b}[2J\u{9b}\u{202e}\u{e0041}\u{7f}é\n";
        let mut line = Vec::new();
        json_line(&mut line, &hostile).unwrap();
        let line = String::from_utf8(line).unwrap();
        assert!(line.trim_end_matches('\n').chars().all(|c| !acts(c)), "{line}");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), hostile);
    }
}
