//! The faults of live peers: scenarios in which the harness, a client or a gateway is wrong on purpose, and the other side
//! must react as declared. `tests/scenarios.rs` plays them.

use std::collections::BTreeSet;

use pec_conformance::{
    rules,
    scenario::{Scenario, model::Step, suite},
};
use serde_yaml::{Mapping, Value};

/// A scenario that plants a fault.
pub struct Live {
    /// Its id.
    pub id: String,
    /// How the other side must react: its title, and what the norm leaves open.
    pub reaction: String,
    /// What is wrong, in the scenario's own words.
    pub planted: Vec<String>,
    /// The rules that report it, all of them and no other.
    pub findings: BTreeSet<String>,
}

/// Every scenario that plants a fault, in the order of the suite.
pub fn all() -> Result<Vec<Live>, String> {
    let suite = suite(&rules::ids()).map_err(|error| error.to_string())?;
    let all: Result<Vec<Live>, String> = suite.scenarios.iter().map(|scenario| live(scenario)).collect();
    Ok(all?.into_iter().filter(|live| !live.planted.is_empty()).collect())
}

fn live(scenario: &Scenario) -> Result<Live, String> {
    let source: Value = serde_yaml::from_str(&scenario.source).map_err(|error| format!("{}: {error}", scenario.id))?;
    let given = ["sender", "receiver", "second-receiver"].into_iter().filter_map(|role| {
        let wrong = ["antivirus", "delays", "loses", "starttls", "unreachable-for"];
        some_of(&source["given"][role], &wrong).map(|state| format!("{role}: {state}"))
    });
    let lists = some_of(&source["given"], &["revocation-lists"]);
    let steps = source["steps"].as_sequence().into_iter().flatten().filter_map(|step| {
        if let Some(with) = step["dialogue"]["with"].as_str() {
            return Some(format!("lines of its own to {with}"));
        }
        let inject = &step["inject"];
        let what = match inject["notification"].as_mapping() {
            Some(_) => some_of(&inject["notification"], &["kind", "by"])?,
            None => inject["envelope"].as_mapping().map(|_| "envelope".to_owned())?,
        };
        let wrong = some_of(inject, &["claims", "edit", "signed", "times"]).unwrap_or_default();
        Some(format!("{what} {wrong}").trim_end().to_owned())
    });
    let findings = scenario.steps.iter().filter_map(|step| match step {
        Step::ExpectFindings(findings) => Some(findings.values().flatten().cloned()),
        _ => None,
    });
    let choices = scenario.steps.iter().filter_map(|step| match step {
        Step::Either(choices) => Some(choices.iter().map(|choice| choice.when.as_str()).collect::<Vec<_>>()),
        _ => None,
    });
    let choices = choices.map(|whens| format!("; either {}", whens.join(", or ")));
    Ok(Live {
        id: scenario.id.clone(),
        reaction: [scenario.title.clone()].into_iter().chain(choices).collect(),
        planted: given.chain(lists).chain(steps).collect(),
        findings: findings.flatten().collect(),
    })
}

/// Those of these keys that are there, on one line; `None` where none is.
fn some_of(value: &Value, keys: &[&str]) -> Option<String> {
    let there = keys.iter().filter_map(|&key| Some((Value::from(key), value.get(key)?.clone())));
    let there: Mapping = there.collect();
    (!there.is_empty()).then(|| flow(&Value::Mapping(there)))
}

/// YAML on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::Mapping(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("{}: {}", flow(name), flow(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Sequence(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Null | Value::Tagged(_) => String::new(),
    }
}
