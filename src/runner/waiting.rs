//! Waiting for what must come, and for what must not. Where everybody shows whether anything is under way, that is asked;
//! where a side is somebody else's, mailboxes are looked into until what is expected is there or the deadline is past, and
//! what was put off is tried again meanwhile. Only absence pays for silence.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    aside::Aside,
    expect::{Arrival, differences},
    mail,
    progress::Progress,
    reading,
    stage::Stage,
};
use crate::{
    scenario::{
        Expected,
        model::{Alternative, Expectation},
        words::{Mailbox, Place},
    },
    target::{Doing, Stored, TargetError, Tries},
};

/// What is waited for.
#[derive(Clone, Copy)]
pub(super) enum Awaited<'a> {
    /// All of this; more may come later.
    All(&'a Expectation),
    /// What one of these expects, and that nothing more comes.
    One(&'a [Alternative]),
    /// This, in a mailbox.
    Message(&'a Mailbox, &'a Expected),
    /// That what was sent under this id has an identifier.
    Identifier(&'a str),
    /// That nothing comes.
    Nothing,
}

/// What became of waiting in a play with somebody else's gateway.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// How many sentinels were sent.
    pub(super) sentinels: usize,
    /// The sentinels that came to where they were sent.
    pub(super) came: Vec<String>,
    /// How much the harness had put in when it was last concluded that nothing more comes.
    pub(super) silent_at: Option<usize>,
    /// Nothing came that had to, no sentinel either: the rest of the play does not wait again as long.
    pub(super) hopeless: bool,
    /// What was left alone: it is not of this play.
    pub(super) aside: Aside,
}

impl Stage<'_> {
    /// Waits, and looks into every place.
    pub(super) fn wait_for<'a>(&'a self, awaited: Awaited<'a>) -> Doing<'a, ()> {
        Box::pin(self.waited_for(awaited))
    }

    async fn waited_for(&self, awaited: Awaited<'_>) -> Result<(), TargetError> {
        let Some(settling) = self.world.settling() else {
            self.settle().await?;
            return self.look().await;
        };
        // While messages come, more may: the deadline begins with the last one.
        let (mut last, mut found) = (Instant::now(), self.found());
        let mut tried = Instant::now();
        let mut is_concluded = false;
        loop {
            self.world.catch_up(settling.poll).await;
            self.world.is_secured(Tries::SoFar)?;
            self.look().await?;
            if self.found() > found {
                (last, found) = (Instant::now(), self.found());
            }
            let is_put_off = !self.progress().put_off.is_empty();
            match self.is_there(awaited) {
                There::AndEnough if !is_put_off => return Ok(()),
                There::SoFar if !is_put_off && is_concluded => return Ok(()),
                There::SoFar if !is_put_off => {
                    // What comes meanwhile may be the beginning of something else.
                    self.absence(settling).await?;
                    is_concluded = true;
                    continue;
                }
                _ if last.elapsed() >= settling.deadline || self.progress().waiting.hopeless => break,
                _ => tokio::time::sleep(settling.poll).await,
            }
            if is_put_off && tried.elapsed() >= settling.retry {
                self.try_again().await?;
                tried = Instant::now();
            }
        }
        self.absence(settling).await?;
        if matches!(self.is_there(awaited), There::NotYet) {
            self.world.is_secured(Tries::InTheEnd)?;
            let mut progress = self.progress();
            progress.waiting.hopeless = progress.waiting.came.is_empty();
        }
        Ok(())
    }

    /// How many messages were found so far.
    fn found(&self) -> usize {
        self.progress().shelves.values().map(|shelf| shelf.messages.len()).sum()
    }

    fn is_there(&self, awaited: Awaited<'_>) -> There {
        let address = |mailbox: &Mailbox| self.world.address(mailbox);
        let mut progress = self.progress();
        let arrivals = untold(&mut progress);
        let (earlier, answers) = (progress.takeovers(), progress.answers.clone());
        let path = Vec::new();
        let is_in_session = |place: &Place| matches!(place, Place::AccessPoint(_) | Place::IncomingPoint(_));
        let lacks = |expectation: &Expectation| {
            let found = differences(expectation, &path, &arrivals, &earlier, &[], &address);
            found.iter().any(|one| one.expected.is_some() && !is_in_session(&one.place))
        };
        let holds =
            |way: &Alternative| differences(&way.expect, &path, &arrivals, &earlier, &answers, &address).is_empty();
        let has_message =
            |expectation: &Expectation| expectation.iter().any(|(place, all)| !is_in_session(place) && !all.is_empty());
        match awaited {
            Awaited::All(expectation) if !has_message(expectation) => There::SoFar,
            Awaited::All(expectation) if lacks(expectation) => There::NotYet,
            Awaited::One(ways) if !ways.iter().any(holds) => There::NotYet,
            Awaited::All(_) => There::AndEnough,
            Awaited::One(_) | Awaited::Nothing => There::SoFar,
            Awaited::Message(mailbox, expected) => {
                let recipient = expected.recipient.as_ref().map(address);
                let place = Place::Mailbox(mailbox.clone());
                let Progress { shelves, known, .. } = &mut *progress;
                let held = shelves.get(&place).map(|shelf| shelf.messages.clone()).unwrap_or_default();
                let is_it = |stored: &Stored| reading::read(&stored.bytes, known).fits(expected, recipient.as_deref());
                if held.iter().any(is_it) { There::AndEnough } else { There::NotYet }
            }
            Awaited::Identifier(id) => {
                let of_client = |identifier: &str| identifier.ends_with(mail::CLIENT);
                let is_known = progress.known.iter().any(|(identifier, name)| name == id && !of_client(identifier));
                if is_known { There::AndEnough } else { There::NotYet }
            }
        }
    }

    /// How long waiting may take in all, beside what everything else takes.
    pub(super) fn longest_wait(&self) -> Duration {
        let Some(settling) = self.world.settling() else { return Duration::ZERO };
        let waits = u32::try_from(self.scenario.steps.len() + 1).unwrap_or(u32::MAX);
        (settling.deadline * 3 + settling.silence) * waits
    }
}

enum There {
    /// What is expected, and nothing is to be excluded.
    AndEnough,
    /// What is expected; that it is all is still to be seen.
    SoFar,
    NotYet,
}

/// What arrived and was not told yet.
fn untold(progress: &mut Progress) -> Vec<Arrival> {
    let Progress { shelves, known, .. } = progress;
    let mut arrivals = Vec::new();
    for (place, shelf) in shelves {
        for (index, stored) in shelf.messages.iter().enumerate().skip(shelf.told) {
            arrivals.push(Arrival { place: place.clone(), index, reading: reading::read(&stored.bytes, known) });
        }
    }
    arrivals
}
