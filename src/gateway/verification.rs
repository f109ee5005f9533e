//! The tests on an incoming message (2.2.2): existence, origin and validity of the signature, formal correctness.
//!
//! Two classes of failure: without a good signature of a listed provider it is ordinary mail; with one, but malformed, it
//! must be propagated as an anomaly.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    checks::{addresses, is_address},
    choices::{Choices, OldLists, ReceiptWord, SignerProfile},
    compose::{Certified, Recipient, Typology},
    original,
};
use crate::{
    directory::{Directory, Provider},
    message::{Bytes, Daticert, Kind, Message},
    smime::{Certificate, PathError, Signature, SignatureState, Trust},
};

/// What an incoming message is.
#[derive(Debug)]
pub(super) enum Verdict {
    /// A correct and undamaged envelope or notification.
    Correct(Box<Correct>),
    /// Of a listed provider, but not in the norm's form.
    Malformed(String),
    /// Not of the PEC network.
    Ordinary(String),
}

/// A message that passed all tests.
#[derive(Debug)]
pub(super) struct Correct {
    pub kind: Kind,
    pub message: Message,
    pub daticert: Daticert,
    /// The directory's record of the provider that signed.
    pub provider: Arc<Provider>,
}

/// Runs the tests; whether the signer is valid is asked for the instant of arrival, never for the one claimed.
pub(super) fn verify(
    bytes: &Bytes,
    directory: &Directory,
    trust: &Trust,
    arrival: Timestamp,
    choices: &Choices,
) -> Verdict {
    let Ok(message) = Message::read(bytes.clone()) else {
        return Verdict::Ordinary("il messaggio non è leggibile".into());
    };
    match origin(&message, directory, trust, arrival, choices) {
        Err(error) => Verdict::Ordinary(error),
        Ok(Origin { in_profile: false, .. }) => {
            Verdict::Malformed("il certificato del gestore non è nel profilo previsto".into())
        }
        Ok(signed) => match formal_correctness(message, signed) {
            Ok(correct) => Verdict::Correct(Box::new(correct)),
            Err(error) => Verdict::Malformed(error),
        },
    }
}

/// Who signed a message.
struct Origin {
    provider: Arc<Provider>,
    /// The addresses that the certificate bears.
    addresses: Vec<String>,
    /// Whether the certificate is in its profile, where that is asked.
    in_profile: bool,
}

/// Existence, origin, validity; the error says in Italian which failed, for the anomaly envelope's text.
fn origin(
    message: &Message,
    directory: &Directory,
    trust: &Trust,
    arrival: Timestamp,
    choices: &Choices,
) -> Result<Origin, String> {
    let signed = message.signed.as_ref().ok_or("il messaggio non è di posta certificata")?;
    let cms = signed.cms.as_deref().ok_or("la struttura della firma non è leggibile")?;
    let signature = Signature::verify(cms, message.mail.bytes(&signed.content.span));
    let signer = signature.signer.as_ref().ok_or("la firma non contiene il certificato del firmatario")?;
    let mut listed = directory.signing_with(signer);
    let provider = listed.next().ok_or("la firma non è di un gestore iscritto nell'indice")?.clone();
    match &signature.state {
        SignatureState::Valid => {}
        SignatureState::DigestDiffers { .. } => {
            return Err("la firma non è valida: il messaggio è stato alterato".into());
        }
        _ => return Err("la firma non è valida".into()),
    }
    match trust.check(signer, &signature.certificates, arrival) {
        Ok(()) => {}
        Err(PathError::StaleCrl(_)) if choices.old_lists == OldLists::AsBefore => {}
        Err(_) => return Err("il certificato del gestore non è valido".into()),
    }
    let in_profile = choices.signer_profile == SignerProfile::Ignored || is_in_profile(signer, &provider.name);
    Ok(Origin { provider, addresses: signer.emails.clone(), in_profile })
}

/// Whether a signing certificate is in the profile of 5.5, as far as a receiver may care.
fn is_in_profile(signer: &Certificate, provider: &str) -> bool {
    const SUBJECT_KEY_ID: &str = "2.5.29.14";
    const KEY_USAGE: &str = "2.5.29.15";
    const SUBJECT_ALT_NAME: &str = "2.5.29.17";
    const BASIC_CONSTRAINTS: &str = "2.5.29.19";
    const AUTHORITY_KEY_ID: &str = "2.5.29.35";
    let critical = |oid: &str| signer.extensions.iter().find(|it| it.oid == oid).map(|it| it.critical);
    signer.organizations.iter().any(|name| name.eq_ignore_ascii_case(provider))
        && signer.subject.split(", ").any(|attribute| attribute == "C=IT")
        && signer.subject_emails.is_empty()
        && signer.common_names.iter().any(|name| name.eq_ignore_ascii_case("Posta Certificata"))
        && critical(SUBJECT_ALT_NAME) == Some(false)
        && critical(KEY_USAGE) == Some(true)
        && signer.digital_signature == Some(true)
        && critical(AUTHORITY_KEY_ID) == Some(false)
        && critical(SUBJECT_KEY_ID) == Some(false)
        && critical(BASIC_CONSTRAINTS).is_none()
}

/// Whether a signed message is in the form of section 3: enough to act on it, and no more.
fn formal_correctness(message: Message, signed: Origin) -> Result<Correct, String> {
    let from = addresses(&message.mail, "From").and_then(|found| found.into_iter().next()).unwrap_or_default();
    if !signed.addresses.iter().any(|address| address.eq_ignore_ascii_case(&from)) {
        return Err("l'indirizzo del campo From non è quello del certificato".into());
    }
    let kind = message.claimed.ok_or("manca il tipo di messaggio nell'intestazione")?;
    let tipo = kind.tipo().ok_or("una busta di anomalia non può provenire da un altro gestore")?;
    let reading = message.daticert.as_ref().ok_or("mancano i dati di certificazione")?;
    if reading.malformed.is_some() {
        return Err("i dati di certificazione non sono XML ben formato".into());
    }
    if let Some(first) = reading.invalid.first() {
        return Err(format!("i dati di certificazione non seguono lo schema in {}", first.path));
    }
    let daticert = reading.data.clone().ok_or("i dati di certificazione non sono leggibili")?;
    if daticert.tipo != tipo {
        return Err("il tipo nei dati di certificazione non è quello dell'intestazione".into());
    }
    if daticert.identificativo.trim().is_empty() {
        return Err("manca l'identificativo nei dati di certificazione".into());
    }
    if !is_address(&daticert.mittente) {
        // It will be written to.
        return Err("il mittente nei dati di certificazione non è un indirizzo valido".into());
    }
    if daticert.instant().is_none() {
        return Err("la data nei dati di certificazione non è valida".into());
    }
    match kind {
        Kind::PostaCertificata => envelope(&message, &daticert)?,
        Kind::PresaInCarico if daticert.ricezione.is_empty() => {
            return Err("mancano i destinatari presi in carico".into());
        }
        Kind::AvvenutaConsegna
        | Kind::ErroreConsegna
        | Kind::ErroreConsegnaVirus
        | Kind::PreavvisoErroreConsegna
        | Kind::RilevazioneVirus
            if daticert.consegna.is_none() =>
        {
            return Err("manca il destinatario a cui si riferisce".into());
        }
        _ => {}
    }
    Ok(Correct { kind, message, daticert, provider: signed.provider })
}

fn envelope(message: &Message, daticert: &Daticert) -> Result<(), String> {
    if message.original().is_none() {
        return Err("manca il messaggio originale".into());
    }
    let message_id = message.mail.field("Message-ID").unwrap_or_default();
    if bare(&message_id) != bare(&daticert.identificativo) {
        return Err("l'identificativo non è quello dell'intestazione".into());
    }
    Ok(())
}

impl Correct {
    /// What the message certifies, from the XML alone; the Subject's octets from the original, where it
    /// travels along.
    pub fn certified(&self) -> Certified {
        let data = &self.daticert;
        let original = self.message.original_mail();
        let subject = data.oggetto.clone();
        let subject_raw = original.as_ref().map(original::subject_raw).filter(|raw| !raw.is_empty());
        let recipients = data.destinatari.iter().map(|recipient| Recipient {
            address: recipient.address.clone(),
            typology: if recipient.tipo == "esterno" { Typology::External } else { Typology::Certified },
        });
        Certified {
            sender: data.mittente.clone(),
            recipients: recipients.collect(),
            subject_raw: subject_raw.unwrap_or_else(|| subject.clone().unwrap_or_default().into_bytes()),
            subject,
            reply_to: data.risposte.clone(),
            identifier: bare(&data.identificativo).to_owned(),
            msgid: data.msgid.clone(),
            receipt: original::form(data.ricevuta.as_deref().unwrap_or_default(), ReceiptWord::InAnyLetters),
        }
    }
}

/// An identifier without its angle brackets, if it has any.
pub(super) fn bare(identifier: &str) -> &str {
    let identifier = identifier.trim();
    identifier.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(identifier)
}
