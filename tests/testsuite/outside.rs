//! The suite with gateways that are looked at from outside alone, as a stranger's are: each in a world of its own, reached
//! over sockets, its wires, log and virus store unseen and its keys its own. What can be played says the same as inside.

use std::{collections::BTreeMap, sync::Arc};

use pec_conformance::{
    evidence::{Dialogue, Direction, Party, View},
    norm::Level,
    results::{Cell, CellOutcome, Event},
    rules::{self, Finding},
    runner::{Plan, run},
    scenario::{Scenario, Selection, suite},
};

fn play_all(scenarios: impl Iterator<Item = Arc<Scenario>>, direction: Direction) -> Vec<Cell> {
    let mut plan = Plan::new(scenarios.collect());
    plan.directions = vec![direction];
    let mut cells = Vec::new();
    let run = run(&plan, &mut |event| {
        if let Event::Finished(cell) = event {
            cells.push(*cell);
        }
    });
    assert_eq!(run.expect("a run can begin").ended, cells.len());
    cells
}

fn all() -> Vec<Arc<Scenario>> {
    suite(&rules::ids()).expect("the shipped suite reads").select(&Selection::default()).expect("there are some")
}

/// One scenario in three, so that each is played by one of three pairs; `.ci/run` has all of them played by each.
fn third(first: usize) -> impl Iterator<Item = Arc<Scenario>> {
    all().into_iter().skip(first).step_by(3)
}

/// Whatever is not skipped for a reason passes; `played` is how many are played at least, of a hundred.
fn same_verdicts(cells: &[Cell], played: usize) {
    let (mut skipped, mut wrong): (BTreeMap<&str, usize>, Vec<String>) = (BTreeMap::new(), Vec::new());
    for cell in cells {
        match &cell.outcome {
            CellOutcome::Passed => {}
            CellOutcome::Skipped(reason) => *skipped.entry(reason).or_default() += 1,
            CellOutcome::Failed => wrong.push(format!("{}: {:?} {:?}", cell.scenario, found(cell), cell.unmet)),
            CellOutcome::Error(what) => wrong.push(format!("{}: {what}", cell.scenario)),
        }
        assert!(!cell.observed.watch.sees(View::Wires), "{}: its wires are not seen", cell.scenario);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let passed = cells.len() - skipped.values().sum::<usize>();
    assert!(passed * 100 >= cells.len() * played, "{passed} of {} were played: {skipped:#?}", cells.len());
}

/// What was found, with whom it blames.
fn found(cell: &Cell) -> Vec<(&'static str, Party, &Finding)> {
    let failed = cell.failed(Level::Must);
    let each = failed.flat_map(|verdict| verdict.outcome.findings().iter().map(move |finding| (verdict, finding)));
    each.map(|(verdict, finding)| (verdict.rule.id, finding.blame.unwrap_or(verdict.blame), finding)).collect()
}

#[test]
fn two_gateways_outside_get_the_verdicts_of_those_inside() {
    same_verdicts(&play_all(third(0), Direction::new("outside-alfa", "outside-bravo")), 65);
}

#[test]
fn a_receiver_outside_gets_the_verdicts_of_one_inside() {
    same_verdicts(&play_all(third(1), Direction::new("alfa", "outside-bravo")), 85);
}

#[test]
fn a_sender_outside_gets_the_verdicts_of_one_inside() {
    same_verdicts(&play_all(third(2), Direction::new("outside-bravo", "alfa")), 65);
}

/// What the harness says line by line is evidence as what it sends is.
#[test]
fn raw_dialogues_with_a_gateway_outside_are_evidence_and_judged() {
    let raw = all().into_iter().filter(|scenario| scenario.id == "session/starttls-announced");
    let cells = play_all(raw, Direction::new("alfa", "outside-bravo"));
    let [cell] = &cells[..] else { panic!("one is played") };
    let said = |dialogue: &Dialogue| -> Vec<String> {
        dialogue.exchanges().iter().map(|it| format!("{} {}", it.command, u8::from(it.secured))).collect()
    };
    let dialogues: Vec<_> = cell.observed.dialogues.iter().map(said).collect();
    let raw = ["RSET 0", "STARTTLS 0", "EHLO mx.posta.example 1"].map(String::from);
    assert!(dialogues.iter().any(|said| said.windows(3).any(|three| three == raw)), "{dialogues:?}");
    assert!(cell.observed.dialogues.iter().any(|dialogue| dialogue.from == Party::Harness));
    assert!(cell.judgement.applied["session/starttls-announced"] > 0);
}

#[test]
fn a_flawed_gateway_outside_is_found_out_in_either_role() {
    let complete = || all().into_iter().filter(|scenario| scenario.id == "delivery/complete");
    for (direction, culprit) in [
        (Direction::new("alfa", "outside-flawed"), Party::Receiver),
        (Direction::new("outside-flawed", "alfa"), Party::Sender),
    ] {
        let cells = play_all(complete(), direction);
        let [cell] = &cells[..] else { panic!("one scenario was played") };
        assert_eq!(cell.outcome, CellOutcome::Failed);
        let of = |party: Party| -> Vec<&str> {
            found(cell).into_iter().filter(|(_, blame, _)| *blame == party).map(|(rule, ..)| rule).collect()
        };
        let innocent = if culprit == Party::Sender { Party::Receiver } else { Party::Sender };
        assert!(of(culprit).len() > 1, "{:?}", of(culprit));
        assert_eq!(of(innocent), [""; 0]);
    }
}

/// What passes between two gateways elsewhere nobody sees: what is missing then is nobody's, and somebody's where one end is
/// seen.
#[test]
fn what_is_lost_between_two_that_nobody_sees_is_blamed_on_nobody() {
    let complete = |given: &str| {
        let yaml = format!(
            "title: Something is lost\nclauses: [RFC6109-3.5-transaction]\ngiven: {given}\nsteps:\n  \
             - send: {{id: a, from: mario@sender, to: [anna@receiver]}}\n  \
             - expect:\n      mario@sender: [{{accettazione: a}}, {{avvenuta-consegna: a, for: anna@receiver}}]\n      \
             service@sender: [{{presa-in-carico: a}}]\n      anna@receiver: [{{posta-certificata: a}}]\n"
        );
        Arc::new(Scenario::read("lost", "lost.yaml", &yaml, &rules::ids()).expect("it reads"))
    };
    let unseen = ("outside-alfa", "outside-bravo");
    // What is missing, and the notices of hours 12 and 24 that tell so, or of hour 24 alone.
    for ((sender, receiver), lost, unmet, blamed) in [
        (unseen, "{sender: {loses: [posta-certificata]}}", 3 + 2, Party::Undetermined),
        (unseen, "{receiver: {loses: [avvenuta-consegna]}}", 1 + 1, Party::Undetermined),
        (("alfa", "outside-bravo"), "{sender: {loses: [posta-certificata]}}", 3 + 2, Party::Sender),
        (("outside-alfa", "bravo"), "{sender: {loses: [posta-certificata]}}", 3 + 2, Party::Sender),
        (("alfa", "outside-bravo"), "{receiver: {loses: [avvenuta-consegna]}}", 1 + 1, Party::Receiver),
    ] {
        let cells = play_all([complete(lost)].into_iter(), Direction::new(sender, receiver));
        let blames: Vec<Party> = cells[0].unmet.iter().map(|unmet| unmet.blame).collect();
        assert_eq!(blames, vec![blamed; unmet], "{sender} -> {receiver} {lost}: {:?}", cells[0].unmet);
        let charged: Vec<_> = found(&cells[0]).into_iter().filter(|(_, blame, _)| *blame != blamed).collect();
        assert!(charged.is_empty(), "{sender} -> {receiver} {lost}: {charged:?}");
    }
}

/// Receivers owe receipts to the sender's provider, which may refuse them: who did what, its incoming point alone shows.
#[test]
fn what_a_point_that_nobody_sees_may_have_refused_is_charged_to_nobody() {
    let full = || all().into_iter().filter(|scenario| scenario.id == "delivery/full-sender");
    let cells = play_all(full(), Direction::new("outside-delta", "alfa"));
    assert_eq!(cells[0].outcome, CellOutcome::Passed, "{:?}", found(&cells[0]));

    let silent = "title: A receiver that tells nothing\nclauses: [RFC6109-3.3.2.1-every-recipient]\n\
                  given: {receiver: {loses: [avvenuta-consegna, presa-in-carico]}}\nsteps:\n  \
                  - send: {id: a, from: mario@sender, to: [anna@receiver]}\n  - expect: {}\n";
    let silent = Arc::new(Scenario::read("silent", "silent.yaml", silent, &rules::ids()).expect("it reads"));
    let charged = |sender: &str, receiver: &str| -> Vec<&str> {
        let cells = play_all([silent.clone()].into_iter(), Direction::new(sender, receiver));
        let found = found(&cells[0]).into_iter().filter(|(_, blame, _)| *blame == Party::Receiver);
        found.map(|(rule, ..)| rule).collect()
    };
    let silence = ["choreography/receiver-concludes", "choreography/takeover-missing"];
    for (sender, receiver) in [("alfa", "bravo"), ("alfa", "outside-bravo")] {
        assert!(charged(sender, receiver).iter().any(|rule| silence.contains(rule)), "{sender} -> {receiver}");
    }
    assert_eq!(charged("outside-alfa", "bravo"), [""; 0]);
}
