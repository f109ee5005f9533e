//! How a world begins: everybody in the state that a scenario gives, whoever built them.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::SignedDuration;
use tokio::{net::TcpListener, time::Instant};

use super::{Opening, PATIENCE, World, ledger::Ledger, posta_point};
use crate::{
    clock::{Clock, LegalTime, Machine},
    evidence::{Direction, PlayId, Role, Service},
    gateway::{Bind, Doors, Lab, Profile, Tap},
    net::{Calls, Patience},
    pki::{Order, Pki, PkiError},
    scenario::{
        Scenario,
        words::{Host, Mailbox},
    },
    state::MailboxState,
    target::{
        OUTSIDE, Side, TargetError,
        external::{External, Outside, Settling, Targets},
        given,
        reference::{Reference, Shown},
        second_receiver,
    },
};

/// How long a port is waited for that the play before has just left.
const RELEASE: Duration = Duration::from_secs(10);

/// Others may be slow, and are not to hang.
const PATIENCE_WITH_OTHERS: Patience = Patience { command: Duration::from_mins(1), message: Duration::from_mins(3) };

/// Attempts within a play at most that go before the usual ones.
const SOON: usize = 60;

/// How long what the test PKI issued for a day is good: half a year.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(180 * 24);

/// By how much two clocks may differ that show the same time.
const ALIKE: SignedDuration = SignedDuration::from_secs(2);

/// What a play is opened in.
#[derive(Clone, Debug)]
pub struct Setting<'r> {
    /// The machine's clock: it tells the day that TLS goes by, and legal time where a side's clock is its own.
    pub machine: Machine,
    /// Whose identifiers what is made in it bears.
    pub play: PlayId,
    /// The targets that are not built in.
    pub targets: &'r Targets,
    /// Whether they are called.
    pub contact: Contact,
}

/// Whether somebody else's gateway is called when a world opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contact {
    /// It is, and must answer.
    Made,
    /// It is not: only what would be said is asked for.
    Avoided,
}

/// Who plays a role, before anybody listens.
enum Cast {
    Reference(Box<Profile>),
    Outside(Box<Outside>),
}

impl Cast {
    fn address(&self, user: &str) -> String {
        match self {
            Cast::Reference(profile) => format!("{user}@{}", profile.domains[0]),
            Cast::Outside(outside) => outside.address(user),
        }
    }

    fn profile(&self) -> Option<&Profile> {
        match self {
            Cast::Reference(profile) => Some(profile),
            Cast::Outside(_) => None,
        }
    }
}

impl World {
    /// Starts or finds everybody.
    pub(in crate::target) async fn start(
        direction: &Direction,
        scenario: &Scenario,
        setting: &Setting<'_>,
    ) -> Result<Self, TargetError> {
        let Setting { machine, play, targets, contact } = setting;
        let names = players(direction, scenario, targets)?;
        let outside: Vec<Arc<External>> = names.values().filter_map(|name| targets.get(name).cloned()).collect();
        let (clock, pki) = match contact {
            Contact::Made => time(scenario, *machine, &outside).await?,
            Contact::Avoided => (Clock::still(scenario.starts), Pki::load().map_err(|error| untold(&error))?),
        };
        let good_until = (!outside.is_empty()).then(|| machine.now() + GOOD_FOR);
        let mut posta = given::posta(scenario);
        let mut cast = BTreeMap::new();
        for (&role, name) in &names {
            let one = match targets.get(name) {
                Some(target) => Cast::Outside(Box::new(
                    Outside::meet(target.clone(), scenario, role, (clock.clone(), *machine), *contact).await?,
                )),
                None => Cast::Reference(Box::new(given::profile_in_state(name, role, scenario, clock.now())?)),
            };
            cast.insert(role, one);
        }
        let address = |mailbox: &Mailbox| match mailbox {
            Mailbox::At { user, host: Host::Posta } => format!("{user}@{}", posta.domains[0]),
            Mailbox::At { user, host: Host::Gateway(role) } => cast[role].address(user),
            Mailbox::Literal(literal) => literal.clone(),
        };
        let settings: Vec<_> = names.keys().map(|role| given::mailboxes(*role, scenario, &address)).collect();
        for (one, settings) in cast.values_mut().zip(settings) {
            if let Cast::Reference(profile) = one {
                for settings in settings {
                    let local = settings.local.clone();
                    *profile.mailbox_mut(&local) = settings;
                }
            }
        }
        let records = outside.iter().flat_map(|target| target.records.iter().cloned());
        let profiles: BTreeMap<Role, Profile> =
            cast.iter().filter_map(|(role, one)| Some((*role, one.profile()?.clone()))).collect();
        let directory = given::directory(&pki, &scenario.given, &profiles, records)?;
        // With what a gateway calls that lives elsewhere, nobody knows beforehand.
        let doors = if outside.is_empty() { Doors::OwnOnly } else { Doors::OpenToHosts };
        let calls = Calls::default();
        let lab = || {
            let trust = outside.iter().fold(given::trust(&pki, &scenario.given), |trust, target| {
                trust.with(&shared(&target.anchors), &shared(&target.lists))
            });
            let tap = Tap::of(calls.clone(), doors);
            let lab = Lab::with(pki.clone(), clock.clone(), *machine, (&directory, trust), tap);
            lab.set_patience(if outside.is_empty() { PATIENCE } else { PATIENCE_WITH_OTHERS });
            lab.set_play(play.clone());
            lab
        };
        let own = lab();
        if let Some(target) = outside.first() {
            let at = target.counterpart();
            released(SocketAddr::from((at.bind, at.posta))).await;
            posta.listens = SocketAddr::from((at.bind, at.posta));
            posta.retry = Some(target.settling().retry);
            for (role, one) in &mut cast {
                if let Cast::Reference(profile) = one {
                    let incoming = target.port_of(profile, *role);
                    released(SocketAddr::from((at.bind, incoming))).await;
                    profile.bind = Bind { address: at.bind, incoming, ..Bind::default() };
                    // Within a play soon, and beyond it, where the clock is moved, as it does otherwise.
                    let Settling { deadline, retry, .. } = target.settling();
                    let soon = deadline.as_secs() / retry.as_secs().max(1);
                    let soon = std::iter::repeat_n(at.retry.0, usize::try_from(soon).unwrap_or(usize::MAX).min(SOON));
                    profile.retries = soon.chain(std::mem::take(&mut profile.retries)).collect();
                }
            }
        }
        let trouble = |error: io::Error| TargetError::infrastructure(format!("a host does not start: {error}"));
        let posta = own.start_ordinary(posta).await.map_err(trouble)?;
        let mut sides: BTreeMap<Role, Box<dyn Side>> = BTreeMap::new();
        let mut labs = vec![own.clone()];
        for ((role, one), name) in cast.into_iter().zip(names.values()) {
            let side: Box<dyn Side> = match one {
                Cast::Outside(outside) => outside,
                Cast::Reference(profile) => {
                    let is_outside = name.starts_with(OUTSIDE);
                    let (lab, shown) =
                        if is_outside { (lab(), Shown::Mailboxes) } else { (own.clone(), Shown::Inside) };
                    labs.push(lab.clone());
                    Box::new(Reference::start(name, lab, *profile, shown).await.map_err(trouble)?)
                }
            };
            sides.insert(role, side);
        }
        let mut hosts = vec![(posta.settings().domains.clone(), posta_point(&posta))];
        hosts.extend(sides.values().map(|side| (side.facts().domains, side.endpoint(Service::Incoming))));
        for lab in &labs {
            for (domains, destination) in &hosts {
                lab.announce(domains, destination);
            }
        }
        let mut world = Self {
            sides,
            outside,
            lab: own,
            labs,
            posta,
            play: play.clone(),
            disabled: BTreeSet::new(),
            opening: Opening { profiles, given: scenario.given.clone() },
            changed: Mutex::default(),
            handed: Mutex::default(),
            ledger: Ledger::default(),
            good_until,
        };
        let states = scenario.given.mailboxes.iter();
        let disabled = states.filter(|(_, state)| state.state == MailboxState::Disabled);
        world.disabled = disabled.map(|(mailbox, _)| world.address(mailbox)).collect();
        Ok(world)
    }
}

/// Who plays what, by name.
fn players(
    direction: &Direction,
    scenario: &Scenario,
    targets: &Targets,
) -> Result<BTreeMap<Role, String>, TargetError> {
    let Direction { sender, receiver } = direction;
    let mut names = BTreeMap::from([(Role::Sender, sender.clone()), (Role::Receiver, receiver.clone())]);
    if scenario.given.second_receiver.is_some() {
        let nobody =
            || TargetError::configuration("every reference gateway plays already: none is left for a second receiver");
        names.insert(Role::SecondReceiver, second_receiver(direction, targets).ok_or_else(nobody)?.to_owned());
    }
    Ok(names)
}

/// The legal clock and the test PKI: of the scenario's day, or of today where a side goes by its own clock.
async fn time(
    scenario: &Scenario,
    machine: Machine,
    outside: &[Arc<External>],
) -> Result<(Clock, Arc<Pki>), TargetError> {
    if outside.is_empty() {
        return Ok((Clock::still(scenario.starts), Pki::load().map_err(|error| untold(&error))?));
    }
    let (mut ahead, mut first) = (SignedDuration::ZERO, "this machine");
    for target in outside {
        let its = target.ahead(machine).await?;
        if its > ahead {
            (ahead, first) = (its, &target.name);
        }
    }
    // Two that do not show the same time would find each other's messages in the future.
    for target in outside {
        let behind = ahead - target.ahead(machine).await?;
        if behind >= ALIKE && target.move_clock(behind.as_secs(), machine).await? + ALIKE < ahead {
            let why = if target.moves_its_clock() {
                "its command of `clock` does not move it that far"
            } else {
                "it cannot be moved unless `clock` in its target file says how"
            };
            let what = format!(
                "{}: its clock is {behind:#} behind that of {first}, and {why}; set that of {first} back, or this one ahead",
                target.name
            );
            return Err(TargetError::infrastructure(what));
        }
    }
    let now = machine.now() + ahead;
    let order = Order { day: Some(LegalTime::at(machine.now()).day()), newcomer: None };
    Ok((Clock::running(Machine::set_to(now)), Pki::ordered(&order).map_err(|error| untold(&error))?))
}

fn untold(error: &PkiError) -> TargetError {
    TargetError::infrastructure(error.to_string())
}

fn shared(all: &[Vec<u8>]) -> Vec<Arc<[u8]>> {
    all.iter().map(|one| one.as_slice().into()).collect()
}

/// Waits until a port is free that whoever was there before may not have left yet; who is still there then is told when a host starts.
pub(in crate::target) async fn released(at: SocketAddr) {
    let deadline = Instant::now() + RELEASE;
    while matches!(TcpListener::bind(at).await, Err(error) if error.kind() == io::ErrorKind::AddrInUse)
        && Instant::now() < deadline
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
