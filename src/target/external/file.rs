//! A target file, `targets/NAME.yaml`: what it may say. Secrets stand elsewhere; every key here does something.

mod mistakes;
mod public;
mod shown;

use std::{collections::BTreeMap, path::PathBuf};

use schemars::{JsonSchema, schema_for};
use serde::Deserialize;

use crate::{
    evidence::IncomingTls,
    scenario::{send::ClientTls, words::Span},
    yaml::{self, Problem, Secret},
};

pub use self::public::public;
pub use self::shown::{ImapAuth, Log, LogFields, Mailboxes, Store};

/// Bytes of a target file at most: one is a page.
pub(super) const LARGEST: u64 = 64 << 10;

/// Somebody's gateway as a target: how it is reached, who its users are, and what it can do.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(expecting = "a target, with `provider`, `domains`, `submission`, `incoming`, `mailboxes` and `users`,")]
#[schemars(title = "A target of pec-conformance")]
pub struct Document {
    /// The provider's name, as its record in the providers' directory has it (`providerName`).
    pub provider: String,
    /// Its mail domains, the users' first.
    #[schemars(length(min = 1))]
    pub domains: Vec<String>,
    /// Where users hand messages over.
    pub submission: Submission,
    /// Where other providers hand messages over.
    pub incoming: Incoming,
    /// The names by which its hosts call themselves in EHLO, beside those of `submission` and `incoming`: by them the
    /// harness knows who calls.
    #[serde(default)]
    pub names: Vec<String>,
    /// How mailboxes are looked into, where a user says nothing else.
    pub mailboxes: Mailboxes,
    /// Who plays the suite's users: `mario`, `anna`, `luca`, `giulia`, and `service`, the service mailbox (`mailReceipt`).
    /// A mailbox of another name that a scenario has (`ufficio-01`) may stand here too.
    pub users: BTreeMap<String, User>,
    /// Mailboxes in a state that some scenarios need; without one those are skipped.
    #[serde(default)]
    pub states: States,
    /// The suite's users in its secondary operating environment (RFC 6109 4.5), those that there are; what is played there is
    /// skipped without.
    #[serde(default)]
    pub secondary: BTreeMap<String, User>,
    /// An address in the first domain that nobody has; `sconosciuto` in it where this is absent.
    #[serde(default)]
    pub unknown: Option<String>,
    /// How it stands in the providers' directory.
    pub listed: Listed,
    /// The authorities behind its signing certificates, PEM or DER; those of the test PKI are known.
    #[serde(default)]
    pub anchors: Vec<PathBuf>,
    /// Revocation lists of those authorities, PEM or DER.
    #[serde(default)]
    pub lists: Vec<PathBuf>,
    /// Where the other side, a reference gateway, listens for it.
    #[serde(default)]
    pub counterpart: Counterpart,
    /// How long is waited for what comes, and for what must not.
    #[serde(default)]
    pub settling: Settling,
    /// How its clock is moved ahead: a program and its arguments, among them `%s`, the seconds; `0` asks what it shows. It
    /// prints the instant that the clock then shows, such as `2026-03-02T08:30:00Z`, and ends when what was due by then has
    /// been done. Without it, what needs another hour is skipped.
    #[serde(default)]
    pub clock: Option<Vec<String>>,
    /// Its log (RFC 6109 2.3), so that it is judged too; without, nothing is asked of it.
    #[serde(default)]
    pub log: Option<Log>,
    /// Where it keeps infected messages (RFC 6109 2.2.4); what looks there is skipped without.
    #[serde(default)]
    pub virus_store: Option<Store>,
    /// A program and its arguments that starts it before anything is looked at; it ends once the gateway answers.
    #[serde(default)]
    pub start: Option<Vec<String>>,
    /// A program and its arguments that ends it when everything is over, a run that is interrupted too.
    #[serde(default)]
    pub stop: Option<Vec<String>>,
    /// Messages handed to it in a minute, at most; no bound where absent.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub messages_per_minute: Option<u32>,
    /// Whether nobody else uses its mailboxes meanwhile, so that whatever comes there comes of the play; else what bears no
    /// identifier of the play is left alone, and told.
    #[serde(default)]
    pub exclusive: bool,
}

/// Where users hand messages over.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Submission {
    /// Host, by name or address.
    pub host: String,
    /// Port.
    #[serde(default = "submission_port")]
    pub port: u16,
    /// When the channel is secured.
    #[serde(default)]
    pub tls: ClientTls,
    /// The name that its certificate must bear; the host's where absent.
    #[serde(default)]
    pub server_name: Option<String>,
    /// Who vouches for it.
    pub trust: Trust,
    /// How users log in.
    #[serde(default)]
    pub auth: Auth,
}

/// How users log in where they hand messages over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Auth {
    /// AUTH PLAIN (RFC 4616).
    #[default]
    Plain,
    /// AUTH LOGIN, the older one.
    Login,
    /// AUTH XOAUTH2, the password being a token.
    Xoauth2,
}

/// Where other providers hand messages over.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Incoming {
    /// Host, by name or address.
    pub host: String,
    /// Port.
    #[serde(default = "incoming_port")]
    pub port: u16,
    /// The name that its certificate must bear; the host's where absent.
    #[serde(default)]
    pub server_name: Option<String>,
    /// When the channel is secured.
    #[serde(default)]
    pub tls: IncomingTls,
    /// Who vouches for it; nobody where `tls` is `none`.
    #[serde(default)]
    pub trust: Option<Trust>,
    /// How other providers log in, where they must; by AUTH PLAIN, over TLS alone.
    #[serde(default)]
    pub login: Option<HostLogin>,
}

/// How hosts log in.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HostLogin {
    /// The name.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// Who vouches for a server's certificate: one of these. Below TLS 1.2 nothing is reached, and nobody is blamed for that.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Trust {
    /// The authorities in this file, PEM; such as `/etc/ssl/certs/ca-certificates.crt` for those of the machine.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// The SHA-256 of the certificate that it shows, in hexadecimal, colons or none.
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// Nobody does: every report says so.
    #[serde(default)]
    pub unverified: Option<bool>,
}

/// A mailbox, and whoever holds it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct User {
    /// Its address.
    pub address: String,
    /// The name to log in with; the address where absent.
    #[serde(default)]
    pub login: Option<String>,
    /// The password, of submission and mailbox alike; a mailbox in a Maildir that nobody sends from needs none.
    #[serde(default)]
    pub password: Option<Secret>,
    /// How this one is looked into, where that differs.
    #[serde(default)]
    pub mailbox: Option<Mailboxes>,
}

/// Mailboxes in a state.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct States {
    /// One without room.
    #[serde(default)]
    pub full: Option<User>,
    /// One that is switched off.
    #[serde(default)]
    pub disabled: Option<User>,
    /// One whose owner wants no ordinary mail.
    #[serde(default)]
    pub refuses_ordinary_mail: Option<User>,
}

/// How a provider stands in the directory: one of these.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Listed {
    /// By its own records: LDIF, or LDIF in its signature (`.ldif.p7m`).
    #[serde(default)]
    pub ldif: Option<PathBuf>,
    /// By these signing certificates, PEM or DER; the rest of the record is what the target file says.
    #[serde(default)]
    pub certificates: Option<Vec<PathBuf>>,
}

/// Where the other side listens.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Counterpart {
    /// Address of an interface; that of this machine alone where absent.
    #[serde(default = "loopback")]
    pub bind: std::net::IpAddr,
    /// Port of the reference gateway's incoming point.
    #[serde(default = "counterpart_port")]
    pub incoming: u16,
    /// Port of the incoming point of the last of the reference gateways that it has mail for (`routes` shows which), so that
    /// it can tell a second receiver from the first; that of the others where absent.
    #[serde(default)]
    pub second_incoming: Option<u16>,
    /// Port of the ordinary mail host.
    #[serde(default = "posta_port")]
    pub posta: u16,
    /// After how long it hands over again what was put off (4xx) or broken off. Hosts wait longer (RFC 5321 4.5.4.1); a
    /// play does not: with greylisting this, and `deadline` with it, is longer than the list keeps a stranger waiting.
    #[serde(default = "retry")]
    pub retry: Span,
}

/// How long is waited.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settling {
    /// For what must come, at most, since anything came last. It ends with what was waited for.
    #[serde(default = "deadline")]
    pub deadline: Span,
    /// For what must not come, behind a sentinel message that came through both ways.
    #[serde(default = "silence")]
    pub silence: Span,
    /// Between one look into a mailbox and the next.
    #[serde(default = "poll")]
    pub poll: Span,
}

impl Counterpart {
    /// The ports that it listens on.
    pub(in crate::target) fn ports(&self) -> impl Iterator<Item = u16> + use<> {
        [self.incoming, self.posta].into_iter().chain(self.second_incoming)
    }
}

impl Default for Counterpart {
    fn default() -> Self {
        let (bind, incoming, posta) = (loopback(), counterpart_port(), posta_port());
        Self { bind, incoming, second_incoming: None, posta, retry: retry() }
    }
}

impl Default for Settling {
    fn default() -> Self {
        Self { deadline: deadline(), silence: silence(), poll: poll() }
    }
}

fn submission_port() -> u16 {
    587
}

fn incoming_port() -> u16 {
    25
}

fn counterpart_port() -> u16 {
    2525
}

fn posta_port() -> u16 {
    2526
}

fn loopback() -> std::net::IpAddr {
    std::net::Ipv4Addr::LOCALHOST.into()
}

fn retry() -> Span {
    Span(jiff::SignedDuration::from_secs(5))
}

fn deadline() -> Span {
    Span(jiff::SignedDuration::from_mins(1))
}

fn silence() -> Span {
    Span(jiff::SignedDuration::from_secs(3))
}

fn poll() -> Span {
    Span(jiff::SignedDuration::from_millis(500))
}

/// The JSON Schema of a target file, derived from the types that read it.
pub fn schema() -> serde_json::Value {
    schema_for!(Document).into()
}

impl Document {
    /// Reads a target file; else everything that is wrong with it, as far as it can be told without looking elsewhere.
    pub fn read(file: &str, source: &str) -> Result<Self, Vec<Problem>> {
        let source = yaml::unmarked(source);
        let document: Self = yaml::read(
            file,
            source,
            "a target has a `provider`, `domains`, `submission`, `incoming`, `mailboxes` and `users`",
        )?;
        let mistakes = document.mistakes();
        if mistakes.is_empty() {
            return Ok(document);
        }
        Err(mistakes.iter().map(|(path, message)| Problem::at(file, source, path, message.as_str())).collect())
    }

    /// How a user's mailbox is looked into.
    pub(super) fn looks<'d>(&'d self, user: &'d User) -> &'d Mailboxes {
        user.mailbox.as_ref().unwrap_or(&self.mailboxes)
    }
}

impl States {
    /// The states that there are mailboxes in, by key.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static str, &User)> {
        let all = [
            ("full", &self.full),
            ("disabled", &self.disabled),
            ("refuses-ordinary-mail", &self.refuses_ordinary_mail),
        ];
        all.into_iter().filter_map(|(key, user)| Some((key, user.as_ref()?)))
    }
}
