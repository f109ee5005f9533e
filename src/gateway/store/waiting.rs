//! The queue by destination and by when each message is due: nothing looks through all of it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::Timestamp;

use super::Outgoing;
use crate::gateway::core::domain_of;

/// Messages that wait to be sent.
#[derive(Debug, Default)]
pub struct Waiting {
    messages: BTreeMap<u64, Outgoing>,
    /// Those of the events that are not written yet: nobody sends them.
    unwritten: Vec<(u64, u64)>,
    by_domain: BTreeMap<String, Due>,
    by_due: BTreeSet<(Timestamp, u64)>,
    last: u64,
}

/// The messages of one domain.
#[derive(Debug, Default)]
struct Due {
    /// What was due when somebody last asked, by number: in the order in which it was queued.
    now: BTreeSet<u64>,
    later: BTreeSet<(Timestamp, u64)>,
}

impl Waiting {
    /// The number that the next message gets.
    pub fn next_number(&self) -> u64 {
        self.last + 1
    }

    /// One more, of the event with this number: it is sent once that is written.
    pub fn put(&mut self, outgoing: Outgoing, event: u64) {
        self.last = self.last.max(outgoing.id);
        self.unwritten.push((event, outgoing.id));
        self.messages.insert(outgoing.id, outgoing);
    }

    /// Everything up to an event is written.
    pub fn written(&mut self, event: u64) {
        let all = std::mem::take(&mut self.unwritten).into_iter();
        let (written, unwritten): (Vec<_>, Vec<_>) = all.partition(|(of, _)| *of <= event);
        self.unwritten = unwritten;
        for (_, id) in written {
            self.file(id);
        }
    }

    /// One could not be sent to some recipients, and waits for another instant.
    pub fn defer(&mut self, id: u64, to: Vec<String>, due: Timestamp) {
        let Some(mut outgoing) = self.remove(id) else { return };
        outgoing.path.to = to;
        outgoing.due = due;
        outgoing.attempts += 1;
        self.messages.insert(id, outgoing);
        self.file(id);
    }

    /// One waits no longer.
    pub fn remove(&mut self, id: u64) -> Option<Outgoing> {
        let outgoing = self.messages.remove(&id)?;
        self.unwritten.retain(|(_, waiting)| *waiting != id);
        self.by_due.remove(&(outgoing.due, id));
        let domain = domain_of(&outgoing.path);
        if let Some(due) = self.by_domain.get_mut(&domain) {
            due.now.remove(&id);
            due.later.remove(&(outgoing.due, id));
            if due.now.is_empty() && due.later.is_empty() {
                self.by_domain.remove(&domain);
            }
        }
        Some(outgoing)
    }

    /// When the first message after an instant is due.
    pub fn due_after(&self, instant: Timestamp) -> Option<Timestamp> {
        self.by_due.range((instant, u64::MAX)..).map(|(due, _)| *due).find(|due| *due > instant)
    }

    /// The domains for which a message is due, each with the number of the first one that is not in hand.
    pub fn due_by(&mut self, now: Timestamp, in_hand: &HashSet<u64>) -> Vec<(String, u64)> {
        let due =
            self.by_domain.iter_mut().filter_map(|(domain, due)| Some((domain.clone(), due.first(now, in_hand)?)));
        due.collect()
    }

    /// How many were due when somebody last asked.
    pub fn number_due(&self) -> usize {
        self.by_domain.values().map(|due| due.now.len()).sum()
    }

    /// The message with this number.
    pub fn get(&self, id: u64) -> Option<&Outgoing> {
        self.messages.get(&id)
    }

    fn file(&mut self, id: u64) {
        let Some(outgoing) = self.messages.get(&id) else { return };
        self.by_due.insert((outgoing.due, id));
        self.by_domain.entry(domain_of(&outgoing.path)).or_default().later.insert((outgoing.due, id));
    }
}

impl Due {
    /// Legal time goes forward only: what is due stays so.
    fn first(&mut self, now: Timestamp, in_hand: &HashSet<u64>) -> Option<u64> {
        while let Some((due, id)) = self.later.first().copied().filter(|(due, _)| *due <= now) {
            self.later.remove(&(due, id));
            self.now.insert(id);
        }
        self.now.iter().find(|id| !in_hand.contains(id)).copied()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::{
        evidence::SmtpPath,
        gateway::store::{Body, Purpose},
    };

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    fn outgoing(id: u64, to: &str, due: i64) -> Outgoing {
        let path = SmtpPath { from: String::new(), to: vec![to.into()] };
        let body = Body::Held(b""[..].into());
        Outgoing { id, path, body, purpose: Purpose::Ordinary, since: at(0), due: at(due), attempts: 0 }
    }

    #[test]
    fn messages_are_due_by_domain_in_the_order_in_which_they_were_queued() {
        let (mut waiting, none) = (Waiting::default(), HashSet::new());
        waiting.put(outgoing(1, "a@b.example", 5), 1);
        waiting.put(outgoing(2, "a@B.example", 0), 1);
        waiting.put(outgoing(3, "a@c.example", 1), 2);
        assert!(waiting.due_by(at(9), &none).is_empty(), "nothing is written");
        waiting.written(1);
        assert_eq!(waiting.due_by(at(0), &none), [("b.example".to_owned(), 2)]);
        assert_eq!(waiting.due_by(at(5), &none), [("b.example".to_owned(), 1)]);
        assert_eq!(waiting.number_due(), 2);
        assert_eq!(waiting.due_by(at(5), &HashSet::from([1])), [("b.example".to_owned(), 2)]);
        waiting.written(2);
        assert_eq!(waiting.due_after(at(0)), Some(at(1)));
        assert_eq!(waiting.due_after(at(1)), Some(at(5)));
        waiting.defer(1, vec!["a@b.example".into()], at(7));
        assert_eq!(waiting.due_by(at(5), &none), [("b.example".to_owned(), 2), ("c.example".to_owned(), 3)]);
        assert_eq!((waiting.get(1).unwrap().attempts, waiting.number_due()), (1, 2));
        for id in 1..=3 {
            assert!(waiting.remove(id).is_some());
        }
        assert!(waiting.due_by(at(99), &none).is_empty() && waiting.due_after(at(0)).is_none());
        assert_eq!((waiting.next_number(), waiting.messages.len()), (4, 0));
    }
}
