//! A client that says word for word what it is told to, right or wrong, and tells what it hears.

use std::time::Duration;

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use super::{Client, Destination, Problem, Security, Transcript};
use crate::evidence::Speaker;

/// Most bytes of a reply.
const REPLY: usize = 64 << 10;

/// Something said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// The bytes, line ends included; none where only one more reply is waited for.
    pub bytes: Vec<u8>,
    /// What is written down of them, where they hold a secret.
    pub shown: Option<&'static str>,
    /// Whether a reply is waited for.
    pub listens: bool,
}

/// What was heard in reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The lines of one reply.
    Reply(Vec<String>),
    /// The server closed the connection.
    Closed,
    /// Neither came in time.
    Nothing,
}

impl Client {
    /// Says everything in order, on a connection that is not secured until STARTTLS is said and answered by 220, unless TLS is
    /// implicit there; what was heard to each where it listens. `Err` where there is no connection, no welcome or no answer.
    /// What was said on either side stands in `transcript` then.
    pub async fn talk(
        &self,
        destination: &Destination,
        script: &[Spoken],
        transcript: &Transcript,
    ) -> Result<Vec<Option<Heard>>, Problem> {
        let connect = async {
            let stream = TcpStream::connect(destination.address).await.map_err(Problem::Connect)?;
            if let Some(calls) = &self.calls {
                calls.enter(&stream).map_err(Problem::Connect)?;
            }
            Ok(stream)
        };
        let stream = match within(self.patience.command, connect).await {
            Err(Problem::Timeout) => return Err(Problem::Connect(std::io::ErrorKind::TimedOut.into())),
            stream => stream?,
        };
        let mut line =
            Line { stream: Stream::Tcp(stream), came: Vec::new(), transcript: transcript.clone(), data: None };
        if destination.security == Security::Implicit {
            line = line.secured(self, destination).await?;
        }
        match line.reply(self.patience.command).await? {
            Heard::Reply(lines) if lines.last().is_some_and(|last| last.starts_with('2')) => {}
            other => return Err(Problem::Broken(format!("no welcome: {other:?}"))),
        }
        let mut heard = Vec::new();
        for spoken in script {
            if line.say(spoken, self.patience.command).await.is_err() {
                // A server may hang up on what it does not like, while it is still being said.
                heard.push(spoken.listens.then_some(Heard::Closed));
                continue;
            }
            if !spoken.listens {
                heard.push(None);
                continue;
            }
            let reply = match line.reply(self.patience.command).await {
                Err(Problem::Timeout) => {
                    // Who is silent now is not waited for again at every line.
                    let rest = script[heard.len()..].iter();
                    heard.extend(rest.map(|spoken| spoken.listens.then_some(Heard::Nothing)));
                    break;
                }
                reply => reply?,
            };
            let go = matches!(&reply, Heard::Reply(lines) if lines.last().is_some_and(|last| last.starts_with("220")));
            if go && spoken.bytes.get(..8).is_some_and(|verb| verb.eq_ignore_ascii_case(b"STARTTLS")) {
                line = line.secured(self, destination).await?;
            }
            heard.push(Some(reply));
        }
        Ok(heard)
    }
}

/// A connection with what came and was not yet read.
struct Line {
    stream: Stream,
    came: Vec<u8>,
    transcript: Transcript,
    /// Octets of the message that is being said, from the go-ahead to the lone dot.
    data: Option<usize>,
}

enum Stream {
    Tcp(TcpStream),
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

impl Line {
    async fn say(&mut self, spoken: &Spoken, limit: Duration) -> Result<(), Problem> {
        self.write_down(spoken);
        match &mut self.stream {
            Stream::Tcp(stream) => write(stream, &spoken.bytes, limit).await,
            Stream::Tls(stream) => write(stream, &spoken.bytes, limit).await,
        }
    }

    /// A message is written down by its length, as everywhere.
    fn write_down(&mut self, spoken: &Spoken) {
        let bytes = &spoken.bytes[..];
        if let Some(before) = self.data {
            let length = before + bytes.len();
            let ends = bytes == b".\r\n" || bytes.ends_with(b"\r\n.\r\n");
            self.data = (!ends).then_some(length);
            if ends {
                self.transcript.say(Speaker::Client, &format!("<DATA {length} bytes>"));
            }
            return;
        }
        if let Some(shown) = spoken.shown {
            self.transcript.say(Speaker::Client, shown);
            return;
        }
        let said = String::from_utf8_lossy(bytes);
        let lines = said.strip_suffix("\r\n").unwrap_or(&said).split("\r\n");
        lines.filter(|line| !line.is_empty()).for_each(|line| self.transcript.say(Speaker::Client, line));
    }

    /// The next reply, all its lines.
    async fn reply(&mut self, limit: Duration) -> Result<Heard, Problem> {
        let mut lines = Vec::new();
        loop {
            while let Some(end) = self.came.windows(2).position(|pair| pair == b"\r\n") {
                let line: Vec<u8> = self.came.drain(..end + 2).take(end).collect();
                let goes_on = line.get(3) == Some(&b'-');
                let line = String::from_utf8_lossy(&line).into_owned();
                self.transcript.say(Speaker::Server, &line);
                lines.push(line);
                if !goes_on {
                    if lines.last().is_some_and(|line| line.starts_with("354")) {
                        self.data = Some(0);
                    }
                    return Ok(Heard::Reply(lines));
                }
            }
            let mut chunk = [0; 4096];
            let read = match &mut self.stream {
                Stream::Tcp(stream) => read(stream, &mut chunk, limit).await?,
                Stream::Tls(stream) => read(stream, &mut chunk, limit).await?,
            };
            if read == 0 {
                return Ok(Heard::Closed);
            }
            self.came.extend_from_slice(&chunk[..read]);
            if self.came.len() > REPLY {
                return Err(Problem::Broken("a reply without end".to_owned()));
            }
        }
    }

    /// The same connection under TLS. Whatever came in clear behind the go-ahead is forgotten (RFC 3207 4.2).
    async fn secured(self, client: &Client, destination: &Destination) -> Result<Self, Problem> {
        let Stream::Tcp(tcp) = self.stream else { return Err(Problem::Tls("TLS is active already".to_owned())) };
        let name = rustls::pki_types::ServerName::try_from(destination.host.clone())
            .map_err(|error| Problem::Tls(error.to_string()))?;
        let handshake = async {
            let connector = TlsConnector::from(client.trusted_at(destination));
            connector.connect(name, tcp).await.map_err(|error| Problem::Tls(error.to_string()))
        };
        let tls = within(client.patience.command, handshake).await?;
        self.transcript.secured(tls.get_ref().1.protocol_version());
        Ok(Self { stream: Stream::Tls(Box::new(tls)), came: Vec::new(), ..self })
    }
}

async fn write<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8], limit: Duration) -> Result<(), Problem> {
    within(limit, async {
        stream.write_all(bytes).await.map_err(|error| broken(&error))?;
        stream.flush().await.map_err(|error| broken(&error))
    })
    .await
}

/// A connection that breaks is one that the server closed.
async fn read<S: AsyncRead + Unpin>(stream: &mut S, chunk: &mut [u8], limit: Duration) -> Result<usize, Problem> {
    within(limit, async { Ok(stream.read(chunk).await.unwrap_or(0)) }).await
}

async fn within<T>(limit: Duration, doing: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
    tokio::time::timeout(limit, doing).await.map_err(|_| Problem::Timeout)?
}

fn broken(error: &std::io::Error) -> Problem {
    Problem::Broken(error.to_string())
}
