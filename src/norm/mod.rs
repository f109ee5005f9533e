//! What the norm says, as data: clauses with source, level, who is bound, and our own wording.
//!
//! A rule cites a clause by its constant, so an unknown one does not compile; a scenario by its id, so an unknown one
//! does not load ([`clause`]).

pub mod clauses;
mod sentences;

use std::{fmt, sync::LazyLock};

use jiff::civil::Date;
use serde::Serialize;

pub use sentences::{Exclusion, Form, Meaning, Place, Sentence, level, sentences};

/// How strongly the norm speaks (RFC 2119 words; practice where the norm has none).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// MUST, SHALL, REQUIRED: breaking it is a violation and fails a run.
    Must,
    /// SHOULD, RECOMMENDED: breaking it is a warning; it fails a run only with `--strict`.
    Should,
    /// MAY, OPTIONAL, or a habit of real providers: a note.
    May,
}

/// Whom a clause binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// The access point (RFC 6109 3.1).
    AccessPoint,
    /// The incoming point (3.2).
    IncomingPoint,
    /// The delivery point (3.3).
    DeliveryPoint,
    /// Whatever part of a provider composes the message.
    Provider,
    /// The providers' directory and its records (4.5).
    Directory,
    /// The provider's signing certificate (5.5).
    Certificate,
    /// The user's mail program.
    Client,
    /// The provider as an organisation, and those who supervise it.
    Operator,
}

/// Why something the norm demands has no check: a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It leaves no trace in messages, sessions, logs, the directory or certificates.
    NotObservable,
    /// It is agreed between provider and user, or between provider and authority.
    Contractual,
    /// It is about what people do.
    AboutHumans,
    /// It is about premises and machines.
    AboutHardware,
    /// It needs the official directory and its publisher.
    NeedsOfficialDirectory,
}

/// Why a clause is not tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Untested {
    /// Which of the admitted reasons.
    pub reason: Reason,
    /// What makes it so here, in a sentence.
    pub why: &'static str,
}

/// One thing the norm demands.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Clause {
    /// Stable id: `RFC6109-<section>` with a slug where a section says several things.
    pub id: &'static str,
    /// Where it is written: `RFC 6109 3.1.4`, `DM 2/11/2005 art. 13`, `Nota 12`.
    pub source: &'static str,
    /// How strongly.
    pub level: Level,
    /// Whom it binds.
    pub binds: Bound,
    /// In our words, one sentence.
    pub says: &'static str,
    /// The reading chosen where sources disagree, and why.
    pub reading: Option<&'static str>,
    /// First day in force (`yyyy-mm-dd`), where it is not that of the rules of 2 November 2005.
    pub from: Option<&'static str>,
    /// Last day in force (`yyyy-mm-dd`), where it is no longer.
    pub until: Option<&'static str>,
    /// Why no rule and no scenario tests it, where none can.
    pub untested: Option<Untested>,
}

/// The day whose norm is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AsOf {
    /// The latest: everything that has come into force and has not ceased to be.
    #[default]
    Latest,
    /// This day.
    Day(Date),
}

/// As it is asked for: without a day, the latest.
impl From<Option<Date>> for AsOf {
    fn from(day: Option<Date>) -> Self {
        day.map_or(Self::Latest, Self::Day)
    }
}

impl fmt::Display for AsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AsOf::Latest => f.write_str("latest"),
            AsOf::Day(day) => day.fmt(f),
        }
    }
}

impl Clause {
    /// Whether it is in force on a day.
    pub fn in_force(&self, day: AsOf) -> bool {
        /// The rules of the decree of 2 November 2005, which the RFC translates.
        const FIRST: &str = "2005-11-02";
        let date = |text: &str| text.parse::<Date>().expect("a test holds every date of the catalogue to be one");
        match day {
            AsOf::Latest => self.until.is_none(),
            AsOf::Day(day) => {
                date(self.from.unwrap_or(FIRST)) <= day && self.until.is_none_or(|until| day <= date(until))
            }
        }
    }

    /// The numbers of the section of RFC 6109; the other sources come after all of them.
    fn section(&self) -> Vec<u32> {
        let numbers = self.source.strip_prefix("RFC 6109 ").map(|section| section.split('.').map(str::parse).collect());
        numbers.and_then(Result::ok).unwrap_or_else(|| vec![u32::MAX])
    }
}

/// Declares clauses as constants and collects them, so that one list serves both.
#[macro_export]
macro_rules! clauses {
    (@optional) => { None };
    (@optional $text:literal) => { Some($text) };
    (@untested) => { None };
    (@untested $reason:ident, $why:literal) => {
        Some($crate::norm::Untested { reason: $crate::norm::Reason::$reason, why: $why })
    };
    ($( $name:ident = $id:literal, $source:literal, $level:ident, $bound:ident, $says:literal
        $(, reading: $reading:literal)? $(, from: $from:literal)? $(, until: $until:literal)?
        $(, untested: $reason:ident, $why:literal)? ; )*) => {
        $(
            #[doc = $says]
            pub static $name: $crate::norm::Clause = $crate::norm::Clause {
                id: $id, source: $source, level: $crate::norm::Level::$level, binds: $crate::norm::Bound::$bound,
                says: $says, reading: $crate::clauses!(@optional $($reading)?), from: $crate::clauses!(@optional $($from)?),
                until: $crate::clauses!(@optional $($until)?), untested: $crate::clauses!(@untested $($reason, $why)?),
            };
        )*
        /// Every clause declared here.
        pub static ALL: &[&$crate::norm::Clause] = &[$(&$name),*];
    };
}

/// Every clause of the catalogue, in the norm's order: the sections of RFC 6109, then the sources behind it.
pub fn all() -> impl Iterator<Item = &'static Clause> {
    static ALL: LazyLock<Vec<&'static Clause>> = LazyLock::new(|| {
        let mut all: Vec<_> = clauses::CHAPTERS.iter().copied().flatten().copied().collect();
        all.sort_by_key(|clause| (clause.section(), clause.source));
        all
    });
    ALL.iter().copied()
}

/// The clause with this id.
pub fn clause(id: &str) -> Option<&'static Clause> {
    all().find(|clause| clause.id == id)
}

#[cfg(test)]
mod tests;
