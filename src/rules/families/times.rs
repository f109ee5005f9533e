//! Time: one instant per event, told in legal time (RFC 6109 4.1, 4.2).

use jiff::{SignedDuration, Timestamp};

use crate::norm::{
    Level,
    clauses::{formats, law},
};
use crate::{evidence::Seen, message::Shape};

use crate::rules::{
    Check, Finding, Findings, Piece, Rule, at,
    context::MessageSubject,
    instants::{after, certified, date_header, in_rome, legal, told},
    spelling::shown_field,
    when,
};

/// How far signingTime may be from the message's time, in seconds: busy signers take their time.
const SIGNED_APART: u64 = 600;

/// How far the clock that told the arrival may be behind, in seconds: it need not be a provider's.
const CLOCKS_APART: i64 = 60;

/// How far the clock of a host that only the message itself tells of may be behind: nobody vouches for it, nor for its zone.
const CLAIMS_APART: SignedDuration = SignedDuration::from_hours(24);

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "time/date-header",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_1_ONE_INSTANT],
        question: "Is Date the instant in the certification data?",
        consequence: "The message gives two times for one event; which one counts in a dispute is open.",
        check: Check::Message(|subject, _| {
            let mail = subject.certifying()?;
            let (certified, date) = (certified(subject)?, date_header(mail)?);
            Some(when(date != certified, || {
                Finding::new(legal(certified), shown_field(mail, "Date"), at::header("Date"))
            }))
        }),
    },
    Rule {
        id: "time/signing-time",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_1_SIGNING_TIME],
        question: "Is the signature's signingTime the instant of the message, some minutes apart?",
        consequence: "The signature claims another time than the message that it covers.",
        check: Check::Message(|subject, _| {
            subject.content()?;
            let (told, signed) = (told(subject)?, subject.signature?.signing_time?);
            let apart = (told.as_second() - signed.as_second()).unsigned_abs();
            Some(when(apart > SIGNED_APART, || {
                Finding::new(legal(told), legal(signed), at::part(Piece::Signature).detail("signingTime"))
            }))
        }),
    },
    Rule {
        id: "time/not-to-come",
        level: Level::Must,
        clauses: &[&law::DM_ART_9],
        question: "Is no time that the message tells later than its arrival?",
        consequence: "The certified time is not when anything happened.",
        check: Check::Message(|subject, context| {
            let whole = subject.content().is_some() || subject.daticert().is_some();
            let alone = signed_alone(subject);
            if !(whole && told(subject).is_some() || alone.is_some() && subject.signed().is_some()) {
                return None;
            }
            // A signing time is held against these, where they are there.
            let tells = [
                (certified(subject), at::xml("postacert/dati/data")),
                (date_header(subject.mail()), at::header("Date")),
                (alone, at::part(Piece::Signature).detail("signingTime")),
            ];
            // What was seen by whoever told a file's arrival need not have been told by a legal clock.
            let apart = if matches!(subject.observation.seen, Seen::File { .. }) { CLOCKS_APART } else { 1 };
            let (arrived, word) = match context.evidence.claimed {
                Some(now) => (after(context.observed, CLAIMS_APART).min(now), "by which it arrived"),
                None => (context.observed, "when it arrived"),
            };
            let latest = arrived.as_second().saturating_add(apart);
            let mut findings = Findings::new();
            for (instant, place) in tells {
                if let Some(instant) = instant.filter(|instant| instant.as_second() > latest) {
                    let expected = format!("not later than {}, {word}", legal(arrived));
                    findings.push(Finding::new(expected, legal(instant), place));
                }
            }
            Some(findings)
        }),
    },
    Rule {
        id: "time/legal",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_2_LEGAL_TIME],
        question: "Is the certified zone the offset of Italian legal time at that instant?",
        consequence: "Around the change of the hour the time can be read as an hour earlier or later.",
        check: Check::Message(|subject, _| {
            let data = subject.certified()?;
            let expected = in_rome(data.instant()?).strftime("%z").to_string();
            Some(when(data.zona != expected, || {
                Finding::new(expected, &data.zona, at::xml("postacert/dati/data/@zona"))
            }))
        }),
    },
];

/// The signing time of a signature by itself.
fn signed_alone(subject: &MessageSubject<'_>) -> Option<Timestamp> {
    let signature = subject.signature.filter(|_| subject.message.shape == Shape::Signature)?;
    signature.signing_time
}
