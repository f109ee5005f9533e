//! The certification data by themselves (RFC 6109 4.4, Nota 12).

pub(in crate::rules) mod errors;
pub(in crate::rules) mod recipients;

use std::sync::LazyLock;

use regex::Regex;

use crate::{
    directory::{Directory, Provider},
    message::{Daticert, DaticertReading, Kind, daticert::DtdError},
    norm::{
        Level,
        clauses::{formats, model},
    },
};

use crate::rules::{Check, Finding, Piece, Rule, at, context::MessageSubject, spelling::folded_name, when};

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
        check: Check::Message(|subject, _| {
            let reading = subject.daticert().filter(|reading| reading.limit.is_none())?;
            let finding = |reason| Finding::new("well-formed XML", reason, at::part(Piece::Daticert));
            Some(reading.malformed.iter().map(finding).collect())
        }),
    },
    Rule {
        id: "daticert/valid",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_DTD],
        question: "Do the certification data follow the DTD?",
        consequence: "Programs built on the DTD reject the file or miss what they look for.",
        check: Check::Message(|subject, _| {
            let readable = |reading: &&DaticertReading| reading.malformed.is_none() && reading.limit.is_none();
            let reading = subject.daticert().filter(readable)?;
            // Below a wrong root nothing has a meaning: that is the one thing to say.
            let told = if reading.data.is_some() { reading.invalid.len() } else { 1 };
            let finding = |error: &DtdError| {
                let place = format!("daticert.xml {}, line {} column {}", error.path, error.line, error.column);
                Finding::new(&error.expected, &error.found, place)
            };
            Some(reading.invalid.iter().take(told).map(finding).collect())
        }),
    },
    Rule {
        id: "daticert/no-doctype",
        level: Level::May,
        clauses: &[&formats::RFC6109_4_4_DTD],
        question: "Do the certification data go without a document type declaration?",
        consequence: "A careless program fetches whatever the declaration points to.",
        check: Check::Message(|subject, _| {
            let doctype = subject.daticert()?.doctype;
            Some(when(doctype, || Finding::new("no DOCTYPE", "a DOCTYPE", at::part(Piece::Daticert))))
        }),
    },
    Rule {
        id: "daticert/type",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_TIPO],
        question: "Is the attribute tipo the type that the header tells?",
        consequence: "Programs read one type in the header and another in the certification data.",
        check: Check::Message(|subject, _| {
            let (data, claimed) = (subject.certified()?, subject.message.claimed?);
            // What an anomaly envelope must not have is another question's.
            let other = claimed.tipo().filter(|tipo| *tipo != data.tipo);
            let finding = |expected| Finding::new(expected, &data.tipo, at::xml("postacert/@tipo"));
            Some(other.map(finding).into_iter().collect())
        }),
    },
    Rule {
        id: "daticert/date-and-time",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_DATA],
        question: "Are day, hour and zone written dd/mm/yyyy, hh:mm:ss and [+|-]hhmm?",
        consequence: "Programs cannot read when the event happened.",
        check: Check::Message(|subject, _| {
            let data = subject.certified()?;
            let there = || !["giorno", "ora"].iter().any(|element| is_missing(subject, element));
            Some(when(data.instant().is_none() && !data.zona.is_empty() && there(), || {
                let found = format!("{} {} {}", data.giorno, data.ora, data.zona);
                Finding::new("dd/mm/yyyy hh:mm:ss [+|-]hhmm", found, at::xml("postacert/dati/data"))
            }))
        }),
    },
    Rule {
        id: "daticert/identifier",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_1_MSGID],
        question: "Is identificativo a PEC msgid: an alphanumeric string, an at sign, a domain?",
        consequence: "Messages about one submission cannot be linked.",
        check: Check::Message(|subject, _| {
            let found = &subject.certified()?.identificativo;
            Some(when(!IDENTIFIER.is_match(found) && !is_missing(subject, "identificativo"), || {
                Finding::new("[alphanumeric string]@[domain]", found, at::xml("postacert/dati/identificativo"))
            }))
        }),
    },
    Rule {
        id: "daticert/provider",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_GESTORE],
        question: "Is gestore-emittente not the name of a provider other than the signer?",
        consequence: "One provider is named and another one signs.",
        check: Check::Message(|subject, context| {
            let (data, signer, directory) = (subject.certified()?, subject.provider?, context.directory?);
            Some(when(is_anothers(data, signer, directory), || named_otherwise(data, signer)))
        }),
    },
    Rule {
        id: "daticert/provider-name",
        level: Level::May,
        clauses: &[&formats::RFC6109_4_4_GESTORE],
        question: "Is gestore-emittente the signer's name in the directory, letter case and punctuation apart?",
        consequence: "Readers of the certification data do not find the provider in the directory.",
        check: Check::Message(|subject, context| {
            let (data, signer, directory) = (subject.certified()?, subject.provider?, context.directory?);
            let differs = folded_name(&data.gestore_emittente) != folded_name(&signer.name);
            // Another provider's name, or none, is another question's.
            let own = || !data.gestore_emittente.trim().is_empty() && !is_anothers(data, signer, directory);
            Some(when(differs && own(), || named_otherwise(data, signer)))
        }),
    },
    Rule {
        id: "daticert/provider-named",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_GESTORE],
        question: "Do the certification data name the provider that certifies them?",
        consequence: "Readers of the certification data do not learn who answers for them.",
        check: Check::Message(|subject, _| {
            let named = subject.certified()?.gestore_emittente.chars().any(char::is_alphanumeric);
            Some(when(!named && !is_missing(subject, "gestore-emittente"), || {
                Finding::new("a name", "nothing", at::xml("postacert/dati/gestore-emittente"))
            }))
        }),
    },
    Rule {
        id: "daticert/receipt-type",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_RICEVUTA],
        question: "Do a transport envelope and a delivery tell which form of receipt was asked for?",
        consequence: "The delivery point does not know what to send back, nor the sender what to expect.",
        check: Check::Message(|subject, _| {
            let data = subject.certified()?;
            subject.one_of(&[Kind::PostaCertificata, Kind::AvvenutaConsegna])?;
            Some(when(data.ricevuta.is_none(), || {
                Finding::new("an element ricevuta", "none", at::xml("postacert/dati"))
            }))
        }),
    },
];

/// Whether an element is not there at all: that the DTD tells, and no other rule again.
pub(in crate::rules) fn is_missing(subject: &MessageSubject<'_>, element: &str) -> bool {
    let xml = subject.message.daticert.as_ref().map_or(&[][..], |reading| &reading.xml);
    memchr::memmem::find(xml, format!("<{element}").as_bytes()).is_none()
}

/// Whether gestore-emittente is the name of a listed provider other than the signer.
fn is_anothers(data: &Daticert, signer: &Provider, directory: &Directory) -> bool {
    let named = folded_name(&data.gestore_emittente);
    let mut providers = directory.providers.iter();
    named != folded_name(&signer.name) && providers.any(|other| folded_name(&other.name) == named)
}

fn named_otherwise(data: &Daticert, signer: &Provider) -> Finding {
    Finding::new(&signer.name, &data.gestore_emittente, at::xml("postacert/dati/gestore-emittente"))
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
