//! An expected message as it is written: a kind with the id it is about, and details.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};

use super::{
    super::{receipt::Receipt, words::Mailbox},
    Expected, Hours, What,
};
use crate::yaml::unknown;

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
