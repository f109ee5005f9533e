//! Plays one scenario in one direction, gathers the evidence, has it judged.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use super::{
    cell::{blank, infrastructure, no_verdict, words},
    conclude::conclude,
    gather::gather,
    how::{How, Keep},
    needs,
    stage::Stage,
};
use crate::{
    evidence::{Direction, disk},
    results::{Cell, CellOutcome, Unmet},
    scenario::Scenario,
    target::{self, Contact, Setting, TargetError},
};

/// Plays one scenario in one direction. Never panics: trouble is in the cell's outcome.
pub async fn play(scenario: &Arc<Scenario>, direction: &Direction, how: &How) -> Cell {
    let clock = Instant::now();
    let task = {
        let (scenario, direction, how) = (scenario.clone(), direction.clone(), how.clone());
        tokio::spawn(async move { Box::pin(attempt(&scenario, &direction, &how)).await })
    };
    let mut cell = match task.await {
        Ok(cell) => cell,
        Err(error) => blank(scenario, direction, infrastructure(panic_words(error))),
    };
    cell.took = clock.elapsed();
    cell
}

async fn attempt(scenario: &Scenario, direction: &Direction, how: &How) -> Cell {
    let setting = Setting { machine: how.machine, play: how.run.play(), targets: &how.targets, contact: Contact::Made };
    let opened = until_stopped(how, target::open(direction, scenario, &setting)).await;
    let world = match opened {
        Ok(world) => world,
        Err(error) => return blank(scenario, direction, no_verdict(&error)),
    };
    let stage = Stage::new(scenario, &world);
    if let Some(reason) = needs::lacks(scenario, &world).or_else(|| stage.forbids(&how.allowed)) {
        return blank(scenario, direction, CellOutcome::Skipped(reason));
    }
    let limit = how.limit_of(scenario) + stage.longest_wait();
    let playing = async {
        let unsettled = |_| TargetError::infrastructure(format!("nothing settled within {limit:?}"));
        tokio::time::timeout(limit, stage.play()).await.unwrap_or_else(|late| Err(unsettled(late)))
    };
    let broke_off = until_stopped(how, playing).await.err();
    if broke_off.is_some() {
        world.halt();
        let sent = world.sent_to_others();
        stage.progress().notes.extend(sent);
    }
    // What was on the wires is evidence all the same; the trouble is already told, or is this one.
    let _ = until_stopped(how, async { Ok(tokio::time::timeout(limit, stage.look()).await) }).await;
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

/// Does something that somebody else's gateway may keep waiting, unless the run is asked to end at once.
async fn until_stopped<T>(how: &How, doing: impl Future<Output = Result<T, TargetError>>) -> Result<T, TargetError> {
    if how.targets.is_empty() {
        return doing.await;
    }
    tokio::select! {
        done = doing => done,
        () = how.stop.at_once() => Err(TargetError::infrastructure("the run was interrupted")),
    }
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

/// Writes the evidence. That it cannot be written is trouble, but loses neither cell nor run.
fn keep(cell: &mut Cell, how: &How) {
    let Some(folder) = &how.evidence else { return };
    let is_good = matches!(cell.outcome, CellOutcome::Passed | CellOutcome::Skipped(_));
    if how.keep == Keep::Failures && is_good {
        return;
    }
    let way = cell.direction.folder(&cell.scenario);
    match disk::write_sharing(&cell.observed, folder, &way, &how.shared) {
        Ok(folder) => cell.evidence = Some(folder),
        Err(error) if cell.outcome == CellOutcome::Passed => cell.outcome = infrastructure(error.to_string()),
        Err(error) => cell.notes.push(error.to_string()),
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
    use crate::{
        evidence::{Party, PlayId},
        results::Cause,
    };

    #[tokio::test]
    async fn a_host_answers_for_its_own_misbehaviour_and_for_nothing_else() {
        let yaml = "title: t\nclauses: [RFC6109-3.5-transaction]\nsteps:\n  - expect: {}\n";
        let scenario = Scenario::read("t", "t.yaml", yaml, &[]).unwrap();
        let direction = Direction::new("alfa", "bravo");
        let targets = target::Targets::default();
        let setting = Setting {
            machine: crate::clock::Machine::default(),
            play: PlayId::default(),
            targets: &targets,
            contact: Contact::Made,
        };
        let world = target::open(&direction, &scenario, &setting).await.unwrap();
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
