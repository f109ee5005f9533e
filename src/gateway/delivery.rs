//! The delivery point (2.2.3, 3.3): into the mailbox, and what the sender is told of it.

use super::{
    MailboxState,
    checks::addresses,
    compose::{DeliveryError, Notice, ReceiptForm},
    core::{Core, Matter, Way, traced},
    incoming::{Arrival, uncertified},
    verification::Correct,
};
use crate::message::{Bytes, Kind, Mail};

impl Core {
    /// Delivers a correct envelope to one recipient and answers for it.
    pub(super) fn deliver_envelope(
        &self,
        arrival: &Arrival<'_>,
        correct: &Correct,
        matter: Matter<'_>,
        recipient: &String,
    ) {
        let at = &arrival.at;
        if let Some(error) = self.delivery_error(recipient) {
            return self.notify(matter, &Notice::NonDelivery { recipient, error }, at, Way::Wire);
        }
        self.put(recipient, arrival.traced.clone(), at);
        self.log(matter, "consegna", std::slice::from_ref(recipient), &[], None, at);
        let original = correct.message.original().unwrap_or_default();
        let form = match standing(correct.message.original_mail().as_ref(), recipient) {
            Standing::Primary => matter.about.receipt,
            Standing::Copy => ReceiptForm::Concise,
        };
        self.notify(matter, &Notice::Delivery { recipient, form, original: &original }, at, Way::Wire);
        self.serve(recipient, arrival, arrival.bytes);
    }

    /// Delivers what is not certified, in an anomaly envelope (3.2.2).
    pub(super) fn deliver_wrapped(&self, arrival: &Arrival<'_>, recipient: &String, error: &str) {
        let at = &arrival.at;
        let mail = Mail::read(arrival.bytes.clone()).ok();
        let shown = mail.as_ref().and_then(|mail| addresses(mail, "From")).and_then(|found| found.into_iter().next());
        // A null reverse path names nobody: the header's author stands in.
        let sender = if arrival.from.is_empty() { shown.unwrap_or_default() } else { arrival.from.to_owned() };
        let recipients = std::slice::from_ref(recipient);
        let wrapped = Bytes::from(self.composer().anomaly_envelope(arrival.bytes, &sender, recipients, error, at));
        let about = uncertified(arrival);
        let message_id = Mail::read(&wrapped).ok().and_then(|mail| mail.field("Message-ID")).unwrap_or_default();
        let generated = [super::verification::bare(&message_id).to_owned()];
        let matter = Matter { about: &about, provider: "" };
        self.log(matter, "anomalia", recipients, &generated, Some(error.to_owned()), at);
        for bytes in self.emit(Kind::Anomalia, wrapped, at).copies {
            self.put(recipient, traced(arrival.from, Some(&arrival.received), &bytes), at);
            self.serve(recipient, arrival, &bytes);
        }
        self.log(matter, "consegna", recipients, &[], None, at);
    }

    /// Why an envelope cannot be delivered to an address of this provider (Nota 12).
    fn delivery_error(&self, recipient: &str) -> Option<DeliveryError<'static>> {
        let (errore, code, description) = match self.profile.mailbox(recipient).map(|mailbox| mailbox.state) {
            _ if self.is_service(recipient) || self.is_postmaster(recipient) => {
                ("altro", "5.7.1", "casella riservata al gestore")
            }
            None => ("no-dest", "5.1.1", "indirizzo non valido"),
            Some(MailboxState::Disabled) => ("altro", "5.2.1", "casella disabilitata"),
            Some(MailboxState::Full) => ("altro", "5.2.2", "casella piena"),
            Some(MailboxState::Enabled) => return None,
        };
        Some(DeliveryError { errore, code, description })
    }
}

/// How a recipient stands in the original message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// In To; or it cannot be told, which counts the same (3.3.2.1).
    Primary,
    /// In Cc alone.
    Copy,
}

fn standing(original: Option<&Mail>, recipient: &str) -> Standing {
    let Some(mail) = original else { return Standing::Primary };
    let is_in = |name: &str| {
        addresses(mail, name).map(|found| found.iter().any(|address| address.eq_ignore_ascii_case(recipient)))
    };
    match (is_in("To"), is_in("Cc")) {
        (Some(false), Some(true)) => Standing::Copy,
        _ => Standing::Primary,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_recipient_in_cc_alone_is_a_copy() {
        let stands = |headers: &str| {
            standing(Mail::read(format!("{headers}\r\n\r\n").as_bytes()).ok().as_ref(), "anna@b.example")
        };
        assert_eq!(stands("To: luca@b.example\r\nCc: Anna <ANNA@b.example>"), Standing::Copy);
        for primary in [
            "To: anna@b.example",
            "To: anna@b.example\r\nCc: anna@b.example",
            "To: luca@b.example",
            "To: <luca@@\r\nCc: anna@b.example",
            "Subject: x",
        ] {
            assert_eq!(stands(primary), Standing::Primary, "{primary}");
        }
    }
}
