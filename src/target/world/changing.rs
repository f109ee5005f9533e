//! The world changes while it is played in.

use std::sync::PoisonError;

use super::World;
use crate::{
    directory::export,
    evidence::{Role, Service},
    scenario::{
        change::Change,
        words::{Host, Mailbox, SERVICE},
    },
    target::{Changed, TargetError, given},
};

impl World {
    /// Changes what is named; nothing may be under way.
    pub async fn change(&self, change: &Change) -> Result<(), TargetError> {
        self.publish(change)?;
        let leaving =
            change.domain_leaves.zip(self.opening.profiles.as_ref()).map(|(role, [sender, receiver])| match role {
                Role::Sender => sender.domains[0].as_str(),
                Role::Receiver => receiver.domains[0].as_str(),
            });
        let address = |mailbox: &Mailbox| self.address(mailbox);
        for (role, side) in self.roles() {
            if let Some(changed) = Changed::of(change, role, leaving, &address, self.now()) {
                side.change(changed).await?;
            }
        }
        for (_, side) in self.roles() {
            for lab in &self.labs {
                lab.announce(&side.facts().domains, &side.endpoint(Service::Incoming));
            }
        }
        Ok(())
    }

    /// Puts another directory and other revocation lists in force, where they change.
    fn publish(&self, change: &Change) -> Result<(), TargetError> {
        let Change { delisted, revoked, domain_leaves, .. } = change;
        if delisted.is_none() && domain_leaves.is_none() && revoked.is_none() {
            return Ok(());
        }
        let Some([sender, receiver]) = &self.opening.profiles else {
            return Err(TargetError::configuration(
                "the directory and the lists that somebody else goes by stay as they are",
            ));
        };
        let pki = self.lab.pki();
        if delisted.is_some() || domain_leaves.is_some() {
            let listing = {
                let mut listing = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
                listing.delisted.extend(*delisted);
                listing.moved = domain_leaves.or(listing.moved);
                listing.clone()
            };
            let directory =
                given::directory(pki, &self.opening.given, [Some(sender), Some(receiver)], std::iter::empty())?;
            let ldif = export::ldif(&listing.apply(&directory, pki, [sender, receiver]));
            for lab in self.own_labs() {
                lab.set_directory(ldif.clone()).map_err(|error| TargetError::infrastructure(error.to_string()))?;
            }
        }
        if let Some(role) = revoked {
            let profile = if *role == Role::Sender { sender } else { receiver };
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

    /// Who keeps a mailbox: who has it, unless its domain has gone over to the other.
    pub fn keeper(&self, mailbox: &Mailbox) -> Option<Host> {
        let moved = self.changed.lock().unwrap_or_else(PoisonError::into_inner).moved;
        match mailbox {
            Mailbox::At { user, host: Host::Gateway(role) } if moved == Some(*role) && user != SERVICE => {
                Some(Host::Gateway(role.other()))
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
