//! The SMTP server engine (RFC 5321, 3207, 4954, 1870, 6152, 2920, 2034): one for submission, incoming and ordinary hosts.
//!
//! A session is bounded in line length, commands, errors, recipients, bytes and time, and shares nothing with others:
//! a peer that hangs or floods harms its own session only. What a service accepts is its [`Handler`]'s matter.

mod commands;
mod room;
mod session;

use std::{
    future::Future,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{Notify, Semaphore},
    task::{JoinHandle, JoinSet},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use self::room::Storage;
use super::{
    Call, Reply, Transcript,
    pop3::{Maildrop, Pop3},
};
use crate::{evidence::Service, state::StartTls};

/// The one recipient that needs no domain, in any letter case (RFC 5321 4.5.1).
pub const POSTMASTER: &str = "postmaster";

/// How long a listener that was given no connection waits before it asks again: descriptors are freed by sessions that end.
const BREATH: Duration = Duration::from_millis(50);

/// What a session may take, in real time and bytes.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a command line, CRLF included (RFC 5321 4.5.3.1.4 asks for 512 at least, RFC 4954 4 for 12288 in AUTH).
    pub line: usize,
    /// Commands in a session, recipients accepted left out.
    pub commands: usize,
    /// Commands answered with an error.
    pub errors: usize,
    /// RCPT TO accepted in a transaction.
    pub recipients: usize,
    /// Bytes of a message: announced by SIZE, refused beyond.
    pub message: usize,
    /// Bytes of messages that all sessions of one listener hold together; what comes beyond is put off.
    pub held: usize,
    /// How long a peer may be silent, or take to read what is sent to it (RFC 5321 4.5.3.2.7: five minutes at least).
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
            held: 512 << 20,
            idle: Duration::from_mins(5),
            session: Duration::from_hours(1),
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
    pub upgrade: StartTls,
    /// How peers are met that do not keep to SMTP.
    pub manners: Manners,
    /// Answers to messages that are still to be lost.
    pub lost_replies: LostReplies,
}

/// So many messages are taken whose answer is lost: the connection breaks off before it. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct LostReplies(Arc<AtomicUsize>);

impl LostReplies {
    /// The first `number` of them.
    pub fn of(number: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(number)))
    }

    /// Whether the next one is lost.
    fn next(&self) -> bool {
        self.0.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

/// How peers are met that do not keep to SMTP, where RFC 5321 and RFC 2920 leave it to the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manners {
    /// As far as no harm comes of it, they are served.
    #[default]
    Lenient,
    /// Who sends a message before the answer to DATA is turned away, and a message with bare line ends refused.
    Strict,
}

/// A session as its handler sees it.
#[derive(Clone, Debug)]
pub struct Session {
    /// Who called whom.
    pub call: Call,
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
    /// Somebody calls. What is returned is held until the connection is closed.
    fn called(&self, _: Call) -> impl Send + 'static {}

    /// A connection, before its greeting: `Err` turns it away with a reply.
    fn connected(&self, session: &Session) -> Result<(), Reply>;

    /// The client said its name, [`Session::client`]: `Err` turns it away with a reply.
    fn named(&self, _: &Session) -> Result<(), Reply> {
        Ok(())
    }

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
        let call = Call { client: peer, server: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)) };
        let storage = Storage::of(self.limits.held);
        session::Conversation::new(self, handler, call, &storage).hold(stream).await.map(|_| ())
    }
}

/// A service listening on a port of its own, until dropped.
#[derive(Debug)]
pub struct Listener {
    address: SocketAddr,
    closing: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Listener {
    /// Starts `server` on a free port of the loopback interface.
    pub async fn start<H: Handler>(server: Server, handler: Arc<H>) -> io::Result<Self> {
        Self::bind((Ipv4Addr::LOCALHOST, 0).into(), server, handler).await
    }

    /// Starts `server` where it is told to; on port 0, on a free one.
    pub async fn bind<H: Handler>(at: SocketAddr, server: Server, handler: Arc<H>) -> io::Result<Self> {
        let to_whom = |error: io::Error| io::Error::new(error.kind(), format!("cannot listen on {at}: {error}"));
        let listener = TcpListener::bind(at).await.map_err(to_whom)?;
        let address = listener.local_addr()?;
        let closing = Arc::new(Notify::new());
        let (sessions, whole) = (server.limits.sessions, server.limits.session);
        let (storage, server) = (Storage::of(server.limits.held), Arc::new(server));
        let session = move |stream: TcpStream, call: Call| {
            // Boxed it is of no lifetime but its own.
            let visit: Box<dyn Send> = Box::new(handler.called(call));
            let (server, handler, storage) = (server.clone(), handler.clone(), storage.clone());
            async move {
                // Every way a session can end is written in its transcript; nobody waits for its result.
                let _ = tokio::time::timeout(whole, serve(&server, &*handler, stream, call, &storage)).await;
                drop(visit);
            }
        };
        let full = b"421 4.3.2 Too many sessions, try again later\r\n";
        let task = tokio::spawn(accept(listener, closing.clone(), sessions, full, session));
        Ok(Self { address, closing, task })
    }

    /// Starts a POP3 service where it is told to; on port 0, on a free one.
    pub async fn bind_pop3<M: Maildrop>(at: SocketAddr, server: Pop3, maildrop: Arc<M>) -> io::Result<Self> {
        let limits = Limits::default();
        let to_whom = |error: io::Error| io::Error::new(error.kind(), format!("cannot listen on {at}: {error}"));
        let listener = TcpListener::bind(at).await.map_err(to_whom)?;
        let address = listener.local_addr()?;
        let closing = Arc::new(Notify::new());
        let session = move |stream: TcpStream, _: Call| {
            let (server, maildrop) = (server.clone(), maildrop.clone());
            async move {
                // A client that is gone has nobody to be told of it.
                let _ = tokio::time::timeout(limits.session, server.serve(&*maildrop, stream)).await;
            }
        };
        let full = b"-ERR too many sessions, try again later\r\n";
        let task = tokio::spawn(accept(listener, closing.clone(), limits.sessions, full, session));
        Ok(Self { address, closing, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more connections; those there are go on.
    pub fn close(&self) {
        self.closing.notify_one();
    }

    /// Takes no more connections, and ends those there are.
    pub fn stop(&self) {
        self.task.abort();
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Accepts connections, so many at a time, and holds a session over each.
async fn accept<F: Future<Output = ()> + Send + 'static>(
    listener: TcpListener,
    closing: Arc<Notify>,
    most: usize,
    full: &'static [u8],
    session: impl Fn(TcpStream, Call) -> F,
) {
    let places = Arc::new(Semaphore::new(most));
    // Sessions end with their listener.
    let mut sessions = JoinSet::new();
    loop {
        while sessions.try_join_next().is_some() {}
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = closing.notified() => break,
        };
        let Ok((stream, peer)) = accepted else {
            // Out of descriptors, or the peer is gone already: neither is a reason to stop listening.
            tokio::time::sleep(BREATH).await;
            continue;
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            // Whoever fills the listener does not keep the others waiting in silence.
            let _ = stream.try_write(full);
            continue;
        };
        let Ok(own) = stream.local_addr() else { continue };
        let held = session(stream, Call { client: peer, server: own });
        sessions.spawn(async move {
            held.await;
            drop(place);
        });
    }
    drop(listener);
    while sessions.join_next().await.is_some() {}
}

/// One session from the greeting to its end.
async fn serve<H: Handler>(
    server: &Server,
    handler: &H,
    stream: TcpStream,
    call: Call,
    storage: &Storage,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut session = session::Conversation::new(server, handler, call, storage);
    if server.service == Service::Submissions {
        return session.hold_secured(secure(server, stream).await).await;
    }
    let mut stream = stream;
    if session.hold(&mut stream).await? == session::Ended::StartTls {
        session.hold_secured(secure(server, stream).await).await?;
    }
    Ok(())
}

async fn secure(server: &Server, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
    let acceptor = TlsAcceptor::from(server.tls.clone());
    tokio::time::timeout(server.limits.idle, acceptor.accept(stream)).await?
}
