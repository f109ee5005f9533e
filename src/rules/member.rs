//! A system-generated message, as the judge of transactions knows it: facts and digests, no bytes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    evidence::{Party, Seen, SmtpPath},
    message::{Addressee, Daticert, Kind, Message},
};

use super::{
    Inside, Origin, Soundness,
    exhibit::Exhibit,
    instants::date_header,
    nota12,
    original::{Original, Sha256},
    spelling::bare_identifier,
};

/// A system-generated message of a transaction.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Member {
    /// What it claims to be.
    pub kind: Kind,
    /// Where it was seen, first one first; never empty.
    pub seen: Vec<Sighting>,
    /// Who composed it, as far as can be told.
    pub composer: Party,
    /// Where it comes from, by its signature.
    pub origin: Origin,
    /// Its Message-ID, without angle brackets.
    pub message_id: Option<String>,
    /// The client's msgid in `X-Riferimento-Message-ID`, without angle brackets.
    pub reference: Option<String>,
    /// Its certification data; everything absent where there are none.
    pub data: Daticert,
    /// The instant of its Date, where that can be read.
    pub date: Option<Timestamp>,
    /// `X-TipoRicevuta`, for an envelope.
    pub requested: Option<String>,
    /// Addresses of To, for an envelope; `None` where the field is absent or cannot be read.
    pub to: Option<Vec<String>>,
    /// Addresses of Cc, likewise.
    pub cc: Option<Vec<String>>,
    /// What tells it from others, where someone holds it and copies of it: its kind, its Message-ID and what is signed. The
    /// header around that differs from copy to copy.
    pub identity: Option<Sha256>,
    /// The original message inside, where there is one.
    pub original: Option<Original>,
    /// What an anomaly envelope wraps.
    pub inside: Option<Inside>,
    /// Whether a transport envelope is sound.
    pub soundness: Option<Soundness>,
    /// Whether the file that it was read from ends before its signature does.
    pub cut_off: bool,
}

/// A sighting of a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sighting {
    /// The observation.
    pub observation: usize,
    /// Where.
    pub seen: Seen,
    /// When.
    pub at: Timestamp,
    /// Who put it there.
    pub producer: Party,
    /// SMTP path on a wire.
    pub path: Option<SmtpPath>,
    /// Byte where it first differs from the message as it was sent, trace fields on top left aside.
    pub altered: Option<usize>,
}

impl Member {
    /// What it belongs to: the PEC msgid that it certifies, else its own Message-ID.
    pub fn identifier(&self) -> String {
        match bare_identifier(&self.data.identificativo) {
            "" => self.message_id.clone().unwrap_or_else(|| format!("message {}", self.observation())),
            identifier => identifier.to_owned(),
        }
    }

    /// The observation it was first seen as.
    pub fn observation(&self) -> usize {
        self.seen[0].observation
    }

    /// When it was first seen.
    pub fn first_seen(&self) -> Timestamp {
        self.seen[0].at
    }

    /// When it was seen, or where only files tell, when it was certified.
    pub(super) fn happened(&self) -> Timestamp {
        self.data.instant().filter(|_| self.is_in_file()).unwrap_or_else(|| self.first_seen())
    }

    /// The provider whose verified signature it bears, where no role tells who composed it.
    pub fn answerable(&self) -> Option<String> {
        self.origin.answerable(self.composer)
    }

    /// The client's msgid, as certified or else as the header refers to it.
    pub(super) fn client_msgid(&self) -> Option<&str> {
        let certified = self.data.msgid.as_deref().map(bare_identifier);
        certified.or(self.reference.as_deref()).filter(|msgid| !msgid.is_empty())
    }

    /// Whether a file was all that was seen of it: its arrival is known by what it claims at most.
    pub fn is_in_file(&self) -> bool {
        matches!(self.seen[0].seen, Seen::File { .. })
    }

    /// Whether it shows nothing about anybody: a file that no listed provider signed as it stands, or
    /// that ends too early. Who altered it, and whether
    /// before it arrived, nothing tells; what is wrong with it is told of it alone.
    pub fn is_doubtful(&self) -> bool {
        self.cut_off || self.is_in_file() && matches!(self.origin, Origin::Refuted(_) | Origin::Unsigned)
    }

    /// The recipients that it certifies as such.
    pub fn certified_recipients(&self) -> impl Iterator<Item = &str> {
        let certified = self.data.destinatari.iter().filter(|recipient| recipient.tipo != "esterno");
        certified.map(|recipient| recipient.address.as_str())
    }

    /// Sightings in mailboxes by their place among all, with the address.
    pub(super) fn lying_in(&self) -> impl Iterator<Item = (usize, &str)> {
        self.seen.iter().enumerate().filter_map(|(at, sighting)| match &sighting.seen {
            Seen::Mailbox { address, .. } => Some((at, address.as_str())),
            _ => None,
        })
    }

    /// Whether it names this recipient in `consegna` or `ricezione`.
    pub fn concerns(&self, recipient: &str) -> bool {
        self.named().any(|named| named.eq_ignore_ascii_case(recipient))
    }

    /// The recipients in `consegna` and `ricezione`.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        self.data.consegna.iter().chain(&self.data.ricezione).map(String::as_str)
    }

    /// The code of Nota 12 at the start of `errore-esteso`.
    pub fn code(&self) -> Option<&str> {
        nota12::code(self.data.errore_esteso.as_deref()?)
    }

    /// Whether it tells the sender of the end: delivery or non-delivery.
    pub fn is_outcome(&self) -> bool {
        matches!(self.kind, Kind::AvvenutaConsegna | Kind::ErroreConsegna | Kind::ErroreConsegnaVirus)
    }

    /// Whether it goes to the sending user.
    pub fn goes_to_sender(&self) -> bool {
        self.kind.addressee() == Addressee::Sender
    }

    /// Whether it goes to the sending provider's service mailbox (2.2.5).
    pub fn goes_to_provider(&self) -> bool {
        self.kind.addressee() == Addressee::Provider
    }

    /// In words: `acceptance (message 3)`.
    pub fn title(&self) -> String {
        format!("{} (message {})", self.kind.title(), self.observation())
    }

    /// Its sightings in mailboxes, with the address.
    pub fn mailboxes(&self) -> impl Iterator<Item = (&Sighting, Party, &str)> {
        self.seen.iter().filter_map(|sighting| match &sighting.seen {
            Seen::Mailbox { at, address } => Some((sighting, *at, address.as_str())),
            _ => None,
        })
    }

    /// Its sightings on a wire, with the path.
    pub fn wires(&self) -> impl Iterator<Item = (&Sighting, &SmtpPath)> {
        self.seen.iter().filter_map(|sighting| match &sighting.seen {
            Seen::Wire { .. } => Some((sighting, sighting.path.as_ref()?)),
            _ => None,
        })
    }

    /// Where it went, with what shows it: by each forward path, then into each mailbox.
    pub(super) fn went(&self) -> impl Iterator<Item = (&Sighting, &str)> {
        let sent = self.wires().flat_map(|(sighting, path)| path.to.iter().map(move |to| (sighting, to.as_str())));
        sent.chain(self.mailboxes().map(|(sighting, _, address)| (sighting, address)))
    }

    /// The facts of a message.
    pub(super) fn of(exhibit: &Exhibit<'_>, kind: Kind) -> Self {
        let message = &exhibit.copies.message;
        let sightings = exhibit.copies.seen.iter().map(|copy| Sighting {
            observation: copy.observation.id,
            seen: copy.observation.seen.clone(),
            at: copy.observation.at,
            producer: copy.observation.producer,
            path: copy.observation.path.clone(),
            altered: copy.altered,
        });
        Self {
            kind,
            seen: sightings.collect(),
            composer: exhibit.composer,
            origin: exhibit.origin.clone(),
            message_id: message.mail.field("Message-ID").map(|id| bare_identifier(&id).to_owned()),
            reference: message.mail.field("X-Riferimento-Message-ID").map(|id| bare_identifier(&id).to_owned()),
            data: message.daticert.as_ref().and_then(|reading| reading.data.clone()).unwrap_or_default(),
            date: date_header(&message.mail),
            requested: message.mail.field("X-TipoRicevuta"),
            to: all_addresses(message, "To"),
            cc: addresses(message, "Cc"),
            original: if carries_original(kind) { Original::of(message, exhibit.original.as_ref()) } else { None },
            identity: None,
            inside: exhibit.inside.clone(),
            cut_off: exhibit.is_cut_off(),
            soundness: (kind == Kind::PostaCertificata)
                .then(|| Soundness::of(message, exhibit.signature.as_ref(), &exhibit.origin)),
        }
    }
}

/// Kinds whose original is held against another's.
fn carries_original(kind: Kind) -> bool {
    matches!(kind, Kind::PostaCertificata | Kind::AvvenutaConsegna)
}

/// The addresses of every field of this name; `None` where there are none.
fn addresses(message: &Message, name: &str) -> Option<Vec<String>> {
    let lists = message.mail.root.headers_named(name).map(|header| message.mail.addresses(header));
    let all: Vec<String> = lists.flat_map(|list| list.mailboxes).map(|mailbox| mailbox.address).collect();
    (!all.is_empty()).then_some(all)
}

/// The same where all of it could be read: only then is it known who is not there.
fn all_addresses(message: &Message, name: &str) -> Option<Vec<String>> {
    let lists = message.mail.root.headers_named(name).map(|header| message.mail.addresses(header));
    let readable = lists.into_iter().all(|list| list.malformed().next().is_none());
    addresses(message, name).filter(|_| readable)
}
