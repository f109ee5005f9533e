//! Messages that name another identifier than their envelope's, or none: what is wrong with them is the identifier, and that
//! is another question than who owes what.

use std::collections::{HashMap, HashSet};

use super::{Member, grouping::Group};
use crate::message::Kind;

/// A client may give one msgid to everything it sends: more of its transactions are not looked through.
const MOST_OF_ONE_MSGID: usize = 50;

/// Where the messages of an envelope are, and the envelope among them.
#[derive(Clone, Copy)]
struct Home {
    group: usize,
    envelope: usize,
}

/// What a transaction holds already.
#[derive(Default)]
struct Held {
    kinds: HashSet<Kind>,
    named: HashSet<(Kind, String)>,
}

impl Held {
    fn add(&mut self, member: &Member) {
        self.kinds.insert(member.kind);
        self.named.extend(member.named().map(|named| (member.kind, named.to_ascii_lowercase())));
    }

    /// Whether there is no message of this one's kind about the same recipients.
    fn lacks(&self, wanted: &Member) -> bool {
        let mut named = wanted.named().peekable();
        match named.peek() {
            None => !self.kinds.contains(&wanted.kind),
            Some(_) => !named.any(|named| self.named.contains(&(wanted.kind, named.to_ascii_lowercase()))),
        }
    }
}

/// Puts messages whose identifier no envelope bears to those about the same client's message that lack them.
pub(super) fn gather(groups: &mut [Group]) {
    let mut homes: HashMap<String, Vec<Home>> = HashMap::new();
    for (group, Group { members, .. }) in groups.iter().enumerate() {
        let Some(envelope) = members.iter().position(|member| member.kind == Kind::PostaCertificata) else { continue };
        let Some(msgid) = members[envelope].client_msgid() else { continue };
        let homes = homes.entry(msgid.to_owned()).or_default();
        if homes.len() < MOST_OF_ONE_MSGID {
            homes.push(Home { group, envelope });
        }
    }
    let mut held: HashMap<usize, Held> = HashMap::new();
    for at in (0..groups.len()).rev() {
        let Some(first) = groups[at].members.first() else { continue };
        if groups[at].members.iter().any(|member| member.kind.is_envelope()) {
            continue;
        }
        let msgid = first.client_msgid().unwrap_or_default();
        let home = homes.get(msgid).into_iter().flatten().find(|home| {
            let sent = &groups[home.group].members[home.envelope];
            let held = held.entry(home.group).or_insert_with(|| {
                let mut held = Held::default();
                groups[home.group].members.iter().for_each(|member| held.add(member));
                held
            });
            groups[at].members.iter().all(|stray| stray.refers_to(sent) && held.lacks(stray))
        });
        if let Some(home) = home.map(|home| home.group) {
            let strays = std::mem::take(&mut groups[at].members);
            if let Some(held) = held.get_mut(&home) {
                for member in &strays {
                    held.add(member);
                }
            }
            groups[home].members.extend(strays);
        }
    }
    for home in held.keys() {
        groups[*home].members.sort_by_key(Member::observation);
    }
}
