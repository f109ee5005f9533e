//! What went wrong in a cell, told once for every format that people read.

use std::{
    borrow::Cow,
    fmt,
    path::{Path, PathBuf},
};

use super::Excerpt;
use crate::{
    evidence::{Announced, Evidence, Party},
    known::{Deviation, Known},
    language::Language,
    norm::Clause,
    results::{Cell, Checked, Severity, SubmissionPage, Unmet, Weighed, failing, weighed},
    rules::{Finding, Judgement, Location, Span, Spot, Verdict},
};

/// Something that went wrong, as a page for someone who has not seen it before. Texts are as found: escape them to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// How heavy.
    pub severity: Severity,
    /// The rule's id, or the place in the scenario: `scenarios/delivery/complete.yaml:12`.
    pub id: String,
    /// What was asked, in one line.
    pub question: String,
    /// What it rests on.
    pub clauses: Vec<&'static Clause>,
    /// What should be.
    pub expected: String,
    /// What is.
    pub found: String,
    /// Where: message, header, part, XML path; empty where the id says it.
    pub place: String,
    /// The line of the message that it is about.
    pub excerpt: Option<Excerpt>,
    /// The bytes of the message that it is about.
    pub span: Option<Span>,
    /// How often it was found, the same each time.
    pub times: usize,
    /// Who answers for it.
    pub blame: Blamed,
    /// Whether sides were playing, of which one may be to blame: else that nobody can be told is no news.
    pub has_sides: bool,
    /// What goes wrong because of it.
    pub consequence: Option<&'static str>,
    /// The file that shows it.
    pub evidence: Option<PathBuf>,
    /// The entry that declares it, which makes it no less a failure.
    pub declared: Option<Deviation>,
}

/// Who answers for something: `flawed, as receiver`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Blamed {
    /// By role.
    pub party: Party,
    /// By name: the target that plays the role, or the provider that signed or is listed.
    pub name: Option<String>,
}

impl Failure {
    /// What should be, in a language: in the words of the scenario where that expected it, else of a rule.
    pub fn told_expected(&self, language: Language) -> Cow<'_, str> {
        if self.severity == Severity::Unmet { language.tale(&self.expected) } else { language.phrase(&self.expected) }
    }

    /// What is, in a language.
    pub fn told_found(&self, language: Language) -> Cow<'_, str> {
        if self.severity == Severity::Unmet { language.tale(&self.found) } else { language.found(&self.found) }
    }

    /// Who is to blame, in words, where there is anything to say about it.
    pub fn told_blame(&self) -> Option<String> {
        let is_told = self.has_sides || self.blame.party != Party::Undetermined || self.blame.name.is_some();
        is_told.then(|| self.blame.to_string())
    }
}

impl fmt::Display for Blamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.party, &self.name) {
            (Party::Posta, _) => f.write_str("posta, the ordinary mail host"),
            (Party::Harness, _) => f.write_str("the harness"),
            (Party::Undetermined, None) => f.write_str("cannot be told from what was seen"),
            (Party::Undetermined, Some(provider)) => f.write_str(provider),
            (party, Some(target)) => write!(f, "{target}, as {party}"),
            (party, None) => party.fmt(f),
        }
    }
}

/// What one body of evidence was judged to be: of a cell, or of a file.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// What was observed.
    pub evidence: &'a Evidence,
    /// Where it lies: the folder of a play's evidence.
    pub folder: Option<&'a Path>,
    /// What the rules said.
    pub judgement: &'a Judgement,
    /// What is declared.
    pub known: &'a Known,
}

/// Everything that went wrong in a cell; the heaviest first.
pub fn failures(cell: &Cell) -> Vec<Failure> {
    let subject = Subject {
        evidence: &cell.observed,
        folder: cell.evidence.as_deref(),
        judgement: &cell.judgement,
        known: &cell.known,
    };
    let unmet = cell.unmet.iter().map(|unmet| subject.unmet(unmet));
    let mut all: Vec<_> = unmet.chain(subject.failures()).collect();
    all.sort_by_key(|failure| failure.severity);
    all
}

/// A clause in one line: id, source where the id does not show it, and wording.
pub fn clause_line(clause: &Clause, language: Language) -> String {
    format!("{} ({}): {}", clause.id, clause.source, language.clause(clause.id, clause.says))
}

impl<'a> Subject<'a> {
    /// What was checked.
    pub fn of(checked: &'a Checked) -> Self {
        let file = checked.evidence.observations.len() <= 1 && checked.evidence.gateways.is_empty();
        Self {
            evidence: &checked.evidence,
            folder: (!file).then_some(&checked.path),
            judgement: &checked.judgement,
            known: &checked.known,
        }
    }

    /// What was put together.
    pub fn of_submission(submission: &'a SubmissionPage) -> Self {
        Self {
            evidence: &submission.evidence,
            folder: None,
            judgement: &submission.judgement,
            known: &submission.known,
        }
    }
}

impl Subject<'_> {
    /// What is not as it should be.
    pub fn failures(&self) -> impl Iterator<Item = Failure> {
        weighed(self.judgement, self.evidence).map(|it| match it {
            Weighed::Found(verdict, finding) => self.finding(verdict, finding),
            Weighed::Broken(verdict, reason) => self.broken(verdict, reason),
            Weighed::Missed(announced) => self.missed(announced),
        })
    }

    fn finding(&self, verdict: &Verdict, finding: &Finding) -> Failure {
        // Of a whole submission the finding knows better which message shows it.
        let observation = finding.observations.first().copied().or(verdict.observation);
        Failure {
            severity: Severity::of(verdict),
            id: verdict.rule.id.to_owned(),
            question: verdict.rule.question.to_owned(),
            clauses: verdict.clauses(),
            expected: finding.expected.clone(),
            found: match finding.times {
                1 => finding.found.clone(),
                times => format!("{} ({times} times)", finding.found),
            },
            place: format!("{}, {}", verdict.subject, finding.at),
            excerpt: observation.zip(pointed_at(&finding.at)).and_then(|(id, span)| self.excerpt(id, span)),
            span: finding.at.span,
            times: finding.times,
            blame: match verdict.answers(finding) {
                (party @ Party::Undetermined, provider) => Blamed { party, name: provider.map(str::to_owned) },
                (party, _) => self.blamed(party),
            },
            has_sides: self.has_sides(),
            consequence: Some(verdict.rule.consequence),
            evidence: self.file(observation),
            declared: self.known.declares(&failing(verdict, finding, self.evidence)).cloned(),
        }
    }

    fn broken(&self, verdict: &Verdict, reason: &str) -> Failure {
        Failure {
            severity: Severity::Broken,
            id: verdict.rule.id.to_owned(),
            question: verdict.rule.question.to_owned(),
            clauses: verdict.clauses(),
            expected: "an answer from the rule".to_owned(),
            found: format!("the rule itself broke: {reason}"),
            place: verdict.subject.clone(),
            excerpt: None,
            span: None,
            times: 1,
            blame: self.blamed(Party::Harness),
            has_sides: self.has_sides(),
            consequence: Some("nothing can be said about this question; please report it"),
            evidence: self.file(verdict.observation),
            declared: None,
        }
    }

    fn missed(&self, announced: &Announced) -> Failure {
        Failure {
            severity: Severity::Unmet,
            id: announced.rule.clone(),
            question: "Is what the scenario made wrong on purpose found again?".to_owned(),
            clauses: Vec::new(),
            expected: "the finding that the scenario announced".to_owned(),
            found: "none".to_owned(),
            place: announced.subject.clone(),
            excerpt: None,
            span: None,
            times: 1,
            blame: self.blamed(Party::Harness),
            has_sides: self.has_sides(),
            consequence: Some("a rule that found it no longer does: what it says elsewhere proves less"),
            evidence: self.file(announced.observation),
            declared: None,
        }
    }

    fn unmet(&self, unmet: &Unmet) -> Failure {
        Failure {
            severity: Severity::Unmet,
            id: unmet.at.clone(),
            question: "Did everything come that the scenario expects, and nothing else?".to_owned(),
            clauses: unmet.clauses.clone(),
            expected: unmet.expected.clone(),
            found: unmet.found.clone(),
            place: String::new(),
            excerpt: None,
            span: None,
            times: 1,
            blame: self.blamed(unmet.blame),
            has_sides: self.has_sides(),
            consequence: None,
            evidence: self.file(unmet.observations.first().copied()),
            declared: self.known.declares(&unmet.failing(self.evidence)).cloned(),
        }
    }

    fn has_sides(&self) -> bool {
        !self.evidence.gateways.is_empty()
    }

    /// The party, with the name of the target that plays its role.
    fn blamed(&self, party: Party) -> Blamed {
        let gateway = party.role().and_then(|role| self.evidence.gateways.get(&role));
        Blamed { party, name: gateway.map(|gateway| gateway.target.clone()) }
    }

    fn excerpt(&self, observation: usize, span: Span) -> Option<Excerpt> {
        let observed = self.evidence.observations.iter().find(|seen| seen.id == observation)?;
        Excerpt::of(&observed.bytes, span)
    }

    /// The file of an observation in the evidence: named after its number. The folder where there is no such file, or no
    /// one message is meant.
    fn file(&self, observation: Option<usize>) -> Option<PathBuf> {
        let folder = self.folder?;
        let number = |id: usize| {
            let prefix = format!("{id:03}-");
            let files = std::fs::read_dir(folder.join("messages")).ok()?.filter_map(Result::ok);
            files
                .map(|file| file.path())
                .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&prefix)))
        };
        Some(observation.and_then(number).unwrap_or_else(|| folder.to_owned()))
    }
}

/// What a line is shown for: not a whole part, whose first line says nothing.
fn pointed_at(at: &Location) -> Option<Span> {
    at.span.filter(|span| !matches!(at.spot, Spot::Part { .. }) || *span == Span::at(span.offset))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{evidence::Direction, report::samples, results::CellOutcome, rules::Outcome};

    fn cell(outcome: Outcome, blame: Party) -> Cell {
        let mut cell = samples::cell("delivery/complete", &Direction::new("alfa", "flawed"), CellOutcome::Failed);
        let subject = "message 1".to_owned();
        cell.judgement.verdicts = vec![Verdict {
            rule: &samples::RULES[0],
            subject,
            observation: Some(1),
            kind: None,
            blame,
            provider: None,
            outcome,
        }];
        cell
    }

    fn wrong() -> Outcome {
        Outcome::Fail(vec![Finding::new("this", "that", "header Subject")])
    }

    #[test]
    fn what_the_harness_made_wrong_is_nobodys_failure() {
        assert_eq!(failures(&cell(wrong(), Party::Harness)), []);
        assert_eq!(failures(&cell(wrong(), Party::Receiver))[0].blame.to_string(), "flawed, as receiver");
    }

    #[test]
    fn what_was_announced_is_no_failure_and_its_absence_is_one() {
        let mut cell = cell(wrong(), Party::Receiver);
        cell.observed.announced = vec![cell.judgement.verdicts[0].announcement()];
        assert_eq!(failures(&cell), []);
        cell.judgement.verdicts.clear();
        let missed = failures(&cell);
        assert_eq!((missed[0].severity, missed[0].id.as_str()), (Severity::Unmet, samples::RULES[0].id));
    }

    #[test]
    fn a_finding_may_blame_another_than_its_subjects_maker() {
        let finding = Finding::new("this", "that", "header Subject").blaming(Party::Sender);
        assert_eq!(
            failures(&cell(Outcome::Fail(vec![finding]), Party::Harness))[0].blame.to_string(),
            "alfa, as sender"
        );
    }

    #[test]
    fn a_rule_that_broke_says_nothing_about_a_gateway() {
        let broken = &failures(&cell(Outcome::InternalError("index out of bounds".into()), Party::Receiver))[0];
        assert_eq!((broken.severity, broken.blame.party), (Severity::Broken, Party::Harness));
        assert!(broken.found.contains("index out of bounds"));
    }

    #[test]
    fn the_file_that_shows_it_is_named_and_else_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let mut cell = cell(wrong(), Party::Receiver);
        cell.evidence = Some(folder.path().to_owned());
        assert_eq!(failures(&cell)[0].evidence.as_deref(), Some(folder.path()));
        std::fs::create_dir(folder.path().join("messages")).unwrap();
        let file = folder.path().join("messages/001-mailbox-sender.eml");
        std::fs::write(&file, "").unwrap();
        assert_eq!(failures(&cell)[0].evidence, Some(file));
    }

    #[test]
    fn an_offset_beyond_the_message_shows_no_line() {
        let finding = Finding::new("this", "that", "header Subject").at_offset(usize::MAX);
        assert_eq!(failures(&cell(Outcome::Fail(vec![finding]), Party::Receiver))[0].excerpt, None);
    }
}
