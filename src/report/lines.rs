//! The lines of the JSON stream, as types: what is written and what `schema report` prints are these.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    evidence::{Direction, Party, Seen},
    known::{Deviation, Reckoning},
    results::{
        ArrivedAt, Asked, Cause, CheckTally, Description, GivenDirectory, Missing, Part, PlayTally, Recipient,
        Reference, SeenMessage, Strictness,
    },
    rules::{Answer, Answers, Location, SignedBy},
};

/// A line of the stream that `run` and `check` write: a header, a line for each thing, a footer. A stream without its footer
/// is of a command that was cut off.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Line<'a> {
    /// The first.
    Header(Header<'a>),
    /// A scenario was played in a direction (`run`).
    Cell(CellLine<'a>),
    /// What messages are judged by was judged itself; what is wrong with it is charged to no message (`check`).
    Reference(CheckedLine<'a>),
    /// A file, a member of an archive or the evidence of a play was judged (`check`).
    Checked(CheckedLine<'a>),
    /// A file could not be judged (`check`).
    Unjudged(UnjudgedLine<'a>),
    /// Something that was given is nothing to judge (`check`).
    LeftOut(LeftOutLine<'a>),
    /// What belongs to one submission, put together (`check`).
    Submission(SubmissionLine<'a>),
    /// The last.
    Footer(Footer<'a>),
}

/// What is known when it begins.
#[derive(Serialize, JsonSchema)]
pub struct Header<'a> {
    /// Version of this format, 1: raised when a reader of an older one would misread it; more fields may come in any.
    pub format: u32,
    /// The command: `run` or `check`.
    pub command: &'static str,
    /// This program.
    pub suite: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The rules that everything is judged by.
    pub rules: &'a RuleSet,
    /// The machine's clock, read once.
    pub started: Timestamp,
    /// Cells that will be played (`run`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned: Option<usize>,
    /// Who plays whom (`run`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directions: Option<&'a [Direction]>,
    /// Of what this is a part, where it is one (`run --shard`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<&'a Part>,
    /// What one of its plays cannot be asked for again without, where that is anything (`run`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<&'a Asked>,
    /// By what signers are told, and of which day it is (`check`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub references: Option<&'a [Reference]>,
    /// What fails besides violations.
    pub strictness: Strictness,
    /// By the norm of which day: `latest`, or a date.
    pub as_of: String,
}

/// The rules a report was made with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RuleSet {
    /// How many.
    pub count: usize,
    /// SHA-256 over every rule's id, level, clauses and question, in order. The code behind them is told by the version.
    pub digest: String,
}

/// A scenario played in a direction.
#[derive(Serialize, JsonSchema)]
pub struct CellLine<'a> {
    /// Its id.
    pub scenario: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Who played.
    pub direction: &'a Direction,
    /// Target that played another receiving provider, where the scenario has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_receiver: Option<&'a str>,
    /// The clauses it is about.
    pub clauses: Vec<&'static str>,
    /// How it ended.
    pub outcome: CellWord,
    /// Why there is no verdict, where there is none.
    pub reason: Option<&'a str>,
    /// Where trouble comes from, where the outcome is `error`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Expectations of the scenario that were not met.
    pub unmet: Vec<UnmetLine<'a>>,
    /// What the rules found.
    pub findings: Vec<VerdictLine<'a>>,
    /// Choices that the norm leaves, and which was taken.
    pub choices: &'a [String],
    /// What is worth knowing and no verdict.
    pub notes: &'a [String],
    /// Where the evidence lies, where it was kept.
    pub evidence: Option<EvidenceLine>,
    /// Wall-clock time taken, in milliseconds.
    pub took_ms: u64,
}

/// How a cell ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CellWord {
    /// Everything expected came, no violation found.
    Passed,
    /// An expectation was not met, or a rule found a violation.
    Failed,
    /// Trouble of the harness or a target: no verdict.
    Error,
    /// A target cannot do what the scenario needs: no verdict.
    Skipped,
}

/// An expectation that was not met.
#[derive(Serialize, JsonSchema)]
pub struct UnmetLine<'a> {
    /// Where in the scenario.
    pub at: &'a str,
    /// What was expected.
    pub expected: &'a str,
    /// What was found instead.
    pub found: &'a str,
    /// Who owed it.
    pub blame: Blame<'a>,
    /// The entry that declares it, which makes it no less a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<&'a Deviation>,
    /// The clauses of the scenario that it rests on.
    pub clauses: Vec<&'static str>,
    /// Numbers of the messages that show it.
    pub observations: &'a [usize],
}

/// Where evidence lies.
#[derive(Serialize, JsonSchema)]
pub struct EvidenceLine {
    /// Its folder.
    pub folder: String,
    /// SHA-256 of its manifest, which holds the digest of every other file.
    pub manifest: Option<String>,
}

/// Something that was judged.
#[derive(Serialize, JsonSchema)]
pub struct CheckedLine<'a> {
    /// What people call it: its path, with the member and the part where it lies inside another.
    pub name: &'a str,
    /// The file or folder that holds it.
    pub path: String,
    /// The messages in it.
    pub messages: Vec<MessageLine<'a>>,
    /// Directories judged by themselves.
    pub directories: Vec<GivenDirectory>,
    /// Certificates judged by themselves.
    pub certificates: Vec<CertificateLine<'a>>,
    /// What the rules found.
    pub findings: Vec<VerdictLine<'a>>,
}

/// A message: what it says it is, and what it proves.
#[derive(Serialize, JsonSchema)]
pub struct MessageLine<'a> {
    /// Its number, as findings name it.
    pub observation: usize,
    /// Where it was seen.
    pub seen: &'a Seen,
    /// What it says of itself.
    #[serde(flatten)]
    pub description: Cow<'a, Description>,
    /// When it arrived, and who says so.
    pub arrived: Option<ArrivedAt>,
    /// Who signed it, where a certificate tells.
    pub signer: Option<&'a SignedBy>,
    /// What it proves by itself; whether its submission is complete is told on that one's line.
    pub answers: Option<&'a Answers>,
}

/// Something that could not be judged.
#[derive(Serialize, JsonSchema)]
pub struct UnjudgedLine<'a> {
    /// What people call it.
    pub name: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// Something that is nothing to judge.
#[derive(Serialize, JsonSchema)]
pub struct LeftOutLine<'a> {
    /// What people call it.
    pub name: &'a str,
    /// Why it was left out.
    pub why: &'a str,
}

/// A certificate judged by itself.
#[derive(Serialize, JsonSchema)]
pub struct CertificateLine<'a> {
    /// Whose.
    pub subject: &'a str,
    /// Who issued it.
    pub issuer: &'a str,
    /// Its serial number.
    pub serial: &'a str,
    /// SHA-1 of it, as directories list certificates.
    pub sha1: String,
    /// Valid from.
    pub not_before: Timestamp,
    /// Valid until.
    pub not_after: Timestamp,
    /// Whether it leads to a trusted root.
    pub path: Answer,
    /// `providerName` of the record that lists it.
    pub provider: Option<&'a str>,
}

/// What belongs to one submission.
#[derive(Serialize, JsonSchema)]
pub struct SubmissionLine<'a> {
    /// The PEC msgid.
    pub identifier: Option<&'a str>,
    /// The client's msgid.
    pub msgid: Option<&'a str>,
    /// Who submitted it.
    pub sender: Option<&'a str>,
    /// Its subject, as certified.
    pub subject: Option<&'a str>,
    /// When it was accepted, as certified.
    pub accepted: Option<Timestamp>,
    /// What became of each recipient.
    pub recipients: &'a [Recipient],
    /// What of it was seen.
    pub messages: &'a [SeenMessage],
    /// What the point of view should show and does not.
    pub missing: &'a [Missing],
    /// Whether everything that the point of view should show is there.
    pub complete: &'a Answer,
    /// What the rules found: what contradicts.
    pub findings: Vec<VerdictLine<'a>>,
}

/// One rule's answer on one subject, where it is not a pass.
#[derive(Serialize, JsonSchema)]
pub struct VerdictLine<'a> {
    /// The rule's id.
    pub rule: &'static str,
    /// Its level: `violation`, `warning`, `note`, or `cannot tell` where it is more than is read.
    pub level: &'static str,
    /// What it asks.
    pub question: &'static str,
    /// What it rests on.
    pub clauses: Vec<&'static str>,
    /// What goes wrong for the receiver.
    pub consequence: &'static str,
    /// What it was put to, in words.
    pub subject: &'a str,
    /// The number of the message that it was put to.
    pub observation: Option<usize>,
    /// Whether the scenario announced it: then it is nobody's failure.
    pub announced: bool,
    /// What is wrong.
    pub findings: Vec<FindingLine<'a>>,
    /// Why the rule itself broke, where it did: no statement about anyone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_error: Option<&'a str>,
}

/// Something that is not as the norm wants it.
#[derive(Serialize, JsonSchema)]
pub struct FindingLine<'a> {
    /// What the norm wants there.
    pub expected: &'a str,
    /// What is there.
    pub found: &'a str,
    /// Where, and which bytes of the message show it.
    pub at: &'a Location,
    /// Who answers for it.
    pub blame: Blame<'a>,
    /// The entry that declares it, which makes it no less a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<&'a Deviation>,
    /// How often it was found, the same each time.
    pub times: usize,
    /// Numbers of the messages that show it, where it is not the subject alone.
    pub observations: &'a [usize],
}

/// Who answers for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Blame<'a> {
    /// By role; `undetermined` where no role is known.
    pub party: Party,
    /// By name: the target that played the role, or the provider that signed or is listed.
    pub name: Option<&'a str>,
}

/// What is known when it is over.
#[derive(Serialize, JsonSchema)]
pub struct Footer<'a> {
    /// Whether everything was done that should be.
    pub complete: bool,
    /// Whether it was interrupted.
    pub interrupted: bool,
    /// Counts; they add up.
    pub totals: TotalsLine<'a>,
    /// What the process exits with.
    pub exit: ExitLine<'a>,
    /// What became of what is declared, where something is (`--deviations`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deviations: Option<&'a Reckoning>,
    /// Wall-clock time taken, in milliseconds.
    pub took_ms: u64,
}

/// Counts.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub enum TotalsLine<'a> {
    /// Of plays (`run`).
    Plays(&'a PlayTally),
    /// Of what was checked (`check`).
    Check(&'a CheckTally),
}

/// What the process exits with.
#[derive(Serialize, JsonSchema)]
pub struct ExitLine<'a> {
    /// The code.
    pub code: u8,
    /// What it says.
    pub meaning: &'a str,
}
