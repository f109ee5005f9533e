//! Faults in recorded evidence: the deviation made at every place where the message was seen.

use jiff::SignedDuration;

use crate::{
    evidence::{DirectoryVersion, Evidence, Observation, Party, Seen},
    message::{Kind, Message},
};

use super::{
    Another, DirectoryEdit, Edit, Fault, FaultError, GivenCertificate, Replace,
    alter::{Signers, Sought, alter},
    bytes, directory,
    file::{On, Where},
    records::{dialogues, log},
    way::way,
};

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
            evidence.directories.push(DirectoryVersion::from(from, ldif));
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
