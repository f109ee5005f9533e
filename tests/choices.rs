//! Where the norm leaves a choice, somebody takes each way: the pairs that `run` plays take every alternative of every
//! `either`, so that none of them is a guess that nobody has seen.

use std::{collections::BTreeSet, sync::Arc};

use pec_conformance::{
    results::{Cell, CellOutcome},
    rules,
    runner::{How, play},
    scenario::{Scenario, Selection, model::Step, suite},
    target::round,
};
use tokio::task::JoinSet;

/// Ways that nobody takes, each for the reason beside it.
const TAKEN_BY_NOBODY: [(&str, &str, &str); 3] = [
    ("non-delivery/notice-for-a-full-mailbox", "it is taken, and lost", "a gateway of ours loses no proof"),
    (
        "ordinary/undeliverable",
        "it is taken and given up without a word",
        "RFC 5321 6.1 leaves it for what would hit bystanders alone, which none of the three guesses at",
    ),
    (
        "session/unheard-answer",
        "a message whose sender is gone is not taken",
        "whether the end of the message or that of the connection came first, a server sees by chance",
    ),
];

/// Played at a time; each is work for two gateways and a judge.
const AT_A_TIME: usize = 4;

/// The alternatives of a scenario, in order.
fn alternatives(scenario: &Scenario) -> Vec<&str> {
    let mut ways = Vec::new();
    for step in &scenario.steps {
        if let Step::Either(alternatives) = step {
            ways.extend(alternatives.iter().map(|way| way.when.as_str()));
        }
    }
    ways
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_that_the_norm_leaves_is_taken_by_somebody() {
    let suite = suite(&rules::ids()).expect("the shipped suite reads");
    let all: Vec<Arc<Scenario>> = suite.select(&Selection::default()).expect("there are some");
    let open: Vec<Arc<Scenario>> = all.into_iter().filter(|scenario| !alternatives(scenario).is_empty()).collect();
    let plays = open.iter().flat_map(|scenario| round().map(|direction| (scenario.clone(), direction)));
    let (how, mut waiting, mut playing) = (How::default(), plays.fuse(), JoinSet::new());
    let mut cells: Vec<Cell> = Vec::new();
    loop {
        while playing.len() < AT_A_TIME {
            let Some((scenario, direction)) = waiting.next() else { break };
            let how = how.clone();
            playing.spawn(async move { play(&scenario, &direction, &how).await });
        }
        match playing.join_next().await {
            Some(cell) => cells.push(cell.expect("a play does not panic")),
            None => break,
        }
    }
    let wrong = cells.iter().filter(|cell| cell.outcome != CellOutcome::Passed);
    let wrong: Vec<String> =
        wrong.map(|cell| format!("{} {:?}: {:?}", cell.scenario, cell.direction, cell.unmet)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let taken: BTreeSet<(&str, &str)> =
        cells.iter().flat_map(|cell| cell.choices.iter().map(|choice| (&*cell.scenario, &**choice))).collect();
    let offered = open.iter().flat_map(|scenario| alternatives(scenario).into_iter().map(|way| (&*scenario.id, way)));
    let offered: BTreeSet<(&str, &str)> = offered.collect();
    let nobody: BTreeSet<(&str, &str)> = offered.difference(&taken).copied().collect();
    let known: BTreeSet<(&str, &str)> = TAKEN_BY_NOBODY.iter().map(|(scenario, way, _)| (*scenario, *way)).collect();
    assert_eq!(nobody, known, "of {} ways", offered.len());
}
