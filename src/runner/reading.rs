//! What a message that arrived is, as a scenario speaks of it.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    message::{Bytes, Daticert, Kind, Mail, Message},
    rules::error_code,
    scenario::{Expected, Hours, What, receipt::Receipt},
};

/// A message read for comparison with what was expected.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The message; `None` where the bytes are none.
    pub message: Option<Arc<Message>>,
    /// What it is.
    pub what: What,
    /// Name of the send or injected envelope it is about, where that can be told.
    pub about: Option<String>,
    /// The recipient that its certification data names (`consegna`).
    pub consegna: Option<String>,
    /// The form of a delivery receipt.
    pub form: Option<Receipt>,
    /// Which timeout notice.
    pub hours: Option<Hours>,
    /// The code in `errore-esteso`.
    pub error: Option<String>,
}

/// What names a send on the wire.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// msgids and PEC msgids, without angle brackets.
    identifiers: BTreeMap<String, String>,
    /// Subjects, for a message without identifiers.
    subjects: BTreeMap<String, String>,
}

impl Known {
    /// From now on `identifier` means `name`.
    pub fn learn(&mut self, identifier: &str, name: &str) {
        let identifier = bare(identifier);
        if !identifier.is_empty() {
            self.identifiers.entry(identifier.to_owned()).or_insert_with(|| name.to_owned());
        }
    }

    /// From now on `subject` means `name`, unless an identifier says otherwise.
    pub fn learn_subject(&mut self, subject: &str, name: &str) {
        self.subjects.entry(subject.to_owned()).or_insert_with(|| name.to_owned());
    }

    /// What an identifier means.
    pub fn name(&self, identifier: &str) -> Option<&str> {
        self.identifiers.get(bare(identifier)).map(String::as_str)
    }

    /// Every identifier with its name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.identifiers.iter().map(|(identifier, name)| (identifier.as_str(), name.as_str()))
    }
}

/// Reads a message, and learns the PEC msgid of what it is about.
pub fn read(bytes: &Bytes, known: &mut Known) -> Reading {
    let Ok(message) = Message::read(bytes.clone()) else {
        return Reading {
            message: None,
            what: What::Message,
            about: None,
            consegna: None,
            form: None,
            hours: None,
            error: None,
        };
    };
    let about = about(&message, known);
    let kind = message.kind;
    let data = message.daticert.as_ref().and_then(|reading| reading.data.as_ref());
    if let (Some(name), Some(data)) = (&about, data) {
        known.learn(&data.identificativo, name);
    }
    let of_kind = |wanted: Kind| kind == Some(wanted);
    let code = data.and_then(|data| data.errore_esteso.as_deref()).and_then(error_code).map(str::to_owned);
    let form = match data.and_then(|data| data.ricevuta.as_deref()) {
        _ if message.parts.original.is_none() => Receipt::Sintetica,
        Some("breve") => Receipt::Breve,
        _ => Receipt::Completa,
    };
    // The code is the one thing that tells the two timeout notices apart (Nota 12).
    let hours = if code.as_deref() == Some("5.4.1") { Hours::TwentyFour } else { Hours::Twelve };
    Reading {
        what: kind.map_or(What::Message, What::Kind),
        about,
        consegna: data.and_then(|data| data.consegna.clone()),
        form: of_kind(Kind::AvvenutaConsegna).then_some(form),
        hours: of_kind(Kind::PreavvisoErroreConsegna).then_some(hours),
        error: code,
        message: Some(Arc::new(message)),
    }
}

impl Reading {
    /// Whether it is what was expected; `recipient` is the address that `for` means.
    pub fn fits(&self, expected: &Expected, recipient: Option<&str>) -> bool {
        let same = |wanted: Option<&str>, found: &Option<String>| {
            wanted.is_none_or(|wanted| found.as_deref().is_some_and(|found| found.eq_ignore_ascii_case(wanted)))
        };
        self.is_about(expected)
            && same(recipient, &self.consegna)
            && expected.form.is_none_or(|form| self.form == Some(form))
            && expected.hours.is_none_or(|hours| self.hours == Some(hours))
            && same(expected.error.as_deref(), &self.error)
    }

    /// The recipients that a server-server acceptance covers, in small letters.
    pub fn taken_over(&self) -> Vec<String> {
        let covered = |data: &Daticert| data.ricezione.iter().map(|to| to.to_ascii_lowercase()).collect();
        self.data().map(covered).unwrap_or_default()
    }

    /// The provider that issued it, by the certification data.
    pub fn issuer(&self) -> Option<&str> {
        self.data().map(|data| data.gestore_emittente.as_str())
    }

    fn data(&self) -> Option<&Daticert> {
        self.message.as_ref()?.daticert.as_ref()?.data.as_ref()
    }

    /// Whether kind and send are those expected, whatever the rest.
    pub fn is_about(&self, expected: &Expected) -> bool {
        self.what == expected.what && self.about.as_deref() == Some(expected.about.as_str())
    }

    /// The provider that issued what it certifies.
    pub fn provider(&self) -> Option<&str> {
        let data = self.message.as_ref()?.daticert.as_ref()?.data.as_ref()?;
        Some(&data.gestore_emittente)
    }

    /// What it is, in the words of a scenario.
    pub fn words(&self, in_roles: &dyn Fn(&str) -> String) -> String {
        let mut words = match &self.about {
            Some(about) => vec![format!("{} {about}", self.what.key())],
            None => vec![format!("{} about nothing that was sent here", self.what.key())],
        };
        if let Some(consegna) = &self.consegna {
            words[0] = format!("{} for {}", words[0], in_roles(consegna));
        }
        words.extend(self.form.map(|form| form.word().to_owned()));
        words.extend(self.hours.map(|hours| format!("{} hours", hours.number())));
        let has_error = matches!(self.what, What::Kind(Kind::ErroreConsegna | Kind::ErroreConsegnaVirus));
        if has_error {
            words.push(self.error.as_ref().map_or("no error code".to_owned(), |error| format!("error {error}")));
        }
        words.join(", ")
    }
}

/// The send a message is about: by its own identifier, its references, those of the original inside, and those of what is
/// given back there, or in the message itself where it is a report.
fn about(message: &Message, known: &Known) -> Option<String> {
    let data = message.daticert.as_ref().and_then(|reading| reading.data.as_ref());
    let certified = data.into_iter().flat_map(|data| [Some(data.identificativo.clone()), data.msgid.clone()]).flatten();
    let inside = message.original_mail();
    let subjects = data.and_then(|data| data.oggetto.clone()).into_iter().chain(
        [Some(&message.mail), inside.as_ref()]
            .into_iter()
            .flatten()
            .filter_map(|mail| mail.root.header("Subject").map(|subject| mail.decoded(subject))),
    );
    // What the harness injected is known by its own identifier, whatever it speaks of.
    let own = message.mail.field("Message-ID").into_iter();
    let report = (message.mail.root.content_type == "multipart/report").then_some(&message.mail);
    own.chain(certified)
        .chain(references(&message.mail))
        .chain(inside.iter().flat_map(references))
        .chain(inside.iter().chain(report).flat_map(returned).flat_map(|mail| references(&mail).collect::<Vec<_>>()))
        .find_map(|identifier| known.name(&identifier))
        .or_else(|| subjects.into_iter().find_map(|subject| known.subjects.get(&subject).map(String::as_str)))
        .map(str::to_owned)
}

/// What a delivery status notification gives back of the undelivered message (RFC 3462).
fn returned(report: &Mail) -> impl Iterator<Item = Mail> {
    report
        .root
        .walk()
        .filter(|part| matches!(&*part.content_type, "text/rfc822-headers" | "message/rfc822"))
        .filter_map(|part| Mail::read(report.content(part)?).ok())
}

fn references(mail: &Mail) -> impl Iterator<Item = String> {
    ["X-Riferimento-Message-ID", "Message-ID", "References"].into_iter().filter_map(|name| mail.field(name))
}

pub(super) fn bare(identifier: &str) -> &str {
    identifier.trim().trim_start_matches('<').trim_end_matches('>')
}
