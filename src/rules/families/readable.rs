//! The readable text: the facts that it must tell, in any wording (RFC 6109 3, 4.3.1).

use std::{borrow::Cow, collections::HashSet, sync::LazyLock};

use regex::Regex;

use crate::{
    message::{
        Daticert, Entity, Kind,
        charset::{is_ascii, is_latin1, utf8_inside},
    },
    norm::{
        Level,
        clauses::{access, delivery, formats, incoming},
    },
};

use crate::rules::{
    Check, Finding, Findings, Piece, Rule, at,
    context::MessageSubject,
    listing::{lists, typologies},
    not_empty,
    spelling::bare_identifier,
    statement::{error_code, identifier, instant, original_subject, reason, recipients, sender},
    text::{Plain, tells_typology},
    when,
};

/// Of more facts that a text does not tell, no more are looked for.
const MOST: usize = 100;

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
            check: Check::Message(|subject, _| {
                let text = &plain(subject)?.text;
                let facts = $facts(subject);
                let untold = || facts.iter().filter(|fact| !fact.told_by(text)).take(MOST);
                (!facts.is_empty()).then(|| untold().map(|fact| fact.missing(Piece::Plain)).collect())
            }),
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
        check: Check::Message(|subject, _| {
            subject.content()?;
            let parts = not_empty(texts(subject))?;
            let finding = |part: &Entity| {
                let content = subject.mail().contained(part).unwrap_or_default();
                let found = match part.param("charset") {
                    // RFC 2045 5.2: without the parameter it is US-ASCII.
                    None => (!content.is_ascii()).then(|| "no charset, and octets beyond ASCII".to_owned()),
                    Some(charset) if is_ascii(charset) => {
                        (!content.is_ascii()).then(|| format!("{charset}, and octets beyond ASCII"))
                    }
                    Some(charset) if is_latin1(charset) => utf8_inside(&content)
                        .map(|(at, sign)| format!("{charset}, and {sign} in UTF-8 at byte {at} of the text")),
                    Some(charset) => Some(charset.to_owned()),
                };
                found.map(|found| {
                    let place = format!("{} part, parameter charset", part.content_type);
                    Finding::new("ISO-8859-1", found, place).at_offset(part.span.start)
                })
            };
            Some(parts.filter_map(finding).collect())
        }),
    },
    tells! {
        "text/when", &[&formats::RFC6109_4_2_LEGAL_TIME, &formats::RFC6109_4_1_ONE_INSTANT], instant,
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
        check: Check::Message(|subject, _| {
            let (Plain { lines, text }, data) = (plain(subject)?, subject.data()?);
            subject.one_of(&[Kind::Accettazione])?;
            let told = typologies(lines);
            let mut findings = Findings::new();
            for recipient in &data.destinatari {
                if findings.len() == MOST {
                    break;
                }
                let typology = if recipient.tipo == "certificato" { "certificata" } else { "ordinaria" };
                let right = match told.get(&recipient.address.to_lowercase()) {
                    Some(told) => *told == typology,
                    // An address that is not there at all is another question's.
                    None => !text.has_word(&recipient.address) || tells_typology(text, &recipient.address, typology),
                };
                if !right {
                    let expected = format!("{} (\"posta {typology}\")", recipient.address);
                    findings.push(Finding::new(expected, "not told of this address", at::part(Piece::Plain)));
                }
            }
            Some(findings)
        }),
    },
    Rule {
        id: "text/recipients-certified",
        level: Level::Must,
        clauses: texts!(),
        question: "Does the text's list of recipients hold none that the certification data lack?",
        consequence: "Users believe that somebody was written to, of whom nothing is certified.",
        check: Check::Message(|subject, _| {
            let plain = plain(subject)?;
            let data = subject.data().filter(|data| !data.destinatari.is_empty())?;
            let lower = |address: &String| address.trim().to_lowercase();
            let recipients: HashSet<String> =
                data.destinatari.iter().map(|recipient| lower(&recipient.address)).collect();
            // Whether whom it reached was certified at all is another question.
            let reached = data.consegna.iter().chain(&data.ricezione).map(lower);
            let others: Vec<String> = reached.chain([lower(&data.mittente), lower(&data.identificativo)]).collect();
            // How HTML is written shows nobody an empty line.
            let close =
                |shown: &str| shown.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n");
            let html = subject.html().map(|html| close(&html.page.shown));
            let texts = [(Piece::Plain, Some(&plain.lines)), (Piece::Html, html.as_ref())];
            let texts = texts.into_iter().filter_map(|(piece, text)| Some((piece, text?)));
            let mut findings = Findings::new();
            for (piece, list) in texts.flat_map(|(piece, text)| lists(text).into_iter().map(move |list| (piece, list)))
            {
                let list: Vec<String> = list.into_iter().map(str::to_lowercase).collect();
                // Addresses elsewhere in a text are not its list of recipients.
                if !list.iter().any(|address| recipients.contains(address)) {
                    continue;
                }
                let known = |address: &String| recipients.contains(address) || others.contains(address);
                for address in list.iter().filter(|address| !known(address)) {
                    findings.push(Finding::new("a certified recipient", address, at::part(piece)));
                }
            }
            Some(findings)
        }),
    },
    Rule {
        id: "text/one-time",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_1_ONE_INSTANT],
        question: "Does the text tell the certified time wherever it tells the event again, as in another language?",
        consequence: "What time users read depends on their language.",
        check: Check::Message(|subject, _| {
            subject.content()?;
            let data = subject.data().filter(|data| data.instant().is_some())?;
            let mut findings = Findings::new();
            for (part, text) in readable_texts(subject) {
                for telling in tellings(subject, data, part, &text) {
                    let times: Vec<&str> = TIME.find_iter(telling).map(|time| time.as_str()).collect();
                    let other = |time: &&str| time.len() == data.ora.len() && **time != data.ora;
                    if !times.is_empty() && times.iter().all(other) {
                        let place = format!("{} part", part.content_type);
                        let finding = Finding::new(&data.ora, times.join(", "), place);
                        findings.push(finding.at_offset(part.span.start));
                    }
                }
            }
            Some(findings)
        }),
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
        check: Check::Message(|subject, _| {
            let text = &plain(subject)?.text;
            let reason = reason(subject);
            if reason.is_empty() {
                return None;
            }
            // Providers word it freely: half of the words in common is enough.
            let told = reason.iter().filter(|word| text.mentions(word)).count();
            Some(when(told * 2 < reason.len(), || {
                Finding::new(reason.join(" "), format!("{told} of these words"), at::part(Piece::Plain))
            }))
        }),
    },
    Rule {
        id: "html/same-facts",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_1_SAME],
        question: "Does the HTML tell every fact that the plain text tells?",
        consequence: "What a user learns depends on the mail program.",
        check: Check::Message(|subject, _| {
            // What was not read is not missing.
            let html = subject.html().filter(|html| html.page.limit.is_none())?;
            let (plain, html) = (&plain(subject)?.text, &html.text);
            let facts = [instant, original_subject, sender, recipients, identifier, error_code];
            let facts = facts.iter().flat_map(|facts| facts(subject));
            let lost = facts.filter(|fact| fact.told_by(plain) && !fact.told_by(html)).take(MOST);
            Some(lost.map(|fact| fact.missing(Piece::Html)).collect())
        }),
    },
];

/// A time of day as PEC writes it, or, longer, as in English.
static TIME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b\d{2}:\d{2}:\d{2}\b(?:\s*[AaPp]\.?[Mm])?").expect("the expression is right"));

/// Every readable text of the message: its text/plain and text/html, and further ones beside them, as for other languages.
fn readable_texts<'a>(subject: &MessageSubject<'a>) -> impl Iterator<Item = (&'a Entity, Cow<'a, str>)> {
    const MOST: usize = 20;
    let parts = &subject.message.parts;
    let inline = parts.others.iter().filter(|part| part.disposition.as_deref() != Some("attachment"));
    let inside = parts.readable.iter().chain(inline).flat_map(|part| part.walk());
    let texts = inside.filter(|part| matches!(part.content_type.as_str(), "text/plain" | "text/html")).take(MOST);
    let plain = parts.plain.as_deref().zip(subject.plain().map(|plain| &*plain.lines));
    let html = parts.html.as_deref().zip(subject.html().map(|html| &*html.written));
    let mail = subject.mail();
    texts.filter_map(move |part| {
        match [plain, html].into_iter().flatten().find(|(known, _)| std::ptr::eq(*known, part)) {
            Some((_, text)) => Some((part, Cow::Borrowed(text))),
            None => Some((part, Cow::Owned(mail.text(part)?))),
        }
    })
}

/// A text in pieces that each tell the event: cut where it names the message, once for each language. Of the first text
/// of either type, told once, other rules ask what it tells.
fn tellings<'t>(subject: &MessageSubject<'_>, data: &Daticert, part: &Entity, text: &'t str) -> Vec<&'t str> {
    let identifier = bare_identifier(&data.identificativo);
    let pieces: Vec<&str> = if identifier.is_empty() { Vec::new() } else { text.split(identifier).collect() };
    let first = texts(subject).any(|known| known.span == part.span);
    match pieces.len() {
        2 if !first => vec![text],
        0..=2 => Vec::new(),
        _ => pieces,
    }
}

/// The text/plain of what a provider's system signs.
fn plain<'a>(subject: &MessageSubject<'a>) -> Option<&'a Plain> {
    subject.content()?;
    subject.plain()
}

fn texts<'a>(subject: &MessageSubject<'a>) -> impl Iterator<Item = &'a Entity> {
    let parts = &subject.message.parts;
    parts.plain.as_deref().into_iter().chain(parts.html.as_deref())
}
