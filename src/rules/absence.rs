//! When something that is not there is missing: where it would have been seen, that was watched, and it was due by then.

use jiff::SignedDuration;

use super::{Context, Transaction};
use crate::{evidence::View, message::Kind};

/// What a question about something missing needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absence {
    /// Where what is missing would be seen, and what tells that it is due. All of it must have been watched.
    pub seen_from: &'static [View],
    /// How long after the submission it may still come.
    pub due_within: SignedDuration,
}

/// By when everything is told about a submission: the outcomes, or that there is none (RFC 6109 3.1.6, DM 2/11/2005 art. 13).
const DAY: SignedDuration = SignedDuration::from_hours(24);

impl Absence {
    /// From these views, a day after the submission.
    pub const fn seen_from(views: &'static [View]) -> Self {
        Self { seen_from: views, due_within: DAY }
    }

    /// Whether it would have been seen by now.
    pub fn would_show(&self, transaction: &Transaction, context: &Context<'_>) -> bool {
        let watch = &context.evidence.watch;
        let due = transaction.began().and_then(|began| began.checked_add(self.due_within).ok());
        self.seen_from.iter().all(|view| sees(transaction, context, *view))
            && due.is_some_and(|due| watch.lasted_to(due))
    }
}

/// Whether a view was watched for a submission: by itself, or as part of the archive of the sender's provider. Whose archive
/// it is its messages tell: nobody else has what a provider writes to its own users.
fn sees(transaction: &Transaction, context: &Context<'_>, view: View) -> bool {
    const TO_OWN_USERS: [Kind; 5] = [
        Kind::Accettazione,
        Kind::NonAccettazione,
        Kind::NonAccettazioneVirus,
        Kind::PreavvisoErroreConsegna,
        Kind::ErroreConsegnaVirus,
    ];
    let watch = &context.evidence.watch;
    let of_sender = || {
        let archived = matches!(view, View::Sender | View::Service) && watch.sees(View::Archive);
        archived && transaction.messages.iter().any(|fact| TO_OWN_USERS.contains(&fact.kind))
    };
    // A mailbox of a user holds what others sent too: it is the sender's own only if something answers a submission there.
    let is_senders = || watch.sees(View::Wires) || transaction.messages.iter().any(super::Member::goes_to_sender);
    watch.sees(view) && (view != View::Sender || is_senders()) || of_sender()
}
