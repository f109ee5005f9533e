//! Messages that name another identifier than their envelope's, or none: what is wrong with them is the identifier, and that
//! is another question than who owes what.
//!
//! Which group of messages belongs to which other one is found out by outlines, which are small: so it is the same for what
//! is in memory and for an archive that is read a part at a time.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{Member, grouping::Group};
use crate::message::Kind;

/// A client may give one msgid to everything it sends: more of its transactions are not looked through.
const MOST_OF_ONE_MSGID: usize = 50;

/// Of messages of one identifier, what decides whether they are strays, or whether strays belong to them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outline {
    /// Their identifier.
    pub identifier: String,
    /// The client's msgid: that of the envelope, else of the first.
    pub msgid: String,
    /// The place of the first among all messages, in the order they came.
    pub place: u64,
    /// The certified sender where there is an envelope, which others then belong to; of strays `None`.
    sender: Option<String>,
    messages: Vec<Told>,
}

/// What is known of a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Told {
    kind: Kind,
    /// The client's msgid.
    msgid: Option<String>,
    /// The certified sender.
    sender: String,
    /// Recipients in `consegna` and `ricezione`, in lower case.
    named: Vec<String>,
}

/// What belongs to another group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The identifier of the strays.
    pub stray: String,
    /// The identifier of the envelope that they belong to.
    pub home: String,
}

impl Outline {
    /// Of a group; `None` where it has no msgid to be found by, or is an envelope's that is none of a transaction.
    fn of(group: &Group) -> Option<Self> {
        let Group { identifier, members, place } = group;
        let envelope = members.iter().find(|member| member.kind == Kind::PostaCertificata);
        if envelope.is_none() && members.iter().any(|member| member.kind.is_envelope()) {
            return None;
        }
        let msgid = envelope.or(members.first())?.client_msgid()?.to_owned();
        Some(Self {
            identifier: identifier.clone(),
            msgid,
            place: *place,
            sender: envelope.map(|envelope| envelope.data.mittente.clone()),
            messages: members.iter().map(Told::of).collect(),
        })
    }
}

impl Told {
    fn of(member: &Member) -> Self {
        Self {
            kind: member.kind,
            msgid: member.client_msgid().map(str::to_owned),
            sender: member.data.mittente.clone(),
            named: member.named().map(str::to_ascii_lowercase).collect(),
        }
    }

    /// Whether it refers to the client's message of an envelope, and names no other sender.
    fn refers_to(&self, msgid: &str, sender: &str) -> bool {
        self.msgid.as_deref() == Some(msgid) && (self.sender.is_empty() || self.sender.eq_ignore_ascii_case(sender))
    }
}

/// What a transaction holds already.
#[derive(Default)]
struct Held<'a> {
    kinds: HashSet<Kind>,
    named: HashSet<(Kind, &'a str)>,
}

impl<'a> Held<'a> {
    fn of(messages: &'a [Told]) -> Self {
        let mut held = Self::default();
        for message in messages {
            held.add(message);
        }
        held
    }

    fn add(&mut self, message: &'a Told) {
        self.kinds.insert(message.kind);
        self.named.extend(message.named.iter().map(|named| (message.kind, named.as_str())));
    }

    /// Whether there is no message of this one's kind about the same recipients.
    fn lacks(&self, wanted: &Told) -> bool {
        if wanted.named.is_empty() {
            return !self.kinds.contains(&wanted.kind);
        }
        !wanted.named.iter().any(|named| self.named.contains(&(wanted.kind, named.as_str())))
    }
}

impl Move {
    /// Which of these groups belong to which: messages whose identifier no envelope bears, to those about the same client's
    /// message that lack them. All groups of a msgid must be among them; groups of one msgid tell nothing of another.
    pub fn among(mut outlines: Vec<Outline>) -> Vec<Self> {
        outlines.sort_by_key(|outline| outline.place);
        let mut homes: HashMap<&str, Vec<(&Outline, &str)>> = HashMap::new();
        for outline in &outlines {
            let Some(sender) = &outline.sender else { continue };
            let homes = homes.entry(&outline.msgid).or_default();
            if homes.len() < MOST_OF_ONE_MSGID {
                homes.push((outline, sender));
            }
        }
        let mut held: HashMap<u64, Held<'_>> = HashMap::new();
        let mut moves = Vec::new();
        for stray in outlines.iter().rev().filter(|outline| outline.sender.is_none()) {
            let home = homes.get(&*stray.msgid).into_iter().flatten().find(|(home, sender)| {
                let held = held.entry(home.place).or_insert_with(|| Held::of(&home.messages));
                stray.messages.iter().all(|message| message.refers_to(&home.msgid, sender) && held.lacks(message))
            });
            let Some((home, _)) = home else { continue };
            if let Some(held) = held.get_mut(&home.place) {
                for message in &stray.messages {
                    held.add(message);
                }
            }
            moves.push(Self { stray: stray.identifier.clone(), home: home.identifier.clone() });
        }
        moves
    }
}

/// The outlines of groups.
pub(super) fn outlines(groups: &[Group]) -> Vec<Outline> {
    groups.iter().filter_map(Outline::of).collect()
}

/// Puts strays to the groups that they belong to.
pub(super) fn gather(groups: &mut [Group]) {
    let moves = Move::among(outlines(groups));
    if moves.is_empty() {
        return;
    }
    let at: HashMap<String, usize> =
        groups.iter().enumerate().map(|(at, group)| (group.identifier.clone(), at)).collect();
    let mut homes = HashSet::new();
    for Move { stray, home } in &moves {
        let (Some(&stray), Some(&home)) = (at.get(stray), at.get(home)) else { continue };
        let strays = std::mem::take(&mut groups[stray].members);
        groups[home].members.extend(strays);
        homes.insert(home);
    }
    for home in homes {
        groups[home].members.sort_by_key(Member::observation);
    }
}
