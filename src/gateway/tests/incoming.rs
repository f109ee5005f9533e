//! What an incoming point does with what is not right, and with ordinary mail (2.2.2, 3.2.2).

use super::*;
use crate::{
    fault::{self, Edit, HeaderEdit, SignatureEdit},
    gateway::{
        OrdinaryMail,
        choices::{Choices, Unwanted},
    },
};

const ORDINARY: &[u8] = b"Date: Mon, 2 Mar 2026 09:00:00 +0100\r\nFrom: Carla <carla@posta.example>\r\n\
    To: anna@bravo.example\r\nSubject: Saluti\r\nMessage-ID: <1@posta.example>\r\n\r\nCiao\r\n.\r\n";

/// A clean envelope from sender to receiver's anna, caught on the wire of another world.
async fn envelope() -> Vec<u8> {
    let world = World::of(Profile::alfa(), Profile::bravo()).await;
    world.submit(&[&world.at_receiver("anna")], &Mailing::default()).await;
    world.lab.tap().transmissions()[1].bytes.to_vec()
}

async fn injected(edit: Edit, receiver: Profile) -> World {
    let world = World::of(Profile::alfa(), receiver).await;
    let pki = Pki::load().unwrap();
    let signer = edit.signer().map_or_else(|| pki.signer("alfa"), |id| pki.signer(id));
    let wrong = fault::apply(&edit, &envelope().await, signer, world.lab.clock().now()).unwrap();
    world.inject("mario@alfa.example", &["anna@bravo.example"], &wrong).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envelope_without_a_good_signature_of_a_listed_provider_is_ordinary_mail() {
    let edits = [
        SignatureEdit::Tamper,
        SignatureEdit::Strip,
        SignatureEdit::Corrupt,
        SignatureEdit::DropCertificates,
        SignatureEdit::Garbage,
        SignatureEdit::SignWith("esterna".into()),
        SignatureEdit::SignWith("alfa-expired".into()),
        SignatureEdit::SignWith("alfa-revoked".into()),
    ];
    for edit in edits {
        let world = injected(Edit::Signature(edit.clone()), Profile::bravo()).await;
        assert_eq!(world.delivered("anna"), [Kind::Anomalia], "{edit:?}");
        assert!(world.told().is_empty() && world.service().is_empty(), "{edit:?}");
        let refusing = refusing();
        let world = injected(Edit::Signature(edit.clone()), refusing).await;
        assert!(world.delivered("anna").is_empty(), "{edit:?}");
        assert_eq!(code(&world.lab.tap().transmissions()[0].reply), (550, "5.7.1".into()));
    }
}

fn refusing() -> Profile {
    let mut profile = Profile::bravo();
    profile.mailbox_mut("anna").ordinary = OrdinaryMail::Refuse;
    profile
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_judged_at_arrival_and_not_at_the_time_claimed() {
    let world = World::of(Profile::alfa(), Profile::bravo()).await;
    let envelope = envelope().await;
    // Two years on the certificate of the test PKI has expired, whatever the envelope says.
    world.lab.clock().move_to("2028-06-01T00:00:00Z".parse().unwrap());
    world.inject("mario@alfa.example", &["anna@bravo.example"], &envelope).await;
    assert_eq!(world.delivered("anna"), [Kind::Anomalia]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_well_signed_but_malformed_envelope_is_propagated_even_where_ordinary_mail_is_refused() {
    let edits = [
        Edit::Header(HeaderEdit::Remove("X-Trasporto".into())),
        Edit::Header(HeaderEdit::Set { name: "Message-ID".into(), value: "<altro@alfa.example>".into() }),
        Edit::Header(HeaderEdit::Set { name: "From".into(), value: "chiunque@alfa.example".into() }),
        Edit::Part(fault::PartEdit::Drop(fault::PartName::Daticert)),
        Edit::Part(fault::PartEdit::Drop(fault::PartName::Original)),
    ];
    for edit in edits {
        let world = injected(edit.clone(), refusing()).await;
        assert_eq!(world.delivered("anna"), [Kind::Anomalia], "{edit:?}");
        assert!(world.told().is_empty() && world.service().is_empty(), "{edit:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_outside_the_signature_does_not_change_the_receipt() {
    let edit = Edit::Header(HeaderEdit::Set { name: "X-TipoRicevuta".into(), value: "sintetica".into() });
    let world = injected(edit, Profile::bravo()).await;
    let receipt = Message::read(world.lab.tap().transmissions()[2].bytes.clone()).unwrap();
    assert_eq!(receipt.daticert.unwrap().data.unwrap().ricevuta.as_deref().unwrap_or("completa"), "completa");
}

#[tokio::test(flavor = "multi_thread")]
async fn ordinary_mail_is_wrapped_whole_or_refused() {
    let world = World::of(Profile::alfa(), Profile::bravo()).await;
    assert!(world.inject("carla@posta.example", &["anna@bravo.example"], ORDINARY).await.is_complete());
    let wrapped = Message::read(world.receiver.mailbox("anna@bravo.example").pop().unwrap().bytes).unwrap();
    assert_eq!(wrapped.kind, Some(Kind::Anomalia));
    assert_eq!(wrapped.original().as_deref(), Some(ORDINARY));
    assert_eq!(wrapped.mail.field("Message-ID").as_deref(), Some("<1@posta.example>"));

    let world = World::of(Profile::alfa(), refusing()).await;
    let sent = world.inject("carla@posta.example", &["anna@bravo.example"], ORDINARY).await;
    assert_eq!(code(&sent.data.unwrap()), (550, "5.7.1".into()));
    assert!(world.delivered("anna").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn ordinary_mail_for_a_few_that_refuse_comes_back_and_nothing_comes_back_to_nobody() {
    let world = World::of(Profile::alfa(), refusing()).await;
    let to = ["anna@bravo.example", "luca@bravo.example", "nessuno@bravo.example"];
    assert!(world.inject("carla@posta.example", &to, ORDINARY).await.is_complete());
    assert_eq!(world.delivered("luca"), [Kind::Anomalia]);
    // One report on both.
    assert_eq!(world.posta.mailbox("carla@posta.example").len(), 1);
    assert!(world.inject("", &to, ORDINARY).await.is_complete());
    assert_eq!(world.delivered("luca").len(), 2);
    assert_eq!(world.posta.mailbox("carla@posta.example").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn infected_ordinary_mail_is_discarded() {
    let receiver = Profile { choices: Choices::usual(), ..Profile::bravo() };
    let world = World::of(Profile::alfa(), receiver).await;
    let infected = [ORDINARY, &crate::gateway::antivirus::eicar(), b"\r\n"].concat();
    assert!(world.inject("carla@posta.example", &["anna@bravo.example"], &infected).await.is_complete());
    assert!(world.delivered("anna").is_empty());
    assert!(world.receiver.log().iter().any(|record| record.detail.as_deref() == Some("virus")));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_relayed_and_the_service_mailbox_takes_its_two_kinds_only() {
    for world in World::both().await {
        let sent =
            world.inject("carla@posta.example", &["dario@posta.example", "anna@alfa.bravo.example"], ORDINARY).await;
        assert!(sent.recipients.iter().all(|one| code(&one.reply) == (550, "5.7.1".into())), "{:?}", sent.transcript);
        let (service, signer) =
            (world.receiver.profile().receipt_mailbox.clone(), world.receiver.profile().address.clone());
        let sent = world.inject("carla@posta.example", &[&service, &signer], ORDINARY).await;
        // One provider's sending address is its service mailbox too, as it may be (2.2.6).
        assert_eq!(sent.recipients[1].reply.is_positive(), service == signer);
        let refuses = world.receiver.profile().choices.ordinary_for_service == Unwanted::Refuse;
        let answer = if refuses { (550, "5.7.1".into()) } else { (250, "2.0.0".into()) };
        assert_eq!(code(&sent.data.unwrap()), answer);
        assert!(world.receiver.mailboxes().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_comes_through_unmodified() {
    for world in World::both().await {
        world.submit(&[&world.at_receiver("anna")], &Mailing::default()).await;
        let receipt = world.sender.mailbox(&world.at_sender("mario")).pop().unwrap();
        let sent = world.lab.tap().transmissions().pop().unwrap();
        assert!(receipt.bytes.ends_with(&sent.bytes));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_of_a_provider_that_does_not_manage_the_recipient_ends_nothing() {
    // bravo "delivers" for a recipient of charlie's: the sender still gets its notice about that recipient.
    let world = World::of(Profile::alfa(), Profile { deviations: vec![drop_deliveries()], ..Profile::bravo() }).await;
    world.submit(&["anna@bravo.example"], &Mailing::default()).await;
    let about = world.sender.mailbox("mario@alfa.example").remove(0);
    let identifier = Message::read(about.bytes).unwrap().daticert.unwrap().data.unwrap().identificativo;
    let pki = Pki::load().unwrap();
    let forged = forged_delivery(&pki, &identifier, "anna@bravo.example");
    let destination = Destination {
        address: world.sender.incoming_addr(),
        host: world.sender.profile().host.clone(),
        service: Service::Incoming,
        security: Security::StartTls,
        trust: None,
    };
    let path = SmtpPath { from: "posta-certificata@alfa.example".into(), to: vec!["mario@alfa.example".into()] };
    let sent = world.lab.client("mx.alfa.example").send(&destination, None, &path, &forged).await.unwrap();
    assert!(sent.is_complete());
    world.advance(25).await;
    assert_eq!(world.told().pop(), Some(Kind::PreavvisoErroreConsegna));
}

fn drop_deliveries() -> fault::Deviation {
    fault::Deviation { on: Kind::AvvenutaConsegna, edit: Edit::Copy(fault::CopyEdit::Drop) }
}

/// A delivery signed by alfa for a recipient of another provider.
fn forged_delivery(pki: &Pki, identifier: &str, recipient: &str) -> Vec<u8> {
    use crate::gateway::compose::{Certified, Composer, Notice, ReceiptForm, Recipient, Typology};
    let profile = Profile::alfa();
    let composer = Composer {
        provider: profile.provider,
        address: profile.address,
        dialect: profile.dialect,
        signer: pki.signer("alfa").unwrap().clone(),
    };
    let about = Certified {
        sender: "mario@alfa.example".into(),
        recipients: vec![Recipient { address: recipient.into(), typology: Typology::Certified }],
        subject_raw: b"Contratto n. 42".to_vec(),
        subject: Some("Contratto n. 42".into()),
        reply_to: "mario@alfa.example".into(),
        identifier: identifier.into(),
        msgid: None,
        receipt: ReceiptForm::Concise,
    };
    let at = crate::clock::LegalTime::at("2026-03-02T08:31:00Z".parse().unwrap());
    let notice = Notice::Delivery { recipient, form: ReceiptForm::Concise, original: b"" };
    composer.notification(&about, &notice, "forged@alfa.example", &at)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_certified_for_whom_the_envelope_does_not_name() {
    let world = World::of(Profile::alfa(), Profile::bravo()).await;
    let envelope = envelope().await;
    world.inject("mario@alfa.example", &["luca@bravo.example", "anna@bravo.example"], &envelope).await;
    assert_eq!(
        (world.delivered("luca"), world.delivered("anna")),
        (vec![Kind::Anomalia], vec![Kind::PostaCertificata])
    );
    assert_eq!((world.told().len(), world.service().len()), (1, 1));
    let seen = world.lab.tap().transmissions();
    assert!(seen[1..].iter().all(|one| !String::from_utf8_lossy(&one.bytes).contains("luca@bravo.example")));
}
