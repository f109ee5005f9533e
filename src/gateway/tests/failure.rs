//! Messages that are not accepted, not delivered, or late (3.1.1 to 3.1.3, 3.1.6, 3.3.3).

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::*;
use crate::{
    clock::Machine,
    gateway::{
        Incoming, MailboxState,
        choices::{BeyondQuota, Choices, Undeliverable},
    },
    net::{Handler, Limits, Listener, LostReplies, Manners, Patience, Server, Session},
    state::StartTls,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_formal_exception_is_told_and_nothing_leaves() {
    for world in World::both().await {
        let (anna, luca) = (world.at_receiver("anna"), world.at_receiver("luca"));
        let headers = format!("To: {luca}\r\n");
        world.submit(&[&anna], &Mailing { headers: &headers, body: "" }).await;
        assert_eq!(world.told(), [Kind::NonAccettazione]);
        assert_eq!(world.lab.tap().transmissions().len(), 1);
        assert!(world.last_told().errore_esteso.unwrap().contains(&anna));
        world.advance(25).await;
        assert_eq!(world.told().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_sender_is_refused_by_smtp() {
    let world = World::of(Profile::alfa(), Profile::bravo()).await;
    for from in ["anna@alfa.example", ""] {
        let path = SmtpPath { from: from.into(), to: vec![world.at_receiver("anna")] };
        let sent = world.submit_as("mario@alfa.example", &path, b"x").await;
        assert_eq!(code(&sent.mail), (553, "5.7.1".into()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_infected_submission_is_kept_and_told() {
    let eicar = String::from_utf8(crate::gateway::antivirus::eicar()).unwrap();
    for world in World::both().await {
        world.submit(&[&world.at_receiver("anna")], &Mailing { headers: "", body: &eicar }).await;
        assert_eq!(world.told(), [Kind::NonAccettazioneVirus]);
        assert_eq!(world.sender.virus_store().len(), 1);
        assert_eq!(world.lab.tap().transmissions().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_virus_seen_only_by_the_receiver_is_told_to_the_sender_for_each_recipient() {
    let eicar = String::from_utf8(crate::gateway::antivirus::eicar()).unwrap();
    for (sender, receiver) in [(Profile::alfa(), Profile::bravo()), (Profile::bravo(), Profile::alfa())] {
        let sender = Profile { antivirus: crate::gateway::Antivirus::Off, ..sender };
        let world = World::of(sender, receiver).await;
        let to = [world.at_receiver("anna"), world.at_receiver("luca")];
        world.submit(&[&to[0], &to[1]], &Mailing { headers: "", body: &eicar }).await;
        assert_eq!(world.told(), [Kind::Accettazione, Kind::ErroreConsegnaVirus, Kind::ErroreConsegnaVirus]);
        let detections = world.service().into_iter().filter(|kind| *kind == Kind::RilevazioneVirus).count();
        assert_eq!((detections, world.receiver.virus_store().len()), (2, 1));
        assert!(world.delivered("anna").is_empty());
        world.advance(25).await;
        assert_eq!(world.told().len(), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_delivered_is_told_with_its_code() {
    for world in World::both().await {
        for (local, code) in [("nessuno", "5.1.1"), ("disabilitata", "5.2.1"), ("piena", "5.2.2")] {
            world.submit(&[&world.at_receiver(local)], &Mailing::default()).await;
            assert_eq!(world.told().pop(), Some(Kind::ErroreConsegna));
            let data = world.last_told();
            let text = data.errore_esteso.unwrap();
            assert!(text.starts_with(&format!("{code} - ")), "{text}");
            assert_eq!(data.errore == "no-dest", code == "5.1.1");
        }
        assert_eq!(world.service().len(), 3, "taken over all the same");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_refused_by_smtp_is_told_by_the_senders_provider() {
    let receiver = Profile {
        choices: Choices { undeliverable: Undeliverable::Refuse, ..Choices::of_bravo() },
        ..Profile::bravo()
    };
    let world = World::of(Profile::alfa(), receiver).await;
    let (nobody, anna) = (world.at_receiver("nessuno"), world.at_receiver("anna"));
    world.submit(&[&nobody, &anna], &Mailing::default()).await;
    let mut told = world.told();
    told.sort_unstable();
    assert_eq!(told, [Kind::Accettazione, Kind::AvvenutaConsegna, Kind::ErroreConsegna]);
    world.advance(25).await;
    assert_eq!(world.told().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listed_domain_without_a_host_is_told_at_once() {
    for world in World::both().await {
        world.submit(&["mario@irraggiungibile.example"], &Mailing::default()).await;
        assert_eq!(world.told(), [Kind::Accettazione, Kind::ErroreConsegna]);
        let data = world.last_told();
        assert_eq!(data.errore, "no-dominio");
        assert!(data.errore_esteso.unwrap().starts_with("5.1.2 - "));
        world.advance(25).await;
        assert_eq!(world.told().len(), 2);
    }
}

async fn unreachable_for(hours: i64) -> World {
    let start: Timestamp = "2026-03-02T08:30:00Z".parse().unwrap();
    let until = start + jiff::SignedDuration::from_hours(hours);
    let receiver = Profile { incoming: Incoming::UnreachableUntil(until), ..Profile::bravo() };
    let world = World::of(Profile::alfa(), receiver).await;
    world.submit(&[&world.at_receiver("anna")], &Mailing::default()).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_provider_costs_both_timeout_notices() {
    let world = unreachable_for(100).await;
    world.advance(11).await;
    assert_eq!(world.told(), [Kind::Accettazione]);
    world.advance(1).await;
    assert_eq!(world.told().len(), 2, "at hour 12");
    world.advance(9).await;
    assert_eq!(world.told().len(), 2, "not before hour 22");
    world.advance(24 * 5).await;
    assert_eq!(world.told()[1..], [Kind::PreavvisoErroreConsegna, Kind::PreavvisoErroreConsegna]);
    assert!(world.last_told().errore_esteso.unwrap().contains("5.4.1"));
    assert_eq!(world.sender.due_after(Timestamp::MIN), None, "given up");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_hangs_is_waited_for_no_longer_than_patience_lasts_and_tried_again() {
    let world = World::of(Profile::alfa(), Profile::bravo()).await;
    let route = world.lab.route("bravo.example").unwrap();
    // It listens, and never says a word.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hanging = Destination { address: silent.local_addr().unwrap(), ..route.clone() };
    world.lab.announce(&["bravo.example".into()], &hanging);
    let patience = Duration::from_millis(200);
    world.lab.set_patience(Patience { command: patience, message: patience });

    let start = Instant::now();
    world.submit(&["anna@bravo.example"], &Mailing::default()).await;
    assert!((patience..Patience::default().command).contains(&start.elapsed()), "{:?}", start.elapsed());
    assert_eq!(world.told(), [Kind::Accettazione]);

    world.lab.set_patience(Patience::default());
    world.lab.announce(&["bravo.example".into()], &route);
    world.advance(1).await;
    assert_eq!(world.told(), [Kind::Accettazione, Kind::AvvenutaConsegna]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_after_the_first_notice_spares_the_second() {
    let world = unreachable_for(13).await;
    world.advance(30).await;
    assert_eq!(world.told(), [Kind::Accettazione, Kind::PreavvisoErroreConsegna, Kind::AvvenutaConsegna]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_takeover_without_delivery_costs_the_second_notice_only() {
    let drops = crate::fault::Deviation {
        on: Kind::AvvenutaConsegna,
        edit: crate::fault::Edit::Copy(crate::fault::CopyEdit::Drop),
    };
    for (sender, receiver) in [(Profile::alfa(), Profile::bravo()), (Profile::bravo(), Profile::alfa())] {
        let receiver = Profile { deviations: vec![drops.clone()], ..receiver };
        let world = World::of(sender, receiver).await;
        world.submit(&[&world.at_receiver("anna")], &Mailing::default()).await;
        world.advance(21).await;
        assert_eq!(world.told(), [Kind::Accettazione]);
        world.advance(3).await;
        assert_eq!(world.told(), [Kind::Accettazione, Kind::PreavvisoErroreConsegna]);
    }
}

/// A host that refuses every recipient with one reply.
struct Refuser(Reply);

impl Refuser {
    async fn takes_the_place_of(world: &World, domain: &str, reply: Reply) -> Listener {
        let route = world.lab.route(domain).unwrap();
        let id = domain.split('.').next().unwrap();
        let tls = world.lab.pki().tls_server_config(id, Machine::default()).unwrap();
        let (service, limits, upgrade) = (Service::Incoming, Limits::default(), StartTls::Offered);
        let server = Server {
            host: route.host.clone(),
            service,
            tls,
            limits,
            upgrade,
            manners: Manners::Lenient,
            lost_replies: LostReplies::default(),
        };
        let listener = Listener::start(server, Arc::new(Self(reply))).await.unwrap();
        world.lab.announce(&[domain.into()], &Destination { address: listener.address(), ..route });
        listener
    }
}

impl Handler for Refuser {
    fn connected(&self, _: &Session) -> Result<(), Reply> {
        Ok(())
    }

    async fn authenticate(&self, _: &str, _: &str) -> bool {
        false
    }

    async fn mail_from(&self, _: &Session, _: &str) -> Reply {
        Reply::ok("Ok")
    }

    async fn rcpt(&self, _: &Session, _: &str) -> Reply {
        self.0.clone()
    }

    async fn data(&self, _: &Session, _: Vec<u8>) -> Reply {
        Reply::ok("Ok")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_code_a_host_refuses_with_the_sender_is_told() {
    for (status, code, errore) in
        [([5, 4, 7], "5.4.7", "altro"), ([5, 7, 26], "5.7.26", "altro"), ([0; 3], "5.1.1", "no-dest")]
    {
        let world = World::of(Profile::alfa(), Profile::bravo()).await;
        let _host = Refuser::takes_the_place_of(&world, "bravo.example", Reply::new(550, status, "No")).await;
        world.submit(&["anna@bravo.example"], &Mailing::default()).await;
        assert_eq!(world.told(), [Kind::Accettazione, Kind::ErroreConsegna], "{code}");
        let data = world.last_told();
        assert!(data.errore_esteso.unwrap().starts_with(&format!("{code} - ")));
        assert_eq!(data.errore, errore);
        world.advance(25).await;
        assert_eq!(world.told().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_that_its_addressees_provider_refuses_is_in_the_log() {
    let world = World::of(Profile::alfa(), Profile::bravo()).await;
    let _host = Refuser::takes_the_place_of(&world, "alfa.example", Reply::new(552, [5, 2, 2], "Full")).await;
    world.submit(&["anna@bravo.example"], &Mailing::default()).await;
    let log = world.receiver.log();
    let given_up: Vec<_> = log.iter().filter(|record| record.event == "scarto").collect();
    assert_eq!(given_up.len(), 2, "takeover and delivery");
    assert!(given_up.iter().all(|record| record.detail.as_deref() == Some("non recapitato: 552 5.2.2 Full")));
    assert!(given_up.iter().any(|record| record.recipients == ["mario@alfa.example"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_gone_sends_nothing_more() {
    let mut world = World::of(Profile::alfa(), Profile::bravo()).await;
    let route = world.lab.route("bravo.example").unwrap();
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    world.lab.announce(&["bravo.example".into()], &Destination { address: silent.local_addr().unwrap(), ..route });
    let from = world.at_sender("mario");
    let path = SmtpPath { from: from.clone(), to: vec!["anna@bravo.example".into()] };
    let sent = world.submit_as(&from, &path, &Mailing::default().bytes(&from, &["anna@bravo.example"])).await;
    assert!(sent.is_complete());
    let _called = silent.accept().await.unwrap();
    world.sender = world.lab.start(Profile::alfa()).await.unwrap();
    // It would wait for an answer for minutes.
    tokio::time::timeout(Duration::from_secs(20), world.lab.settle()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_for_a_full_mailbox_is_kept_or_refused_and_never_thrown_away() {
    for beyond_quota in [BeyondQuota::Kept, BeyondQuota::Refused] {
        let mut sender = Profile { choices: Choices { beyond_quota, ..Choices::usual() }, ..Profile::alfa() };
        sender.mailbox_mut("mario").state = MailboxState::Full;
        let world = World::of(sender, Profile::bravo()).await;
        world.submit(&["anna@bravo.example"], &Mailing::default()).await;
        let refused = world.receiver.log().iter().any(|record| {
            record.detail.as_deref().is_some_and(|detail| detail.starts_with("non recapitato: 552 5.2.2"))
        });
        assert_eq!(refused, beyond_quota == BeyondQuota::Refused);
        let told = world.told();
        assert_eq!(told.contains(&Kind::AvvenutaConsegna), beyond_quota == BeyondQuota::Kept, "{told:?}");
        world.advance(25).await;
        // What was refused did not come: the sender is told so, as far as its mailbox goes.
        let notices = world.told().iter().filter(|kind| **kind == Kind::PreavvisoErroreConsegna).count();
        assert_eq!(notices, usize::from(beyond_quota == BeyondQuota::Refused));
    }
}
