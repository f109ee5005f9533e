//! Encoded words (RFC 2047) for text that a header cannot carry as it is.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::transfer::{self, Latin1};

/// A longer run without a blank cannot be folded below the 998 octets of RFC 5322 2.1.1 and is encoded instead.
pub(super) const LONGEST_PLAIN_WORD: usize = 900;

/// Octets or letters inside one word, so that it stays below 62 characters: with the longest field name before it the
/// line still keeps to the 76 of RFC 2047 2.
const WORD: usize = 42;

/// B words, in ISO-8859-1 where that is enough, else in UTF-8; blanks between them, which decoding drops.
pub(super) fn base64(text: &str) -> String {
    let latin1 = text.chars().all(|letter| Latin1::of(letter).is_some());
    let charset = if latin1 { "ISO-8859-1" } else { "UTF-8" };
    let octets = |chunk: &str| if latin1 { transfer::latin1(chunk) } else { chunk.as_bytes().to_vec() };
    let words: Vec<String> = chunks(text, |letter| letter.len_utf8() * 4 / 3 + 1)
        .iter()
        .map(|chunk| format!("=?{charset}?B?{}?=", STANDARD.encode(octets(chunk))))
        .collect();
    words.join(" ")
}

/// Q words in UTF-8; blanks between them, which decoding drops.
pub(super) fn q(text: &str) -> String {
    let words: Vec<String> = chunks(text, |letter| if q_plain(letter) { 1 } else { letter.len_utf8() * 3 })
        .iter()
        .map(|chunk| format!("=?UTF-8?Q?{}?=", q_encoded(chunk)))
        .collect();
    words.join(" ")
}

/// Whether a letter stands for itself, or by one other, in the alphabet that RFC 2047 5 (3) allows everywhere.
fn q_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, ' ' | '!' | '*' | '+' | '-' | '/')
}

fn q_encoded(chunk: &str) -> String {
    let mut encoded = String::with_capacity(WORD);
    for letter in chunk.chars() {
        if letter == ' ' {
            encoded.push('_');
        } else if q_plain(letter) {
            encoded.push(letter);
        } else {
            for octet in letter.encode_utf8(&mut [0; 4]).bytes() {
                write!(encoded, "={octet:02X}").expect("a string takes all that is written to it");
            }
        }
    }
    encoded
}

/// `text` cut between letters into pieces that cost [`WORD`] at most.
fn chunks(text: &str, cost: impl Fn(char) -> usize) -> Vec<&str> {
    let mut chunks = Vec::new();
    let (mut start, mut spent) = (0, 0);
    for (at, letter) in text.char_indices() {
        let cost = cost(letter);
        if spent + cost > WORD {
            chunks.push(&text[start..at]);
            (start, spent) = (at, 0);
        }
        spent += cost;
    }
    if start < text.len() {
        chunks.push(&text[start..]);
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(value: &str) -> String {
        let message = format!("Subject: {value}\r\n\r\n");
        mail_parser::MessageParser::new().parse(message.as_bytes()).unwrap().subject().unwrap().to_owned()
    }

    #[test]
    fn b_words_choose_the_smallest_charset() {
        assert_eq!(base64("Perché no"), "=?ISO-8859-1?B?UGVyY2jpIG5v?=");
        assert_eq!(base64("5 €"), "=?UTF-8?B?NSDigqw=?=");
    }

    #[test]
    fn q_words_escape_everything_but_the_safest_letters() {
        assert_eq!(q("Però: (a_b)?"), "=?UTF-8?Q?Per=C3=B2=3A_=28a=5Fb=29=3F?=");
    }

    #[test]
    fn long_text_is_cut_between_letters_and_decodes_to_itself() {
        let text = "Così è (se vi pare), così è; la «città» dell’€ 日本語 ".repeat(20);
        for words in [base64(&text), q(&text)] {
            assert!(words.split(' ').all(|word| word.len() <= 62), "{words}");
            assert_eq!(decoded(&words), text);
        }
    }
}
