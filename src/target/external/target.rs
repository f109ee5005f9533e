//! Somebody's gateway as its file tells of it, ready to be played against.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use rustls::ClientConfig;
use tokio::sync::Mutex;

use super::{
    Settling,
    file::{self, Counterpart, Document},
    log::Log,
    pace::Pace,
    reader::{Reader, Source, done, printed},
};
use crate::{
    clock::Machine,
    directory::Provider,
    evidence::Service,
    net::{Credentials, Destination, Foreign, MailboxLogin, Security},
    scenario::words::Span,
    shown::path_text,
    target::TargetError,
};

/// Somebody's gateway, ready to be played against.
pub struct External {
    /// Its name in reports: its file's, without `.yaml`.
    pub name: String,
    /// What its file says.
    pub(super) document: Document,
    /// Where users hand messages over.
    pub(super) submission: Point,
    /// Where hosts hand messages over.
    pub(super) incoming: Point,
    /// Who may log in, by address in small letters.
    pub(super) logins: BTreeMap<String, Credentials>,
    /// What shows each mailbox, by address in small letters.
    pub(super) sources: BTreeMap<String, (Source, MailboxLogin)>,
    /// What shows its virus store.
    pub(super) virus_store: Option<Source>,
    /// Its records in the directory.
    pub(in crate::target) records: Vec<Provider>,
    /// Authorities behind its signatures, DER.
    pub(in crate::target) anchors: Vec<Vec<u8>>,
    /// Their revocation lists, DER.
    pub(in crate::target) lists: Vec<Vec<u8>>,
    /// The readers of its mailboxes, kept from play to play: sessions are dear.
    pub(super) readers: Mutex<BTreeMap<String, Box<dyn Reader>>>,
    /// How far its clock is ahead of the machine's, where it can be moved and was asked.
    pub(super) ahead: std::sync::Mutex<Option<SignedDuration>>,
    /// The folder of its file, from which paths are taken and commands run.
    pub(super) folder: PathBuf,
    /// How many messages go to it in a minute.
    pub(in crate::target) pace: Pace,
}

/// A service of it.
#[derive(Clone, Debug)]
pub(super) struct Point {
    pub host: String,
    pub port: u16,
    /// The name that its certificate must bear.
    pub name: String,
    pub security: Security,
    pub trust: Arc<ClientConfig>,
    /// How hosts log in there, where they must.
    pub login: Option<Credentials>,
    /// How far its certificate was looked at, where that is not the usual way.
    pub remark: Option<String>,
}

impl Point {
    /// The point as it is reached at an address.
    pub fn at(&self, address: SocketAddr, service: Service) -> Destination {
        let Self { name, security, trust, login, .. } = self;
        let foreign = Foreign { tls: trust.clone(), login: login.clone() };
        Destination { address, host: name.clone(), service, security: *security, trust: Some(foreign) }
    }
}

impl External {
    /// Whether nobody else uses its mailboxes.
    pub(in crate::target) fn is_exclusive(&self) -> bool {
        self.document.exclusive
    }

    /// How far its clock is ahead of the machine's: where it can be moved, it is asked once; else it goes as the machine's.
    pub(in crate::target) async fn ahead(&self, machine: Machine) -> Result<SignedDuration, TargetError> {
        let known = *self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        match known {
            Some(ahead) => Ok(ahead),
            None => self.move_clock(0, machine).await,
        }
    }

    /// Whether its file says how its clock is moved.
    pub(in crate::target) fn moves_its_clock(&self) -> bool {
        self.document.clock.is_some()
    }

    /// Moves its clock ahead by so many seconds; how far it is ahead of the machine's then.
    pub(in crate::target) async fn move_clock(
        &self,
        seconds: i64,
        machine: Machine,
    ) -> Result<SignedDuration, TargetError> {
        let Some(command) = &self.document.clock else { return Ok(SignedDuration::ZERO) };
        let words: Vec<String> = command.iter().map(|word| word.replace("%s", &seconds.to_string())).collect();
        let line = printed(&words, &self.folder).await?;
        let shown: Timestamp = line.trim().parse().map_err(|error| {
            TargetError::configuration(format!(
                "{}: the command of `clock` prints `{line}`, which is not the instant that its clock shows: {error}",
                self.name
            ))
        })?;
        // What it shows is told a moment later; whole seconds are as near as two clocks are.
        let ahead = SignedDuration::from_secs(shown.duration_since(machine.now()).as_secs());
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = Some(ahead);
        Ok(ahead)
    }

    /// Starts it, where its file says how.
    pub async fn start(&self) -> Result<(), TargetError> {
        self.told("start", self.document.start.as_ref()).await
    }

    /// Ends it, where its file says how.
    pub async fn stop(&self) -> Result<(), TargetError> {
        self.told("stop", self.document.stop.as_ref()).await
    }

    /// An error with its name.
    pub(super) fn named(&self, error: TargetError) -> TargetError {
        TargetError { what: format!("{}: {error}", self.name), ..error }
    }

    async fn told(&self, key: &str, words: Option<&Vec<String>>) -> Result<(), TargetError> {
        let Some(words) = words else { return Ok(()) };
        let named = |error: TargetError| TargetError { what: format!("{}: `{key}`: {error}", self.name), ..error };
        done(words, &self.folder).await.map_err(named)
    }

    /// Its log, where it is shown.
    pub(super) fn log(&self) -> Option<Log> {
        self.document.log.clone().map(|told| Log::new(told, self.folder.clone()))
    }

    /// Where the other side listens for it.
    pub(in crate::target) fn counterpart(&self) -> &Counterpart {
        &self.document.counterpart
    }

    /// How long is waited for what comes to it.
    pub(in crate::target) fn settling(&self) -> Settling {
        let file::Settling { deadline, silence, poll } = self.document.settling;
        // Bounded by the check of the file.
        let real = |span: Span| Duration::try_from(span.0).unwrap_or_default();
        let retry = real(self.document.counterpart.retry);
        Settling { deadline: real(deadline), silence: real(silence), poll: real(poll), retry }
    }

    /// What every report tells of it: certificates that nobody vouched for, channels that need not be secured, and folders of
    /// mailboxes that are not there.
    pub fn remarks(&self) -> Vec<String> {
        let how = match self.incoming.security {
            Security::Plain => Some("in clear"),
            Security::WhenOffered => Some("over TLS where it offers STARTTLS, and else in clear"),
            Security::StartTls | Security::Implicit => None,
        };
        let channel =
            how.map(|how| format!("{}: mail goes to its incoming point {how}, as the target file says", self.name));
        let points = [
            ("the certificate of its submission", &self.submission),
            ("the certificate of its incoming point", &self.incoming),
        ];
        let certificates = points.into_iter().filter(|(_, point)| point.security != Security::Plain);
        let told =
            certificates.filter_map(|(what, point)| Some(format!("{}: {what}: {}", self.name, point.remark.as_ref()?)));
        let missing = self.sources.iter().filter_map(|(address, (source, _))| source.missing(address));
        let folders: BTreeSet<PathBuf> = missing.filter_map(|maildir| maildir.parent().map(Path::to_owned)).collect();
        let folders = folders.iter().filter(|folder| !folder.is_dir()).map(|folder| {
            let folder = path_text(folder);
            format!("{}: there is no folder {folder}, in which its target file looks for Maildirs", self.name)
        });
        told.chain(channel).chain(folders).collect()
    }
}

impl fmt::Debug for External {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("External").field("name", &self.name).finish_non_exhaustive()
    }
}
