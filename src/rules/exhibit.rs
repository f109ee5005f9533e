//! A message as a subject of rules: read once, its signature verified once, its origin and composer found out.

use std::sync::Arc;

use jiff::Timestamp;

use crate::{
    directory::{Directory, Provider},
    evidence::{Evidence, Party, Role, Seen},
    message::{Kind, Mail, Message, Shape},
    smime::{PathError, Signature, SignatureState, Trust},
};

use super::{Inside, Member, MessageSubject, copies::Copies, judge::Reference, judgement::Origin, text::Texts};

/// A system-generated message with what was found out about it.
pub(super) struct Exhibit<'a> {
    pub(super) copies: Copies<'a>,
    pub(super) original: Option<Mail>,
    pub(super) texts: Texts,
    pub(super) signature: Option<Signature>,
    /// Name and managed domains of the provider whose record lists the signer's certificate.
    pub(super) provider: Option<Arc<Provider>>,
    /// Whether the signer's certificate is trusted at arrival.
    pub(super) path: Option<Result<(), PathError>>,
    pub(super) origin: Origin,
    pub(super) composer: Party,
    /// What an anomaly envelope wraps.
    pub(super) inside: Option<Inside>,
}

impl<'a> Exhibit<'a> {
    pub(super) fn new(mut copies: Copies<'a>, evidence: &Evidence, reference: &Reference<'_>) -> Self {
        let message = &copies.message;
        let signature = verified(message);
        let at = copies.first().at;
        let Provenance { provider, path, origin } =
            Provenance::of(signature.as_ref(), reference, at).claimed(signature.as_ref(), reference, evidence.claimed);
        let origin = match message.shape {
            _ if is_cut_off(message, signature.as_ref()) => Origin::NotVerified(CUT_OFF.to_owned()),
            Shape::Daticert => Origin::NotVerified("daticert.xml by itself bears no signature".to_owned()),
            _ if signature.is_none() && message.mail.hides_parts() => {
                Origin::NotVerified("not all of it was read, and no signature in what was".to_owned())
            }
            _ => origin,
        };
        let signer = signature.as_ref().and_then(|signature| signature.signer.as_ref());
        let writes_for_a_provider = |email: &String| {
            email.rsplit_once('@').is_some_and(|(local, _)| local.eq_ignore_ascii_case("posta-certificata"))
        };
        let is_a_providers = signer.is_some_and(|signer| signer.emails.iter().any(writes_for_a_provider));
        let composer = composer(&copies, evidence, provider.as_deref());
        if provider.is_some() || is_a_providers {
            copies.message.signed_by_a_provider();
        }
        let original = copies.message.original_mail();
        let inside = match copies.message.kind {
            Some(Kind::Anomalia) => Inside::of(&copies.message, evidence, reference, at),
            _ => None,
        };
        Self { copies, original, texts: Texts::default(), signature, provider, path, origin, composer, inside }
    }

    /// The provider whose verified signature it bears, where no role tells who composed it.
    pub(super) fn answerable(&self) -> Option<String> {
        self.origin.answerable(self.composer)
    }

    /// Whether the file that it was read from ends before its signature does: nobody answers for what it lacks.
    pub(super) fn is_cut_off(&self) -> bool {
        is_cut_off(&self.copies.message, self.signature.as_ref())
    }

    /// What a transaction needs to know of it; what is of no kind belongs to none, nor does a part of a message, which may be
    /// that of one that is there too.
    pub(super) fn member(&self) -> Option<Member> {
        if !self.copies.message.shape.has_header() {
            return None;
        }
        Some(Member::of(self, self.copies.message.settled_kind()?))
    }

    pub(super) fn subject(&self) -> MessageSubject<'_> {
        MessageSubject {
            message: &self.copies.message,
            observation: self.copies.first(),
            original: self.original.as_ref(),
            texts: &self.texts,
            signature: self.signature.as_ref(),
            provider: self.provider.as_deref(),
            path: self.path.as_ref(),
        }
    }
}

/// Why nothing can be told of what was cut off.
pub(super) const CUT_OFF: &str = "the file ends inside the message: the rest was cut off, or never written";

fn is_cut_off(message: &Message, signature: Option<&Signature>) -> bool {
    let whole = |signature: &Signature| !matches!(signature.state, SignatureState::Malformed(_));
    message.mail.is_cut_off() && !signature.is_some_and(whole)
}

/// A message's signature, verified.
pub(super) fn verified(message: &Message) -> Option<Signature> {
    let signed = message.signed.as_ref()?;
    let cms = signed.cms.as_deref().unwrap_or_default();
    Some(match message.shape {
        Shape::Whole | Shape::Daticert => Signature::verify(cms, message.mail.bytes(&signed.content.span)),
        Shape::Opaque | Shape::Content => Signature::open(cms).0,
        Shape::Signature => Signature::by_itself(cms),
    })
}

/// What reference and certification path tell of a signature.
pub(super) struct Provenance {
    /// The record that lists the signer's certificate.
    pub provider: Option<Arc<Provider>>,
    /// Whether that certificate is trusted at arrival; `None` without a signer or trust anchors.
    pub path: Option<Result<(), PathError>>,
    /// What both come to.
    pub origin: Origin,
}

impl Provenance {
    /// Of a signature on what arrived at an instant.
    pub(super) fn of(signature: Option<&Signature>, reference: &Reference<'_>, at: Timestamp) -> Self {
        let directory = reference.at_hand(at);
        let signer = signature.and_then(|signature| signature.signer.as_ref());
        let provider = directory.zip(signer).and_then(|(directory, signer)| directory.signing_with(signer).next());
        let path = path(signature, reference.trust, at);
        let whole = reference.in_force(at).filter(|directory| directory.is_whole());
        let half = || directory?.perhaps_signing_with(signer?).next();
        let listing = match (provider, half()) {
            (Some(record), _) => Listing::In(record),
            (None, Some(record)) => Listing::HalfIn(record),
            (None, None) => Listing::Nowhere,
        };
        let origin = origin(signature, directory, whole, listing, path.as_ref());
        Self { provider: provider.cloned(), path, origin }
    }

    /// The same, where nothing but the message claims that it arrived then and not `now`: a signer whom that claim alone keeps
    /// valid may have signed since, so that who signed cannot be told.
    pub(super) fn claimed(
        self,
        signature: Option<&Signature>,
        reference: &Reference<'_>,
        now: Option<Timestamp>,
    ) -> Self {
        let ended = now.and_then(|now| path(signature, reference.trust, now)?.err());
        match (&self.origin, ended) {
            (Origin::Verified { .. }, Some(PathError::OutsideValidity { to, .. })) => {
                let why = format!(
                    "the signer's certificate was valid until {to}, and only the message says that it came before: \
                     --at says when it did"
                );
                Self { origin: Origin::NotVerified(why), ..self }
            }
            (Origin::Verified { .. }, Some(PathError::Revoked)) => {
                let why = "the signer's certificate is revoked by now, and only the message says that it came before: \
                           --at says when it did";
                Self { origin: Origin::NotVerified(why.to_owned()), ..self }
            }
            // Nor does an unsigned claim refute anybody.
            _ if now.is_some() && matches!(self.path, Some(Err(PathError::OutsideValidity { .. }))) => {
                let why = "the signer's certificate is not valid at the time that the message claims, or now where it claims \
                           none: --at says when it came";
                Self { origin: Origin::NotVerified(why.to_owned()), ..self }
            }
            _ => self,
        }
    }
}

/// Where the directory lists a signer's certificate.
#[derive(Clone, Copy)]
pub(super) enum Listing<'a> {
    /// In this record: the certificate and its hash.
    In(&'a Provider),
    /// This record has one of the two.
    HalfIn(&'a Provider),
    Nowhere,
}

/// Existence, origin and validity of the signature (2.2.2), at arrival. Only a directory that is the `whole` one of that
/// day refutes by what it lacks.
pub(super) fn origin(
    signature: Option<&Signature>,
    directory: Option<&Directory>,
    whole: Option<&Directory>,
    listing: Listing<'_>,
    path: Option<&Result<(), PathError>>,
) -> Origin {
    let Some(signature) = signature else { return Origin::Unsigned };
    match &signature.state {
        SignatureState::Valid | SignatureState::ContentAbsent { attested: true } => {}
        SignatureState::ContentAbsent { attested: false } => {
            return Origin::NotVerified("what it signs is not here, and nothing in it stands for that".to_owned());
        }
        SignatureState::Unsupported(algorithm) => {
            return Origin::NotVerified(format!("{algorithm} is not supported by this program"));
        }
        SignatureState::NoSignerCertificate => {
            return Origin::Refuted("the signer's certificate does not travel with the signature".to_owned());
        }
        _ => return Origin::Refuted("the signature does not hold".to_owned()),
    }
    if let Some(Err(error)) = path.filter(|path| path.as_ref().is_err_and(|error| !error.cannot_tell())) {
        return Origin::Refuted(error.to_string());
    }
    if directory.is_none() {
        return Origin::NotVerified("no providers' directory is at hand".to_owned());
    }
    let provider = match listing {
        Listing::In(record) => &record.name,
        // It is the directory that is wrong, or the message: nobody can tell.
        Listing::HalfIn(record) => {
            let why = format!("hash and certificate do not agree in the directory's record of {}", record.name);
            return Origin::NotVerified(why);
        }
        Listing::Nowhere => {
            let perhaps =
                "the directory at hand, of another day or not all of it, does not list the signer's certificate";
            return match whole {
                Some(_) => Origin::Refuted("the directory does not list the signer's certificate".to_owned()),
                None => Origin::NotVerified(perhaps.to_owned()),
            };
        }
    };
    match path {
        None => Origin::NotVerified("no trust anchors are at hand".to_owned()),
        Some(Ok(())) => Origin::Verified { provider: provider.clone() },
        Some(Err(error)) => Origin::NotVerified(error.to_string()),
    }
}

/// Whether the signer's certificate is trusted at arrival; `None` without a signer or trust anchors.
pub(super) fn path(signature: Option<&Signature>, trust: &Trust, at: Timestamp) -> Option<Result<(), PathError>> {
    let (signature, signer) = signature.and_then(|signature| Some((signature, signature.signer.as_ref()?)))?;
    (!trust.anchors().is_empty()).then(|| trust.check(signer, &signature.certificates, at))
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
