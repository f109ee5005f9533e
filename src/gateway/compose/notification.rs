//! Notifications (RFC 6109 3.1.2-3.1.4, 3.1.6, 3.2.1, 3.2.3, 3.2.4, 3.3.2, 3.3.3): what each kind says.

use std::borrow::Cow;

use crate::clock::LegalTime;

use super::{
    Certified, Composer, Deadline, Notice, ReceiptForm,
    body::{Body, Seal},
    brief,
    daticert::{self, Matter},
    header::Header,
    text,
};

pub(super) fn compose(
    composer: &Composer,
    about: &Certified,
    notice: &Notice<'_>,
    message_id: &str,
    at: &LegalTime,
) -> Vec<u8> {
    let dialect = composer.dialect;
    let wire = Wire::of(notice);

    let mut header = Header::default();
    header.add("X-Ricevuta", wire.tipo);
    if wire.security == Security::Failed {
        header.add("X-VerificaSicurezza", "errore");
    }
    if let Notice::VirusDetection { .. } = notice {
        header.add("X-Mittente", &about.sender);
    }
    header.add("Date", dialect.date(at));
    let subject = about.subject.as_deref().unwrap_or_default();
    header.add_folded("Subject", &dialect.subject(wire.prefix, &about.subject_raw, subject));
    header.add("From", &composer.address);
    header.add("To", addressee(about, notice));
    header.add("Message-ID", format!("<{message_id}>"));
    if let Some(msgid) = &about.msgid {
        header.add("X-Riferimento-Message-ID", msgid);
    }

    let errore_esteso = errore_esteso(&composer.provider, notice);
    let matter = Matter {
        tipo: wire.tipo,
        errore: errore(notice),
        ricevuta: matches!(notice, Notice::Delivery { .. }).then(|| about.receipt.word()),
        consegna: consegna(notice),
        ricezione: if let Notice::ServerAcceptance { taken, .. } = notice { taken } else { &[] },
        errore_esteso: errore_esteso.as_deref(),
    };
    let body = Body {
        readable: text::notification(dialect, about, notice, errore_esteso.as_deref().unwrap_or_default(), at),
        daticert: Some(daticert::write(about, &matter, &composer.provider, at, dialect.defaults())),
        original: original(notice),
    };
    body.seal(header, &Seal { composer, seed: message_id, at })
}

/// What a kind is known by on the wire.
struct Wire {
    /// The value of `X-Ricevuta` and of `postacert/@tipo`.
    tipo: &'static str,
    prefix: &'static str,
    security: Security,
}

#[derive(PartialEq, Eq)]
enum Security {
    Unmentioned,
    Failed,
}

impl Wire {
    fn of(notice: &Notice<'_>) -> Self {
        let (tipo, prefix) = match notice {
            Notice::Acceptance => ("accettazione", "ACCETTAZIONE: "),
            Notice::NonAcceptance { .. } => ("non-accettazione", "AVVISO DI NON ACCETTAZIONE: "),
            Notice::NonAcceptanceVirus { .. } => ("non-accettazione", "AVVISO DI NON ACCETTAZIONE PER VIRUS: "),
            Notice::ServerAcceptance { .. } => ("presa-in-carico", "PRESA IN CARICO: "),
            Notice::Delivery { .. } => ("avvenuta-consegna", "CONSEGNA: "),
            Notice::NonDelivery { .. } => ("errore-consegna", "AVVISO DI MANCATA CONSEGNA: "),
            Notice::VirusNonDelivery { .. } => ("errore-consegna", "AVVISO DI MANCATA CONSEGNA PER VIRUS: "),
            Notice::Timeout { .. } => {
                ("preavviso-errore-consegna", "AVVISO DI MANCATA CONSEGNA PER SUP. TEMPO MASSIMO: ")
            }
            Notice::VirusDetection { .. } => ("rilevazione-virus", "PROBLEMA DI SICUREZZA: "),
        };
        let security = match notice {
            Notice::NonAcceptanceVirus { .. } | Notice::VirusNonDelivery { .. } => Security::Failed,
            _ => Security::Unmentioned,
        };
        Self { tipo, prefix, security }
    }
}

/// Providers tell each other through their service mailboxes; everything else goes to the original sender, never to
/// its Reply-To (2.1).
fn addressee<'a>(about: &'a Certified, notice: &'a Notice<'_>) -> &'a str {
    match notice {
        Notice::ServerAcceptance { to, .. } | Notice::VirusDetection { to, .. } => to,
        _ => &about.sender,
    }
}

/// The attribute `errore` (4.4).
fn errore(notice: &Notice<'_>) -> &'static str {
    match notice {
        Notice::Acceptance | Notice::ServerAcceptance { .. } | Notice::Delivery { .. } => "nessuno",
        Notice::NonDelivery { error, .. } => error.errore,
        Notice::NonAcceptanceVirus { .. } | Notice::VirusNonDelivery { .. } | Notice::VirusDetection { .. } => "virus",
        Notice::NonAcceptance { .. } | Notice::Timeout { .. } => "altro",
    }
}

fn consegna<'a>(notice: &Notice<'a>) -> Option<&'a str> {
    match *notice {
        Notice::Delivery { recipient, .. }
        | Notice::NonDelivery { recipient, .. }
        | Notice::VirusNonDelivery { recipient, .. }
        | Notice::Timeout { recipient, .. }
        | Notice::VirusDetection { recipient, .. } => Some(recipient),
        _ => None,
    }
}

/// `errore-esteso`; in what tells of a failed delivery, `<code> - <provider> - <description>` (Nota 12). The code is
/// all that tells the 24 hour notice from the 12 hour one, which therefore has none.
fn errore_esteso(provider: &str, notice: &Notice<'_>) -> Option<String> {
    Some(match notice {
        Notice::Acceptance | Notice::ServerAcceptance { .. } | Notice::Delivery { .. } => return None,
        Notice::NonAcceptance { reason } => (*reason).to_owned(),
        Notice::NonAcceptanceVirus { virus } | Notice::VirusDetection { virus, .. } => (*virus).to_owned(),
        Notice::NonDelivery { error, .. } => format!("{} - {provider} - {}", error.code, error.description),
        Notice::VirusNonDelivery { virus, .. } => format!("5.5.1 - {provider} - virus rilevato: {virus}"),
        Notice::Timeout { deadline: Deadline::Twelve, .. } => "nessun esito di consegna entro dodici ore".to_owned(),
        Notice::Timeout { deadline: Deadline::TwentyFour, .. } => {
            format!("5.4.1 - {provider} - nessun esito di consegna entro ventiquattro ore")
        }
    })
}

/// The original message as a delivery receipt carries it.
fn original<'a>(notice: &Notice<'a>) -> Option<Cow<'a, [u8]>> {
    match *notice {
        Notice::Delivery { form: ReceiptForm::Complete, original, .. } => Some(Cow::Borrowed(original)),
        Notice::Delivery { form: ReceiptForm::Brief, original, .. } => Some(brief::hashed(original)),
        _ => None,
    }
}
