//! A session from the client's end: commands and replies over a channel, secured or not.

use std::time::Duration;

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

use super::{AuthMechanism, Credentials, Patience, Problem, xoauth2};
use crate::{
    evidence::Speaker,
    net::{Reply, Transcript, data::stuffed},
};

/// Bytes of a message written at a time.
const PIECE: usize = 256 << 10;

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
pub(super) enum Channel {
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
pub(super) struct Wire {
    channel: Channel,
    /// Extensions, as bits.
    pub offers: u32,
    transcript: Transcript,
}

impl Wire {
    pub fn over(channel: impl Into<Channel>, transcript: &Transcript) -> Self {
        Self { channel: channel.into(), offers: 0, transcript: transcript.clone() }
    }

    pub fn into_tcp(self) -> Result<SmtpClient<TcpStream>, Problem> {
        match self.channel {
            Channel::Tcp(client) => Ok(client),
            Channel::Tls(_) => Err(Problem::Tls("TLS is active already".into())),
        }
    }

    pub async fn greeting(&mut self) -> Result<(), Problem> {
        let greeting = match &mut self.channel {
            Channel::Tcp(client) => timed(client.timeout, client.read()).await,
            Channel::Tls(client) => timed(client.timeout, client.read()).await,
        }?;
        let reply = self.heard(&greeting);
        if reply.is_positive() { Ok(()) } else { Err(Problem::Refused(reply)) }
    }

    pub async fn ehlo(&mut self, name: &str) -> Result<(), Problem> {
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

    pub async fn login(&mut self, login: &Credentials) -> Result<(), Problem> {
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

    pub fn mail_command(&self, from: &str, message: &[u8]) -> String {
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

    pub async fn command(&mut self, line: &str) -> Result<Reply, Problem> {
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

    pub async fn message(&mut self, message: &[u8], patience: Patience) -> Result<Reply, Problem> {
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

/// What an error comes to.
pub(super) fn problem(error: mail_send::Error) -> Problem {
    match error {
        mail_send::Error::Timeout => Problem::Timeout,
        mail_send::Error::Tls(error) => Problem::Tls(error.to_string()),
        other => Problem::Broken(other.to_string()),
    }
}
