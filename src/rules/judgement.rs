//! What a judgement says: verdicts, who answers for them, where messages come from.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    evidence::{Announced, Evidence, Party},
    message::Kind,
    norm::{Clause, Level},
    smime::{Certificate, PathError},
};

use super::{Finding, Outcome, Rule, Transaction};

/// Every verdict on one body of evidence.
#[derive(Default)]
pub struct Judgement {
    /// What failed or broke, in the order of the rules.
    pub verdicts: Vec<Verdict>,
    /// How often each rule was put to a subject, by rule id; a rule that is not here was not exercised, which is no pass.
    pub applied: BTreeMap<&'static str, usize>,
    /// Rules that were put to something that a party answers for; not told of a message by itself.
    pub asked: BTreeMap<Party, BTreeSet<&'static str>>,
    /// Rules that rest on nothing in force on the norm's day; they were put to nothing.
    pub not_in_force: Vec<&'static str>,
    /// What can be said of the origin of each system-generated message, by observation id.
    pub origins: BTreeMap<usize, Origin>,
    /// What belongs together, by the evidence alone.
    pub transactions: Vec<Transaction>,
    /// Certificates given to be judged by themselves.
    pub certificates: Vec<GivenCertificate>,
}

/// A certificate given to be judged by itself, and what can be said of it.
#[derive(Clone, Debug)]
pub struct GivenCertificate {
    /// The certificate.
    pub certificate: Certificate,
    /// Whether receivers trust it; `None` where no trust anchors are at hand.
    pub path: Option<Result<(), PathError>>,
    /// `providerName` of the record that lists it.
    pub provider: Option<String>,
}

/// One rule's answer on one subject, where it is not a pass.
pub struct Verdict {
    /// The rule.
    pub rule: &'static Rule,
    /// The subject in words: `message 12 (acceptance in mario@alfa.example's mailbox)`.
    pub subject: String,
    /// The observation, where the subject is a message.
    pub observation: Option<usize>,
    /// The kind of message, where the subject is one.
    pub kind: Option<Kind>,
    /// Who answers for the subject; a finding may name another ([`super::Finding::blame`]).
    pub blame: Party,
    /// The provider who answers for it, where nobody's role tells: by a verified signature, or by the directory.
    pub provider: Option<String>,
    /// The answer: not [`Outcome::Pass`].
    pub outcome: Outcome,
}

/// What can be said of where a message comes from (RFC 6109 2.2.2). A state, not a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Signed by a certificate that the directory lists and that leads to a trusted root.
    Verified {
        /// `providerName`.
        provider: String,
    },
    /// Who signed cannot be told: no directory or trust anchors at hand, or an algorithm beyond this harness.
    NotVerified(String),
    /// It was looked into: no listed provider signed these bytes; why.
    Refuted(String),
    /// There is no signature.
    Unsigned,
}

impl Origin {
    /// The provider that is proved to have signed, where no role tells who composed the message.
    pub(super) fn answerable(&self, composer: Party) -> Option<String> {
        match (self, composer) {
            (Origin::Verified { provider }, Party::Undetermined) => Some(provider.clone()),
            _ => None,
        }
    }
}

impl Judgement {
    /// The verdicts that failed at `level`; those on what the harness made on purpose are in [`Judgement::provoked`].
    pub fn failed(&self, level: Level) -> impl Iterator<Item = &Verdict> {
        self.verdicts.iter().filter(move |verdict| {
            verdict.rule.level == level && matches!(verdict.outcome, Outcome::Fail(_)) && !verdict.is_provoked()
        })
    }

    /// The verdicts on what the harness made on purpose: they meet `expect-findings` and blame no gateway.
    pub fn provoked(&self) -> impl Iterator<Item = &Verdict> {
        self.verdicts.iter().filter(|verdict| verdict.is_provoked())
    }

    /// Rules that broke.
    pub fn broken(&self) -> impl Iterator<Item = &Verdict> {
        self.verdicts.iter().filter(|verdict| matches!(verdict.outcome, Outcome::InternalError(_)))
    }

    /// What can be said of an observation's origin; `None` for what no provider's system generated.
    pub fn origin(&self, observation: usize) -> Option<&Origin> {
        self.origins.get(&observation)
    }
}

impl Verdict {
    /// The clauses at hand: of those that the rule rests on, what chapter 3 says of other kinds of message left out.
    pub fn clauses(&self) -> Vec<&'static Clause> {
        let others =
            |clause: &&&Clause| self.kind.is_some() && tells_of(clause).is_some_and(|kind| Some(kind) != self.kind);
        let own: Vec<&'static Clause> = self.rule.clauses.iter().filter(|clause| !others(clause)).copied().collect();
        if own.is_empty() { self.rule.clauses.to_vec() } else { own }
    }

    /// Who answers for a finding: the party, and the provider where no role tells.
    pub fn answers<'a>(&'a self, finding: &'a Finding) -> (Party, Option<&'a str>) {
        match finding.blame {
            Some(party) => (party, finding.provider.as_deref()),
            None => (self.blame, self.provider.as_deref()),
        }
    }

    /// As a scenario announces it.
    pub fn announcement(&self) -> Announced {
        let Verdict { rule, subject, observation, .. } = self;
        Announced { rule: rule.id.to_owned(), subject: subject.clone(), observation: *observation }
    }

    /// Whether the scenario announced it.
    pub fn is_announced(&self, evidence: &Evidence) -> bool {
        !self.outcome.findings().is_empty() && evidence.announced.contains(&self.announcement())
    }

    /// Whether only the harness answers for it.
    pub fn is_provoked(&self) -> bool {
        let findings = self.outcome.findings();
        let by_harness = |finding: &Finding| finding.blame.unwrap_or(self.blame) == Party::Harness;
        matches!(self.outcome, Outcome::Fail(_)) && findings.iter().all(by_harness)
    }
}

/// The kind of message that a section of RFC 6109 is about.
fn tells_of(clause: &Clause) -> Option<Kind> {
    let section = clause.source.strip_prefix("RFC 6109 ")?;
    Kind::ALL.into_iter().find(|kind| section.starts_with(kind.section()))
}
