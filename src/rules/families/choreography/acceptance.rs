//! The sender's provider: one answer, one acceptance, the same instant.

use jiff::{SignedDuration, Timestamp};

use crate::{
    clock::LegalTime,
    directory::Directory,
    evidence::{Party, View},
    message::Kind,
    norm::{
        Level,
        clauses::{choreography as norm, law},
    },
    rules::{
        Absence, Check, Finding, Findings, Member, Rule, Submission, Transaction, instants::after, not_empty,
        providers::manages, spelling::is_bare_address, when,
    },
};

use super::{accepted, number, observations, signing_provider};

pub static RULES: &[Rule] = &[
    Rule {
        id: "choreography/submission-answered",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_2_1_ANSWER],
        question: "Is every submission that the access point took answered by an acceptance or a non-acceptance?",
        consequence: "The sender cannot know whether the message was sent.",
        check: Check::Missing(Absence::seen_from(&[View::Sender]), |transaction, _| {
            Some(answered(transaction, taken(transaction)?))
        }),
    },
    Rule {
        id: "choreography/one-acceptance",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_4_ONE_ACCEPTANCE],
        question: "Is there not more than one acceptance for an accepted message?",
        consequence: "The sender has two proofs of sending that contradict each other.",
        check: Check::Transaction(|transaction, _| accepted(transaction).map(|_| one_acceptance(transaction))),
    },
    Rule {
        id: "choreography/acceptance-missing",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_4_ONE_ACCEPTANCE],
        question: "Is there an acceptance behind every envelope?",
        consequence: "The sender has no proof of sending.",
        check: Check::Missing(Absence::seen_from(&[View::Sender]), |transaction, _| {
            Some(acceptance_missing(transaction, sent(transaction)?))
        }),
    },
    Rule {
        id: "choreography/own-provider-accepts",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_4_ONE_ACCEPTANCE],
        question: "Are acceptance and envelope signed by the provider that manages the sender's domain?",
        consequence: "A provider vouches for a user who is not its own.",
        check: Check::Transaction(|transaction, context| {
            signed_by_own_provider(accepting(transaction), context.whole_directory()?)
        }),
    },
    Rule {
        id: "choreography/own-provider-notifies",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_6_OWN_PROVIDER],
        question: "Are refusals, timeout notices and virus non-deliveries signed by the provider that manages the sender's domain?",
        consequence: "Somebody else tells the user what the own provider has to answer for.",
        check: Check::Transaction(|transaction, context| {
            signed_by_own_provider(notices(transaction), context.whole_directory()?)
        }),
    },
    Rule {
        id: "choreography/certified-in-time",
        level: Level::Must,
        clauses: &[&law::DM_ART_9],
        question: "Is no certified instant earlier than the submission, a second aside?",
        consequence: "The provider's clock is wrong, and with it whatever it certifies.",
        check: Check::Transaction(|transaction, context| {
            let watched = context.evidence.watch.sees(View::Wires) && dated(transaction).next().is_some();
            watched.then(|| in_time(transaction))
        }),
    },
    Rule {
        id: "choreography/acceptance-instant",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_5_DATE, &norm::RFC6109_4_1_SOLE_INSTANT, &law::DM_ART_9],
        question: "Do acceptance and envelope certify the same instant?",
        consequence: "The time of sending is in doubt.",
        check: Check::Transaction(|transaction, _| {
            let acceptance = transaction.first(Kind::Accettazione)?;
            let accepted = acceptance.data.instant()?;
            transaction.first(Kind::PostaCertificata)?.data.instant()?;
            Some(same_instant(transaction, acceptance, accepted))
        }),
    },
    Rule {
        id: "choreography/certified-in-order",
        level: Level::Must,
        clauses: &[&law::DM_ART_9, &norm::RFC6109_3_3_2_AFTER_DELIVERY],
        question: "Is nothing that came of a message certified before its acceptance, clocks two seconds apart at most?",
        consequence: "The receipts prove a delivery of what was not sent yet.",
        check: Check::Transaction(|transaction, _| {
            let (acceptance, accepted) = accepted_at(transaction)?;
            followed(transaction).next()?;
            Some(in_order(transaction, acceptance, accepted))
        }),
    },
    Rule {
        id: "choreography/non-acceptance-excludes",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_1_NOT_ACCEPTED],
        question: "Is a message that was not accepted followed by nothing else?",
        consequence: "The sender is told that nothing was sent, and something was.",
        check: Check::Transaction(|transaction, _| {
            let refused = transaction.messages.iter().any(|fact| is_non_acceptance(fact.kind));
            refused.then(|| nothing_else(transaction))
        }),
    },
];

fn taken(transaction: &Transaction) -> Option<&Submission> {
    transaction.submission.as_ref().filter(|submission| !submission.refused)
}

fn answered(transaction: &Transaction, submission: &Submission) -> Findings {
    when(transaction.reference().is_none(), || {
        let place = format!("the mailbox of {}", submission.path.from);
        let finding = Finding::new("an acceptance or a non-acceptance", "neither", place);
        finding.blaming(Party::from(submission.to)).seen_in([submission.observation])
    })
}

fn one_acceptance(transaction: &Transaction) -> Findings {
    let number = number(transaction.of(Kind::Accettazione));
    when(number > 1, || {
        let finding = Finding::new("one acceptance", number.to_string(), "the sender's mailbox");
        let acceptances = observations(transaction.of(Kind::Accettazione));
        finding.blaming(transaction.senders()).seen_in(acceptances)
    })
}

/// An envelope that the harness did not put in.
fn sent(transaction: &Transaction) -> Option<&Member> {
    transaction.first(Kind::PostaCertificata).filter(|_| transaction.sender_side() != Party::Harness)
}

fn acceptance_missing(transaction: &Transaction, envelope: &Member) -> Findings {
    when(transaction.first(Kind::Accettazione).is_none(), || {
        let finding = Finding::new("an acceptance", "none", "the sender's mailbox");
        finding.blaming(transaction.senders()).seen_in([envelope.observation()])
    })
}

fn accepting(transaction: &Transaction) -> impl Iterator<Item = &Member> {
    transaction.of(Kind::Accettazione).chain(transaction.of(Kind::PostaCertificata))
}

fn notices(transaction: &Transaction) -> impl Iterator<Item = &Member> {
    const KINDS: [Kind; 4] =
        [Kind::NonAccettazione, Kind::NonAccettazioneVirus, Kind::PreavvisoErroreConsegna, Kind::ErroreConsegnaVirus];
    transaction.messages.iter().filter(|fact| KINDS.contains(&fact.kind))
}

/// What another provider than the sender's signed of these; `None` where nobody is known to have signed any.
fn signed_by_own_provider<'a>(facts: impl Iterator<Item = &'a Member>, directory: &Directory) -> Option<Findings> {
    let signed = not_empty(facts.filter_map(|fact| Some((fact, signing_provider(fact)?))))?;
    // Whose provider it should be cannot be told of a sender that cannot be read: that is another question's.
    let strange = signed.filter(|(fact, provider)| {
        is_bare_address(&fact.data.mittente) && !manages(directory, provider, &fact.data.mittente)
    });
    let finding = |(fact, provider): (&Member, &str)| {
        let expected = format!("the provider that manages the domain of {}", fact.data.mittente);
        let finding = Finding::new(expected, provider, format!("{}: signature", fact.title()));
        finding.blaming(fact).seen_in([fact.observation()])
    };
    Some(strange.map(finding).collect())
}

fn same_instant(transaction: &Transaction, acceptance: &Member, accepted: Timestamp) -> Findings {
    let mut findings = Findings::new();
    for envelope in transaction.of(Kind::PostaCertificata) {
        let Some(sent) = envelope.data.instant().filter(|sent| *sent != accepted) else { continue };
        findings.push(
            Finding::new(
                format!("{}, as in the acceptance", LegalTime::at(accepted).date_header()),
                LegalTime::at(sent).date_header(),
                format!("{}: daticert.xml postacert/dati/data", envelope.title()),
            )
            .blaming(envelope)
            .seen_in([acceptance.observation(), envelope.observation()]),
        );
    }
    findings
}

const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// What gateways certify in a run, where one clock tells when everything was seen. A message that tells two instants is
/// wrong by itself; which of them its clock gave is not known.
fn dated(transaction: &Transaction) -> impl Iterator<Item = (&Member, Timestamp)> {
    let own = transaction.messages.iter().filter(|fact| fact.composer != Party::Harness && !fact.is_doubtful());
    let certified = own.filter_map(|fact| Some((fact, fact.data.instant()?)));
    certified.filter(|(fact, certified)| fact.date.is_none_or(|date| date.as_second() == certified.as_second()))
}

fn in_time(transaction: &Transaction) -> Findings {
    // That none is later than its arrival is asked of each message.
    let Some(submitted) = transaction.submission.as_ref().map(|submission| submission.at) else { return Vec::new() };
    let early = dated(transaction).filter(|(_, certified)| after(*certified, SECOND) < submitted);
    let finding = |(fact, certified): (&Member, Timestamp)| {
        let expected = format!("not before the submission, {submitted}");
        let place = format!("{}: daticert.xml postacert/dati/data", fact.title());
        let finding = Finding::new(expected, certified.to_string(), place);
        finding.blaming(fact).seen_in([fact.observation()])
    };
    early.map(finding).collect()
}

/// What follows an acceptance, with the instant of each.
fn followed(transaction: &Transaction) -> impl Iterator<Item = (&Member, Timestamp)> {
    dated(transaction).filter(|(fact, _)| fact.is_outcome() || fact.goes_to_provider())
}

/// What several acceptances certify is another question's.
fn accepted_at(transaction: &Transaction) -> Option<(&Member, Timestamp)> {
    dated(transaction).filter(|(fact, _)| fact.kind == Kind::Accettazione).min_by_key(|(_, at)| *at)
}

/// Each clock may be a second from UTC; which of two is further, nothing tells.
fn in_order(transaction: &Transaction, acceptance: &Member, accepted: Timestamp) -> Findings {
    let early = followed(transaction).filter(|(_, certified)| after(*certified, SECOND * 2) < accepted);
    let finding = |(fact, certified): (&Member, Timestamp)| {
        let expected = format!("not before {}, the instant of the acceptance", LegalTime::at(accepted).date_header());
        let place = format!("{}: daticert.xml postacert/dati/data", fact.title());
        let finding = Finding::new(expected, LegalTime::at(certified).date_header(), place);
        finding.blaming(Party::Undetermined).seen_in([acceptance.observation(), fact.observation()])
    };
    early.map(finding).collect()
}

fn is_non_acceptance(kind: Kind) -> bool {
    matches!(kind, Kind::NonAccettazione | Kind::NonAccettazioneVirus)
}

fn nothing_else(transaction: &Transaction) -> Findings {
    let mut findings = Findings::new();
    let certain = transaction.messages.iter().filter(|fact| !fact.is_doubtful());
    let notices = certain.clone().filter(|fact| is_non_acceptance(fact.kind));
    let number = number(notices.clone());
    if number > 1 {
        let finding = Finding::new("one non-acceptance", number.to_string(), "the sender's mailbox");
        findings.push(finding.blaming(transaction.senders()).seen_in(observations(notices)));
    }
    for fact in certain.filter(|fact| !is_non_acceptance(fact.kind)) {
        let finding = Finding::new("nothing beside the non-acceptance", fact.title(), "the transaction");
        findings.push(finding.blaming(fact).seen_in([fact.observation()]));
    }
    findings
}
