//! An SMTP client for relays and for users, over mail-send's commands: it tells every reply, recipient by recipient, and
//! sends a message byte by byte as it is.

mod wire;

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use mail_send::SmtpClient;
use smtp_proto::{EXT_8BIT_MIME, EXT_START_TLS};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use self::wire::{Wire, problem};
use super::{Calls, Reply, Transcript};
use crate::evidence::{Service, SmtpPath};

/// Whom to talk to.
#[derive(Clone, Debug)]
pub struct Destination {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its name, which its TLS certificate must bear.
    pub host: String,
    /// Which service it is.
    pub service: Service,
    /// How the channel is secured.
    pub security: Security,
    /// How it is met, where it is of another house.
    pub trust: Option<Foreign>,
}

/// How a host of another house is met, whose certificates others vouch for.
#[derive(Clone, Debug)]
pub struct Foreign {
    /// Whom the client trusts there.
    pub tls: Arc<rustls::ClientConfig>,
    /// How hosts log in there, where they must.
    pub login: Option<Credentials>,
}

impl Destination {
    /// Whether it is of another house.
    pub fn is_foreign(&self) -> bool {
        self.trust.is_some()
    }

    /// How hosts log in there, where they must.
    fn login(&self) -> Option<&Credentials> {
        self.trust.as_ref()?.login.as_ref()
    }
}

/// How a channel is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all.
    Plain,
    /// By STARTTLS where it is offered: ordinary mail.
    WhenOffered,
    /// By STARTTLS, or nothing is sent: between PEC providers (RFC 6109 5.3), and submission.
    StartTls,
    /// From the first byte (RFC 8314).
    Implicit,
}

/// How to log in.
#[derive(Clone)]
pub struct Credentials {
    /// User.
    pub user: String,
    /// Password.
    pub password: String,
    /// Which mechanism, whatever else is offered.
    pub mechanism: AuthMechanism,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// SASL mechanisms a gateway offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMechanism {
    /// RFC 4616.
    Plain,
    /// The older one that clients still use.
    Login,
    /// A token in the password's place: what large providers ask of users' programs.
    XOAuth2,
}

/// What is said by XOAUTH2, before it is encoded.
pub(super) fn xoauth2(user: &str, token: &str) -> String {
    format!("user={user}\u{1}auth=Bearer {token}\u{1}\u{1}")
}

/// What a client says of itself, and how patient it is.
#[derive(Clone)]
pub struct Client {
    /// Its name, for EHLO.
    pub name: String,
    /// Whom it trusts.
    pub tls: Arc<rustls::ClientConfig>,
    /// How long it waits.
    pub patience: Patience,
    /// Where it enters the connections it makes, if somebody wants to know.
    pub calls: Option<Calls>,
}

/// How long a client waits, in real time; where nothing else is known, as long as RFC 5321 4.5.3.2 asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a connection, the greeting, the reply to a command, and bytes to be taken.
    pub command: Duration,
    /// For the reply to a message, which the host first has to look into.
    pub message: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { command: Duration::from_mins(5), message: Duration::from_mins(10) }
    }
}

/// The replies to one transaction.
#[derive(Clone, Debug)]
pub struct Sent {
    /// To MAIL FROM.
    pub mail: Reply,
    /// To RCPT TO, in the order given; fewer than given only where MAIL FROM was refused.
    pub recipients: Vec<RecipientReply>,
    /// To the message; `None` where nobody was left to send it to.
    pub data: Option<Reply>,
    /// What was said.
    pub transcript: Transcript,
}

impl Sent {
    /// Whether some recipient, or all of them with the message, may be tried again later (RFC 5321 4.2.1).
    pub fn is_put_off(&self) -> bool {
        let replies = [&self.mail].into_iter().chain(self.recipients.iter().map(|one| &one.reply)).chain(&self.data);
        replies.into_iter().any(|reply| reply.code / 100 == 4)
    }
}

/// A recipient's reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientReply {
    /// As given.
    pub recipient: String,
    /// The reply.
    pub reply: Reply,
}

/// Why there was no transaction, or not a whole one.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct ClientError {
    /// What went wrong.
    pub problem: Problem,
    /// What was said until then.
    pub transcript: Transcript,
}

/// What can go wrong before a message is taken over.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// An address that SMTP cannot carry; nothing was said.
    #[error("not an address: {0}")]
    Address(String),
    /// No connection.
    #[error("no connection: {0}")]
    Connect(std::io::Error),
    /// The channel could not be secured.
    #[error("the channel could not be secured: {0}")]
    Tls(String),
    /// STARTTLS is demanded and not offered.
    #[error("STARTTLS is not offered")]
    NoStartTls,
    /// The message has 8-bit bytes and 8BITMIME is not offered (RFC 6152 3); nothing was sent.
    #[error("8BITMIME is not offered, and the message needs it")]
    EightBit,
    /// The host turned the client away: greeting, EHLO or STARTTLS.
    #[error("turned away: {0}")]
    Refused(Reply),
    /// The host does not let the user in.
    #[error("login refused: {0}")]
    Login(Reply),
    /// The session broke off.
    #[error("the session broke off: {0}")]
    Broken(String),
    /// The host did not answer in time.
    #[error("no answer in time")]
    Timeout,
}

impl Sent {
    /// Whether every recipient has the message.
    pub fn is_complete(&self) -> bool {
        self.data.as_ref().is_some_and(Reply::is_positive) && self.recipients.iter().all(|r| r.reply.is_positive())
    }
}

impl Client {
    /// One session with one transaction. Replies that refuse are an answer, not an error.
    pub async fn send(
        &self,
        destination: &Destination,
        login: Option<&Credentials>,
        path: &SmtpPath,
        message: &[u8],
    ) -> Result<Sent, ClientError> {
        let transcript = Transcript::new(destination.service);
        transcript.named(&self.name);
        match self.transact(destination, login, path, message, &transcript).await {
            Ok((mail, recipients, data)) => Ok(Sent { mail, recipients, data, transcript }),
            Err(problem) => Err(ClientError { problem, transcript }),
        }
    }

    /// Connects, secures the channel as it would be for a message, and leaves: what was heard until then.
    pub async fn greet(
        &self,
        destination: &Destination,
        login: Option<&Credentials>,
    ) -> Result<Transcript, ClientError> {
        let transcript = Transcript::new(destination.service);
        transcript.named(&self.name);
        let greeting = async {
            let mut wire = self.connect(destination, &transcript).await?;
            if let Some(login) = login.or(destination.login()) {
                wire.login(login).await?;
            }
            let _ = wire.command("QUIT").await;
            Ok(())
        };
        match greeting.await {
            Ok(()) => Ok(transcript),
            Err(problem) => Err(ClientError { problem, transcript }),
        }
    }

    /// Whom it trusts at a destination.
    pub(super) fn trusted_at(&self, destination: &Destination) -> Arc<rustls::ClientConfig> {
        destination.trust.as_ref().map_or(&self.tls, |foreign| &foreign.tls).clone()
    }

    async fn transact(
        &self,
        destination: &Destination,
        login: Option<&Credentials>,
        path: &SmtpPath,
        message: &[u8],
        transcript: &Transcript,
    ) -> Result<(Reply, Vec<RecipientReply>, Option<Reply>), Problem> {
        // A path that does not fit between angle brackets could say more than an address.
        let unfit = |address: &&String| !address.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>');
        if let Some(address) = std::iter::once(&path.from).chain(&path.to).find(unfit) {
            return Err(Problem::Address(address.escape_debug().to_string()));
        }
        let mut wire = self.connect(destination, transcript).await?;
        if let Some(login) = login.or(destination.login()) {
            wire.login(login).await?;
        }
        if wire.offers & EXT_8BIT_MIME == 0 && !message.is_ascii() {
            let _ = wire.command("QUIT").await;
            return Err(Problem::EightBit);
        }
        let mail = wire.command(&wire.mail_command(&path.from, message)).await?;
        let mut recipients = Vec::new();
        if mail.is_positive() {
            for recipient in &path.to {
                let reply = wire.command(&format!("RCPT TO:<{recipient}>")).await?;
                recipients.push(RecipientReply { recipient: recipient.clone(), reply });
            }
        }
        let mut data = None;
        if recipients.iter().any(|recipient| recipient.reply.is_positive()) {
            let go = wire.command("DATA").await?;
            data = Some(if go.code == 354 { wire.message(message, self.patience).await? } else { go });
        }
        // The outcome stands; how the session ends changes nothing.
        let _ = wire.command("QUIT").await;
        Ok((mail, recipients, data))
    }

    async fn connect(&self, destination: &Destination, transcript: &Transcript) -> Result<Wire, Problem> {
        let tcp =
            SmtpClient::connect(destination.address, self.patience.command).await.map_err(|error| match error {
                mail_send::Error::Io(error) => Problem::Connect(error),
                mail_send::Error::Timeout => Problem::Connect(std::io::ErrorKind::TimedOut.into()),
                other => problem(other),
            })?;
        if let Some(calls) = &self.calls {
            calls.enter(&tcp.stream).map_err(Problem::Connect)?;
        }
        tcp.stream.set_nodelay(true).map_err(Problem::Connect)?;
        let connector = TlsConnector::from(self.trusted_at(destination));
        let secure = async |tcp: SmtpClient<TcpStream>| {
            let tls = tcp.into_tls(&connector, &destination.host).await.map_err(|error| {
                let why = match error {
                    mail_send::Error::Timeout => "no answer in time".to_owned(),
                    other => other.to_string(),
                };
                transcript.not_secured(&why);
                Problem::Tls(why)
            })?;
            transcript.secured(tls.tls_connection().protocol_version());
            Ok::<_, Problem>(Wire::over(tls, transcript))
        };
        // In TLS 1.3 a server that wants the client's certificate ends the session where it should speak first, with an alert or
        // without.
        let unsecured = |problem: Problem| match problem {
            Problem::Tls(why) | Problem::Broken(why) => {
                transcript.not_secured(&why);
                Problem::Tls(why)
            }
            other => other,
        };
        if destination.security == Security::Implicit {
            let mut wire = secure(tcp).await?;
            wire.greeting().await.map_err(unsecured)?;
            wire.ehlo(&self.name).await?;
            return Ok(wire);
        }
        let mut wire = Wire::over(tcp, transcript);
        wire.greeting().await?;
        wire.ehlo(&self.name).await?;
        let wanted = match destination.security {
            Security::Plain => false,
            Security::WhenOffered => wire.offers & EXT_START_TLS != 0,
            Security::StartTls if wire.offers & EXT_START_TLS == 0 => return Err(Problem::NoStartTls),
            Security::StartTls | Security::Implicit => true,
        };
        if !wanted {
            return Ok(wire);
        }
        let go = wire.command("STARTTLS").await?;
        match destination.security {
            _ if go.is_positive() => {}
            // Who may go on in clear does (RFC 3207 4).
            Security::WhenOffered => return Ok(wire),
            _ => return Err(Problem::Refused(go)),
        }
        let mut wire = secure(wire.into_tcp()?).await?;
        wire.ehlo(&self.name).await.map_err(unsecured)?;
        Ok(wire)
    }
}
