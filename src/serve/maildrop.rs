//! The mailboxes as POP3 shows them.

use std::{fs, io, path::PathBuf, sync::Arc};

use super::maildir::{Maildir, folder_name};
use crate::{
    bounded::{self, MIB},
    gateway::Profile,
    net::pop3::{Held, Maildrop},
};

/// Octets of a message at most: more than any listener takes.
const LARGEST: u64 = 512 * MIB;

/// The Maildirs of a gateway's users.
pub struct Mailboxes {
    /// The folder that they lie in.
    pub folder: PathBuf,
    /// Whose they are.
    pub profile: Arc<Profile>,
}

impl Mailboxes {
    fn maildir(&self, user: &str) -> io::Result<Maildir> {
        Maildir::open(self.folder.join(folder_name(user)))
    }

    async fn apart<T: Send + 'static>(act: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
        tokio::task::spawn_blocking(act).await.map_err(io::Error::other)?
    }
}

impl Maildrop for Mailboxes {
    async fn open(&self, user: &str, password: &str) -> Option<Vec<Held>> {
        if !self.profile.admits(user, password) {
            return None;
        }
        let maildir = self.maildir(user).ok()?;
        let listed = Self::apart(move || {
            let messages = maildir.messages()?.into_iter();
            messages
                .map(|(uid, path)| Ok(Held { uid, size: fs::metadata(path)?.len() }))
                .collect::<io::Result<Vec<_>>>()
        });
        listed.await.ok()
    }

    async fn read(&self, user: &str, held: &Held) -> io::Result<Vec<u8>> {
        let (maildir, uid) = (self.maildir(user)?, held.uid.clone());
        Self::apart(move || bounded::read(&maildir.find(&uid)?, LARGEST)).await
    }

    async fn remove(&self, user: &str, held: Vec<Held>) -> io::Result<()> {
        let maildir = self.maildir(user)?;
        Self::apart(move || held.iter().try_for_each(|held| fs::remove_file(maildir.find(&held.uid)?))).await
    }
}
