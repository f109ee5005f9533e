//! The terms of certified mail, Italian and English, and what they lead to.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::{
    message::Kind,
    norm::{self, Clause},
    rules::{self, Rule},
    yaml,
};

/// A term, in both languages.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// In Italian.
    pub italian: String,
    /// In English.
    pub english: String,
    /// Other names.
    #[serde(default)]
    pub also: Vec<String>,
    /// The kind of message that it is.
    pub kind: Option<Kind>,
    /// In a sentence or two.
    pub means: Means,
    /// Where the norm speaks of it, by id.
    pub clause: String,
    /// How the ids of rules that ask about it begin.
    #[serde(default)]
    pub rules: Vec<String>,
    /// Folders of scenarios that play it.
    #[serde(default)]
    pub scenarios: Vec<String>,
}

/// What a term means.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Means {
    /// In Italian.
    pub it: String,
    /// In English.
    pub en: String,
}

/// Every term. The file is part of the program: a test reads it.
pub fn terms() -> &'static [Term] {
    static TERMS: LazyLock<Vec<Term>> =
        LazyLock::new(|| yaml::read("terms.yaml", include_str!("terms.yaml"), "a list of terms").unwrap_or_default());
    &TERMS
}

/// The term of this name in either language, whatever its capitals, hyphens and blanks.
pub fn term(name: &str) -> Option<&'static Term> {
    let wanted = plain(name);
    let named =
        |by: fn(&Term) -> Vec<&str>| terms().iter().find(|term| by(term).iter().any(|name| plain(name) == wanted));
    // A message's own name goes before what others are called too.
    named(|term| vec![&term.italian, &term.english])
        .or_else(|| named(|term| term.names().collect()))
        .filter(|_| !wanted.is_empty())
}

impl Term {
    /// Everything that it is called.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let also = self.also.iter().map(String::as_str).chain(self.kind.map(Kind::word));
        [self.italian.as_str(), self.english.as_str()].into_iter().chain(also)
    }

    /// Where the norm speaks of it.
    pub fn clause(&self) -> Option<&'static Clause> {
        norm::clause(&self.clause)
    }

    /// The rules that ask about it.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        rules::all().filter(|rule| self.rules.iter().any(|start| rule.id.starts_with(start.as_str())))
    }
}

/// A name without what people write differently: capitals, hyphens, apostrophes, blanks.
pub(super) fn plain(name: &str) -> String {
    let parts = name.split(|c: char| c.is_whitespace() || matches!(c, '-' | '_' | '\'' | '\u{2019}' | '.'));
    let words: Vec<String> = parts.filter(|part| !part.is_empty()).map(str::to_lowercase).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{catalogue::Catalogue, scenario};

    #[test]
    fn every_term_leads_somewhere_and_no_name_means_two_things() {
        let read: Result<Vec<Term>, _> = yaml::read("terms.yaml", include_str!("terms.yaml"), "");
        assert!(read.is_ok(), "{read:?}");
        let catalogue = Catalogue::load().unwrap();
        let mut names: BTreeMap<String, &str> = BTreeMap::new();
        for term in terms() {
            assert!(term.clause().is_some(), "{}: no clause {}", term.italian, term.clause);
            for start in &term.rules {
                assert!(rules::all().any(|rule| rule.id.starts_with(start.as_str())), "{}: {start}", term.italian);
            }
            for folder in &term.scenarios {
                assert!(!scenario::about(folder).is_empty(), "{}: {folder}", term.italian);
            }
            for meaning in [&term.means.it, &term.means.en] {
                assert!(meaning.ends_with('.'), "{meaning}");
            }
            for name in term.names() {
                let before = names.insert(plain(name), &term.italian);
                assert!(before.is_none_or(|before| before == term.italian), "{name} is {before:?} too");
                assert!(catalogue.find(name).is_empty(), "{name} is an id");
            }
        }
        let kinds: Vec<Kind> = terms().iter().filter_map(|term| term.kind).collect();
        assert!(Kind::ALL.iter().all(|kind| kinds.contains(kind)), "every kind of message is a term");
    }

    #[test]
    fn a_term_is_found_by_either_language_however_it_is_written() {
        for (name, italian) in [
            ("presa-in-carico", "ricevuta di presa in carico"),
            ("Busta di  Anomalia", "busta di anomalia"),
            ("ricevuta di avvenuta consegna", "ricevuta di avvenuta consegna"),
            ("TRANSPORT ENVELOPE", "busta di trasporto"),
            ("server server acceptance", "ricevuta di presa in carico"),
            ("daticert.xml", "dati di certificazione"),
            ("providers’ directory", "indice dei gestori"),
        ] {
            assert_eq!(term(name).map(|term| term.italian.as_str()), Some(italian), "{name}");
        }
        assert!(term("").is_none() && term("-").is_none() && term("busta").is_none());
    }
}
