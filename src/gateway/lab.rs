//! One world: legal clock, directory, routes, and a tap on every wire. The gateways of a scenario share it.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use jiff::{SignedDuration, Timestamp};
use rustls::{ClientConfig, ServerConfig};

use super::{
    Gateway, OrdinaryHost, Posta, Profile,
    activity::{Activity, Busy, Visit},
    core::Core,
    world,
};
use crate::{
    clock::{Clock, Machine},
    directory::{Directory, LdifError, export},
    evidence::{DirectoryVersion, PlayId, SmtpPath},
    message::Bytes,
    net::{Call, Calls, Client, Destination, Patience, Reply, Session, Transcript},
    pki::Pki,
    smime::Trust,
};

/// A world of its own; nothing of it is shared with other labs but the test PKI.
pub struct Lab {
    pki: Arc<Pki>,
    clock: Clock,
    machine: Machine,
    client: Arc<ClientConfig>,
    activity: Activity,
    calls: Calls,
    state: Mutex<State>,
}

struct State {
    directory: Arc<Directory>,
    directories: Vec<DirectoryVersion>,
    trust: Arc<Trust>,
    routes: HashMap<String, Destination>,
    gateways: Vec<Weak<Core>>,
    sessions: Vec<SeenSession>,
    transmissions: Vec<Transmission>,
    patience: Patience,
    play: PlayId,
    doors: Doors,
    /// What hosts of this world sent, while somebody else keeps it.
    sent: Vec<Bytes>,
}

/// Whom the hosts of a world talk to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Doors {
    /// Everybody.
    #[default]
    Open,
    /// The clients of this world alone: a stranger is turned away when it says its name, and is not waited for.
    OwnOnly,
}

/// A session that a server of this world saw.
#[derive(Clone, Debug)]
pub struct SeenSession {
    /// The connection.
    pub call: Call,
    /// The server's host name; the client's is [`Transcript::client`].
    pub server: String,
    /// What was said; it grows while the session lasts.
    pub transcript: Transcript,
    /// When it began, by the legal clock.
    pub at: Timestamp,
}

/// A message that crossed a wire, taken or refused.
#[derive(Clone, Debug)]
pub struct Transmission {
    /// The name the client gave with EHLO.
    pub client: String,
    /// The server's host name.
    pub server: String,
    /// Who authenticated, on submission.
    pub user: Option<String>,
    /// MAIL FROM and the RCPT TO accepted.
    pub path: SmtpPath,
    /// The message.
    pub bytes: Bytes,
    /// The reply to it.
    pub reply: Reply,
    /// When, by the legal clock.
    pub at: Timestamp,
    /// The session it came in.
    pub transcript: Transcript,
}

impl Lab {
    /// A world that begins at `start`, with the directory of the test PKI's providers and nobody listening yet.
    pub fn new(pki: Arc<Pki>, start: Timestamp) -> Arc<Self> {
        let (directory, trust) = (world::directory(&pki), pki.trust());
        Self::with(pki, Clock::manual(start), Machine::default(), &directory, trust)
    }

    /// A world that begins with this directory, these anchors and these revocation lists, and may share its clock with
    /// another; `machine` tells the day that TLS goes by.
    pub fn with(pki: Arc<Pki>, clock: Clock, machine: Machine, directory: &Directory, trust: Trust) -> Arc<Self> {
        let start = clock.now();
        let ldif = export::ldif(directory);
        let directory =
            Directory::read(&ldif).expect("the reader reads what the exporter writes; a test holds them together");
        let state = State {
            directory: Arc::new(directory),
            directories: vec![DirectoryVersion::from(start, ldif)],
            trust: Arc::new(trust),
            routes: HashMap::new(),
            gateways: Vec::new(),
            sessions: Vec::new(),
            transmissions: Vec::new(),
            patience: Patience::default(),
            play: PlayId::default(),
            doors: Doors::default(),
            sent: Vec::new(),
        };
        Arc::new(Self {
            clock,
            client: pki.tls_client_config(machine),
            machine,
            pki,
            activity: Activity::default(),
            calls: Calls::default(),
            state: Mutex::new(state),
        })
    }

    /// The legal clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The test PKI.
    pub fn pki(&self) -> &Pki {
        &self.pki
    }

    /// The directory in force.
    pub fn directory(&self) -> Arc<Directory> {
        self.state().directory.clone()
    }

    /// The directory in force, as LDIF.
    pub fn directory_ldif(&self) -> Vec<u8> {
        self.state().directories.last().map(|version| version.ldif.clone()).unwrap_or_default()
    }

    /// Every directory there was, oldest first.
    pub fn directories(&self) -> Vec<DirectoryVersion> {
        self.state().directories.clone()
    }

    /// Puts another directory in force from now on.
    pub fn set_directory(&self, ldif: Vec<u8>) -> Result<(), LdifError> {
        let directory = Arc::new(Directory::read(&ldif)?);
        let from = self.clock.now();
        let mut state = self.state();
        state.directory = directory;
        state.directories.push(DirectoryVersion::from(from, ldif));
        Ok(())
    }

    /// Anchors and revocation lists that the gateways go by.
    pub fn trust(&self) -> Arc<Trust> {
        self.state().trust.clone()
    }

    /// Lets the gateways go by other anchors and revocation lists.
    pub fn set_trust(&self, trust: Trust) {
        self.state().trust = Arc::new(trust);
    }

    /// Starts a provider's gateway. It lives until dropped.
    pub async fn start(self: &Arc<Self>, profile: Profile) -> io::Result<Arc<Gateway>> {
        Gateway::start(self.clone(), profile).await.map(Arc::new)
    }

    /// Starts an ordinary mail host. It lives until dropped.
    pub async fn start_ordinary(self: &Arc<Self>, host: OrdinaryHost) -> io::Result<Arc<Posta>> {
        Posta::start(self.clone(), host).await.map(Arc::new)
    }

    /// Every message that crossed a wire so far, in the order in which servers had them.
    pub fn transmissions(&self) -> Vec<Transmission> {
        self.state().transmissions.clone()
    }

    /// Every session so far, those without a message too, and those of strangers left out.
    pub fn sessions(&self) -> Vec<SeenSession> {
        self.seen(|call| self.welcomes(call))
    }

    /// The sessions of those that the [`Doors`] are closed to.
    pub fn strangers(&self) -> Vec<SeenSession> {
        self.seen(|call| !self.welcomes(call))
    }

    /// Whom its hosts talk to from now on.
    pub fn set_doors(&self, doors: Doors) {
        self.state().doors = doors;
    }

    /// Waits until nothing is under way: no session open, no message being taken, no queue being run.
    pub async fn settle(&self) {
        self.activity.idle(|call| self.welcomes(call)).await;
    }

    /// Moves the clock to `by` from now, stopping and settling at every instant at which something is due.
    pub async fn advance(&self, by: SignedDuration) {
        let end = self.clock.now() + by;
        loop {
            self.settle().await;
            // What is due now has been tried: only later instants count, so every round moves the clock.
            let (gateways, now) = (self.gateways(), self.clock.now());
            let due = gateways.iter().flat_map(|core| core.due()).filter(|due| *due > now).min();
            let Some(due) = due.filter(|due| *due <= end) else { break };
            self.clock.move_to(due);
            for core in gateways {
                core.run_due();
            }
        }
        self.clock.move_to(end);
        self.settle().await;
    }

    /// Where mail for a domain goes; `None` where nobody has it.
    pub fn route(&self, domain: &str) -> Option<Destination> {
        self.state().routes.get(&domain.to_ascii_lowercase()).cloned()
    }

    /// A client of this world that calls itself `name`.
    pub fn client(&self, name: &str) -> Client {
        Client {
            name: name.to_owned(),
            tls: self.client.clone(),
            patience: self.state().patience,
            calls: self.calls.clone(),
        }
    }

    /// How long hosts of this world wait for others from now on, in real time: [`Lab::settle`] waits as long for one that
    /// hangs.
    pub fn set_patience(&self, patience: Patience) {
        self.state().patience = patience;
    }

    /// What is played in this world: identifiers made from now on bear it.
    pub fn set_play(&self, play: PlayId) {
        self.state().play = play;
    }

    /// What is played in this world.
    pub fn play(&self) -> PlayId {
        self.state().play.clone()
    }

    /// How many things ever began in this world: where it is idle and this stands still, nothing happens.
    pub fn begun(&self) -> usize {
        self.activity.begun()
    }

    /// TLS of a server of this world, by the id of its certificate.
    pub fn tls_server_config(&self, id: &str) -> Option<Arc<ServerConfig>> {
        self.pki.tls_server_config(id, self.machine)
    }

    /// Mail for these domains goes to this host from now on: how a gateway outside this process is reached.
    pub fn announce(&self, domains: &[String], destination: &Destination) {
        let mut state = self.state();
        for domain in domains {
            state.routes.insert(domain.to_ascii_lowercase(), destination.clone());
        }
    }

    pub(super) fn join(&self, core: &Arc<Core>) {
        self.state().gateways.push(Arc::downgrade(core));
    }

    pub(super) fn busy(&self) -> Busy {
        self.activity.begin()
    }

    /// A message taken from a wire; where a host of this world sent it, the same bytes that it keeps.
    pub(super) fn shared(&self, message: Vec<u8>) -> Bytes {
        let mut state = self.state();
        state.sent.retain(|sent| sent.holders() > 1);
        let same = state.sent.iter().rev().find(|sent| ***sent == *message).cloned();
        same.unwrap_or_else(|| message.into())
    }

    /// A message goes out; kept once, however many have it then.
    pub(super) fn sent(&self, message: &Bytes) {
        self.state().sent.push(message.clone());
    }

    /// A host of this world accepted a connection.
    pub(super) fn called(&self, call: Call) -> Visit {
        self.activity.visit(call)
    }

    pub(super) fn opened(&self, server: &str, session: &Session) {
        let (transcript, at) = (session.transcript.clone(), self.clock.now());
        let seen = SeenSession { call: session.call, server: server.to_owned(), transcript, at };
        self.state().sessions.push(seen);
    }

    /// Whether a session that has said its name goes on.
    pub(super) fn admit(&self, session: &Session) -> Result<(), Reply> {
        if self.welcomes(&session.call) {
            Ok(())
        } else {
            Err(Reply::new(421, [4, 7, 0], "This host is part of a test and talks to nobody else, closing"))
        }
    }

    /// A client enters its call before it says a word, so whoever has said one is known or a stranger.
    fn welcomes(&self, call: &Call) -> bool {
        self.state().doors == Doors::Open || self.calls.made(call)
    }

    fn seen(&self, wanted: impl Fn(&Call) -> bool) -> Vec<SeenSession> {
        let mut sessions = self.state().sessions.clone();
        sessions.retain(|seen| wanted(&seen.call));
        sessions
    }

    pub(super) fn transmitted(&self, server: &str, session: &Session, bytes: Bytes, reply: &Reply) {
        let mut state = self.state();
        let at = self.clock.now();
        state.transmissions.push(Transmission {
            client: session.client.clone(),
            server: server.to_owned(),
            user: session.user.clone(),
            path: SmtpPath { from: session.from.clone(), to: session.to.clone() },
            bytes,
            reply: reply.clone(),
            at,
            transcript: session.transcript.clone(),
        });
    }

    fn gateways(&self) -> Vec<Arc<Core>> {
        self.state().gateways.iter().filter_map(Weak::upgrade).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Lab {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lab").field("now", &self.clock.now()).finish_non_exhaustive()
    }
}
