//! What a mailbox's owner asked for: copies and news of what is delivered, to an ordinary address.

use super::{
    choices::ReturningCopy,
    core::{Core, Matter},
    incoming::{Arrival, uncertified},
    store::Purpose,
};
use crate::{
    clock::LegalTime,
    evidence::SmtpPath,
    message::{Bytes, Mail, Message},
};

/// Wrappings that are opened to find the mailboxes a message has been in: as many forwarding mailboxes may write in a ring.
const DEPTH: usize = 16;

/// The field by which a mailbox knows again what it has forwarded, whatever it was wrapped in since.
const DELIVERED_TO: &str = "Delivered-To";

impl Core {
    /// Does for a delivered message what its mailbox's owner asked for. What comes from nobody (a bounce) starts nothing.
    pub(super) fn serve(&self, mailbox: &str, arrival: &Arrival<'_>, delivered: &Bytes) {
        let at = &arrival.at;
        let Some(settings) = self.profile.mailbox(mailbox).filter(|_| !arrival.from.is_empty()) else { return };
        // A mailbox that forwards to itself has its copy already, unless what comes back is known and refused.
        let to_itself = |copy_to: &&String| {
            copy_to.eq_ignore_ascii_case(mailbox) && self.profile.choices.returning_copy == ReturningCopy::Delivered
        };
        if let Some(copy_to) = settings.forward.as_ref().filter(|copy_to| !to_itself(copy_to)) {
            if has_been_in(mailbox, delivered) {
                let about = uncertified(arrival);
                let matter = Matter { about: &about, provider: "" };
                let why = format!("copia per {copy_to} non inviata: il messaggio è già passato da questa casella");
                self.log(matter, "scarto", &[mailbox.to_owned()], &[], Some(why), at);
            } else {
                // Bounces of the copy come back to the mailbox, where they start nothing.
                let path = SmtpPath { from: mailbox.to_owned(), to: vec![copy_to.clone()] };
                let trace = format!("{DELIVERED_TO}: {mailbox}\r\n{}", arrival.received);
                let copy = [trace.as_bytes(), delivered].concat();
                self.store.queue(path, copy.into(), Purpose::Ordinary, at.instant());
            }
        }
        if let Some(tell) = &settings.notify {
            let path = SmtpPath { from: String::new(), to: vec![tell.clone()] };
            self.store.queue(path, self.news(mailbox, tell, delivered, at).into(), Purpose::Ordinary, at.instant());
        }
    }

    /// Whether a mailbox that forwards has had this message before.
    pub(super) fn has_forwarded(&self, mailbox: &str, message: &Bytes) -> bool {
        let forwards = self.profile.mailbox(mailbox).is_some_and(|settings| settings.forward.is_some());
        forwards && has_been_in(mailbox, message)
    }

    fn news(&self, mailbox: &str, to: &str, delivered: &Bytes, at: &LegalTime) -> Vec<u8> {
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

/// Whether a message, or one that it wraps, says that it was delivered to this mailbox before.
fn has_been_in(mailbox: &str, message: &Bytes) -> bool {
    let mut wrapped = Message::read(message).ok();
    for _ in 0..DEPTH {
        let Some(message) = wrapped else { return false };
        let mut said = message.mail.root.headers_named(DELIVERED_TO);
        if said.any(|field| message.mail.decoded(field).trim().eq_ignore_ascii_case(mailbox)) {
            return true;
        }
        wrapped = message.original_mail().map(Message::of);
    }
    true
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_mailbox_is_known_again_through_what_wraps_it() {
        let copy = b"Delivered-To: Anna@b.example\r\nReceived: x\r\nSubject: y\r\n\r\nz\r\n".to_vec();
        let wrap = |mark: &str, inner: &[u8]| {
            let head = format!(
                "Delivered-To: luca@c.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary={mark}\r\n\r\n\
                 --{mark}\r\n\r\ntesto\r\n--{mark}\r\nContent-Type: message/rfc822; name=postacert.eml\r\n\r\n"
            );
            [head.as_bytes(), inner, format!("\r\n--{mark}--\r\n").as_bytes()].concat()
        };
        let once = wrap("inner", &copy);
        let twice = wrap("outer", &once);
        let has_been_in = |mailbox: &str, message: &[u8]| super::has_been_in(mailbox, &message.into());
        assert!(has_been_in("anna@b.example", &copy));
        assert!(has_been_in("anna@b.example", &twice));
        assert!(!has_been_in("mario@b.example", &once));
    }
}
