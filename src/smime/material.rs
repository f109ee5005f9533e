//! What files hold of certificates, revocation lists and signatures: DER, or the armour of PEM around it (RFC 7468).

use std::{fmt, sync::Arc};

use rustls_pki_types::pem::{PemObject as _, SectionKind};

use super::{Certificate, is_revocation_list};

/// A certificate or a revocation list of a file.
#[derive(Debug)]
pub struct Material {
    /// Its DER.
    pub der: Arc<[u8]>,
    /// What it is.
    pub sort: Sort,
}

/// What a structure is.
#[derive(Debug)]
pub enum Sort {
    /// A certificate, read.
    Certificate(Box<Certificate>),
    /// A revocation list.
    RevocationList,
    /// Neither: why it is no certificate.
    Neither(String),
}

impl Material {
    /// What DER is.
    pub fn of(der: Vec<u8>) -> Self {
        let der: Arc<[u8]> = der.into();
        let sort = match Certificate::read(&der) {
            Ok(certificate) => Sort::Certificate(Box::new(certificate)),
            Err(_) if is_revocation_list(&der) => Sort::RevocationList,
            Err(problem) => Sort::Neither(problem),
        };
        Self { der, sort }
    }

    /// What a file holds: one in DER, or any number in PEM, of which an error says what is broken; what else stands in such
    /// a file is left aside.
    pub fn in_file(file: Vec<u8>) -> Vec<Result<Self, String>> {
        if file.starts_with(&[0x30]) {
            return vec![Ok(Self::of(file))];
        }
        let sections = <(SectionKind, Vec<u8>)>::pem_slice_iter(&file);
        let told = sections.filter_map(|section| match section {
            Ok((SectionKind::Certificate | SectionKind::Crl, der)) => Some(Ok(Self::of(der))),
            Ok(_) => None,
            Err(error) => Some(Err(format!("{error:?}"))),
        });
        told.collect()
    }
}

/// What a file is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Certificates.
    Certificates,
    /// Revocation lists.
    RevocationLists,
}

impl Wanted {
    /// What a file holds, DER by DER, all of which must be this, and one at least; else why it is not.
    pub fn of_file(self, file: Vec<u8>) -> Result<Vec<Arc<[u8]>>, String> {
        let wanted = match self {
            Self::Certificates => "certificate",
            Self::RevocationLists => "revocation list",
        };
        let mut found = Vec::new();
        for material in Material::in_file(file) {
            let Material { der, sort } = material?;
            let is_wanted = match sort {
                Sort::Certificate(_) => self == Self::Certificates,
                Sort::RevocationList => self == Self::RevocationLists,
                Sort::Neither(_) => false,
            };
            if !is_wanted {
                return Err(format!("{wanted}s are wanted, and it holds {sort}"));
            }
            found.push(der);
        }
        if found.is_empty() { Err(format!("no {wanted}s in it, in PEM or DER")) } else { Ok(found) }
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(_) => f.write_str("a certificate"),
            Self::RevocationList => f.write_str("a revocation list"),
            Self::Neither(problem) => {
                write!(f, "what is neither a certificate nor a revocation list: {problem}")
            }
        }
    }
}

/// The CMS structure between `-----BEGIN PKCS7-----` or `-----BEGIN CMS-----` and its end.
pub fn cms_in_text(text: &[u8]) -> Option<Vec<u8>> {
    let (label, cms) = der::pem::decode_vec(text).ok()?;
    matches!(label, "PKCS7" | "CMS").then_some(cms)
}
