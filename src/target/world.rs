//! What plays: two sides, an ordinary mail host, and the harness, which talks to every side in the same way.

mod changing;
mod record;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use super::{
    Answer, Heard, InjectAs, Login, Mark, Need, OUTSIDE, Refusal, Shelf, Side, Stored, TargetError, Transmission,
    Utterance,
    change::Listing,
    given,
    reference::{Reference, Shown},
    smtp::{answer, spoken},
};
use crate::{
    clock::{Clock, Machine},
    evidence::{Dialogue, Direction, GatewayFacts, Party, PlayId, Role, Seen, Service, SmtpPath},
    gateway::{self, Doors, Lab, Posta, Profile, Timers, compose::Composer},
    message::Bytes,
    net::{AuthMechanism, ClientError, Credentials, Destination, Patience, Problem, Reply, Security, Spoken},
    pki::Pki,
    scenario::{
        Scenario,
        given::Given,
        inject::Provider,
        send::{ClientAuth, ClientTls},
        words::{Host, Mailbox, Place},
    },
    smime::Signer,
    state::MailboxState,
};

/// The name of users' clients in EHLO.
const CLIENT: &str = "client.example";
/// The name under which the harness plays a PEC provider's relay.
const PEER: &str = "peer.example";

/// Everybody is in this process: who is silent for that long hangs, however busy the machine is.
const PATIENCE: Patience = Patience { command: Duration::from_secs(10), message: Duration::from_secs(30) };

/// Two sides, the posta host, and the harness.
pub struct World {
    sides: [Box<dyn Side>; 2],
    /// Where the harness and the posta host live, and every side that shows itself whole.
    lab: Arc<Lab>,
    /// The same, and those of the sides: each side's is one of them.
    labs: [Arc<Lab>; 3],
    posta: Arc<Posta>,
    play: PlayId,
    /// The addresses of users whom the scenario gives no login.
    disabled: BTreeSet<String>,
    opening: Opening,
    /// What was changed in the directory since.
    changed: Mutex<Listing>,
    /// What the harness handed to sides whose wires are not seen, each in a session of its own.
    handed: Mutex<Vec<(Dialogue, Option<Transmission>)>>,
}

/// How the play began.
struct Opening {
    profiles: [Profile; 2],
    given: Given,
}

impl World {
    /// Starts everybody in the state that the scenario gives; `machine` tells the day.
    pub(super) async fn start(
        direction: &Direction,
        scenario: &Scenario,
        machine: Machine,
        play: PlayId,
    ) -> Result<Self, TargetError> {
        let trouble = |error: std::io::Error| TargetError::infrastructure(format!("a host does not start: {error}"));
        let pki = Pki::load().map_err(|error| TargetError::infrastructure(error.to_string()))?;
        let posta = given::posta(scenario);
        let [sender, receiver] = given::profiles(direction, scenario, &posta)?;
        let directory = given::directory(&pki, &scenario.given, [&sender, &receiver])?;
        let clock = Clock::still(scenario.starts);
        // Whom a gateway calls with that lives elsewhere, nobody knows beforehand.
        let outside = [&direction.sender, &direction.receiver].iter().any(|name| name.starts_with(OUTSIDE));
        let doors = if outside { Doors::Open } else { Doors::OwnOnly };
        let lab = || {
            let trust = given::trust(&pki, &scenario.given);
            let lab = Lab::with(pki.clone(), clock.clone(), machine, &directory, trust);
            lab.set_patience(PATIENCE);
            lab.set_play(play.clone());
            lab.tap().set_doors(doors);
            lab
        };
        let own = lab();
        let posta = own.start_ordinary(posta).await.map_err(trouble)?;
        let start = async |target: &str, profile: Profile| {
            let outside = target.starts_with(OUTSIDE);
            let (lab, shown) = if outside { (lab(), Shown::Mailboxes) } else { (own.clone(), Shown::Inside) };
            Reference::start(target, lab, profile, shown).await.map_err(trouble)
        };
        let profiles = [sender.clone(), receiver.clone()];
        let receiver = start(&direction.receiver, receiver).await?;
        let sender = start(&direction.sender, sender).await?;
        let hosts = [
            (posta.settings().domains.clone(), posta_point(&posta)),
            (sender.facts().domains, sender.endpoint(Service::Incoming)),
            (receiver.facts().domains, receiver.endpoint(Service::Incoming)),
        ];
        let labs = [own.clone(), sender.lab.clone(), receiver.lab.clone()];
        for lab in &labs {
            for (domains, destination) in &hosts {
                lab.announce(domains, destination);
            }
        }
        let sides: [Box<dyn Side>; 2] = [Box::new(sender), Box::new(receiver)];
        let disabled = BTreeSet::new();
        let opening = Opening { profiles, given: scenario.given.clone() };
        let (changed, handed) = (Mutex::default(), Mutex::default());
        let mut world = Self { sides, lab: own, labs, posta, play, disabled, opening, changed, handed };
        let states = scenario.given.mailboxes.iter();
        let disabled = states.filter(|(_, state)| state.state == MailboxState::Disabled);
        world.disabled = disabled.map(|(mailbox, _)| world.address(mailbox)).collect();
        Ok(world)
    }

    fn side(&self, role: Role) -> &dyn Side {
        match role {
            Role::Sender => &*self.sides[0],
            Role::Receiver => &*self.sides[1],
        }
    }

    fn roles(&self) -> [(Role, &dyn Side); 2] {
        Role::BOTH.map(|role| (role, self.side(role)))
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
        self.roles().map(|(role, side)| (role, side.facts())).into()
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
        let mechanism = match login.auth {
            ClientAuth::Plain => AuthMechanism::Plain,
            ClientAuth::Login => AuthMechanism::Login,
        };
        let credentials = Credentials { mechanism, ..side.login(&login.user) };
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
        let (name, from, security) = match as_host {
            InjectAs::Peer => (PEER, Party::Harness, Security::StartTls),
            InjectAs::Posta => (self.posta.settings().host.as_str(), Party::Posta, Security::WhenOffered),
        };
        let endpoint = match at {
            Host::Gateway(role) => self.side(role).endpoint(Service::Incoming),
            Host::Posta => posta_point(&self.posta),
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
        self.lab.tap().sent(message);
        match self.lab.client(name).send(&destination, login.as_ref(), path, message).await {
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

    /// Whose trouble it is that a session with a host did not come to its end.
    fn trouble(&self, host: &str, problem: &Problem) -> TargetError {
        let what = format!("{host}: {problem}");
        match problem {
            Problem::Connect(_) => TargetError::infrastructure(what),
            Problem::Login(_) | Problem::Address(_) => TargetError::configuration(what),
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
        let destination = Destination { security: Security::WhenOffered, ..side.endpoint(service) };
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
        let begun = || self.lab.begun() + self.sides.iter().map(|side| side.begun()).sum::<usize>();
        loop {
            // Who was found idle may since have heard from one who was looked at later: then something began.
            let before = begun();
            let mut notes = Vec::new();
            for side in &self.sides {
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

    /// Moves the legal clock on, from one instant at which something is due to the next.
    pub async fn advance(&self, by: SignedDuration) -> Result<(), TargetError> {
        gateway::advance(self, by).await
    }

    /// Ends whatever is under way: the play is over, and nothing of it is to go on behind the next ones.
    pub fn halt(&self) {
        for side in &self.sides {
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
        let (Provider::Sender | Provider::Receiver) = provider else {
            let pki = self.lab.pki();
            let (facts, signer) = (pki.provider(gateway::THIRD)?, pki.signer(gateway::THIRD)?.clone());
            let dialect = Profile::alfa().dialect;
            return Some(Composer { provider: facts.name.clone(), address: facts.service.clone(), dialect, signer });
        };
        self.provider(provider)?.composer()
    }

    /// A signer of the test PKI: a provider's own defective one (`expired`), or any by its id (`esterna`).
    pub fn signer(&self, provider: Provider, id: &str) -> Option<Signer> {
        let own = match self.provider(provider) {
            Some(side) => side.signer(id),
            None => self.lab.pki().signer(&format!("{}-{id}", gateway::THIRD)).cloned(),
        };
        own.or_else(|| self.lab.pki().signer(id).cloned())
    }

    fn provider(&self, provider: Provider) -> Option<&dyn Side> {
        match provider {
            Provider::Sender => Some(self.side(Role::Sender)),
            Provider::Receiver => Some(self.side(Role::Receiver)),
            Provider::Third => None,
        }
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
        self.sides.iter().filter_map(|side| side.due_after(instant)).min()
    }

    async fn move_to(&self, instant: Timestamp) -> Result<(), TargetError> {
        self.lab.clock().move_to(instant);
        for side in &self.sides {
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
    Destination { address, host, service: Service::Ordinary, security: Security::WhenOffered }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    use super::*;
    use crate::target::Trouble;

    async fn world() -> World {
        let yaml = "title: t\nclauses: [RFC6109-3.5-transaction]\nsteps: [{expect: {}}]\n";
        let file = Scenario::read("t", "t.yaml", yaml, &[]).unwrap();
        let direction = Direction::new("alfa", "bravo");
        World::start(&direction, &file, Machine::default(), PlayId::default()).await.unwrap()
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
        assert_eq!(recorded.strangers.len(), 2);
    }
}
