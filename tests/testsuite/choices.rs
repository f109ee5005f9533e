//! Where the norm leaves a choice, somebody takes each way: the pairs that `run` plays take every alternative of every
//! `either`, so that none of them is a guess that nobody has seen.

use std::collections::{BTreeMap, BTreeSet};

use pec_conformance::{
    evidence::Direction,
    results::{Cell, CellOutcome, Event},
    rules,
    runner::{Plan, run},
    scenario::{
        Scenario,
        model::{Alternative, Step},
        suite,
    },
    target::round,
};

/// An alternative: its scenario, the number of its `either` there, from 1, and its words.
type Choice<'s> = (&'s str, usize, &'s str);

/// Those that nobody takes, each for the reason beside it.
const TAKEN_BY_NOBODY: &[(Choice<'_>, &str)] = &[
    (("non-delivery/notice-for-a-full-mailbox", 1, "it is taken, and lost"), "a gateway of ours loses no proof"),
    (
        ("ordinary/from-ordinary-refused", 1, "a host before the gateway has taken it, and a report goes back"),
        "no host stands before a gateway of ours; a Postfix does in tests/testsuite/postfix",
    ),
    (
        ("ordinary/undeliverable", 1, "it is taken and given up without a word"),
        "RFC 5321 6.1 leaves it for what would hit bystanders alone, which none of the three guesses at",
    ),
    (("ordinary/undeliverable", 2, "it is taken and given up without a word"), "likewise"),
    (
        ("session/unheard-answer", 1, "a message whose sender is gone is not taken"),
        "whether the end of the message or that of the connection came first, a server sees by chance",
    ),
    (
        ("trust/malformed-to-let-in", 1, "it makes the envelope one that is badly composed"),
        "a gateway of ours holds no provider to what its user wrote",
    ),
];

/// The alternatives of each `either` of a scenario, by its number.
fn eithers(scenario: &Scenario) -> impl Iterator<Item = (usize, &[Alternative])> {
    let eithers = scenario.steps.iter().filter_map(|step| match step {
        Step::Either(alternatives) => Some(alternatives.as_slice()),
        _ => None,
    });
    eithers.enumerate().map(|(index, alternatives)| (index + 1, alternatives))
}

#[test]
fn every_way_that_the_norm_leaves_is_taken_by_somebody() {
    let suite = suite(&rules::ids()).unwrap();
    let open = suite.scenarios.iter().filter(|scenario| eithers(scenario).next().is_some());
    let mut plan = Plan::new(open.cloned().collect());
    // Each as sender once, and once as receiver, is enough for it: bravo to alfa takes no way of its own.
    plan.directions = round().into_iter().filter(|it| *it != Direction::new("bravo", "alfa")).collect();
    let mut cells: Vec<Cell> = Vec::new();
    run(&plan, &mut |event| {
        if let Event::Finished(cell) = event {
            cells.push(*cell);
        }
    })
    .unwrap();
    let wrong = cells.iter().filter(|cell| cell.outcome != CellOutcome::Passed);
    let wrong: Vec<String> =
        wrong.map(|cell| format!("{} {:?}: {:?}", cell.scenario, cell.direction, cell.unmet)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Who passed took one way at each `either`, in their order.
    let taken: BTreeSet<Choice<'_>> = cells
        .iter()
        .flat_map(|cell| cell.choices.iter().zip(1..).map(|(choice, number)| (&*cell.scenario, number, &**choice)))
        .collect();
    let mut offered: BTreeSet<Choice<'_>> = BTreeSet::new();
    for scenario in &plan.scenarios {
        for (number, alternatives) in eithers(scenario) {
            for alternative in alternatives {
                let fresh = offered.insert((&scenario.id, number, &alternative.when));
                assert!(fresh, "{}: two alternatives are called the same", scenario.id);
            }
        }
    }
    for cell in &cells {
        let number =
            offered.iter().filter(|(scenario, ..)| *scenario == cell.scenario).map(|(_, number, _)| number).max();
        assert_eq!(number, Some(&cell.choices.len()), "{}: an `either` left no trace", cell.scenario);
    }
    let nobody: BTreeSet<Choice<'_>> = offered.difference(&taken).copied().collect();
    let known: BTreeSet<Choice<'_>> = TAKEN_BY_NOBODY.iter().map(|(choice, _)| *choice).collect();
    assert_eq!(nobody, known, "of {} ways", offered.len());
}

#[test]
fn alternatives_that_look_alike_are_no_choice() {
    for scenario in &suite(&rules::ids()).unwrap().scenarios {
        for (number, alternatives) in eithers(scenario) {
            for (index, one) in alternatives.iter().enumerate() {
                let alike = alternatives[..index].iter().find(|other| told(other) == told(one));
                let other = alike.map(|other| other.when.as_str());
                assert_eq!(other, None, "{}, either {number}: the same mailboxes as where {}", scenario.id, one.when);
            }
        }
    }
}

/// What an alternative expects, in an order of its own.
fn told(alternative: &Alternative) -> BTreeMap<String, Vec<String>> {
    let listed = |expected: &Vec<_>| {
        let mut listed: Vec<String> = expected.iter().map(ToString::to_string).collect();
        listed.sort();
        listed
    };
    alternative.expect.iter().map(|(place, expected)| (place.to_string(), listed(expected))).collect()
}
