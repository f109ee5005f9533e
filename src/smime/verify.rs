//! Verifying a CMS signature, detached or with its content, over the bytes as they came (RFC 6109 2.2.2, RFC 5652 5.6).

use std::{borrow::Cow, sync::Arc};

use aws_lc_rs::digest;
use der::oid::ObjectIdentifier;
use jiff::Timestamp;

use super::{
    Certificate,
    algorithm::{self, Verdict},
    ber::Unread,
    signed_data::{SignedAttributes, SignedData, SignerId, SignerInfo},
};
use crate::hexadecimal::capitals;

/// What a signature is and whether it holds. Says nothing about trust: see [`super::path`].
///
/// With several signers every one must hold; what is told is the first that does not, else the first. The signer is the
/// first whose signature holds, where one does: whoever did not sign this says nothing of what it should be.
#[derive(Clone, Debug)]
pub struct Signature {
    /// Whether it holds.
    pub state: SignatureState,
    /// The certificate of the signer, if it travels inside.
    pub signer: Option<Arc<Certificate>>,
    /// Every certificate inside, the signer's included; unreadable ones are counted in `unreadable_certificates`.
    pub certificates: Vec<Arc<Certificate>>,
    /// How many certificates inside could not be read.
    pub unreadable_certificates: usize,
    /// How many signers there are (one is right).
    pub signers: usize,
    /// Digest algorithm's name in lower case: `sha1`, `sha256`, ...
    pub digest: String,
    /// signingTime, if present.
    pub signing_time: Option<Timestamp>,
    /// Whether content is encapsulated (in mail it must not be, in a directory file it must).
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
    /// What it signs is not at hand, so that nothing tells whether it holds over that.
    ContentAbsent {
        /// Whether the value is right over signed attributes, which name the content's digest.
        attested: bool,
    },
    /// An algorithm this harness cannot verify: no statement about the signature.
    Unsupported(String),
    /// Not a CMS SignedData, or one broken as described.
    Malformed(String),
}

impl Signature {
    /// Verifies the detached signature `cms` (DER or BER) over `content`. Where `content` is LF-only it is verified as CRLF.
    pub fn verify(cms: &[u8], content: &[u8]) -> Self {
        match SignedData::parse(cms) {
            Ok((signed_data, indefinite)) => Self::of(&signed_data, indefinite, Some(&with_crlf(content))),
            Err((problem, indefinite)) => Self::unread(problem, indefinite),
        }
    }

    /// Verifies the detached signature `cms` (DER or BER) over octets as they are, whatever their line ends.
    pub fn verify_octets(cms: &[u8], octets: &[u8]) -> Self {
        match SignedData::parse(cms) {
            Ok((signed_data, indefinite)) => Self::of(&signed_data, indefinite, Some(octets)),
            Err((problem, indefinite)) => Self::unread(problem, indefinite),
        }
    }

    /// Looks at a signature (DER or BER) whose content is not at hand: who signed, by what, when, and whether the value is
    /// right as far as signed attributes go.
    pub fn by_itself(cms: &[u8]) -> Self {
        match SignedData::parse(cms) {
            Ok((signed_data, indefinite)) => Self::of(&signed_data, indefinite, None),
            Err((problem, indefinite)) => Self::unread(problem, indefinite),
        }
    }

    /// Verifies a signature with its content inside (DER or BER), octet for octet, and gives the content out: also where
    /// the signature does not hold, which [`Signature::state`] tells.
    pub fn open(cms: &[u8]) -> (Self, Option<Vec<u8>>) {
        match SignedData::parse(cms) {
            Ok((mut signed_data, indefinite)) => match signed_data.content.take() {
                Some(content) => {
                    let signature = Self::of(&signed_data, indefinite, Some(&content));
                    (Self { encapsulated: true, ..signature }, Some(content))
                }
                None => (Self::of(&signed_data, indefinite, None), None),
            },
            Err((problem, indefinite)) => (Self::unread(problem, indefinite), None),
        }
    }

    fn of(signed_data: &SignedData, indefinite: bool, content: Option<&[u8]>) -> Self {
        let (certificates, unreadable) = read_certificates(&signed_data.certificates);
        let check = |signer: &SignerInfo| Check::run(signer, signed_data, &certificates, &unreadable, content);

        let holds = |check: &Check| {
            matches!(check.state, SignatureState::Valid | SignatureState::ContentAbsent { attested: true })
        };
        let (mut right, mut wrong): (Option<Check>, Option<Check>) = (None, None);
        for check in signed_data.signers.iter().map(check) {
            let told = if holds(&check) { &mut right } else { &mut wrong };
            told.get_or_insert(check);
            if right.is_some() && wrong.is_some() {
                break;
            }
        }
        let signer = right.as_ref().or(wrong.as_ref()).and_then(|check| check.certificate.clone());
        let Some(told) = wrong.or(right) else { return Self::unread("nobody signed".into(), indefinite) };
        Self {
            state: told.state,
            signer,
            unreadable_certificates: unreadable.len(),
            certificates,
            signers: signed_data.signers.len(),
            digest: told.digest,
            signing_time: told.signing_time,
            encapsulated: signed_data.content.is_some(),
            indefinite,
        }
    }

    fn unread(problem: Unread, indefinite: bool) -> Self {
        Self {
            state: match problem {
                Unread::Broken(problem) => SignatureState::Malformed(problem),
                Unread::Beyond(bound) => SignatureState::Unsupported(bound),
            },
            signer: None,
            certificates: Vec::new(),
            unreadable_certificates: 0,
            signers: 0,
            digest: String::new(),
            signing_time: None,
            encapsulated: false,
            indefinite,
        }
    }
}

/// One signer's part, checked.
struct Check {
    state: SignatureState,
    certificate: Option<Arc<Certificate>>,
    digest: String,
    signing_time: Option<Timestamp>,
}

impl Check {
    fn run(
        signer: &SignerInfo,
        signed_data: &SignedData,
        certificates: &[Arc<Certificate>],
        unreadable: &[String],
        content: Option<&[u8]>,
    ) -> Self {
        let certificate = certificates.iter().find(|certificate| is_named(certificate, &signer.id));
        Self {
            state: state(signer, signed_data.content_type, certificate.map(|it| &**it), unreadable, content),
            certificate: certificate.cloned(),
            digest: algorithm::hash(signer.digest.oid).map_or_else(
                || algorithm::name(signer.digest.oid).to_lowercase(),
                |hash| algorithm::hash_name(hash).into(),
            ),
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
    content: Option<&[u8]>,
) -> SignatureState {
    let Some(hash) = algorithm::hash(signer.digest.oid) else {
        return SignatureState::Unsupported(format!("digest algorithm {}", algorithm::name(signer.digest.oid)));
    };
    let covered = match (&signer.attributes, content) {
        (None, Some(content)) => vec![content],
        (None, None) => return SignatureState::ContentAbsent { attested: false },
        (Some(attributes), content) => match wrong_attributes(attributes, content_type, hash, content) {
            Some(state) => return state,
            None => attributes.covered.iter().map(Vec::as_slice).collect(),
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
    let verify = |covered| algorithm::verify(&certificate.parts.key, &signer.algorithm, hash, covered, &signer.value);
    let mut verdicts = covered.into_iter().map(verify);
    let verdict = verdicts.find(|verdict| !matches!(verdict, Verdict::Wrong)).unwrap_or(Verdict::Wrong);
    match verdict {
        Verdict::Right if content.is_none() => SignatureState::ContentAbsent { attested: true },
        Verdict::Right => SignatureState::Valid,
        // Readers disagree about which of the two to use then, so the value proves nothing.
        Verdict::Wrong if algorithm::hash_of_signature(signer.algorithm.oid).is_some_and(|named| named != hash) => {
            SignatureState::Malformed(format!(
                "digest algorithm {} beside signature algorithm {}",
                algorithm::name(signer.digest.oid),
                algorithm::name(signer.algorithm.oid)
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
    content: Option<&[u8]>,
) -> Option<SignatureState> {
    if attributes.content_type != content_type {
        return Some(SignatureState::Malformed(format!(
            "the signed contentType is {}, the content's {content_type}",
            attributes.content_type
        )));
    }
    let computed = digest::digest(hash, content?);
    (computed.as_ref() != attributes.message_digest).then(|| SignatureState::DigestDiffers {
        signed: capitals(&attributes.message_digest),
        computed: capitals(computed.as_ref()),
    })
}

/// Whether a certificate is the one that the signer names.
fn is_named(certificate: &Certificate, id: &SignerId) -> bool {
    match id {
        SignerId::KeyId(id) => certificate.subject_key_id.as_ref() == Some(id),
        SignerId::IssuerAndSerial(id) => certificate.is_of(&id.issuer, &id.serial_number),
    }
}

/// The certificates that can be read, and why the others cannot.
fn read_certificates(set: &[Vec<u8>]) -> (Vec<Arc<Certificate>>, Vec<String>) {
    let (mut certificates, mut unreadable) = (Vec::new(), Vec::new());
    for der in set {
        match Certificate::known(der) {
            Ok(certificate) => certificates.push(certificate),
            Err(problem) => unreadable.push(problem),
        }
    }
    (certificates, unreadable)
}

/// Mail is signed with CRLF; a file stored with LF alone gets it back. Mixed line ends stay: they were sent so.
pub(super) fn with_crlf(content: &[u8]) -> Cow<'_, [u8]> {
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
mod tests;
