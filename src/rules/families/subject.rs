//! The Subject of every kind: its prefix on the wire, then the original subject.

use crate::{
    message::{Header, HeaderText, Kind, Mail},
    norm::{
        Level,
        clauses::{access, delivery, formats, incoming},
    },
};

use crate::rules::{Check, Finding, Rule, at, context::MessageSubject, when};

macro_rules! prefix_rule {
    ($id:literal, $kind:ident, $clause:path) => {
        Rule {
            id: $id,
            level: Level::Must,
            clauses: &[&$clause],
            question: "Does the Subject start with the prefix of its kind?",
            consequence: "Users, who see only the Subject, take the message for something else.",
            check: Check::Message(|subject, _| {
                let kind = subject.one_of(&[Kind::$kind])?;
                let field = subject.header("Subject")?;
                Some(when(certified_subject(subject).is_none(), || {
                    let expected = format!("{} [original subject]", kind.prefix());
                    let found = subject.mail().decoded(field);
                    Finding::new(expected, found, at::header("Subject")).at_offset(field.span.start)
                }))
            }),
        }
    };
}

/// The rules.
pub static RULES: &[Rule] = &[
    prefix_rule!("acceptance/subject-prefix", Accettazione, access::RFC6109_3_1_4_HEADERS),
    prefix_rule!("non-acceptance/subject-prefix", NonAccettazione, access::RFC6109_3_1_2_HEADERS),
    prefix_rule!("non-acceptance-virus/subject-prefix", NonAccettazioneVirus, access::RFC6109_3_1_3_HEADERS),
    prefix_rule!("server-acceptance/subject-prefix", PresaInCarico, incoming::RFC6109_3_2_1_HEADERS),
    prefix_rule!("delivery/subject-prefix", AvvenutaConsegna, delivery::RFC6109_3_3_2_HEADERS),
    prefix_rule!("non-delivery/subject-prefix", ErroreConsegna, delivery::RFC6109_3_3_3_HEADERS),
    prefix_rule!("non-delivery-virus/subject-prefix", ErroreConsegnaVirus, incoming::RFC6109_3_2_4_HEADERS),
    prefix_rule!("timeout/subject-prefix", PreavvisoErroreConsegna, access::RFC6109_3_1_6_HEADERS),
    prefix_rule!("virus-detection/subject-prefix", RilevazioneVirus, incoming::RFC6109_3_2_3_HEADERS),
    prefix_rule!("envelope/subject-prefix", PostaCertificata, access::RFC6109_3_1_5_HEADERS),
    prefix_rule!("anomaly/subject-prefix", Anomalia, incoming::RFC6109_3_2_2_HEADERS),
    Rule {
        id: "subject/certified",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_OGGETTO],
        question: "Is the subject after the prefix the one in the certification data?",
        consequence: "The Subject that users see is not the one that was certified.",
        check: Check::Message(|subject, _| {
            let (data, (field, found)) = (subject.certified_below_header()?, certified_subject(subject)?);
            // No element is an empty subject.
            let expected = data.oggetto.as_deref().unwrap_or_default();
            Some(when(!found.reads_as(expected), || after_prefix(expected, &found, field)))
        }),
    },
    Rule {
        id: "subject/original",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_4_OGGETTO],
        question: "Is the subject in the certification data the original message's?",
        consequence: "What is certified is not what was sent.",
        check: Check::Message(|subject, _| {
            let (original, data) = subject.certified_original()?;
            let (sent, found) = (subject_of(original), data.oggetto.as_deref().unwrap_or_default());
            Some(when(!sent.reads_as(found), || {
                Finding::new(sent.shown(), found, at::xml("postacert/intestazione/oggetto"))
            }))
        }),
    },
    Rule {
        id: "anomaly/subject-original",
        level: Level::Must,
        clauses: &[&incoming::RFC6109_3_2_2_HEADERS],
        question: "Is the subject after an anomaly envelope's prefix that of the message that arrived?",
        consequence: "The recipient cannot tell from the Subject which message arrived.",
        check: Check::Message(|subject, _| {
            subject.one_of(&[Kind::Anomalia])?;
            let (original, (field, found)) = (subject.original?, certified_subject(subject)?);
            let sent = subject_of(original);
            Some(when(!found.same_as(&sent), || after_prefix(sent.shown(), &found, field)))
        }),
    },
];

/// The Subject of a message, empty where it has none.
fn subject_of(mail: &Mail) -> HeaderText {
    mail.root.header("Subject").map_or_else(HeaderText::empty, |header| mail.header_text(header))
}

/// That the subject after the prefix is another.
fn after_prefix(expected: impl AsRef<str>, found: &HeaderText, field: &Header) -> Finding {
    let place = at::header("Subject").detail("after the prefix");
    Finding::new(expected, found.shown(), place).at_offset(field.span.start)
}

/// The Subject, and what follows the prefix in it; `None` where the prefix is not there.
fn certified_subject<'a>(subject: &MessageSubject<'a>) -> Option<(&'a Header, HeaderText)> {
    let field = subject.header("Subject")?;
    let text = subject.mail().header_text(field);
    // The prefix of a notice for a virus does not start with that of the same notice without one: the colon differs. Where
    // X-VerificaSicurezza and the certification data do not agree on the virus, which is another question's, either is right.
    let kinds = [subject.message.kind, subject.message.claimed];
    let prefixed = |text: &HeaderText| kinds.into_iter().flatten().find_map(|kind| text.after(kind.prefix()));
    // A mailing list puts its tag before it.
    let tagged = || prefixed(&text.after_tag().filter(|_| subject.mail().is_from_a_list())?);
    Some((field, prefixed(&text).or_else(tagged)?))
}
