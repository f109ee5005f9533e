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

/// What a client said and how it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange<'a> {
    /// The command as it was said, or `<DATA n bytes>`.
    pub command: &'a str,
    /// Whether the channel was secured by then.
    pub secured: bool,
    /// The lines of the reply; none where there was no answer.
    pub reply: Vec<&'a str>,
}

impl Exchange<'_> {
    /// Whether the command begins so.
    pub fn is(&self, verb: &str) -> bool {
        self.command.get(..verb.len()).is_some_and(|start| start.eq_ignore_ascii_case(verb))
    }

    /// The address that it names in RCPT TO, as it stands there.
    pub fn recipient(&self) -> Option<&str> {
        named_in_rcpt(self.command)
    }

    /// Whether the reply to EHLO offers this, with parameters or without.
    pub fn offers(&self, keyword: &str) -> bool {
        offers(self.reply.iter().copied(), keyword)
    }

    /// Whether it was done as asked (2xx).
    pub fn granted(&self) -> bool {
        self.replied('2')
    }

    /// Whether the reply is of this class: the first digit of its code.
    pub fn replied(&self, class: char) -> bool {
        self.reply.last().is_some_and(|line| line.starts_with(class))
    }
}

impl Dialogue {
    /// Commands with their replies, in order; a pipelining client's replies come later in the same order (RFC 2920).
    pub fn exchanges(&self) -> Vec<Exchange<'_>> {
        let mut exchanges: Vec<Exchange<'_>> = Vec::new();
        let mut waiting = 0;
        for line in &self.lines {
            match line.by {
                Speaker::Client => {
                    exchanges.push(Exchange { command: &line.text, secured: line.secured, reply: Vec::new() });
                }
                Speaker::Server => {
                    // What comes before the first command is the greeting.
                    let Some(exchange) = exchanges.get_mut(waiting) else { continue };
                    exchange.reply.push(&line.text);
                    if line.text.as_bytes().get(3) != Some(&b'-') {
                        waiting += 1;
                    }
                }
            }
        }
        exchanges
    }

    /// Whether its client left once the channel was secured, having heard of no 8BITMIME: what it has needs that (RFC 6152 3).
    pub fn lacks_8bitmime(&self) -> bool {
        let said = self.exchanges();
        let greeting = said.iter().rfind(|said| said.is("EHLO") && said.granted());
        self.tls.is_some()
            && !said.iter().any(|said| said.is("MAIL"))
            && greeting.is_some_and(|greeting| !greeting.offers("8BITMIME"))
    }

    /// Whether it ended while its client waited for an answer.
    pub fn is_cut_short(&self) -> bool {
        self.lines.last().is_some_and(|line| line.by == Speaker::Client && !line.text.eq_ignore_ascii_case("QUIT"))
    }
}

impl DialogueLine {
    /// The address that the client names in RCPT TO, as it stands there.
    pub fn recipient(&self) -> Option<&str> {
        named_in_rcpt(&self.text).filter(|_| self.by == Speaker::Client)
    }

    /// Whether the server says it in a reply of this class: the first digit of its code.
    pub fn replies(&self, class: char) -> bool {
        self.by == Speaker::Server && self.text.starts_with(class)
    }
}

/// Whether a line of a reply to EHLO, whose first names the host, is this keyword (RFC 5321 4.1.1.1).
pub fn offers<'a>(reply: impl IntoIterator<Item = &'a str>, keyword: &str) -> bool {
    reply.into_iter().skip(1).any(|line| {
        let mut words = line.get(4..).unwrap_or_default().split_ascii_whitespace();
        words.next().is_some_and(|offered| offered.eq_ignore_ascii_case(keyword))
    })
}

/// The address that a command names in RCPT TO, as it stands there.
pub fn named_in_rcpt(command: &str) -> Option<&str> {
    let (verb, rest) = command.split_once('<')?;
    let is_rcpt = verb.trim_end().eq_ignore_ascii_case("RCPT TO:");
    is_rcpt.then(|| rest.split('>').next().unwrap_or_default())
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

    #[test]
    fn whoever_leaves_a_secured_session_without_8bitmime_lacks_it() {
        let session = |tls: Option<&str>, lines: &[&str]| {
            let line = |text: &&str| {
                let by =
                    if text.starts_with("250") || text.starts_with("220") { Speaker::Server } else { Speaker::Client };
                DialogueLine { by, secured: tls.is_some(), text: (*text).to_owned() }
            };
            let lines = lines.iter().map(line).collect();
            let (from, to) = (Party::Sender, Party::Receiver);
            Dialogue { from, to, service: Service::Incoming, tls: tls.map(str::to_owned), lines }
        };
        let tls = Some("TLSv1.3");
        let narrow = ["220 mx", "EHLO a", "250-mx", "250 SIZE 1000", "QUIT"];
        assert!(session(tls, &narrow).lacks_8bitmime());
        assert!(!session(None, &narrow).lacks_8bitmime(), "it left for want of TLS");
        assert!(!session(tls, &["220 mx", "EHLO a", "250-mx", "250 8bitmime", "QUIT"]).lacks_8bitmime());
        assert!(!session(tls, &["220 mx", "EHLO a", "250-mx", "250 SIZE", "MAIL FROM:<>"]).lacks_8bitmime());
        assert!(!session(tls, &["220 mx"]).lacks_8bitmime(), "nothing was offered yet");
    }
}
