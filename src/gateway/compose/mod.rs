//! Composing system-generated messages, byte by byte (RFC 6109 3, 4.3), in a provider's dialect. Making only.

mod body;
mod brief;
mod daticert;
mod dialect;
mod envelope;
mod fields;
mod hash_file;
mod header;
mod notification;
pub mod original;
mod params;
#[cfg(test)]
mod tests;
mod text;
mod transfer;
mod words;

pub use dialect::Dialect;

use serde::{Deserialize, Serialize};

use crate::{clock::LegalTime, smime::Signer};

/// What a submission certifies; every message about it repeats it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certified {
    /// The sender: the reverse path (2.1).
    pub sender: String,
    /// Every recipient of the submission, once each, in the order of RCPT TO.
    pub recipients: Vec<Recipient>,
    /// The original Subject's value as sent: unfolded bytes, encoded words included; empty where there is none.
    pub subject_raw: Vec<u8>,
    /// The original Subject decoded; `None` where the original has no such field.
    pub subject: Option<String>,
    /// The original Reply-To's address, or the sender.
    pub reply_to: String,
    /// The PEC msgid, without angle brackets.
    pub identifier: String,
    /// The client's msgid, with its angle brackets.
    pub msgid: Option<String>,
    /// The form of delivery receipt asked for.
    pub receipt: ReceiptForm,
}

/// A recipient and what the directory says of its domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// `local@domain`, as in RCPT TO.
    pub address: String,
    /// Its domain's typology.
    pub typology: Typology,
}

/// Whether a domain belongs to the PEC network (2.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Typology {
    /// Managed by a provider: `certificato`.
    Certified,
    /// Any other: `esterno`.
    External,
}

/// The forms of a delivery receipt (3.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ReceiptForm {
    /// `completa`, the default.
    #[default]
    Complete,
    /// `breve`.
    Brief,
    /// `sintetica`.
    Concise,
}

/// A notification's own matter, beyond what is certified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice<'a> {
    /// 3.1.4.
    Acceptance,
    /// 3.1.2.
    NonAcceptance {
        /// Readable reason.
        reason: &'a str,
    },
    /// 3.1.3.
    NonAcceptanceVirus {
        /// Name of what was detected.
        virus: &'a str,
    },
    /// 3.2.1.
    ServerAcceptance {
        /// The recipients of this SMTP transaction.
        taken: &'a [String],
        /// The sending provider's service mailbox.
        to: &'a str,
    },
    /// 3.3.2.
    Delivery {
        /// For whom.
        recipient: &'a str,
        /// The form actually given: concise for a Cc recipient.
        form: ReceiptForm,
        /// The original message as found in the envelope.
        original: &'a [u8],
    },
    /// 3.3.3, and what the sender's provider tells of unknown domains and refused recipients.
    NonDelivery {
        /// For whom.
        recipient: &'a str,
        /// Why.
        error: DeliveryError<'a>,
    },
    /// 3.2.4.
    VirusNonDelivery {
        /// For whom.
        recipient: &'a str,
        /// Name of what the receiver detected.
        virus: &'a str,
    },
    /// 3.1.6.
    Timeout {
        /// For whom.
        recipient: &'a str,
        /// Which of the two.
        deadline: Deadline,
    },
    /// 3.2.3.
    VirusDetection {
        /// For whom.
        recipient: &'a str,
        /// Name of what was detected.
        virus: &'a str,
        /// The sending provider's service mailbox.
        to: &'a str,
    },
}

/// Why a message was not delivered, in the form of Nota 12.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryError<'a> {
    /// The attribute `errore`: `no-dest`, `no-dominio` or `altro`.
    pub errore: &'static str,
    /// RFC 3463 class 5 code.
    pub code: &'a str,
    /// Readable description.
    pub description: &'a str,
}

/// Which timeout (3.1.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// 12 hours.
    Twelve,
    /// 24 hours.
    TwentyFour,
}

/// Composes a provider's messages: its identity, dialect and signing key.
#[derive(Clone, Debug)]
pub struct Composer {
    /// `providerName`.
    pub provider: String,
    /// The address of From, which is that of the signing certificate (2.1).
    pub address: String,
    /// How this provider writes.
    pub dialect: Dialect,
    /// Key and certificate.
    pub signer: Signer,
}

impl ReceiptForm {
    /// The word of `X-TipoRicevuta` and of `ricevuta/@tipo`.
    pub fn word(self) -> &'static str {
        match self {
            ReceiptForm::Complete => "completa",
            ReceiptForm::Brief => "breve",
            ReceiptForm::Concise => "sintetica",
        }
    }
}

impl Composer {
    /// A signed notification, its own Message-ID given without angle brackets.
    pub fn notification(&self, about: &Certified, notice: &Notice<'_>, message_id: &str, at: &LegalTime) -> Vec<u8> {
        notification::compose(self, about, notice, message_id, at)
    }

    /// The transport envelope around `original`, which already carries the PEC msgid (3.1.5): see [`original::admit`].
    pub fn transport_envelope(&self, about: &Certified, original: &[u8], at: &LegalTime) -> Vec<u8> {
        envelope::transport(self, about, original, at)
    }

    /// The anomaly envelope around what came in (3.2.2); `error` says concisely why.
    pub fn anomaly_envelope(
        &self,
        received: &[u8],
        sender: &str,
        recipients: &[String],
        error: &str,
        at: &LegalTime,
    ) -> Vec<u8> {
        envelope::anomaly(self, received, sender, recipients, error, at)
    }
}
