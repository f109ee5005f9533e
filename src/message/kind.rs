//! The kinds of PEC messages: one table of what the norm gives to each, and how a message claims or certifies one. The
//! Subject never tells it.

use serde::{Deserialize, Serialize};

use super::Mail;

/// The kinds of system-generated messages (RFC 6109 2.1.1, 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Acceptance (3.1.4).
    Accettazione,
    /// Non-acceptance for formal exceptions (3.1.2).
    NonAccettazione,
    /// Non-acceptance for a virus (3.1.3).
    NonAccettazioneVirus,
    /// Server-server acceptance (3.2.1).
    PresaInCarico,
    /// Delivery, in its three forms (3.3.2).
    AvvenutaConsegna,
    /// Non-delivery (3.3.3).
    ErroreConsegna,
    /// Virus-induced non-delivery (3.2.4).
    ErroreConsegnaVirus,
    /// Timeout notice, of 12 or 24 hours (3.1.6).
    PreavvisoErroreConsegna,
    /// Virus detection (3.2.3).
    RilevazioneVirus,
    /// Transport envelope (3.1.5).
    PostaCertificata,
    /// Anomaly envelope (3.2.2).
    Anomalia,
}

/// What the norm gives to a kind.
struct Row {
    kind: Kind,
    /// The header field that tells it.
    field: TypeField,
    /// The field's value; of all kinds but the anomaly envelope it is the `tipo` of daticert.xml too.
    value: &'static str,
    /// Whether `X-VerificaSicurezza` and `errore` tell of a virus.
    virus: bool,
    title: &'static str,
    section: &'static str,
    prefix: &'static str,
    addressee: Addressee,
    wires: bool,
}

/// The header field that tells a kind (RFC 6109 2.1).
#[derive(Clone, Copy, PartialEq, Eq)]
enum TypeField {
    /// `X-Ricevuta`.
    Ricevuta,
    /// `X-Trasporto`.
    Trasporto,
}

/// To whom a kind is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressee {
    /// The user who sent the message.
    Sender,
    /// The sending provider's service mailbox.
    Provider,
    /// The recipients.
    Recipients,
}

/// A row for each kind, in the order of [`Kind`]: RFC 6109 2.1, 3, 4.4 and the strings on the wire.
#[rustfmt::skip]
const TABLE: [Row; 11] = {
    use Addressee::{Provider, Recipients, Sender};
    use TypeField::{Ricevuta, Trasporto};
    [
        Row { kind: Kind::Accettazione, field: Ricevuta, value: "accettazione", virus: false, title: "acceptance",
            section: "3.1.4", prefix: "ACCETTAZIONE:", addressee: Sender, wires: false },
        Row { kind: Kind::NonAccettazione, field: Ricevuta, value: "non-accettazione", virus: false, title: "non-acceptance",
            section: "3.1.2", prefix: "AVVISO DI NON ACCETTAZIONE:", addressee: Sender, wires: false },
        Row { kind: Kind::NonAccettazioneVirus, field: Ricevuta, value: "non-accettazione", virus: true, title: "non-acceptance for a virus",
            section: "3.1.3", prefix: "AVVISO DI NON ACCETTAZIONE PER VIRUS:", addressee: Sender, wires: false },
        Row { kind: Kind::PresaInCarico, field: Ricevuta, value: "presa-in-carico", virus: false, title: "server-server acceptance",
            section: "3.2.1", prefix: "PRESA IN CARICO:", addressee: Provider, wires: true },
        Row { kind: Kind::AvvenutaConsegna, field: Ricevuta, value: "avvenuta-consegna", virus: false, title: "delivery",
            section: "3.3.2", prefix: "CONSEGNA:", addressee: Sender, wires: true },
        Row { kind: Kind::ErroreConsegna, field: Ricevuta, value: "errore-consegna", virus: false, title: "non-delivery",
            section: "3.3.3", prefix: "AVVISO DI MANCATA CONSEGNA:", addressee: Sender, wires: true },
        Row { kind: Kind::ErroreConsegnaVirus, field: Ricevuta, value: "errore-consegna", virus: true, title: "non-delivery for a virus",
            section: "3.2.4", prefix: "AVVISO DI MANCATA CONSEGNA PER VIRUS:", addressee: Sender, wires: false },
        Row { kind: Kind::PreavvisoErroreConsegna, field: Ricevuta, value: "preavviso-errore-consegna", virus: false, title: "timeout notice",
            section: "3.1.6", prefix: "AVVISO DI MANCATA CONSEGNA PER SUP. TEMPO MASSIMO:", addressee: Sender, wires: false },
        Row { kind: Kind::RilevazioneVirus, field: Ricevuta, value: "rilevazione-virus", virus: false, title: "virus detection",
            section: "3.2.3", prefix: "PROBLEMA DI SICUREZZA:", addressee: Provider, wires: true },
        Row { kind: Kind::PostaCertificata, field: Trasporto, value: "posta-certificata", virus: false, title: "transport envelope",
            section: "3.1.5", prefix: "POSTA CERTIFICATA:", addressee: Recipients, wires: true },
        Row { kind: Kind::Anomalia, field: Trasporto, value: "errore", virus: false, title: "anomaly envelope",
            section: "3.2.2", prefix: "ANOMALIA MESSAGGIO:", addressee: Recipients, wires: false },
    ]
};

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 11] = {
        let mut all = [Kind::Accettazione; 11];
        let mut at = 0;
        while at < all.len() {
            all[at] = TABLE[at].kind;
            at += 1;
        }
        all
    };

    fn row(self) -> &'static Row {
        // A row for each kind, in order, which a test holds.
        &TABLE[self as usize]
    }

    /// The kind that a message claims, by the outermost fields alone, which no signature covers; `None` for ordinary mail
    /// and unknown values.
    pub fn claimed(mail: &Mail) -> Option<Kind> {
        let value = |name: &str| mail.field(name).map(|value| value.to_ascii_lowercase());
        let (field, value, virus) = match value("X-Ricevuta") {
            Some(receipt) => {
                let virus = value("X-VerificaSicurezza").is_some_and(|value| value == "errore");
                (TypeField::Ricevuta, receipt, virus)
            }
            None => (TypeField::Trasporto, value("X-Trasporto")?, false),
        };
        Self::choose(virus, |row| row.field == field && row.value == value)
    }

    /// The kind that certification data tell of, by `postacert/@tipo` and `@errore` (4.4).
    pub fn certified(tipo: &str, errore: &str) -> Option<Kind> {
        Self::choose(errore == "virus", |row| row.kind.tipo() == Some(tipo))
    }

    /// Of the kinds of one type the one for a virus, or the other; where there is no such notice, the only one.
    fn choose(virus: bool, of_type: impl Fn(&Row) -> bool) -> Option<Kind> {
        let mut rows = TABLE.iter().filter(|row| of_type(row));
        let (first, second) = (rows.next()?, rows.next());
        let told = [Some(first), second].into_iter().flatten().find(|row| row.virus == virus);
        Some(told.unwrap_or(first).kind)
    }

    /// Whether a header field's value is one that tells a kind, whatever the field is called.
    pub fn is_told_by(value: &str) -> bool {
        TABLE.iter().any(|row| row.value.eq_ignore_ascii_case(value))
    }

    /// The kind in the field's Italian, in one word.
    pub fn word(self) -> &'static str {
        match self {
            Kind::NonAccettazioneVirus => "non-accettazione-virus",
            Kind::ErroreConsegnaVirus => "errore-consegna-virus",
            Kind::Anomalia => "anomalia",
            _ => self.row().value,
        }
    }

    /// The kind in the norm's English (`acceptance`, `transport envelope`).
    pub fn title(self) -> &'static str {
        self.row().title
    }

    /// The section of RFC 6109 that is about it.
    pub fn section(self) -> &'static str {
        self.row().section
    }

    /// The prefix of its Subject, without the blank before the original subject.
    pub fn prefix(self) -> &'static str {
        self.row().prefix
    }

    /// To whom it is addressed (2.1, 2.2.5).
    pub fn addressee(self) -> Addressee {
        self.row().addressee
    }

    /// Whether it may go from one provider to another; the rest a provider puts into its own users' mailboxes.
    pub fn may_cross_wires(self) -> bool {
        self.row().wires
    }

    /// Whether it is an envelope (2.1.1.2) rather than a notification.
    pub fn is_envelope(self) -> bool {
        self.row().field == TypeField::Trasporto
    }

    /// Whether it is a notice for a virus that another notice of the same type is not for.
    pub fn is_for_virus(self) -> bool {
        self.row().virus
    }

    /// The header field that tells it, with its value.
    pub fn header(self) -> (&'static str, &'static str) {
        let name = match self.row().field {
            TypeField::Ricevuta => "X-Ricevuta",
            TypeField::Trasporto => "X-Trasporto",
        };
        (name, self.row().value)
    }

    /// The `tipo` of its daticert.xml (4.4); an anomaly envelope has none.
    pub fn tipo(self) -> Option<&'static str> {
        (self != Kind::Anomalia).then(|| self.row().value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(head: &str) -> Option<Kind> {
        Kind::claimed(&Mail::read(format!("Subject: CONSEGNA: x\r\n{head}\r\n\r\n").into_bytes()).unwrap())
    }

    #[test]
    fn every_kind_is_told_by_its_fields() {
        for expected in Kind::ALL {
            let head = match (expected, expected.tipo()) {
                (Kind::Anomalia, _) => "X-Trasporto: errore".to_owned(),
                (Kind::PostaCertificata, _) => "X-Trasporto: posta-certificata".to_owned(),
                (Kind::NonAccettazioneVirus | Kind::ErroreConsegnaVirus, Some(tipo)) => {
                    format!("X-Ricevuta: {tipo}\r\nX-VerificaSicurezza: errore")
                }
                (_, tipo) => format!("X-Ricevuta: {}", tipo.unwrap()),
            };
            assert_eq!(kind(&head), Some(expected), "{head}");
        }
    }

    #[test]
    fn its_word_is_the_one_that_is_written_in_data() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
        }
    }

    #[test]
    fn the_table_has_a_row_for_each_kind_in_order() {
        for (at, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!((kind as usize, kind.row().kind), (at, kind));
        }
        assert_eq!(Kind::Anomalia as usize + 1, TABLE.len());
    }

    #[test]
    fn certification_data_tell_every_kind_but_the_anomaly_envelope() {
        for kind in Kind::ALL {
            let errore = if kind.is_for_virus() { "virus" } else { "nessuno" };
            let told = kind.tipo().and_then(|tipo| Kind::certified(tipo, errore));
            assert_eq!(told, Some(kind).filter(|kind| *kind != Kind::Anomalia));
        }
        assert_eq!(Kind::certified("rilevazione-virus", "virus"), Some(Kind::RilevazioneVirus));
        assert_eq!(Kind::certified("errore", "nessuno"), None);
        assert_eq!(Kind::certified("mancata-consegna", "altro"), None);
    }

    #[test]
    fn names_and_values_are_read_in_any_letter_case() {
        assert_eq!(kind("x-ricevuta:  ACCETTAZIONE "), Some(Kind::Accettazione));
        assert_eq!(kind("X-TRASPORTO: Errore"), Some(Kind::Anomalia));
    }

    #[test]
    fn nothing_else_makes_a_kind() {
        assert_eq!(kind("X-Other: accettazione"), None);
        assert_eq!(kind("X-Ricevuta: mancata-consegna\r\nX-Trasporto: posta-certificata"), None);
        assert_eq!(kind("X-Trasporto: accettazione"), None);
        assert_eq!(kind("X-Ricevuta:"), None);
        assert_eq!(kind("X-VerificaSicurezza: errore"), None);
    }

    #[test]
    fn only_two_notices_know_of_a_virus() {
        assert_eq!(kind("X-Ricevuta: accettazione\r\nX-VerificaSicurezza: errore"), Some(Kind::Accettazione));
        assert_eq!(kind("X-Ricevuta: errore-consegna\r\nX-VerificaSicurezza: ok"), Some(Kind::ErroreConsegna));
    }
}
