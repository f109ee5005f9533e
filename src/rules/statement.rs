//! The facts that a readable text must tell (RFC 6109 3), as the certification data know them.

use std::borrow::Cow;

use crate::message::Kind;

use super::{
    Finding, Piece, at,
    context::MessageSubject,
    families::daticert::errors::{ERRORS, code},
    instants::{legal, told},
    spelling::{collapsed, is_bare_address},
    text::Text,
};

/// Something that a text has to tell.
pub(super) struct Statement {
    /// What it is, for a finding.
    what: &'static str,
    /// Its spellings; one is enough.
    spellings: Vec<String>,
    /// Those that glue something else to it, which a finding need not show.
    glued: Glued,
    manner: Manner,
}

/// Spellings that are put together where somebody asks: whatever may stand before it, before each of its own.
#[derive(Default)]
struct Glued {
    before: Vec<Cow<'static, str>>,
    own: Vec<String>,
}

impl Glued {
    fn spellings(&self) -> impl Iterator<Item = String> {
        self.own.iter().flat_map(|own| self.before.iter().map(move |before| format!("{before}{own}")))
    }
}

/// How a fact can be found in a text.
#[derive(Clone, Copy)]
enum Manner {
    /// As a word: nothing before or after that would make it another one. Letter case does not count.
    Word,
    /// As written, as far as Latin-1 can write it.
    Latin1,
    /// As a number with dots: letters and signs may touch it, digits not.
    Number,
}

impl Statement {
    fn word(what: &'static str, value: &str) -> Option<Self> {
        let spellings = vec![collapsed(value)];
        (!spellings[0].is_empty()).then_some(Self { what, spellings, glued: Glued::default(), manner: Manner::Word })
    }

    /// With spellings that glue something else to it.
    fn or_glued(self, before: Vec<Cow<'static, str>>, own: Vec<String>) -> Self {
        Self { glued: Glued { before, own }, ..self }
    }

    /// Any of several words.
    fn any(what: &'static str, values: &[String]) -> Vec<Self> {
        let spellings: Vec<String> =
            values.iter().map(|value| collapsed(value)).filter(|value| !value.is_empty()).collect();
        if spellings.is_empty() {
            Vec::new()
        } else {
            vec![Self { what, spellings, glued: Glued::default(), manner: Manner::Word }]
        }
    }

    pub(super) fn told_by(&self, text: &Text) -> bool {
        let tells = |spelling: &str| match self.manner {
            Manner::Word => text.has_word(spelling),
            Manner::Number => text.has_number(spelling),
            Manner::Latin1 => text.has_latin1(spelling),
        };
        self.spellings.iter().any(|spelling| tells(spelling)) || self.glued.spellings().any(|spelling| tells(&spelling))
    }

    pub(super) fn missing(&self, place: Piece) -> Finding {
        Finding::new(format!("{} {}", self.what, self.spellings.join(" or ")), "not in the text", at::part(place))
    }
}

/// Date, time and offset: as certified, or those of Date where nothing is certified.
pub(super) fn instant(subject: &MessageSubject<'_>) -> Vec<Statement> {
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
    let mut zones = vec![plain.clone()];
    zones.extend(plain.split_at_checked(3).map(|(hours, minutes)| format!("{hours}:{minutes}")));
    let of_time = Statement::word("time", &time).map(|fact| fact.or_glued(vec![time.clone().into()], zones.clone()));
    // `(UTC+0100)`, `09:41:07+0100`.
    let glued = Glued { before: vec!["UTC".into(), "GMT".into(), time.into()], own: zones.clone() };
    let of_zone = Statement { spellings: zones, glued, what: "offset", manner: Manner::Word };
    [Statement::word("date", &date), of_time, Some(of_zone).filter(|_| !plain.is_empty())]
        .into_iter()
        .flatten()
        .collect()
}

/// The subject: as certified, or the one that arrived where nothing is certified.
pub(super) fn original_subject(subject: &MessageSubject<'_>) -> Vec<Statement> {
    let arrived = || {
        let original = subject.original.filter(|_| subject.is(&[Kind::Anomalia]))?;
        Some(original.decoded(original.root.header("Subject")?))
    };
    let value = subject.data().map_or_else(arrived, |data| data.oggetto.clone()).map(|value| collapsed(&value));
    let value = value.filter(|value| !value.is_empty());
    value
        .map(|value| Statement {
            what: "subject",
            spellings: vec![value],
            glued: Glued::default(),
            manner: Manner::Latin1,
        })
        .into_iter()
        .collect()
}

/// The sender, in any of the ways it may be known; the model of a non-delivery for a virus (3.2.4) leaves it out.
pub(super) fn sender(subject: &MessageSubject<'_>) -> Vec<Statement> {
    if subject.is(&[Kind::ErroreConsegnaVirus]) {
        return Vec::new();
    }
    // A certified sender that is no address is another question's.
    let senders: Vec<String> = subject.senders().into_iter().filter(|sender| is_bare_address(sender)).collect();
    Statement::any("sender", &senders)
}

/// The recipients: all of them, those taken over, or the one that the message is about. An anomaly envelope's are those of
/// its paths, of the mailbox it lies in, and of the header of what arrived, any of them: nobody certified them.
pub(super) fn recipients(subject: &MessageSubject<'_>) -> Vec<Statement> {
    const ABOUT_ALL: [Kind; 4] =
        [Kind::Accettazione, Kind::NonAccettazione, Kind::NonAccettazioneVirus, Kind::PostaCertificata];
    // A recipient that is no address is another question's, and a bullet may touch one.
    let fact = |address: &String| {
        let known = Statement::word("recipient", address).filter(|_| is_bare_address(address))?;
        Some(known.or_glued(["-", "+", "."].map(Cow::from).to_vec(), vec![address.clone()]))
    };
    if subject.is(&[Kind::Anomalia]) {
        return Statement::any("recipient", &subject.addressees());
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

pub(super) fn identifier(subject: &MessageSubject<'_>) -> Vec<Statement> {
    subject.data().and_then(|data| Statement::word("identifier", &data.identificativo)).into_iter().collect()
}

pub(super) fn error_code(subject: &MessageSubject<'_>) -> Vec<Statement> {
    let non_delivery = subject.is(&[Kind::ErroreConsegna, Kind::ErroreConsegnaVirus]);
    let code = code(subject).filter(|_| non_delivery).and_then(|code| Statement::word("code", code));
    code.map(|fact| Statement { manner: Manner::Number, ..fact }).into_iter().collect()
}

/// The words of errore-esteso that tell what went wrong: neither the provider's name nor as short as a particle.
pub(super) fn reason(subject: &MessageSubject<'_>) -> Vec<String> {
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
