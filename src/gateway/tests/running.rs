//! A gateway whose clock runs does by itself what is due, and nothing of it grows where nobody looks.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::{
    clock::{Clock, Machine},
    directory::export,
    gateway::{Incoming, Keys, Surroundings, Tap, store::InMemory},
};

const START: &str = "2026-03-02T08:30:00Z";

/// Alfa and bravo, bravo out of reach for so long; nobody looks but at their mailboxes.
async fn running(unreachable: SignedDuration) -> World {
    let pki = Pki::load().unwrap();
    let start: Timestamp = START.parse().unwrap();
    let clock = Clock::running(Machine::set_to(start));
    let directory = crate::gateway::world::directory(&pki);
    let lab = Lab::with(pki.clone(), clock, Machine::default(), (&directory, pki.trust()), Tap::default());
    let posta = lab.start_ordinary(OrdinaryHost::default()).await.unwrap();
    let away = Profile { incoming: Incoming::UnreachableUntil(start + unreachable), ..Profile::bravo() };
    let receiver = lab.start(away).await.unwrap();
    let retries = vec![SignedDuration::from_millis(100)];
    let sender = lab.start(Profile { retries, ..Profile::alfa() }).await.unwrap();
    World { lab, sender, receiver, posta }
}

/// Waits until mario was told this.
async fn told(world: &World, wanted: &[Kind]) {
    let there = async {
        while world.told() != wanted {
            tokio::task::yield_now().await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_mins(1), there).await;
    assert!(in_time.is_ok(), "told {:?}", world.told());
}

async fn submit(world: &World) {
    let (from, to) = (world.at_sender("mario"), world.at_receiver("anna"));
    let path = SmtpPath { from: from.clone(), to: vec![to.clone()] };
    assert!(world.submit_as(&from, &path, &Mailing::default().bytes(&from, &[&to])).await.is_complete());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_sent_is_tried_again_when_it_is_due() {
    let world = running(SignedDuration::from_secs(1)).await;
    submit(&world).await;
    told(&world, &[Kind::Accettazione, Kind::AvvenutaConsegna]).await;
    let turned_away = world.lab.tap().sessions().len();
    assert!(turned_away > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_notices_go_out_when_the_clock_has_come_so_far() {
    let world = running(SignedDuration::from_hours(1000)).await;
    submit(&world).await;
    told(&world, &[Kind::Accettazione]).await;
    world.lab.clock().move_to(world.lab.clock().now() + SignedDuration::from_hours(12));
    told(&world, &[Kind::Accettazione, Kind::PreavvisoErroreConsegna]).await;
    world.lab.clock().move_to(world.lab.clock().now() + SignedDuration::from_hours(12));
    told(&world, &[Kind::Accettazione, Kind::PreavvisoErroreConsegna, Kind::PreavvisoErroreConsegna]).await;
    world.sender.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_needs_nobody_who_looks() {
    let pki = Pki::load().unwrap();
    let tls = pki.tls_client_config(Machine::default());
    let ldif = export::ldif(&crate::gateway::world::directory(&pki));
    let clock = Clock::running(Machine::set_to(START.parse().unwrap()));
    let around = Arc::new(Surroundings::new(clock, tls, ldif, pki.trust()).unwrap());
    let start = async |profile: Profile| {
        let keys = Keys::of_test(&pki, Machine::default(), &profile).unwrap();
        Gateway::start(around.clone(), profile, keys, InMemory::default()).await.unwrap()
    };
    let (sender, receiver) = (start(Profile::alfa()).await, start(Profile::bravo()).await);
    let path = SmtpPath { from: "mario@alfa.example".into(), to: vec!["anna@bravo.example".into()] };
    let login = Credentials {
        user: path.from.clone(),
        password: sender.profile().password.clone(),
        mechanism: AuthMechanism::Plain,
    };
    let destination = Destination {
        address: sender.submission_addr(),
        host: sender.profile().host.clone(),
        service: Service::Submission,
        security: Security::StartTls,
        trust: None,
    };
    let message = Mailing::default().bytes(&path.from, &["anna@bravo.example"]);
    let sent = around.client("client.example").send(&destination, Some(&login), &path, &message).await.unwrap();
    assert!(sent.is_complete());
    around.quiet().await;
    assert_eq!(kinds(&sender.mailbox("mario@alfa.example")), [Kind::Accettazione, Kind::AvvenutaConsegna]);
    assert_eq!(kinds(&receiver.mailbox("anna@bravo.example")), [Kind::PostaCertificata]);
}
