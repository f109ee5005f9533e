//! A message as a subject of rules: read once, its signature verified once, its origin and composer found out.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;

use crate::{
    directory::{Directory, Provider},
    evidence::{Evidence, Party, Role, Seen},
    message::Mail,
    smime::{Certificate, PathError, Signature, SignatureState, Trust},
};

use super::{Member, MessageSubject, copies::Copies, judge::Reference, judgement::Origin};

/// A system-generated message with what was found out about it.
pub(super) struct Exhibit<'a> {
    pub(super) copies: Copies<'a>,
    pub(super) original: Option<Mail>,
    pub(super) signature: Option<Signature>,
    /// Name and managed domains of the provider whose record lists the signer's certificate.
    pub(super) provider: Option<Provider>,
    pub(super) origin: Origin,
    pub(super) composer: Party,
}

impl<'a> Exhibit<'a> {
    pub(super) fn new(
        mut copies: Copies<'a>,
        evidence: &Evidence,
        reference: &Reference<'_>,
        paths: &mut Paths<'_>,
    ) -> Self {
        let message = &copies.message;
        let signature = message.signed.as_ref().map(|signed| match &signed.cms {
            Some(cms) => Signature::verify(cms, message.mail.bytes(&signed.content.span)),
            None => Signature::verify(&[], message.mail.bytes(&signed.content.span)),
        });
        let at = copies.first().at;
        let directory = reference.at_hand(at);
        let signer = signature.as_ref().and_then(|signature| signature.signer.as_ref());
        let provider = directory.zip(signer).and_then(|(directory, signer)| directory.signing_with(signer).next());
        let origin = origin(signature.as_ref(), directory, provider, paths, at);
        let writes_for_a_provider = |email: &String| {
            email.rsplit_once('@').is_some_and(|(local, _)| local.eq_ignore_ascii_case("posta-certificata"))
        };
        let is_a_providers = signer.is_some_and(|signer| signer.emails.iter().any(writes_for_a_provider));
        let composer = composer(&copies, evidence, provider);
        let provider = provider.cloned();
        if provider.is_some() || is_a_providers {
            copies.message.signed_by_a_provider();
        }
        let original = copies.message.original_mail();
        Self { copies, original, signature, provider, origin, composer }
    }

    /// The provider whose verified signature it bears, where no role tells who composed it.
    pub(super) fn answerable(&self) -> Option<String> {
        self.origin.answerable(self.composer)
    }

    /// What a transaction needs to know of it; what is of no kind belongs to none.
    pub(super) fn member(&self) -> Option<Member> {
        Some(Member::of(self, self.copies.message.settled_kind()?))
    }

    pub(super) fn subject(&self) -> MessageSubject<'_> {
        MessageSubject {
            message: &self.copies.message,
            observation: self.copies.first(),
            original: self.original.as_ref(),
            signature: self.signature.as_ref(),
            provider: self.provider.as_ref(),
        }
    }
}

/// Existence, origin and validity of the signature (2.2.2), at arrival.
pub(super) fn origin(
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
pub(super) struct Paths<'a> {
    pub(super) trust: &'a Trust,
    pub(super) known: HashMap<Asked, Result<(), PathError>>,
}

impl<'a> Paths<'a> {
    pub(super) fn new(trust: &'a Trust) -> Self {
        Self { trust, known: HashMap::new() }
    }

    pub(super) fn check(
        &mut self,
        certificate: &Certificate,
        others: &[Certificate],
        at: Timestamp,
    ) -> Result<(), PathError> {
        let check = || self.trust.check(certificate, others, at);
        self.known.entry((certificate.der.clone(), at)).or_insert_with(check).clone()
    }
}

/// Who composed a message: whoever sent it first. What a mailbox held before any wire carried it was composed by whoever
/// stored it, where wires are watched; else by whoever signed it.
pub(super) fn composer(copies: &Copies<'_>, evidence: &Evidence, provider: Option<&Provider>) -> Party {
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
