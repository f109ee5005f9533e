//! What a scenario puts into the world: what users send, and what the harness sends in a provider's place.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{
    inject::{self, Injection},
    mail,
    progress::{Door, Handover},
    reading,
    stage::Stage,
    waiting::Awaited,
};
use crate::{
    evidence::{Party, Role, SmtpPath},
    message::Bytes,
    scenario::{
        Expected,
        inject::{Inject, Provider, Transactions},
        send::{Send, Written},
        words::{Host, Mailbox, Place},
    },
    target::{InjectAs, Login, TargetError},
};

impl<'s> Stage<'s> {
    pub(super) async fn send(&self, send: &Send) -> Result<(), TargetError> {
        let handovers = self.handovers(send).await?;
        if send.copies > 1 {
            return self.hand_over_together(handovers).await;
        }
        for handover in handovers {
            self.hand_over(handover).await?;
        }
        Ok(())
    }

    pub(super) async fn together(&self, sends: &[Send]) -> Result<(), TargetError> {
        let mut handovers = Vec::new();
        for send in sends {
            handovers.extend(self.handovers(send).await?);
        }
        self.hand_over_together(handovers).await
    }

    /// What a send comes to: each of its copies, at every host that it goes to from there.
    async fn handovers(&self, send: &Send) -> Result<Vec<Handover>, TargetError> {
        let address = |mailbox: &Mailbox| self.world.address(mailbox);
        let client = self.client(send, self.world.now(), &address).await?;
        let mut handovers = Vec::new();
        for copy in copies(send) {
            self.introduce(&copy, &send.id);
            let bytes: Bytes = client.compose(&copy).into();
            let handed = |door: Door, recipients: Vec<&Mailbox>| {
                let path = path(send, recipients, &address);
                Handover { id: send.id.clone(), door, path, bytes: bytes.clone() }
            };
            if let Some(Host::Gateway(at)) = send.submitted_at() {
                let user = address(send.login.as_ref().unwrap_or(&send.from));
                let login = Login { user, tls: send.tls, auth: send.auth };
                handovers.push(handed(Door::Access { at, login }, send.recipients()));
                continue;
            }
            for at in self.world.hosts() {
                let theirs = |to: &&Mailbox| to.host() == Some(at);
                let recipients: Vec<&Mailbox> = send.recipients().into_iter().filter(theirs).collect();
                let Some(first) = recipients.first().copied().cloned() else { continue };
                let door = match at {
                    Host::Gateway(at) => Door::Incoming { as_host: InjectAs::Posta, at },
                    Host::Posta => Door::Posta { first },
                };
                handovers.push(handed(door, recipients));
            }
        }
        Ok(handovers)
    }

    pub(super) async fn inject(&self, inject: &Inject) -> Result<(), TargetError> {
        let at = self.world.now();
        let about = inject.notification.as_ref().and_then(|notification| notification.about.as_deref());
        if let Some(id) = about {
            self.wait_for(Awaited::Identifier(id)).await?;
        }
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
            self.introduce(send, &send.id);
        }
        {
            let mut progress = self.progress();
            progress.known.learn(&injection.message_id, inject.id());
            progress.known.learn(&injection.identifier, inject.id());
        }
        let Injection { bytes, to, path, .. } = injection;
        let (id, door, bytes) =
            (inject.id().to_owned(), Door::Incoming { as_host: InjectAs::Peer, at: to }, Bytes::from(bytes));
        let alone = |to: &String| SmtpPath { from: path.from.clone(), to: vec![to.clone()] };
        let paths = match inject.transactions {
            Transactions::One => vec![path],
            Transactions::OneEach => path.to.iter().map(alone).collect(),
        };
        let handover = |path| Handover { id: id.clone(), door: door.clone(), path, bytes: Bytes::clone(&bytes) };
        for path in paths {
            for _ in 0..inject.times {
                self.hand_over(handover(path.clone())).await?;
            }
        }
        Ok(())
    }

    /// The message that a scenario sends under this id.
    fn sent(&self, id: &str) -> Option<&'s Send> {
        self.scenario.sends().find(|send| send.id == id)
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
        self.wait_for(Awaited::Message(mailbox, wanted)).await?;
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

    pub(super) fn introduce(&self, send: &Send, name: &str) {
        let mut progress = self.progress();
        progress.known.learn(&mail::msgid(send, self.world.play()), name);
        progress.known.learn_subject(&mail::subject(send), name);
    }
}

/// Each copy of a send, which differ in their Message-IDs alone.
fn copies(send: &Send) -> Vec<Cow<'_, Send>> {
    if send.copies < 2 {
        return vec![Cow::Borrowed(send)];
    }
    let subject = Some(send.subject.clone().unwrap_or_else(|| send.id.clone()));
    let copy = |number| Send { id: format!("{}-{number}", send.id), subject: subject.clone(), ..send.clone() };
    (1..=send.copies).map(|number| Cow::Owned(copy(number))).collect()
}

fn path(send: &Send, recipients: Vec<&Mailbox>, address: &dyn Fn(&Mailbox) -> String) -> SmtpPath {
    let written = |place: Written, mailbox: &Mailbox| mail::spelled(send, place, address(mailbox));
    let to = recipients.into_iter().map(|to| written(Written::RcptTo, to));
    SmtpPath { from: written(Written::MailFrom, &send.from), to: to.collect() }
}
