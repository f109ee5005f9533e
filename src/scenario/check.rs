//! What the types cannot tell: names that refer to each other, and what makes no sense together.

use std::{collections::BTreeMap, fmt::Write};

use super::{
    expected::{Expected, What},
    inject::{Inject, Notification},
    model::{Attachment, Dialogue, Document, Expectation, NameAs, Send, Step, TextEncoding},
    words::{Host, LONGEST, Mailbox, ORDINARY_USERS, Place, SERVICE, UNKNOWN, USERS},
};
use crate::{
    evidence::Role,
    shown::acts,
    yaml::{
        locate::{Path, Step as Down},
        unknown,
    },
};

/// Bytes of all attachments of a scenario: each is held several times on its way.
const MOST: usize = 128 << 20;

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

/// Where an attachment is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// In the message that is sent.
    Message,
    /// In a message attached to it.
    Nested,
}

#[derive(Clone)]
struct Sent<'d> {
    /// `None` where it was said in a dialogue.
    recipients: Option<Vec<&'d Mailbox>>,
    injected: bool,
}

/// The way down to a value.
macro_rules! path {
    ($($step:expr),*) => { vec![$(Down::from($step)),*] };
}

impl<'d> Check<'d> {
    fn run(&mut self) {
        let document = self.document;
        if document.title.trim().is_empty() {
            self.wrong(
                path!["title"],
                "the title is empty: say in one sentence what happens and who holds what afterwards",
            );
        }
        if document.title.contains(acts) {
            self.wrong(path!["title"], "the title is one line of text without control characters");
        }
        for (index, tag) in document.tags.iter().enumerate().filter(|(_, tag)| tag.contains(acts)) {
            self.wrong(path!["tags", index], format!("the tag `{tag}` holds control characters"));
        }
        if document.clauses.is_empty() {
            self.wrong(path!["clauses"], "no clause: name what the scenario is about, as `RFC6109-3.1.4`");
        }
        for (index, clause) in document.clauses.iter().enumerate() {
            if document.clauses[..index].contains(clause) {
                self.wrong(path!["clauses", index], format!("`{}` twice", clause.0.id));
            }
        }
        for (role, gateway) in [("sender", &document.given.sender), ("receiver", &document.given.receiver)] {
            for kind in gateway.delays.keys().filter(|kind| !kind.may_cross_wires()) {
                let word = What::Kind(*kind).key();
                self.wrong(
                    vec!["given".into(), role.into(), "delays".into(), Down::KeyOf(word.to_owned())],
                    format!("`{word}` goes straight into a mailbox: only what goes over a wire can be late"),
                );
            }
        }
        for (mailbox, state) in &document.given.mailboxes {
            let at = vec![Down::from("given"), Down::from("mailboxes"), Down::KeyOf(mailbox.to_string())];
            if !matches!(mailbox.host(), Some(Host::Gateway(_))) {
                self.wrong(
                    at,
                    format!(
                        "`{mailbox}` is not a gateway's mailbox: only those of `sender` and `receiver` have a state"
                    ),
                );
            }
            for (key, other) in [("forward", &state.forward), ("notify", &state.notify)] {
                if let Some(other) = other {
                    self.mailbox(other, path!["given", "mailboxes", mailbox.to_string().as_str(), key]);
                }
            }
        }
        for (index, step) in document.steps.iter().enumerate() {
            self.step(step, index);
        }
        let judged = document.steps.iter().any(|step| matches!(step, Step::Expect(_) | Step::Either(_)));
        if !judged {
            self.wrong(path!["steps"], "nothing is expected: end with `expect`, so that the scenario can fail");
        }
    }

    fn step(&mut self, step: &'d Step, index: usize) {
        match step {
            Step::Send(send) => {
                let at = path!["steps", index, "send"];
                self.send(send, &at);
                self.declare(&send.id, Sent { recipients: Some(send.recipients()), injected: false }, &at);
            }
            Step::Inject(inject) => {
                let at = path!["steps", index, "inject"];
                let within = if inject.envelope.is_some() { "envelope" } else { "notification" };
                self.inject(inject, &at);
                let sent = Sent { recipients: Some(inject.recipients()), injected: true };
                self.declare(inject.id(), sent, &below(&at, within.into()));
            }
            Step::Dialogue(dialogue) => self.dialogue(dialogue, &path!["steps", index, "dialogue"]),
            Step::Advance(span) => {
                self.advanced = self.advanced.saturating_add(span.0.as_secs());
                if self.advanced > LONGEST.as_secs() {
                    let message = "with this the clock has been advanced by more than ten years";
                    self.wrong(path!["steps", index, "advance"], message);
                }
            }
            Step::Expect(expectation) => self.expectation(expectation, &path!["steps", index, "expect"]),
            Step::Either(alternatives) => {
                if alternatives.len() < 2 {
                    self.wrong(
                        path!["steps", index, "either"],
                        "a choice has two alternatives at least; for one write `expect`",
                    );
                }
                for (which, alternative) in alternatives.iter().enumerate() {
                    self.expectation(&alternative.expect, &path!["steps", index, "either", which, "expect"]);
                }
            }
            Step::ExpectFindings(findings) => {
                for (id, rules) in findings {
                    let at = path!["steps", index, "expect-findings"];
                    match self.sent.get(id.as_str()) {
                        Some(sent) if sent.injected || self.document.given.plants_faults() => {}
                        Some(_) => self.wrong(
                            below(&at, Down::KeyOf(id.clone())),
                            format!(
                                "`{id}` was sent, not injected, and `given` makes no gateway break the norm: there is \
                                 nothing to be found on purpose"
                            ),
                        ),
                        None if matches!(id.parse(), Ok(Place::AccessPoint(_) | Place::IncomingPoint(_))) => {}
                        None => self.undeclared(id, below(&at, Down::KeyOf(id.clone()))),
                    }
                    for (which, rule) in rules.iter().enumerate() {
                        if !self.rules.contains(&rule.as_str()) {
                            let message = unknown("rule", rule, self.rules.iter().copied());
                            self.wrong([at.clone(), path![id.as_str(), which]].concat(), message);
                        }
                    }
                }
            }
        }
    }

    fn dialogue(&mut self, dialogue: &'d Dialogue, at: &Path) {
        if let Some(id) = &dialogue.id {
            self.declare(id, Sent { recipients: None, injected: false }, at);
        }
        if !matches!(dialogue.with, Place::AccessPoint(_) | Place::IncomingPoint(_)) {
            let message =
                format!("nobody talks to `{}`: name `access-point@sender` or `incoming-point@receiver`", dialogue.with);
            self.wrong(below(at, "with".into()), message);
        }
        if dialogue.lines.iter().all(|line| line.answer.is_none()) {
            self.wrong(
                below(at, "lines".into()),
                "no answer is listened to: write `{say: NOOP, answer: 250}`, so that the dialogue can fail",
            );
        }
        for (index, line) in dialogue.lines.iter().enumerate() {
            let at = [at.clone(), path!["lines", index]].concat();
            match (&line.say, &line.login) {
                (Some(_), Some(_)) => {
                    self.wrong(at.clone(), "one thing is said at a time: give one of `say` and `login`");
                }
                (None, None) if line.answer.is_none() => {
                    self.wrong(at.clone(), "nothing is said and nothing listened to: give `say`, `login` or `answer`");
                }
                (None, None) if index == 0 => {
                    self.wrong(at.clone(), "nothing was said yet that could be answered: begin with `say` or `login`");
                }
                _ => {}
            }
            if let Some(user) = &line.login {
                self.mailbox(user, below(&at, "login".into()));
            }
            if line.answer.is_none() && (line.offers.is_some() || line.login.is_some()) {
                self.wrong(at, "the answer is not listened to: add `answer: 2xx`");
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

    fn inject(&mut self, inject: &'d Inject, at: &Path) {
        match (&inject.envelope, &inject.notification) {
            (Some(envelope), None) => self.envelope(envelope, &below(at, "envelope".into())),
            (None, Some(notification)) => self.notification(notification, &below(at, "notification".into())),
            _ => self.wrong(at.clone(), "what is injected? Give one of `envelope` and `notification`"),
        }
        if !(1..=9).contains(&inject.times) {
            self.wrong(below(at, "times".into()), "it is put on the wire between once and 9 times");
        }
    }

    fn notification(&mut self, notification: &'d Notification, at: &Path) {
        self.mailbox(&notification.recipient, below(at, "for".into()));
        match (&notification.about, &notification.from) {
            (Some(about), None) => match self.sent.get(about.as_str()) {
                None => self.undeclared(about, below(at, "about".into())),
                Some(sent)
                    if sent.injected || !sent.recipients.iter().flatten().any(|to| **to == notification.recipient) =>
                {
                    let message = format!("`{about}` is no message sent to `{}`", notification.recipient);
                    self.wrong(below(at, "about".into()), message);
                }
                Some(_) => {}
            },
            (None, Some(from)) => {
                self.mailbox(from, below(at, "from".into()));
                if !matches!(from.host(), Some(Host::Gateway(_))) {
                    let message = format!(
                        "`{from}` is no user of a gateway: notifications are for somebody at `sender` or `receiver`"
                    );
                    self.wrong(below(at, "from".into()), message);
                }
            }
            _ => self.wrong(
                at.clone(),
                "what does it speak of? Give `about`, the id of a message sent before, or `from`, who would have sent \
                 one that nobody sent",
            ),
        }
    }

    fn envelope(&mut self, envelope: &'d Send, at: &Path) {
        self.send(envelope, at);
        if envelope.from.host() != Some(Host::Gateway(Role::Sender)) {
            let message = format!(
                "an envelope is injected as the sender's provider would send it: `from` is somebody at `sender`, not `{}`",
                envelope.from
            );
            self.wrong(below(at, "from".into()), message);
        }
        if envelope.recipients().iter().any(|to| to.host() != Some(Host::Gateway(Role::Receiver))) {
            self.wrong(
                below(at, "to".into()),
                "an envelope is injected at the receiver's incoming point: every recipient is at `receiver`",
            );
        }
        for (key, given) in [("as", envelope.login.is_some()), ("header-from", envelope.header_from.is_some())] {
            if given {
                self.wrong(
                    below(at, key.into()),
                    format!("`{key}` means something to an access point only: leave it out"),
                );
            }
        }
    }

    fn send(&mut self, send: &'d Send, at: &Path) {
        let ones =
            [("from", Some(&send.from)), ("as", send.login.as_ref()), ("header-from", send.header_from.as_ref())];
        for (key, mailbox) in ones {
            if let Some(mailbox) = mailbox {
                self.mailbox(mailbox, below(at, key.into()));
            }
        }
        for (key, mailboxes) in [
            ("to", &send.to),
            ("cc", &send.cc),
            ("bcc", &send.bcc),
            ("rcpt", send.rcpt.as_ref().unwrap_or(&Vec::new())),
        ] {
            for (index, mailbox) in mailboxes.iter().enumerate() {
                self.mailbox(mailbox, [at.clone(), path![key, index]].concat());
            }
        }
        if send.recipients().is_empty() {
            self.wrong(at.clone(), "nobody receives this: add `to: [anna@receiver]`");
        }
        if send.submitted_at().is_none() {
            self.wrong(below(at, "from".into()), "a message is sent by somebody at `sender`, `receiver` or `posta`");
        }
        if send.submitted_at() == Some(Host::Posta) {
            let key = if send.rcpt.is_some() { "rcpt" } else { "to" };
            for literal in send.recipients().into_iter().filter(|to| to.host().is_none()) {
                let message = format!(
                    "no host has `{literal}`: who sends from `posta` writes to a mailbox of `sender`, `receiver` or `posta`"
                );
                self.wrong(below(at, key.into()), message);
            }
        }
        self.attachments(&send.attach, at, Within::Message);
        if send.encoding == TextEncoding::EightBit && send.text.as_deref().is_none_or(str::is_ascii) {
            let message = "`8bit` makes no difference to a text in ASCII: give `text` a letter beyond, as `è`";
            self.wrong(below(at, "encoding".into()), message);
        }
    }

    fn attachments(&mut self, attachments: &'d [Attachment], at: &Path, within: Within) {
        for (index, attachment) in attachments.iter().enumerate() {
            let at = [at.clone(), path!["attach", index]].concat();
            let Attachment { name, size, text, virus, fills, mail, received, .. } = attachment;
            let given =
                [size.is_some(), text.is_some(), virus.is_some(), fills.is_some(), mail.is_some(), received.is_some()];
            self.attached = self.attached.saturating_add(size.or(*fills).map_or(0, |size| size.0));
            if self.attached > MOST {
                let message = format!("with this all attachments hold more than {} MiB together", MOST >> 20);
                self.wrong(at.clone(), message);
                self.attached = 0;
            }
            if given.into_iter().filter(|given| *given).count() != 1 {
                let message =
                    format!("what is in `{name}`? Give one of `size`, `text`, `virus`, `fills`, `mail` and `received`");
                self.wrong(at.clone(), message);
            }
            if attachment.name_as == NameAs::RawLatin1 && name.chars().any(|letter| u32::from(letter) > 0xff) {
                self.wrong(below(&at, "name".into()), format!("`{name}` has letters that ISO-8859-1 has not"));
            }
            if let Some(received) = received
                && !self.sent.contains_key(received.about.as_str())
            {
                self.undeclared(&received.about, [at.clone(), path!["received", received.what.key()]].concat());
            }
            if within == Within::Nested && (fills.is_some() || received.is_some()) {
                let message = "an attached message holds `size`, `text`, `virus` or another `mail`";
                self.wrong(at.clone(), message);
            }
            if let Some(mail) = mail {
                self.attachments(&mail.attach, &below(&at, "mail".into()), Within::Nested);
            }
        }
        if attachments.iter().filter(|attachment| attachment.fills.is_some()).count() > 1 {
            self.wrong(below(at, "attach".into()), "only one attachment can fill the message up to its size");
        }
    }

    fn expectation(&mut self, expectation: &'d Expectation, at: &Path) {
        for (place, messages) in expectation {
            if let Place::Mailbox(mailbox) = place {
                self.mailbox(mailbox, below(at, Down::KeyOf(place.to_string())));
            }
            for (index, expected) in messages.iter().enumerate() {
                let at = [at.clone(), path![place.to_string().as_str(), index]].concat();
                self.expected(place, expected, &at);
            }
        }
    }

    fn expected(&mut self, place: &Place, expected: &'d Expected, at: &Path) {
        let key = expected.what.key();
        let Some(sent) = self.sent.get(expected.about.as_str()).cloned() else {
            return self.undeclared(&expected.about, below(at, key.into()));
        };
        if let (Some(recipient), Some(known)) = (&expected.recipient, &sent.recipients)
            && !known.contains(&recipient)
        {
            let recipients: Vec<_> = known.iter().map(|to| format!("`{to}`")).collect();
            let message = format!(
                "`{recipient}` is no recipient of `{}`, which goes to {}",
                expected.about,
                recipients.join(", ")
            );
            self.wrong(below(at, "for".into()), message);
        }
        let session = matches!(place, Place::AccessPoint(_) | Place::IncomingPoint(_));
        if session != (expected.what == What::Refused) {
            let message = if session {
                format!("an SMTP session ends in `refused`, or is not named at all; `{key}` arrives in a mailbox")
            } else {
                format!("nothing is `refused` at `{place}`: name `access-point@sender` or `incoming-point@receiver`")
            };
            self.wrong(at.clone(), message);
        }
    }

    fn mailbox(&mut self, mailbox: &Mailbox, at: Path) {
        let Mailbox::At { user, host } = mailbox else { return };
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
        self.document.given.mailboxes.keys().filter_map(move |mailbox| match mailbox {
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
