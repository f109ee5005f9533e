//! `smoke`: is a target alive and honest, in seconds.

use std::{num::NonZeroUsize, path::PathBuf, sync::Arc};

use jiff::{SignedDuration, fmt::rfc2822};

use super::{CliError, Exit, directory::load, run::Running, stdout::Stdout};
use crate::{
    clock::Machine,
    evidence::{Direction, Evidence, Party, Role, Seen, Service},
    language::Language,
    message::Mail,
    results::{Cause, Cell, CellOutcome, Event},
    rules,
    runner::{self, Plan},
    scenario::{self, Selection},
    shown::shown,
    target::{
        Targets,
        external::{Looked, Meaning},
    },
};

/// Arguments of `smoke`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The target file.
    #[arg(value_name = "FILE")]
    target: PathBuf,
}

/// What is played both ways: a message that must arrive, with every receipt.
const ROUND_TRIP: &str = "delivery/complete";

/// How far another clock may be ahead (a message cannot come before it was made), and how far behind, its way included.
const AHEAD: SignedDuration = SignedDuration::from_secs(1);
const BEHIND: SignedDuration = SignedDuration::from_secs(10);

/// Looks at a target, and sends a message through it each way.
pub fn smoke(args: &Args, language: Language) -> Result<Exit, CliError> {
    let target = load(&args.target)?;
    let name = target.name.clone();
    let mut targets = Targets::default();
    targets.insert(target);
    let targets = Arc::new(targets);
    let running = Running::start(targets.clone())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(CliError::NoRuntime)?;
    let mut looked = Vec::new();
    for target in targets.iter() {
        looked.extend(runtime.block_on(target.examined()));
    }
    drop(runtime);
    let mut exit = Exit::Conforming;
    for one in &looked {
        exit = exit.worse(tell(one, language)?);
    }
    if exit == Exit::Conforming {
        let counterpart = if targets.are_one_provider(&name, "alfa") { "bravo" } else { "alfa" };
        let ways = [Direction::new(counterpart, &*name), Direction::new(&*name, counterpart)];
        for one in round_trips(targets, ways.into(), &name)? {
            exit = exit.worse(tell(&one, language)?);
        }
    }
    exit = exit.worse(running.stop());
    let meaning = match exit {
        Exit::Conforming => language.say("smoke-alive").to_string(),
        _ => language.phrase(exit.of_run()).into_owned(),
    };
    let meaning = language.say("tty-exit").with("meaning", meaning).with("code", exit.code());
    Stdout::print(&format!("{:<7} {meaning}\n", language.say("smoke-result").to_string()))?;
    Ok(exit)
}

fn tell(looked: &Looked, language: Language) -> Result<Exit, CliError> {
    let (word, exit) = match looked.meaning {
        Meaning::Well => ("smoke-ok", Exit::Conforming),
        Meaning::Wrong => ("smoke-wrong", Exit::NonConforming),
        Meaning::Configuration => ("smoke-file", Exit::Usage),
        Meaning::OutOfReach => ("smoke-trouble", Exit::Trouble),
    };
    let word = language.say(word).to_string();
    Stdout::print(&format!("{word:<7} {}\n", shown(&language.phrase(&looked.found))))?;
    Ok(exit)
}

fn round_trips(targets: Arc<Targets>, ways: Vec<Direction>, name: &str) -> Result<Vec<Looked>, CliError> {
    let rules = rules::ids();
    let selection = Selection { names: vec![ROUND_TRIP.to_owned()], ..Selection::default() };
    let mut plan = Plan::new(scenario::suite(&rules)?.select(&selection)?);
    plan.directions = ways;
    plan.jobs = NonZeroUsize::MIN;
    plan.how.machine = Machine::default();
    plan.how.targets = targets;
    let mut looked = Vec::new();
    let run = runner::run(&plan, &mut |event| {
        if let Event::Finished(cell) = event {
            looked.push(came_to(&cell, name));
            looked.extend(skew(&cell, name));
        }
    });
    run.map_err(CliError::NoRuntime)?;
    Ok(looked)
}

fn came_to(cell: &Cell, name: &str) -> Looked {
    let way = format!("a message from {} to {}", cell.direction.sender, cell.direction.receiver);
    let (found, meaning) = match &cell.outcome {
        CellOutcome::Passed => {
            (format!("{way} arrived, with every receipt ({:.1} s)", cell.took.as_secs_f64()), Meaning::Well)
        }
        CellOutcome::Failed => {
            let missing = cell.unmet.iter().map(|unmet| format!("{}: {}", unmet.expected, unmet.found));
            let broken = cell.judgement.verdicts.iter().filter(|verdict| !verdict.outcome.findings().is_empty());
            let all: Vec<String> =
                missing.chain(broken.map(|verdict| format!("the rule {} was broken", verdict.rule.id))).collect();
            let hint = if has_called(cell, name) {
                String::new()
            } else {
                format!("; {name} did not call the other side: has it the way there that `routes` prints?")
            };
            (format!("{way} did not go as it must: {}{hint}", all.join("; ")), Meaning::Wrong)
        }
        CellOutcome::Error(trouble) => {
            let meaning = match trouble.cause {
                Cause::Configuration => Meaning::Configuration,
                Cause::Infrastructure => Meaning::OutOfReach,
            };
            (format!("{way}: {}", trouble.what), meaning)
        }
        CellOutcome::Skipped(reason) => (format!("{way} was not sent: {reason}"), Meaning::Configuration),
    };
    Looked { found, meaning }
}

/// Whether anybody brought something to the gateway on the other side of the target.
fn has_called(cell: &Cell, name: &str) -> bool {
    let other = if cell.direction.receiver == name { Role::Sender } else { Role::Receiver };
    cell.observed.dialogues.iter().any(|session| session.service == Service::Incoming && session.to == other.into())
}

/// How the other clock goes, by what it says of messages as they come in.
fn skew(cell: &Cell, name: &str) -> Option<Looked> {
    let role = if cell.direction.receiver == name { Role::Receiver } else { Role::Sender };
    let late = lateness(&cell.observed, role.into());
    let (least, most) = (late.iter().min()?, late.iter().max()?);
    let (found, meaning) = if *least < -AHEAD {
        (format!("its clock is {} s ahead of this machine's", -least.as_secs()), Meaning::Wrong)
    } else if *most > BEHIND && *least > AHEAD {
        (format!("its clock is up to {} s behind this machine's", least.as_secs()), Meaning::Wrong)
    } else {
        ("its clock shows this machine's time".to_owned(), Meaning::Well)
    };
    Some(Looked { found, meaning })
}

/// How long after its Date each message of a party was seen on a wire.
fn lateness(evidence: &Evidence, of: Party) -> Vec<SignedDuration> {
    let on_wire = evidence.observations.iter().filter(|one| matches!(one.seen, Seen::Wire { from, .. } if from == of));
    let late = on_wire.filter_map(|one| {
        let date = Mail::read(one.bytes.clone()).ok()?.field("Date")?;
        let date = date.split(" (").next().and_then(|date| rfc2822::parse(date).ok())?;
        Some(one.at.duration_since(date.timestamp()))
    });
    late.collect()
}
