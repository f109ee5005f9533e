//! One thing that was found: judged alone, whatever it is, and what lies inside it too.

use std::{path::PathBuf, sync::Arc};

use super::{Check, arrival::arrival};
use crate::{
    archive::{Content, Found, Item, LeftOut, Name, Outer, Why, inside},
    directory::Directory,
    evidence::{DirectoryVersion, Evidence, Observation, Party, Seen, disk},
    message::{Mail, Message, ReadError},
    results::{self, ArrivedAt, Checked, Description, Unjudged},
    rules::{Clerk, Judge, Judgement, Member, Reference, all},
    smime,
};

/// What there is to tell of a thing, and what of it is kept.
pub(super) struct Judged {
    pub told: Told,
    /// How many rules were put to it.
    pub exercised: usize,
    /// What its submission needs to know.
    pub member: Option<Box<Member>>,
}

/// What there is to tell.
pub(super) enum Told {
    Checked(Box<Checked>),
    Unjudged(Unjudged, Fault),
    LeftOut(results::LeftOut),
}

/// What it means that something was not judged.
#[derive(Clone, Copy)]
pub(super) enum Fault {
    /// It is nothing to judge, or cannot be read.
    Mistake,
    /// There is nothing in it.
    Nothing,
}

/// What messages are judged by, judged itself.
pub(super) fn reference(name: &str, judgement: Judgement) -> Checked {
    Checked {
        path: PathBuf::from(name),
        name: name.to_owned(),
        evidence: Evidence::default(),
        judgement,
        lone: None,
        known: Arc::default(),
    }
}

impl Check<'_> {
    /// Judges what was found, and the certified messages inside it.
    pub(super) fn judged(&self, judge: &Judge<'_>, number: usize, found: Found, clerk: &mut Clerk) -> Vec<Judged> {
        match found {
            Err(left_out) => vec![not_judged(&left_out)],
            Ok(item) => match read(item) {
                Ok((name, Ok(message))) => self.message(judge, number, &name, message, clerk),
                Ok((name, Err(problem))) => {
                    let reason = format!("not a mail message: {problem}");
                    vec![unjudged(name.to_string(), reason, Fault::Mistake)]
                }
                Err(item) => vec![self.other(judge, item)],
            },
        }
    }

    /// A message, and those inside it.
    fn message(
        &self,
        judge: &Judge<'_>,
        number: usize,
        name: &Name,
        message: Message,
        clerk: &mut Clerk,
    ) -> Vec<Judged> {
        let inside = inside(&message, name, &self.limits);
        let mut judged = vec![match inside.outer {
            Outer::Itself => self.alone(judge, number, name, message, clerk),
            Outer::Wrapping => {
                let why = "a mailing list's wrapping: what lies inside is judged".to_owned();
                let told = Told::LeftOut(results::LeftOut { name: name.to_string(), why });
                Judged { told, exercised: 0, member: None }
            }
        }];
        for found in inside.found {
            judged.push(match found {
                Err(left_out) => not_judged(&left_out),
                Ok(item) => match read(item) {
                    Ok((name, Ok(message))) => self.alone(judge, number, &name, message, clerk),
                    Ok((_, Err(_))) => continue,
                    Err(item) => self.other(judge, item),
                },
            });
        }
        judged
    }

    fn alone(&self, judge: &Judge<'_>, number: usize, name: &Name, message: Message, clerk: &mut Clerk) -> Judged {
        let arrival = arrival(&message, self.at, self.now);
        let observation = Observation {
            id: number,
            bytes: message.mail.raw.clone(),
            seen: Seen::File { path: name.to_string() },
            at: arrival.at(),
            path: None,
            producer: Party::Undetermined,
            name: None,
            dialogue: None,
        };
        let claimed = (!matches!(arrival, ArrivedAt::Told(_))).then_some(self.now);
        let mut evidence = self.surroundings(name);
        evidence.claimed = claimed;
        evidence.observations.push(observation);
        let description = Description::of(&message);
        let lone = judge.lone(message, &evidence, clerk);
        let (judgement, exercised, member) = (lone.judgement, lone.exercised, lone.member.map(Box::new));
        let path = name.path().map_or_else(PathBuf::new, PathBuf::from);
        let (answers, signer) = (lone.answers, lone.signer);
        let lone = Some(results::Alone { arrival, description, answers, signer });
        let checked = Checked { name: name.to_string(), path, evidence, judgement, lone, known: Arc::default() };
        Judged { told: Told::Checked(Box::new(checked)), exercised, member }
    }

    fn surroundings(&self, name: &Name) -> Evidence {
        Evidence { title: name.to_string(), ended: Some(self.at.unwrap_or(self.now)), ..Evidence::default() }
    }

    /// A directory, certificates, the evidence of a play: judged whole, by the same rules as in a run.
    fn other(&self, judge: &Judge<'_>, item: Item) -> Judged {
        let at = self.at.unwrap_or(self.now);
        let name = item.name.to_string();
        let path = item.name.path().map_or_else(PathBuf::new, PathBuf::from);
        let alone = self.surroundings(&item.name);
        let evidence = match item.content {
            Content::Directory(ldif) => Evidence {
                certificates: listed(&ldif),
                directories: vec![DirectoryVersion::from(at, ldif.to_vec())],
                ..alone
            },
            Content::Certificates(certificates) => Evidence { certificates, ..alone },
            Content::Evidence(folder) => match disk::read(&folder) {
                Ok(evidence) => evidence,
                Err(error) => return unjudged(name, error.to_string(), Fault::Mistake),
            },
            Content::Message(_) | Content::Daticert(_) | Content::Signature(_) | Content::Opaque(_) => {
                unreachable!("messages and their parts are judged on a way of their own")
            }
        };
        let judgement = if evidence.directories.is_empty() {
            judge.evidence(&evidence)
        } else {
            let trust = self.reference.trust_with(&evidence);
            let reference = Reference::new(&evidence.directories, &trust);
            Judge::new(all(), &reference, self.options).evidence(&evidence)
        };
        let exercised = judgement.applied.values().sum();
        let checked = Checked { name, path, evidence, judgement, lone: None, known: Arc::default() };
        Judged { told: Told::Checked(Box::new(checked)), exercised, member: None }
    }
}

fn unjudged(name: String, reason: String, fault: Fault) -> Judged {
    Judged { told: Told::Unjudged(Unjudged { name, reason }, fault), exercised: 0, member: None }
}

/// A message, or as much of one as there is, with its name; anything else as it is.
fn read(item: Item) -> Result<(Name, Result<Message, ReadError>), Item> {
    let Item { name, content } = item;
    let message = match content {
        Content::Message(bytes) => Mail::of_file(bytes).map(|mail| Message::of(mail).opened(smime::content)),
        Content::Daticert(xml) => Ok(Message::daticert(xml)),
        Content::Signature(cms) => Ok(Message::signature(cms)),
        Content::Opaque(cms) => Message::content(&smime::content(&cms).unwrap_or_default(), cms.to_vec()),
        content => return Err(Item { name, content }),
    };
    Ok((name, message))
}

fn not_judged(left_out: &LeftOut) -> Judged {
    let (name, why) = (left_out.name.to_string(), left_out.why.to_string());
    let fault = match &left_out.why {
        Why::NothingInside => Fault::Nothing,
        _ => Fault::Mistake,
    };
    let told = if left_out.is_error() {
        Told::Unjudged(Unjudged { name, reason: why }, fault)
    } else {
        Told::LeftOut(results::LeftOut { name, why })
    };
    Judged { told, exercised: 0, member: None }
}

/// The certificates of a directory, each once.
fn listed(file: &[u8]) -> Vec<Vec<u8>> {
    let providers = Directory::read(file).map(|directory| directory.providers).unwrap_or_default();
    let mut certificates: Vec<Vec<u8>> = providers.iter().flat_map(|provider| provider.certificates.clone()).collect();
    certificates.sort();
    certificates.dedup();
    certificates
}
