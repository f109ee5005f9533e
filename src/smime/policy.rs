//! Certificate policies (RFC 5280 6.1): whether the policies of a path lead anywhere, where its authorities ask for it.
//!
//! Nobody asks for a policy of choice here, so of the tree of valid policies only the deepest level matters: whether it
//! has any node. It is kept as a map from policy to the policies that may stand for it one level below.

use std::collections::{BTreeMap, BTreeSet};

use const_oid::db::rfc5280;
use der::oid::ObjectIdentifier;
use x509_cert::ext::pkix::{CertificatePolicies, InhibitAnyPolicy, PolicyConstraints, PolicyMappings};

use super::link::Link;

const ANY_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32.0");

/// Policies of one level, mapped ones included; authorities have a handful.
const MAX_POLICIES: usize = 256;

/// What is wrong with the policies of a path.
#[derive(Debug, PartialEq, Eq)]
pub enum PolicyError {
    /// They lead nowhere, or cannot be read; what refuses the path.
    Refused(String),
    /// There are more than anybody has: cannot tell.
    TooMany,
}

/// Whether the policies of a path, its anchor left out, lead somewhere wherever a certificate in it asks for that.
pub fn check(below_anchor: &[&Link]) -> Result<(), PolicyError> {
    let mut state = State::new(below_anchor.len());
    for (index, link) in below_anchor.iter().enumerate().rev() {
        state.enter(link, index == 0)?;
        if index == 0 {
            state.end(link)?;
        } else {
            state.leave(link)?;
        }
    }
    Ok(())
}

type Level = BTreeMap<ObjectIdentifier, BTreeSet<ObjectIdentifier>>;

/// The variables of 6.1.2, by its names.
struct State {
    valid_policies: Level,
    explicit_policy: usize,
    policy_mapping: usize,
    inhibit_any_policy: usize,
}

impl State {
    fn new(length: usize) -> Self {
        Self {
            valid_policies: Level::from([(ANY_POLICY, BTreeSet::from([ANY_POLICY]))]),
            explicit_policy: length + 1,
            policy_mapping: length + 1,
            inhibit_any_policy: length + 1,
        }
    }

    /// 6.1.3 (d) to (f): one level deeper, by the policies of a certificate.
    fn enter(&mut self, link: &Link, is_last: bool) -> Result<(), PolicyError> {
        let policies = read::<CertificatePolicies>(link, rfc5280::ID_CE_CERTIFICATE_POLICIES)?;
        let above = std::mem::take(&mut self.valid_policies);
        let own: BTreeSet<ObjectIdentifier> =
            policies.iter().flat_map(|policies| &policies.0).map(|policy| policy.policy_identifier).collect();
        let expected = |policy: &ObjectIdentifier| above.values().any(|below| below.contains(policy));
        for policy in own.iter().filter(|policy| **policy != ANY_POLICY) {
            if expected(policy) || above.contains_key(&ANY_POLICY) {
                self.valid_policies.insert(*policy, BTreeSet::from([*policy]));
            }
        }
        let any_counts = self.inhibit_any_policy > 0 || (!is_last && link.is_self_issued());
        if own.contains(&ANY_POLICY) && any_counts {
            for policy in above.values().flatten() {
                self.valid_policies.entry(*policy).or_insert_with(|| BTreeSet::from([*policy]));
            }
        }
        self.bound()?;
        self.has_some(link)
    }

    /// 6.1.4 (a), (b) and (h) to (j): what an authority says of the certificates below it.
    fn leave(&mut self, link: &Link) -> Result<(), PolicyError> {
        if let Some(mappings) = read::<PolicyMappings>(link, rfc5280::ID_CE_POLICY_MAPPINGS)? {
            self.map(link, &mappings)?;
        }
        if !link.is_self_issued() {
            for counter in [&mut self.explicit_policy, &mut self.policy_mapping, &mut self.inhibit_any_policy] {
                *counter = counter.saturating_sub(1);
            }
        }
        if let Some(constraints) = read::<PolicyConstraints>(link, rfc5280::ID_CE_POLICY_CONSTRAINTS)? {
            lower(&mut self.explicit_policy, constraints.require_explicit_policy);
            lower(&mut self.policy_mapping, constraints.inhibit_policy_mapping);
        }
        let inhibit = read::<InhibitAnyPolicy>(link, rfc5280::ID_CE_INHIBIT_ANY_POLICY)?;
        lower(&mut self.inhibit_any_policy, inhibit.map(|inhibit| inhibit.0));
        Ok(())
    }

    fn map(&mut self, link: &Link, mappings: &PolicyMappings) -> Result<(), PolicyError> {
        let mut mapped = Level::new();
        for mapping in &mappings.0 {
            if [mapping.issuer_domain_policy, mapping.subject_domain_policy].contains(&ANY_POLICY) {
                return refused(link, "maps a policy from or to any policy");
            }
            mapped.entry(mapping.issuer_domain_policy).or_default().insert(mapping.subject_domain_policy);
        }
        for (policy, expected) in mapped {
            if self.policy_mapping == 0 {
                self.valid_policies.remove(&policy);
            } else if self.valid_policies.contains_key(&policy) || self.valid_policies.contains_key(&ANY_POLICY) {
                self.valid_policies.insert(policy, expected);
            }
        }
        self.bound()
    }

    /// 6.1.5 (a), (b) and (g).
    fn end(&mut self, link: &Link) -> Result<(), PolicyError> {
        self.explicit_policy = self.explicit_policy.saturating_sub(1);
        let constraints = read::<PolicyConstraints>(link, rfc5280::ID_CE_POLICY_CONSTRAINTS)?;
        if constraints.is_some_and(|constraints| constraints.require_explicit_policy == Some(0)) {
            self.explicit_policy = 0;
        }
        self.has_some(link)
    }

    fn has_some(&self, link: &Link) -> Result<(), PolicyError> {
        if self.explicit_policy > 0 || !self.valid_policies.is_empty() {
            return Ok(());
        }
        refused(link, "has no policy that its authorities, who ask for one, allow")
    }

    fn bound(&self) -> Result<(), PolicyError> {
        let policies: usize = self.valid_policies.values().map(BTreeSet::len).sum();
        if policies <= MAX_POLICIES { Ok(()) } else { Err(PolicyError::TooMany) }
    }
}

fn lower(counter: &mut usize, to: Option<u32>) {
    if let Some(to) = to.and_then(|to| usize::try_from(to).ok()) {
        *counter = (*counter).min(to);
    }
}

fn read<T: for<'a> der::Decode<'a, Error = der::Error>>(
    link: &Link,
    oid: ObjectIdentifier,
) -> Result<Option<T>, PolicyError> {
    match link.extension::<T>(oid) {
        None => Ok(None),
        Some(Ok(read)) => Ok(Some(read)),
        Some(Err(_)) => refused(link, "has a policy extension that cannot be read"),
    }
}

fn refused<T>(link: &Link, why: &str) -> Result<T, PolicyError> {
    Err(PolicyError::Refused(format!("the certificate of {} {why}", link.facts.subject)))
}
