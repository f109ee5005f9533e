//! A scenario being played: what was done so far and what is known of it. Outlives the play when that is cut short.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use aws_lc_rs::digest;
use jiff::{SignedDuration, Timestamp};

use super::{
    expect::{Answered, Arrival, Difference, differences},
    handover::{Door, Handover},
    inject::{self, Injection},
    mail,
    reading::{self, Known},
    talk::{Misheard, Talk},
};
use crate::{
    evidence::{Party, Role, SmtpPath},
    message::Bytes,
    scenario::{
        Expected, Scenario,
        inject::{Inject, Provider},
        locate::{Path, Step as Down},
        model::{Alternative, Expectation, GatewayState, PostaState, RevocationLists, Send, Step, Written},
        words::{Host, Mailbox, Place},
    },
    target::{Answer, InjectAs, Need, Pair, TargetError, mailboxes},
};

/// How long absence is waited for after the last step: longer than any notice may take (RFC 6109 3.1.6).
const AFTERMATH: SignedDuration = SignedDuration::from_hours(25);

/// A scenario on its pair.
pub struct Stage<'s> {
    /// The scenario.
    pub scenario: &'s Scenario,
    /// Who plays it.
    pub pair: &'s dyn Pair,
    progress: Mutex<Progress>,
}

/// What was done so far.
#[derive(Default)]
pub struct Progress {
    /// What names what on the wire.
    pub known: Known,
    /// Everything the harness put into the world.
    pub put_in: Vec<PutIn>,
    /// The tale so far.
    pub told: Vec<Told>,
    /// Expectations not met.
    pub differences: Vec<Difference>,
    /// Answers in a dialogue that were not those that must come.
    pub misheard: Vec<Misheard>,
    /// Which way the norm left was taken.
    pub choices: Vec<String>,
    /// What is worth knowing.
    pub notes: Vec<String>,
    /// The rules that must report on each injected envelope, by its id; none unless announced.
    pub announced: BTreeMap<String, Announced>,
    /// The step being played.
    pub at: Path,
    /// What was put off, and is tried again once the clock has moved.
    pub put_off: Vec<Handover>,
    /// Until when everything was looked at; `None` where the play was cut short.
    pub watched_until: Option<Timestamp>,
    seen: BTreeMap<Place, usize>,
    pub(super) answers: Vec<Answered>,
}

/// The rules that must report on something.
#[derive(Clone, Debug)]
pub struct Announced {
    /// Where the scenario says so.
    pub path: Path,
    /// Their ids.
    pub rules: Vec<String>,
}

/// Something the harness put into the world.
#[derive(Clone, Debug)]
pub struct PutIn {
    /// Its name.
    pub id: String,
    /// Where it was put in.
    pub place: Place,
    /// Paths as asked for.
    pub path: SmtpPath,
    /// What the bytes are known by.
    pub fingerprint: Fingerprint,
    /// When.
    pub at: Timestamp,
    /// The answer.
    pub answer: Answer,
}

/// SHA-256 of a message without the line ends behind it: a server sees one more or less than was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// That of `message`.
    pub fn of(message: &[u8]) -> Self {
        let digest = digest::digest(&digest::SHA256, message.trim_ascii_end());
        Self(digest.as_ref().try_into().expect("SHA-256 has 32 bytes"))
    }
}

/// A piece of the tale.
#[derive(Clone, Debug)]
pub enum Told {
    /// Something was put in; index into [`Progress::put_in`].
    PutIn(usize),
    /// Somebody talked to a point.
    Talked(Talk),
    /// The clock moved.
    Advanced(SignedDuration),
    /// This arrived.
    Arrived(Vec<Arrival>),
    /// One of the ways that the norm leaves was taken.
    Chose(String),
}

impl<'s> Stage<'s> {
    /// Nothing done yet.
    pub fn new(scenario: &'s Scenario, pair: &'s dyn Pair) -> Self {
        Self { scenario, pair, progress: Mutex::default() }
    }

    /// What was done so far.
    pub fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why the pair cannot play this.
    pub fn lacks(&self) -> Option<String> {
        needs(self.scenario).into_iter().find_map(|need| self.pair.lacks(need))
    }

    /// Plays every step, then waits until nothing more is due.
    pub async fn play(&self) -> Result<(), TargetError> {
        for (index, step) in self.scenario.steps.iter().enumerate() {
            let at = vec![Down::from("steps"), Down::Item(index)];
            self.progress().at.clone_from(&at);
            match step {
                Step::Send(send) => self.send(send).await?,
                Step::Inject(inject) => {
                    self.announce(inject.id(), [at, vec!["inject".into()]].concat(), &[]);
                    self.inject(inject).await?;
                }
                Step::Dialogue(dialogue) => {
                    self.dialogue(dialogue, &[at, vec!["dialogue".into()]].concat()).await?;
                }
                Step::Advance(span) => self.advance(span.0).await?,
                Step::Expect(expectation) => {
                    let arrivals = self.arrivals().await?;
                    self.expect(expectation, &[at, vec!["expect".into()]].concat(), &arrivals);
                }
                Step::Either(alternatives) => {
                    let arrivals = self.arrivals().await?;
                    self.either(alternatives, &[at, vec!["either".into()]].concat(), &arrivals);
                }
                Step::ExpectFindings(findings) => {
                    for (id, rules) in findings {
                        self.announce(
                            id,
                            [at.clone(), vec!["expect-findings".into(), id.as_str().into()]].concat(),
                            rules,
                        );
                    }
                }
            }
        }
        self.aftermath().await
    }

    /// Nothing more may come than was expected.
    async fn aftermath(&self) -> Result<(), TargetError> {
        match self.pair.lacks(Need::Clock) {
            None => self.advance(AFTERMATH).await?,
            Some(reason) => self.progress().notes.push(format!("late notices were not waited for: {reason}")),
        }
        let arrivals = self.arrivals().await?;
        self.expect(&Expectation::new(), &vec!["steps".into()], &arrivals);
        self.given_up();
        self.progress().watched_until = Some(self.pair.now());
        Ok(())
    }

    async fn send(&self, send: &Send) -> Result<(), TargetError> {
        let address = |mailbox: &Mailbox| self.pair.address(mailbox);
        let at = self.pair.now();
        let bytes: Bytes = self.client(send, at, &address).await?.compose(send).into();
        self.introduce(send);
        match send.submitted_at() {
            Some(Host::Gateway(role)) => {
                let path = path(send, send.recipients(), &address);
                let login = address(send.login.as_ref().unwrap_or(&send.from));
                self.hand_over(Handover { id: send.id.clone(), door: Door::Access { at: role, login }, path, bytes })
                    .await
            }
            Some(Host::Posta) | None => {
                for at in [Host::Gateway(Role::Sender), Host::Gateway(Role::Receiver), Host::Posta] {
                    let theirs = |to: &&Mailbox| to.host() == Some(at);
                    let recipients: Vec<&Mailbox> = send.recipients().into_iter().filter(theirs).collect();
                    let Some(first) = recipients.first().copied().cloned() else { continue };
                    let door = match at {
                        Host::Gateway(at) => Door::Incoming { as_host: InjectAs::Posta, at },
                        Host::Posta => Door::Posta { first },
                    };
                    let (id, path) = (send.id.clone(), path(send, recipients, &address));
                    self.hand_over(Handover { id, door, path, bytes: bytes.clone() }).await?;
                }
                Ok(())
            }
        }
    }

    async fn inject(&self, inject: &Inject) -> Result<(), TargetError> {
        let at = self.pair.now();
        let about = inject.notification.as_ref().and_then(|notification| notification.about.as_deref());
        let sent = about.and_then(|id| Some((self.sent(id)?, self.identifier(id)?)));
        if let (Some(id), None) = (about, &sent) {
            let what = format!("the PEC msgid of `{id}` has not been seen on any message yet");
            return Err(TargetError::misbehaved(Role::Sender.into(), format!("`{id}` accepted"), what));
        }
        let sent = sent.as_ref().map(|(send, identifier)| (*send, identifier.as_str()));
        let address = |mailbox: &Mailbox| self.pair.address(mailbox);
        let claimed = inject.claims.map_or(at, |claimed| claimed.0);
        let client = match &inject.envelope {
            Some(send) => self.client(send, claimed, &address).await?,
            None => mail::Client { at: claimed, address: &address, received: Vec::new(), signer: None },
        };
        let injection = inject::compose(inject, self.pair, sent, &client)?;
        if let Some(send) = &inject.envelope {
            self.introduce(send);
        }
        {
            let mut progress = self.progress();
            progress.known.learn(&injection.message_id, inject.id());
            progress.known.learn(&injection.identifier, inject.id());
        }
        let Injection { bytes, to, path, .. } = injection;
        let (id, door, bytes) =
            (inject.id().to_owned(), Door::Incoming { as_host: InjectAs::Peer, at: to }, bytes.into());
        let handover = Handover { id, door, path, bytes };
        for _ in 0..inject.times {
            self.hand_over(handover.clone()).await?;
        }
        Ok(())
    }

    /// The message that a scenario sends under this id.
    fn sent(&self, id: &str) -> Option<&'s Send> {
        self.scenario.steps.iter().find_map(|step| match step {
            Step::Send(send) if send.id == id => Some(&**send),
            _ => None,
        })
    }

    /// The identifier that a provider gave what was sent under this id.
    fn identifier(&self, id: &str) -> Option<String> {
        let progress = self.progress();
        let of_client = |identifier: &str| identifier.ends_with("@client.example");
        let mut known = progress.known.iter().filter(|(identifier, name)| *name == id && !of_client(identifier));
        known.next().map(|(identifier, _)| identifier.to_owned())
    }

    /// The client that a user sends with: what he has received, and what he signs with.
    async fn client<'a>(
        &self,
        send: &Send,
        at: Timestamp,
        address: &'a (dyn Fn(&Mailbox) -> String + Sync),
    ) -> Result<mail::Client<'a>, TargetError> {
        let mut received = Vec::new();
        for wanted in send.attach.iter().filter_map(|attachment| attachment.received.as_ref()) {
            received.push(self.held(&send.from, wanted).await?);
        }
        // Any certificate that no provider's directory lists will do: to PEC a user's signature is content.
        let signer = if send.sign.is_some() {
            let found = self.pair.signer(Provider::Sender, "esterna");
            Some(found.ok_or_else(|| TargetError::configuration("there is no certificate for a user to sign with"))?)
        } else {
            None
        };
        Ok(mail::Client { at, address, received, signer })
    }

    /// The latest message in a mailbox that is what the scenario speaks of.
    async fn held(&self, mailbox: &Mailbox, wanted: &Expected) -> Result<Bytes, TargetError> {
        self.settle().await?;
        let stored = self.pair.mailbox(mailbox).await?;
        let recipient = wanted.recipient.as_ref().map(|recipient| self.pair.address(recipient));
        let mut progress = self.progress();
        let mut latest = stored.into_iter().rev().map(|stored| stored.bytes);
        latest.find(|bytes| reading::read(bytes, &mut progress.known).fits(wanted, recipient.as_deref())).ok_or_else(
            || {
                let holder = mailbox.host().map_or(Party::Undetermined, Party::from);
                TargetError::misbehaved(
                    holder,
                    format!("{wanted} in {mailbox}"),
                    "nothing there that could be attached",
                )
            },
        )
    }

    fn announce(&self, id: &str, path: Path, rules: &[String]) {
        self.progress().announced.insert(id.to_owned(), Announced { path, rules: rules.to_vec() });
    }

    fn introduce(&self, send: &Send) {
        let mut progress = self.progress();
        progress.known.learn(&mail::msgid(send), &send.id);
        progress.known.learn_subject(&mail::subject(send), &send.id);
    }

    async fn advance(&self, by: SignedDuration) -> Result<(), TargetError> {
        self.settle().await?;
        self.pair.advance(by).await?;
        self.progress().told.push(Told::Advanced(by));
        self.try_again().await
    }

    pub(super) async fn settle(&self) -> Result<(), TargetError> {
        if let Some(note) = self.pair.settle().await? {
            let notes = &mut self.progress().notes;
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        Ok(())
    }

    /// What arrived since the last look, once nothing more can come.
    async fn arrivals(&self) -> Result<Vec<Arrival>, TargetError> {
        self.settle().await?;
        let mut stored = Vec::new();
        for mailbox in watched(self.scenario) {
            stored.push((Place::Mailbox(mailbox.clone()), self.pair.mailbox(&mailbox).await?));
        }
        if self.pair.lacks(Need::VirusStore).is_none() {
            for role in [Role::Sender, Role::Receiver] {
                stored.push((Place::VirusStore(role), self.pair.virus_store(role).await?));
            }
        }
        let mut progress = self.progress();
        let mut arrivals = Vec::new();
        for (place, messages) in stored {
            let before = progress.seen.insert(place.clone(), messages.len()).unwrap_or(0);
            for (index, message) in messages.iter().enumerate().skip(before) {
                let reading = reading::read(&message.bytes, &mut progress.known);
                arrivals.push(Arrival { place: place.clone(), index, reading });
            }
        }
        progress.told.push(Told::Arrived(arrivals.clone()));
        Ok(arrivals)
    }

    fn expect(&self, expectation: &Expectation, at: &Path, arrivals: &[Arrival]) {
        let answers = std::mem::take(&mut self.progress().answers);
        let found = self.compare(expectation, at, arrivals, &answers);
        self.progress().differences.extend(found);
    }

    /// The first alternative that holds; where none does, what the nearest one lacks.
    fn either(&self, alternatives: &[Alternative], at: &Path, arrivals: &[Arrival]) {
        let answers = std::mem::take(&mut self.progress().answers);
        let compared = alternatives.iter().enumerate().map(|(index, alternative)| {
            let at = [at.clone(), vec![index.into(), "expect".into()]].concat();
            (alternative, self.compare(&alternative.expect, &at, arrivals, &answers))
        });
        let Some((taken, found)) = compared.min_by_key(|(_, found)| found.len()) else { return };
        let mut progress = self.progress();
        if found.is_empty() {
            progress.choices.push(taken.when.clone());
            // Told before what arrived, as a reader wants to know it.
            let before = progress.told.len().saturating_sub(1);
            progress.told.insert(before, Told::Chose(taken.when.clone()));
        }
        progress.differences.extend(found);
    }

    fn compare(
        &self,
        expectation: &Expectation,
        at: &Path,
        arrivals: &[Arrival],
        answers: &[Answered],
    ) -> Vec<Difference> {
        differences(expectation, at, arrivals, answers, &|mailbox| self.pair.address(mailbox))
    }
}

fn path(send: &Send, recipients: Vec<&Mailbox>, address: &dyn Fn(&Mailbox) -> String) -> SmtpPath {
    let written = |place: Written, mailbox: &Mailbox| mail::spelled(send, place, address(mailbox));
    let to = recipients.into_iter().map(|to| written(Written::RcptTo, to));
    SmtpPath { from: written(Written::MailFrom, &send.from), to: to.collect() }
}

/// Every mailbox there is: those of every gateway, and those the scenario gives.
pub fn watched(scenario: &Scenario) -> BTreeSet<Mailbox> {
    mailboxes().chain(scenario.given.mailboxes.keys().cloned()).collect()
}

/// What a scenario needs of a target.
fn needs(scenario: &Scenario) -> BTreeSet<Need> {
    let given = &scenario.given;
    let healthy = GatewayState::default();
    let mut needs = BTreeSet::new();
    if given.sender != healthy
        || given.receiver != healthy
        || given.posta != PostaState::default()
        || !given.mailboxes.is_empty()
    {
        needs.insert(Need::State);
    }
    if !given.also_listed.is_empty() || given.revocation_lists != RevocationLists::Current {
        needs.insert(Need::Trust);
    }
    let looks = |expectation: &Expectation| expectation.keys().any(|place| matches!(place, Place::VirusStore(_)));
    for step in &scenario.steps {
        match step {
            Step::Inject(_) => {
                needs.insert(Need::Impersonation);
            }
            Step::Advance(_) => {
                needs.insert(Need::Clock);
            }
            Step::Expect(expectation) if looks(expectation) => {
                needs.insert(Need::VirusStore);
            }
            Step::Either(ways) if ways.iter().any(|way| looks(&way.expect)) => {
                needs.insert(Need::VirusStore);
            }
            Step::Send(_) | Step::Dialogue(_) | Step::Expect(_) | Step::Either(_) | Step::ExpectFindings(_) => {}
        }
    }
    needs
}
