//! Puts every rule to every subject it applies to.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    directory::{Directory, DirectoryFile, LdifError, Provider, ldif::Record},
    evidence::{Announced, DirectoryVersion, Evidence, Party, Role, Seen},
    message::{Kind, Mail},
    norm::{AsOf, Clause, Level},
    smime::{Certificate, PathError, Signature, SignatureState, Trust},
};

use super::{
    Check, Context, DialogueSubject, DirectorySubject, Fact, Findings, LogSubject, MessageSubject, Outcome, Rule,
    Transaction, all,
    copies::{Copies, copies},
    transaction::transactions,
};

/// How to judge.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// By the norm of which day.
    pub as_of: AsOf,
}

/// Every verdict on one body of evidence.
#[derive(Default)]
pub struct Judgement {
    /// What failed or broke, in the order of the rules.
    pub verdicts: Vec<Verdict>,
    /// How often each rule was put to a subject, by rule id; a rule that is not here was not exercised, which is no pass.
    pub applied: BTreeMap<&'static str, usize>,
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
    /// The answer: [`Outcome::Fail`] or [`Outcome::InternalError`].
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
    /// Who signed cannot be told: no directory or trust anchors at hand, or an algorithm beyond this harness.
    NotVerified(String),
    /// It was looked into: no listed provider signed these bytes; why.
    Refuted(String),
    /// There is no signature.
    Unsigned,
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

    /// As a scenario announces it.
    pub fn announcement(&self) -> Announced {
        let Verdict { rule, subject, observation, .. } = self;
        Announced { rule: rule.id.to_owned(), subject: subject.clone(), observation: *observation }
    }

    /// Whether the scenario announced it.
    pub fn is_announced(&self, evidence: &Evidence) -> bool {
        matches!(self.outcome, Outcome::Fail(_)) && evidence.announced.contains(&self.announcement())
    }

    /// Whether only the harness answers for it.
    pub fn is_provoked(&self) -> bool {
        match &self.outcome {
            Outcome::Fail(findings) => {
                findings.iter().all(|finding| finding.blame.unwrap_or(self.blame) == Party::Harness)
            }
            Outcome::Pass | Outcome::InternalError(_) => false,
        }
    }
}

/// The kind of message that a section of RFC 6109 is about.
fn tells_of(clause: &Clause) -> Option<Kind> {
    const SECTIONS: [(&str, Kind); 11] = [
        ("3.1.2", Kind::NonAccettazione),
        ("3.1.3", Kind::NonAccettazioneVirus),
        ("3.1.4", Kind::Accettazione),
        ("3.1.5", Kind::PostaCertificata),
        ("3.1.6", Kind::PreavvisoErroreConsegna),
        ("3.2.1", Kind::PresaInCarico),
        ("3.2.2", Kind::Anomalia),
        ("3.2.3", Kind::RilevazioneVirus),
        ("3.2.4", Kind::ErroreConsegnaVirus),
        ("3.3.2", Kind::AvvenutaConsegna),
        ("3.3.3", Kind::ErroreConsegna),
    ];
    let section = clause.source.strip_prefix("RFC 6109 ")?;
    SECTIONS.into_iter().find(|(start, _)| section.starts_with(start)).map(|(_, kind)| kind)
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

struct DirectoryInForce<'a> {
    from: Timestamp,
    file: DirectoryFile<'a>,
    records: Vec<Record>,
    read: Result<Directory, LdifError>,
}

impl<'a> DirectoryInForce<'a> {
    fn open(version: &'a DirectoryVersion) -> Self {
        let file = DirectoryFile::open(&version.ldif);
        let (records, read) = match file.records() {
            Ok(records) => {
                let read = Directory::of(&records);
                (records, read)
            }
            Err(error) => (Vec::new(), Err(error)),
        };
        Self { from: version.from, file, records, read }
    }

    fn subject(&self) -> DirectorySubject<'_> {
        let from = (self.from != Timestamp::MIN).then_some(self.from);
        DirectorySubject { file: &self.file, records: &self.records, read: &self.read, from }
    }
}

/// A system-generated message with what was found out about it.
struct Exhibit<'a> {
    copies: Copies<'a>,
    original: Option<Mail>,
    signature: Option<Signature>,
    /// Name and managed domains of the provider whose record lists the signer's certificate.
    provider: Option<Provider>,
    origin: Origin,
    composer: Party,
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
            let kind = exhibit.copies.message.kind?;
            Some(Fact::of(&exhibit.copies, kind, exhibit.composer, exhibit.origin.clone()))
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
            && super::envelope::paths_as_certified(&subject)
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

/// What a verdict is about.
struct About {
    subject: String,
    observation: Option<usize>,
    kind: Option<Kind>,
    blame: Party,
    provider: Option<String>,
}

impl Default for About {
    fn default() -> Self {
        Self { subject: String::new(), observation: None, kind: None, blame: Party::Undetermined, provider: None }
    }
}

impl About {
    fn message(exhibit: &Exhibit<'_>) -> Self {
        let first = exhibit.copies.first();
        let kind = exhibit.copies.message.kind.map_or("of no known kind", |kind| kind.title());
        let place = match &first.seen {
            Seen::Mailbox { address, .. } => format!("in {address}'s mailbox"),
            Seen::Wire { from, to } => format!("from {from} to {to}"),
            Seen::File { path } => format!("in {path}"),
            Seen::Submitted { .. } => "submitted".to_owned(),
            Seen::VirusStore { of } => format!("in the {of}'s virus store"),
        };
        Self {
            subject: format!("message {} ({kind} {place})", first.id),
            observation: Some(first.id),
            kind: exhibit.copies.message.kind,
            blame: exhibit.composer,
            provider: exhibit.answerable(),
        }
    }

    fn certificate(exhibit: &Exhibit<'_>, signer: &Certificate) -> Self {
        Self {
            subject: format!("certificate {} of {}", signer.serial, signer.subject),
            observation: Some(exhibit.copies.first().id),
            kind: None,
            blame: exhibit.composer,
            provider: exhibit.answerable(),
        }
    }

    fn given(given: &GivenCertificate) -> Self {
        let Certificate { serial, subject, .. } = &given.certificate;
        let subject = format!("certificate {serial} of {subject}");
        Self { subject, provider: given.provider.clone(), ..Self::default() }
    }
}

impl Bench<'_> {
    fn about(&self, transaction: &Transaction) -> About {
        let observation = transaction.submission.as_ref().map(|submission| submission.observation);
        let observation = observation.or_else(|| transaction.messages.first().map(Fact::observation));
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

impl<'a> Exhibit<'a> {
    fn new(
        copies: Copies<'a>,
        evidence: &Evidence,
        directories: &[DirectoryInForce<'_>],
        paths: &mut Paths<'_>,
    ) -> Self {
        let message = &copies.message;
        let signature = message.signed.as_ref().map(|signed| match &signed.cms {
            Some(cms) => Signature::verify(cms, message.mail.bytes(&signed.content.span)),
            None => Signature::verify(&[], message.mail.bytes(&signed.content.span)),
        });
        let at = copies.first().at;
        let directory = in_force(directories, at);
        let signer = signature.as_ref().and_then(|signature| signature.signer.as_ref());
        let provider = directory.zip(signer).and_then(|(directory, signer)| directory.signing_with(signer).next());
        let origin = origin(signature.as_ref(), directory, provider, paths, at);
        let composer = composer(&copies, evidence, provider);
        let provider = provider.cloned();
        let original = copies.message.original_mail();
        Self { copies, original, signature, provider, origin, composer }
    }

    /// The provider whose verified signature it bears, where no role tells who composed it.
    fn answerable(&self) -> Option<String> {
        match (&self.origin, self.composer) {
            (Origin::Verified { provider }, Party::Undetermined) => Some(provider.clone()),
            _ => None,
        }
    }

    fn subject(&self) -> MessageSubject<'_> {
        MessageSubject {
            message: &self.copies.message,
            observation: self.copies.first(),
            original: self.original.as_ref(),
            signature: self.signature.as_ref(),
            provider: self.provider.as_ref(),
        }
    }
}

fn in_force<'d>(directories: &'d [DirectoryInForce<'_>], at: Timestamp) -> Option<&'d Directory> {
    let version = directories.iter().rev().find(|version| version.from <= at).or_else(|| directories.first())?;
    version.read.as_ref().ok()
}

/// Existence, origin and validity of the signature (2.2.2), at arrival.
fn origin(
    signature: Option<&Signature>,
    directory: Option<&Directory>,
    provider: Option<&Provider>,
    paths: &mut Paths<'_>,
    at: Timestamp,
) -> Origin {
    let Some(signature) = signature else { return Origin::Unsigned };
    match &signature.state {
        SignatureState::Valid => {}
        SignatureState::Unsupported(algorithm) => {
            return Origin::NotVerified(format!("{algorithm} is not supported by this harness"));
        }
        _ => return Origin::Refuted("the signature does not hold".to_owned()),
    }
    let Some(signer) = &signature.signer else {
        return Origin::Refuted("the signer's certificate does not travel with the signature".to_owned());
    };
    if directory.is_none() {
        return Origin::NotVerified("no providers' directory is at hand".to_owned());
    }
    let Some(provider) = provider else {
        return Origin::Refuted("the directory does not list the signer's certificate".to_owned());
    };
    if paths.trust.anchors.is_empty() {
        return Origin::NotVerified("no trust anchors are at hand".to_owned());
    }
    match paths.check(signer, &signature.certificates, at) {
        Ok(()) => Origin::Verified { provider: provider.name.clone() },
        Err(error) if error.is_of_the_lists() => Origin::NotVerified(error.to_string()),
        Err(error) => Origin::Refuted(error.to_string()),
    }
}

/// A certificate, DER, and when it is to be valid.
type Asked = (Arc<[u8]>, Timestamp);

/// Certification paths already built.
struct Paths<'a> {
    trust: &'a Trust,
    known: HashMap<Asked, Result<(), PathError>>,
}

impl Paths<'_> {
    fn check(&mut self, certificate: &Certificate, others: &[Certificate], at: Timestamp) -> Result<(), PathError> {
        let check = || self.trust.check(certificate, others, at);
        self.known.entry((certificate.der.clone(), at)).or_insert_with(check).clone()
    }
}

/// Who composed a message: whoever sent it first. What a mailbox held before any wire carried it was composed by whoever
/// stored it, where wires are watched; else by whoever signed it.
fn composer(copies: &Copies<'_>, evidence: &Evidence, provider: Option<&Provider>) -> Party {
    let first = copies.first();
    let signer = provider.and_then(|provider| role_of(evidence, &provider.name)).map(Party::from);
    let watched = evidence.observations.iter().any(|seen| matches!(seen.seen, Seen::Wire { .. }));
    match first.producer {
        Party::Undetermined => signer.unwrap_or(Party::Undetermined),
        producer if watched || producer == Party::Harness => producer,
        producer => signer.unwrap_or(producer),
    }
}

/// The role that a provider of this name plays.
pub(super) fn role_of(evidence: &Evidence, provider: &str) -> Option<Role> {
    let mut roles = evidence.gateways.iter();
    roles.find(|(_, facts)| facts.provider.eq_ignore_ascii_case(provider)).map(|(&role, _)| role)
}
