//! The providers' logs (RFC 6109 2.3): every generated message recorded, in agreement with it, in order.

use crate::{
    evidence::{LogRecord, Party},
    message::says,
    norm::{Level, clauses::choreography as norm},
};

use crate::rules::{Check, Finding, Findings, LogSubject, Member, Rule, spelling::bare_identifier};

pub static RULES: &[Rule] = &[
    Rule {
        id: "log/generated-recorded",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_3],
        question: "Is every message that the provider generated recorded by its Message-ID?",
        consequence: "The provider cannot prove in thirty months what it sent.",
        check: Check::Log(|subject| Some(recorded(subject))),
    },
    Rule {
        id: "log/record-agrees",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_3, &norm::RFC6109_4_1_SOLE_INSTANT],
        question: "Does the record of a generated message agree with it on the facts of 2.3?",
        consequence: "Log and receipt contradict each other in court.",
        check: Check::Log(|subject| Some(agrees(subject))),
    },
    Rule {
        id: "log/append-order",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_3_PRESERVED],
        question: "Do the log's records follow each other in time?",
        consequence: "It cannot be told whether records were put in or moved afterwards.",
        check: Check::Log(|subject| Some(in_order(subject.records))),
    },
];

fn generated<'a>(subject: &'a LogSubject<'_>) -> impl Iterator<Item = (&'a Member, &'a str)> {
    let role = Party::from(subject.role);
    let facts = subject.transactions.iter().flat_map(|transaction| &transaction.messages);
    facts.filter(move |fact| fact.composer == role).filter_map(|fact| Some((fact, fact.message_id.as_deref()?)))
}

fn record<'a>(subject: &'a LogSubject<'_>, message_id: &str) -> Option<&'a LogRecord> {
    let names =
        |record: &&LogRecord| record.generated.iter().any(|id| bare_identifier(id) == bare_identifier(message_id));
    subject.records.iter().find(names)
}

fn recorded(subject: &LogSubject<'_>) -> Findings {
    let lost = generated(subject).filter(|(_, message_id)| record(subject, message_id).is_none());
    let finding = |(fact, message_id): (&Member, &str)| {
        let expected = format!("a record that names the generated message {message_id}");
        Finding::new(expected, "none", fact.title()).seen_in([fact.observation()])
    };
    lost.map(finding).collect()
}

fn agrees(subject: &LogSubject<'_>) -> Findings {
    let mut findings = Findings::new();
    for (fact, message_id) in generated(subject) {
        let Some(record) = record(subject, message_id) else { continue };
        for (field, expected, found) in disagreements(fact, record) {
            let place = format!("the record of {}: {field}", fact.title());
            findings.push(Finding::new(expected, found, place).seen_in([fact.observation()]));
        }
    }
    findings
}

/// What a record says otherwise. An anomaly envelope certifies nothing, so its record is held against nothing here.
fn disagreements(fact: &Member, record: &LogRecord) -> Vec<(&'static str, String, String)> {
    let data = &fact.data;
    if data.mittente.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut hold = |field, agrees: bool, expected: String, says: String| {
        if !agrees {
            found.push((field, expected, says));
        }
    };
    let optional = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    let same_id =
        |one: &Option<String>, other: &str| one.as_deref().map(bare_identifier) == Some(bare_identifier(other));
    if let Some(msgid) = &data.msgid {
        hold("msgid", same_id(&record.msgid, msgid), msgid.clone(), optional(&record.msgid));
    }
    if let Some(identifier) = &record.identifier {
        let agrees = bare_identifier(identifier) == bare_identifier(&data.identificativo);
        hold("PEC msgid", agrees, data.identificativo.clone(), identifier.clone());
    }
    if let Some(instant) = data.instant() {
        let agrees = record.at.as_second() == instant.as_second();
        hold("date and time", agrees, instant.to_string(), record.at.to_string());
    }
    let agrees = record.sender.eq_ignore_ascii_case(&data.mittente);
    hold("sender", agrees, data.mittente.clone(), record.sender.clone());
    let (expected, logged) = (recipients(fact), list(record.recipients.iter().map(String::as_str)));
    hold("recipients", expected.contains(&logged), expected[0].clone(), logged);
    let subject = data.oggetto.clone().unwrap_or_default();
    hold("subject", says(&record.subject, &subject), subject, record.subject.clone());
    hold("event", !record.event.trim().is_empty(), "the event's type".to_owned(), "nothing".to_owned());
    hold("sending provider", !record.provider.trim().is_empty(), "its name".to_owned(), "nothing".to_owned());
    found
}

/// All recipients of the message, or those the event concerns: a log may hold either.
fn recipients(fact: &Member) -> [String; 2] {
    let all = list(fact.data.destinatari.iter().map(|recipient| recipient.address.as_str()));
    let named = list(fact.named());
    [all.clone(), if named.is_empty() { all } else { named }]
}

fn list<'a>(addresses: impl Iterator<Item = &'a str>) -> String {
    let mut addresses: Vec<String> = addresses.map(str::to_ascii_lowercase).collect();
    addresses.sort();
    addresses.dedup();
    addresses.join(", ")
}

fn in_order(records: &[LogRecord]) -> Findings {
    let pairs = records.iter().zip(records.iter().skip(1)).zip(2..);
    let finding = |((before, after), number): ((&LogRecord, &LogRecord), usize)| {
        let place = format!("record {number} ({})", after.event);
        Finding::new(format!("an instant not before {}", before.at), after.at.to_string(), place)
    };
    pairs.filter(|((before, after), _)| after.at < before.at).map(finding).collect()
}
