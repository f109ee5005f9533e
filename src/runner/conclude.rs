//! Judges what was gathered, and says what it comes to.

use super::{
    announced::announced,
    blame::{self, Wires},
    cell::{blank, infrastructure},
    expect::{Difference, Found},
    gather::Gathered,
    how::How,
    stage::Stage,
    story,
};
use crate::{
    evidence::{Dialogue, Direction, Evidence, Party, Service},
    norm::Level,
    results::{Cell, CellOutcome, Strictness, Unmet},
    rules::{self, Judgement, Outcome},
    scenario::words::{Mailbox, Place},
    target::World,
};

/// Judges what was gathered, and keeps with it which findings were announced.
pub fn conclude(stage: &Stage<'_>, gathered: &mut Gathered, how: &How) -> Cell {
    let scenario = stage.scenario;
    let judgement = rules::judge(&gathered.evidence, &rules::Options { as_of: how.as_of });
    let (announced, mut unmet) = announced(stage, gathered, &judgement);
    gathered.evidence.announced = announced;
    unmet.extend(explain(stage, gathered, &judgement));
    let story = story::tell(stage, gathered);
    let progress = stage.progress();
    let mut cell = Cell {
        judgement,
        unmet,
        choices: progress.choices.clone(),
        notes: progress.notes.clone(),
        story,
        ..blank(scenario, &Direction::new("", ""), CellOutcome::Passed)
    };
    if !cell.unmet.is_empty() {
        cell.notes.extend(refused(&gathered.evidence));
    }
    let levels: &[Level] = match how.strictness {
        Strictness::Violations => &[Level::Must],
        Strictness::Warnings => &[Level::Must, Level::Should],
        Strictness::Notes => &[Level::Must, Level::Should, Level::May],
    };
    let fails = |level| cell.judgement.failed(level).any(|verdict| !verdict.is_announced(&gathered.evidence));
    let broken = cell.judgement.verdicts.iter().find_map(|verdict| match &verdict.outcome {
        Outcome::InternalError(what) => Some(format!("the rule `{}` broke: {what}", verdict.rule.id)),
        Outcome::CannotTell(findings) if !verdict.is_announced(&gathered.evidence) => {
            Some(format!("{}: {}", verdict.subject, findings.first()?.found))
        }
        _ => None,
    });
    cell.outcome = match broken {
        Some(what) => infrastructure(what),
        None if !cell.unmet.is_empty() || levels.iter().any(|level| fails(*level)) => CellOutcome::Failed,
        None => CellOutcome::Passed,
    };
    cell
}

/// As many refusals of a play are told; its evidence has all.
const REFUSALS: usize = 5;

/// What hosts refused each other for good, a sentence each: it may be why something is not there.
fn refused(evidence: &Evidence) -> Vec<String> {
    let name = |party: Party| {
        let facts = party.role().and_then(|role| evidence.gateways.get(&role));
        facts.map_or_else(|| party.to_string(), |facts| facts.target.clone())
    };
    let between_hosts =
        |one: &&Dialogue| matches!(one.service, Service::Incoming | Service::Ordinary) && one.from != Party::Harness;
    let mut told = Vec::new();
    for session in evidence.dialogues.iter().filter(between_hosts) {
        let refusal = session.lines.iter().find(|line| line.replies('5'));
        let (client, server) = (name(session.from), name(session.to));
        let sentence = match refusal {
            Some(line) => format!("what {client} had for {server} was refused: {server} said `{}`", line.text),
            None if session.lacks_8bitmime() => {
                format!("what {client} had for {server} needs 8BITMIME, which {server} does not offer")
            }
            None => continue,
        };
        if !told.contains(&sentence) {
            told.push(sentence);
        }
    }
    told.truncate(REFUSALS);
    told
}

/// Differences in the words of a report.
fn explain(stage: &Stage<'_>, gathered: &Gathered, judgement: &Judgement) -> Vec<Unmet> {
    let mut progress = stage.progress();
    let differences = std::mem::take(&mut progress.differences);
    let mut wires = || Wires::new(&gathered.evidence, judgement, stage.scenario, &mut progress.known);
    let wires = (!differences.is_empty()).then(&mut wires);
    let address = |mailbox: &Mailbox| stage.world.address(mailbox);
    let misheard = progress.misheard.iter().map(|misheard| Unmet {
        at: stage.scenario.place(&misheard.path),
        expected: format!("{} at {}", misheard.expected, misheard.place),
        found: misheard.found.clone(),
        blame: blame::holder(&misheard.place),
        clauses: stage.scenario.clauses.clone(),
        observations: Vec::new(),
    });
    let unmet = differences
        .iter()
        .map(|difference| Unmet {
            at: stage.scenario.place(&difference.path),
            expected: expected_words(difference),
            found: found_words(difference, stage.world),
            blame: wires.as_ref().map_or(Party::Undetermined, |wires| wires.blame(difference, &address)),
            clauses: stage.scenario.clauses.clone(),
            observations: match &difference.found {
                Found::Message(arrival) => {
                    gathered.stored.get(&(arrival.place.clone(), arrival.index)).copied().into_iter().collect()
                }
                Found::Nothing | Found::Answer(_) => Vec::new(),
            },
        })
        .chain(misheard)
        .collect();
    progress.differences = differences;
    unmet
}

fn expected_words(difference: &Difference) -> String {
    match (&difference.expected, &difference.place) {
        (Some(expected), Place::AccessPoint(_) | Place::IncomingPoint(_)) => {
            format!("{} at {}", expected, difference.place)
        }
        (Some(expected), place) => format!("{expected} in {place}"),
        (None, place @ (Place::AccessPoint(_) | Place::IncomingPoint(_))) => format!("everything accepted at {place}"),
        (None, place) => format!("nothing more in {place}"),
    }
}

fn found_words(difference: &Difference, world: &World) -> String {
    let in_roles = |address: &str| {
        world
            .mailboxes()
            .find(|mailbox| world.address(mailbox).eq_ignore_ascii_case(address))
            .map(|mailbox| mailbox.to_string())
            .or_else(|| {
                // A mailbox that does not exist, at a gateway that does.
                let (user, domain) = address.rsplit_once('@')?;
                let mut gateways = world.gateways().into_iter();
                let (role, _) =
                    gateways.find(|(_, facts)| facts.domains.iter().any(|of| of.eq_ignore_ascii_case(domain)))?;
                Some(format!("{user}@{role}"))
            })
            .unwrap_or_else(|| address.to_owned())
    };
    match &difference.found {
        Found::Nothing => "nothing of the kind".to_owned(),
        Found::Message(arrival) => arrival.reading.words(&in_roles),
        Found::Answer(words) => words.clone(),
    }
}
