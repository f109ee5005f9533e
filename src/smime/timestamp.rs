//! Time stamps (RFC 3161): what an authority is asked, and what its token says and proves.

use std::sync::Arc;

use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use const_oid::db::{rfc3161, rfc5912};
use der::{Decode, Encode, Sequence, asn1::OctetString, oid::ObjectIdentifier};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::{
    Certificate, PathError, Signature, SignatureState, Trust, algorithm,
    ber::{Definite, Element},
    path::Use,
    signed_data::SignedData,
};

const OBJECT_IDENTIFIER: u8 = 0x06;
const OCTET_STRING: u8 = 0x04;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;

/// signingCertificate and signingCertificateV2 (RFC 5035): which certificate a signer meant.
const SIGNING_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// A token: an authority's word that something was there at an instant.
#[derive(Debug)]
pub struct TimeStamp {
    /// When.
    pub at: Timestamp,
    /// The authority's certificate, which must travel inside.
    pub authority: Arc<Certificate>,
    /// The token alone, without the answer that it came in.
    pub token: Vec<u8>,
    hash: &'static Algorithm,
    imprint: Vec<u8>,
    certificates: Vec<Arc<Certificate>>,
}

#[derive(Sequence)]
struct Imprint {
    algorithm: AlgorithmIdentifierOwned,
    digest: OctetString,
}

#[derive(Sequence)]
struct Query {
    version: u8,
    imprint: Imprint,
    wants_certificate: bool,
}

/// What an authority is asked, to stamp these octets (TimeStampReq): by their SHA-256, its certificate wanted. Without a
/// nonce, so that the same octets give the same question.
pub fn query(octets: &[u8]) -> Vec<u8> {
    let algorithm = AlgorithmIdentifierOwned { oid: rfc5912::ID_SHA_256, parameters: Some(der::Any::null()) };
    let digest = OctetString::new(digest(&SHA256, octets).as_ref()).expect("a digest fits an octet string");
    let query = Query { version: 1, imprint: Imprint { algorithm, digest }, wants_certificate: true };
    query.to_der().expect("a question of valid parts encodes")
}

impl TimeStamp {
    /// Reads a token, or the answer that holds one (`openssl ts -reply`); its signature must hold over what it says. The error
    /// says what is wrong.
    pub fn read(file: &[u8]) -> Result<Self, String> {
        let token = token(file)?;
        let (signed_data, _) = SignedData::parse(&token).map_err(|(problem, _)| problem.to_string())?;
        if signed_data.content_type != rfc3161::ID_CT_TST_INFO {
            return Err(format!("it signs {}, which is no time stamp", algorithm::name(signed_data.content_type)));
        }
        let (signature, content) = Signature::open(&token);
        match &signature.state {
            SignatureState::Valid if signature.signers == 1 => {}
            SignatureState::Valid => return Err(format!("{} signed it, and one should", signature.signers)),
            state => return Err(told(state)),
        }
        let authority = signature.signer.ok_or("the authority's certificate does not travel in it")?;
        let attributes = signed_data.signers.first().and_then(|signer| signer.attributes.as_ref());
        let attributes = attributes.and_then(|attributes| attributes.covered.first());
        names(attributes.ok_or("it has no signed attributes")?, &authority)?;
        let content = content.ok_or("there is nothing in it")?;
        let (at, hash, imprint) = info(&content)?;
        Ok(Self { at, authority, token, hash, imprint, certificates: signature.certificates })
    }

    /// Whether it is of these octets.
    pub fn is_over(&self, octets: &[u8]) -> bool {
        digest(self.hash, octets).as_ref() == self.imprint
    }

    /// Whether the authority leads to a trusted root, and may stamp, at the instant that it tells.
    pub fn check(&self, trust: &Trust) -> Result<(), PathError> {
        trust.check_for(Use::TimeStamps, &self.authority, &self.certificates, self.at)
    }
}

/// What a signature that does not hold is, in words.
pub fn told(state: &SignatureState) -> String {
    match state {
        SignatureState::Valid => "it holds".to_owned(),
        SignatureState::DigestDiffers { .. } => "what it signs was altered".to_owned(),
        SignatureState::ValueWrong => "it is not by the key of its certificate".to_owned(),
        SignatureState::NoSignerCertificate => "the signer's certificate does not travel in it".to_owned(),
        SignatureState::ContentAbsent { .. } => "what it signs is not in it".to_owned(),
        SignatureState::Unsupported(what) => format!("{what} is not supported"),
        SignatureState::Malformed(problem) => format!("it cannot be read: {problem}"),
    }
}

/// The token in a file.
fn token(file: &[u8]) -> Result<Vec<u8>, String> {
    const NEITHER: &str = "neither a time stamp nor an answer of an authority";
    let definite = Definite::read(file).map_err(|problem| format!("{NEITHER}: {problem}"))?;
    let (outer, _) = Element::read(&definite.bytes)?;
    let inside = if outer.tag == SEQUENCE { outer.children()? } else { Vec::new() };
    match &inside[..] {
        [first, ..] if first.tag == OBJECT_IDENTIFIER => Ok(file.to_vec()),
        // Once its lengths are definite the answer is another; the token in it is signed as it came.
        [status, token] if status.tag == SEQUENCE && !definite.indefinite => Ok(token.whole.to_vec()),
        [status, _] if status.tag == SEQUENCE => Err("an answer in BER: take the token out of it".to_owned()),
        [status] if status.tag == SEQUENCE => Err("the authority refused: there is no token in its answer".to_owned()),
        _ => Err(NEITHER.to_owned()),
    }
}

/// genTime and imprint of a TSTInfo.
fn info(content: &[u8]) -> Result<(Timestamp, &'static Algorithm, Vec<u8>), String> {
    let (info, _) = Element::read(content)?;
    let fields = info.children()?;
    let [_version, _policy, imprint, _serial, at, ..] = &fields[..] else {
        return Err("what it says is not of the form of a time stamp".to_owned());
    };
    let imprint = Imprint::from_der(imprint.whole).map_err(|error| format!("its imprint cannot be read: {error}"))?;
    let algorithm = imprint.algorithm.oid;
    let hash = algorithm::hash(algorithm);
    let hash = hash.ok_or_else(|| format!("digest algorithm {} is not supported", algorithm::name(algorithm)))?;
    if hash == &SHA1_FOR_LEGACY_USE_ONLY {
        return Err("it is over a SHA-1, which two different things may have".to_owned());
    }
    if at.tag != GENERALIZED_TIME {
        return Err("it tells no time".to_owned());
    }
    let at = std::str::from_utf8(at.value).ok().and_then(|text| text.strip_suffix('Z'));
    let at = at.and_then(|text| DateTime::strptime("%Y%m%d%H%M%S%.f", text).ok());
    let at = at.and_then(|at| Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp()));
    Ok((at.ok_or("the time that it tells cannot be read")?, hash, imprint.digest.as_bytes().to_vec()))
}

/// Whether signed attributes name this certificate as the signer's (RFC 3161 2.4.1, RFC 5816).
fn names(attributes: &[u8], authority: &Certificate) -> Result<(), String> {
    let (attributes, _) = Element::read(attributes)?;
    for attribute in attributes.children()? {
        let [name, values] = attribute.children()?[..] else { continue };
        let name = ObjectIdentifier::from_bytes(name.value).map_err(|error| error.to_string())?;
        if ![SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2].contains(&name) {
            continue;
        }
        let Some(id) = first(values).and_then(first).and_then(first) else { continue };
        let (hash, digest_of) = certificate_id(id, name == SIGNING_CERTIFICATE_V2)?;
        return if digest(hash, &authority.der).as_ref() == digest_of {
            Ok(())
        } else {
            Err("it names another certificate as its signer's than that which verifies it".to_owned())
        };
    }
    Err("it does not say which certificate its signer meant (signingCertificate)".to_owned())
}

fn first(element: Element<'_>) -> Option<Element<'_>> {
    element.children().ok()?.first().copied()
}

/// The digest in an ESSCertID or ESSCertIDv2, and by what.
fn certificate_id(id: Element<'_>, is_second: bool) -> Result<(&'static Algorithm, &[u8]), String> {
    let fields = id.children()?;
    let sha1 = &SHA1_FOR_LEGACY_USE_ONLY;
    match &fields[..] {
        [digest, ..] if digest.tag == OCTET_STRING => Ok((if is_second { &SHA256 } else { sha1 }, digest.value)),
        [algorithm, digest, ..] if is_second && digest.tag == OCTET_STRING => {
            let algorithm = AlgorithmIdentifierOwned::from_der(algorithm.whole).map_err(|error| error.to_string())?;
            let hash =
                algorithm::hash(algorithm.oid).ok_or("its signer's certificate is named by an unknown digest")?;
            Ok((hash, digest.value))
        }
        _ => Err("its signer's certificate is named in an unknown way".to_owned()),
    }
}
