//! Killed at any moment under load, a gateway that is started again has lost nothing and does nothing twice.
//!
//! `PEC_KILLS` and `PEC_CLIENTS` make it as long and as crowded as one likes.

use std::{
    collections::BTreeMap,
    env,
    sync::{
        Condvar, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use aws_lc_rs::rand;
use pec_conformance::message::{Kind, Message};

use super::program::{Client, Program, yaml};

const SENDER: &str = "mario@alfa.example";
const RECIPIENT: &str = "anna@bravo.example";
/// A host that is down is tried again soon.
const RETRIES: &str = "retries: [1s]\n";
/// Longer than a few submissions take on a loaded machine.
const DEADLINE: Duration = Duration::from_mins(2);

/// What the clients do and have come to.
struct Load {
    /// Where they submit; nobody while the gateway is down.
    to: Mutex<Option<Client>>,
    up: Condvar,
    done: AtomicBool,
    next: AtomicUsize,
    answered: AtomicUsize,
    /// The identifiers that they were told.
    taken: Mutex<Vec<String>>,
}

impl Load {
    fn client(&self) {
        while !self.done.load(Ordering::Acquire) {
            let client = {
                let to = self.to.lock().unwrap();
                let to = self.up.wait_while(to, |to| to.is_none() && !self.done.load(Ordering::Acquire)).unwrap();
                let Some(client) = &*to else { return };
                client.clone()
            };
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            // A session that breaks off is one of a gateway that was killed.
            let Ok(sent) = client.submit(SENDER, &[RECIPIENT], number) else { continue };
            let Some(reply) = sent.data.filter(|reply| reply.code == 250) else { continue };
            let identifier = reply.text.strip_prefix("Taken as ").unwrap().to_owned();
            self.taken.lock().unwrap().push(identifier);
            self.answered.fetch_add(1, Ordering::Release);
        }
    }

    fn set(&self, client: Option<Client>) {
        *self.to.lock().unwrap() = client;
        self.up.notify_all();
    }
}

fn number(variable: &str, usual: usize) -> usize {
    env::var(variable).map_or(usual, |text| text.parse().unwrap())
}

fn random(below: u8) -> usize {
    let mut octet = [0];
    rand::fill(&mut octet).unwrap();
    usize::from(octet[0] % below)
}

#[test]
fn what_was_accepted_is_delivered_and_certified_once_however_often_it_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (kills, clients) = (number("PEC_KILLS", 5), number("PEC_CLIENTS", 4));
    let mut alfa = Program::start(folder, "alfa", &yaml("alfa", &["mario"], RETRIES));
    let mut bravo = Program::start(folder, "bravo", &yaml("bravo", &["anna"], RETRIES));
    meet(&mut alfa, &mut bravo);
    let load = Load {
        to: Mutex::new(Some(Client::of(&alfa))),
        up: Condvar::new(),
        done: AtomicBool::new(false),
        next: AtomicUsize::new(0),
        answered: AtomicUsize::new(0),
        taken: Mutex::default(),
    };
    thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| load.client());
        }
        for _ in 0..kills {
            let until = load.answered.load(Ordering::Acquire) + 1 + random(6);
            let late = Instant::now() + DEADLINE;
            while load.answered.load(Ordering::Acquire) < until {
                assert!(Instant::now() < late, "nothing is accepted any more");
                thread::sleep(Duration::from_millis(1));
            }
            if random(2) == 0 {
                alfa.kill();
                load.set(None);
                alfa = Program::start(folder, "alfa", &yaml("alfa", &["mario"], &way_to("bravo", &bravo)));
            } else {
                bravo.kill();
                bravo = Program::start(folder, "bravo", &yaml("bravo", &["anna"], &way_to("alfa", &alfa)));
            }
            meet(&mut alfa, &mut bravo);
            load.set(Some(Client::of(&alfa)));
        }
        load.done.store(true, Ordering::Release);
        load.up.notify_all();
    });
    // What waits is tried again, receipts of it come back, and those that could not are tried again.
    for _ in 0..4 {
        alfa.order("advance 1m");
        bravo.order("advance 1m");
    }
    alfa.order("advance 0s");

    let taken = load.taken.into_inner().unwrap();
    let told = identifiers(&alfa.mailbox(SENDER));
    let accepted = told.get(&Kind::Accettazione).cloned().unwrap_or_default();
    assert!(taken.len() > kills, "{taken:?}");
    for identifier in &taken {
        assert!(accepted.contains_key(identifier), "{identifier} was taken and is lost");
    }
    let once: BTreeMap<String, usize> = accepted.keys().map(|identifier| (identifier.clone(), 1)).collect();
    let receiver = identifiers(&bravo.mailbox(RECIPIENT));
    let service = identifiers(&alfa.mailbox("ricevute@alfa.example"));
    assert_eq!(accepted, once, "acceptances");
    assert_eq!(receiver.get(&Kind::PostaCertificata), Some(&once), "deliveries");
    assert_eq!(told.get(&Kind::AvvenutaConsegna), Some(&once), "delivery receipts");
    assert_eq!(service.get(&Kind::PresaInCarico), Some(&once), "takeovers");
    assert_eq!((told.len(), receiver.len(), service.len()), (2, 1, 1), "and nothing else");
    for program in [&alfa, &bravo] {
        let numbers: Vec<u64> = program.log().iter().map(|line| line["seq"].as_u64().unwrap()).collect();
        assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "the log has a gap");
    }
    let logged = alfa.log();
    let certified = logged.iter().filter(|line| line["event"] == "accettazione");
    assert_eq!(certified.count(), once.len());
    println!("{kills} kills: {} answered, {} accepted, delivered and certified once", taken.len(), once.len());
}

/// What a gateway that is started again is told of the other: it sends what waits before anybody can say a word.
fn way_to(name: &str, other: &Program) -> String {
    let address = other.address("incoming");
    format!("{RETRIES}routes: {{{name}.example: {{to: \"{address}\", name: mx.{name}.example}}}}\n")
}

/// Each learns where the other is.
fn meet(alfa: &mut Program, bravo: &mut Program) {
    alfa.order(&format!("route bravo.example {} mx.bravo.example", bravo.address("incoming")));
    bravo.order(&format!("route alfa.example {} mx.alfa.example", alfa.address("incoming")));
}

/// How often a mailbox holds a message of each kind, by identifier.
fn identifiers(mailbox: &[Vec<u8>]) -> BTreeMap<Kind, BTreeMap<String, usize>> {
    let mut found: BTreeMap<Kind, BTreeMap<String, usize>> = BTreeMap::new();
    for bytes in mailbox {
        let message = Message::read(bytes.as_slice()).unwrap();
        let data = message.daticert.unwrap().data.unwrap();
        let identifier = data.identificativo.trim_matches(['<', '>']).to_owned();
        *found.entry(message.kind.unwrap()).or_default().entry(identifier).or_default() += 1;
    }
    found
}
