//! Something that went wrong, as the page tells it.

use super::{
    home::{Home, Link, Place},
    texts::{Both, both},
};
use crate::{
    norm::Clause,
    report::{Failure, Group, declared_line, shown},
    results::Severity,
};

/// Columns of an excerpt.
const WIDTH: usize = 90;

/// A failure, escaped and cut to be shown.
pub(super) struct Finding<'a> {
    /// Its severity, as the page's texts and style call it.
    pub level: &'static str,
    pub id: String,
    /// The rule, where one asked.
    pub rule: Option<String>,
    pub question: &'a str,
    pub expected: Both,
    pub found: Both,
    pub place: String,
    pub excerpt: Option<(usize, [String; 2])>,
    pub side: String,
    pub name: Option<String>,
    pub tells_blame: bool,
    pub consequence: Option<&'static str>,
    pub clauses: &'a [&'static Clause],
    pub declared: Option<Both>,
    pub evidence: Option<Link>,
    /// Where it was seen, where that is more than here.
    pub places: Vec<Place>,
    /// Places beyond those.
    pub further: usize,
    pub times: usize,
}

impl<'a> Finding<'a> {
    /// A failure by itself, on the page at `home`.
    pub fn of(failure: &'a Failure, home: &Home<'_>) -> Self {
        Self {
            level: failure.severity.name(),
            id: shown(&failure.id),
            rule: (failure.severity != Severity::Unmet).then(|| shown(&failure.id)),
            question: &failure.question,
            expected: both(|language| shown(&failure.told_expected(language)).into()),
            found: both(|language| shown(&failure.told_found(language)).into()),
            place: shown(&failure.place),
            excerpt: failure.excerpt.as_ref().map(|excerpt| (excerpt.line, excerpt.rows(WIDTH))),
            side: failure.blame.party.to_string(),
            name: failure.blame.name.as_deref().map(shown),
            tells_blame: failure.told_blame().is_some(),
            consequence: failure.consequence,
            clauses: &failure.clauses,
            declared: failure.declared.as_ref().map(|it| both(|language| declared_line(it, language).into())),
            evidence: failure.evidence.as_ref().map(|path| home.link(path)),
            places: Vec::new(),
            further: 0,
            times: failure.times,
        }
    }

    /// What was found in several places, told once.
    pub fn of_group(group: &'a Group, home: &Home<'_>) -> Self {
        let places = group.places.iter().map(|place| home.place(place)).collect();
        Self { places, further: group.further, times: group.times, ..Self::of(&group.first, home) }
    }
}
