//! Text that came from a message is hostile: it may hold ANSI escapes, marks that turn the line round, or a megabyte.

use std::io::{self, Write};

use serde::Serialize;

/// Longest text shown, in characters; the whole is in the evidence.
const SHOWN: usize = 600;

/// Text from outside on one line, safe for a terminal and for XML: what could act instead of being read is spelt out
/// (`\u{1b}`, `\n`), and what goes on for too long is cut, saying so.
pub fn shown(text: &str) -> String {
    let cut = text.char_indices().nth(SHOWN).map_or(text.len(), |(at, _)| at);
    match text[cut..].chars().count() {
        0 => spelt(text),
        more => format!("{} [{more} more characters]", spelt(&text[..cut])),
    }
}

/// Text in which what could act instead of being read is spelt out.
pub(super) fn spelt(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if acts(c) {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
    safe
}

/// Writes `value` as one line of JSON in which no character acts on a terminal: same data, those spelt `\uXXXX`.
pub fn json_line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, SpeltOut))?;
    out.write_all(b"\n")
}

/// Whether a character does something rather than being seen: controls, direction and joining marks, invisible fillers,
/// tags, and code points that XML forbids.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// JSON's compact form with acting characters spelt out (serde_json spells those below U+0020 itself).
struct SpeltOut;

impl serde_json::ser::Formatter for SpeltOut {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_spelt_out_and_what_is_read_stays() {
        assert_eq!(shown("perché «sì» €, 東京"), "perché «sì» €, 東京");
        assert_eq!(shown("\x1b[31mred\x1b[0m\r\n\t\0"), r"\u{1b}[31mred\u{1b}[0m\r\n\t\u{0}");
        assert_eq!(shown("invoice\u{202e}fdp.exe\u{9b}2J\u{2066}"), r"invoice\u{202e}fdp.exe\u{9b}2J\u{2066}");
    }

    #[test]
    fn what_is_too_long_is_cut_and_says_so() {
        let cut = shown(&"x".repeat(1_000_000));
        assert_eq!(cut.len(), SHOWN + " [999400 more characters]".len());
        assert!(cut.ends_with(" [999400 more characters]"));
    }

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
