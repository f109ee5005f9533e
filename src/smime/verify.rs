//! Verifying a detached CMS signature over the bytes as they came (RFC 6109 2.2.2, RFC 5652 5.6).

use std::borrow::Cow;

use aws_lc_rs::digest;
use der::{Decode, oid::ObjectIdentifier};
use jiff::Timestamp;

use super::{
    Certificate,
    algorithm::{self, Verdict},
    ber::Definite,
    certificate::{self, algorithm_name, hex},
    name,
    signed_data::{SignedAttributes, SignedData, SignerId, SignerInfo},
};

/// What a signature is and whether it holds. Says nothing about trust: see [`super::path`].
///
/// With several signers every one must hold; what is told is the first that does not, else the first.
#[derive(Clone, Debug)]
pub struct Signature {
    /// Whether it holds.
    pub state: SignatureState,
    /// The certificate of the signer, if it travels inside.
    pub signer: Option<Certificate>,
    /// Every certificate inside, the signer's included; unreadable ones are counted in `unreadable_certificates`.
    pub certificates: Vec<Certificate>,
    /// How many certificates inside could not be read.
    pub unreadable_certificates: usize,
    /// How many signers there are (one is right).
    pub signers: usize,
    /// Digest algorithm's name in lower case: `sha1`, `sha256`, ...
    pub digest: String,
    /// Signature algorithm's name or OID.
    pub algorithm: String,
    /// signingTime, if present.
    pub signing_time: Option<Timestamp>,
    /// Whether content is encapsulated (it must not be: the signature is detached).
    pub encapsulated: bool,
    /// Whether the structure is BER with indefinite lengths rather than DER.
    pub indefinite: bool,
}

/// Whether a signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureState {
    /// Digest and signature value are right.
    Valid,
    /// The content's digest is not the one signed; both in hexadecimal.
    DigestDiffers {
        /// What the signature says.
        signed: String,
        /// What the content gives.
        computed: String,
    },
    /// The signature value is not the signer's.
    ValueWrong,
    /// The signer's certificate does not travel inside (RFC 6109 2.1 wants it there).
    NoSignerCertificate,
    /// An algorithm this harness cannot verify: no statement about the signature.
    Unsupported(String),
    /// Not a CMS SignedData, or one broken as described.
    Malformed(String),
}

impl Signature {
    /// Verifies the detached signature `cms` (DER or BER) over `content`. Where `content` is LF-only it is verified as CRLF.
    pub fn verify(cms: &[u8], content: &[u8]) -> Self {
        let definite = match Definite::read(cms) {
            Ok(definite) => definite,
            Err(problem) => return Self::malformed(problem, false),
        };
        let signed_data = match SignedData::read(&definite) {
            Ok(signed_data) => signed_data,
            Err(problem) => return Self::malformed(problem, definite.indefinite),
        };
        let (certificates, unreadable) = read_certificates(&signed_data.certificates);
        let content = with_crlf(content);
        let check = |signer: &SignerInfo| Check::run(signer, &signed_data, &certificates, &unreadable, &content);

        let mut told: Option<Check> = None;
        for signer in &signed_data.signers {
            let check = check(signer);
            let fails = check.state != SignatureState::Valid;
            if told.is_none() || fails {
                told = Some(check);
            }
            if fails {
                break;
            }
        }
        let Some(told) = told else { return Self::malformed("nobody signed".into(), definite.indefinite) };
        Self {
            state: told.state,
            signer: told.certificate,
            unreadable_certificates: unreadable.len(),
            certificates,
            signers: signed_data.signers.len(),
            digest: told.digest,
            algorithm: told.algorithm,
            signing_time: told.signing_time,
            encapsulated: signed_data.encapsulated,
            indefinite: definite.indefinite,
        }
    }

    fn malformed(problem: String, indefinite: bool) -> Self {
        Self {
            state: SignatureState::Malformed(problem),
            signer: None,
            certificates: Vec::new(),
            unreadable_certificates: 0,
            signers: 0,
            digest: String::new(),
            algorithm: String::new(),
            signing_time: None,
            encapsulated: false,
            indefinite,
        }
    }
}

/// One signer's part, checked.
struct Check {
    state: SignatureState,
    certificate: Option<Certificate>,
    digest: String,
    algorithm: String,
    signing_time: Option<Timestamp>,
}

impl Check {
    fn run(
        signer: &SignerInfo,
        signed_data: &SignedData,
        certificates: &[Certificate],
        unreadable: &[String],
        content: &[u8],
    ) -> Self {
        let certificate = certificates.iter().find(|certificate| is_named(certificate, &signer.id));
        Self {
            state: state(signer, signed_data.content_type, certificate, unreadable, content),
            certificate: certificate.cloned(),
            digest: algorithm::hash(signer.digest.oid).map_or_else(
                || algorithm_name(signer.digest.oid).to_lowercase(),
                |hash| algorithm::hash_name(hash).into(),
            ),
            algorithm: algorithm_name(signer.algorithm.oid),
            signing_time: signer.attributes.as_ref().and_then(|attributes| attributes.signing_time),
        }
    }
}

/// RFC 5652 5.4 and 5.6: the digest first, since it tells more; then the value.
fn state(
    signer: &SignerInfo,
    content_type: ObjectIdentifier,
    certificate: Option<&Certificate>,
    unreadable: &[String],
    content: &[u8],
) -> SignatureState {
    let Some(hash) = algorithm::hash(signer.digest.oid) else {
        return SignatureState::Unsupported(format!("digest algorithm {}", algorithm_name(signer.digest.oid)));
    };
    let covered = match &signer.attributes {
        None => content,
        Some(attributes) => match wrong_attributes(attributes, content_type, hash, content) {
            Some(state) => return state,
            None => &attributes.covered,
        },
    };
    let Some(certificate) = certificate else {
        return match unreadable.first() {
            None => SignatureState::NoSignerCertificate,
            Some(problem) => SignatureState::Malformed(format!(
                "the signer's certificate is not among the readable ones, and one cannot be read: {problem}"
            )),
        };
    };
    let certificate = match x509_cert::Certificate::from_der(&certificate.der) {
        Ok(certificate) => certificate,
        Err(error) => return SignatureState::Malformed(format!("the signer's certificate cannot be read: {error}")),
    };
    let key = certificate.tbs_certificate().subject_public_key_info();
    match algorithm::verify(key, &signer.algorithm, hash, covered, &signer.value) {
        Verdict::Right => SignatureState::Valid,
        // Readers disagree about which of the two to use then, so the value proves nothing.
        Verdict::Wrong if algorithm::hash_of_signature(signer.algorithm.oid).is_some_and(|named| named != hash) => {
            SignatureState::Malformed(format!(
                "digest algorithm {} beside signature algorithm {}",
                algorithm_name(signer.digest.oid),
                algorithm_name(signer.algorithm.oid)
            ))
        }
        Verdict::Wrong => SignatureState::ValueWrong,
        Verdict::Unsupported(what) => SignatureState::Unsupported(what),
    }
}

/// What is wrong with the signed attributes, if anything (RFC 5652 11.1, 11.2).
fn wrong_attributes(
    attributes: &SignedAttributes,
    content_type: ObjectIdentifier,
    hash: &'static digest::Algorithm,
    content: &[u8],
) -> Option<SignatureState> {
    if attributes.content_type != content_type {
        return Some(SignatureState::Malformed(format!(
            "the signed contentType is {}, the content's {content_type}",
            attributes.content_type
        )));
    }
    let computed = digest::digest(hash, content);
    (computed.as_ref() != attributes.message_digest).then(|| SignatureState::DigestDiffers {
        signed: hex(&attributes.message_digest),
        computed: hex(computed.as_ref()),
    })
}

/// Whether a certificate is the one that the signer names.
fn is_named(certificate: &Certificate, id: &SignerId) -> bool {
    match id {
        SignerId::KeyId(id) => certificate.subject_key_id.as_ref() == Some(id),
        SignerId::IssuerAndSerial(id) => {
            // Compared in print: the issuer may be encoded in another string type here than there.
            certificate.serial == certificate::serial(&id.serial_number)
                && certificate.issuer.eq_ignore_ascii_case(&name::print(&id.issuer))
        }
    }
}

/// The certificates that can be read, and why the others cannot.
fn read_certificates(set: &[Vec<u8>]) -> (Vec<Certificate>, Vec<String>) {
    let (mut certificates, mut unreadable) = (Vec::new(), Vec::new());
    for der in set {
        match Certificate::read(der) {
            Ok(certificate) => certificates.push(certificate),
            Err(problem) => unreadable.push(problem),
        }
    }
    (certificates, unreadable)
}

/// Mail is signed with CRLF; a file stored with LF alone gets it back. Mixed line ends stay: they were sent so.
fn with_crlf(content: &[u8]) -> Cow<'_, [u8]> {
    if content.contains(&b'\r') || !content.contains(&b'\n') {
        return Cow::Borrowed(content);
    }
    let mut lines = Vec::with_capacity(content.len() + content.len() / 32);
    for line in content.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(line) => {
                lines.extend_from_slice(line);
                lines.extend_from_slice(b"\r\n");
            }
            None => lines.extend_from_slice(line),
        }
    }
    Cow::Owned(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        pki::Pki,
        smime::{Signer, sign::Encoding},
    };

    const CONTENT: &[u8] = b"Content-Type: text/plain\r\n\r\nFirmato altrove.\r\n";
    const ALTERED: &[u8] = b"Content-Type: text/plain\r\n\r\nFirmato altrove!\r\n";

    macro_rules! fixture {
        ($name:literal) => {
            include_bytes!(concat!("fixtures/", $name)).as_slice()
        };
    }

    /// Right over the content, wrong over another, wrong with a bit of the value flipped (the last byte of each of these).
    fn assert_verifies(cms: &[u8], digest: &str, algorithm: &str) {
        let signature = Signature::verify(cms, CONTENT);
        assert_eq!(signature.state, SignatureState::Valid, "{digest} {algorithm}");
        assert_eq!((signature.digest.as_str(), signature.algorithm.as_str()), (digest, algorithm));
        let altered = Signature::verify(cms, ALTERED).state;
        assert!(matches!(altered, SignatureState::DigestDiffers { .. }), "{digest} {algorithm}: {altered:?}");
        let end_of_contents = cms.iter().rev().take_while(|byte| **byte == 0).count();
        let mut flipped = cms.to_vec();
        flipped[cms.len() - end_of_contents - 1] ^= 1;
        assert_eq!(Signature::verify(&flipped, CONTENT).state, SignatureState::ValueWrong, "{digest} {algorithm}");
    }

    fn alfa() -> Signer {
        Pki::load().unwrap().signer("alfa").unwrap().clone()
    }

    fn signed(encoding: Encoding) -> Vec<u8> {
        alfa().sign(CONTENT, "2026-03-02T08:30:05Z".parse().unwrap(), encoding)
    }

    #[test]
    fn our_own_signatures_verify_in_both_encodings() {
        for encoding in [Encoding::Der, Encoding::Ber] {
            let cms = signed(encoding);
            assert_verifies(&cms, "sha256", "rsaEncryption");
            let signature = Signature::verify(&cms, CONTENT);
            assert_eq!(signature.indefinite, encoding == Encoding::Ber);
            assert_eq!(signature.signer.unwrap().der.as_ref(), alfa().certificate);
            assert_eq!(signature.certificates.len(), 2);
            assert_eq!(signature.signing_time, Some("2026-03-02T08:30:05Z".parse().unwrap()));
            assert_eq!(cms, signed(encoding), "the same input gives the same bytes");
        }
    }

    #[test]
    fn what_openssl_signs_verifies() {
        assert_verifies(fixture!("sha256.p7s"), "sha256", "rsaEncryption");
        assert_verifies(fixture!("sha1.p7s"), "sha1", "rsaEncryption");
        assert_verifies(fixture!("key-id.p7s"), "sha256", "rsaEncryption");
        assert_verifies(fixture!("rsa-1024-sha1.p7s"), "sha1", "rsaEncryption");
        assert_verifies(fixture!("rsa-sha512.p7s"), "sha512", "rsaEncryption");
        assert_verifies(fixture!("p256.p7s"), "sha256", "ecdsa-with-SHA256");
        assert_verifies(fixture!("p384-sha384.p7s"), "sha384", "ecdsa-with-SHA384");
        assert_verifies(fixture!("pss-longest-salt.p7s"), "sha256", "id-RSASSA-PSS");
        assert_verifies(fixture!("pss-sha384-salt-48.p7s"), "sha384", "id-RSASSA-PSS");
    }

    #[test]
    fn without_signed_attributes_the_value_covers_the_content() {
        for cms in [fixture!("no-attributes.p7s"), fixture!("no-attributes-p256.p7s")] {
            let signature = Signature::verify(cms, CONTENT);
            assert_eq!((signature.state, signature.signing_time), (SignatureState::Valid, None));
            assert_eq!(Signature::verify(cms, ALTERED).state, SignatureState::ValueWrong);
        }
    }

    #[test]
    fn what_the_library_cannot_do_is_unsupported_and_never_wrong() {
        for cms in [
            fixture!("rsa-1024-sha384.p7s"),
            fixture!("rsa-sha224.p7s"),
            fixture!("p384-sha1.p7s"),
            fixture!("pss-sha1.p7s"),
        ] {
            let state = Signature::verify(cms, CONTENT).state;
            assert!(matches!(state, SignatureState::Unsupported(_)), "{state:?}");
            let altered = Signature::verify(cms, ALTERED).state;
            assert!(matches!(altered, SignatureState::DigestDiffers { .. }), "the digest is known: {altered:?}");
        }
    }

    #[test]
    fn both_of_two_signers_must_hold() {
        let cms = fixture!("two-signers.p7s");
        let signature = Signature::verify(cms, CONTENT);
        assert_eq!((signature.state, signature.signers), (SignatureState::Valid, 2));
        let mut flipped = cms.to_vec();
        *flipped.last_mut().unwrap() ^= 1;
        assert_eq!(Signature::verify(&flipped, CONTENT).state, SignatureState::ValueWrong);
    }

    #[test]
    fn encapsulated_content_is_noticed_and_the_given_content_verified() {
        let signature = Signature::verify(fixture!("attached.p7m"), CONTENT);
        assert!(signature.encapsulated && signature.indefinite);
        assert_eq!(signature.state, SignatureState::Valid);
        assert!(!Signature::verify(fixture!("sha256.p7s"), CONTENT).encapsulated);
    }

    #[test]
    fn a_missing_certificate_is_told_from_an_unreadable_one() {
        let missing = Signature::verify(fixture!("no-certificate.p7s"), CONTENT);
        assert_eq!((missing.state, missing.signer), (SignatureState::NoSignerCertificate, None));

        let mut spoilt = alfa();
        let cms = signed(Encoding::Der);
        let at = cms.windows(spoilt.certificate.len()).position(|window| window == spoilt.certificate).unwrap();
        let mut cms = cms;
        // The version's tag: SEQUENCE, SEQUENCE, [0].
        cms[at + 8] = 0xa9;
        let signature = Signature::verify(&cms, CONTENT);
        assert!(matches!(signature.state, SignatureState::Malformed(_)), "{:?}", signature.state);
        assert_eq!((signature.unreadable_certificates, signature.certificates.len()), (1, 1));

        // An unreadable one beside the signer's does no harm.
        spoilt.chain.push(vec![0x30, 3, 0x02, 1, 1]);
        let cms = spoilt.sign(CONTENT, "2026-03-02T08:30:05Z".parse().unwrap(), Encoding::Ber);
        let signature = Signature::verify(&cms, CONTENT);
        assert_eq!((signature.state, signature.unreadable_certificates), (SignatureState::Valid, 1));
    }

    #[test]
    fn a_file_stored_with_lf_verifies_and_mixed_line_ends_do_not() {
        let lf = CONTENT.iter().copied().filter(|byte| *byte != b'\r').collect::<Vec<u8>>();
        assert_eq!(Signature::verify(&signed(Encoding::Der), &lf).state, SignatureState::Valid);
        let mixed = [b"Content-Type: text/plain\n\r\nFirmato altrove.\r\n".as_slice()].concat();
        let state = Signature::verify(&signed(Encoding::Der), &mixed).state;
        assert!(matches!(state, SignatureState::DigestDiffers { .. }), "{state:?}");
    }

    #[test]
    fn a_string_in_pieces_is_read_as_one() {
        // The signature value, last in DER, becomes a constructed string of two pieces inside layers of no length.
        let cms = signed(Encoding::Ber);
        let value = cms.len() - 6 - 256;
        assert_eq!(cms[value - 4..value], [0x04, 0x82, 1, 0]);
        let (first, second) = cms[value..value + 256].split_at(128);
        let pieces = [&[0x04, 0x81, 128], first, &[0x04, 0x81, 128], second].concat();
        let string = [&[0x24, 0x82, 1, 6][..], &pieces].concat();
        let grown = u16::try_from(string.len() - 260).unwrap();
        let mut cms = [&cms[..value - 4], &string, &[0; 6]].concat();
        // The two layers around it, SET OF and SignerInfo, have definite lengths of two bytes.
        let set = cms[..value].windows(2).rposition(|tag| tag == [0x31, 0x82]).unwrap();
        for length in [set + 2, set + 6] {
            let old = u16::from_be_bytes([cms[length], cms[length + 1]]);
            cms[length..length + 2].copy_from_slice(&(old + grown).to_be_bytes());
        }
        assert_eq!(Signature::verify(&cms, CONTENT).state, SignatureState::Valid);
    }

    #[test]
    fn no_truncation_and_no_flipped_bit_panics_or_passes_for_another_content() {
        for cms in [signed(Encoding::Der), signed(Encoding::Ber)] {
            for at in 0..cms.len() {
                assert_ne!(Signature::verify(&cms[..at], ALTERED).state, SignatureState::Valid);
                let mut flipped = cms.clone();
                flipped[at] ^= 0x55;
                assert_ne!(Signature::verify(&flipped, ALTERED).state, SignatureState::Valid);
            }
        }
        assert!(matches!(Signature::verify(b"", CONTENT).state, SignatureState::Malformed(_)));
        assert!(matches!(Signature::verify(b"no signature", CONTENT).state, SignatureState::Malformed(_)));
    }
}
