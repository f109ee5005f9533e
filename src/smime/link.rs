//! A certificate as a link of a path: its facts, its key, and its names in the form in which names are compared.

use std::sync::OnceLock;

use aws_lc_rs::digest;
use const_oid::db::rfc5280;
use der::{Decode, oid::ObjectIdentifier};
use x509_cert::{
    certificate::TbsCertificate,
    ext::pkix::{BasicConstraints, KeyUsage},
};

use super::{
    Certificate, PathError,
    algorithm::{self, Verdict},
    ber::Element,
    name::Folded,
    public_key::Key,
};

/// A certificate with what the search for a path needs of it.
#[derive(Debug)]
pub struct Link {
    /// The certificate.
    pub facts: Certificate,
    /// Its subject, for comparison.
    pub subject: Folded,
    /// Its issuer, likewise.
    pub issuer: Folded,
    /// The certificate in the library's terms.
    read: x509_cert::Certificate,
    key_digest: OnceLock<[u8; 32]>,
}

impl Link {
    /// Reads a certificate once more, for its key and extensions.
    pub fn new(facts: &Certificate) -> Result<Self, PathError> {
        let read = match x509_cert::Certificate::from_der(&facts.der) {
            Ok(read) => read,
            Err(error) => return Err(PathError::Other(error.to_string())),
        };
        let (subject, issuer) =
            (Folded::of(read.tbs_certificate().subject()), Folded::of(read.tbs_certificate().issuer()));
        Ok(Self { facts: facts.clone(), subject, issuer, read, key_digest: OnceLock::new() })
    }

    /// What is signed in it.
    pub fn tbs(&self) -> &TbsCertificate {
        self.read.tbs_certificate()
    }

    /// Its key.
    pub fn key(&self) -> &Key {
        &self.facts.parts.key
    }

    /// SHA-256 of its key, by which keys are told apart.
    pub fn key_digest(&self) -> [u8; 32] {
        *self.key_digest.get_or_init(|| {
            let mut context = digest::Context::new(&digest::SHA256);
            context.update(self.key().algorithm().as_bytes());
            context.update(self.key().octets());
            context.finish().as_ref().try_into().expect("SHA-256 has 32 bytes")
        })
    }

    /// Whether subject and issuer are one name (RFC 5280 6.1: such authorities count for no length).
    pub fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// Whether BasicConstraints say that it is an authority's.
    pub fn is_authority(&self) -> bool {
        let constraints = self.extension::<BasicConstraints>(rfc5280::ID_CE_BASIC_CONSTRAINTS);
        matches!(constraints, Some(Ok(constraints)) if constraints.ca)
    }

    /// Whether KeyUsage, where there is one, lets its key sign revocation lists.
    pub fn may_sign_lists(&self) -> bool {
        match self.extension::<KeyUsage>(rfc5280::ID_CE_KEY_USAGE) {
            None => true,
            Some(usage) => usage.is_ok_and(|usage| usage.crl_sign()),
        }
    }

    /// An extension, decoded.
    pub fn extension<T: for<'a> Decode<'a, Error = der::Error>>(
        &self,
        oid: ObjectIdentifier,
    ) -> Option<Result<T, der::Error>> {
        let extension = self.tbs().extensions()?.iter().find(|extension| extension.extn_id == oid)?;
        Some(T::from_der(extension.extn_value.as_bytes()))
    }

    /// Whether its signature is made with a key.
    pub fn is_signed_with(&self, key: &Key) -> Verdict {
        let covered = Element::read(&self.facts.der).and_then(|(certificate, _)| certificate.children());
        let covered = covered.ok().and_then(|fields| fields.first().map(|tbs| tbs.whole)).unwrap_or_default();
        // A certificate's algorithm names its digest, except in a form that nobody uses.
        let hash = &digest::SHA256;
        algorithm::verify(key, self.read.signature_algorithm(), hash, covered, self.read.signature().raw_bytes())
    }

    /// Whether it says itself that it was issued with another key than this authority's.
    pub fn names_another_key(&self, authority: &Link) -> bool {
        match (&self.facts.authority_key_id, &authority.facts.subject_key_id) {
            (Some(named), Some(own)) => named != own,
            _ => false,
        }
    }
}
