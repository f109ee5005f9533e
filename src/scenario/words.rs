//! The words of the language: each type refuses what is not one, and says what would be.

mod amount;
mod answers;
mod place;

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

pub use self::{
    amount::{LegalInstant, Size},
    answers::{Answers, CLOSED},
    place::{Host, Mailbox, Place},
};
pub use crate::yaml::Span;
use crate::{
    norm::{Clause, clause},
    yaml::unknown,
};

/// Mailboxes that every gateway has, enabled.
pub const USERS: [&str; 4] = ["mario", "anna", "luca", "giulia"];
/// A name that no gateway knows.
pub const UNKNOWN: &str = "sconosciuto";
/// The provider's service mailbox, `mailReceipt` in the directory (RFC 6109 2.2.5).
pub const SERVICE: &str = "service";
/// Mailboxes of the ordinary mail host.
pub const ORDINARY_USERS: [&str; 2] = ["carla", "dario"];

/// A clause of the catalogue, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClauseRef(pub &'static Clause);

impl FromStr for ClauseRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        clause(text).map(Self).ok_or_else(|| unknown("clause", text, crate::norm::all().map(|clause| clause.id)))
    }
}

/// A word written as a YAML string.
macro_rules! word {
    ($($word:ident, $description:literal, $pattern:literal;)*) => { $(
        impl<'de> Deserialize<'de> for $word {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Words;
                impl de::Visitor<'_> for Words {
                    type Value = $word;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($description)
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$word, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Words)
            }
        }

        impl JsonSchema for $word {
            fn schema_name() -> Cow<'static, str> {
                stringify!($word).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "description": $description, "pattern": $pattern })
            }
        }
    )* };
}

word! {
    Mailbox, "a mailbox: `mario@sender`, `service@receiver`, `carla@posta`, or a literal address", "^[^@]+@.+$";
    Place, "a mailbox, `virus-store@sender`, `access-point@sender` or `incoming-point@receiver`",
        "^[^@]+@(sender|receiver|second-receiver|posta)$";
    Size, "a size: `12 B`, `20 kB`, `4 KiB`, `30 MB`", "^[0-9]+ *(B|kB|MB|KiB|MiB)$";
    LegalInstant, "an instant of Italian legal time: `2026-03-02T09:30`", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}";
    ClauseRef, "the id of a clause: `RFC6109-3.1.4`", "^[A-Z].*$";
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::evidence::Role;

    #[test]
    fn words_are_read() {
        assert_eq!("20 kB".parse(), Ok(Size(20_000)));
        assert_eq!("22h 30m".parse(), Ok(Span(SignedDuration::from_mins(22 * 60 + 30))));
        assert_eq!(LegalInstant::default().0, "2026-03-02T08:30:00Z".parse().unwrap());
        assert_eq!("virus-store@receiver".parse(), Ok(Place::VirusStore(Role::Receiver)));
        let mario = Mailbox::At { user: "mario".into(), host: Host::Gateway(Role::Sender) };
        assert_eq!("mario@sender".parse(), Ok(mario));
        assert_eq!("x@y.example".parse(), Ok(Mailbox::Literal("x@y.example".into())));
    }

    #[test]
    fn answers_admit_their_codes_and_no_others() {
        let answers: Answers = serde_yaml::from_str("[250, 45x, closed]").unwrap();
        for (code, admitted) in [("250", true), ("451", true), ("251", false), ("550", false), (CLOSED, true)] {
            assert_eq!(answers.admit(code), admitted, "{code:?}");
        }
        assert!(!serde_yaml::from_str::<Answers>("2xx").unwrap().admit(CLOSED));
        for wrong in ["[]", "25", "150", "x50", "fine"] {
            assert!(serde_yaml::from_str::<Answers>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_word_is_refused_with_what_would_be() {
        let error = |result: Result<(), String>| result.unwrap_err();
        assert!(error("20 KB".parse::<Size>().map(drop)).contains("`20 kB`"));
        assert!(error("999999 MB".parse::<Size>().map(drop)).contains("64 MiB at most"));
        assert!(error("-3h".parse::<Span>().map(drop)).contains("`12h`"));
        assert!(error("twelve".parse::<Span>().map(drop)).contains("`12h`"));
        assert!(error("99999999h".parse::<Span>().map(drop)).contains("ten years"));
        assert!(error("9999-12-30T00:00".parse::<LegalInstant>().map(drop)).contains("1970 to 2099"));
        assert!(error("-009999-01-02T01:59:59Z".parse::<LegalInstant>().map(drop)).contains("1970 to 2099"));
        assert!(error("2026-03-29T02:30".parse::<LegalInstant>().map(drop)).contains("clocks change"));
        assert!(error("mario@sendr".parse::<Mailbox>().map(drop)).ends_with("did you mean `sender`?"));
        assert!(error("mario".parse::<Mailbox>().map(drop)).contains("`user@sender`"));
        assert!(error("x@y.example".parse::<Place>().map(drop)).contains("nobody can look"));
    }
}
