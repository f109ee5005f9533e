//! Puts every rule to every subject it applies to.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use jiff::Timestamp;

use crate::{
    evidence::{Evidence, Party},
    message::Kind,
    norm::{AsOf, Level},
    smime::{Certificate, Trust},
};

use super::{
    Check, Context, DialogueSubject, Findings, LogSubject, Member, Outcome, Rule, Transaction,
    about::About,
    all,
    copies::{Copies, copies},
    exhibit::{DirectoryInForce, Exhibit, Paths, in_force},
    judgement::{GivenCertificate, Judgement, Origin, Verdict},
    transaction::transactions,
};

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
    let trust = Trust { anchors: evidence.anchors.clone(), crls: evidence.crls.clone() };
    let bench = Bench::new(evidence, &trust, options.as_of);
    let mut judgement = Judgement { origins: bench.origins(), ..Judgement::default() };
    for rule in rules {
        if rule.in_force(options.as_of) {
            bench.put(rule, &mut judgement);
        } else {
            judgement.not_in_force.push(rule.id);
        }
    }
    judgement.transactions = bench.transactions;
    judgement.certificates = bench.certificates;
    judgement
}

/// Everything rules are put to, read and verified once.
struct Bench<'a> {
    evidence: &'a Evidence,
    trust: &'a Trust,
    as_of: AsOf,
    directories: Arc<[DirectoryInForce<'a>]>,
    messages: Vec<Exhibit<'a>>,
    /// Those given to be judged by themselves.
    certificates: Vec<GivenCertificate>,
    transactions: Vec<Transaction>,
    start: Timestamp,
}

impl<'a> Bench<'a> {
    fn new(evidence: &'a Evidence, trust: &'a Trust, as_of: AsOf) -> Self {
        let directories: Arc<[DirectoryInForce<'a>]> =
            evidence.directories.iter().map(DirectoryInForce::open).collect();
        let mut paths = Paths { trust, known: HashMap::new() };
        let messages: Vec<Exhibit<'a>> = copies(evidence)
            .into_iter()
            .filter(Copies::is_system_generated)
            .map(|copies| Exhibit::new(copies, evidence, &directories, &mut paths))
            .collect();
        let facts = messages.iter().filter_map(|exhibit| {
            let kind = exhibit.copies.message.settled_kind()?;
            Some(Member::of(&exhibit.copies, kind, exhibit.composer, exhibit.origin.clone()))
        });
        let transactions = transactions(evidence, facts.collect());
        let start = evidence.observations.first().map(|observation| observation.at);
        let start = start.or(evidence.ended).unwrap_or(Timestamp::UNIX_EPOCH);
        let certificates = Vec::new();
        let mut bench = Self { evidence, trust, as_of, directories, messages, certificates, transactions, start };
        bench.certificates = bench.given();
        bench.find_sound_in_anomalies();
        bench
    }

    /// Certificates given to be judged by themselves; the others at hand help them to a path.
    fn given(&self) -> Vec<GivenCertificate> {
        let given = self.evidence.certificates.iter().filter_map(|der| Certificate::read(der).ok());
        let given: Vec<Certificate> = given.collect();
        let signatures = self.messages.iter().filter_map(|exhibit| exhibit.signature.as_ref());
        let travelled = signatures.flat_map(|signature| signature.certificates.iter().cloned());
        let mut others: Vec<Certificate> = given.iter().cloned().chain(travelled).collect();
        others.sort_by(|a, b| a.der.cmp(&b.der));
        others.dedup_by(|a, b| a.der == b.der);
        let directory = in_force(&self.directories, self.start);
        let traced = |certificate: &Certificate| {
            (!self.trust.anchors.is_empty()).then(|| self.trust.check(certificate, &others, self.start))
        };
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

    /// Tells anomaly envelopes around what arrived sound: from a listed provider, and broken by no MUST of a message
    /// or of its signer's certificate.
    fn find_sound_in_anomalies(&mut self) {
        let mut sound = BTreeMap::new();
        for anomaly in self.messages.iter().filter(|exhibit| exhibit.copies.message.kind == Some(Kind::Anomalia)) {
            let Some(inside) = anomaly.copies.message.original() else { continue };
            let arrived = self.messages.iter().find(|arrived| arrived.copies.is_of(&inside));
            if let Some(arrived) = arrived.filter(|arrived| self.is_sound(arrived)) {
                sound.insert(anomaly.copies.first().id, arrived.copies.first().id);
            }
        }
        for fact in self.transactions.iter_mut().flat_map(|transaction| &mut transaction.messages) {
            fact.wraps_sound = sound.get(&fact.observation()).copied();
        }
    }

    fn is_sound(&self, exhibit: &Exhibit<'a>) -> bool {
        let (subject, context) = (exhibit.subject(), self.context(exhibit.copies.first().at));
        let signer = exhibit.signature.as_ref().and_then(|signature| signature.signer.as_ref());
        let holds = |rule: &Rule| {
            let mut findings = Findings::new();
            match (&rule.check, signer) {
                _ if rule.level != Level::Must || !rule.in_force(self.as_of) => {}
                (Check::Message { applies, check }, _) if applies(&subject, &context) => {
                    check(&subject, &context, &mut findings);
                }
                // 2.2.2 does not tell whether a signer beyond the profile of 5.5 is good enough.
                (Check::Certificate { applies, check }, Some(signer)) if applies(signer, &context) => {
                    check(signer, &context, &mut findings);
                }
                _ => {}
            }
            findings.is_empty()
        };
        matches!(exhibit.origin, Origin::Verified { .. })
            && super::families::envelope::paths_as_certified(&subject)
            && catch_unwind(AssertUnwindSafe(|| all().all(holds))).unwrap_or(false)
    }

    fn origins(&self) -> BTreeMap<usize, Origin> {
        let origin = |exhibit: &Exhibit<'a>| {
            let origin = exhibit.origin.clone();
            exhibit.copies.seen.iter().map(move |copy| (copy.observation.id, origin.clone())).collect::<Vec<_>>()
        };
        self.messages.iter().flat_map(origin).collect()
    }

    fn context(&self, observed: Timestamp) -> Context<'_> {
        Context {
            evidence: self.evidence,
            directory: in_force(&self.directories, observed),
            trust: self.trust,
            observed,
            as_of: self.as_of,
            path: None,
        }
    }

    fn put(&self, rule: &'static Rule, judgement: &mut Judgement) {
        match rule.check {
            Check::Message { applies, check } => {
                for exhibit in &self.messages {
                    let subject = exhibit.subject();
                    let context = self.context(exhibit.copies.first().at);
                    let about = About::message(exhibit);
                    put(
                        judgement,
                        rule,
                        about,
                        || applies(&subject, &context),
                        |found| check(&subject, &context, found),
                    );
                }
            }
            Check::Certificate { applies, check } => {
                let mut seen = BTreeSet::new();
                for exhibit in &self.messages {
                    let Some(signer) = exhibit.signature.as_ref().and_then(|signature| signature.signer.as_ref())
                    else {
                        continue;
                    };
                    // What the harness put in on purpose does not stand for the gateway that uses the same certificate.
                    if seen.insert((signer.der.clone(), exhibit.composer == Party::Harness)) {
                        let context = self.context(exhibit.copies.first().at);
                        let about = About::certificate(exhibit, signer);
                        put(
                            judgement,
                            rule,
                            about,
                            || applies(signer, &context),
                            |found| check(signer, &context, found),
                        );
                    }
                }
                for given in &self.certificates {
                    let context = Context { path: given.path.as_ref(), ..self.context(self.start) };
                    let (about, certificate) = (About::given(given), &given.certificate);
                    put(
                        judgement,
                        rule,
                        about,
                        || applies(certificate, &context),
                        |found| check(certificate, &context, found),
                    );
                }
            }
            Check::Dialogue { applies, check } => {
                for (number, dialogue) in self.evidence.dialogues.iter().enumerate() {
                    let subject = DialogueSubject { dialogue };
                    let context = self.context(self.start);
                    let about = About {
                        subject: format!("session {} ({} to {})", number + 1, dialogue.from, dialogue.to),
                        blame: dialogue.to,
                        ..About::default()
                    };
                    put(judgement, rule, about, || applies(&subject), |found| check(&subject, &context, found));
                }
            }
            Check::Directory { applies, check } => {
                for directory in self.directories.iter() {
                    let subject = directory.subject();
                    let context = self.context(directory.from.max(self.start));
                    let about = About {
                        subject: match subject.from {
                            Some(from) => format!("the directory in force from {from}"),
                            None => "the directory".to_owned(),
                        },
                        ..About::default()
                    };
                    put(judgement, rule, about, || applies(&subject), |found| check(&subject, &context, found));
                }
            }
            Check::Log { check } => {
                for (&role, records) in &self.evidence.logs {
                    let subject = LogSubject { role, records, transactions: &self.transactions };
                    let context = self.context(self.start);
                    let about = About { subject: format!("the {role}'s log"), blame: role.into(), ..About::default() };
                    put(judgement, rule, about, || true, |found| check(&subject, &context, found));
                }
            }
            Check::Transaction { applies, check } => {
                for transaction in &self.transactions {
                    let context = self.context(transaction.started().unwrap_or(self.start));
                    let about = self.about(transaction);
                    put(
                        judgement,
                        rule,
                        about,
                        || applies(transaction, &context),
                        |found| check(transaction, &context, found),
                    );
                }
            }
        }
    }
}

impl Bench<'_> {
    fn about(&self, transaction: &Transaction) -> About {
        let observation = transaction.submission.as_ref().map(|submission| submission.observation);
        let observation = observation.or_else(|| transaction.messages.first().map(Member::observation));
        let subject = match (&transaction.identifier[..], observation) {
            ("", Some(submission)) => format!("submission {submission}"),
            (identifier, _) => format!("transaction {identifier}"),
        };
        let shown = |exhibit: &&Exhibit<'_>| Some(exhibit.copies.first().id) == observation;
        let provider = self.messages.iter().find(shown).and_then(Exhibit::answerable);
        About { subject, observation, kind: None, blame: transaction.sender_side(), provider }
    }
}

/// Puts a rule to a subject; a rule that panics is named, and never a verdict.
fn put(
    judgement: &mut Judgement,
    rule: &'static Rule,
    about: About,
    applies: impl FnOnce() -> bool,
    check: impl FnOnce(&mut Findings),
) {
    let answer = catch_unwind(AssertUnwindSafe(|| {
        applies().then(|| {
            let mut findings = Findings::new();
            check(&mut findings);
            findings
        })
    }));
    let outcome = match answer {
        Ok(None) => return,
        Ok(Some(findings)) if findings.is_empty() => Outcome::Pass,
        Ok(Some(findings)) => Outcome::Fail(findings),
        Err(panic) => Outcome::InternalError(words(&*panic)),
    };
    if !matches!(outcome, Outcome::InternalError(_)) {
        *judgement.applied.entry(rule.id).or_default() += 1;
    }
    if outcome != Outcome::Pass {
        let About { subject, observation, kind, blame, provider } = about;
        judgement.verdicts.push(Verdict { rule, subject, observation, kind, blame, provider, outcome });
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without words".to_owned())
}
