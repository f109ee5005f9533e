//! The readable text: the facts that it must tell, in any wording (RFC 6109 3, 4.3.1).

use crate::{
    message::{Entity, Kind},
    norm::{
        Level,
        clauses::{access, delivery, formats, incoming},
    },
};

use crate::rules::{
    Check, Context, Finding, Piece, Rule,
    applies::generated,
    at,
    context::MessageSubject,
    statement::{error_code, identifier, original_subject, reason, recipients, sender, when},
    text::{Text, tells_typology},
};

/// The clauses that say what each kind tells.
macro_rules! texts {
    () => {
        &[
            &access::RFC6109_3_1_2_TEXT,
            &access::RFC6109_3_1_3_TEXT,
            &access::RFC6109_3_1_4_TEXT,
            &access::RFC6109_3_1_5_TEXT,
            &access::RFC6109_3_1_6_TEXT,
            &incoming::RFC6109_3_2_1_TEXT,
            &incoming::RFC6109_3_2_2_TEXT,
            &incoming::RFC6109_3_2_3_TEXT,
            &incoming::RFC6109_3_2_4_TEXT,
            &delivery::RFC6109_3_3_2_1_TEXT,
            &delivery::RFC6109_3_3_3_TEXT,
        ]
    };
}

/// A rule that the text tells facts.
macro_rules! tells {
    ($id:literal, $clauses:expr, $facts:ident, $question:literal, $consequence:literal) => {
        Rule {
            id: $id,
            level: Level::Must,
            clauses: $clauses,
            question: $question,
            consequence: $consequence,
            check: Check::Message {
                applies: |subject, context| has_plain(subject, context) && !$facts(subject).is_empty(),
                check: |subject, _, findings| {
                    let Some(text) = plain(subject) else { return };
                    let facts = $facts(subject);
                    findings.extend(
                        facts.iter().filter(|fact| !fact.told_by(&text)).map(|fact| fact.missing(Piece::Plain)),
                    );
                },
            },
        }
    };
}

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "text/charset",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_1_CHARSET],
        question: "Is the readable text ISO-8859-1?",
        consequence: "Older programs show broken letters.",
        check: Check::Message {
            applies: |subject, context| generated(subject, context) && texts(subject).next().is_some(),
            check: |subject, _, findings| {
                const LATIN1: [&str; 6] = ["iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "us-ascii", "ascii"];
                for part in texts(subject) {
                    let ascii = subject.mail().content(part).is_some_and(|content| content.is_ascii());
                    let right = match part.param("charset") {
                        Some(charset) => LATIN1.iter().any(|known| charset.eq_ignore_ascii_case(known)),
                        // RFC 2045 5.2: without the parameter it is US-ASCII.
                        None => ascii,
                    };
                    if !right {
                        let found = part.param("charset").unwrap_or("no charset, and octets beyond ASCII");
                        let place = format!("{} part, parameter charset", part.content_type);
                        findings.push(Finding::new("ISO-8859-1", found, place).at_offset(part.span.start));
                    }
                }
            },
        },
    },
    tells! {
        "text/when", &[&formats::RFC6109_4_2_LEGAL_TIME, &formats::RFC6109_4_1_ONE_INSTANT], when,
        "Does the text tell date, time and offset of the event?",
        "Users read another time than the certified one, or none."
    },
    tells! {
        "text/subject", texts!(), original_subject,
        "Does the text tell the original subject?",
        "Users cannot tell which message it is about."
    },
    tells! {
        "text/sender", texts!(), sender,
        "Does the text tell the original sender?",
        "Users cannot tell who sent the message it is about."
    },
    tells! {
        "text/recipients", texts!(), recipients,
        "Does the text tell the recipients that the message is about?",
        "Users cannot tell who was, or was not, reached."
    },
    tells! {
        "text/identifier", texts!(), identifier,
        "Does the text tell the certified identifier?",
        "In a dispute the text cannot be linked to the logs."
    },
    Rule {
        id: "acceptance/typology-in-text",
        level: Level::Must,
        clauses: &[&access::RFC6109_3_1_4_TEXT],
        question: "Does an acceptance's text tell of every recipient whether it is certified or ordinary mail?",
        consequence: "The sender does not know for whom there will be proof of delivery.",
        check: Check::Message {
            applies: |subject, context| {
                has_plain(subject, context) && subject.is(&[Kind::Accettazione]) && subject.data().is_some()
            },
            check: |subject, _, findings| {
                let (Some(text), Some(data)) = (plain(subject), subject.data()) else { return };
                for recipient in &data.destinatari {
                    let typology = if recipient.tipo == "certificato" { "certificata" } else { "ordinaria" };
                    // An address that is not there at all is another question's.
                    if text.has_word(&recipient.address) && !tells_typology(&text, &recipient.address, typology) {
                        let expected = format!("{} (\"posta {typology}\")", recipient.address);
                        findings.push(Finding::new(expected, "not told of this address", at::part(Piece::Plain)));
                    }
                }
            },
        },
    },
    tells! {
        "non-delivery/code-in-text", &[&delivery::NOTA12_CODE_IN_TEXT], error_code,
        "Does a non-delivery's text carry the code of errore-esteso?",
        "Users and help desks do not see which error it was."
    },
    Rule {
        id: "text/reason",
        // The clause is a MUST; whether freely worded text tells the same error can only be guessed.
        level: Level::Should,
        clauses: &[
            &access::RFC6109_3_1_2_TEXT,
            &access::RFC6109_3_1_3_TEXT,
            &incoming::RFC6109_3_2_3_REASON,
            &incoming::RFC6109_3_2_4_REASON,
            &delivery::RFC6109_3_3_3_TEXT,
        ],
        question: "Does the text of a notice of an error tell the error that the certification data describe, in its words or others?",
        consequence: "Users learn that something failed, and not what they could do about it.",
        check: Check::Message {
            applies: |subject, context| has_plain(subject, context) && !reason(subject).is_empty(),
            check: |subject, _, findings| {
                let (Some(text), reason) = (plain(subject), reason(subject)) else { return };
                // Providers word it freely: half of the words in common is enough.
                let told = reason.iter().filter(|word| text.mentions(word)).count();
                if told * 2 < reason.len() {
                    let found = format!("{told} of these words");
                    findings.push(Finding::new(reason.join(" "), found, at::part(Piece::Plain)));
                }
            },
        },
    },
    Rule {
        id: "html/same-facts",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_1_SAME],
        question: "Does the HTML tell every fact that the plain text tells?",
        consequence: "What a user learns depends on the mail program.",
        check: Check::Message {
            applies: |subject, context| has_plain(subject, context) && html(subject).is_some(),
            check: |subject, _, findings| {
                let (Some(plain), Some(html)) = (plain(subject), html(subject)) else { return };
                let facts = [when, original_subject, sender, recipients, identifier, error_code];
                for fact in facts
                    .iter()
                    .flat_map(|facts| facts(subject))
                    .filter(|fact| fact.told_by(&plain) && !fact.told_by(&html))
                {
                    findings.push(fact.missing(Piece::Html));
                }
            },
        },
    },
];

fn has_plain(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    generated(subject, context) && plain(subject).is_some()
}

fn plain(subject: &MessageSubject<'_>) -> Option<Text> {
    subject.mail().text(subject.message.parts.plain.as_ref()?).map(|text| Text::plain(&text))
}

fn html(subject: &MessageSubject<'_>) -> Option<Text> {
    subject.mail().text(subject.message.parts.html.as_ref()?).map(|text| Text::html(&text))
}

fn texts<'a>(subject: &MessageSubject<'a>) -> impl Iterator<Item = &'a Entity> {
    subject.message.parts.plain.iter().chain(&subject.message.parts.html)
}
