//! A gateway being served.

use std::{collections::BTreeSet, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};

use super::{
    Config, ServeError,
    certificates::Shown,
    demo,
    maildrop::Mailboxes,
    place::{Place, stamp},
    spool::{MAIL, Spool},
};
use crate::{
    clock::LegalTime,
    evidence::{Service, SmtpPath},
    gateway::{self, Gateway, Surroundings},
    net::{AuthMechanism, Credentials, Destination, Listener, Security, pop3::Pop3},
};

/// How long what is under way may take to end when the gateway is stopped.
const GRACE: Duration = Duration::from_secs(10);

/// The folder of what others need to know of it.
const PUBLIC: &str = "public";

/// A running gateway with what it keeps.
pub struct Serving {
    place: Place,
    around: Arc<Surroundings>,
    gateway: Arc<Gateway>,
    pop3: Option<Listener>,
    spool: Arc<Spool>,
    /// The TLS certificate of its own that its services show.
    shown: Option<Arc<Shown>>,
    /// Domains whose mail goes where it was told to while it runs, whatever the configuration says.
    rerouted: BTreeSet<String>,
    seen: Vec<(PathBuf, Option<(Timestamp, u64)>)>,
}

impl Serving {
    /// Starts what a configuration describes, whose paths are taken from `folder`.
    pub async fn start(config: Config, folder: &std::path::Path) -> Result<Self, ServeError> {
        let place = Place::of(config, folder)?;
        let shown = place.certificate()?.map(|certificate| Arc::new(Shown::new(certificate)));
        let keys = place.keys(shown.as_ref())?;
        let directory = place.directory()?;
        let around = Surroundings::new(place.clock.clone(), place.client_tls()?, directory.clone(), place.trust()?)
            .map_err(|error| ServeError::wrong("directory", &error.to_string()))?;
        let around = Arc::new(around.asking(place.exchangers()?));
        for (domain, destination) in place.routes()? {
            around.announce(&[domain], &destination);
        }
        let data = place.data();
        let trouble = |problem| ServeError::Data { path: data.clone(), problem };
        let spool = Arc::new(Spool::open(&data).map_err(trouble)?);
        spool.forget(place.clock.now()).map_err(trouble)?;
        place.publish(&data.join(PUBLIC), &directory)?;
        let seen = place.watched().into_iter().map(|path| (stamp(&path), path)).map(|(at, path)| (path, at)).collect();
        let tls = keys.tls.clone();
        let gateway = Gateway::start(around.clone(), place.profile.clone(), keys, spool.clone());
        let gateway = Arc::new(gateway.await.map_err(ServeError::Start)?);
        let pop3 = match place.pop3() {
            Some(at) => {
                let mailboxes = Mailboxes { folder: data.join(MAIL), profile: Arc::new(place.profile.clone()) };
                let listening = Listener::bind_pop3(at, Pop3 { tls }, Arc::new(mailboxes)).await;
                Some(listening.map_err(ServeError::Start)?)
            }
            None => None,
        };
        Ok(Self { place, around, gateway, pop3, spool, shown, rerouted: BTreeSet::new(), seen })
    }

    /// Where each service listens.
    pub fn listening(&self) -> Vec<(&'static str, SocketAddr)> {
        let mut all = vec![
            ("submission", self.gateway.submission_addr()),
            ("submissions", self.gateway.submissions_addr()),
            ("incoming", self.gateway.incoming_addr()),
        ];
        all.extend(self.pop3.iter().map(|pop3| ("pop3", pop3.address())));
        all
    }

    /// What its clock shows.
    pub fn now(&self) -> Timestamp {
        self.place.clock.now()
    }

    /// The folder that it keeps everything in.
    pub fn data(&self) -> PathBuf {
        self.place.data()
    }

    /// Reads again what it goes by where one of the files has changed; whether one had. What cannot be read changes nothing:
    /// the gateway goes on by what it had.
    pub fn reread_if_changed(&mut self) -> Result<bool, ServeError> {
        let mut changed = false;
        for (path, known) in &mut self.seen {
            let now = stamp(path);
            changed |= *known != now;
            *known = now;
        }
        if changed {
            self.reread()?;
        }
        Ok(changed)
    }

    /// Reads directory, roots, revocation lists, its certificates and keys again; all of them, or none.
    pub fn reread(&self) -> Result<(), ServeError> {
        let place = &self.place;
        let (ldif, trust, tls) = (place.directory()?, place.trust()?, place.client_tls()?);
        let (signer, certificate, routes) = (place.signer()?, place.certificate()?, place.routes()?);
        place.publish(&self.data().join(PUBLIC), &ldif)?;
        self.around.set_directory(ldif).map_err(|error| ServeError::wrong("directory", &error.to_string()))?;
        self.around.set_trust(trust);
        self.around.set_tls(tls);
        for (domain, destination) in routes.into_iter().filter(|(domain, _)| !self.rerouted.contains(domain)) {
            self.around.announce(&[domain], &destination);
        }
        if let Some(signer) = signer {
            self.gateway.set_signer(signer);
        }
        if let (Some(shown), Some(certificate)) = (&self.shown, certificate) {
            shown.change(certificate);
        }
        Ok(())
    }

    /// Mail for a domain goes there from now on.
    pub fn route(&mut self, domain: &str, destination: &Destination) {
        self.rerouted.insert(domain.to_ascii_lowercase());
        self.around.announce(&[domain.to_owned()], destination);
    }

    /// Moves the clock ahead, from one instant at which something is due to the next; returns when what was due has been
    /// done and nothing is being sent.
    pub async fn advance(&self, by: SignedDuration) {
        let Ok(()) = gateway::advance(self, by).await;
        self.keep_no_longer();
    }

    /// Why it takes and sends nothing any more, once it could not keep something.
    pub fn broken(&self) -> Option<ServeError> {
        let why = self.gateway.broken()?;
        Some(ServeError::Data { path: self.data(), problem: std::io::Error::other(why) })
    }

    /// Forgets what was kept for 30 months. What cannot be removed now is removed another time.
    pub fn keep_no_longer(&self) {
        let _ = self.spool.forget(self.now());
    }

    /// One of its users sends another a message, through its own submission port; what it answered, once the message has
    /// arrived and is certified.
    pub async fn first_message(&self, from: &str, password: &str, to: &str) -> Result<String, ServeError> {
        let at = LegalTime::at(self.now()).date_header();
        let submission = Destination {
            address: self.gateway.submission_addr(),
            host: "localhost".into(),
            service: Service::Submission,
            security: Security::StartTls,
            trust: None,
        };
        let login =
            Credentials { user: from.to_owned(), password: password.to_owned(), mechanism: AuthMechanism::Plain };
        let path = SmtpPath { from: from.to_owned(), to: vec![to.to_owned()] };
        let message = demo::message(from, to, &at);
        let client = self.around.client("client.example");
        let sent = client.send(&submission, Some(&login), &path, message.as_bytes()).await;
        let reply = sent.map_err(|error| ServeError::Start(std::io::Error::other(error.to_string())))?.data;
        self.around.quiet().await;
        Ok(reply.map(|reply| reply.to_string()).unwrap_or_default())
    }

    /// The address of a user.
    pub fn address(&self, user: &str) -> String {
        format!("{user}@{}", self.place.profile.domains[0])
    }

    /// Takes nothing more, lets what is under way come to its end for a while, and ends.
    pub async fn stop(self) {
        self.gateway.close();
        // What is not done by then is in the queue.
        let _ = tokio::time::timeout(GRACE, self.around.quiet()).await;
        self.gateway.stop();
    }
}

impl gateway::Timers for Serving {
    type Error = std::convert::Infallible;

    fn now(&self) -> Timestamp {
        Serving::now(self)
    }

    async fn settled(&self) -> Result<(), Self::Error> {
        self.around.quiet().await;
        Ok(())
    }

    fn due_after(&self, instant: Timestamp) -> Option<Timestamp> {
        self.gateway.due_after(instant)
    }

    async fn move_to(&self, instant: Timestamp) -> Result<(), Self::Error> {
        self.place.clock.move_to(instant);
        let gateway = self.gateway.clone();
        // Where the program ends, what is due is done when it starts again.
        let _ = tokio::task::spawn_blocking(move || gateway.run_due()).await;
        Ok(())
    }
}
