//! Messages handed over, at an access point as a user's client does it or at another door as a host does. What is put off
//! (4xx) is tried again when the clock has moved, as clients and hosts would.

use super::{
    expect::{Answered, Difference, Found, words},
    progress::{Door, Fingerprint, Handover, PutIn, Told},
    stage::Stage,
};
use crate::{
    evidence::SmtpPath,
    scenario::words::Host,
    target::{InjectAs, TargetError},
};

impl Stage<'_> {
    /// Hands a message over; for whom it is put off it is kept.
    pub(super) async fn hand_over(&self, handover: Handover) -> Result<(), TargetError> {
        let Handover { id, door, path, bytes } = &handover;
        let at = self.world.now();
        let answer = match door {
            Door::Access { at, login } => self.world.submit(*at, login, path, bytes).await?,
            Door::Incoming { as_host, at } => self.world.inject(*as_host, Host::Gateway(*at), path, bytes).await?,
            Door::Posta { .. } => self.world.inject(InjectAs::Posta, Host::Posta, path, bytes).await?,
        };
        let (place, fingerprint) = (door.place(), Fingerprint::of(bytes));
        let put_off: Vec<String> = answer.put_off(&path.to).cloned().collect();
        let mut progress = self.progress();
        // The ordinary mail host is the harness's: nobody expects an answer of it.
        if !matches!(door, Door::Posta { .. }) {
            progress.answers.push(Answered { place: place.clone(), about: id.clone(), answer: answer.clone() });
        }
        let told = Told::PutIn(progress.put_in.len());
        progress.put_in.push(PutIn { id: id.clone(), place, path: path.clone(), fingerprint, at, answer });
        progress.told.push(told);
        if !put_off.is_empty() {
            let path = SmtpPath { from: path.from.clone(), to: put_off };
            progress.put_off.push(Handover { path, ..handover });
        }
        Ok(())
    }

    /// Hands over again what was put off.
    pub(super) async fn try_again(&self) -> Result<(), TargetError> {
        let put_off = std::mem::take(&mut self.progress().put_off);
        for handover in put_off {
            self.hand_over(handover).await?;
        }
        Ok(())
    }

    /// What was still put off in the end never arrived.
    pub(super) fn given_up(&self) {
        let mut progress = self.progress();
        for handover in std::mem::take(&mut progress.put_off) {
            let place = handover.door.place();
            let last = progress.put_in.iter().rev().find(|put_in| put_in.id == handover.id && put_in.place == place);
            let found = Found::Answer(last.map(|last| words(&last.answer)).unwrap_or_default());
            progress.differences.push(Difference { path: vec!["steps".into()], place, expected: None, found });
        }
    }
}
