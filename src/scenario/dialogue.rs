//! An SMTP session, word for word.

use schemars::JsonSchema;
use serde::Deserialize;

use super::words::{Answers, Mailbox, Place};

/// An SMTP session, word for word. It begins behind the greeting; what follows STARTTLS is said over TLS.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Dialogue {
    /// The name of the message handed over in it, whose Message-ID is then `<name@client.example>`.
    #[serde(default)]
    pub id: Option<String>,
    /// `access-point@sender`, `incoming-point@receiver`.
    pub with: Place,
    /// What is said, in order.
    #[schemars(length(min = 1))]
    pub lines: Vec<Line>,
}

/// Something said in a session, and what must be answered. Where nothing is said, one more answer to what was said before
/// is listened to: `{answer: 250}`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Line {
    /// The words; CRLF is put behind them, and a mailbox in them is written as its address.
    #[serde(default)]
    pub say: Option<String>,
    /// In place of words: this user logs in.
    #[serde(default)]
    pub login: Option<Mailbox>,
    /// The answer's code; without one, none is waited for.
    #[serde(default)]
    pub answer: Option<Answers>,
    /// A keyword that the answer must offer (EHLO).
    #[serde(default)]
    pub offers: Option<String>,
}
