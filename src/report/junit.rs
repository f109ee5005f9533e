//! JUnit XML for CI systems: failure, error and skipped kept apart. Of a run a suite per direction, a case per scenario; of a
//! check a case for each thing and each submission, in suites of bounded size that are written as they fill.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Write},
    path::PathBuf,
};

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::{Failure, Report, Style, Subject, block, counted, declared_line, failures, shown};
use crate::{
    evidence::Direction,
    known::{Reckoning, Standing},
    language::Language,
    norm::AsOf,
    results::{Cell, CellOutcome, Closing, Ending, Event, Strictness, Totals, Work},
};

/// Cases of a check in a suite: what is held before it is written.
const CASES: usize = 500;
/// Findings of a case told one by one: a hostile message has as many as it likes.
const TOLD: usize = 50;

/// Writes the report.
pub struct Junit<W> {
    out: W,
    strictness: Strictness,
    as_of: AsOf,
    cells: BTreeMap<(Direction, String), TestCase>,
    /// Of a check.
    suite: Option<Suite>,
}

/// A suite of a check, filling up.
struct Suite {
    number: usize,
    cases: Vec<TestCase>,
}

/// A file that is there only once there is something to write, and then whole: a command that was cut off leaves none.
pub struct LateFile {
    path: PathBuf,
    file: Option<File>,
}

impl LateFile {
    /// At a path, replaced.
    pub fn at(path: PathBuf) -> Self {
        Self { path, file: None }
    }
}

impl Write for LateFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(File::create(&self.path)?),
        };
        file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_ref().map_or(Ok(()), File::sync_all)
    }
}

impl<W: Write> Junit<W> {
    /// A report on `out`.
    pub fn new(out: W) -> Self {
        let (strictness, as_of) = (Strictness::default(), AsOf::default());
        Self { out, strictness, as_of, cells: BTreeMap::new(), suite: None }
    }

    /// A case with what was found in it.
    fn case(&self, class: &str, name: &str, status: TestCaseStatus, failures: &[Failure]) -> TestCase {
        let mut case = TestCase::new(name, status);
        case.set_classname(class);
        let light = failures.iter().filter(|failure| !failure.severity.fails(self.strictness));
        let out = told(light);
        if !out.is_empty() {
            case.set_system_out(out);
        }
        case
    }

    /// Failure where something fails, success else.
    fn status(&self, failures: &[Failure]) -> TestCaseStatus {
        let heavy = || failures.iter().filter(|failure| failure.severity.fails(self.strictness));
        // What nobody declared is told first.
        let first = heavy().find(|failure| failure.declared.is_none()).or_else(|| heavy().next());
        let Some(first) = first else { return TestCaseStatus::success() };
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(first.severity.word()).set_message(summary(first, heavy().count()));
        status.set_description(told(heavy()));
        status
    }

    fn cell(&mut self, cell: &Cell) {
        let failures = failures(cell);
        let status = match &cell.outcome {
            CellOutcome::Passed => TestCaseStatus::success(),
            CellOutcome::Failed => self.status(&failures),
            CellOutcome::Skipped(reason) => skipped(reason),
            CellOutcome::Error(trouble) => {
                let heavy = failures.iter().filter(|failure| failure.severity.fails(self.strictness));
                let mut status = error(&trouble.to_string());
                status.set_description(told(heavy));
                status
            }
        };
        let mut case = self.case(&cell.direction.to_string(), &cell.scenario, status, &failures);
        case.set_time(cell.took);
        let remarks = cell.choices.iter().chain(&cell.notes).map(|remark| format!("{}\n", shown(remark)));
        let light = failures.iter().filter(|failure| !failure.severity.fails(self.strictness));
        let out: String = remarks.chain([told(light)]).collect();
        if !out.is_empty() {
            case.set_system_out(out);
        }
        self.cells.insert((cell.direction.clone(), cell.scenario.clone()), case);
    }

    /// A thing or a submission, judged.
    fn judged(&mut self, class: &str, name: &str, subject: &Subject<'_>) -> io::Result<()> {
        let failures: Vec<Failure> = subject.failures().collect();
        let status = self.status(&failures);
        let case = self.case(class, &shown(name), status, &failures);
        self.add(case)
    }

    fn add(&mut self, case: TestCase) -> io::Result<()> {
        let Some(suite) = &mut self.suite else { return Ok(()) };
        suite.cases.push(case);
        if suite.cases.len() < CASES { Ok(()) } else { self.write_suite() }
    }

    fn write_suite(&mut self) -> io::Result<()> {
        let Some(Suite { number, cases }) = self.suite.as_mut().filter(|suite| !suite.cases.is_empty()) else {
            return Ok(());
        };
        let mut suite = TestSuite::new(format!("check {number}"));
        suite.add_test_cases(std::mem::take(cases));
        *number += 1;
        self.put(suite)
    }

    /// A suite as it stands in a report. The crate writes whole reports, and at their root what Jenkins' schema does not
    /// know: of one the suite is taken out.
    fn put(&mut self, suite: TestSuite) -> io::Result<()> {
        let mut report = quick_junit::Report::new("");
        report.add_test_suite(suite);
        let text = report.to_string().map_err(io::Error::other)?;
        let start = text.find("<testsuite ").unwrap_or_default();
        let end = text.rfind("</testsuites>").unwrap_or(text.len());
        writeln!(self.out, "    {}", text[start..end].trim_end())
    }

    /// The root; its name is the program's own words.
    fn root(&mut self, name: &str, counts: &str) -> io::Result<()> {
        write!(self.out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{name}\"{counts}>\n")
    }

    fn open(&mut self) -> io::Result<()> {
        self.suite = Some(Suite { number: 1, cases: Vec::new() });
        let name = match self.as_of {
            AsOf::Latest => env!("CARGO_PKG_NAME").to_owned(),
            day @ AsOf::Day(_) => format!("{} (as of {day})", env!("CARGO_PKG_NAME")),
        };
        self.root(&name, "")
    }

    fn close(&mut self, closing: &Closing) -> io::Result<()> {
        let declared = closing.known.as_ref().map(declared_suite).filter(|suite| suite.tests > 0);
        if self.suite.is_some() {
            self.write_suite()?;
            declared.map_or(Ok(()), |suite| self.put(suite))?;
            self.out.write_all(b"</testsuites>\n")?;
            return self.out.flush();
        }
        let mut name = match closing.ending {
            Ending::Complete => env!("CARGO_PKG_NAME").to_owned(),
            Ending::FailFast => concat!(env!("CARGO_PKG_NAME"), " (stopped at the first failure)").to_owned(),
            Ending::Interrupted => concat!(env!("CARGO_PKG_NAME"), " (interrupted, incomplete)").to_owned(),
        };
        if let (Totals::Plays(tally), true) = (&closing.totals, self.as_of != AsOf::Latest) {
            let rules = counted(tally.not_in_force.len(), "rule");
            name.extend([format!(" (as of {}: {rules} not in force)", self.as_of)]);
        }
        let mut suites: BTreeMap<Direction, TestSuite> = BTreeMap::new();
        for ((direction, _), case) in std::mem::take(&mut self.cells) {
            let suite = suites.entry(direction).or_insert_with_key(|direction| TestSuite::new(direction.to_string()));
            suite.add_test_case(case);
        }
        let sum = |count: fn(&TestSuite) -> usize| suites.values().chain(&declared).map(count).sum::<usize>();
        let [tests, failures, errors] =
            [sum(|suite| suite.tests), sum(|suite| suite.failures), sum(|suite| suite.errors)];
        self.root(&name, &format!(" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\""))?;
        suites.into_values().chain(declared).try_for_each(|suite| self.put(suite))?;
        self.out.write_all(b"</testsuites>\n")?;
        self.out.flush()
    }
}

impl<W: Write> Report for Junit<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Opened(opening) => {
                (self.strictness, self.as_of) = (opening.strictness, opening.as_of);
                if matches!(opening.work, Work::Check { .. }) {
                    self.open()?;
                }
            }
            Event::Finished(cell) => self.cell(cell),
            Event::Reference(checked) => {
                let mut case = TestCase::new(shown(&checked.name), TestCaseStatus::success());
                let failures: Vec<Failure> = Subject::of(checked).failures().collect();
                case.set_classname("what messages are judged by").set_system_out(told(failures.iter()));
                self.add(case)?;
            }
            Event::Checked(checked) => self.judged("checked", &checked.name, &Subject::of(checked))?,
            Event::Submission(submission) => {
                self.judged("submission", &submission.name(), &Subject::of_submission(submission))?;
            }
            Event::Unjudged(it) => {
                let case = self.case("unjudged", &shown(&it.name), error(&it.reason), &[]);
                self.add(case)?;
            }
            Event::LeftOut(it) => {
                let case = self.case("left out", &shown(&it.name), skipped(&it.why), &[]);
                self.add(case)?;
            }
            Event::Closed(closing) => self.close(closing)?,
            Event::Started { .. } | Event::Stopping { .. } => {}
        }
        Ok(())
    }
}

/// A case for each entry of what is declared: one that does not hold fails.
fn declared_suite(reckoning: &Reckoning) -> TestSuite {
    let mut suite = TestSuite::new("declared deviations");
    for entry in &reckoning.entries {
        let status = match entry.standing {
            Standing::Found => TestCaseStatus::success(),
            Standing::NotAsked => skipped("nothing was asked that could show it"),
            standing => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_type("declared deviation").set_message(standing.says());
                status
            }
        };
        let rule = entry.deviation.rule.as_deref().unwrap_or("expectations");
        let name = shown(&format!("{rule} of {}", entry.deviation.subject));
        suite.add_test_case(TestCase::new(name, status));
    }
    suite
}

fn error(reason: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type("error").set_message(shown(reason));
    status
}

fn skipped(reason: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(shown(reason));
    status
}

fn told<'a>(failures: impl Iterator<Item = &'a Failure>) -> String {
    let mut failures = failures;
    let mut text: String = failures.by_ref().take(TOLD).map(|failure| block(failure, Style::FILE, [])).collect();
    let more = failures.count();
    if more > 0 {
        text.extend(["\nand ", &more.to_string(), " more\n"]);
    }
    text
}

fn summary(first: &Failure, of: usize) -> String {
    let more = if of > 1 { format!(" (and {} more)", of - 1) } else { String::new() };
    let declared = match &first.declared {
        Some(deviation) => format!("declared {}: ", declared_line(deviation, Language::English)),
        None => String::new(),
    };
    let (id, expected, found) = (shown(&first.id), shown(&first.expected), shown(&first.found));
    format!("{declared}{id}: expected {expected}; found {found}{more}")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::report::samples;

    fn written() -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("junit.xml");
        let mut junit = Junit::new(LateFile::at(path.clone()));
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
