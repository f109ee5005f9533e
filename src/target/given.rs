//! What a scenario gives, in the words of the reference gateway and the ordinary mail host.

use jiff::Timestamp;

use super::{OUTSIDE, TargetError};
use crate::{
    directory::Directory,
    evidence::{Direction, Role},
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

/// The profiles of sender and receiver, in the state that the scenario gives.
pub(super) fn profiles(
    direction: &Direction,
    scenario: &Scenario,
    posta: &OrdinaryHost,
) -> Result<[Profile; 2], TargetError> {
    let given = &scenario.given;
    let (mut sender, mut receiver) = (profile(&direction.sender)?, profile(&direction.receiver)?);
    set_up(&mut sender, &given.sender, scenario.starts);
    set_up(&mut receiver, &given.receiver, scenario.starts);
    let domains = [(Role::Sender, sender.domains[0].clone()), (Role::Receiver, receiver.domains[0].clone())];
    let address = |mailbox: &Mailbox| match mailbox {
        Mailbox::At { user, host: Host::Posta } => format!("{user}@{}", posta.domains[0]),
        Mailbox::At { user, host: Host::Gateway(role) } => {
            let domain = domains.iter().find(|(of, _)| of == role).map(|(_, domain)| domain.as_str());
            format!("{user}@{}", domain.unwrap_or_default())
        }
        Mailbox::Literal(literal) => literal.clone(),
    };
    for (profile, role) in [(&mut sender, Role::Sender), (&mut receiver, Role::Receiver)] {
        for (of, state) in &given.mailboxes {
            let Mailbox::At { user, host } = of else { continue };
            if *host != Host::Gateway(role) {
                continue;
            }
            *profile.mailbox_mut(user) = mailbox(user, state, &address);
        }
    }
    Ok([sender, receiver])
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

/// The directory, with what the scenario lists beside its providers' good certificates.
pub(super) fn directory(pki: &Pki, given: &Given, [sender, receiver]: [&Profile; 2]) -> Result<Directory, TargetError> {
    let also_listed = given.also_listed.iter().flat_map(|(role, defects)| {
        let signer = match role {
            Role::Sender => &sender.signer,
            Role::Receiver => &receiver.signer,
        };
        defects.iter().map(move |defect| (signer.as_str(), format!("{signer}-{defect}")))
    });
    let also_listed: Vec<(&str, String)> = also_listed.collect();
    if let Some((_, unknown)) = also_listed.iter().find(|(_, id)| pki.certificate(id).is_none()) {
        return Err(TargetError::configuration(format!(
            "the test PKI has no certificate `{unknown}` that could be listed"
        )));
    }
    Ok(gateway::directory_with(pki, also_listed.into_iter()))
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
