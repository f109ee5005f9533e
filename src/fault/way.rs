//! Edits of the way of a message: lost, sent again, late, delivered elsewhere.

use std::{borrow::Cow, collections::BTreeSet};

use jiff::SignedDuration;

use crate::{
    directory::Directory,
    evidence::{Evidence, Observation, Party, Seen, View, Watch},
    message::Message,
};

use super::{
    CopyEdit, Edit, FaultError, HeaderEdit,
    alter::{Signers, alter},
    span,
};

pub(super) fn way(
    copies: &[usize],
    edit: &CopyEdit,
    evidence: &mut Evidence,
    signers: Signers<'_>,
) -> Result<(), FaultError> {
    let named = |observation: &&Observation| copies.contains(&observation.id);
    let mut again: Vec<Observation> = evidence.observations.iter().filter(named).cloned().collect();
    let changed = evidence.observations.iter_mut().filter(|observation| copies.contains(&observation.id));
    match edit {
        CopyEdit::Drop => evidence.observations.retain(|observation| !copies.contains(&observation.id)),
        CopyEdit::Lose => evidence.observations.retain(|observation| {
            !copies.contains(&observation.id) || !matches!(observation.seen, Seen::Mailbox { .. })
        }),
        CopyEdit::Repeat => add(evidence, again),
        CopyEdit::Alone => {
            let mut file = again.swap_remove(0);
            file.seen = Seen::File { path: "message.eml".into() };
            (file.path, file.dialogue) = (None, None);
            evidence.observations = vec![file];
            evidence.dialogues.clear();
            evidence.logs.clear();
            evidence.gateways.clear();
            evidence.watch = Watch::default();
        }
        CopyEdit::Files(views) => as_files(evidence, views),
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
        CopyEdit::Unwrap => {
            for observation in changed.filter(|observation| matches!(observation.seen, Seen::Mailbox { .. })) {
                let message = Message::read(observation.bytes.clone()).ok();
                let inside = message.as_ref().and_then(Message::original).map(Cow::into_owned);
                let inside = inside.ok_or_else(|| FaultError::Missing("a message inside".to_owned()))?;
                observation.bytes = inside.into();
            }
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

/// Leaves of evidence what lies in the mailboxes of these views, as files: all that somebody has who saw no wire.
pub fn as_files(evidence: &mut Evidence, views: &[View]) {
    let directories = evidence.directories.iter().filter_map(|version| Directory::read(&version.ldif).ok());
    let service: BTreeSet<String> = directories
        .flat_map(|directory| directory.providers)
        .map(|provider| provider.mail_receipt.to_ascii_lowercase())
        .collect();
    let submitted = evidence.observations.iter().filter(|seen| matches!(seen.seen, Seen::Submitted { .. }));
    let senders: BTreeSet<String> =
        submitted.filter_map(|seen| Some(seen.path.as_ref()?.from.to_ascii_lowercase())).collect();
    let shown_by = |address: &str| {
        let address = address.to_ascii_lowercase();
        if service.contains(&address) {
            View::Service
        } else if senders.contains(&address) {
            View::Sender
        } else {
            View::Recipient
        }
    };
    evidence.observations.retain(|observation| match &observation.seen {
        Seen::Mailbox { address, .. } => views.contains(&shown_by(address)),
        _ => false,
    });
    for observation in &mut evidence.observations {
        observation.seen = Seen::File { path: format!("{:03}.eml", observation.id) };
        observation.producer = Party::Undetermined;
        (observation.path, observation.dialogue, observation.name) = (None, None, None);
    }
    evidence.dialogues.clear();
    evidence.logs.clear();
    evidence.gateways.clear();
    evidence.watch = evidence.ended.map(|ended| Watch::of(views.iter().copied(), ended)).unwrap_or_default();
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
