//! JSON lines: a header, a line for each cell, each thing checked, each submission, a footer. A stream without its footer is
//! of a command that was cut off.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use aws_lc_rs::digest::{Context, SHA256, digest};

use super::{
    Report, json_line,
    lines::{
        Blame, CellLine, CellWord, CertificateLine, CheckedLine, EvidenceLine, ExitLine, FindingLine, Footer, Header,
        LeftOutLine, Line, MessageLine, RuleSet, SubmissionLine, TotalsLine, UnjudgedLine, UnmetLine, VerdictLine,
    },
};
use crate::{
    evidence::{Evidence, Party, disk::MANIFEST},
    hexadecimal,
    known::Known,
    norm::Clause,
    results::{
        Asked, Cell, CellOutcome, Checked, Closing, Description, Ending, Event, Opening, Severity, SubmissionPage,
        Totals, Work, failing,
    },
    rules::{Answer, GivenCertificate, Judgement, Outcome, Rule, Verdict},
    shown::path_text,
};

/// Version of this format: raised when a reader of an older one would misread it.
pub const FORMAT: u32 = 1;

/// Writes the stream, each line as soon as it is known.
pub struct JsonStream<W> {
    out: W,
    rules: RuleSet,
}

impl RuleSet {
    /// Of these rules.
    pub fn of(rules: impl IntoIterator<Item = &'static Rule>) -> Self {
        let mut context = Context::new(&SHA256);
        let mut count = 0;
        for rule in rules {
            let clauses: Vec<_> = rule.clauses.iter().map(|clause| clause.id).collect();
            let told = serde_json::json!([rule.id, rule.level, clauses, rule.question]);
            context.update(told.to_string().as_bytes());
            count += 1;
        }
        Self { count, digest: hexadecimal::named(&context.finish()) }
    }
}

impl<W: Write> JsonStream<W> {
    /// A stream on `out` of what is judged by `rules`.
    pub fn new(out: W, rules: RuleSet) -> Self {
        Self { out, rules }
    }

    fn write(&mut self, line: &Line<'_>) -> io::Result<()> {
        json_line(&mut self.out, line)
    }
}

impl<W: Write> Report for JsonStream<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Opened(opening) => {
                let line = Line::Header(header(opening, &self.rules));
                json_line(&mut self.out, &line)?;
            }
            Event::Started { .. } | Event::Stopping { .. } => return Ok(()),
            Event::Finished(cell) => self.write(&Line::Cell(cell_line(cell)))?,
            Event::Reference(checked) => return self.write(&Line::Reference(checked_line(checked))),
            Event::Checked(checked) => return self.write(&Line::Checked(checked_line(checked))),
            Event::Unjudged(it) => {
                return self.write(&Line::Unjudged(UnjudgedLine { name: &it.name, reason: &it.reason }));
            }
            Event::LeftOut(it) => return self.write(&Line::LeftOut(LeftOutLine { name: &it.name, why: &it.why })),
            Event::Submission(submission) => return self.write(&Line::Submission(submission_line(submission))),
            Event::Closed(closing) => self.write(&Line::Footer(footer(closing)))?,
        }
        self.out.flush()
    }
}

fn header<'a>(opening: &'a Opening, rules: &'a RuleSet) -> Header<'a> {
    let (command, planned, directions, part, asked, references) = match &opening.work {
        Work::Plays { planned, directions, part, asked } => {
            ("run", Some(*planned), Some(&directions[..]), part.as_ref(), Some(asked), None)
        }
        Work::Check { references } => ("check", None, None, None, None, Some(&references[..])),
    };
    Header {
        format: FORMAT,
        command,
        suite: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        rules,
        started: opening.started,
        planned,
        directions,
        part,
        asked: asked.filter(|asked| **asked != Asked::default()),
        references,
        strictness: opening.strictness,
        as_of: opening.as_of.to_string(),
    }
}

fn cell_line(cell: &Cell) -> CellLine<'_> {
    let (outcome, reason, cause) = match &cell.outcome {
        CellOutcome::Passed => (CellWord::Passed, None, None),
        CellOutcome::Failed => (CellWord::Failed, None, None),
        CellOutcome::Error(trouble) => (CellWord::Error, Some(&trouble.what[..]), Some(trouble.cause)),
        CellOutcome::Skipped(reason) => (CellWord::Skipped, Some(&reason[..]), None),
    };
    let unmet = cell.unmet.iter().map(|unmet| UnmetLine {
        at: &unmet.at,
        expected: &unmet.expected,
        found: &unmet.found,
        blame: Blame { party: unmet.blame, name: named(&cell.observed, unmet.blame) },
        declared: cell.known.declares(&unmet.failing(&cell.observed)),
        clauses: ids(&unmet.clauses),
        observations: &unmet.observations,
    });
    let evidence = cell.evidence.as_ref().map(|folder| EvidenceLine {
        folder: path_text(folder),
        manifest: std::fs::read(folder.join(MANIFEST))
            .ok()
            .map(|manifest| hexadecimal::named(&digest(&SHA256, &manifest))),
    });
    CellLine {
        scenario: &cell.scenario,
        title: &cell.title,
        direction: &cell.direction,
        second_receiver: cell.second_receiver(),
        clauses: ids(&cell.clauses),
        outcome,
        reason,
        cause,
        unmet: unmet.collect(),
        findings: verdict_lines(&cell.judgement, &cell.observed, &cell.known),
        choices: &cell.choices,
        notes: &cell.notes,
        evidence,
        took_ms: millis(cell.took),
    }
}

fn checked_line(checked: &Checked) -> CheckedLine<'_> {
    let messages = checked.evidence.observations.iter().map(|observation| {
        let lone = checked.lone.as_ref();
        let description = match lone {
            Some(lone) => Cow::Borrowed(&lone.description),
            None => Cow::Owned(Description::read(&observation.bytes)),
        };
        MessageLine {
            observation: observation.id,
            seen: &observation.seen,
            description,
            arrived: lone.map(|lone| lone.arrival),
            signer: lone.and_then(|lone| lone.signer.as_ref()),
            answers: lone.map(|lone| &lone.answers),
        }
    });
    CheckedLine {
        name: &checked.name,
        path: path_text(&checked.path),
        messages: messages.collect(),
        directories: checked.directories(),
        certificates: checked.judgement.certificates.iter().map(certificate_line).collect(),
        findings: verdict_lines(&checked.judgement, &checked.evidence, &checked.known),
    }
}

fn certificate_line(given: &GivenCertificate) -> CertificateLine<'_> {
    let certificate = &given.certificate;
    let path = match &given.path {
        None => Answer::CannotTell("no trust anchors are at hand".to_owned()),
        Some(Ok(())) => Answer::Yes("it leads to a trusted root".to_owned()),
        Some(Err(error)) if error.cannot_tell() => Answer::CannotTell(error.to_string()),
        Some(Err(error)) => Answer::No(error.to_string()),
    };
    CertificateLine {
        subject: &certificate.subject,
        issuer: &certificate.issuer,
        serial: &certificate.serial,
        sha1: certificate.sha1(),
        not_before: certificate.not_before,
        not_after: certificate.not_after,
        path,
        provider: given.provider.as_deref(),
    }
}

fn submission_line(submission: &SubmissionPage) -> SubmissionLine<'_> {
    SubmissionLine {
        identifier: submission.identifier.as_deref(),
        msgid: submission.msgid.as_deref(),
        sender: submission.sender.as_deref(),
        subject: submission.subject.as_deref(),
        accepted: submission.accepted,
        recipients: &submission.recipients,
        messages: &submission.messages,
        missing: &submission.missing,
        complete: &submission.complete,
        findings: verdict_lines(&submission.judgement, &submission.evidence, &submission.known),
    }
}

fn verdict_lines<'a>(judgement: &'a Judgement, evidence: &'a Evidence, known: &'a Known) -> Vec<VerdictLine<'a>> {
    judgement.verdicts.iter().filter_map(|verdict| verdict_line(verdict, evidence, known)).collect()
}

/// A verdict that is not a pass.
fn verdict_line<'a>(verdict: &'a Verdict, evidence: &'a Evidence, known: &'a Known) -> Option<VerdictLine<'a>> {
    let (findings, internal_error) = match &verdict.outcome {
        Outcome::Pass => return None,
        Outcome::Fail(findings) | Outcome::CannotTell(findings) => (&findings[..], None),
        Outcome::InternalError(reason) => (&[][..], Some(&reason[..])),
    };
    let findings = findings.iter().map(|finding| {
        let (party, provider) = verdict.answers(finding);
        let name = match party {
            Party::Undetermined => provider,
            party => named(evidence, party),
        };
        FindingLine {
            expected: &finding.expected,
            found: &finding.found,
            at: &finding.at,
            blame: Blame { party, name },
            declared: known.declares(&failing(verdict, finding, evidence)),
            times: finding.times,
            observations: &finding.observations,
        }
    });
    Some(VerdictLine {
        rule: verdict.rule.id,
        level: Severity::of(verdict).word(),
        question: verdict.rule.question,
        clauses: ids(&verdict.clauses()),
        consequence: verdict.rule.consequence,
        subject: &verdict.subject,
        observation: verdict.observation,
        announced: verdict.is_announced(evidence),
        findings: findings.collect(),
        internal_error,
    })
}

/// The target that plays a party's role.
fn named(evidence: &Evidence, party: Party) -> Option<&str> {
    evidence.gateways.get(&party.role()?).map(|gateway| gateway.target.as_str())
}

fn footer(closing: &Closing) -> Footer<'_> {
    let (code, meaning) = (closing.exit.0, closing.exit.1.as_str());
    Footer {
        complete: closing.ending == Ending::Complete,
        interrupted: closing.ending == Ending::Interrupted,
        totals: match &closing.totals {
            Totals::Plays(tally) => TotalsLine::Plays(tally),
            Totals::Check(tally) => TotalsLine::Check(tally),
        },
        exit: ExitLine { code, meaning },
        deviations: closing.known.as_ref(),
        took_ms: millis(closing.took),
    }
}

fn ids(clauses: &[&Clause]) -> Vec<&'static str> {
    clauses.iter().map(|clause| clause.id).collect()
}

fn millis(took: std::time::Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

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
