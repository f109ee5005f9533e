//! The code that Nota 12 gives to errors: an RFC 3463 status code, before anything else in `errore-esteso`.

use std::sync::LazyLock;

use regex::Regex;

static CODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?<code>[245]\.\d{1,3}\.\d{1,3})(?:[^\d.]|\.\D|\.?$)").expect("the expression is right")
});

/// What stands between code, provider and description: a hyphen, an en dash, a comma, a colon or a semicolon beside a blank.
static SEPARATOR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\s+[-–—]\s*|[-–—]\s+|\s*[,:;]\s+").expect("the expression is right"));

/// The code that a description begins with, whatever separates it from the rest.
pub(crate) fn code(description: &str) -> Option<&str> {
    Some(CODE.captures(description)?.name("code")?.as_str())
}

/// What follows the code, in pieces: provider and description, where a separator stands between them.
pub(super) fn pieces(description: &str) -> Vec<&str> {
    let Some(code) = code(description) else { return Vec::new() };
    let rest = description.trim_start()[code.len()..].trim_start_matches(|c: char| !c.is_alphanumeric());
    SEPARATOR.split(rest).map(str::trim).filter(|piece| !piece.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_read_whatever_follows_it() {
        for text in [
            "5.1.1 - Bravo - x",
            "5.1.1, Bravo",
            " 5.1.1: x",
            "5.1.1 – Bravo – x",
            "5.1.1-Bravo",
            "5.1.1 Bravo",
            "5.1.1.",
        ] {
            assert_eq!(code(text), Some("5.1.1"), "{text}");
        }
        assert_eq!(code("5.1.12 - x"), Some("5.1.12"));
        for text in ["", "x 5.1.1", "15.1.1", "5.1", "5.1.1.2 - x", "3.1.1 - x", "5.1.1234 - x"] {
            assert_eq!(code(text), None, "{text}");
        }
    }

    #[test]
    fn provider_and_description_are_two_pieces_whatever_separates_them() {
        let expected = ["Bravo S.r.l.", "casella piena"];
        for separator in [" - ", " – ", ", ", ": ", " : ", "; "] {
            let text = format!("5.2.2{separator}Bravo S.r.l.{separator}casella piena");
            assert_eq!(pieces(&text), expected, "{text}");
        }
        assert_eq!(pieces("5.2.2 Bravo S.r.l. casella piena"), ["Bravo S.r.l. casella piena"]);
        assert_eq!(pieces("5.1.1 - Bravo Auto-Posta S.r.l. - no"), ["Bravo Auto-Posta S.r.l.", "no"]);
        assert!(pieces("5.2.2").is_empty() && pieces("casella piena").is_empty());
    }
}
