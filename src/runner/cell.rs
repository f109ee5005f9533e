//! What a play comes to before anything is judged, and where nothing can be.

use std::{sync::Arc, time::Duration};

use crate::{
    evidence::{Direction, Evidence},
    results::{Cause, Cell, CellOutcome, Trouble},
    rules::Judgement,
    scenario::Scenario,
    target::{self, TargetError},
};

/// A cell in which nothing was played yet.
pub fn blank(scenario: &Scenario, direction: &Direction, outcome: CellOutcome) -> Cell {
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
        known: Arc::default(),
    }
}

/// What trouble comes to that is no verdict.
pub fn no_verdict(error: &TargetError) -> CellOutcome {
    let cause = match error.trouble {
        target::Trouble::Configuration => Cause::Configuration,
        target::Trouble::Infrastructure | target::Trouble::Misbehaved { .. } => Cause::Infrastructure,
    };
    CellOutcome::Error(Trouble { cause, what: words(error) })
}

/// Trouble of the harness or its machine.
pub fn infrastructure(what: String) -> CellOutcome {
    CellOutcome::Error(Trouble { cause: Cause::Infrastructure, what })
}

/// What went wrong, and what was heard last.
pub fn words(error: &TargetError) -> String {
    match error.dialogue.as_ref().and_then(|dialogue| dialogue.lines.last()) {
        Some(line) => format!("{}; the session's last line: {}", error.what, line.text),
        None => error.what.clone(),
    }
}
