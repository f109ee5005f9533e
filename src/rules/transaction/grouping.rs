//! Puts messages together by what they say they are about, and each submission to what came of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Arrival, Member, Placed, Submission, Transaction, Unwrapped, strays};
use crate::{
    evidence::{Dialogue, Evidence, Observation, Seen, SmtpPath},
    message::{Kind, Mail, Message},
    rules::spelling::bare_identifier,
};

/// Sorts members into transactions, and puts each submission to what came of it.
pub(in crate::rules) fn transactions(evidence: &Evidence, members: Vec<Member>) -> Vec<Transaction> {
    let placed = (0..).zip(members).map(|(place, member)| Placed { place, group: member.identifier(), member });
    of_groups(gathered(placed.collect()), evidence)
}

/// Messages by what they belong to: their identifier, or the envelope's where they name another one.
pub(super) fn gathered(members: Vec<Placed>) -> Vec<Group> {
    let mut groups = groups(members);
    strays::gather(&mut groups);
    groups
}

/// Transactions of groups of messages, with what else was seen.
pub(super) fn of_groups(groups: Vec<Group>, evidence: &Evidence) -> Vec<Transaction> {
    let members = groups.iter().flat_map(|group| &group.members);
    let known: HashSet<usize> = members.flat_map(|member| &member.seen).map(|seen| seen.observation).collect();
    let groups = groups.into_iter().filter(|group| !group.members.is_empty());
    let mut found: Vec<Transaction> = groups.map(|group| Transaction::new(group.identifier, group.members)).collect();
    for submission in submissions(evidence) {
        let answered = found.iter().position(|transaction| {
            transaction.submission.is_none() && transaction.references().any(|member| submission.led_to(member))
        });
        match answered {
            Some(index) => found[index].submission = Some(submission),
            None => found.push(Transaction { submission: Some(submission), ..Transaction::default() }),
        }
    }
    let strangers = || evidence.observations.iter().filter(|observation| !known.contains(&observation.id));
    add_arrivals(&mut found, strangers());
    found.extend(strangers().filter_map(unwrapped));
    found
}

/// Messages of one identifier.
pub(super) struct Group {
    pub(super) identifier: String,
    /// The place of the first among all messages.
    pub(super) place: u64,
    pub(super) members: Vec<Member>,
}

/// By the identifier that they certify, or are put to, in the order first seen.
pub(super) fn groups(members: Vec<Placed>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    let mut strays = HashSet::new();
    for Placed { place, group: identifier, member } in members {
        let stray = member.identifier() != identifier;
        let index = *at.entry(identifier).or_insert_with_key(|identifier| {
            groups.push(Group { identifier: identifier.clone(), place, members: Vec::new() });
            groups.len() - 1
        });
        groups[index].members.push(member);
        if stray {
            strays.insert(index);
        }
    }
    for group in strays {
        groups[group].members.sort_by_key(Member::observation);
    }
    groups
}

/// What came over a wire with the Message-ID of an anomaly envelope.
fn add_arrivals<'a>(found: &mut [Transaction], strangers: impl Iterator<Item = &'a Observation>) {
    let mut wanted: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, transaction) in found.iter().enumerate() {
        let ids: HashSet<&str> =
            transaction.of(Kind::Anomalia).filter_map(|anomaly| anomaly.message_id.as_deref()).collect();
        for id in ids {
            wanted.entry(id.to_owned()).or_default().push(at);
        }
    }
    if wanted.is_empty() {
        return;
    }
    let mut arrivals: Vec<(usize, Arrival)> = Vec::new();
    let mut arrived = |id: &str, observation: usize, seen: &Seen, path: Option<&SmtpPath>| {
        let (Seen::Wire { to, .. }, Some(path)) = (seen, path) else { return };
        for at in wanted.get(bare_identifier(id)).into_iter().flatten() {
            arrivals.push((*at, Arrival { observation, to: *to, path: path.clone() }));
        }
    };
    for member in found.iter().flat_map(|transaction| &transaction.messages) {
        let Some(id) = member.message_id.as_deref() else { continue };
        for sighting in &member.seen {
            arrived(id, sighting.observation, &sighting.seen, sighting.path.as_ref());
        }
    }
    for stranger in strangers.filter(|stranger| matches!(stranger.seen, Seen::Wire { .. })) {
        let id = Mail::read(stranger.bytes.clone()).ok().and_then(|mail| mail.field("Message-ID"));
        arrived(&id.unwrap_or_default(), stranger.id, &stranger.seen, stranger.path.as_ref());
    }
    for (at, arrival) in arrivals {
        found[at].arrivals.push(arrival);
    }
}

/// Ordinary mail in a certified mailbox, as a transaction by itself: what came from elsewhere too, whatever it claims. What a
/// provider made is none, though it belongs to no transaction because it tells of two kinds.
fn unwrapped(observation: &Observation) -> Option<Transaction> {
    let Seen::Mailbox { at, address } = &observation.seen else { return None };
    at.role()?;
    let message = Message::read(observation.bytes.clone()).ok()?;
    let certifies = message.is_generated() && message.settled_kind().is_none();
    let id = message.mail.field("Message-ID").unwrap_or_else(|| format!("message {}", observation.id));
    let unwrapped =
        Unwrapped { observation: observation.id, seen_at: observation.at, host: *at, address: address.clone() };
    (!certifies).then(|| Transaction {
        identifier: bare_identifier(&id).to_owned(),
        unwrapped: Some(unwrapped),
        ..Transaction::default()
    })
}

fn submissions(evidence: &Evidence) -> impl Iterator<Item = Submission> {
    evidence.observations.iter().filter_map(|observation| {
        let Seen::Submitted { to } = observation.seen else { return None };
        let msgid = Mail::read(observation.bytes.clone()).ok().and_then(|mail| mail.field("Message-ID"));
        let dialogue = observation.dialogue.and_then(|index| evidence.dialogues.get(index));
        let path = observation.path.clone().unwrap_or_default();
        let refused = path.to.is_empty() || dialogue.is_some_and(refused);
        Some(Submission { observation: observation.id, to, path, at: observation.at, msgid, refused })
    })
}

/// Whether no message data of a session was answered with success.
fn refused(dialogue: &Dialogue) -> bool {
    let mut lines = dialogue.lines.iter().skip_while(|line| !line.text.starts_with("<DATA"));
    lines.next().is_some() && !lines.any(|line| line.replies('2') && !line.text.starts_with("221"))
}

impl Submission {
    /// Whether `member` is about this submission: the same msgid, or none, and the same sender and recipients.
    fn led_to(&self, member: &Member) -> bool {
        let same_msgid = match (&self.msgid, &member.data.msgid) {
            (Some(sent), Some(certified)) => bare_identifier(sent) == bare_identifier(certified),
            _ => true,
        };
        let named = |address: &str| member.data.destinatari.iter().any(|d| d.address.eq_ignore_ascii_case(address));
        same_msgid
            && self.at <= member.first_seen()
            && self.path.from.eq_ignore_ascii_case(&member.data.mittente)
            && (self.msgid.is_some() && member.data.msgid.is_some() || self.path.to.iter().all(|to| named(to)))
    }
}
