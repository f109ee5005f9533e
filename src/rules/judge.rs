//! Puts every rule to every subject it applies to.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    evidence::{Evidence, Party},
    norm::Level,
};

use super::{Outcome, Rule};

/// How to judge.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {}

/// Every verdict on one body of evidence.
#[derive(Default)]
pub struct Judgement {
    /// What failed or broke, in the order of the rules.
    pub verdicts: Vec<Verdict>,
    /// How often each rule was put to a subject, by rule id; a rule that is not here was not exercised.
    pub applied: BTreeMap<&'static str, usize>,
    /// What can be said of the origin of each system-generated message, by observation id.
    pub origins: BTreeMap<usize, Origin>,
}

/// One rule's answer on one subject, where it is not a pass.
pub struct Verdict {
    /// The rule.
    pub rule: &'static Rule,
    /// The subject in words: `message 12 (acceptance in mario@sender's mailbox)`.
    pub subject: String,
    /// The observation, where the subject is a message.
    pub observation: Option<usize>,
    /// Who answers for the subject; a finding may name another ([`super::Finding::blame`]).
    pub blame: Party,
    /// The answer.
    pub outcome: Outcome,
}

/// What can be said of where a message comes from (RFC 6109 2.2.2). A state, not a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Signed by a certificate that the directory lists and that leads to a trusted root.
    Verified {
        /// `providerName`.
        provider: String,
    },
    /// The signature may hold, but who signed cannot be told; why.
    NotVerified(String),
    /// There is no signature.
    Unsigned,
}

impl Judgement {
    /// The verdicts that failed at `level`, the harness's own excepted.
    pub fn failed(&self, level: Level) -> impl Iterator<Item = &Verdict> {
        self.verdicts.iter().filter(move |verdict| {
            verdict.rule.level == level
                && verdict.blame != Party::Harness
                && matches!(verdict.outcome, Outcome::Fail(_))
        })
    }

    /// What can be said of an observation's origin; `None` for what no provider's system generated.
    pub fn origin(&self, observation: usize) -> Option<&Origin> {
        self.origins.get(&observation)
    }
}

/// Judges evidence.
pub fn judge(evidence: &Evidence, options: &Options) -> Judgement {
    let _ = (evidence, options);
    todo!()
}
