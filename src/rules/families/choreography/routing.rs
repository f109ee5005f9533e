//! Where the envelope went: to every recipient that the sender's provider certified.

use std::collections::{BTreeSet, HashSet};

use crate::{
    evidence::{DialogueLine, Evidence, Party, View},
    message::Kind,
    norm::{Level, clauses::choreography as norm},
    rules::{Absence, Check, Context, Finding, Findings, Member, Rule, Transaction, providers::provider_of},
};

use super::{accepted, is_of_sender_side, observations};

pub static RULES: &[Rule] = &[Rule {
    id: "choreography/sent-to-every-recipient",
    level: Level::Must,
    clauses: &[&norm::RFC6109_3_1_5_PATHS],
    question: "Does the envelope go to every certified recipient of a provider that some of it went to?",
    consequence: "Some recipients never get what others get, and the notices make it look like a failure elsewhere.",
    check: Check::Missing(Absence::seen_from(&[View::Wires]), |transaction, context| {
        accepted(transaction)?;
        let addressed = Some(addressed(transaction)).filter(|addressed| !addressed.is_empty())?;
        Some(left_out(transaction, &addressed, context))
    }),
}];

/// Who stands on an envelope's forward paths, in lower case.
fn addressed(transaction: &Transaction) -> HashSet<String> {
    let wires = transaction.of(Kind::PostaCertificata).flat_map(Member::wires);
    wires.flat_map(|(_, path)| &path.to).map(|to| to.to_ascii_lowercase()).collect()
}

fn left_out(transaction: &Transaction, addressed: &HashSet<String>, context: &Context<'_>) -> Findings {
    let mut findings = Findings::new();
    let at = |recipient: &str| provider_of(context, recipient);
    let reached: BTreeSet<Party> =
        transaction.certified_recipients().filter(|to| addressed.contains(&to.to_ascii_lowercase())).map(at).collect();
    // Where nothing reached a provider, it may have been out of reach; where its mailbox or its word shows that the envelope
    // came, the way is another question's.
    let came = |recipient: &str| {
        let spoke = [Kind::PresaInCarico, Kind::RilevazioneVirus, Kind::AvvenutaConsegna];
        transaction.in_mailbox(recipient).next().is_some()
            || spoke.into_iter().any(|kind| transaction.concerning(kind, recipient).next().is_some())
    };
    // A provider that tells its user of a failure has answered for it.
    let given_up = |recipient: &str| {
        transaction.concerning(Kind::ErroreConsegna, recipient).any(|fact| is_of_sender_side(transaction, fact))
    };
    let mut tried: Option<HashSet<String>> = None;
    for recipient in transaction.certified_recipients() {
        let provider = at(recipient);
        if addressed.contains(&recipient.to_ascii_lowercase())
            || provider == Party::Undetermined
            || !reached.contains(&provider)
            || came(recipient)
            || given_up(recipient)
        {
            continue;
        }
        let tried = tried.get_or_insert_with(|| named_by(transaction.sender_side(), context.evidence));
        if !tried.contains(&recipient.to_ascii_lowercase()) {
            let expected = format!("an envelope with {recipient} on its forward path");
            let finding = Finding::new(expected, "none", "the wires").blaming(transaction.senders());
            findings.push(finding.seen_in(observations(transaction.of(Kind::PostaCertificata))));
        }
    }
    findings
}

/// Everybody whom a host named in RCPT TO, whatever was answered, in lower case.
fn named_by(host: Party, evidence: &Evidence) -> HashSet<String> {
    let sessions = evidence.dialogues.iter().filter(|dialogue| dialogue.from == host);
    let named = sessions.flat_map(|session| &session.lines).filter_map(DialogueLine::recipient);
    named.map(str::to_ascii_lowercase).collect()
}
