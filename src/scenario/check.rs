//! What the types cannot tell: names that refer to each other, and what makes no sense together.

mod change;
mod dialogue;
mod expect;
mod given;
mod inject;
mod send;

use std::{collections::BTreeMap, fmt::Write};

use super::{
    model::{Document, Step},
    words::{Host, Mailbox, ORDINARY_USERS, Place, SERVICE, Span, UNKNOWN, USERS},
};
use crate::{
    evidence::Role,
    shown::acts,
    yaml::{
        locate::{Path, Step as Down},
        unknown,
    },
};

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub path: Path,
    /// What, and what would be right.
    pub message: String,
}

/// Everything wrong with a document whose types are right; `rules` are the ids of all rules.
pub fn mistakes(document: &Document, rules: &[&str]) -> Vec<Mistake> {
    let mut check = Check { document, rules, sent: BTreeMap::new(), advanced: 0, attached: 0, mistakes: Vec::new() };
    check.run();
    check.mistakes
}

struct Check<'d> {
    document: &'d Document,
    rules: &'d [&'d str],
    /// What was sent or injected so far, by id.
    sent: BTreeMap<&'d str, Sent<'d>>,
    /// By how much the clock was advanced so far, in seconds.
    advanced: i64,
    /// Bytes of all attachments so far.
    attached: usize,
    mistakes: Vec<Mistake>,
}

#[derive(Clone)]
struct Sent<'d> {
    /// `None` where it was said in a dialogue.
    recipients: Option<Vec<&'d Mailbox>>,
    injected: bool,
}

/// The way down to a value.
macro_rules! way {
    ($($step:expr),*) => { vec![$($crate::scenario::locate::Step::from($step)),*] };
}
use way;

impl<'d> Check<'d> {
    fn run(&mut self) {
        let document = self.document;
        if document.title.trim().is_empty() {
            self.wrong(
                way!["title"],
                "the title is empty: say in one sentence what happens and who holds what afterwards",
            );
        }
        if document.title.contains(acts) {
            self.wrong(way!["title"], "the title is one line of text without control characters");
        }
        for (index, tag) in document.tags.iter().enumerate().filter(|(_, tag)| tag.contains(acts)) {
            self.wrong(way!["tags", index], format!("the tag `{tag}` holds control characters"));
        }
        if document.clauses.is_empty() {
            self.wrong(way!["clauses"], "no clause: name what the scenario is about, as `RFC6109-3.1.4`");
        }
        for (index, clause) in document.clauses.iter().enumerate() {
            if document.clauses[..index].contains(clause) {
                self.wrong(way!["clauses", index], format!("`{}` twice", clause.0.id));
            }
        }
        self.given(&document.given);
        for (index, step) in document.steps.iter().enumerate() {
            self.step(step, index);
        }
        let judged = document.steps.iter().any(|step| matches!(step, Step::Expect(_) | Step::Either(_)));
        if !judged {
            self.wrong(way!["steps"], "nothing is expected: end with `expect`, so that the scenario can fail");
        }
    }

    fn step(&mut self, step: &'d Step, index: usize) {
        match step {
            Step::Send(send) => {
                let at = way!["steps", index, "send"];
                self.send(send, &at);
                self.declare(&send.id, Sent { recipients: Some(send.recipients()), injected: false }, &at);
            }
            Step::Together(sends) => {
                if sends.len() < 2 && sends.iter().all(|send| send.copies < 2) {
                    self.wrong(way!["steps", index, "together"], "what is sent together is two messages at least");
                }
                for (which, send) in sends.iter().enumerate() {
                    let at = way!["steps", index, "together", which];
                    self.send(send, &at);
                    self.declare(&send.id, Sent { recipients: Some(send.recipients()), injected: false }, &at);
                }
            }
            Step::Inject(inject) => {
                let at = way!["steps", index, "inject"];
                let within = if inject.envelope.is_some() { "envelope" } else { "notification" };
                self.inject(inject, &at);
                let sent = Sent { recipients: Some(inject.recipients()), injected: true };
                self.declare(inject.id(), sent, &below(&at, within.into()));
            }
            Step::Again(id) => {
                if self.sent.get(id.as_str()).is_none_or(|sent| sent.recipients.is_none()) {
                    self.undeclared(id, way!["steps", index, "again"]);
                }
            }
            Step::Dialogue(dialogue) => self.dialogue(dialogue, &way!["steps", index, "dialogue"]),
            Step::Change(change) => self.change(change, &way!["steps", index, "change"]),
            Step::Advance(span) => {
                self.advanced = self.advanced.saturating_add(span.0.as_secs());
                if self.advanced > Span::LONGEST.as_secs() {
                    let message = "with this the clock has been advanced by more than ten years";
                    self.wrong(way!["steps", index, "advance"], message);
                }
            }
            Step::Expect(expectation) => self.expectation(expectation, &way!["steps", index, "expect"]),
            Step::Either(alternatives) => {
                if alternatives.len() < 2 {
                    self.wrong(
                        way!["steps", index, "either"],
                        "a choice has two alternatives at least; for one write `expect`",
                    );
                }
                for (which, alternative) in alternatives.iter().enumerate() {
                    self.expectation(&alternative.expect, &way!["steps", index, "either", which, "expect"]);
                }
            }
            Step::ExpectFindings(findings) => {
                for (id, rules) in findings {
                    let at = way!["steps", index, "expect-findings"];
                    match self.sent.get(id.as_str()) {
                        Some(sent) if sent.injected || self.document.given.plants_faults() => {}
                        Some(_) => self.wrong(
                            below(&at, Down::KeyOf(id.clone())),
                            format!(
                                "`{id}` was sent, not injected, and `given` makes no gateway break the norm: there is \
                                 nothing to be found on purpose"
                            ),
                        ),
                        None => match id.parse() {
                            Ok(Place::AccessPoint(role) | Place::IncomingPoint(role)) => {
                                self.plays(role, below(&at, Down::KeyOf(id.clone())));
                            }
                            _ => self.undeclared(id, below(&at, Down::KeyOf(id.clone()))),
                        },
                    }
                    for (which, rule) in rules.iter().enumerate() {
                        if !self.rules.contains(&rule.as_str()) {
                            let message = unknown("rule", rule, self.rules.iter().copied());
                            self.wrong([at.clone(), way![id.as_str(), which]].concat(), message);
                        }
                    }
                }
            }
        }
    }

    fn declare(&mut self, id: &'d str, sent: Sent<'d>, at: &Path) {
        let at = below(at, "id".into());
        let slug = !id.is_empty() && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !slug {
            self.wrong(at.clone(), format!("`{id}` is no name: use lower-case letters, digits and hyphens"));
        }
        if self.sent.insert(id, sent).is_some() {
            self.wrong(at, format!("`{id}` is already the name of another message"));
        }
    }

    /// A gateway that is named plays.
    fn plays(&mut self, role: Role, at: Path) {
        if self.document.given.gateway(role).is_none() {
            let message = format!("nobody plays `{role}` here: give it a place under `given`: `{role}: {{}}`");
            self.wrong(at, message);
        }
    }

    fn mailbox(&mut self, mailbox: &Mailbox, at: Path) {
        let Mailbox::At { user, host } = mailbox else { return };
        if let Host::Gateway(role) = host {
            self.plays(*role, at.clone());
        }
        let known: Vec<&str> = match host {
            Host::Posta => ORDINARY_USERS.into_iter().chain([UNKNOWN]).collect(),
            Host::Gateway(_) => USERS.into_iter().chain([UNKNOWN, SERVICE]).chain(self.declared(*host)).collect(),
        };
        if !known.contains(&user.as_str()) {
            let mut message = unknown("mailbox", user, known.iter().copied());
            if !message.ends_with('?') {
                let there: Vec<&str> = known.into_iter().filter(|user| *user != UNKNOWN).collect();
                write!(message, "; there are {}, and `{UNKNOWN}` is a mailbox that does not exist", there.join(", "))
                    .expect("a string takes all that is written to it");
                if *host != Host::Posta {
                    write!(message, "; give it a place under `given`: `mailboxes: {{{user}@{host}: {{}}}}`")
                        .expect("a string takes all that is written to it");
                }
            }
            self.wrong(at, message);
        }
    }

    fn declared(&self, at: Host) -> impl Iterator<Item = &'d str> {
        let changed = self.document.steps.iter().filter_map(|step| match step {
            Step::Change(change) => Some(change.mailboxes.keys()),
            _ => None,
        });
        self.document.given.mailboxes.keys().chain(changed.flatten()).filter_map(move |mailbox| match mailbox {
            Mailbox::At { user, host } if *host == at => Some(user.as_str()),
            _ => None,
        })
    }

    fn undeclared(&mut self, id: &str, at: Path) {
        let message = if self.sent.is_empty() {
            format!("`{id}` is the id of nothing: nothing has been sent yet")
        } else {
            unknown("message", id, self.sent.keys().copied())
                + "; ids are given by `send` and `inject`, before they are used"
        };
        self.wrong(at, message);
    }

    fn wrong(&mut self, path: Path, message: impl Into<String>) {
        self.mistakes.push(Mistake { path, message: message.into() });
    }
}

fn below(path: &Path, step: Down) -> Path {
    let mut path = path.clone();
    path.push(step);
    path
}
