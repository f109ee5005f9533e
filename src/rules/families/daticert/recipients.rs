//! Whom the certification data name (RFC 6109 4.4).

use crate::{
    message::{Daticert, Kind},
    norm::{
        Level,
        clauses::{formats, incoming, model},
    },
};

use crate::rules::{
    Check, Finding, Rule,
    applies::{settled_kind, tells_data},
    at,
    families::daticert::{errors::ERRORS, is_missing},
    spelling::{is_bare_address, same_address},
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
        check: Check::Message {
            applies: tells_data,
            check: |subject, _, findings| {
                let Some(data) = subject.data() else { return };
                let recipients =
                    data.destinatari.iter().map(|recipient| ("intestazione/destinatari", &recipient.address));
                let addresses = std::iter::once(("intestazione/mittente", &data.mittente))
                    .chain(recipients)
                    .chain(data.consegna.iter().map(|address| ("dati/consegna", address)))
                    .chain(data.ricezione.iter().map(|address| ("dati/ricezione", address)));
                let wrong = addresses.filter(|(_, address)| !is_bare_address(address));
                for (path, address) in
                    wrong.filter(|(_, address)| !address.is_empty() || !is_missing(subject, "mittente"))
                {
                    findings.push(Finding::new("local@domain", address, at::xml(format!("postacert/{path}"))));
                }
            },
        },
    },
    Rule {
        id: "daticert/recipients-once",
        level: Level::May,
        clauses: &[&formats::RFC6109_4_4_RECIPIENTS_ONCE],
        question: "Is every recipient listed once?",
        consequence: "Programs that count receipts wait for one more than will come.",
        check: Check::Message {
            applies: tells_data,
            check: |subject, _, findings| {
                let Some(data) = subject.data() else { return };
                for (at, recipient) in data.destinatari.iter().enumerate() {
                    if data.destinatari[..at].iter().any(|before| same_address(&before.address, &recipient.address)) {
                        let place = at::xml("postacert/intestazione/destinatari");
                        findings.push(Finding::new("each recipient once", &recipient.address, place));
                    }
                }
            },
        },
    },
    Rule {
        id: "daticert/recipient-typology",
        level: Level::Must,
        clauses: &[&model::RFC6109_2_2_1_TYPOLOGY],
        question: "Is each recipient called certified or external as the directory says of its domain?",
        consequence: "The sender waits for a receipt that will never come, or does not expect the one that does.",
        check: Check::Message {
            applies: |subject, context| tells_data(subject, context) && context.whole_directory().is_some(),
            check: |subject, context, findings| {
                let (Some(data), Some(directory)) = (subject.data(), context.whole_directory()) else { return };
                for recipient in &data.destinatari {
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
            },
        },
    },
    Rule {
        id: "daticert/delivered-to",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_CONSEGNA],
        question: "Does a message about one recipient name it in consegna?",
        consequence: "The sender does not learn which recipient was, or was not, reached.",
        check: Check::Message {
            applies: |subject, context| tells_data(subject, context) && subject.is(&ABOUT_ONE),
            check: |subject, _, findings| {
                if subject.data().is_some_and(|data| data.consegna.is_none()) {
                    findings.push(Finding::new("an element consegna", "none", at::xml("postacert/dati")));
                }
            },
        },
    },
    Rule {
        id: "daticert/taken-over",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_RICEZIONE, &incoming::RFC6109_3_2_1_RECIPIENTS],
        question: "Does a server-server acceptance name in ricezione the recipients it is for?",
        consequence: "The sending provider does not know for whom it is still responsible.",
        check: Check::Message {
            applies: |subject, context| tells_data(subject, context) && subject.is(&[Kind::PresaInCarico]),
            check: |subject, _, findings| {
                if subject.data().is_some_and(|data| data.ricezione.is_empty()) {
                    findings.push(Finding::new("one or more elements ricezione", "none", at::xml("postacert/dati")));
                }
            },
        },
    },
    Rule {
        id: "daticert/reached-are-recipients",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_CONSEGNA, &formats::RFC6109_4_4_RICEZIONE],
        question: "Are the addresses in consegna and ricezione certified recipients of the message?",
        consequence: "There is proof of delivery to somebody to whom nothing was sent.",
        check: Check::Message {
            applies: |subject, context| {
                tells_data(subject, context) && subject.data().is_some_and(|data| reached(data).next().is_some())
            },
            check: |subject, _, findings| {
                let Some(data) = subject.data() else { return };
                for (element, address) in reached(data) {
                    let mut recipients = data.destinatari.iter();
                    if !recipients.any(|known| same_address(&known.address, address) && known.tipo == "certificato") {
                        let certified = data.destinatari.iter().filter(|known| known.tipo == "certificato");
                        let expected: Vec<&str> = certified.map(|known| &*known.address).collect();
                        let place = at::xml(format!("postacert/dati/{element}"));
                        findings.push(Finding::new(expected.join(" or "), address, place));
                    }
                }
            },
        },
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
        check: Check::Message {
            applies: |subject, context| tells_data(subject, context) && settled_kind(subject).is_some(),
            check: |subject, _, findings| {
                let Some(data) = subject.data() else { return };
                let errors = [ERRORS.as_slice(), &[Kind::PreavvisoErroreConsegna]].concat();
                let places: [(&str, bool, &[Kind]); 4] = [
                    ("ricevuta", data.ricevuta.is_some(), &[Kind::PostaCertificata, Kind::AvvenutaConsegna]),
                    ("consegna", data.consegna.is_some(), &ABOUT_ONE),
                    ("ricezione", !data.ricezione.is_empty(), &[Kind::PresaInCarico]),
                    ("errore-esteso", data.errore_esteso.is_some(), &errors),
                ];
                for (element, there, kinds) in places {
                    if there && !subject.is(kinds) {
                        let place = at::xml(format!("postacert/dati/{element}"));
                        findings.push(Finding::new("no such element", format!("an element {element}"), place));
                    }
                }
            },
        },
    },
];

fn reached(data: &Daticert) -> impl Iterator<Item = (&'static str, &str)> {
    let delivered = data.consegna.iter().map(|address| ("consegna", address.as_str()));
    delivered.chain(data.ricezione.iter().map(|address| ("ricezione", address.as_str())))
}
