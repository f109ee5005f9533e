//! How heavy what was found is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    evidence::{Announced, Evidence, Party, Role},
    known::{Failing, UNDETERMINED},
    norm::Level,
    rules::{Finding, Judgement, Outcome, Verdict},
};

/// Which levels of failed verdicts fail what they were found in.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Strictness {
    /// Violations.
    #[default]
    #[value(skip)]
    Violations,
    /// Warnings too (`--strict`).
    Warnings,
    /// Warnings and notes too (`--strict=notes`).
    Notes,
}

/// How heavy it is; the heaviest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The harness's own rule broke: no statement about anyone.
    Broken,
    /// Something that the scenario expects did not happen, or more than it expects.
    Unmet,
    /// A MUST was broken.
    Violation,
    /// It was beyond the bounds of reading: nobody's failure, and no pass.
    Untold,
    /// A SHOULD was not followed.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// Whether it fails what it was found in.
    pub fn fails(self, strictness: Strictness) -> bool {
        let least = match strictness {
            Strictness::Violations => Severity::Violation,
            Strictness::Warnings => Severity::Warning,
            Strictness::Notes => Severity::Note,
        };
        self != Severity::Untold && self <= least
    }

    /// Its name among texts and styles.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Broken => "broken",
            Severity::Unmet => "unmet",
            Severity::Violation => "violation",
            Severity::Untold => "untold",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Broken => "internal error",
            Severity::Unmet => "expectation not met",
            Severity::Violation => "violation",
            Severity::Untold => "cannot tell",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

impl Serialize for Severity {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Must => Severity::Violation,
            Level::Should => Severity::Warning,
            Level::May => Severity::Note,
        }
    }
}

impl Severity {
    /// That of what a rule found.
    pub fn of(verdict: &Verdict) -> Self {
        match verdict.outcome {
            Outcome::CannotTell(_) => Severity::Untold,
            _ => verdict.rule.level.into(),
        }
    }
}

/// Something that is not as it should be.
#[derive(Clone, Copy)]
pub enum Weighed<'a> {
    /// A rule's finding.
    Found(&'a Verdict, &'a Finding),
    /// The rule itself broke; why.
    Broken(&'a Verdict, &'a str),
    /// A scenario announced it, and it was not found again.
    Missed(&'a Announced),
}

impl<'a> Weighed<'a> {
    /// As a declaration may name it; `None` for what no gateway answers for.
    pub fn failing(self, evidence: &'a Evidence) -> Option<Failing<'a>> {
        match self {
            Weighed::Found(verdict, finding) => Some(failing(verdict, finding, evidence)),
            Weighed::Broken(..) | Weighed::Missed(_) => None,
        }
    }

    /// How heavy it is.
    pub fn severity(self) -> Severity {
        match self {
            Weighed::Found(verdict, _) => Severity::of(verdict),
            Weighed::Broken(..) => Severity::Broken,
            Weighed::Missed(_) => Severity::Unmet,
        }
    }
}

/// A finding, as a declaration may name it.
pub fn failing<'a>(verdict: &'a Verdict, finding: &'a Finding, evidence: &'a Evidence) -> Failing<'a> {
    let (party, provider) = verdict.answers(finding);
    let (subject, role) = answerable(party, provider, evidence);
    Failing { rule: Some(verdict.rule.id), scenario: played(evidence), subject, role }
}

/// Who answers, by name: the target that plays the role, or the provider that signed or is listed.
pub fn answerable<'a>(party: Party, provider: Option<&'a str>, evidence: &'a Evidence) -> (&'a str, Option<Role>) {
    let target = |role: Role, word: &'static str| {
        (evidence.gateways.get(&role).map_or(word, |gateway| gateway.target.as_str()), Some(role))
    };
    match party {
        Party::Sender => target(Role::Sender, "sender"),
        Party::Receiver => target(Role::Receiver, "receiver"),
        Party::SecondReceiver => target(Role::SecondReceiver, "second-receiver"),
        Party::Posta => ("posta", None),
        Party::Harness => ("harness", None),
        Party::Undetermined => (provider.unwrap_or(UNDETERMINED), None),
    }
}

/// The scenario that evidence is of, where one was played.
pub fn played(evidence: &Evidence) -> Option<&str> {
    (!evidence.gateways.is_empty()).then_some(evidence.title.as_str())
}

/// What is not as it should be by a judgement. What the scenario announced, or the harness made wrong on purpose, is
/// nobody's failure.
pub fn weighed<'a>(judgement: &'a Judgement, evidence: &'a Evidence) -> impl Iterator<Item = Weighed<'a>> {
    let unannounced = judgement.verdicts.iter().filter(|verdict| !verdict.is_announced(evidence));
    let found = unannounced.flat_map(|verdict| {
        let broken = match &verdict.outcome {
            Outcome::InternalError(reason) => Some(Weighed::Broken(verdict, reason)),
            _ => None,
        };
        let findings = verdict.outcome.findings();
        let somebodys = findings.iter().filter(|finding| finding.blame.unwrap_or(verdict.blame) != Party::Harness);
        somebodys.map(move |finding| Weighed::Found(verdict, finding)).chain(broken)
    });
    let missed = |announced: &&Announced| {
        !judgement.not_in_force.contains(&announced.rule.as_str())
            && !judgement.verdicts.iter().any(|verdict| verdict.announcement() == **announced)
    };
    found.chain(evidence.announced.iter().filter(missed).map(Weighed::Missed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_strictness_fails_what_the_one_before_does_and_one_kind_more() {
        let failing = |strictness| {
            let untold = Severity::Untold;
            let all =
                [Severity::Broken, Severity::Unmet, Severity::Violation, untold, Severity::Warning, Severity::Note];
            all.into_iter().filter(|severity| severity.fails(strictness)).count()
        };
        assert_eq!([Strictness::Violations, Strictness::Warnings, Strictness::Notes].map(failing), [3, 4, 5]);
    }
}
