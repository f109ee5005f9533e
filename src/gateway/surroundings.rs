//! What a gateway needs to live: the legal clock, directory and routes, whom to trust, and how long to wait for others.
//!
//! Nothing here grows while a gateway lives; what a harness wants to have seen, its [`Tap`] keeps.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rustls::ClientConfig;

use super::{
    activity::{Activity, Busy, Visit},
    tap::{Errand, SeenSession, Tap, Transmission, Unanswered},
};
use crate::{
    clock::Clock,
    directory::{Directory, LdifError},
    evidence::{DirectoryVersion, PlayId, Service, SmtpPath},
    message::Bytes,
    net::{
        Call, Client, ClientError, Destination, Foreign, MailHost, MailHosts, Patience, Problem, Reply, Security, Sent,
        Session, Trusted, Unrouted,
    },
    smime::Trust,
};

/// What the gateways and hosts of one world share.
pub struct Surroundings {
    clock: Clock,
    exchangers: Option<MailHosts>,
    activity: Activity,
    tap: Option<Arc<Tap>>,
    state: Mutex<State>,
}

struct State {
    tls: Arc<ClientConfig>,
    directory: Arc<Directory>,
    trust: Arc<Trust>,
    routes: HashMap<String, Destination>,
    patience: Patience,
    play: PlayId,
}

impl Surroundings {
    /// Surroundings that nobody looks at; `tls` says whom its hosts trust when they call others.
    pub fn new(clock: Clock, tls: Arc<ClientConfig>, ldif: Vec<u8>, trust: Trust) -> Result<Self, LdifError> {
        Self::tapped(clock, tls, ldif, trust, None)
    }

    /// Surroundings that a harness may look at.
    pub(super) fn tapped(
        clock: Clock,
        tls: Arc<ClientConfig>,
        ldif: Vec<u8>,
        trust: Trust,
        tap: Option<Arc<Tap>>,
    ) -> Result<Self, LdifError> {
        let state = State {
            tls,
            directory: Arc::default(),
            trust: Arc::new(trust),
            routes: HashMap::new(),
            patience: Patience::default(),
            play: PlayId::default(),
        };
        let surroundings =
            Self { clock, exchangers: None, activity: Activity::default(), tap, state: Mutex::new(state) };
        surroundings.set_directory(ldif)?;
        Ok(surroundings)
    }

    /// The same where mail for a domain that was not announced goes to the hosts that the DNS tells.
    #[must_use]
    pub fn asking(self, exchangers: Option<MailHosts>) -> Self {
        Self { exchangers, ..self }
    }

    /// The legal clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The directory in force.
    pub fn directory(&self) -> Arc<Directory> {
        self.state().directory.clone()
    }

    /// Puts another directory in force from now on.
    pub fn set_directory(&self, ldif: Vec<u8>) -> Result<(), LdifError> {
        self.state().directory = Arc::new(Directory::read(&ldif)?);
        if let Some(tap) = &self.tap {
            tap.directory(DirectoryVersion::from(self.clock.now(), ldif));
        }
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

    /// Lets the hosts trust others when they call them.
    pub fn set_tls(&self, tls: Arc<ClientConfig>) {
        self.state().tls = tls;
    }

    /// Where mail for a domain was announced to go; `None` where nobody said so.
    pub fn route(&self, domain: &str) -> Option<Destination> {
        self.state().routes.get(&domain.to_ascii_lowercase()).cloned()
    }

    /// Where mail for a domain goes, the preferred host first; `own` is the host that asks.
    pub(super) async fn destinations(&self, domain: &str, own: &str) -> Result<Vec<Destination>, Unrouted> {
        if let Some(announced) = self.route(domain) {
            return Ok(vec![announced]);
        }
        let Some(exchangers) = &self.exchangers else { return Err(Unrouted::NoDomain) };
        let hosts = exchangers.of(domain, own).await?;
        // Between providers the channel is secured or nothing is sent (RFC 6109 5.3); nobody vouches for ordinary hosts.
        let (service, security, trust) = if self.directory().managing(domain).next().is_some() {
            (Service::Incoming, Security::StartTls, None)
        } else {
            let anybody = Trusted::Anybody.client_config();
            let anybody = anybody.map_err(|error| Unrouted::NotNow(error.to_string()))?;
            (Service::Ordinary, Security::WhenOffered, Some(Foreign { tls: anybody, login: None }))
        };
        let to =
            |MailHost { name, address }| Destination { address, host: name, service, security, trust: trust.clone() };
        Ok(hosts.into_iter().map(to).collect())
    }

    /// Mail for these domains goes to this host from now on: how a gateway outside this process is reached.
    pub fn announce(&self, domains: &[String], destination: &Destination) {
        let mut state = self.state();
        for domain in domains {
            state.routes.insert(domain.to_ascii_lowercase(), destination.clone());
        }
    }

    /// A client of this world that calls itself `name`.
    pub fn client(&self, name: &str) -> Client {
        let state = self.state();
        Client {
            name: name.to_owned(),
            tls: state.tls.clone(),
            patience: state.patience,
            calls: self.tap.as_ref().map(|tap| tap.calls()),
        }
    }

    /// A host of this world hands a message to another, as a client.
    pub(super) async fn hand_over(
        &self,
        client: &Client,
        destination: &Destination,
        path: &SmtpPath,
        message: &Bytes,
    ) -> Result<Sent, ClientError> {
        // What goes to a host of this world, that host's own tap sees.
        let tap = self.tap.as_ref().filter(|_| destination.is_foreign());
        let begun = tap.map(|tap| {
            let (server, path, bytes) = (destination.host.clone(), path.clone(), message.clone());
            (tap, tap.begins(Unanswered { server, path, bytes }))
        });
        let outcome = client.send(destination, None, path, message).await;
        if let Some((tap, number)) = begun {
            if !matches!(&outcome, Err(ClientError { problem: Problem::Broken(_) | Problem::Timeout, .. })) {
                tap.is_answered(number);
            }
            let (sent, transcript) = match &outcome {
                Ok(sent) => (Some(sent), &sent.transcript),
                Err(error) => (None, &error.transcript),
            };
            let (client, server, transcript) = (client.name.clone(), destination.host.clone(), transcript.clone());
            let transmission = sent.and_then(|sent| {
                let taken = sent.recipients.iter().filter(|one| one.reply.is_positive());
                Some(Transmission {
                    client: client.clone(),
                    server: server.clone(),
                    user: None,
                    path: SmtpPath { from: path.from.clone(), to: taken.map(|one| one.recipient.clone()).collect() },
                    bytes: message.clone(),
                    reply: sent.data.clone()?,
                    at: self.clock.now(),
                    transcript: transcript.clone(),
                })
            });
            tap.errand(Errand { client, server, transcript, transmission });
        }
        outcome
    }

    /// How long hosts of this world wait for others from now on, in real time: [`Surroundings::settle`] waits as long for
    /// one that hangs.
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

    /// Waits until nothing is under way: no session open, no message being taken, no queue being run. A stranger's
    /// session is not waited for.
    pub async fn settle(&self) {
        self.activity.idle(|call| self.tap.as_ref().is_none_or(|tap| tap.waits_for(call))).await;
    }

    /// Waits until no message is being taken and no queue being run, whoever may still be connected.
    pub async fn quiet(&self) {
        self.activity.idle(|_| false).await;
    }

    pub(super) fn busy(&self) -> Busy {
        self.activity.begin()
    }

    /// A host of this world accepted a connection.
    pub(super) fn called(&self, call: Call) -> Visit {
        self.activity.visit(call)
    }

    /// A session of a server of this world began.
    pub(super) fn opened(&self, server: &str, session: &Session) {
        if let Some(tap) = &self.tap {
            let (transcript, at) = (session.transcript.clone(), self.clock.now());
            tap.session(SeenSession { call: session.call, server: server.to_owned(), transcript, at });
        }
    }

    /// Whether a session that has said its name goes on.
    pub(super) fn admit(&self, session: &Session) -> Result<(), Reply> {
        if self.tap.as_ref().is_none_or(|tap| tap.welcomes(&session.call, session.transcript.service())) {
            Ok(())
        } else {
            Err(Reply::new(421, [4, 7, 0], "This host is part of a test and talks to nobody else, closing"))
        }
    }

    /// A message was taken or refused.
    pub(super) fn transmitted(&self, server: &str, session: &Session, bytes: Bytes, reply: &Reply) {
        if let Some(tap) = &self.tap {
            tap.transmission(Transmission {
                client: session.client.clone(),
                server: server.to_owned(),
                user: session.user.clone(),
                path: SmtpPath { from: session.from.clone(), to: session.to.clone() },
                bytes,
                reply: reply.clone(),
                at: self.clock.now(),
                transcript: session.transcript.clone(),
            });
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings").field("now", &self.clock.now()).finish_non_exhaustive()
    }
}
