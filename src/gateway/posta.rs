//! An ordinary mail host: the Internet as far as PEC sees it.

use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::{
    Stored, Surroundings,
    activity::Tasks,
    address,
    core::trace,
    dsn::{self, Failure},
    identifier::Identifiers,
};
use crate::{
    clock::LegalTime,
    evidence::{Service, SmtpPath},
    message::Bytes,
    net::{
        Call, Destination, Handler, Limits, Listener, LostReplies, Manners, POSTMASTER, Reply, Security, Sent, Server,
        Session,
    },
    state::{StartTls, UnknownUsers},
};

/// An ordinary mail host, described.
#[derive(Clone, Debug)]
pub struct OrdinaryHost {
    /// Host name.
    pub host: String,
    /// Id of its TLS certificate in the test PKI.
    pub tls: String,
    /// Mail domains.
    pub domains: Vec<String>,
    /// Local parts of its mailboxes, in each domain.
    pub mailboxes: Vec<String>,
    /// What happens to mail for unknown ones.
    pub unknown: UnknownUsers,
    /// Where it listens; on port 0, on a free one.
    pub listens: SocketAddr,
    /// After how long it tries again to give back what could not be delivered; without, it tries once.
    pub retry: Option<Duration>,
}

impl Default for OrdinaryHost {
    fn default() -> Self {
        Self {
            host: "mx.posta.example".into(),
            tls: "posta".into(),
            domains: vec!["posta.example".into()],
            mailboxes: vec!["carla".into(), "dario".into()],
            unknown: UnknownUsers::Refuse,
            listens: (Ipv4Addr::LOCALHOST, 0).into(),
            retry: None,
        }
    }
}

/// A running ordinary mail host, until dropped.
#[derive(Debug)]
pub struct Posta {
    inner: Arc<Inner>,
    listener: Listener,
}

#[derive(Debug)]
struct Inner {
    settings: OrdinaryHost,
    around: Arc<Surroundings>,
    identifiers: Identifiers,
    mailboxes: Mutex<BTreeMap<String, Vec<Stored>>>,
    tasks: Tasks,
}

struct Host(Arc<Inner>);

impl Posta {
    pub(super) async fn start(
        around: Arc<Surroundings>,
        settings: OrdinaryHost,
        tls: Arc<rustls::ServerConfig>,
    ) -> io::Result<Self> {
        let (host, domains) = (settings.host.clone(), settings.domains.clone());
        let identifiers = Identifiers::new("posta", &format!("posta@{host}"), around.play());
        let inner = Arc::new(Inner {
            settings,
            around: around.clone(),
            identifiers,
            mailboxes: Mutex::default(),
            tasks: Tasks::default(),
        });
        let server = Server {
            host: host.clone(),
            service: Service::Ordinary,
            tls,
            limits: Limits::default(),
            upgrade: StartTls::Offered,
            manners: Manners::Lenient,
            lost_replies: LostReplies::default(),
        };
        let listener = Listener::bind(inner.settings.listens, server, Arc::new(Host(inner.clone()))).await?;
        let destination = Destination {
            address: listener.address(),
            host,
            service: Service::Ordinary,
            security: Security::WhenOffered,
            trust: None,
        };
        around.announce(&domains, &destination);
        Ok(Self { inner, listener })
    }

    /// Where it listens.
    pub fn incoming_addr(&self) -> SocketAddr {
        self.listener.address()
    }

    /// Sends nothing more and takes nothing more, whatever is under way.
    pub fn stop(&self) {
        self.inner.tasks.stop();
        self.listener.stop();
    }

    /// What it was told to be.
    pub fn settings(&self) -> &OrdinaryHost {
        &self.inner.settings
    }

    /// What a mailbox holds, oldest first; letter case of the address ignored.
    pub fn mailbox(&self, address: &str) -> Vec<Stored> {
        self.inner.mailboxes().get(&address.to_ascii_lowercase()).cloned().unwrap_or_default()
    }

    /// The mailboxes that hold something.
    pub fn mailboxes(&self) -> Vec<String> {
        self.inner.mailboxes().keys().cloned().collect()
    }
}

impl Drop for Posta {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Inner {
    fn mailboxes(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Vec<Stored>>> {
        self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn manages(&self, to: &str) -> bool {
        self.settings.domains.iter().any(|own| own.eq_ignore_ascii_case(address::domain(to)))
    }

    fn knows(&self, to: &str) -> bool {
        let local = address::local(to);
        let mut mailboxes = self.settings.mailboxes.iter().map(String::as_str).chain([POSTMASTER]);
        self.manages(to) && mailboxes.any(|own| own.eq_ignore_ascii_case(local))
    }

    /// Tells the sender, unless there is none (RFC 5321 4.5.5).
    fn bounce(self: &Arc<Self>, from: &str, unknown: &[String], message: &[u8], at: &LegalTime) {
        let Some(destination) = self.around.route(address::domain(from)).filter(|_| !from.is_empty()) else { return };
        let reply = Reply::new(550, [5, 1, 1], "No such user");
        let failures: Vec<Failure> =
            unknown.iter().map(|to| Failure { recipient: to.clone(), reply: reply.clone() }).collect();
        let id = self.identifiers.next(at);
        let report = dsn::compose(&self.settings.host, from, &failures, message, &id, at).into();
        let path = SmtpPath { from: String::new(), to: vec![from.to_owned()] };
        let (inner, first) = (self.clone(), self.around.busy());
        self.tasks.spawn(async move {
            let client = inner.around.client(&inner.settings.host);
            let mut busy = first;
            loop {
                let outcome = inner.around.hand_over(&client, &destination, &path, &report).await;
                let is_put_off = outcome.as_ref().map_or(true, Sent::is_put_off);
                drop(busy);
                // Until the host is stopped.
                let Some(retry) = inner.settings.retry.filter(|_| is_put_off) else { break };
                tokio::time::sleep(retry).await;
                busy = inner.around.busy();
            }
        });
    }
}

impl Handler for Host {
    fn called(&self, call: Call) -> impl Send + 'static {
        self.0.around.called(call)
    }

    fn connected(&self, session: &Session) -> Result<(), Reply> {
        self.0.around.opened(&self.0.settings.host, session);
        Ok(())
    }

    fn named(&self, session: &Session) -> Result<(), Reply> {
        self.0.around.admit(session)
    }

    async fn authenticate(&self, _: &str, _: &str) -> bool {
        false
    }

    async fn mail_from(&self, _: &Session, _: &str) -> Reply {
        Reply::new(250, [2, 1, 0], "Sender ok")
    }

    async fn rcpt(&self, _: &Session, to: &str) -> Reply {
        let to = &address::in_full(to, &self.0.settings.domains[0]);
        if !self.0.manages(to) {
            Reply::new(550, [5, 7, 1], "Relaying denied")
        } else if !self.0.knows(to) && self.0.settings.unknown == UnknownUsers::Refuse {
            Reply::new(550, [5, 1, 1], "No such user")
        } else {
            Reply::new(250, [2, 1, 5], "Recipient ok")
        }
    }

    async fn data(&self, session: &Session, message: Vec<u8>) -> Reply {
        let inner = &self.0;
        let _busy = inner.around.busy();
        let at = LegalTime::at(inner.around.clock().now());
        let reply = Reply::new(250, [2, 0, 0], "Delivered");
        let to = address::once_each(&session.to, &inner.settings.domains[0]);
        let (known, unknown): (Vec<String>, Vec<String>) = to.into_iter().partition(|to| inner.knows(to));
        let trace = trace(&session.from, None);
        let traced = Bytes::with_first(trace.as_bytes(), message);
        let message = traced.behind(trace.len());
        for mailbox in known {
            let stored = Stored { bytes: traced.clone(), at: at.instant() };
            inner.mailboxes().entry(mailbox.to_ascii_lowercase()).or_default().push(stored);
        }
        if !unknown.is_empty() {
            inner.bounce(&session.from, &unknown, &message, &at);
        }
        inner.around.transmitted(&inner.settings.host, session, message, &reply);
        reply
    }
}
