//! How it ends for each recipient: exactly one outcome, told to the sender.

use crate::{
    evidence::{Party, View},
    message::Kind,
    norm::{
        Level,
        clauses::{choreography as norm, law},
    },
    rules::{
        Absence, Check, Context, Culprit, Finding, Findings, Inside, Member, Rule, Soundness, Transaction, not_empty,
        providers::{keeper_of, provider_of},
        refusal::may_have_been_refused,
    },
};

use crate::rules::{
    families::choreography::timeout::is_of_24_hours,
    families::choreography::{
        MOST_SHOWN, accepted, by_recipient, is_receivable, is_word_on, number, observations, one_too_many,
    },
};

/// Kinds that tell of an end, as far as another provider or SMTP brings it.
const OUTCOMES: [Kind; 3] = [Kind::AvvenutaConsegna, Kind::ErroreConsegna, Kind::ErroreConsegnaVirus];

/// The same, and what says that there is none.
const CONCLUDING: [Kind; 4] =
    [Kind::AvvenutaConsegna, Kind::ErroreConsegna, Kind::ErroreConsegnaVirus, Kind::PreavvisoErroreConsegna];

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "choreography/outcome-missing",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_1_6_TWENTY_FOUR, &law::DM_ART_13_TWENTY_FOUR],
        question: "Does the sender hold a delivery, a non-delivery or the 24-hour notice for every certified recipient?",
        consequence: "The sender never learns what became of the message.",
        check: Check::Missing(Absence::seen_from(&[View::Sender]), |transaction, context| {
            Some(missing(transaction, accepted(transaction)?, context))
        }),
    },
    Rule {
        id: "choreography/outcome-repeated",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_1_EVERY, &norm::RFC6109_3_3_3],
        question: "Is there one delivery or one non-delivery for a recipient, not several?",
        consequence: "The sender holds several proofs of one event.",
        check: Check::Transaction(|transaction, context| {
            is_concluded(transaction).then(|| repeated(transaction, context))
        }),
    },
    Rule {
        id: "choreography/outcome-conflicting",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_1_EVERY, &norm::RFC6109_3_3_3],
        question: "Is a recipient never both delivered to and not delivered to?",
        consequence: "The sender holds proofs of both, which proves neither.",
        check: Check::Transaction(|transaction, context| {
            is_concluded(transaction).then(|| conflicting(transaction, context))
        }),
    },
    Rule {
        id: "choreography/receiver-concludes",
        level: Level::Must,
        clauses: &[&norm::RFC6109_3_3_2_1_EVERY, &norm::RFC6109_3_3_3],
        question: "Does a provider that took a message over, or delivered it, tell the outcome for each recipient?",
        consequence: "The sender has to take a delivered message for lost.",
        check: Check::Missing(Absence::seen_from(&[View::Sender, View::Service]), |transaction, context| {
            let owed = accepted(transaction).is_some() || is_receivable(transaction);
            let reached = owed.then(|| reached(transaction)).filter(|reached| !reached.is_empty())?;
            Some(concludes(transaction, &reached, context))
        }),
    },
    Rule {
        id: "choreography/sound-not-wrapped",
        level: Level::Must,
        clauses: &[&norm::RFC6109_2_2_2_SOUND],
        question: "Is a correct and undamaged message of another provider passed on as it is, not as an anomaly?",
        consequence: "Certified mail looks like ordinary mail, and the sender gets no receipt.",
        check: Check::Transaction(|transaction, _| {
            let wrapped =
                transaction.of(Kind::Anomalia).filter_map(|anomaly| Some((anomaly, anomaly.inside.as_ref()?)));
            let wrapped = not_empty(wrapped)?;
            Some(wrapped.filter_map(|(anomaly, inside)| wrapped_though_sound(transaction, anomaly, inside)).collect())
        }),
    },
];

/// Whether an outcome names nobody to whom the message was sent: it may be the one that seems to be missing, and what is
/// wrong with it is told of it alone.
fn open_outcome(transaction: &Transaction) -> bool {
    OUTCOMES.into_iter().any(|kind| transaction.leaves_open(kind))
}

fn missing(transaction: &Transaction, acceptance: &Member, context: &Context<'_>) -> Findings {
    let mut findings = Findings::new();
    if open_outcome(transaction) || transaction.leaves_open(Kind::PreavvisoErroreConsegna) {
        return findings;
    }
    for recipient in transaction.certified_recipients() {
        // What is known to be forged concludes nothing.
        let concludes = |fact: &Member| {
            fact.is_outcome() && is_word_on(transaction, fact, recipient, context) || is_of_24_hours(transaction, fact)
        };
        let concluded = CONCLUDING.into_iter().flat_map(|kind| transaction.concerning(kind, recipient)).any(concludes);
        if !concluded {
            let expected = format!("a delivery, a non-delivery or the 24-hour notice for {recipient}");
            let finding = Finding::new(expected, "none of them", "the sender's mailbox");
            findings.push(finding.blaming(transaction.senders()).seen_in([acceptance.observation()]));
        }
    }
    findings
}

fn is_concluded(transaction: &Transaction) -> bool {
    transaction.messages.iter().any(Member::is_outcome)
}

fn repeated(transaction: &Transaction, context: &Context<'_>) -> Findings {
    let mut findings = Findings::new();
    // Those for a virus are counted against the detections.
    for kind in [Kind::AvvenutaConsegna, Kind::ErroreConsegna] {
        for (recipient, told) in by_recipient(transaction.of(kind)) {
            let number = number(told.iter().copied());
            if number < 2 {
                continue;
            }
            // Of a failure the sender's provider may tell too.
            let rightful = match kind {
                Kind::AvvenutaConsegna => keeper_of(context, &recipient),
                _ => Party::Undetermined.into(),
            };
            let expected = format!("one {} for {recipient}", kind.title());
            let finding = Finding::new(expected, number.to_string(), "the sender's mailbox");
            findings.push(finding.blaming(one_too_many(&told, &rightful)).seen_in(observations(told)));
        }
    }
    findings
}

fn conflicting(transaction: &Transaction, context: &Context<'_>) -> Findings {
    let mut findings = Findings::new();
    for (recipient, delivered) in by_recipient(transaction.of(Kind::AvvenutaConsegna)) {
        // What somebody says who cannot know conflicts with nothing.
        let is_word = |fact: &&Member| is_word_on(transaction, fact, &recipient, context);
        let failures = [Kind::ErroreConsegna, Kind::ErroreConsegnaVirus];
        let mut failures = failures.into_iter().flat_map(|kind| transaction.concerning(kind, &recipient));
        let (delivery, failure) = (delivered.into_iter().find(is_word), failures.find(is_word));
        let (Some(delivery), Some(failure)) = (delivery, failure) else { continue };
        // The later of the two denies what was already certified; of two providers nobody tells which is right.
        let later = Culprit::from(if failure.happened() >= delivery.happened() { failure } else { delivery });
        let both = Culprit::from(failure) == Culprit::from(delivery);
        findings.push(
            Finding::new(
                format!("one outcome for {recipient}"),
                format!("{} and {}", delivery.title(), failure.title()),
                "the sender's mailbox",
            )
            .blaming(if both { later } else { Party::Undetermined.into() })
            .seen_in([delivery.observation(), failure.observation()]),
        );
    }
    findings
}

/// Certified recipients whom an envelope reached, or for whom it was taken over.
fn reached(transaction: &Transaction) -> Vec<&str> {
    transaction
        .certified_recipients()
        .filter(|recipient| {
            let taken = transaction.concerning(Kind::PresaInCarico, recipient).next().is_some();
            taken || transaction.in_mailbox(recipient).next().is_some()
        })
        .collect()
}

fn concludes(transaction: &Transaction, reached: &[&str], context: &Context<'_>) -> Findings {
    let mut findings = Findings::new();
    if open_outcome(transaction) || transaction.leaves_open(Kind::RilevazioneVirus) {
        return findings;
    }
    let sender = transaction.first(Kind::PostaCertificata).map_or("", |envelope| &envelope.data.mittente);
    for &recipient in reached {
        let told = |kind| transaction.concerning(kind, recipient).next().is_some();
        if may_have_been_refused(context, provider_of(context, recipient), sender) {
            continue;
        }
        if ![Kind::AvvenutaConsegna, Kind::ErroreConsegna, Kind::RilevazioneVirus].into_iter().any(told) {
            let expected = format!("a delivery or non-delivery for {recipient}");
            let takeovers = transaction.concerning(Kind::PresaInCarico, recipient);
            findings.push(
                Finding::new(expected, "neither", "the sender's mailbox")
                    .blaming(keeper_of(context, recipient))
                    .seen_in(observations(takeovers))
                    .seen_in(transaction.in_mailbox(recipient).map(|sighting| sighting.observation).take(MOST_SHOWN)),
            );
        }
    }
    findings
}

/// What came by other paths than it certifies may be wrapped, and so may what came nobody knows how.
fn wrapped_though_sound(transaction: &Transaction, anomaly: &Member, inside: &Inside) -> Option<Finding> {
    if inside.soundness != Soundness::Sound {
        return None;
    }
    if anomaly.is_in_file() {
        inside.came_by.as_ref().filter(|path| inside.may_come_by(path))?;
        let place = "the mailbox that Delivered-To names";
        let finding = Finding::new("the message inside as it arrived", anomaly.title(), place);
        return Some(finding.blaming(anomaly).seen_in([anomaly.observation()]));
    }
    let mut arrivals = transaction.arrivals.iter().filter(|arrival| arrival.to == anomaly.composer);
    let arrived = arrivals.clone().next().filter(|_| arrivals.all(|arrival| inside.may_come_by(&arrival.path)))?;
    let expected = format!("message {} as it arrived", arrived.observation);
    let finding = Finding::new(expected, anomaly.title(), "the recipient's mailbox").blaming(anomaly);
    Some(finding.seen_in([arrived.observation, anomaly.observation()]))
}
