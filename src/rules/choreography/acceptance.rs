//! The sender's provider: one answer, one acceptance, the same instant.

use crate::{
    clock::LegalTime,
    evidence::Party,
    message::Kind,
    norm::{Level, clauses::choreography as norm},
    rules::{Check, Context, Finding, Findings, Rule, Transaction},
};

use super::{manages, observations, signing_provider, times};

pub static RULES: &[Rule] = &[
    Rule {
        id: "choreography/submission-answered",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_2_1_ANSWER],
        question: "Is every submission that the access point took answered by an acceptance or a non-acceptance?",
        consequence: "The sender cannot know whether the message was sent.",
        check: Check::Transaction { applies: taken, check: answered },
    },
    Rule {
        id: "choreography/one-acceptance",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_4_ONE_ACCEPTANCE],
        question: "Is there exactly one acceptance for an accepted message?",
        consequence: "The sender has no proof of sending, or two that contradict each other.",
        check: Check::Transaction { applies: entered, check: one_acceptance },
    },
    Rule {
        id: "choreography/own-provider-accepts",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_4_ONE_ACCEPTANCE],
        question: "Are acceptance and envelope signed by the provider that manages the sender's domain?",
        consequence: "A provider vouches for a user who is not its own.",
        check: Check::Transaction { applies: provably_entered, check: own_provider },
    },
    Rule {
        id: "choreography/acceptance-instant",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_5_DATE, &norm::RFC6109_4_1_SOLE_INSTANT],
        question: "Do acceptance and envelope certify the same instant?",
        consequence: "The time of sending is in doubt.",
        check: Check::Transaction { applies: both_dated, check: same_instant },
    },
    Rule {
        id: "choreography/non-acceptance-excludes",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_1_NOT_ACCEPTED],
        question: "Is a message that was not accepted followed by nothing else?",
        consequence: "The sender is told that nothing was sent, and something was.",
        check: Check::Transaction { applies: refused, check: nothing_else },
    },
];

fn taken(transaction: &Transaction, context: &Context<'_>) -> bool {
    context.evidence.complete && transaction.submission.as_ref().is_some_and(|submission| !submission.refused)
}

fn answered(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    let Some(submission) = transaction.submission.as_ref().filter(|_| transaction.reference().is_none()) else {
        return;
    };
    findings.push(
        Finding::new(
            "an acceptance or a non-acceptance",
            "neither",
            format!("the mailbox of {}", submission.path.from),
        )
        .blaming(submission.to.into())
        .seen_in([submission.observation]),
    );
}

/// An envelope or an acceptance that the harness did not put in.
fn entered(transaction: &Transaction, _: &Context<'_>) -> bool {
    [Kind::Accettazione, Kind::PostaCertificata].into_iter().any(|kind| transaction.first(kind).is_some())
        && transaction.sender_side() != Party::Harness
}

fn one_acceptance(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    let number: usize = transaction.of(Kind::Accettazione).map(times).sum();
    if number == 1 || (number == 0 && !context.evidence.complete) {
        return;
    }
    findings.push(
        Finding::new("one acceptance", number.to_string(), "the sender's mailbox")
            .blaming(transaction.sender_side())
            .seen_in(observations(transaction.of(Kind::Accettazione))),
    );
}

fn provably_entered(transaction: &Transaction, context: &Context<'_>) -> bool {
    context.directory.is_some()
        && transaction
            .of(Kind::Accettazione)
            .chain(transaction.of(Kind::PostaCertificata))
            .any(|fact| signing_provider(fact).is_some())
}

fn own_provider(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    let Some(directory) = context.directory else { return };
    for fact in transaction.of(Kind::Accettazione).chain(transaction.of(Kind::PostaCertificata)) {
        let Some(provider) = signing_provider(fact) else { continue };
        if !manages(directory, provider, &fact.data.mittente) {
            let expected = format!("the provider that manages the domain of {}", fact.data.mittente);
            let finding = Finding::new(expected, provider, format!("{}: signature", fact.title()));
            findings.push(finding.blaming(fact.composer).seen_in([fact.observation()]));
        }
    }
}

fn both_dated(transaction: &Transaction, _: &Context<'_>) -> bool {
    [Kind::Accettazione, Kind::PostaCertificata]
        .into_iter()
        .all(|kind| transaction.first(kind).is_some_and(|fact| fact.data.instant().is_some()))
}

fn same_instant(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    let Some(acceptance) = transaction.first(Kind::Accettazione) else { return };
    let Some(accepted) = acceptance.data.instant() else { return };
    for envelope in transaction.of(Kind::PostaCertificata) {
        let Some(sent) = envelope.data.instant().filter(|sent| *sent != accepted) else { continue };
        findings.push(
            Finding::new(
                format!("{}, as in the acceptance", LegalTime::at(accepted).date_header()),
                LegalTime::at(sent).date_header(),
                format!("{}: daticert.xml postacert/dati/data", envelope.title()),
            )
            .blaming(envelope.composer)
            .seen_in([acceptance.observation(), envelope.observation()]),
        );
    }
}

fn is_non_acceptance(kind: Kind) -> bool {
    matches!(kind, Kind::NonAccettazione | Kind::NonAccettazioneVirus)
}

fn refused(transaction: &Transaction, _: &Context<'_>) -> bool {
    transaction.messages.iter().any(|fact| is_non_acceptance(fact.kind))
}

fn nothing_else(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    let notices = transaction.messages.iter().filter(|fact| is_non_acceptance(fact.kind));
    let number: usize = notices.clone().map(times).sum();
    if number > 1 {
        let finding = Finding::new("one non-acceptance", number.to_string(), "the sender's mailbox");
        findings.push(finding.blaming(transaction.sender_side()).seen_in(observations(notices)));
    }
    for fact in transaction.messages.iter().filter(|fact| !is_non_acceptance(fact.kind)) {
        let finding = Finding::new("nothing beside the non-acceptance", fact.title(), "the transaction");
        findings.push(finding.blaming(fact.composer).seen_in([fact.observation()]));
    }
}
