//! A fault as a file of `scenarios/faults`: where it is made, the single deviation, and the rules that must report it.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use crate::{
    directory::Directory,
    evidence::{Evidence, Party},
    message::Kind,
    smime::Certificate,
};

use super::{Edit, FaultError};

/// A single deviation from recorded clean evidence, and what the judgement must say of it.
///
/// In every value `user@sender` and `user@receiver` stand for an address at the first domain of whoever plays that role,
/// `service@sender` for its service mailbox, `{sender}` for the target's name, which is also the id of its certificate,
/// `{sender.provider}` for its name in the directory, `{sender.address}` for the address that it writes from; likewise for
/// the receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// One sentence: what is wrong.
    pub title: String,
    /// Where it is made.
    pub on: On,
    /// The deviation.
    #[serde(with = "serde_yaml::with::singleton_map_recursive")]
    #[schemars(with = "Edit")]
    pub edit: Edit,
    /// Where the same deviation shows too, so that nothing else is wrong: a signer that the directory does list, a record in
    /// the log of what was sent twice. Made after it, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "serde_yaml::with::singleton_map_recursive")]
    #[schemars(with = "Vec<Edit>")]
    pub also: Vec<Edit>,
    /// The rules that report it, all of them and no other; none for what must be tolerated. In a direction named here (`alfa-bravo`) these alone.
    pub findings: Vec<String>,
    /// Who answers for what is reported, where it is not simply whoever made the edited message: a deviation may put two at
    /// odds, of whom the evidence tells no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blames: Vec<Party>,
    /// A rule that reports nothing alone, here or elsewhere, and why that is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refines: Option<Refinement>,
    /// Directions in which the deviation shows otherwise, because one dialect has what the other lacks.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub otherwise: BTreeMap<String, Otherwise>,
}

/// A rule that never reports alone: it says more closely what another one reports too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refinement {
    /// The rule.
    pub rule: String,
    /// The rule that reports whenever this one does.
    pub of: String,
    /// Why no deviation shows this one alone.
    pub because: String,
}

/// What a direction does with a fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Otherwise {
    /// Why.
    pub because: String,
    /// The rules that report it there; none: the deviation cannot be made there.
    #[serde(default)]
    pub findings: Option<Vec<String>>,
}

/// Where a deviation is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct On {
    /// The scenario that gives the evidence.
    pub scenario: String,
    /// The kind of message, for edits of one.
    #[serde(default)]
    pub message: Option<Kind>,
    /// The recipient it names in `consegna` or `ricezione`, where there are several of the kind.
    #[serde(default, rename = "for")]
    pub concerning: Option<String>,
    /// Which of those, in the order seen, from 1.
    #[serde(default = "first")]
    pub number: usize,
    /// The sightings it is made at; everywhere, unless said.
    #[serde(default, rename = "in")]
    pub sightings: Where,
}

pub(super) fn first() -> usize {
    1
}

/// The sightings of a message that are edited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Where {
    /// All: the message was composed like that.
    #[default]
    Everywhere,
    /// What crossed a wire.
    Wire,
    /// What lies in mailboxes.
    Mailbox,
}

/// Why a fault's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FaultFileError {
    /// It cannot be read.
    #[error("{}: {error}", .path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It is no fault.
    #[error("{}:{line}:{column}: {at}: {problem}", .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, from 1; 0 where unknown.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// Key path, such as `edit.header.set`.
        at: String,
        /// What is wrong.
        problem: String,
    },
}

include!(concat!(env!("OUT_DIR"), "/faults.rs"));

/// A fault compiled into the program.
pub struct EmbeddedFault {
    /// The fault.
    pub fault: Fault,
    /// Its file's text.
    pub source: &'static str,
}

/// Every fault compiled into the program, by its path without extension.
pub fn embedded() -> Result<BTreeMap<&'static str, EmbeddedFault>, FaultFileError> {
    let read = |(id, source): &(&'static str, &'static str)| {
        let fault = Fault::read(Path::new(&format!("scenarios/{id}.yaml")), source)?;
        Ok((id.strip_prefix("faults/").unwrap_or(id), EmbeddedFault { fault, source }))
    };
    FAULTS.iter().map(read).collect()
}

/// Every fault below a folder, by its path without extension.
pub fn load(folder: &Path) -> Result<BTreeMap<String, Fault>, FaultFileError> {
    let mut faults = BTreeMap::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).to_owned();
            FaultFileError::Unreadable { path, error: error.into() }
        })?;
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let unreadable = |error| FaultFileError::Unreadable { path: path.to_owned(), error };
            let source = fs::read_to_string(path).map_err(unreadable)?;
            let id = path.strip_prefix(folder).unwrap_or(path).with_extension("");
            let id = id.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            faults.insert(id, Fault::read(path, &source)?);
        }
    }
    Ok(faults)
}

impl Fault {
    /// Reads one; `path` is for the error only.
    pub fn read(path: &Path, source: &str) -> Result<Self, FaultFileError> {
        serde_path_to_error::deserialize(serde_yaml::Deserializer::from_str(source)).map_err(|error| {
            let (line, column) =
                error.inner().location().map_or((0, 0), |location| (location.line(), location.column()));
            FaultFileError::Malformed {
                path: path.to_owned(),
                line,
                column,
                at: error.path().to_string(),
                problem: error.inner().to_string(),
            }
        })
    }

    /// The fault with roles' addresses and names in place of `@sender` and the like.
    pub(super) fn cast(&self, evidence: &Evidence) -> Result<Self, FaultError> {
        let unworkable = |error: serde_json::Error| FaultError::Unworkable(error.to_string());
        let mut value = serde_json::to_value((&self.on, &self.edit, &self.also)).map_err(unworkable)?;
        let names = names(evidence);
        each_string(&mut value, &|text| {
            names.iter().fold(text.to_owned(), |text, (name, meant)| text.replace(name, meant))
        });
        let (on, edit, also) = serde_json::from_value(value).map_err(unworkable)?;
        Ok(Self { on, edit, also, ..self.clone() })
    }

    /// The rules that report it in a direction such as `alfa-bravo`; `None` where it cannot be made there.
    pub fn findings_in(&self, direction: &str) -> Option<&[String]> {
        match self.otherwise.get(direction) {
            Some(otherwise) => otherwise.findings.as_deref(),
            None => Some(&self.findings),
        }
    }
}

fn each_string(value: &mut serde_json::Value, change: &impl Fn(&str) -> String) {
    match value {
        serde_json::Value::String(text) => *text = change(text),
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| each_string(item, change)),
        serde_json::Value::Object(fields) => fields.values_mut().for_each(|field| each_string(field, change)),
        _ => {}
    }
}

/// What stands in a fault for whom, and who that is here, in the order in which they are put in.
fn names(evidence: &Evidence) -> Vec<(String, String)> {
    let directory = evidence.directories.last().and_then(|version| Directory::read(&version.ldif).ok());
    let mut names = Vec::new();
    for (role, facts) in &evidence.gateways {
        let service = directory.iter().flat_map(|directory| &directory.providers);
        let mut main = service.filter(|provider| provider.name == facts.provider && provider.unit.is_none());
        if let Some(provider) = main.next() {
            names.push((format!("service@{role}"), provider.mail_receipt.clone()));
            let certificate = provider.certificates.first().and_then(|der| Certificate::read(der).ok());
            let address = certificate.and_then(|certificate| certificate.emails.into_iter().next());
            names.extend(address.map(|address| (format!("{{{role}.address}}"), address)));
        }
        names.push((format!("{{{role}}}"), facts.target.clone()));
        names.push((format!("{{{role}.provider}}"), facts.provider.clone()));
        names.extend(facts.domains.first().map(|domain| (format!("@{role}"), format!("@{domain}"))));
    }
    names
}

impl Where {
    pub(super) fn includes(self, seen: &crate::evidence::Seen) -> bool {
        use crate::evidence::Seen;
        match self {
            Where::Everywhere => !matches!(seen, Seen::Submitted { .. }),
            Where::Wire => matches!(seen, Seen::Wire { .. }),
            Where::Mailbox => matches!(seen, Seen::Mailbox { .. }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> Result<Fault, String> {
        Fault::read(Path::new("f.yaml"), source).map_err(|error| error.to_string())
    }

    #[test]
    fn a_fault_reads_as_it_is_written() {
        let fault = read(
            "title: x\non: {scenario: delivery/complete, message: avvenuta-consegna, in: wire}\n\
             edit: {daticert: {set: {path: postacert/dati/consegna, to: anna@receiver}}}\nfindings: [a/b]\n",
        )
        .unwrap();
        assert_eq!(fault.on.sightings, Where::Wire);
        assert!(matches!(fault.edit, Edit::Daticert(super::super::DaticertEdit::Set { .. })));
        let unit = read("title: x\non: {scenario: s}\nedit: {signature: tamper}\nfindings: []\n").unwrap();
        assert_eq!(unit.edit, Edit::Signature(super::super::SignatureEdit::Tamper));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_with_its_place() {
        let error = read("title: x\non: {scenario: s}\nedit: {header: {sett: Date}}\nfindings: []\n").unwrap_err();
        assert!(error.starts_with("f.yaml:3:") && error.contains("unknown variant `sett`"), "{error}");
        let error =
            read("title: x\non: {scenario: s, massage: accettazione}\nedit: {signature: strip}\nfindings: []\n");
        assert!(error.unwrap_err().contains("unknown field `massage`"));
    }
}
