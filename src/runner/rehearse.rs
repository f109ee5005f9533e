//! What a play would send, and to whom, without sending anything.

use std::fmt;

use super::{How, mail, needs, stage::Stage};
use crate::{
    evidence::{Direction, Role},
    scenario::{
        Scenario,
        inject::{Notification, Transactions},
        model::Step,
        send::Send,
        words::{Host, Mailbox},
    },
    target::{self, Contact, Setting, TargetError},
};

/// What a play would come to.
#[derive(Clone, Debug)]
pub enum Rehearsal {
    /// It would not be played.
    Skipped(String),
    /// What the harness would hand over, in order.
    Messages(Vec<Planned>),
}

/// A message, or a session, of the harness's.
#[derive(Clone, Debug)]
pub struct Planned {
    /// How often: copies, or the same once more.
    pub times: usize,
    /// Its name in the scenario.
    pub id: String,
    /// MAIL FROM.
    pub from: String,
    /// RCPT TO.
    pub to: Vec<String>,
    /// Where it is handed over.
    pub door: String,
}

impl fmt::Display for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { times, id, from, to, door } = self;
        if to.is_empty() {
            write!(f, "{id}, {door}")?;
        } else {
            write!(f, "{id} from {from} to {}, {door}", to.join(", "))?;
        }
        if *times > 1 { write!(f, ", {times} times") } else { Ok(()) }
    }
}

/// Tells what a scenario would send in one direction. Nobody else's gateway is called.
pub async fn rehearse(scenario: &Scenario, direction: &Direction, how: &How) -> Result<Rehearsal, TargetError> {
    let setting =
        Setting { machine: how.machine, play: how.run.play(), targets: &how.targets, contact: Contact::Avoided };
    let world = target::open(direction, scenario, &setting).await?;
    let stage = Stage::new(scenario, &world);
    if let Some(reason) = needs::lacks(scenario, &world).or_else(|| stage.forbids(&how.allowed)) {
        return Ok(Rehearsal::Skipped(reason));
    }
    let address = |mailbox: &Mailbox| world.address(mailbox);
    let gateways = world.gateways();
    let name = |role: Role| gateways.get(&role).map_or_else(|| role.to_string(), |facts| facts.target.clone());
    let mut planned = Vec::new();
    for step in &scenario.steps {
        match step {
            Step::Send(_) | Step::Together(_) => {
                let sends: Vec<&Send> = match step {
                    Step::Together(sends) => sends.iter().collect(),
                    Step::Send(send) => vec![&**send],
                    _ => Vec::new(),
                };
                for send in sends {
                    let times = usize::from(send.copies.max(1));
                    let from = address(&send.from);
                    let recipients = send.recipients();
                    match send.submitted_at() {
                        Some(Host::Gateway(role)) => planned.push(Planned {
                            times,
                            id: send.id.clone(),
                            from,
                            to: recipients.into_iter().map(address).collect(),
                            door: format!("at the access point of {}", name(role)),
                        }),
                        // From the ordinary mail host: to each host its own recipients.
                        Some(Host::Posta) | None => {
                            for role in world.roles() {
                                let theirs = recipients.iter().filter(|to| to.host() == Some(Host::Gateway(role)));
                                let to: Vec<String> = theirs.map(|to| address(to)).collect();
                                if !to.is_empty() {
                                    let door = format!("at the incoming point of {}", name(role));
                                    let (id, from) = (send.id.clone(), from.clone());
                                    planned.push(Planned { times, id, from, to, door });
                                }
                            }
                        }
                    }
                }
            }
            Step::Inject(inject) => {
                let (from, to, role) = match (&inject.envelope, &inject.notification) {
                    (Some(send), _) => (
                        address(&send.from),
                        send.recipients().into_iter().map(address).collect(),
                        send.recipients_provider().unwrap_or(Role::Receiver),
                    ),
                    (None, Some(notice)) => (
                        "a provider's address".to_owned(),
                        vec!["whoever sent what it speaks of".to_owned()],
                        told(scenario, notice),
                    ),
                    (None, None) => continue,
                };
                let door = format!("put in at the incoming point of {}", name(role));
                let transactions: Vec<Vec<String>> = match inject.transactions {
                    Transactions::One => vec![to],
                    Transactions::OneEach => to.into_iter().map(|one| vec![one]).collect(),
                };
                let put_in = |to: Vec<String>| {
                    let (id, from, door) = (inject.id().to_owned(), from.clone(), door.clone());
                    Planned { times: usize::from(inject.times), id, from, to, door }
                };
                planned.extend(transactions.into_iter().map(put_in));
            }
            Step::Again(id) => {
                let again: Vec<Planned> = planned.iter().filter(|one| one.id == *id).cloned().collect();
                planned.extend(again);
            }
            Step::Dialogue(dialogue) => planned.push(Planned {
                times: 1,
                id: dialogue.id.clone().unwrap_or_else(|| "a session".to_owned()),
                from: mail::CLIENT.trim_start_matches('@').to_owned(),
                to: Vec::new(),
                door: format!("a session of {} lines with {}", dialogue.lines.len(), dialogue.with),
            }),
            Step::Change(_) | Step::Advance(_) | Step::Expect(_) | Step::Either(_) | Step::ExpectFindings(_) => {}
        }
    }
    Ok(Rehearsal::Messages(planned))
}

/// Whose user sent what a notification speaks of.
fn told(scenario: &Scenario, notice: &Notification) -> Role {
    let sent = notice.about.as_ref().and_then(|id| scenario.sends().find(|send| send.id == *id));
    let from = sent.map(|send| &send.from).or(notice.from.as_ref());
    from.and_then(Mailbox::host).and_then(Host::role).unwrap_or(Role::Sender)
}
