//! Revocation by the lists in hand (RFC 5280 5), as it was at a given time.
//!
//! Written here rather than left to the path library, which knows no time of revocation: a message that was signed before
//! its signer was revoked stays well signed.

use aws_lc_rs::digest;
use const_oid::db::rfc5280;
use der::{Decode, oid::ObjectIdentifier};
use jiff::Timestamp;
use x509_cert::{Certificate, crl::CertificateList, spki::SubjectPublicKeyInfoOwned};

use super::{
    PathError,
    algorithm::{self, Verdict},
    ber::Element,
    certificate::{serial, timestamp},
};

/// Revocation lists that can be read, each with the bytes that its signature covers.
pub struct Lists<'a>(Vec<List<'a>>);

struct List<'a> {
    read: CertificateList,
    covered: &'a [u8],
}

impl<'a> Lists<'a> {
    /// Reads lists from DER; one that cannot be read, or says in a critical extension that it covers only a part or
    /// changes another list, tells nothing and is left out.
    pub fn read(lists: &'a [Vec<u8>]) -> Self {
        Self(lists.iter().filter_map(|der| List::read(der)).collect())
    }

    /// Whether `certificate`, issued with `issuer_key`, was revoked at `at`, and whether the lists can tell.
    pub fn check(
        &self,
        certificate: &Certificate,
        issuer_key: &SubjectPublicKeyInfoOwned,
        at: Timestamp,
    ) -> Result<(), PathError> {
        let tbs = certificate.tbs_certificate();
        let of_issuer =
            |list: &&List| list.read.tbs_cert_list.issuer == *tbs.issuer() && list.is_signed_with(issuer_key);
        let lists: Vec<&List> = self.0.iter().filter(of_issuer).collect();
        let number = serial(tbs.serial_number());
        if lists.iter().any(|list| list.revokes(&number, at)) {
            return Err(PathError::Revoked);
        }
        if lists.is_empty() {
            return Err(PathError::NoCrl);
        }
        if lists.iter().any(|list| list.is_current(at)) { Ok(()) } else { Err(PathError::StaleCrl(at)) }
    }
}

impl<'a> List<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let read = CertificateList::from_der(der).ok()?;
        let (list, _) = Element::read(der).ok()?;
        let covered = list.children().ok()?.first()?.whole;
        let extensions = read.tbs_cert_list.crl_extensions.iter().flatten();
        let whole = !extensions.clone().any(|extension| extension.critical && !UNDERSTOOD.contains(&extension.extn_id));
        whole.then_some(Self { read, covered })
    }

    fn is_signed_with(&self, key: &SubjectPublicKeyInfoOwned) -> bool {
        // `rsaEncryption` alone is no algorithm of a list; the digest given here is never used.
        let value = self.read.signature.raw_bytes();
        algorithm::verify(key, &self.read.signature_algorithm, &digest::SHA256, self.covered, value) == Verdict::Right
    }

    /// An entry counts from its date on, even where the list itself is out of date.
    fn revokes(&self, number: &str, at: Timestamp) -> bool {
        let entries = self.read.tbs_cert_list.revoked_certificates.iter().flatten();
        entries
            .filter(|entry| serial(&entry.serial_number) == number)
            .any(|entry| timestamp(entry.revocation_date) <= at)
    }

    /// Later lists tell about earlier times; a list without nextUpdate never ends.
    fn is_current(&self, at: Timestamp) -> bool {
        self.read.tbs_cert_list.next_update.is_none_or(|next| at <= timestamp(next))
    }
}

/// Extensions that do not narrow what a list says, should they be critical.
const UNDERSTOOD: [ObjectIdentifier; 2] = [rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER, rfc5280::ID_CE_CRL_NUMBER];
