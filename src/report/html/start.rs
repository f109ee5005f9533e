//! The page that a check begins at for who has no terminal: what is to be checked is chosen there, and what it
//! is checked by is shown. What comes of it is the page of a check.

use askama::Template;
use jiff::Timestamp;

use super::{
    Frame, SCRIPT, STYLE,
    held::Held,
    policy,
    texts::{say, say_in_attributes, say_of},
};
use crate::{bounded::told, results::Reference};

const UPLOAD: &str = include_str!("start.js");

/// What the start page is made of.
pub struct Start<'a> {
    /// By what signers are told.
    pub references: &'a [Reference],
    /// The reader's language, `it` or `en`, until a script knows better.
    pub language: &'static str,
    /// How many octets it may send.
    pub most: u64,
    /// Now.
    pub now: Timestamp,
}

#[derive(Template)]
#[template(path = "start.html", config = "src/report/html/askama.toml")]
struct Page {
    frame: Frame,
    references: Vec<Held>,
    most: u64,
    most_told: String,
    upload: &'static str,
}

impl Start<'_> {
    /// The page.
    pub fn page(&self) -> askama::Result<String> {
        let frame = Frame { language: self.language, policy: Self::policy(), ..Frame::new(self.now) };
        let references = self.references.iter().map(Held::of).collect();
        Page { frame, references, most: self.most, most_told: told(self.most), upload: UPLOAD }.render()
    }

    /// The Content-Security-Policy of the page, and of the one of a check that takes its place: that one's own
    /// is narrower.
    pub fn policy() -> String {
        format!("{}; connect-src 'self'; form-action 'self'", policy(&[STYLE], &[SCRIPT, UPLOAD]))
    }
}
