//! The certification data by themselves (RFC 6109 4.4, Nota 12).

use std::sync::LazyLock;

use regex::Regex;

use crate::{
    directory::Provider,
    message::{Daticert, Kind},
    norm::{
        Level,
        clauses::{delivery, formats, incoming, model},
    },
};

use super::{
    Check, Context, Finding, Rule,
    context::MessageSubject,
    facts::{certifies, folded_name, has_data, is_bare_address, same_address},
};

static IDENTIFIER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[A-Za-z0-9][A-Za-z0-9._+=-]*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]*[A-Za-z0-9]$")
        .expect("the expression is right")
});

static NOTA12: LazyLock<Regex> = LazyLock::new(|| {
    let separator = r"(?:\s+-\s+|\s*,\s+)";
    Regex::new(&format!(r"^5\.\d{{1,3}}\.\d{{1,3}}{separator}\S.*{separator}\S")).expect("the expression is right")
});

static STATUS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b[245]\.\d{1,3}\.\d{1,3}\b").expect("the expression is right"));

/// Kinds about one recipient.
const ABOUT_ONE: [Kind; 5] = [
    Kind::AvvenutaConsegna,
    Kind::ErroreConsegna,
    Kind::ErroreConsegnaVirus,
    Kind::RilevazioneVirus,
    Kind::PreavvisoErroreConsegna,
];

/// Kinds that tell of an error; a timeout notice tells of time that has passed.
const ERRORS: [Kind; 5] = [
    Kind::NonAccettazione,
    Kind::NonAccettazioneVirus,
    Kind::ErroreConsegna,
    Kind::ErroreConsegnaVirus,
    Kind::RilevazioneVirus,
];

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "daticert/well-formed",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_DTD],
        question: "Are the certification data well-formed XML?",
        consequence: "No program can read what the message certifies.",
        check: Check::Message {
            applies: |subject, context| certifies(subject, context) && subject.message.daticert.is_some(),
            check: |subject, _, findings| {
                if let Some(reason) = subject.message.daticert.as_ref().and_then(|reading| reading.malformed.as_ref()) {
                    findings.push(Finding::new("well-formed XML", reason, "daticert.xml"));
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
            applies: has_data,
            check: |subject, _, findings| {
                let Some(reading) = &subject.message.daticert else { return };
                for error in &reading.invalid {
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
            applies: |subject, context| certifies(subject, context) && subject.message.daticert.is_some(),
            check: |subject, _, findings| {
                if subject.message.daticert.as_ref().is_some_and(|reading| reading.doctype) {
                    findings.push(Finding::new("no DOCTYPE", "a DOCTYPE", "daticert.xml"));
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
            applies: has_data,
            check: |subject, _, findings| {
                let (Some(data), Some(kind)) = (subject.data(), subject.message.kind) else { return };
                if kind.tipo() != Some(&data.tipo) {
                    findings.push(Finding::new(
                        kind.tipo().unwrap_or_default(),
                        &data.tipo,
                        "daticert.xml postacert/@tipo",
                    ));
                }
            },
        },
    },
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
                    findings.push(Finding::new(allowed.join(" or "), &data.errore, "daticert.xml postacert/@errore"));
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
            applies: has_data,
            check: |subject, _, findings| {
                let Some(data) = subject.data() else { return };
                if data.instant().is_none() {
                    let found = format!("{} {} {}", data.giorno, data.ora, data.zona);
                    let place = "daticert.xml postacert/dati/data";
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
            applies: has_data,
            check: |subject, _, findings| {
                let Some(data) = subject.data() else { return };
                if !IDENTIFIER.is_match(&data.identificativo) {
                    let place = "daticert.xml postacert/dati/identificativo";
                    findings.push(Finding::new("[alphanumeric string]@[domain]", &data.identificativo, place));
                }
            },
        },
    },
    Rule {
        id: "daticert/addresses",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_ADDRESSES, &model::RFC6109_2_1_PATHS],
        question: "Are sender and recipients bare mail addresses?",
        consequence: "Programs cannot compare them with the addresses they know.",
        check: Check::Message {
            applies: has_data,
            check: |subject, _, findings| {
                let Some(data) = subject.data() else { return };
                let recipients =
                    data.destinatari.iter().map(|recipient| ("intestazione/destinatari", &recipient.address));
                let addresses = std::iter::once(("intestazione/mittente", &data.mittente))
                    .chain(recipients)
                    .chain(data.consegna.iter().map(|address| ("dati/consegna", address)))
                    .chain(data.ricezione.iter().map(|address| ("dati/ricezione", address)));
                for (path, address) in addresses.filter(|(_, address)| !is_bare_address(address)) {
                    findings.push(Finding::new("local@domain", address, format!("daticert.xml postacert/{path}")));
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
            applies: has_data,
            check: |subject, _, findings| {
                let Some(data) = subject.data() else { return };
                for (at, recipient) in data.destinatari.iter().enumerate() {
                    if data.destinatari[..at].iter().any(|before| same_address(&before.address, &recipient.address)) {
                        let place = "daticert.xml postacert/intestazione/destinatari";
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
            applies: |subject, context| has_data(subject, context) && context.directory.is_some(),
            check: |subject, context, findings| {
                let (Some(data), Some(directory)) = (subject.data(), context.directory) else { return };
                for recipient in &data.destinatari {
                    let expected = if directory.is_certified(&recipient.address) { "certificato" } else { "esterno" };
                    if recipient.tipo != expected {
                        let found = format!("{} for {}", recipient.tipo, recipient.address);
                        let place = "daticert.xml postacert/intestazione/destinatari/@tipo";
                        findings.push(Finding::new(expected, found, place));
                    }
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
                has_data(subject, context) && subject.provider.is_some() && context.directory.is_some()
            },
            check: |subject, context, findings| {
                let (Some(data), Some(provider)) = (subject.data(), subject.provider) else { return };
                if is_anothers(data, provider, context) {
                    let place = "daticert.xml postacert/dati/gestore-emittente";
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
                has_data(subject, context) && subject.provider.is_some() && context.directory.is_some()
            },
            check: |subject, context, findings| {
                let (Some(data), Some(provider)) = (subject.data(), subject.provider) else { return };
                // Another provider's name is the question before.
                if !is_anothers(data, provider, context)
                    && folded_name(&data.gestore_emittente) != folded_name(&provider.name)
                {
                    let place = "daticert.xml postacert/dati/gestore-emittente";
                    findings.push(Finding::new(&provider.name, &data.gestore_emittente, place));
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
                has_data(subject, context) && subject.is(&[Kind::PostaCertificata, Kind::AvvenutaConsegna])
            },
            check: |subject, _, findings| {
                if subject.data().is_some_and(|data| data.ricevuta.is_none()) {
                    findings.push(Finding::new("an element ricevuta", "none", "daticert.xml postacert/dati"));
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
            applies: |subject, context| has_data(subject, context) && subject.is(&ABOUT_ONE),
            check: |subject, _, findings| {
                if subject.data().is_some_and(|data| data.consegna.is_none()) {
                    findings.push(Finding::new("an element consegna", "none", "daticert.xml postacert/dati"));
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
            applies: |subject, context| has_data(subject, context) && subject.is(&[Kind::PresaInCarico]),
            check: |subject, _, findings| {
                if subject.data().is_some_and(|data| data.ricezione.is_empty()) {
                    findings.push(Finding::new(
                        "one or more elements ricezione",
                        "none",
                        "daticert.xml postacert/dati",
                    ));
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
                has_data(subject, context) && subject.data().is_some_and(|data| reached(data).next().is_some())
            },
            check: |subject, _, findings| {
                let Some(data) = subject.data() else { return };
                for (element, address) in reached(data) {
                    let mut recipients = data.destinatari.iter();
                    if !recipients.any(|known| same_address(&known.address, address) && known.tipo == "certificato") {
                        let certified = data.destinatari.iter().filter(|known| known.tipo == "certificato");
                        let expected: Vec<&str> = certified.map(|known| &*known.address).collect();
                        let place = format!("daticert.xml postacert/dati/{element}");
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
            applies: has_data,
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
                        let place = format!("daticert.xml postacert/dati/{element}");
                        findings.push(Finding::new("no such element", format!("an element {element}"), place));
                    }
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
                    findings.push(Finding::new("an element errore-esteso", "none", "daticert.xml postacert/dati"));
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
                    findings.push(Finding::new(expected, described, "daticert.xml postacert/dati/errore-esteso"));
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
                    findings.push(Finding::new("5.4.1", found, "daticert.xml postacert/dati/errore-esteso"));
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
                    findings.push(Finding::new("no-dest", &data.errore, "daticert.xml postacert/@errore"));
                }
            },
        },
    },
];

/// The RFC 3463 code in errore-esteso.
pub fn code<'a>(subject: &MessageSubject<'a>) -> Option<&'a str> {
    Some(STATUS.find(subject.data()?.errore_esteso.as_deref()?)?.as_str())
}

/// Whether gestore-emittente is the name of a listed provider other than the signer.
fn is_anothers(data: &Daticert, signer: &Provider, context: &Context<'_>) -> bool {
    let named = folded_name(&data.gestore_emittente);
    let mut providers = context.directory.iter().flat_map(|directory| &directory.providers);
    named != folded_name(&signer.name) && providers.any(|other| folded_name(&other.name) == named)
}

fn reached(data: &Daticert) -> impl Iterator<Item = (&'static str, &str)> {
    let delivered = data.consegna.iter().map(|address| ("consegna", address.as_str()));
    delivered.chain(data.ricezione.iter().map(|address| ("ricezione", address.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pec_msgid_is_bare_and_has_a_domain() {
        for right in ["opec275.20260302.1.48@pec.alfa.example", "A1B2@alfa.example"] {
            assert!(IDENTIFIER.is_match(right), "{right}");
        }
        for wrong in ["<a@alfa.example>", "a", "a@", "@alfa.example", "a b@alfa.example", "a@alfa"] {
            assert!(!IDENTIFIER.is_match(wrong), "{wrong}");
        }
    }

    #[test]
    fn nota_12_wants_the_code_first_and_three_things() {
        assert!(NOTA12.is_match("5.1.1 - Bravo Recapiti Certificati S.r.l. - indirizzo non valido"));
        assert!(NOTA12.is_match("5.5.1, Bravo Recapiti Certificati S.r.l., virus"));
        for wrong in ["indirizzo non valido", "Bravo - 5.1.1 - no", "5.1.1 - indirizzo", "4.1.1 - Bravo - no"] {
            assert!(!NOTA12.is_match(wrong), "{wrong}");
        }
    }
}
