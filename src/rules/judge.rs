//! Puts every rule to every subject it applies to.

use crate::{evidence::Evidence, norm::Level};

use super::{Outcome, Rule};

/// How to judge.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {}

/// Every verdict on one body of evidence.
#[derive(Default)]
pub struct Judgement {
    /// Verdicts of rules that inspected something.
    pub verdicts: Vec<Verdict>,
}

/// One rule's answer on one subject.
pub struct Verdict {
    /// The rule.
    pub rule: &'static Rule,
    /// The subject in words: `message 12 (acceptance in mario@sender's mailbox)`.
    pub subject: String,
    /// The observation, where the subject is a message.
    pub observation: Option<usize>,
    /// The answer.
    pub outcome: Outcome,
}

impl Judgement {
    /// The verdicts that failed at `level`.
    pub fn failed(&self, level: Level) -> impl Iterator<Item = &Verdict> {
        self.verdicts.iter().filter(move |v| v.rule.level == level && matches!(v.outcome, Outcome::Fail(_)))
    }
}

/// Judges evidence.
pub fn judge(evidence: &Evidence, options: &Options) -> Judgement {
    let _ = (evidence, options);
    todo!()
}
