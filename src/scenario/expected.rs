//! One message expected: `{avvenuta-consegna: contract, for: anna@receiver, form: breve}`.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};

use super::{receipt::Receipt, words::Mailbox};
use crate::{message::Kind, yaml::unknown};

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

const DETAILS: [&str; 5] = ["for", "form", "hours", "error", "times"];

/// As many messages as may be expected in one line.
const MOST: u16 = 500;

impl<'de> Deserialize<'de> for Expected {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader)
    }
}

struct Reader;

impl<'de> de::Visitor<'de> for Reader {
    type Value = Expected;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message such as `{accettazione: contract}`")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Expected, A::Error> {
        let (mut what, mut recipient, mut form, mut hours, mut error, mut times) = (None, None, None, None, None, 1);
        while let Some(key) = map.next_key::<Key>()? {
            match key {
                Key::What(key) => {
                    if let Some((first, _)) = what.replace((key, map.next_value::<String>()?)) {
                        let (first, second) = (What::key(first), key.key());
                        return Err(de::Error::custom(format!(
                            "`{first}` and `{second}` are two messages: write each as an item of the list"
                        )));
                    }
                }
                Key::For => recipient = Some(map.next_value()?),
                Key::Form => form = Some(map.next_value()?),
                Key::Hours => hours = Some(map.next_value()?),
                Key::Error => error = Some(map.next_value::<Code>()?.0),
                Key::Times => times = map.next_value::<Times>()?.0,
            }
        }
        let Some((what, about)) = what else {
            return Err(de::Error::custom(
                "which message? Write its kind and the id it is about: `accettazione: contract`",
            ));
        };
        let expected = Expected { what, about, recipient, form, hours, error, times };
        expected.details_fit().map_err(de::Error::custom)?;
        Ok(expected)
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

enum Key {
    What(What),
    For,
    Form,
    Hours,
    Error,
    Times,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl de::Visitor<'_> for Words {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a kind of message, or one of `for`, `form`, `hours`, `error`, `times`")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Key, E> {
                Ok(match word {
                    "for" => Key::For,
                    "form" => Key::Form,
                    "hours" => Key::Hours,
                    "error" => Key::Error,
                    "times" => Key::Times,
                    _ => Key::What(What::all().find(|what| what.key() == word).ok_or_else(|| {
                        E::custom(unknown("kind of message", word, What::all().map(What::key).chain(DETAILS)))
                    })?),
                })
            }
        }
        deserializer.deserialize_identifier(Words)
    }
}

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl de::Visitor<'_> for Number {
            type Value = Hours;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("12 or 24")
            }

            fn visit_u64<E: de::Error>(self, hours: u64) -> Result<Hours, E> {
                match hours {
                    12 => Ok(Hours::Twelve),
                    24 => Ok(Hours::TwentyFour),
                    _ => Err(E::custom(format!("there are timeout notices of 12 and of 24 hours, none of {hours}"))),
                }
            }
        }
        deserializer.deserialize_u64(Number)
    }
}

/// An RFC 3463 code of class 5.
struct Code(String);

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        let numbers: Vec<_> = code.split('.').collect();
        let is_code = numbers.len() == 3
            && numbers[0] == "5"
            && numbers.iter().all(|n| (1..=3).contains(&n.len()) && n.bytes().all(|digit| digit.is_ascii_digit()));
        is_code
            .then_some(Self(code.clone()))
            .ok_or_else(|| de::Error::custom(format!("`{code}` is no code of a permanent error: write `5.1.1`")))
    }
}

/// How many messages of one description: two or more, for one is what is meant without it.
struct Times(u16);

impl<'de> Deserialize<'de> for Times {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let times = u64::deserialize(deserializer)?;
        let number = u16::try_from(times).ok().filter(|number| (2..=MOST).contains(number));
        number.map(Self).ok_or_else(|| {
            de::Error::custom(format!("so many messages are 2 to {MOST}, not {times}; leave it out for one"))
        })
    }
}

impl JsonSchema for Expected {
    fn schema_name() -> Cow<'static, str> {
        "Expected".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut properties: Map<String, Value> = What::all()
            .map(|what| {
                (what.key().to_owned(), serde_json::json!({ "type": "string", "description": "about which id" }))
            })
            .collect();
        properties.insert("for".into(), generator.subschema_for::<Mailbox>().into());
        properties.insert("form".into(), generator.subschema_for::<Receipt>().into());
        properties.insert("hours".into(), serde_json::json!({ "enum": [12, 24] }));
        properties.insert("error".into(), serde_json::json!({ "type": "string", "pattern": r"^5\.\d{1,3}\.\d{1,3}$" }));
        properties.insert("times".into(), serde_json::json!({ "type": "integer", "minimum": 2, "maximum": MOST }));
        let one_of: Vec<Value> = What::all().map(|what| serde_json::json!({ "required": [what.key()] })).collect();
        json_schema!({
            "type": "object",
            "description": "One message, by its kind and the id it is about.",
            "properties": properties,
            "additionalProperties": false,
            "oneOf": one_of,
        })
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
