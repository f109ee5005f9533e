//! A small run made by hand, hostile where a message would be.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use jiff::Timestamp;

use crate::{
    evidence::{Direction, Evidence, GatewayFacts, Observation, Party, Role, Seen},
    norm::{AsOf, Clause, Level, clauses::access::RFC6109_3_1_4_HEADERS},
    results::{
        Asked, Cause, Cell, CellOutcome, CheckTally, Closing, Ending, Event, Missing, Opening, PlayTally, Strictness,
        SubmissionPage, Totals, Trouble, Unmet, Work,
    },
    rules::{Answer, Check, Finding, Judgement, Outcome, Rule, Verdict},
};

/// What a hostile message would have a report show.
pub const HOSTILE: &str = "</failure>]]>&\x1b[31mred\x1b[0m\u{202e}txt.exe\u{9b}2J\0\r\n\u{ffff}<script>";

static CLAUSES: &[&Clause] = &[&RFC6109_3_1_4_HEADERS];

pub static RULES: [Rule; 3] = [
    rule("acceptance/subject-prefix", Level::Must, "Does the Subject of an acceptance begin with `ACCETTAZIONE: `?"),
    rule("text/charset", Level::Should, "Is the readable text in ISO-8859-1?"),
    rule("log/complete", Level::Must, "Does the log hold a record of every event?"),
];

const fn rule(id: &'static str, level: Level, question: &'static str) -> Rule {
    let check = Check::Message(|_, _| Some(Vec::new()));
    Rule { id, level, clauses: CLAUSES, question, consequence: "mail programs do not recognise the notice", check }
}

/// Five of six cells, one of each outcome and one that passed with an announced finding; then interrupted.
pub fn run() -> Vec<Event<'static>> {
    let directions = vec![Direction::new("alfa", "flawed"), Direction::new("flawed", "alfa")];
    let opening = Opening {
        started: "2026-11-02T08:30:00Z".parse().unwrap(),
        work: Work::Plays { planned: 6, directions: directions.clone(), part: None, asked: Asked::default() },
        strictness: Strictness::Violations,
        as_of: AsOf::Latest,
    };
    let hung = Trouble { cause: Cause::Infrastructure, what: format!("the gateway hung: {HOSTILE}") };
    let cells = [
        cell("delivery/complete", &directions[0], CellOutcome::Passed),
        failed(&directions[1]),
        announced(&directions[0]),
        cell("timeout/twelve", &directions[0], CellOutcome::Error(hung)),
        cell("timeout/twelve", &directions[1], CellOutcome::Skipped("flawed cannot move its clock".into())),
    ];
    let mut tally = PlayTally::new(6, &RULES, opening.as_of);
    for cell in &cells {
        tally.count(cell);
    }
    let closing = Closing {
        totals: Totals::Plays(tally),
        ending: Ending::Interrupted,
        exit: (3, "infrastructure".to_owned()),
        known: None,
        took: Duration::from_millis(1500),
    };
    let cells = cells.into_iter().map(|cell| Event::Finished(Box::new(cell)));
    [Event::Opened(opening)].into_iter().chain(cells).chain([Event::Closed(Box::new(closing))]).collect()
}

/// A check from its beginning to its end, in which this is told.
pub fn check<'a>(told: impl IntoIterator<Item = Event<'a>>) -> Vec<Event<'a>> {
    let opening = Opening {
        started: Timestamp::UNIX_EPOCH,
        work: Work::Check { references: Vec::new() },
        strictness: Strictness::Violations,
        as_of: AsOf::Latest,
    };
    let closing = Closing {
        totals: Totals::Check(CheckTally::default()),
        ending: Ending::Complete,
        exit: (0, "no violation found".to_owned()),
        known: None,
        took: Duration::ZERO,
    };
    [Event::Opened(opening)].into_iter().chain(told).chain([Event::Closed(Box::new(closing))]).collect()
}

/// A submission of which nothing was seen, and whether something is missing.
pub fn submission(number: usize, missing: bool) -> Event<'static> {
    let what = "delivery for anna@bravo.example".to_owned();
    let missing = missing.then(|| Missing { what, view: "the sender's mailbox".to_owned() });
    Event::Submission(Box::new(SubmissionPage {
        identifier: Some(format!("opec.{number}@alfa.example\nresult conforming")),
        msgid: None,
        sender: Some("mario@alfa.example".to_owned()),
        subject: None,
        accepted: None,
        recipients: Vec::new(),
        messages: Vec::new(),
        complete: Answer::CannotTell("nobody says whose mailbox this is".to_owned()),
        missing: missing.into_iter().collect(),
        evidence: Evidence::default(),
        judgement: Judgement::default(),
        providers: std::collections::BTreeSet::new(),
        known: Arc::default(),
    }))
}

/// A cell that inspected something.
pub fn cell(scenario: &str, direction: &Direction, outcome: CellOutcome) -> Cell {
    let played = matches!(outcome, CellOutcome::Passed | CellOutcome::Failed);
    let applied = if played { BTreeMap::from([(RULES[0].id, 2)]) } else { BTreeMap::new() };
    Cell {
        scenario: scenario.to_owned(),
        title: "A message crosses two providers".to_owned(),
        direction: direction.clone(),
        clauses: CLAUSES.to_vec(),
        outcome,
        unmet: vec![],
        judgement: Judgement { applied, ..Judgement::default() },
        observed: evidence(direction),
        choices: vec![],
        notes: vec![],
        story: String::new(),
        evidence: Some(PathBuf::from("reports/evidence").join(direction.folder(scenario))),
        took: Duration::from_millis(12),
        known: Arc::default(),
    }
}

/// Broke a rule twice and a rule of lesser level, and owes a message.
fn failed(direction: &Direction) -> Cell {
    let mut cell = cell("delivery/complete", direction, CellOutcome::Failed);
    let subject = Finding::new("a Subject that begins with `ACCETTAZIONE: `", "", "header Subject").at_offset(30);
    let wrong = Finding { found: HOSTILE.to_owned(), ..subject };
    cell.judgement.verdicts = vec![
        verdict(&RULES[0], vec![wrong.clone(), wrong]),
        verdict(&RULES[1], vec![Finding::new("ISO-8859-1", "UTF-8", "text part")]),
    ];
    cell.unmet = vec![Unmet {
        at: "scenarios/delivery/complete.yaml:12".into(),
        expected: "avvenuta-consegna of contract for anna@receiver in mario@sender's mailbox".into(),
        found: "nothing".into(),
        blame: Party::Receiver,
        clauses: CLAUSES.to_vec(),
        observations: vec![1],
    }];
    cell.choices = vec!["the unknown mailbox was refused at RCPT".into()];
    cell
}

/// Passed, with a finding that its scenario announced.
fn announced(direction: &Direction) -> Cell {
    let mut cell = cell("trust/tampered", direction, CellOutcome::Passed);
    cell.judgement.verdicts = vec![verdict(&RULES[0], vec![Finding::new("this", "that", "header Subject")])];
    cell.observed.announced = vec![cell.judgement.verdicts[0].announcement()];
    cell
}

fn verdict(rule: &'static Rule, findings: Vec<Finding>) -> Verdict {
    let subject = "message 1 (acceptance in mario@sender's mailbox)".to_owned();
    let outcome = Outcome::Fail(findings);
    Verdict { rule, subject, observation: Some(1), kind: None, blame: Party::Sender, provider: None, outcome }
}

fn evidence(direction: &Direction) -> Evidence {
    let facts = |target: &str| GatewayFacts {
        target: target.to_owned(),
        provider: "Prova S.p.A.".to_owned(),
        ..GatewayFacts::default()
    };
    let gateways = [(Role::Sender, facts(&direction.sender)), (Role::Receiver, facts(&direction.receiver))].into();
    let observation = Observation {
        id: 1,
        bytes: b"From: <x@y.example>\r\nSubject: Accettazione\x1b[2J\r\n\r\n".as_slice().into(),
        seen: Seen::Mailbox { at: Party::Sender, address: "mario@alfa.example".into() },
        at: "2026-03-02T08:30:00Z".parse().unwrap(),
        path: None,
        producer: Party::Sender,
        name: None,
        dialogue: None,
    };
    Evidence { gateways, observations: vec![observation], ..Evidence::default() }
}
