//! What differs from two healthy gateways.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::words::{Mailbox, Span};
use crate::{
    evidence::Role,
    message::Kind,
    state::{Antivirus, MailboxState, OrdinaryMail, StartTls, UnknownUsers},
};

/// What differs from two healthy gateways.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Given {
    /// The sender's gateway.
    #[serde(default)]
    #[schemars(with = "Option<GatewayState>")]
    pub sender: GatewayState,
    /// The receiver's gateway.
    #[serde(default)]
    #[schemars(with = "Option<GatewayState>")]
    pub receiver: GatewayState,
    /// The ordinary mail host.
    #[serde(default)]
    #[schemars(with = "Option<PostaState>")]
    pub posta: PostaState,
    /// Mailboxes that are not simply enabled.
    #[serde(default)]
    #[schemars(with = "Option<BTreeMap<String, MailboxSettings>>")]
    pub mailboxes: BTreeMap<Mailbox, MailboxSettings>,
    /// Defective certificates of the test PKI that the directory lists for a provider beside its good ones: `expired`,
    /// `revoked`, `no-key-usage`, ...
    #[serde(default)]
    pub also_listed: BTreeMap<Role, Vec<String>>,
    /// The revocation lists that the gateways have.
    #[serde(default)]
    pub revocation_lists: RevocationLists,
}

impl Given {
    /// Whether a gateway is made to break the norm, so that rules have something to report.
    pub fn plants_faults(&self) -> bool {
        [&self.sender, &self.receiver].into_iter().any(|gateway| {
            !gateway.loses.is_empty() || !gateway.delays.is_empty() || gateway.starttls == StartTls::Withheld
        })
    }
}

/// The state of a gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GatewayState {
    /// Whether viruses are seen.
    #[serde(default)]
    pub antivirus: Antivirus,
    /// Which of its valid signing certificates it signs with.
    #[serde(default)]
    pub certificate: SigningCertificate,
    /// Which of its operating environments its users are in.
    #[serde(default)]
    pub environment: Environment,
    /// No host reaches its incoming point for so long after the start.
    #[serde(default)]
    pub unreachable_for: Option<Span>,
    /// Messages of these kinds never leave it; what is then missing is the scenario's doing.
    #[serde(default)]
    pub loses: Vec<Kind>,
    /// Messages of these kinds leave it so much later than they are made.
    #[serde(default)]
    pub delays: BTreeMap<Kind, Span>,
    /// Whether its incoming point offers STARTTLS.
    #[serde(default)]
    pub starttls: StartTls,
}

/// Which of a gateway's valid signing certificates it signs with (RFC 6109 4.5: renewal with an overlap).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SigningCertificate {
    /// The one that is about to expire.
    #[default]
    First,
    /// Its successor.
    Renewed,
}

/// An operating environment of a provider (RFC 6109 4.5): each has its record in the directory, with its own domains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Environment {
    /// The main one.
    #[default]
    Main,
    /// Another, marked by `providerUnit`.
    Secondary,
}

/// The state of the ordinary mail host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PostaState {
    /// What it does with mail for users it does not know.
    #[serde(default)]
    pub unknown_users: UnknownUsers,
}

/// The state of a mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MailboxSettings {
    /// Whether it takes messages.
    #[serde(default)]
    pub state: MailboxState,
    /// What happens to ordinary mail for it (RFC 6109 2.2.2).
    #[serde(default)]
    pub ordinary_mail: OrdinaryMail,
    /// Where a copy of everything goes.
    #[serde(default)]
    pub forward: Option<Mailbox>,
    /// Where word of every arrival goes.
    #[serde(default)]
    pub notify: Option<Mailbox>,
}

/// Which revocation lists are at hand (RFC 6109 2.2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RevocationLists {
    /// Those in force.
    #[default]
    Current,
    /// Those of half a year before: fetching them has failed ever since.
    Stale,
    /// None.
    Missing,
}
