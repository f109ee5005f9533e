//! Whose an address is: the provider that manages its domain, by the directory and by who plays.

use super::{Context, Culprit, exhibit::role_of};
use crate::{
    directory::{Directory, Provider},
    evidence::{GatewayFacts, Party, Role},
};

/// What follows the last at sign; empty where there is none.
pub(super) fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// Whether a provider of this name manages the domain of an address, in any of its environments, or may do so.
pub(super) fn manages(directory: &Directory, provider: &str, address: &str) -> bool {
    let domain = domain(address);
    let mut records = directory.managing(domain).chain(directory.perhaps_managing(domain));
    records.any(|record| record.name.eq_ignore_ascii_case(provider))
}

/// The gateway of the provider that manages an address, as far as it plays.
pub(super) fn provider_of(context: &Context<'_>, address: &str) -> Party {
    let domain = domain(address);
    let managed = |(role, facts): (&Role, &GatewayFacts)| {
        facts.domains.iter().any(|managed| managed.eq_ignore_ascii_case(domain)).then_some(Party::from(*role))
    };
    let directory = || {
        let names: Vec<_> = context.directory?.managing(domain).map(|provider| &provider.name).collect();
        names.into_iter().find_map(|name| role_of(context.evidence, name)).map(Party::from)
    };
    context.evidence.gateways.iter().find_map(managed).or_else(directory).unwrap_or(Party::Undetermined)
}

/// The same, to answer for something: by name, as the directory tells, where it does not play.
pub(super) fn keeper_of(context: &Context<'_>, address: &str) -> Culprit {
    let party = provider_of(context, address);
    let mut managing = context.directory.into_iter().flat_map(|directory| directory.managing(domain(address)));
    let first = managing.next().filter(|_| party == Party::Undetermined);
    let only = first.filter(|first| managing.all(|other| other.name.eq_ignore_ascii_case(&first.name)));
    Culprit { party, provider: only.map(|provider| provider.name.clone()) }
}

/// The service mailboxes of whoever manages a sender's domain: a provider's environments may each have one. A record
/// without one is the directory's flaw, and no measure of messages.
pub(super) fn service_mailboxes<'d>(directory: &'d Directory, sender: &str) -> Vec<&'d str> {
    let names: Vec<&str> = directory.managing(domain(sender)).map(|provider| &*provider.name).collect();
    let its_own = |provider: &Provider| names.iter().any(|name| name.eq_ignore_ascii_case(&provider.name));
    let mut mailboxes: Vec<&str> = Vec::new();
    for provider in directory.providers.iter().filter(|provider| its_own(provider)) {
        let mailbox = provider.mail_receipt.as_str();
        if !mailbox.is_empty() && !mailboxes.contains(&mailbox) {
            mailboxes.push(mailbox);
        }
    }
    mailboxes
}
