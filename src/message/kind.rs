//! What kind of PEC message a message claims to be: by its outermost `X-Ricevuta` or `X-Trasporto`, never by its Subject.

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

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 11] = [
        Kind::Accettazione,
        Kind::NonAccettazione,
        Kind::NonAccettazioneVirus,
        Kind::PresaInCarico,
        Kind::AvvenutaConsegna,
        Kind::ErroreConsegna,
        Kind::ErroreConsegnaVirus,
        Kind::PreavvisoErroreConsegna,
        Kind::RilevazioneVirus,
        Kind::PostaCertificata,
        Kind::Anomalia,
    ];

    /// The kind that a message claims, by the outermost fields alone; `None` for ordinary mail and unknown values.
    pub fn of(mail: &Mail) -> Option<Kind> {
        let value = |name: &str| mail.field(name).map(|value| value.to_ascii_lowercase());
        let virus = value("X-VerificaSicurezza").is_some_and(|value| value == "errore");
        if let Some(receipt) = value("X-Ricevuta") {
            return Some(match receipt.as_str() {
                "accettazione" => Kind::Accettazione,
                "non-accettazione" if virus => Kind::NonAccettazioneVirus,
                "non-accettazione" => Kind::NonAccettazione,
                "presa-in-carico" => Kind::PresaInCarico,
                "avvenuta-consegna" => Kind::AvvenutaConsegna,
                "errore-consegna" if virus => Kind::ErroreConsegnaVirus,
                "errore-consegna" => Kind::ErroreConsegna,
                "preavviso-errore-consegna" => Kind::PreavvisoErroreConsegna,
                "rilevazione-virus" => Kind::RilevazioneVirus,
                _ => return None,
            });
        }
        match value("X-Trasporto")?.as_str() {
            "posta-certificata" => Some(Kind::PostaCertificata),
            "errore" => Some(Kind::Anomalia),
            _ => None,
        }
    }

    /// The kind in the norm's English (`acceptance`, `transport envelope`).
    pub fn title(self) -> &'static str {
        match self {
            Kind::Accettazione => "acceptance",
            Kind::NonAccettazione => "non-acceptance",
            Kind::NonAccettazioneVirus => "non-acceptance for a virus",
            Kind::PresaInCarico => "server-server acceptance",
            Kind::AvvenutaConsegna => "delivery",
            Kind::ErroreConsegna => "non-delivery",
            Kind::ErroreConsegnaVirus => "non-delivery for a virus",
            Kind::PreavvisoErroreConsegna => "timeout notice",
            Kind::RilevazioneVirus => "virus detection",
            Kind::PostaCertificata => "transport envelope",
            Kind::Anomalia => "anomaly envelope",
        }
    }

    /// Whether it may go from one provider to another; the rest a provider puts into its own users' mailboxes.
    pub fn may_cross_wires(self) -> bool {
        matches!(
            self,
            Kind::PresaInCarico
                | Kind::AvvenutaConsegna
                | Kind::ErroreConsegna
                | Kind::RilevazioneVirus
                | Kind::PostaCertificata
        )
    }

    /// Whether it is an envelope (2.1.1.2) rather than a notification.
    pub fn is_envelope(self) -> bool {
        matches!(self, Kind::PostaCertificata | Kind::Anomalia)
    }

    /// The `tipo` of its daticert.xml (4.4); an anomaly envelope has none.
    pub fn tipo(self) -> Option<&'static str> {
        Some(match self {
            Kind::Accettazione => "accettazione",
            Kind::NonAccettazione | Kind::NonAccettazioneVirus => "non-accettazione",
            Kind::PresaInCarico => "presa-in-carico",
            Kind::AvvenutaConsegna => "avvenuta-consegna",
            Kind::ErroreConsegna | Kind::ErroreConsegnaVirus => "errore-consegna",
            Kind::PreavvisoErroreConsegna => "preavviso-errore-consegna",
            Kind::RilevazioneVirus => "rilevazione-virus",
            Kind::PostaCertificata => "posta-certificata",
            Kind::Anomalia => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(head: &str) -> Option<Kind> {
        Kind::of(&Mail::read(format!("Subject: CONSEGNA: x\r\n{head}\r\n\r\n").into_bytes()).unwrap())
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
