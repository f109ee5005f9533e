//! Correct transactions.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_message_crosses_two_providers() {
    for world in World::both().await {
        let anna = world.at_receiver("anna");
        let sent = world.submit(&[&anna], &Mailing::default()).await;
        assert!(sent.is_complete(), "{:?}", sent.transcript);
        assert_eq!(world.told(), [Kind::Accettazione, Kind::AvvenutaConsegna]);
        assert_eq!(world.service(), [Kind::PresaInCarico]);
        assert_eq!(world.delivered("anna"), [Kind::PostaCertificata]);
    }
}
