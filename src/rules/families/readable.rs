//! The readable text: the facts that it must tell, in any wording (RFC 6109 3, 4.3.1).

use crate::{
    message::{Entity, Kind},
    norm::{
        Level,
        clauses::{access, delivery, formats, incoming},
    },
};

use super::{
    Check, Context, Finding, Findings, Rule,
    context::MessageSubject,
    daticert::code,
    facts::{collapsed, generated, is_bare_address},
    telling::{Text, tells_typology},
    times::{legal, told},
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
    Rule {
        id: "text/when",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_2_LEGAL_TIME, &formats::RFC6109_4_1_ONE_INSTANT],
        question: "Does the text tell date, time and offset of the event?",
        consequence: "Users read another time than the certified one, or none.",
        check: Check::Message {
            applies: |subject, context| has_plain(subject, context) && !when(subject).is_empty(),
            check: |subject, _, findings| missing(subject, &when(subject), findings),
        },
    },
    Rule {
        id: "text/subject",
        level: Level::Must,
        clauses: texts!(),
        question: "Does the text tell the original subject?",
        consequence: "Users cannot tell which message it is about.",
        check: Check::Message {
            applies: |subject, context| has_plain(subject, context) && original_subject(subject).is_some(),
            check: |subject, _, findings| missing(subject, original_subject(subject).as_slice(), findings),
        },
    },
    Rule {
        id: "text/sender",
        level: Level::Must,
        clauses: texts!(),
        question: "Does the text tell the original sender?",
        consequence: "Users cannot tell who sent the message it is about.",
        check: Check::Message {
            applies: |subject, context| has_plain(subject, context) && !sender(subject).is_empty(),
            check: |subject, _, findings| {
                let senders = sender(subject);
                let Some(text) = plain(subject) else { return };
                if !senders.iter().any(|fact| fact.told_by(&text)) {
                    findings.push(senders[0].missing("text/plain part"));
                }
            },
        },
    },
    Rule {
        id: "text/recipients",
        level: Level::Must,
        clauses: texts!(),
        question: "Does the text tell the recipients that the message is about?",
        consequence: "Users cannot tell who was, or was not, reached.",
        check: Check::Message {
            applies: |subject, context| has_plain(subject, context) && !recipients(subject).is_empty(),
            check: |subject, _, findings| {
                let recipients = recipients(subject);
                // Nobody certified an anomaly envelope's: it tells those of the paths or those of the header.
                if subject.is(&[Kind::Anomalia]) {
                    let told = plain(subject).is_some_and(|text| recipients.iter().any(|fact| fact.told_by(&text)));
                    findings.extend(recipients.first().filter(|_| !told).map(|fact| fact.missing("text/plain part")));
                } else {
                    missing(subject, &recipients, findings);
                }
            },
        },
    },
    Rule {
        id: "text/identifier",
        level: Level::Must,
        clauses: texts!(),
        question: "Does the text tell the certified identifier?",
        consequence: "In a dispute the text cannot be linked to the logs.",
        check: Check::Message {
            applies: |subject, context| has_plain(subject, context) && identifier(subject).is_some(),
            check: |subject, _, findings| missing(subject, identifier(subject).as_slice(), findings),
        },
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
                        findings.push(Finding::new(expected, "not told of this address", "text/plain part"));
                    }
                }
            },
        },
    },
    Rule {
        id: "non-delivery/code-in-text",
        level: Level::Must,
        clauses: &[&delivery::NOTA12_CODE_IN_TEXT],
        question: "Does a non-delivery's text carry the code of errore-esteso?",
        consequence: "Users and help desks do not see which error it was.",
        check: Check::Message {
            applies: |subject, context| has_plain(subject, context) && error_code(subject).is_some(),
            check: |subject, _, findings| missing(subject, error_code(subject).as_slice(), findings),
        },
    },
    Rule {
        id: "text/reason",
        level: Level::Must,
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
                    findings.push(Finding::new(reason.join(" "), found, "text/plain part"));
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
                let facts = [
                    when(subject),
                    original_subject(subject).into_iter().collect(),
                    sender(subject),
                    recipients(subject),
                    identifier(subject).into_iter().collect(),
                    error_code(subject).into_iter().collect(),
                ];
                for fact in facts.iter().flatten().filter(|fact| fact.told_by(&plain) && !fact.told_by(&html)) {
                    findings.push(fact.missing("text/html part"));
                }
            },
        },
    },
];

/// Something that a text has to tell.
struct Fact {
    /// What it is, for a finding.
    what: &'static str,
    /// Its spellings; one is enough.
    spellings: Vec<String>,
    manner: Manner,
}

/// How a fact can be found in a text.
#[derive(Clone, Copy)]
enum Manner {
    /// As a word: nothing before or after that would make it another one. Letter case does not count.
    Word,
    /// As written, as far as Latin-1 can write it.
    Latin1,
}

impl Fact {
    fn word(what: &'static str, value: &str) -> Option<Self> {
        let spellings = vec![collapsed(value)];
        (!spellings[0].is_empty()).then_some(Self { what, spellings, manner: Manner::Word })
    }

    fn told_by(&self, text: &Text) -> bool {
        self.spellings.iter().any(|spelling| match self.manner {
            Manner::Word => text.has_word(spelling),
            Manner::Latin1 => text.has_latin1(spelling),
        })
    }

    fn missing(&self, place: &str) -> Finding {
        Finding::new(format!("{} {}", self.what, self.spellings.join(" or ")), "not in the text", place)
    }
}

fn missing(subject: &MessageSubject<'_>, facts: &[Fact], findings: &mut Findings) {
    if let Some(text) = plain(subject) {
        findings.extend(facts.iter().filter(|fact| !fact.told_by(&text)).map(|fact| fact.missing("text/plain part")));
    }
}

/// Date, time and offset: as certified, or those of Date where nothing is certified.
fn when(subject: &MessageSubject<'_>) -> Vec<Fact> {
    let (date, time, zone) = if let Some(data) = subject.data() {
        if data.instant().is_none() {
            return Vec::new();
        }
        (data.giorno.clone(), data.ora.clone(), data.zona.clone())
    } else {
        let Some(instant) = told(subject).filter(|_| subject.is(&[Kind::Anomalia])) else { return Vec::new() };
        let written = legal(instant);
        let mut words = written.split(' ').map(str::to_owned);
        (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next().unwrap_or_default())
    };
    let plain = zone.replace(':', "");
    let zone = Fact::word("offset", &plain).map(|mut fact| {
        if let Some((hours, minutes)) = plain.split_at_checked(3) {
            fact.spellings.push(format!("{hours}:{minutes}"));
        }
        fact
    });
    [Fact::word("date", &date), Fact::word("time", &time), zone].into_iter().flatten().collect()
}

/// The subject: as certified, or the one that arrived where nothing is certified.
fn original_subject(subject: &MessageSubject<'_>) -> Option<Fact> {
    let value = match subject.data() {
        Some(data) => data.oggetto.clone()?,
        None if subject.is(&[Kind::Anomalia]) => {
            let original = subject.original?;
            original.decoded(original.root.header("Subject")?)
        }
        None => return None,
    };
    let value = collapsed(&value);
    (!value.is_empty()).then(|| Fact { what: "subject", spellings: vec![value], manner: Manner::Latin1 })
}

/// The sender, in any of the ways it may be known; the model of a non-delivery for a virus (3.2.4) leaves it out.
fn sender(subject: &MessageSubject<'_>) -> Vec<Fact> {
    if subject.is(&[Kind::ErroreConsegnaVirus]) {
        return Vec::new();
    }
    let senders = subject.senders();
    // A certified sender that is no address is another question's.
    senders.iter().filter(|sender| is_bare_address(sender)).filter_map(|sender| Fact::word("sender", sender)).collect()
}

/// The recipients: all of them, those taken over, or the one that the message is about. An anomaly envelope's are those of
/// its paths, of the mailbox it lies in, and of the header of what arrived: any of them.
fn recipients(subject: &MessageSubject<'_>) -> Vec<Fact> {
    const ABOUT_ALL: [Kind; 4] =
        [Kind::Accettazione, Kind::NonAccettazione, Kind::NonAccettazioneVirus, Kind::PostaCertificata];
    let fact = |address: &String| Fact::word("recipient", address);
    if subject.is(&[Kind::Anomalia]) {
        return subject.addressees().iter().filter_map(fact).collect();
    }
    let Some(data) = subject.data() else { return Vec::new() };
    if subject.is(&ABOUT_ALL) {
        data.destinatari.iter().filter_map(|recipient| fact(&recipient.address)).collect()
    } else if subject.is(&[Kind::PresaInCarico]) {
        data.ricezione.iter().filter_map(fact).collect()
    } else {
        data.consegna.iter().filter_map(fact).collect()
    }
}

fn identifier(subject: &MessageSubject<'_>) -> Option<Fact> {
    Fact::word("identifier", &subject.data()?.identificativo)
}

fn error_code(subject: &MessageSubject<'_>) -> Option<Fact> {
    let non_delivery = subject.is(&[Kind::ErroreConsegna, Kind::ErroreConsegnaVirus]);
    code(subject).filter(|_| non_delivery).and_then(|code| Fact::word("code", code))
}

/// The words of errore-esteso that tell what went wrong: neither the provider's name nor as short as a particle.
fn reason(subject: &MessageSubject<'_>) -> Vec<String> {
    const ERRORS: [Kind; 5] = [
        Kind::NonAccettazione,
        Kind::NonAccettazioneVirus,
        Kind::ErroreConsegna,
        Kind::ErroreConsegnaVirus,
        Kind::RilevazioneVirus,
    ];
    const SHORTEST: usize = 4;
    let Some(data) = subject.data().filter(|_| subject.is(&ERRORS)) else { return Vec::new() };
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= SHORTEST);
        words.map(str::to_lowercase).collect()
    };
    let named = subject.provider.map(|provider| words(&provider.name)).unwrap_or_default();
    let names = [words(&data.gestore_emittente), named].concat();
    let mut reason = words(data.errore_esteso.as_deref().unwrap_or_default());
    reason.retain(|word| !names.contains(word));
    reason
}

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
