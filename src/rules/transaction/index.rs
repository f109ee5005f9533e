//! Where to find what in a transaction: no question goes through all messages for each recipient. One identifier may be that
//! of a hundred thousand messages.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Member;
use crate::{evidence::Party, message::Kind, rules::spelling::is_bare_address};

/// Positions of messages.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    of_kind: BTreeMap<Kind, Vec<usize>>,
    /// By kind and address in lower case.
    concerning: HashMap<(Kind, String), Vec<usize>>,
    /// Of envelopes, by the mailbox they lie in, with the sighting.
    lying_in: HashMap<String, Vec<(usize, usize)>>,
    /// Certified recipients, in lower case.
    certified: HashSet<String>,
    /// What says most surely who certified what.
    reference: Option<usize>,
    /// Kinds of which a message names no certified recipient, or may be anybody's.
    open: HashSet<Kind>,
}

impl Index {
    pub(super) fn of(messages: &[Member]) -> Self {
        let reference = reference(messages);
        let certified = reference.into_iter().flat_map(|at| messages[at].certified_recipients());
        let certified = certified.map(str::to_ascii_lowercase).collect();
        let mut index = Self { certified, reference, ..Self::default() };
        for (at, member) in messages.iter().enumerate() {
            if member.is_doubtful() {
                // It may be what seems to be missing.
                index.open.insert(member.kind);
                continue;
            }
            index.of_kind.entry(member.kind).or_default().push(at);
            let named: HashSet<String> = member.named().map(str::to_ascii_lowercase).collect();
            if member.composer != Party::Harness && named.is_disjoint(&index.certified) {
                index.open.insert(member.kind);
            }
            for address in named {
                index.concerning.entry((member.kind, address)).or_default().push(at);
            }
            if member.kind == Kind::PostaCertificata {
                for (sighting, address) in member.lying_in() {
                    index.lying_in.entry(address.to_ascii_lowercase()).or_default().push((at, sighting));
                }
            }
        }
        index
    }

    pub(super) fn reference(&self) -> Option<usize> {
        self.reference
    }

    pub(super) fn of_kind(&self, kind: Kind) -> &[usize] {
        self.of_kind.get(&kind).map_or(&[], Vec::as_slice)
    }

    pub(super) fn concerning(&self, kind: Kind, recipient: &str) -> &[usize] {
        self.concerning.get(&(kind, recipient.to_ascii_lowercase())).map_or(&[], Vec::as_slice)
    }

    pub(super) fn lying_in(&self, address: &str) -> &[(usize, usize)] {
        self.lying_in.get(&address.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    pub(super) fn is_certified(&self, address: &str) -> bool {
        self.certified.contains(&address.to_ascii_lowercase())
    }

    pub(super) fn is_open(&self, kind: Kind) -> bool {
        self.open.contains(&kind)
    }
}

/// What the sender's provider says of what it got, the surest first; where a sender can be read before where none can.
fn reference(messages: &[Member]) -> Option<usize> {
    let rank = |member: &Member| {
        let surest = match member.kind {
            Kind::Accettazione => 0,
            Kind::PostaCertificata => 1,
            Kind::NonAccettazione => 2,
            Kind::NonAccettazioneVirus => 3,
            _ => return None,
        };
        Some((!is_bare_address(&member.data.mittente), surest))
    };
    let certain = messages.iter().enumerate().filter(|(_, member)| !member.is_doubtful());
    let ranked = certain.filter_map(|(at, member)| Some((rank(member)?, at)));
    ranked.min().map(|(_, at)| at)
}
