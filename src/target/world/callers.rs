//! Who calls those who live here: the hosts of the play, and strangers, who have no part in it.

use std::{collections::BTreeMap, fmt, net::IpAddr};

use super::World;
use crate::{
    evidence::Party,
    gateway::{SeenSession, Transmission},
    message::Bytes,
};

/// Of so many kinds of calls the reports tell one by one.
const TOLD: usize = 10;

/// The sessions at the doors of those who live here.
#[derive(Debug, Default)]
pub(super) struct Callers {
    /// Those of the play, each with who called.
    pub of_the_play: Vec<(SeenSession, Party)>,
    /// How often somebody else called.
    others: BTreeMap<Called, usize>,
}

/// What is told of a call.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Called {
    by: IpAddr,
    name: Option<String>,
    server: String,
    as_whom: Unknown,
}

/// How somebody is met whom nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unknown {
    /// At a door that is open to this world's own alone.
    TurnedAway,
    /// He brought nothing that any play explains.
    Stranger,
    /// He brought messages of a play, under a name that is no host's of it.
    Relay,
}

impl World {
    /// Everybody who called so far.
    pub(super) fn callers(&self) -> Callers {
        let mut callers = Callers::default();
        for seen in self.labs.iter().flat_map(|lab| lab.tap().strangers()) {
            callers.count(&seen, Unknown::TurnedAway);
        }
        let transmissions = self.lab.tap().transmissions();
        for seen in self.lab.tap().sessions() {
            let known = self.caller(&seen);
            if known.is_none() {
                let relays = self.is_relay(&seen, &transmissions);
                callers.count(&seen, if relays { Unknown::Relay } else { Unknown::Stranger });
                if !relays {
                    continue;
                }
            }
            callers.of_the_play.push((seen, known.unwrap_or(Party::Undetermined)));
        }
        callers
    }

    /// What strangers handed over to those who live here: it lies in their mailboxes, and no play explains it.
    pub fn brought_by_strangers(&self) -> Vec<Bytes> {
        let mut sessions = self.lab.tap().sessions();
        sessions.retain(|seen| self.caller(seen).is_none());
        if sessions.is_empty() {
            return Vec::new();
        }
        let transmissions = self.lab.tap().transmissions();
        sessions.retain(|seen| !self.is_relay(seen, &transmissions));
        let is_theirs = |one: &Transmission| sessions.iter().any(|seen| seen.transcript.is(&one.transcript));
        transmissions.into_iter().filter(is_theirs).map(|one| one.bytes).collect()
    }

    /// Who holds a session with one who lives here: whoever lives here too, or a gateway elsewhere, by the name that it says.
    fn caller(&self, seen: &SeenSession) -> Option<Party> {
        let name = seen.transcript.client();
        if self.lab.tap().is_own(&seen.call) {
            return Some(name.map_or(Party::Undetermined, |name| self.party(&name)));
        }
        let name = name?;
        self.sides()
            .find(|(role, side)| self.is_outside((*role).into()) && side.calls_itself(&name))
            .map(|(role, _)| role.into())
    }

    /// Whether messages of a play came in a session, be it of an earlier one.
    fn is_relay(&self, seen: &SeenSession, transmissions: &[Transmission]) -> bool {
        let is_of_a_play = |bytes: &Bytes| self.play.marks(bytes) || self.play.other(bytes).is_some();
        transmissions.iter().any(|one| one.transcript.is(&seen.transcript) && is_of_a_play(&one.bytes))
    }
}

impl Callers {
    fn count(&mut self, seen: &SeenSession, as_whom: Unknown) {
        let (by, name, server) = (seen.call.client.ip(), seen.transcript.client(), seen.server.clone());
        *self.others.entry(Called { by, name, server, as_whom }).or_default() += 1;
    }

    /// A sentence for each whom nobody knows.
    pub fn told(&self) -> Vec<String> {
        let times = |times: usize| if times == 1 { String::new() } else { format!(" {times} times") };
        let sentence = |(called, number): (&Called, &usize)| {
            let (who, how) = match called.as_whom {
                Unknown::TurnedAway => ("a stranger at", "and was turned away; nothing of it is judged"),
                Unknown::Stranger => ("a stranger at", "without a message of the play; nothing of it is judged"),
                Unknown::Relay => (
                    "somebody at",
                    "with messages of the play, and nobody is blamed for how; if it is a target's relay, `names` in its \
                     target file should have it",
                ),
            };
            format!("{who} {called}{} {how}", times(*number))
        };
        let mut told: Vec<String> = self.others.iter().take(TOLD).map(sentence).collect();
        let more: usize = self.others.values().skip(TOLD).sum();
        if more > 0 {
            told.push(format!("others whom nobody knows called{}", times(more)));
        }
        told
    }
}

impl fmt::Display for Called {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { by, name, server, .. } = self;
        match name {
            Some(name) => write!(f, "{by} that calls itself {name} called {server}"),
            None => write!(f, "{by} called {server}"),
        }
    }
}
