//! Certification paths and revocation at a given time (RFC 6109 2.2.2: existence, origin, validity).

use jiff::Timestamp;

use super::{
    Certificate,
    chain::{self, Link},
    revocation::Lists,
};

/// Certificates looked at of those that travelled along; a signer and its authority are two.
const MAX_OTHERS: usize = 64;

/// What is trusted: anchors, and the revocation lists at hand.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Trust anchors (roots), DER.
    pub anchors: Vec<Vec<u8>>,
    /// Certificate revocation lists, DER.
    pub crls: Vec<Vec<u8>>,
}

/// Why a certificate is not accepted at a time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// No path to an anchor.
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
    /// The list that would tell is out of date.
    #[error("the revocation list is out of date at {0}")]
    StaleCrl(Timestamp),
    /// No list tells.
    #[error("no revocation list covers the certificate")]
    NoCrl,
    /// Something else a validator refuses.
    #[error("{0}")]
    Other(String),
}

impl PathError {
    /// Whether it is the judge's lists that cannot tell, and not the certificate that is wrong.
    pub fn is_of_the_lists(&self) -> bool {
        matches!(self, PathError::NoCrl | PathError::StaleCrl(_))
    }
}

impl Trust {
    /// Whether `certificate`, helped by the `others` that travelled with it, leads to an anchor and is neither expired
    /// nor revoked at `at`.
    ///
    /// A certificate that is itself an anchor (a provider's own, pinned) only has to be within its validity. Anchors
    /// that cannot be read, or are outside their validity, lead nowhere; constraints inside an anchor do not bind, since
    /// its key is what is trusted. Revocation is asked for the whole path.
    pub fn check(&self, certificate: &Certificate, others: &[Certificate], at: Timestamp) -> Result<(), PathError> {
        if !certificate.is_valid_at(at) {
            return Err(PathError::OutsideValidity { at, from: certificate.not_before, to: certificate.not_after });
        }
        if self.anchors.iter().any(|anchor| **anchor == *certificate.der) {
            return Ok(());
        }
        let others = &others[..others.len().min(MAX_OTHERS)];
        let anchors: Vec<Certificate> = self.anchors_at(at).collect();
        let [anchors, others] =
            [anchors.as_slice(), others].map(|all| all.iter().filter_map(|one| Link::new(one).ok()));
        let (anchors, others): (Vec<Link>, Vec<Link>) = (anchors.collect(), others.collect());
        let signer = Link::new(certificate)?;
        let path = chain::find(&signer, &others, &anchors, at)?;
        let lists = Lists::read(&self.crls);
        for step in path.windows(2) {
            lists.check(&step[0].read, step[1].read.tbs_certificate().subject_public_key_info(), at)?;
        }
        Ok(())
    }

    fn anchors_at(&self, at: Timestamp) -> impl Iterator<Item = Certificate> {
        let read = self.anchors.iter().filter_map(|anchor| Certificate::read(anchor).ok());
        read.filter(move |anchor| anchor.is_valid_at(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::{Lists as AtHand, Pki};

    const NOW: &str = "2026-03-02T08:30:00Z";

    /// The verdict on a signer of the test PKI with what travels with it.
    fn verdict_with(trust: &Trust, id: &str, at: &str) -> Result<(), PathError> {
        let pki = Pki::load().unwrap();
        let signer = pki.signer(id).unwrap();
        let others: Vec<Certificate> = signer.chain.iter().map(|der| Certificate::read(der).unwrap()).collect();
        trust.check(&Certificate::read(&signer.certificate).unwrap(), &others, at.parse().unwrap())
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
        assert_eq!(verdict_with(&stale, "alfa", NOW), Err(PathError::StaleCrl(NOW.parse().unwrap())));
        assert_eq!(verdict_with(&missing, "alfa", NOW), Err(PathError::NoCrl));
        let both = Trust { crls: [stale.crls.clone(), pki.trust().crls].concat(), ..pki.trust() };
        assert_eq!(verdict_with(&both, "alfa", NOW), Ok(()), "one current list is enough");
        let only_the_root_s = Trust { crls: vec![pki.trust().crls[0].clone()], ..pki.trust() };
        assert_eq!(verdict_with(&only_the_root_s, "alfa", NOW), Err(PathError::NoCrl));
        let mut forged = pki.trust();
        *forged.crls[1].last_mut().unwrap() ^= 1;
        assert_eq!(verdict_with(&forged, "alfa-revoked", NOW), Err(PathError::NoCrl), "a forged list tells nothing");
    }

    #[test]
    fn no_path_leads_from_another_root_or_without_the_issuing_authority() {
        assert!(matches!(verdict("alfa-wrong-ca", NOW), Err(PathError::NoPath(_))));
        let pki = Pki::load().unwrap();
        let alfa = Certificate::read(pki.certificate("alfa").unwrap()).unwrap();
        assert!(matches!(pki.trust().check(&alfa, &[], NOW.parse().unwrap()), Err(PathError::NoPath(_))));
        let nobody = Trust { anchors: Vec::new(), ..pki.trust() };
        assert!(matches!(verdict_with(&nobody, "alfa", NOW), Err(PathError::NoPath(_))));
        let garbage = Trust { anchors: vec![b"no certificate".to_vec()], ..pki.trust() };
        assert!(matches!(verdict_with(&garbage, "alfa", NOW), Err(PathError::NoPath(_))));
    }

    #[test]
    fn an_unknown_critical_extension_is_refused() {
        assert!(matches!(verdict("alfa-other-extension-critical", NOW), Err(PathError::Other(_))));
    }

    #[test]
    fn a_pinned_certificate_needs_only_to_be_within_its_validity() {
        let pki = Pki::load().unwrap();
        let own = |id| Certificate::read(pki.certificate(id).unwrap()).unwrap();
        let pinned = |id| Trust { anchors: vec![own(id).der.to_vec()], crls: Vec::new() };
        let at = |time: &str| time.parse().unwrap();
        assert_eq!(pinned("stranger").check(&own("stranger"), &[], at(NOW)), Ok(()), "self-signed, CA:TRUE");
        assert!(matches!(pki.trust().check(&own("stranger"), &[], at(NOW)), Err(PathError::NoPath(_))));
        let late = pinned("stranger").check(&own("stranger"), &[], at("2046-01-01T00:00:00Z"));
        assert!(matches!(late, Err(PathError::OutsideValidity { .. })));
    }

    #[test]
    fn an_anchor_outside_its_validity_leads_nowhere() {
        let pki = Pki::load().unwrap();
        let issuing = pki.certificate("issuing").unwrap().to_vec();
        let trust = Trust { anchors: vec![issuing], ..pki.trust() };
        let alfa = Certificate::read(pki.certificate("alfa").unwrap()).unwrap();
        assert_eq!(trust.check(&alfa, &[], NOW.parse().unwrap()), Ok(()), "an issuing authority can be the anchor");
        let [before, after] = ["2019-06-01T00:00:00Z", "2041-06-01T00:00:00Z"].map(|at| at.parse().unwrap());
        assert_eq!(trust.anchors_at(before).count() + trust.anchors_at(after).count(), 0);
    }

    #[test]
    fn a_path_of_sha_1_is_walked_and_checked() {
        let old = include_bytes!("fixtures/old.der");
        let trust = Trust { anchors: vec![include_bytes!("fixtures/old-ca.der").to_vec()], crls: Vec::new() };
        let certificate = Certificate::read(old).unwrap();
        assert_eq!(certificate.algorithm, "sha1WithRSAEncryption");
        // Once the path is found, only the list is missing.
        assert_eq!(trust.check(&certificate, &[], certificate.not_before), Err(PathError::NoCrl));
        let mut forged = old.to_vec();
        *forged.last_mut().unwrap() ^= 1;
        let forged = Certificate::read(&forged).unwrap();
        assert!(matches!(trust.check(&forged, &[], forged.not_before), Err(PathError::NoPath(_))));
    }
}
