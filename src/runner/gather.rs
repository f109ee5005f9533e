//! Evidence: everything seen while a scenario was played, in order, with who put it there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{
    absence::{is_sentinel, of_sentinel},
    progress::{Fingerprint, Progress, PutIn},
    reading::bare,
    stage::Stage,
};
use crate::{
    clock::LegalTime,
    evidence::{Evidence, LogRecord, Observation, Party, Role, Seen},
    message::{Bytes, Mail},
    scenario::words::{Host, Place},
    target::Recorded,
};

/// How long after it was stored a message may be noted to have crossed its wire.
const NOTED: SignedDuration = SignedDuration::from_mins(1);

/// Evidence, and which observation is which message of a place.
pub struct Gathered {
    /// The evidence.
    pub evidence: Evidence,
    /// Observation ids by place and number there.
    pub stored: BTreeMap<(Place, usize), usize>,
}

/// Puts together what was seen.
pub fn gather(stage: &Stage<'_>) -> Gathered {
    let mut progress = stage.progress();
    let Recorded { transmissions, dialogues, mut logs, mut directories, trust, callers, put_off } =
        stage.world.recorded();
    let gateways = stage.world.gateways();
    let second = gateways.get(&Role::SecondReceiver);
    progress.notes.extend(second.map(|facts| format!("{} plays the second receiver", facts.target)));
    progress.notes.extend(callers.into_iter().chain(put_off));
    let mut seen: Vec<(Observation, Option<(Place, usize)>)> = Vec::new();
    for transmission in transmissions {
        // What was sent to see whether anything still comes is no part of the play.
        let Progress { known, waiting, .. } = &mut *progress;
        if is_sentinel(&transmission.bytes, known) || stage.is_late(&transmission.bytes, known, &mut waiting.aside) {
            continue;
        }
        // A gateway's own message stays its own, even where the harness puts the same bytes on the wire once more.
        let put_in = if transmission.from.role().is_some() {
            None
        } else {
            recognise(&progress, &transmission.seen, &transmission.bytes)
        };
        let observation = Observation {
            id: 0,
            bytes: transmission.bytes,
            seen: transmission.seen,
            at: transmission.at,
            path: Some(transmission.path),
            // What the ordinary mail host sends is ordinary mail, whatever the harness made it claim.
            producer: if put_in.is_some() && transmission.from != Party::Posta {
                Party::Harness
            } else {
                transmission.from
            },
            name: put_in.map(|put_in| put_in.id.clone()),
            dialogue: transmission.dialogue,
        };
        seen.push((observation, None));
    }
    let told: Vec<String> = stage.world.remarks().into_iter().chain(progress.waiting.aside.told()).collect();
    progress.notes.extend(told);
    for (place, shelf) in &progress.shelves {
        for (index, message) in shelf.messages.iter().enumerate() {
            let (at, seen_at) = match place {
                Place::Mailbox(mailbox) => {
                    let at = stage.world.keeper(mailbox).map_or(Party::Undetermined, Party::from);
                    (at, Seen::Mailbox { at, address: stage.world.address(mailbox) })
                }
                Place::VirusStore(role) | Place::AccessPoint(role) | Place::IncomingPoint(role) => {
                    ((*role).into(), Seen::VirusStore { of: *role })
                }
            };
            let observation = Observation {
                id: 0,
                bytes: message.bytes.clone(),
                seen: seen_at,
                at: message.at,
                path: None,
                producer: at,
                name: None,
                dialogue: None,
            };
            seen.push((observation, Some((place.clone(), index))));
        }
    }
    let is_among_others = stage.world.settling().is_some();
    let met: BTreeSet<String> =
        seen.iter().filter(|_| is_among_others).filter_map(|(one, _)| message_id(one)).collect();
    for log in logs.values_mut() {
        // Somebody else's logs what else happens there too. What a provider makes of another's message may bear that one's
        // identifier alone.
        let is_of_play = |record: &LogRecord| {
            let ids = [&record.msgid, &record.identifier].into_iter().flatten().chain(&record.generated);
            ids.into_iter().any(|id| {
                progress.known.name(id).is_some() || stage.world.play().marks(id.as_bytes()) || met.contains(bare(id))
            })
        };
        log.retain(|record| !of_sentinel(record, &progress.known) && (!is_among_others || is_of_play(record)));
    }
    // Legal time knows nothing finer than a second, whatever the clock shows; and within one what crossed a wire comes
    // before what was then stored.
    for (observation, _) in &mut seen {
        observation.at = LegalTime::at(observation.at).instant();
    }
    if stage.world.settling().is_some() {
        before_stored(&mut seen);
    }
    for version in &mut directories {
        version.from = LegalTime::at(version.from).instant();
    }
    seen.sort_by_key(|(observation, stored)| (observation.at, stored.is_some()));
    let mut stored = BTreeMap::new();
    for (number, (observation, place)) in seen.iter_mut().enumerate() {
        observation.id = number + 1;
        if let Some(place) = place.take() {
            stored.insert(place, observation.id);
        }
    }
    let evidence = Evidence {
        title: stage.scenario.id.clone(),
        gateways,
        observations: seen.into_iter().map(|(observation, _)| observation).collect(),
        dialogues,
        logs,
        directories,
        certificates: Vec::new(),
        anchors: trust.anchors().to_vec(),
        crls: trust.crls().to_vec(),
        ended: Some(stage.world.now()),
        watch: progress.watched_until.map(|until| stage.world.watch(until)).unwrap_or_default(),
        claimed: None,
        announced: Vec::new(),
    };
    Gathered { evidence, stored }
}

/// The Message-ID of what was seen, without angle brackets.
fn message_id(seen: &Observation) -> Option<String> {
    let id = Mail::read(seen.bytes.clone()).ok()?.field("Message-ID")?;
    Some(bare(&id).to_owned())
}

/// What is stored had crossed its wire by then, whenever its host came to note that: where clocks run, that may be a second
/// later, and on a busy machine more. It is known by its Message-ID, for its new host has added fields of its own, and by its
/// recipient: another's provider may have it hours before or after.
fn before_stored(seen: &mut [(Observation, Option<(Place, usize)>)]) {
    let mut stored: BTreeMap<(String, String), Vec<Timestamp>> = BTreeMap::new();
    for (observation, _) in &*seen {
        let place = match &observation.seen {
            Seen::Mailbox { address, .. } => address.to_ascii_lowercase(),
            Seen::VirusStore { of } => of.to_string(),
            _ => continue,
        };
        if let Some(id) = message_id(observation) {
            stored.entry((id, place)).or_default().push(observation.at);
        }
    }
    for (observation, _) in &mut *seen {
        let Seen::Wire { to, .. } = &observation.seen else { continue };
        let (Some(id), Some(path)) = (message_id(observation), &observation.path) else { continue };
        let places = path.to.iter().map(|to| to.to_ascii_lowercase()).chain(to.role().map(|role| role.to_string()));
        let of_it = places.filter_map(|place| stored.get(&(id.clone(), place))).flatten();
        let just_before = |at: &&Timestamp| **at < observation.at && observation.at.duration_since(**at) <= NOTED;
        if let Some(at) = of_it.filter(just_before).min() {
            observation.at = *at;
        }
    }
}

/// What the harness put in is told by its bytes.
fn recognise<'p>(progress: &'p Progress, seen: &Seen, bytes: &Bytes) -> Option<&'p PutIn> {
    let entered = |place: &Place| match (place, seen) {
        (Place::AccessPoint(role), Seen::Submitted { to }) => role == to,
        (Place::IncomingPoint(role), Seen::Wire { to, .. }) => Party::from(Host::Gateway(*role)) == *to,
        (Place::Mailbox(_), Seen::Wire { to, .. }) => *to == Party::Posta,
        _ => false,
    };
    let fingerprint = Fingerprint::of(bytes);
    progress.put_in.iter().find(|put_in| entered(&put_in.place) && put_in.fingerprint == fingerprint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::SmtpPath;

    #[test]
    fn a_message_crossed_before_its_own_recipient_had_it_whenever_others_did() {
        let start: Timestamp = "2026-03-02T08:30:00Z".parse().unwrap();
        let observed = |seen: Seen, to: &[&str], seconds: i64| Observation {
            id: 0,
            bytes: Bytes::from(&b"Message-ID: <1@alfa.example>\r\n\r\n"[..]),
            path: matches!(seen, Seen::Wire { .. }).then(|| SmtpPath {
                from: "mario@alfa.example".to_owned(),
                to: to.iter().map(ToString::to_string).collect(),
            }),
            seen,
            at: start + SignedDuration::from_secs(seconds),
            producer: Party::Sender,
            name: None,
            dialogue: None,
        };
        let wire = |to: Role| Seen::Wire { from: Party::Sender, to: to.into() };
        let held = |at: Role, address: &str| Seen::Mailbox { at: at.into(), address: address.to_owned() };
        let (anna, giulia) = ("anna@bravo.example", "giulia@delta.example");
        let late = 13 * 3600;
        let mut seen: Vec<_> = [
            observed(wire(Role::Receiver), &["Anna@bravo.example"], 2),
            observed(held(Role::Receiver, anna), &[], 1),
            observed(wire(Role::SecondReceiver), &[giulia], late),
            observed(held(Role::SecondReceiver, giulia), &[], late - 1),
            // Put on the wire once more.
            observed(wire(Role::Receiver), &[anna], 3600),
        ]
        .map(|one| (one, None))
        .into();
        before_stored(&mut seen);
        let at: Vec<i64> = seen.iter().map(|(one, _)| one.at.duration_since(start).as_secs()).collect();
        assert_eq!(at, [1, 1, late - 1, late - 1, 3600]);
    }
}
