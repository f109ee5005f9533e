//! The world changes while it is played in.

use std::sync::PoisonError;

use super::World;
use crate::{
    directory::export,
    evidence::Service,
    scenario::{
        change::{Change, DomainMove},
        words::{Host, Mailbox, SERVICE},
    },
    target::{Changed, TargetError, given},
};

impl World {
    /// Changes what is named; nothing may be under way.
    pub async fn change(&self, change: &Change) -> Result<(), TargetError> {
        self.publish(change)?;
        let loser = change.domain_moves.and_then(|moves| self.opening.profiles.get(&moves.from));
        let leaving = loser.map(|profile| profile.domains[0].as_str());
        let address = |mailbox: &Mailbox| self.address(mailbox);
        for (role, side) in self.sides() {
            if let Some(changed) = Changed::of(change, role, leaving, &address, self.now()) {
                side.change(changed).await?;
            }
        }
        for side in self.sides.values() {
            for lab in &self.labs {
                lab.announce(&side.facts().domains, &side.endpoint(Service::Incoming));
            }
        }
        Ok(())
    }

    /// Puts another directory and other revocation lists in force, where they change.
    fn publish(&self, change: &Change) -> Result<(), TargetError> {
        let Change { delisted, revoked, domain_moves, .. } = change;
        if delisted.is_none() && domain_moves.is_none() && revoked.is_none() {
            return Ok(());
        }
        let profiles = &self.opening.profiles;
        if !self.outside.is_empty() {
            return Err(TargetError::configuration(
                "the directory and the lists that somebody else goes by stay as they are",
            ));
        }
        let pki = self.lab.pki();
        if delisted.is_some() || domain_moves.is_some() {
            let listing = {
                let mut listing = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
                listing.delisted.extend(*delisted);
                listing.moved = domain_moves.or(listing.moved);
                listing.clone()
            };
            let directory = given::directory(pki, &self.opening.given, profiles, std::iter::empty())?;
            let ldif = export::ldif(&listing.apply(&directory, pki, profiles));
            for lab in self.own_labs() {
                lab.set_directory(ldif.clone()).map_err(|error| TargetError::infrastructure(error.to_string()))?;
            }
        }
        if let Some(profile) = revoked.and_then(|role| profiles.get(&role)) {
            let trust = pki.trust_after_revoking(&given::signer(
                &profile.signer,
                crate::scenario::given::SigningCertificate::First,
            ));
            let none = || TargetError::configuration("the test PKI has no list that revokes this certificate");
            let trust = trust.ok_or_else(none)?;
            for lab in self.own_labs() {
                lab.set_trust(trust.clone());
            }
        }
        Ok(())
    }

    /// Who keeps a mailbox: who has it, unless its domain has gone over to another.
    pub fn keeper(&self, mailbox: &Mailbox) -> Option<Host> {
        let moved = self.changed.lock().unwrap_or_else(PoisonError::into_inner).moved;
        match (mailbox, moved) {
            (Mailbox::At { user, host: Host::Gateway(role) }, Some(DomainMove { from, to }))
                if *role == from && user != SERVICE =>
            {
                Some(Host::Gateway(to))
            }
            _ => mailbox.host(),
        }
    }

    /// Each lab once.
    fn own_labs(&self) -> impl Iterator<Item = &std::sync::Arc<crate::gateway::Lab>> {
        let same = std::sync::Arc::ptr_eq;
        let first = move |at: usize| !self.labs[..at].iter().any(|lab| same(lab, &self.labs[at]));
        self.labs.iter().enumerate().filter(move |(at, _)| first(*at)).map(|(_, lab)| lab)
    }
}
