//! Lists of addresses in a readable text, as the lines show them: which addresses, and of which typology.

use std::collections::HashMap;

use super::spelling::is_bare_address;

/// Words that a list has beside its addresses.
const BESIDE: [&str; 16] = [
    "posta",
    "certificata",
    "ordinaria",
    "certificato",
    "ordinario",
    "esterno",
    "pec",
    "tipo",
    "tipologia",
    "destinatario",
    "to",
    "cc",
    "a",
    "e",
    "ed",
    "o",
];

/// The addresses of each run of lines that hold addresses, their bullets and typology and nothing else.
pub(super) fn lists(text: &str) -> Vec<Vec<&str>> {
    let mut lists: Vec<Vec<&str>> = vec![Vec::new()];
    for line in text.lines() {
        match (only_addresses(line), lists.last_mut()) {
            (Some(found), Some(list)) => list.extend(found),
            _ => lists.push(Vec::new()),
        }
    }
    lists.retain(|list| !list.is_empty());
    lists
}

/// The addresses of a line that holds nothing else.
fn only_addresses(line: &str) -> Option<Vec<&str>> {
    let mut found = Vec::new();
    for word in words(line) {
        if is_bare_address(word) {
            found.push(word);
        } else if word.chars().any(char::is_alphabetic) && !BESIDE.iter().any(|known| word.eq_ignore_ascii_case(known))
        {
            return None;
        }
    }
    (!found.is_empty()).then_some(found)
}

/// What a list's line is made of, punctuation and bullets around it left aside.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let parts = |c: char| {
        c.is_whitespace()
            || matches!(c, ',' | ';' | '(' | ')' | '[' | ']' | '{' | '}' | '"' | '\'' | '<' | '>' | '|' | '=')
    };
    let split = line.split(parts);
    split
        .map(|word| word.trim_start_matches(['-', '*', '+', '•', '·', '–', ':']).trim_end_matches(['.', ':', '-']))
        .filter(|word| !word.is_empty())
}

/// What the lines say of each address, in lower case: `certificata` or `ordinaria`, after it on its line, else before it
/// there, else in the line above the list that it stands in. What is first said of an address counts.
pub(super) fn typologies(text: &str) -> HashMap<String, &'static str> {
    let mut told = HashMap::new();
    let mut heading = None;
    for line in text.lines() {
        let addresses: Vec<(usize, &str)> =
            words(line).filter(|word| is_bare_address(word)).map(|word| (offset(line, word), word)).collect();
        for (number, (at, address)) in addresses.iter().enumerate() {
            let start = number.checked_sub(1).map_or(0, |before| addresses[before].0 + addresses[before].1.len());
            let end = addresses.get(number + 1).map_or(line.len(), |next| next.0);
            let (before, after) = (&line[start..*at], &line[at + address.len()..end]);
            if let Some(typology) = named(after).next().or_else(|| named(before).next_back()).or(heading) {
                told.entry(address.to_lowercase()).or_insert(typology);
            }
        }
        // Another address of the same list leaves the heading standing.
        if addresses.is_empty() {
            let last = line.split(|c: char| !c.is_alphanumeric()).rfind(|word| !word.is_empty()).unwrap_or_default();
            heading =
                named(line).next().filter(|first| named(last).next().is_some() && named(line).all(|it| it == *first));
        } else if only_addresses(line).is_none() {
            heading = None;
        }
    }
    told
}

/// Where a word that was found in a line stands in it.
fn offset(line: &str, word: &str) -> usize {
    word.as_ptr().addr() - line.as_ptr().addr()
}

/// Words for either typology, beside those of the norm's models: freely worded texts use those of daticert.xml too.
const CERTIFIED: [&str; 3] = ["certificata", "certificato", "pec"];
const ORDINARY: [&str; 4] = ["ordinaria", "ordinario", "esterno", "esterna"];

/// Each typology that a text names, as `certificata` or `ordinaria`, in order.
pub(super) fn named(text: &str) -> impl DoubleEndedIterator<Item = &'static str> {
    let mut told = Vec::new();
    let mut before = "";
    // A word that is part of an address names nothing.
    let parts = |c: char| !c.is_alphanumeric() && !"@._-".contains(c);
    for word in text.split(parts).map(|word| word.trim_matches(['.', '-', '_'])).filter(|word| !word.is_empty()) {
        let is_one = |words: &[&str]| words.iter().any(|known| word.eq_ignore_ascii_case(known));
        if is_one(&CERTIFIED) {
            told.push(if before.eq_ignore_ascii_case("non") { "ordinaria" } else { "certificata" });
        } else if is_one(&ORDINARY) {
            told.push("ordinaria");
        }
        before = word;
    }
    told.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_lines_of_addresses_and_nothing_else() {
        let text = "Il giorno 02/03/2026 il messaggio proveniente da \"mario@alfa.example\"\ned indirizzato a:\n\
            - anna@bravo.example (\"posta certificata\")\n* carla@posta.example (\"posta ordinaria\");\n\
            è stato accettato. Scrivere a aiuto@alfa.example\nIdentificativo: x@alfa.example\n\
            1. dario@bravo.example, <elio@bravo.example>.\n";
        assert_eq!(
            lists(text),
            [vec!["anna@bravo.example", "carla@posta.example"], vec!["dario@bravo.example", "elio@bravo.example"]]
        );
        assert!(lists("nessuno\n\n- \n(posta certificata)\n").is_empty());
    }

    #[test]
    fn the_typology_stands_after_before_or_above() {
        let told = |text: &str, address: &str| typologies(text).get(address).copied();
        let after = "a:\nanna@bravo.example (\"posta certificata\") carla@posta.example (\"posta ordinaria\")";
        let before = "posta certificata: anna@bravo.example\nposta ordinaria: carla@posta.example";
        let above =
            "Posta certificata:\n- dario@bravo.example\n- anna@bravo.example\nPosta ordinaria:\ncarla@posta.example";
        let in_other_words = "- anna@bravo.example [certificato]\n- carla@posta.example (posta non certificata)\n";
        let short = "anna@bravo.example (PEC), carla@posta.example (esterno)";
        let above_in_others =
            "Non certificati:\nDestinatari PEC:\nanna@bravo.example\nPosta non certificata:\ncarla@posta.example";
        for text in [after, before, above, in_other_words, short, above_in_others] {
            assert_eq!(told(text, "anna@bravo.example"), Some("certificata"), "{text}");
            assert_eq!(told(text, "carla@posta.example"), Some("ordinaria"), "{text}");
        }
        assert_eq!(told("Posta certificata\nciao\nanna@bravo.example", "anna@bravo.example"), None);
        assert_eq!(
            told("Posta certificata\nanna@bravo.example (posta ordinaria)", "anna@bravo.example"),
            Some("ordinaria")
        );
        assert_eq!(told("joanna@bravo.example (posta ordinaria)", "anna@bravo.example"), None);
        assert_eq!(told("ufficio.pec@alfa.example ed anna@bravo.example", "anna@bravo.example"), None);
        assert_eq!(told("Accettato da Alfa PEC S.p.A.\nanna@bravo.example", "anna@bravo.example"), None);
    }
}
