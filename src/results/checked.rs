//! What checking came to: of each thing that was given, of each submission put together, and of what was left out.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Description, Severity, Weighed, weighed};
use crate::{
    directory::DirectoryFile,
    evidence::Evidence,
    known::Known,
    message::Kind,
    rules::{Answer, Answers, Judgement, SignedBy},
};

/// A message, a directory, certificates, or the evidence of a play, judged.
pub struct Checked {
    /// What people call it: its path, with the member and the part where it lies inside another.
    pub name: String,
    /// The file or the folder that holds it.
    pub path: PathBuf,
    /// What it holds.
    pub evidence: Evidence,
    /// What the rules said.
    pub judgement: Judgement,
    /// What it proves by itself, where it is a message.
    pub lone: Option<Alone>,
    /// What is declared: failures that it names are marked, and stay failures.
    pub known: Arc<Known>,
}

/// What a message proves by itself.
pub struct Alone {
    /// When it arrived, and who says so.
    pub arrival: ArrivedAt,
    /// What it says of itself.
    pub description: Description,
    /// What it proves.
    pub answers: Answers,
    /// Who signed it, where a certificate tells.
    pub signer: Option<SignedBy>,
}

/// When a message arrived, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "by", content = "at")]
pub enum ArrivedAt {
    /// Whoever asked (`--at`).
    Told(Timestamp),
    /// Its topmost trace field, else its Date: claimed, and unsigned.
    Claimed(Timestamp),
    /// Nobody: it was judged as of the machine's clock.
    Now(Timestamp),
}

impl ArrivedAt {
    /// The instant.
    pub fn at(self) -> Timestamp {
        match self {
            ArrivedAt::Told(at) | ArrivedAt::Claimed(at) | ArrivedAt::Now(at) => at,
        }
    }
}

impl Checked {
    /// How heavy what was found is, in no order.
    pub fn severities(&self) -> impl Iterator<Item = Severity> {
        weighed(&self.judgement, &self.evidence).map(Weighed::severity)
    }

    /// Directories judged by themselves; not one that came with the command, to judge others by: that is in force from the
    /// beginning of time. None of a play's, which are told with its messages.
    pub fn directories(&self) -> Vec<GivenDirectory> {
        let by_itself = self.evidence.observations.is_empty() && self.evidence.gateways.is_empty();
        let given = self.evidence.directories.iter().filter(|version| by_itself && version.from != Timestamp::MIN);
        given.map(|version| GivenDirectory::read(&version.ldif)).collect()
    }
}

/// A directory that was judged by itself.
#[derive(Serialize, JsonSchema)]
pub struct GivenDirectory {
    /// Names of its records, in order.
    pub records: Vec<String>,
    /// The signer's subject.
    pub signed_by: Option<String>,
    /// Whether it is signed.
    pub signed: bool,
}

impl GivenDirectory {
    fn read(file: &[u8]) -> Self {
        let file = DirectoryFile::open(file);
        let signer = file.signature.as_ref().and_then(|signature| signature.signer.as_ref());
        Self {
            records: file.layout().unwrap_or_default().records(file.ldif()).map(|record| record.dn()).collect(),
            signed_by: signer.map(|signer| signer.subject.clone()),
            signed: file.signature.is_some(),
        }
    }
}

/// Something that could not be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unjudged {
    /// What people call it.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// Something that was given and is nothing to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// What people call it.
    pub name: String,
    /// What it is instead.
    pub why: String,
}

/// What belongs to one submission, put together.
pub struct SubmissionPage {
    /// The PEC msgid; `None` where only the client's msgid ties it together.
    pub identifier: Option<String>,
    /// The client's msgid.
    pub msgid: Option<String>,
    /// Who submitted it.
    pub sender: Option<String>,
    /// Its subject, as certified.
    pub subject: Option<String>,
    /// When it was accepted, as certified.
    pub accepted: Option<Timestamp>,
    /// Those it was certified to be for, in order.
    pub recipients: Vec<Recipient>,
    /// What of it was seen.
    pub messages: Vec<SeenMessage>,
    /// What the point of view should show and does not.
    pub missing: Vec<Missing>,
    /// Whether everything is there that could have been seen.
    pub complete: Answer,
    /// What is known of it all: who plays, where that is known. The messages are no longer at hand.
    pub evidence: Evidence,
    /// What the rules said of all of it together: what contradicts.
    pub judgement: Judgement,
    /// The providers that are proved to have signed its messages.
    pub providers: BTreeSet<String>,
    /// What is declared: failures that it names are marked, and stay failures.
    pub known: Arc<Known>,
}

impl SubmissionPage {
    /// What people call it.
    pub fn name(&self) -> String {
        match self.identifier.as_deref().or(self.msgid.as_deref()) {
            Some(id) => format!("submission {id}"),
            None => "submission without an identifier".to_owned(),
        }
    }

    /// How heavy what was found is, in no order.
    pub fn severities(&self) -> impl Iterator<Item = Severity> {
        weighed(&self.judgement, &self.evidence).map(Weighed::severity)
    }
}

/// What became of a recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Recipient {
    /// The address.
    pub address: String,
    /// Certified as a mailbox of certified mail or of ordinary mail: `certificato`, `esterno`.
    pub typology: Option<String>,
    /// What was seen of the outcome, in words: `delivered 2026-03-02T08:30:00Z`, `nothing seen after the acceptance`.
    pub outcome: String,
}

/// A message of a submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SeenMessage {
    /// What people call the item that holds it.
    pub name: String,
    /// Its number, as verdicts name it.
    pub observation: usize,
    /// Its kind.
    pub kind: Option<Kind>,
}

/// What is not there, and could have been seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Missing {
    /// What: `delivery for anna@bravo.example`.
    pub what: String,
    /// From whose point of view it could have been seen: `the sender's mailbox`.
    pub view: String,
}
