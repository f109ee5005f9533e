//! What the norm leaves to a provider, chosen: where two ways are right, somebody takes each.

use jiff::SignedDuration;

use crate::net::Manners;

/// A provider's choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choices {
    /// What the access point does with a submission that is not in the norm's form (3.1.1, 3.1.2).
    pub malformed: Malformed,
    /// What happens to mail for a mailbox that cannot take it.
    pub undeliverable: Undeliverable,
    /// What an ordinary sender is told of several recipients that did not get the message.
    pub reports: Reports,
    /// What happens to infected ordinary mail.
    pub infected_ordinary: Unwanted,
    /// What happens to ordinary mail for the service mailbox.
    pub ordinary_for_service: Unwanted,
    /// What happens to notifications for its own users whose mailboxes are full.
    pub beyond_quota: BeyondQuota,
    /// Whether a server-server acceptance is sent within the provider.
    pub takeover_of_own: Takeover,
    /// Whether one is sent for an infected envelope.
    pub takeover_of_infected: Takeover,
    /// When the second timeout notice goes out: after 22 hours, before 24 (3.1.6).
    pub second_notice: SignedDuration,
    /// What tells the sender that a host was never reached.
    pub never_reached: NeverReached,
    /// Whether the signer's certificate is held to its profile (5.5) beside what 2.2.2 lists.
    pub signer_profile: SignerProfile,
    /// What revocation lists that are too old are worth.
    pub old_lists: OldLists,
    /// Whether the word in X-TipoRicevuta is known in any letters.
    pub receipt_word: ReceiptWord,
    /// What becomes of a copy that a mailbox forwarded and that comes back to it.
    pub returning_copy: ReturningCopy,
    /// How peers are met that do not keep to SMTP.
    pub manners: Manners,
    /// Whether the TLS certificate of another provider's host must bear its name.
    pub peer_names: PeerNames,
}

/// What the access point does with a malformed submission; both are right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// Takes it and answers with a non-acceptance.
    Notify,
    /// Refuses it in the session.
    Refuse,
}

/// What happens to mail for mailboxes that are unknown, disabled, full or the provider's own; both are right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undeliverable {
    /// It is taken, and answered with a non-delivery; ordinary mail that nobody can get is refused after the data.
    Notify,
    /// It is taken, and answered with a non-delivery; ordinary mail with a report, as anywhere on the Internet.
    Report,
    /// It is refused at RCPT TO.
    Refuse,
}

/// How many reports go back on one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reports {
    /// One on each recipient.
    OnEach,
    /// One on all of them.
    OnAll,
}

/// What happens to ordinary mail that nobody is to get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwanted {
    /// It is taken and thrown away.
    Discard,
    /// It is taken, and a report goes back.
    Report,
    /// It is refused in the session.
    Refuse,
}

/// What happens to a notification for a full mailbox. It is to be delivered "regardless" (2.2.3), which says nothing of room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeyondQuota {
    /// It is kept: a user's quota does not cost the proof.
    Kept,
    /// It is refused by SMTP: the provider that sent it knows, and has it in its log.
    Refused,
}

/// Whether a server-server acceptance is sent where the norm can be read both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takeover {
    /// It is.
    Sent,
    /// It is not.
    Omitted,
}

/// What tells the sender, after a day, that the recipient's host was never reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NeverReached {
    /// The second timeout notice alone.
    NoticeAlone,
    /// A non-delivery beside it.
    NonDeliveryToo,
}

/// What a signer's certificate has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignerProfile {
    /// What 2.2.2 lists: listed, trusted, in force and not revoked.
    Ignored,
    /// In the profile of 5.5 too; else what it signs is not in the norm's form.
    Demanded,
}

/// What revocation lists beyond their next update are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldLists {
    /// Nothing: who signed with what they speak of is not verified.
    Nothing,
    /// What they were worth, until there are others.
    AsBefore,
}

/// How the sender's word for the receipt is read (2.1.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptWord {
    /// In whatever letters.
    InAnyLetters,
    /// As the norm writes it; any other is an unknown one.
    AsWritten,
}

/// What becomes of a copy that a mailbox forwarded and that comes back to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturningCopy {
    /// It is delivered, and goes no further.
    Delivered,
    /// It is refused, and whoever forwarded it is told.
    Refused,
}

/// Whether TLS between providers demands the host's name, which 5.3 does not speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerNames {
    /// It does: with a host of another name nothing is exchanged.
    Demanded,
    /// The channel is secured all the same.
    Ignored,
}

impl Choices {
    /// Those of most providers, as far as they are known.
    pub fn usual() -> Self {
        Self {
            malformed: Malformed::Notify,
            undeliverable: Undeliverable::Notify,
            reports: Reports::OnEach,
            infected_ordinary: Unwanted::Discard,
            ordinary_for_service: Unwanted::Refuse,
            beyond_quota: BeyondQuota::Kept,
            takeover_of_own: Takeover::Omitted,
            takeover_of_infected: Takeover::Sent,
            second_notice: SignedDuration::from_hours(22),
            never_reached: NeverReached::NoticeAlone,
            signer_profile: SignerProfile::Ignored,
            old_lists: OldLists::Nothing,
            receipt_word: ReceiptWord::InAnyLetters,
            returning_copy: ReturningCopy::Delivered,
            manners: Manners::Lenient,
            peer_names: PeerNames::Demanded,
        }
    }

    /// Those of bravo: of the usual ones, a few are taken otherwise, or in a third way.
    pub fn of_bravo() -> Self {
        Self {
            undeliverable: Undeliverable::Report,
            reports: Reports::OnAll,
            takeover_of_infected: Takeover::Omitted,
            second_notice: SignedDuration::from_hours(23),
            old_lists: OldLists::AsBefore,
            infected_ordinary: Unwanted::Report,
            ordinary_for_service: Unwanted::Report,
            ..Self::usual()
        }
    }

    /// The other way wherever there are two.
    pub fn contrary() -> Self {
        Self {
            malformed: Malformed::Refuse,
            undeliverable: Undeliverable::Refuse,
            reports: Reports::OnAll,
            infected_ordinary: Unwanted::Refuse,
            ordinary_for_service: Unwanted::Discard,
            beyond_quota: BeyondQuota::Refused,
            takeover_of_own: Takeover::Sent,
            takeover_of_infected: Takeover::Omitted,
            second_notice: SignedDuration::from_hours(23),
            never_reached: NeverReached::NonDeliveryToo,
            signer_profile: SignerProfile::Demanded,
            old_lists: OldLists::AsBefore,
            receipt_word: ReceiptWord::AsWritten,
            returning_copy: ReturningCopy::Refused,
            manners: Manners::Strict,
            peer_names: PeerNames::Ignored,
        }
    }
}
