//! SARIF 2.1.0 for code-scanning tools: every rule with what it asks and rests on, every finding with the bytes it is about.
//!
//! It is written as it comes, a result to a line, so that a report of a million messages is never held. The types are
//! few and plain: a crate of all of SARIF would bring eight thousand lines for these.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Failure, Report, Subject, clause_line, declared_line, failures, shown, uri, write_json};
use crate::{
    language::Language,
    norm::Level,
    results::{Cell, CellOutcome, Checked, Closing, Event, Severity, SubmissionPage},
    rules::Rule,
};

/// Troubles told one by one; more are counted.
const TROUBLES: usize = 1000;

/// What an expectation of a scenario is told under: no rule of the norm.
pub(super) const EXPECTATION: &str = "scenario/expectation";

/// Writes the log.
pub struct Sarif<W: Write> {
    out: W,
    /// Where what is checked lies, as it is named.
    base: PathBuf,
    places: BTreeMap<&'static str, usize>,
    rules: Vec<&'static Rule>,
    started: Timestamp,
    results: usize,
    troubles: Vec<Value>,
    more: usize,
}

impl<W: Write> Sarif<W> {
    /// A log on `out`, of what is judged by `rules`.
    pub fn new(out: W, rules: impl IntoIterator<Item = &'static Rule>) -> Self {
        let rules: Vec<&'static Rule> = rules.into_iter().collect();
        let places = rules.iter().enumerate().map(|(at, rule)| (rule.id, at)).collect();
        let started = Timestamp::UNIX_EPOCH;
        Self { out, base: PathBuf::new(), places, rules, started, results: 0, troubles: Vec::new(), more: 0 }
    }

    /// The same, of what lies in a folder and is named from there.
    #[must_use]
    pub fn of_folder(self, base: &Path) -> Self {
        Self { base: base.to_owned(), ..self }
    }

    fn open(&mut self) -> io::Result<()> {
        self.out.write_all(b"{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",")?;
        self.out.write_all(b"\"runs\":[{\"tool\":{\"driver\":")?;
        let expectation = json!({
            "id": EXPECTATION,
            "shortDescription": {"text": "Did everything come that the scenario expects, and nothing else?"},
            "defaultConfiguration": {"level": "error"},
        });
        let rules: Vec<Value> = self.rules.iter().map(|rule| descriptor(rule)).chain([expectation]).collect();
        let driver = json!({
            "name": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "shortDescription": {"text": env!("CARGO_PKG_DESCRIPTION")},
            "rules": rules,
        });
        write_json(&mut self.out, &driver)?;
        self.out.write_all(b"},\"columnKind\":\"unicodeCodePoints\",\"results\":[")
    }

    fn cell(&mut self, cell: &Cell) -> io::Result<()> {
        let place = format!("{} {}", cell.scenario, cell.direction);
        match &cell.outcome {
            CellOutcome::Passed | CellOutcome::Failed => {}
            CellOutcome::Error(trouble) => self.trouble("error", &format!("{place}: {trouble}"), None),
            CellOutcome::Skipped(reason) => self.trouble("note", &format!("{place}: skipped: {reason}"), None),
        }
        failures(cell).iter().try_for_each(|failure| self.failure(failure, &place, None))
    }

    fn checked(&mut self, checked: &Checked) -> io::Result<()> {
        let is_the_file = is_the_file(checked, &self.base);
        Subject::of(checked).failures().try_for_each(|mut failure| {
            if !is_the_file {
                (failure.span, failure.excerpt) = (None, None);
            }
            self.failure(&failure, &checked.name, Some(&checked.path))
        })
    }

    fn submission(&mut self, submission: &SubmissionPage) -> io::Result<()> {
        let name = submission.name();
        Subject::of_submission(submission).failures().try_for_each(|failure| self.failure(&failure, &name, None))
    }

    fn failure(&mut self, failure: &Failure, seen_in: &str, path: Option<&Path>) -> io::Result<()> {
        if failure.severity == Severity::Broken {
            self.trouble("error", &failure.found, self.places.get(failure.id.as_str()).copied());
            return Ok(());
        }
        let level = match failure.severity {
            Severity::Broken | Severity::Unmet | Severity::Violation => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
            Severity::Untold => "none",
        };
        // SARIF 2.1.0 3.27.9: what was not determined is open.
        let kind = if failure.severity == Severity::Untold { "open" } else { "fail" };
        let rule = self.places.get(failure.id.as_str()).copied();
        let id = if rule.is_some() { &failure.id } else { EXPECTATION };
        let mut result = json!({
            "ruleId": id,
            "ruleIndex": rule.unwrap_or(self.rules.len()),
            "kind": kind,
            "level": level,
            "message": {"text": message(failure)},
            "locations": [location(failure, seen_in, path)],
            "occurrenceCount": failure.times,
            "properties": {"blame": failure.blame.to_string(), "seenIn": seen_in},
        });
        if let Some(deviation) = &failure.declared {
            // 3.35: known outside the code, and accepted; the result stays what it is.
            let justification = escaped(&declared_line(deviation, Language::English));
            result["suppressions"] =
                json!([{"kind": "external", "status": "accepted", "justification": justification}]);
        }
        self.out.write_all(if self.results == 0 { b"\n" } else { b",\n" })?;
        self.results += 1;
        write_json(&mut self.out, &result)
    }

    /// Something that is no verdict.
    fn trouble(&mut self, level: &str, text: &str, rule: Option<usize>) {
        if self.troubles.len() == TROUBLES {
            self.more += 1;
            return;
        }
        let mut trouble = json!({"level": level, "message": {"text": escaped(&shown(text))}});
        if let Some(rule) = rule {
            trouble["associatedRule"] = json!({"id": self.rules[rule].id, "index": rule});
        }
        self.troubles.push(trouble);
    }

    fn close(&mut self, closing: &Closing) -> io::Result<()> {
        for entry in closing.known.iter().flat_map(|known| &known.entries).filter(|entry| entry.standing.fails()) {
            let rule = entry.deviation.rule.as_deref();
            let (what, subject) = (rule.unwrap_or("expectations"), &entry.deviation.subject);
            let text = format!("declared, and not so: {what} of {subject}: {}", entry.standing.says());
            self.trouble("error", &text, rule.and_then(|id| self.places.get(id).copied()));
        }
        if self.more > 0 {
            let text = format!("{} more were not told one by one", self.more);
            self.troubles.push(json!({"level": "note", "message": {"text": text}}));
        }
        let (code, meaning) = &closing.exit;
        let ended = self.started.checked_add(closing.took).unwrap_or(self.started);
        let invocation = json!({
            "executionSuccessful": *code < 2,
            "exitCode": code,
            "exitCodeDescription": meaning,
            "startTimeUtc": self.started.to_string(),
            "endTimeUtc": ended.to_string(),
            "toolExecutionNotifications": std::mem::take(&mut self.troubles),
        });
        self.out.write_all(b"],\n\"invocations\":[")?;
        write_json(&mut self.out, &invocation)?;
        self.out.write_all(b"]}]}\n")?;
        self.out.flush()
    }
}

impl<W: Write> Report for Sarif<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Opened(opening) => {
                self.started = opening.started;
                self.open()
            }
            Event::Finished(cell) => self.cell(cell),
            Event::Checked(checked) => self.checked(checked),
            Event::Reference(checked) => {
                // Charged to no message, so no result: told, and no more.
                for failure in Subject::of(checked).failures() {
                    let text = format!("{}: {}: {}", checked.name, failure.id, message(&failure));
                    self.trouble("warning", &text, self.places.get(failure.id.as_str()).copied());
                }
                Ok(())
            }
            Event::Submission(submission) => self.submission(submission),
            Event::Unjudged(it) => {
                self.trouble("error", &format!("{}: could not be judged: {}", it.name, it.reason), None);
                Ok(())
            }
            Event::LeftOut(it) => {
                self.trouble("note", &format!("{}: left out: {}", it.name, it.why), None);
                Ok(())
            }
            Event::Closed(closing) => self.close(closing),
            Event::Started { .. } | Event::Stopping { .. } => Ok(()),
        }
    }
}

/// Whether a message's bytes are those of the file it lies in: no member of an archive, no copy stored with other line ends.
/// Where they are not, offsets and lines in the file would point elsewhere.
fn is_the_file(checked: &Checked, base: &Path) -> bool {
    match &checked.evidence.observations[..] {
        [only] => fs::metadata(base.join(&checked.path)).is_ok_and(|file| file.len() == only.bytes.len() as u64),
        _ => true,
    }
}

fn descriptor(rule: &Rule) -> Value {
    let clauses: Vec<String> = rule.clauses.iter().map(|clause| clause_line(clause, Language::English)).collect();
    let level = match rule.level {
        Level::Must => "error",
        Level::Should => "warning",
        Level::May => "note",
    };
    json!({
        "id": rule.id,
        "shortDescription": {"text": escaped(rule.question)},
        "fullDescription": {"text": escaped(rule.consequence)},
        "help": {"text": escaped(&clauses.join("\n"))},
        "defaultConfiguration": {"level": level},
    })
}

fn message(failure: &Failure) -> String {
    let mut text = format!("Expected {}; found {}.", shown(&failure.expected), shown(&failure.found));
    if !failure.place.is_empty() {
        text.extend([" Where: ", &shown(&failure.place), "."]);
    }
    text.extend(failure.told_blame().map(|blame| format!(" To blame: {}.", shown(&blame))));
    text.extend(failure.consequence.map(|consequence| format!(" {consequence}")));
    escaped(&text)
}

/// Where it is: the file, the bytes and the line in it, and the place in words.
fn location(failure: &Failure, seen_in: &str, path: Option<&Path>) -> Value {
    let file = failure.evidence.as_deref().or(path);
    let mut location = json!({"logicalLocations": [{"fullyQualifiedName": logical(failure, seen_in)}]});
    let scenario = failure.id.rsplit_once(':').filter(|_| file.is_none_or(Path::is_dir) && failure.place.is_empty());
    if let Some((file, line)) = scenario.and_then(|(file, line)| Some((file, line.parse::<u32>().ok()?))) {
        let region = json!({"startLine": line.max(1)});
        location["physicalLocation"] = json!({"artifactLocation": {"uri": uri(Path::new(file))}, "region": region});
    } else if let Some(file) = file {
        location["physicalLocation"] = json!({"artifactLocation": {"uri": uri(file)}});
        let mut region = json!({});
        if let Some(span) = failure.span {
            region["byteOffset"] = json!(span.offset);
            region["byteLength"] = json!(span.length);
        }
        if let Some(excerpt) = &failure.excerpt {
            region["startLine"] = json!(excerpt.line);
            region["startColumn"] = json!(excerpt.column);
        }
        // Of a packed file no octet is where the message has it.
        if failure.span.is_some() && file.extension().is_none_or(|extension| extension != "gz") {
            location["physicalLocation"]["region"] = region;
        }
    }
    location
}

fn logical(failure: &Failure, seen_in: &str) -> String {
    let place = if failure.place.is_empty() { &failure.id } else { &failure.place };
    format!("{}: {}", shown(seen_in), shown(place))
}

/// Text in which nothing is a placeholder (3.11.5) or a link (3.11.6).
fn escaped(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}").replace("](", "]\\(")
}
