//! Timeout notices: when they are due, when they are not, one for each recipient and deadline.

use jiff::{SignedDuration, Timestamp};

use crate::{
    evidence::View,
    message::Kind,
    norm::{
        Level,
        clauses::{choreography as norm, delivery, law},
    },
    rules::{Absence, Check, Context, Finding, Findings, Member, Rule, Transaction, instants::after},
};

use super::{MOST_SHOWN, accepted, by_recipient, is_of_sender_side, is_word_on, number, observations};

const TWELVE: SignedDuration = SignedDuration::from_hours(12);
const TWENTY_TWO: SignedDuration = SignedDuration::from_hours(22);
const TWENTY_FOUR: SignedDuration = SignedDuration::from_hours(24);

const OUTCOMES: [Kind; 3] = [Kind::AvvenutaConsegna, Kind::ErroreConsegna, Kind::ErroreConsegnaVirus];

/// What the sender's provider hears of a message: outcomes, and what goes to its service mailbox.
const NEWS: [Kind; 5] = [
    Kind::AvvenutaConsegna,
    Kind::ErroreConsegna,
    Kind::ErroreConsegnaVirus,
    Kind::PresaInCarico,
    Kind::RilevazioneVirus,
];

pub static RULES: &[Rule] = &[
    Rule {
        id: "timeout/twelve-due",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_6_TWELVE, &law::DM_ART_13_TWELVE],
        question: "Is the sender told when twelve hours passed without server-server acceptance or delivery?",
        consequence: "The sender trusts in a message that may be lost, and loses the time to act.",
        check: Check::Missing(Absence::seen_from(&[View::Sender, View::Service]), |transaction, context| {
            Some(twelve_due(transaction, accepted(transaction)?, context))
        }),
    },
    Rule {
        id: "timeout/twelve-not-due",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_6_TWELVE],
        question: "Is the 12-hour notice sent only after twelve hours in which nothing came?",
        consequence: "The sender is alarmed without reason.",
        check: Check::Transaction(|transaction, context| {
            Some(twelve_not_due(transaction, warned(transaction)?, context))
        }),
    },
    Rule {
        id: "timeout/twenty-four-window",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_6_TWENTY_FOUR, &law::DM_ART_13_TWENTY_FOUR],
        question: "Is the 24-hour notice sent between hours 22 and 24?",
        consequence: "The sender takes the message for lost too early, or learns it too late.",
        check: Check::Transaction(|transaction, _| Some(outside_window(transaction, warned(transaction)?))),
    },
    Rule {
        id: "timeout/second-code",
        level: Level::Must,
        clauses: &[&delivery::NOTA12_TIMEOUT_CODE],
        question: "Does a second timeout notice for a recipient carry the code 5.4.1?",
        consequence: "Programs that look for the code take the second notice for the first and go on waiting.",
        check: Check::Transaction(|transaction, _| {
            warned(transaction)?;
            Some(uncoded(transaction).filter(|notice| is_second(transaction, notice)).map(no_code).collect())
        }),
    },
    Rule {
        id: "timeout/twenty-four-code",
        level: Level::Should,
        clauses: &[&delivery::NOTA12_TIMEOUT_CODE],
        question: "Does a lone timeout notice of hour 22 or later carry the code 5.4.1?",
        consequence: "Programs that look for the code take the notice for the 12-hour one and go on waiting.",
        check: Check::Transaction(|transaction, _| {
            warned(transaction)?;
            let lone = uncoded(transaction).filter(|notice| !is_second(transaction, notice));
            // Another code is another question's.
            Some(lone.filter(|notice| notice.code().is_none()).map(no_code).collect())
        }),
    },
    Rule {
        id: "timeout/twenty-four-not-due",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_6_TWENTY_FOUR],
        question: "Is the 24-hour notice sent only where no outcome came before?",
        consequence: "The sender is told that a message is lost whose outcome they hold.",
        check: Check::Transaction(|transaction, context| {
            warned(transaction).map(|_| twenty_four_not_due(transaction, context))
        }),
    },
    Rule {
        id: "timeout/one-per-deadline",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_6_TWELVE, &norm::RFC6109_3_1_6_TWENTY_FOUR],
        question: "Is there one notice for each recipient and deadline?",
        consequence: "The sender cannot tell which notice is which.",
        check: Check::Transaction(|transaction, _| warned(transaction).map(|_| one_each(transaction))),
    },
];

/// Whether a notice is that of 24 hours: by the code of Nota 12, which is what receivers go by, or by its time. Another code
/// tells nothing.
pub(in crate::rules) fn is_of_24_hours(transaction: &Transaction, fact: &Member) -> bool {
    let late = || Some(issued(fact).duration_since(transaction.dispatched()?) >= TWENTY_TWO);
    fact.kind == Kind::PreavvisoErroreConsegna && (fact.code() == Some("5.4.1") || late().unwrap_or(false))
}

/// How long word from another provider may be on its way where only files tell, which do not show when it came: nothing is
/// undue by less. It is what 3.1.6 leaves the sender's provider between hours 22 and 24.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_hours(2);

fn issued(fact: &Member) -> Timestamp {
    fact.data.instant().unwrap_or_else(|| fact.first_seen())
}

/// Whether the sender's provider surely knew of something when it wrote a notice.
fn was_known(fact: &Member, notice: &Member) -> bool {
    let latest = if fact.is_in_file() { after(issued(fact), ON_ITS_WAY) } else { fact.first_seen() };
    latest < issued(notice)
}

fn notices(transaction: &Transaction) -> impl Iterator<Item = &Member> {
    transaction.of(Kind::PreavvisoErroreConsegna)
}

/// When a message was dispatched of which a notice came.
fn warned(transaction: &Transaction) -> Option<Timestamp> {
    notices(transaction).next()?;
    transaction.dispatched()
}

/// What ends a wait for a recipient: the other provider's word. What the sender's own provider tells of an SMTP failure
/// leaves the notices possible.
fn news<'a>(
    transaction: &'a Transaction,
    recipient: &'a str,
    context: &'a Context<'_>,
) -> impl Iterator<Item = &'a Member> {
    OUTCOMES.into_iter().flat_map(|kind| transaction.concerning(kind, recipient)).filter(move |fact| {
        let elsewhere = fact.kind == Kind::AvvenutaConsegna || !is_of_sender_side(transaction, fact);
        elsewhere && is_word_on(transaction, fact, recipient, context)
    })
}

fn twelve_due(transaction: &Transaction, acceptance: &Member, context: &Context<'_>) -> Findings {
    let mut findings = Findings::new();
    let Some(dispatched) = transaction.dispatched() else { return findings };
    let deadline = after(dispatched, TWELVE);
    // A notice that names nobody is told of by itself, and may be this one.
    if transaction.leaves_open(Kind::PreavvisoErroreConsegna) {
        return findings;
    }
    for recipient in transaction.certified_recipients() {
        let mut heard = NEWS.into_iter().flat_map(|kind| transaction.concerning(kind, recipient));
        let heard = heard.any(|fact| fact.happened() <= deadline && is_word_on(transaction, fact, recipient, context));
        let mut warned = transaction.concerning(Kind::PreavvisoErroreConsegna, recipient);
        if !heard && !warned.any(|notice| !is_of_24_hours(transaction, notice)) {
            findings.push(
                Finding::new(format!("a 12-hour notice for {recipient}"), "none", "the sender's mailbox")
                    .blaming(transaction.senders())
                    .seen_in([acceptance.observation()]),
            );
        }
    }
    findings
}

fn twelve_not_due(transaction: &Transaction, dispatched: Timestamp, context: &Context<'_>) -> Findings {
    let mut findings = Findings::new();
    for notice in notices(transaction).filter(|notice| !is_of_24_hours(transaction, notice)) {
        let late = issued(notice).duration_since(dispatched);
        if late < TWELVE {
            findings.push(undue(notice, "no 12-hour notice before hour 12", &hours(late)));
        }
        let Some(recipient) = notice.data.consegna.as_deref() else { continue };
        let takeovers = transaction.concerning(Kind::PresaInCarico, recipient);
        let takeovers = takeovers.filter(|fact| is_word_on(transaction, fact, recipient, context));
        let heard = takeovers.chain(news(transaction, recipient, context)).find(|fact| was_known(fact, notice));
        if let Some(heard) = heard {
            let finding = undue(notice, "no 12-hour notice once something came", &heard.title());
            findings.push(finding.seen_in([heard.observation()]));
        }
    }
    findings
}

fn of_24_hours(transaction: &Transaction) -> impl Iterator<Item = &Member> {
    notices(transaction).filter(|notice| is_of_24_hours(transaction, notice))
}

fn outside_window(transaction: &Transaction, dispatched: Timestamp) -> Findings {
    let late = of_24_hours(transaction).map(|notice| (notice, issued(notice).duration_since(dispatched)));
    let outside = late.filter(|(_, late)| !(TWENTY_TWO..=TWENTY_FOUR).contains(late));
    outside.map(|(notice, late)| undue(notice, "the 24-hour notice between hours 22 and 24", &hours(late))).collect()
}

/// What the code alone would tell: notices of hour 22 and later that do not carry it.
fn uncoded(transaction: &Transaction) -> impl Iterator<Item = &Member> {
    of_24_hours(transaction).filter(|notice| notice.code() != Some("5.4.1"))
}

/// Whether an earlier notice for the same recipient shows that one is the second, and so that of 24 hours.
fn is_second(transaction: &Transaction, notice: &Member) -> bool {
    let Some(recipient) = notice.data.consegna.as_deref() else { return false };
    // By the time of each; where nothing is wrong there are two.
    let mut earlier = transaction.concerning(Kind::PreavvisoErroreConsegna, recipient).take(MOST_SHOWN);
    earlier.any(|other| issued(other) < issued(notice) && !is_of_24_hours(transaction, other))
}

fn no_code(notice: &Member) -> Finding {
    let found = notice.data.errore_esteso.as_deref().unwrap_or("none");
    let place = format!("{}: daticert.xml postacert/dati/errore-esteso", notice.title());
    let finding = Finding::new("5.4.1 - <provider> - <description>", found, place);
    finding.blaming(notice).seen_in([notice.observation()])
}

fn twenty_four_not_due(transaction: &Transaction, context: &Context<'_>) -> Findings {
    let finding = |notice: &Member| {
        let recipient = notice.data.consegna.as_deref()?;
        let heard = news(transaction, recipient, context).find(|fact| was_known(fact, notice))?;
        let finding = undue(notice, "no 24-hour notice after the outcome", &heard.title());
        Some(finding.seen_in([heard.observation()]))
    };
    of_24_hours(transaction).filter_map(finding).collect()
}

fn one_each(transaction: &Transaction) -> Findings {
    let mut findings = Findings::new();
    let (late, early): (Vec<&Member>, Vec<&Member>) =
        notices(transaction).partition(|notice| is_of_24_hours(transaction, notice));
    for (hours, notices) in [(12, early), (24, late)] {
        for (recipient, same) in by_recipient(notices) {
            let number = number(same.iter().copied());
            let Some(last) = same.last().filter(|_| number > 1) else { continue };
            let expected = format!("one {hours}-hour notice for {recipient}");
            let finding = Finding::new(expected, number.to_string(), "the sender's mailbox").blaming(*last);
            findings.push(finding.seen_in(observations(same)));
        }
    }
    findings
}

fn undue(notice: &Member, expected: &str, found: &str) -> Finding {
    let finding = Finding::new(expected, found, format!("{}: daticert.xml postacert/dati/data", notice.title()));
    finding.blaming(notice).seen_in([notice.observation()])
}

fn hours(late: SignedDuration) -> String {
    let side = if late.is_negative() { "before dispatch" } else { "after dispatch" };
    let seconds = late.as_secs().unsigned_abs();
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let seconds = if seconds == 0 { String::new() } else { format!(" {seconds:02} s") };
    format!("{} h {:02} min{seconds} {side}", minutes / 60, minutes % 60)
}
