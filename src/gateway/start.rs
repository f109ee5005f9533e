//! A gateway with its sockets: what the harness holds.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, PoisonError, RwLock},
};

use jiff::Timestamp;

use super::{
    Keys, Profile, Stored, Surroundings,
    access::AccessPoint,
    activity::Tasks,
    compose::Composer,
    core::Core,
    deviation,
    identifier::Identifiers,
    incoming::IncomingPoint,
    store::{Journal, Store},
};
use crate::{
    evidence::{LogRecord, Service},
    net::{Destination, Limits, Listener, LostReplies, Security, Server},
    smime::Signer,
    state::StartTls,
};

/// One provider's gateway, listening until dropped.
#[derive(Debug)]
pub struct Gateway {
    core: Arc<Core>,
    submission: Listener,
    submissions: Listener,
    incoming: Listener,
}

impl Gateway {
    /// Starts on a journal, which may know of earlier days; mail for the profile's domains is routed to it from then on.
    pub async fn start(
        around: Arc<Surroundings>,
        profile: Profile,
        keys: Keys,
        journal: impl Journal + 'static,
    ) -> io::Result<Self> {
        for planted in &profile.deviations {
            deviation::check(planted).map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
        }
        let store = Store::open(journal)?;
        let identifiers = Identifiers::new(&profile.name, &profile.address, around.play()).after(store.entries());
        let core = Arc::new(Core {
            composer: RwLock::new(Arc::new(Composer {
                provider: profile.provider.clone(),
                address: profile.address.clone(),
                dialect: profile.dialect,
                signer: keys.signer,
            })),
            store,
            identifiers,
            sending: std::sync::Mutex::default(),
            forgot: std::sync::Mutex::default(),
            tasks: Tasks::default(),
            profile,
            other_signers: keys.others,
            calling: keys.calling,
            around: around.clone(),
        });
        let profile = &core.profile;
        let server = |service: Service, limits: &Limits| Server {
            host: profile.host.clone(),
            service,
            tls: keys.tls.clone(),
            limits: limits.clone(),
            upgrade: if service == Service::Incoming { profile.upgrade } else { StartTls::Offered },
            manners: profile.choices.manners,
            lost_replies: LostReplies::of(if service == Service::Incoming { profile.replies_lost } else { 0 }),
        };
        let access = Arc::new(AccessPoint(core.clone()));
        let bind = profile.bind;
        let at = |port: u16| (bind.address, port).into();
        let plain = server(Service::Submission, &profile.submission);
        let submission = Listener::bind(at(bind.submission), plain, access.clone()).await?;
        let implicit = server(Service::Submissions, &profile.submission);
        let submissions = Listener::bind(at(bind.submissions), implicit, access).await?;
        let point = Arc::new(IncomingPoint(core.clone()));
        let relay = server(Service::Incoming, &profile.reception);
        let incoming = Listener::bind(at(bind.incoming), relay, point).await?;
        around.announce(
            &profile.domains,
            &Destination {
                address: reachable(incoming.address()),
                host: profile.host.clone(),
                service: Service::Incoming,
                security: Security::StartTls,
                trust: None,
            },
        );
        core.run_due();
        core.keep_time();
        Ok(Self { core, submission, submissions, incoming })
    }

    /// Where users submit with STARTTLS.
    pub fn submission_addr(&self) -> SocketAddr {
        self.submission.address()
    }

    /// Where users submit with implicit TLS.
    pub fn submissions_addr(&self) -> SocketAddr {
        self.submissions.address()
    }

    /// Where other hosts deliver.
    pub fn incoming_addr(&self) -> SocketAddr {
        self.incoming.address()
    }

    /// Who it is.
    pub fn profile(&self) -> &Profile {
        &self.core.profile
    }

    /// Signs with this key from now on.
    pub fn set_signer(&self, signer: Signer) {
        let composer = Composer { signer, ..(*self.core.composer()).clone() };
        *self.core.composer.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(composer);
    }

    /// What a mailbox holds, oldest first; letter case of the address ignored.
    pub fn mailbox(&self, address: &str) -> Vec<Stored> {
        self.core.store.mailbox(address)
    }

    /// The mailboxes that hold something, the service mailbox among them.
    pub fn mailboxes(&self) -> Vec<String> {
        self.core.store.mailboxes()
    }

    /// Its log (2.3).
    pub fn log(&self) -> Vec<LogRecord> {
        self.core.store.log()
    }

    /// The infected messages it put away (2.2.4).
    pub fn virus_store(&self) -> Vec<Stored> {
        let (mut kept, now) = (self.core.store.quarantine(), self.core.now().instant());
        if let Some(retention) = self.core.profile.virus_retention {
            kept.retain(|stored| now.duration_since(stored.at) < retention);
        }
        kept
    }

    /// Takes no more connections; what is under way goes on.
    pub fn close(&self) {
        for listener in [&self.submission, &self.submissions, &self.incoming] {
            listener.close();
        }
    }

    /// Sends nothing more and takes nothing more, whatever is under way.
    pub fn stop(&self) {
        self.core.tasks.stop();
        for listener in [&self.submission, &self.submissions, &self.incoming] {
            listener.stop();
        }
    }

    /// When something is due after an instant, an attempt to send or a timeout notice: what is due by then has been tried.
    pub fn due_after(&self, instant: Timestamp) -> Option<Timestamp> {
        self.core.due_after(instant)
    }

    /// Why it takes and sends nothing any more, once its journal could not be written.
    pub fn broken(&self) -> Option<String> {
        self.core.store.broken()
    }

    /// Does what is due by now.
    pub fn run_due(&self) {
        self.core.run_due();
    }
}

/// Where this host itself reaches what listens on every address.
fn reachable(listening: SocketAddr) -> SocketAddr {
    match listening.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST, listening.port()).into(),
        IpAddr::V6(ip) if ip.is_unspecified() => (Ipv6Addr::LOCALHOST, listening.port()).into(),
        _ => listening,
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.stop();
    }
}
