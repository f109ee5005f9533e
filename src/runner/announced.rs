//! Findings that a scenario announced, against those made.

use std::collections::{BTreeMap, BTreeSet};

use super::{gather::Gathered, stage::Stage};
use crate::{
    evidence::{Announced, Party, Seen},
    norm::Level,
    results::Unmet,
    rules::{Check, Judgement, Verdict},
    scenario::words::Place,
};

/// Findings that the scenario announced: those made, and what differs from the announcement. What the harness answers for
/// and nothing announced fails the scenario too: an injected message is wrong in what it says it is wrong in, and no more.
pub fn announced(stage: &Stage<'_>, gathered: &Gathered, judgement: &Judgement) -> (Vec<Announced>, Vec<Unmet>) {
    let progress = stage.progress();
    let mut made: BTreeMap<&str, BTreeSet<Announced>> = BTreeMap::new();
    let mut unmet = Vec::new();
    // A note fails nobody: it may be announced, and must then be made.
    let is_note = |verdict: &Verdict| verdict.rule.level == Level::May;
    let announces = |id: &str, verdict: &Verdict| {
        progress.announced.get(id).is_some_and(|announced| announced.rules.iter().any(|rule| rule == verdict.rule.id))
    };
    for verdict in &judgement.verdicts {
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
            if about.is_empty() && !is_note(verdict) {
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
        for id in about.into_iter().filter(|id| !is_note(verdict) || announces(id, verdict)) {
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
        return matches!(verdict.rule.check, Check::Dialogue(_)) && verdict.blame == role.into();
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
