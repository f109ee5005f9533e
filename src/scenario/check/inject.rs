//! What is injected: one thing, at a point that takes it.

use super::{
    super::{
        inject::{Inject, Notification, Transactions},
        locate::Path,
        send::{ClientAuth, ClientTls, Send},
        words::Host,
    },
    Check, below,
};
use crate::evidence::Role;

impl<'d> Check<'d> {
    pub(super) fn inject(&mut self, inject: &'d Inject, at: &Path) {
        match (&inject.envelope, &inject.notification) {
            (Some(envelope), None) => self.envelope(envelope, &below(at, "envelope".into())),
            (None, Some(notification)) => self.notification(notification, &below(at, "notification".into())),
            _ => self.wrong(at.clone(), "what is injected? Give one of `envelope` and `notification`"),
        }
        if inject.transactions == Transactions::OneEach && inject.recipients().len() < 2 {
            let message = "`one-each` makes no difference to one recipient: give two in `to`";
            self.wrong(below(at, "transactions".into()), message);
        }
        if !(1..=9).contains(&inject.times) {
            self.wrong(below(at, "times".into()), "it is put on the wire between once and 9 times");
        }
    }

    pub(super) fn notification(&mut self, notification: &'d Notification, at: &Path) {
        self.mailbox(&notification.recipient, below(at, "for".into()));
        if let Some(role) = notification.by.role() {
            self.plays(role, below(at, "by".into()));
        }
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

    pub(super) fn envelope(&mut self, envelope: &'d Send, at: &Path) {
        self.send(envelope, at);
        if envelope.from.host() != Some(Host::Gateway(Role::Sender)) {
            let message = format!(
                "an envelope is injected as the sender's provider would send it: `from` is somebody at `sender`, not `{}`",
                envelope.from
            );
            self.wrong(below(at, "from".into()), message);
        }
        if envelope.recipients_provider().is_none() {
            self.wrong(
                below(at, "to".into()),
                "an envelope is injected at one incoming point: every recipient is at `receiver`, or every one at \
                 `second-receiver`",
            );
        }
        for (key, given) in [
            ("as", envelope.login.is_some()),
            ("header-from", envelope.header_from.is_some()),
            ("tls", envelope.tls != ClientTls::default()),
            ("auth", envelope.auth != ClientAuth::default()),
            ("copies", envelope.copies != 1),
        ] {
            if given {
                self.wrong(
                    below(at, key.into()),
                    format!("`{key}` means something to an access point only: leave it out"),
                );
            }
        }
    }
}
