//! A message by itself, as someone holds it: judged as it streams past, with nothing of it kept but facts.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use jiff::Timestamp;

use crate::{
    evidence::Evidence,
    message::{Message, Signed},
    smime::{Certificate, SignatureState},
};

use super::{
    super::{Judgement, Member, Outcome, Sha256, answers::Answers, copies::Copies, exhibit::Exhibit},
    Judge, Said,
    subject::{Signing, Subject as _},
};

/// What was found of one message, alone.
pub struct Lone {
    /// What the rules said; how often each was put its clerk counts.
    pub judgement: Judgement,
    /// How many rules were put to it; none to ordinary mail.
    pub exercised: usize,
    /// What it proves.
    pub answers: Answers,
    /// Who signed it, where a certificate tells.
    pub signer: Option<SignedBy>,
    /// What its transaction needs to know of it; `None` for ordinary mail.
    pub member: Option<Member>,
}

/// The certificate that signed a message, for people.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct SignedBy {
    /// Subject.
    pub subject: String,
    /// Issuer.
    pub issuer: String,
    /// Serial number, as certificates show it.
    pub serial: String,
    /// Valid from.
    pub not_before: Timestamp,
    /// Valid to.
    pub not_after: Timestamp,
}

/// What a judge keeps from message to message: one for each thread.
pub struct Clerk {
    /// How often each rule was put to something, by the provider that signed it, where that is known.
    applied: HashMap<Option<String>, Vec<usize>>,
    /// What the rules say of a signer's certificate, by its fingerprint: they look at nothing else.
    signers: HashMap<[u8; 32], Arc<Profile>>,
}

/// How many signers are remembered: all of Italy has some dozens of providers.
const SIGNERS: usize = 10_000;

/// What the rules said of a signer's certificate.
struct Profile {
    /// Rules that applied, by their place among the judge's.
    put: Vec<usize>,
    outcomes: Vec<(usize, Outcome)>,
}

impl Judge<'_> {
    /// A clerk with nothing to remember yet.
    pub fn clerk(&self) -> Clerk {
        Clerk { applied: HashMap::new(), signers: HashMap::new() }
    }

    /// Judges a message, which `evidence` has as its only observation, held against the reference alone. What its
    /// transaction shows is another pass's: [`Judge::transaction`].
    pub fn lone(&self, message: Message, evidence: &Evidence, clerk: &mut Clerk) -> Lone {
        let copies = Copies::of(message, &evidence.observations[0]);
        if !copies.is_system_generated() {
            let cut_off = copies.message.mail.is_cut_off();
            return Lone {
                judgement: Judgement::default(),
                exercised: 0,
                answers: if cut_off { Answers::of_what_was_cut_off() } else { Answers::of_ordinary_mail() },
                signer: None,
                member: None,
            };
        }
        let exhibit = Exhibit::new(copies, evidence, self.reference);
        let provider = exhibit.answerable();
        let applied = clerk.applied.remove(&provider).unwrap_or_else(|| vec![0; self.rules.len()]);
        let mut said = Said { applied, ..Said::default() };
        let mut exercised = self.put(&exhibit, &self.context(evidence, exhibit.copies.first().at), &mut said);
        if let Some(signing) = Signing::of(&exhibit) {
            let profile = self.profile(evidence, &signing, clerk);
            exercised += profile.put.len();
            profile.put.iter().for_each(|&at| said.applied[at] += 1);
            said.verdicts.extend(
                profile.outcomes.iter().map(|(at, outcome)| signing.about().verdict(self.rules[*at], outcome.clone())),
            );
        }
        clerk.applied.insert(provider, said.applied);
        let answers = Answers::of(&exhibit, &said.verdicts, exercised);
        let signer = exhibit.signature.as_ref().and_then(|signature| signature.signer.as_deref()).map(SignedBy::of);
        let origins = exhibit.copies.seen.iter().map(|copy| (copy.observation.id, exhibit.origin.clone())).collect();
        let member = exhibit.member().map(|member| Member { identity: Some(identity(&exhibit, &member)), ..member });
        let judgement = Judgement { verdicts: said.verdicts, origins, ..Judgement::default() };
        Lone { judgement, exercised, answers, signer, member }
    }

    fn profile(&self, evidence: &Evidence, signing: &Signing<'_>, clerk: &mut Clerk) -> Arc<Profile> {
        if let Some(profile) = clerk.signers.get(signing.certificate.fingerprint()) {
            return Arc::clone(profile);
        }
        let context = self.context(evidence, signing.exhibit.copies.first().at);
        let mut said = Said::default();
        self.put(signing, &context, &mut said);
        let put = said.applied.iter().enumerate().filter(|(_, times)| **times > 0).map(|(at, _)| at).collect();
        let placed = |verdict: super::Verdict| Some((self.place(verdict.rule)?, verdict.outcome));
        let outcomes = said.verdicts.into_iter().filter_map(placed).collect();
        let profile = Arc::new(Profile { put, outcomes });
        if clerk.signers.len() < SIGNERS {
            clerk.signers.insert(*signing.certificate.fingerprint(), Arc::clone(&profile));
        }
        profile
    }

    /// How often each rule was put to something by these clerks, by rule id.
    pub fn applied<'c>(&self, clerks: impl IntoIterator<Item = &'c Clerk>) -> super::Applied {
        let mut sum = vec![0; self.rules.len()];
        for applied in clerks.into_iter().flat_map(|clerk| clerk.applied.values()) {
            sum.iter_mut().zip(applied).for_each(|(sum, times)| *sum += times);
        }
        self.named(sum)
    }

    /// Rules that were put to something by these clerks, by the provider that signed it, where that is known.
    pub fn asked<'c>(
        &self,
        clerks: impl IntoIterator<Item = &'c Clerk>,
    ) -> BTreeMap<Option<String>, BTreeSet<&'static str>> {
        let mut asked: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (provider, applied) in clerks.into_iter().flat_map(|clerk| &clerk.applied) {
            let rules = self.rules.iter().zip(applied).filter(|(_, times)| **times > 0).map(|(rule, _)| rule.id);
            asked.entry(provider.clone()).or_default().extend(rules);
        }
        asked
    }
}

/// What tells a message from others: its kind, its Message-ID, and what is signed of it. A signature that holds stands for
/// all that it signs, and is shorter.
fn identity(exhibit: &Exhibit<'_>, member: &Member) -> Sha256 {
    let message = &exhibit.copies.message;
    let holds = exhibit.signature.as_ref().is_some_and(|signature| signature.state == SignatureState::Valid);
    let content = match &message.signed {
        Some(Signed { cms: Some(cms), .. }) if holds => cms.as_slice(),
        Some(signed) => message.mail.bytes(&signed.content.span),
        None => message.mail.bytes(&message.mail.root.body),
    };
    let id = member.message_id.as_deref().unwrap_or_default();
    Sha256::of_all([member.kind.title().as_bytes(), b"\n", id.as_bytes(), b"\n", content])
}

impl SignedBy {
    fn of(certificate: &Certificate) -> Self {
        let Certificate { subject, issuer, serial, not_before, not_after, .. } = certificate;
        Self {
            subject: subject.clone(),
            issuer: issuer.clone(),
            serial: serial.clone(),
            not_before: *not_before,
            not_after: *not_after,
        }
    }
}
