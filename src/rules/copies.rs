//! The same message seen at several places is one message: read once, judged once.

use std::collections::BTreeMap;

use memchr::memchr;

use crate::{
    evidence::{Evidence, Observation, Party, Seen},
    message::{Header, Kind, Mail, Message, Shape},
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
    /// Where in it the message first differs from what was first seen, trace fields on top left aside.
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
        if let Some(arrived) = stored_copy_of(&fresh, &found) {
            let came = self::core(&found[arrived].first().bytes);
            let trace = observation.bytes.len() - core.len();
            let altered = (!is_topped(&fresh.message.mail, came)).then(|| trace + difference(core, came));
            found[arrived].seen.push(Copy { observation, altered });
            continue;
        }
        by_core.insert(core, found.len());
        found.push(fresh);
    }
    found
}

/// A stored message that no wire carried like that, while one of the same kind and Message-ID came to that host.
fn stored_copy_of(stored: &Copies<'_>, found: &[Copies<'_>]) -> Option<usize> {
    let Seen::Mailbox { at: party, .. } = stored.first().seen else { return None };
    let identity = stored.identity()?;
    // An anomaly envelope bears the Message-ID of what it wraps, which may be one itself.
    let inside = stored.message.original().filter(|_| identity.0 == Kind::Anomalia);
    let wraps =
        |other: &Copies<'_>| inside.as_ref().is_some_and(|inside| is_as_it_came(inside, core(&other.first().bytes)));
    if found.iter().any(|other| other.arrived_at(party) && wraps(other)) {
        return None;
    }
    found.iter().position(|other| other.arrived_at(party) && other.identity().as_ref() == Some(&identity))
}

/// Whether what an anomaly envelope wraps is what came, with at most more fields on top.
pub fn is_as_it_came(inside: &[u8], came: &[u8]) -> bool {
    let came = came.trim_ascii_end();
    !came.is_empty() && inside.trim_ascii_end().ends_with(came)
}

/// The trace that hosts put on top (RFC 5321 4.4), and what delivery agents put beside it.
const TRACE: [&str; 6] =
    ["return-path:", "received:", "delivered-to:", "x-original-to:", "envelope-to:", "delivery-date:"];

/// A message without its trace, and without the line ends behind it: a mailbox may keep one more or less than came.
fn core(raw: &[u8]) -> &[u8] {
    let mut at = 0;
    while let Some(field) = TRACE
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
    raw[at..].trim_ascii_end()
}

/// Whether a message is what came, with more fields on top: what filters and delivery agents found out about it. A field that
/// the message has itself is none of theirs.
fn is_topped(stored: &Mail, came: &[u8]) -> bool {
    let whole = stored.whole().trim_ascii_end();
    let Some(top) = whole.strip_suffix(came).filter(|top| !came.is_empty() && top.ends_with(b"\n")) else {
        return false;
    };
    let is_trace = |header: &Header| {
        let named = |name: &str| name.strip_suffix(':').is_some_and(|name| name.eq_ignore_ascii_case(&header.name));
        TRACE.into_iter().any(named)
    };
    let added = stored.root.headers.iter().take_while(|header| header.span.start < top.len());
    added.filter(|header| !is_trace(header)).all(|header| stored.root.headers_named(&header.name).count() == 1)
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
        for behind in ["\r\n", "\r\n\r\n"] {
            assert_eq!(core(&[plain, behind.as_bytes()].concat()), plain, "a mailbox ends it in its own way");
        }
        for agents in ["X-Original-To: a@b\r\nDelivered-To: c@b\r\n", "Envelope-to: a@b\r\nDelivery-date: now\r\n"] {
            assert_eq!(core(&[agents.as_bytes(), plain].concat()), plain);
        }
    }

    #[test]
    fn what_filters_put_on_top_is_no_change_and_what_looks_like_the_messages_own_is() {
        let came = b"Subject: x\r\n\r\nbody";
        let is_topped = |stored: &[u8]| super::is_topped(&Mail::read(stored).unwrap(), came);
        let on_top = |fields: &str| is_topped(&[fields.as_bytes(), came].concat());
        assert!(on_top("Authentication-Results: mx.b.example;\r\n\tspf=pass\r\nReceived: x\r\nX-Spam-Status: No\r\n"));
        assert!(on_top("Received: by y\r\nX-Filter: one\r\nReceived: by x\r\n"));
        assert!(is_topped(b"X-Filter: one\r\nSubject: x\r\n\r\nbody\r\n\r\n"));
        assert!(!on_top("Subject: another\r\n"));
        assert!(!is_topped(b"X-Filter: one\r\nSubject: x\r\n\r\nbody, and more\r\n"));
        assert!(!is_topped(b"Subject: x\r\nX-Filter: below\r\n\r\nbody\r\n"));
    }
}
