//! Timeout notices: when they are due, when they are not, one for each recipient and deadline.

use jiff::{SignedDuration, Timestamp};

use crate::{
    evidence::View,
    message::Kind,
    norm::{
        Level,
        clauses::{choreography as norm, delivery, law},
    },
    rules::{Absence, Check, Context, Finding, Findings, Member, Rule, Transaction},
};

use super::{accepted, is_word_on, observations, times};

const TWELVE: SignedDuration = SignedDuration::from_hours(12);
const TWENTY_TWO: SignedDuration = SignedDuration::from_hours(22);
const TWENTY_FOUR: SignedDuration = SignedDuration::from_hours(24);

pub static RULES: &[Rule] = &[
    Rule {
        id: "timeout/twelve-due",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_6_TWELVE, &law::DM_ART_13_TWELVE],
        question: "Is the sender told when twelve hours passed without server-server acceptance or delivery?",
        consequence: "The sender trusts in a message that may be lost, and loses the time to act.",
        check: Check::Transaction {
            absence: Some(Absence::seen_from(&[View::Sender, View::Service])),
            applies: accepted,
            check: twelve_due,
        },
    },
    Rule {
        id: "timeout/twelve-not-due",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_6_TWELVE],
        question: "Is the 12-hour notice sent only after twelve hours in which nothing came?",
        consequence: "The sender is alarmed without reason.",
        check: Check::Transaction { absence: None, applies: warned, check: twelve_not_due },
    },
    Rule {
        id: "timeout/twenty-four-window",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_6_TWENTY_FOUR, &law::DM_ART_13_TWENTY_FOUR],
        question: "Is the 24-hour notice sent between hours 22 and 24?",
        consequence: "The sender takes the message for lost too early, or learns it too late.",
        check: Check::Transaction { absence: None, applies: warned, check: window },
    },
    Rule {
        id: "timeout/twenty-four-code",
        level: Level::May,
        clauses: &[&delivery::NOTA12_TIMEOUT_CODE],
        question: "Does the 24-hour notice carry the code 5.4.1?",
        consequence: "Programs that look for the code take the notice for the 12-hour one and go on waiting.",
        check: Check::Transaction { absence: None, applies: warned, check: coded },
    },
    Rule {
        id: "timeout/twenty-four-not-due",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_6_TWENTY_FOUR],
        question: "Is the 24-hour notice sent only where no outcome came before?",
        consequence: "The sender is told that a message is lost whose outcome they hold.",
        check: Check::Transaction { absence: None, applies: warned, check: twenty_four_not_due },
    },
    Rule {
        id: "timeout/one-per-deadline",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_6_TWELVE, &norm::RFC6109_3_1_6_TWENTY_FOUR],
        question: "Is there one notice for each recipient and deadline?",
        consequence: "The sender cannot tell which notice is which.",
        check: Check::Transaction { absence: None, applies: warned, check: one_each },
    },
];

/// Whether a notice is that of 24 hours: by the code of Nota 12, which is what receivers go by, else by its time.
pub(in crate::rules) fn is_of_24_hours(transaction: &Transaction, fact: &Member) -> bool {
    let late = || Some(issued(fact).duration_since(transaction.dispatched()?) >= TWENTY_TWO);
    fact.kind == Kind::PreavvisoErroreConsegna
        && (fact.code() == Some("5.4.1") || fact.code().is_none() && late().unwrap_or(false))
}

fn issued(fact: &Member) -> Timestamp {
    fact.data.instant().unwrap_or_else(|| fact.first_seen())
}

fn notices(transaction: &Transaction) -> impl Iterator<Item = &Member> {
    transaction.of(Kind::PreavvisoErroreConsegna)
}

fn warned(transaction: &Transaction, _: &Context<'_>) -> bool {
    transaction.dispatched().is_some() && notices(transaction).next().is_some()
}

/// What ends a wait for a recipient: the other provider's word. What the sender's own provider tells of an SMTP failure
/// leaves the notices possible.
fn news<'a>(
    transaction: &'a Transaction,
    recipient: &'a str,
    context: &'a Context<'_>,
) -> impl Iterator<Item = &'a Member> {
    transaction.messages.iter().filter(move |fact| {
        let heard =
            fact.kind == Kind::AvvenutaConsegna || fact.is_outcome() && fact.composer != transaction.sender_side();
        heard && fact.concerns(recipient) && is_word_on(transaction, fact, recipient, context)
    })
}

fn twelve_due(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    let Some(dispatched) = transaction.dispatched() else { return };
    let deadline = dispatched + TWELVE;
    // A notice that names nobody is told of by itself, and may be this one.
    if transaction.leaves_open(Kind::PreavvisoErroreConsegna) {
        return;
    }
    for recipient in transaction.certified_recipients() {
        let heard = transaction.messages.iter().any(|fact| {
            let news = fact.is_outcome() || fact.goes_to_provider();
            news && fact.concerns(recipient)
                && fact.first_seen() <= deadline
                && is_word_on(transaction, fact, recipient, context)
        });
        let mut warned = notices(transaction).filter(|notice| notice.concerns(recipient));
        if !heard && !warned.any(|notice| !is_of_24_hours(transaction, notice)) {
            findings.push(
                Finding::new(format!("a 12-hour notice for {recipient}"), "none", "the sender's mailbox")
                    .blaming(transaction.sender_side())
                    .seen_in(observations(transaction.first(Kind::Accettazione))),
            );
        }
    }
}

fn twelve_not_due(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    let Some(dispatched) = transaction.dispatched() else { return };
    for notice in notices(transaction).filter(|notice| !is_of_24_hours(transaction, notice)) {
        let after = issued(notice).duration_since(dispatched);
        if after < TWELVE {
            report(findings, notice, "no 12-hour notice before hour 12", hours(after), None);
        }
        let Some(recipient) = &notice.data.consegna else { continue };
        let takeovers = transaction.concerning(Kind::PresaInCarico, recipient);
        let takeovers = takeovers.filter(|fact| is_word_on(transaction, fact, recipient, context));
        let heard =
            takeovers.chain(news(transaction, recipient, context)).find(|fact| fact.first_seen() < issued(notice));
        if let Some(heard) = heard {
            report(findings, notice, "no 12-hour notice once something came", heard.title(), Some(heard));
        }
    }
}

fn window(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    let Some(dispatched) = transaction.dispatched() else { return };
    for notice in notices(transaction).filter(|notice| is_of_24_hours(transaction, notice)) {
        let after = issued(notice).duration_since(dispatched);
        if !(TWENTY_TWO..=TWENTY_FOUR).contains(&after) {
            report(findings, notice, "the 24-hour notice between hours 22 and 24", hours(after), None);
        }
    }
}

/// A notice with another code is another question's.
fn coded(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    for notice in notices(transaction).filter(|notice| is_of_24_hours(transaction, notice) && notice.code().is_none()) {
        let found = notice.data.errore_esteso.as_deref().unwrap_or("none");
        let place = format!("{}: daticert.xml postacert/dati/errore-esteso", notice.title());
        let finding = Finding::new("5.4.1 - <provider> - <description>", found, place);
        findings.push(finding.blaming(notice.composer).seen_in([notice.observation()]));
    }
}

fn twenty_four_not_due(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    for notice in notices(transaction).filter(|notice| is_of_24_hours(transaction, notice)) {
        let Some(recipient) = &notice.data.consegna else { continue };
        let heard = news(transaction, recipient, context).find(|fact| fact.first_seen() < issued(notice));
        if let Some(heard) = heard {
            report(findings, notice, "no 24-hour notice after the outcome", heard.title(), Some(heard));
        }
    }
}

fn one_each(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    let mut seen: Vec<(bool, String)> = Vec::new();
    for notice in notices(transaction) {
        let Some(recipient) = &notice.data.consegna else { continue };
        let late = is_of_24_hours(transaction, notice);
        let key = (late, recipient.to_ascii_lowercase());
        if seen.contains(&key) {
            continue;
        }
        seen.push(key);
        let same: Vec<&Member> = notices(transaction)
            .filter(|other| other.concerns(recipient) && is_of_24_hours(transaction, other) == late)
            .collect();
        let number: usize = same.iter().map(|notice| times(notice)).sum();
        if number > 1 {
            let expected = format!("one {}-hour notice for {recipient}", if late { 24 } else { 12 });
            let finding = Finding::new(expected, number.to_string(), "the sender's mailbox");
            findings.push(finding.blaming(notice.composer).seen_in(observations(same)));
        }
    }
}

fn report(findings: &mut Findings, notice: &Member, expected: &str, found: String, heard: Option<&Member>) {
    let finding = Finding::new(expected, found, format!("{}: daticert.xml postacert/dati/data", notice.title()));
    let finding = finding.blaming(notice.composer).seen_in([notice.observation()]);
    findings.push(finding.seen_in(observations(heard)));
}

fn hours(after: SignedDuration) -> String {
    let minutes = after.as_mins();
    format!("{} h {:02} min after dispatch", minutes / 60, minutes % 60)
}
