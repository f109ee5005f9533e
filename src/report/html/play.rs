//! One play: what happened between the parties, each message, the sessions, what was found, and how to play it again.

use std::{collections::BTreeMap, fs, path::PathBuf};

use askama::Template;

use super::{
    finding::Finding,
    home::{Home, Link},
    sequence::{Sequence, party_name, refusal},
    tale::{Paragraph, paragraphs},
    texts::{Both, say, say_clause, say_consequence, say_of, say_phrase, say_question, say_reading},
    took,
};
use crate::{
    evidence::{Dialogue, Evidence, Service, Speaker},
    report::Failure,
    results::{Cell, CellOutcome},
    shown::shown,
};

/// Findings, sessions, and lines of a session that are told; choices and notes too.
const FINDINGS: usize = 100;
const SESSIONS: usize = 60;
const LINES: usize = 120;
const REMARKS: usize = 100;

/// How much of a play is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Everything.
    Whole,
    /// Without its tale and its sessions.
    Short,
}

#[derive(Template)]
#[template(path = "play.html", config = "src/report/html/askama.toml")]
struct Section<'a> {
    anchor: String,
    back: String,
    cell: &'a Cell,
    outcome: &'static str,
    title: String,
    direction: String,
    reason: Option<String>,
    again: String,
    took: String,
    exercised: usize,
    files: Option<Link>,
    findings: Vec<Finding<'a>>,
    further: usize,
    choices: Vec<String>,
    notes: Vec<String>,
    is_skipped: bool,
    sequence: Sequence,
    tale: Vec<Paragraph>,
    sessions: Vec<Session>,
    is_short: bool,
    left_out: &'static str,
}

/// An SMTP session.
struct Session {
    from: Both,
    to: Both,
    service: &'static str,
    tls: Option<String>,
    /// Its last refusal.
    answer: String,
    lines: String,
}

/// A play, as HTML on the page at `home`; `again` plays it again.
pub(super) fn section(
    cell: &Cell,
    home: &Home<'_>,
    failures: &[Failure],
    again: &str,
    extent: Extent,
) -> askama::Result<String> {
    let (tale, sessions, whole) = match extent {
        Extent::Short => (Vec::new(), Vec::new(), false),
        Extent::Whole => {
            let (tale, whole) = paragraphs(&cell.story);
            let sessions = cell.observed.dialogues.iter().take(SESSIONS).map(|it| Session::of(it, &cell.observed));
            (tale, sessions.collect(), whole && cell.observed.dialogues.len() <= SESSIONS)
        }
    };
    let remarks = |remarks: &[String]| remarks.iter().take(REMARKS).map(|remark| shown(remark)).collect();
    let section = Section {
        anchor: home.place(&cell.direction.folder(&cell.scenario).to_string_lossy()).anchor,
        back: home.back(),
        cell,
        outcome: outcome(&cell.outcome),
        title: shown(&cell.title),
        direction: shown(&format!("{} → {}", cell.direction.sender, cell.direction.receiver)),
        reason: reason(&cell.outcome).map(|reason| shown(&reason)),
        again: shown(again),
        took: took(cell.took),
        exercised: cell.judgement.applied.len(),
        files: cell.evidence.as_ref().map(|path| home.link(path)),
        findings: failures.iter().take(FINDINGS).map(|failure| Finding::of(failure, home)).collect(),
        further: failures.len().saturating_sub(FINDINGS),
        choices: remarks(&cell.choices),
        notes: remarks(&cell.notes),
        is_skipped: matches!(cell.outcome, CellOutcome::Skipped(_)),
        sequence: Sequence::of(&cell.observed, &messages(cell, home)),
        tale,
        sessions,
        is_short: !whole,
        left_out: if cell.evidence.is_some() { "left-out" } else { "left-out-gone" },
    };
    section.render()
}

/// How a play ended, as the page's texts and style call it.
pub(super) fn outcome(outcome: &CellOutcome) -> &'static str {
    match outcome {
        CellOutcome::Passed => "passed",
        CellOutcome::Failed => "failed",
        CellOutcome::Error(_) => "error",
        CellOutcome::Skipped(_) => "skipped",
    }
}

/// Why there is no verdict, where there is none.
pub(super) fn reason(outcome: &CellOutcome) -> Option<String> {
    match outcome {
        CellOutcome::Error(trouble) => Some(trouble.to_string()),
        CellOutcome::Skipped(reason) => Some(reason.clone()),
        CellOutcome::Passed | CellOutcome::Failed => None,
    }
}

/// The files of its messages, by their numbers.
fn messages(cell: &Cell, home: &Home<'_>) -> BTreeMap<usize, Link> {
    let Some(kept) = &cell.evidence else { return BTreeMap::new() };
    let files = fs::read_dir(kept.join("messages")).into_iter().flatten().filter_map(Result::ok);
    let numbered = |path: PathBuf| {
        let number = path.file_name()?.to_str()?.split('-').next()?.parse().ok()?;
        Some((number, home.link(&path)))
    };
    files.filter_map(|file| numbered(file.path())).collect()
}

impl Session {
    fn of(dialogue: &Dialogue, evidence: &Evidence) -> Self {
        let mut lines = String::new();
        for line in dialogue.lines.iter().take(LINES) {
            let by = if line.by == Speaker::Client { "C: " } else { "S: " };
            lines.extend([by, &shown(&line.text), "\n"]);
        }
        if let Some(more) = dialogue.lines.len().checked_sub(LINES).filter(|more| *more > 0) {
            lines.extend(["… + ", &more.to_string(), "\n"]);
        }
        Self {
            from: party_name(dialogue.from, evidence),
            to: party_name(dialogue.to, evidence),
            service: match dialogue.service {
                Service::Submission => "submission",
                Service::Submissions => "submissions",
                Service::Incoming => "incoming",
                Service::Ordinary => "ordinary",
            },
            tls: dialogue.tls.as_deref().map(shown),
            answer: refusal(dialogue).unwrap_or_default(),
            lines,
        }
    }
}
