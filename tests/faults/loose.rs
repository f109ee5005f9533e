//! Transactions judged on loose files: what lies in mailboxes and nothing else, as somebody holds it who saw no wire.

use std::collections::BTreeSet;

use libtest_mimic::Failed;
use pec_conformance::{
    evidence::{Evidence, Party, Seen, View, Watch},
    fault::as_files,
    rules::{self, Check, Options},
};

use super::proof::{DIRECTIONS, Proof, direction_name, failing};

const MAILBOXES: [View; 3] = [View::Sender, View::Recipient, View::Service];

/// Rules on transactions that no loose file lets anybody answer, and what they need.
pub const NEEDS_MORE: &[(&str, &str)] = &[
    ("choreography/submission-answered", "the submission, which no mailbox holds"),
    ("choreography/certified-in-time", "when everything was seen, by one clock"),
    ("choreography/anomaly-paths", "the SMTP paths of what arrived"),
    ("choreography/ordinary-wrapped", "by which way it came: users and providers put mail into a mailbox too"),
    ("choreography/delivered-before-receipt", "whose mailboxes are at hand, and since when each message lies there"),
    ("choreography/receipts-without-envelope", "every wire: a sender holds receipts and never the envelope"),
    ("choreography/unsound-without-receipts", "whether the envelope was altered before it arrived or afterwards"),
    ("choreography/receipts-to-sender", "to whom a message went"),
    ("delivery/unmodified", "the message as it came over the wire"),
    ("choreography/notification-kept", "the wire over which the notification came"),
    ("choreography/sent-to-every-recipient", "the SMTP paths of the envelopes"),
    ("choreography/takeover-of-addressed", "the SMTP paths of the envelopes"),
    ("choreography/service-mailbox", "to whom a message went"),
    ("choreography/service-mailbox-reserved", "which mailbox a message lies in"),
    ("choreography/detection-each", "the SMTP paths of the infected envelopes"),
    ("choreography/infected-not-delivered", "which mailbox an envelope lies in"),
    ("choreography/sound-not-wrapped", "by which paths the message inside came"),
    ("envelope/original-unmodified", "the submission, which no mailbox holds"),
];

/// Every rule on transactions reports a fault on loose files too, or it is said what it needs beyond them.
pub fn rules_are_proved(proof: &Proof) -> Result<(), Failed> {
    let mut wrong = Vec::new();
    for rule in rules::all().filter(|rule| matches!(rule.check, Check::Transaction(_) | Check::Missing(..))) {
        let needs = NEEDS_MORE.iter().find(|(id, _)| *id == rule.id).map(|(_, needs)| *needs);
        let mut reported = false;
        for (id, fault) in proof.faults.iter().filter(|(_, fault)| fault.findings.iter().any(|id| id == rule.id)) {
            for at in (0..DIRECTIONS.len()).filter(|at| fault.findings_in(&direction_name(*at)).is_some()) {
                let mut evidence = proof.made(fault, at).map_err(|error| format!("{id}: {error}"))?;
                if !evidence.gateways.is_empty() {
                    as_files(&mut evidence, &MAILBOXES);
                }
                reported = reported || judged(&evidence)?.contains(rule.id);
            }
        }
        match needs {
            None if !reported => wrong.push(format!("{} reports nothing on loose files", rule.id)),
            Some(needs) if reported => wrong.push(format!("{} needs no more than loose files, not {needs}", rule.id)),
            _ => {}
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// What was right stays right as files, whoever holds them.
pub fn is_clean(proof: &Proof, scenario: &str, at: usize) -> Result<(), Failed> {
    let recorded = proof.recorded(scenario, at)?;
    // What the harness forged is nobody's fault in a run alone.
    let forged = |seen: &Seen, producer| producer == Party::Harness && !matches!(seen, Seen::Submitted { .. });
    if recorded.observations.iter().any(|observation| forged(&observation.seen, observation.producer)) {
        return Ok(());
    }
    let ended = recorded.ended.ok_or("the evidence does not say when it ended")?;
    let mut wrong = BTreeSet::new();
    for views in [&MAILBOXES[..], &[View::Sender], &[View::Recipient], &[View::Sender, View::Service]] {
        let mut files = recorded.clone();
        as_files(&mut files, views);
        wrong.extend(judged(&files)?.into_iter().map(|rule| format!("{rule} from {views:?}")));
    }
    let mut archive = recorded.clone();
    as_files(&mut archive, &MAILBOXES);
    archive.watch = Watch::of([View::Archive], ended);
    wrong.extend(judged(&archive)?.into_iter().map(|rule| format!("{rule} from an archive")));
    if wrong.is_empty() { Ok(()) } else { Err(format!("{scenario}: {wrong:#?}").into()) }
}

fn judged(evidence: &Evidence) -> Result<BTreeSet<&'static str>, String> {
    failing(&rules::judge(evidence, &Options::default()))
}
