//! `gateway.yaml`: who a gateway is, where it listens, whom it trusts and where it keeps what it has.
//!
//! Paths are taken from the folder that the file lies in.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
};

use jiff::Timestamp;
use schemars::{JsonSchema, schema_for};
use serde::Deserialize;

use crate::{
    state::{MailboxState, OrdinaryMail, StartTls},
    yaml::{Secret, Span},
};

/// A gateway, wholly described.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Which of the built-in gateways it writes and decides like.
    pub dialect: DialectName,
    /// Who it is; without, the provider that the dialect is named after.
    pub provider: Option<ProviderFacts>,
    /// Its users by local part; each has a mailbox in every domain.
    #[serde(default)]
    pub users: BTreeMap<String, User>,
    /// The address that it listens on; others than this machine reach it only where this says so.
    #[serde(default = "loopback")]
    pub bind: IpAddr,
    /// The ports it listens on; 0, and what is left out, is any free one.
    #[serde(default)]
    pub ports: Ports,
    /// Whether its incoming point offers STARTTLS, which it must (RFC 6109 5.3); without it other providers' gateways send it
    /// nothing, unless they are told to send in clear.
    #[serde(default)]
    pub starttls: StartTls,
    /// The folder that it keeps everything in; made where it is not there.
    pub data: PathBuf,
    /// Takes signing and TLS certificates, roots, revocation lists and the directory from the test PKI, unless the file
    /// names others.
    #[serde(default)]
    pub test_pki: bool,
    /// The signing certificate and its key; read again when they change.
    pub signing: Option<KeyFiles>,
    /// The TLS certificate and its key, and the roots that its peers' are held to; read again when they change.
    pub tls: Option<Tls>,
    /// Files with the roots of signatures, PEM or DER; read again when they change.
    #[serde(default)]
    pub anchors: Vec<PathBuf>,
    /// Files with revocation lists, PEM or DER; read again when they change.
    #[serde(default)]
    pub lists: Vec<PathBuf>,
    /// The providers' directory, LDIF or in its signature (`.ldif.p7m`); read again when it changes. Its own record must be
    /// in it.
    pub directory: Option<PathBuf>,
    /// Where mail for other domains goes.
    #[serde(default)]
    pub routes: BTreeMap<String, Route>,
    /// Mail for domains without a route goes to the hosts that their MX records name (RFC 5321 5.1); without, nowhere.
    pub mx: Option<Mx>,
    /// What its clock shows; without, what the machine's shows.
    pub clock: Option<ClockSetting>,
    /// How long after a failed attempt the next ones are made; the last span repeats. Without, as the dialect has it.
    #[serde(default)]
    pub retries: Vec<Span>,
}

/// The built-in gateways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DialectName {
    /// Conforming.
    Alfa,
    /// Conforming, in another layout.
    Bravo,
    /// Conforming, the other way wherever alfa and bravo go the same.
    Delta,
    /// Bravo with a handful of mistakes.
    Flawed,
}

/// Who a provider is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ProviderFacts {
    /// `providerName` in the directory, and in its signing certificate.
    pub name: String,
    /// Its host's name, in its TLS certificate.
    pub host: String,
    /// The mail domains that it manages; users are called by the first one.
    pub domains: Vec<String>,
    /// The address that it signs from, which its signing certificate bears.
    pub address: String,
    /// The service mailbox, `mailReceipt` in the directory.
    pub service_mailbox: String,
}

/// A user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct User {
    /// The password.
    pub password: Secret,
    /// Whether the mailbox takes mail.
    #[serde(default)]
    pub state: MailboxState,
    /// What becomes of ordinary mail.
    #[serde(default)]
    pub ordinary: OrdinaryMail,
}

/// Ports; 0 is any free one.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Ports {
    /// Users, with STARTTLS.
    pub submission: u16,
    /// Users, with TLS from the first byte.
    pub submissions: u16,
    /// Other hosts.
    pub incoming: u16,
    /// Users who fetch their mail by POP3, with STLS; without, nobody can.
    pub pop3: Option<u16>,
}

/// A certificate with its key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KeyFiles {
    /// The certificate and, after it, the issuers that travel with it, PEM.
    pub certificate: PathBuf,
    /// The private key, PEM.
    pub key: PathBuf,
}

/// What channels are secured with.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Tls {
    /// Its own certificate and, after it, the issuers that travel with it, PEM.
    pub certificate: Option<PathBuf>,
    /// The private key, PEM.
    pub key: Option<PathBuf>,
    /// Files with the roots that its peers' certificates are held to, PEM or DER.
    pub anchors: Vec<PathBuf>,
}

/// How a domain's host is reached.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Route {
    /// Where it listens: `host:port`.
    pub to: String,
    /// The name that its TLS certificate bears; without, the host in `to`.
    pub name: Option<String>,
    /// How the channel is secured.
    #[serde(default)]
    pub tls: RouteTls,
    /// Files with the roots that its TLS certificate is held to, where `tls` is `required`, PEM or DER, in place of those of
    /// the gateway; read again when they change.
    #[serde(default)]
    pub anchors: Vec<PathBuf>,
}

/// Where MX records are looked up.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mx {
    /// The name server's address and port, `127.0.0.1:53`; or `system`, those that the machine goes by.
    pub server: String,
    /// The port that mail hosts listen on.
    #[serde(default = "smtp")]
    pub port: u16,
    /// How long it is waited for at each attempt; without, as long as the machine's configuration says, or five seconds.
    pub timeout: Option<Span>,
}

/// How a channel to another host is secured: Postfix's `secure` and `may`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RouteTls {
    /// By STARTTLS, with a certificate of the host's name that the anchors vouch for, or nothing is sent: between PEC
    /// providers (RFC 6109 5.3).
    #[default]
    Required,
    /// By STARTTLS where it is offered, whoever vouches for the certificate, and else in clear (RFC 7435): ordinary mail.
    Opportunistic,
}

/// What a clock shows.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct ClockSetting {
    /// The machine's, so much ahead: `12h`, `30d`.
    pub ahead: Option<Span>,
    /// This instant when it starts, and on from there: `2026-03-02T08:30:00Z`.
    pub at: Option<Timestamp>,
}

fn loopback() -> IpAddr {
    Ipv4Addr::LOCALHOST.into()
}

fn smtp() -> u16 {
    25
}

/// The JSON Schema of `gateway.yaml`.
pub fn schema() -> serde_json::Value {
    schema_for!(Config).into()
}
