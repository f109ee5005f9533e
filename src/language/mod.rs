//! The languages in which people are told things, each with its files of texts: `en/` and `it/`.
//!
//! Project Fluent holds them. What comes from a message, ids, and whatever programs read (JSON, JUnit, SARIF, logs, evidence)
//! is in no language of this room. What rules ask and clauses say stands in English where they do, and in Italian under
//! their ids here.

mod phrases;
mod texts;

use std::{borrow::Cow, fmt};

use fluent_bundle::{FluentArgs, FluentValue};
use jiff::Timestamp;

use crate::clock::LegalTime;
use phrases::Among;

/// A language that people are spoken to in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// Italian.
    #[value(name = "it")]
    Italian,
    /// English.
    #[default]
    #[value(name = "en")]
    English,
}

/// A text in a language, and what is put into it.
pub struct Said<'a> {
    language: Language,
    id: Cow<'a, str>,
    arguments: FluentArgs<'a>,
}

impl Language {
    /// Both, in the order in which pages hold them.
    pub const ALL: [Language; 2] = [Language::Italian, Language::English];

    /// That of a locale, by the variables that name it in the order of POSIX: the first of them that is set and not empty
    /// decides, and what is no Italian is English.
    pub fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set).unwrap_or_default();
        let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("it") { Self::Italian } else { Self::English }
    }

    /// Its name, as `<html lang>` and locales write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Italian => "it",
            Self::English => "en",
        }
    }

    /// The text with this id; what it leaves room for is put in by [`Said::with`].
    pub fn say<'a>(self, id: impl Into<Cow<'a, str>>) -> Said<'a> {
        Said { language: self, id: id.into(), arguments: FluentArgs::new() }
    }

    /// An instant, as it is told: Italian legal time in Italian.
    pub fn instant(self, instant: Timestamp) -> String {
        match self {
            Self::Italian => LegalTime::at(instant).to_string(),
            Self::English => instant.to_string(),
        }
    }

    /// So many of something: `1 violation`, `2 violations`, by the text `count-violation`.
    pub fn count(self, noun: &str, count: usize) -> String {
        self.say(format!("count-{noun}")).with("count", count).to_string()
    }

    /// What a rule asks, which is `english`; of what is no rule's, as a phrase.
    pub fn question<'a>(self, rule: &str, english: &'a str) -> Cow<'a, str> {
        self.keyed(rule, None, english)
    }

    /// What goes wrong where a rule is broken, which is `english`.
    pub fn consequence<'a>(self, rule: &str, english: &'a str) -> Cow<'a, str> {
        self.keyed(rule, Some("consequence"), english)
    }

    /// What a clause says, in the words of this project, which are `english`.
    pub fn clause<'a>(self, clause: &str, english: &'a str) -> Cow<'a, str> {
        self.keyed(clause, None, english)
    }

    /// How a clause is read, which is `english`.
    pub fn reading<'a>(self, clause: &str, english: &'a str) -> Cow<'a, str> {
        self.keyed(clause, Some("reading"), english)
    }

    /// Why nothing tests a clause, which is `english`.
    pub fn untested<'a>(self, clause: &str, english: &'a str) -> Cow<'a, str> {
        self.keyed(clause, Some("untested"), english)
    }

    /// What stands in English where a rule or a clause does, and in Italian under its id.
    fn keyed<'a>(self, id: &str, attribute: Option<&str>, english: &'a str) -> Cow<'a, str> {
        match self {
            Self::English => english.into(),
            Self::Italian => texts::keyed(id, attribute).unwrap_or_else(|| self.phrase(english)),
        }
    }

    /// What another part of the program says in English: in this language where it is a phrase that is known, else as it is.
    pub fn phrase(self, english: &str) -> Cow<'_, str> {
        self.read(english, Among::All)
    }

    /// What was found: only where all of it is the program's own words, since else it may be what somebody wrote.
    pub fn found(self, english: &str) -> Cow<'_, str> {
        self.read(english, Among::Found)
    }

    /// What happened in a play, by its tale.
    pub fn tale(self, english: &str) -> Cow<'_, str> {
        self.read(english, Among::Tale)
    }

    /// A line below what happened, which may be one of a message: it stays as it is.
    pub fn tale_line(self, english: &str) -> Cow<'_, str> {
        self.read(english, Among::Lines)
    }

    fn read(self, english: &str, among: Among) -> Cow<'_, str> {
        match self {
            Self::English => english.into(),
            Self::Italian => phrases::read(english, among).map_or_else(|| english.into(), Cow::from),
        }
    }
}

impl<'a> Said<'a> {
    /// The same with a count, or words that are fit to be shown, where the text leaves room for them.
    #[must_use]
    pub fn with(mut self, name: &'a str, value: impl Into<FluentValue<'a>>) -> Self {
        self.arguments.set(name, value);
        self
    }
}

/// The text; where there is none its id, which a test looks for.
impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match texts::text(self.language, &self.id, &self.arguments) {
            Some(text) => f.write_str(&text),
            None => f.write_str(&self.id),
        }
    }
}

#[cfg(test)]
mod tests;
