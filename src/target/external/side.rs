//! Somebody's gateway as a side: driven by SMTP, looked at through its mailboxes, and otherwise taken as it is.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use tokio::{net::TcpStream, sync::Mutex};

use super::{External, log::Log, target::Point};
use crate::{
    clock::{Clock, Machine},
    evidence::{GatewayFacts, LogRecord, Role, Service},
    gateway::compose::Composer,
    net::{AuthMechanism, Credentials, Destination, MailboxLogin},
    scenario::{
        Scenario,
        change::{Change, GatewayChange},
        given::{Environment, GatewayState, MailboxSettings},
        model::Step,
        words::{Host, Mailbox, UNKNOWN},
    },
    smime::Signer,
    state::{MailboxState, OrdinaryMail},
    target::{Changed, Contact, Doing, Mark, Need, Shelf, Side, Stored, TargetError},
};

/// How long a port is waited for that does not answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody's gateway, in one play.
pub(in crate::target) struct Outside {
    target: Arc<External>,
    clock: Clock,
    machine: Machine,
    submission: Destination,
    incoming: Destination,
    /// The addresses of those who play the users of the scenario that are in some state.
    cast: BTreeMap<String, String>,
    /// Its domains, that of the environment played in first.
    domains: Vec<String>,
    /// Why it cannot be in the state that the scenario gives.
    unfit: Option<String>,
    /// What was found so far, by mailbox; a mailbox is entered when it is marked.
    found: Mutex<BTreeMap<String, Vec<Stored>>>,
    /// Its log, where that is shown.
    log: Mutex<Option<Log>>,
    /// What was logged of the play, once it was looked at.
    logged: std::sync::Mutex<Option<Vec<LogRecord>>>,
}

/// What the virus store is called among mailboxes; no address is.
const VIRUS_STORE: &str = "virus-store";

impl Outside {
    /// Finds its points, which must answer, and who plays whom in a scenario.
    pub async fn meet(
        target: Arc<External>,
        scenario: &Scenario,
        role: Role,
        (clock, machine): (Clock, Machine),
        contact: Contact,
    ) -> Result<Self, TargetError> {
        let found = async |point: &Point, service: Service| match contact {
            Contact::Made => reached(&target, point, service).await,
            Contact::Avoided => Ok(point.at((Ipv4Addr::UNSPECIFIED, point.port).into(), service)),
        };
        let submission = found(&target.submission, Service::Submission).await?;
        let incoming = found(&target.incoming, Service::Incoming).await?;
        let (cast, unfit) = cast(&target, scenario, role);
        let mut domains = target.document.domains.clone();
        if state(scenario, role).environment == Environment::Secondary {
            let theirs = cast.values().filter_map(|address| address.rsplit_once('@'));
            let played = |domain: &String| theirs.clone().any(|(_, of)| of.eq_ignore_ascii_case(domain));
            domains.sort_by_key(|domain| !played(domain));
        }
        let mut log = target.log();
        if let (Some(log), Contact::Made) = (&mut log, contact) {
            log.mark().await.map_err(|error| target.named(error))?;
        }
        let (found, log, logged) = (Mutex::default(), Mutex::new(log), std::sync::Mutex::default());
        Ok(Self { target, clock, machine, submission, incoming, cast, domains, unfit, found, log, logged })
    }

    async fn looked(&self, shelf: Shelf<'_>) -> Result<Vec<Stored>, TargetError> {
        let no_login = MailboxLogin { user: String::new(), password: String::new() };
        let (address, found) = match shelf {
            Shelf::Mailbox(address) => {
                let address = address.to_ascii_lowercase();
                let found = self.target.sources.get(&address).map(|(source, login)| (source, login));
                (address, found)
            }
            Shelf::VirusStore => {
                (VIRUS_STORE.to_owned(), self.target.virus_store.as_ref().map(|source| (source, &no_login)))
            }
        };
        let Some((source, login)) = found else { return Ok(Vec::new()) };
        let mut readers = self.target.readers.lock().await;
        let reader = readers.entry(address.clone()).or_insert_with(|| source.reader(&address, login));
        let mut found = self.found.lock().await;
        let Some(stored) = found.get_mut(&address) else {
            // What lies there already is not of this play.
            reader.mark().await?;
            found.insert(address, Vec::new());
            return Ok(Vec::new());
        };
        for message in reader.arrived().await? {
            stored.push(Stored { bytes: message.into(), at: self.clock.now() });
        }
        Ok(stored.clone())
    }
}

impl Side for Outside {
    fn facts(&self) -> GatewayFacts {
        GatewayFacts {
            target: self.target.name.clone(),
            provider: self.target.document.provider.clone(),
            domains: self.domains.clone(),
            incoming_tls: self.target.document.incoming.tls,
        }
    }

    fn lacks(&self, need: Need) -> Option<String> {
        let what = match need {
            Need::Clock if self.target.document.clock.is_some() => return None,
            Need::Clock => "its clock cannot be moved; `clock` in its target file could say how",
            Need::State => return self.unfit.clone(),
            Need::VirusStore if self.target.virus_store.is_some() => return None,
            Need::VirusStore => "its virus store is not shown; `virus-store` in its target file could say where it is",
            Need::Wires => "what reaches its points is not seen",
            Need::Impersonation => "nobody else can sign in its name",
            Need::Trust => "it goes by its own directory and revocation lists",
            Need::SecondReceiver if self.target.counterpart().second_incoming.is_some() => return None,
            Need::SecondReceiver => {
                "it has no way to a second receiver; `second-incoming` below `counterpart` in its target file could be one"
            }
        };
        Some(format!("{}: {what}", self.target.name))
    }

    fn address(&self, user: &str) -> String {
        let document = &self.target.document;
        if let Some(address) = self.cast.get(user) {
            return address.clone();
        }
        if let Some(user) = document.users.get(user) {
            return user.address.clone();
        }
        match &document.unknown {
            Some(unknown) if user == UNKNOWN => unknown.clone(),
            _ => format!("{user}@{}", self.domains[0]),
        }
    }

    fn endpoint(&self, service: Service) -> Destination {
        match service {
            Service::Submission | Service::Submissions => self.submission.clone(),
            Service::Incoming | Service::Ordinary => self.incoming.clone(),
        }
    }

    fn login(&self, address: &str) -> Credentials {
        self.target.logins.get(&address.to_ascii_lowercase()).cloned().unwrap_or_else(|| {
            // Whoever the file does not name has no password: the server says so.
            Credentials { user: address.to_owned(), password: String::new(), mechanism: AuthMechanism::Plain }
        })
    }

    fn look<'a>(&'a self, place: Shelf<'a>, since: Mark) -> Doing<'a, (Vec<Stored>, Mark)> {
        Box::pin(async move { Ok(since.after(self.looked(place).await?)) })
    }

    fn read_log(&self) -> Doing<'_, ()> {
        Box::pin(async move {
            if let Some(log) = &*self.log.lock().await {
                let records = log.records().await.map_err(|error| self.target.named(error))?;
                *self.logged.lock().unwrap_or_else(PoisonError::into_inner) = Some(records);
            }
            Ok(())
        })
    }

    fn quiet(&self) -> Doing<'_, Option<String>> {
        // Nobody sees whether anything is under way in it: absence is waited for. Where its clock can be moved, the command ends
        // when what was due is done: by no seconds it waits for that alone.
        Box::pin(async { self.target.move_clock(0, self.machine).await.map(|_| None) })
    }

    fn begun(&self) -> usize {
        0
    }

    fn due_after(&self, _: Timestamp) -> Option<Timestamp> {
        None
    }

    fn advance_to(&self, instant: Timestamp) -> Doing<'_, ()> {
        Box::pin(async move {
            if self.target.document.clock.is_none() {
                return Ok(());
            }
            let wanted = instant.duration_since(self.machine.now());
            let more = wanted - self.target.ahead(self.machine).await?;
            if more > SignedDuration::ZERO {
                // Whole seconds, so that it is never behind.
                self.target.move_clock(more.as_secs() + 1, self.machine).await?;
            }
            Ok(())
        })
    }

    fn change(&self, _: Changed) -> Doing<'_, ()> {
        let what = format!("{}: nobody here changes it while it is played with", self.target.name);
        Box::pin(async { Err(TargetError::configuration(what)) })
    }

    fn halt(&self) {}

    fn shows_wires(&self) -> bool {
        false
    }

    fn calls_itself(&self, host: &str) -> bool {
        let Self { target, submission, incoming, .. } = self;
        let own = [&submission.host, &incoming.host, &target.submission.host, &target.incoming.host];
        own.into_iter().chain(&target.document.names).any(|name| name.eq_ignore_ascii_case(host))
    }

    fn log(&self) -> Option<Vec<LogRecord>> {
        self.logged.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn composer(&self) -> Option<Composer> {
        None
    }

    fn signer(&self, _: &str) -> Option<Signer> {
        None
    }
}

/// The state that a scenario gives the gateway of a role.
fn state(scenario: &Scenario, role: Role) -> GatewayState {
    scenario.given.gateway(role).cloned().unwrap_or_default()
}

/// Who plays the mailboxes that a scenario gives a state; else why nobody can.
fn cast(target: &External, scenario: &Scenario, role: Role) -> (BTreeMap<String, String>, Option<String>) {
    let given = &scenario.given;
    let own = state(scenario, role);
    let name = &target.name;
    let mut cast = BTreeMap::new();
    if own != (GatewayState { environment: own.environment, ..GatewayState::default() }) {
        return (
            cast,
            Some(format!("{name}: a gateway in the state that the scenario gives it would have to be set up so")),
        );
    }
    if own.environment == Environment::Secondary {
        let secondary = &target.document.secondary;
        if secondary.is_empty() {
            let why = "no users in a secondary environment; `secondary` in its target file could name some";
            return (cast, Some(format!("{name}: {why}")));
        }
        cast.extend(secondary.iter().map(|(user, account)| (user.clone(), account.address.clone())));
    }
    let changes = scenario.steps.iter().filter_map(|step| match step {
        Step::Change(change) => Some(change),
        _ => None,
    });
    let touches = |change: &Change| {
        let has_mailbox = change.mailboxes.keys().any(|mailbox| mailbox.host() == Some(Host::Gateway(role)));
        *change.of(role) != GatewayChange::default() || has_mailbox || change.restarted.contains(&role)
    };
    if changes.into_iter().any(|change| touches(change)) {
        return (cast, Some(format!("{name}: it would have to be changed while it is played with")));
    }
    let states = &target.document.states;
    for (mailbox, state) in &given.mailboxes {
        let Mailbox::At { user, host } = mailbox else { continue };
        if *host != Host::Gateway(role) {
            continue;
        }
        let healthy = MailboxSettings::default();
        let of = |state: MailboxState, ordinary_mail: OrdinaryMail| MailboxSettings {
            state,
            ordinary_mail,
            ..healthy.clone()
        };
        let (key, found) = if *state == healthy {
            ("", target.document.users.get(user))
        } else if *state == of(MailboxState::Full, OrdinaryMail::Wrap) {
            ("full", states.full.as_ref())
        } else if *state == of(MailboxState::Disabled, OrdinaryMail::Wrap) {
            ("disabled", states.disabled.as_ref())
        } else if *state == of(MailboxState::Enabled, OrdinaryMail::Refuse) {
            ("refuses-ordinary-mail", states.refuses_ordinary_mail.as_ref())
        } else {
            return (
                cast,
                Some(format!("{name}: a mailbox that copies or tells of what arrives is none that a target file has")),
            );
        };
        match found {
            Some(found) => drop(cast.insert(user.clone(), found.address.clone())),
            None if key.is_empty() => {
                return (
                    cast,
                    Some(format!("{name}: there is no mailbox `{user}`; `users` in its target file could have one")),
                );
            }
            None => {
                return (
                    cast,
                    Some(format!(
                        "{name}: there is no such mailbox; `{key}` below `states` in its target file could be one"
                    )),
                );
            }
        }
    }
    (cast, None)
}

/// Where a point answers: the first of its addresses that takes a connection.
pub(super) async fn reached(target: &External, point: &Point, service: Service) -> Result<Destination, TargetError> {
    let Point { host, port, .. } = point;
    let out_of_reach =
        |what: String| TargetError::infrastructure(format!("{}: {host}:{port} is out of reach: {what}", target.name));
    let addresses: Vec<SocketAddr> =
        tokio::net::lookup_host((&**host, *port)).await.map_err(|error| out_of_reach(error.to_string()))?.collect();
    let mut why = "the name has no address".to_owned();
    for address in addresses {
        match tokio::time::timeout(PATIENCE, TcpStream::connect(address)).await {
            Ok(Ok(_)) => {
                return Ok(point.at(address, service));
            }
            Ok(Err(error)) => why = error.to_string(),
            Err(_) => why = format!("no answer within {PATIENCE:?}"),
        }
    }
    Err(out_of_reach(why))
}
