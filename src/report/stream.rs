//! JSON lines: a header, a line for each cell, each thing checked, each submission, a footer. A stream without its footer is
//! of a run that was cut off.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::{Report, json_line};
use crate::{
    evidence::{Evidence, Observation, bundle::MANIFEST},
    message::{Kind, Message},
    norm::{Clause, Level},
    results::{Cell, CellOutcome, Checked, Closing, Ending, Event, Opening, SubmissionPage, Totals, Work},
    rules::{GivenCertificate, Outcome, Rule, Verdict},
};

/// Version of this format: raised when a reader of an older one would misread it; 0 promises nothing.
const FORMAT: u32 = 0;

/// The rules a report was made with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleSet {
    /// How many.
    pub count: usize,
    /// SHA-256 over every rule's id, level, clauses and question, in order. The code behind them is told by the version.
    pub digest: String,
}

impl RuleSet {
    /// Of these rules.
    pub fn of(rules: impl IntoIterator<Item = &'static Rule>) -> Self {
        let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        let mut count = 0;
        for rule in rules {
            let clauses: Vec<_> = rule.clauses.iter().map(|clause| clause.id).collect();
            context.update(json!([rule.id, rule.level, clauses, rule.question]).to_string().as_bytes());
            count += 1;
        }
        Self { count, digest: sha256_word(context.finish().as_ref()) }
    }
}

/// Writes the stream, each line as soon as it is known.
pub struct JsonStream<W> {
    out: W,
    rules: RuleSet,
}

impl<W: Write> JsonStream<W> {
    /// A stream on `out` of a run judged by `rules`.
    pub fn new(out: W, rules: RuleSet) -> Self {
        Self { out, rules }
    }

    fn header(&self, opening: &Opening) -> Value {
        let (command, planned, directions) = match &opening.work {
            Work::Plays { planned, directions } => ("run", Some(planned), Some(directions)),
            Work::Check { .. } => ("check", None, None),
        };
        json!({
            "type": "header",
            "format": FORMAT,
            "command": command,
            "suite": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "rules": self.rules,
            "started": opening.started,
            "planned": planned,
            "directions": directions,
            "strictness": opening.strictness,
            "as_of": opening.as_of.to_string(),
        })
    }
}

impl<W: Write> Report for JsonStream<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        let line = match event {
            Event::Opened(opening) => self.header(opening),
            Event::Started { .. } | Event::Stopping { .. } => return Ok(()),
            Event::Finished(cell) => cell_line(cell),
            Event::Reference(checked) => checked_line("reference", checked),
            Event::Checked(checked) => checked_line("checked", checked),
            Event::Unjudged(it) => json!({"type": "unjudged", "name": it.name, "reason": it.reason}),
            Event::LeftOut(it) => json!({"type": "left-out", "name": it.name, "why": it.why}),
            Event::Submission(submission) => submission_line(submission),
            Event::Closed(closing) => footer(closing),
        };
        json_line(&mut self.out, &line)?;
        self.out.flush()
    }
}

fn cell_line(cell: &Cell) -> Value {
    let (outcome, reason) = match &cell.outcome {
        CellOutcome::Passed => ("passed", None),
        CellOutcome::Failed => ("failed", None),
        CellOutcome::Error(reason) => ("error", Some(reason)),
        CellOutcome::Skipped(reason) => ("skipped", Some(reason)),
    };
    let unmet: Vec<_> = cell
        .unmet
        .iter()
        .map(|unmet| {
            json!({
                "at": unmet.at, "expected": unmet.expected, "found": unmet.found, "blame": unmet.blame,
                "clauses": ids(&unmet.clauses), "observations": unmet.observations,
            })
        })
        .collect();
    json!({
        "type": "cell",
        "scenario": cell.scenario,
        "title": cell.title,
        "direction": cell.direction,
        "clauses": ids(&cell.clauses),
        "outcome": outcome,
        "reason": reason,
        "unmet": unmet,
        "findings": cell.judgement.verdicts.iter().filter_map(|verdict| verdict_line(verdict, &cell.observed)).collect::<Vec<_>>(),
        "choices": cell.choices,
        "notes": cell.notes,
        "evidence": cell.evidence.as_ref().map(|folder| json!({
            "folder": folder,
            // The manifest holds the digest of every other file.
            "manifest": std::fs::read(folder.join(MANIFEST)).ok().map(|manifest| sha256(&manifest)),
        })),
        "took_ms": millis(cell.took),
    })
}

fn checked_line(what: &str, checked: &Checked) -> Value {
    let messages = checked.evidence.observations.iter().map(|observation| {
        json!({
            "observation": observation.id,
            "seen": observation.seen,
            "kind": kind(observation),
            "origin": checked.judgement.origin(observation.id),
        })
    });
    let findings = checked.judgement.verdicts.iter().filter_map(|verdict| verdict_line(verdict, &checked.evidence));
    json!({
        "type": what,
        "name": checked.name,
        "path": checked.path.to_string_lossy(),
        "messages": messages.collect::<Vec<_>>(),
        "arrived": checked.lone.as_ref().map(|lone| lone.arrival),
        "answers": checked.lone.as_ref().map(|lone| &lone.answers),
        "signer": checked.lone.as_ref().and_then(|lone| lone.signer.as_ref()),
        "directories": checked.directories(),
        "certificates": checked.judgement.certificates.iter().map(certificate_line).collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(),
    })
}

fn submission_line(submission: &SubmissionPage) -> Value {
    let findings = submission.judgement.verdicts.iter();
    json!({
        "type": "submission",
        "identifier": submission.identifier,
        "msgid": submission.msgid,
        "sender": submission.sender,
        "subject": submission.subject,
        "accepted": submission.accepted,
        "recipients": submission.recipients.iter().map(|it| {
            json!({"address": it.address, "typology": it.typology, "outcome": it.outcome})
        }).collect::<Vec<_>>(),
        "messages": submission.messages.iter().map(|it| {
            json!({"name": it.name, "observation": it.observation, "kind": it.kind})
        }).collect::<Vec<_>>(),
        "complete": submission.complete,
        "missing": submission.missing.iter().map(|it| json!({"what": it.what, "view": it.view})).collect::<Vec<_>>(),
        "findings": findings.filter_map(|verdict| verdict_line(verdict, &submission.evidence)).collect::<Vec<_>>(),
    })
}

fn certificate_line(given: &GivenCertificate) -> Value {
    let certificate = &given.certificate;
    let path = match &given.path {
        None => json!({"not-verified": "no trust anchors are at hand"}),
        Some(Ok(())) => json!("trusted"),
        Some(Err(error)) if error.is_of_the_lists() => json!({"not-verified": error.to_string()}),
        Some(Err(error)) => json!({"refuted": error.to_string()}),
    };
    json!({
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial": certificate.serial,
        "sha1": certificate.sha1(),
        "not_before": certificate.not_before,
        "not_after": certificate.not_after,
        "path": path,
        "provider": given.provider,
    })
}

fn kind(observation: &Observation) -> Option<Kind> {
    Message::read(observation.bytes.clone()).ok()?.kind
}

/// A verdict on evidence that is not a pass.
fn verdict_line(verdict: &Verdict, evidence: &Evidence) -> Option<Value> {
    let (findings, broken) = match &verdict.outcome {
        Outcome::Pass => return None,
        Outcome::Fail(findings) => (Some(findings), None),
        Outcome::InternalError(reason) => (None, Some(reason)),
    };
    let level = match verdict.rule.level {
        Level::Must => "violation",
        Level::Should => "warning",
        Level::May => "note",
    };
    Some(json!({
        "rule": verdict.rule.id,
        "level": level,
        "question": verdict.rule.question,
        "clauses": ids(&verdict.clauses()),
        "consequence": verdict.rule.consequence,
        "subject": verdict.subject,
        "observation": verdict.observation,
        "blame": verdict.blame,
        "provider": verdict.provider,
        "announced": verdict.is_announced(evidence),
        "findings": findings,
        "internal_error": broken,
    }))
}

fn footer(closing: &Closing) -> Value {
    let (code, meaning) = closing.exit;
    json!({
        "type": "footer",
        "complete": closing.ending == Ending::Complete,
        "interrupted": closing.ending == Ending::Interrupted,
        "totals": match &closing.totals {
            Totals::Plays(tally) => json!(tally),
            Totals::Check(tally) => json!(tally),
        },
        "exit": {"code": code, "meaning": meaning},
        "took_ms": millis(closing.took),
    })
}

fn ids(clauses: &[&Clause]) -> Vec<&'static str> {
    clauses.iter().map(|clause| clause.id).collect()
}

fn millis(took: std::time::Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

fn sha256(bytes: &[u8]) -> String {
    sha256_word(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref())
}

fn sha256_word(digest: &[u8]) -> String {
    digest.iter().fold("sha256:".to_owned(), |word, byte| format!("{word}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    fn lines() -> Vec<Value> {
        let mut out = Vec::new();
        let mut stream = JsonStream::new(&mut out, RuleSet::of(&samples::RULES));
        for event in samples::run() {
            stream.event(&event).unwrap();
        }
        String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_stream_is_a_header_the_cells_and_a_footer_that_adds_up() {
        let lines = lines();
        let types: Vec<_> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
        assert_eq!(types, ["header", "cell", "cell", "cell", "cell", "cell", "footer"]);
        let footer = lines.last().unwrap();
        let count = |word: &str| footer["totals"][word].as_u64().unwrap();
        assert_eq!(
            count("planned"),
            ["passed", "failed", "error", "skipped", "not_played"].map(count).iter().sum::<u64>()
        );
        assert_eq!((&footer["interrupted"], &footer["exit"]["code"]), (&true.into(), &3.into()));
    }

    #[test]
    fn what_a_message_held_is_in_the_data_as_it_was() {
        let lines = lines();
        assert_eq!(lines[2]["findings"][0]["findings"][0]["found"], samples::HOSTILE);
        assert_eq!(lines[2]["outcome"], "failed");
        assert_eq!(lines[3]["findings"][0]["announced"], true);
    }

    #[test]
    fn the_digest_tells_rule_sets_apart() {
        let (all, fewer) = (RuleSet::of(&samples::RULES), RuleSet::of(&samples::RULES[1..]));
        assert_eq!(all, RuleSet::of(&samples::RULES));
        assert_ne!(all.digest, fewer.digest);
    }
}
