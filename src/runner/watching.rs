//! What a scenario expects against what there is, once nothing more can come.

use super::{
    expect::{Answered, Arrival, Difference, differences},
    progress::{Progress, Told},
    reading,
    stage::Stage,
    waiting::Awaited,
};
use crate::{
    scenario::{
        locate::Path,
        model::{Alternative, Expectation},
    },
    target::TargetError,
};

impl Stage<'_> {
    /// What arrived since arrivals were last told, once nothing more can come.
    pub(super) async fn arrivals(&self, awaited: Awaited<'_>) -> Result<Vec<Arrival>, TargetError> {
        self.wait_for(awaited).await?;
        let mut progress = self.progress();
        let Progress { shelves, known, told, .. } = &mut *progress;
        let mut arrivals = Vec::new();
        for place in self.places() {
            let Some(shelf) = shelves.get_mut(&place) else { continue };
            for (index, message) in shelf.messages.iter().enumerate().skip(shelf.told) {
                let reading = reading::read(&message.bytes, known);
                arrivals.push(Arrival { place: place.clone(), index, reading });
            }
            shelf.told = shelf.messages.len();
        }
        told.push(Told::Arrived(arrivals.clone()));
        Ok(arrivals)
    }

    pub(super) fn expect(&self, expectation: &Expectation, at: &Path, arrivals: &[Arrival]) {
        let answers = std::mem::take(&mut self.progress().answers);
        let found = self.compare(expectation, at, arrivals, &answers);
        self.progress().differences.extend(found);
    }

    /// The first alternative that holds; where none does, what the nearest one lacks.
    pub(super) fn either(&self, alternatives: &[Alternative], at: &Path, arrivals: &[Arrival]) {
        let answers = std::mem::take(&mut self.progress().answers);
        let compared = alternatives.iter().enumerate().map(|(index, alternative)| {
            let at = [at.clone(), vec![index.into(), "expect".into()]].concat();
            (alternative, self.compare(&alternative.expect, &at, arrivals, &answers))
        });
        let Some((taken, found)) = compared.min_by_key(|(_, found)| found.len()) else { return };
        let mut progress = self.progress();
        if found.is_empty() {
            progress.choices.push(taken.when.clone());
            // Told before what arrived, as a reader wants to know it.
            let before = progress.told.len().saturating_sub(1);
            progress.told.insert(before, Told::Chose(taken.when.clone()));
        }
        progress.differences.extend(found);
    }

    fn compare(
        &self,
        expectation: &Expectation,
        at: &Path,
        arrivals: &[Arrival],
        answers: &[Answered],
    ) -> Vec<Difference> {
        let earlier = self.progress().takeovers();
        differences(expectation, at, arrivals, &earlier, answers, &|mailbox| self.world.address(mailbox))
    }
}
