//! Plays one scenario in one direction, gathers the evidence, has it judged.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::AssertUnwindSafe,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    How, Keep,
    blame::{self, Wires},
    expect::{Difference, Found},
    gather::{Gathered, gather},
    stage::Stage,
    story,
};
use crate::{
    evidence::{Announced, Direction, Evidence, Party, Seen, bundle},
    norm::Level,
    results::{Cause, Cell, CellOutcome, Strictness, Trouble, Unmet},
    rules::{self, Check, Judgement, Outcome, Verdict},
    scenario::{
        Scenario,
        words::{Mailbox, Place},
    },
    target::{self, TargetError, World},
};

/// Plays one scenario in one direction. Never panics: trouble is in the cell's outcome.
pub async fn play(scenario: &Arc<Scenario>, direction: &Direction, how: &How) -> Cell {
    let clock = Instant::now();
    let task = {
        let (scenario, direction, how) = (scenario.clone(), direction.clone(), how.clone());
        tokio::spawn(async move { attempt(&scenario, &direction, &how).await })
    };
    let mut cell = match task.await {
        Ok(cell) => cell,
        Err(error) => blank(scenario, direction, infrastructure(panic_words(error))),
    };
    cell.took = clock.elapsed();
    cell
}

async fn attempt(scenario: &Scenario, direction: &Direction, how: &How) -> Cell {
    let world = match target::open(direction, scenario, how.machine, how.run.play()).await {
        Ok(world) => world,
        Err(error) => return blank(scenario, direction, no_verdict(&error)),
    };
    let stage = Stage::new(scenario, &world);
    if let Some(reason) = stage.lacks() {
        return blank(scenario, direction, CellOutcome::Skipped(reason));
    }
    let limit = how.limit_of(scenario);
    let broke_off = match tokio::time::timeout(limit, stage.play()).await {
        Ok(played) => played.err(),
        Err(_) => Some(TargetError::infrastructure(format!("nothing settled within {limit:?}"))),
    };
    if broke_off.is_some() {
        world.halt();
    }
    // What was on the wires is evidence all the same; the trouble is already told, or is this one.
    let _ = tokio::time::timeout(limit, stage.look()).await;
    // Reading and judging are work without waiting; a panic there must not lose what was gathered.
    let mut gathered = gather(&stage);
    if let Some(dialogue) = broke_off.as_ref().and_then(|error| error.dialogue.clone()) {
        gathered.evidence.dialogues.push(dialogue);
    }
    let judged = std::panic::catch_unwind(AssertUnwindSafe(|| conclude(&stage, &mut gathered, how)));
    let mut cell = judged.unwrap_or_else(|_| {
        blank(scenario, direction, infrastructure("judging broke off: a rule or the reader panicked".to_owned()))
    });
    if let Some(error) = &broke_off {
        answer_for(error, &stage, &mut cell);
    }
    cell.direction = direction.clone();
    cell.observed = gathered.evidence;
    keep(&mut cell, how);
    cell
}

/// What broke a play off is a host's failure where a host answers for it, and no verdict otherwise.
fn answer_for(error: &TargetError, stage: &Stage<'_>, cell: &mut Cell) {
    let target::Trouble::Misbehaved { by, expected } = &error.trouble else {
        cell.outcome = no_verdict(error);
        return;
    };
    cell.unmet.push(Unmet {
        at: stage.scenario.place(&stage.progress().at),
        expected: expected.clone(),
        found: words(error),
        blame: *by,
        clauses: stage.scenario.clauses.clone(),
        observations: Vec::new(),
    });
    if cell.outcome == CellOutcome::Passed {
        cell.outcome = CellOutcome::Failed;
    }
}

fn no_verdict(error: &TargetError) -> CellOutcome {
    let cause = match error.trouble {
        target::Trouble::Configuration => Cause::Configuration,
        target::Trouble::Infrastructure | target::Trouble::Misbehaved { .. } => Cause::Infrastructure,
    };
    CellOutcome::Error(Trouble { cause, what: words(error) })
}

fn infrastructure(what: String) -> CellOutcome {
    CellOutcome::Error(Trouble { cause: Cause::Infrastructure, what })
}

/// What went wrong, and what was heard last.
fn words(error: &TargetError) -> String {
    match error.dialogue.as_ref().and_then(|dialogue| dialogue.lines.last()) {
        Some(line) => format!("{}; the session's last line: {}", error.what, line.text),
        None => error.what.clone(),
    }
}

/// Judges what was gathered, and keeps with it which findings were announced.
fn conclude(stage: &Stage<'_>, gathered: &mut Gathered, how: &How) -> Cell {
    let scenario = stage.scenario;
    let judgement = rules::judge(&gathered.evidence, &rules::Options { as_of: how.as_of });
    let (announced, mut unmet) = announced(stage, gathered, &judgement);
    gathered.evidence.announced = announced;
    unmet.extend(explain(stage, gathered));
    let story = story::tell(stage, gathered);
    let progress = stage.progress();
    let mut cell = Cell {
        judgement,
        unmet,
        choices: progress.choices.clone(),
        notes: progress.notes.clone(),
        story,
        ..blank(scenario, &Direction::new("", ""), CellOutcome::Passed)
    };
    let levels: &[Level] = match how.strictness {
        Strictness::Violations => &[Level::Must],
        Strictness::Warnings => &[Level::Must, Level::Should],
        Strictness::Notes => &[Level::Must, Level::Should, Level::May],
    };
    let fails = |level| cell.judgement.failed(level).any(|verdict| !verdict.is_announced(&gathered.evidence));
    let broken = cell.judgement.verdicts.iter().find_map(|verdict| match &verdict.outcome {
        Outcome::InternalError(what) => Some(format!("the rule `{}` broke: {what}", verdict.rule.id)),
        Outcome::CannotTell(findings) if !verdict.is_announced(&gathered.evidence) => {
            Some(format!("{}: {}", verdict.subject, findings.first()?.found))
        }
        _ => None,
    });
    cell.outcome = match broken {
        Some(what) => infrastructure(what),
        None if !cell.unmet.is_empty() || levels.iter().any(|level| fails(*level)) => CellOutcome::Failed,
        None => CellOutcome::Passed,
    };
    cell
}

/// Differences in the words of a report.
fn explain(stage: &Stage<'_>, gathered: &Gathered) -> Vec<Unmet> {
    let mut progress = stage.progress();
    let differences = std::mem::take(&mut progress.differences);
    let wires = Wires::new(&gathered.evidence, stage.scenario, &mut progress.known);
    let address = |mailbox: &Mailbox| stage.world.address(mailbox);
    let misheard = progress.misheard.iter().map(|misheard| Unmet {
        at: stage.scenario.place(&misheard.path),
        expected: format!("{} at {}", misheard.expected, misheard.place),
        found: misheard.found.clone(),
        blame: blame::holder(&misheard.place),
        clauses: stage.scenario.clauses.clone(),
        observations: Vec::new(),
    });
    let unmet = differences
        .iter()
        .map(|difference| Unmet {
            at: stage.scenario.place(&difference.path),
            expected: expected_words(difference),
            found: found_words(difference, stage.world),
            blame: wires.blame(difference, &address),
            clauses: stage.scenario.clauses.clone(),
            observations: match &difference.found {
                Found::Message(arrival) => {
                    gathered.stored.get(&(arrival.place.clone(), arrival.index)).copied().into_iter().collect()
                }
                Found::Nothing | Found::Answer(_) => Vec::new(),
            },
        })
        .chain(misheard)
        .collect();
    progress.differences = differences;
    unmet
}

fn expected_words(difference: &Difference) -> String {
    match (&difference.expected, &difference.place) {
        (Some(expected), Place::AccessPoint(_) | Place::IncomingPoint(_)) => {
            format!("{} at {}", expected, difference.place)
        }
        (Some(expected), place) => format!("{expected} in {place}"),
        (None, place @ (Place::AccessPoint(_) | Place::IncomingPoint(_))) => format!("everything accepted at {place}"),
        (None, place) => format!("nothing more in {place}"),
    }
}

fn found_words(difference: &Difference, world: &World) -> String {
    let in_roles = |address: &str| {
        target::mailboxes()
            .find(|mailbox| world.address(mailbox).eq_ignore_ascii_case(address))
            .map(|mailbox| mailbox.to_string())
            .or_else(|| {
                // A mailbox that does not exist, at a gateway that does.
                let (user, domain) = address.rsplit_once('@')?;
                let mut gateways = world.gateways().into_iter();
                let (role, _) =
                    gateways.find(|(_, facts)| facts.domains.iter().any(|of| of.eq_ignore_ascii_case(domain)))?;
                Some(format!("{user}@{role}"))
            })
            .unwrap_or_else(|| address.to_owned())
    };
    match &difference.found {
        Found::Nothing => "nothing of the kind".to_owned(),
        Found::Message(arrival) => arrival.reading.words(&in_roles),
        Found::Answer(words) => words.clone(),
    }
}

/// Findings that the scenario announced: those made, and what differs from the announcement. What the harness answers for
/// and nothing announced fails the scenario too: an injected message is wrong in what it says it is wrong in, and no more.
fn announced(stage: &Stage<'_>, gathered: &Gathered, judgement: &Judgement) -> (Vec<Announced>, Vec<Unmet>) {
    let progress = stage.progress();
    let mut made: BTreeMap<&str, BTreeSet<Announced>> = BTreeMap::new();
    let mut unmet = Vec::new();
    for verdict in judgement.verdicts.iter().filter(|verdict| verdict.rule.level != Level::May) {
        let findings = verdict.outcome.findings();
        if findings.is_empty() {
            continue;
        }
        let announced = progress.announced.keys().map(String::as_str);
        let mut about: BTreeSet<&str> = announced.filter(|id| is_about(gathered, verdict, id)).collect();
        for finding in findings.iter().filter(|found| found.blame.unwrap_or(verdict.blame) == Party::Harness) {
            // What shows it names the message more surely than the subject, which may be a whole transaction.
            let mut shown = finding.observations.iter().chain(&verdict.observation);
            let injected = shown.find_map(|observation| injected(gathered, *observation));
            about.extend(injected.filter(|id| progress.announced.contains_key(*id)));
            if about.is_empty() {
                unmet.push(Unmet {
                    at: stage.scenario.place(&["steps".into()]),
                    expected: "no finding on what the harness made, unless announced".to_owned(),
                    found: format!("{} on {}", verdict.rule.id, verdict.subject),
                    blame: Party::Harness,
                    clauses: stage.scenario.clauses.clone(),
                    observations: verdict.observation.into_iter().collect(),
                });
            }
        }
        for id in about {
            made.entry(id).or_default().insert(verdict.announcement());
        }
    }
    for (id, wanted) in &progress.announced {
        let made = made.get(id.as_str()).cloned().unwrap_or_default();
        let path = &wanted.path;
        let in_force = |rule: &&str| !judgement.not_in_force.contains(rule);
        let wanted: BTreeSet<&str> = wanted.rules.iter().map(String::as_str).filter(in_force).collect();
        let found: BTreeSet<&str> = made.iter().map(|finding| finding.rule.as_str()).collect();
        if wanted != found {
            let list = |rules: &BTreeSet<&str>| {
                if rules.is_empty() { "none".to_owned() } else { rules.iter().copied().collect::<Vec<_>>().join(", ") }
            };
            unmet.push(Unmet {
                at: stage.scenario.place(path),
                expected: format!("findings on {id}: {}", list(&wanted)),
                found: list(&found),
                blame: Party::Harness,
                clauses: stage.scenario.clauses.clone(),
                observations: made.iter().filter_map(|finding| finding.observation).collect(),
            });
        }
    }
    (made.into_values().flatten().collect(), unmet)
}

/// Whether a verdict's subject is what was put in under this id, or the point that a dialogue was held with.
fn is_about(gathered: &Gathered, verdict: &Verdict, id: &str) -> bool {
    if let Ok(Place::AccessPoint(role) | Place::IncomingPoint(role)) = id.parse() {
        return matches!(verdict.rule.check, Check::Dialogue { .. }) && verdict.blame == role.into();
    }
    let one = gathered.evidence.observations.iter().find(|one| verdict.observation == Some(one.id));
    one.is_some_and(|one| one.producer == Party::Harness && one.name.as_deref() == Some(id))
}

/// The name under which the harness injected what was observed.
fn injected(gathered: &Gathered, observation: usize) -> Option<&str> {
    let one = gathered.evidence.observations.iter().find(|one| one.id == observation)?;
    let put_in = one.producer == Party::Harness && matches!(one.seen, Seen::Wire { .. });
    one.name.as_deref().filter(|_| put_in)
}

/// Writes the evidence bundle. That it cannot be written is trouble, but loses neither cell nor run.
fn keep(cell: &mut Cell, how: &How) {
    let Some(folder) = &how.evidence else { return };
    let is_good = matches!(cell.outcome, CellOutcome::Passed | CellOutcome::Skipped(_));
    if how.keep == Keep::Failures && is_good {
        return;
    }
    let way = PathBuf::from(&cell.scenario).join(format!("{}-{}", cell.direction.sender, cell.direction.receiver));
    match bundle::write(&cell.observed, folder, &way) {
        Ok(folder) => cell.evidence = Some(folder),
        Err(error) if cell.outcome == CellOutcome::Passed => cell.outcome = infrastructure(error.to_string()),
        Err(error) => cell.notes.push(error.to_string()),
    }
}

fn blank(scenario: &Scenario, direction: &Direction, outcome: CellOutcome) -> Cell {
    Cell {
        scenario: scenario.id.clone(),
        title: scenario.title.clone(),
        direction: direction.clone(),
        clauses: scenario.clauses.clone(),
        outcome,
        unmet: Vec::new(),
        judgement: Judgement::default(),
        observed: Evidence::default(),
        choices: Vec::new(),
        notes: Vec::new(),
        story: String::new(),
        evidence: None,
        took: Duration::ZERO,
    }
}

fn panic_words(error: tokio::task::JoinError) -> String {
    let words = error.try_into_panic().ok().and_then(|panic| {
        panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast::<String>().ok().map(|text| *text))
    });
    format!("the harness broke off: {}", words.as_deref().unwrap_or("a play was cancelled"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::PlayId;

    #[tokio::test]
    async fn a_host_answers_for_its_own_misbehaviour_and_for_nothing_else() {
        let yaml = "title: t\nclauses: [RFC6109-3.5-transaction]\nsteps:\n  - expect: {}\n";
        let scenario = Scenario::read("t", "t.yaml", yaml, &[]).unwrap();
        let direction = Direction::new("alfa", "bravo");
        let world =
            target::open(&direction, &scenario, crate::clock::Machine::default(), PlayId::default()).await.unwrap();
        let stage = Stage::new(&scenario, &world);
        let came_to = |error: TargetError| {
            let mut cell = blank(&scenario, &direction, CellOutcome::Passed);
            answer_for(&error, &stage, &mut cell);
            let cause = if let CellOutcome::Error(trouble) = &cell.outcome { Some(trouble.cause) } else { None };
            (cell.outcome == CellOutcome::Failed, cell.unmet.first().map(|unmet| unmet.blame), cause)
        };
        let dropped = TargetError::misbehaved(Party::Receiver, "a session", "the session broke off");
        assert_eq!(came_to(dropped), (true, Some(Party::Receiver), None));
        assert_eq!(came_to(TargetError::infrastructure("no route")), (false, None, Some(Cause::Infrastructure)));
        assert_eq!(came_to(TargetError::configuration("password")), (false, None, Some(Cause::Configuration)));
    }
}
