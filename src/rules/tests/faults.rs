//! The fault files of the families on single messages: each edit is caught with exactly the findings that it declares,
//! and each rule is killed by at least one.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::bench::{DIALECTS, Sample, instant, judge_seen, on_the_wire, pki, samples};
use crate::{
    evidence::SmtpPath,
    fault::{self, CopyEdit, Edit, Fault},
    gateway::compose::Dialect,
    rules::{Check, Rule, all},
};

/// Families whose faults concern one message by itself.
const FOLDERS: [&str; 10] =
    ["certificate", "daticert", "envelope", "headers", "html", "signature", "structure", "subject", "text", "time"];

/// What no edit of composed bytes can make, nor a directory that lists good certificates only; proved in `defects`.
const BEYOND_EDITS: [&str; 3] = ["certificate/provider-name", "certificate/version", "signature/digest"];

#[test]
fn every_fault_is_caught_with_exactly_the_findings_it_declares() {
    let samples = DIALECTS.map(|dialect| (dialect, samples(dialect)));
    let mut wrong = Vec::new();
    for (path, fault) in faults() {
        for (dialect, samples) in &samples {
            let Some(declared) = declared(&fault, *dialect) else { continue };
            let caught = caught(&fault, samples);
            if caught.as_ref() != Ok(&declared) {
                wrong.push(format!("{path} in {dialect:?}: {caught:?}, not {declared:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_on_messages_and_certificates_is_killed_by_a_fault() {
    let killed: BTreeMap<String, String> =
        faults().flat_map(|(path, fault)| fault.findings.into_iter().map(move |rule| (rule, path.clone()))).collect();
    for rule in single() {
        assert!(killed.contains_key(rule.id) || BEYOND_EDITS.contains(&rule.id), "no fault kills {}", rule.id);
    }
}

/// What a fault declares in this dialect, where it can be made in it.
fn declared(fault: &Fault, dialect: Dialect) -> Option<BTreeSet<String>> {
    let direction = match dialect {
        Dialect::Alfa => "alfa-bravo",
        Dialect::Bravo => "bravo-alfa",
    };
    let of_one_message = |rule: &&String| single().any(|single| single.id == **rule);
    fault.findings_in(direction).map(|findings| findings.iter().filter(of_one_message).cloned().collect())
}

fn caught(fault: &Fault, samples: &[Sample]) -> Result<BTreeSet<String>, String> {
    let form = match fault.on.scenario.as_str() {
        "delivery/brief" => "brief",
        "delivery/concise" => "concise",
        _ => "",
    };
    let kind = fault.on.message;
    let sample = samples.iter().find(|sample| Some(sample.kind) == kind && sample.name == form);
    let sample = sample.expect("there is a sample of every kind");
    let (sender, recipient) = ("mario@alfa.example", "anna@bravo.example");
    let mut path = SmtpPath { from: sender.to_owned(), to: vec![recipient.to_owned()] };
    let bytes = match &fault.edit {
        Edit::Copy(CopyEdit::ReversePath(from)) => {
            path.from = here(from);
            sample.bytes.clone()
        }
        Edit::Copy(CopyEdit::ForwardPaths(to)) => {
            path.to = to.iter().map(|address| here(address)).collect();
            sample.bytes.clone()
        }
        edit => edited(edit, sample)?,
    };
    let failed = judge_seen(&bytes, |message| on_the_wire(message, path)).failed;
    Ok(failed.into_keys().map(str::to_owned).collect())
}

fn edited(edit: &Edit, sample: &Sample) -> Result<Vec<u8>, String> {
    let pki = pki();
    let own = format!("{}-{}", sample.signer, edit.signer().unwrap_or_default());
    let signer = match edit.signer() {
        Some(id) => pki.signer(&own).or_else(|| pki.signer(id)),
        None => pki.signer(sample.signer),
    };
    // The address of a user in the world of this test.
    let edit = serde_json::to_string(edit).map_err(|error| error.to_string())?;
    let edit: Edit = serde_json::from_str(&here(&edit)).map_err(|error| error.to_string())?;
    fault::apply(&edit, &sample.bytes, signer, instant()).map_err(|error| error.to_string())
}

/// The rules on one message or certificate by itself.
fn single() -> impl Iterator<Item = &'static Rule> {
    all().filter(|rule| matches!(rule.check, Check::Message { .. } | Check::Certificate { .. }))
}

/// Roles are alfa and bravo here.
fn here(text: &str) -> String {
    let pki = pki();
    let bravo = &pki.provider("bravo").unwrap().name;
    text.replace("@sender", "@alfa.example").replace("@receiver", "@bravo.example").replace("@RECEIVER", bravo)
}

fn faults() -> impl Iterator<Item = (String, Fault)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/faults");
    let ours = |id: &String| FOLDERS.iter().any(|folder| id.split('/').next() == Some(folder));
    fault::load(&root).unwrap().into_iter().filter(move |(id, _)| ours(id))
}
