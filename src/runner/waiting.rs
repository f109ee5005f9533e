//! Waiting for what must come, and for what must not. Where everybody shows whether anything is under way, that is asked;
//! where a side is somebody else's, mailboxes are looked into until what is expected is there or the deadline is past.
//! Only absence pays for silence: behind a sentinel message that came through both ways.

use std::{collections::BTreeSet, time::Duration};

use tokio::time::Instant;

use super::{
    Risk,
    expect::{Arrival, differences},
    mail,
    progress::Progress,
    reading::{self, Known, Reading},
    stage::Stage,
};
use crate::{
    evidence::{LogRecord, PlayId, Role, SmtpPath},
    message::{Bytes, Kind},
    scenario::{
        Expected, What,
        model::{Alternative, Expectation},
        send::{ClientAuth, ClientTls, Send},
        words::{Host, LegalInstant, Mailbox, Place, USERS},
    },
    target::{Doing, Login, Settling, Stored, TargetError},
};

/// What the name of a sentinel begins with; no scenario's does.
const SENTINEL: &str = "sentinel";

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
    sentinels: usize,
    /// The sentinels that came to where they were sent.
    came: Vec<String>,
    /// How much the harness had put in when it was last concluded that nothing more comes.
    silent_at: Option<usize>,
    /// Nothing came that had to, no sentinel either: the rest of the play does not wait again as long.
    hopeless: bool,
    /// Messages that were left alone, by place: they are not of this play.
    pub(super) aside: usize,
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
        loop {
            self.world.catch_up(settling.poll).await;
            self.look().await?;
            if self.found() > found {
                (last, found) = (Instant::now(), self.found());
            }
            match self.is_there(awaited) {
                There::AndEnough => return Ok(()),
                There::SoFar => break,
                There::NotYet if last.elapsed() >= settling.deadline || self.progress().waiting.hopeless => break,
                There::NotYet => tokio::time::sleep(settling.poll).await,
            }
        }
        self.absence(settling).await?;
        if matches!(self.is_there(awaited), There::NotYet) {
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
        let lacks = |expectation: &Expectation| {
            let path = Vec::new();
            let found = differences(expectation, &path, &arrivals, &[], &address);
            found.iter().any(|one| one.expected.is_some() && matches!(one.place, Place::Mailbox(_)))
        };
        let has_mailbox = |expectation: &Expectation| {
            expectation.iter().any(|(place, all)| matches!(place, Place::Mailbox(_)) && !all.is_empty())
        };
        match awaited {
            Awaited::All(expectation) if !has_mailbox(expectation) => There::SoFar,
            Awaited::All(expectation) if lacks(expectation) => There::NotYet,
            Awaited::One(ways) if ways.iter().all(|way| lacks(&way.expect)) => There::NotYet,
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

    /// Concludes that nothing more comes: a sentinel both ways, then the declared silence. Not twice, where nothing was put
    /// in since.
    async fn absence(&self, settling: Settling) -> Result<(), TargetError> {
        let put_in = self.progress().put_in.len();
        if self.progress().waiting.silent_at == Some(put_in) {
            return Ok(());
        }
        let started = Instant::now();
        let sent = self.sentinels().await;
        let patience = if self.progress().waiting.hopeless { settling.poll } else { settling.deadline };
        let all_came = loop {
            self.world.catch_up(settling.poll).await;
            self.look().await?;
            if self.have_come(&sent) {
                break true;
            }
            if started.elapsed() >= patience {
                break false;
            }
            tokio::time::sleep(settling.poll).await;
        };
        let took = started.elapsed();
        let silence_ends = Instant::now() + settling.silence;
        while Instant::now() < silence_ends {
            tokio::time::sleep(settling.poll.min(silence_ends - Instant::now())).await;
            self.world.catch_up(settling.poll).await;
        }
        self.look().await?;
        let silence = settling.silence;
        let note = match (sent.len(), all_came) {
            (0, _) => {
                format!("that nothing more came was concluded from {silence:?} of silence alone: no sentinel was taken")
            }
            (_, true) => format!(
                "that nothing more came was concluded from a sentinel that came through {} and {silence:?} of silence",
                match (sent.len(), self.ways().count()) {
                    (1, _) => "one way".to_owned(),
                    (2, 2) => "both ways".to_owned(),
                    (taken, ways) => format!("{taken} of {ways} ways"),
                }
            ),
            (_, false) => {
                format!("a sentinel did not come through within {}; then {silence:?} of silence", shown(took))
            }
        };
        let mut progress = self.progress();
        progress.waiting.silent_at = Some(put_in);
        if !progress.notes.contains(&note) {
            progress.notes.push(note);
        }
        Ok(())
    }

    fn have_come(&self, sentinels: &[String]) -> bool {
        let progress = self.progress();
        sentinels.iter().all(|id| progress.waiting.came.contains(id))
    }

    /// The ways that certified mail takes: from the sender's provider to each receiving one, and back.
    fn ways(&self) -> impl Iterator<Item = (Role, Role)> {
        let receivers = self.world.roles().filter(|role| *role != Role::Sender);
        receivers.flat_map(|role| [(Role::Sender, role), (role, Role::Sender)])
    }

    /// Sends a sentinel each way, between users whose mailboxes are in no special state; the names of those that were taken.
    async fn sentinels(&self) -> Vec<String> {
        let mut taken = Vec::new();
        for (role, other) in self.ways() {
            let (Some(from), Some(to)) = (self.ordinary_user(role), self.ordinary_user(other)) else { continue };
            let id = {
                let waiting = &mut self.progress().waiting;
                waiting.sentinels += 1;
                format!("{SENTINEL}-{}", waiting.sentinels)
            };
            let send = Send::plain(id.clone(), from, to);
            let (message, path) = self.composed(&send);
            let login = Login { user: path.from.clone(), tls: send.tls, auth: send.auth };
            self.introduce(&send, &id);
            // Whether it was taken is all that counts; why not, the play's own messages show.
            if let Ok(answer) = self.world.submit(role, &login, &path, &message.into()).await
                && answer.refused.is_empty()
            {
                taken.push(id);
            }
        }
        taken
    }

    fn composed(&self, send: &Send) -> (Vec<u8>, SmtpPath) {
        let address = |mailbox: &Mailbox| self.world.address(mailbox);
        let client = mail::Client {
            at: self.world.now(),
            address: &address,
            play: self.world.play(),
            received: Vec::new(),
            signer: None,
        };
        let path = SmtpPath { from: address(&send.from), to: send.to.iter().map(address).collect() };
        (client.compose(send), path)
    }

    fn ordinary_user(&self, role: Role) -> Option<Mailbox> {
        let at = |user: &str| Mailbox::At { user: user.to_owned(), host: Host::Gateway(role) };
        USERS.iter().rev().map(|user| at(user)).find(|mailbox| !self.scenario.given.mailboxes.contains_key(mailbox))
    }

    /// What of a look into a place is of this play: what bears its mark, or speaks of what was put in. The sentinels are taken
    /// note of and kept out, and so is what nothing of the play explains in a mailbox that others use too.
    pub(super) fn of_this_play(&self, place: &Place, new: Vec<Stored>) -> Vec<Stored> {
        if self.world.settling().is_none() {
            return new;
        }
        let role = match place {
            Place::Mailbox(Mailbox::At { host: Host::Gateway(role), .. }) => *role,
            _ => return new,
        };
        let mut progress = self.progress();
        let (mut kept, mut aside) = (Vec::new(), 0);
        for stored in new {
            let reading = reading::read(&stored.bytes, &mut progress.known);
            match &reading.about {
                Some(about) if is_its_name(about) => {
                    if reading.what == What::Kind(Kind::PostaCertificata) && !progress.waiting.came.contains(about) {
                        let about = about.clone();
                        progress.waiting.came.push(about);
                    }
                }
                None if !is_of(&stored.bytes, &reading, self.world.play())
                    && (PlayId::marks_any(&stored.bytes) || !self.world.is_exclusive(role)) =>
                {
                    aside += 1;
                }
                _ => kept.push(stored),
            }
        }
        progress.waiting.aside += aside;
        kept
    }

    /// How somebody else's gateway was looked at, and what was left alone, in words.
    pub(super) fn tell_how_it_was_seen(&self) {
        let mut progress = self.progress();
        progress.notes.extend(self.world.remarks());
        let aside = progress.waiting.aside;
        if aside > 0 {
            let messages = if aside == 1 { "one message".to_owned() } else { format!("{aside} messages") };
            let note = format!(
                "{messages} of somebody else's or of an earlier play came to mailboxes meanwhile: left alone, and not judged"
            );
            progress.notes.push(note);
        }
    }

    /// Why this is not to be played against somebody else's gateway; `None` where it may be, or nobody else's plays.
    pub(super) fn forbids(&self, allowed: &BTreeSet<Risk>) -> Option<String> {
        self.world.settling()?;
        if self.scenario.starts != LegalInstant::default().0 {
            return Some("it begins at an instant of its own, and the clocks of others show today".to_owned());
        }
        if self.scenario.sends().any(|send| send.tls == ClientTls::Implicit || send.auth == ClientAuth::Login) {
            return Some("it logs in by another way than the one that a target file names".to_owned());
        }
        let missing = Risk::of(self.scenario).into_iter().find(|risk| !allowed.contains(risk))?;
        let what = match missing {
            Risk::Infected => "infected messages go",
            Risk::Flooding => "so much goes",
            Risk::Smuggling => "what looks like the end of a message, and is none, goes",
        };
        Some(format!("{what} to somebody else's gateway only with `--allow {missing}`"))
    }

    /// How long waiting may take in all, beside what everything else takes.
    pub(super) fn longest_wait(&self) -> Duration {
        let Some(settling) = self.world.settling() else { return Duration::ZERO };
        let waits = u32::try_from(self.scenario.steps.len() + 1).unwrap_or(u32::MAX);
        (settling.deadline * 2 + settling.silence) * waits
    }
}

/// Whether a message is a sentinel, or speaks of one.
pub(super) fn is_sentinel(bytes: &Bytes, known: &mut Known) -> bool {
    // Where there are none, nothing is read for it.
    known.iter().any(|(_, name)| is_its_name(name))
        && reading::read(bytes, known).about.is_some_and(|about| is_its_name(&about))
}

/// Whether a record of a log is of a sentinel.
pub(super) fn of_sentinel(record: &LogRecord, known: &Known) -> bool {
    [&record.msgid, &record.identifier]
        .into_iter()
        .flatten()
        .any(|identifier| known.name(identifier).is_some_and(is_its_name))
}

fn is_its_name(name: &str) -> bool {
    name.starts_with(SENTINEL)
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

fn is_of(bytes: &Bytes, reading: &Reading, play: &PlayId) -> bool {
    reading.message.is_some() && play.marks(bytes)
}

fn shown(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}
