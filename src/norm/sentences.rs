//! Which clause each sentence of the norm comes to: `sentences.tsv`, read.
//!
//! The text of RFC 6109 is not here: a sentence with a key word of RFC 2119 is known by its section and by its number
//! among those of the section. What is demanded without a key word is known by the form in which it stands there.

use std::sync::LazyLock;

use serde::Serialize;

use super::Level;

/// Something the norm says, at its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// Where it is written, as in [`super::Clause::source`]: `RFC 6109 3.1.4`.
    pub source: &'static str,
    /// Where in there.
    pub place: Place,
    /// What it comes to.
    pub meaning: Meaning,
}

/// A place in a section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A sentence with key words.
    Numbered {
        /// Its number, from 1, among the section's sentences with key words.
        number: usize,
        /// The key words in it, as written and in order: those that its meaning rests on.
        words: Vec<&'static str>,
    },
    /// No key word: the form in which it demands all the same.
    Form(Form),
}

/// How the norm demands without a key word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// A sentence in the present tense.
    Statement,
    /// A list of steps, tests or facts.
    List,
    /// A table of names and types.
    Table,
    /// Header fields and their values.
    Headers,
    /// A model of a text or of an identifier.
    Template,
    /// A grammar (ABNF).
    Grammar,
    /// The document type definition of daticert.xml, with its comments.
    Dtd,
    /// A schema of the directory.
    Schema,
}

/// What a sentence comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    /// The ids of these clauses.
    Clauses(Vec<&'static str>),
    /// Nothing is demanded.
    Excluded(Exclusion),
}

/// Why a sentence with a key word demands nothing: a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exclusion {
    /// It defines the key words (1.2.1).
    Boilerplate,
    /// The word is one of XML's, as in `#REQUIRED`.
    DtdToken,
    /// The word is one of LDAP's schemas.
    LdapSchema,
}

/// Every sentence, in the norm's order.
pub fn sentences() -> &'static [Sentence] {
    static SENTENCES: LazyLock<Vec<Sentence>> = LazyLock::new(|| {
        read(include_str!("sentences.tsv")).expect("the file is part of the program, and its form is tested")
    });
    &SENTENCES
}

/// Reads the file; an error names the line.
fn read(text: &'static str) -> Result<Vec<Sentence>, String> {
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.starts_with('#'));
    lines.map(|(line, number)| sentence(line).map_err(|problem| format!("line {number}: {problem}"))).collect()
}

fn sentence(line: &'static str) -> Result<Sentence, String> {
    let columns: Vec<&'static str> = line.split('\t').collect();
    let [source, place, words, meaning] = columns[..] else {
        return Err(format!("4 columns are needed, here are {}", columns.len()));
    };
    let words: Vec<&str> = words.split(", ").filter(|word| !word.is_empty()).collect();
    if let Some(unknown) = words.iter().find(|word| level(word).is_none()) {
        return Err(format!("`{unknown}` is no key word"));
    }
    let place = match place.parse() {
        Ok(_) if words.is_empty() => return Err("a numbered sentence has key words".to_owned()),
        Ok(number) => Place::Numbered { number, words },
        Err(_) if !words.is_empty() => return Err("a sentence with key words has a number".to_owned()),
        Err(_) => Place::Form(form(place).ok_or_else(|| format!("`{place}` is neither number nor form"))?),
    };
    let meaning = match meaning.strip_prefix('!') {
        Some(why) => Meaning::Excluded(exclusion(why).ok_or_else(|| format!("`!{why}` is no reason"))?),
        None => Meaning::Clauses(meaning.split_whitespace().collect()),
    };
    Ok(Sentence { source, place, meaning })
}

/// The level of a key word of RFC 2119.
pub fn level(word: &str) -> Option<Level> {
    match word {
        "MUST" | "MUST NOT" | "REQUIRED" | "SHALL" | "SHALL NOT" => Some(Level::Must),
        "SHOULD" | "SHOULD NOT" | "RECOMMENDED" => Some(Level::Should),
        "MAY" | "OPTIONAL" => Some(Level::May),
        _ => None,
    }
}

fn form(word: &str) -> Option<Form> {
    Some(match word {
        "statement" => Form::Statement,
        "list" => Form::List,
        "table" => Form::Table,
        "headers" => Form::Headers,
        "template" => Form::Template,
        "grammar" => Form::Grammar,
        "dtd" => Form::Dtd,
        "schema" => Form::Schema,
        _ => return None,
    })
}

fn exclusion(word: &str) -> Option<Exclusion> {
    Some(match word {
        "boilerplate" => Exclusion::Boilerplate,
        "dtd-token" => Exclusion::DtdToken,
        "ldap-schema" => Exclusion::LdapSchema,
        _ => return None,
    })
}

impl Sentence {
    /// The strongest level that it gives: that of its key words; a demand without one is as good as MUST.
    pub fn level(&self) -> Level {
        match &self.place {
            Place::Numbered { words, .. } => words.iter().filter_map(|word| level(word)).min().unwrap_or(Level::Must),
            Place::Form(_) => Level::Must,
        }
    }

    /// The ids of the clauses it comes to.
    pub fn clauses(&self) -> &[&'static str] {
        match &self.meaning {
            Meaning::Clauses(ids) => ids,
            Meaning::Excluded(_) => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_with_its_place_words_and_clauses() {
        let read =
            read("# comment\nRFC 6109 2.1\t3\tMUST, SHOULD NOT\tone two\nRFC 6109 4.4\t1\tREQUIRED\t!dtd-token\n");
        let expected = vec![
            Sentence {
                source: "RFC 6109 2.1",
                place: Place::Numbered { number: 3, words: vec!["MUST", "SHOULD NOT"] },
                meaning: Meaning::Clauses(vec!["one", "two"]),
            },
            Sentence {
                source: "RFC 6109 4.4",
                place: Place::Numbered { number: 1, words: vec!["REQUIRED"] },
                meaning: Meaning::Excluded(Exclusion::DtdToken),
            },
        ];
        assert_eq!(read, Ok(expected));
        assert_eq!(sentence("a\tlist\t\tone").map(|read| read.place), Ok(Place::Form(Form::List)));
    }

    #[test]
    fn a_malformed_line_is_refused_by_its_number() {
        for (text, problem) in [
            ("#\nRFC 6109 2.1\t3\tMUST", "line 2: 4 columns are needed, here are 3"),
            ("a\t1\tmust\tone", "line 1: `must` is no key word"),
            ("a\t1\t\tone", "line 1: a numbered sentence has key words"),
            ("a\tlist\tMUST\tone", "line 1: a sentence with key words has a number"),
            ("a\tpoem\t\tone", "line 1: `poem` is neither number nor form"),
            ("a\t1\tMUST\t!because", "line 1: `!because` is no reason"),
        ] {
            assert_eq!(read(text), Err(problem.to_owned()), "{text}");
        }
    }
}
