//! The judgement: pure, evidence in, verdicts out. No sockets, no clock, no files.

mod absence;
mod anatomy;
mod answers;
mod applies;
pub mod at;
mod context;
mod copies;
mod culprit;
mod exhibit;
mod families;
mod instants;
mod judge;
mod judgement;
mod listing;
mod location;
mod member;
mod nota12;
mod original;
mod providers;
mod refusal;
mod soundness;
mod spelling;
mod statement;
#[cfg(test)]
mod tests;
mod text;
mod transaction;

include!(concat!(env!("OUT_DIR"), "/about.rs"));

pub use absence::Absence;
pub use anatomy::{Anatomy, Hashes, Part, Sha1};
pub use answers::{Answer, Answers};
pub use context::{Context, DirectorySubject, LogSubject, MessageSubject};
pub use copies::is_as_it_came;
pub use culprit::Culprit;
pub use families::FAMILIES;
pub use judge::{Clerk, Judge, Lone, Options, Reference, SignedBy, judge};
pub use judgement::{GivenCertificate, Judgement, Origin, Verdict};
pub use location::{Location, Piece, Span, Spot};
pub use member::{Member, Sighting};
pub(crate) use nota12::code as error_code;
pub use original::{Content, Original, Sha256};
pub use refusal::was_turned_away;
pub use soundness::{Inside, Soundness};
pub use transaction::{Arrival, Distinct, Move, Outline, Placed, Submission, Transaction, Unwrapped};

use std::{collections::HashMap, iter::Peekable};

use serde::Serialize;

use spelling::collapsed;

use crate::{
    evidence::{Dialogue, Party},
    norm::{AsOf, Clause, Level},
};

/// Rules on one subject matter.
pub struct Family {
    /// Its file: `choreography/timeout`.
    pub name: &'static str,
    /// Its rules, in the order in which they are put.
    pub rules: &'static [Rule],
}

/// Every rule.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|family| family.rules)
}

/// The id of every rule.
pub fn ids() -> Vec<&'static str> {
    all().map(|rule| rule.id).collect()
}

/// One question put to one kind of subject. A rule stands whole in one place.
pub struct Rule {
    /// Stable slug such as `acceptance/subject-prefix`.
    pub id: &'static str,
    /// MUST: violation; SHOULD: warning; MAY: note.
    pub level: Level,
    /// What it rests on.
    pub clauses: &'static [&'static Clause],
    /// The question in one line, answered yes when all is well.
    pub question: &'static str,
    /// What goes wrong for the receiver when the answer is no.
    pub consequence: &'static str,
    /// How it is answered.
    pub check: Check,
}

impl Rule {
    /// Whether any of what it rests on is in force on a day.
    pub fn in_force(&self, day: AsOf) -> bool {
        self.clauses.iter().any(|clause| clause.in_force(day))
    }
}

/// What a rule looks at, and how it finds out.
///
/// `None`: the question makes no sense for the subject, or cannot be answered with what is at hand; the rule was not put
/// to it, which is no pass. No findings: it was, and nothing is wrong.
pub enum Check {
    /// A message.
    Message(fn(&MessageSubject<'_>, &Context<'_>) -> Option<Findings>),
    /// A message, of which a reader takes in only so much: what is beyond is nobody's violation, and no pass.
    Limits(fn(&MessageSubject<'_>) -> Option<Vec<Unread>>),
    /// A signing certificate, as it travelled in a signature or was given to be judged by itself.
    Certificate(fn(&crate::smime::Certificate, &Context<'_>) -> Option<Findings>),
    /// An SMTP session.
    Dialogue(fn(&Dialogue, &Context<'_>) -> Option<Findings>),
    /// The directory.
    Directory(fn(&DirectorySubject<'_>, &Context<'_>) -> Option<Findings>),
    /// One provider's log.
    Log(fn(&LogSubject<'_>) -> Option<Findings>),
    /// Everything that belongs to one submission: the choreography.
    Transaction(fn(&Transaction, &Context<'_>) -> Option<Findings>),
    /// The same, for a question about something missing: where that would be seen, and it was due by the end of the evidence.
    Missing(Absence, fn(&Transaction, &Context<'_>) -> Option<Findings>),
}

/// What of a message was not looked at.
pub struct Unread {
    /// Where: `message`, `postacert.eml`.
    pub place: &'static str,
    /// The bound that it is beyond, in words.
    pub limit: String,
}

/// What is not as the norm wants it; nothing where all is well.
pub type Findings = Vec<Finding>;

/// One finding where something is wrong, else none.
fn when(wrong: bool, finding: impl FnOnce() -> Finding) -> Findings {
    wrong.then(finding).into_iter().collect()
}

/// The same items, where there are any.
fn not_empty<I: Iterator>(items: I) -> Option<Peekable<I>> {
    let mut items = items.peekable();
    items.peek()?;
    Some(items)
}

/// Something that is not as the norm wants it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Finding {
    /// What the norm wants there.
    pub expected: String,
    /// What is there.
    pub found: String,
    /// Where.
    pub at: Location,
    /// Who answers for it, where it is not whoever composed the subject.
    pub blame: Option<Party>,
    /// The provider that is proved to be that party, where no role tells.
    pub provider: Option<String>,
    /// Observations that show it, where the subject is not one of them alone.
    pub observations: Vec<usize>,
    /// How often it was found, the same each time.
    pub times: usize,
}

/// Both as they are shown. What looks alike is told apart by its code points; what is the same although a field does not
/// mean it, by the octets that no field may have (RFC 5322 2.2).
fn told_apart(expected: &str, found: &str) -> (String, String) {
    if expected.is_ascii() && found.is_ascii() || collapsed(expected) != collapsed(found) {
        return (shown(expected), shown(found));
    }
    if expected == found {
        return (shown(expected), format!("{}, in octets beyond ASCII", shown(found)));
    }
    let code_points = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii() { c.to_string() } else { c.escape_unicode().to_string() }).collect()
    };
    (shown(&code_points(expected)), shown(&code_points(found)))
}

impl Finding {
    /// A finding at `place`, answered for by whoever composed the subject. What is shown is escaped and cut: mail is
    /// hostile and long.
    pub fn new(expected: impl AsRef<str>, found: impl AsRef<str>, place: impl Into<Location>) -> Self {
        let at = place.into();
        let (expected, found) = told_apart(expected.as_ref(), found.as_ref());
        Self { expected, found, at, blame: None, provider: None, observations: Vec::new(), times: 1 }
    }

    /// With the byte offset in the message, where that is not found by the place alone.
    #[must_use]
    pub fn at_offset(mut self, offset: usize) -> Self {
        self.at.span = Some(Span::at(offset));
        self
    }

    /// Standing for so many of its sort in one place, of which it is the first.
    #[must_use]
    pub fn repeated(mut self, times: usize) -> Self {
        if times > 1 {
            self.found = format!("{}, {times} times", self.found);
        }
        self
    }

    /// With the one who answers for it, where that is not whoever composed the subject.
    #[must_use]
    pub fn blaming(mut self, who: impl Into<Culprit>) -> Self {
        let Culprit { party, provider } = who.into();
        self.blame = Some(party);
        self.provider = provider;
        self
    }

    /// With the observations that show it.
    #[must_use]
    pub fn seen_in(mut self, observations: impl IntoIterator<Item = usize>) -> Self {
        self.observations.extend(observations);
        self
    }
}

/// Findings that say the same of the same place said once, with their number.
fn told_once(findings: Findings) -> Findings {
    let mut told: Vec<(Finding, usize)> = Vec::new();
    let mut places: HashMap<Finding, usize> = HashMap::new();
    for finding in findings {
        let mut anywhere = finding.clone();
        anywhere.at.span = None;
        let place = *places.entry(anywhere).or_insert(told.len());
        match told.get_mut(place) {
            Some((_, times)) => *times += 1,
            None => told.push((finding, 1)),
        }
    }
    told.into_iter().map(|(finding, times)| finding.repeated(times)).collect()
}

/// Text fit for a report: control and bidirectional characters escaped, cut after 200 characters.
fn shown(text: &str) -> String {
    const LONGEST: usize = 200;
    let mut shown = String::new();
    for (at, c) in text.chars().enumerate() {
        if at == LONGEST {
            shown.push('…');
            break;
        }
        match c {
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                shown.extend(c.escape_unicode());
            }
            c if c.is_control() => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    shown
}

/// What a rule said of a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Inspected, nothing wrong.
    Pass,
    /// Inspected, wrong.
    Fail(Vec<Finding>),
    /// Not inspected, or not wholly: more than is read. It is nobody's fault, and no pass.
    CannotTell(Vec<Finding>),
    /// The rule itself broke; never a verdict on the subject.
    InternalError(String),
}

impl Outcome {
    /// What there is to say, but for what broke.
    pub fn findings(&self) -> &[Finding] {
        match self {
            Outcome::Fail(findings) | Outcome::CannotTell(findings) => findings,
            Outcome::Pass | Outcome::InternalError(_) => &[],
        }
    }
}
