//! The parts of a CMS SignedData (RFC 5652 5), cut out of the bytes as they came.
//!
//! Certificates and signed attributes are kept as slices: encoding them again could change what was signed.

use cms::cert::IssuerAndSerialNumber;
use const_oid::db::rfc5911;
use der::{Decode, oid::ObjectIdentifier};
use jiff::Timestamp;
use memchr::memmem;
use x509_cert::{spki::AlgorithmIdentifierOwned, time::Time};

use super::{
    ber::{Definite, Element, Unread, definite},
    certificate::timestamp,
};

/// More signers than anybody has; each costs a verification.
const MAX_SIGNERS: usize = 16;

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const CONTEXT_0: u8 = 0x80;
const CONTEXT_0_CONSTRUCTED: u8 = 0xa0;

/// A SignedData.
#[derive(Debug)]
pub struct SignedData {
    /// eContentType.
    pub content_type: ObjectIdentifier,
    /// The content, where it is inside: in one piece, as it was before streaming cut it.
    pub content: Option<Vec<u8>>,
    /// What stands in the certificate set, as it came.
    pub certificates: Vec<Vec<u8>>,
    /// The signers, in order.
    pub signers: Vec<SignerInfo>,
}

/// One signer's part.
#[derive(Debug)]
pub struct SignerInfo {
    /// Who.
    pub id: SignerId,
    /// The digest algorithm.
    pub digest: AlgorithmIdentifierOwned,
    /// The signed attributes, if any.
    pub attributes: Option<SignedAttributes>,
    /// The signature algorithm.
    pub algorithm: AlgorithmIdentifierOwned,
    /// The signature value.
    pub value: Vec<u8>,
}

/// How the signer's certificate is named.
#[derive(Debug)]
pub enum SignerId {
    /// By issuer and serial number.
    IssuerAndSerial(Box<IssuerAndSerialNumber>),
    /// By its SubjectKeyIdentifier.
    KeyId(Vec<u8>),
}

/// The signed attributes that matter (RFC 5652 11).
#[derive(Debug)]
pub struct SignedAttributes {
    /// What the signature value may cover: the attributes as SET OF, in the order they came, and, where that is another, in
    /// the order of DER. RFC 5652 5.4 wants the latter; who writes them in another order mostly signs them so.
    pub covered: Vec<Vec<u8>>,
    /// contentType.
    pub content_type: ObjectIdentifier,
    /// messageDigest.
    pub message_digest: Vec<u8>,
    /// signingTime, if present and readable.
    pub signing_time: Option<Timestamp>,
}

/// Whether bytes begin like a ContentInfo in DER or BER, which tells it from a certificate and from text.
pub fn is_signed_data(bytes: &[u8]) -> bool {
    let inside = match bytes {
        [SEQUENCE, 0x80, inside @ ..] => inside,
        [SEQUENCE, length, rest @ ..] if length & 0x80 != 0 => rest.get(usize::from(length & 0x7f)..).unwrap_or(&[]),
        [SEQUENCE, _, inside @ ..] => inside,
        _ => &[],
    };
    inside.first() == Some(&OBJECT_IDENTIFIER)
}

/// The content of a SignedData, DER or BER, where it is inside; unverified.
pub fn content(cms: &[u8]) -> Option<Vec<u8>> {
    SignedData::parse(cms).ok()?.0.content
}

/// What a CMS structure is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Somebody signed; it may be broken.
    Signature,
    /// It holds certificates, and nobody signed anything (`.p7b`).
    Certificates,
    /// It is encrypted, or something else than a SignedData.
    Other,
}

impl Purpose {
    /// That of a ContentInfo, DER or BER.
    pub fn of(cms: &[u8]) -> Self {
        const HEAD: usize = 32;
        let signed = rfc5911::ID_SIGNED_DATA.as_bytes();
        match SignedData::parse(cms) {
            Ok((signed_data, _)) if signed_data.signers.is_empty() => Purpose::Certificates,
            Ok(_) => Purpose::Signature,
            Err(_) if memmem::find(&cms[..cms.len().min(HEAD)], signed).is_some() => Purpose::Signature,
            Err(_) => Purpose::Other,
        }
    }
}

impl SignedData {
    /// Reads DER or BER, and tells whether any length was indefinite; so does the error, beside what is broken.
    pub fn parse(cms: &[u8]) -> Result<(Self, bool), (Unread, bool)> {
        let definite = Definite::read(cms).map_err(|problem| (problem, false))?;
        match Self::read(&definite) {
            Ok(signed_data) => Ok((signed_data, definite.indefinite)),
            Err(problem) => Err((problem, definite.indefinite)),
        }
    }

    /// Reads a ContentInfo with a SignedData inside; the error says what is broken.
    fn read(cms: &Definite<'_>) -> Result<Self, Unread> {
        let (content_info, _) = Element::read(&cms.bytes)?;
        let [content_type, content] = fields(&content_info, SEQUENCE, "ContentInfo")?[..] else {
            return Err("a ContentInfo has a type and a content".into());
        };
        let content_type = oid(&content_type)?;
        if content_type != rfc5911::ID_SIGNED_DATA {
            return Err(format!("the content type is {content_type}, not signedData").into());
        }
        let (signed_data, _) = Element::read(content.value)?;
        Self::read_fields(&fields(&signed_data, SEQUENCE, "SignedData")?)
    }

    fn read_fields(fields: &[Element]) -> Result<Self, Unread> {
        let [version, digests, content, optional @ .., signers] = fields else {
            return Err("a SignedData has at least four fields".into());
        };
        if version.tag != INTEGER || digests.tag != SET || signers.tag != SET {
            return Err("the fields of a SignedData are not in their places".into());
        }
        let (content_type, content) = match &self::fields(content, SEQUENCE, "encapsulated content")?[..] {
            [content_type] => (oid(content_type)?, None),
            [content_type, content] => (oid(content_type)?, Some(octet_string(content)?)),
            _ => return Err("an encapsulated content has a type and at most one content".into()),
        };
        let certificates = optional.iter().find(|field| field.tag == CONTEXT_0_CONSTRUCTED);
        let certificates = certificates.map(Element::children).transpose()?.unwrap_or_default();
        let signers = signers.children()?;
        if signers.len() > MAX_SIGNERS {
            return Err(Unread::Beyond(format!("a signature by more than {MAX_SIGNERS} signers")));
        }
        Ok(Self {
            content_type,
            content,
            certificates: certificates.iter().map(|certificate| certificate.whole.to_vec()).collect(),
            signers: signers.iter().map(SignerInfo::read).collect::<Result<_, _>>()?,
        })
    }
}

impl SignerInfo {
    fn read(signer_info: &Element) -> Result<Self, Unread> {
        let fields = fields(signer_info, SEQUENCE, "SignerInfo")?;
        let [_version, id, digest, rest @ ..] = &fields[..] else {
            return Err("a SignerInfo has at least five fields".into());
        };
        let (attributes, rest) = match rest {
            [attributes, rest @ ..] if attributes.tag == CONTEXT_0_CONSTRUCTED => (Some(attributes), rest),
            _ => (None, rest),
        };
        let [algorithm, value, ..] = rest else {
            return Err("a SignerInfo has at least five fields".into());
        };
        if value.tag != OCTET_STRING {
            return Err("the signature value is not an octet string".into());
        }
        Ok(Self {
            id: SignerId::read(id)?,
            digest: AlgorithmIdentifierOwned::from_der(&digest.to_der()?).map_err(broken("the digest algorithm"))?,
            attributes: attributes.map(SignedAttributes::read).transpose()?,
            algorithm: AlgorithmIdentifierOwned::from_der(&algorithm.to_der()?)
                .map_err(broken("the signature algorithm"))?,
            value: value.value.to_vec(),
        })
    }
}

impl SignerId {
    fn read(id: &Element) -> Result<Self, Unread> {
        match id.tag {
            SEQUENCE => {
                let id = IssuerAndSerialNumber::from_der(&id.to_der()?);
                let id = id.map_err(broken("the signer's issuer and serial"))?;
                Ok(Self::IssuerAndSerial(Box::new(id)))
            }
            CONTEXT_0 => Ok(Self::KeyId(id.value.to_vec())),
            tag => Err(format!("the signer is named in an unknown way (tag {tag:#04x})").into()),
        }
    }
}

impl SignedAttributes {
    fn read(attributes: &Element) -> Result<Self, Unread> {
        let mut as_it_stands = attributes.whole.to_vec();
        as_it_stands[0] = SET; // RFC 5652 5.4: an EXPLICIT SET OF tag instead of [0]
        let mut covered = vec![as_it_stands];
        let mut sorted: Vec<&[u8]> = attributes.children()?.iter().map(|attribute| attribute.whole).collect();
        if !sorted.is_sorted() {
            sorted.sort_unstable();
            covered.push(definite(&[SET], &sorted.concat()));
        }

        let (mut content_type, mut message_digest, mut signing_time) = (None, None, None);
        for attribute in attributes.children()? {
            let [name, values] = fields(&attribute, SEQUENCE, "attribute")?[..] else {
                return Err("a signed attribute has a name and values".into());
            };
            let slot = match oid(&name)? {
                rfc5911::ID_CONTENT_TYPE => &mut content_type,
                rfc5911::ID_MESSAGE_DIGEST => &mut message_digest,
                rfc5911::ID_SIGNING_TIME => &mut signing_time,
                _ => continue,
            };
            let [value] = values.children()?[..] else {
                return Err("contentType, messageDigest and signingTime have one value each".into());
            };
            if slot.replace(value.whole.to_vec()).is_some() {
                return Err("contentType, messageDigest and signingTime stand once each".into());
            }
        }
        let content_type = content_type.ok_or("the signed attributes lack contentType")?;
        let message_digest = message_digest.ok_or("the signed attributes lack messageDigest")?;
        let (message_digest, _) = Element::read(&message_digest)?;
        if message_digest.tag != OCTET_STRING {
            return Err("messageDigest is not an octet string".into());
        }
        Ok(Self {
            covered,
            content_type: oid(&Element::read(&content_type)?.0)?,
            message_digest: message_digest.value.to_vec(),
            signing_time: signing_time.and_then(|time| time_of(&time)).map(timestamp),
        })
    }
}

fn fields<'a>(element: &Element<'a>, tag: u8, name: &str) -> Result<Vec<Element<'a>>, String> {
    if element.tag != tag {
        return Err(format!("no {name} where one should be (tag {:#04x})", element.tag));
    }
    element.children()
}

fn oid(element: &Element) -> Result<ObjectIdentifier, String> {
    if element.tag != OBJECT_IDENTIFIER {
        return Err(format!("no object identifier where one should be (tag {:#04x})", element.tag));
    }
    ObjectIdentifier::from_bytes(element.value).map_err(|error| format!("an object identifier cannot be read: {error}"))
}

/// The content in its explicit tag.
fn octet_string(content: &Element) -> Result<Vec<u8>, String> {
    match content.children()?[..] {
        [string] if content.tag == CONTEXT_0_CONSTRUCTED && string.tag == OCTET_STRING => Ok(string.value.to_vec()),
        _ => Err("the content is not an octet string".to_owned()),
    }
}

fn time_of(element: &[u8]) -> Option<Time> {
    let (element, _) = Element::read(element).ok()?;
    Time::from_der(&element.to_der().ok()?).ok()
}

fn broken(what: &str) -> impl Fn(der::Error) -> String {
    move |error| format!("{what} cannot be read: {error}")
}
