//! What a target shows beside its points: mailboxes, log, virus store.

use std::{collections::BTreeMap, path::PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;

use super::Trust;
use crate::scenario::send::ClientTls;

/// How mailboxes are looked into: one of these. Nothing in them is flagged, moved or deleted. In a path and in arguments `%u`
/// is the mailbox's address, `%n` what is before its `@`, `%d` what is behind.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Mailboxes {
    /// By IMAP: EXAMINE and BODY.PEEK[].
    #[serde(default)]
    pub imap: Option<Imap>,
    /// By POP3: UIDL and TOP, or RETR where the server has no TOP; never DELE.
    #[serde(default)]
    pub pop3: Option<Pop3>,
    /// In a Maildir on this machine, such as `/var/mail/%d/%n`.
    #[serde(default)]
    pub maildir: Option<String>,
    /// By a program and its arguments, which fetches the mailbox and prints one line: the path of a Maildir.
    #[serde(default)]
    pub command: Option<Vec<String>>,
}

/// An IMAP server.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Imap {
    /// Host, by name or address.
    pub host: String,
    /// Port: 993 where TLS is implicit, else 143.
    #[serde(default)]
    pub port: Option<u16>,
    /// When the channel is secured.
    #[serde(default)]
    pub tls: ClientTls,
    /// The name that its certificate must bear; the host's where absent.
    #[serde(default)]
    pub server_name: Option<String>,
    /// Who vouches for it.
    pub trust: Trust,
    /// The folder.
    #[serde(default = "inbox")]
    pub folder: String,
    /// How users log in.
    #[serde(default)]
    pub auth: ImapAuth,
}

/// How users log in at an IMAP server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImapAuth {
    /// By LOGIN, with a password.
    #[default]
    Login,
    /// By AUTHENTICATE XOAUTH2, the password being a token.
    Xoauth2,
}

/// A POP3 server.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Pop3 {
    /// Host, by name or address.
    pub host: String,
    /// Port: 995 where TLS is implicit, else 110.
    #[serde(default)]
    pub port: Option<u16>,
    /// When the channel is secured.
    #[serde(default)]
    pub tls: ClientTls,
    /// The name that its certificate must bear; the host's where absent.
    #[serde(default)]
    pub server_name: Option<String>,
    /// Who vouches for it.
    pub trust: Trust,
}

/// Where infected messages are kept: one of these.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Store {
    /// In a Maildir on this machine.
    #[serde(default)]
    pub maildir: Option<PathBuf>,
    /// By a program and its arguments, which fetches what is there and prints one line: the path of a Maildir.
    #[serde(default)]
    pub command: Option<Vec<String>>,
}

/// A log in JSON, an object to a line: by a file or by a command. What is there before a play is not of it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Log {
    /// In this file, or in the files of this folder, in the order of their names.
    #[serde(default)]
    pub file: Option<PathBuf>,
    /// By a program and its arguments, which prints the lines, those of before included.
    #[serde(default)]
    pub command: Option<Vec<String>>,
    /// What the facts are called in it.
    #[serde(default)]
    pub fields: LogFields,
    /// What its events are here: `accettazione`, `consegna` and so on, by its own words for them.
    #[serde(default)]
    pub events: BTreeMap<String, String>,
}

/// The keys of a log's objects, by fact; where one is not named, it is called as here. `recipients` and `generated` are lists,
/// or text with commas.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct LogFields {
    /// The client's Message-ID.
    pub msgid: String,
    /// The PEC msgid.
    pub identifier: String,
    /// When: `2026-03-02T09:30:00+01:00`, or seconds since 1970. Must be there.
    pub at: String,
    /// The original message's sender.
    pub sender: String,
    /// Its recipients whom the event concerns.
    pub recipients: String,
    /// Its subject.
    pub subject: String,
    /// What happened. Must be there.
    pub event: String,
    /// Message-IDs of messages that the event generated.
    pub generated: String,
    /// The sending provider.
    pub provider: String,
    /// Outcome or error.
    pub detail: String,
}

impl Default for LogFields {
    fn default() -> Self {
        let [msgid, identifier, at, sender, recipients, subject, event, generated, provider, detail] = [
            "msgid",
            "identifier",
            "at",
            "sender",
            "recipients",
            "subject",
            "event",
            "generated",
            "provider",
            "detail",
        ]
        .map(str::to_owned);
        Self { msgid, identifier, at, sender, recipients, subject, event, generated, provider, detail }
    }
}

fn inbox() -> String {
    "INBOX".to_owned()
}
