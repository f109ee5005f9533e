//! The providers' directory (RFC 6109 4.5): records, look-ups, LDIF in and out.

pub mod export;
pub mod file;
pub mod ldif;
pub mod name;

pub use file::{DirectoryFile, Form};
use ldif::Record;

/// The directory as read.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// Every record of class `provider`, main and secondary environments alike, in order.
    pub providers: Vec<Provider>,
}

/// One record: a provider's main or secondary environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provider {
    /// Distinguished name as written.
    pub dn: String,
    /// `providerName`.
    pub name: String,
    /// `providerUnit`: the secondary environment's name; absent for the main one.
    pub unit: Option<String>,
    /// `providerCertificateHash` values as written.
    pub certificate_hashes: Vec<String>,
    /// `providerCertificate` values, DER.
    pub certificates: Vec<Vec<u8>>,
    /// `mailReceipt`: where server-server acceptances and virus detections go.
    pub mail_receipt: String,
    /// `managedDomains`.
    pub managed_domains: Vec<String>,
    /// `LDIFLocationURL`.
    pub ldif_location: Option<String>,
    /// `description`.
    pub description: Option<String>,
}

/// Why bytes are not a directory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the LDIF: {problem}")]
pub struct LdifError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong and what would be right.
    pub problem: String,
}

impl Directory {
    /// Reads a directory file: LDIF (RFC 2849 content records), or LDIF inside a signature, which is not judged here.
    pub fn read(file: &[u8]) -> Result<Self, LdifError> {
        Self::of(&DirectoryFile::open(file).records()?)
    }

    /// The providers among an LDIF file's records.
    pub fn of(records: &[Record]) -> Result<Self, LdifError> {
        let providers = records.iter().filter(|record| record.is_provider()).map(Record::provider);
        Ok(Self { providers: providers.collect::<Result<_, _>>()? })
    }

    /// Whether it names several providers: the file of one alone says nothing of the others.
    pub fn has_several_providers(&self) -> bool {
        let mut names = self.providers.iter().map(|provider| &provider.name);
        names.next().is_some_and(|first| names.any(|name| !name.eq_ignore_ascii_case(first)))
    }

    /// The records that manage a mail domain, letter case ignored (2.2.1).
    pub fn managing<'a>(&'a self, domain: &'a str) -> impl Iterator<Item = &'a Provider> {
        self.providers.iter().filter(move |provider| provider.manages(domain))
    }

    /// Whether the directory makes an address certified rather than ordinary (2.2.1).
    pub fn is_certified(&self, address: &str) -> bool {
        address.rsplit_once('@').is_some_and(|(_, domain)| self.managing(domain).next().is_some())
    }

    /// The records that list a certificate: SHA-1 hash equal (letter case ignored) and the certificate itself the same (2.2.2).
    pub fn signing_with<'a>(
        &'a self,
        certificate: &'a crate::smime::Certificate,
    ) -> impl Iterator<Item = &'a Provider> {
        let hash = certificate.sha1();
        self.providers.iter().filter(move |provider| {
            provider.certificate_hashes.iter().any(|listed| listed.eq_ignore_ascii_case(&hash))
                && provider.certificates.iter().any(|listed| **listed == *certificate.der)
        })
    }
}

impl Provider {
    /// Whether it manages a mail domain, letter case ignored.
    pub fn manages(&self, domain: &str) -> bool {
        self.managed_domains.iter().any(|managed| managed.eq_ignore_ascii_case(domain))
    }
}
