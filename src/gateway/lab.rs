//! One world in this process: surroundings with a tap on every wire. The gateways of a scenario share it.

use std::{
    io,
    ops::Deref,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use jiff::{SignedDuration, Timestamp};
use rustls::ServerConfig;

use super::{
    Gateway, Keys, OrdinaryHost, Posta, Profile, Surroundings,
    advance::{Timers, advance},
    store::{InMemory, Journal},
    tap::Tap,
    world,
};
use crate::{
    clock::{Clock, Machine},
    directory::{Directory, export},
    pki::Pki,
    smime::Trust,
};

/// A world of its own; nothing of it is shared with other labs but the test PKI. It is the [`Surroundings`] of its hosts.
#[derive(Debug)]
pub struct Lab {
    pki: Arc<Pki>,
    machine: Machine,
    tap: Arc<Tap>,
    surroundings: Arc<Surroundings>,
    gateways: Mutex<Vec<Weak<Gateway>>>,
}

impl Lab {
    /// A world that begins at `start`, with the directory of the test PKI's providers and nobody listening yet.
    pub fn new(pki: Arc<Pki>, start: Timestamp) -> Arc<Self> {
        let (directory, trust) = (world::directory(&pki), pki.trust());
        Self::with(pki, Clock::still(start), Machine::default(), (&directory, trust), Tap::default())
    }

    /// A world that begins with this directory, these anchors and these revocation lists, and may share its clock with
    /// another; `machine` tells the day that TLS goes by, and `tap` who has a part in it.
    pub fn with(
        pki: Arc<Pki>,
        clock: Clock,
        machine: Machine,
        (directory, trust): (&Directory, Trust),
        tap: Tap,
    ) -> Arc<Self> {
        let tap = Arc::new(tap);
        let (tls, ldif) = (pki.tls_client_config(machine), export::ldif(directory));
        let surroundings = Surroundings::tapped(clock, tls, ldif, trust, Some(tap.clone()))
            .expect("the reader reads what the exporter writes; a test holds them together");
        Arc::new(Self { pki, machine, tap, surroundings: Arc::new(surroundings), gateways: Mutex::default() })
    }

    /// The test PKI.
    pub fn pki(&self) -> &Pki {
        &self.pki
    }

    /// What is seen of this world.
    pub fn tap(&self) -> &Tap {
        &self.tap
    }

    /// Starts a provider's gateway. It lives until dropped.
    pub async fn start(&self, profile: Profile) -> io::Result<Arc<Gateway>> {
        self.start_on(profile, InMemory::default()).await
    }

    /// Starts a provider's gateway on a journal, which may know of earlier days.
    pub async fn start_on(&self, profile: Profile, journal: impl Journal + 'static) -> io::Result<Arc<Gateway>> {
        let keys = Keys::of_test(&self.pki, self.machine, &profile)?;
        let gateway = Arc::new(Gateway::start(self.surroundings.clone(), profile, keys, journal).await?);
        self.gateways().push(Arc::downgrade(&gateway));
        Ok(gateway)
    }

    /// Starts an ordinary mail host. It lives until dropped.
    pub async fn start_ordinary(&self, host: OrdinaryHost) -> io::Result<Arc<Posta>> {
        let no_tls = || io::Error::other(format!("the test PKI has no TLS certificate {}", host.tls));
        let tls = self.tls_server_config(&host.tls).ok_or_else(no_tls)?;
        Posta::start(self.surroundings.clone(), host, tls).await.map(Arc::new)
    }

    /// Moves the clock to `by` from now, stopping and settling at every instant at which something is due.
    pub async fn advance(&self, by: SignedDuration) {
        let Ok(()) = advance(self, by).await;
    }

    /// TLS of a server of this world, by the id of its certificate.
    pub fn tls_server_config(&self, id: &str) -> Option<Arc<ServerConfig>> {
        self.pki.tls_server_config(id, self.machine)
    }

    fn gateways(&self) -> MutexGuard<'_, Vec<Weak<Gateway>>> {
        self.gateways.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn living(&self) -> Vec<Arc<Gateway>> {
        self.gateways().iter().filter_map(Weak::upgrade).collect()
    }
}

impl Deref for Lab {
    type Target = Surroundings;

    fn deref(&self) -> &Surroundings {
        &self.surroundings
    }
}

impl Timers for Lab {
    type Error = std::convert::Infallible;

    fn now(&self) -> Timestamp {
        self.clock().now()
    }

    async fn settled(&self) -> Result<(), Self::Error> {
        self.settle().await;
        Ok(())
    }

    fn due_after(&self, instant: Timestamp) -> Option<Timestamp> {
        self.living().iter().filter_map(|gateway| gateway.due_after(instant)).min()
    }

    async fn move_to(&self, instant: Timestamp) -> Result<(), Self::Error> {
        self.clock().move_to(instant);
        for gateway in self.living() {
            gateway.run_due();
        }
        Ok(())
    }
}
