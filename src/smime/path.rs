//! Certification paths and revocation at a given time (RFC 6109 2.2.2: existence, origin, validity).

use std::{
    borrow::Borrow,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;

pub use super::moment::Span;
use super::{Certificate, cache::Cache, chain, link::Link, moment::Moment, revocation::Lists};

/// Certificates looked at of those that travelled along; a signer and its authority are two.
const MAX_OTHERS: usize = 64;

/// Of how many it is remembered what was found out by them, and the octets of the largest: play after play trusts the same.
const MAX_RECENT: usize = 16;
const MAX_RECENT_SIZE: usize = 1 << 20;

static RECENT: Mutex<Vec<Trust>> = Mutex::new(Vec::new());

fn recent() -> MutexGuard<'static, Vec<Trust>> {
    RECENT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is trusted: anchors, and the revocation lists at hand. Both are read once; clones share them, and what was found
/// out by them, and so does whoever trusted the same lately.
#[derive(Clone, Default)]
pub struct Trust(Arc<Reference>);

#[derive(Default)]
struct Reference {
    anchors: Vec<Arc<[u8]>>,
    crls: Vec<Arc<[u8]>>,
    roots: Vec<Link>,
    lists: Lists,
    known: Cache,
}

/// What a certificate is to be good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// To sign mail.
    Mail,
    /// To sign what is no mail: no extended key usage is asked for.
    Documents,
    /// To stamp the time (RFC 3161 2.3).
    TimeStamps,
}

/// What was found out about a certificate, and for how long that is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traced {
    /// Whether it leads to an anchor, in its validity and not revoked.
    pub answer: Result<(), PathError>,
    /// The instants at which the answer is the same, by the same anchors and lists.
    pub holds: Span,
}

/// Why a certificate is not accepted at a time, or why that cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// The path ends where the next issuer is not at hand: cannot tell.
    #[error("the certification path cannot be followed: {0}")]
    NoIssuer(String),
    /// An algorithm or a size that is not verified here: cannot tell.
    #[error("the certification path cannot be followed: {0}")]
    Unsupported(String),
    /// It contradicts an authority at hand, or what its authorities allow.
    #[error("no certification path leads to a trusted root: {0}")]
    NoPath(String),
    /// Outside its validity.
    #[error("the certificate is not valid at {at}: valid from {from} to {to}")]
    OutsideValidity {
        /// When it was asked for.
        at: Timestamp,
        /// notBefore.
        from: Timestamp,
        /// notAfter.
        to: Timestamp,
    },
    /// Revoked.
    #[error("the certificate is revoked")]
    Revoked,
    /// The list that would tell is out of date: cannot tell.
    #[error("the revocation list is out of date: the next one was due by {0}")]
    StaleCrl(Timestamp),
    /// There is a list that might tell, and it cannot be gone by: cannot tell.
    #[error("no revocation list tells of the certificate; of one by its issuer: {0}")]
    UnusableCrl(String),
    /// No list tells.
    #[error("no revocation list covers the certificate")]
    NoCrl,
    /// Something else a validator refuses.
    #[error("{0}")]
    Other(String),
}

impl PathError {
    /// Whether it is the judge who lacks something, and not the certificate that is wrong.
    pub fn cannot_tell(&self) -> bool {
        use PathError::{NoCrl, NoIssuer, StaleCrl, Unsupported, UnusableCrl};
        matches!(self, NoIssuer(_) | Unsupported(_) | StaleCrl(_) | UnusableCrl(_) | NoCrl)
    }

    /// What is told of two candidates, neither of which is accepted: that of a path which is right but for its lists, else
    /// what contradicts, else what was not verified.
    pub(super) fn or(self, other: Self) -> Self {
        use PathError::{NoCrl, NoIssuer, StaleCrl, Unsupported, UnusableCrl};
        let weight = |error: &Self| match error {
            NoIssuer(_) => 0,
            Unsupported(_) => 1,
            StaleCrl(_) | UnusableCrl(_) | NoCrl => 3,
            _ => 2,
        };
        if weight(&other) > weight(&self) { other } else { self }
    }
}

impl Trust {
    /// Trusts these anchors (roots) and goes by these revocation lists, both DER. What of them cannot be read leads nowhere
    /// and tells nothing.
    pub fn new<D: Into<Arc<[u8]>>>(anchors: impl IntoIterator<Item = D>, crls: impl IntoIterator<Item = D>) -> Self {
        let anchors: Vec<Arc<[u8]>> = anchors.into_iter().map(Into::into).collect();
        let crls: Vec<Arc<[u8]>> = crls.into_iter().map(Into::into).collect();
        if let Some(known) = recent().iter().find(|trust| trust.anchors() == anchors && trust.crls() == crls) {
            return known.clone();
        }
        let read = anchors.iter().filter_map(|anchor| Certificate::known(anchor).ok());
        let read = read.filter_map(|anchor| Link::new(&anchor).ok());
        let (roots, lists) = (read.collect(), Lists::read(crls.iter().cloned()));
        let trust = Self(Arc::new(Reference { anchors, crls, roots, lists, known: Cache::default() }));
        if trust.anchors().iter().chain(trust.crls()).map(|der| der.len()).sum::<usize>() <= MAX_RECENT_SIZE {
            let mut recent = recent();
            recent.truncate(MAX_RECENT - 1);
            recent.insert(0, trust.clone());
        }
        trust
    }

    /// The same with further anchors and lists.
    #[must_use]
    pub fn with(&self, anchors: &[Arc<[u8]>], crls: &[Arc<[u8]>]) -> Self {
        if anchors.is_empty() && crls.is_empty() {
            return self.clone();
        }
        Self::new([self.anchors(), anchors].concat(), [self.crls(), crls].concat())
    }

    /// The anchors, DER.
    pub fn anchors(&self) -> &[Arc<[u8]>] {
        &self.0.anchors
    }

    /// The revocation lists, DER.
    pub fn crls(&self) -> &[Arc<[u8]>] {
        &self.0.crls
    }

    /// Whether `certificate`, helped by the `others` that travelled with it, leads to an anchor and is neither expired
    /// nor revoked at `at`.
    ///
    /// A certificate that is itself an anchor (a provider's own, pinned) only has to be within its validity. Anchors
    /// that cannot be read, or are outside their validity, lead nowhere; constraints inside an anchor do not bind, since
    /// its key is what is trusted. Revocation is asked for the whole path.
    pub fn check(
        &self,
        certificate: &Certificate,
        others: &[impl Borrow<Certificate>],
        at: Timestamp,
    ) -> Result<(), PathError> {
        self.trace(certificate, others, at).answer
    }

    /// The same for another use than signing mail; nothing is remembered.
    pub fn check_for(
        &self,
        to_be: Use,
        certificate: &Certificate,
        others: &[impl Borrow<Certificate>],
        at: Timestamp,
    ) -> Result<(), PathError> {
        let moment = Moment::new(at);
        let (from, to) = (certificate.not_before, certificate.not_after);
        if !moment.is_within(from, to) {
            return Err(PathError::OutsideValidity { at, from, to });
        }
        self.0.follow(to_be, certificate, &others[..others.len().min(MAX_OTHERS)], &moment)
    }

    /// The same as [`Trust::check`], and the span of time around `at` in which the answer is the same. What was found out is remembered, for
    /// that span and for the same certificates only.
    pub fn trace(&self, certificate: &Certificate, others: &[impl Borrow<Certificate>], at: Timestamp) -> Traced {
        let moment = Moment::new(at);
        if !moment.is_within(certificate.not_before, certificate.not_after) {
            let (from, to) = (certificate.not_before, certificate.not_after);
            return Traced { answer: Err(PathError::OutsideValidity { at, from, to }), holds: moment.span() };
        }
        let others = &others[..others.len().min(MAX_OTHERS)];
        self.0.known.of(certificate, others, at, || {
            let answer = self.0.follow(Use::Mail, certificate, others, &moment);
            Traced { answer, holds: moment.span() }
        })
    }
}

impl Reference {
    fn follow(
        &self,
        to_be: Use,
        certificate: &Certificate,
        others: &[impl Borrow<Certificate>],
        moment: &Moment,
    ) -> Result<(), PathError> {
        if self.anchors.contains(&certificate.der) {
            // Pinned: whom it leads to is no question, what it may do still is.
            return chain::may_be(to_be, &Link::new(certificate)?);
        }
        let others: Vec<Link> = others.iter().filter_map(|other| Link::new(other.borrow()).ok()).collect();
        chain::check(to_be, &Link::new(certificate)?, &others, &self.roots, &self.lists, moment)
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trust").field("anchors", &self.0.anchors.len()).field("crls", &self.0.crls.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::{Lists as AtHand, Pki};

    /// Nothing travels with it.
    const ALONE: &[Certificate] = &[];

    const NOW: &str = "2026-03-02T08:30:00Z";

    /// The verdict on a signer of the test PKI with what travels with it.
    fn verdict_with(trust: &Trust, id: &str, at: &str) -> Result<(), PathError> {
        let pki = Pki::load().unwrap();
        let signer = pki.signer(id).unwrap();
        let others: Vec<Certificate> = signer.chain.iter().map(|der| Certificate::read(der).unwrap()).collect();
        trust.check(&Certificate::read(&signer.certificate).unwrap(), &others, at.parse().unwrap())
    }

    fn with_lists(lists: &[Arc<[u8]>]) -> Trust {
        Trust::new(Pki::load().unwrap().trust().anchors().to_vec(), lists.to_vec())
    }

    fn verdict(id: &str, at: &str) -> Result<(), PathError> {
        verdict_with(&Pki::load().unwrap().trust(), id, at)
    }

    fn outside(at: &str, from: &str, to: &str) -> Result<(), PathError> {
        let [at, from, to] = [at, from, to].map(|time| time.parse().unwrap());
        Err(PathError::OutsideValidity { at, from, to })
    }

    #[test]
    fn good_signers_are_accepted_whatever_their_profile_lacks() {
        for id in ["alfa", "alfa-renewed", "bravo", "esterna", "alfa-no-key-usage", "bravo-subject-alt-name-critical"] {
            assert_eq!(verdict(id, NOW), Ok(()), "{id}");
        }
    }

    #[test]
    fn validity_counts_to_the_second_at_both_ends() {
        assert_eq!(verdict("alfa", "2025-01-01T00:00:00Z"), Ok(()));
        assert_eq!(verdict("alfa-expired", "2026-01-01T00:00:00Z"), Ok(()));
        let (from, to) = ("2025-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
        for at in ["2024-12-31T23:59:59Z", "2028-01-01T00:00:01Z"] {
            assert_eq!(verdict("alfa", at), outside(at, from, to));
        }
    }

    #[test]
    fn expired_and_future_certificates_are_refused_with_their_times() {
        assert_eq!(verdict("alfa-expired", NOW), outside(NOW, "2023-01-01T00:00:00Z", "2026-01-01T00:00:00Z"));
        assert_eq!(verdict("bravo-not-yet-valid", NOW), outside(NOW, "2027-01-01T00:00:00Z", "2029-01-01T00:00:00Z"));
        assert_eq!(verdict("alfa-expired", "2025-12-31T23:59:59Z"), Ok(()));
    }

    #[test]
    fn a_revocation_counts_from_its_date_on_even_when_the_list_is_old() {
        assert_eq!(verdict("alfa-revoked", NOW), Err(PathError::Revoked));
        assert_eq!(verdict("alfa-revoked", "2025-12-01T00:00:00Z"), Err(PathError::Revoked));
        assert_eq!(verdict("alfa-revoked", "2025-11-30T23:59:59Z"), Ok(()));
        assert_eq!(verdict("alfa-revoked", "2027-12-01T00:00:00Z"), Err(PathError::Revoked));
    }

    #[test]
    fn an_old_list_and_no_list_are_told_apart() {
        let pki = Pki::load().unwrap();
        let (stale, missing) = (pki.trust_with(AtHand::Stale), pki.trust_with(AtHand::Missing));
        assert!(
            matches!(verdict_with(&stale, "alfa", NOW), Err(PathError::StaleCrl(next)) if next < NOW.parse().unwrap())
        );
        assert_eq!(verdict_with(&missing, "alfa", NOW), Err(PathError::NoCrl));
        let both = with_lists(&[stale.crls(), pki.trust().crls()].concat());
        assert_eq!(verdict_with(&both, "alfa", NOW), Ok(()), "one current list is enough");
        let only_the_root_s = with_lists(&pki.trust().crls()[..1]);
        assert_eq!(verdict_with(&only_the_root_s, "alfa", NOW), Err(PathError::NoCrl));
        let mut forged = pki.trust().crls()[1].to_vec();
        *forged.last_mut().unwrap() ^= 1;
        let forged = with_lists(&[pki.trust().crls()[0].clone(), forged.into()]);
        let verdict = verdict_with(&forged, "alfa-revoked", NOW);
        assert!(matches!(verdict, Err(PathError::UnusableCrl(_))), "a forged list tells nothing: {verdict:?}");
    }

    #[test]
    fn without_the_issuing_authority_or_its_root_nothing_can_be_told() {
        assert!(matches!(verdict("alfa-unknown-ca", NOW), Err(PathError::NoIssuer(_))));
        let pki = Pki::load().unwrap();
        let alfa = Certificate::read(pki.certificate("alfa").unwrap()).unwrap();
        assert!(matches!(pki.trust().check(&alfa, ALONE, NOW.parse().unwrap()), Err(PathError::NoIssuer(_))));
        let nobody = Trust::new([], pki.trust().crls().to_vec());
        assert!(matches!(verdict_with(&nobody, "alfa", NOW), Err(PathError::NoIssuer(_))));
        let garbage = Trust::new([Arc::from(*b"no certificate")], pki.trust().crls().to_vec());
        assert!(matches!(verdict_with(&garbage, "alfa", NOW), Err(PathError::NoIssuer(_))));
    }

    #[test]
    fn an_authority_of_the_same_name_and_another_key_is_a_forgery() {
        let forged = verdict("alfa-wrong-ca", NOW);
        assert!(matches!(&forged, Err(PathError::NoPath(_))), "{forged:?}");
        // The other side: where the home-made one is what was given, the real one is the forgery.
        let pki = Pki::load().unwrap();
        let impostor = Trust::new([pki.certificate("impostor").unwrap()], []);
        assert_eq!(verdict_with(&impostor, "alfa-wrong-ca", NOW), Err(PathError::NoCrl));
        assert!(matches!(verdict_with(&impostor, "alfa", NOW), Err(PathError::NoPath(_))));
    }

    #[test]
    fn an_answer_is_known_for_the_time_in_which_it_holds_and_no_longer() {
        let trust = Pki::load().unwrap().trust();
        let at = |time: &str| time.parse::<Timestamp>().unwrap();
        let pki = Pki::load().unwrap();
        let signer = pki.signer("alfa-revoked").unwrap();
        let others: Vec<Certificate> = signer.chain.iter().map(|der| Certificate::read(der).unwrap()).collect();
        let certificate = Certificate::read(&signer.certificate).unwrap();
        let good = trust.trace(&certificate, &others, at("2025-06-01T00:00:00Z"));
        assert_eq!(good.answer, Ok(()));
        assert_eq!(good.holds.from, certificate.not_before);
        assert_eq!(good.holds.until, at("2025-11-30T23:59:59.999999999Z"), "until the day of revocation");
        let revoked = trust.trace(&certificate, &others, at("2025-12-01T00:00:00Z"));
        assert_eq!(revoked.answer, Err(PathError::Revoked));
        assert_eq!(trust.trace(&certificate, &others, good.holds.until), good, "from what is known");
        assert_eq!(
            trust.trace(&certificate, ALONE, good.holds.until).answer,
            trust.check(&certificate, ALONE, good.holds.from)
        );
        let late = trust.trace(&certificate, &others, at("2029-01-01T00:00:00Z"));
        assert!(matches!(late.answer, Err(PathError::OutsideValidity { .. })));
    }

    #[test]
    fn an_unknown_critical_extension_is_refused() {
        assert!(matches!(verdict("alfa-other-extension-critical", NOW), Err(PathError::Other(_))));
    }

    #[test]
    fn a_pinned_certificate_needs_only_to_be_within_its_validity() {
        let pki = Pki::load().unwrap();
        let own = |id| Certificate::read(pki.certificate(id).unwrap()).unwrap();
        let pinned = |id| Trust::new([own(id).der], []);
        let at = |time: &str| time.parse().unwrap();
        assert_eq!(pinned("stranger").check(&own("stranger"), ALONE, at(NOW)), Ok(()), "self-signed, CA:TRUE");
        assert!(matches!(pki.trust().check(&own("stranger"), ALONE, at(NOW)), Err(PathError::NoIssuer(_))));
        let late = pinned("stranger").check(&own("stranger"), ALONE, at("2046-01-01T00:00:00Z"));
        assert!(matches!(late, Err(PathError::OutsideValidity { .. })));
    }

    #[test]
    fn an_anchor_outside_its_validity_leads_nowhere() {
        let pki = Pki::load().unwrap();
        let issuing = pki.certificate("issuing").unwrap().to_vec();
        let trust = Trust::new([issuing.into()], pki.trust().crls().to_vec());
        let alfa = Certificate::read(pki.certificate("alfa").unwrap()).unwrap();
        assert_eq!(trust.check(&alfa, ALONE, NOW.parse().unwrap()), Ok(()), "an issuing authority can be the anchor");
        let [before, after] = ["2019-06-01T00:00:00Z", "2041-06-01T00:00:00Z"].map(|at| at.parse().unwrap());
        for at in [before, after] {
            let verdict = trust.check(
                &Certificate { not_before: Timestamp::MIN, not_after: Timestamp::MAX, ..alfa.clone() },
                ALONE,
                at,
            );
            assert!(matches!(verdict, Err(PathError::NoIssuer(_))), "{verdict:?}");
        }
    }

    #[test]
    fn a_path_of_sha_1_is_walked_and_checked() {
        let old = include_bytes!("fixtures/old.der");
        let trust = Trust::new([include_bytes!("fixtures/old-ca.der").to_vec()], []);
        let certificate = Certificate::read(old).unwrap();
        assert_eq!(certificate.algorithm, "sha1WithRSAEncryption");
        // Once the path is found, only the list is missing.
        assert_eq!(trust.check(&certificate, ALONE, certificate.not_before), Err(PathError::NoCrl));
        let mut forged = old.to_vec();
        *forged.last_mut().unwrap() ^= 1;
        let forged = Certificate::read(&forged).unwrap();
        assert!(matches!(trust.check(&forged, ALONE, forged.not_before), Err(PathError::NoPath(_))));
    }
}
