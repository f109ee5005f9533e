//! The same message seen at several places is one message: read once, judged once.

use std::collections::BTreeMap;

use memchr::memchr;

use crate::{
    evidence::{Evidence, Observation, Party, Seen},
    message::{Kind, Message, Shape},
    smime,
};

/// One message as composed, and where it was seen.
pub(super) struct Copies<'a> {
    /// The message as first seen.
    pub message: Message,
    /// Its sightings, first one first.
    pub seen: Vec<Copy<'a>>,
}

/// A sighting of it.
pub(super) struct Copy<'a> {
    pub observation: &'a Observation,
    /// Where it first differs from the message as first seen, trace fields on top left aside.
    pub altered: Option<usize>,
}

impl<'a> Copies<'a> {
    /// A message that was seen once.
    pub fn of(message: Message, observation: &'a Observation) -> Self {
        Self { message, seen: vec![Copy { observation, altered: None }] }
    }

    /// The first sighting.
    pub fn first(&self) -> &Observation {
        self.seen[0].observation
    }

    /// Whether a provider's system should have generated it: what users submit, what lies in a store and what an ordinary
    /// host sends is not judged as PEC, whatever it claims.
    pub fn is_system_generated(&self) -> bool {
        let first = self.first();
        !matches!(first.seen, Seen::Submitted { .. } | Seen::VirusStore { .. })
            && first.producer != Party::Posta
            && (self.message.kind.is_some()
                || self.message.daticert.is_some()
                || self.message.shape == Shape::Signature)
    }

    fn identity(&self) -> Option<(Kind, String)> {
        Some((self.message.kind?, self.message.mail.field("Message-ID")?))
    }

    /// Whether it went over a wire to `party`.
    fn arrived_at(&self, party: Party) -> bool {
        self.seen.iter().any(|copy| matches!(copy.observation.seen, Seen::Wire { to, .. } if to == party))
    }
}

/// Every readable message of the evidence, in the order first seen.
pub(super) fn copies(evidence: &Evidence) -> Vec<Copies<'_>> {
    let mut found: Vec<Copies<'_>> = Vec::new();
    // Ordered: messages differ early, and to hash one of 30 MB takes longer than to compare it.
    let mut by_core: BTreeMap<&[u8], usize> = BTreeMap::new();
    for observation in &evidence.observations {
        let core = core(&observation.bytes);
        if let Some(&at) = by_core.get(core) {
            found[at].seen.push(Copy { observation, altered: None });
            continue;
        }
        let Ok(message) = Message::read(observation.bytes.clone()) else { continue };
        let message = message.opened(smime::content);
        let fresh = Copies { message, seen: vec![Copy { observation, altered: None }] };
        if let Some(arrived) = altered_copy_of(&fresh, &found) {
            let altered = difference(core, self::core(&found[arrived].first().bytes));
            found[arrived].seen.push(Copy { observation, altered: Some(altered) });
            continue;
        }
        by_core.insert(core, found.len());
        found.push(fresh);
    }
    found
}

/// A stored message that no wire carried like that, while one of the same kind and Message-ID came to that host.
fn altered_copy_of(stored: &Copies<'_>, found: &[Copies<'_>]) -> Option<usize> {
    let Seen::Mailbox { at: party, .. } = stored.first().seen else { return None };
    let identity = stored.identity()?;
    // An anomaly envelope bears the Message-ID of what it wraps, which may be one itself.
    let inside = stored.message.original().filter(|_| identity.0 == Kind::Anomalia);
    let wraps = |other: &Copies<'_>| inside.as_ref().is_some_and(|inside| core(inside) == core(&other.first().bytes));
    if found.iter().any(|other| other.arrived_at(party) && wraps(other)) {
        return None;
    }
    found.iter().position(|other| other.arrived_at(party) && other.identity().as_ref() == Some(&identity))
}

/// A message without the trace fields that hosts put on top (RFC 5321 4.4).
fn core(raw: &[u8]) -> &[u8] {
    let mut at = 0;
    while let Some(field) = ["return-path:", "received:", "delivered-to:"]
        .iter()
        .find(|name| raw.get(at..at + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes())))
    {
        at += field.len();
        loop {
            match memchr(b'\n', &raw[at..]) {
                Some(end) => at += end + 1,
                None => return &[],
            }
            if !matches!(raw.get(at), Some(b' ' | b'\t')) {
                break;
            }
        }
    }
    &raw[at..]
}

fn difference(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).position(|(one, other)| one != other).unwrap_or(one.len().min(other.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trace_fields_on_top_are_left_aside_and_nothing_else_is() {
        let plain = b"Subject: x\r\nReceived: inside\r\n\r\nbody";
        let stored = [&b"Return-Path: <a@b>\r\nReceived: from x\r\n\tby y\r\n"[..], plain].concat();
        assert_eq!(core(&stored), plain);
        assert_eq!(core(plain), plain);
        assert_eq!(core(b"Received: only"), b"");
        assert_eq!(core(b""), b"");
    }
}
