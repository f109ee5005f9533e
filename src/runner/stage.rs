//! A scenario being played: what was done so far and what is known of it. Outlives the play when that is cut short.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::progress::{Announced, Progress};
use crate::{
    evidence::Role,
    scenario::{
        Scenario,
        locate::Path,
        model::Step,
        words::{Mailbox, Place},
    },
    target::{Need, TargetError, World},
};

/// A scenario in its world.
pub struct Stage<'s> {
    /// The scenario.
    pub scenario: &'s Scenario,
    /// Who plays it.
    pub world: &'s World,
    progress: Mutex<Progress>,
}

impl<'s> Stage<'s> {
    /// Nothing done yet.
    pub fn new(scenario: &'s Scenario, world: &'s World) -> Self {
        Self { scenario, world, progress: Mutex::default() }
    }

    /// What was done so far.
    pub fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the rules must report on something, from where the scenario says so.
    pub fn announce(&self, id: &str, path: Path, rules: &[String]) {
        self.progress().announced.insert(id.to_owned(), Announced { path, rules: rules.to_vec() });
    }

    /// Waits until nothing more can come before the clock moves.
    pub async fn settle(&self) -> Result<(), TargetError> {
        if let Some(note) = self.world.settle().await? {
            let notes = &mut self.progress().notes;
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        Ok(())
    }

    /// Looks into every place for what is new there.
    pub async fn look(&self) -> Result<(), TargetError> {
        for place in self.places() {
            let mark = self.progress().shelves.get(&place).map(|shelf| shelf.mark).unwrap_or_default();
            let (new, mark) = self.world.look(&place, mark).await?;
            let new = self.of_this_play(&place, new);
            let mut progress = self.progress();
            let shelf = progress.shelves.entry(place).or_default();
            shelf.messages.extend(new);
            shelf.mark = mark;
        }
        Ok(())
    }

    /// Every mailbox there is: those of every gateway, and those the scenario gives; and the virus stores that are shown.
    pub fn places(&self) -> Vec<Place> {
        let changed = self.scenario.steps.iter().filter_map(|step| match step {
            Step::Change(change) => Some(change.mailboxes.keys()),
            _ => None,
        });
        let named = self.scenario.given.mailboxes.keys().chain(changed.flatten());
        let mailboxes: BTreeSet<Mailbox> = self.world.mailboxes().chain(named.cloned()).collect();
        let shown = |role: &Role| self.world.lacks(*role, Need::VirusStore).is_none();
        let stores = self.world.roles().filter(shown).map(Place::VirusStore);
        mailboxes.into_iter().map(Place::Mailbox).chain(stores).collect()
    }
}
