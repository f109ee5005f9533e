//! What a mailbox's owner asked for: copies and news of what is delivered, to an ordinary address.

use super::{core::Core, store::Purpose};
use crate::{clock::LegalTime, evidence::SmtpPath, message::Mail};

impl Core {
    /// Does for a delivered message what its mailbox's owner asked for. What comes from nobody (a bounce) starts nothing.
    pub(super) fn serve(&self, mailbox: &str, from: &str, delivered: &[u8], at: &LegalTime) {
        let Some(settings) = self.profile.mailbox(mailbox).filter(|_| !from.is_empty()) else { return };
        if let Some(copy_to) = &settings.forward {
            // Bounces of the copy come back to the mailbox, where they start nothing.
            let path = SmtpPath { from: mailbox.to_owned(), to: vec![copy_to.clone()] };
            self.store.queue(path, delivered.into(), Purpose::Ordinary, at.instant());
        }
        if let Some(tell) = &settings.notify {
            let path = SmtpPath { from: String::new(), to: vec![tell.clone()] };
            self.store.queue(path, self.news(mailbox, tell, delivered, at).into(), Purpose::Ordinary, at.instant());
        }
    }

    fn news(&self, mailbox: &str, to: &str, delivered: &[u8], at: &LegalTime) -> Vec<u8> {
        let address = &self.profile.address;
        let of = Mail::read(delivered).ok().and_then(|mail| mail.field("Message-ID"));
        let references = of.map(|id| format!("References: {}\r\n", id.trim())).unwrap_or_default();
        let (date, id) = (at.date_header(), self.identifiers.next(at));
        format!(
            "Date: {date}\r\nFrom: <{address}>\r\nTo: <{to}>\r\nSubject: Nuovo messaggio in {mailbox}\r\n\
             Message-ID: <{id}>\r\n{references}Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=us-ascii\r\n\r\n\
             Nella casella {mailbox} e' arrivato un messaggio il {} alle {} ({}).\r\n",
            at.giorno(),
            at.ora(),
            at.zona()
        )
        .into_bytes()
    }
}
