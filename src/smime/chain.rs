//! Finding the certification path (RFC 5280 6.1): every candidate is tried, and what is told is what the best one comes to.
//!
//! Written here because the usual library, rustls-webpki, refuses every mail-address name constraint, and the one
//! authority of Italian providers (AgID CA1) has them in each version of its certificate. `tests/testsuite/oracle_path` holds it
//! against OpenSSL and NIST's suite.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use const_oid::db::rfc5280;
use der::oid::ObjectIdentifier;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, NameConstraints};

use super::{
    PathError, Use,
    algorithm::Verdict,
    constraints,
    crl::List,
    link::Link,
    moment::Moment,
    policy::{self, PolicyError},
    revocation::Lists,
};

/// Paths of PEC have three certificates; more than this is a loop or an attack.
const MAX_LENGTH: usize = 8;
/// Signatures of certificates checked for one question, however many travelled along.
const MAX_CHECKS: usize = 64;
/// Candidates looked at for one question.
const MAX_STEPS: usize = 512;
/// How often the signer of a list may need a list by yet another signer.
const MAX_LIST_SIGNERS: usize = 2;

/// Whether a path leads from `signer` to one of `anchors`, by way of `others`, on which everything is as it must be.
pub fn check(
    to_be: Use,
    signer: &Link,
    others: &[Link],
    anchors: &[Link],
    lists: &Lists,
    moment: &Moment,
) -> Result<(), PathError> {
    let search = Search { others, anchors, lists, moment, steps: Cell::new(0), signatures: RefCell::default() };
    search.find(&[signer], Goal::Use(to_be))
}

/// Whether a certificate may be used so, by its own extensions; what mail asks of a pinned one, the profile of 5.5 tells.
pub fn may_be(to_be: Use, certificate: &Link) -> Result<(), PathError> {
    if to_be == Use::TimeStamps { stamps_alone(certificate) } else { Ok(()) }
}

/// What a path is wanted for.
#[derive(Clone, Copy, PartialEq)]
enum Goal {
    /// To sign what is asked about.
    Use(Use),
    /// To sign a revocation list, which others that sign lists were needed for already.
    Lists(usize),
    /// To know whether an authority is one: signatures and BasicConstraints are enough.
    Known,
}

struct Search<'a> {
    others: &'a [Link],
    anchors: &'a [Link],
    lists: &'a Lists,
    moment: &'a Moment,
    steps: Cell<usize>,
    /// What was found of each signature, by certificate and key.
    signatures: RefCell<HashMap<Pair, Verdict>>,
}

/// A certificate and the one whose key may have signed it, by their places in memory.
type Pair = (*const Link, *const Link);

impl<'a> Search<'a> {
    fn find(&self, path: &[&'a Link], goal: Goal) -> Result<(), PathError> {
        let last = path[path.len() - 1];
        let subject = &last.facts.subject;
        let mut told = PathError::NoIssuer(format!("the issuer of {subject} is not at hand"));
        for anchor in self.anchors.iter().filter(|anchor| anchor.subject == last.issuer) {
            if !self.moment.is_within(anchor.facts.not_before, anchor.facts.not_after) {
                told = told.or(PathError::NoIssuer(format!("the root at hand is {}", validity(anchor))));
                continue;
            }
            match self.signature(last, anchor)? {
                Verdict::Right => match self.follow(&[path, &[anchor]].concat(), goal) {
                    Ok(()) => return Ok(()),
                    Err(error) => told = told.or(error),
                },
                Verdict::Wrong => {
                    let why = format!("the certificate of {subject} is not signed by the authority that it names");
                    told = told.or(PathError::NoPath(why));
                }
                Verdict::Unsupported(what) => {
                    told = told.or(PathError::Unsupported(format!("{what} is not supported")));
                }
            }
        }
        for other in self.others.iter().filter(|other| other.subject == last.issuer) {
            if path.len() >= MAX_LENGTH || path.iter().any(|taken| taken.facts == other.facts) {
                continue;
            }
            match self.signature(last, other)? {
                Verdict::Right => match self.find(&[path, &[other]].concat(), goal) {
                    Ok(()) => return Ok(()),
                    Err(error) => told = told.or(error),
                },
                // Of a stranger of that name it says nothing, and nothing of another key of the same authority.
                Verdict::Wrong if goal != Goal::Known && !last.names_another_key(other) && self.is_known(other) => {
                    told = told.or(PathError::NoPath(format!(
                        "the signature on the certificate of {subject} is not its issuer's"
                    )));
                }
                Verdict::Wrong => {}
                Verdict::Unsupported(what) => {
                    told = told.or(PathError::Unsupported(format!("{what} is not supported")));
                }
            }
        }
        Err(told)
    }

    /// Whether the signature on a certificate is made with another's key; the error ends the search.
    fn signature(&self, issued: &'a Link, issuer: &'a Link) -> Result<Verdict, PathError> {
        self.steps.set(self.steps.get() + 1);
        let mut known = self.signatures.borrow_mut();
        if self.steps.get() > MAX_STEPS || known.len() >= MAX_CHECKS {
            return Err(PathError::Unsupported(format!("no path was found within {MAX_CHECKS} signatures")));
        }
        let check = || issued.is_signed_with(issuer.key());
        Ok(known.entry((std::ptr::from_ref(issued), std::ptr::from_ref(issuer))).or_insert_with(check).clone())
    }

    /// Whether an authority that travelled along leads to an anchor by itself.
    fn is_known(&self, authority: &'a Link) -> bool {
        self.find(&[authority], Goal::Known).is_ok()
    }

    /// Whether everything is as it must be on a path whose signatures are right, from its last certificate to an anchor.
    ///
    /// Constraints inside an anchor do not bind, since its key is what is trusted.
    fn follow(&self, path: &[&'a Link], goal: Goal) -> Result<(), PathError> {
        let (_, below) = path.split_last().expect("a path ends with its anchor");
        for (index, authority) in below.iter().enumerate().skip(1) {
            let further = below[1..index].iter().filter(|authority| !authority.is_self_issued()).count();
            self.check_authority(authority, further)?;
        }
        if goal == Goal::Known {
            return Ok(());
        }
        for link in below {
            check_extensions(link, goal)?;
        }
        if goal == Goal::Use(Use::TimeStamps) {
            stamps_alone(below[0])?;
        }
        check_names(below)?;
        policy::check(below).map_err(|error| match error {
            PolicyError::Refused(why) => PathError::NoPath(why),
            PolicyError::TooMany => PathError::Unsupported("more certificate policies than are looked at".into()),
        })?;
        for step in path.windows(2) {
            self.lists.check(step[0], self.moment, |list| self.may_sign(list, step[1], goal))?;
        }
        Ok(())
    }

    /// Whether a list is signed by the issuer of the certificate asked about, or by another key of the same name that
    /// leads to an anchor, and may sign lists (RFC 5280 6.3.3 f, g).
    fn may_sign(&self, list: &List, issuer: &'a Link, goal: Goal) -> Result<(), String> {
        let mut why = "it is not signed by the issuer".to_owned();
        let of_that_name = self.anchors.iter().chain(self.others).filter(|other| other.subject == list.issuer);
        for signer in [issuer].into_iter().chain(of_that_name).filter(|signer| list.is_signed_with(signer)) {
            if !signer.may_sign_lists() {
                "its issuer may not sign lists, by its KeyUsage".clone_into(&mut why);
            } else if signer.facts == issuer.facts || self.anchors.iter().any(|anchor| std::ptr::eq(anchor, signer)) {
                return Ok(());
            } else {
                let signers = if let Goal::Lists(signers) = goal { signers } else { 0 };
                if signers >= MAX_LIST_SIGNERS {
                    return Err("its signer needs lists by too many other signers".into());
                }
                match self.find(&[signer], Goal::Lists(signers + 1)) {
                    Ok(()) if self.moment.is_within(signer.facts.not_before, signer.facts.not_after) => return Ok(()),
                    Ok(()) => why = format!("its signer is {}", validity(signer)),
                    Err(error) => why = format!("its signer is not trusted: {error}"),
                }
            }
        }
        Err(why)
    }

    /// Whether a certificate that travelled along may issue others, with `further` authorities below it.
    fn check_authority(&self, authority: &Link, further: usize) -> Result<(), PathError> {
        let refuse = |why: &str| Err(PathError::NoPath(format!("the authority {} {why}", authority.facts.subject)));
        if !self.moment.is_within(authority.facts.not_before, authority.facts.not_after) {
            return refuse(&format!("is {}", validity(authority)));
        }
        match authority.extension::<BasicConstraints>(rfc5280::ID_CE_BASIC_CONSTRAINTS) {
            Some(Ok(constraints)) if constraints.ca => {
                if constraints.path_len_constraint.is_some_and(|length| further > usize::from(length)) {
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
}

/// `valid from ... to ... only`.
fn validity(link: &Link) -> String {
    format!("valid from {} to {} only", link.facts.not_before, link.facts.not_after)
}

/// What authorities demand of the names below them (RFC 5280 6.1.3 b, c); of the last certificate's in any case, else of
/// those that are not their own.
fn check_names(below_anchor: &[&Link]) -> Result<(), PathError> {
    for (index, link) in below_anchor.iter().enumerate().skip(1) {
        let Some(constraints) = link.extension::<NameConstraints>(rfc5280::ID_CE_NAME_CONSTRAINTS) else { continue };
        let refuse = |why: String| PathError::NoPath(format!("the name constraints of {}: {why}", link.facts.subject));
        let constraints = constraints.map_err(|error| refuse(error.to_string()))?;
        for (below, issued) in below_anchor[..index].iter().enumerate() {
            if below == 0 || !issued.is_self_issued() {
                constraints::check(&constraints, issued.tbs()).map_err(refuse)?;
            }
        }
    }
    Ok(())
}

fn check_extensions(link: &Link, goal: Goal) -> Result<(), PathError> {
    let refuse = |why: String| Err(PathError::Other(format!("the certificate of {} {why}", link.facts.subject)));
    let critical = link.tbs().extensions().into_iter().flatten().filter(|extension| extension.critical);
    if let Some(unknown) = critical.map(|extension| extension.extn_id).find(|oid| !UNDERSTOOD.contains(oid)) {
        return refuse(format!("has a critical extension that is not understood: {unknown}"));
    }
    let (purposes, what) = match goal {
        Goal::Use(Use::Mail) => (&MAIL_USAGES, "mail"),
        Goal::Use(Use::TimeStamps) => (&STAMP_USAGES, "time stamps"),
        _ => return Ok(()),
    };
    match link.extension::<ExtendedKeyUsage>(rfc5280::ID_CE_EXT_KEY_USAGE) {
        Some(Ok(usage)) if !usage.0.iter().any(|purpose| purposes.contains(purpose)) => {
            refuse(format!("has an extended key usage that excludes {what}"))
        }
        Some(Err(error)) => refuse(format!("has an unreadable extended key usage: {error}")),
        _ => Ok(()),
    }
}

/// Who stamps the time does nothing else with that key, and critically so (RFC 3161 2.3).
fn stamps_alone(link: &Link) -> Result<(), PathError> {
    let is_critical = |oid| link.tbs().extensions().into_iter().flatten().any(|it| it.extn_id == oid && it.critical);
    match link.extension::<ExtendedKeyUsage>(rfc5280::ID_CE_EXT_KEY_USAGE) {
        Some(Ok(usage)) if usage.0 == [rfc5280::ID_KP_TIME_STAMPING] && is_critical(rfc5280::ID_CE_EXT_KEY_USAGE) => {
            Ok(())
        }
        _ => Err(PathError::Other(format!(
            "the certificate of {} is not for time stamps alone, by a critical extended key usage",
            link.facts.subject
        ))),
    }
}

/// An extended key usage of who stamps the time, or of an authority above, where there is one.
const STAMP_USAGES: [ObjectIdentifier; 2] = [rfc5280::ID_KP_TIME_STAMPING, rfc5280::ANY_EXTENDED_KEY_USAGE];

/// An extended key usage, where there is one, must have one of these (RFC 8550 4.4.4).
const MAIL_USAGES: [ObjectIdentifier; 2] = [rfc5280::ID_KP_EMAIL_PROTECTION, rfc5280::ANY_EXTENDED_KEY_USAGE];

/// What is looked at here or by the profile of RFC 6109 5.5, or changes nothing about the path.
const UNDERSTOOD: [ObjectIdentifier; 12] = [
    rfc5280::ID_CE_BASIC_CONSTRAINTS,
    rfc5280::ID_CE_KEY_USAGE,
    rfc5280::ID_CE_EXT_KEY_USAGE,
    rfc5280::ID_CE_NAME_CONSTRAINTS,
    rfc5280::ID_CE_SUBJECT_ALT_NAME,
    rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER,
    rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER,
    rfc5280::ID_CE_CERTIFICATE_POLICIES,
    rfc5280::ID_CE_POLICY_MAPPINGS,
    rfc5280::ID_CE_POLICY_CONSTRAINTS,
    rfc5280::ID_CE_INHIBIT_ANY_POLICY,
    rfc5280::ID_CE_CRL_DISTRIBUTION_POINTS,
];

#[cfg(test)]
mod tests;
