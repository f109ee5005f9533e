//! What each rule is worth: the faults that would be reported by nobody without it.

use std::collections::{BTreeMap, BTreeSet};

use libtest_mimic::Failed;
use pec_conformance::{
    fault::Refinement,
    rules::{self, Rule},
};

use super::{live, proof::Proof};

/// A rule and the faults that prove it.
pub struct Row<'a> {
    /// The rule.
    pub rule: &'static Rule,
    /// Faults that it alone reports, in one direction at least: they would escape without it.
    pub alone: BTreeSet<String>,
    /// Faults that others report too.
    pub shared: BTreeSet<String>,
    /// Where it is said that it refines another rule, the fault that says so.
    pub refines: Vec<(&'a str, &'a Refinement)>,
}

/// A row for each rule.
pub fn rows(proof: &Proof) -> Result<Vec<Row<'_>>, String> {
    let mut alone: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut shared = alone.clone();
    let live = live::all()?;
    let reported = proof.reported()?;
    let edits = reported.iter().map(|(id, rules)| ((*id).to_owned(), rules.iter().copied().collect::<Vec<_>>()));
    let live = live.iter().map(|live| (live.id.clone(), live.findings.iter().map(String::as_str).collect()));
    for (id, rules) in edits.chain(live) {
        let kind = if rules.len() == 1 { &mut alone } else { &mut shared };
        for rule in rules {
            kind.entry(rule).or_default().insert(id.clone());
        }
    }
    let row = |rule: &'static Rule| {
        let alone = alone.remove(rule.id).unwrap_or_default();
        let mut shared = shared.remove(rule.id).unwrap_or_default();
        shared.retain(|id| !alone.contains(id));
        let said = proof.faults.iter().filter_map(|(id, fault)| Some((id.as_str(), fault.refines.as_ref()?)));
        Row { rule, alone, shared, refines: said.filter(|(_, refines)| refines.rule == rule.id).collect() }
    };
    Ok(rules::all().map(row).collect())
}

/// Every rule reports some fault that no other reports, or is said to refine one; never both.
pub fn every_rule_is_needed(proof: &Proof) -> Result<(), Failed> {
    let rows = rows(proof)?;
    let reported = proof.reported()?;
    let joint = |fault: &str, rule: &str| reported.iter().any(|(id, rules)| *id == fault && rules.contains(rule));
    let mut problems = Vec::new();
    for Row { rule, alone, shared, refines } in &rows {
        let id = rule.id;
        if alone.is_empty() && shared.is_empty() {
            problems.push(format!("{id} reports no fault"));
        } else if alone.is_empty() && refines.is_empty() {
            problems.push(format!("without {id} nothing would escape: others report {shared:?} too"));
        }
        for (fault, Refinement { of, .. }) in refines {
            if !alone.is_empty() {
                problems.push(format!("{fault} says that {id} refines {of}, and {alone:?} would escape without it"));
            }
            if !joint(fault, id) || !joint(fault, of) {
                problems.push(format!("{fault} says that {id} refines {of}, and they do not both report it"));
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
}

/// Every rule that a fault names exists; where one does not, this tells which faults escape with it.
pub fn no_rule_is_missing(proof: &Proof) -> Result<(), Failed> {
    let known: BTreeSet<&str> = rules::ids().into_iter().collect();
    let mut gone: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (id, fault) in &proof.faults {
        let elsewhere = fault.otherwise.values().filter_map(|otherwise| otherwise.findings.as_ref());
        for rule in elsewhere.chain([&fault.findings]).flatten().filter(|rule| !known.contains(rule.as_str())) {
            let alone = fault.findings.iter().all(|other| !known.contains(other.as_str()));
            let escapes = if alone { "would escape" } else { "is reported by other rules only" };
            gone.entry(rule).or_default().insert(format!("fault {id} {escapes}"));
        }
        for rule in fault.refines.iter().flat_map(|refines| [&refines.rule, &refines.of]) {
            if !known.contains(rule.as_str()) {
                gone.entry(rule).or_default().insert(format!("fault {id} says that it refines or is refined"));
            }
        }
    }
    if gone.is_empty() {
        return Ok(());
    }
    let lines = gone.iter().flat_map(|(rule, faults)| {
        let faults = faults.iter().map(|fault| format!("\n  {fault}"));
        [format!("\nrule {rule} does not exist:")].into_iter().chain(faults)
    });
    Err(lines.collect::<String>().trim_start().to_owned().into())
}
