//! Delivery receipts: the form asked for, by To and Cc.

use std::{collections::HashSet, rc::Rc};

use crate::{
    message::Kind,
    norm::{Level, clauses::choreography as norm},
    rules::{Check, Context, Finding, Findings, Member, Rule, Transaction},
};

pub static RULES: &[Rule] = &[
    Rule {
        id: "delivery/form-requested",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_1_FORM],
        question: "Does a receipt carry the original where a complete or brief one is due, and not where a concise one is?",
        consequence: "The sender cannot prove what was delivered, or gets back what they did not want.",
        check: Check::Transaction { absence: None, applies: delivered, check: form },
    },
    Rule {
        id: "delivery/requested-form-named",
        level: Level::Must,
        clauses: &[&norm::RFC6109_4_4_REQUESTED],
        question: "Does ricevuta in a receipt's daticert.xml name the form that the envelope asks for?",
        consequence: "Programs take the receipt for another form.",
        check: Check::Transaction { absence: None, applies: delivered, check: named },
    },
    Rule {
        id: "delivery/complete-copy",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_1_COPY],
        question: "Is the original in a complete receipt the one in the envelope, byte for byte?",
        consequence: "The receipt proves the delivery of something else.",
        check: Check::Transaction { absence: None, applies: complete, check: copy },
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
}

fn delivered(transaction: &Transaction, _: &Context<'_>) -> bool {
    receipts(transaction).next().is_some()
}

fn form(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    for about in receipts(transaction) {
        let (envelope, receipt, recipient) = (about.sent(), about.fact, about.recipient);
        let expected = match (about.due(), receipt.original.is_some()) {
            (Some(Form::Complete), false) => "a complete receipt, with the original",
            (Some(Form::Brief), false) => "a brief receipt, with the original's parts replaced by hashes",
            (Some(Form::Concise), true) => "a concise receipt, without the original",
            _ => continue,
        };
        let found =
            if receipt.original.is_some() { "a receipt with the original" } else { "a receipt without the original" };
        let finding = Finding::new(expected, found, format!("{} for {recipient}", receipt.title()));
        findings.push(finding.blaming(receipt.composer).seen_in([receipt.observation(), envelope.observation()]));
    }
}

fn named(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    for about in receipts(transaction) {
        let (envelope, receipt) = (about.sent(), about.fact);
        // None at all is another question's.
        let Some(found) = receipt.data.ricevuta.as_deref() else { continue };
        if !requested(envelope).contains(&found) {
            let place = format!("{}: daticert.xml postacert/dati/ricevuta/@tipo", receipt.title());
            let finding = Finding::new(requested(envelope)[0], found, place);
            findings.push(finding.blaming(receipt.composer).seen_in([receipt.observation(), envelope.observation()]));
        }
    }
}

fn complete(transaction: &Transaction, _: &Context<'_>) -> bool {
    receipts(transaction).any(|about| is_complete(&about))
}

fn is_complete(about: &Receipt<'_>) -> bool {
    let (envelope, receipt) = (about.sent(), about.fact);
    about.due() == Some(Form::Complete) && receipt.original.is_some() && envelope.original.is_some()
}

fn copy(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    for about in receipts(transaction).filter(is_complete) {
        let (envelope, receipt) = (about.sent(), about.fact);
        let content = |fact: &Member| fact.original.as_ref()?.content;
        let (sent, copied) = (content(envelope), content(receipt));
        let finding = match (sent, copied) {
            (Some(sent), Some(copied)) if sent == copied => continue,
            (Some(sent), Some(copied)) => Finding::new(
                format!("the original as in the envelope, {} octets", sent.octets),
                format!("another, {} octets", copied.octets),
                format!("{}: postacert.eml", receipt.title()),
            ),
            _ => Finding::new("an original that can be decoded", "one that cannot", receipt.title()),
        };
        findings.push(finding.blaming(receipt.composer).seen_in([receipt.observation(), envelope.observation()]));
    }
}
