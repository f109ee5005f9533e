//! A gateway with its sockets: what the harness holds.

use std::{io, net::SocketAddr, sync::Arc};

use jiff::Timestamp;

use super::{
    Lab, Profile, Stored,
    access::AccessPoint,
    activity::Tasks,
    compose::Composer,
    core::Core,
    deviation,
    identifier::Identifiers,
    incoming::IncomingPoint,
    store::{InMemory, Journal, Store},
};
use crate::{
    evidence::{LogRecord, Service},
    net::{Destination, Limits, Listener, Security, Server},
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
    pub(super) async fn start(lab: Arc<Lab>, profile: Profile) -> io::Result<Self> {
        Self::start_on(lab, profile, InMemory::default()).await
    }

    /// Starts on a journal, which may know of earlier days.
    pub(super) async fn start_on(lab: Arc<Lab>, profile: Profile, journal: impl Journal + 'static) -> io::Result<Self> {
        for planted in &profile.deviations {
            deviation::check(planted).map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
        }
        let missing = |what: &str, id: &str| io::Error::other(format!("the test PKI has no {what} {id}"));
        let signer =
            lab.pki().signer(&profile.signer).ok_or_else(|| missing("signing certificate", &profile.signer))?;
        let tls = lab.tls_server_config(&profile.tls).ok_or_else(|| missing("TLS certificate", &profile.tls))?;
        let core = Arc::new(Core {
            composer: Composer {
                provider: profile.provider.clone(),
                address: profile.address.clone(),
                dialect: profile.dialect,
                signer: signer.clone(),
            },
            store: Store::open(journal)?,
            identifiers: Identifiers::new(&profile.name, &profile.address, lab.play()),
            sending: std::sync::Mutex::default(),
            tasks: Tasks::default(),
            profile,
            lab: lab.clone(),
        });
        let profile = &core.profile;
        let server = |service: Service, limits: &Limits| Server {
            host: profile.host.clone(),
            service,
            tls: tls.clone(),
            limits: limits.clone(),
            upgrade: if service == Service::Incoming { profile.upgrade } else { StartTls::Offered },
            manners: profile.choices.manners,
        };
        let access = Arc::new(AccessPoint(core.clone()));
        let submission = Listener::start(server(Service::Submission, &profile.submission), access.clone()).await?;
        let submissions = Listener::start(server(Service::Submissions, &profile.submission), access).await?;
        let point = Arc::new(IncomingPoint(core.clone()));
        let incoming = Listener::start(server(Service::Incoming, &profile.reception), point).await?;
        lab.announce(
            &profile.domains,
            &Destination {
                address: incoming.address(),
                host: profile.host.clone(),
                service: Service::Incoming,
                security: Security::StartTls,
            },
        );
        lab.join(&core);
        core.run_queue();
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
        self.core.store.quarantine()
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
        self.core.due().into_iter().filter(|due| *due > instant).min()
    }

    /// Does what is due by now.
    pub fn run_due(&self) {
        self.core.run_due();
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Core {
    /// The instants at which something is to be done.
    pub(super) fn due(&self) -> Vec<Timestamp> {
        let attempts = self.store.waiting().into_iter().map(|outgoing| outgoing.due);
        attempts.chain(self.notices_due()).collect()
    }

    /// Does what is due by now.
    pub(super) fn run_due(self: &Arc<Self>) {
        let _busy = self.lab.busy();
        // Without its journal a gateway can promise nothing; what is due stays due.
        let _ = self.store.event(|| self.send_due_notices());
        self.run_queue();
    }
}
