//! What changes in the midst of a scenario.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    given::{MailboxSettings, SigningCertificate},
    words::{LegalInstant, Mailbox, Span},
};
use crate::{evidence::Role, state::Antivirus};

/// A change, once nothing is under way: what is named is so from now on, and the rest stays as it was. A gateway that changes
/// goes on from its journal, as after a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Change {
    /// The sender's gateway.
    #[serde(default)]
    #[schemars(with = "Option<GatewayChange>")]
    pub sender: GatewayChange,
    /// The receiver's gateway.
    #[serde(default)]
    #[schemars(with = "Option<GatewayChange>")]
    pub receiver: GatewayChange,
    /// The gateway of the other receiving provider.
    #[serde(default)]
    #[schemars(with = "Option<GatewayChange>")]
    pub second_receiver: GatewayChange,
    /// Mailboxes, each with everything that it is from now on.
    #[serde(default)]
    #[schemars(with = "Option<BTreeMap<String, MailboxSettings>>")]
    pub mailboxes: BTreeMap<Mailbox, MailboxSettings>,
    /// Gateways that end and start again, with nothing but what their journals hold.
    #[serde(default)]
    pub restarted: Vec<Role>,
    /// The directory no longer lists the first signing certificate of this provider.
    #[serde(default)]
    pub delisted: Option<Role>,
    /// The first signing certificate of this provider is revoked: it is on the lists that all have from now on, as of
    /// 3 March 2026.
    #[serde(default)]
    pub revoked: Option<Role>,
    /// The domain of a provider's users, which is that of its secondary environment, goes over to another provider: there
    /// they have new, empty mailboxes.
    #[serde(default)]
    pub domain_moves: Option<DomainMove>,
}

/// Between which providers a domain goes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DomainMove {
    /// Who had it.
    pub from: Role,
    /// Who has it from now on.
    pub to: Role,
}

/// What changes in a gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GatewayChange {
    /// Whether viruses are seen.
    #[serde(default)]
    pub antivirus: Option<Antivirus>,
    /// Which of its valid signing certificates it signs with.
    #[serde(default)]
    pub certificate: Option<SigningCertificate>,
    /// No host reaches its incoming point for so long from now.
    #[serde(default)]
    pub unreachable_for: Option<Span>,
}

impl Change {
    /// From when on a certificate counts as revoked.
    pub fn revocation() -> LegalInstant {
        "2026-03-03T00:00:00Z".parse().expect("an instant is written there")
    }

    /// What changes in a role's gateway.
    pub fn of(&self, role: Role) -> &GatewayChange {
        match role {
            Role::Sender => &self.sender,
            Role::Receiver => &self.receiver,
            Role::SecondReceiver => &self.second_receiver,
        }
    }

    /// What changes, a sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let mut told = Vec::new();
        for role in Role::ALL {
            let GatewayChange { antivirus, certificate, unreachable_for } = self.of(role);
            told.extend(antivirus.map(|antivirus| match antivirus {
                Antivirus::On => format!("{role} sees viruses"),
                Antivirus::Off => format!("{role} misses viruses"),
            }));
            told.extend(certificate.map(|certificate| match certificate {
                SigningCertificate::First => format!("{role} signs with its first certificate"),
                SigningCertificate::Renewed => format!("{role} signs with its renewed certificate"),
            }));
            told.extend(unreachable_for.map(|span| format!("{role} is out of reach for {:#}", span.0)));
        }
        told.extend(self.mailboxes.iter().map(|(mailbox, settings)| format!("{mailbox} is {settings}")));
        told.extend(self.restarted.iter().map(|role| format!("{role} starts again from its journal")));
        told.extend(self.delisted.map(|role| format!("the directory lists the first certificate of {role} no more")));
        told.extend(self.revoked.map(|role| format!("the first certificate of {role} is revoked")));
        told.extend(
            self.domain_moves
                .map(|DomainMove { from, to }| format!("the domain of the users of {from} goes over to {to}")),
        );
        told
    }
}
