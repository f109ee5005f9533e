//! A session's bytes: reading lines and data within bounds, writing replies, keeping the transcript.

use std::{
    io::{self, ErrorKind},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::server::TlsStream;

use super::{
    Handler, Manners, Server, Session,
    room::{Room, Storage},
};
use crate::{
    evidence::Speaker,
    net::{
        Call, Reply, Transcript,
        data::{DataReceiver, Ingested},
        lines::{Incoming, Line},
    },
};

/// Why [`Conversation::hold`] came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The client wants TLS and was told to go ahead.
    StartTls,
    /// The session is over.
    Closed,
}

/// What the engine does after a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Go,
    StartTls,
    Close,
}

/// How the secrets of a line are kept out of the transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Secrecy {
    Open,
    Credentials,
}

/// How far a session has come; each stage includes the ones before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Nobody has said anything.
    Connected,
    /// The greeting was sent.
    Welcomed,
    /// EHLO or HELO came.
    Named,
    /// MAIL FROM was accepted.
    InMail,
}

/// One session's state, kept across STARTTLS as far as RFC 3207 4.2 allows.
pub struct Conversation<'a, H> {
    pub(super) server: &'a Server,
    pub(super) handler: &'a H,
    pub(super) session: Session,
    pub(super) stage: Stage,
    pub(super) tls: bool,
    pub(super) failed_logins: usize,
    pub(super) commands: usize,
    /// Bytes that the client says its message has (RFC 1870).
    pub(super) announced: usize,
    storage: &'a Storage,
    incoming: Incoming,
    errors: usize,
}

/// A message that came, and the room that it takes.
pub(super) struct Held {
    pub message: Vec<u8>,
    pub _room: Room,
}

impl<'a, H: Handler> Conversation<'a, H> {
    pub fn new(server: &'a Server, handler: &'a H, call: Call, storage: &'a Storage) -> Self {
        let session = Session {
            call,
            client: String::new(),
            user: None,
            from: String::new(),
            to: Vec::new(),
            transcript: Transcript::new(server.service),
        };
        Self {
            server,
            handler,
            session,
            stage: Stage::Connected,
            tls: false,
            failed_logins: 0,
            commands: 0,
            announced: 0,
            storage,
            incoming: Incoming::default(),
            errors: 0,
        }
    }

    /// Goes on over a channel that was to be secured, where it was.
    pub async fn hold_secured(&mut self, channel: io::Result<TlsStream<TcpStream>>) -> io::Result<()> {
        let mut stream = channel.inspect_err(|error| self.session.transcript.not_secured(&error.to_string()))?;
        self.secured(&stream);
        self.hold(&mut stream).await.map(|_| ())
    }

    /// The channel is secured: what was said before is forgotten (RFC 3207 4.2).
    fn secured(&mut self, stream: &TlsStream<TcpStream>) {
        self.session.transcript.secured(stream.get_ref().1.protocol_version());
        self.incoming.forget();
        self.tls = true;
        self.stage = self.stage.min(Stage::Welcomed);
        self.session.client.clear();
        self.reset();
    }

    /// Talks until the client wants TLS or the session is over.
    pub async fn hold<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut S) -> io::Result<Ended> {
        if self.stage == Stage::Connected {
            self.stage = Stage::Welcomed;
            if let Err(reply) = self.handler.connected(&self.session) {
                return self.reply(stream, &reply).await.map(|()| Ended::Closed);
            }
            let greeting = Reply::bare(220, format!("{} ESMTP", self.server.host));
            self.reply(stream, &greeting).await?;
        }
        loop {
            let Some(line) = self.line(stream, Secrecy::Open).await? else { return Ok(Ended::Closed) };
            self.commands += 1;
            if self.commands > self.server.limits.commands {
                self.reply(stream, &Reply::new(421, [4, 7, 0], "Too many commands, closing")).await?;
                return Ok(Ended::Closed);
            }
            match self.command(stream, &line).await? {
                Next::Go if self.errors <= self.server.limits.errors => {}
                Next::Go => {
                    self.reply(stream, &Reply::new(421, [4, 7, 0], "Too many errors, closing")).await?;
                    return Ok(Ended::Closed);
                }
                Next::StartTls => return Ok(Ended::StartTls),
                Next::Close => return Ok(Ended::Closed),
            }
        }
    }

    /// The next command line; `None` when the client is gone or was sent away.
    pub(super) async fn line<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: &mut S,
        secrecy: Secrecy,
    ) -> io::Result<Option<Vec<u8>>> {
        loop {
            let limit = self.server.limits.line;
            let refusal = match self.incoming.line(limit) {
                Line::Whole(line) => {
                    self.heard(&line, secrecy);
                    return Ok(Some(line));
                }
                Line::Partial => {
                    let mut chunk = [0; 4096];
                    match self.read(stream, &mut chunk).await? {
                        0 => return Ok(None),
                        read => self.incoming.push(&chunk[..read]),
                    }
                    continue;
                }
                Line::BareLineEnd => Reply::new(500, [5, 5, 2], "A line ends with CRLF, and only there"),
                Line::TooLong => Reply::new(500, [5, 5, 2], "Line too long, closing"),
            };
            self.session.transcript.say(Speaker::Client, "<unusable line>");
            self.reply(stream, &refusal).await?;
            if refusal.text.ends_with("closing") || self.errors > self.server.limits.errors {
                return Ok(None);
            }
        }
    }

    /// The message after 354, `None` when the client is gone; the inner `Err` refuses one beyond the limit, or puts off one
    /// that there is no room for.
    pub(super) async fn message<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: &mut S,
    ) -> io::Result<Option<Result<Held, Reply>>> {
        let limit = self.server.limits.message;
        let mut receiver = DataReceiver::new(limit).expecting(self.announced);
        let mut room = self.storage.room();
        let mut put_off = false;
        let mut chunk = self.incoming.take();
        loop {
            let ingested = receiver.ingest(&chunk);
            if !put_off && !room.fits(receiver.kept()) {
                put_off = true;
                receiver.forget();
                room = self.storage.room();
            }
            if let Ingested::Complete(used) = ingested {
                self.incoming.push(&chunk[used..]);
                break;
            }
            // An honest client notices the reply; one that pours on is cut off.
            if receiver.length() > limit.saturating_mul(2).saturating_add(1 << 20) {
                let flood = Reply::new(552, [5, 3, 4], "Message far too large, closing");
                self.reply(stream, &flood).await?;
                return Ok(None);
            }
            chunk.resize(64 << 10, 0);
            let read = self.read(stream, &mut chunk).await?;
            if read == 0 {
                self.session.transcript.say(Speaker::Client, "<gone in the middle of DATA>");
                return Ok(None);
            }
            chunk.truncate(read);
        }
        self.session.transcript.say(Speaker::Client, &format!("<DATA {} bytes>", receiver.length()));
        let too_large = receiver.length() > limit;
        Ok(Some(match receiver.finish() {
            Some(message) if self.server.manners == Manners::Strict && has_bare_line_end(&message) => {
                Err(Reply::new(554, [5, 6, 0], "A line ends with CRLF, and only there"))
            }
            Some(message) => Ok(Held { message, _room: room }),
            None if too_large => Err(Reply::new(552, [5, 3, 4], "Message too large")),
            None => Err(Reply::new(452, [4, 3, 1], "No room for the message now, try again later")),
        }))
    }

    /// Answers a command.
    pub(super) async fn reply<S: AsyncWrite + Unpin>(&mut self, stream: &mut S, reply: &Reply) -> io::Result<()> {
        if reply.code >= 400 {
            self.errors += 1;
        }
        self.say(stream, &[reply.to_string()]).await
    }

    /// Writes the lines of a reply, transcript first: who has seen a reply can rely on it being there.
    pub(super) async fn say<S: AsyncWrite + Unpin>(&mut self, stream: &mut S, lines: &[String]) -> io::Result<()> {
        let mut wire = String::new();
        for line in lines {
            self.session.transcript.say(Speaker::Server, line);
            wire.push_str(line);
            wire.push_str("\r\n");
        }
        let write = async {
            stream.write_all(wire.as_bytes()).await?;
            stream.flush().await
        };
        bounded(self.server.limits.idle, write).await
    }

    /// Whether the client said more than was answered yet.
    pub(super) fn has_more(&self) -> bool {
        !self.incoming.is_empty()
    }

    /// Forgets the mail transaction.
    pub(super) fn reset(&mut self) {
        self.stage = self.stage.min(Stage::Named);
        self.announced = 0;
        self.session.from.clear();
        self.session.to.clear();
    }

    async fn read<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut S, chunk: &mut [u8]) -> io::Result<usize> {
        let read = bounded(self.server.limits.idle, stream.read(chunk)).await;
        if read.as_ref().is_err_and(|error| error.kind() == ErrorKind::TimedOut) {
            let _ = self.reply(stream, &Reply::new(421, [4, 4, 2], "Idle for too long, closing")).await;
        }
        read
    }

    fn heard(&self, line: &[u8], secrecy: Secrecy) {
        let text = String::from_utf8_lossy(line);
        let mut words = text.split_ascii_whitespace();
        let shown = match (secrecy, words.next(), words.next(), words.next()) {
            (Secrecy::Credentials, ..) => "<credentials>".to_owned(),
            (_, Some(auth), Some(mechanism), Some(_)) if auth.eq_ignore_ascii_case("AUTH") => {
                format!("AUTH {mechanism} <credentials>")
            }
            _ => text.into_owned(),
        };
        self.session.transcript.say(Speaker::Client, &shown);
    }
}

async fn bounded<T>(limit: Duration, io: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(limit, io).await.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
}

/// A carriage return or line feed without the other (RFC 5321 2.3.8).
fn has_bare_line_end(message: &[u8]) -> bool {
    memchr::memchr2_iter(b'\r', b'\n', message).any(|at| match message[at] {
        b'\r' => message.get(at + 1) != Some(&b'\n'),
        _ => at == 0 || message[at - 1] != b'\r',
    })
}
