//! Text from outside, made fit to be shown: it may hold ANSI escapes, marks that turn the line round, a line end that
//! forges a result, or a megabyte.

use std::path::Path;

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

/// Text in which what could act instead of being read is spelt out, as long as it may be.
pub fn spelt(text: &str) -> String {
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

/// A path as text that JSON and terminals take: octets that are no UTF-8 are spelt `\xff`, the rest stands as it is.
pub fn path_text(path: &Path) -> String {
    path.as_os_str().as_encoded_bytes().utf8_chunks().fold(String::new(), |mut text, chunk| {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|octet| format!("\\x{octet:02x}")));
        text
    })
}

/// A path on one line, safe for a terminal.
pub fn shown_path(path: &Path) -> String {
    shown(&path_text(path))
}

/// Whether a character does something rather than being seen: controls, direction and joining marks, invisible fillers,
/// tags, and code points that XML forbids.
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
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

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_no_utf_8_keeps_what_is_and_spells_the_rest() {
        use std::os::unix::ffi::OsStrExt as _;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"perch\xc3\xa9\xff\n.eml"));
        assert_eq!(path_text(path), "perché\\xff\n.eml");
        assert_eq!(shown_path(path), r"perché\xff\n.eml");
    }
}
