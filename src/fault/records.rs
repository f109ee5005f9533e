//! Edits of what gateways record: their logs, and the sessions.

use crate::evidence::{DialogueLine, Evidence, LogRecord, Speaker};

use super::{DialogueChange, DialogueEdit, FaultError, LogChange, LogEdit, LogField, span};

pub(super) fn log(edit: &LogEdit, evidence: &mut Evidence) -> Result<(), FaultError> {
    let records = evidence.logs.entry(edit.of).or_default();
    let wanted = |record: &LogRecord| match &edit.event {
        Some(event) => record.event == *event,
        None => !record.generated.is_empty(),
    };
    let mut found = records.iter().enumerate().filter(|(_, record)| wanted(record)).map(|(at, _)| at);
    let at = edit.number.checked_sub(1).and_then(|number| found.nth(number));
    let at = at.ok_or_else(|| {
        FaultError::Missing(format!(
            "a record {} in the {}'s log",
            edit.event.as_deref().unwrap_or("of a generated message"),
            edit.of
        ))
    })?;
    let before = records.clone();
    match &edit.change {
        LogChange::Remove => {
            records.remove(at);
        }
        LogChange::Last => {
            let record = records.remove(at);
            records.push(record);
        }
        LogChange::Again(id) => {
            records.insert(at + 1, LogRecord { generated: vec![id.clone()], ..records[at].clone() });
        }
        LogChange::Delay(by) => {
            let by = span(by)?;
            records[at..].iter_mut().for_each(|record| record.at += by);
        }
        LogChange::Set { field, to } => set(&mut records[at], *field, to)?,
    }
    if *records == before {
        return Err(FaultError::NoChange(format!("{edit:?}")));
    }
    Ok(())
}

fn set(record: &mut LogRecord, field: LogField, to: &str) -> Result<(), FaultError> {
    let list = || to.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect();
    match field {
        LogField::Msgid => record.msgid = Some(to.to_owned()),
        LogField::Identifier => record.identifier = Some(to.to_owned()),
        LogField::At => {
            record.at = to.parse().map_err(|error: jiff::Error| FaultError::Unworkable(error.to_string()))?;
        }
        LogField::Sender => to.clone_into(&mut record.sender),
        LogField::Recipients => record.recipients = list(),
        LogField::Subject => to.clone_into(&mut record.subject),
        LogField::Event => to.clone_into(&mut record.event),
        LogField::Generated => record.generated = list(),
        LogField::Provider => to.clone_into(&mut record.provider),
    }
    Ok(())
}

pub(super) fn dialogues(edit: &DialogueEdit, evidence: &mut Evidence) -> Result<(), FaultError> {
    let before = evidence.dialogues.clone();
    for dialogue in &mut evidence.dialogues {
        if dialogue.service != edit.service || dialogue.to.role() != Some(edit.of) {
            continue;
        }
        let matches =
            |pattern: &str| regex::Regex::new(pattern).map_err(|error| FaultError::Unworkable(error.to_string()));
        match &edit.change {
            DialogueChange::Plain => {
                dialogue.tls = None;
                dialogue.lines.iter_mut().for_each(|line| line.secured = false);
            }
            DialogueChange::Drop(pattern) => {
                let pattern = matches(pattern)?;
                dialogue.lines.retain(|line| !pattern.is_match(&line.text));
            }
            DialogueChange::Insert { before, client, server } => {
                let pattern = matches(before)?;
                let mut lines = dialogue.lines.iter();
                let Some(at) = lines.position(|line| line.by == Speaker::Client && pattern.is_match(&line.text)) else {
                    continue;
                };
                let secured = dialogue.lines[at].secured;
                let line = |by, text: &str| DialogueLine { by, secured, text: text.to_owned() };
                dialogue.lines.splice(at..at, [line(Speaker::Client, client), line(Speaker::Server, server)]);
            }
        }
    }
    if evidence.dialogues == before {
        return Err(FaultError::NoChange(format!("{edit:?}")));
    }
    Ok(())
}
