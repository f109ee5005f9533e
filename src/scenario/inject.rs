//! What the harness itself puts on the wire between gateways, in a provider's place.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    send::Send,
    words::{LegalInstant, Mailbox},
};
use crate::{evidence::Role, fault::Edit, message::Kind};

/// A message that the harness composes and signs in a provider's place: an `envelope` or a `notification`, and what is
/// wrong or rare about it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Inject {
    /// A transport envelope of the sender's provider: the message that a user of it would have sent; its `id` names the
    /// envelope. It goes to the incoming point of its recipients' provider.
    #[serde(default)]
    pub envelope: Option<Send>,
    /// A notification; it goes to the incoming point of the provider of whoever sent the message it speaks of.
    #[serde(default)]
    pub notification: Option<Notification>,
    /// What is wrong with it. Signed again where the edit lies inside the signature; `sign-with` names a certificate of
    /// the test PKI, one of the provider's own defective ones (`expired`, `revoked`) or another provider's (`esterna`).
    #[serde(default)]
    pub edit: Option<Edit>,
    /// In how many SMTP transactions it crosses.
    #[serde(default)]
    pub transactions: Transactions,
    /// The instant that it claims everywhere: Date, daticert.xml, text, signing time. Now where absent.
    #[serde(default)]
    pub claims: Option<LegalInstant>,
    /// How often it is put on the wire, byte for byte the same.
    #[serde(default = "once")]
    #[schemars(range(min = 1, max = 9))]
    pub times: u8,
    /// How it is signed: not wrong, only rare.
    #[serde(default)]
    #[schemars(with = "Option<Manner>")]
    pub signed: Manner,
}

/// In how many SMTP transactions a message crosses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Transactions {
    /// In one, with every recipient.
    #[default]
    One,
    /// In one for each recipient, byte for byte the same.
    OneEach,
}

fn once() -> u8 {
    1
}

/// A notification that the harness composes in a provider's place.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Notification {
    /// Its name in this scenario.
    pub id: String,
    /// What it is.
    pub kind: Notice,
    /// In whose place.
    pub by: Provider,
    /// The message sent before that it speaks of. Without one it speaks of a message that nobody ever sent.
    #[serde(default)]
    pub about: Option<String>,
    /// Who would have sent the message that nobody ever sent.
    #[serde(default)]
    pub from: Option<Mailbox>,
    /// The recipient it speaks of.
    #[serde(rename = "for")]
    pub recipient: Mailbox,
}

/// The notifications that cross a wire between providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Notice {
    /// Server-server acceptance, to the service mailbox.
    PresaInCarico,
    /// Complete delivery, to the user.
    AvvenutaConsegna,
    /// Non-delivery, to the user.
    ErroreConsegna,
    /// Virus detection, to the service mailbox.
    RilevazioneVirus,
}

/// Who composes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Provider {
    /// The sender's provider.
    Sender,
    /// The receiver's provider.
    Receiver,
    /// The other receiving provider.
    SecondReceiver,
    /// One that plays no part, in the directory like the others.
    Bystander,
}

/// How a message is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Manner {
    /// With which digest; SHA-256 where absent.
    #[serde(default)]
    pub digest: Option<Digest>,
    /// In which encoding; as the provider does where absent.
    #[serde(default)]
    pub encoding: Option<Encoding>,
}

/// A message digest of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Digest {
    /// SHA-1, of the content and of the signed attributes alike.
    #[serde(rename = "sha-1")]
    Sha1,
}

/// An encoding of the CMS structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// Definite lengths.
    Der,
    /// Indefinite lengths.
    Ber,
}

impl Inject {
    /// Its name in the scenario.
    pub fn id(&self) -> &str {
        let notification = self.notification.as_ref().map(|notification| notification.id.as_str());
        self.envelope.as_ref().map(|envelope| envelope.id.as_str()).or(notification).unwrap_or_default()
    }

    /// Whose recipients it is about.
    pub fn recipients(&self) -> Vec<&Mailbox> {
        let envelope = self.envelope.iter().flat_map(Send::recipients);
        envelope.chain(self.notification.iter().map(|notification| &notification.recipient)).collect()
    }
}

impl Provider {
    /// The role that it plays; `None` of the bystander, which only the harness plays.
    pub fn role(self) -> Option<Role> {
        match self {
            Provider::Sender => Some(Role::Sender),
            Provider::Receiver => Some(Role::Receiver),
            Provider::SecondReceiver => Some(Role::SecondReceiver),
            Provider::Bystander => None,
        }
    }
}

impl Notice {
    /// The kind.
    pub fn kind(self) -> Kind {
        match self {
            Notice::PresaInCarico => Kind::PresaInCarico,
            Notice::AvvenutaConsegna => Kind::AvvenutaConsegna,
            Notice::ErroreConsegna => Kind::ErroreConsegna,
            Notice::RilevazioneVirus => Kind::RilevazioneVirus,
        }
    }

    /// Whether it is for the provider's service mailbox and not for the user (RFC 6109 2.2.5).
    pub fn is_for_provider(self) -> bool {
        matches!(self, Notice::PresaInCarico | Notice::RilevazioneVirus)
    }
}

impl From<Role> for Provider {
    fn from(role: Role) -> Self {
        match role {
            Role::Sender => Provider::Sender,
            Role::Receiver => Provider::Receiver,
            Role::SecondReceiver => Provider::SecondReceiver,
        }
    }
}
