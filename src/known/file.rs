//! The file: YAML that people write, checked whole before anything starts.

use std::{collections::HashSet, path::Path};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Deviation, Known};
use crate::{
    bounded,
    evidence::Role,
    shown::path_text,
    yaml::{
        self, Problem,
        locate::{Path as Down, Step},
        unknown,
    },
};

/// A file of more bytes is none that people wrote.
const LARGEST: u64 = 1 << 20;
/// Problems told of one file.
const TOLD: usize = 20;

/// Known deviations from the norm: each is marked where it shows, and stays a failure.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What is known.
    deviations: Vec<Entry>,
}

/// What is wrong with whom, why it is left so, who answers for that, and until when.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The rule that fails: `headers/reference`. Without it expectations of the scenarios are meant that are not met.
    rule: Option<String>,
    /// The scenarios in which it does: `[delivery/complete]`. Without them it is expected wherever the rule is asked.
    #[serde(default)]
    scenarios: Vec<String>,
    /// Who deviates: a target's name, a provider's as the directory has it, or `undetermined`.
    subject: String,
    /// In which role, where it does in one only: `sender`, `receiver` or `second-receiver`.
    role: Option<Role>,
    /// Why it is left so.
    reason: String,
    /// Who answers for that: a person, a team, a ticket.
    owner: String,
    /// The last day on which it counts: `2026-12-31`. From the next day on it fails.
    expires: Date,
}

/// What entries may name.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// The ids of all rules.
    pub rules: &'a [&'a str],
    /// The ids of all scenarios.
    pub scenarios: &'a [&'a str],
}

/// Why a file cannot be used. Render it with miette: each problem is drawn with line, column and caret.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("nothing was started: the declared deviations cannot be used")]
pub struct LoadError {
    /// What is wrong.
    #[related]
    pub problems: Vec<Problem>,
}

pub(super) fn read(path: &Path, names: &Names<'_>, today: Date) -> Result<Known, LoadError> {
    let file = path_text(path);
    let text = bounded::read_text(path, LARGEST).map_err(|error| {
        let problem = Problem::of_file(&file, &format!("cannot be read: {error}"));
        LoadError { problems: vec![problem] }
    })?;
    let source = yaml::unmarked(&text);
    let document: Document =
        yaml::read(&file, source, "it has `deviations`, a list, which may be empty: `deviations: []`")
            .map_err(|problems| LoadError { problems })?;
    let known = document.known(&file, source, today);
    let problems = wrong(&document, &file, source, names);
    if problems.is_empty() { Ok(known) } else { Err(LoadError { problems }) }
}

impl Document {
    fn known(&self, file: &str, source: &str, today: Date) -> Known {
        let deviations = self.deviations.iter().map(|entry| Deviation {
            rule: entry.rule.clone(),
            scenarios: entry.scenarios.clone(),
            subject: entry.subject.clone(),
            role: entry.role,
            reason: entry.reason.trim().to_owned(),
            owner: entry.owner.trim().to_owned(),
            expires: entry.expires,
            expired: entry.expires < today,
        });
        Known { file: Some(file.to_owned()), deviations: deviations.collect(), source: source.to_owned() }
    }
}

/// The line that an entry begins on, from 1.
pub(super) fn line(source: &str, at: usize) -> usize {
    yaml::locate::position(source, &at_entry(at)).line
}

fn at_entry(at: usize) -> Down {
    vec!["deviations".into(), at.into()]
}

/// What of the entries names nothing, or says nothing.
fn wrong(document: &Document, file: &str, source: &str, names: &Names<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut told = |at: usize, down: &[Step], message: String| {
        if problems.len() < TOLD {
            let path: Down = at_entry(at).into_iter().chain(down.iter().cloned()).collect();
            problems.push(Problem::at(file, source, &path, message));
        }
    };
    let mut seen = HashSet::new();
    for (at, entry) in document.deviations.iter().enumerate() {
        if let Some(rule) = entry.rule.as_deref().filter(|rule| !names.rules.contains(rule)) {
            told(at, &["rule".into()], unknown("rule", rule, names.rules.iter().copied()));
        }
        if entry.rule.is_none() && entry.scenarios.is_empty() {
            told(at, &[], "an entry names a `rule`, or `scenarios`, or both".to_owned());
        }
        for (item, scenario) in entry.scenarios.iter().enumerate() {
            if !names.scenarios.contains(&scenario.as_str()) {
                let known = names.scenarios.iter().copied();
                told(at, &["scenarios".into(), item.into()], unknown("scenario", scenario, known));
            }
        }
        for (key, text) in [("subject", &entry.subject), ("reason", &entry.reason), ("owner", &entry.owner)] {
            if text.trim().is_empty() {
                told(at, &[key.into()], format!("the {key} is empty: say {}", asked(key)));
            }
        }
        if !seen.insert((&entry.rule, &entry.scenarios, &entry.subject, entry.role)) {
            told(at, &[], "this is declared twice: keep one entry".to_owned());
        }
    }
    problems
}

fn asked(key: &str) -> &'static str {
    match key {
        "subject" => "who deviates",
        "reason" => "why it is left so",
        _ => "who answers for it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: Names<'_> =
        Names { rules: &["headers/reference", "text/when"], scenarios: &["delivery/complete", "virus/detected"] };

    fn read(source: &str) -> Result<Known, Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deviations.yaml");
        std::fs::write(&path, source).unwrap();
        let told = |problem: &Problem| {
            let help = problem.help.clone().unwrap_or_default();
            format!("{}:{}: {} {help}", problem.line, problem.column, problem.message)
        };
        super::read(&path, &NAMES, "2026-06-01".parse().unwrap())
            .map_err(|error| error.problems.iter().map(told).collect())
    }

    const WHOLE: &str = "deviations:\n  - rule: headers/reference\n    subject: acme\n    reason: mended in 4.2\n    \
                         owner: interop@acme.example\n    expires: 2026-05-31\n  - scenarios: [virus/detected]\n    \
                         subject: acme\n    role: receiver\n    reason: no antivirus on staging\n    owner: OPS-12\n    \
                         expires: 2026-06-01\n";

    #[test]
    fn a_day_counts_to_its_end() {
        let known = read(WHOLE).unwrap();
        assert_eq!(known.deviations.iter().map(|it| it.expired).collect::<Vec<_>>(), [true, false]);
        assert_eq!((known.line(0), known.line(1)), (2, 7));
        assert_eq!(read("deviations: []\n").unwrap().deviations, []);
    }

    #[test]
    fn what_names_nothing_or_says_nothing_is_refused_where_it_stands() {
        for (from, to, wanted) in [
            (
                "headers/reference",
                "headers/referense",
                "2:11: unknown rule `headers/referense`; did you mean `headers/reference`?",
            ),
            ("virus/detected", "virus/detect", "7:17: unknown scenario `virus/detect`; did you mean `virus/detected`?"),
            ("mended in 4.2", "\" \"", "4:13: the reason is empty: say why it is left so"),
            ("OPS-12", "''", "11:12: the owner is empty: say who answers for it"),
            (
                "  - rule: headers/reference\n    subject",
                "  - subject",
                "2:5: an entry names a `rule`, or `scenarios`, or both",
            ),
            ("receiver", "reciever", "9:11: unknown word `reciever`"),
            ("2026-05-31", "soon", "6:14: "),
            ("owner: OPS-12", "owners: OPS-12", "11:5: unknown key `owners`"),
            ("    owner: OPS-12\n", "", "7:5: `owner` is missing"),
        ] {
            assert!(WHOLE.contains(from), "{from}");
            let problems = read(&WHOLE.replacen(from, to, 1)).expect_err(wanted);
            assert!(problems.len() == 1 && problems[0].starts_with(wanted), "{wanted}: {problems:?}");
        }
        let twice = WHOLE.to_owned() + WHOLE.split_once("deviations:\n").unwrap().1;
        assert_eq!(read(&twice).unwrap_err().len(), 2);
        for nothing in ["", "- a\n", "a: [", &"[".repeat(5000)] {
            assert_eq!(read(nothing).unwrap_err().len(), 1, "{nothing:.20}");
        }
    }

    #[test]
    fn of_a_file_of_mistakes_a_few_are_told() {
        let entry = "  - {rule: x, subject: '', reason: '', owner: '', expires: 2026-01-01}\n";
        assert_eq!(read(&format!("deviations:\n{}", entry.repeat(100))).unwrap_err().len(), TOLD);
    }
}
