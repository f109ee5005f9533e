//! What is sent: by somebody to somebody, with attachments that hold one thing each.

use super::{
    super::{
        attachment::{Attachment, NameAs},
        locate::Path,
        send::{ClientAuth, ClientTls, Send, TextEncoding},
        words::Host,
    },
    Check, below, way,
};

/// Bytes of all attachments of a scenario: each is held several times on its way.
const MOST: usize = 128 << 20;

/// As many messages as a scenario sends at once.
const MOST_COPIES: u16 = 500;

/// Where an attachment is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// In the message that is sent.
    Message,
    /// In a message attached to it.
    Nested,
}

impl<'d> Check<'d> {
    pub(super) fn send(&mut self, send: &'d Send, at: &Path) {
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
                self.mailbox(mailbox, [at.clone(), way![key, index]].concat());
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
        if !(1..=MOST_COPIES).contains(&send.copies) {
            self.wrong(below(at, "copies".into()), format!("so many messages are 1 to {MOST_COPIES}"));
        }
        if send.submitted_at() == Some(Host::Posta) {
            for (key, given) in
                [("tls", send.tls != ClientTls::default()), ("auth", send.auth != ClientAuth::default())]
            {
                if given {
                    let message = format!("`{key}` means something to an access point only: leave it out");
                    self.wrong(below(at, key.into()), message);
                }
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
            let at = [at.clone(), way!["attach", index]].concat();
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
                self.undeclared(&received.about, [at.clone(), way!["received", received.what.key()]].concat());
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
}
