//! Faults in recorded evidence: the deviation made at every place where the message was seen.

use jiff::SignedDuration;

use crate::{
    evidence::{DialogueLine, Evidence, LogRecord, Observation, Party, Seen, Speaker},
    message::{Kind, Message},
    smime::{Signature, Signer},
};

use super::{
    CopyEdit, DialogueChange, DialogueEdit, Edit, Fault, FaultError, HeaderEdit, LogChange, LogEdit, LogField, apply,
    directory,
    file::{Where, role},
};

/// Which key is wanted.
#[derive(Clone, Copy, Debug)]
pub enum Sought<'a> {
    /// That of a certificate of the test PKI, by its id.
    Id(&'a str),
    /// That of a certificate, DER: whoever signed the message.
    Certificate(&'a [u8]),
}

/// The evidence with the fault in it.
pub fn apply_to_evidence(
    fault: &Fault,
    evidence: &Evidence,
    signers: &dyn Fn(Sought<'_>) -> Option<Signer>,
) -> Result<Evidence, FaultError> {
    let fault = fault.cast(evidence)?;
    let mut edited = evidence.clone();
    match &fault.edit {
        Edit::Copy(edit) => way(&fault, edit, &mut edited)?,
        Edit::Log(edit) => log(edit, &mut edited)?,
        Edit::Dialogue(edit) => dialogues(edit, &mut edited)?,
        Edit::Directory(edit) => {
            for version in &mut edited.directories {
                version.ldif = directory::edit(&version.ldif, edit, version.from, signers)?;
            }
        }
        _ => {
            for at in copies(&fault, evidence)? {
                let observation = &mut edited.observations[at];
                let signer = signer(&fault.edit, observation, signers);
                observation.bytes = apply(&fault.edit, &observation.bytes, signer.as_ref(), observation.at)?.into();
            }
        }
    }
    Ok(edited)
}

/// Who makes the fault: whoever composed the edited message, or stored it where mailboxes alone are edited; whose log or
/// sessions they are. A fault of the directory is nobody's.
pub fn culprit(fault: &Fault, evidence: &Evidence) -> Result<Option<Party>, FaultError> {
    let fault = fault.cast(evidence)?;
    Ok(match &fault.edit {
        Edit::Log(edit) => Some(edit.of.into()),
        Edit::Dialogue(edit) => Some(edit.of.into()),
        _ if fault.on.message.is_none() => None,
        _ => copies(&fault, evidence)?.first().map(|&at| evidence.observations[at].producer),
    })
}

fn signer(edit: &Edit, observation: &Observation, signers: &dyn Fn(Sought<'_>) -> Option<Signer>) -> Option<Signer> {
    if let Some(id) = edit.signer() {
        return signers(Sought::Id(id));
    }
    let message = Message::read(observation.bytes.clone()).ok()?;
    let signed = message.signed.as_ref()?;
    let signature = Signature::verify(signed.cms.as_ref()?, message.mail.bytes(&signed.content.span));
    signers(Sought::Certificate(&signature.signer?.der))
}

/// What tells a message from others wherever it is seen.
#[derive(PartialEq, Eq)]
struct Identity {
    kind: Kind,
    message_id: Option<String>,
    named: Vec<String>,
}

impl Identity {
    fn of(observation: &Observation) -> Option<Self> {
        let message = Message::read(observation.bytes.clone()).ok()?;
        let data = message.daticert.as_ref().and_then(|reading| reading.data.as_ref());
        let named = data.map(|data| data.consegna.iter().chain(&data.ricezione).cloned().collect());
        Some(Self {
            kind: message.kind?,
            message_id: message.mail.field("Message-ID"),
            named: named.unwrap_or_default(),
        })
    }
}

/// The observations of the message that a fault is about, as indices.
fn copies(fault: &Fault, evidence: &Evidence) -> Result<Vec<usize>, FaultError> {
    let on = &fault.on;
    let kind = on.message.ok_or_else(|| FaultError::Missing("a kind of message in `on`".to_owned()))?;
    let missing = || FaultError::Missing(format!("a message of kind {} where the fault is made", kind.title()));
    let concerned = |identity: &Identity| match &on.concerning {
        Some(recipient) => identity.named.iter().any(|named| named.eq_ignore_ascii_case(recipient)),
        None => true,
    };
    let found: Vec<(usize, Identity)> = evidence
        .observations
        .iter()
        .enumerate()
        .filter(|(_, observation)| Where::Everywhere.includes(&observation.seen))
        .filter_map(|(at, observation)| Some((at, Identity::of(observation)?)))
        .filter(|(_, identity)| identity.kind == kind && concerned(identity))
        .collect();
    let mut distinct: Vec<&Identity> = Vec::new();
    for (_, identity) in &found {
        if !distinct.contains(&identity) {
            distinct.push(identity);
        }
    }
    let first = *on.number.checked_sub(1).and_then(|at| distinct.get(at)).ok_or_else(missing)?;
    let same = found.iter().filter(|(_, identity)| *identity == *first).map(|(at, _)| *at);
    let copies: Vec<usize> = same.filter(|&at| on.sightings.includes(&evidence.observations[at].seen)).collect();
    if copies.is_empty() { Err(missing()) } else { Ok(copies) }
}

fn way(fault: &Fault, edit: &CopyEdit, evidence: &mut Evidence) -> Result<(), FaultError> {
    let copies = copies(fault, evidence)?;
    let changed: Vec<Observation> = copies.iter().map(|&at| evidence.observations[at].clone()).collect();
    match edit {
        CopyEdit::Drop => {
            let gone: Vec<usize> = changed.iter().map(|observation| observation.id).collect();
            evidence.observations.retain(|observation| !gone.contains(&observation.id));
        }
        CopyEdit::Repeat => add(evidence, changed),
        CopyEdit::Again(id) => add(evidence, with_fields(changed, &[("Message-ID", &format!("<{id}>"))])?),
        CopyEdit::AgainAs { id, receipt } => {
            let fields = [("Message-ID", &*format!("<{id}>")), ("X-Ricevuta", receipt)];
            add(evidence, with_fields(changed, &fields)?);
        }
        CopyEdit::Delay(span) => {
            let span: SignedDuration =
                span.parse().map_err(|error: jiff::Error| FaultError::Unworkable(format!("{span}: {error}")))?;
            for at in copies {
                evidence.observations[at].at += span;
            }
        }
        CopyEdit::Deliver(to) => {
            let mut stored = changed[0].clone();
            let at = if let Seen::Wire { to, .. } = stored.seen { to } else { stored.producer };
            stored.seen = Seen::Mailbox { at, address: to.clone() };
            (stored.producer, stored.path, stored.dialogue) = (at, None, None);
            add(evidence, vec![stored]);
        }
        CopyEdit::Redirect(to) => {
            for at in copies {
                let observation = &mut evidence.observations[at];
                if let Seen::Mailbox { address, .. } = &mut observation.seen {
                    address.clone_from(to);
                }
                if let Some(path) = &mut observation.path {
                    path.to = vec![to.clone()];
                }
            }
        }
        CopyEdit::ReversePath(from) => {
            for at in copies {
                if let Some(path) = &mut evidence.observations[at].path {
                    path.from.clone_from(from);
                }
            }
        }
        CopyEdit::ForwardPaths(to) => {
            for at in copies {
                if let Some(path) = &mut evidence.observations[at].path {
                    path.to.clone_from(to);
                }
            }
        }
    }
    Ok(())
}

/// Sightings with other values in fields that the signature does not cover.
fn with_fields(mut seen: Vec<Observation>, fields: &[(&str, &str)]) -> Result<Vec<Observation>, FaultError> {
    for observation in &mut seen {
        for &(name, value) in fields {
            let edit = Edit::Header(HeaderEdit::Set { name: name.to_owned(), value: value.to_owned() });
            observation.bytes = apply(&edit, &observation.bytes, None, observation.at)?.into();
        }
    }
    Ok(seen)
}

fn add(evidence: &mut Evidence, observations: Vec<Observation>) {
    let mut last = evidence.observations.iter().map(|observation| observation.id).max().unwrap_or(0);
    for mut observation in observations {
        last += 1;
        observation.id = last;
        evidence.observations.push(observation);
    }
}

fn log(edit: &LogEdit, evidence: &mut Evidence) -> Result<(), FaultError> {
    let records = evidence.logs.entry(edit.of).or_default();
    let wanted = |record: &LogRecord| match &edit.event {
        Some(event) => record.event == *event,
        None => !record.generated.is_empty(),
    };
    let at = records.iter().position(wanted);
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

fn dialogues(edit: &DialogueEdit, evidence: &mut Evidence) -> Result<(), FaultError> {
    let before = evidence.dialogues.clone();
    for dialogue in &mut evidence.dialogues {
        if dialogue.service != edit.service || role(dialogue.to) != Some(edit.of) {
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
