//! The forms of a delivery receipt.

use schemars::JsonSchema;
use serde::Deserialize;

/// The form of a delivery receipt (RFC 6109 3.3.2), as asked for in X-TipoRicevuta.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Receipt {
    /// With the original message.
    Completa,
    /// With the original message, attachments as hashes.
    Breve,
    /// Without the original message.
    Sintetica,
}

impl Receipt {
    /// The word of X-TipoRicevuta.
    pub fn word(self) -> &'static str {
        match self {
            Receipt::Completa => "completa",
            Receipt::Breve => "breve",
            Receipt::Sintetica => "sintetica",
        }
    }
}
