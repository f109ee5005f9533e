//! A change in the midst of a play: what it comes to for a side, and for the directory and trust that all go by.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::given;
use crate::{
    directory::{Directory, Provider},
    evidence::Role,
    gateway::{self, Incoming, Profile},
    pki::Pki,
    scenario::{
        change::{Change, DomainMove, GatewayChange},
        given::SigningCertificate,
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
        let moves = change.domain_moves;
        let domain = |is_its: bool| leaving.filter(|_| is_its).map(str::to_owned);
        let gives_up = domain(moves.is_some_and(|moves| moves.from == role));
        let takes_over = domain(moves.is_some_and(|moves| moves.to == role));
        let gateway = change.of(role).clone();
        let untouched = gateway == GatewayChange::default()
            && mailboxes.is_empty()
            && gives_up.is_none()
            && takes_over.is_none()
            && !change.restarted.contains(&role);
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
    /// Whose users' domain is whose.
    pub moved: Option<DomainMove>,
}

impl Listing {
    /// The directory with that; `profiles` are those that the play began with.
    pub fn apply(&self, directory: &Directory, pki: &Pki, profiles: &BTreeMap<Role, Profile>) -> Directory {
        let mut providers: Vec<Provider> = directory.providers.iter().map(|provider| (**provider).clone()).collect();
        for role in &self.delisted {
            let first = profiles.get(role).map(|profile| given::signer(&profile.signer, SigningCertificate::First));
            let Some(der) = first.and_then(|first| pki.certificate(&first)) else { continue };
            let hash = Certificate::known(der).ok().map(|certificate| certificate.sha1());
            for provider in &mut providers {
                provider.certificates.retain(|listed| listed != der);
                provider.certificate_hashes.retain(|listed| Some(listed) != hash.as_ref());
            }
        }
        if let Some((from, to)) =
            self.moved.and_then(|moved| Some((profiles.get(&moved.from)?, profiles.get(&moved.to)?)))
        {
            let (domain, to) = (&from.domains[0], &to.provider);
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
