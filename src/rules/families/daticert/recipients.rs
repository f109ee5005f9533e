//! Whom the certification data name (RFC 6109 4.4).

use std::collections::HashSet;

use crate::{
    message::{Daticert, Kind, daticert::Destinatario},
    norm::{
        Level,
        clauses::{formats, incoming, model},
    },
};

use crate::rules::{
    Check, Finding, Findings, Rule, at,
    families::daticert::{errors::ERRORS, is_missing},
    not_empty,
    spelling::{folded_address, is_bare_address},
    when,
};

/// Kinds about one recipient.
const ABOUT_ONE: [Kind; 5] = [
    Kind::AvvenutaConsegna,
    Kind::ErroreConsegna,
    Kind::ErroreConsegnaVirus,
    Kind::RilevazioneVirus,
    Kind::PreavvisoErroreConsegna,
];

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "daticert/addresses",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_ADDRESSES, &model::RFC6109_2_1_PATHS],
        question: "Are sender and recipients bare mail addresses?",
        consequence: "Programs cannot compare them with the addresses they know.",
        check: Check::Message(|subject, _| {
            let data = subject.certified()?;
            let recipients = data.destinatari.iter().map(|recipient| ("intestazione/destinatari", &recipient.address));
            let addresses = std::iter::once(("intestazione/mittente", &data.mittente))
                .chain(recipients)
                .chain(data.consegna.iter().map(|address| ("dati/consegna", address)))
                .chain(data.ricezione.iter().map(|address| ("dati/ricezione", address)));
            let wrong = addresses.filter(|(_, address)| {
                !is_bare_address(address) && (!address.is_empty() || !is_missing(subject, "mittente"))
            });
            let finding = |(path, address)| Finding::new("local@domain", address, at::xml(format!("postacert/{path}")));
            Some(wrong.map(finding).collect())
        }),
    },
    Rule {
        id: "daticert/recipients-once",
        level: Level::May,
        clauses: &[&formats::RFC6109_4_4_RECIPIENTS_ONCE],
        question: "Is every recipient listed once?",
        consequence: "Programs that count receipts wait for one more than will come.",
        check: Check::Message(|subject, _| {
            let recipients = &subject.certified()?.destinatari;
            let mut known = HashSet::new();
            let again = recipients.iter().filter(|recipient| !known.insert(folded_address(&recipient.address)));
            let finding = |recipient: &Destinatario| {
                let place = at::xml("postacert/intestazione/destinatari");
                Finding::new("each recipient once", &recipient.address, place)
            };
            Some(again.map(finding).collect())
        }),
    },
    Rule {
        id: "daticert/recipient-typology",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_1_TYPOLOGY],
        question: "Is each recipient called certified or external as the directory says of its domain?",
        consequence: "The sender waits for a receipt that will never come, or does not expect the one that does.",
        check: Check::Message(|subject, context| {
            let (data, directory) = (subject.certified()?, context.whole_directory()?);
            let mut findings = Findings::new();
            // Of what is no address nobody says whose it is: that is another question's.
            for recipient in data.destinatari.iter().filter(|recipient| is_bare_address(&recipient.address)) {
                let expected = match directory.is_certified(&recipient.address) {
                    true => "certificato",
                    false if directory.is_ordinary(&recipient.address) => "esterno",
                    false => continue,
                };
                if recipient.tipo != expected {
                    let found = format!("{} for {}", recipient.tipo, recipient.address);
                    let place = at::xml("postacert/intestazione/destinatari/@tipo");
                    findings.push(Finding::new(expected, found, place));
                }
            }
            Some(findings)
        }),
    },
    Rule {
        id: "daticert/delivered-to",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_CONSEGNA],
        question: "Does a message about one recipient name it in consegna?",
        consequence: "The sender does not learn which recipient was, or was not, reached.",
        check: Check::Message(|subject, _| {
            let data = subject.certified()?;
            subject.one_of(&ABOUT_ONE)?;
            Some(when(data.consegna.is_none(), || {
                Finding::new("an element consegna", "none", at::xml("postacert/dati"))
            }))
        }),
    },
    Rule {
        id: "daticert/taken-over",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_RICEZIONE, &incoming::RFC6109_3_2_1_RECIPIENTS],
        question: "Does a server-server acceptance name in ricezione the recipients it is for?",
        consequence: "The sending provider does not know for whom it is still responsible.",
        check: Check::Message(|subject, _| {
            let data = subject.certified()?;
            subject.one_of(&[Kind::PresaInCarico])?;
            Some(when(data.ricezione.is_empty(), || {
                Finding::new("one or more elements ricezione", "none", at::xml("postacert/dati"))
            }))
        }),
    },
    Rule {
        id: "daticert/reached-are-recipients",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_CONSEGNA, &formats::RFC6109_4_4_RICEZIONE],
        question: "Are the addresses in consegna and ricezione certified recipients of the message?",
        consequence: "There is proof of delivery to somebody to whom nothing was sent.",
        check: Check::Message(|subject, _| {
            let data = subject.certified()?;
            // What is no address is another question's.
            let reached = not_empty(reached(data).filter(|(_, address)| is_bare_address(address)))?;
            let certified = data.destinatari.iter().filter(|known| known.tipo == "certificato");
            let certified: Vec<&str> = certified.map(|known| &*known.address).collect();
            let known: HashSet<String> = certified.iter().map(|address| folded_address(address)).collect();
            let strange = reached.filter(|(_, address)| !known.contains(&folded_address(address)));
            let expected = certified.join(" or ");
            let finding = |(element, address): (&str, &str)| {
                Finding::new(&expected, address, at::xml(format!("postacert/dati/{element}")))
            };
            Some(strange.map(finding).collect())
        }),
    },
    Rule {
        id: "daticert/out-of-place",
        level: Level::May,
        clauses: &[
            &formats::RFC6109_4_4_RICEVUTA,
            &formats::RFC6109_4_4_CONSEGNA,
            &formats::RFC6109_4_4_RICEZIONE,
            &formats::RFC6109_4_4_ERRORE_ESTESO,
        ],
        question: "Are ricevuta, consegna, ricezione and errore-esteso only where the DTD's comments give them a meaning?",
        consequence: "Programs may take the element for a statement that the message does not make.",
        check: Check::Message(|subject, _| {
            let (data, kind) = (subject.certified()?, subject.settled_kind()?);
            let errors = [ERRORS.as_slice(), &[Kind::PreavvisoErroreConsegna]].concat();
            let places: [(&str, bool, &[Kind]); 4] = [
                ("ricevuta", data.ricevuta.is_some(), &[Kind::PostaCertificata, Kind::AvvenutaConsegna]),
                ("consegna", data.consegna.is_some(), &ABOUT_ONE),
                ("ricezione", !data.ricezione.is_empty(), &[Kind::PresaInCarico]),
                ("errore-esteso", data.errore_esteso.is_some(), &errors),
            ];
            let finding = |element: &str| {
                let place = at::xml(format!("postacert/dati/{element}"));
                Finding::new("no such element", format!("an element {element}"), place)
            };
            let astray = places.into_iter().filter(|(_, there, kinds)| *there && !kinds.contains(&kind));
            Some(astray.map(|(element, ..)| finding(element)).collect())
        }),
    },
];

fn reached(data: &Daticert) -> impl Iterator<Item = (&'static str, &str)> {
    let delivered = data.consegna.iter().map(|address| ("consegna", address.as_str()));
    delivered.chain(data.ricezione.iter().map(|address| ("ricezione", address.as_str())))
}
