//! The judge itself, with rules made for the purpose.

use jiff::Timestamp;

use super::bench::{directory, in_mailbox, instant, on_the_wire, sample};
use crate::{
    directory::export,
    evidence::{DirectoryVersion, Evidence, Observation, Party, Role, Seen, SmtpPath, Watch},
    gateway::compose::Dialect,
    message::{Kind, Message},
    norm::{Level, clauses::choreography as norm},
    rules::{Check, Finding, Judgement, Options, Outcome, Rule, Verdict, all, judge, judge::judge_by},
};

static CLAUSES: &[&crate::norm::Clause] = &[&norm::RFC6109_2_3];

const fn rule(id: &'static str, check: Check) -> Rule {
    Rule { id, level: Level::Must, clauses: CLAUSES, question: "?", consequence: "", check }
}

static PANICS: Rule = rule("test/panics", Check::Transaction(|_, _| panic!("out of order")));
static NEVER: Rule = rule("test/never", Check::Transaction(|_, _| None));
static PASSES: Rule = rule("test/passes", Check::Transaction(|_, _| Some(Vec::new())));
static BLAMES_HARNESS: Rule = rule(
    "test/blames-harness",
    Check::Transaction(|_, _| Some(vec![Finding::new("a", "b", "c").blaming(Party::Harness)])),
);

fn judged(rule: &'static Rule) -> Judgement {
    let bytes = b"From: mario@alfa.example\r\nMessage-ID: <x@client.example>\r\n\r\n".as_slice();
    let observation = crate::evidence::Observation {
        id: 1,
        bytes: bytes.into(),
        seen: Seen::Submitted { to: Role::Sender },
        at: "2026-03-02T08:30:00Z".parse().unwrap(),
        path: Some(SmtpPath { from: "mario@alfa.example".into(), to: vec!["anna@bravo.example".into()] }),
        producer: Party::Harness,
        name: None,
        dialogue: None,
    };
    let evidence = Evidence {
        observations: vec![observation],
        watch: Watch::of_everything(Timestamp::MAX),
        ..Evidence::default()
    };
    judge_by(std::iter::once(rule), &evidence, Options::default())
}

#[test]
fn a_rule_that_panics_is_named_and_is_no_verdict() {
    let judgement = judged(&PANICS);
    let broken: Vec<_> = judgement.broken().map(|verdict| (verdict.rule.id, verdict.outcome.clone())).collect();
    assert_eq!(broken, [("test/panics", Outcome::InternalError("out of order".into()))]);
    assert_eq!(judgement.failed(Level::Must).count(), 0);
    assert!(judgement.applied.is_empty());
}

#[test]
fn a_rule_that_inspected_nothing_was_not_exercised() {
    assert!(judged(&NEVER).applied.is_empty());
    assert_eq!(judged(&PASSES).applied.get("test/passes"), Some(&1));
}

#[test]
fn what_the_harness_answers_for_fails_no_gateway() {
    let judgement = judged(&BLAMES_HARNESS);
    assert_eq!(judgement.failed(Level::Must).count(), 0);
    assert_eq!(judgement.provoked().count(), 1);
}

#[test]
fn a_verdict_cites_what_the_norm_says_of_its_kind_of_message() {
    let cited = |rule: &str, kind| {
        let rule = all().find(|known| known.id == rule).unwrap();
        let outcome = Outcome::Fail(Vec::new());
        let verdict = Verdict {
            rule,
            subject: String::new(),
            observation: None,
            kind,
            blame: Party::Undetermined,
            provider: None,
            outcome,
        };
        verdict.clauses().iter().map(|clause| clause.id).collect::<Vec<_>>()
    };
    assert_eq!(cited("text/subject", Some(Kind::Accettazione)), ["RFC6109-3.1.4-text"]);
    assert_eq!(cited("text/subject", Some(Kind::AvvenutaConsegna)), ["RFC6109-3.3.2.1-text"]);
    assert_eq!(cited("text/subject", None).len(), 11);
    // What is said of every kind stays.
    assert_eq!(cited("daticert/error-description", Some(Kind::ErroreConsegna)), ["RFC6109-4.4-errore-esteso"]);
    // A rule on one kind may rest on a section about another.
    assert_eq!(cited("envelope/receipt-type-of-original", Some(Kind::PostaCertificata)).len(), 1);
}

#[test]
fn what_looks_alike_is_told_apart() {
    let told = |expected: &str, found: &str| {
        let finding = Finding::new(expected, found, "message");
        (finding.expected, finding.found)
    };
    let both = |expected: &str, found: &str| (expected.to_owned(), found.to_owned());
    assert_eq!(told("perch\u{e9}@a", "perche\u{301}@a"), both(r"perch\u{e9}@a", r"perche\u{301}@a"));
    assert_eq!(told("perch\u{e9}@a", "perch\u{e9}@a"), both("perché@a", "perché@a, in octets beyond ASCII"));
    for (expected, found) in [("perché", "perche"), ("one signer", "2"), ("a", "a")] {
        assert_eq!(told(expected, found), both(expected, found));
    }
}

/// One message that lies twice in a mailbox came once: its maker answers for nothing.
#[test]
fn who_stores_a_message_twice_answers_for_it_and_not_who_sent_it() {
    let path = |to: &str| SmtpPath { from: "presa-in-carico@bravo.example".to_owned(), to: vec![to.to_owned()] };
    for (kind, address, rule) in [
        (Kind::AvvenutaConsegna, "mario@alfa.example", "choreography/outcome-repeated"),
        (Kind::PresaInCarico, "ricevute@alfa.example", "choreography/takeover-repeated"),
    ] {
        let message = Message::read(sample(kind, Dialect::Bravo).bytes).unwrap();
        let wire = Observation {
            seen: Seen::Wire { from: Party::Receiver, to: Party::Sender },
            producer: Party::Receiver,
            ..on_the_wire(&message, path(address))
        };
        let stored = |id| Observation {
            id,
            seen: Seen::Mailbox { at: Party::Sender, address: address.to_owned() },
            ..in_mailbox(&message)
        };
        let evidence = Evidence {
            observations: vec![wire, stored(2), stored(3)],
            directories: vec![DirectoryVersion::from(instant(), export::ldif(directory()))],
            ..Evidence::default()
        };
        let judgement = judge(&evidence, &Options::default());
        let found: Vec<_> = judgement.failed(Level::Must).filter(|verdict| verdict.rule.id == rule).collect();
        let blamed: Vec<Party> =
            found.iter().flat_map(|verdict| verdict.outcome.findings()).filter_map(|one| one.blame).collect();
        assert_eq!(blamed, [Party::Sender], "{rule}");
    }
}
