//! GitLab's code quality report: a JSON array of what was found, each with a fingerprint by which it is known again.

use std::{
    collections::HashSet,
    io::{self, Write},
    path::Path,
};

use serde::Serialize;

use super::{Failure, Report, Subject, failures, sarif::EXPECTATION, shown, uri, write_json};
use crate::{
    hexadecimal::sha256,
    results::{Event, Severity},
};

/// Issues that are told; of more no merge request shows any.
const MOST: usize = 5000;

/// Writes the report, an issue as soon as it is known.
pub struct CodeQuality<W> {
    out: W,
    told: HashSet<String>,
}

/// An issue, as GitLab reads it.
#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

impl<W: Write> CodeQuality<W> {
    /// A report on `out`.
    pub fn new(out: W) -> Self {
        Self { out, told: HashSet::new() }
    }

    /// The same rule broken by the same party in the same place is one issue, however often.
    fn issue(&mut self, failure: &Failure, place: &str, file: &str) -> io::Result<()> {
        // An expectation of a scenario is called after its place there.
        let (check_name, path, begin) = match failure.id.rsplit_once(':').map(|(file, line)| (file, line.parse())) {
            Some((file, Ok(line))) => (EXPECTATION, file, line),
            _ => (&*failure.id, file, failure.excerpt.as_ref().map_or(1, |excerpt| excerpt.line)),
        };
        let blame = failure.blame.to_string();
        let same = serde_json::json!([failure.id, blame, place, path]).to_string();
        let fingerprint = sha256(same.as_bytes());
        if self.told.len() >= MOST || !self.told.insert(fingerprint.clone()) {
            return Ok(());
        }
        let told = failure.told_blame().map(|blame| format!(" to blame: {};", shown(&blame))).unwrap_or_default();
        let description = format!(
            "{} Expected {}; found {};{told} in {}.",
            failure.question,
            shown(&failure.expected),
            shown(&failure.found),
            shown(place)
        );
        let severity = match failure.severity {
            Severity::Broken => "critical",
            Severity::Unmet | Severity::Violation => "major",
            Severity::Warning => "minor",
            Severity::Note | Severity::Untold => "info",
        };
        let location = Location { path: uri(Path::new(path)), lines: Lines { begin } };
        let issue = Issue { description, check_name: check_name.to_owned(), fingerprint, severity, location };
        self.out.write_all(if self.told.len() > 1 { b",\n" } else { b"" })?;
        write_json(&mut self.out, &issue)
    }
}

impl<W: Write> Report for CodeQuality<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Opened(_) => self.out.write_all(b"["),
            Event::Finished(cell) => {
                let (place, file) =
                    (format!("{} {}", cell.scenario, cell.direction), format!("scenarios/{}.yaml", cell.scenario));
                failures(cell).iter().try_for_each(|failure| self.issue(failure, &place, &file))
            }
            Event::Checked(checked) => {
                let file = crate::shown::path_text(&checked.path);
                Subject::of(checked).failures().try_for_each(|failure| self.issue(&failure, &checked.name, &file))
            }
            Event::Submission(page) => {
                // It lies in several files: the first that was seen stands for it.
                let name = page.name();
                let file = page.messages.first().map_or(name.clone(), |seen| seen.name.clone());
                Subject::of_submission(page).failures().try_for_each(|failure| self.issue(&failure, &name, &file))
            }
            Event::Closed(_) => {
                self.out.write_all(b"]\n")?;
                self.out.flush()
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::report::samples;

    fn issues() -> Vec<Value> {
        let mut out = Vec::new();
        let mut report = CodeQuality::new(&mut out);
        for event in samples::run() {
            report.event(&event).unwrap();
        }
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn each_issue_has_what_gitlab_wants_and_the_same_fingerprint_again() {
        let issues = issues();
        assert_eq!(issues.len(), 3, "{issues:#?}");
        for issue in &issues {
            for text in ["description", "check_name", "fingerprint", "severity"] {
                assert!(issue[text].is_string(), "{issue}");
            }
            assert!(issue["location"]["path"] == "scenarios/delivery/complete.yaml", "{issue}");
            assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() > 0, "{issue}");
        }
        let severities: Vec<_> = issues.iter().map(|issue| issue["severity"].as_str().unwrap()).collect();
        assert_eq!(severities, ["major", "major", "minor"]);
        let expectation = &issues[0];
        assert_eq!(
            (&expectation["check_name"], &expectation["location"]["lines"]["begin"]),
            (&"scenario/expectation".into(), &12.into())
        );
        assert_eq!(issues, self::issues());
    }
}
