//! What was seen of a play as a sequence diagram: a column for each party, an arrow for each message.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{
    home::Link,
    texts::{Both, both},
};
use crate::{
    evidence::{Dialogue, Evidence, Observation, Party, Seen, Speaker},
    shown::shown,
};

/// Arrows that are drawn.
const MOST: usize = 80;

/// Columns and arrows.
#[derive(Default)]
pub(super) struct Sequence {
    pub columns: Vec<Column>,
    pub steps: Vec<Step>,
    /// Arrows that are not drawn.
    pub more: usize,
}

/// A party, or those whose mailboxes it keeps.
pub(super) struct Column {
    pub name: Both,
    pub is_users: bool,
}

/// An arrow.
pub(super) struct Step {
    /// How long after the first; nothing where that is as before.
    pub at: String,
    pub from: Column,
    pub to: Column,
    /// The leftmost column that it touches, from 1, and how many it spans.
    pub first: usize,
    pub span: usize,
    pub is_back: bool,
    /// What is told, by the name of its text.
    pub what: String,
    pub detail: String,
    pub href: Option<String>,
    /// Whether the harness put it there on purpose.
    pub on_purpose: bool,
}

/// Who stands in a column: a gateway or a host, or its users. In the order in which they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct End {
    place: u8,
    party: Party,
    is_users: bool,
}

impl End {
    fn host(party: Party) -> Self {
        Self { place: place(party), party, is_users: false }
    }

    fn users(of: Party) -> Self {
        // Whose users send stand on the left of their gateway, all others on the right.
        let place = if of == Party::Sender { 0 } else { place(of) + 1 };
        Self { place, party: of, is_users: true }
    }

    fn column(self, evidence: &Evidence) -> Column {
        Column { name: party_name(self.party, evidence), is_users: self.is_users }
    }
}

fn place(party: Party) -> u8 {
    match party {
        Party::Sender => 1,
        Party::Receiver => 2,
        Party::SecondReceiver => 4,
        Party::Posta => 6,
        Party::Harness => 8,
        Party::Undetermined => 9,
    }
}

/// What is drawn: a message that was seen, or a session that led to none.
struct Drawn<'a> {
    ends: (End, End),
    at: Option<Timestamp>,
    what: String,
    detail: String,
    seen: Option<&'a Observation>,
}

impl Sequence {
    /// Of everything that was seen; `files` leads to what is kept of a message.
    pub fn of(evidence: &Evidence, files: &BTreeMap<usize, Link>) -> Self {
        let drawn = drawn(evidence);
        let mut ends: Vec<End> = drawn.iter().flat_map(|it| [it.ends.0, it.ends.1]).collect();
        ends.sort_unstable();
        ends.dedup();
        let began = drawn.iter().filter_map(|it| it.at).min();
        let (mut steps, more) = (Vec::new(), drawn.len().saturating_sub(MOST));
        let mut told = None;
        for it in drawn.into_iter().take(MOST) {
            let column = |end: End| ends.iter().position(|it| *it == end).unwrap_or_default() + 1;
            let (from, to) = (column(it.ends.0), column(it.ends.1));
            // What goes on at one instant of the legal clock tells it once.
            let at = it.at.filter(|at| told.replace(*at) != Some(*at)).zip(began);
            steps.push(Step {
                at: at.map(|(at, began)| after(at.duration_since(began))).unwrap_or_default(),
                from: it.ends.0.column(evidence),
                to: it.ends.1.column(evidence),
                first: from.min(to),
                span: from.abs_diff(to) + 1,
                is_back: from > to,
                what: it.what,
                detail: it.detail,
                href: it.seen.and_then(|seen| files.get(&seen.id)).map(|link| link.href.clone()),
                on_purpose: it.seen.is_some_and(|seen| {
                    seen.producer == Party::Harness && !matches!(seen.seen, Seen::Submitted { .. })
                }),
            });
        }
        Self { columns: ends.iter().map(|end| end.column(evidence)).collect(), steps, more }
    }
}

/// Everything that was seen, in order; sessions without a message stand after what was sent in the sessions before them.
fn drawn(evidence: &Evidence) -> Vec<Drawn<'_>> {
    let mut observations: Vec<&Observation> = evidence.observations.iter().collect();
    observations.sort_by_key(|seen| (seen.at, seen.id));
    let mut drawn: Vec<Drawn<'_>> = observations.into_iter().filter_map(message).collect();
    for (number, dialogue) in evidence.dialogues.iter().enumerate() {
        if evidence.observations.iter().any(|seen| seen.dialogue == Some(number)) {
            continue;
        }
        let Some(session) = session(dialogue) else { continue };
        let before = |it: &Drawn<'_>| it.seen.and_then(|seen| seen.dialogue).is_some_and(|other| other < number);
        let at = drawn.iter().rposition(before).map_or(0, |at| at + 1);
        drawn.insert(at, session);
    }
    drawn
}

fn message(seen: &Observation) -> Option<Drawn<'_>> {
    let recipients = || seen.path.as_ref().map(|path| path.to.join(", ")).unwrap_or_default();
    let (ends, detail) = match &seen.seen {
        Seen::Submitted { to } => ((End::users((*to).into()), End::host((*to).into())), recipients()),
        Seen::Wire { from, to } => ((End::host(*from), End::host(*to)), recipients()),
        Seen::Mailbox { at, address } => ((End::host(*at), End::users(*at)), address.clone()),
        Seen::VirusStore { of } => ((End::host((*of).into()), End::host((*of).into())), String::new()),
        Seen::File { .. } => return None,
    };
    let what = match (seen.claims(), &seen.seen) {
        (_, Seen::VirusStore { .. }) => "virus-store".to_owned(),
        (Some(kind), _) => format!("kind-{}", kind.word()),
        (None, Seen::Submitted { .. }) => "submitted-mail".to_owned(),
        (None, _) => "ordinary-mail".to_owned(),
    };
    let name = seen.name.as_ref().map(|name| format!("“{name}” ")).unwrap_or_default();
    Some(Drawn { ends, at: Some(seen.at), what, detail: shown(&(name + &detail)), seen: Some(seen) })
}

/// A session without a message, where it said anything worth an arrow: the last refusal.
fn session(dialogue: &Dialogue) -> Option<Drawn<'static>> {
    let refused = refusal(dialogue)?;
    let from = match dialogue.from {
        Party::Harness => End::users(dialogue.to),
        party => End::host(party),
    };
    let ends = (from, End::host(dialogue.to));
    Some(Drawn { ends, at: None, what: "session-refused".to_owned(), detail: refused, seen: None })
}

/// The last answer of a session that refuses something.
pub(super) fn refusal(dialogue: &Dialogue) -> Option<String> {
    let answers = dialogue.lines.iter().rev().filter(|line| line.by == Speaker::Server);
    let mut refusals = answers.filter(|line| line.text.starts_with(['4', '5']));
    refusals.next().map(|line| shown(&line.text))
}

/// A length of time since the first, in a few signs.
fn after(passed: SignedDuration) -> String {
    let (seconds, minutes, hours) = (passed.as_secs() % 60, passed.as_mins() % 60, passed.as_hours());
    match (hours, minutes) {
        (0, 0) => format!("+{seconds} s"),
        (0, _) => format!("+{minutes}:{seconds:02}"),
        _ => format!("+{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// The name of a party for people: the target that plays its role.
pub(super) fn party_name(party: Party, evidence: &Evidence) -> Both {
    match party.role().and_then(|role| evidence.gateways.get(&role)) {
        Some(gateway) => both(|_| shown(&gateway.target).into()),
        None => both(|language| language.say(format!("side-{party}")).to_string().into()),
    }
}
