//! Rules, clauses, scenarios and faults as JSON, the same wherever one is told of.

use serde_json::{Value, json};

use crate::{
    fault::Fault,
    norm::{Clause, Level},
    rules::Rule,
    scenario::Scenario,
};

/// What a finding of this level is called.
pub fn level(level: Level) -> &'static str {
    match level {
        Level::Must => "violation",
        Level::Should => "warning",
        Level::May => "note",
    }
}

/// A scenario.
pub fn scenario(scenario: &Scenario) -> Value {
    json!({
        "id": scenario.id, "title": scenario.title, "clauses": ids(&scenario.clauses), "tags": scenario.tags,
        "file": scenario.file,
    })
}

/// A rule.
pub fn rule(rule: &Rule) -> Value {
    json!({
        "id": rule.id, "level": level(rule.level), "question": rule.question, "consequence": rule.consequence,
        "clauses": ids(rule.clauses),
    })
}

/// A fault.
pub fn fault(id: &str, fault: &Fault) -> Value {
    json!({
        "id": id, "title": fault.title, "scenario": fault.on.scenario, "message": fault.on.message,
        "findings": fault.findings,
    })
}

fn ids(clauses: &[&Clause]) -> Vec<&'static str> {
    clauses.iter().map(|clause| clause.id).collect()
}
