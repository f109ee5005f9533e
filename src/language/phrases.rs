//! What other parts of the program say in English, said in Italian: the English text of a phrase tells which it is and what
//! was put into it.
//!
//! Who judges says why in one language, which stands in JSON and in logs; it is read back here, by the same texts that a
//! translator reads. In the names of what is put in, `at` begins an instant, `count` a number that words agree with, `phrase`
//! what may be a phrase itself, `known` what must be one; everything else is somebody's own words and stays as it is.

use std::{collections::HashMap, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentValue};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use jiff::Timestamp;
use regex::Regex;

use super::{
    Language,
    texts::{ENGLISH, PHRASES, resource, text},
};

/// Longer texts are nobody's phrase.
const LONGEST: usize = 2000;

/// Every phrase into which nothing is put, with its id.
type Fixed = HashMap<String, String>;

/// The others; those with most words of their own first.
type Patterns = Vec<(Regex, String)>;

static KNOWN: LazyLock<(Fixed, Patterns)> = LazyLock::new(|| {
    let (mut fixed, mut patterns) = (Fixed::new(), Vec::new());
    for (id, pieces) in phrases() {
        match &pieces[..] {
            [Piece::Words(words)] => {
                fixed.insert(words.clone(), id);
            }
            _ => patterns.extend(pattern(&pieces).map(|(own, regex)| (own, regex, id))),
        }
    }
    patterns.sort_by_key(|(own, _, _)| std::cmp::Reverse(*own));
    (fixed, patterns.into_iter().map(|(_, regex, id)| (regex, id)).collect())
});

/// A piece of a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Words(String),
    /// What is put in, by its name.
    Room(String),
}

/// Every phrase: its id, and the English of it in pieces.
pub(super) fn phrases() -> Vec<(String, Vec<Piece>)> {
    let mut all = Vec::new();
    for (_, source) in ENGLISH.iter().filter(|(name, _)| PHRASES.contains(name)) {
        let resource = resource(source);
        for entry in resource.entries() {
            if let Entry::Message(message) = entry {
                all.extend(message.value.as_ref().map(|value| (message.id.name.to_owned(), pieces(value))));
            }
        }
    }
    all
}

fn pieces(pattern: &Pattern<&str>) -> Vec<Piece> {
    let piece = |element: &PatternElement<&str>| match element {
        PatternElement::TextElement { value } => Some(Piece::Words((*value).to_owned())),
        PatternElement::Placeable { expression: Expression::Inline(InlineExpression::VariableReference { id }) } => {
            Some(Piece::Room(id.name.to_owned()))
        }
        PatternElement::Placeable { .. } => None,
    };
    pattern.elements.iter().filter_map(piece).collect()
}

/// How many octets of its own a phrase has, and what it reads by.
fn pattern(pieces: &[Piece]) -> Option<(usize, Regex)> {
    let (mut own, mut source) = (0, String::from("(?s)^"));
    for piece in pieces {
        match piece {
            Piece::Words(words) => {
                own += words.len();
                source += &regex::escape(words);
            }
            Piece::Room(name) => source.extend(["(?<", &name.replace('-', "_"), ">.+?)"]),
        }
    }
    Regex::new(&(source + "$")).ok().map(|regex| (own, regex))
}

/// How the ids of phrases begin that nobody else's words are taken for.
const FOUND: &str = "found-";

/// What was found, in Italian, where it is a phrase that nobody else's words are taken for.
pub(super) fn found(english: &str) -> Option<String> {
    read(english, |id| id.starts_with(FOUND))
}

/// A phrase in Italian; `None` where it is none that is known.
pub(super) fn italian(english: &str) -> Option<String> {
    read(english, |_| true)
}

/// A phrase in Italian, where something is put into it one of those that are wanted.
fn read(english: &str, is_wanted: impl Fn(&str) -> bool) -> Option<String> {
    let (fixed, patterns) = &*KNOWN;
    if english.len() > LONGEST {
        return None;
    }
    if let Some(id) = fixed.get(english) {
        return text(Language::Italian, id, &FluentArgs::new());
    }
    patterns.iter().filter(|(_, id)| is_wanted(id)).find_map(|(regex, id)| {
        let found = regex.captures(english)?;
        let mut arguments = FluentArgs::new();
        for name in regex.capture_names().flatten() {
            arguments.set(name.replace('_', "-"), value(name, &found[name])?);
        }
        text(Language::Italian, id, &arguments)
    })
}

/// What was put in, as it is put into the Italian.
fn value(name: &str, found: &str) -> Option<FluentValue<'static>> {
    let kind = name.split('_').next().unwrap_or_default();
    let text = match kind {
        "at" => {
            found.parse::<Timestamp>().map_or_else(|_| found.to_owned(), |instant| Language::Italian.instant(instant))
        }
        "count" => return Some(found.parse::<usize>().map_or_else(|_| found.to_owned().into(), FluentValue::from)),
        "phrase" => italian(found).unwrap_or_else(|| found.to_owned()),
        "known" => italian(found)?,
        _ => found.to_owned(),
    };
    Some(text.into())
}
