//! Finding the certification path (RFC 5280 6.1).
//!
//! Written here because the usual library, rustls-webpki, refuses every mail-address name constraint, and the one
//! authority of Italian providers (AgID CA1) has them in each version of its certificate.

use const_oid::db::rfc5280;
use der::{Decode, oid::ObjectIdentifier};
use jiff::Timestamp;
use x509_cert::{
    certificate::TbsCertificate,
    ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage},
};

use super::{
    Certificate, PathError,
    algorithm::{self, Verdict},
    ber::Element,
    constraints,
};

/// Paths of PEC have three certificates; more than this is a loop or an attack.
const MAX_LENGTH: usize = 8;
/// Signatures checked for one question, however many certificates travelled along.
const MAX_CHECKS: usize = 64;

/// A certificate with what the search needs of it.
pub struct Link<'a> {
    facts: &'a Certificate,
    /// The certificate in the library's terms.
    pub read: x509_cert::Certificate,
}

impl<'a> Link<'a> {
    /// Reads a certificate once more, for its key and extensions.
    pub fn new(facts: &'a Certificate) -> Result<Self, PathError> {
        match x509_cert::Certificate::from_der(&facts.der) {
            Ok(read) => Ok(Self { facts, read }),
            Err(error) => Err(PathError::Other(error.to_string())),
        }
    }

    fn tbs(&self) -> &TbsCertificate {
        self.read.tbs_certificate()
    }

    fn extension<T: Decode<'a>>(&'a self, oid: ObjectIdentifier) -> Option<Result<T, T::Error>> {
        let extension = self.tbs().extensions()?.iter().find(|extension| extension.extn_id == oid)?;
        Some(T::from_der(extension.extn_value.as_bytes()))
    }
}

/// The path from `signer` to one of `anchors`, both included, by way of `others`, all within their validity at `at`.
pub fn find<'a>(
    signer: &'a Link<'a>,
    others: &'a [Link<'a>],
    anchors: &'a [Link<'a>],
    at: Timestamp,
) -> Result<Vec<&'a Link<'a>>, PathError> {
    let mut search = Search { others, anchors, at, checks: 0, refusal: None };
    let path = search.extend(&[signer])?;
    path.ok_or_else(|| {
        search
            .refusal
            .unwrap_or_else(|| PathError::NoPath(format!("the issuer of {} is not at hand", signer.facts.subject)))
    })
}

struct Search<'a> {
    others: &'a [Link<'a>],
    anchors: &'a [Link<'a>],
    at: Timestamp,
    checks: usize,
    /// Why the last candidate was not taken: what is told when none is.
    refusal: Option<PathError>,
}

impl<'a> Search<'a> {
    fn extend(&mut self, path: &[&'a Link<'a>]) -> Result<Option<Vec<&'a Link<'a>>>, PathError> {
        let last = path[path.len() - 1];
        let is_issuer = |issuer: &&Link| issuer.facts.subject.eq_ignore_ascii_case(&last.facts.issuer);
        for anchor in self.anchors.iter().filter(is_issuer) {
            let longer = [path, &[anchor]].concat();
            match self.check_signature(last, anchor)?.and_then(|()| check_constraints(&longer)) {
                Ok(()) => return Ok(Some(longer)),
                Err(refusal) => self.refusal = Some(refusal),
            }
        }
        for other in self.others.iter().filter(is_issuer) {
            if path.len() >= MAX_LENGTH || path.iter().any(|taken| taken.facts == other.facts) {
                continue;
            }
            match self.check_signature(last, other)?.and_then(|()| check_authority(other, path.len() - 1, self.at)) {
                Ok(()) => {
                    if let Some(found) = self.extend(&[path, &[other]].concat())? {
                        return Ok(Some(found));
                    }
                }
                Err(refusal) => self.refusal = Some(refusal),
            }
        }
        Ok(None)
    }

    /// The outer error ends the search, the inner one is this candidate's.
    fn check_signature(&mut self, issued: &Link, issuer: &Link) -> Result<Result<(), PathError>, PathError> {
        self.checks += 1;
        if self.checks > MAX_CHECKS {
            return Err(PathError::NoPath(format!("not found within {MAX_CHECKS} signatures")));
        }
        let key = issuer.tbs().subject_public_key_info();
        let covered = Element::read(&issued.facts.der).and_then(|(certificate, _)| certificate.children());
        let covered = covered.ok().and_then(|fields| fields.first().map(|tbs| tbs.whole)).unwrap_or_default();
        let algorithm = issued.read.signature_algorithm();
        // A certificate's algorithm names its digest, except in a form that nobody uses.
        let hash = &aws_lc_rs::digest::SHA256;
        Ok(match algorithm::verify(key, algorithm, hash, covered, issued.read.signature().raw_bytes()) {
            Verdict::Right => Ok(()),
            Verdict::Wrong => Err(PathError::NoPath(format!(
                "the signature on the certificate of {} is not its issuer's",
                issued.facts.subject
            ))),
            Verdict::Unsupported(what) => Err(PathError::NoPath(what)),
        })
    }
}

/// Whether a certificate that travelled along may issue others, `below` of them authorities.
fn check_authority(authority: &Link, below: usize, at: Timestamp) -> Result<(), PathError> {
    let name = &authority.facts.subject;
    let refuse = |why: &str| Err(PathError::NoPath(format!("the authority {name} {why}")));
    if !authority.facts.is_valid_at(at) {
        let (from, to) = (authority.facts.not_before, authority.facts.not_after);
        return refuse(&format!("is not valid at {at}: valid from {from} to {to}"));
    }
    match authority.extension::<BasicConstraints>(rfc5280::ID_CE_BASIC_CONSTRAINTS) {
        Some(Ok(constraints)) if constraints.ca => {
            if constraints.path_len_constraint.is_some_and(|length| below > usize::from(length)) {
                return refuse("may not have so many authorities below it");
            }
        }
        _ => return refuse("is none: its BasicConstraints do not say so"),
    }
    match authority.extension::<KeyUsage>(rfc5280::ID_CE_KEY_USAGE) {
        None => Ok(()),
        Some(Ok(usage)) if usage.key_cert_sign() => Ok(()),
        Some(_) => refuse("may not sign certificates, by its KeyUsage"),
    }
}

/// What every certificate below the anchor must keep, and what authorities demand of the names below them.
fn check_constraints(path: &[&Link]) -> Result<(), PathError> {
    let (_, below_anchor) = path.split_last().expect("a path ends with its anchor");
    for (index, link) in below_anchor.iter().enumerate() {
        check_extensions(link)?;
        if index == 0 {
            continue;
        }
        let Some(constraints) = link.extension(rfc5280::ID_CE_NAME_CONSTRAINTS) else { continue };
        let refuse = |why: String| PathError::NoPath(format!("the name constraints of {}: {why}", link.facts.subject));
        let constraints = constraints.map_err(|error: der::Error| refuse(error.to_string()))?;
        for issued in &below_anchor[..index] {
            constraints::check(&constraints, issued.tbs()).map_err(refuse)?;
        }
    }
    Ok(())
}

fn check_extensions(link: &Link) -> Result<(), PathError> {
    let refuse = |why: String| Err(PathError::Other(format!("the certificate of {} {why}", link.facts.subject)));
    let critical = link.tbs().extensions().into_iter().flatten().filter(|extension| extension.critical);
    if let Some(unknown) = critical.map(|extension| extension.extn_id).find(|oid| !UNDERSTOOD.contains(oid)) {
        return refuse(format!("has a critical extension that is not understood: {unknown}"));
    }
    match link.extension::<ExtendedKeyUsage>(rfc5280::ID_CE_EXT_KEY_USAGE) {
        Some(Ok(usage)) if !usage.0.iter().any(|purpose| MAIL_USAGES.contains(purpose)) => {
            refuse("has an extended key usage that excludes mail".into())
        }
        Some(Err(error)) => refuse(format!("has an unreadable extended key usage: {error}")),
        _ => Ok(()),
    }
}

/// An extended key usage, where there is one, must have one of these (RFC 8550 4.4.4).
const MAIL_USAGES: [ObjectIdentifier; 2] = [rfc5280::ID_KP_EMAIL_PROTECTION, rfc5280::ANY_EXTENDED_KEY_USAGE];

/// What is looked at here or by the profile of RFC 6109 5.5, or changes nothing about the path.
const UNDERSTOOD: [ObjectIdentifier; 9] = [
    rfc5280::ID_CE_BASIC_CONSTRAINTS,
    rfc5280::ID_CE_KEY_USAGE,
    rfc5280::ID_CE_EXT_KEY_USAGE,
    rfc5280::ID_CE_NAME_CONSTRAINTS,
    rfc5280::ID_CE_SUBJECT_ALT_NAME,
    rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER,
    rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER,
    rfc5280::ID_CE_CERTIFICATE_POLICIES,
    rfc5280::ID_CE_CRL_DISTRIBUTION_POINTS,
];

#[cfg(test)]
mod tests;
