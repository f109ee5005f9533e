//! What a scenario puts into the world: what users send, and what the harness sends in a provider's place.

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
        inject::{Inject, Provider},
        model::Step,
        send::{Send, Written},
        words::{Host, Mailbox, Place},
    },
    target::{InjectAs, TargetError},
};

impl<'s> Stage<'s> {
    pub(super) async fn send(&self, send: &Send) -> Result<(), TargetError> {
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

    pub(super) fn introduce(&self, send: &Send) {
        let mut progress = self.progress();
        progress.known.learn(&mail::msgid(send, self.world.play()), &send.id);
        progress.known.learn_subject(&mail::subject(send), &send.id);
    }
}

fn path(send: &Send, recipients: Vec<&Mailbox>, address: &dyn Fn(&Mailbox) -> String) -> SmtpPath {
    let written = |place: Written, mailbox: &Mailbox| mail::spelled(send, place, address(mailbox));
    let to = recipients.into_iter().map(|to| written(Written::RcptTo, to));
    SmtpPath { from: written(Written::MailFrom, &send.from), to: to.collect() }
}
