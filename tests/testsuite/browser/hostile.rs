//! A report of a run in which everything that may come from outside means harm.

use std::{collections::BTreeMap, fs::File, path::Path, sync::Arc, time::Duration};

use pec_conformance::{
    evidence::{
        Dialogue, DialogueLine, Direction, Evidence, GatewayFacts, Observation, Party, Role, Seen, Service, SmtpPath,
        Speaker,
    },
    norm::AsOf,
    report::{Html, Report as _, RuleSet},
    results::{
        Asked, Cause, Cell, CellOutcome, Closing, Ending, Event, Opening, PlayTally, Strictness, Totals, Trouble,
        Unmet, Work,
    },
    rules::{self, Finding, Judgement, Outcome, Verdict},
};

/// What a page could take for its own.
pub const HARM: &str = "\"'><img src=x onerror=\"window.harmed=1\"></pre></code></section></style><!--]]>\
                    </script><script>window.harmed=1</script><a href=\"javascript:alert(1)\" style=\"x\">\
                    {{7*7}}${alert(1)}\x1b[2J\u{202e}\u{9b}\0\u{2028}&lt;\u{ffff}";

/// Writes the report, of so many plays as are planned, of a sender of this name.
pub fn write(path: &Path, planned: usize, sender: &str) {
    let direction = Direction::new(sender, "bravo");
    let opening = Opening {
        started: "2026-11-02T08:30:00Z".parse().unwrap(),
        work: Work::Plays { planned, directions: vec![direction.clone()], part: None, asked: Asked::default() },
        strictness: Strictness::Violations,
        as_of: AsOf::Latest,
    };
    let trouble = Trouble { cause: Cause::Infrastructure, what: HARM.to_owned() };
    let cells = [
        cell("delivery/failed", &direction, CellOutcome::Failed),
        cell("delivery/hung", &direction, CellOutcome::Error(trouble)),
    ];
    let mut tally = PlayTally::new(planned, rules::all(), AsOf::Latest);
    for cell in &cells {
        tally.count(cell);
    }
    let closing = Closing {
        totals: Totals::Plays(tally),
        ending: Ending::Interrupted,
        exit: (3, HARM.to_owned()),
        known: None,
        took: Duration::from_secs(1),
    };
    let folder = path.parent().unwrap().to_owned();
    let mut page = Html::new(File::create(path).unwrap(), folder, RuleSet::of(rules::all()));
    page.event(&Event::Opened(opening)).unwrap();
    for cell in cells {
        page.event(&Event::Finished(Box::new(cell))).unwrap();
    }
    page.event(&Event::Closed(Box::new(closing))).unwrap();
}

fn cell(scenario: &str, direction: &Direction, outcome: CellOutcome) -> Cell {
    let rule = rules::all().next().unwrap();
    let verdict = Verdict {
        rule,
        subject: HARM.to_owned(),
        observation: Some(1),
        kind: None,
        blame: Party::Sender,
        provider: Some(HARM.to_owned()),
        outcome: Outcome::Fail(vec![Finding::new(HARM, HARM, "header Subject").at_offset(3)]),
    };
    let unmet = Unmet {
        at: format!("scenarios/{HARM}.yaml:1"),
        expected: HARM.to_owned(),
        found: HARM.to_owned(),
        blame: Party::Sender,
        clauses: vec![],
        observations: vec![1],
    };
    Cell {
        scenario: scenario.to_owned(),
        title: HARM.to_owned(),
        direction: direction.clone(),
        clauses: vec![],
        outcome,
        unmet: vec![unmet],
        judgement: Judgement {
            verdicts: vec![verdict],
            applied: BTreeMap::from([(rule.id, 1)]),
            ..Judgement::default()
        },
        observed: evidence(direction),
        choices: vec![HARM.to_owned()],
        notes: vec![HARM.to_owned()],
        // The tale spells what acts itself.
        story: format!(
            "title\n\n{0} arrives\n  Subject: {0}\n",
            HARM.replace(|c: char| !(' '..='~').contains(&c), "?")
        ),
        evidence: None,
        took: Duration::from_millis(12),
        known: Arc::default(),
    }
}

fn evidence(direction: &Direction) -> Evidence {
    let facts =
        |target: &str| GatewayFacts { target: target.to_owned(), provider: HARM.to_owned(), ..GatewayFacts::default() };
    let said = |by, text: &str| DialogueLine { by, secured: true, text: text.to_owned() };
    Evidence {
        gateways: [(Role::Sender, facts(&direction.sender)), (Role::Receiver, facts(&direction.receiver))].into(),
        observations: vec![Observation {
            id: 1,
            bytes: format!("Subject: {HARM}\r\nX-Ricevuta: {HARM}\r\n\r\n{HARM}").into_bytes().into(),
            seen: Seen::Mailbox { at: Party::Sender, address: HARM.to_owned() },
            at: "2026-03-02T08:30:00Z".parse().unwrap(),
            path: Some(SmtpPath { from: HARM.to_owned(), to: vec![HARM.to_owned()] }),
            producer: Party::Harness,
            name: Some(HARM.to_owned()),
            dialogue: None,
        }],
        dialogues: vec![Dialogue {
            from: Party::Harness,
            to: Party::Sender,
            service: Service::Submission,
            tls: Some(HARM.to_owned()),
            lines: vec![said(Speaker::Client, HARM), said(Speaker::Server, &format!("550 {HARM}"))],
        }],
        ..Evidence::default()
    }
}
