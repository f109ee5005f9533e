//! States that hosts and their mailboxes can be in: as scenarios give them, and as the reference gateways have them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

/// Whether a mailbox takes messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MailboxState {
    /// It does.
    #[default]
    Enabled,
    /// It exists and is switched off.
    Disabled,
    /// It has no room.
    Full,
}

/// What a mailbox's owner wants of ordinary mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OrdinaryMail {
    /// Delivered in an anomaly envelope.
    #[default]
    Wrap,
    /// Refused in the SMTP session.
    Refuse,
}

/// Whether a gateway sees viruses. Programs that read YAML 1.1 take the bare words for booleans, so these mean the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Antivirus {
    /// It does.
    #[default]
    #[serde(alias = "true")]
    On,
    /// It misses them all.
    #[serde(alias = "false")]
    Off,
}

impl JsonSchema for Antivirus {
    fn schema_name() -> Cow<'static, str> {
        "Antivirus".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let description = "Whether a gateway sees viruses: `on`, or `off`, where it misses them all. An editor that reads \
                           YAML 1.1 takes either word for a boolean.";
        json_schema!({ "enum": ["on", "off", true, false], "description": description })
    }
}

/// Whether an incoming point offers STARTTLS, as the norm demands (RFC 6109 5.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StartTls {
    /// It does.
    #[default]
    Offered,
    /// It does not.
    Withheld,
}

/// What the ordinary mail host does with mail for users it does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownUsers {
    /// Refused in the SMTP session.
    #[default]
    Refuse,
    /// Taken, and answered with a delivery status notification (RFC 3464).
    Bounce,
}
