//! Edits of the way of a message: lost, sent again, late, delivered elsewhere.

use jiff::SignedDuration;

use crate::evidence::{Evidence, Observation, Seen, Watch};

use super::{
    CopyEdit, Edit, FaultError, HeaderEdit,
    recorded::{Signers, alter},
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
