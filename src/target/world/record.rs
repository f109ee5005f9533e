//! What is seen of a world: the harness's tap, what it handed over itself, and what the sides show, blended.

use std::sync::{MutexGuard, PoisonError};

use jiff::Timestamp;

use super::{
    World,
    ledger::{Entry, Fate},
};
use crate::{
    evidence::{Dialogue, DialogueLine, Party, Role, Seen, Service, View, Watch},
    gateway::{self, Errand, SeenSession},
    target::{Recorded, Side, Transmission},
};

impl World {
    /// Records a session of the harness's own client, and the message that was taken in it, where the other end does not
    /// show it.
    pub(super) fn hand(&self, dialogue: Dialogue, taken: Option<Transmission>) {
        if dialogue.to.role().is_some_and(|role| !self.side(role).shows_wires()) {
            self.handed().push((dialogue, taken));
        }
    }

    fn handed(&self) -> MutexGuard<'_, Vec<(Dialogue, Option<Transmission>)>> {
        self.handed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who a host is, by its name: everyone here calls himself what he is.
    pub(super) fn party(&self, host: &str) -> Party {
        if host == self.posta.settings().host {
            return Party::Posta;
        }
        let named = |(_, side): &(Role, &dyn Side)| side.calls_itself(host);
        // Who calls himself otherwise is the harness.
        self.sides().find(named).map_or(Party::Harness, |(role, _)| role.into())
    }

    /// From where everything is looked at, until an instant.
    pub fn watch(&self, until: Timestamp) -> Watch {
        if self.sides.values().all(|side| side.shows_wires()) {
            Watch::of_everything(until)
        } else {
            let shown = self.sides().filter(|(_, side)| side.shows_wires()).map(|(role, _)| role);
            Watch::of([View::Sender, View::Recipient, View::Service], until).and_wires_at(shown)
        }
    }

    /// What was seen so far, at any time and even after trouble.
    pub fn recorded(&self) -> Recorded {
        let callers = self.callers();
        let dialogue = |(seen, from): &(SeenSession, Party)| seen.transcript.dialogue(*from, self.party(&seen.server));
        let mut dialogues: Vec<Dialogue> = callers.of_the_play.iter().map(dialogue).collect();
        // What was refused is in the dialogue and nowhere else: the message stayed where it was.
        let taken = self.lab.tap().transmissions().into_iter().filter(|transmission| transmission.reply.is_positive());
        let mut transmissions: Vec<Transmission> = taken
            .filter_map(|seen| {
                let is_its = |(session, _): &(SeenSession, Party)| session.transcript.is(&seen.transcript);
                let session = callers.of_the_play.iter().position(is_its)?;
                Some(self.transmission(seen, callers.of_the_play[session].1, session))
            })
            .collect();
        let mut put_off = Vec::new();
        let errands = self.lab.tap().errands();
        let later: Vec<Errand> = errands.clone();
        for (number, errand) in errands.into_iter().enumerate() {
            let from = self.party(&errand.client);
            let dialogue = errand.transcript.dialogue(from, self.party(&errand.server));
            let told = told_put_off(&errand, &dialogue, &later[number + 1..]);
            put_off.extend(told.filter(|told| !put_off.contains(told)));
            let taken = errand.transmission.filter(|transmission| transmission.reply.is_positive());
            transmissions.extend(taken.map(|seen| self.transmission(seen, from, dialogues.len())));
            dialogues.push(dialogue);
        }
        for (dialogue, transmission) in self.handed().iter().cloned() {
            transmissions.extend(transmission.map(|it| Transmission { dialogue: Some(dialogues.len()), ..it }));
            dialogues.push(dialogue);
        }
        let logs = self.sides().filter_map(|(role, side)| Some((role, side.log()?)));
        Recorded {
            transmissions,
            dialogues,
            logs: logs.collect(),
            directories: self.lab.tap().directories(),
            trust: (*self.lab.trust()).clone(),
            callers: callers.told(),
            put_off,
        }
    }

    /// What went to somebody else's gateway so far, a sentence each: of the harness, and of those who live here.
    pub fn sent_to_others(&self) -> Vec<String> {
        let mut told = self.ledger.told();
        for Errand { server, transmission, .. } in self.lab.tap().errands() {
            if let Some(sent) = transmission.filter(|_| self.is_outside(self.party(&server))) {
                let fate = if sent.reply.is_positive() { Fate::Taken } else { Fate::Refused };
                told.push(Entry::new(&server, &sent.path, &sent.bytes, fate).to_string());
            }
        }
        let unanswered = self.lab.tap().unanswered().into_iter();
        told.extend(
            unanswered
                .filter(|one| self.is_outside(self.party(&one.server)))
                .map(|one| Entry::new(&one.server, &one.path, &one.bytes, Fate::Unknown).to_string()),
        );
        told
    }

    fn transmission(&self, seen: gateway::Transmission, from: Party, dialogue: usize) -> Transmission {
        let to = self.party(&seen.server);
        let submitted = matches!(seen.transcript.service(), Service::Submission | Service::Submissions);
        let place = match to.role() {
            Some(to) if submitted => Seen::Submitted { to },
            _ => Seen::Wire { from, to },
        };
        Transmission { seen: place, from, bytes: seen.bytes, path: seen.path, at: seen.at, dialogue: Some(dialogue) }
    }
}

/// What a host would not take for now, in words, and whether it took it in one of the sessions behind that.
fn told_put_off(errand: &Errand, dialogue: &Dialogue, later: &[Errand]) -> Option<String> {
    let Errand { client, server, .. } = errand;
    let said = dialogue.lines.iter().rfind(|line| line.replies('4'));
    let why = match said {
        Some(line) => format!("{server} said `{}`", line.text),
        None if dialogue.is_cut_short() => format!("{server} closed the connection without an answer"),
        None => return None,
    };
    let named: Vec<&str> = dialogue.lines.iter().filter_map(DialogueLine::recipient).collect();
    let is_taken = |recipient: &&str| {
        let mut taken = later.iter().filter(|one| one.client == *client && one.server == *server);
        taken.any(|one| {
            let transmission = one.transmission.as_ref().filter(|it| it.reply.is_positive());
            transmission.is_some_and(|it| it.path.to.iter().any(|to| to.eq_ignore_ascii_case(recipient)))
        })
    };
    Some(if !named.is_empty() && named.iter().all(is_taken) {
        format!("what {client} had for {server} was put off, and taken at a later attempt: {why}")
    } else {
        format!("what {client} had for {server} waits to be handed over again: {why}")
    })
}
