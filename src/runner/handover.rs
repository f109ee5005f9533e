//! Messages handed over, at an access point as a user's client does it or at another door as a host does. What is put off
//! (4xx) is tried again when the clock has moved, as clients and hosts would.

use futures_util::future;

use super::{
    expect::{Answered, Difference, Found, words},
    progress::{Door, Fingerprint, Handover, PutIn, Told},
    stage::Stage,
};
use crate::{
    evidence::SmtpPath,
    scenario::{model::Step, words::Host},
    target::{Answer, InjectAs, TargetError},
};

/// Sessions that are open side by side: more than a host keeps open to another, and few enough for any machine.
const AT_ONCE: usize = 50;

impl Stage<'_> {
    /// Hands a message over; for whom it is put off it is kept.
    pub(super) async fn hand_over(&self, handover: Handover) -> Result<(), TargetError> {
        self.remember(std::slice::from_ref(&handover));
        let answer = self.handed(&handover).await?;
        self.note(vec![(handover, answer)]);
        Ok(())
    }

    /// Hands messages over through sessions side by side.
    pub(super) async fn hand_over_together(&self, handovers: Vec<Handover>) -> Result<(), TargetError> {
        self.remember(&handovers);
        let mut answered = Vec::new();
        let mut waiting = handovers.into_iter().peekable();
        while waiting.peek().is_some() {
            let now: Vec<Handover> = waiting.by_ref().take(AT_ONCE).collect();
            let answers = future::join_all(now.iter().map(|handover| self.handed(handover))).await;
            for (handover, answer) in now.into_iter().zip(answers) {
                answered.push((handover, answer?));
            }
        }
        self.note(answered);
        Ok(())
    }

    /// Keeps what a later step hands over again.
    fn remember(&self, handovers: &[Handover]) {
        let is_due = |handover: &&Handover| {
            let mut steps = self.scenario.steps.iter();
            steps.any(|step| matches!(step, Step::Again(id) if *id == handover.id))
        };
        self.progress().handed.extend(handovers.iter().filter(is_due).cloned());
    }

    async fn handed(&self, handover: &Handover) -> Result<Answer, TargetError> {
        let Handover { door, path, bytes, .. } = handover;
        match door {
            Door::Access { at, login } => self.world.submit(*at, login, path, bytes).await,
            Door::Incoming { as_host, at } => self.world.inject(*as_host, Host::Gateway(*at), path, bytes).await,
            Door::Posta { .. } => self.world.inject(InjectAs::Posta, Host::Posta, path, bytes).await,
        }
    }

    /// What was handed over, in order, with the answers; copies that were answered alike are told once.
    fn note(&self, handed: Vec<(Handover, Answer)>) {
        let at = self.world.now();
        let mut progress = self.progress();
        progress.reached = Some(at);
        for (handover, answer) in handed {
            let Handover { id, door, path, bytes } = &handover;
            let (place, fingerprint) = (door.place(), Fingerprint::of(bytes));
            let put_off: Vec<String> = answer.put_off(&path.to).cloned().collect();
            // The ordinary mail host is the harness's: nobody expects an answer of it.
            if !matches!(door, Door::Posta { .. }) {
                progress.answers.push(Answered { place: place.clone(), about: id.clone(), answer: answer.clone() });
            }
            let put_in = PutIn { id: id.clone(), place, path: path.clone(), fingerprint, at, answer };
            let index = progress.put_in.len();
            let before = progress.put_in.last().is_some_and(|last| last.is_like(&put_in));
            progress.put_in.push(put_in);
            match progress.told.last_mut() {
                Some(Told::PutIn { more, .. }) if before => *more += 1,
                _ => progress.told.push(Told::PutIn { index, more: 0 }),
            }
            if !put_off.is_empty() {
                let path = SmtpPath { from: path.from.clone(), to: put_off };
                progress.put_off.push(Handover { path, ..handover });
            }
        }
    }

    /// Hands over once more what was handed over under an id.
    pub(super) async fn again(&self, id: &str) -> Result<(), TargetError> {
        let handed: Vec<Handover> =
            self.progress().handed.iter().filter(|handover| handover.id == id).cloned().collect();
        for handover in handed {
            let answer = self.handed(&handover).await?;
            self.note(vec![(handover, answer)]);
        }
        Ok(())
    }

    /// Hands over again what was put off.
    pub(super) async fn try_again(&self) -> Result<(), TargetError> {
        let put_off = std::mem::take(&mut self.progress().put_off);
        for handover in put_off {
            let (place, path) = (handover.door.place(), &handover.path);
            // What is answered now counts, and no longer that it was put off.
            let is_of_it = |one: &Answered| one.place == place && one.about == handover.id;
            self.progress()
                .answers
                .retain(|one| !is_of_it(one) || one.answer.put_off(&path.to).count() < path.to.len());
            let answer = self.handed(&handover).await?;
            self.note(vec![(handover, answer)]);
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
