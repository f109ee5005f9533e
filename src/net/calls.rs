//! Which connections the clients of one house made: what else comes to its doors is a stranger.

use std::{
    collections::HashSet,
    fmt, io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::net::TcpStream;

/// A connection, by both its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    /// Who called.
    pub client: SocketAddr,
    /// Who was called.
    pub server: SocketAddr,
}

/// The calls that clients of one house made, each entered before its first word is said. Clones share them.
#[derive(Clone, Default)]
pub struct Calls(Arc<Mutex<HashSet<Call>>>);

impl Calls {
    /// Whether a client of this house made this call.
    pub fn made(&self, call: &Call) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(call)
    }

    /// Enters a connection just made.
    pub(super) fn enter(&self, stream: &TcpStream) -> io::Result<()> {
        let call = Call { client: stream.local_addr()?, server: stream.peer_addr()? };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(call);
        Ok(())
    }
}

impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Calls").finish_non_exhaustive()
    }
}
