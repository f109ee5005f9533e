//! What the points of a gateway share: identity, store, clock, and the one way in which messages leave them.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, PoisonError, RwLock},
};

use jiff::Timestamp;
use rustls::ClientConfig;

use super::{
    Profile, Stored, Surroundings,
    activity::Tasks,
    address,
    compose::{Certified, Composer, Notice},
    identifier::Identifiers,
    queue::Sending,
    store::{Entry, Purpose, Store},
};
use crate::{
    clock::LegalTime,
    evidence::{LogRecord, SmtpPath},
    message::{Bytes, Kind},
    net::{POSTMASTER, Reply},
    smime::Signer,
};

/// One provider's gateway without its sockets.
#[derive(Debug)]
pub(super) struct Core {
    pub profile: Profile,
    pub composer: RwLock<Arc<Composer>>,
    pub store: Store,
    pub around: Arc<Surroundings>,
    /// Signers that its deviations name.
    pub other_signers: BTreeMap<String, Signer>,
    /// TLS when it calls other hosts, where it is not that of its surroundings.
    pub calling: Option<Arc<ClientConfig>>,
    pub identifiers: Identifiers,
    /// What is being sent.
    pub sending: std::sync::Mutex<Sending>,
    /// When what is long past was forgotten last.
    pub forgot: std::sync::Mutex<Option<Timestamp>>,
    /// Who sends to them.
    pub tasks: Tasks,
}

/// What an operation is about: the original message, and the provider of its sender.
#[derive(Clone, Copy, Debug)]
pub(super) struct Matter<'a> {
    pub about: &'a Certified,
    pub provider: &'a str,
}

/// How a notification reaches its addressee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Put into a mailbox of this provider: what it tells its own user.
    Hand,
    /// Sent to the incoming point of the addressee's provider.
    Wire,
}

impl Core {
    /// The one instant of the event that begins now (4.1).
    pub fn now(&self) -> LegalTime {
        LegalTime::at(self.around.clock().now())
    }

    /// What it composes and signs with now.
    pub fn composer(&self) -> Arc<Composer> {
        self.composer.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// An event, on a thread that may wait: it signs, and waits for the disk.
    pub async fn happens<T: Send + 'static>(
        self: &Arc<Self>,
        happens: impl FnOnce(&Core) -> T + Send + 'static,
    ) -> io::Result<T> {
        let core = self.clone();
        self.apart(move || core.store.event(|| happens(&core))).await?
    }

    /// Something that waits, on a thread that may.
    pub async fn apart<T: Send + 'static>(&self, waits: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
        tokio::task::spawn_blocking(waits).await.map_err(|ended| match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(cancelled) => io::Error::other(cancelled.to_string()),
        })
    }

    /// Composes a notification, writes its log record and sends it on its way.
    pub fn notify(&self, matter: Matter<'_>, notice: &Notice<'_>, at: &LegalTime, way: Way) {
        let (kind, recipient, to) = facts(notice, matter.about);
        let message_id = self.identifiers.next(at);
        let composed = self.composer().notification(matter.about, notice, &message_id, at);
        let recipients = recipient.map_or_else(|| addresses(matter.about), |one| vec![one.to_owned()]);
        self.log(matter, kind.tipo().unwrap_or_default(), &recipients, &[message_id], None, at);
        let emission = self.emit(kind, composed, at);
        for bytes in emission.copies {
            match way {
                Way::Hand => self.put(&to, traced(&self.profile.address, None, &bytes), at),
                Way::Wire => {
                    let path = SmtpPath { from: self.profile.address.clone(), to: vec![to.clone()] };
                    let purpose =
                        Purpose::Notification { about: matter.about.clone(), provider: matter.provider.to_owned() };
                    self.store.queue(path, bytes, purpose, emission.due);
                }
            }
        }
    }

    /// Puts a message into a mailbox.
    pub fn put(&self, mailbox: &str, bytes: Bytes, at: &LegalTime) {
        let message = Stored { bytes, at: at.instant() };
        self.store.record(Entry::Delivered { mailbox: mailbox.to_ascii_lowercase(), message });
    }

    /// Puts an infected message away.
    pub fn quarantine(&self, bytes: &Bytes, at: &LegalTime) {
        self.store.record(Entry::Quarantined(Stored { bytes: bytes.clone(), at: at.instant() }));
    }

    /// Writes a log record (2.3).
    pub fn log(
        &self,
        matter: Matter<'_>,
        event: &str,
        recipients: &[String],
        generated: &[String],
        detail: Option<String>,
        at: &LegalTime,
    ) {
        let Certified { sender, msgid, identifier, subject, .. } = matter.about;
        self.store.record(Entry::Logged(LogRecord {
            msgid: msgid.clone(),
            identifier: (!identifier.is_empty()).then(|| identifier.clone()),
            at: at.instant(),
            sender: sender.clone(),
            recipients: recipients.to_vec(),
            subject: subject.clone().unwrap_or_default(),
            event: event.to_owned(),
            generated: generated.to_vec(),
            provider: matter.provider.to_owned(),
            detail,
        }));
    }

    /// The matter of this provider's own users.
    pub fn own<'a>(&'a self, about: &'a Certified) -> Matter<'a> {
        Matter { about, provider: &self.profile.provider }
    }

    /// A `Received:` field of this host.
    pub fn received(&self, session: &crate::net::Session, at: &LegalTime) -> String {
        let with = match (session.transcript.tls().is_some(), session.user.is_some()) {
            (true, true) => "ESMTPSA",
            (true, false) => "ESMTPS",
            (false, _) => "ESMTP",
        };
        let client: String = session.client.chars().filter(char::is_ascii_graphic).take(255).collect();
        let client = client.replace(['(', ')', ';', '\\'], "");
        format!(
            "Received: from {client} ([{}])\r\n\tby {} with {with}; {}\r\n",
            session.call.client.ip(),
            self.profile.host,
            at.date_header()
        )
    }

    /// Whether an address is that of the people who run the gateway (RFC 5321 4.5.1).
    pub fn is_postmaster(&self, address: &str) -> bool {
        self.profile.manages(address) && address::local(address).eq_ignore_ascii_case(POSTMASTER)
    }

    /// Whether an address is the provider's own: the service mailbox, or the one that signs.
    pub fn is_service(&self, address: &str) -> bool {
        [&self.profile.receipt_mailbox, &self.profile.address].iter().any(|own| own.eq_ignore_ascii_case(address))
    }
}

/// What a host puts on top of a message in a mailbox: Return-Path and, where it came over a wire, Received (RFC 5321 4.4).
pub(super) fn trace(from: &str, received: Option<&str>) -> String {
    format!("Return-Path: <{from}>\r\n{}", received.unwrap_or_default())
}

/// A message as it lies in a mailbox.
pub(super) fn traced(from: &str, received: Option<&str>, bytes: &[u8]) -> Bytes {
    [trace(from, received).as_bytes(), bytes].concat().into()
}

/// A failed store is no reason to lose a message: the client keeps it and tries again.
pub(super) fn answered(outcome: io::Result<Reply>) -> Reply {
    outcome.unwrap_or_else(|_| Reply::new(451, [4, 3, 0], "Temporarily out of order, try again later"))
}

/// All recipients of a submission.
pub(super) fn addresses(about: &Certified) -> Vec<String> {
    about.recipients.iter().map(|recipient| recipient.address.clone()).collect()
}

/// The kind of a notification, the recipient it is about where it is about one, and whom it goes to.
fn facts<'a>(notice: &Notice<'a>, about: &Certified) -> (Kind, Option<&'a str>, String) {
    let sender = about.sender.clone();
    match *notice {
        Notice::Acceptance => (Kind::Accettazione, None, sender),
        Notice::NonAcceptance { .. } => (Kind::NonAccettazione, None, sender),
        Notice::NonAcceptanceVirus { .. } => (Kind::NonAccettazioneVirus, None, sender),
        Notice::ServerAcceptance { to, .. } => (Kind::PresaInCarico, None, to.to_owned()),
        Notice::Delivery { recipient, .. } => (Kind::AvvenutaConsegna, Some(recipient), sender),
        Notice::NonDelivery { recipient, .. } => (Kind::ErroreConsegna, Some(recipient), sender),
        Notice::VirusNonDelivery { recipient, .. } => (Kind::ErroreConsegnaVirus, Some(recipient), sender),
        Notice::Timeout { recipient, .. } => (Kind::PreavvisoErroreConsegna, Some(recipient), sender),
        Notice::VirusDetection { recipient, to, .. } => (Kind::RilevazioneVirus, Some(recipient), to.to_owned()),
    }
}

/// The destination's key in the queue: everything for it goes one after the other.
pub(super) fn domain_of(path: &SmtpPath) -> String {
    path.to.first().map(|to| address::domain(to).to_ascii_lowercase()).unwrap_or_default()
}
