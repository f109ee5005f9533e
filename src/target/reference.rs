//! A reference gateway as a side.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::{Changed, Doing, Mark, Need, Shelf, Side, Stored, TargetError, world::released};
use crate::{
    evidence::{GatewayFacts, LogRecord, Service},
    gateway::{self, Gateway, Lab, Profile, compose::Composer, store::InMemory},
    net::{AuthMechanism, Credentials, Destination, Security},
    scenario::words::SERVICE,
    smime::Signer,
};

/// How much of a reference gateway is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// Everything: it lives in the harness's own lab.
    Inside,
    /// Its mailboxes alone, as a stranger's gateway shows them: it lives in a lab of its own.
    Mailboxes,
}

/// A reference gateway in this process, reached over real sockets.
pub(super) struct Reference {
    /// The target's name.
    pub target: String,
    pub lab: Arc<Lab>,
    pub shown: Shown,
    gateway: Mutex<Arc<Gateway>>,
    /// What it keeps when it starts again.
    journal: InMemory,
    /// The domain of its users' addresses, whoever manages it.
    domain: String,
}

impl Reference {
    /// Starts it.
    pub async fn start(target: &str, lab: Arc<Lab>, profile: Profile, shown: Shown) -> std::io::Result<Self> {
        let (journal, domain) = (InMemory::default(), profile.domains[0].clone());
        let gateway = Mutex::new(lab.start_on(profile, journal.clone()).await?);
        Ok(Self { target: target.to_owned(), lab, shown, gateway, journal, domain })
    }

    fn gateway(&self) -> Arc<Gateway> {
        self.gateway.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Side for Reference {
    fn facts(&self) -> GatewayFacts {
        let gateway = self.gateway();
        let profile = gateway.profile();
        GatewayFacts {
            target: self.target.clone(),
            provider: profile.provider.clone(),
            domains: profile.domains.clone(),
            ..GatewayFacts::default()
        }
    }

    fn lacks(&self, need: Need) -> Option<String> {
        let what = match (self.shown, need) {
            (Shown::Inside, _) | (Shown::Mailboxes, Need::Clock | Need::State | Need::Trust | Need::SecondReceiver) => {
                return None;
            }
            (Shown::Mailboxes, Need::VirusStore) => "it does not show its virus store",
            (Shown::Mailboxes, Need::Wires) => "it does not show what reaches its points",
            (Shown::Mailboxes, Need::Impersonation) => "the harness cannot sign in its name",
        };
        Some(format!("{}: {what}", self.target))
    }

    fn address(&self, user: &str) -> String {
        if user == SERVICE {
            self.gateway().profile().receipt_mailbox.clone()
        } else {
            format!("{user}@{}", self.domain)
        }
    }

    fn endpoint(&self, service: Service) -> Destination {
        let (address, security) = match service {
            Service::Submission => (self.gateway().submission_addr(), Security::StartTls),
            Service::Submissions => (self.gateway().submissions_addr(), Security::Implicit),
            Service::Incoming | Service::Ordinary => (self.gateway().incoming_addr(), Security::StartTls),
        };
        Destination { address, host: self.gateway().profile().host.clone(), service, security, trust: None }
    }

    fn login(&self, address: &str) -> Credentials {
        let password = self.gateway().profile().password.clone();
        Credentials { user: address.to_owned(), password, mechanism: AuthMechanism::Plain }
    }

    fn look<'a>(&'a self, place: Shelf<'a>, since: Mark) -> Doing<'a, (Vec<Stored>, Mark)> {
        let all = match place {
            Shelf::Mailbox(address) => self.gateway().mailbox(address),
            Shelf::VirusStore => self.gateway().virus_store(),
        };
        let all = all.into_iter().map(Stored::from).collect();
        Box::pin(async move { Ok(since.after(all)) })
    }

    fn quiet(&self) -> Doing<'_, Option<String>> {
        Box::pin(async {
            self.lab.settle().await;
            Ok(None)
        })
    }

    fn begun(&self) -> usize {
        self.lab.begun()
    }

    fn due_after(&self, instant: Timestamp) -> Option<Timestamp> {
        self.gateway().due_after(instant)
    }

    fn advance_to(&self, instant: Timestamp) -> Doing<'_, ()> {
        Box::pin(async move {
            self.lab.clock().move_to(instant);
            self.gateway().run_due();
            Ok(())
        })
    }

    fn change(&self, changed: Changed) -> Doing<'_, ()> {
        Box::pin(async move {
            let before = self.gateway();
            before.stop();
            let mut profile = before.profile().clone();
            changed.apply(&mut profile);
            if profile.bind.incoming != 0 {
                released((profile.bind.address, profile.bind.incoming).into()).await;
            }
            let again = self.lab.start_on(profile, self.journal.clone()).await.map_err(|error| {
                TargetError::infrastructure(format!("{} does not start again: {error}", self.target))
            })?;
            *self.gateway.lock().unwrap_or_else(PoisonError::into_inner) = again;
            Ok(())
        })
    }

    fn halt(&self) {
        self.gateway().stop();
    }

    fn shows_wires(&self) -> bool {
        self.shown == Shown::Inside
    }

    fn log(&self) -> Option<Vec<LogRecord>> {
        (self.shown == Shown::Inside).then(|| self.gateway().log())
    }

    fn composer(&self) -> Option<Composer> {
        if self.shown == Shown::Mailboxes {
            return None;
        }
        let gateway = self.gateway();
        let profile = gateway.profile();
        let signer = self.lab.pki().signer(&profile.signer)?.clone();
        let facts = self.lab.pki().provider(&profile.signer)?;
        Some(Composer {
            provider: facts.name.clone(),
            address: facts.service.clone(),
            dialect: profile.dialect,
            signer,
        })
    }

    fn signer(&self, id: &str) -> Option<Signer> {
        self.lab.pki().signer(&format!("{}-{id}", self.gateway().profile().signer)).cloned()
    }
}

impl From<gateway::Stored> for Stored {
    fn from(stored: gateway::Stored) -> Self {
        Self { bytes: stored.bytes, at: stored.at }
    }
}
