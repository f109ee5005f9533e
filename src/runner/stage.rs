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
        model::{Alternative, Expectation, GatewayState, RevocationLists, Send, Step, Written},
        words::{Host, Mailbox, Place},
    },
    target::{Answer, InjectAs, Mark, Need, Stored, TargetError, World, mailboxes},
};

/// How long absence is waited for after the last step: longer than any notice may take (RFC 6109 3.1.6).
const AFTERMATH: SignedDuration = SignedDuration::from_hours(25);

/// A scenario on its pair.
pub struct Stage<'s> {
    /// The scenario.
    pub scenario: &'s Scenario,
    /// Who plays it.
    pub world: &'s World,
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
    /// What was found in each place so far.
    pub shelves: BTreeMap<Place, Shelved>,
    pub(super) answers: Vec<Answered>,
}

/// What was found in a place since the play began.
#[derive(Clone, Debug, Default)]
pub struct Shelved {
    /// The messages, oldest first.
    pub messages: Vec<Stored>,
    mark: Mark,
    /// How many of them were told as arrivals.
    told: usize,
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
    pub fn new(scenario: &'s Scenario, world: &'s World) -> Self {
        Self { scenario, world, progress: Mutex::default() }
    }

    /// What was done so far.
    pub fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why the world cannot play this.
    pub fn lacks(&self) -> Option<String> {
        needs(self.scenario).into_iter().find_map(|(role, need)| self.world.lacks(role, need))
    }

    /// Plays every step, then waits until nothing more is due.
    pub async fn play(&self) -> Result<(), TargetError> {
        // What lies there already is not ours.
        self.look().await?;
        self.progress().shelves.values_mut().for_each(|shelf| shelf.messages.clear());
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
        match ROLES.into_iter().find_map(|role| self.world.lacks(role, Need::Clock)) {
            None => self.advance(AFTERMATH).await?,
            Some(reason) => self.progress().notes.push(format!("late notices were not waited for: {reason}")),
        }
        let arrivals = self.arrivals().await?;
        self.expect(&Expectation::new(), &vec!["steps".into()], &arrivals);
        self.given_up();
        self.progress().watched_until = Some(self.world.now());
        Ok(())
    }

    async fn send(&self, send: &Send) -> Result<(), TargetError> {
        let address = |mailbox: &Mailbox| self.world.address(mailbox);
        let at = self.world.now();
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
        let at = self.world.now();
        let about = inject.notification.as_ref().and_then(|notification| notification.about.as_deref());
        let sent = about.and_then(|id| Some((self.sent(id)?, self.identifier(id)?)));
        if let (Some(id), None) = (about, &sent) {
            let what = format!("the PEC msgid of `{id}` has not been seen on any message yet");
            return Err(TargetError::misbehaved(Role::Sender.into(), format!("`{id}` accepted"), what));
        }
        let sent = sent.as_ref().map(|(send, identifier)| (*send, identifier.as_str()));
        let address = |mailbox: &Mailbox| self.world.address(mailbox);
        let claimed = inject.claims.map_or(at, |claimed| claimed.0);
        let client = match &inject.envelope {
            Some(send) => self.client(send, claimed, &address).await?,
            None => mail::Client {
                at: claimed,
                address: &address,
                play: self.world.play(),
                received: Vec::new(),
                signer: None,
            },
        };
        let injection = inject::compose(inject, self.world, sent, &client)?;
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
        let of_client = |identifier: &str| identifier.ends_with(mail::CLIENT);
        let mut known = progress.known.iter().filter(|(identifier, name)| *name == id && !of_client(identifier));
        known.next().map(|(identifier, _)| identifier.to_owned())
    }

    /// The client that a user sends with: what he has received, and what he signs with.
    async fn client<'a>(
        &'a self,
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
            let found = self.world.signer(Provider::Sender, "esterna");
            Some(found.ok_or_else(|| TargetError::configuration("there is no certificate for a user to sign with"))?)
        } else {
            None
        };
        Ok(mail::Client { at, address, play: self.world.play(), received, signer })
    }

    /// The latest message in a mailbox that is what the scenario speaks of.
    async fn held(&self, mailbox: &Mailbox, wanted: &Expected) -> Result<Bytes, TargetError> {
        self.settle().await?;
        self.look().await?;
        let recipient = wanted.recipient.as_ref().map(|recipient| self.world.address(recipient));
        let mut progress = self.progress();
        let shelf = progress.shelves.get(&Place::Mailbox(mailbox.clone())).cloned().unwrap_or_default();
        let mut latest = shelf.messages.into_iter().rev().map(|stored| stored.bytes);
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
        progress.known.learn(&mail::msgid(send, self.world.play()), &send.id);
        progress.known.learn_subject(&mail::subject(send), &send.id);
    }

    async fn advance(&self, by: SignedDuration) -> Result<(), TargetError> {
        self.settle().await?;
        self.world.advance(by).await?;
        self.progress().told.push(Told::Advanced(by));
        self.try_again().await
    }

    async fn settle(&self) -> Result<(), TargetError> {
        if let Some(note) = self.world.settle().await? {
            let notes = &mut self.progress().notes;
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        Ok(())
    }

    /// Looks into every place for what is new there.
    pub async fn look(&self) -> Result<(), TargetError> {
        for place in self.places() {
            let mark = self.progress().shelves.get(&place).map(|shelf| shelf.mark).unwrap_or_default();
            let (new, mark) = self.world.look(&place, mark).await?;
            let mut progress = self.progress();
            let shelf = progress.shelves.entry(place).or_default();
            shelf.messages.extend(new);
            shelf.mark = mark;
        }
        Ok(())
    }

    /// Every mailbox there is: those of every gateway, and those the scenario gives; and the virus stores that are shown.
    fn places(&self) -> Vec<Place> {
        let mailboxes: BTreeSet<Mailbox> = mailboxes().chain(self.scenario.given.mailboxes.keys().cloned()).collect();
        let shown = |role: &Role| self.world.lacks(*role, Need::VirusStore).is_none();
        let stores = ROLES.into_iter().filter(shown).map(Place::VirusStore);
        mailboxes.into_iter().map(Place::Mailbox).chain(stores).collect()
    }

    /// What arrived since arrivals were last told, once nothing more can come.
    async fn arrivals(&self) -> Result<Vec<Arrival>, TargetError> {
        self.settle().await?;
        self.look().await?;
        let mut progress = self.progress();
        let Progress { shelves, known, told, .. } = &mut *progress;
        let mut arrivals = Vec::new();
        for place in self.places() {
            let Some(shelf) = shelves.get_mut(&place) else { continue };
            for (index, message) in shelf.messages.iter().enumerate().skip(shelf.told) {
                let reading = reading::read(&message.bytes, known);
                arrivals.push(Arrival { place: place.clone(), index, reading });
            }
            shelf.told = shelf.messages.len();
        }
        told.push(Told::Arrived(arrivals.clone()));
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
        differences(expectation, at, arrivals, answers, &|mailbox| self.world.address(mailbox))
    }
}

fn path(send: &Send, recipients: Vec<&Mailbox>, address: &dyn Fn(&Mailbox) -> String) -> SmtpPath {
    let written = |place: Written, mailbox: &Mailbox| mail::spelled(send, place, address(mailbox));
    let to = recipients.into_iter().map(|to| written(Written::RcptTo, to));
    SmtpPath { from: written(Written::MailFrom, &send.from), to: to.collect() }
}

/// Both sides.
const ROLES: [Role; 2] = [Role::Sender, Role::Receiver];

/// What a scenario needs, and of which side.
fn needs(scenario: &Scenario) -> BTreeSet<(Role, Need)> {
    let given = &scenario.given;
    let healthy = GatewayState::default();
    let mut needs = BTreeSet::new();
    for (role, state) in [(Role::Sender, &given.sender), (Role::Receiver, &given.receiver)] {
        let has_mailbox = given.mailboxes.keys().any(|mailbox| mailbox.host() == Some(Host::Gateway(role)));
        if *state != healthy || has_mailbox {
            needs.insert((role, Need::State));
        }
    }
    if !given.also_listed.is_empty() || given.revocation_lists != RevocationLists::Current {
        needs.extend(ROLES.map(|role| (role, Need::Trust)));
    }
    let stores = |expectation: &Expectation| -> Vec<(Role, Need)> {
        let looked_into = expectation.keys().filter_map(|place| match place {
            Place::VirusStore(role) => Some((*role, Need::VirusStore)),
            _ => None,
        });
        looked_into.collect()
    };
    for step in &scenario.steps {
        match step {
            Step::Inject(inject) => {
                let provider = inject.notification.as_ref().map_or(Provider::Sender, |notification| notification.by);
                let role = match provider {
                    Provider::Sender => Some(Role::Sender),
                    Provider::Receiver => Some(Role::Receiver),
                    // Nobody plays it but the harness.
                    Provider::Third => None,
                };
                needs.extend(role.map(|role| (role, Need::Impersonation)));
            }
            Step::Advance(_) => needs.extend(ROLES.map(|role| (role, Need::Clock))),
            Step::Expect(expectation) => needs.extend(stores(expectation)),
            Step::Either(ways) => needs.extend(ways.iter().flat_map(|way| stores(&way.expect))),
            // What is found on a session at a point, has to be seen there.
            Step::ExpectFindings(findings) => needs.extend(findings.keys().filter_map(|id| match id.parse() {
                Ok(Place::AccessPoint(role) | Place::IncomingPoint(role)) => Some((role, Need::Wires)),
                _ => None,
            })),
            Step::Send(_) | Step::Dialogue(_) => {}
        }
    }
    needs
}
