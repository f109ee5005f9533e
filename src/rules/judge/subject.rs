//! What rules are put to.

use std::collections::{BTreeMap, HashMap, hash_map::Entry};

use crate::{
    evidence::{Dialogue, LogRecord, Party, Role},
    norm::Bound,
    smime::Certificate,
};

use super::{
    super::{
        Check, Context, Culprit, Finding, Findings, GivenCertificate, LogSubject, Member, Rule, Transaction, Unread,
        exhibit::Exhibit,
    },
    about::About,
    locate::locate,
    reference::DirectoryInForce,
};

/// Something that a rule can be put to.
pub(super) trait Subject {
    /// What the check finds; `None` where it is about something else, or its question makes no sense here.
    fn ask(&self, check: &Check, context: &Context<'_>) -> Option<Findings>;

    /// What a verdict on it is about.
    fn about(&self) -> About;

    /// Who may answer for what a rule finds in it.
    fn answering(&self, _: &Rule, _: &Context<'_>) -> Vec<Party> {
        vec![self.about().blame]
    }
}

/// The certificate that signed a message, as it travelled.
pub(super) struct Signing<'e> {
    pub exhibit: &'e Exhibit<'e>,
    pub certificate: &'e Certificate,
}

impl<'e> Signing<'e> {
    pub fn of(exhibit: &'e Exhibit<'_>) -> Option<Self> {
        Some(Self { certificate: exhibit.signature.as_ref()?.signer.as_ref()?, exhibit })
    }
}

/// A session, by its number in the evidence, from 1.
pub(super) struct Session<'e> {
    pub number: usize,
    pub dialogue: &'e Dialogue,
}

/// A provider's log, beside what it should tell of.
pub(super) struct Log<'e> {
    pub role: Role,
    pub records: &'e [LogRecord],
    pub transactions: &'e [Transaction],
}

/// What was found several times in the same place is one finding with a count, shown where it was found first.
fn counted(findings: Findings) -> Findings {
    if findings.len() < 2 {
        return findings;
    }
    let mut places: HashMap<_, usize> = HashMap::new();
    let mut counted: Findings = Vec::new();
    for finding in findings {
        let Finding { expected, found, at, blame, provider, observations, times } = &finding;
        let place = (at.spot.clone(), at.detail.clone());
        let who = (*blame, provider.clone());
        let same = (expected.clone(), found.clone(), place, who, observations.clone());
        match places.entry(same) {
            Entry::Occupied(place) => counted[*place.get()].times += times,
            Entry::Vacant(place) => {
                place.insert(counted.len());
                counted.push(finding);
            }
        }
    }
    counted
}

impl Subject for Exhibit<'_> {
    fn ask(&self, check: &Check, context: &Context<'_>) -> Option<Findings> {
        let subject = self.subject();
        let mut findings = match check {
            Check::Message(_) if self.is_cut_off() => return None,
            Check::Message(check) => counted(check(&subject, context)?),
            Check::Limits(check) => return Some(check(&subject)?.iter().map(beyond).collect()),
            _ => return None,
        };
        // What a mailing list did to a header that no signature covers is nobody's fault, and what was there nobody knows.
        let put = findings.len();
        if subject.mail().is_from_a_list() {
            findings.retain(|finding| finding.blame.is_some() || !finding.at.is_outside());
        }
        if findings.is_empty() && put > 0 {
            return None;
        }
        locate(&mut findings, subject.message);
        if !subject.message.shape.is_as_it_came() {
            for finding in &mut findings {
                finding.at.span = None;
            }
        }
        Some(findings)
    }

    fn about(&self) -> About {
        About::message(self)
    }

    fn answering(&self, _: &Rule, _: &Context<'_>) -> Vec<Party> {
        vec![self.composer]
    }
}

fn beyond(unread: &Unread) -> Finding {
    let found = format!("not all was read: {}", unread.limit);
    Finding::new("a message that can be judged whole", found, unread.place).blaming(Party::Undetermined)
}

impl Subject for Signing<'_> {
    fn ask(&self, check: &Check, context: &Context<'_>) -> Option<Findings> {
        certificate(self.certificate, check, context)
    }

    fn about(&self) -> About {
        About::certificate(self.exhibit, self.certificate)
    }

    fn answering(&self, _: &Rule, _: &Context<'_>) -> Vec<Party> {
        vec![self.exhibit.composer]
    }
}

impl Subject for GivenCertificate {
    fn ask(&self, check: &Check, context: &Context<'_>) -> Option<Findings> {
        certificate(&self.certificate, check, context)
    }

    fn about(&self) -> About {
        About::given(self)
    }
}

fn certificate(subject: &Certificate, check: &Check, context: &Context<'_>) -> Option<Findings> {
    let Check::Certificate(check) = check else { return None };
    check(subject, context).map(counted)
}

impl Subject for Session<'_> {
    fn ask(&self, check: &Check, context: &Context<'_>) -> Option<Findings> {
        let Check::Dialogue(check) = check else { return None };
        check(self.dialogue, context).map(counted)
    }

    fn about(&self) -> About {
        let Dialogue { from, to, .. } = self.dialogue;
        About { subject: format!("session {} ({from} to {to})", self.number), blame: *to, ..About::default() }
    }

    fn answering(&self, _: &Rule, _: &Context<'_>) -> Vec<Party> {
        vec![self.dialogue.from, self.dialogue.to]
    }
}

impl Subject for DirectoryInForce<'_> {
    fn ask(&self, check: &Check, context: &Context<'_>) -> Option<Findings> {
        let Check::Directory(check) = check else { return None };
        check(&self.subject(), context).map(counted)
    }

    fn about(&self) -> About {
        let subject = match self.subject().from {
            Some(from) => format!("the directory in force from {from}"),
            None => "the directory".to_owned(),
        };
        About { subject, ..About::default() }
    }
}

impl Subject for Log<'_> {
    fn ask(&self, check: &Check, _: &Context<'_>) -> Option<Findings> {
        let Check::Log(check) = check else { return None };
        let subject = LogSubject { role: self.role, records: self.records, transactions: self.transactions };
        check(&subject).map(counted)
    }

    fn about(&self) -> About {
        About { subject: format!("the {}'s log", self.role), blame: self.role.into(), ..About::default() }
    }
}

impl Subject for Transaction {
    fn ask(&self, check: &Check, context: &Context<'_>) -> Option<Findings> {
        let check = match check {
            Check::Transaction(check) => check,
            Check::Missing(absence, check) if absence.would_show(self, context) => check,
            _ => return None,
        };
        check(self, context).map(counted).map(bounded)
    }

    fn about(&self) -> About {
        let observation = self.submission.as_ref().map(|submission| submission.observation);
        let observation = observation.or_else(|| self.messages.first().map(Member::observation));
        let subject = match (&self.identifier[..], observation) {
            ("", Some(submission)) => format!("submission {submission}"),
            (identifier, _) => format!("transaction {identifier}"),
        };
        let Culprit { party: blame, provider } = self.senders();
        About { subject, observation, kind: None, blame, provider }
    }

    /// Whom the clauses bind: the access point is that of the sender's provider, incoming and delivery point are the others'.
    fn answering(&self, rule: &Rule, context: &Context<'_>) -> Vec<Party> {
        let sender = self.sender_side();
        let gateways = context.evidence.gateways.keys().copied().map(Party::from);
        let binds = |bound: &[Bound]| rule.clauses.iter().all(|clause| bound.contains(&clause.binds));
        if binds(&[Bound::AccessPoint]) {
            vec![sender]
        } else if binds(&[Bound::IncomingPoint, Bound::DeliveryPoint]) {
            gateways.filter(|party| *party != sender).collect()
        } else {
            gateways.collect()
        }
    }
}

/// The first findings by whom they blame, and how many more there are: one identifier may be that of a crowd.
fn bounded(findings: Findings) -> Findings {
    const MOST: usize = 20;
    if findings.len() <= MOST {
        return findings;
    }
    let mut told: BTreeMap<(Option<Party>, Option<String>), usize> = BTreeMap::new();
    let mut bounded: Findings = Vec::new();
    for finding in findings {
        let number = told.entry((finding.blame, finding.provider.clone())).or_default();
        *number += 1;
        if *number <= MOST {
            bounded.push(finding);
        }
    }
    for ((blame, provider), number) in told.into_iter().filter(|(_, number)| *number > MOST) {
        let more = Finding::new("no more of this", format!("{} more", number - MOST), "the transaction");
        bounded.push(Finding { blame, provider, ..more });
    }
    bounded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_crowd_of_findings_the_first_are_told_and_the_others_counted_for_each_who_answers() {
        let by = |party: Party, number: usize| {
            (0..number).map(move |at| Finding::new("a", at.to_string(), "b").blaming(party))
        };
        let few: Findings = by(Party::Sender, 20).collect();
        assert_eq!(bounded(few.clone()), few);
        let crowd = bounded(by(Party::Sender, 100_000).chain(by(Party::Receiver, 3)).collect());
        assert_eq!(crowd.len(), 24);
        let last = crowd.last().unwrap();
        assert_eq!((last.found.as_str(), last.blame), ("99980 more", Some(Party::Sender)));
    }
}
