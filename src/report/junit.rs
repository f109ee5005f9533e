//! JUnit XML for CI systems: failure, error and skipped kept apart; a suite per direction, a case per scenario.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    path::PathBuf,
};

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::{Failure, Paint, Report, block, counted, failures, shown, way};
use crate::{
    evidence::Direction,
    norm::AsOf,
    results::{Cell, CellOutcome, Closing, Ending, Event, Strictness, Totals},
};

/// Writes the file when the run is over.
pub struct Junit {
    path: PathBuf,
    strictness: Strictness,
    as_of: AsOf,
    cases: BTreeMap<(Direction, String), TestCase>,
}

impl Junit {
    /// A file at `path`, replaced as a whole.
    pub fn at(path: PathBuf) -> Self {
        Self { path, strictness: Strictness::default(), as_of: AsOf::default(), cases: BTreeMap::new() }
    }

    fn case(&self, cell: &Cell) -> TestCase {
        let failures = failures(cell);
        let told =
            |failures: &[&Failure]| failures.iter().map(|failure| block(failure, Paint::Plain, [])).collect::<String>();
        let (heavy, light): (Vec<_>, Vec<_>) =
            failures.iter().partition(|failure| failure.severity.fails(self.strictness));
        let status = match &cell.outcome {
            CellOutcome::Passed => TestCaseStatus::success(),
            CellOutcome::Skipped(reason) => {
                let mut status = TestCaseStatus::skipped();
                status.set_message(shown(reason));
                status
            }
            CellOutcome::Failed => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                if let Some(first) = heavy.first() {
                    status.set_type(first.severity.word()).set_message(summary(first, heavy.len()));
                }
                status.set_description(told(&heavy));
                status
            }
            CellOutcome::Error(reason) => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
                status.set_type("error").set_message(shown(reason)).set_description(told(&heavy));
                status
            }
        };
        let mut case = TestCase::new(&cell.scenario, status);
        case.set_classname(way(&cell.direction)).set_time(cell.took);
        let remarks = cell.choices.iter().chain(&cell.notes).map(|remark| format!("{}\n", shown(remark)));
        let out: String = remarks.chain([told(&light)]).collect();
        if !out.is_empty() {
            case.set_system_out(out);
        }
        case
    }

    fn write(&mut self, closing: &Closing) -> io::Result<()> {
        let mut name = match closing.ending {
            Ending::Complete => env!("CARGO_PKG_NAME").to_owned(),
            Ending::FailFast => concat!(env!("CARGO_PKG_NAME"), " (stopped at the first failure)").to_owned(),
            Ending::Interrupted => concat!(env!("CARGO_PKG_NAME"), " (interrupted, incomplete)").to_owned(),
        };
        if self.as_of != AsOf::Latest {
            let not_in_force = match &closing.totals {
                Totals::Plays(tally) => &tally.not_in_force,
                Totals::Check(tally) => &tally.not_in_force,
            };
            let rules = counted(not_in_force.len(), "rule");
            name.extend([format!(" (as of {}: {rules} not in force)", self.as_of)]);
        }
        let mut suites: BTreeMap<Direction, TestSuite> = BTreeMap::new();
        for ((direction, _), case) in std::mem::take(&mut self.cases) {
            let suite = suites.entry(direction).or_insert_with_key(|direction| TestSuite::new(way(direction)));
            suite.add_test_case(case);
        }
        let mut report = quick_junit::Report::new(name);
        report.add_test_suites(suites.into_values());
        let text = report.to_string().map_err(io::Error::other)?;
        let mut file = fs::File::create(&self.path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }
}

impl Report for Junit {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Opened(opening) => (self.strictness, self.as_of) = (opening.strictness, opening.as_of),
            Event::Finished(cell) => {
                let case = self.case(cell);
                self.cases.insert((cell.direction.clone(), cell.scenario.clone()), case);
            }
            Event::Closed(closing) => return self.write(closing),
            _ => {}
        }
        Ok(())
    }
}

fn summary(first: &Failure, of: usize) -> String {
    let more = if of > 1 { format!(" (and {} more)", of - 1) } else { String::new() };
    format!("{}: expected {}; found {}{more}", shown(&first.id), shown(&first.expected), shown(&first.found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    fn written() -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("junit.xml");
        let mut junit = Junit::at(path.clone());
        for event in samples::run() {
            junit.event(&event).unwrap();
        }
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn failure_error_and_skipped_are_kept_apart_and_counted() {
        let xml = written();
        let xml = roxmltree::Document::parse(&xml).unwrap();
        let count = |name: &str| xml.descendants().filter(|node| node.has_tag_name(name)).count();
        assert_eq!(["testcase", "failure", "error", "skipped"].map(count), [5, 1, 1, 1]);
        let root = xml.root_element();
        assert_eq!(["tests", "failures", "errors"].map(|name| root.attribute(name).unwrap()), ["5", "1", "1"]);
        assert!(root.attribute("name").unwrap().contains("interrupted"));
    }

    #[test]
    fn hostile_text_stays_text() {
        let text = written();
        let xml = roxmltree::Document::parse(&text).unwrap();
        assert_eq!(xml.descendants().filter(|node| node.has_tag_name("script")).count(), 0);
        let failure = xml.descendants().find(|node| node.has_tag_name("failure")).unwrap();
        assert!(
            failure
                .text()
                .unwrap()
                .contains(r"</failure>]]>&\u{1b}[31mred\u{1b}[0m\u{202e}txt.exe\u{9b}2J\u{0}\r\n\u{ffff}<script>")
        );
        assert!(failure.attribute("message").unwrap().contains("nothing"));
    }
}
