//! A test assertion report (TAR) as the European Commission's Interoperability Test Bed reads it from its
//! validators: one XML document with a result, counters, and an item for each thing that there is to say.
//!
//! The counters stand before the items, so these are held, up to a bound; the counters count all.

use std::io::{self, Write};

use jiff::Timestamp;
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event as Xml},
};

use super::{Failure, Report, Subject, clause_line, declared_line, shown};
use crate::{
    language::Language,
    results::{Checked, Closing, Event, Question, Severity, SubmissionPage},
    rules::Answer,
};

/// The namespace of reports.
const NAMESPACE: &str = "http://www.gitb.com/tr/v1/";
/// Items that are told one by one.
const TOLD: usize = 10_000;

/// Writes the report of a check when it is over.
pub struct Gitb<W> {
    out: W,
    started: Timestamp,
    items: Vec<Item>,
    counted: [usize; 3],
}

/// How heavy an item is, as the format knows it; its number counts it.
#[derive(Clone, Copy)]
enum Weight {
    Info,
    Warning,
    Error,
}

impl Weight {
    fn element(self) -> &'static str {
        match self {
            Weight::Info => "info",
            Weight::Warning => "warning",
            Weight::Error => "error",
        }
    }
}

impl From<Severity> for Weight {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Unmet | Severity::Violation => Weight::Error,
            // A rule that broke is no statement about anybody, and yet nothing to pass over.
            Severity::Broken | Severity::Warning => Weight::Warning,
            Severity::Untold | Severity::Note => Weight::Info,
        }
    }
}

/// Something that there is to say; the fields are named as the format names them.
struct Item {
    weight: Weight,
    assertion_id: String,
    description: String,
    location: String,
    test: String,
    kind: &'static str,
    value: String,
}

impl<W: Write> Gitb<W> {
    /// A report on `out`.
    pub fn new(out: W) -> Self {
        Self { out, started: Timestamp::UNIX_EPOCH, items: Vec::new(), counted: [0; 3] }
    }

    fn add(&mut self, weight: Weight, item: impl FnOnce() -> Item) {
        self.counted[weight as usize] += 1;
        if self.items.len() < TOLD {
            self.items.push(item());
        }
    }

    fn checked(&mut self, checked: &Checked) {
        if let Some(alone) = &checked.lone {
            let answers = &alone.answers;
            for (question, answer) in [
                (Question::Intact, &answers.intact),
                (Question::Origin, &answers.origin),
                (Question::Form, &answers.form),
            ] {
                self.answer(question, answer, &checked.name);
            }
        }
        for failure in Subject::of(checked).failures() {
            let weight = failure.severity.into();
            self.add(weight, || finding(&failure, weight, &checked.name));
        }
    }

    fn submission(&mut self, submission: &SubmissionPage) {
        let name = submission.name();
        self.answer(Question::Complete, &submission.complete, &name);
        for failure in Subject::of_submission(submission).failures() {
            let weight = failure.severity.into();
            self.add(weight, || finding(&failure, weight, &name));
        }
    }

    /// An answer fails nothing by itself: what is wrong is told by what was found.
    fn answer(&mut self, question: Question, answer: &Answer, name: &str) {
        self.add(Weight::Info, || {
            let value = match answer {
                Answer::Yes(_) => "yes",
                Answer::No(_) => "no",
                Answer::CannotTell(_) => "cannot tell",
            };
            let why = if answer.why().is_empty() { String::new() } else { format!(": {}", shown(answer.why())) };
            Item {
                weight: Weight::Info,
                assertion_id: question.word().to_owned(),
                description: format!("{}? {value}{why}", question.word()),
                location: shown(name),
                test: String::new(),
                kind: "answer",
                value: value.to_owned(),
            }
        });
    }

    /// Something that was not judged, which is no verdict.
    fn aside(&mut self, weight: Weight, kind: &'static str, name: &str, why: &str) {
        self.add(weight, || Item {
            weight,
            assertion_id: String::new(),
            description: format!("{kind}: {}", shown(why)),
            location: shown(name),
            test: String::new(),
            kind,
            value: String::new(),
        });
    }

    fn close(&mut self, closing: &Closing) -> io::Result<()> {
        let [infos, warnings, errors] = self.counted;
        let (code, meaning) = &closing.exit;
        let result = match code {
            0 if warnings > 0 => "WARNING",
            0 => "SUCCESS",
            1 => "FAILURE",
            _ => "UNDEFINED",
        };
        let more = (infos + warnings + errors).saturating_sub(self.items.len());
        let more = if more > 0 { format!("; {more} more items are counted and not told") } else { String::new() };
        let note = format!("{} (exit code {code}){more}", shown(meaning));
        let items = std::mem::take(&mut self.items);
        let started = self.started.to_string();
        let mut xml = Writer::new_with_indent(&mut self.out, b' ', 1);
        xml.write_event(Xml::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let report = xml.create_element("TestStepReport").with_attributes([
            ("xmlns", NAMESPACE),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            ("xsi:type", "TAR"),
            ("name", env!("CARGO_PKG_NAME")),
        ]);
        report.write_inner_content(|xml| {
            text(xml, "date", &started)?;
            text(xml, "result", result)?;
            xml.create_element("overview").write_inner_content(|xml| {
                text(xml, "profileID", "RFC 6109")?;
                text(xml, "validationServiceName", env!("CARGO_PKG_NAME"))?;
                text(xml, "validationServiceVersion", env!("CARGO_PKG_VERSION"))?;
                text(xml, "note", &note)
            })?;
            xml.create_element("counters").write_inner_content(|xml| {
                // What validators of the test bed call assertions is what is neither error nor warning.
                text(xml, "nrOfAssertions", &infos.to_string())?;
                text(xml, "nrOfErrors", &errors.to_string())?;
                text(xml, "nrOfWarnings", &warnings.to_string())
            })?;
            if !items.is_empty() {
                xml.create_element("reports")
                    .write_inner_content(|xml| items.iter().try_for_each(|item| item.write(xml)))?;
            }
            Ok(())
        })?;
        self.out.write_all(b"\n")?;
        self.out.flush()
    }
}

impl Item {
    fn write<W: Write>(&self, xml: &mut Writer<W>) -> io::Result<()> {
        xml.create_element(self.weight.element()).with_attribute(("xsi:type", "BAR")).write_inner_content(|xml| {
            let fields = [
                ("assertionID", &*self.assertion_id),
                ("description", &self.description),
                ("location", &self.location),
                ("test", &self.test),
                ("type", self.kind),
                ("value", &self.value),
            ];
            fields
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .try_for_each(|(name, value)| text(xml, name, value))
        })?;
        Ok(())
    }
}

impl<W: Write> Report for Gitb<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Opened(opening) => self.started = opening.started,
            Event::Checked(checked) => self.checked(checked),
            Event::Submission(submission) => self.submission(submission),
            // What messages are judged by fails none of them.
            Event::Reference(checked) => {
                for failure in Subject::of(checked).failures() {
                    self.add(Weight::Info, || finding(&failure, Weight::Info, &checked.name));
                }
            }
            Event::Unjudged(it) => self.aside(Weight::Warning, "could not be judged", &it.name, &it.reason),
            Event::LeftOut(it) => self.aside(Weight::Info, "left out", &it.name, &it.why),
            Event::Closed(closing) => return self.close(closing),
            Event::Started { .. } | Event::Finished(_) | Event::Stopping { .. } => {}
        }
        Ok(())
    }
}

fn finding(failure: &Failure, weight: Weight, name: &str) -> Item {
    let (expected, found) = (shown(&failure.expected), shown(&failure.found));
    let mut description = format!("{} Expected {expected}; found {found}.", shown(&failure.question));
    description.extend(failure.consequence.map(|consequence| format!(" {consequence}")));
    description.extend(failure.told_blame().map(|blame| format!(" To blame: {}.", shown(&blame))));
    description.extend(
        failure.declared.as_ref().map(|deviation| format!(" {}.", shown(&declared_line(deviation, Language::English)))),
    );
    let place = if failure.place.is_empty() { name.to_owned() } else { format!("{name}: {}", failure.place) };
    let clauses: Vec<String> = failure.clauses.iter().map(|clause| clause_line(clause, Language::English)).collect();
    Item {
        weight,
        assertion_id: shown(&failure.id),
        description,
        location: shown(&place),
        test: shown(&clauses.join(" ")),
        kind: failure.severity.word(),
        value: found,
    }
}

fn text<W: Write>(xml: &mut Writer<W>, name: &str, text: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(text))?;
    Ok(())
}
