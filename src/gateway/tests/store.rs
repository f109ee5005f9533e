//! What a gateway still knows after it was stopped, and what it does when it can keep nothing.

use std::{collections::HashSet, pin::pin};

use jiff::Timestamp;

use super::*;
use crate::{
    gateway::{
        Incoming,
        store::{Body, Entry, Full, InMemory, Journal as _, Purpose, Store},
    },
    message::Bytes,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_stopped_with_mail_waiting_sends_it_when_it_starts_again() {
    let pki = Pki::load().unwrap();
    let lab = Lab::new(pki, "2026-03-02T08:30:00Z".parse().unwrap());
    let away =
        Profile { incoming: Incoming::UnreachableUntil("2026-03-09T00:00:00Z".parse().unwrap()), ..Profile::bravo() };
    let receiver = lab.start(away).await.unwrap();
    let posta = lab.start_ordinary(OrdinaryHost::default()).await.unwrap();
    let journal = InMemory::default();
    let sender = lab.start_on(Profile::alfa(), journal.clone()).await.unwrap();
    let mut world = World { lab, sender, receiver, posta };
    world.submit(&["anna@bravo.example"], &Mailing::default()).await;
    assert_eq!(world.told(), [Kind::Accettazione]);

    world.receiver = world.lab.start(Profile::bravo()).await.unwrap();
    world.sender = world.lab.start_on(Profile::alfa(), journal).await.unwrap();
    world.advance(25).await;
    assert_eq!(world.told(), [Kind::Accettazione, Kind::AvvenutaConsegna]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_on_a_wire_and_in_a_mailbox_is_held_once_and_not_by_who_sent_it() {
    let mut world = World::of(Profile::alfa(), Profile::bravo()).await;
    let journal = InMemory::default();
    world.sender = world.lab.start_on(Profile::alfa(), journal.clone()).await.unwrap();
    world.submit(&["anna@bravo.example", "carla@posta.example"], &Mailing::default()).await;
    let delivered = world.receiver.mailbox("anna@bravo.example").into_iter();
    let delivered = delivered.chain(world.posta.mailbox("carla@posta.example"));
    let delivered: Vec<Stored> = delivered.chain(world.sender.mailbox("mario@alfa.example")).collect();
    let transmissions = world.lab.tap().transmissions();
    let crossed: Vec<_> = transmissions.iter().filter(|one| one.user.is_none()).map(|one| &one.bytes).collect();
    // Two envelopes and the delivery; a server acceptance lies in a mailbox of its own.
    let held = crossed.iter().filter(|wire| {
        let mut same = delivered.iter().filter(|stored| stored.bytes.ends_with(wire));
        same.any(|stored| stored.bytes.as_ptr_range().end == wire.as_ptr_range().end)
    });
    assert_eq!((held.count(), crossed.len(), delivered.len()), (3, 4, 4));
    let entries = journal.replay().unwrap();
    let mut bodies = entries.iter().filter_map(|entry| match entry {
        Entry::Queued(outgoing) => Some(&outgoing.body),
        _ => None,
    });
    assert!(bodies.clone().count() == 2 && bodies.all(|body| *body == Body::Held(Bytes::default())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_can_keep_nothing_takes_nothing() {
    let mut world = World::of(Profile::alfa(), Profile::bravo()).await;
    world.sender = world.lab.start_on(Profile::alfa(), Full).await.unwrap();
    for _ in 0..2 {
        let sent = world.submit(&["anna@bravo.example"], &Mailing::default()).await;
        assert_eq!(code(&sent.data.unwrap()), (451, "4.3.0".into()));
    }
    world.advance(25).await;
    assert!(world.delivered("anna").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_submissions_at_once_are_all_answered_once() {
    let world = World::of(Profile::alfa(), Profile::bravo()).await;
    let from = world.at_sender("mario");
    let to = [world.at_receiver("anna"), world.at_sender("luca")];
    let path = SmtpPath { from: from.clone(), to: to.to_vec() };
    let message = Mailing::default().bytes(&from, &[&to[0], &to[1]]);
    let submissions: Vec<_> = (0..20).map(|_| world.submit_as(&from, &path, &message)).collect();
    for sent in futures_join(submissions).await {
        assert!(sent.is_complete());
    }
    world.lab.settle().await;
    let told = world.told();
    let count = |kind| told.iter().filter(|one| **one == kind).count();
    assert_eq!((count(Kind::Accettazione), count(Kind::AvvenutaConsegna), told.len()), (20, 40, 60));
}

/// Runs futures side by side in this task.
async fn futures_join<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        let mut pending = false;
        for (future, output) in &mut running {
            if output.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *output = Some(value),
                    std::task::Poll::Pending => pending = true,
                }
            }
        }
        if pending { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
    })
    .await;
    running.into_iter().filter_map(|(_, output)| output).collect()
}

#[tokio::test]
async fn who_waits_for_the_queue_goes_on_once_enough_is_sent() {
    let (store, now) = (Store::open(InMemory::default()).unwrap(), Timestamp::UNIX_EPOCH);
    let path = SmtpPath { from: String::new(), to: vec!["anna@bravo.example".to_owned()] };
    let queue = || store.queue(path.clone(), b"text"[..].into(), Purpose::Ordinary, now);
    store.event(|| (0..3).for_each(|_| queue())).unwrap();
    store.due_by(now, &HashSet::new());
    store.due_at_most(3).await;
    let mut waiting = pin!(store.due_at_most(2));
    tokio::select! {
        biased;
        () = &mut waiting => panic!("three are due"),
        () = std::future::ready(()) => {}
    }
    store.event(|| store.record(Entry::Dequeued(1))).unwrap();
    waiting.await;
}
