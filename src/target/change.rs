//! A change in the midst of a play: what it comes to for a side, and for the directory and trust that all go by.

use jiff::Timestamp;

use super::given;
use crate::{
    directory::{Directory, Provider},
    evidence::Role,
    gateway::{self, Incoming, Profile},
    pki::Pki,
    scenario::{
        change::{Change, GatewayChange},
        words::{Host, Mailbox},
    },
    smime::Certificate,
};

/// What changes for a side.
#[derive(Clone, Debug)]
pub struct Changed {
    /// In its gateway.
    gateway: GatewayChange,
    /// Mailboxes, as they are from now on.
    mailboxes: Vec<gateway::MailboxSettings>,
    /// The domain that it manages no more.
    gives_up: Option<String>,
    /// The domain that it manages from now on.
    takes_over: Option<String>,
    /// When.
    at: Timestamp,
}

impl Changed {
    /// What a change comes to for the gateway of a role; `None` where it goes on untouched. `leaving` is the domain that goes
    /// over where one does.
    pub fn of(
        change: &Change,
        role: Role,
        leaving: Option<&str>,
        address: &dyn Fn(&Mailbox) -> String,
        at: Timestamp,
    ) -> Option<Self> {
        let own = |mailbox: &Mailbox| match mailbox {
            Mailbox::At { user, host: Host::Gateway(of) } if *of == role => Some(user.clone()),
            _ => None,
        };
        let mailboxes: Vec<_> = change
            .mailboxes
            .iter()
            .filter_map(|(mailbox, settings)| Some(given::mailbox(&own(mailbox)?, settings, address)))
            .collect();
        let domain = |of: Role| leaving.filter(|_| change.domain_leaves == Some(of)).map(str::to_owned);
        let gateway = change.of(role).clone();
        let untouched = gateway == GatewayChange::default()
            && mailboxes.is_empty()
            && change.domain_leaves.is_none()
            && !change.restarted.contains(&role);
        let (gives_up, takes_over) = (domain(role), domain(role.other()));
        (!untouched).then_some(Self { gateway, mailboxes, gives_up, takes_over, at })
    }

    /// A reference gateway's profile with it.
    pub(super) fn apply(self, profile: &mut Profile) {
        let GatewayChange { antivirus, certificate, unreachable_for } = self.gateway;
        if let Some(antivirus) = antivirus {
            profile.antivirus = antivirus;
        }
        if let Some(certificate) = certificate {
            profile.signer = given::signer(&profile.signer, certificate);
        }
        if let Some(span) = unreachable_for {
            profile.incoming = Incoming::UnreachableUntil(self.at + span.0);
        }
        for mailbox in self.mailboxes {
            let settings = profile.mailbox_mut(&mailbox.local);
            *settings = mailbox;
        }
        profile.domains.retain(|domain| self.gives_up.as_ref() != Some(domain));
        profile.domains.extend(self.takes_over);
        // Lost once, they are not lost again.
        profile.replies_lost = 0;
    }
}

/// What was changed in the directory so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Listing {
    /// Whose first certificate is listed no more.
    pub delisted: Vec<Role>,
    /// Whose users' domain is the other's.
    pub moved: Option<Role>,
}

impl Listing {
    /// The directory with that; `sender` and `receiver` are the profiles that the play began with.
    pub fn apply(&self, directory: &Directory, pki: &Pki, [sender, receiver]: [&Profile; 2]) -> Directory {
        let profile = |role: Role| match role {
            Role::Sender => sender,
            Role::Receiver => receiver,
        };
        let mut providers: Vec<Provider> = directory.providers.iter().map(|provider| (**provider).clone()).collect();
        for role in &self.delisted {
            let first = given::signer(&profile(*role).signer, crate::scenario::given::SigningCertificate::First);
            let Some(der) = pki.certificate(&first) else { continue };
            let hash = Certificate::read(der).ok().map(|certificate| certificate.sha1());
            for provider in &mut providers {
                provider.certificates.retain(|listed| listed != der);
                provider.certificate_hashes.retain(|listed| Some(listed) != hash.as_ref());
            }
        }
        if let Some(role) = self.moved {
            let (domain, to) = (&profile(role).domains[0], &profile(role.other()).provider);
            for provider in &mut providers {
                provider.managed_domains.retain(|managed| managed != domain);
                if provider.name == *to && provider.unit.is_none() {
                    provider.managed_domains.push(domain.clone());
                }
            }
            // An environment without domains is none.
            providers.retain(|provider| !provider.managed_domains.is_empty());
        }
        Directory::from_iter(providers)
    }
}
