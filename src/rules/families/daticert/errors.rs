//! What the certification data tell of errors (RFC 6109 4.4, Nota 12).

use std::sync::LazyLock;

use regex::Regex;

use crate::{
    message::Kind,
    norm::{
        Level,
        clauses::{delivery, formats, incoming},
    },
};

use crate::rules::{Check, Finding, Rule, applies::has_data, at, context::MessageSubject};

static NOTA12: LazyLock<Regex> = LazyLock::new(|| {
    let separator = r"(?:\s+-\s+|\s*,\s+)";
    Regex::new(&format!(r"^5\.\d{{1,3}}\.\d{{1,3}}{separator}\S.*{separator}\S")).expect("the expression is right")
});

static STATUS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b[245]\.\d{1,3}\.\d{1,3}\b").expect("the expression is right"));

/// Kinds that tell of an error; a timeout notice tells of time that has passed.
pub(in crate::rules) const ERRORS: [Kind; 5] = [
    Kind::NonAccettazione,
    Kind::NonAccettazioneVirus,
    Kind::ErroreConsegna,
    Kind::ErroreConsegnaVirus,
    Kind::RilevazioneVirus,
];

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "daticert/error-attribute",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_ERRORE],
        question: "Is the attribute errore one that belongs to this type?",
        consequence: "Programs tell success as error, or an error as another one.",
        check: Check::Message {
            applies: has_data,
            check: |subject, _, findings| {
                let (Some(data), Some(kind)) = (subject.data(), subject.message.kind) else { return };
                let allowed: &[&str] = match kind {
                    // A virus without X-VerificaSicurezza: the DTD allows it, and the missing field is another question's.
                    Kind::NonAccettazione => &["altro", "virus"],
                    Kind::NonAccettazioneVirus | Kind::ErroreConsegnaVirus => &["virus"],
                    Kind::ErroreConsegna => &["no-dest", "no-dominio", "altro", "virus"],
                    Kind::PreavvisoErroreConsegna | Kind::RilevazioneVirus => &["nessuno", "virus", "altro"],
                    _ => &["nessuno"],
                };
                if !allowed.contains(&&*data.errore) {
                    findings.push(Finding::new(allowed.join(" or "), &data.errore, at::xml("postacert/@errore")));
                }
            },
        },
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
        check: Check::Message {
            applies: |subject, context| has_data(subject, context) && subject.is(&ERRORS),
            check: |subject, _, findings| {
                let described = subject.data().and_then(|data| data.errore_esteso.as_ref());
                if described.is_none_or(|text| text.trim().is_empty()) {
                    findings.push(Finding::new("an element errore-esteso", "none", at::xml("postacert/dati")));
                }
            },
        },
    },
    Rule {
        id: "non-delivery/code",
        level: Level::Must,
        clauses: &[&delivery::NOTA12_CODE],
        question: "Is a non-delivery's errore-esteso a class 5 code, the provider and a description?",
        consequence: "Programs cannot tell a wrong address from a full mailbox.",
        check: Check::Message {
            applies: |subject, context| {
                has_data(subject, context)
                    && subject.is(&[Kind::ErroreConsegna, Kind::ErroreConsegnaVirus])
                    && subject.data().is_some_and(|data| data.errore_esteso.is_some())
            },
            check: |subject, _, findings| {
                let Some(described) = subject.data().and_then(|data| data.errore_esteso.as_deref()) else { return };
                if !NOTA12.is_match(described.trim()) {
                    let expected = "<5.x.y> - <provider> - <description>";
                    findings.push(Finding::new(expected, described, at::xml("postacert/dati/errore-esteso")));
                }
            },
        },
    },
    Rule {
        id: "timeout/code",
        level: Level::May,
        clauses: &[&delivery::NOTA12_TIMEOUT_CODE],
        question: "Is the code of a timeout notice, where there is one, 5.4.1?",
        consequence: "Programs that look for 5.4.1 do not see that delivery has failed for good.",
        check: Check::Message {
            applies: |subject, context| {
                has_data(subject, context) && subject.is(&[Kind::PreavvisoErroreConsegna]) && code(subject).is_some()
            },
            check: |subject, _, findings| {
                if let Some(found) = code(subject).filter(|code| *code != "5.4.1") {
                    findings.push(Finding::new("5.4.1", found, at::xml("postacert/dati/errore-esteso")));
                }
            },
        },
    },
    Rule {
        id: "non-delivery/attribute-fits-code",
        level: Level::May,
        clauses: &[&formats::RFC6109_4_4_ERRORE],
        question: "Is errore `no-dest` where the code says that the mailbox is unknown?",
        consequence: "Programs that look at the attribute alone tell a generic error; the code decides.",
        check: Check::Message {
            applies: |subject, context| {
                let error = subject.data().is_some_and(|data| data.errore != "nessuno");
                has_data(subject, context)
                    && error
                    && subject.is(&[Kind::ErroreConsegna])
                    && code(subject) == Some("5.1.1")
            },
            check: |subject, _, findings| {
                let Some(data) = subject.data() else { return };
                if data.errore != "no-dest" {
                    findings.push(Finding::new("no-dest", &data.errore, at::xml("postacert/@errore")));
                }
            },
        },
    },
];

/// The RFC 3463 code in errore-esteso.
pub fn code<'a>(subject: &MessageSubject<'a>) -> Option<&'a str> {
    Some(STATUS.find(subject.data()?.errore_esteso.as_deref()?)?.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nota_12_wants_the_code_first_and_three_things() {
        assert!(NOTA12.is_match("5.1.1 - Bravo Recapiti Certificati S.r.l. - indirizzo non valido"));
        assert!(NOTA12.is_match("5.5.1, Bravo Recapiti Certificati S.r.l., virus"));
        for wrong in ["indirizzo non valido", "Bravo - 5.1.1 - no", "5.1.1 - indirizzo", "4.1.1 - Bravo - no"] {
            assert!(!NOTA12.is_match(wrong), "{wrong}");
        }
    }
}
