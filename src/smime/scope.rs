//! What a revocation list is about (IssuingDistributionPoint, RFC 5280 5.2.5), and whether that takes a certificate in.

use const_oid::db::rfc5280;
use der::{Decode, flagset::FlagSet};
use x509_cert::ext::pkix::{
    CrlDistributionPoints,
    crl::dp::{DistributionPoint, IssuingDistributionPoint, ReasonFlags},
    name::{DistributionPointName, GeneralName, GeneralNames},
};

use super::{link::Link, name::Folded};

/// The part of an issuer's certificates, and of the reasons to revoke them, that a list is about. The default is all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    point: Option<DistributionPointName>,
    only: Only,
    reasons: Option<ReasonFlags>,
    /// Whether it may have entries about other issuers' certificates.
    pub is_indirect: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Only {
    #[default]
    All,
    Users,
    Authorities,
    /// Certificates of attributes, which are no certificates here; or kinds that exclude each other.
    Nothing,
}

/// Reasons to revoke, a bit each.
pub type Reasons = u16;

/// Every reason, from keyCompromise to aACompromise.
pub const ALL_REASONS: Reasons = 0b1_1111_1110;

impl Scope {
    /// Reads the extension; the error says what is broken.
    pub fn read(der: &[u8]) -> Result<Self, String> {
        let read = IssuingDistributionPoint::from_der(der).map_err(|error| error.to_string())?;
        let only =
            match (read.only_contains_user_certs, read.only_contains_ca_certs, read.only_contains_attribute_certs) {
                (false, false, false) => Only::All,
                (true, false, false) => Only::Users,
                (false, true, false) => Only::Authorities,
                _ => Only::Nothing,
            };
        let (point, reasons) = (read.distribution_point, read.only_some_reasons);
        Ok(Self { point, only, reasons, is_indirect: read.indirect_crl })
    }

    /// The names of a directory among the names in an extension.
    pub fn names(der: &[u8]) -> Vec<Folded> {
        GeneralNames::from_der(der).map(|names| directory_names(&names)).unwrap_or_default()
    }

    /// For which reasons a list of this scope, by the certificate's own issuer, tells whether the certificate is revoked;
    /// zero where it tells nothing.
    pub fn reasons_told(&self, certificate: &Link) -> Reasons {
        let kind_is_in = match self.only {
            Only::All => true,
            Only::Users => !certificate.is_authority(),
            Only::Authorities => certificate.is_authority(),
            Only::Nothing => false,
        };
        if !kind_is_in {
            return 0;
        }
        let own = self.reasons.map_or(ALL_REASONS, FlagSet::bits) & ALL_REASONS;
        let issuer = &certificate.issuer;
        let points = match certificate.extension::<CrlDistributionPoints>(rfc5280::ID_CE_CRL_DISTRIBUTION_POINTS) {
            None => Vec::new(),
            Some(Ok(points)) => points.0,
            Some(Err(_)) => return 0,
        };
        if points.is_empty() {
            let is_issuer = |point| names(point, issuer).contains(&PointName::Directory(issuer.clone()));
            return if self.point.as_ref().is_none_or(is_issuer) { own } else { 0 };
        }
        let of_issuer = points.iter().filter(|point| is_of(point, issuer));
        let matching = of_issuer.filter(|point| self.point.as_ref().is_none_or(|own| meets(own, point, issuer)));
        // A list without a place of its own is about every reason, whichever list each place speaks of.
        let told = |point: &DistributionPoint| match &self.point {
            Some(_) => point.reasons.map_or(ALL_REASONS, FlagSet::bits) & own,
            None => own,
        };
        matching.map(told).fold(0, |all, some| all | some)
    }
}

/// A name of a distribution point, for comparison.
#[derive(PartialEq)]
enum PointName {
    Directory(Folded),
    Other(GeneralName),
}

/// Whether lists of this issuer are to be found at a certificate's distribution point.
fn is_of(point: &DistributionPoint, issuer: &Folded) -> bool {
    point.crl_issuer.as_ref().is_none_or(|named| directory_names(named).contains(issuer))
}

fn meets(own: &DistributionPointName, point: &DistributionPoint, issuer: &Folded) -> bool {
    let theirs = match (&point.distribution_point, &point.crl_issuer) {
        (Some(name), _) => names(name, issuer),
        (None, Some(issuers)) => general_names(issuers),
        (None, None) => Vec::new(),
    };
    names(own, issuer).iter().any(|name| theirs.contains(name))
}

fn names(point: &DistributionPointName, issuer: &Folded) -> Vec<PointName> {
    match point {
        DistributionPointName::FullName(names) => general_names(names),
        DistributionPointName::NameRelativeToCRLIssuer(part) => vec![PointName::Directory(issuer.with(part))],
    }
}

fn general_names(names: &[GeneralName]) -> Vec<PointName> {
    let name = |name: &GeneralName| match name {
        GeneralName::DirectoryName(name) => PointName::Directory(Folded::of(name)),
        other => PointName::Other(other.clone()),
    };
    names.iter().map(name).collect()
}

fn directory_names(names: &[GeneralName]) -> Vec<Folded> {
    let name = |name: &GeneralName| match name {
        GeneralName::DirectoryName(name) => Some(Folded::of(name)),
        _ => None,
    };
    names.iter().filter_map(name).collect()
}
