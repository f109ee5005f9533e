//! What differs from two healthy gateways.

use std::{collections::BTreeMap, fmt};

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
    /// The gateway of another receiving provider, which plays where this stands, and may be `{}`.
    #[serde(default)]
    pub second_receiver: Option<GatewayState>,
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
    /// The gateways that play, each with its state.
    pub fn gateways(&self) -> impl Iterator<Item = (Role, &GatewayState)> {
        let both = [(Role::Sender, &self.sender), (Role::Receiver, &self.receiver)];
        both.into_iter().chain(self.second_receiver.iter().map(|state| (Role::SecondReceiver, state)))
    }

    /// The state of the gateway that plays a role; `None` where nobody does.
    pub fn gateway(&self, role: Role) -> Option<&GatewayState> {
        self.gateways().find_map(|(of, state)| (of == role).then_some(state))
    }

    /// Whether a gateway is made to break the norm, so that rules have something to report.
    pub fn plants_faults(&self) -> bool {
        self.gateways().any(|(_, gateway)| {
            let GatewayState { loses, delays, starttls, keeps_viruses_for, .. } = gateway;
            !loses.is_empty() || !delays.is_empty() || *starttls == StartTls::Withheld || keeps_viruses_for.is_some()
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
    /// Whose name the TLS certificate of its incoming point bears.
    #[serde(default)]
    pub tls_name: TlsName,
    /// So many messages are taken at its incoming point, the first ones, whose answer is lost: the connection breaks off.
    #[serde(default)]
    #[schemars(range(max = 9))]
    pub loses_replies: u8,
    /// What it finds infected is thrown away when so much time has passed; the norm wants thirty months (RFC 6109 2.2.4).
    #[serde(default)]
    pub keeps_viruses_for: Option<Span>,
}

/// Whose name a TLS certificate bears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TlsName {
    /// The host's own.
    #[default]
    Own,
    /// Another host's.
    Another,
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

impl fmt::Display for MailboxSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.state {
            MailboxState::Enabled => "enabled",
            MailboxState::Disabled => "disabled",
            MailboxState::Full => "full",
        })?;
        f.write_str(match self.ordinary_mail {
            OrdinaryMail::Wrap => "",
            OrdinaryMail::Refuse => ", refuses ordinary mail",
        })?;
        for (what, mailbox) in [("forwards to", &self.forward), ("notifies", &self.notify)] {
            if let Some(mailbox) = mailbox {
                write!(f, ", {what} {mailbox}")?;
            }
        }
        Ok(())
    }
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
