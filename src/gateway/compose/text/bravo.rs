//! A wording of its own: the same facts, listed rather than told.

use crate::clock::LegalTime;

use super::{
    super::{Certified, Deadline, Notice, ReceiptForm, Recipient, Typology},
    Readable,
};

pub(super) fn notification(about: &Certified, notice: &Notice<'_>, errore_esteso: &str, at: &LegalTime) -> Readable {
    let told = match notice {
        Notice::Acceptance => "Abbiamo accettato il suo messaggio e lo abbiamo avviato ai destinatari.".to_owned(),
        Notice::NonAcceptance { .. } => {
            format!("Il suo messaggio non può partire e non è stato accettato. Motivo: {errore_esteso}")
        }
        Notice::NonAcceptanceVirus { .. } => {
            format!("Il suo messaggio contiene codice pericoloso e non è stato accettato. Rilevato: {errore_esteso}")
        }
        Notice::ServerAcceptance { .. } => {
            "Abbiamo ricevuto la busta integra e ne curiamo la consegna ai nostri utenti.".to_owned()
        }
        Notice::Delivery { form, .. } => match form {
            ReceiptForm::Complete => {
                "Il messaggio è ora disponibile nella casella del destinatario. In allegato ne trova copia."
            }
            ReceiptForm::Brief => {
                "Il messaggio è ora disponibile nella casella del destinatario. In copia, le impronte degli allegati."
            }
            ReceiptForm::Concise => {
                "Il messaggio è ora disponibile nella casella del destinatario. Nessuna copia è allegata."
            }
        }
        .to_owned(),
        Notice::NonDelivery { .. } => format!("Non è stato possibile consegnare il messaggio. Errore: {errore_esteso}"),
        Notice::VirusNonDelivery { .. } => {
            format!("Il messaggio non è stato consegnato perché contiene codice pericoloso. Errore: {errore_esteso}")
        }
        Notice::Timeout { deadline: Deadline::Twelve, .. } => {
            "Sono passate dodici ore dall'invio senza notizia della consegna. Potrebbe ancora avvenire: \
             in caso contrario riceverà un secondo avviso."
                .to_owned()
        }
        Notice::Timeout { deadline: Deadline::TwentyFour, .. } => {
            format!("A ventiquattro ore dall'invio il messaggio è da ritenersi non consegnato. Errore: {errore_esteso}")
        }
        Notice::VirusDetection { .. } => {
            format!("Nel messaggio abbiamo trovato codice pericoloso: non verrà consegnato. Rilevato: {errore_esteso}")
        }
    };
    let destination = match notice {
        Notice::Acceptance => about.recipients.iter().map(typed).collect(),
        Notice::ServerAcceptance { taken, .. } => {
            listed(about).into_iter().chain(taken.iter().map(|address| format!("  Nostro:   {address}"))).collect()
        }
        Notice::NonAcceptance { .. } | Notice::NonAcceptanceVirus { .. } => listed(about),
        Notice::Delivery { recipient, .. }
        | Notice::NonDelivery { recipient, .. }
        | Notice::VirusNonDelivery { recipient, .. }
        | Notice::Timeout { recipient, .. }
        | Notice::VirusDetection { recipient, .. } => vec![format!("  A:        {recipient}")],
    };
    sheet(title(notice), &told, about, destination, at)
}

pub(super) fn transport_envelope(about: &Certified, at: &LegalTime) -> Readable {
    let told = "Questa busta contiene, intatto in allegato, un messaggio di posta elettronica certificata.";
    sheet("Busta di trasporto", told, about, listed(about), at)
}

pub(super) fn anomaly(subject: &str, sender: &str, recipients: &[String], error: &str, at: &LegalTime) -> Readable {
    Readable::new(
        "Busta di anomalia",
        [
            format!("Il messaggio allegato non è certificato. Motivo: {error}"),
            String::new(),
            received(at),
            format!("  Da:       {sender}"),
        ]
        .into_iter()
        .chain(recipients.iter().map(|address| format!("  A:        {address}")))
        .chain([format!("  Oggetto:  {subject}")]),
    )
}

fn title(notice: &Notice<'_>) -> &'static str {
    match notice {
        Notice::Acceptance => "Messaggio accettato",
        Notice::NonAcceptance { .. } | Notice::NonAcceptanceVirus { .. } => "Messaggio non accettato",
        Notice::ServerAcceptance { .. } => "Messaggio preso in carico",
        Notice::Delivery { .. } => "Messaggio consegnato",
        Notice::NonDelivery { .. } | Notice::VirusNonDelivery { .. } => "Messaggio non consegnato",
        Notice::Timeout { .. } => "Consegna in ritardo",
        Notice::VirusDetection { .. } => "Messaggio pericoloso",
    }
}

fn sheet(title: &str, told: &str, about: &Certified, destination: Vec<String>, at: &LegalTime) -> Readable {
    Readable::new(
        title,
        [told.to_owned(), String::new(), received(at), format!("  Da:       {}", about.sender)]
            .into_iter()
            .chain(destination)
            .chain([
                format!("  Oggetto:  {}", about.subject.as_deref().unwrap_or_default()),
                format!("  Codice:   {}", about.identifier),
            ]),
    )
}

fn received(at: &LegalTime) -> String {
    format!("  Data:     {}, ore {} ({})", at.giorno(), at.ora(), at.zona())
}

fn listed(about: &Certified) -> Vec<String> {
    about.recipients.iter().map(|recipient| format!("  A:        {}", recipient.address)).collect()
}

fn typed(recipient: &Recipient) -> String {
    let typology = match recipient.typology {
        Typology::Certified => "posta certificata",
        Typology::External => "posta ordinaria",
    };
    format!("  A:        {} - {typology}", recipient.address)
}
