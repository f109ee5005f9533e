//! The access point (2.2.1, 3.1): submission by authenticated users.

use std::sync::Arc;

use super::{
    address, antivirus,
    checks::{self, Submission},
    choices::Malformed,
    compose::{Certified, Notice, original::admit},
    core::{Core, Way, addresses, answered},
    original,
    store::{Entry, Purpose},
};
use crate::{
    clock::LegalTime,
    evidence::SmtpPath,
    message::{Bytes, Kind, Mail},
    net::{Call, Handler, Reply, Session},
};

/// Takes submissions, on both ports.
pub(super) struct AccessPoint(pub Arc<Core>);

impl Handler for AccessPoint {
    fn called(&self, call: Call) -> impl Send + 'static {
        self.0.around.called(call)
    }

    fn connected(&self, session: &Session) -> Result<(), Reply> {
        self.0.around.opened(&self.0.profile.host, session);
        Ok(())
    }

    fn named(&self, session: &Session) -> Result<(), Reply> {
        self.0.around.admit(session)
    }

    async fn authenticate(&self, user: &str, password: &str) -> bool {
        self.0.profile.admits(user, password)
    }

    /// A notice about a foreign sender would go to the one impersonated: refused here.
    async fn mail_from(&self, session: &Session, from: &str) -> Reply {
        match &session.user {
            Some(user) if user.eq_ignore_ascii_case(from) => Reply::new(250, [2, 1, 0], "Sender ok"),
            _ => Reply::new(553, [5, 7, 1], "Sender address is not the authenticated user's"),
        }
    }

    async fn rcpt(&self, _: &Session, _: &str) -> Reply {
        Reply::new(250, [2, 1, 5], "Recipient ok")
    }

    async fn data(&self, session: &Session, message: Vec<u8>) -> Reply {
        let _busy = self.0.around.busy();
        self.0.keep_pace().await;
        let message = Bytes::from(message);
        let (told, taken) = (session.clone(), message.clone());
        let reply = answered(self.0.happens(move |core| core.submit(&told, &taken)).await);
        self.0.around.transmitted(&self.0.profile.host, session, message, &reply);
        self.0.run_queue();
        reply
    }
}

impl Core {
    /// Accepts a submission or tells its sender why not; either way the answer is in the sender's mailbox.
    fn submit(&self, session: &Session, message: &Bytes) -> Reply {
        let at = self.now();
        let to = address::once_each(&session.to, &self.profile.domains[0]);
        let mail = Mail::read(message.clone()).ok();
        let submission = Submission { mail: mail.as_ref(), from: &session.from, to: &to, bytes: message };
        let formal = checks::all(&submission, &self.profile);
        if formal.is_err() && self.profile.choices.malformed == Malformed::Refuse {
            return Reply::new(554, [5, 6, 0], "Not in the form of certified mail: see RFC 6109 3.1.1");
        }
        let identifier = self.identifiers.next(&at);
        let admitted = admit(message, &identifier, &self.received(session, &at));
        let directory = self.around.directory();
        let word = self.profile.choices.receipt_word;
        let about =
            original::certified(mail.as_ref(), &session.from, &to, &directory, identifier, admitted.msgid, word);
        self.log(self.own(&about), "ricezione", &to, &[], None, &at);

        if let Err(error) = formal {
            self.notify(self.own(&about), &Notice::NonAcceptance { reason: &error.to_string() }, &at, Way::Hand);
        } else if let Some(virus) = antivirus::scan_if(self.profile.antivirus, message) {
            self.quarantine(message, &at);
            self.notify(self.own(&about), &Notice::NonAcceptanceVirus { virus }, &at, Way::Hand);
        } else {
            self.accept(&about, &admitted.bytes, &at);
        }
        Reply::new(250, [2, 0, 0], format!("Taken as {}", about.identifier))
    }

    /// Acceptance to the sender, one envelope per destination; paths unaltered (3.1.4, 3.1.5).
    fn accept(&self, about: &Certified, original: &[u8], at: &LegalTime) {
        self.store.record(Entry::Tracked { about: about.clone(), at: at.instant() });
        self.notify(self.own(about), &Notice::Acceptance, at, Way::Hand);
        let envelope = self.composer().transport_envelope(about, original, at);
        let generated = [about.identifier.clone()];
        self.log(self.own(about), "posta-certificata", &addresses(about), &generated, None, at);
        let groups = original::by_destination(&addresses(about), |domain| self.around.route(domain).map(|to| to.host));
        let emission = self.emit(Kind::PostaCertificata, envelope, at);
        for bytes in emission.copies {
            for group in &groups {
                let path = SmtpPath { from: about.sender.clone(), to: group.clone() };
                let purpose = Purpose::Envelope { identifier: about.identifier.clone() };
                self.store.queue(path, bytes.clone(), purpose, emission.due);
            }
        }
    }
}
