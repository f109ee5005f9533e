//! A connection to a mailbox server, plain or secured, before or after the first word.

use std::{fmt, io, sync::Arc, time::Duration};

use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

/// Bytes both ways.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug> Stream for T {}

/// A connection, whatever it runs over.
pub type Channel = Box<dyn Stream>;

/// A server that shows mailboxes, and how it is reached. Passwords go to it over TLS only.
#[derive(Clone, Debug)]
pub struct MailboxServer {
    /// Where it listens: a name or an address, looked up each time.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Its name, which its certificate must bear where a certificate authority vouches for it.
    pub name: String,
    /// When the channel is secured.
    pub tls: MailboxTls,
    /// Whom the client trusts there.
    pub trust: Arc<ClientConfig>,
    /// How long it is waited for, each time.
    pub patience: Duration,
}

/// When the channel to a mailbox server is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailboxTls {
    /// By STARTTLS or STLS, before the password.
    Upgraded,
    /// From the first byte.
    Implicit,
}

/// Who looks into a mailbox. Shown without the password.
#[derive(Clone)]
pub struct MailboxLogin {
    /// User.
    pub user: String,
    /// Password.
    pub password: String,
}

impl fmt::Debug for MailboxLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailboxLogin").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Why a mailbox could not be looked into.
#[derive(Debug, thiserror::Error)]
pub enum MailboxProblem {
    /// No connection.
    #[error("no connection: {0}")]
    Connect(io::Error),
    /// The channel could not be secured.
    #[error("the channel could not be secured: {0}")]
    Tls(String),
    /// The server does not let the user in.
    #[error("login refused: {0}")]
    Login(String),
    /// The server said or did something else than was asked for.
    #[error("{0}")]
    Broken(String),
    /// The server did not answer in time.
    #[error("no answer in time")]
    Timeout,
}

impl MailboxServer {
    pub(super) async fn connect(&self) -> Result<Channel, MailboxProblem> {
        let tcp = self
            .timed(async { TcpStream::connect((&*self.host, self.port)).await.map_err(MailboxProblem::Connect) })
            .await?;
        tcp.set_nodelay(true).map_err(MailboxProblem::Connect)?;
        match self.tls {
            MailboxTls::Upgraded => Ok(Box::new(tcp)),
            MailboxTls::Implicit => self.secure(Box::new(tcp)).await,
        }
    }

    pub(super) async fn secure(&self, plain: Channel) -> Result<Channel, MailboxProblem> {
        let tls = |error: &dyn fmt::Display| MailboxProblem::Tls(error.to_string());
        let name = ServerName::try_from(self.name.clone()).map_err(|error| tls(&error))?;
        let connector = TlsConnector::from(self.trust.clone());
        let secured = self.timed(async { connector.connect(name, plain).await.map_err(|error| tls(&error)) }).await?;
        Ok(Box::new(secured))
    }

    pub(super) async fn timed<T>(
        &self,
        io: impl Future<Output = Result<T, MailboxProblem>>,
    ) -> Result<T, MailboxProblem> {
        tokio::time::timeout(self.patience, io).await.map_err(|_| MailboxProblem::Timeout)?
    }
}

/// A message beyond the bound.
pub(super) fn too_large(limit: usize) -> MailboxProblem {
    MailboxProblem::Broken(format!("a message is larger than {limit} bytes, the most that is read"))
}

/// More messages than are read at a time.
pub(super) fn too_many(limit: usize) -> MailboxProblem {
    MailboxProblem::Broken(format!("there are more than {limit} messages, the most that are read"))
}
