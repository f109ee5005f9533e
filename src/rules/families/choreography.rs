//! What the rules on the messages of one submission share (RFC 6109 3; the rules are in `families/choreography/`).
//!
//! A rule about something missing says from where that can be seen ([`crate::rules::Absence`]). Whoever owes what is
//! missing is blamed, which may be another than who composed what is there.

pub(in crate::rules) mod acceptance;
pub(in crate::rules) mod anomaly;
pub(in crate::rules) mod brief;
pub(in crate::rules) mod founded;
pub(in crate::rules) mod identity;
pub(in crate::rules) mod original;
pub(in crate::rules) mod outcome;
pub(in crate::rules) mod receipt;
pub(in crate::rules) mod routing;
pub(in crate::rules) mod takeover;
pub(in crate::rules) mod timeout;
pub(in crate::rules) mod virus;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::{
    evidence::{Evidence, Observation, Party, Seen},
    message::{Bytes, Kind},
};

use crate::rules::{Context, Culprit, Member, Origin, Soundness, Transaction, providers::manages};

/// The acceptance by a gateway, which owes the sender the rest; what the harness put in owes nothing.
pub(super) fn accepted(transaction: &Transaction) -> Option<&Member> {
    transaction.first(Kind::Accettazione).filter(|_| transaction.sender_side() != Party::Harness)
}

/// Whether the envelope was found no envelope by whoever received it: nothing is owed for what became an anomaly.
pub(super) fn was_wrapped(transaction: &Transaction) -> bool {
    transaction.first(Kind::Anomalia).is_some()
}

/// How often a recipient of the message itself got it: sightings in one mailbox, else once.
fn times(fact: &Member) -> usize {
    let mut boxes: BTreeMap<(Party, &str), usize> = BTreeMap::new();
    for (_, party, address) in fact.mailboxes() {
        *boxes.entry((party, address)).or_default() += 1;
    }
    boxes.into_values().max().unwrap_or(1)
}

/// Who keeps a mailbox in which a message lies more than once: it was one as it was sent.
fn stored_again(fact: &Member) -> Option<Party> {
    let mut known: HashSet<&str> = HashSet::new();
    let again = fact.mailboxes().find(|(_, _, address)| !known.insert(*address));
    again.map(|(sighting, ..)| sighting.producer).filter(|keeper| *keeper != Party::Undetermined)
}

/// Messages with how often each came. Two files of one kind and Message-ID are two states of one message, unless a wire or a
/// mailbox shows that it came twice.
pub(super) fn counted<'a>(facts: impl Iterator<Item = &'a Member>) -> impl Iterator<Item = (&'a Member, usize)> {
    let mut known: HashSet<(Kind, &'a str)> = HashSet::new();
    facts.filter_map(move |fact| {
        let id = fact.message_id.as_deref().filter(|_| fact.is_in_file());
        let fresh = id.is_none_or(|id| known.insert((fact.kind, id)));
        fresh.then(|| (fact, times(fact)))
    })
}

/// How often any of these came.
pub(super) fn number<'a>(facts: impl Iterator<Item = &'a Member>) -> usize {
    counted(facts).map(|(_, times)| times).sum()
}

/// Messages by whom they concern, in lower case.
pub(super) fn by_recipient<'a>(facts: impl IntoIterator<Item = &'a Member>) -> BTreeMap<String, Vec<&'a Member>> {
    let mut concerned: BTreeMap<String, Vec<&Member>> = BTreeMap::new();
    for fact in facts {
        let named: BTreeSet<String> = fact.named().map(str::to_ascii_lowercase).collect();
        for recipient in named {
            concerned.entry(recipient).or_default().push(fact);
        }
    }
    concerned
}

/// More observations, and more names, than this tell a reader nothing.
pub(super) const MOST_SHOWN: usize = 20;

/// Observations of several messages.
pub(super) fn observations<'a>(facts: impl IntoIterator<Item = &'a Member>) -> Vec<usize> {
    facts.into_iter().map(Member::observation).take(MOST_SHOWN).collect()
}

/// Recipients of an envelope as another provider's incoming point took them, and that provider's gateway. What the harness put
/// in counts where it is sound: whoever gets it owes what it would owe anybody.
pub(super) fn crossings(transaction: &Transaction) -> impl Iterator<Item = (&Member, Party, &str)> {
    transaction.of(Kind::PostaCertificata).filter(|envelope| binds_receiver(envelope)).flat_map(|envelope| {
        envelope.wires().flat_map(move |(sighting, path)| {
            let to = match sighting.seen {
                Seen::Wire { from, to } if from != to && to.role().is_some() => Some(to),
                _ => None,
            };
            path.to.iter().filter_map(move |recipient| Some((envelope, to?, recipient.as_str())))
        })
    })
}

fn binds_receiver(envelope: &Member) -> bool {
    envelope.composer != Party::Harness || envelope.soundness == Some(Soundness::Sound)
}

/// Whether the harness played the sender's provider and put in nothing but what is sound.
pub(super) fn is_receivable(transaction: &Transaction) -> bool {
    transaction.first(Kind::PostaCertificata).is_some() && transaction.of(Kind::PostaCertificata).all(binds_receiver)
}

/// Whether the sender's own provider composed a message.
pub(super) fn is_of_sender_side(transaction: &Transaction, fact: &Member) -> bool {
    match (fact.composer, transaction.reference()) {
        (Party::Undetermined, Some(sent)) => {
            signing_provider(fact).is_some() && signing_provider(fact) == signing_provider(sent)
        }
        (Party::Undetermined, None) => false,
        (composer, _) => composer == transaction.sender_side(),
    }
}

/// Whether it is known that another provider than the sender's composed a message.
pub(super) fn is_of_another_provider(transaction: &Transaction, fact: &Member) -> bool {
    match (fact.composer, transaction.reference()) {
        (Party::Harness, _) | (Party::Undetermined, None) => false,
        (Party::Undetermined, Some(sent)) => match (signing_provider(fact), signing_provider(sent)) {
            (Some(one), Some(other)) => !one.eq_ignore_ascii_case(other),
            _ => false,
        },
        (composer, _) => {
            let sender = transaction.sender_side();
            sender != Party::Harness && sender != Party::Undetermined && composer != sender
        }
    }
}

/// Who made one too many of what is to come once: the last who is not whom it comes from; of one message alone, whoever stored
/// it again; or else the last.
pub(super) fn one_too_many(told: &[&Member], rightful: &Culprit) -> Culprit {
    let strange = told.iter().rfind(|fact| rightful.is_not(fact));
    if let ([alone], None) = (told, strange)
        && let Some(keeper) = stored_again(alone)
    {
        return keeper.into();
    }
    strange.or(told.last()).map_or(Party::Undetermined.into(), |fact| Culprit::from(*fact))
}

/// Whether a message can tell anything of a recipient: it is the sender's own provider's, or neither known to be forged nor
/// known to be of a provider that does not have the recipient.
pub(super) fn is_word_on(transaction: &Transaction, fact: &Member, recipient: &str, context: &Context<'_>) -> bool {
    if is_of_sender_side(transaction, fact) {
        return true;
    }
    match (&fact.origin, context.whole_directory()) {
        (Origin::Refuted(_) | Origin::Unsigned, _) => false,
        (Origin::Verified { provider }, Some(directory)) => manages(directory, provider, recipient),
        (Origin::Verified { .. } | Origin::NotVerified(_), _) => true,
    }
}

/// The bytes of an observation: where wires or submissions were seen, what went over them is at hand.
pub(super) fn bytes(evidence: &Evidence, observation: usize) -> Option<Bytes> {
    let is_it = |seen: &&Observation| seen.id == observation;
    // They are numbered from 1, as a rule without a gap.
    let likely = observation.checked_sub(1).and_then(|at| evidence.observations.get(at)).filter(is_it);
    likely.or_else(|| evidence.observations.iter().find(is_it)).map(|seen| seen.bytes.clone())
}

/// The provider a message is proved to come from.
pub(super) fn signing_provider(fact: &Member) -> Option<&str> {
    match &fact.origin {
        Origin::Verified { provider } => Some(provider),
        Origin::NotVerified(_) | Origin::Refuted(_) | Origin::Unsigned => None,
    }
}

/// `a, b and c`, or `none`; of many the first, and how many more.
pub(super) fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let mut items = items.into_iter();
    let mut shown: Vec<&str> = items.by_ref().take(MOST_SHOWN).collect();
    let more = items.count();
    let more = format!("{more} more");
    if more != "0 more" {
        shown.push(&more);
    }
    match shown.split_last() {
        None => "none".to_owned(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
