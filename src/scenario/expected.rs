//! One message expected: `{avvenuta-consegna: contract, for: anna@receiver, form: breve}`.

mod read;

use std::fmt;

use super::{receipt::Receipt, words::Mailbox};
use crate::message::Kind;

/// A message expected in a mailbox or store, or an answer expected in an SMTP session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// What.
    pub what: What,
    /// The `id` of the send or injected envelope that it is about.
    pub about: String,
    /// Which recipient it is about, where the kind is about one.
    pub recipient: Option<Mailbox>,
    /// The form of a delivery receipt.
    pub form: Option<Receipt>,
    /// Which timeout notice.
    pub hours: Option<Hours>,
    /// The code in `errore-esteso` (Nota 12).
    pub error: Option<String>,
    /// How many messages of this description.
    pub times: u16,
}

/// What is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A system-generated message.
    Kind(Kind),
    /// The message itself, as ordinary mail or as kept in a virus store.
    Message,
    /// A permanent refusal (5xx) in the SMTP session, of the whole message or of the recipient in `for`.
    Refused,
}

/// Which timeout notice (RFC 6109 3.1.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hours {
    /// Of 12 hours.
    Twelve,
    /// Of 24 hours.
    TwentyFour,
}

impl What {
    /// Everything that can be expected.
    pub fn all() -> impl Iterator<Item = What> {
        Kind::ALL.into_iter().map(What::Kind).chain([What::Message, What::Refused])
    }

    /// Its key in a scenario.
    pub fn key(self) -> &'static str {
        match self {
            What::Kind(kind) => match kind {
                Kind::Accettazione => "accettazione",
                Kind::NonAccettazione => "non-accettazione",
                Kind::NonAccettazioneVirus => "non-accettazione-virus",
                Kind::PresaInCarico => "presa-in-carico",
                Kind::AvvenutaConsegna => "avvenuta-consegna",
                Kind::ErroreConsegna => "errore-consegna",
                Kind::ErroreConsegnaVirus => "errore-consegna-virus",
                Kind::PreavvisoErroreConsegna => "preavviso-errore-consegna",
                Kind::RilevazioneVirus => "rilevazione-virus",
                Kind::PostaCertificata => "posta-certificata",
                Kind::Anomalia => "anomalia",
            },
            What::Message => "message",
            What::Refused => "refused",
        }
    }

    /// Whether it is about one recipient, so that `for` says which.
    pub fn is_for_one(self) -> bool {
        matches!(
            self,
            What::Kind(
                Kind::AvvenutaConsegna
                    | Kind::ErroreConsegna
                    | Kind::ErroreConsegnaVirus
                    | Kind::PreavvisoErroreConsegna
                    | Kind::RilevazioneVirus
            )
        )
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what.key(), self.about)?;
        if let Some(recipient) = &self.recipient {
            write!(f, " for {recipient}")?;
        }
        if let Some(form) = self.form {
            write!(f, ", {}", form.word())?;
        }
        if let Some(hours) = self.hours {
            write!(f, ", {} hours", hours.number())?;
        }
        if let Some(error) = &self.error {
            write!(f, ", error {error}")?;
        }
        match self.times {
            1 => Ok(()),
            times => write!(f, ", {times} times"),
        }
    }
}

impl Hours {
    /// 12 or 24.
    pub fn number(self) -> u8 {
        match self {
            Hours::Twelve => 12,
            Hours::TwentyFour => 24,
        }
    }
}

impl Expected {
    /// Whether each detail makes sense for what is expected; else what would be right.
    fn details_fit(&self) -> Result<(), String> {
        let key = self.what.key();
        if self.what.is_for_one() && self.recipient.is_none() {
            return Err(format!("`{key}` is about one recipient: add `for: anna@receiver`"));
        }
        if self.recipient.is_some() && !self.what.is_for_one() && self.what != What::Refused {
            return Err(format!("`{key}` is about all recipients: leave `for` out"));
        }
        if self.form.is_some() && self.what != What::Kind(Kind::AvvenutaConsegna) {
            return Err(format!("only `avvenuta-consegna` has a `form`, `{key}` has none"));
        }
        match (self.what == What::Kind(Kind::PreavvisoErroreConsegna), self.hours) {
            (true, None) => return Err(format!("which `{key}`? Add `hours: 12` or `hours: 24`")),
            (false, Some(_)) => {
                return Err(format!("only `preavviso-errore-consegna` has `hours`, `{key}` has none"));
            }
            _ => {}
        }
        let has_error = matches!(self.what, What::Kind(Kind::ErroreConsegna | Kind::ErroreConsegnaVirus));
        if self.error.is_some() && !has_error {
            return Err(format!("only `errore-consegna` has an `error`, `{key}` has none"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Result<Expected, String> {
        serde_yaml::from_str(yaml).map_err(|error| error.to_string())
    }

    #[test]
    fn an_expected_message_reads_as_it_prints() {
        let expected = read("{avvenuta-consegna: contract, for: anna@receiver, form: breve}").unwrap();
        assert_eq!(expected.to_string(), "avvenuta-consegna contract for anna@receiver, breve");
        let notice = read("{preavviso-errore-consegna: contract, for: anna@receiver, hours: 24}").unwrap();
        assert_eq!(notice.hours, Some(Hours::TwentyFour));
    }

    #[test]
    fn keys_are_the_kinds_own_names() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), What::Kind(kind).key());
        }
    }

    #[test]
    fn a_wrong_one_is_refused_with_what_would_be_right() {
        for (yaml, right) in [
            ("{acettazione: contract}", "did you mean `accettazione`?"),
            ("{for: anna@receiver}", "which message?"),
            ("{accettazione: a, presa-in-carico: a}", "two messages"),
            ("{avvenuta-consegna: a}", "add `for: anna@receiver`"),
            ("{accettazione: a, for: anna@receiver}", "leave `for` out"),
            ("{accettazione: a, form: breve}", "only `avvenuta-consegna` has a `form`"),
            ("{preavviso-errore-consegna: a, for: anna@receiver}", "`hours: 12`"),
            ("{preavviso-errore-consegna: a, for: anna@receiver, hours: 13}", "none of 13"),
            ("{errore-consegna: a, for: anna@receiver, error: 4.1.1}", "`5.1.1`"),
            ("{accettazione: a, error: 5.1.1}", "only `errore-consegna`"),
            ("{accettazione: a, times: 1}", "leave it out for one"),
            ("{accettazione: a, times: 501}", "2 to 500"),
        ] {
            let error = read(yaml).unwrap_err();
            assert!(error.contains(right), "{yaml}: {error}");
        }
    }
}
