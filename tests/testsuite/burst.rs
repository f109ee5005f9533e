//! Two hundred messages at once: no identifier is given twice, none goes by another's. The suite has the same in small.

use std::{collections::BTreeSet, fs, sync::Arc};

use pec_conformance::{
    evidence::{Direction, Seen},
    message::{Kind, Message},
    results::CellOutcome,
    rules,
    runner::{How, play},
    scenario::Scenario,
};

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_messages_at_once_are_two_hundred_messages() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/delivery/burst.yaml");
    let source =
        fs::read_to_string(file).unwrap().replace("copies: 20\n", "copies: 200\n").replace("times: 20}", "times: 200}");
    let scenario = Scenario::read("burst", file, &source, &rules::ids()).unwrap_or_else(|wrong| panic!("{wrong:?}"));
    assert_eq!(scenario.messages(), 200);
    let cell = play(&Arc::new(scenario), &Direction::new("alfa", "bravo"), &How::default()).await;
    assert_eq!(cell.outcome, CellOutcome::Passed, "{:?}", cell.unmet);
    let messages: Vec<Message> = cell
        .observed
        .observations
        .iter()
        .filter(|seen| matches!(seen.seen, Seen::Mailbox { .. }))
        .map(|seen| Message::read(seen.bytes.clone()).unwrap())
        .collect();
    for kind in [Kind::Accettazione, Kind::PresaInCarico, Kind::PostaCertificata, Kind::AvvenutaConsegna] {
        let of_kind = || messages.iter().filter(|message| message.kind == Some(kind));
        let data = |message: &Message| message.daticert.as_ref().unwrap().data.clone().unwrap();
        let ids: BTreeSet<String> = of_kind().map(|message| message.mail.field("Message-ID").unwrap()).collect();
        let submissions: BTreeSet<(String, Option<String>)> =
            of_kind().map(data).map(|data| (data.identificativo, data.msgid)).collect();
        let identifiers: BTreeSet<&String> = submissions.iter().map(|(identifier, _)| identifier).collect();
        let msgids: BTreeSet<&Option<String>> = submissions.iter().map(|(_, msgid)| msgid).collect();
        let numbers = [of_kind().count(), ids.len(), submissions.len(), identifiers.len(), msgids.len()];
        assert_eq!(numbers, [200; 5], "{kind:?}");
    }
}
