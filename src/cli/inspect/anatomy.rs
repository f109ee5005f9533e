//! What a thing consists of, read and nothing judged: pure data, told as a page or as JSON.

use std::{borrow::Cow, sync::Arc};

use serde::Serialize;

use super::{
    certificate::CertificateFields,
    times::{Time, times},
};
use crate::{
    archive::{Content, Found, Item, LeftOut, Why},
    directory::{Directory, DirectoryFile, Form},
    hexadecimal::sha256,
    message::{Daticert, DaticertReading, Entity, Kind, Message, Shape},
    smime::{Certificate, Signature, SignatureState, SignerDigest, cms_in_text, content, digests},
};

/// A thing and its parts.
#[derive(Debug, Serialize)]
pub struct Anatomy {
    /// Where it was found.
    pub name: String,
    /// Its size, in octets; a message's as it was sent, with every line end CRLF.
    pub octets: usize,
    /// Of those octets.
    pub sha256: String,
    /// What it is.
    #[serde(flatten)]
    pub thing: Thing,
}

/// What it is.
#[derive(Debug, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Thing {
    Message(Box<MessageParts>),
    Daticert(Box<DaticertFields>),
    Signature(Box<SignatureParts>),
    Certificates {
        certificates: Vec<CertificateFields>,
    },
    Directory(Box<DirectoryParts>),
    /// What could not be read after all.
    Unreadable {
        problem: String,
    },
}

/// A message.
#[derive(Debug, Serialize)]
pub struct MessageParts {
    /// What it says it is, by its header; nothing where it is ordinary mail.
    pub kind: Option<Kind>,
    /// What of it was not read, because there was too much.
    pub limits: Vec<String>,
    pub header: Vec<Field>,
    pub parts: Vec<Part>,
    /// Where what is signed begins and ends.
    pub signed: Option<(usize, usize)>,
    pub signature: Option<SignatureParts>,
    pub times: Vec<Time>,
    pub daticert: Option<DaticertFields>,
}

/// A header field.
#[derive(Debug, Serialize)]
pub struct Field {
    /// Where it begins.
    pub at: usize,
    pub name: String,
    /// Unfolded and decoded.
    pub value: String,
}

/// A MIME part.
#[derive(Debug, Serialize)]
pub struct Part {
    /// Its place, such as `1.2`; empty for the whole.
    pub place: String,
    /// Where its header begins, its body begins, and it ends.
    pub at: usize,
    pub body: usize,
    pub end: usize,
    pub content_type: String,
    pub charset: Option<String>,
    pub encoding: String,
    pub disposition: Option<String>,
    pub file_name: Option<String>,
    /// What it is to certified mail.
    pub role: Option<&'static str>,
}

/// The certification data.
#[derive(Debug, Serialize)]
pub struct DaticertFields {
    /// Why nothing could be read of it.
    pub malformed: Option<String>,
    /// Why it was not read, where it is more than a reader takes in.
    pub limit: Option<String>,
    /// Where it departs from the DTD.
    pub invalid: Vec<String>,
    pub doctype: bool,
    pub data: Option<Daticert>,
}

/// A CMS signature.
#[derive(Debug, Serialize)]
pub struct SignatureParts {
    /// Whether it holds over what is signed.
    pub holds: String,
    pub octets: usize,
    /// `BER` where lengths are indefinite, else `DER`.
    pub encoding: &'static str,
    /// Whether what is signed lies inside.
    pub encapsulated: bool,
    pub signers: Vec<SignerParts>,
    pub certificates: Vec<CertificateFields>,
    /// How many certificates inside could not be read.
    pub unreadable_certificates: usize,
}

/// A signer.
#[derive(Debug, Serialize)]
pub struct SignerParts {
    pub named: String,
    pub digest: String,
    pub algorithm: String,
    pub signing_time: Option<String>,
    /// The digest that was signed; nothing without signed attributes.
    pub signed_digest: Option<String>,
    /// The digest of what is there.
    pub computed_digest: Option<String>,
}

/// A providers' directory.
#[derive(Debug, Serialize)]
pub struct DirectoryParts {
    pub problem: Option<String>,
    pub providers: Vec<ProviderFields>,
    pub signature: Option<SignatureParts>,
}

/// A provider's record.
#[derive(Debug, Serialize)]
pub struct ProviderFields {
    pub dn: String,
    pub name: String,
    pub unit: Option<String>,
    pub mail_receipt: String,
    pub domains: usize,
    pub certificates: usize,
}

impl Anatomy {
    /// The anatomy of what was found, or of what was left out and can be shown all the same. `None` for the rest, and for
    /// the evidence of a play, which is many things.
    pub fn of(found: &Found) -> Option<Self> {
        let (name, octets, thing) = match found {
            Ok(Item { name, content }) => {
                let (octets, thing) = of_content(content)?;
                (name, octets, thing)
            }
            Err(LeftOut { name, why: Why::Authority(der) | Why::Certificate(der), .. }) => {
                let certificates = vec![CertificateFields::of(&Certificate::read(der).ok()?)];
                (name, Cow::Borrowed(&der[..]), Thing::Certificates { certificates })
            }
            Err(LeftOut { name, why: Why::SignedDocument(cms) | Why::Signature(cms), .. }) => {
                (name, Cow::Borrowed(&cms[..]), Thing::Signature(Box::new(SignatureParts::of(cms, None))))
            }
            Err(_) => return None,
        };
        Some(Self { name: name.to_string(), octets: octets.len(), sha256: sha256(&octets), thing })
    }
}

fn of_content(found: &Content) -> Option<(Cow<'_, [u8]>, Thing)> {
    Some(match found {
        Content::Message(bytes) => {
            let thing = match Message::read(bytes) {
                Ok(message) => Thing::Message(Box::new(MessageParts::of(&message))),
                Err(problem) => Thing::Unreadable { problem: problem.to_string() },
            };
            (Cow::Borrowed(bytes), thing)
        }
        Content::Daticert(xml) => {
            let fields = DaticertFields::of(&DaticertReading::read(xml.to_vec()));
            (Cow::Borrowed(xml), Thing::Daticert(Box::new(fields)))
        }
        Content::Opaque(cms) => {
            let octets = content(cms).unwrap_or_default();
            let thing = match Message::content(&octets, cms.to_vec()) {
                Ok(message) => Thing::Message(Box::new(MessageParts::of(&message))),
                Err(problem) => Thing::Unreadable { problem: problem.to_string() },
            };
            (Cow::Owned(octets), thing)
        }
        Content::Signature(cms) => (Cow::Borrowed(cms), Thing::Signature(Box::new(SignatureParts::of(cms, None)))),
        Content::Certificates(ders) => {
            let certificates = ders.iter().filter_map(|der| Certificate::read(der).ok());
            let certificates = certificates.map(|certificate| CertificateFields::of(&certificate)).collect();
            (Cow::Owned(ders.concat()), Thing::Certificates { certificates })
        }
        Content::Directory(file) => (Cow::Borrowed(file), Thing::Directory(Box::new(DirectoryParts::of(file)))),
        Content::Evidence(_) => return None,
    })
}

impl MessageParts {
    fn of(message: &Message) -> Self {
        let mail = &message.mail;
        let header = mail.root.headers.iter().map(|header| Field {
            at: header.span.start,
            name: header.name.clone().into_owned(),
            value: mail.decoded(header),
        });
        // What is signed may be inside its signature; header and parts are told as they came.
        let opened = message.clone().opened(content);
        let signature = opened.signed.as_ref().and_then(|signed| {
            let content = (opened.shape == Shape::Whole).then(|| mail.bytes(&signed.content.span));
            Some(SignatureParts::of(signed.cms.as_deref()?, content))
        });
        let mut parts = Vec::new();
        list(message, &mail.root, &mut Vec::new(), &mut parts);
        Self {
            kind: message.kind,
            limits: mail.limits.iter().map(ToString::to_string).collect(),
            header: header.collect(),
            parts,
            signed: message.signed.as_ref().map(|signed| (signed.content.span.start, signed.content.span.end)),
            times: times(&opened),
            signature,
            daticert: opened.daticert.as_ref().map(DaticertFields::of),
        }
    }
}

fn list(message: &Message, entity: &Entity, places: &mut Vec<usize>, parts: &mut Vec<Part>) {
    let places_told: Vec<String> = places.iter().map(usize::to_string).collect();
    parts.push(Part {
        place: places_told.join("."),
        at: entity.span.start,
        body: entity.body.start,
        end: entity.span.end,
        content_type: entity.content_type.clone(),
        charset: entity.param("charset").map(str::to_owned),
        encoding: entity.encoding.clone(),
        disposition: entity.disposition.clone(),
        file_name: entity.file_name().map(str::to_owned),
        role: role(message, entity),
    });
    for (at, child) in entity.children.iter().enumerate() {
        places.push(at + 1);
        list(message, child, places, parts);
        places.pop();
    }
}

fn role(message: &Message, entity: &Entity) -> Option<&'static str> {
    let is = |part: Option<&Arc<Entity>>| part.is_some_and(|part| part.span == entity.span);
    let (signed, parts) = (message.signed.as_ref(), &message.parts);
    if is(signed.map(|signed| &signed.content)) {
        Some("what is signed")
    } else if is(signed.map(|signed| &signed.signature)) {
        Some("the signature")
    } else if is(parts.daticert.as_ref()) {
        Some("the certification data")
    } else if is(parts.original.as_ref()) {
        Some("the original message")
    } else if is(parts.readable.as_ref()) {
        Some("the readable text")
    } else {
        None
    }
}

impl DaticertFields {
    fn of(reading: &DaticertReading) -> Self {
        let invalid = reading.invalid.iter().map(|error| {
            format!(
                "{} at {}:{}: expected {}, found {}",
                error.path, error.line, error.column, error.expected, error.found
            )
        });
        Self {
            malformed: reading.malformed.clone(),
            limit: reading.limit.clone(),
            invalid: invalid.collect(),
            doctype: reading.doctype,
            data: reading.data.clone(),
        }
    }
}

impl SignatureParts {
    fn of(cms: &[u8], content: Option<&[u8]>) -> Self {
        let signature = match content {
            Some(content) => Signature::verify(cms, content),
            None => Signature::open(cms).0,
        };
        Self {
            holds: match &signature.state {
                SignatureState::Malformed(problem) => format!("unreadable: {problem}"),
                SignatureState::ContentAbsent { .. } => "cannot be told: what is signed is not here".to_owned(),
                SignatureState::Valid => "yes".to_owned(),
                SignatureState::DigestDiffers { .. } => "no: the digest is of other octets".to_owned(),
                SignatureState::ValueWrong => "no: the signature value is not the signer's".to_owned(),
                SignatureState::NoSignerCertificate => {
                    "cannot be told: the signer's certificate is not inside".to_owned()
                }
                SignatureState::Unsupported(what) => format!("cannot be told: {what} is not supported"),
            },
            octets: cms.len(),
            encoding: if signature.indefinite { "BER" } else { "DER" },
            encapsulated: signature.encapsulated,
            signers: digests(cms, content).unwrap_or_default().into_iter().map(SignerParts::of).collect(),
            certificates: signature.certificates.iter().map(|it| CertificateFields::of(it)).collect(),
            unreadable_certificates: signature.unreadable_certificates,
        }
    }
}

impl SignerParts {
    fn of(signer: SignerDigest) -> Self {
        let SignerDigest { named, digest, algorithm, signing_time, signed, computed } = signer;
        Self {
            named,
            digest,
            algorithm,
            signing_time: signing_time.map(|time| time.to_string()),
            signed_digest: signed,
            computed_digest: computed,
        }
    }
}

impl DirectoryParts {
    fn of(file: &[u8]) -> Self {
        let cms = match DirectoryFile::open(file).form {
            Form::Plain => None,
            Form::Signed => Some(SignatureParts::of(file, None)),
            Form::SignedText => cms_in_text(file).map(|binary| SignatureParts::of(&binary, None)),
        };
        let (problem, providers) = match Directory::read(file) {
            Ok(directory) => (None, directory.providers),
            Err(problem) => (Some(problem.to_string()), Vec::new()),
        };
        let providers = providers.into_iter().map(|provider| ProviderFields {
            dn: provider.dn.clone(),
            name: provider.name.clone(),
            unit: provider.unit.clone(),
            mail_receipt: provider.mail_receipt.clone(),
            domains: provider.managed_domains.len(),
            certificates: provider.certificates.len(),
        });
        Self { problem, providers: providers.collect(), signature: cms }
    }
}
