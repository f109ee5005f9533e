//! The facts, compact, of everything that belongs to one submission.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::{
    evidence::{Dialogue, Evidence, Party, Role, Seen, SmtpPath, Speaker},
    message::{Kind, Mail},
};

use super::{Sha256, member::Member, spelling::bare_identifier, spelling::is_bare_address};

/// Everything that belongs to one PEC msgid, and the submission it came from. No bodies are kept.
#[derive(Clone, Debug, Default)]
pub struct Transaction {
    /// The PEC msgid (`identificativo`), without angle brackets; the Message-ID for what relates to no submission.
    pub identifier: String,
    /// The submission, where it was seen.
    pub submission: Option<Submission>,
    /// Every message, once per composed message (not per sighting), in the order first seen.
    pub messages: Vec<Member>,
}

/// What a user submitted.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The observation.
    pub observation: usize,
    /// Whose access point.
    pub to: Role,
    /// SMTP path.
    pub path: SmtpPath,
    /// When.
    pub at: Timestamp,
    /// The client's msgid, as sent.
    pub msgid: Option<String>,
    /// Whether the access point answered the message itself with an error: nothing is owed then.
    pub refused: bool,
}

impl Transaction {
    /// When it began, as far as seen.
    pub fn started(&self) -> Option<Timestamp> {
        let submitted = self.submission.as_ref().map(|submission| submission.at);
        submitted.or_else(|| self.messages.iter().map(Member::first_seen).min())
    }

    /// What belongs together of messages that someone holds; one that lies in several places is one.
    pub fn of_members(members: Vec<Member>) -> Vec<Self> {
        let mut places: HashMap<Sha256, usize> = HashMap::new();
        let mut once: Vec<Member> = Vec::with_capacity(members.len());
        for member in members {
            if let Some(&place) = member.identity.and_then(|identity| places.get(&identity)) {
                once[place].seen.extend(member.seen);
            } else {
                places.extend(member.identity.map(|identity| (identity, once.len())));
                once.push(member);
            }
        }
        transactions(&Evidence::default(), once)
    }

    /// Whether a timeout notice is that of 24 hours.
    pub fn is_of_24_hours(&self, notice: &Member) -> bool {
        super::families::choreography::timeout::is_of_24_hours(self, notice)
    }

    /// When it began: as seen, or as certified where only files tell.
    pub fn began(&self) -> Option<Timestamp> {
        let in_file = |fact: &Member| matches!(fact.seen[0].seen, Seen::File { .. });
        let certified = self.messages.iter().all(in_file).then(|| self.dispatched()).flatten();
        certified.or_else(|| self.started())
    }

    /// The messages of a kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Member> {
        self.messages.iter().filter(move |fact| fact.kind == kind)
    }

    /// The first message of a kind.
    pub fn first(&self, kind: Kind) -> Option<&Member> {
        self.of(kind).next()
    }

    /// What says most surely who certified what: the acceptance, else the envelope, else a non-acceptance; one whose sender
    /// can be read before one whose cannot.
    pub fn reference(&self) -> Option<&Member> {
        self.references().find(|fact| is_bare_address(&fact.data.mittente)).or_else(|| self.references().next())
    }

    /// What the sender's provider says of what it got, the surest first.
    fn references(&self) -> impl Iterator<Item = &Member> {
        const KINDS: [Kind; 4] =
            [Kind::Accettazione, Kind::PostaCertificata, Kind::NonAccettazione, Kind::NonAccettazioneVirus];
        KINDS.into_iter().flat_map(|kind| self.of(kind))
    }

    /// Who plays the sender's provider: whose access point took the submission, else who composed the envelope or the
    /// acceptance.
    pub fn sender_side(&self) -> Party {
        match &self.submission {
            Some(submission) => submission.to.into(),
            None => self.reference().map_or(Party::Undetermined, |fact| fact.composer),
        }
    }

    /// When the message was dispatched: the instant that acceptance and envelope certify. An envelope for a provider out of
    /// reach is seen nowhere.
    pub fn dispatched(&self) -> Option<Timestamp> {
        let sent = self.first(Kind::PostaCertificata).or_else(|| self.first(Kind::Accettazione));
        sent?.data.instant()
    }

    /// The certified recipients, by the sender's provider's own data.
    pub fn certified_recipients(&self) -> impl Iterator<Item = &str> {
        let recipients = self.reference().map(|fact| fact.data.destinatari.as_slice()).unwrap_or_default();
        recipients.iter().filter(|recipient| recipient.tipo != "esterno").map(|recipient| recipient.address.as_str())
    }

    /// Whether there is no message of this one's kind about the same recipients.
    fn lacks(&self, wanted: &Member) -> bool {
        let same = |fact: &Member| wanted.named().next().is_none() || wanted.named().any(|named| fact.concerns(named));
        !self.of(wanted.kind).any(same)
    }

    /// Whether there is a message of a kind that should name a recipient and names none of the certified ones: whom it is for
    /// cannot be told, and what seems to be missing may be this.
    pub fn leaves_open(&self, kind: Kind) -> bool {
        let known = |named: &str| self.certified_recipients().any(|recipient| recipient.eq_ignore_ascii_case(named));
        self.of(kind).any(|fact| fact.composer != Party::Harness && !fact.named().any(known))
    }

    /// Messages of a kind that concern a recipient: delivered or tried, or taken over.
    pub fn concerning<'a>(&'a self, kind: Kind, recipient: &'a str) -> impl Iterator<Item = &'a Member> {
        self.of(kind).filter(move |fact| fact.concerns(recipient))
    }
}

/// Sorts facts into transactions, and puts each submission to what came of it.
pub(super) fn transactions(evidence: &Evidence, facts: Vec<Member>) -> Vec<Transaction> {
    let mut found: Vec<Transaction> = Vec::new();
    let mut at: BTreeMap<String, usize> = BTreeMap::new();
    for fact in facts {
        let identifier = fact.identifier();
        let index = *at.entry(identifier.clone()).or_insert_with(|| {
            found.push(Transaction { identifier, ..Transaction::default() });
            found.len() - 1
        });
        found[index].messages.push(fact);
    }
    gather_strays(&mut found);
    for submission in submissions(evidence) {
        let answered = found.iter().position(|transaction| {
            transaction.submission.is_none() && transaction.references().any(|fact| submission.led_to(fact))
        });
        match answered {
            Some(index) => found[index].submission = Some(submission),
            None => found.push(Transaction { submission: Some(submission), ..Transaction::default() }),
        }
    }
    found
}

/// Puts messages whose identifier no envelope bears to the transaction of the same client's message that lacks them: what is
/// wrong with them is the identifier, or that it cannot be read, and that is another question than who owes what.
fn gather_strays(found: &mut Vec<Transaction>) {
    let envelope = Kind::PostaCertificata;
    for at in (0..found.len()).rev() {
        if found[at].messages.iter().any(|fact| fact.kind.is_envelope()) {
            continue;
        }
        let stray = &found[at].messages;
        let home = found.iter().position(|other| {
            let sent = other.first(envelope);
            sent.is_some_and(|sent| stray.iter().all(|fact| fact.refers_to(sent) && other.lacks(fact)))
        });
        if let Some(home) = home {
            let stray = std::mem::take(&mut found[at].messages);
            found[home].messages.extend(stray);
            found[home].messages.sort_by_key(Member::observation);
        }
    }
    found.retain(|transaction| !transaction.messages.is_empty());
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
    lines.next().is_some()
        && !lines.any(|line| line.by == Speaker::Server && line.text.starts_with('2') && !line.text.starts_with("221"))
}

impl Submission {
    /// Whether `fact` is about this submission: the same msgid, or none, and the same sender and recipients.
    fn led_to(&self, fact: &Member) -> bool {
        let same_msgid = match (&self.msgid, &fact.data.msgid) {
            (Some(sent), Some(certified)) => bare_identifier(sent) == bare_identifier(certified),
            _ => true,
        };
        let named = |address: &str| fact.data.destinatari.iter().any(|d| d.address.eq_ignore_ascii_case(address));
        same_msgid
            && self.at <= fact.first_seen()
            && self.path.from.eq_ignore_ascii_case(&fact.data.mittente)
            && (self.msgid.is_some() && fact.data.msgid.is_some() || self.path.to.iter().all(|to| named(to)))
    }
}
