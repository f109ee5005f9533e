//! The providers' directory (RFC 6109 4.5): records, look-ups, LDIF in and out.

mod domain;
pub mod export;
pub mod file;
mod index;
pub mod ldif;
pub mod name;
mod provider;

use std::sync::Arc;

pub use domain::same_domain;
pub use file::{DirectoryFile, Form};
pub use ldif::LdifError;
pub use provider::Provider;

use index::Index;
use ldif::{Layout, Mistakes};

use crate::smime::Certificate;

/// The directory as read, with an index over it: a look-up takes no longer in a large one.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// Every record of class `provider`, main and secondary environments alike, in order. To be read: the index is of these.
    pub providers: Vec<Arc<Provider>>,
    index: Index,
    /// Records that could not be read: the others count, and nobody knows what these would have said.
    pub mistakes: Mistakes,
}

impl<P: Into<Arc<Provider>>> FromIterator<P> for Directory {
    fn from_iter<I: IntoIterator<Item = P>>(providers: I) -> Self {
        let providers: Vec<Arc<Provider>> = providers.into_iter().map(Into::into).collect();
        Self { index: Index::of(&providers), providers, mistakes: Mistakes::default() }
    }
}

impl Directory {
    /// Reads a directory file: LDIF (RFC 2849 content records), or LDIF inside a signature, which is not judged here. A
    /// file of which no record can be read is none.
    pub fn read(file: &[u8]) -> Result<Self, LdifError> {
        let file = DirectoryFile::open(file);
        Self::of(&file.layout()?, file.ldif())
    }

    /// The providers among the records of a file that was laid out.
    pub fn of(layout: &Layout, ldif: &[u8]) -> Result<Self, LdifError> {
        let mut mistakes = layout.mistakes.clone();
        let mut is_empty = true;
        let mut providers = Vec::new();
        for record in layout.records(ldif) {
            is_empty = false;
            match Provider::of(&record) {
                Ok(provider) => providers.extend(provider),
                Err(error) => mistakes.push(LdifError { dn: Some(record.dn()), ..error }),
            }
        }
        match mistakes.told.first() {
            Some(first) if is_empty => Err(first.clone()),
            _ => Ok(Self { mistakes, ..providers.into_iter().collect() }),
        }
    }

    /// Whether what it does not list does not exist: it names several providers, and every record can be read. One provider's
    /// own file says nothing of the others.
    pub fn is_whole(&self) -> bool {
        let mut names = self.providers.iter().map(|provider| &provider.name);
        let first = names.next();
        self.mistakes.is_empty()
            && first.is_some_and(|first| names.any(|other| other.to_lowercase() != first.to_lowercase()))
    }

    /// The records that manage a mail domain, letter case and the form of its labels ignored (2.2.1, RFC 5890 2.3.2.1).
    pub fn managing<'a>(&'a self, domain: &str) -> impl Iterator<Item = &'a Arc<Provider>> + use<'a> {
        self.index.managing(&self.providers, domain).map(|at| &self.providers[at])
    }

    /// The records with an entry that is no domain name, such as `*.example`, and may be meant to cover this one: whether they
    /// manage it the directory leaves open, which is its own flaw (4.5.5).
    pub fn perhaps_managing<'a>(&'a self, domain: &str) -> impl Iterator<Item = &'a Arc<Provider>> + use<'a> {
        self.index.perhaps_managing(domain).map(|at| &self.providers[at])
    }

    /// Whether the directory makes an address ordinary rather than certified (2.2.1); neither, where it leaves that open.
    pub fn is_ordinary(&self, address: &str) -> bool {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.managing(domain).next().is_none() && self.perhaps_managing(domain).next().is_none()
    }

    /// The records that have a certificate without its hash, or its hash without it: whether they list it the directory
    /// leaves open, which is its own flaw (4.5.1).
    pub fn perhaps_signing_with<'a>(&'a self, certificate: &Certificate) -> impl Iterator<Item = &'a Arc<Provider>> {
        self.index.perhaps_signing_with(certificate.sha1_octets()).map(|at| &self.providers[at])
    }

    /// Whether the directory makes an address certified rather than ordinary (2.2.1).
    pub fn is_certified(&self, address: &str) -> bool {
        address.rsplit_once('@').is_some_and(|(_, domain)| self.managing(domain).next().is_some())
    }

    /// The records that list a certificate: SHA-1 hash equal (letter case ignored) and the certificate itself the same (2.2.2).
    pub fn signing_with<'a>(&'a self, certificate: &Certificate) -> impl Iterator<Item = &'a Arc<Provider>> + use<'a> {
        self.index
            .signing_with(&self.providers, &certificate.der, certificate.sha1_octets())
            .map(|at| &self.providers[at])
    }
}
