//! The certification data by themselves (RFC 6109 4.4, Nota 12).

pub(in crate::rules) mod errors;
pub(in crate::rules) mod recipients;

use std::sync::LazyLock;

use regex::Regex;

use crate::{
    directory::Provider,
    message::{Daticert, DaticertReading, Kind},
    norm::{
        Level,
        clauses::{formats, model},
    },
};

use crate::rules::{
    Check, Context, Finding, Piece, Rule,
    applies::{has_daticert, tells_data},
    at,
    context::MessageSubject,
    spelling::folded_name,
};

/// A dot-atom of RFC 5322 3.2.3, an at sign, and a name with a dot in it or an address literal (RFC 5321 4.1.3).
static IDENTIFIER: LazyLock<Regex> = LazyLock::new(|| {
    const ATOM: &str = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    const LABEL: &str = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?";
    let pattern = format!(r"^{ATOM}(?:\.+{ATOM})*@(?:(?:{LABEL}\.)+{LABEL}|\[[0-9A-Za-z:.]+\])$");
    Regex::new(&pattern).expect("the expression is right")
});

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "daticert/well-formed",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_DTD],
        question: "Are the certification data well-formed XML?",
        consequence: "No program can read what the message certifies.",
        check: Check::Message {
            applies: |subject, context| {
                has_daticert(subject, context)
                    && subject.message.daticert.as_ref().is_some_and(|reading| reading.limit.is_none())
            },
            check: |subject, _, findings| {
                if let Some(reason) = subject.message.daticert.as_ref().and_then(|reading| reading.malformed.as_ref()) {
                    findings.push(Finding::new("well-formed XML", reason, at::part(Piece::Daticert)));
                }
            },
        },
    },
    Rule {
        id: "daticert/valid",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_DTD],
        question: "Do the certification data follow the DTD?",
        consequence: "Programs built on the DTD reject the file or miss what they look for.",
        check: Check::Message {
            applies: |subject, context| {
                let readable = |reading: &DaticertReading| reading.malformed.is_none() && reading.limit.is_none();
                has_daticert(subject, context) && subject.message.daticert.as_ref().is_some_and(readable)
            },
            check: |subject, _, findings| {
                let Some(reading) = &subject.message.daticert else { return };
                // Below a wrong root nothing has a meaning: that is the one thing to say.
                let told = if subject.data().is_some() { reading.invalid.len() } else { 1 };
                for error in reading.invalid.iter().take(told) {
                    let place = format!("daticert.xml {}, line {} column {}", error.path, error.line, error.column);
                    findings.push(Finding::new(&error.expected, &error.found, place));
                }
            },
        },
    },
    Rule {
        id: "daticert/no-doctype",
        level: Level::May,
        clauses: &[&formats::RFC6109_4_4_DTD],
        question: "Do the certification data go without a document type declaration?",
        consequence: "A careless program fetches whatever the declaration points to.",
        check: Check::Message {
            applies: has_daticert,
            check: |subject, _, findings| {
                if subject.message.daticert.as_ref().is_some_and(|reading| reading.doctype) {
                    findings.push(Finding::new("no DOCTYPE", "a DOCTYPE", at::part(Piece::Daticert)));
                }
            },
        },
    },
    Rule {
        id: "daticert/type",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_TIPO],
        question: "Is the attribute tipo the type that the header tells?",
        consequence: "Programs read one type in the header and another in the certification data.",
        check: Check::Message {
            applies: |subject, context| tells_data(subject, context) && subject.message.claimed.is_some(),
            check: |subject, _, findings| {
                let (Some(data), Some(claimed)) = (subject.data(), subject.message.claimed) else { return };
                // What an anomaly envelope must not have is another question's.
                if let Some(expected) = claimed.tipo().filter(|tipo| *tipo != data.tipo) {
                    findings.push(Finding::new(expected, &data.tipo, at::xml("postacert/@tipo")));
                }
            },
        },
    },
    Rule {
        id: "daticert/date-and-time",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_DATA],
        question: "Are day, hour and zone written dd/mm/yyyy, hh:mm:ss and [+|-]hhmm?",
        consequence: "Programs cannot read when the event happened.",
        check: Check::Message {
            applies: tells_data,
            check: |subject, _, findings| {
                let Some(data) = subject.data() else { return };
                let missing = ["giorno", "ora"].iter().any(|element| is_missing(subject, element));
                if data.instant().is_none() && !missing && !data.zona.is_empty() {
                    let found = format!("{} {} {}", data.giorno, data.ora, data.zona);
                    let place = at::xml("postacert/dati/data");
                    findings.push(Finding::new("dd/mm/yyyy hh:mm:ss [+|-]hhmm", found, place));
                }
            },
        },
    },
    Rule {
        id: "daticert/identifier",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_1_MSGID],
        question: "Is identificativo a PEC msgid: an alphanumeric string, an at sign, a domain?",
        consequence: "Messages about one submission cannot be linked.",
        check: Check::Message {
            applies: tells_data,
            check: |subject, _, findings| {
                let Some(data) = subject.data() else { return };
                if !IDENTIFIER.is_match(&data.identificativo) && !is_missing(subject, "identificativo") {
                    let place = at::xml("postacert/dati/identificativo");
                    findings.push(Finding::new("[alphanumeric string]@[domain]", &data.identificativo, place));
                }
            },
        },
    },
    Rule {
        id: "daticert/provider",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_GESTORE],
        question: "Is gestore-emittente not the name of a provider other than the signer?",
        consequence: "One provider is named and another one signs.",
        check: Check::Message {
            applies: |subject, context| {
                tells_data(subject, context) && subject.provider.is_some() && context.directory.is_some()
            },
            check: |subject, context, findings| {
                let (Some(data), Some(provider)) = (subject.data(), subject.provider) else { return };
                if is_anothers(data, provider, context) {
                    let place = at::xml("postacert/dati/gestore-emittente");
                    findings.push(Finding::new(&provider.name, &data.gestore_emittente, place));
                }
            },
        },
    },
    Rule {
        id: "daticert/provider-name",
        level: Level::May,
        clauses: &[&formats::RFC6109_4_4_GESTORE],
        question: "Is gestore-emittente the signer's name in the directory, letter case and punctuation apart?",
        consequence: "Readers of the certification data do not find the provider in the directory.",
        check: Check::Message {
            applies: |subject, context| {
                tells_data(subject, context) && subject.provider.is_some() && context.directory.is_some()
            },
            check: |subject, context, findings| {
                let (Some(data), Some(provider)) = (subject.data(), subject.provider) else { return };
                // Another provider's name, or none, is another question's.
                if !data.gestore_emittente.trim().is_empty()
                    && !is_anothers(data, provider, context)
                    && folded_name(&data.gestore_emittente) != folded_name(&provider.name)
                {
                    let place = at::xml("postacert/dati/gestore-emittente");
                    findings.push(Finding::new(&provider.name, &data.gestore_emittente, place));
                }
            },
        },
    },
    Rule {
        id: "daticert/provider-named",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_GESTORE],
        question: "Do the certification data name the provider that certifies them?",
        consequence: "Readers of the certification data do not learn who answers for them.",
        check: Check::Message {
            applies: tells_data,
            check: |subject, _, findings| {
                let named = subject.data().is_none_or(|data| data.gestore_emittente.chars().any(char::is_alphanumeric));
                if !named && !is_missing(subject, "gestore-emittente") {
                    findings.push(Finding::new("a name", "nothing", at::xml("postacert/dati/gestore-emittente")));
                }
            },
        },
    },
    Rule {
        id: "daticert/receipt-type",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_RICEVUTA],
        question: "Do a transport envelope and a delivery tell which form of receipt was asked for?",
        consequence: "The delivery point does not know what to send back, nor the sender what to expect.",
        check: Check::Message {
            applies: |subject, context| {
                tells_data(subject, context) && subject.is(&[Kind::PostaCertificata, Kind::AvvenutaConsegna])
            },
            check: |subject, _, findings| {
                if subject.data().is_some_and(|data| data.ricevuta.is_none()) {
                    findings.push(Finding::new("an element ricevuta", "none", at::xml("postacert/dati")));
                }
            },
        },
    },
];

/// Whether an element is not there at all: that the DTD tells, and no other rule again.
pub(in crate::rules) fn is_missing(subject: &MessageSubject<'_>, element: &str) -> bool {
    let xml = subject.message.daticert.as_ref().map_or(&[][..], |reading| &reading.xml);
    memchr::memmem::find(xml, format!("<{element}").as_bytes()).is_none()
}

/// Whether gestore-emittente is the name of a listed provider other than the signer.
fn is_anothers(data: &Daticert, signer: &Provider, context: &Context<'_>) -> bool {
    let named = folded_name(&data.gestore_emittente);
    let mut providers = context.directory.iter().flat_map(|directory| &directory.providers);
    named != folded_name(&signer.name) && providers.any(|other| folded_name(&other.name) == named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pec_msgid_is_bare_and_has_a_domain() {
        for right in [
            "opec275.20260302.1.48@pec.alfa.example",
            "A1B2@alfa.example",
            "_a1$b/c#d~e{f}@mx_1.alfa.example",
            "a..b@alfa.example",
            "a1@[192.0.2.1]",
            "a1@[IPv6:2001:db8::1]",
        ] {
            assert!(IDENTIFIER.is_match(right), "{right}");
        }
        for wrong in
            ["<a@alfa.example>", "a", "a@", "@alfa.example", "a b@alfa.example", "a@alfa", "a@[x", "a@@b.example"]
        {
            assert!(!IDENTIFIER.is_match(wrong), "{wrong}");
        }
    }
}
