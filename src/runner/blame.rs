//! Who answers for an expectation that was not met: whoever owed the message, or composed one too many.

use std::collections::BTreeMap;

use super::{
    expect::{Difference, Found},
    reading::{Known, Reading, bare, read},
};
use crate::{
    evidence::{Evidence, Party, Seen, View},
    message::Kind,
    rules::{self, Judgement, Soundness},
    scenario::{
        Expected, Hours, Scenario, What,
        send::Send,
        words::{Host, Mailbox, Place},
    },
};

/// What crossed which wire.
pub struct Wires<'e> {
    evidence: &'e Evidence,
    crossed: Vec<(Party, Reading)>,
    /// What lies in mailboxes, by address.
    stored: Vec<(String, Reading)>,
    sends: BTreeMap<&'e str, &'e Send>,
    /// Whether what lies in an anomaly envelope belonged there, by its Message-ID without angle brackets.
    wrapped: BTreeMap<&'e str, Soundness>,
}

impl<'e> Wires<'e> {
    /// Reads everything that crossed a wire between hosts.
    pub fn new(evidence: &'e Evidence, judgement: &'e Judgement, scenario: &'e Scenario, known: &mut Known) -> Self {
        let crossed = evidence
            .observations
            .iter()
            .filter_map(|observation| match &observation.seen {
                Seen::Wire { to, .. } => Some((*to, read(&observation.bytes, known))),
                _ => None,
            })
            .collect();
        let stored = evidence.observations.iter().filter_map(|observation| match &observation.seen {
            Seen::Mailbox { address, .. } => Some((address.clone(), read(&observation.bytes, known))),
            _ => None,
        });
        let stored = stored.collect();
        let injected = scenario.injects().filter_map(|inject| inject.envelope.as_ref());
        let sends = scenario.sends().chain(injected).map(|send| (send.id.as_str(), send)).collect();
        let anomalies = judgement.transactions.iter().flat_map(|transaction| transaction.of(Kind::Anomalia));
        // An anomaly envelope bears the Message-ID of what it wraps (3.2.2).
        let wrapped = anomalies
            .filter_map(|anomaly| Some((anomaly.message_id.as_deref()?, anomaly.inside.as_ref()?.soundness)))
            .collect();
        Self { evidence, crossed, stored, sends, wrapped }
    }

    /// Who answers for a difference.
    pub fn blame(&self, difference: &Difference, address: &dyn Fn(&Mailbox) -> String) -> Party {
        let holder = holder(&difference.place);
        match (&difference.expected, &difference.found) {
            (_, Found::Answer(_)) => holder,
            // Whoever stores a message twice has not known it again.
            (_, Found::Message(arrival)) if self.holds(&difference.place, &arrival.reading, address) > 1 => holder,
            (_, Found::Message(arrival)) => {
                let is_anomaly = arrival.reading.what == What::Kind(Kind::Anomalia);
                let inside = |(_, crossed): &&(Party, Reading)| is_anomaly && id(crossed) == id(&arrival.reading);
                let inside = self.crossed.iter().find(inside);
                if let Some(culprit) = inside.and_then(|(_, crossed)| self.wrapped_behind(crossed)) {
                    return culprit;
                }
                let composer = self.composer_of(&arrival.reading).unwrap_or(holder);
                let refused = self.refused_behind(&arrival.reading, composer, address);
                refused.or_else(|| self.silent_behind(&arrival.reading, &difference.place, address)).unwrap_or(composer)
            }
            (Some(expected), Found::Nothing) => self.owes(expected, &difference.place, address),
            (None, Found::Nothing) => Party::Undetermined,
        }
    }

    /// Who answers for a non-delivery that tells the truth: the host that would not take what it speaks of.
    fn refused_behind(
        &self,
        reading: &Reading,
        composer: Party,
        address: &dyn Fn(&Mailbox) -> String,
    ) -> Option<Party> {
        let about = reading.about.as_deref().filter(|_| reading.what == What::Kind(Kind::ErroreConsegna))?;
        let is_told_of = |to: &&&Mailbox| {
            reading.consegna.as_ref().is_none_or(|told| told.eq_ignore_ascii_case(&address(to)))
                && self.would_not_take(composer, to, address)
        };
        let recipients = self.sends.get(about)?.recipients();
        let refused = recipients.iter().find(is_told_of)?;
        refused.host().map(Party::from).filter(|host| *host != composer)
    }

    /// Who answers for what crossed a wire and lies in an anomaly envelope: whoever composed it, and nobody where it may belong
    /// there; `None` where it does not, lies in none, or was changed behind the wire.
    fn wrapped_behind(&self, crossed: &Reading) -> Option<Party> {
        let soundness = self.wrapped.get(bare(&id(crossed)?))?;
        if !self.is_wrapped_as_it_came(crossed) {
            return None;
        }
        match soundness {
            Soundness::Sound => None,
            Soundness::Unsound => self.composer_of(crossed),
            Soundness::CannotTell => Some(Party::Undetermined),
        }
    }

    /// Whether some anomaly envelope holds what crossed a wire, trace fields on top left aside.
    fn is_wrapped_as_it_came(&self, crossed: &Reading) -> bool {
        let Some(came) = crossed.message.as_ref().map(|message| message.mail.whole()) else { return false };
        let anomalies = self.stored.iter().map(|(_, one)| one).filter(|one| one.what == What::Kind(Kind::Anomalia));
        let mut inside =
            anomalies.filter(|one| id(one) == id(crossed)).filter_map(|one| one.message.as_ref()?.original());
        inside.any(|inside| rules::is_as_it_came(&inside, came))
    }

    /// Who answers for a timeout notice that tells the truth: whoever owes what it warns of.
    fn silent_behind(&self, reading: &Reading, place: &Place, address: &dyn Fn(&Mailbox) -> String) -> Option<Party> {
        let about = reading.about.as_deref().filter(|_| reading.what == What::Kind(Kind::PreavvisoErroreConsegna))?;
        let consegna = reading.consegna.as_deref()?;
        let recipients = self.sends.get(about)?.recipients();
        let recipient = recipients.into_iter().find(|to| address(to).eq_ignore_ascii_case(consegna))?;
        let concludes = |one: &Reading| match one.what {
            What::Kind(Kind::AvvenutaConsegna | Kind::ErroreConsegna) => {
                one.consegna.as_deref().is_some_and(|named| named.eq_ignore_ascii_case(consegna))
            }
            // The first of the two is not sent once the other provider has the message (2.1.1.1.2).
            What::Kind(Kind::PresaInCarico) => reading.hours == Some(Hours::Twelve),
            _ => false,
        };
        let stored = self.stored.iter().map(|(_, one)| one).filter(|one| one.about.as_deref() == Some(about));
        let owed = Expected {
            what: What::Kind(Kind::AvvenutaConsegna),
            about: about.to_owned(),
            recipient: Some(recipient.clone()),
            form: None,
            hours: None,
            error: None,
            times: 1,
        };
        (!stored.into_iter().any(concludes)).then(|| self.owes(&owed, place, address))
    }

    /// A message that crossed the wire to its holder is the holder's to store, unless it belonged in an anomaly envelope; one
    /// that did not, its composer's to send; and who never got the envelope owes nothing, its sender does.
    fn owes(&self, expected: &Expected, place: &Place, address: &dyn Fn(&Mailbox) -> String) -> Party {
        let holder = holder(place);
        let recipient = expected.recipient.as_ref().map(address);
        let due = |(to, reading): &&(Party, Reading)| *to == holder && reading.fits(expected, recipient.as_deref());
        let kept_away = |(_, reading): &&(Party, Reading)| self.holds(place, reading, address) == 0;
        if let Some((_, reading)) = self.crossed.iter().filter(due).find(kept_away) {
            return self.wrapped_behind(reading).unwrap_or(holder);
        }
        let Some(send) = self.sends.get(expected.about.as_str()) else { return Party::Undetermined };
        let sender = send.submitted_at().map_or(Party::Undetermined, Party::from);
        let would_not_take = |to: &Mailbox| self.would_not_take(sender, to, address);
        let recipients = expected.recipient.as_ref().map_or_else(|| send.recipients(), |recipient| vec![recipient]);
        let receiver = match &expected.recipient {
            Some(recipient) => recipient.host().map_or(sender, Party::from),
            None => self.silent(expected, &recipients, sender).unwrap_or(sender),
        };
        match expected.what {
            What::Kind(
                Kind::AvvenutaConsegna | Kind::PresaInCarico | Kind::RilevazioneVirus | Kind::ErroreConsegna,
            ) => {
                let is = |reading: &Reading, kind: Kind| {
                    reading.what == What::Kind(kind) && reading.about.as_deref() == Some(expected.about.as_str())
                };
                let took_it =
                    |reading: &Reading| is(reading, Kind::PresaInCarico) && self.composer_of(reading) == Some(receiver);
                let crossed = |(to, reading): &(Party, Reading)| {
                    *to == receiver && is(reading, Kind::PostaCertificata) || took_it(reading)
                };
                let envelope =
                    |(to, reading): &&(Party, Reading)| *to == receiver && is(reading, Kind::PostaCertificata);
                let mut envelopes = self.crossed.iter().filter(envelope);
                if receiver == sender {
                    receiver
                } else if let Some(culprit) = envelopes.find_map(|(_, reading)| self.wrapped_behind(reading)) {
                    // Nothing is owed for what became an anomaly.
                    culprit
                } else if self.crossed.iter().any(crossed) || self.told().any(took_it) {
                    self.kept_back(receiver, sender, place, address)
                } else if recipients.iter().any(|to| to.host().map(Party::from) == Some(receiver) && would_not_take(to))
                {
                    // Who refuses in the session has said so; the sender's provider then tells its user.
                    if expected.what == What::Kind(Kind::ErroreConsegna) { sender } else { receiver }
                } else {
                    self.sent_nothing(sender, receiver)
                }
            }
            What::Kind(Kind::Anomalia) | What::Refused => holder,
            What::Message if !matches!(holder, Party::Posta) => holder,
            // Who would not take it keeps it from its own user.
            What::Kind(Kind::PostaCertificata) if matches!(place, Place::Mailbox(to) if would_not_take(to)) => holder,
            What::Kind(Kind::PostaCertificata) => self.sent_nothing(sender, holder),
            What::Kind(_) | What::Message => sender,
        }
    }

    /// Whether somebody else's host would not hear a host at all: refused it, or hung up, before it could name anybody. Where
    /// TLS does not come about, that may be the harness's own limits.
    fn was_sent_off(&self, host: Party, to: &Mailbox) -> bool {
        let Some(other) = to.host().map(Party::from).filter(|other| *other != host) else { return false };
        let mut sessions = self.evidence.dialogues.iter().filter(|session| session.from == host && session.to == other);
        !sees_wires_at(self.evidence, other)
            && sessions.any(|session| {
                let exchanges = session.exchanges();
                let said = |verb: &str| exchanges.iter().any(|one| one.is(verb));
                let refused = || session.lines.iter().any(|line| line.replies('4') || line.replies('5'));
                let upgrading = session.tls.is_none() && said("STARTTLS");
                // Without STARTTLS a provider's host leaves (RFC 6109 5.3).
                let unsecured = session.tls.is_none() && !said("MAIL");
                !said("RCPT")
                    && !upgrading
                    && (unsecured || session.lacks_8bitmime() || session.is_cut_short() || refused())
            })
    }

    /// How often a message lies in a mailbox.
    fn holds(&self, place: &Place, reading: &Reading, address: &dyn Fn(&Mailbox) -> String) -> usize {
        let Place::Mailbox(mailbox) = place else { return 0 };
        let (mailbox, id) = (address(mailbox), id(reading));
        let there = |at: &String| at.eq_ignore_ascii_case(&mailbox);
        // An anomaly envelope bears the Message-ID of what it wraps (3.2.2).
        let is_it = |stored: &Reading| stored.what == reading.what && self::id(stored) == id;
        self.stored.iter().filter(|(at, stored)| there(at) && is_it(stored)).count()
    }

    /// Of several receiving providers, who has not told what each of them owes: first of those that got the envelope.
    fn silent(&self, expected: &Expected, recipients: &[&Mailbox], sender: Party) -> Option<Party> {
        let hosts = recipients.iter().filter_map(|to| to.host().map(Party::from));
        let receivers: Vec<Party> = hosts.filter(|host| *host != sender).collect();
        let told = |host: &&Party| {
            let crossed = self.crossed.iter().map(|(_, reading)| reading);
            crossed.chain(self.told()).any(|one| one.is_about(expected) && self.composer_of(one) == Some(**host))
        };
        let envelope = What::Kind(Kind::PostaCertificata);
        let got = |host: &&Party| {
            let is_it = |one: &Reading| one.what == envelope && one.about.as_ref() == Some(&expected.about);
            self.crossed.iter().any(|(to, reading)| to == *host && is_it(reading))
        };
        let silent = || receivers.iter().filter(|host| !told(host));
        silent().find(got).or_else(|| silent().next()).or(receivers.first()).copied()
    }

    /// Who answers for what a receiver owed and the sender has not: whoever refused it, and nobody where that was not seen.
    fn kept_back(&self, receiver: Party, sender: Party, place: &Place, address: &dyn Fn(&Mailbox) -> String) -> Party {
        let refused = matches!(place, Place::Mailbox(to) if self.would_not_take(receiver, to, address));
        if refused {
            sender
        } else if sees_wires_at(self.evidence, sender) {
            receiver
        } else {
            Party::Undetermined
        }
    }

    /// Whether somebody else's host refused what a host had for one of its mailboxes, or would not hear that host at all.
    fn would_not_take(&self, host: Party, to: &Mailbox, address: &dyn Fn(&Mailbox) -> String) -> bool {
        rules::was_turned_away(self.evidence, host, &address(to)) || self.was_sent_off(host, to)
    }

    /// Who answers for an envelope that was not seen to cross from one to the other: its sender, and nobody where neither end
    /// of the way was seen.
    fn sent_nothing(&self, sender: Party, receiver: Party) -> Party {
        if [sender, receiver].into_iter().any(|host| sees_wires_at(self.evidence, host)) {
            sender
        } else {
            Party::Undetermined
        }
    }

    /// What tells, where wires are not seen, that it crossed them.
    fn told(&self) -> impl Iterator<Item = &Reading> {
        self.stored.iter().filter(|_| !sees_wires(self.evidence)).map(|(_, reading)| reading)
    }

    /// By the domain of From, which is the composing provider's (RFC 6109 2.1).
    fn composer_of(&self, reading: &Reading) -> Option<Party> {
        let mail = &reading.message.as_ref()?.mail;
        let from = mail.mailboxes(mail.root.header("From")?)?;
        let (_, domain) = from.first()?.address.rsplit_once('@')?;
        let manages = |domains: &[String]| {
            domains.iter().any(|managed| {
                domain.eq_ignore_ascii_case(managed)
                    || domain.to_ascii_lowercase().ends_with(&format!(".{}", managed.to_ascii_lowercase()))
            })
        };
        let (role, _) = self.evidence.gateways.iter().find(|(_, facts)| manages(&facts.domains))?;
        Some((*role).into())
    }
}

/// What names a message wherever it is.
fn id(reading: &Reading) -> Option<String> {
    reading.message.as_ref()?.mail.field("Message-ID")
}

/// Whether what crossed between the hosts was seen; a play that was cut short watched to no instant.
fn sees_wires(evidence: &Evidence) -> bool {
    evidence.watch.until().is_none() || evidence.watch.sees(View::Wires)
}

/// Whether what reached a host's points, and was refused there, was seen.
fn sees_wires_at(evidence: &Evidence, host: Party) -> bool {
    host.role().is_none_or(|role| evidence.watch.until().is_none() || evidence.watch.sees_wires_at(role))
}

/// Who keeps a place.
pub fn holder(place: &Place) -> Party {
    match place {
        Place::Mailbox(mailbox) => mailbox.host().map_or(Party::Undetermined, Party::from),
        Place::VirusStore(role) | Place::AccessPoint(role) | Place::IncomingPoint(role) => Host::Gateway(*role).into(),
    }
}
