//! Whether a text tells a fact, whatever its wording.

use std::{borrow::Cow, collections::HashSet, sync::OnceLock};

use memchr::memmem;

use crate::message::{Message, html::Page};

use super::{listing::named, spelling::collapsed};

/// The versions of a message's readable text, decoded when first asked for.
#[derive(Debug, Default)]
pub struct Texts {
    plain: OnceLock<Option<Plain>>,
    html: OnceLock<Option<Html>>,
}

/// The plain version.
#[derive(Debug)]
pub struct Plain {
    /// As it is written, line by line.
    pub lines: String,
    /// What a reader sees of it.
    pub text: Text,
}

/// The HTML version.
#[derive(Debug)]
pub struct Html {
    /// As it is written.
    pub written: String,
    /// As it was read.
    pub page: Page,
    /// What a reader sees of it.
    pub text: Text,
}

impl Texts {
    /// The text/plain; `None` where there is none or its charset or transfer encoding is unknown or broken.
    pub fn plain(&self, message: &Message) -> Option<&Plain> {
        let read = || {
            let lines = message.mail.text(message.parts.plain.as_ref()?)?;
            let text = Text::plain(&lines);
            Some(Plain { lines, text })
        };
        self.plain.get_or_init(read).as_ref()
    }

    /// The text/html, likewise.
    pub fn html(&self, message: &Message) -> Option<&Html> {
        let read = || {
            let written = message.mail.text(message.parts.html.as_ref()?)?;
            let page = Page::read(&written);
            let text = Text::plain(&page.shown);
            Some(Html { written, page, text })
        };
        self.html.get_or_init(read).as_ref()
    }
}

/// A text as a reader sees it: line breaks and indentation gone.
#[derive(Debug)]
pub struct Text {
    shown: String,
    lower: String,
    /// The words of a long text that stand by themselves, in lower case: of twenty thousand recipients each is found at once.
    apart: OnceLock<HashSet<Box<str>>>,
}

/// Octets from which on remembering a text's words pays: in a shorter one looking for each is faster.
const LONG: usize = 16 << 10;

/// What a word or an address is made of, beside letters and digits.
const OF_WORDS: &str = "_-+@.";

impl Text {
    /// What is written there, as a text/plain has it.
    pub fn plain(text: &str) -> Self {
        let shown = without_breaks(&collapsed(text)).into_owned();
        let lower = shown.to_ascii_lowercase();
        Self { shown, lower, apart: OnceLock::new() }
    }

    /// Whether it has this word, letter case ignored: `10:30:00` is not in `110:30:00`, nor one address in a longer one.
    pub fn has_word(&self, word: &str) -> bool {
        let is_apart = || self.apart().contains(&*word.to_ascii_lowercase());
        self.lower.len() >= LONG && is_apart() || self.words(word).next().is_some()
    }

    fn apart(&self) -> &HashSet<Box<str>> {
        let split = || self.lower.split(|c: char| !c.is_alphanumeric() && !OF_WORDS.contains(c));
        let words = || split().map(|word| word.trim_end_matches('.')).filter(|word| !word.is_empty());
        self.apart.get_or_init(|| words().map(Box::from).collect())
    }

    /// Whether it has this number, as `5.1.1`: no digit before or after, by itself or behind a dot, makes it another one.
    pub fn has_number(&self, number: &str) -> bool {
        self.lower.match_indices(number).any(|(at, _)| {
            let (mut before, mut after) = (self.lower[..at].chars().rev(), self.lower[at + number.len()..].chars());
            let continues = |next: &mut dyn Iterator<Item = char>| match next.next() {
                Some('.') => next.next().is_some_and(|c| c.is_ascii_digit()),
                other => other.is_some_and(|c| c.is_ascii_digit()),
            };
            !number.is_empty() && !continues(&mut before) && !continues(&mut after)
        })
    }

    /// Whether these letters stand in it somewhere, letter case ignored.
    pub fn mentions(&self, letters: &str) -> bool {
        self.lower.contains(&letters.to_ascii_lowercase())
    }

    /// Where this word ends, each time.
    fn words(&self, word: &str) -> impl Iterator<Item = usize> {
        let word = word.to_ascii_lowercase();
        let length = word.len();
        let found = (length > 0).then(|| memmem::find_iter(self.lower.as_bytes(), &word).collect::<Vec<_>>());
        found.unwrap_or_default().into_iter().filter_map(move |at| {
            let (before, after) = (&self.lower[..at], &self.lower[at + length..]);
            let continues_before = before.ends_with(|c: char| c.is_alphanumeric() || OF_WORDS.contains(c));
            let mut next = after.chars();
            let continues_after = match next.next() {
                Some('.') => next.next().is_some_and(char::is_alphanumeric),
                Some(c) => c.is_alphanumeric() || "_-@".contains(c),
                None => false,
            };
            (!continues_before && !continues_after).then_some(at + length)
        })
    }

    /// Whether it has this text as far as ISO-8859-1 can write it: what it cannot may be replaced by anything.
    pub fn has_latin1(&self, text: &str) -> bool {
        let (mut rest, text) = (&*self.shown, without_breaks(text));
        text.split(|c: char| c > '\u{ff}').map(str::trim).filter(|piece| !piece.is_empty()).all(|piece| {
            rest.find(piece).is_some_and(|at| {
                rest = &rest[at + piece.len()..];
                true
            })
        })
    }
}

/// Without the signs that only say where a long word may be broken: nobody sees them.
fn without_breaks(text: &str) -> Cow<'_, str> {
    const UNSEEN: [char; 6] = ['\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'];
    if text.is_ascii() { text.into() } else { text.replace(UNSEEN, "").into() }
}

/// Whether the text says of an address that it is of this typology, and not of the other, where it lists it.
pub fn tells_typology(text: &Text, address: &str, typology: &str) -> bool {
    const FARTHEST: usize = 60;
    text.words(address).any(|end| {
        // What follows, as far as the next address.
        let after: String = text.lower[end..].chars().take(FARTHEST).take_while(|c| *c != '@').collect();
        named(&after).next() == Some(typology)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole_in_any_letter_case() {
        let short = "il 02/03/2026 alle 09:30:00 (+0100)\n  da \"Mario@Alfa.example\".";
        let long = format!("{} {short}", "parola ".repeat(LONG));
        for text in [short, &long].map(Text::plain) {
            for word in ["02/03/2026", "09:30:00", "+0100", "mario@alfa.example"] {
                assert!(text.has_word(word), "{word}");
            }
            for word in ["2/03/2026", "9:30:00", "ario@alfa.example", "mario@alfa", "02/03/202", ""] {
                assert!(!text.has_word(word), "{word}");
            }
        }
    }

    #[test]
    fn where_a_word_may_be_broken_is_no_part_of_it() {
        let text = Text::plain("da mario\u{200b}@alfa.\u{ad}example, \"Con\u{ad}tratto\"");
        assert!(
            text.has_word("mario@alfa.example") && text.has_latin1("Contratto") && text.has_latin1("Con\u{ad}tratto")
        );
        assert!(!text.has_word("mario@alfa"));
    }

    #[test]
    fn a_number_may_touch_signs_and_letters_and_no_digits() {
        for text in ["[5.1.1-Bravo]", "5.1.1.", "codice5.1.1", "5.1.1 – x", "v.5.1.1"] {
            assert!(Text::plain(text).has_number("5.1.1"), "{text}");
        }
        for text in ["5.1.10", "15.1.1", "5.1.1.2", "2.5.1.1", ""] {
            assert!(!Text::plain(text).has_number("5.1.1"), "{text}");
        }
    }

    #[test]
    fn a_subject_may_lose_what_latin_1_cannot_write_and_nothing_else() {
        let text = Text::plain("il messaggio \"Perché ? 10\" proveniente");
        assert!(text.has_latin1("Perché € 10"));
        assert!(!text.has_latin1("Perché € 11"));
        assert!(!Text::plain("il messaggio \"Perch? 10\"").has_latin1("Perché 10"));
    }

    #[test]
    fn the_typology_is_the_one_after_the_address() {
        let text = Text::plain("anna@bravo.example (\"posta certificata\")\ncarla@posta.example (\"posta ordinaria\")");
        assert!(tells_typology(&text, "anna@bravo.example", "certificata"));
        assert!(tells_typology(&text, "carla@posta.example", "ordinaria"));
        assert!(!tells_typology(&text, "anna@bravo.example", "ordinaria"));
        assert!(!tells_typology(&text, "carla@posta.example", "certificata"));
    }
}
