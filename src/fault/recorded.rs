//! Faults in recorded evidence: the deviation made at every place where the message was seen.

use jiff::SignedDuration;

use crate::{
    evidence::{DialogueLine, DirectoryVersion, Evidence, LogRecord, Observation, Party, Seen, Speaker},
    message::{Kind, Message},
    smime::{Signature, Signer},
};

use super::{
    Another, CopyEdit, DialogueChange, DialogueEdit, DirectoryEdit, Edit, Fault, FaultError, GivenCertificate,
    HeaderEdit, LogChange, LogEdit, LogField, Replace, apply, bytes, directory,
    file::{On, Where, role},
    span,
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
pub fn apply_to_evidence(fault: &Fault, evidence: &Evidence, signers: Signers<'_>) -> Result<Evidence, FaultError> {
    let fault = fault.cast(evidence)?;
    // An edit may change what the message is known by: which one is meant is asked once.
    let copies = match &fault.on.message {
        Some(_) => ids(&fault.on, evidence)?,
        None => Vec::new(),
    };
    let mut edited = evidence.clone();
    for edit in std::iter::once(&fault.edit).chain(&fault.also) {
        make(edit, &copies, &mut edited, signers)?;
    }
    Ok(edited)
}

/// The keys at hand.
type Signers<'a> = &'a dyn Fn(Sought<'_>) -> Option<Signer>;

fn make(edit: &Edit, copies: &[usize], evidence: &mut Evidence, signers: Signers<'_>) -> Result<(), FaultError> {
    let of_a_message = matches!(
        edit,
        Edit::Header(_) | Edit::Daticert(_) | Edit::Text(_) | Edit::Part(_) | Edit::Signature(_) | Edit::Copy(_)
    );
    if of_a_message && copies.is_empty() {
        return Err(FaultError::Missing("a kind of message in `on`".to_owned()));
    }
    match edit {
        Edit::Copy(edit) => way(copies, edit, evidence, signers),
        Edit::Log(edit) => log(edit, evidence),
        Edit::Dialogue(edit) => dialogues(edit, evidence),
        Edit::Directory(edit @ DirectoryEdit::OwnFile { .. }) => {
            let last = evidence.directories.last().ok_or_else(|| FaultError::Missing("a directory".to_owned()))?;
            let over = evidence.ended.into_iter().chain(evidence.observations.iter().map(|seen| seen.at)).max();
            let from = over.unwrap_or(last.from) + SignedDuration::from_secs(1);
            let ldif = directory::edit(&last.ldif, edit, from, signers)?;
            evidence.directories.push(DirectoryVersion { from, ldif });
            Ok(())
        }
        Edit::Directory(edit) => {
            for version in &mut evidence.directories {
                version.ldif = directory::edit(&version.ldif, edit, version.from, signers)?;
            }
            Ok(())
        }
        Edit::Certificate(GivenCertificate { id, but }) => {
            let signer = signers(Sought::Id(id));
            let der = signer.ok_or_else(|| FaultError::Missing(format!("a certificate {id}")))?.certificate;
            let der = but.as_ref().map_or_else(|| Ok(der.clone()), |but| bytes::replace(&der, but))?;
            evidence.certificates.push(der);
            Ok(())
        }
        Edit::Another(Another { message, concerning, edit }) => {
            let on = On {
                scenario: String::new(),
                message: Some(*message),
                concerning: concerning.clone(),
                number: 1,
                sightings: Where::Everywhere,
            };
            let copies = ids(&on, evidence)?;
            make(edit, &copies, evidence, signers)
        }
        Edit::Submission(replace) => submission(replace, evidence),
        _ => {
            for observation in evidence.observations.iter_mut().filter(|seen| copies.contains(&seen.id)) {
                alter(edit, observation, signers)?;
            }
            Ok(())
        }
    }
}

fn alter(edit: &Edit, observation: &mut Observation, signers: Signers<'_>) -> Result<(), FaultError> {
    let signer = signer(edit, observation, signers);
    observation.bytes = apply(edit, &observation.bytes, signer.as_ref(), observation.at)?.into();
    Ok(())
}

/// The first submission in which the pattern is found.
fn submission(replace: &Replace, evidence: &mut Evidence) -> Result<(), FaultError> {
    let mut submitted =
        evidence.observations.iter_mut().filter(|observation| matches!(observation.seen, Seen::Submitted { .. }));
    let wanted = submitted.find(|observation| bytes::find(&observation.bytes, &replace.pattern).is_ok());
    let wanted = wanted.ok_or_else(|| FaultError::Missing(format!("a submission with {:?}", replace.pattern)))?;
    wanted.bytes = bytes::replace(&wanted.bytes, replace)?.into();
    Ok(())
}

/// Who makes the fault: whoever composed the edited message, or stored it where mailboxes alone are edited; whose log or
/// sessions they are. A fault of the directory is nobody's.
pub fn culprit(fault: &Fault, evidence: &Evidence) -> Result<Option<Party>, FaultError> {
    let fault = fault.cast(evidence)?;
    Ok(match &fault.edit {
        Edit::Log(edit) => Some(edit.of.into()),
        Edit::Dialogue(edit) => Some(edit.of.into()),
        _ if fault.on.message.is_none() => None,
        _ => copies(&fault.on, evidence)?.first().map(|&at| evidence.observations[at].producer),
    })
}

fn signer(edit: &Edit, observation: &Observation, signers: Signers<'_>) -> Option<Signer> {
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

/// The observations of the message that a fault is about, by id.
fn ids(on: &On, evidence: &Evidence) -> Result<Vec<usize>, FaultError> {
    Ok(copies(on, evidence)?.into_iter().map(|at| evidence.observations[at].id).collect())
}

/// The same as indices.
fn copies(on: &On, evidence: &Evidence) -> Result<Vec<usize>, FaultError> {
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

fn way(copies: &[usize], edit: &CopyEdit, evidence: &mut Evidence, signers: Signers<'_>) -> Result<(), FaultError> {
    let named = |observation: &&Observation| copies.contains(&observation.id);
    let mut again: Vec<Observation> = evidence.observations.iter().filter(named).cloned().collect();
    let changed = evidence.observations.iter_mut().filter(|observation| copies.contains(&observation.id));
    match edit {
        CopyEdit::Drop => evidence.observations.retain(|observation| !copies.contains(&observation.id)),
        CopyEdit::Repeat => add(evidence, again),
        CopyEdit::Alone => {
            let mut file = again.swap_remove(0);
            file.seen = Seen::File { path: "message.eml".into() };
            (file.path, file.dialogue) = (None, None);
            evidence.observations = vec![file];
            evidence.dialogues.clear();
            evidence.logs.clear();
            evidence.gateways.clear();
            evidence.complete = false;
        }
        CopyEdit::Again(id) => {
            again.iter_mut().try_for_each(|observation| alter(&message_id(id), observation, signers))?;
            add(evidence, again);
        }
        CopyEdit::AgainBut { id, later, but } => {
            let later = later.as_deref().map_or(Ok(SignedDuration::ZERO), span)?;
            for observation in &mut again {
                observation.at += later;
                alter(&message_id(id), observation, signers)?;
                but.iter().try_for_each(|edit| alter(edit, observation, signers))?;
            }
            add(evidence, again);
        }
        CopyEdit::Delay(by) => {
            let by = span(by)?;
            changed.for_each(|observation| observation.at += by);
        }
        CopyEdit::Deliver(to) => {
            let mut stored = again.swap_remove(0);
            let at = if let Seen::Wire { to, .. } = stored.seen { to } else { stored.producer };
            stored.seen = Seen::Mailbox { at, address: to.clone() };
            (stored.producer, stored.path, stored.dialogue) = (at, None, None);
            add(evidence, vec![stored]);
        }
        CopyEdit::Redirect(to) => changed.for_each(|observation| {
            if let Seen::Mailbox { address, .. } = &mut observation.seen {
                address.clone_from(to);
            }
            if let Some(path) = &mut observation.path {
                path.to = vec![to.clone()];
            }
        }),
        CopyEdit::ReversePath(from) => {
            changed.filter_map(|observation| observation.path.as_mut()).for_each(|path| path.from.clone_from(from));
        }
        CopyEdit::ForwardPaths(to) => {
            changed.filter_map(|observation| observation.path.as_mut()).for_each(|path| path.to.clone_from(to));
        }
    }
    Ok(())
}

fn message_id(id: &str) -> Edit {
    Edit::Header(HeaderEdit::Set { name: "Message-ID".to_owned(), value: format!("<{id}>") })
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
