//! What a scenario gives, in the words of the reference gateway and the ordinary mail host.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{OUTSIDE, TargetError};
use crate::{
    directory::{Directory, Provider},
    evidence::Role,
    fault::{CopyEdit, Deviation, Edit},
    gateway::{self, OrdinaryHost, Profile},
    pki::{Lists, Pki},
    scenario::{
        Scenario,
        given::{Environment, GatewayState, Given, MailboxSettings, RevocationLists, SigningCertificate, TlsName},
        words::{Host, Mailbox},
    },
    smime::Trust,
};

/// The reference gateway that a target's name stands for.
pub(super) fn profile(target: &str) -> Result<Profile, TargetError> {
    match target.strip_prefix(OUTSIDE).unwrap_or(target) {
        "alfa" => Ok(Profile::alfa()),
        "bravo" => Ok(Profile::bravo()),
        "delta" => Ok(Profile::delta()),
        "flawed" => Ok(Profile::flawed()),
        _ => Err(TargetError::configuration(format!("there is no reference gateway `{target}`"))),
    }
}

/// The ordinary mail host.
pub(super) fn posta(scenario: &Scenario) -> OrdinaryHost {
    OrdinaryHost { unknown: scenario.given.posta.unknown_users, ..OrdinaryHost::default() }
}

/// The profile of whoever plays a role, in the state that the scenario gives its gateway from a start on.
pub(super) fn profile_in_state(
    name: &str,
    role: Role,
    scenario: &Scenario,
    start: Timestamp,
) -> Result<Profile, TargetError> {
    let mut profile = profile(name)?;
    if let Some(state) = scenario.given.gateway(role) {
        set_up(&mut profile, state, start);
    }
    Ok(profile)
}

/// The mailboxes of a role to which the scenario gives a state; `address` tells where forwarded mail goes.
pub(super) fn mailboxes(
    role: Role,
    scenario: &Scenario,
    address: &dyn Fn(&Mailbox) -> String,
) -> Vec<gateway::MailboxSettings> {
    let own = scenario.given.mailboxes.iter().filter_map(|(mailbox, state)| match mailbox {
        Mailbox::At { user, host } if *host == Host::Gateway(role) => Some((user, state)),
        _ => None,
    });
    own.map(|(user, state)| mailbox(user, state, address)).collect()
}

/// A mailbox as a scenario has it.
pub(super) fn mailbox(
    user: &str,
    settings: &MailboxSettings,
    address: &dyn Fn(&Mailbox) -> String,
) -> gateway::MailboxSettings {
    gateway::MailboxSettings {
        ordinary: settings.ordinary_mail,
        forward: settings.forward.as_ref().map(address),
        notify: settings.notify.as_ref().map(address),
        ..gateway::MailboxSettings::new(user, settings.state)
    }
}

/// The id of one of a provider's valid signers, by that of any.
pub(super) fn signer(of: &str, which: SigningCertificate) -> String {
    const SUCCESSOR: &str = "-renewed";
    let first = of.strip_suffix(SUCCESSOR).unwrap_or(of);
    match which {
        SigningCertificate::First => first.to_owned(),
        SigningCertificate::Renewed => format!("{first}{SUCCESSOR}"),
    }
}

/// The directory, with what the scenario lists beside its providers' good certificates, and with the records of those who
/// bring their own.
pub(super) fn directory(
    pki: &Pki,
    given: &Given,
    profiles: &BTreeMap<Role, Profile>,
    records: impl Iterator<Item = Provider>,
) -> Result<Directory, TargetError> {
    let also_listed = given.also_listed.iter().flat_map(|(role, defects)| {
        let signer = profiles.get(role).map(|profile| profile.signer.as_str());
        defects.iter().filter_map(move |defect| Some((signer?, format!("{}-{defect}", signer?))))
    });
    let also_listed: Vec<(&str, String)> = also_listed.collect();
    if let Some((_, unknown)) = also_listed.iter().find(|(_, id)| pki.certificate(id).is_none()) {
        return Err(TargetError::configuration(format!(
            "the test PKI has no certificate `{unknown}` that could be listed"
        )));
    }
    Ok(with_records(&gateway::directory_with(pki, also_listed.into_iter()), &records.collect::<Vec<_>>()))
}

/// A directory in which whoever brings records is told of by them alone.
pub(super) fn with_records(own: &Directory, records: &[Provider]) -> Directory {
    let replaced = |one: &Provider| {
        records
            .iter()
            .any(|record| record.name == one.name || record.managed_domains.iter().any(|domain| one.manages(domain)))
    };
    let kept = own.providers.iter().filter(|one| !replaced(one)).map(|one| (**one).clone());
    kept.chain(records.iter().cloned()).collect()
}

/// Anchors and revocation lists.
pub(super) fn trust(pki: &Pki, given: &Given) -> Trust {
    pki.trust_with(match given.revocation_lists {
        RevocationLists::Current => Lists::Current,
        RevocationLists::Stale => Lists::Stale,
        RevocationLists::Missing => Lists::Missing,
    })
}

fn set_up(profile: &mut Profile, state: &GatewayState, starts: Timestamp) {
    profile.antivirus = state.antivirus;
    profile.signer = signer(&profile.signer, state.certificate);
    if state.environment == Environment::Secondary {
        // Users are called by the first domain.
        let secondary = profile.domains.iter().position(|domain| *domain == profile.secondary_domain);
        profile.domains.swap(0, secondary.expect("the secondary domain is one of the provider's"));
    }
    let lost = state.loses.iter().map(|&on| Deviation { on, edit: Edit::Copy(CopyEdit::Drop) });
    let late =
        state.delays.iter().map(|(&on, span)| Deviation { on, edit: Edit::Copy(CopyEdit::Delay(span.0.to_string())) });
    profile.deviations.extend(lost.chain(late));
    profile.upgrade = state.starttls;
    if state.tls_name == TlsName::Another {
        profile.tls = OrdinaryHost::default().tls;
    }
    profile.replies_lost = state.loses_replies.into();
    profile.virus_retention = state.keeps_viruses_for.map(|span| span.0);
    if let Some(span) = state.unreachable_for {
        profile.incoming = gateway::Incoming::UnreachableUntil(starts + span.0);
    }
}
