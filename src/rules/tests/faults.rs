//! The fault files of the families on single messages: each edit is caught with exactly the findings that it declares,
//! and each rule is killed by at least one.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::bench::{DIALECTS, Sample, instant, judge_seen, on_the_wire, pki, samples};
use crate::{
    evidence::SmtpPath,
    fault::{self, CopyEdit, Edit},
    gateway::compose::Dialect,
    message::Kind,
    rules::{Check, FAMILIES},
};

/// Families whose faults concern one message by itself.
const FOLDERS: [&str; 10] =
    ["certificate", "daticert", "envelope", "headers", "html", "signature", "structure", "subject", "text", "time"];

/// What no edit of composed bytes can make; proved in `defects`.
const BEYOND_EDITS: [&str; 2] = ["certificate/version", "signature/digest"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    #[expect(dead_code, reason = "for readers of the file")]
    title: String,
    on: On,
    #[serde(with = "serde_yaml::with::singleton_map_recursive")]
    edit: Edit,
    findings: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct On {
    scenario: String,
    message: Kind,
    /// Only where this gateway composes the message: the other one's dialect has no such part.
    by: Option<String>,
}

#[test]
fn every_fault_is_caught_with_exactly_the_findings_it_declares() {
    let samples = DIALECTS.map(|dialect| (dialect, samples(dialect)));
    let mut wrong = Vec::new();
    for (path, fault) in faults() {
        for (dialect, samples) in samples.iter().filter(|(dialect, _)| fault.is_made_in(*dialect)) {
            let caught = fault.caught_in(samples);
            if caught.as_ref() != Ok(&fault.findings) {
                wrong.push(format!("{} in {dialect:?}: {caught:?}, not {:?}", path.display(), fault.findings));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_on_messages_and_certificates_is_killed_by_a_fault() {
    let killed: BTreeMap<String, PathBuf> =
        faults().flat_map(|(path, fault)| fault.findings.into_iter().map(move |rule| (rule, path.clone()))).collect();
    for rule in FAMILIES.iter().flat_map(|family| family.iter()) {
        if matches!(rule.check, Check::Message { .. } | Check::Certificate { .. }) {
            assert!(killed.contains_key(rule.id) || BEYOND_EDITS.contains(&rule.id), "no fault kills {}", rule.id);
        }
    }
}

impl Fault {
    fn is_made_in(&self, dialect: Dialect) -> bool {
        let gateway = match dialect {
            Dialect::Alfa => "alfa",
            Dialect::Bravo => "bravo",
        };
        self.on.by.as_deref().is_none_or(|by| by == gateway)
    }

    fn caught_in(&self, samples: &[Sample]) -> Result<BTreeSet<String>, String> {
        let form = match self.on.scenario.as_str() {
            "delivery/brief" => "brief",
            "delivery/concise" => "concise",
            _ => "",
        };
        let sample = samples.iter().find(|sample| sample.kind == self.on.message && sample.name == form);
        let sample = sample.expect("there is a sample of every kind");
        let (sender, recipient) = ("mario@alfa.example", "anna@bravo.example");
        let mut path = SmtpPath { from: sender.to_owned(), to: vec![recipient.to_owned()] };
        let bytes = match &self.edit {
            Edit::Copy(CopyEdit::ReversePath(from)) => {
                path.from = here(from);
                sample.bytes.clone()
            }
            Edit::Copy(CopyEdit::ForwardPaths(to)) => {
                path.to = to.iter().map(|address| here(address)).collect();
                sample.bytes.clone()
            }
            edit => self.edited(edit, sample)?,
        };
        let failed = judge_seen(&bytes, |message| on_the_wire(message, path)).failed;
        Ok(failed.into_keys().map(str::to_owned).collect())
    }

    fn edited(&self, edit: &Edit, sample: &Sample) -> Result<Vec<u8>, String> {
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
}

/// Roles are alfa and bravo here.
fn here(text: &str) -> String {
    text.replace("@sender", "@alfa.example").replace("@receiver", "@bravo.example")
}

fn faults() -> impl Iterator<Item = (PathBuf, Fault)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/faults");
    FOLDERS.into_iter().flat_map(move |folder| {
        let files = std::fs::read_dir(root.join(folder)).unwrap();
        let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        files.into_iter().map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let fault = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path, fault)
        })
    })
}
