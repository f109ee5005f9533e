//! The sender's provider: one answer, one acceptance, the same instant.

use jiff::{SignedDuration, Timestamp};

use crate::{
    clock::LegalTime,
    evidence::{Party, View},
    message::Kind,
    norm::{
        Level,
        clauses::{choreography as norm, law},
    },
    rules::{Absence, Check, Context, Finding, Findings, Member, Rule, Transaction, spelling::is_bare_address},
};

use super::{accepted, manages, number, observations, signing_provider};

pub static RULES: &[Rule] = &[
    Rule {
        id: "choreography/submission-answered",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_2_1_ANSWER],
        question: "Is every submission that the access point took answered by an acceptance or a non-acceptance?",
        consequence: "The sender cannot know whether the message was sent.",
        check: Check::Transaction {
            absence: Some(Absence::seen_from(&[View::Sender])),
            applies: taken,
            check: answered,
        },
    },
    Rule {
        id: "choreography/one-acceptance",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_4_ONE_ACCEPTANCE],
        question: "Is there not more than one acceptance for an accepted message?",
        consequence: "The sender has two proofs of sending that contradict each other.",
        check: Check::Transaction { absence: None, applies: accepted, check: one_acceptance },
    },
    Rule {
        id: "choreography/acceptance-missing",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_4_ONE_ACCEPTANCE],
        question: "Is there an acceptance behind every envelope?",
        consequence: "The sender has no proof of sending.",
        check: Check::Transaction {
            absence: Some(Absence::seen_from(&[View::Sender])),
            applies: sent,
            check: acceptance_missing,
        },
    },
    Rule {
        id: "choreography/own-provider-accepts",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_4_ONE_ACCEPTANCE],
        question: "Are acceptance and envelope signed by the provider that manages the sender's domain?",
        consequence: "A provider vouches for a user who is not its own.",
        check: Check::Transaction { absence: None, applies: provably_entered, check: own_provider },
    },
    Rule {
        id: "choreography/own-provider-notifies",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_6_OWN_PROVIDER],
        question: "Are refusals, timeout notices and virus non-deliveries signed by the provider that manages the sender's domain?",
        consequence: "Somebody else tells the user what the own provider has to answer for.",
        check: Check::Transaction { absence: None, applies: provably_notified, check: own_provider_notifies },
    },
    Rule {
        id: "choreography/certified-in-time",
        level: Level::Must,
        clauses: &[&law::DM_ART_9],
        question: "Is no certified instant earlier than the submission, a second aside?",
        consequence: "The provider's clock is wrong, and with it whatever it certifies.",
        check: Check::Transaction { absence: None, applies: clocked, check: in_time },
    },
    Rule {
        id: "choreography/acceptance-instant",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_5_DATE, &norm::RFC6109_4_1_SOLE_INSTANT, &law::DM_ART_9],
        question: "Do acceptance and envelope certify the same instant?",
        consequence: "The time of sending is in doubt.",
        check: Check::Transaction { absence: None, applies: both_dated, check: same_instant },
    },
    Rule {
        id: "choreography/certified-in-order",
        level: Level::Must,
        clauses: &[&law::DM_ART_9, &norm::RFC6109_3_3_2_AFTER_DELIVERY],
        question: "Is nothing that came of a message certified before its acceptance, clocks two seconds apart at most?",
        consequence: "The receipts prove a delivery of what was not sent yet.",
        check: Check::Transaction { absence: None, applies: accepted_and_followed, check: in_order },
    },
    Rule {
        id: "choreography/non-acceptance-excludes",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_1_NOT_ACCEPTED],
        question: "Is a message that was not accepted followed by nothing else?",
        consequence: "The sender is told that nothing was sent, and something was.",
        check: Check::Transaction { absence: None, applies: refused, check: nothing_else },
    },
];

fn taken(transaction: &Transaction, _: &Context<'_>) -> bool {
    transaction.submission.as_ref().is_some_and(|submission| !submission.refused)
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

fn one_acceptance(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    let number = number(transaction.of(Kind::Accettazione));
    if number > 1 {
        let finding = Finding::new("one acceptance", number.to_string(), "the sender's mailbox");
        let acceptances = observations(transaction.of(Kind::Accettazione));
        findings.push(finding.blaming(transaction.sender_side()).seen_in(acceptances));
    }
}

/// An envelope that the harness did not put in.
fn sent(transaction: &Transaction, _: &Context<'_>) -> bool {
    transaction.first(Kind::PostaCertificata).is_some() && transaction.sender_side() != Party::Harness
}

fn acceptance_missing(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    if transaction.first(Kind::Accettazione).is_none() {
        let finding = Finding::new("an acceptance", "none", "the sender's mailbox");
        let envelope = observations(transaction.first(Kind::PostaCertificata));
        findings.push(finding.blaming(transaction.sender_side()).seen_in(envelope));
    }
}

fn provably_entered(transaction: &Transaction, context: &Context<'_>) -> bool {
    context.whole_directory().is_some()
        && transaction
            .of(Kind::Accettazione)
            .chain(transaction.of(Kind::PostaCertificata))
            .any(|fact| signing_provider(fact).is_some())
}

fn own_provider(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    let accepting = transaction.of(Kind::Accettazione).chain(transaction.of(Kind::PostaCertificata));
    signed_by_own_provider(accepting, context, findings);
}

fn notices(transaction: &Transaction) -> impl Iterator<Item = &Member> {
    const KINDS: [Kind; 4] =
        [Kind::NonAccettazione, Kind::NonAccettazioneVirus, Kind::PreavvisoErroreConsegna, Kind::ErroreConsegnaVirus];
    transaction.messages.iter().filter(|fact| KINDS.contains(&fact.kind))
}

fn provably_notified(transaction: &Transaction, context: &Context<'_>) -> bool {
    context.whole_directory().is_some() && notices(transaction).any(|fact| signing_provider(fact).is_some())
}

fn own_provider_notifies(transaction: &Transaction, context: &Context<'_>, findings: &mut Findings) {
    signed_by_own_provider(notices(transaction), context, findings);
}

fn signed_by_own_provider<'a>(facts: impl Iterator<Item = &'a Member>, context: &Context<'_>, findings: &mut Findings) {
    let Some(directory) = context.whole_directory() else { return };
    for fact in facts {
        let Some(provider) = signing_provider(fact) else { continue };
        // Whose provider it should be cannot be told of a sender that cannot be read: that is another question's.
        if is_bare_address(&fact.data.mittente) && !manages(directory, provider, &fact.data.mittente) {
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

const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// What gateways certify in a run, where one clock tells when everything was seen. A message that tells two instants is
/// wrong by itself; which of them its clock gave is not known.
fn dated(transaction: &Transaction) -> impl Iterator<Item = (&Member, Timestamp)> {
    let own = transaction.messages.iter().filter(|fact| fact.composer != Party::Harness && !fact.is_doubtful());
    let certified = own.filter_map(|fact| Some((fact, fact.data.instant()?)));
    certified.filter(|(fact, certified)| fact.date.is_none_or(|date| date.as_second() == certified.as_second()))
}

fn clocked(transaction: &Transaction, context: &Context<'_>) -> bool {
    context.evidence.watch.sees(View::Wires) && dated(transaction).next().is_some()
}

fn in_time(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    // That none is later than its arrival is asked of each message.
    let Some(submitted) = transaction.submission.as_ref().map(|submission| submission.at) else { return };
    for (fact, certified) in dated(transaction).filter(|(_, certified)| *certified + SECOND < submitted) {
        let expected = format!("not before the submission, {submitted}");
        let place = format!("{}: daticert.xml postacert/dati/data", fact.title());
        let finding = Finding::new(expected, certified.to_string(), place);
        findings.push(finding.blaming(fact.composer).seen_in([fact.observation()]));
    }
}

/// What follows an acceptance, with the instant of each.
fn followed(transaction: &Transaction) -> impl Iterator<Item = (&Member, Timestamp)> {
    dated(transaction).filter(|(fact, _)| fact.is_outcome() || fact.goes_to_provider())
}

/// What several acceptances certify is another question's.
fn accepted_at(transaction: &Transaction) -> Option<(&Member, Timestamp)> {
    dated(transaction).filter(|(fact, _)| fact.kind == Kind::Accettazione).min_by_key(|(_, at)| *at)
}

fn accepted_and_followed(transaction: &Transaction, _: &Context<'_>) -> bool {
    accepted_at(transaction).is_some() && followed(transaction).next().is_some()
}

/// Each clock may be a second from UTC; which of two is further, nothing tells.
fn in_order(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    let Some((acceptance, accepted)) = accepted_at(transaction) else { return };
    for (fact, certified) in followed(transaction).filter(|(_, certified)| *certified + SECOND * 2 < accepted) {
        let expected = format!("not before {}, the instant of the acceptance", LegalTime::at(accepted).date_header());
        let place = format!("{}: daticert.xml postacert/dati/data", fact.title());
        let finding = Finding::new(expected, LegalTime::at(certified).date_header(), place);
        let seen = [acceptance.observation(), fact.observation()];
        findings.push(finding.blaming(Party::Undetermined).seen_in(seen));
    }
}

fn is_non_acceptance(kind: Kind) -> bool {
    matches!(kind, Kind::NonAccettazione | Kind::NonAccettazioneVirus)
}

fn refused(transaction: &Transaction, _: &Context<'_>) -> bool {
    transaction.messages.iter().any(|fact| is_non_acceptance(fact.kind))
}

fn nothing_else(transaction: &Transaction, _: &Context<'_>, findings: &mut Findings) {
    let certain = transaction.messages.iter().filter(|fact| !fact.is_doubtful());
    let notices = certain.clone().filter(|fact| is_non_acceptance(fact.kind));
    let number = number(notices.clone());
    if number > 1 {
        let finding = Finding::new("one non-acceptance", number.to_string(), "the sender's mailbox");
        findings.push(finding.blaming(transaction.sender_side()).seen_in(observations(notices)));
    }
    for fact in certain.filter(|fact| !is_non_acceptance(fact.kind)) {
        let finding = Finding::new("nothing beside the non-acceptance", fact.title(), "the transaction");
        findings.push(finding.blaming(fact.composer).seen_in([fact.observation()]));
    }
}
