//! What the certification data tell of errors (RFC 6109 4.4, Nota 12).

use crate::{
    message::Kind,
    norm::{
        Level,
        clauses::{delivery, formats, incoming},
    },
};

use crate::rules::{Check, Finding, Rule, at, context::MessageSubject, nota12, spelling::folded_name, when};

/// Kinds that tell of an error; a timeout notice tells of time that has passed.
pub(in crate::rules) const ERRORS: [Kind; 5] = [
    Kind::NonAccettazione,
    Kind::NonAccettazioneVirus,
    Kind::ErroreConsegna,
    Kind::ErroreConsegnaVirus,
    Kind::RilevazioneVirus,
];

/// Kinds whose attribute `errore` tells an error.
const FAILURES: [Kind; 4] =
    [Kind::NonAccettazione, Kind::NonAccettazioneVirus, Kind::ErroreConsegna, Kind::ErroreConsegnaVirus];

/// Kinds that tell of no error.
const SUCCESSES: [Kind; 4] = [Kind::Accettazione, Kind::PresaInCarico, Kind::AvvenutaConsegna, Kind::PostaCertificata];

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "daticert/error-attribute",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_ERRORE],
        question: "Does the attribute errore tell an error in a notice of one, and none in a message of success?",
        consequence: "Programs tell success as error, or error as success.",
        // Timeout notices and virus detections have no fixed value.
        // Timeout notices and virus detections have no fixed value.
        check: Check::Message(|subject, _| {
            let data = subject.certified()?;
            let success = SUCCESSES.contains(&subject.one_of(&[SUCCESSES, FAILURES].concat())?);
            Some(when(success != (data.errore == "nessuno"), || {
                let expected = if success { "nessuno" } else { "an error" };
                Finding::new(expected, &data.errore, at::xml("postacert/@errore"))
            }))
        }),
    },
    Rule {
        id: "daticert/error-of-type",
        level: Level::May,
        clauses: &[&formats::RFC6109_4_4_ERRORE_OF_TYPE],
        question: "Is the error one that the DTD's comments give to this type?",
        consequence: "Programs that look at the attribute alone tell an error as another one.",
        check: Check::Message(|subject, _| {
            let (data, kind) = (subject.certified()?, subject.settled_kind()?);
            let delivery = kind.tipo() == Some("errore-consegna");
            // Practice knows virus detections and timeout notices with `virus`.
            let fits = delivery || !matches!(data.errore.as_str(), "no-dest" | "no-dominio");
            // A message of success with an error is the question before.
            Some(when(!fits && !SUCCESSES.contains(&kind), || {
                Finding::new("virus or altro", &data.errore, at::xml("postacert/@errore"))
            }))
        }),
    },
    Rule {
        id: "daticert/error-description",
        level: Level::Must,
        clauses: &[
            &formats::RFC6109_4_4_ERRORE_ESTESO,
            &incoming::RFC6109_3_2_3_REASON,
            &incoming::RFC6109_3_2_4_REASON,
        ],
        question: "Does a notice of an error describe it in errore-esteso?",
        consequence: "The sender learns that something failed, and not what.",
        check: Check::Message(|subject, _| {
            let data = subject.certified()?;
            subject.one_of(&ERRORS)?;
            let described = data.errore_esteso.as_ref().is_some_and(|text| !text.trim().is_empty());
            Some(when(!described, || Finding::new("an element errore-esteso", "none", at::xml("postacert/dati"))))
        }),
    },
    Rule {
        id: "non-delivery/code",
        level: Level::Must,
        clauses: &[&delivery::NOTA12_CODE],
        question: "Is a non-delivery's errore-esteso a class 5 code, the provider and a description?",
        consequence: "Programs cannot tell a wrong address from a full mailbox.",
        check: Check::Message(|subject, _| {
            let described = subject.certified()?.errore_esteso.as_deref()?;
            subject.one_of(&[Kind::ErroreConsegna, Kind::ErroreConsegnaVirus])?;
            let class_five = nota12::code(described).is_some_and(|code| code.starts_with('5'));
            Some(when(!class_five || !tells_provider_and_description(subject, described), || {
                let expected = "<5.x.y> - <provider> - <description>";
                Finding::new(expected, described, at::xml("postacert/dati/errore-esteso"))
            }))
        }),
    },
    Rule {
        id: "timeout/code",
        level: Level::May,
        clauses: &[&delivery::NOTA12_TIMEOUT_CODE],
        question: "Is the code of a timeout notice, where there is one, 5.4.1?",
        consequence: "Programs that look for 5.4.1 do not see that delivery has failed for good.",
        check: Check::Message(|subject, _| {
            subject.certified()?;
            subject.one_of(&[Kind::PreavvisoErroreConsegna])?;
            let found = code(subject)?;
            Some(when(found != "5.4.1", || Finding::new("5.4.1", found, at::xml("postacert/dati/errore-esteso"))))
        }),
    },
    Rule {
        id: "non-delivery/attribute-fits-code",
        level: Level::May,
        clauses: &[&formats::RFC6109_4_4_ERRORE_OF_TYPE],
        question: "Is errore `no-dest` where the code says that the mailbox is unknown?",
        consequence: "Programs that look at the attribute alone tell a generic error; the code decides.",
        check: Check::Message(|subject, _| {
            let data = subject.certified().filter(|data| data.errore != "nessuno")?;
            subject.one_of(&[Kind::ErroreConsegna])?;
            code(subject).filter(|code| *code == "5.1.1")?;
            Some(when(data.errore != "no-dest", || Finding::new("no-dest", &data.errore, at::xml("postacert/@errore"))))
        }),
    },
];

/// The RFC 3463 code that errore-esteso begins with.
pub fn code<'a>(subject: &MessageSubject<'a>) -> Option<&'a str> {
    nota12::code(subject.data()?.errore_esteso.as_deref()?)
}

/// Whether two things follow the code: apart, or, where nothing separates them, the provider's name among other words.
fn tells_provider_and_description(subject: &MessageSubject<'_>, described: &str) -> bool {
    match nota12::pieces(described)[..] {
        [] => false,
        [only] => {
            let certified = subject.data().map(|data| &data.gestore_emittente);
            let names = certified.into_iter().chain(subject.provider.map(|provider| &provider.name));
            let only = folded_name(only);
            names.map(|name| folded_name(name)).any(|name| !name.is_empty() && only.contains(&name) && only != name)
        }
        _ => true,
    }
}
