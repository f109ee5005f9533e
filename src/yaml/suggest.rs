//! "Did you mean": the nearest known word.

/// How alike two words are, from 0 to 1. What is longer than any word is like none: to compare takes time by both lengths.
pub fn likeness(given: &str, word: &str) -> f64 {
    const LONGEST: usize = 300;
    if given.len().max(word.len()) > LONGEST { 0.0 } else { strsim::normalized_damerau_levenshtein(given, word) }
}

/// The known word nearest to `given`, if one is near enough to be a slip.
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|word| (likeness(given, word), word))
        .filter(|(likeness, _)| *likeness > 0.6)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, word)| word)
}

/// `unknown role `sendr`; did you mean `sender`?`
pub fn unknown<'a>(what: &str, given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(given, known) {
        Some(near) => format!("unknown {what} `{given}`; did you mean `{near}`?"),
        None => format!("unknown {what} `{given}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::{likeness, nearest};

    #[test]
    fn what_is_no_word_is_like_none() {
        let long = "x".repeat(1_000_000);
        assert!(likeness(&long, &long) < 0.1);
    }

    #[test]
    fn a_slip_is_near_and_another_word_is_not() {
        assert_eq!(nearest("sendr", ["sender", "receiver"]), Some("sender"));
        assert_eq!(nearest("posta", ["sender", "receiver"]), None);
    }
}
