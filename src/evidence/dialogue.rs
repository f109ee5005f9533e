//! SMTP sessions, as seen on the wire.

use serde::{Deserialize, Serialize};

use super::Party;

/// An SMTP session as seen on the wire, secrets taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialogue {
    /// Client.
    pub from: Party,
    /// Server.
    pub to: Party,
    /// Which service of the server.
    pub service: Service,
    /// TLS version once the channel was secured, such as `TLSv1.3`.
    pub tls: Option<String>,
    /// Lines in order, without line ends; message data shown as `<DATA n bytes>`, credentials as `<credentials>`.
    pub lines: Vec<DialogueLine>,
}

/// Which service was spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    /// The access point, STARTTLS (RFC 6409).
    Submission,
    /// The access point, implicit TLS (RFC 8314).
    Submissions,
    /// The incoming point.
    Incoming,
    /// The ordinary mail host.
    Ordinary,
}

/// A line of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialogueLine {
    /// Who said it.
    pub by: Speaker,
    /// Whether the channel was secured by then.
    pub secured: bool,
    /// What.
    pub text: String,
}

/// Who speaks in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Speaker {
    /// The client.
    Client,
    /// The server.
    Server,
}

impl Dialogue {
    /// Whether it ended while its client waited for an answer.
    pub fn is_cut_short(&self) -> bool {
        self.lines.last().is_some_and(|line| line.by == Speaker::Client && !line.text.eq_ignore_ascii_case("QUIT"))
    }
}

impl DialogueLine {
    /// The address that the client names in RCPT TO, as it stands there.
    pub fn recipient(&self) -> Option<&str> {
        let (verb, rest) = self.text.split_once('<')?;
        let is_rcpt = self.by == Speaker::Client && verb.trim_end().eq_ignore_ascii_case("RCPT TO:");
        is_rcpt.then(|| rest.split('>').next().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_is_what_the_client_names_in_rcpt_to_however_it_is_spelt() {
        let said = |by: Speaker, text: &str| DialogueLine { by, secured: true, text: text.to_owned() };
        let named = |text: &str| said(Speaker::Client, text).recipient().map(str::to_owned);
        assert_eq!(named("RCPT TO:<Anna@pec.example> NOTIFY=NEVER").as_deref(), Some("Anna@pec.example"));
        assert_eq!(named("rcpt to: <anna@pec.example>").as_deref(), Some("anna@pec.example"));
        for other in ["MAIL FROM:<anna@pec.example>", "RCPT TO:", "RCPT TO:anna@pec.example", "RSET"] {
            assert_eq!(named(other), None, "{other}");
        }
        assert_eq!(said(Speaker::Server, "RCPT TO:<anna@pec.example>").recipient(), None);
    }
}
