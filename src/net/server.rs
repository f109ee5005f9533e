//! The SMTP server engine (RFC 5321, 3207, 4954, 1870, 6152, 2920, 2034): one for submission, incoming and ordinary hosts.
//!
//! A session is bounded in line length, commands, errors, recipients, bytes and time, and shares nothing with others:
//! a peer that hangs or floods harms its own session only. What a service accepts is its [`Handler`]'s matter.

mod commands;
mod session;

use std::{
    future::Future,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use super::{Reply, Transcript};
use crate::evidence::Service;

/// What a session may take, in real time and bytes.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a command line, CRLF included (RFC 5321 4.5.3.1.4 asks for 512 at least, RFC 4954 4 for 12288 in AUTH).
    pub line: usize,
    /// Commands in a session.
    pub commands: usize,
    /// Commands answered with an error.
    pub errors: usize,
    /// RCPT TO accepted in a transaction.
    pub recipients: usize,
    /// Bytes of a message: announced by SIZE, refused beyond.
    pub message: usize,
    /// How long a peer may be silent, or take to read what is sent to it.
    pub idle: Duration,
    /// How long a session may last in all.
    pub session: Duration,
    /// Sessions at once on one listener.
    pub sessions: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            line: 12_288,
            commands: 1000,
            errors: 20,
            recipients: 100,
            message: 64 << 20,
            idle: Duration::from_mins(1),
            session: Duration::from_mins(10),
            sessions: 200,
        }
    }
}

/// A service's configuration.
#[derive(Clone)]
pub struct Server {
    /// The host's name, in the greeting.
    pub host: String,
    /// Which service; decides what is offered and what is demanded.
    pub service: Service,
    /// Certificate and key.
    pub tls: Arc<rustls::ServerConfig>,
    /// Bounds.
    pub limits: Limits,
    /// Whether a plain connection can be secured.
    pub upgrade: Upgrade,
}

/// Whether a server offers STARTTLS on plain connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Upgrade {
    /// It does.
    #[default]
    Offered,
    /// It knows no such command.
    Withheld,
}

/// A session as its handler sees it.
#[derive(Clone, Debug)]
pub struct Session {
    /// The client's address.
    pub peer: SocketAddr,
    /// The name the client gave with EHLO.
    pub client: String,
    /// Who authenticated.
    pub user: Option<String>,
    /// MAIL FROM; empty for the null reverse path.
    pub from: String,
    /// RCPT TO accepted so far, in order.
    pub to: Vec<String>,
    /// What was said so far.
    pub transcript: Transcript,
}

/// Decides what a service accepts. Syntax, order, size and security have been seen to before it is asked.
pub trait Handler: Send + Sync + 'static {
    /// A connection: `Err` turns it away with a reply.
    fn connected(&self, transcript: &Transcript) -> Result<(), Reply>;

    /// Whether these are a user's credentials.
    fn authenticate(&self, user: &str, password: &str) -> impl Future<Output = bool> + Send;

    /// MAIL FROM.
    fn mail_from(&self, session: &Session, from: &str) -> impl Future<Output = Reply> + Send;

    /// RCPT TO.
    fn rcpt(&self, session: &Session, to: &str) -> impl Future<Output = Reply> + Send;

    /// A whole message. A positive reply takes over responsibility for it (RFC 5321 4.2.5).
    fn data(&self, session: &Session, message: Vec<u8>) -> impl Future<Output = Reply> + Send;
}

impl Server {
    /// Holds a session over any stream, secured or not, as if it came from `peer`; STARTTLS ends it. For what needs no
    /// socket: the whole of what a peer says may be at hand.
    pub async fn converse<H, S>(&self, handler: &H, stream: &mut S, peer: SocketAddr) -> io::Result<()>
    where
        H: Handler,
        S: AsyncRead + AsyncWrite + Unpin,
    {
        session::Conversation::new(self, handler, peer).hold(stream).await.map(|_| ())
    }
}

/// A service listening on a loopback port of its own, until dropped.
#[derive(Debug)]
pub struct Listener {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Listener {
    /// Starts `server` on a free port of the loopback interface.
    pub async fn start<H: Handler>(server: Server, handler: Arc<H>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(accept(listener, Arc::new(server), handler));
        Ok(Self { address, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept<H: Handler>(listener: TcpListener, server: Arc<Server>, handler: Arc<H>) {
    let places = Arc::new(Semaphore::new(server.limits.sessions));
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            // Out of descriptors, or the peer is gone already: neither is a reason to stop listening.
            tokio::task::yield_now().await;
            continue;
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            // Whoever fills the listener does not keep the others waiting in silence.
            let _ = stream.try_write(b"421 4.3.2 Too many sessions, try again later\r\n");
            continue;
        };
        let (server, handler) = (server.clone(), handler.clone());
        tokio::spawn(async move {
            let whole = server.limits.session;
            // Every way a session can end is written in its transcript; nobody waits for its result.
            let _ = tokio::time::timeout(whole, serve(&server, &*handler, stream, peer)).await;
            drop(place);
        });
    }
}

/// One session from the greeting to its end.
async fn serve<H: Handler>(server: &Server, handler: &H, stream: TcpStream, peer: SocketAddr) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut session = session::Conversation::new(server, handler, peer);
    if server.service == Service::Submissions {
        let mut stream = secure(server, stream).await?;
        session.secured(&stream);
        return session.hold(&mut stream).await.map(|_| ());
    }
    let mut stream = stream;
    if session.hold(&mut stream).await? == session::Ended::StartTls {
        let mut stream = secure(server, stream).await?;
        session.secured(&stream);
        session.hold(&mut stream).await?;
    }
    Ok(())
}

async fn secure(server: &Server, stream: TcpStream) -> io::Result<tokio_rustls::server::TlsStream<TcpStream>> {
    let acceptor = TlsAcceptor::from(server.tls.clone());
    tokio::time::timeout(server.limits.idle, acceptor.accept(stream)).await?
}
