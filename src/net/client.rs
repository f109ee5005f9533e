//! An SMTP client for relays and for users, over mail-send's commands: it tells every reply, recipient by recipient, and
//! sends a message byte by byte as it is.

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use mail_send::SmtpClient;
use smtp_proto::{
    EXT_8BIT_MIME, EXT_AUTH, EXT_CHUNKING, EXT_DSN, EXT_ENHANCED_STATUS_CODES, EXT_PIPELINING, EXT_REQUIRE_TLS,
    EXT_SIZE, EXT_SMTP_UTF8, EXT_START_TLS, EhloResponse, Response,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufWriter},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use super::{Calls, Reply, Transcript, data::stuffed};
use crate::evidence::{Service, SmtpPath, Speaker};

/// Bytes of a message written at a time.
const PIECE: usize = 256 << 10;

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
        if destination.security == Security::Implicit {
            let mut wire = secure(tcp).await?;
            wire.greeting().await?;
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
        wire.ehlo(&self.name).await?;
        Ok(wire)
    }
}

/// What the reply to EHLO may offer and is written down, as far as `mail-send` hands it on.
const KEYWORDS: [(u32, &str); 10] = [
    (EXT_8BIT_MIME, "8BITMIME"),
    (EXT_AUTH, "AUTH"),
    (EXT_CHUNKING, "CHUNKING"),
    (EXT_DSN, "DSN"),
    (EXT_ENHANCED_STATUS_CODES, "ENHANCEDSTATUSCODES"),
    (EXT_PIPELINING, "PIPELINING"),
    (EXT_REQUIRE_TLS, "REQUIRETLS"),
    (EXT_SIZE, "SIZE"),
    (EXT_SMTP_UTF8, "SMTPUTF8"),
    (EXT_START_TLS, "STARTTLS"),
];

/// A channel, secured or not.
enum Channel {
    Tcp(SmtpClient<TcpStream>),
    Tls(Box<SmtpClient<tokio_rustls::client::TlsStream<TcpStream>>>),
}

impl From<SmtpClient<TcpStream>> for Channel {
    fn from(client: SmtpClient<TcpStream>) -> Self {
        Self::Tcp(client)
    }
}

impl From<SmtpClient<tokio_rustls::client::TlsStream<TcpStream>>> for Channel {
    fn from(client: SmtpClient<tokio_rustls::client::TlsStream<TcpStream>>) -> Self {
        Self::Tls(Box::new(client))
    }
}

/// A session: a channel, what the host offers, and the transcript.
struct Wire {
    channel: Channel,
    offers: u32,
    transcript: Transcript,
}

impl Wire {
    fn over(channel: impl Into<Channel>, transcript: &Transcript) -> Self {
        Self { channel: channel.into(), offers: 0, transcript: transcript.clone() }
    }

    fn into_tcp(self) -> Result<SmtpClient<TcpStream>, Problem> {
        match self.channel {
            Channel::Tcp(client) => Ok(client),
            Channel::Tls(_) => Err(Problem::Tls("TLS is active already".into())),
        }
    }

    async fn greeting(&mut self) -> Result<(), Problem> {
        let greeting = match &mut self.channel {
            Channel::Tcp(client) => timed(client.timeout, client.read()).await,
            Channel::Tls(client) => timed(client.timeout, client.read()).await,
        }?;
        let reply = self.heard(&greeting);
        if reply.is_positive() { Ok(()) } else { Err(Problem::Refused(reply)) }
    }

    async fn ehlo(&mut self, name: &str) -> Result<(), Problem> {
        self.transcript.say(Speaker::Client, &format!("EHLO {name}"));
        let answer: mail_send::Result<EhloResponse<String>> = match &mut self.channel {
            Channel::Tcp(client) => client.ehlo(name).await,
            Channel::Tls(client) => client.ehlo(name).await,
        };
        match answer {
            Ok(offers) => {
                self.offers = offers.capabilities();
                let keywords =
                    KEYWORDS.iter().filter(|(bit, _)| offers.has_capability(*bit)).map(|(_, keyword)| *keyword);
                let lines: Vec<&str> = std::iter::once(offers.hostname().as_str()).chain(keywords).collect();
                for (index, line) in lines.iter().enumerate() {
                    let more = if index + 1 < lines.len() { '-' } else { ' ' };
                    self.transcript.say(Speaker::Server, &format!("250{more}{line}"));
                }
                Ok(())
            }
            Err(mail_send::Error::UnexpectedReply(reply)) => Err(Problem::Refused(self.heard(&reply))),
            Err(other) => Err(problem(other)),
        }
    }

    async fn login(&mut self, login: &Credentials) -> Result<(), Problem> {
        let encode = |text: &str| BASE64_STANDARD.encode(text);
        let reply = match login.mechanism {
            AuthMechanism::Plain => {
                let both = encode(&format!("\0{}\0{}", login.user, login.password));
                self.say(&format!("AUTH PLAIN {both}"), "AUTH PLAIN <credentials>").await?
            }
            AuthMechanism::XOAuth2 => {
                let token = encode(&xoauth2(&login.user, &login.password));
                let reply = self.say(&format!("AUTH XOAUTH2 {token}"), "AUTH XOAUTH2 <credentials>").await?;
                // What is wrong is told first, and wants an answer.
                if reply.code == 334 { self.command("").await? } else { reply }
            }
            AuthMechanism::Login => {
                let mut reply = self.command("AUTH LOGIN").await?;
                for answer in [&login.user, &login.password] {
                    if reply.code == 334 {
                        reply = self.say(&encode(answer), "<credentials>").await?;
                    }
                }
                reply
            }
        };
        if reply.code == 235 { Ok(()) } else { Err(Problem::Login(reply)) }
    }

    fn mail_command(&self, from: &str, message: &[u8]) -> String {
        let mut command = format!("MAIL FROM:<{from}>");
        if self.offers & EXT_SIZE != 0 {
            command.push_str(" SIZE=");
            command.push_str(&message.len().to_string());
        }
        if self.offers & EXT_8BIT_MIME != 0 && !message.is_ascii() {
            command.push_str(" BODY=8BITMIME");
        }
        command
    }

    async fn command(&mut self, line: &str) -> Result<Reply, Problem> {
        self.say(line, line).await
    }

    /// Sends a line and has its reply; the transcript shows the line as `shown`.
    async fn say(&mut self, line: &str, shown: &str) -> Result<Reply, Problem> {
        self.transcript.say(Speaker::Client, shown);
        let line = format!("{line}\r\n");
        let response = match &mut self.channel {
            Channel::Tcp(client) => client.cmd(&line).await,
            Channel::Tls(client) => client.cmd(&line).await,
        };
        response.map(|response| self.heard(&response)).map_err(problem)
    }

    async fn message(&mut self, message: &[u8], patience: Patience) -> Result<Reply, Problem> {
        self.transcript.say(Speaker::Client, &format!("<DATA {} bytes>", message.len()));
        let response = match &mut self.channel {
            Channel::Tcp(client) => pour(client, message, patience).await,
            Channel::Tls(client) => pour(client, message, patience).await,
        };
        response.map(|response| self.heard(&response))
    }

    fn heard(&self, response: &Response<String>) -> Reply {
        let reply = Reply::new(response.code, response.esc, response.message.trim());
        self.transcript.say(Speaker::Server, &reply.to_string());
        reply
    }
}

/// Writes a message in pieces, each to be taken in time, and reads the reply.
async fn pour<S: AsyncRead + AsyncWrite + Unpin>(
    client: &mut SmtpClient<S>,
    message: &[u8],
    patience: Patience,
) -> Result<Response<String>, Problem> {
    let Patience { command: limit, message: last } = patience;
    let mut wire = BufWriter::with_capacity(PIECE, &mut client.stream);
    for piece in stuffed(message).flat_map(|piece| piece.chunks(PIECE)) {
        timed(limit, async { wire.write_all(piece).await.map_err(mail_send::Error::Io) }).await?;
    }
    timed(limit, async { wire.flush().await.map_err(mail_send::Error::Io) }).await?;
    timed(last, client.read()).await
}

async fn timed<T>(limit: Duration, io: impl Future<Output = mail_send::Result<T>>) -> Result<T, Problem> {
    tokio::time::timeout(limit, io).await.map_err(|_| Problem::Timeout)?.map_err(problem)
}

fn problem(error: mail_send::Error) -> Problem {
    match error {
        mail_send::Error::Timeout => Problem::Timeout,
        mail_send::Error::Tls(error) => Problem::Tls(error.to_string()),
        other => Problem::Broken(other.to_string()),
    }
}
