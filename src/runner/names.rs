//! Names for what differs from run to run or from pair to pair: equal things have equal names.

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use memchr::memmem;
use regex::Regex;

use super::{mail::CLIENT, reading::Known};
use crate::{
    clock::LegalTime,
    evidence::{Evidence, PlayId},
};

/// What a token looks like that could be an identifier: `local@domain`.
static IDENTIFIER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"<?[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>?").expect("a valid pattern"));

/// Gives names.
pub struct Names {
    starts: Timestamp,
    play: PlayId,
    /// PEC msgids, with the send they are of.
    identifiers: BTreeMap<String, String>,
    /// The clients' msgids of copies, with that of the send that they are copies of.
    copies: BTreeMap<String, String>,
    /// What else is replaced wherever it stands, longest first.
    words: Vec<(String, String)>,
    /// Identifiers met that nothing is known of, in the order of telling.
    met: BTreeMap<String, usize>,
}

impl Names {
    /// Names for what is in `evidence`; `mailboxes` are those that a scenario gives a state, by address, in role names:
    /// somebody else's may have any.
    pub fn new(
        evidence: &Evidence,
        known: &Known,
        starts: Timestamp,
        play: &PlayId,
        mailboxes: impl Iterator<Item = (String, String)>,
    ) -> Self {
        let mut words = vec![("posta.example".to_owned(), "posta".to_owned())];
        words.extend(mailboxes);
        for (role, facts) in &evidence.gateways {
            words.push((facts.provider.clone(), format!("<provider {role}>")));
            if let Some(domain) = facts.domains.first() {
                words.push((domain.clone(), role.to_string()));
            }
        }
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        let identifiers = known
            .iter()
            .filter(|(identifier, _)| !identifier.ends_with(CLIENT))
            .map(|(identifier, name)| (identifier.to_owned(), format!("pec-msgid {name}")))
            .collect();
        let copies = known
            .iter()
            .filter(|(identifier, _)| identifier.ends_with(CLIENT))
            .map(|(identifier, name)| (identifier.to_owned(), format!("{name}{CLIENT}")))
            .filter(|(identifier, original)| play.strip(identifier) != *original)
            .collect();
        Self { starts, play: play.clone(), identifiers, copies, words, met: BTreeMap::new() }
    }

    /// `T+12h`.
    pub fn time(&self, at: Timestamp) -> String {
        format!("T+{}", span(at.duration_since(self.starts)))
    }

    /// A Date field's value: told as a time where it is exactly that time's legal form; a comment after it is kept.
    pub fn date(&self, value: &str) -> String {
        let (date, comment) = value.split_once(" (").map_or((value, None), |(date, comment)| (date, Some(comment)));
        let Some(instant) = Self::instant(date) else { return value.to_owned() };
        let comment = comment.map(|comment| format!(" ({comment}")).unwrap_or_default();
        self.time(instant) + &comment
    }

    /// The instant of a Date that is exactly in its legal form.
    pub fn instant(date: &str) -> Option<Timestamp> {
        let date = date.split_once(" (").map_or(date, |(date, _)| date);
        let instant = rfc2822::parse(date).ok()?.timestamp();
        (LegalTime::at(instant).date_header() == date).then_some(instant)
    }

    /// A line of readable text with the moment that it tells named.
    pub fn moment(&self, line: &str, at: &LegalTime) -> String {
        let name = self.time(at.instant());
        line.replace(&at.giorno(), &format!("<date {name}>"))
            .replace(&at.ora(), &format!("<time {name}>"))
            .replace(&format!("({})", at.zona()), &format!("(<zone {name}>)"))
    }

    /// Any text, with identifiers, domains and providers named.
    pub fn text(&mut self, text: &str) -> String {
        let Self { identifiers, copies, met, words, play, .. } = self;
        let named = IDENTIFIER.replace_all(text, |captures: &regex::Captures<'_>| {
            let token = &captures[0];
            let bare = token.trim_start_matches('<').trim_end_matches('>');
            let bracketed = bare.len() + 2 == token.len();
            let name = match identifiers.get(bare).or_else(|| copies.get(bare)) {
                Some(name) => name.clone(),
                None if is_generated(&play.strip(bare)) => {
                    let next = met.len() + 1;
                    format!("id {}", met.entry(bare.to_owned()).or_insert(next))
                }
                None => return token.to_owned(),
            };
            if bracketed { format!("<{name}>") } else { name }
        });
        replace(&play.strip(&named), words)
    }

    /// Like [`Self::text`], for what holds no identifier.
    pub fn shown(&self, text: &str) -> String {
        replace(&self.play.strip(text), &self.words)
    }
}

fn replace(text: &str, words: &[(String, String)]) -> String {
    let mut text = text.to_owned();
    for (word, name) in words {
        // To look for it first is far cheaper, and it is seldom there.
        if memmem::find(text.as_bytes(), word.as_bytes()).is_some() {
            text = text.replace(word, name);
        }
    }
    text
}

/// An address of a person or service has no digits here; an identifier that a system made has.
fn is_generated(token: &str) -> bool {
    let local = token.split('@').next().unwrap_or_default();
    !token.ends_with(CLIENT) && local.bytes().filter(u8::is_ascii_digit).count() >= 4
}

/// `12h`, `22h30m`.
pub fn span(by: SignedDuration) -> String {
    let parts = [(by.as_hours(), 'h'), (by.as_mins() % 60, 'm'), (by.as_secs() % 60, 's')];
    let told: Vec<String> = parts.iter().filter(|(n, _)| *n != 0).map(|(n, unit)| format!("{n}{unit}")).collect();
    if told.is_empty() { "0".to_owned() } else { told.concat() }
}
