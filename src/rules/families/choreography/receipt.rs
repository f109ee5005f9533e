//! Delivery receipts: the form asked for, by To and Cc.

use std::{collections::HashSet, rc::Rc};

use crate::{
    message::Kind,
    norm::{Level, clauses::choreography as norm},
    rules::{Check, Finding, Member, Original, Rule, Transaction, not_empty},
};

pub static RULES: &[Rule] = &[
    Rule {
        id: "delivery/form-requested",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_1_FORM],
        question: "Does a receipt carry the original where a complete or brief one is due, and not where a concise one is?",
        consequence: "The sender cannot prove what was delivered, or gets back what they did not want.",
        check: Check::Transaction(|transaction, _| {
            let receipts = not_empty(receipts(transaction))?;
            Some(receipts.filter_map(|about| of_another_form(&about)).collect())
        }),
    },
    Rule {
        id: "delivery/requested-form-named",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_4_REQUESTED],
        question: "Does ricevuta in a receipt's daticert.xml name the form that the envelope asks for?",
        consequence: "Programs take the receipt for another form.",
        check: Check::Transaction(|transaction, _| {
            let receipts = not_empty(receipts(transaction))?;
            Some(receipts.filter_map(|about| misnamed(&about)).collect())
        }),
    },
    Rule {
        id: "delivery/complete-copy",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_1_COPY],
        question: "Is the original in a complete receipt the one in the envelope, byte for byte?",
        consequence: "The receipt proves the delivery of something else.",
        check: Check::Transaction(|transaction, _| {
            let copies = not_empty(receipts(transaction).filter_map(Copy::of))?;
            Some(copies.filter_map(|copy| copy.differs()).collect())
        }),
    },
];

/// The forms of a delivery receipt (3.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Complete,
    Brief,
    Concise,
}

/// The form due for a recipient; `None` where the envelope asks for two: either is right then, and the envelope wrong.
fn due(envelope: &Addressed<'_>, recipient: &str) -> Option<Form> {
    let asked = requested(envelope.envelope);
    let form = form_due(envelope, asked[0], recipient);
    (form == form_due(envelope, asked[1], recipient)).then_some(form)
}

/// An envelope with the addresses of its To and Cc in lower case.
pub(super) struct Addressed<'a> {
    pub(super) envelope: &'a Member,
    to: Option<HashSet<String>>,
    cc: Option<HashSet<String>>,
}

impl<'a> Addressed<'a> {
    fn new(envelope: &'a Member) -> Self {
        let set = |field: &Option<Vec<String>>| {
            field.as_ref().map(|addresses| addresses.iter().map(|address| address.to_ascii_lowercase()).collect())
        };
        Self { envelope, to: set(&envelope.to), cc: set(&envelope.cc) }
    }
}

/// An unknown value asks for a complete one, and whoever is not clearly in Cc alone is primary.
fn form_due(envelope: &Addressed<'_>, asked: &str, recipient: &str) -> Form {
    let recipient = recipient.to_ascii_lowercase();
    let listed = |field: &Option<HashSet<String>>| field.as_ref().map(|addresses| addresses.contains(&recipient));
    let copy = listed(&envelope.to) == Some(false) && listed(&envelope.cc) == Some(true);
    match asked {
        "sintetica" => Form::Concise,
        _ if copy => Form::Concise,
        "breve" => Form::Brief,
        _ => Form::Complete,
    }
}

/// What the envelope asks for, by its header field and by its certification data.
fn requested(envelope: &Member) -> [&'static str; 2] {
    let (field, certified) = (envelope.requested.as_deref(), envelope.data.ricevuta.as_deref());
    [field, certified.or(field)].map(|asked| {
        let asked = asked.unwrap_or("completa").trim();
        ["breve", "sintetica"].into_iter().find(|form| form.eq_ignore_ascii_case(asked)).unwrap_or("completa")
    })
}

/// Each receipt with the envelope it is about and its recipient; none where no envelope is at hand.
pub(super) fn receipts(transaction: &Transaction) -> impl Iterator<Item = Receipt<'_>> {
    let envelope = transaction.first(Kind::PostaCertificata).map(|envelope| Rc::new(Addressed::new(envelope)));
    transaction.of(Kind::AvvenutaConsegna).filter_map(move |receipt| {
        Some(Receipt { envelope: envelope.clone()?, fact: receipt, recipient: receipt.data.consegna.as_deref()? })
    })
}

/// A delivery receipt, the envelope it is about and its recipient.
pub(super) struct Receipt<'a> {
    pub(super) envelope: Rc<Addressed<'a>>,
    pub(super) fact: &'a Member,
    recipient: &'a str,
}

impl<'a> Receipt<'a> {
    /// The form due, where the envelope asks for one only.
    pub(super) fn due(&self) -> Option<Form> {
        due(&self.envelope, self.recipient)
    }

    pub(super) fn sent(&self) -> &'a Member {
        self.envelope.envelope
    }

    fn finding(&self, expected: &str, found: &str, place: String) -> Finding {
        let seen = [self.fact.observation(), self.sent().observation()];
        Finding::new(expected, found, place).blaming(self.fact).seen_in(seen)
    }
}

fn of_another_form(about: &Receipt<'_>) -> Option<Finding> {
    let (receipt, recipient) = (about.fact, about.recipient);
    let expected = match (about.due(), receipt.original.is_some()) {
        (Some(Form::Complete), false) => "a complete receipt, with the original",
        (Some(Form::Brief), false) => "a brief receipt, with the original's parts replaced by hashes",
        (Some(Form::Concise), true) => "a concise receipt, without the original",
        _ => return None,
    };
    let found =
        if receipt.original.is_some() { "a receipt with the original" } else { "a receipt without the original" };
    Some(about.finding(expected, found, format!("{} for {recipient}", receipt.title())))
}

fn misnamed(about: &Receipt<'_>) -> Option<Finding> {
    // None at all, or one that the DTD does not know, is another question's.
    let found = about.fact.data.form()?;
    let requested = requested(about.sent());
    let place = || format!("{}: daticert.xml postacert/dati/ricevuta/@tipo", about.fact.title());
    (!requested.contains(&found)).then(|| about.finding(requested[0], found, place()))
}

/// A complete receipt where one is due, with the original in the envelope and the one in it.
struct Copy<'a> {
    about: Receipt<'a>,
    sent: &'a Original,
    copied: &'a Original,
}

impl<'a> Copy<'a> {
    fn of(about: Receipt<'a>) -> Option<Self> {
        let (sent, copied) = (about.sent().original.as_ref()?, about.fact.original.as_ref()?);
        (about.due() == Some(Form::Complete)).then_some(Self { about, sent, copied })
    }

    fn differs(&self) -> Option<Finding> {
        let title = self.about.fact.title();
        let (Some(sent), Some(copied)) = (self.sent.content, self.copied.content) else {
            return Some(self.about.finding("an original that can be decoded", "one that cannot", title));
        };
        (sent != copied).then(|| {
            let expected = format!("the original as in the envelope, {} octets", sent.octets);
            let found = format!("another, {} octets", copied.octets);
            self.about.finding(&expected, &found, format!("{title}: postacert.eml"))
        })
    }
}
