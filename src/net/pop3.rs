//! A POP3 server (RFC 1939, 2449, 2595): users fetch what a mailbox holds, over TLS only.
//!
//! A session is bounded in line length, commands, failed logins and time, as those of SMTP are. What a mailbox holds is its
//! [`Maildrop`]'s matter.

use std::{future::Future, io, io::ErrorKind, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::TlsAcceptor;

use super::{
    data::stuffed,
    lines::{Incoming, Line},
};

/// Octets of a command line, CRLF included (RFC 2449 4).
const LINE: usize = 255;
/// Commands of a session: a client may fetch all of a large mailbox.
const COMMANDS: usize = 1_000_000;
/// Failed logins in a session.
const LOGINS: usize = 3;
/// How long a client may be silent (RFC 1939 3: ten minutes at least).
const IDLE: Duration = Duration::from_mins(10);

/// Where messages are fetched from.
pub trait Maildrop: Send + Sync + 'static {
    /// What the user's mailbox holds, oldest first; `None` where these are no user's credentials.
    fn open(&self, user: &str, password: &str) -> impl Future<Output = Option<Vec<Held>>> + Send;

    /// A message.
    fn read(&self, user: &str, held: &Held) -> impl Future<Output = io::Result<Vec<u8>>> + Send;

    /// Removes messages for good.
    fn remove(&self, user: &str, held: Vec<Held>) -> impl Future<Output = io::Result<()>> + Send;
}

/// A message in a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// What tells it from all others, in every session: at most 70 printable octets (RFC 1939 7).
    pub uid: String,
    /// Its octets.
    pub size: u64,
}

/// A POP3 service.
#[derive(Clone)]
pub struct Pop3 {
    /// Certificate and key.
    pub tls: Arc<rustls::ServerConfig>,
}

/// How a session over one channel ended.
enum Ended {
    StartTls,
    Closed,
}

/// Who is logged in, and what there is.
struct Open {
    user: String,
    messages: Vec<Held>,
    removed: Vec<bool>,
}

struct Conversation<'a, M> {
    maildrop: &'a M,
    tls: bool,
    incoming: Incoming,
    user: Option<String>,
    open: Option<Open>,
    failed_logins: usize,
    commands: usize,
}

impl Pop3 {
    /// One session from the greeting to its end.
    pub async fn serve<M: Maildrop>(&self, maildrop: &M, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut session = Conversation {
            maildrop,
            tls: false,
            incoming: Incoming::default(),
            user: None,
            open: None,
            failed_logins: 0,
            commands: 0,
        };
        say(&mut stream, "+OK POP3").await?;
        if let Ended::StartTls = session.hold(&mut stream).await? {
            let accepted = TlsAcceptor::from(self.tls.clone()).accept(stream);
            let mut stream = tokio::time::timeout(IDLE, accepted).await??;
            // What was said in clear counts no more (RFC 2595 4).
            session.incoming.forget();
            session.user = None;
            session.tls = true;
            session.hold(&mut stream).await?;
        }
        Ok(())
    }
}

impl<M: Maildrop> Conversation<'_, M> {
    async fn hold<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut S) -> io::Result<Ended> {
        while let Some(line) = self.line(stream).await? {
            self.commands += 1;
            if self.commands > COMMANDS {
                break;
            }
            let line = String::from_utf8_lossy(&line).into_owned();
            let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match word.to_ascii_uppercase().as_str() {
                "QUIT" => {
                    self.quit(stream).await?;
                    break;
                }
                "STLS" if !self.tls => {
                    say(stream, "+OK go ahead").await?;
                    return Ok(Ended::StartTls);
                }
                "CAPA" => self.capabilities(stream).await?,
                "NOOP" => say(stream, "+OK").await?,
                "USER" | "PASS" if !self.tls => say(stream, "-ERR not in clear: STLS first").await?,
                "USER" if self.open.is_none() => {
                    self.user = Some(rest.to_owned());
                    say(stream, "+OK").await?;
                }
                "PASS" if self.open.is_none() => {
                    if !self.log_in(stream, rest).await? {
                        break;
                    }
                }
                word => self.transaction(stream, word, rest).await?,
            }
        }
        Ok(Ended::Closed)
    }

    async fn capabilities<S: AsyncWrite + Unpin>(&self, stream: &mut S) -> io::Result<()> {
        let secured = if self.tls { "USER" } else { "STLS" };
        say(stream, &format!("+OK\r\n{secured}\r\nUIDL\r\nRESP-CODES\r\n.")).await
    }

    /// Whether the session goes on.
    async fn log_in<S: AsyncWrite + Unpin>(&mut self, stream: &mut S, password: &str) -> io::Result<bool> {
        let user = self.user.take().unwrap_or_default();
        if let Some(messages) = self.maildrop.open(&user, password).await {
            say(stream, &format!("+OK {} messages", messages.len())).await?;
            let removed = vec![false; messages.len()];
            self.open = Some(Open { user, messages, removed });
            return Ok(true);
        }
        self.failed_logins += 1;
        say(stream, "-ERR [AUTH] no such user, or another password").await?;
        Ok(self.failed_logins < LOGINS)
    }

    /// What is said once somebody is logged in.
    async fn transaction<S: AsyncWrite + Unpin>(&mut self, stream: &mut S, word: &str, rest: &str) -> io::Result<()> {
        let Some(open) = &mut self.open else { return say(stream, "-ERR not now").await };
        let number = rest.trim();
        match word {
            "STAT" => {
                let (count, size) = open.left().fold((0, 0), |(count, size), (_, held)| (count + 1, size + held.size));
                say(stream, &format!("+OK {count} {size}")).await
            }
            "LIST" => listed(stream, open, number, |held| held.size.to_string()).await,
            "UIDL" => listed(stream, open, number, |held| held.uid.clone()).await,
            "RETR" => match open.get(number) {
                Some((_, held)) => match self.maildrop.read(&open.user, held).await {
                    Ok(message) => {
                        say(stream, &format!("+OK {} octets", message.len())).await?;
                        let write = async {
                            for piece in stuffed(&message) {
                                stream.write_all(piece).await?;
                            }
                            stream.flush().await
                        };
                        bounded(write).await
                    }
                    Err(_) => say(stream, "-ERR it is not there any more").await,
                },
                None => say(stream, "-ERR no such message").await,
            },
            "DELE" => match open.get(number).map(|(index, _)| index) {
                Some(index) => {
                    open.removed[index] = true;
                    say(stream, "+OK").await
                }
                None => say(stream, "-ERR no such message").await,
            },
            "RSET" => {
                open.removed.fill(false);
                say(stream, "+OK").await
            }
            _ => say(stream, "-ERR no such command").await,
        }
    }

    /// The end: what was marked is removed, and only then (RFC 1939 6).
    async fn quit<S: AsyncWrite + Unpin>(&mut self, stream: &mut S) -> io::Result<()> {
        if let Some(Open { user, messages, removed }) = self.open.take() {
            let marked = messages.into_iter().zip(removed).filter(|(_, removed)| *removed).map(|(held, _)| held);
            if self.maildrop.remove(&user, marked.collect()).await.is_err() {
                return say(stream, "-ERR some messages could not be removed").await;
            }
        }
        say(stream, "+OK").await
    }

    /// The next line; `None` where the client is gone or says what is no line.
    async fn line<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut S) -> io::Result<Option<Vec<u8>>> {
        loop {
            match self.incoming.line(LINE) {
                Line::Whole(line) => return Ok(Some(line)),
                Line::Partial => {
                    let mut chunk = [0; 1024];
                    match bounded(stream.read(&mut chunk)).await? {
                        0 => return Ok(None),
                        read => self.incoming.push(&chunk[..read]),
                    }
                }
                Line::BareLineEnd | Line::TooLong => {
                    say(stream, "-ERR a line ends with CRLF, within 255 octets").await?;
                    return Ok(None);
                }
            }
        }
    }
}

impl Open {
    /// The message with a number, from 1, unless it is marked.
    fn get(&self, number: &str) -> Option<(usize, &Held)> {
        let index = number.parse::<usize>().ok()?.checked_sub(1)?;
        self.messages.get(index).filter(|_| !self.removed[index]).map(|held| (index, held))
    }

    /// Those that are not marked, with their places from 0.
    fn left(&self) -> impl Iterator<Item = (usize, &Held)> {
        self.messages.iter().enumerate().filter(|(index, _)| !self.removed[*index])
    }
}

async fn listed<S: AsyncWrite + Unpin>(
    stream: &mut S,
    open: &Open,
    number: &str,
    what: impl Fn(&Held) -> String,
) -> io::Result<()> {
    if !number.is_empty() {
        return match open.get(number) {
            Some((index, held)) => say(stream, &format!("+OK {} {}", index + 1, what(held))).await,
            None => say(stream, "-ERR no such message").await,
        };
    }
    let lines: String =
        open.left().fold(String::new(), |lines, (index, held)| lines + &format!("{} {}\r\n", index + 1, what(held)));
    say(stream, &format!("+OK\r\n{lines}.")).await
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, text: &str) -> io::Result<()> {
    let line = format!("{text}\r\n");
    bounded(async {
        stream.write_all(line.as_bytes()).await?;
        stream.flush().await
    })
    .await
}

async fn bounded<T>(io: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(IDLE, io).await.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
}
