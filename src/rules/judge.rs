//! Judging: every rule in force is put to every subject it applies to.
//!
//! What one message shows and what one transaction shows are judged each by itself ([`Judge::lone`],
//! [`Judge::transaction`]), so that an archive streams; [`judge`] does all of it for evidence in memory.

mod about;
mod locate;
mod lone;
mod reference;
mod subject;

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::{AssertUnwindSafe, catch_unwind},
};

use jiff::Timestamp;

use crate::{
    evidence::{Evidence, Party},
    norm::AsOf,
    smime::Certificate,
};

use super::{
    Check, Context, Outcome, Rule, Transaction, all,
    copies::{Copies, copies},
    exhibit::Exhibit,
    judgement::{GivenCertificate, Judgement, Origin, Verdict},
    told_once,
    transaction::transactions,
};

pub use lone::{Clerk, Lone, SignedBy};
pub use reference::Reference;
use subject::{Log, Session, Signing, Subject};

/// How to judge.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// By the norm of which day.
    pub as_of: AsOf,
}

/// Judges evidence by every rule.
pub fn judge(evidence: &Evidence, options: &Options) -> Judgement {
    judge_by(all(), evidence, *options)
}

/// Judges evidence by these rules.
pub(super) fn judge_by(rules: impl Iterator<Item = &'static Rule>, evidence: &Evidence, options: Options) -> Judgement {
    let trust = crate::smime::Trust::new(evidence.anchors.iter().cloned(), evidence.crls.iter().cloned());
    let reference = Reference::new(&evidence.directories, &trust);
    let judge = Judge::new(rules, &reference, options);
    judge.evidence(evidence)
}

/// Rules in force, and what subjects are held against.
pub struct Judge<'a> {
    rules: Vec<&'static Rule>,
    not_in_force: Vec<&'static str>,
    reference: &'a Reference<'a>,
    as_of: AsOf,
}

/// How often each rule was put to something, by rule id.
type Applied = BTreeMap<&'static str, usize>;

/// What was said of subjects so far.
#[derive(Default)]
pub(super) struct Said {
    /// Not the passes.
    pub verdicts: Vec<Verdict>,
    /// How often each rule was put to something, by its place among the judge's.
    pub applied: Vec<usize>,
    /// Rules that were put to something that a party answers for, where that is asked for.
    pub asked: Option<Asked>,
}

/// Rules that were put to something, by who answers for it.
type Asked = BTreeMap<Party, BTreeSet<&'static str>>;

impl<'a> Judge<'a> {
    /// A judge by those of these rules that are in force.
    pub fn new(rules: impl Iterator<Item = &'static Rule>, reference: &'a Reference<'a>, options: Options) -> Self {
        let (rules, others): (Vec<_>, Vec<_>) = rules.partition(|rule| rule.in_force(options.as_of));
        let not_in_force = others.into_iter().map(|rule| rule.id).collect();
        Self { rules, not_in_force, reference, as_of: options.as_of }
    }

    /// Judges everything in evidence.
    pub fn evidence(&self, evidence: &Evidence) -> Judgement {
        let exhibits: Vec<Exhibit<'_>> = copies(evidence)
            .into_iter()
            .filter(Copies::is_system_generated)
            .map(|copies| Exhibit::new(copies, evidence, self.reference))
            .collect();
        let start = evidence.observations.first().map(|observation| observation.at);
        let dated = || Some(evidence.directories.last()?.from);
        let start = start.or(evidence.ended).or_else(dated).unwrap_or(Timestamp::UNIX_EPOCH);
        let transactions = transactions(evidence, exhibits.iter().filter_map(Exhibit::member).collect());
        let mut said = Said { asked: Some(Asked::new()), ..Said::default() };
        let mut signers = BTreeSet::new();
        for exhibit in &exhibits {
            self.put(exhibit, &self.context(evidence, exhibit.copies.first().at), &mut said);
            // What the harness put in on purpose does not stand for the gateway that uses the same certificate.
            if let Some(signing) = Signing::of(exhibit)
                && signers.insert((signing.certificate.der.clone(), exhibit.composer == Party::Harness))
            {
                self.put(&signing, &self.context(evidence, exhibit.copies.first().at), &mut said);
            }
        }
        let certificates = self.given(evidence, &exhibits, start);
        for given in &certificates {
            let context = Context { path: given.path.as_ref(), ..self.context(evidence, start) };
            self.put(given, &context, &mut said);
        }
        for (index, dialogue) in evidence.dialogues.iter().enumerate() {
            self.put(&Session { number: index + 1, dialogue }, &self.context(evidence, start), &mut said);
        }
        // What evidence is judged by is its own, or else is judged by itself: [`Judge::reference`].
        for directory in self.reference.directories.iter().filter(|_| !evidence.directories.is_empty()) {
            self.put(directory, &self.context(evidence, directory.from.max(start)), &mut said);
        }
        for (&role, records) in &evidence.logs {
            let log = Log { role, records, transactions: &transactions };
            self.put(&log, &self.context(evidence, start), &mut said);
        }
        for transaction in &transactions {
            let context = self.context(evidence, transaction.started().unwrap_or(start));
            self.put(transaction, &context, &mut said);
        }
        self.judgement(said, origins(&exhibits), transactions, certificates)
    }

    /// Verdicts in the order of the rules, and of what they are about.
    fn judgement(
        &self,
        said: Said,
        origins: BTreeMap<usize, Origin>,
        transactions: Vec<Transaction>,
        certificates: Vec<GivenCertificate>,
    ) -> Judgement {
        let mut verdicts = said.verdicts;
        verdicts.sort_by_cached_key(|verdict| self.place(verdict.rule));
        Judgement {
            verdicts,
            applied: self.named(said.applied),
            asked: said.asked.unwrap_or_default(),
            not_in_force: self.not_in_force.clone(),
            origins,
            transactions,
            certificates,
        }
    }

    /// A rule's place among the judge's.
    fn place(&self, rule: &Rule) -> Option<usize> {
        self.rules.iter().position(|known| known.id == rule.id)
    }

    fn named(&self, applied: Vec<usize>) -> Applied {
        let put = self.rules.iter().zip(applied).filter(|(_, times)| *times > 0);
        put.map(|(rule, times)| (rule.id, times)).collect()
    }

    /// Judges the directories of the reference, in order: what is wrong with one is told once, under its own name, and
    /// charged to no message.
    pub fn reference(&self) -> Vec<Judgement> {
        let nothing = Evidence::default();
        let judged = self.reference.directories.iter().map(|directory| {
            let mut said = Said::default();
            self.put(directory, &self.context(&nothing, directory.from), &mut said);
            self.judgement(said, BTreeMap::new(), Vec::new(), Vec::new())
        });
        judged.collect()
    }

    /// Rules that rest on nothing in force on the norm's day.
    pub fn not_in_force(&self) -> &[&'static str] {
        &self.not_in_force
    }

    /// Judges everything that belongs to one submission. `surroundings` tell who plays and what was watched; the messages
    /// are no longer at hand.
    pub fn transaction(&self, transaction: &Transaction, surroundings: &Evidence) -> Judgement {
        let start = transaction.started().or(surroundings.ended).unwrap_or(Timestamp::UNIX_EPOCH);
        let mut said = Said::default();
        self.put(transaction, &self.context(surroundings, start), &mut said);
        self.judgement(said, BTreeMap::new(), Vec::new(), Vec::new())
    }

    /// Certificates given to be judged by themselves; the others at hand help them to a path.
    fn given(&self, evidence: &Evidence, exhibits: &[Exhibit<'_>], at: Timestamp) -> Vec<GivenCertificate> {
        let given = evidence.certificates.iter().filter_map(|der| Certificate::read(der).ok());
        let given: Vec<Certificate> = given.collect();
        if given.is_empty() {
            return Vec::new();
        }
        let signatures = exhibits.iter().filter_map(|exhibit| exhibit.signature.as_ref());
        let travelled = signatures.flat_map(|signature| signature.certificates.iter().map(|it| Certificate::clone(it)));
        let mut others: Vec<Certificate> = given.iter().cloned().chain(travelled).collect();
        others.sort_by(|a, b| a.der.cmp(&b.der));
        others.dedup_by(|a, b| a.der == b.der);
        let trust = self.reference.trust;
        let directory = self.reference.at_hand(at);
        let traced =
            |certificate: &Certificate| (!trust.anchors().is_empty()).then(|| trust.check(certificate, &others, at));
        let listed = |certificate: &Certificate| {
            directory.and_then(|directory| directory.signing_with(certificate).next()).map(|it| it.name.clone())
        };
        let told = given.into_iter().map(|certificate| GivenCertificate {
            path: traced(&certificate),
            provider: listed(&certificate),
            certificate,
        });
        told.collect()
    }

    fn context<'e>(&'e self, evidence: &'e Evidence, observed: Timestamp) -> Context<'e> {
        Context {
            evidence,
            directory: self.reference.in_force(observed),
            trust: self.reference.trust,
            observed,
            as_of: self.as_of,
            path: None,
        }
    }

    /// Puts every rule to a subject, and tells how many applied; a rule that panics is named, and never a verdict.
    fn put(&self, subject: &impl Subject, context: &Context<'_>, said: &mut Said) -> usize {
        let mut put = 0;
        said.applied.resize(self.rules.len(), 0);
        for (rule, applied) in self.rules.iter().copied().zip(&mut said.applied) {
            let outcome = match catch_unwind(AssertUnwindSafe(|| subject.ask(&rule.check, context))) {
                Ok(None) => continue,
                Ok(Some(findings)) => {
                    *applied += 1;
                    put += 1;
                    if let Some(asked) = &mut said.asked {
                        subject.answering(rule, context).into_iter().for_each(|party| {
                            asked.entry(party).or_default().insert(rule.id);
                        });
                    }
                    if findings.is_empty() {
                        continue;
                    }
                    match rule.check {
                        Check::Limits(_) => Outcome::CannotTell(told_once(findings)),
                        _ => Outcome::Fail(told_once(findings)),
                    }
                }
                Err(panic) => Outcome::InternalError(words(&*panic)),
            };
            said.verdicts.push(subject.about().verdict(rule, outcome));
        }
        put
    }
}

fn origins(exhibits: &[Exhibit<'_>]) -> BTreeMap<usize, Origin> {
    let each = exhibits.iter().flat_map(|exhibit| exhibit.copies.seen.iter().map(move |copy| (copy, exhibit)));
    each.map(|(copy, exhibit)| (copy.observation.id, exhibit.origin.clone())).collect()
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without words".to_owned())
}
