//! The traditional wording.

use crate::clock::LegalTime;

use super::{
    super::{Certified, Deadline, Notice, ReceiptForm, Recipient, Typology},
    Readable,
};

pub(super) fn notification(about: &Certified, notice: &Notice<'_>, errore_esteso: &str, at: &LegalTime) -> Readable {
    let Facts { when, subject, sender, identifier } = Facts::of(about, at);
    let opening = match notice {
        Notice::Acceptance | Notice::ServerAcceptance { .. } | Notice::Delivery { .. } | Notice::Timeout { .. } => {
            "il messaggio"
        }
        _ => "nel messaggio",
    };
    Readable::new(
        title(notice),
        [format!("{when} {opening}"), format!("{subject} proveniente da {sender}")]
            .into_iter()
            .chain(addressed(about, notice))
            .chain(told(notice, errore_esteso))
            .chain([identifier]),
    )
}

fn title(notice: &Notice<'_>) -> &'static str {
    match notice {
        Notice::Acceptance => "Ricevuta di accettazione",
        Notice::NonAcceptance { .. } => "Errore nell'accettazione del messaggio",
        Notice::NonAcceptanceVirus { .. } => "Errore nell'accettazione del messaggio per presenza di virus",
        Notice::ServerAcceptance { .. } => "Ricevuta di presa in carico",
        Notice::Delivery { form: ReceiptForm::Complete, .. } => "Ricevuta di avvenuta consegna",
        Notice::Delivery { form: ReceiptForm::Brief, .. } => "Ricevuta breve di avvenuta consegna",
        Notice::Delivery { form: ReceiptForm::Concise, .. } => "Ricevuta sintetica di avvenuta consegna",
        Notice::NonDelivery { .. } | Notice::Timeout { .. } => "Avviso di mancata consegna",
        Notice::VirusNonDelivery { .. } => "Avviso di mancata consegna per virus",
        Notice::VirusDetection { .. } => "Avviso di rilevazione virus",
    }
}

/// To whom: all recipients, or the one it is about.
fn addressed(about: &Certified, notice: &Notice<'_>) -> Vec<String> {
    let list = |line: fn(&Recipient) -> String| {
        [String::from("ed indirizzato a:")].into_iter().chain(about.recipients.iter().map(line)).collect()
    };
    match notice {
        Notice::Acceptance => list(typed),
        Notice::NonAcceptance { .. } | Notice::NonAcceptanceVirus { .. } | Notice::ServerAcceptance { .. } => {
            list(|recipient| recipient.address.clone())
        }
        Notice::Delivery { recipient, .. } => vec![format!("ed indirizzato a \"{recipient}\"")],
        Notice::NonDelivery { recipient, .. }
        | Notice::VirusNonDelivery { recipient, .. }
        | Notice::Timeout { recipient, .. }
        | Notice::VirusDetection { recipient, .. } => vec![format!("e destinato all'utente \"{recipient}\"")],
    }
}

/// What happened.
fn told(notice: &Notice<'_>, errore_esteso: &str) -> Vec<String> {
    let insecure = || format!("è stato rilevato un problema di sicurezza [{errore_esteso}].");
    let line = str::to_owned;
    match notice {
        Notice::Acceptance => vec![line("è stato accettato dal sistema ed inoltrato.")],
        Notice::NonAcceptance { .. } => vec![
            line("è stato rilevato un problema che ne impedisce l'accettazione"),
            format!("a causa di {errore_esteso}."),
            line("Il messaggio non è stato accettato."),
        ],
        Notice::NonAcceptanceVirus { .. } => vec![insecure(), line("Il messaggio non è stato accettato.")],
        Notice::ServerAcceptance { taken, .. } => [line("è stato accettato dal sistema per la consegna a:")]
            .into_iter()
            .chain(taken.iter().cloned())
            .collect(),
        Notice::Delivery { .. } => vec![line("è stato consegnato nella casella di destinazione.")],
        Notice::NonDelivery { .. } => vec![
            format!("è stato rilevato un errore [{errore_esteso}]."),
            line("Il messaggio è stato rifiutato dal sistema."),
        ],
        Notice::VirusNonDelivery { .. } => vec![insecure(), line("Il messaggio non è stato consegnato.")],
        Notice::Timeout { deadline: Deadline::Twelve, .. } => vec![
            line("non è stato consegnato nelle prime dodici ore dal suo invio."),
            line("Non escludendo che questo possa avvenire in seguito, si ritiene utile considerare"),
            line("che l'invio potrebbe non andare a buon fine. Se nelle prossime dodici ore non si"),
            line("avrà conferma della consegna, il sistema invierà un ulteriore avviso."),
        ],
        Notice::Timeout { deadline: Deadline::TwentyFour, .. } => vec![
            line("non è stato consegnato nelle ventiquattro ore successive al suo invio."),
            line("Si ritiene che la spedizione debba considerarsi non andata a buon fine."),
            format!("[{errore_esteso}]"),
        ],
        Notice::VirusDetection { .. } => vec![insecure(), line("Il messaggio non può essere consegnato.")],
    }
}

pub(super) fn transport_envelope(about: &Certified, at: &LegalTime) -> Readable {
    let Facts { when, subject, sender, identifier } = Facts::of(about, at);
    Readable::new(
        "Messaggio di posta certificata",
        [format!("{when} il messaggio"), format!("{subject} è stato inviato da {sender}"), "indirizzato a:".to_owned()]
            .into_iter()
            .chain(about.recipients.iter().map(|recipient| recipient.address.clone()))
            .chain(["Il messaggio originale è incluso in allegato.".to_owned(), identifier]),
    )
}

pub(super) fn anomaly(subject: &str, sender: &str, recipients: &[String], error: &str, at: &LegalTime) -> Readable {
    Readable::new(
        "Anomalia nel messaggio",
        [
            format!("{} è stato ricevuto", when(at)),
            format!("il messaggio \"{subject}\" proveniente da \"{sender}\""),
            "ed indirizzato a:".to_owned(),
        ]
        .into_iter()
        .chain(recipients.iter().cloned())
        .chain([
            "Tali dati non sono stati certificati per il seguente errore:".to_owned(),
            error.to_owned(),
            "Il messaggio originale è incluso in allegato.".to_owned(),
        ]),
    )
}

/// What every text says in the same words.
struct Facts {
    when: String,
    subject: String,
    sender: String,
    identifier: String,
}

impl Facts {
    fn of(about: &Certified, at: &LegalTime) -> Self {
        Self {
            when: when(at),
            subject: format!("\"{}\"", about.subject.as_deref().unwrap_or_default()),
            sender: format!("\"{}\"", about.sender),
            identifier: format!("Identificativo messaggio: {}", about.identifier),
        }
    }
}

fn when(at: &LegalTime) -> String {
    format!("Il giorno {} alle ore {} ({})", at.giorno(), at.ora(), at.zona())
}

fn typed(recipient: &Recipient) -> String {
    let typology = match recipient.typology {
        Typology::Certified => "posta certificata",
        Typology::External => "posta ordinaria",
    };
    format!("{} (\"{typology}\")", recipient.address)
}
