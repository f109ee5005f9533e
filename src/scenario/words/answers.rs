//! What an SMTP server may answer.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// Codes that an SMTP answer may have: `250`, `5xx`, `closed` for a connection closed instead; or a list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers(Vec<String>);

/// The word for a connection closed in place of an answer.
pub const CLOSED: &str = "closed";

impl Answers {
    /// Whether an answer with this code is one of them; [`CLOSED`] stands for a connection closed.
    pub fn admit(&self, code: &str) -> bool {
        let fits = |wanted: &str| {
            wanted.len() == code.len() && wanted.bytes().zip(code.bytes()).all(|(w, c)| w == b'x' || w == c)
        };
        self.0.iter().any(|wanted| fits(wanted))
    }

    fn read(codes: Vec<String>) -> Result<Self, String> {
        let is_code = |code: &str| {
            let mut digits = code.bytes();
            digits.next().is_some_and(|first| (b'2'..=b'5').contains(&first))
                && digits.len() == 2
                && digits.all(|digit| digit.is_ascii_digit() || digit == b'x')
        };
        match codes.iter().find(|code| *code != CLOSED && !is_code(code)) {
            Some(code) => Err(format!("`{code}` is no answer of SMTP: write `250`, `5xx` or `closed`")),
            None if codes.is_empty() => Err("no answer at all: leave `answer` out, and none is waited for".to_owned()),
            None => Ok(Self(codes)),
        }
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" or "))
    }
}

impl<'de> Deserialize<'de> for Answers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Codes;
        impl<'de> de::Visitor<'de> for Codes {
            type Value = Answers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the code of an answer, `250` or `5xx`, or a list of codes")
            }

            fn visit_u64<E: de::Error>(self, code: u64) -> Result<Answers, E> {
                Answers::read(vec![code.to_string()]).map_err(E::custom)
            }

            fn visit_str<E: de::Error>(self, code: &str) -> Result<Answers, E> {
                Answers::read(vec![code.to_owned()]).map_err(E::custom)
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Answers, A::Error> {
                let mut codes = Vec::new();
                while let Some(Answers(more)) = items.next_element()? {
                    codes.extend(more);
                }
                Answers::read(codes).map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_any(Codes)
    }
}

impl JsonSchema for Answers {
    fn schema_name() -> Cow<'static, str> {
        "Answers".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = json_schema!({ "anyOf": [
            { "type": "integer", "minimum": 200, "maximum": 599 },
            { "type": "string", "pattern": "^([2-5][0-9x]{2}|closed)$" },
        ] });
        json_schema!({
            "description": "The code of an SMTP answer: `250`, `5xx`, `closed` for a connection closed; or a list of them.",
            "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }],
        })
    }
}
