//! Time: one instant per event, told in legal time (RFC 6109 4.1, 4.2).

use std::sync::LazyLock;

use jiff::{Timestamp, tz::TimeZone};

use crate::norm::{
    Level,
    clauses::{formats, law},
};
use crate::{evidence::Seen, message::Shape};

use crate::rules::{
    Check, Finding, Piece, Rule,
    applies::{certifies, date_header, has_content, has_daticert, has_signature},
    at,
    context::MessageSubject,
    spelling::shown_field,
};

static ROME: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("Europe/Rome").expect("Europe/Rome is in the bundled time zone data base"));

/// How far signingTime may be from the message's time, in seconds: busy signers take their time.
const SIGNED_APART: u64 = 600;

/// How far the clock that told the arrival may be behind, in seconds: it need not be a provider's.
const CLOCKS_APART: i64 = 60;

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "time/date-header",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_1_ONE_INSTANT],
        question: "Is Date the instant in the certification data?",
        consequence: "The message gives two times for one event; which one counts in a dispute is open.",
        check: Check::Message {
            applies: |subject, context| {
                certifies(subject, context) && certified(subject).is_some() && date_header(subject.mail()).is_some()
            },
            check: |subject, _, findings| {
                let (Some(certified), Some(date)) = (certified(subject), date_header(subject.mail())) else { return };
                if date != certified {
                    let found = shown_field(subject.mail(), subject.header("Date"));
                    findings.push(Finding::new(legal(certified), found, at::header("Date")));
                }
            },
        },
    },
    Rule {
        id: "time/signing-time",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_1_SIGNING_TIME],
        question: "Is the signature's signingTime the instant of the message, some minutes apart?",
        consequence: "The signature claims another time than the message that it covers.",
        check: Check::Message {
            applies: |subject, context| {
                let signed = subject.signature.is_some_and(|signature| signature.signing_time.is_some());
                has_content(subject, context) && signed && told(subject).is_some()
            },
            check: |subject, _, findings| {
                let (Some(told), Some(signed)) = (told(subject), subject.signature.and_then(|s| s.signing_time)) else {
                    return;
                };
                if (told.as_second() - signed.as_second()).unsigned_abs() > SIGNED_APART {
                    findings.push(Finding::new(
                        legal(told),
                        legal(signed),
                        at::part(Piece::Signature).detail("signingTime"),
                    ));
                }
            },
        },
    },
    Rule {
        id: "time/not-to-come",
        level: Level::Must,
        clauses: &[&law::DM_ART_9],
        question: "Is no time that the message tells later than its arrival?",
        consequence: "The certified time is not when anything happened.",
        check: Check::Message {
            applies: |subject, context| {
                let whole = has_content(subject, context) || has_daticert(subject, context);
                whole && told(subject).is_some() || signed_alone(subject).is_some() && has_signature(subject, context)
            },
            check: |subject, context, findings| {
                // A signing time is held against these, where they are there.
                let tells = [
                    (certified(subject), at::xml("postacert/dati/data")),
                    (date_header(subject.mail()), at::header("Date")),
                    (signed_alone(subject), at::part(Piece::Signature).detail("signingTime")),
                ];
                // What was seen by whoever told a file's arrival need not have been told by a legal clock.
                let apart = if matches!(subject.observation.seen, Seen::File { .. }) { CLOCKS_APART } else { 1 };
                let latest = context.observed.as_second().saturating_add(apart);
                for (instant, place) in tells {
                    if let Some(instant) = instant.filter(|instant| instant.as_second() > latest) {
                        let expected = format!("not later than {}, when it arrived", legal(context.observed));
                        findings.push(Finding::new(expected, legal(instant), place));
                    }
                }
            },
        },
    },
    Rule {
        id: "time/legal",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_2_LEGAL_TIME],
        question: "Is the certified zone the offset of Italian legal time at that instant?",
        consequence: "Around the change of the hour the time can be read as an hour earlier or later.",
        check: Check::Message {
            applies: |subject, context| has_daticert(subject, context) && certified(subject).is_some(),
            check: |subject, _, findings| {
                let (Some(instant), Some(data)) = (certified(subject), subject.data()) else { return };
                let expected = instant.to_zoned(ROME.clone()).strftime("%z").to_string();
                if data.zona != expected {
                    findings.push(Finding::new(expected, &data.zona, at::xml("postacert/dati/data/@zona")));
                }
            },
        },
    },
];

/// The instant of daticert.xml.
pub fn certified(subject: &MessageSubject<'_>) -> Option<Timestamp> {
    subject.data()?.instant()
}

/// The instant of the message: certified, or of the Date where nothing is certified.
pub fn told(subject: &MessageSubject<'_>) -> Option<Timestamp> {
    certified(subject).or_else(|| date_header(subject.mail()))
}

/// The signing time of a signature by itself.
fn signed_alone(subject: &MessageSubject<'_>) -> Option<Timestamp> {
    let signature = subject.signature.filter(|_| subject.message.shape == Shape::Signature)?;
    signature.signing_time
}

/// An instant in Italian legal time as PEC writes it: day, hour and zone, a blank between.
pub fn legal(instant: Timestamp) -> String {
    instant.to_zoned(ROME.clone()).strftime("%d/%m/%Y %H:%M:%S %z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repeated_hour_of_autumn_is_told_apart() {
        assert_eq!(legal("2026-10-25T00:30:00Z".parse().unwrap()), "25/10/2026 02:30:00 +0200");
        assert_eq!(legal("2026-10-25T01:30:00Z".parse().unwrap()), "25/10/2026 02:30:00 +0100");
    }
}
