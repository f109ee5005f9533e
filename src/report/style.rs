//! How a page of text is written for people: in which language, with which colours, and how wide.

use super::{Ink, Paint, wrapped};
use crate::language::{Language, Said};

/// The language, the colours and the width of a page of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// In which language its own words are.
    pub language: Language,
    /// Whether it is coloured.
    pub paint: Paint,
    /// Widest line of running text, in characters.
    pub width: usize,
}

impl Style {
    /// That of what programs read too: English, without colours.
    pub const FILE: Style = Style { language: Language::English, paint: Paint::Plain, width: Self::WIDTH };
    /// The width of what is not for a terminal.
    pub const WIDTH: usize = 110;

    /// A text in lines, all but the first indented.
    pub fn wrapped(self, text: &str, indent: usize) -> String {
        wrapped(self.width, text, indent)
    }

    /// A text in the page's language.
    pub fn say(self, id: &'static str) -> Said<'static> {
        self.language.say(id)
    }

    /// So many of something.
    pub fn count(self, noun: &str, count: usize) -> String {
        self.language.count(noun, count)
    }

    /// What stands in front of a value, by the id of its text; blanks fill it up to a width.
    pub fn label(self, id: &'static str, width: usize) -> String {
        self.paint.dye(Ink::Faint, &format!("{:<width$}", self.say(id).to_string()))
    }

    /// As much room as a label has.
    pub fn blank(self, width: usize) -> String {
        self.paint.dye(Ink::Faint, &" ".repeat(width))
    }

    /// A heading, by the id of its text.
    pub fn heading(self, id: &'static str) -> String {
        self.paint.dye(Ink::Strong, &self.say(id).to_string())
    }
}
