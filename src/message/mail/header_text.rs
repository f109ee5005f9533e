//! A header field as text where its octets allow more than one reading (RFC 5322 2.2 knows ASCII alone, RFC 2047 labels).

use icu_normalizer::ComposingNormalizerBorrowed;

use super::words::{self, Broken};
use crate::message::charset;

/// A header field's text. Raw octets name no charset, a word called ISO-8859-1 may be windows-1252, and one called UTF-8
/// that is none may be either: whoever copied it in one of these readings copied it rightly. A character that was lost to
/// U+FFFD or a question mark is in none of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderText {
    /// The most plausible one first; never empty.
    readings: Vec<String>,
}

impl HeaderText {
    /// The readings of an unfolded field.
    pub(super) fn read(unfolded: &str) -> Self {
        let mut readings = vec![words::decode(unfolded, Broken::Latin1)];
        for broken in [Broken::Replaced, Broken::AsWritten] {
            let other = words::decode(unfolded, broken);
            if !readings.contains(&other) {
                readings.push(other);
            }
        }
        Self { readings }
    }

    /// The text of a field that is not there.
    pub fn empty() -> Self {
        Self { readings: vec![String::new()] }
    }

    /// The most plausible reading.
    pub fn shown(&self) -> &str {
        &self.readings[0]
    }

    /// Whether `text` is what the field says, blanks and folds left aside.
    pub fn reads_as(&self, text: &str) -> bool {
        self.readings.iter().any(|reading| says(reading, text))
    }

    /// Whether the two say the same.
    pub fn same_as(&self, other: &Self) -> bool {
        other.readings.iter().any(|reading| self.reads_as(reading))
    }

    /// What follows a tag in brackets, as mailing lists put one first; `None` where no reading starts with one.
    #[must_use]
    pub fn after_tag(&self) -> Option<Self> {
        let rest =
            |reading: &String| Some(canonical(reading).strip_prefix('[')?.split_once(']')?.1.trim_start().to_owned());
        let readings: Vec<String> = self.readings.iter().filter_map(rest).collect();
        (!readings.is_empty()).then_some(Self { readings })
    }

    /// What follows a prefix and the blanks behind it; `None` where no reading starts with it.
    #[must_use]
    pub fn after(&self, prefix: &str) -> Option<Self> {
        let rest = |reading: &String| {
            // As it stands where that will do: canonical text has lost what XML has no room for.
            let plain = reading.trim_start().strip_prefix(prefix).map(str::to_owned);
            let rest = plain.or_else(|| canonical(reading).strip_prefix(prefix).map(str::to_owned));
            rest.map(|rest| rest.trim_start().to_owned())
        };
        let readings: Vec<String> = self.readings.iter().filter_map(rest).collect();
        (!readings.is_empty()).then_some(Self { readings })
    }
}

/// Whether what is kept of a text in XML, or beside it in a log, says what the text says: blanks and folds left aside, and
/// the characters that XML 1.0 has no room for (2.2 there), for which something else stands there or nothing.
pub fn says(text: &str, kept: &str) -> bool {
    let wanted = canonical(kept);
    let none = |sign: char| matches!(sign, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}');
    canonical(text) == wanted
        || text.contains(none)
            && ["", "?", "\u{fffd}"].iter().any(|instead| canonical(&text.replace(none, instead)) == wanted)
}

/// Text with every run of blanks and control characters as one blank, none at the ends, what ISO-8859-1 has no text for
/// as windows-1252 has it, and in normalisation form C: what folding, line breaks, XML, a wrong name of a charset and a
/// composed accent may change without changing what is said. No two sequences that are canonically equivalent may be taken
/// for different texts (Unicode 3.2 C6), and RFC 6109 asks for neither form (RFC 6532 3.1 recommends C).
pub fn canonical(text: &str) -> String {
    let text = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    let mut canonical = String::with_capacity(text.len());
    let mut rest = &*text;
    let mut blank = false;
    while let Some(first) = rest.chars().next() {
        let plain = rest.bytes().take_while(u8::is_ascii_graphic).count();
        let (piece, after) = rest.split_at(if plain == 0 { first.len_utf8() } else { plain });
        rest = after;
        let sign = charset::without_c1(first);
        if sign.is_whitespace() || sign.is_control() {
            blank = !canonical.is_empty();
            continue;
        }
        if std::mem::take(&mut blank) {
            canonical.push(' ');
        }
        if plain == 0 { canonical.push(sign) } else { canonical.push_str(piece) }
    }
    canonical
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Mail;

    fn subject(value: &[u8]) -> HeaderText {
        let mail = Mail::read([b"Subject: ", value, b"\r\n\r\n"].concat()).unwrap();
        mail.header_text(mail.root.header("Subject").unwrap())
    }

    #[test]
    fn an_accent_is_the_same_composed_or_not() {
        for (one, other) in [("Perch\u{e9}", "Perche\u{301}"), ("\u{212b}", "\u{c5}"), ("\u{1e69}", "s\u{307}\u{323}")]
        {
            assert!(says(one, other) && says(other, one), "{one}");
        }
        for (one, other) in [("Perch\u{e9}", "Perche"), ("\u{fb01}", "fi"), ("Perch\u{e9}", "Perche\u{300}")] {
            assert!(!says(one, other), "{one}");
        }
    }

    #[test]
    fn raw_octets_read_as_latin_1_windows_1252_and_utf_8_but_never_as_lost() {
        let raw = subject(b"Perch\xe9 l\x92anno \x80 5");
        for right in ["Perché l’anno € 5", "Perché l\u{92}anno \u{80} 5"] {
            assert!(raw.reads_as(right), "{right}");
        }
        for wrong in
            ["Perch\u{fffd} l\u{fffd}anno \u{fffd} 5", "Perch? l?anno ? 5", "Perch l anno 5", "Perché l'anno € 5"]
        {
            assert!(!raw.reads_as(wrong), "{wrong}");
        }
        assert!(subject("Perché".as_bytes()).reads_as("Perché"));
        assert!(!subject("Perché".as_bytes()).reads_as("PerchÃ©"));
    }

    #[test]
    fn a_word_reads_as_its_charset_and_as_what_is_written_under_its_name() {
        let labelled = subject(b"=?iso-8859-1?Q?l=92anno?=");
        assert!(labelled.reads_as("l’anno") && labelled.reads_as("l\u{92}anno") && !labelled.reads_as("l anno"));
        let broken = subject(b"=?utf-8?Q?Perch=E9?= no");
        assert!(broken.reads_as("Perché no") && broken.reads_as("Perch\u{fffd} no") && !broken.reads_as("Perch no"));
        assert_eq!(broken.shown(), "Perché no");
        assert!(broken.reads_as("=?utf-8?Q?Perch=E9?= no"));
        // RFC 2047 5: what touches other text is no encoded word, and many decode it all the same.
        let touching = subject(b"\"=?utf-8?Q?ciao?=\"");
        assert!(touching.reads_as("\"ciao\"") && touching.reads_as("\"=?utf-8?Q?ciao?=\""));
        assert!(!subject(b"=?utf-8?Q?ciao?=").reads_as("=?utf-8?Q?ciao?="));
    }

    #[test]
    fn two_fields_and_what_follows_a_prefix_are_compared_in_every_reading() {
        let outer = subject(b"POSTA CERTIFICATA:  =?iso-8859-1?Q?l=92anno?=").after("POSTA CERTIFICATA:").unwrap();
        assert!(outer.same_as(&subject(b"l\x92anno")) && !outer.same_as(&subject(b"l anno")));
        assert!(outer.after("CONSEGNA:").is_none());
        assert!(HeaderText::empty().reads_as(" "));
    }

    #[test]
    fn what_xml_has_no_room_for_may_be_replaced_and_nothing_else() {
        let text = "a\u{1b}[2J\u{202e}";
        assert!(
            ["a\u{fffd}[2J\u{202e}", "a [2J\u{202e}", "a[2J\u{202e}", "a?[2J\u{202e}"]
                .iter()
                .all(|kept| says(text, kept))
        );
        assert!(["a\u{fffd}[2J\u{fffd}", "a[2J", "\u{fffd}[2J\u{202e}"].iter().all(|kept| !says(text, kept)));
        assert!(!says("è", "\u{fffd}") && !says("è", "?"));
    }

    #[test]
    fn folds_and_control_characters_do_not_make_a_difference() {
        assert_eq!(canonical(" Contratto\r\n\tn.\u{0}42 "), "Contratto n. 42");
    }
}
