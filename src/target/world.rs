//! What plays: a side for each provider, an ordinary mail host, and the harness, which talks to every side in the same way.

mod callers;
mod changing;
mod ledger;
mod reach;
mod record;
mod start;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use super::{
    Answer, External, Heard, InjectAs, Login, Mark, Need, Refusal, Settling, Shelf, Side, Stored, TargetError,
    Transmission, Utterance,
    change::Listing,
    smtp::{answer, spoken},
};
use crate::{
    evidence::{Dialogue, GatewayFacts, Party, PlayId, Role, Seen, Service, SmtpPath},
    gateway::{self, Lab, Posta, Profile, Timers, compose::Composer},
    message::Bytes,
    net::{AuthMechanism, ClientError, Credentials, Destination, Patience, Problem, Reply, Security, Spoken},
    scenario::{
        given::Given,
        inject::Provider,
        send::{ClientAuth, ClientTls},
        words::{Host, Mailbox, ORDINARY_USERS, Place, SERVICE, USERS},
    },
    smime::Signer,
};

use self::ledger::Ledger;
pub(super) use self::start::released;
pub use self::start::{Contact, Setting};

/// The name of users' clients in EHLO.
const CLIENT: &str = "client.example";
/// The name under which the harness plays a PEC provider's relay.
const PEER: &str = "peer.example";

/// Everybody is in this process: who is silent for that long hangs, however busy the machine is.
const PATIENCE: Patience = Patience { command: Duration::from_secs(10), message: Duration::from_secs(30) };

/// A side for each provider, the posta host, and the harness.
pub struct World {
    sides: BTreeMap<Role, Box<dyn Side>>,
    /// Those of them that somebody else built.
    outside: Vec<Arc<External>>,
    /// Where the harness and the posta host live, and every side that shows itself whole.
    lab: Arc<Lab>,
    /// The same, and those of the sides: each side's is one of them.
    labs: Vec<Arc<Lab>>,
    posta: Arc<Posta>,
    play: PlayId,
    /// The addresses of users whom the scenario gives no login.
    disabled: BTreeSet<String>,
    opening: Opening,
    /// What was changed in the directory since.
    changed: Mutex<Listing>,
    /// What the harness handed to sides whose wires are not seen, each in a session of its own.
    handed: Mutex<Vec<(Dialogue, Option<Transmission>)>>,
    /// What it handed to somebody else's gateway, or began to.
    ledger: Ledger,
}

/// How the play began.
struct Opening {
    /// Those of the reference gateways.
    profiles: BTreeMap<Role, Profile>,
    given: Given,
}

impl World {
    fn side(&self, role: Role) -> &dyn Side {
        &**self.sides.get(&role).expect("a scenario names no role that nobody plays in it: its check sees to that")
    }

    fn sides(&self) -> impl Iterator<Item = (Role, &dyn Side)> {
        self.sides.iter().map(|(role, side)| (*role, &**side))
    }

    /// The roles that are played.
    pub fn roles(&self) -> impl Iterator<Item = Role> {
        self.sides.keys().copied()
    }

    /// Everybody who takes mail.
    pub fn hosts(&self) -> impl Iterator<Item = Host> {
        self.roles().map(Host::Gateway).chain([Host::Posta])
    }

    /// Mailboxes that it has whatever a scenario gives.
    pub fn mailboxes(&self) -> impl Iterator<Item = Mailbox> {
        self.hosts().flat_map(|host| {
            let users: Vec<&str> = match host {
                Host::Gateway(_) => USERS.into_iter().chain([SERVICE]).collect(),
                Host::Posta => ORDINARY_USERS.to_vec(),
            };
            users.into_iter().map(move |user| Mailbox::At { user: user.to_owned(), host })
        })
    }

    /// How long is waited, where a side shows nothing of what is under way in it.
    pub fn settling(&self) -> Option<Settling> {
        self.outside.iter().map(|target| target.settling()).reduce(Settling::longer)
    }

    /// Whether nobody but the play uses the mailboxes of a role.
    pub fn is_exclusive(&self, role: Role) -> bool {
        self.outside_at(role.into()).is_none_or(|outside| outside.is_exclusive())
    }

    /// What every report tells of how somebody else's gateway was reached.
    pub fn remarks(&self) -> Vec<String> {
        self.outside.iter().flat_map(|target| target.remarks()).collect()
    }

    /// Lets whatever lives here finish what it is at, and no longer than this: others may keep their sessions open.
    pub async fn catch_up(&self, patience: Duration) {
        let _ = tokio::time::timeout(patience, self.lab.quiet()).await;
    }

    /// The play that this world is for.
    pub fn play(&self) -> &PlayId {
        &self.play
    }

    /// Why a side cannot do something that a scenario needs of it; `None` where it can.
    pub fn lacks(&self, role: Role, need: Need) -> Option<String> {
        self.side(role).lacks(need)
    }

    /// Who plays which role.
    pub fn gateways(&self) -> BTreeMap<Role, GatewayFacts> {
        self.sides().map(|(role, side)| (role, side.facts())).collect()
    }

    /// A mailbox's address.
    pub fn address(&self, mailbox: &Mailbox) -> String {
        match mailbox {
            Mailbox::Literal(address) => address.clone(),
            Mailbox::At { user, host: Host::Posta } => format!("{user}@{}", self.posta.settings().domains[0]),
            Mailbox::At { user, host: Host::Gateway(role) } => self.side(*role).address(user),
        }
    }

    /// The legal clock.
    pub fn now(&self) -> Timestamp {
        self.lab.clock().now()
    }

    /// A user's client submits a message at a role's access point.
    pub async fn submit(
        &self,
        at: Role,
        login: &Login,
        path: &SmtpPath,
        message: &Bytes,
    ) -> Result<Answer, TargetError> {
        let side = self.side(at);
        let service = match login.tls {
            ClientTls::Starttls => Service::Submission,
            ClientTls::Implicit => Service::Submissions,
        };
        let credentials = side.login(&login.user);
        let mechanism = match login.auth {
            // As the side takes it.
            ClientAuth::Plain => credentials.mechanism,
            ClientAuth::Login => AuthMechanism::Login,
        };
        let credentials = Credentials { mechanism, ..credentials };
        let seen = Seen::Submitted { to: at };
        self.send(CLIENT, Host::Gateway(at), side.endpoint(service), Some(credentials), seen, path, message).await
    }

    /// A host hands a message to a gateway's incoming point, or to the ordinary mail host.
    pub async fn inject(
        &self,
        as_host: InjectAs,
        at: Host,
        path: &SmtpPath,
        message: &Bytes,
    ) -> Result<Answer, TargetError> {
        let (name, from) = match as_host {
            InjectAs::Peer => (PEER, Party::Harness),
            InjectAs::Posta => (self.posta.settings().host.as_str(), Party::Posta),
        };
        let endpoint = match at {
            Host::Gateway(role) => self.side(role).endpoint(Service::Incoming),
            Host::Posta => posta_point(&self.posta),
        };
        let security = match (as_host, endpoint.security) {
            (InjectAs::Posta, Security::StartTls) => Security::WhenOffered,
            (InjectAs::Peer | InjectAs::Posta, own) => own,
        };
        let destination = Destination { security, ..endpoint };
        let seen = Seen::Wire { from, to: at.into() };
        self.send(name, at, destination, None, seen, path, message).await
    }

    #[expect(clippy::too_many_arguments, reason = "a session has as many sides to it")]
    async fn send(
        &self,
        name: &str,
        at: Host,
        destination: Destination,
        login: Option<Credentials>,
        seen: Seen,
        path: &SmtpPath,
        message: &Bytes,
    ) -> Result<Answer, TargetError> {
        let from = self.party(name);
        if let Host::Gateway(role) = at {
            self.pace(role).await;
        }
        self.lab.tap().sent(message);
        let entry = self.is_outside(at.into()).then(|| self.ledger.begins(&destination.host, path, message));
        let outcome = self.lab.client(name).send(&destination, login.as_ref(), path, message).await;
        if let Some(entry) = entry {
            self.ledger.ended(entry, &outcome);
        }
        match outcome {
            Ok(sent) => {
                let answer = answer(&sent);
                if matches!(at, Host::Gateway(role) if !self.side(role).shows_wires()) {
                    self.hand(&sent, (from, at.into()), seen, path, message, &answer);
                }
                Ok(answer)
            }
            Err(ClientError { problem: Problem::Refused(reply), .. }) => Ok(turned_away(&reply)),
            Err(ClientError { problem: Problem::EightBit, .. }) => {
                Ok(turned_away(&Reply::new(554, [5, 6, 3], "8BITMIME is not offered, and the message needs it")))
            }
            // Who may not log in now, or never, as the scenario has it.
            Err(ClientError { problem: Problem::Login(reply), .. })
                if reply.code / 100 == 4 || login.is_some_and(|login| self.disabled.contains(&login.user)) =>
            {
                Ok(turned_away(&reply))
            }
            Err(ClientError { problem, transcript }) => {
                Err(self.trouble(&destination.host, &problem).heard_in(transcript.dialogue(from, at.into())))
            }
        }
    }

    fn is_outside(&self, party: Party) -> bool {
        self.outside_at(party).is_some()
    }

    fn outside_at(&self, party: Party) -> Option<&Arc<External>> {
        let target = self.sides.get(&party.role()?)?.facts().target;
        self.outside.iter().find(|outside| outside.name == target)
    }

    /// Waits until one more message may go to whoever plays a role, where that is bounded.
    async fn pace(&self, role: Role) {
        if let Some(target) = self.outside_at(role.into()) {
            target.pace.next().await;
        }
    }

    /// Whose trouble it is that a session with a host did not come to its end.
    fn trouble(&self, host: &str, problem: &Problem) -> TargetError {
        let what = format!("{host}: {problem}");
        match problem {
            Problem::Connect(_) => TargetError::infrastructure(what),
            Problem::Login(_) | Problem::Address(_) => TargetError::configuration(what),
            // Versions below TLS 1.2, and certificates that the target file does not vouch for, are beyond the harness.
            Problem::Tls(_) if self.is_outside(self.party(host)) => TargetError::infrastructure(what),
            _ => TargetError::misbehaved(self.party(host), "an SMTP session that is held to its end", what),
        }
    }

    /// A client that keeps to no rule says all this to a point, behind its greeting; what it hears to each, `None` where it
    /// does not listen. Over TLS from STARTTLS on.
    pub async fn converse(&self, with: &Place, script: &[Utterance]) -> Result<Vec<Option<Heard>>, TargetError> {
        let (role, service) = match with {
            Place::AccessPoint(role) => (*role, Service::Submission),
            Place::IncomingPoint(role) => (*role, Service::Incoming),
            Place::Mailbox(_) | Place::VirusStore(_) => {
                return Err(TargetError::configuration(format!("nobody talks to `{with}`")));
            }
        };
        let side = self.side(role);
        let endpoint = side.endpoint(service);
        let security = if endpoint.security == Security::Implicit { Security::Implicit } else { Security::WhenOffered };
        let destination = Destination { security, ..endpoint };
        let password = |user: &str| side.login(user).password;
        let script: Vec<Spoken> = script.iter().map(|one| spoken(one, password)).collect();
        self.lab
            .client(CLIENT)
            .talk(&destination, &script)
            .await
            .map_err(|problem| self.trouble(&destination.host, &problem))
    }

    /// Returns when nothing more can come before the clock moves; what that was concluded from, in words, where it is less
    /// than certain.
    pub async fn settle(&self) -> Result<Option<String>, TargetError> {
        let begun = || self.lab.begun() + self.sides.values().map(|side| side.begun()).sum::<usize>();
        loop {
            // Who was found idle may since have heard from one who was looked at later: then something began.
            let before = begun();
            let mut notes = Vec::new();
            for side in self.sides.values() {
                notes.extend(side.quiet().await?);
            }
            self.lab.settle().await;
            if begun() == before {
                notes.sort();
                notes.dedup();
                return Ok((!notes.is_empty()).then(|| notes.join("; ")));
            }
        }
    }

    /// Looks into the logs of those whose logs are shown.
    pub async fn read_logs(&self) -> Result<(), TargetError> {
        for side in self.sides.values() {
            side.read_log().await?;
        }
        Ok(())
    }

    /// Moves the legal clock on, from one instant at which something is due to the next.
    pub async fn advance(&self, by: SignedDuration) -> Result<(), TargetError> {
        gateway::advance(self, by).await
    }

    /// Ends whatever is under way: the play is over, and nothing of it is to go on behind the next ones.
    pub fn halt(&self) {
        for side in self.sides.values() {
            side.halt();
        }
        self.posta.stop();
    }

    /// What is new in a place since a mark, oldest first, and the mark from which to look next.
    pub async fn look(&self, place: &Place, since: Mark) -> Result<(Vec<Stored>, Mark), TargetError> {
        match place {
            Place::Mailbox(mailbox) => {
                let address = self.address(mailbox);
                match self.keeper(mailbox) {
                    Some(Host::Gateway(role)) => self.side(role).look(Shelf::Mailbox(&address), since).await,
                    Some(Host::Posta) | None => {
                        Ok(since.after(self.posta.mailbox(&address).into_iter().map(Stored::from).collect()))
                    }
                }
            }
            Place::VirusStore(role) => self.side(*role).look(Shelf::VirusStore, since).await,
            Place::AccessPoint(_) | Place::IncomingPoint(_) => {
                Err(TargetError::configuration(format!("nothing lies at `{place}`")))
            }
        }
    }

    /// How a provider composes, so that the harness can do it in its place.
    pub fn composer(&self, provider: Provider) -> Option<Composer> {
        let Some(role) = provider.role() else {
            let pki = self.lab.pki();
            let (facts, signer) = (pki.provider(gateway::BYSTANDER)?, pki.signer(gateway::BYSTANDER)?.clone());
            let dialect = Profile::alfa().dialect;
            return Some(Composer { provider: facts.name.clone(), address: facts.service.clone(), dialect, signer });
        };
        self.side(role).composer()
    }

    /// A signer of the test PKI: a provider's own defective one (`expired`), or any by its id (`esterna`).
    pub fn signer(&self, provider: Provider, id: &str) -> Option<Signer> {
        let own = match provider.role() {
            Some(role) => self.side(role).signer(id),
            None => self.lab.pki().signer(&format!("{}-{id}", gateway::BYSTANDER)).cloned(),
        };
        own.or_else(|| self.lab.pki().signer(id).cloned())
    }
}

impl Timers for World {
    type Error = TargetError;

    fn now(&self) -> Timestamp {
        World::now(self)
    }

    async fn settled(&self) -> Result<(), TargetError> {
        self.settle().await.map(|_| ())
    }

    fn due_after(&self, instant: Timestamp) -> Option<Timestamp> {
        self.sides.values().filter_map(|side| side.due_after(instant)).min()
    }

    async fn move_to(&self, instant: Timestamp) -> Result<(), TargetError> {
        // What is then due here is not to reach a gateway elsewhere whose clock is still behind.
        if self.due_after(self.now()).is_some_and(|due| due <= instant) {
            for (_, side) in self.sides.iter().filter(|(role, _)| self.is_outside((**role).into())) {
                side.advance_to(instant).await?;
            }
        }
        self.lab.clock().move_to(instant);
        for side in self.sides.values() {
            side.advance_to(instant).await?;
        }
        Ok(())
    }
}

/// An answer to a whole transaction.
fn turned_away(reply: &Reply) -> Answer {
    let refused = vec![Refusal { recipient: None, code: reply.code, text: reply.text.clone() }];
    Answer { refused, ..Answer::default() }
}

fn posta_point(posta: &Posta) -> Destination {
    let address: SocketAddr = posta.incoming_addr();
    let host = posta.settings().host.clone();
    Destination { address, host, service: Service::Ordinary, security: Security::WhenOffered, trust: None }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    use super::*;
    use crate::{
        clock::Machine,
        evidence::Direction,
        scenario::Scenario,
        target::{Targets, Trouble},
    };

    async fn world() -> World {
        let yaml = "title: t\nclauses: [RFC6109-3.5-transaction]\nsteps: [{expect: {}}]\n";
        let file = Scenario::read("t", "t.yaml", yaml, &[]).unwrap();
        let direction = Direction::new("alfa", "bravo");
        let targets = Targets::default();
        let setting =
            Setting { machine: Machine::default(), play: PlayId::default(), targets: &targets, contact: Contact::Made };
        World::start(&direction, &file, &setting).await.unwrap()
    }

    #[tokio::test]
    async fn trouble_is_whose_it_is() {
        let world = world().await;
        let whose = |problem: &Problem| world.trouble("mx.bravo.example", problem).trouble;
        assert_eq!(whose(&Problem::Login(Reply::new(535, [5, 7, 8], "No"))), Trouble::Configuration);
        assert_eq!(whose(&Problem::Connect(std::io::ErrorKind::ConnectionRefused.into())), Trouble::Infrastructure);
        for problem in [Problem::Broken("reset".into()), Problem::Timeout, Problem::NoStartTls] {
            assert!(matches!(whose(&problem), Trouble::Misbehaved { by: Party::Receiver, .. }), "{problem}");
        }
    }

    #[tokio::test]
    async fn a_wrong_password_is_configuration_and_a_closed_port_infrastructure() {
        let world = world().await;
        let path = SmtpPath { from: "mario@alfa.example".into(), to: vec!["anna@bravo.example".into()] };
        let submit = async |user: &str| {
            let login = Login { user: user.to_owned(), tls: ClientTls::default(), auth: ClientAuth::default() };
            world.submit(Role::Sender, &login, &path, &b"x"[..].into()).await.unwrap_err().trouble
        };
        assert_eq!(submit("nessuno@alfa.example").await, Trouble::Configuration);
        world.halt();
        let port = world.side(Role::Sender).endpoint(Service::Submission).address;
        while TcpStream::connect(port).await.is_ok() {
            tokio::task::yield_now().await;
        }
        assert_eq!(submit("mario@alfa.example").await, Trouble::Infrastructure);
    }

    #[tokio::test]
    async fn a_stranger_is_told_of_and_neither_served_nor_judged_nor_waited_for() {
        let world = world().await;
        let incoming = world.side(Role::Receiver).endpoint(Service::Incoming).address;
        let mut silent = TcpStream::connect(incoming).await.unwrap();
        let mut stranger = TcpStream::connect(incoming).await.unwrap();
        stranger.write_all(b"EHLO scanner.example\r\nMAIL FROM:<a@b.example>\r\n").await.unwrap();
        let mut heard = String::new();
        stranger.read_to_string(&mut heard).await.unwrap();
        assert!(heard.contains("421 4.7.0") && !heard.contains("250"), "{heard}");
        assert!(silent.read(&mut [0; 100]).await.unwrap() > 0);
        world.settle().await.unwrap();
        let recorded = world.recorded();
        assert!(recorded.dialogues.is_empty());
        assert_eq!(recorded.callers.len(), 2);
    }
}
