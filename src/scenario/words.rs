//! The words of the language: each type refuses what is not one, and says what would be.

use std::{borrow::Cow, fmt, ops::RangeInclusive, str::FromStr};

use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::{
    evidence::{Party, Role},
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

/// A mailbox in role names (`mario@sender`), or a literal address with a dot in its domain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mailbox {
    /// A mailbox of someone who plays.
    At {
        /// Local part; [`SERVICE`] is the service mailbox whatever its address.
        user: String,
        /// `sender`, `receiver` or `posta`.
        host: Host,
    },
    /// Any other address, written as is.
    Literal(String),
}

/// Who has mailboxes in a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// A gateway.
    Gateway(Role),
    /// The ordinary mail host.
    Posta,
}

/// Where messages can be expected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A mailbox: messages that arrived there.
    Mailbox(Mailbox),
    /// `virus-store@sender`: what a provider keeps there (RFC 6109 2.2.4).
    VirusStore(Role),
    /// `access-point@sender`: what it refuses in the SMTP session.
    AccessPoint(Role),
    /// `incoming-point@receiver`: what it refuses in the SMTP session.
    IncomingPoint(Role),
}

/// A span of legal time such as `12h`, `22h 30m`, `45s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub SignedDuration);

/// A size in bytes such as `20 kB` (1000 bytes each), `4 KiB`, `30 MB`, `12 B`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub usize);

/// An instant written as legal time, `2026-03-02T09:30`. In the repeated hour of autumn an offset tells which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegalInstant(pub Timestamp);

/// Codes that an SMTP answer may have: `250`, `5xx`, `closed` for a connection closed instead; or a list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers(Vec<String>);

/// A clause of the catalogue, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClauseRef(pub &'static Clause);

/// The word for a connection closed in place of an answer.
pub const CLOSED: &str = "closed";

/// The largest size a scenario may ask for: more than any limit a provider has, and still fits in memory many times.
const LARGEST: usize = 64 << 20;

/// The longest span of time: what is asked of the clock in all stays within what calendars are sure of.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(87_600);

/// The years that an instant may lie in: from where Italian legal time is known well to where nobody knows it yet.
const YEARS: RangeInclusive<i16> = 1970..=2099;

impl Default for LegalInstant {
    fn default() -> Self {
        "2026-03-02T09:30".parse().expect("a day like any other")
    }
}

impl FromStr for Host {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "sender" => Ok(Host::Gateway(Role::Sender)),
            "receiver" => Ok(Host::Gateway(Role::Receiver)),
            "posta" => Ok(Host::Posta),
            _ => Err(unknown("role", text, ["sender", "receiver", "posta"])),
        }
    }
}

impl FromStr for Mailbox {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((user, host)) = text.rsplit_once('@').filter(|(user, host)| !user.is_empty() && !host.is_empty())
        else {
            return Err(format!(
                "`{text}` is not a mailbox: write `user@sender`, `user@receiver`, `carla@posta`, or an address whose \
                 domain has a dot"
            ));
        };
        if host.contains('.') {
            return Ok(Mailbox::Literal(text.to_owned()));
        }
        Ok(Mailbox::At { user: user.to_owned(), host: host.parse()? })
    }
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mailbox: Mailbox = text.parse()?;
        match &mailbox {
            Mailbox::At { user, host: Host::Gateway(role) } => Ok(match user.as_str() {
                "virus-store" => Place::VirusStore(*role),
                "access-point" => Place::AccessPoint(*role),
                "incoming-point" => Place::IncomingPoint(*role),
                _ => Place::Mailbox(mailbox),
            }),
            Mailbox::At { host: Host::Posta, .. } => Ok(Place::Mailbox(mailbox)),
            Mailbox::Literal(_) => Err(format!(
                "nobody can look into `{text}`: messages are expected at mailboxes of `sender`, `receiver` and `posta`"
            )),
        }
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse::<SignedDuration>().ok().filter(|span| span.is_positive() && *span <= LONGEST).map(Span).ok_or_else(
            || format!("`{text}` is not a span of time: write `12h`, `22h 30m` or `45s`, ten years (87600h) at most"),
        )
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let unit = match text[digits..].trim() {
            "B" => 1,
            "kB" => 1_000,
            "MB" => 1_000_000,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            _ => 0,
        };
        text[..digits]
            .parse::<usize>()
            .ok()
            .filter(|_| unit > 0)
            .and_then(|count| count.checked_mul(unit))
            .filter(|&size| size <= LARGEST)
            .map(Size)
            .ok_or_else(|| format!("`{text}` is not a size: write `12 B`, `20 kB`, `4 KiB` or `30 MB`, 64 MiB at most"))
    }
}

impl FromStr for LegalInstant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rome = TimeZone::get("Europe/Rome").expect("Europe/Rome is in the bundled time zone data base");
        let civil = || rome.to_ambiguous_timestamp(text.parse::<civil::DateTime>().ok()?).unambiguous().ok();
        text.parse::<Timestamp>()
            .ok()
            .or_else(civil)
            .filter(|instant| YEARS.contains(&rome.to_datetime(*instant).year()))
            .map(Self)
            .ok_or_else(|| {
                format!(
                    "`{text}` is not one instant of legal time from {} to {}: write `2026-03-02T09:30`, and in the hours \
                     when clocks change `2026-10-25T02:30+01:00`",
                    YEARS.start(),
                    YEARS.end(),
                )
            })
    }
}

impl FromStr for ClauseRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        clause(text).map(Self).ok_or_else(|| unknown("clause", text, crate::norm::all().map(|clause| clause.id)))
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Party::from(*self).fmt(f)
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mailbox::At { user, host } => write!(f, "{user}@{host}"),
            Mailbox::Literal(address) => f.write_str(address),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Mailbox(mailbox) => mailbox.fmt(f),
            Place::VirusStore(role) => write!(f, "virus-store@{role}"),
            Place::AccessPoint(role) => write!(f, "access-point@{role}"),
            Place::IncomingPoint(role) => write!(f, "incoming-point@{role}"),
        }
    }
}

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

impl From<Host> for Party {
    fn from(host: Host) -> Self {
        match host {
            Host::Gateway(role) => role.into(),
            Host::Posta => Party::Posta,
        }
    }
}

impl Mailbox {
    /// Who holds it, where someone who plays does.
    pub fn host(&self) -> Option<Host> {
        match self {
            Mailbox::At { host, .. } => Some(*host),
            Mailbox::Literal(_) => None,
        }
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
        "^[^@]+@(sender|receiver|posta)$";
    Span, "a span of legal time: `12h`, `22h 30m`, `45s`", "^[0-9]+ ?[hms]( ?[0-9]+ ?[ms])*$";
    Size, "a size: `12 B`, `20 kB`, `4 KiB`, `30 MB`", "^[0-9]+ *(B|kB|MB|KiB|MiB)$";
    LegalInstant, "an instant of Italian legal time: `2026-03-02T09:30`", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}";
    ClauseRef, "the id of a clause: `RFC6109-3.1.4`", "^[A-Z].*$";
}

#[cfg(test)]
mod tests {
    use super::*;

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
