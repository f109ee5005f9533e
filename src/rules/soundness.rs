//! What the incoming point's tests come to (RFC 6109 2.2.2): existence, origin and validity of the signature, and the form of
//! envelope or notification as far as no reading of it is contested.
//!
//! Whoever wraps what is sound is accused of it: so a message is called sound in plain cases only.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Origin,
    exhibit::{Provenance, verified},
    instants::date_header,
    judge::Reference,
    spelling::{bare_identifier, folded_name, is_bare_address, same_address},
};
use crate::{
    evidence::{Evidence, SmtpPath},
    message::{Daticert, Kind, Message, Shape},
    smime::{
        self, Certificate, Signature,
        certificate::{Extension, NameAttribute},
    },
};

/// Whether a message is what an incoming point must pass on as it is. By which paths it came is another question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Soundness {
    /// Correct and undamaged by every reading.
    Sound,
    /// It fails a test that nothing passes on with.
    Unsound,
    /// An incoming point may find either: the origin cannot be told here, or the form departs where readings differ.
    CannotTell,
}

impl Soundness {
    /// That of a message as it arrived.
    pub(super) fn of(message: &Message, signature: Option<&Signature>, origin: &Origin) -> Self {
        let provider = match origin {
            Origin::Verified { provider } => provider,
            Origin::NotVerified(_) => return Soundness::CannotTell,
            Origin::Refuted(_) | Origin::Unsigned => return Soundness::Unsound,
        };
        let Some((kind, data)) = structure(message) else { return Soundness::Unsound };
        let signer = signature.and_then(|signature| signature.signer.as_ref());
        let plain = signer.is_some_and(|signer| {
            is_plain_signer(signer, provider) && is_plain(message, data) && shows_whom(message, kind, data, signer)
        });
        if plain { Soundness::Sound } else { Soundness::CannotTell }
    }
}

/// The message inside an anomaly envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inside {
    /// Whether it should have been passed on as it is.
    pub soundness: Soundness,
    /// The SMTP path that it certifies, where it is an envelope: other mail comes by any.
    pub path: Option<SmtpPath>,
    /// The SMTP path by which it came, as the trace fields tell that a mailbox put around the anomaly envelope (RFC 6109
    /// 3.2.2 leaves both paths as they were); only of a file is that asked.
    pub came_by: Option<SmtpPath>,
}

impl Inside {
    /// What an anomaly envelope holds; `None` where that is no message.
    pub(super) fn of(anomaly: &Message, evidence: &Evidence, reference: &Reference<'_>, at: Timestamp) -> Option<Self> {
        let inside = Message::read(anomaly.original()?.into_owned()).ok()?.opened(smime::content);
        let signature = verified(&inside);
        let provenance = Provenance::of(signature.as_ref(), reference, at);
        let Provenance { origin, .. } = provenance.claimed(signature.as_ref(), reference, evidence.claimed);
        let data = inside.daticert.as_ref().and_then(|reading| reading.data.as_ref());
        let path = data.filter(|_| inside.kind == Some(Kind::PostaCertificata)).map(|data| SmtpPath {
            from: data.mittente.clone(),
            to: data.destinatari.iter().map(|recipient| recipient.address.clone()).collect(),
        });
        let soundness = Soundness::of(&inside, signature.as_ref(), &origin);
        Some(Self { soundness, path, came_by: Self::traced(anomaly, reference, at) })
    }

    /// By the trace around an anomaly envelope; `None` where nobody knows what the directory was when it came.
    fn traced(anomaly: &Message, reference: &Reference<'_>, at: Timestamp) -> Option<SmtpPath> {
        reference.in_force(at)?;
        let told = |name| Some(bare_identifier(&anomaly.mail.field(name)?).to_owned()).filter(|path| !path.is_empty());
        Some(SmtpPath { from: told("Return-Path")?, to: vec![told("Delivered-To")?] })
    }

    /// Whether it may have come by these paths.
    pub fn may_come_by(&self, path: &SmtpPath) -> bool {
        let known = |to: &String, certified: &SmtpPath| certified.to.iter().any(|known| same_address(known, to));
        self.path.as_ref().is_none_or(|certified| {
            same_address(&certified.from, &path.from) && path.to.iter().all(|to| known(to, certified))
        })
    }
}

/// What has no other reading: its header says what it is, and certification data of that type can be read, beside the
/// original where it is an envelope.
fn structure(message: &Message) -> Option<(Kind, &Daticert)> {
    let (kind, data) = (message.claimed?, message.daticert.as_ref()?.data.as_ref()?);
    let whole = kind != Kind::PostaCertificata || message.parts.original.is_some();
    (kind.tipo() == Some(&*data.tipo) && !data.identificativo.is_empty() && whole).then_some((kind, data))
}

/// Whether the form is as every reading of the norm wants it, as far as a program looks at it.
fn is_plain(message: &Message, data: &Daticert) -> bool {
    const ONCE: [&str; 8] =
        ["X-Ricevuta", "X-Trasporto", "Message-ID", "From", "Subject", "Date", "MIME-Version", "Content-Type"];
    let mail = &message.mail;
    let date = date_header(mail).map(Timestamp::as_second);
    let mut addresses = std::iter::once(&data.mittente)
        .chain(data.destinatari.iter().map(|recipient| &recipient.address))
        .chain(&data.consegna)
        .chain(&data.ricezione);
    message.shape == Shape::Whole
        && message.daticert.as_ref().is_some_and(|reading| reading.invalid.is_empty() && !reading.doctype)
        && ONCE.iter().all(|name| mail.root.headers_named(name).nth(1).is_none())
        && date.is_some()
        && date == data.instant().map(Timestamp::as_second)
        && mail.limits.is_empty()
        && message.parts.others.is_empty()
        && message.parts.plain.is_some()
        && addresses.all(|address| is_bare_address(address))
}

/// Whether From, Message-ID and the like say who certifies, for whom, and about what.
fn shows_whom(message: &Message, kind: Kind, data: &Daticert, signer: &Certificate) -> bool {
    let mail = &message.mail;
    let from = mail.root.header("From").and_then(|from| mail.mailboxes(from)).unwrap_or_default();
    let [from] = from.as_slice() else { return false };
    let name = from.name.as_deref().unwrap_or_default();
    let on_behalf = name.strip_prefix("Per conto di: ").is_some_and(|sender| same_address(sender, &data.mittente));
    let message_id = mail.field("Message-ID");
    let message_id = message_id.as_deref().map(bare_identifier).unwrap_or_default();
    let names_itself = message_id == bare_identifier(&data.identificativo);
    let by_kind = if kind.is_envelope() {
        on_behalf && names_itself
    } else {
        name.is_empty() && !names_itself && !message_id.is_empty()
    };
    by_kind && signer.emails.iter().any(|signer| same_address(signer, &from.address))
}

/// Whether nothing in the signer's certificate is beyond the profile of 5.5: 2.2.2 does not tell whether such a signer is
/// good enough.
fn is_plain_signer(signer: &Certificate, provider: &str) -> bool {
    const KEY_USAGE: &str = "2.5.29.15";
    const BASIC_CONSTRAINTS: &str = "2.5.29.19";
    let usual = |extension: &Extension| {
        extension.oid != BASIC_CONSTRAINTS && extension.critical == (extension.oid == KEY_USAGE)
    };
    let country = |attribute: &NameAttribute| attribute.label == "C" && attribute.value.len() == 2;
    signer.version == 3
        && signer.subject_attributes.iter().any(country)
        && signer.subject_emails.is_empty()
        && signer.organizations.iter().any(|name| folded_name(name) == folded_name(provider))
        && signer.digital_signature == Some(true)
        && signer.extensions.iter().all(usual)
        && signer.authority_key_id.is_some()
        && signer.subject_key_id.is_some()
}
