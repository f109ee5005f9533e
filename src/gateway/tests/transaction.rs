//! Correct transactions (3.4, 3.5), and what their messages have in common.

use super::*;
use crate::gateway::UnknownUsers;

#[tokio::test(flavor = "multi_thread")]
async fn a_message_crosses_two_providers() {
    for world in World::both().await {
        let anna = world.at_receiver("anna");
        let sent = world.submit(&[&anna], &Mailing::default()).await;
        assert!(sent.is_complete(), "{:?}", sent.transcript);
        assert_eq!(world.told(), [Kind::Accettazione, Kind::AvvenutaConsegna]);
        assert_eq!(world.service(), [Kind::PresaInCarico]);
        assert_eq!(world.delivered("anna"), [Kind::PostaCertificata]);
        world.advance(25).await;
        assert_eq!(world.told().len(), 2, "nothing more comes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wire_between_providers_is_tls_and_paths_are_unaltered() {
    for world in World::both().await {
        let (anna, luca) = (world.at_receiver("anna"), world.at_receiver("luca"));
        world.submit(&[&luca, &anna], &Mailing::default()).await;
        let seen = world.lab.tap().transmissions();
        assert_eq!(seen.len(), 5, "submission, envelope, takeover, two deliveries");
        assert!(seen.iter().all(|one| one.transcript.tls().is_some()));
        let envelope = &seen[1];
        assert_eq!(envelope.path, SmtpPath { from: world.at_sender("mario"), to: vec![luca, anna] });
        assert_eq!(envelope.client, world.sender.profile().host);
        assert_eq!(envelope.server, world.receiver.profile().host);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn identifier_and_instant_are_the_same_in_acceptance_envelope_and_log() {
    for world in World::both().await {
        let anna = world.at_receiver("anna");
        world.submit(&[&anna], &Mailing::default()).await;
        let acceptance = world.sender.mailbox(&world.at_sender("mario")).swap_remove(0);
        let envelope = world.receiver.mailbox(&anna).pop().unwrap();
        let [acceptance, envelope] = [acceptance, envelope].map(|stored| Message::read(stored.bytes).unwrap());
        let data = [&acceptance, &envelope].map(|message| message.daticert.clone().unwrap().data.unwrap());
        assert_eq!(data[0].identificativo, data[1].identificativo);
        assert_eq!(data[0].instant(), data[1].instant());
        assert_eq!(data[0].instant(), Some(world.lab.clock().now()));
        let log = world.sender.log();
        let record = log.iter().find(|record| record.event == "accettazione").unwrap();
        assert_eq!((record.identifier.as_ref(), Some(record.at)), (Some(&data[0].identificativo), data[0].instant()));
        assert_eq!(record.msgid.as_deref(), Some("<abc$1@client.example>"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_original_keeps_its_octets_but_for_identifier_and_trace() {
    for world in World::both().await {
        let anna = world.at_receiver("anna");
        let submitted = Mailing::default().bytes(&world.at_sender("mario"), &[&anna]);
        world.submit(&[&anna], &Mailing::default()).await;
        let envelope = Message::read(world.receiver.mailbox(&anna).pop().unwrap().bytes).unwrap();
        let original = String::from_utf8(envelope.original().unwrap().into_owned()).unwrap();
        let identifier = envelope.mail.field("Message-ID").unwrap();
        let expected = String::from_utf8(submitted).unwrap().replace(
            "Message-ID: <abc$1@client.example>",
            &format!("Message-ID: {identifier}\r\nX-Riferimento-Message-ID: <abc$1@client.example>"),
        );
        assert!(original.starts_with("Received: from client.example ([127.0.0.1])\r\n"), "{original}");
        assert!(original.ends_with(&expected), "{original}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_receipt_asked_for_is_given_to_primary_recipients_and_the_concise_one_to_copies() {
    for world in World::both().await {
        let (anna, luca) = (world.at_receiver("anna"), world.at_receiver("luca"));
        let headers = format!("To: {anna}\r\nCc: {luca}\r\nX-TipoRicevuta: breve\r\n");
        world.submit(&[&anna, &luca], &Mailing { headers: &headers, body: "" }).await;
        let receipts = world.sender.mailbox(&world.at_sender("mario"));
        let carries_original = |recipient: &str| {
            let mut messages = receipts.iter().map(|stored| Message::read(stored.bytes.clone()).unwrap());
            let found = messages.find(|message| {
                let data = message.daticert.as_ref().and_then(|reading| reading.data.as_ref());
                data.is_some_and(|data| data.consegna.as_deref() == Some(recipient))
            });
            found.unwrap().original().is_some()
        };
        assert_eq!((carries_original(&anna), carries_original(&luca)), (true, false));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_submission_reaches_own_other_and_ordinary_recipients_once_each() {
    for world in World::both().await {
        let (anna, luca) = (world.at_receiver("anna"), world.at_sender("luca"));
        let to = [anna.as_str(), "carla@posta.example", &luca, &anna.to_uppercase()];
        world.submit(&to, &Mailing::default()).await;
        assert_eq!(world.told(), [Kind::Accettazione, Kind::AvvenutaConsegna, Kind::AvvenutaConsegna]);
        assert_eq!(world.service(), [Kind::PresaInCarico], "within a provider none is sent");
        assert_eq!(world.delivered("anna"), [Kind::PostaCertificata]);
        assert_eq!(kinds(&world.sender.mailbox(&luca)), [Kind::PostaCertificata]);
        assert_eq!(kinds(&world.posta.mailbox("carla@posta.example")), [Kind::PostaCertificata]);
        let data = Message::read(world.sender.mailbox(&world.at_sender("mario"))[0].bytes.clone()).unwrap();
        let typed: Vec<(String, String)> =
            data.daticert.unwrap().data.unwrap().destinatari.into_iter().map(|one| (one.address, one.tipo)).collect();
        let expected = [(anna, "certificato"), ("carla@posta.example".into(), "esterno"), (luca, "certificato")];
        assert_eq!(typed, expected.map(|(address, tipo)| (address, tipo.to_owned())));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_host_that_refuses_or_bounces_is_told_to_the_sender_in_an_anomaly_envelope() {
    for unknown in [UnknownUsers::Refuse, UnknownUsers::Bounce] {
        let posta = OrdinaryHost { unknown, ..OrdinaryHost::default() };
        let world = World::with(Profile::alfa(), Profile::bravo(), posta).await;
        world.submit(&["nessuno@posta.example"], &Mailing::default()).await;
        assert_eq!(world.told(), [Kind::Accettazione, Kind::Anomalia], "{unknown:?}");
        world.advance(25).await;
        assert_eq!(world.told().len(), 2, "an ordinary recipient gets no timeout notice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_mailbox_services_together_end() {
    let mut receiver = Profile::bravo();
    let anna = receiver.mailbox_mut("anna");
    anna.forward = Some("carla@posta.example".into());
    anna.notify = Some("dario@posta.example".into());
    let world = World::of(Profile::alfa(), receiver).await;
    world.submit(&[&world.at_receiver("anna")], &Mailing::default()).await;
    assert_eq!(world.told(), [Kind::Accettazione, Kind::AvvenutaConsegna]);
    assert_eq!(kinds(&world.posta.mailbox("carla@posta.example")), [Kind::PostaCertificata]);
    assert_eq!(world.posta.mailbox("dario@posta.example").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_bounces_is_not_copied_again() {
    let mut receiver = Profile::bravo();
    receiver.mailbox_mut("anna").forward = Some("nessuno@posta.example".into());
    let posta = OrdinaryHost { unknown: UnknownUsers::Bounce, ..OrdinaryHost::default() };
    let world = World::with(Profile::alfa(), receiver, posta).await;
    world.submit(&[&world.at_receiver("anna")], &Mailing::default()).await;
    assert_eq!(world.delivered("anna"), [Kind::PostaCertificata, Kind::Anomalia]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_envelope_twice_gives_one_set_of_receipts() {
    for world in World::both().await {
        let anna = world.at_receiver("anna");
        world.submit(&[&anna], &Mailing::default()).await;
        let envelope = world.lab.tap().transmissions()[1].bytes.clone();
        let again = world.inject(&world.at_sender("mario"), &[&anna], &envelope).await;
        assert!(again.is_complete());
        assert_eq!(world.told().len(), 2);
        assert_eq!((world.service().len(), world.delivered("anna").len()), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_flawed_gateway_goes_through_with_its_transactions_and_every_mistake_shows() {
    let world = World::of(Profile::alfa(), Profile::flawed()).await;
    world.submit(&["anna@bravo.example", "nessuno@bravo.example"], &Mailing::default()).await;
    let mut told = world.told();
    told.sort_unstable();
    assert_eq!(told, [Kind::Accettazione, Kind::AvvenutaConsegna, Kind::ErroreConsegna]);
    for (kind, world) in [
        (Kind::PresaInCarico, &world),
        (Kind::AvvenutaConsegna, &world),
        (Kind::ErroreConsegna, &world),
        (Kind::PostaCertificata, &World::of(Profile::flawed(), Profile::alfa()).await),
    ] {
        if kind == Kind::PostaCertificata {
            world.submit(&["anna@alfa.example"], &Mailing::default()).await;
            assert_eq!(world.told(), [Kind::Accettazione, Kind::AvvenutaConsegna]);
        }
        let seen = world.lab.tap().transmissions();
        let sent = seen.iter().map(|one| Message::read(one.bytes.clone()).unwrap()).find(|one| one.kind == Some(kind));
        let text = String::from_utf8_lossy(&sent.unwrap().mail.raw).into_owned();
        let shows = match kind {
            Kind::PresaInCarico => !text.contains("X-Riferimento-Message-ID"),
            Kind::AvvenutaConsegna => text.contains("00:00:00"),
            Kind::ErroreConsegna => !text.contains("errore-esteso"),
            _ => text.contains("On behalf of: "),
        };
        assert!(shows, "{kind:?}");
    }
}
