//! Submissions whose answers are waited for, and when the sender is owed the next notice of one (3.1.6).

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Milestone;
use crate::gateway::compose::{Certified, Deadline, Typology};

/// When the first notice is owed, after acceptance.
const FIRST: SignedDuration = SignedDuration::from_hours(12);

/// A submission whose answers are waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracked {
    /// What was certified.
    pub about: Certified,
    /// When.
    pub at: Timestamp,
    /// Its certified recipients.
    pub recipients: Vec<Progress>,
}

/// How far a certified recipient has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Whose.
    pub address: String,
    /// Its provider took the message over.
    pub taken_over: bool,
    /// Nothing more is owed to the sender.
    pub ended: bool,
    /// Which timeout notices went out.
    pub noticed: Noticed,
}

/// Which timeout notices went out (3.1.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Noticed {
    /// None.
    #[default]
    Nothing,
    /// That of 12 hours.
    First,
    /// That of 24 hours, which ended it.
    Second,
}

/// All of them, by identifier, and by when somebody is next owed something.
#[derive(Debug, Default)]
pub struct Submissions {
    tracked: BTreeMap<String, Tracked>,
    /// Those of which a recipient is waited for that no notice was sent of, by acceptance.
    before_first: BTreeSet<(Timestamp, String)>,
    /// Those of which only the second notice is owed for a recipient, by acceptance.
    before_second: BTreeSet<(Timestamp, String)>,
}

impl Tracked {
    /// A submission just accepted.
    pub fn new(about: Certified, at: Timestamp) -> Self {
        let certified = about.recipients.iter().filter(|recipient| recipient.typology == Typology::Certified);
        let recipients = certified.map(|recipient| Progress::of(&recipient.address)).collect();
        Self { about, at, recipients }
    }

    /// What is known of a recipient, letter case ignored.
    pub fn progress(&self, recipient: &str) -> Option<&Progress> {
        self.recipients.iter().find(|progress| progress.is_of(recipient))
    }

    /// Notes what is known of a recipient.
    pub fn reach(&mut self, recipient: &str, milestone: Milestone) {
        let Some(progress) = self.recipients.iter_mut().find(|progress| progress.is_of(recipient)) else { return };
        match milestone {
            Milestone::TakenOver => progress.taken_over = true,
            Milestone::Ended => progress.ended = true,
            Milestone::FirstNotice => progress.noticed = Noticed::First,
            Milestone::SecondNotice => (progress.ended, progress.noticed) = (true, Noticed::Second),
        }
    }

    /// Whether nothing can follow any more. Of a recipient that the second notice told of, the queue may still tell more.
    pub fn is_concluded(&self) -> bool {
        self.recipients.iter().all(|progress| progress.ended && progress.noticed < Noticed::Second)
    }

    /// Whether it was accepted before an instant and nothing is owed of it any more.
    pub fn is_ended_before(&self, instant: Timestamp) -> bool {
        self.at < instant && self.recipients.iter().all(|progress| progress.ended)
    }

    /// Whether the sender is owed a notice of somebody, and which.
    fn owes(&self, deadline: Deadline) -> bool {
        self.recipients.iter().any(|progress| progress.next_deadline() == Some(deadline))
    }
}

impl Progress {
    fn of(address: &str) -> Self {
        Self { address: address.to_owned(), taken_over: false, ended: false, noticed: Noticed::Nothing }
    }

    /// Whether it is this recipient's, letter case ignored.
    pub fn is_of(&self, recipient: &str) -> bool {
        self.address.eq_ignore_ascii_case(recipient)
    }

    /// Whether this is known already.
    pub fn has(&self, milestone: Milestone) -> bool {
        match milestone {
            Milestone::TakenOver => self.taken_over,
            // Nothing more is owed then, whatever ended it.
            Milestone::Ended | Milestone::SecondNotice => self.ended,
            Milestone::FirstNotice => self.noticed >= Noticed::First,
        }
    }

    /// When the sender is owed the next timeout notice, and which.
    pub fn next_notice(&self, at: Timestamp, second: SignedDuration) -> Option<(Deadline, Timestamp)> {
        let deadline = self.next_deadline()?;
        Some((deadline, at + if deadline == Deadline::Twelve { FIRST } else { second }))
    }

    /// Nothing once ended; the first one only while neither a takeover nor a delivery is known (3.1.6).
    fn next_deadline(&self) -> Option<Deadline> {
        if self.ended {
            None
        } else if self.taken_over || self.noticed >= Noticed::First {
            Some(Deadline::TwentyFour)
        } else {
            Some(Deadline::Twelve)
        }
    }
}

impl Submissions {
    /// One more, or one that is known better.
    pub fn put(&mut self, tracked: Tracked) {
        self.forget(&tracked.about.identifier.clone());
        if tracked.is_concluded() {
            return;
        }
        let key = (tracked.at, tracked.about.identifier.clone());
        if tracked.owes(Deadline::Twelve) {
            self.before_first.insert(key.clone());
        }
        if tracked.owes(Deadline::TwentyFour) {
            self.before_second.insert(key.clone());
        }
        self.tracked.insert(key.1, tracked);
    }

    /// Notes what is known of a recipient of one.
    pub fn reach(&mut self, identifier: &str, recipient: &str, milestone: Milestone) {
        if let Some(mut tracked) = self.get(identifier).cloned() {
            tracked.reach(recipient, milestone);
            self.put(tracked);
        }
    }

    /// The one with this identifier, while anything may follow.
    pub fn get(&self, identifier: &str) -> Option<&Tracked> {
        self.tracked.get(identifier)
    }

    /// When the first notice after an instant is owed; `second` is when second ones are, after acceptance.
    pub fn due_after(&self, instant: Timestamp, second: SignedDuration) -> Option<Timestamp> {
        let next = |set: &BTreeSet<(Timestamp, String)>, after: SignedDuration| {
            set.iter().map(|(at, _)| *at + after).find(|due| *due > instant)
        };
        [next(&self.before_first, FIRST), next(&self.before_second, second)].into_iter().flatten().min()
    }

    /// Those of which a notice is owed by an instant.
    pub fn due_by(&self, instant: Timestamp, second: SignedDuration) -> Vec<Tracked> {
        let due = |set: &BTreeSet<(Timestamp, String)>, after: SignedDuration| {
            let due = set.iter().take_while(|(at, _)| *at + after <= instant);
            due.map(|(_, identifier)| identifier.clone()).collect::<Vec<_>>()
        };
        let both: BTreeSet<String> =
            [due(&self.before_first, FIRST), due(&self.before_second, second)].into_iter().flatten().collect();
        both.iter().filter_map(|identifier| self.get(identifier)).cloned().collect()
    }

    /// Forgets those accepted before an instant of which nothing is owed any more.
    pub fn forget_ended_before(&mut self, instant: Timestamp) {
        self.tracked.retain(|_, tracked| !tracked.is_ended_before(instant));
    }

    fn forget(&mut self, identifier: &str) {
        if let Some(tracked) = self.tracked.remove(identifier) {
            let key = (tracked.at, identifier.to_owned());
            self.before_first.remove(&key);
            self.before_second.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::compose::{ReceiptForm, Recipient};

    fn submission(identifier: &str, hour: i64, recipients: &[&str]) -> Tracked {
        let recipient = |address: &&str| Recipient { address: (*address).to_owned(), typology: Typology::Certified };
        let about = Certified {
            sender: "mario@a.example".into(),
            recipients: recipients.iter().map(recipient).collect(),
            subject_raw: Vec::new(),
            subject: None,
            reply_to: String::new(),
            identifier: identifier.into(),
            msgid: None,
            receipt: ReceiptForm::Complete,
        };
        Tracked::new(about, at(hour))
    }

    fn at(hour: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour)
    }

    #[test]
    fn what_is_owed_is_told_by_when_and_what_is_concluded_is_forgotten() {
        let second = SignedDuration::from_hours(23);
        let mut all = Submissions::default();
        all.put(submission("one", 0, &["a@b.example", "c@b.example"]));
        all.put(submission("two", 1, &["a@b.example"]));
        assert_eq!(all.due_after(at(0), second), Some(at(12)));
        assert_eq!(all.due_after(at(12), second), Some(at(13)));
        all.reach("one", "A@B.example", Milestone::TakenOver);
        all.reach("two", "a@b.example", Milestone::Ended);
        assert!(all.get("two").is_none());
        assert_eq!(all.due_after(at(12), second), Some(at(23)));
        assert!(all.due_by(at(11), second).is_empty());
        assert_eq!(all.due_by(at(12), second).len(), 1);
        all.reach("one", "c@b.example", Milestone::FirstNotice);
        assert!(all.due_by(at(12), second).is_empty(), "it went out");
        for recipient in ["a@b.example", "c@b.example"] {
            all.reach("one", recipient, Milestone::SecondNotice);
        }
        assert_eq!(all.due_after(at(0), second), None);
        assert!(all.get("one").is_some(), "the queue may have more to tell");
        all.forget_ended_before(at(1));
        assert!(all.get("one").is_none());
    }
}
