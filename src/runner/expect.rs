//! What was expected against what arrived: everything expected came, and nothing else did.

use std::collections::BTreeMap;

use super::reading::Reading;
use crate::{
    message::Kind,
    scenario::{
        Expected, What,
        locate::{Path, Step as Down},
        model::Expectation,
        words::{Mailbox, Place},
    },
    target::Answer,
};

/// A message that arrived somewhere since the last look.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Where.
    pub place: Place,
    /// Which one there, from 0.
    pub index: usize,
    /// What it is.
    pub reading: Reading,
}

/// An answer given since the last look.
#[derive(Clone, Debug)]
pub struct Answered {
    /// By whom.
    pub place: Place,
    /// To which send or injected envelope.
    pub about: String,
    /// What.
    pub answer: Answer,
}

/// Something expected that is not there, or something there that was not expected.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Where in the scenario.
    pub path: Path,
    /// Where in the world.
    pub place: Place,
    /// What was expected; `None` for something more than expected.
    pub expected: Option<Expected>,
    /// What is there instead, or too much.
    pub found: Found,
}

/// What is there instead.
#[derive(Clone, Debug)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// A message.
    Message(Box<Arrival>),
    /// An answer in an SMTP session, in words.
    Answer(String),
}

/// Everything in which `arrivals` and `answers` differ from an expectation at `path`; `earlier` are the server-server
/// acceptances that were told before, these perhaps among them.
pub fn differences(
    expectation: &Expectation,
    path: &Path,
    arrivals: &[Arrival],
    earlier: &[Arrival],
    answers: &[Answered],
    address: &dyn Fn(&Mailbox) -> String,
) -> Vec<Difference> {
    let mut by_place: BTreeMap<&Place, Vec<&Arrival>> = BTreeMap::new();
    for arrival in arrivals {
        by_place.entry(&arrival.place).or_default().push(arrival);
    }
    let nothing = Vec::new();
    let mut places: Vec<&Place> = expectation.keys().chain(by_place.keys().copied()).collect();
    places.sort();
    places.dedup();
    let mut differences = Vec::new();
    for place in places {
        let expected = expectation.get(place).unwrap_or(&nothing);
        let at = if expectation.contains_key(place) { below(path, place) } else { path.clone() };
        match place {
            Place::AccessPoint(_) | Place::IncomingPoint(_) => {}
            Place::Mailbox(_) | Place::VirusStore(_) => {
                let arrived = by_place.remove(place).unwrap_or_default();
                let earlier = earlier.iter().filter(|one| one.place == *place).collect();
                differences.extend(at_place(place, expected, &at, arrived, earlier, address));
            }
        }
    }
    for answered in answers {
        let expected = expectation.get(&answered.place).unwrap_or(&nothing);
        let at = below(path, &answered.place);
        differences.extend(in_session(answered, expected, &at, path, address));
    }
    differences.extend(unanswered(expectation, path, answers));
    differences
}

/// A place's messages against its list. What fits is paired first; then what is at least of the same kind about the same
/// send is shown as found instead; the rest is missing or too much.
fn at_place(
    place: &Place,
    expected: &[Expected],
    path: &Path,
    arrived: Vec<&Arrival>,
    earlier: Vec<&Arrival>,
    address: &dyn Fn(&Mailbox) -> String,
) -> Vec<Difference> {
    let (mut left, mut paired) = (arrived, earlier);
    paired.retain(|one| left.iter().all(|arrival| arrival.index != one.index));
    let mut take = |fits: &dyn Fn(&Reading) -> bool| {
        let found = left.iter().position(|arrival| fits(&arrival.reading))?;
        let arrival = left.remove(found);
        paired.push(arrival);
        Some(arrival)
    };
    // The most demanding first, so that it is not left without the one message that fits it.
    let mut order: Vec<usize> = (0..expected.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(details(&expected[index])));
    let missing: Vec<(usize, u16)> = order
        .into_iter()
        .filter_map(|index| {
            let one = &expected[index];
            let recipient = one.recipient.as_ref().map(address);
            let came =
                (0..one.times).take_while(|_| take(&|reading| reading.fits(one, recipient.as_deref())).is_some());
            let missing = one.times - u16::try_from(came.count()).unwrap_or(one.times);
            (missing > 0).then_some((index, missing))
        })
        .collect();
    let mut differences: Vec<Difference> = missing
        .into_iter()
        .map(|(index, times)| {
            let one = Expected { times, ..expected[index].clone() };
            let mut path = path.clone();
            path.push(Down::Item(index));
            let found = match take(&|reading| reading.is_about(&one)) {
                Some(arrival) => Found::Message(Box::new(arrival.clone())),
                None => Found::Nothing,
            };
            Difference { path, place: place.clone(), expected: Some(one), found }
        })
        .collect();
    left.retain(|arrival| {
        let goes_on = goes_on_from(&paired, arrival);
        if goes_on {
            paired.push(arrival);
        }
        !goes_on
    });
    differences.extend(left.into_iter().map(|arrival| Difference {
        path: path.clone(),
        place: place.clone(),
        expected: None,
        found: Found::Message(Box::new(arrival.clone())),
    }));
    differences
}

/// Whether a server-server acceptance covers the rest of an envelope that another one covers a part of: hosts on the way may
/// hand it over in several transactions, for they may limit the recipients of one (RFC 5321 4.5.4.1), and each is answered for
/// those in its routing data: "one or more" cover them all (RFC 6109 3.2.1).
fn goes_on_from(paired: &[&Arrival], arrival: &Arrival) -> bool {
    let takeover = What::Kind(Kind::PresaInCarico);
    let same = |one: &&&Arrival| {
        let (one, other) = (&one.reading, &arrival.reading);
        one.what == takeover && one.about == other.about && one.issuer() == other.issuer()
    };
    let covered: Vec<String> = paired.iter().filter(same).flat_map(|one| one.reading.taken_over()).collect();
    let covers = arrival.reading.taken_over();
    arrival.reading.what == takeover
        && paired.iter().any(|one| same(&one))
        && !covers.is_empty()
        && covers.iter().all(|recipient| !covered.contains(recipient))
}

fn details(expected: &Expected) -> usize {
    [expected.recipient.is_some(), expected.form.is_some(), expected.hours.is_some(), expected.error.is_some()]
        .into_iter()
        .filter(|given| *given)
        .count()
}

/// An answer is as expected when it refuses exactly what the list says; without a list it must take everything.
fn in_session(
    answered: &Answered,
    expected: &[Expected],
    at: &Path,
    path: &Path,
    address: &dyn Fn(&Mailbox) -> String,
) -> Vec<Difference> {
    let answer = &answered.answer;
    let mut explained: Vec<Option<String>> = Vec::new();
    let mut differences = Vec::new();
    for (index, one) in expected.iter().enumerate().filter(|(_, one)| one.about == answered.about) {
        let recipient = one.recipient.as_ref().map(address);
        if answer.refuses(recipient.as_deref()) {
            explained.push(recipient);
        } else {
            let mut path = at.clone();
            path.push(Down::Item(index));
            differences.push(Difference {
                path,
                place: answered.place.clone(),
                expected: Some(one.clone()),
                found: Found::Answer(words(answer)),
            });
        }
    }
    let everything = explained.contains(&None);
    // What is put off is tried again; what stays put off is told in the end.
    for refusal in answer.refused.iter().filter(|refusal| refusal.code >= 500) {
        let named = refusal
            .recipient
            .as_ref()
            .is_some_and(|of| explained.iter().flatten().any(|recipient| recipient.eq_ignore_ascii_case(of)));
        if !everything && !named {
            differences.push(Difference {
                path: path.clone(),
                place: answered.place.clone(),
                expected: None,
                found: Found::Answer(words(answer)),
            });
            break;
        }
    }
    differences
}

/// Refusals expected of a session that did not take place since the last look.
fn unanswered(expectation: &Expectation, path: &Path, answers: &[Answered]) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (place, expected) in expectation {
        if !matches!(place, Place::AccessPoint(_) | Place::IncomingPoint(_)) {
            continue;
        }
        for (index, one) in expected.iter().enumerate() {
            if !answers.iter().any(|answered| answered.place == *place && answered.about == one.about) {
                let mut path = below(path, place);
                path.push(Down::Item(index));
                let found = Found::Answer("no such session since the step before".to_owned());
                differences.push(Difference { path, place: place.clone(), expected: Some(one.clone()), found });
            }
        }
    }
    differences
}

/// `550 5.1.1 no such mailbox`, or `everything accepted`.
pub fn words(answer: &Answer) -> String {
    if answer.refused.is_empty() {
        return "everything accepted".to_owned();
    }
    let refusals: Vec<String> = answer
        .refused
        .iter()
        .map(|refusal| match &refusal.recipient {
            Some(recipient) => format!("{recipient}: {} {}", refusal.code, refusal.text),
            None => format!("{} {}", refusal.code, refusal.text),
        })
        .collect();
    refusals.join("; ")
}

fn below(path: &Path, place: &Place) -> Path {
    let mut path = path.clone();
    path.push(Down::Key(place.to_string()));
    path
}

#[cfg(test)]
mod tests;
