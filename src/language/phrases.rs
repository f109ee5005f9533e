//! What other parts of the program say in English, said in Italian: the English text of a phrase tells which it is and what
//! was put into it.
//!
//! Who judges says why in one language, which stands in JSON and in logs; it is read back here, by the same texts that a
//! translator reads. In the names of what is put in, `at` begins an instant, `count` a number that words agree with, `phrase`
//! what may be a phrase itself, `known` what must be one; everything else is somebody's own words and stays as it is.

use std::{
    collections::HashMap,
    sync::{LazyLock, OnceLock},
};

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

/// A phrase that leaves room for something.
struct Open {
    id: String,
    /// The longest of its own words: where they are not, nothing else is looked for.
    words: String,
    /// All of it, read from its source where it comes to that: hundreds would take longer than what is asked of them.
    regex: OnceLock<Regex>,
    source: String,
    /// How many octets of its own it has.
    own: usize,
}

static KNOWN: LazyLock<(Fixed, Vec<Open>)> = LazyLock::new(|| {
    let (mut fixed, mut open) = (Fixed::new(), Vec::new());
    for (id, pieces) in phrases() {
        match &pieces[..] {
            [Piece::Words(words)] => {
                fixed.insert(words.clone(), id);
            }
            _ => open.push(Open::of(id, &pieces)),
        }
    }
    // Those with most words of their own first.
    open.sort_by_key(|phrase| std::cmp::Reverse(phrase.own));
    (fixed, open)
});

/// Which phrases a text may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Among {
    /// All that programs say by themselves.
    All,
    /// Those that nobody else's words are taken for.
    Found,
    /// What happens in a play; what is told of it may also be any other phrase.
    Tale,
    /// What stands below what happens, among lines of messages.
    Lines,
}

impl Among {
    fn has(self, id: &str) -> bool {
        match self {
            Self::All => !id.starts_with("tale-") && !id.starts_with("line-"),
            Self::Found => id.starts_with("found-"),
            Self::Tale => id.starts_with("tale-"),
            Self::Lines => id.starts_with("line-"),
        }
    }

    /// Whether one into which nothing is put may be one of these: what was found may be a word that somebody wrote.
    fn has_fixed(self, id: &str) -> bool {
        let others = ["line-", "tale-", "smoke-", "role-", "held-", "time-", "note-"];
        self != Self::Found || !others.iter().any(|start| id.starts_with(start))
    }

    /// What was put into a phrase of these, in Italian.
    fn inside(self, english: &str) -> Option<String> {
        match self {
            Self::All | Self::Found => read(english, Self::All),
            Self::Tale => read(english, Self::Tale).or_else(|| Self::All.inside(english)),
            Self::Lines => read(english, Self::Lines).or_else(|| Self::Tale.inside(english)),
        }
    }
}

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

impl Open {
    fn of(id: String, pieces: &[Piece]) -> Self {
        let (mut own, mut longest, mut source) = (0, "", String::from("(?s)^"));
        for piece in pieces {
            match piece {
                Piece::Words(words) => {
                    own += words.len();
                    longest = if words.len() > longest.len() { words } else { longest };
                    source += &regex::escape(words);
                }
                Piece::Room(name) => source.extend(["(?<", &name.replace('-', "_"), ">.+?)"]),
            }
        }
        Self { id, words: longest.to_owned(), regex: OnceLock::new(), source: source + "$", own }
    }

    fn regex(&self) -> &Regex {
        self.regex
            .get_or_init(|| Regex::new(&self.source).expect("words are escaped, and names of variables are names"))
    }
}

/// A text in Italian, where it is one of these phrases.
pub(super) fn read(english: &str, among: Among) -> Option<String> {
    let (fixed, open) = &*KNOWN;
    if english.len() > LONGEST {
        return None;
    }
    if let Some(id) = fixed.get(english).filter(|id| among.has_fixed(id)) {
        return text(Language::Italian, id, &FluentArgs::new());
    }
    let mut near = open.iter().filter(|phrase| among.has(&phrase.id) && english.contains(&phrase.words));
    near.find_map(|phrase| {
        let regex = phrase.regex();
        let found = regex.captures(english)?;
        let mut arguments = FluentArgs::new();
        for name in regex.capture_names().flatten() {
            arguments.set(name.replace('_', "-"), value(name, &found[name], among)?);
        }
        text(Language::Italian, &phrase.id, &arguments)
    })
}

/// What was put in, as it is put into the Italian.
fn value(name: &str, found: &str, among: Among) -> Option<FluentValue<'static>> {
    let kind = name.split('_').next().unwrap_or_default();
    let text = match kind {
        "at" => {
            found.parse::<Timestamp>().map_or_else(|_| found.to_owned(), |instant| Language::Italian.instant(instant))
        }
        "count" => return Some(found.parse::<usize>().map_or_else(|_| found.to_owned().into(), FluentValue::from)),
        "phrase" => among.inside(found).unwrap_or_else(|| found.to_owned()),
        "known" => among.inside(found)?,
        _ => found.to_owned(),
    };
    Some(text.into())
}

#[cfg(test)]
mod tests;
