//! Certification paths and revocation at a given time (RFC 6109 2.2.2: existence, origin, validity).

use aws_lc_rs::signature::{RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
use der::Decode;
use jiff::Timestamp;
use rustls_pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm, TrustAnchor, UnixTime,
    alg_id,
};
use webpki::{
    EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeId, KeyPurposeIdIter, KeyUsage, RequiredEkuNotFoundContext,
};

use super::{Certificate, revocation::Lists};

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

impl Trust {
    /// Whether `certificate`, helped by the `others` that travelled with it, leads to an anchor and is neither expired
    /// nor revoked at `at`.
    ///
    /// A certificate that is itself an anchor (a provider's own, pinned) only has to be within its validity. Anchors
    /// that cannot be read, or are outside their validity, lead nowhere. Revocation is asked for the whole path.
    pub fn check(&self, certificate: &Certificate, others: &[Certificate], at: Timestamp) -> Result<(), PathError> {
        if !certificate.is_valid_at(at) {
            return Err(PathError::OutsideValidity { at, from: certificate.not_before, to: certificate.not_after });
        }
        if self.anchors.iter().any(|anchor| **anchor == *certificate.der) {
            return Ok(());
        }
        let anchors: Vec<CertificateDer> = self.anchors_at(at).map(|anchor| anchor.as_slice().into()).collect();
        let path = path(certificate, others, &anchors, at)?;
        let lists = Lists::read(&self.crls);
        for step in path.windows(2) {
            lists.check(&step[0], step[1].tbs_certificate().subject_public_key_info(), at)?;
        }
        Ok(())
    }

    fn anchors_at(&self, at: Timestamp) -> impl Iterator<Item = &Vec<u8>> {
        self.anchors.iter().filter(move |anchor| Certificate::read(anchor).is_ok_and(|anchor| anchor.is_valid_at(at)))
    }
}

/// The certificates from the signer's to the anchor's, both included.
fn path(
    certificate: &Certificate,
    others: &[Certificate],
    anchors: &[CertificateDer],
    at: Timestamp,
) -> Result<Vec<x509_cert::Certificate>, PathError> {
    let trusted: Vec<TrustAnchor> =
        anchors.iter().filter_map(|anchor| webpki::anchor_from_trusted_cert(anchor).ok()).collect();
    let intermediates: Vec<CertificateDer> = others.iter().map(|other| other.der.as_ref().into()).collect();
    let signer = CertificateDer::from(certificate.der.as_ref());
    let signer = EndEntityCert::try_from(&signer).map_err(refused)?;
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    let time = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
    let algorithms: Vec<_> = webpki::ALL_VERIFICATION_ALGS.iter().copied().chain([SHA1_WITH_RSA]).collect();
    let found = signer
        .verify_for_usage(&algorithms, &trusted, &intermediates, time, MailProtection, None, None)
        .map_err(refused)?;

    let anchor = trusted.iter().position(|anchor| anchor == found.anchor()).map(|index| anchors[index].as_ref());
    let between = found.intermediate_certificates().map(|certificate| certificate.der());
    let ders = [found.end_entity().der()].into_iter().chain(between).map(|der| der.to_vec());
    let all = ders.chain(anchor.map(<[u8]>::to_vec));
    all.map(|der| x509_cert::Certificate::from_der(&der).map_err(|error| PathError::Other(error.to_string()))).collect()
}

/// The path library's refusal in our words: everything about issuers means that no path leads up.
fn refused(error: webpki::Error) -> PathError {
    match error {
        webpki::Error::CaUsedAsEndEntity => PathError::Other(
            "the signer's certificate is an authority's own (BasicConstraints CA) and is not pinned".into(),
        ),
        webpki::Error::UnsupportedCertVersion => PathError::Other("the certificate is not X.509 version 3".into()),
        webpki::Error::UnsupportedCriticalExtension => {
            PathError::Other("a critical extension is not understood".into())
        }
        webpki::Error::RequiredEkuNotFoundContext(_) => {
            PathError::Other("the certificate's extended key usage excludes mail".into())
        }
        webpki::Error::UnknownIssuer => PathError::NoPath("the issuer is unknown".into()),
        other => PathError::NoPath(other.to_string()),
    }
}

/// An extended key usage, where there is one, must allow mail (RFC 8550 4.4.4).
struct MailProtection;

/// id-kp-emailProtection and anyExtendedKeyUsage, the OIDs' bytes.
const MAIL_USAGES: [&[u8]; 2] = [&[0x2b, 6, 1, 5, 5, 7, 3, 4], &[0x55, 0x1d, 0x25, 0]];

impl ExtendedKeyUsageValidator for MailProtection {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        let purposes = purposes.collect::<Result<Vec<_>, _>>()?;
        let mail = |purpose: &KeyPurposeId| MAIL_USAGES.iter().any(|usage| *purpose == KeyPurposeId::new(usage));
        if purposes.is_empty() || purposes.iter().any(mail) {
            return Ok(());
        }
        Err(webpki::Error::RequiredEkuNotFoundContext(RequiredEkuNotFoundContext {
            required: KeyUsage::required_if_present(MAIL_USAGES[0]),
            present: purposes.iter().map(KeyPurposeId::to_decoded_oid).collect(),
        }))
    }
}

/// sha1WithRSAEncryption, which the path library leaves out: providers' certificates of before 2015 carry it.
static SHA1_WITH_RSA: &dyn SignatureVerificationAlgorithm = &Sha1WithRsa;

#[derive(Debug)]
struct Sha1WithRsa;

impl SignatureVerificationAlgorithm for Sha1WithRsa {
    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        AlgorithmIdentifier::from_slice(&[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5, 5, 0])
    }

    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        UnparsedPublicKey::new(&RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, key)
            .verify(message, signature)
            .map_err(|_| InvalidSignature)
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
        assert!(matches!(pki.trust().check(&own("stranger"), &[], at(NOW)), Err(PathError::Other(_))));
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

    #[test]
    fn an_extended_key_usage_must_allow_mail() {
        use rcgen::ExtendedKeyUsagePurpose::{Any, EmailProtection, ServerAuth};
        for (usages, allowed) in
            [(vec![], true), (vec![EmailProtection], true), (vec![ServerAuth, Any], true), (vec![ServerAuth], false)]
        {
            let mut ca = rcgen::CertificateParams::default();
            ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
            let ca = rcgen::CertifiedIssuer::self_signed(ca, rcgen::KeyPair::generate().unwrap()).unwrap();
            let mut params = rcgen::CertificateParams::default();
            params.extended_key_usages = usages.clone();
            let issued = params.signed_by(&rcgen::KeyPair::generate().unwrap(), &ca).unwrap();
            let trust = Trust { anchors: vec![ca.der().to_vec()], crls: Vec::new() };
            let verdict = trust.check(&Certificate::read(issued.der()).unwrap(), &[], NOW.parse().unwrap());
            // Once the path is found, only the list is missing.
            assert_eq!(verdict == Err(PathError::NoCrl), allowed, "{usages:?}: {verdict:?}");
            assert_eq!(matches!(verdict, Err(PathError::Other(_))), !allowed, "{usages:?}: {verdict:?}");
        }
    }
}
