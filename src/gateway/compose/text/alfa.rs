//! The traditional wording.

use crate::clock::LegalTime;

use super::{
    super::{Certified, Deadline, Notice, ReceiptForm, Recipient, Typology},
    Readable,
};

pub(super) fn notification(about: &Certified, notice: &Notice<'_>, errore_esteso: &str, at: &LegalTime) -> Readable {
    let Facts { when, subject, sender, identifier } = Facts::of(about, at);
    let addresses = || about.recipients.iter().map(|recipient| recipient.address.clone());
    match notice {
        Notice::Acceptance => Readable::new(
            "Ricevuta di accettazione",
            [
                format!("{when} il messaggio"),
                format!("{subject} proveniente da {sender}"),
                "ed indirizzato a:".to_owned(),
            ]
            .into_iter()
            .chain(about.recipients.iter().map(typed))
            .chain(["è stato accettato dal sistema ed inoltrato.".to_owned(), identifier]),
        ),
        Notice::NonAcceptance { .. } => Readable::new(
            "Errore nell'accettazione del messaggio",
            [
                format!("{when} nel messaggio"),
                format!("{subject} proveniente da {sender}"),
                "ed indirizzato a:".to_owned(),
            ]
            .into_iter()
            .chain(addresses())
            .chain([
                "è stato rilevato un problema che ne impedisce l'accettazione".to_owned(),
                format!("a causa di {errore_esteso}."),
                "Il messaggio non è stato accettato.".to_owned(),
                identifier,
            ]),
        ),
        Notice::NonAcceptanceVirus { .. } => Readable::new(
            "Errore nell'accettazione del messaggio per presenza di virus",
            [
                format!("{when} nel messaggio"),
                format!("{subject} proveniente da {sender}"),
                "ed indirizzato a:".to_owned(),
            ]
            .into_iter()
            .chain(addresses())
            .chain([
                format!("è stato rilevato un problema di sicurezza [{errore_esteso}]."),
                "Il messaggio non è stato accettato.".to_owned(),
                identifier,
            ]),
        ),
        Notice::ServerAcceptance { taken, .. } => Readable::new(
            "Ricevuta di presa in carico",
            [
                format!("{when} il messaggio"),
                format!("{subject} proveniente da {sender}"),
                "ed indirizzato a:".to_owned(),
            ]
            .into_iter()
            .chain(addresses())
            .chain(["è stato accettato dal sistema per la consegna a:".to_owned()])
            .chain(taken.iter().cloned())
            .chain([identifier]),
        ),
        Notice::Delivery { recipient, form, .. } => Readable::new(
            match form {
                ReceiptForm::Complete => "Ricevuta di avvenuta consegna",
                ReceiptForm::Brief => "Ricevuta breve di avvenuta consegna",
                ReceiptForm::Concise => "Ricevuta sintetica di avvenuta consegna",
            },
            [
                format!("{when} il messaggio"),
                format!("{subject} proveniente da {sender}"),
                format!("ed indirizzato a \"{recipient}\""),
                "è stato consegnato nella casella di destinazione.".to_owned(),
                identifier,
            ],
        ),
        Notice::NonDelivery { recipient, .. } => Readable::new(
            "Avviso di mancata consegna",
            [
                format!("{when} nel messaggio"),
                format!("{subject} proveniente da {sender}"),
                format!("e destinato all'utente \"{recipient}\""),
                format!("è stato rilevato un errore [{errore_esteso}]."),
                "Il messaggio è stato rifiutato dal sistema.".to_owned(),
                identifier,
            ],
        ),
        Notice::VirusNonDelivery { recipient, .. } => Readable::new(
            "Avviso di mancata consegna per virus",
            [
                format!("{when} nel messaggio"),
                format!("{subject} proveniente da {sender}"),
                format!("e destinato all'utente \"{recipient}\""),
                format!("è stato rilevato un problema di sicurezza [{errore_esteso}]."),
                "Il messaggio non è stato consegnato.".to_owned(),
                identifier,
            ],
        ),
        Notice::Timeout { recipient, deadline } => Readable::new(
            "Avviso di mancata consegna",
            [
                format!("{when} il messaggio"),
                format!("{subject} proveniente da {sender}"),
                format!("e destinato all'utente \"{recipient}\""),
            ]
            .into_iter()
            .chain(outlook(*deadline, errore_esteso))
            .chain([identifier]),
        ),
        Notice::VirusDetection { recipient, .. } => Readable::new(
            "Avviso di rilevazione virus",
            [
                format!("{when} nel messaggio"),
                format!("{subject} proveniente da {sender}"),
                format!("e destinato all'utente \"{recipient}\""),
                format!("è stato rilevato un problema di sicurezza [{errore_esteso}]."),
                "Il messaggio non può essere consegnato.".to_owned(),
                identifier,
            ],
        ),
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

fn outlook(deadline: Deadline, errore_esteso: &str) -> Vec<String> {
    match deadline {
        Deadline::Twelve => vec![
            "non è stato consegnato nelle prime dodici ore dal suo invio.".to_owned(),
            "Non escludendo che questo possa avvenire in seguito, si ritiene utile considerare".to_owned(),
            "che l'invio potrebbe non andare a buon fine. Se nelle prossime dodici ore non si".to_owned(),
            "avrà conferma della consegna, il sistema invierà un ulteriore avviso.".to_owned(),
        ],
        Deadline::TwentyFour => vec![
            "non è stato consegnato nelle ventiquattro ore successive al suo invio.".to_owned(),
            "Si ritiene che la spedizione debba considerarsi non andata a buon fine.".to_owned(),
            format!("[{errore_esteso}]"),
        ],
    }
}
