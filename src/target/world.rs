//! What plays: a side for each provider, an ordinary mail host, and the harness, which talks to every side in the same way.

mod callers;
mod changing;
mod ledger;
mod reach;
mod record;
mod start;
mod talking;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use super::{External, Mark, Need, Settling, Shelf, Side, Stored, TargetError, Transmission, change::Listing};
use crate::{
    evidence::{Dialogue, GatewayFacts, Party, PlayId, Role, Service},
    gateway::{self, Lab, Posta, Profile, Timers, compose::Composer},
    net::{Destination, Patience, Security},
    scenario::{
        given::Given,
        inject::Provider,
        words::{Host, Mailbox, ORDINARY_USERS, Place, SERVICE, USERS},
    },
    smime::Signer,
};

use self::ledger::Ledger;
pub(super) use self::start::released;
pub use self::{
    reach::Tries,
    start::{Contact, Setting},
};

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
    /// Until when what is issued for it is good, where a side goes by its own clock.
    good_until: Option<Timestamp>,
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

    /// Whether what is issued for it is still good when its clock has gone on for so long.
    pub fn is_good_for(&self, span: SignedDuration) -> bool {
        self.good_until.is_none_or(|until| until.duration_since(self.now()) >= span)
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

    fn is_outside(&self, party: Party) -> bool {
        self.outside_at(party).is_some()
    }

    fn outside_at(&self, party: Party) -> Option<&Arc<External>> {
        let target = self.sides.get(&party.role()?)?.facts().target;
        self.outside.iter().find(|outside| outside.name == target)
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
    use crate::{clock::Machine, evidence::Direction, scenario::Scenario, target::Targets};

    pub(super) async fn world() -> World {
        let yaml = "title: t\nclauses: [RFC6109-3.5-transaction]\nsteps: [{expect: {}}]\n";
        let file = Scenario::read("t", "t.yaml", yaml, &[]).unwrap();
        let direction = Direction::new("alfa", "bravo");
        let targets = Targets::default();
        let setting =
            Setting { machine: Machine::default(), play: PlayId::default(), targets: &targets, contact: Contact::Made };
        World::start(&direction, &file, &setting).await.unwrap()
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
