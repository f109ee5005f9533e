//! `run`: plays scenarios and reports.

mod dry;
mod folder;
mod since;
mod targets;
mod telling;

use std::{collections::BTreeSet, num::NonZeroUsize, path::PathBuf, sync::Arc};

use clap::ValueEnum;
use jiff::civil::Date;

pub use folder::{FolderError, REPORT_NAMES};
pub use targets::Running;
pub use telling::{Manner, Telling};

use dry::dry_run;
use targets::{Named, target_name};

use super::{
    CliError, Exit,
    ci::{Ci, System},
    format::{Printed, Strict},
    known::Deviations,
    redaction::{self, Redaction},
    select::Select,
    signals,
    stderr::say,
    when,
};
use crate::{
    clock::Machine,
    evidence::Direction,
    report::Style,
    results::{Asked, Ending, PlayTally, Shard, Strictness},
    rules,
    runner::{self, Keep, OnFailure, Plan, Risk, Run},
    scenario::{Scenario, Selection, Suite},
    shown::path_text,
    target::{NAMES, Targets, round},
};

/// Arguments of `run`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    select: Select,
    /// Who plays the sender: the name of a gateway inside this program, or a target file; without --sender and --receiver alfa and bravo play both ways, and delta with either.
    #[arg(long, value_name = "TARGET", value_parser = target_name)]
    sender: Option<String>,
    /// Who plays the receiver.
    #[arg(long, value_name = "TARGET", value_parser = target_name)]
    receiver: Option<String>,
    /// Every ordered pair of these plays; a letter tells how each scenario ended in each.
    #[arg(
        long,
        value_name = "TARGET,...",
        value_delimiter = ',',
        conflicts_with_all = ["sender", "receiver"],
        value_parser = target_name
    )]
    among: Vec<String>,
    /// Play one of so many parts of all this, as machines of a CI do; `merge` puts together what they leave.
    #[arg(long, value_name = "N/OF")]
    shard: Option<Shard>,
    /// What somebody else's gateway may be sent that it is not sent unasked.
    #[arg(long, value_enum, value_name = "WHAT,...", value_delimiter = ',')]
    allow: Vec<Allowed>,
    /// Tell every message that would be sent, and to whom; send nothing.
    #[arg(long)]
    dry_run: bool,
    /// Scenarios that must have been played: one of them skipped ends with exit code 4.
    #[arg(long, value_name = "ID", num_args = 1..)]
    require_played: Vec<String>,
    /// How many scenarios at a time, one at most with each gateway of somebody's [default: one per core].
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Start nothing more after the first failure.
    #[arg(long)]
    fail_fast: bool,
    #[command(flatten)]
    strict: Strict,
    /// Judge by the norm as it was on this day [default: the norm's latest].
    #[arg(long, value_name = "DATE", value_parser = when::day)]
    as_of: Option<Date>,
    /// Where report.html, summary.md, junit.xml, report.sarif, run.jsonl and the evidence are written.
    #[arg(long, value_name = "DIR", default_value = "reports")]
    reports: PathBuf,
    /// Whose evidence is written [default: all; none of a redacted run].
    #[arg(long, value_enum, value_name = "WHOSE")]
    evidence: Option<Evidence>,
    #[command(flatten)]
    redaction: Redaction,
    #[command(flatten)]
    ci: Ci,
    #[command(flatten)]
    known: Deviations,
    #[command(flatten)]
    printed: Printed<Format>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A page for people.
    #[default]
    Terminal,
    /// The JSON stream.
    Json,
}

/// Whose evidence is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Evidence {
    /// Of every scenario and direction.
    All,
    /// Of those that failed or ended in trouble.
    Failures,
    /// Of none.
    None,
}

/// What somebody else's gateway is not sent unasked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Allowed {
    /// The file that antivirus programs are agreed to detect.
    Infected,
    /// Large messages, and many at a time.
    Flooding,
    /// What could be taken for the end of a message where there is none.
    Smuggling,
}

impl From<Allowed> for Risk {
    fn from(allowed: Allowed) -> Self {
        match allowed {
            Allowed::Infected => Risk::Infected,
            Allowed::Flooding => Risk::Flooding,
            Allowed::Smuggling => Risk::Smuggling,
        }
    }
}

impl Args {
    /// Those that a play is another without.
    fn options(&self) -> Vec<String> {
        let named = |value: clap::builder::PossibleValue| value.get_name().to_owned();
        let allowed: Vec<String> = self.allow.iter().filter_map(|it| it.to_possible_value().map(named)).collect();
        let with = |name: &str, value: String| [name.to_owned(), value];
        let allow = (!allowed.is_empty()).then(|| with("--allow", allowed.join(",")));
        let scenarios = self.select.other_scenarios().map(|folder| with("--scenarios", path_text(folder)));
        let day = self.as_of.map(|day| with("--as-of", day.to_string()));
        let strict = match self.strict.strictness() {
            Strictness::Violations => None,
            Strictness::Warnings => Some("--strict".to_owned()),
            Strictness::Notes => Some("--strict=notes".to_owned()),
        };
        scenarios.into_iter().chain(allow).chain(day).flatten().chain(strict).collect()
    }
}

/// Plays what is selected.
pub fn run(args: &Args, style: Style) -> Result<Exit, CliError> {
    // Before anything that takes its time: a run that is asked to stop as it begins stops as any other does.
    let stop = signals::stop().map_err(CliError::NoRuntime)?;
    let mut named = Named::default();
    let directions = if args.among.is_empty() {
        let [sender, receiver] = [&args.sender, &args.receiver].map(|one| one.as_deref().map(|one| named.name(one)));
        directions(&named.targets, sender.transpose()?.as_deref(), receiver.transpose()?.as_deref())?
    } else {
        let names: Vec<String> = args.among.iter().map(|one| named.name(one)).collect::<Result<_, _>>()?;
        among(&named.targets, &names)?
    };
    let mut plan = Plan::new(args.select.scenarios()?);
    plan.asked = Asked { targets: named.files, options: args.options() };
    let required = required(&plan.scenarios, &args.require_played)?;
    plan.how.targets = Arc::new(named.targets);
    plan.how.allowed = args.allow.iter().copied().map(Risk::from).collect();
    plan.how.stop = stop;
    plan.directions = directions;
    plan.shard = args.shard;
    plan.jobs = args.jobs.unwrap_or(plan.jobs);
    if args.dry_run {
        return dry_run(&plan);
    }
    plan.on_failure = if args.fail_fast { OnFailure::Stop } else { OnFailure::Continue };
    plan.how.strictness = args.strict.strictness();
    plan.how.as_of = args.as_of.into();
    let system = args.ci.system();
    let is_redacted = args.redaction.is_wanted(system != System::None && !plan.how.targets.is_empty());
    let evidence = args.evidence.unwrap_or(if is_redacted { Evidence::None } else { Evidence::All });
    match (is_redacted, evidence) {
        (true, Evidence::None) if args.shard.is_some() => return Err(CliError::RedactedPart),
        (true, Evidence::None) => say("reports are redacted and no evidence is kept; `--redact=no` tells all\n"),
        (true, _) => return Err(CliError::RedactedEvidence),
        (false, _) => {}
    }
    plan.how.keep = if evidence == Evidence::Failures { Keep::Failures } else { Keep::All };

    let mut declared = args.known.read(|| args.select.ids(), plan.how.strictness, Machine::default().now())?;
    let players = plan.directions.iter().flat_map(|way| [&way.sender, &way.receiver]).map(String::as_str);
    players.chain(NAMES.iter().copied()).for_each(|name| declared.knows(name));

    let running = Running::start(plan.how.targets.clone())?;
    let tally = PlayTally::new(plan.plays().len(), rules::all(), plan.how.as_of);
    let redactor = is_redacted.then(|| redaction::redactor([])).transpose()?;
    let manner = Manner { format: args.printed.format(), style, system, redactor };
    let mut telling = Telling::begin(&args.reports, manner, declared, tally)?;
    telling.require(required);
    if evidence != Evidence::None {
        plan.how.evidence = telling.keep_evidence();
    }
    let run = runner::run(&plan, &mut |event| telling.event(event)).map_err(CliError::NoRuntime)?;
    let stopped = running.stop();
    let ending = ending(&run, telling.not_played());
    Ok(telling.close(ending, run.took, plan.shard.is_none()).worse(stopped))
}

fn ending(run: &Run, not_played: usize) -> Ending {
    match (run.interrupted, not_played) {
        (true, _) => Ending::Interrupted,
        (false, 0) => Ending::Complete,
        (false, _) => Ending::FailFast,
    }
}

/// The ids of those scenarios that `--require-played` means.
fn required(scenarios: &[Arc<Scenario>], ids: &[String]) -> Result<BTreeSet<String>, CliError> {
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let selection = Selection { names: ids.to_vec(), ..Selection::default() };
    let chosen = Suite { scenarios: scenarios.to_vec() }.select(&selection).map_err(CliError::Required)?;
    Ok(chosen.iter().map(|scenario| scenario.id.clone()).collect())
}

/// Every ordered pair of different providers.
fn among(known: &Targets, targets: &[String]) -> Result<Vec<Direction>, CliError> {
    let pairs = targets.iter().flat_map(|sender| targets.iter().map(move |receiver| (sender, receiver)));
    let mut directions: Vec<Direction> = pairs
        .filter(|(sender, receiver)| !known.are_one_provider(sender, receiver))
        .map(|(sender, receiver)| Direction::new(sender, receiver))
        .collect();
    let mut seen = BTreeSet::new();
    directions.retain(|direction| seen.insert(direction.clone()));
    if directions.is_empty() { Err(CliError::SameTarget(targets[0].clone())) } else { Ok(directions) }
}

/// Who plays whom. Whoever is named alone plays against the other of alfa and bravo.
fn directions(known: &Targets, sender: Option<&str>, receiver: Option<&str>) -> Result<Vec<Direction>, CliError> {
    let peer = |of: &str| if known.are_one_provider(of, "alfa") { "bravo" } else { "alfa" }.to_owned();
    Ok(match (sender, receiver) {
        (None, None) => round().into(),
        (Some(both), Some(same)) if both == same => return Err(CliError::SameTarget(both.to_owned())),
        (Some(sender), Some(receiver)) => vec![Direction::new(sender, receiver)],
        (Some(sender), None) => vec![Direction::new(sender, peer(sender))],
        (None, Some(receiver)) => vec![Direction::new(peer(receiver), receiver)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(sender: Option<&str>, receiver: Option<&str>) -> Vec<(String, String)> {
        let directions = directions(&Targets::default(), sender, receiver).unwrap();
        directions.into_iter().map(|direction| (direction.sender, direction.receiver)).collect()
    }

    fn way(sender: &str, receiver: &str) -> (String, String) {
        (sender.to_owned(), receiver.to_owned())
    }

    #[test]
    fn whoever_is_named_alone_plays_against_the_other() {
        let round = [way("alfa", "bravo"), way("bravo", "alfa"), way("bravo", "delta"), way("delta", "alfa")];
        assert_eq!(ways(None, None), round);
        assert_eq!(ways(None, Some("flawed")), [way("alfa", "flawed")]);
        assert_eq!(ways(Some("flawed"), None), [way("flawed", "alfa")]);
        assert_eq!(ways(Some("alfa"), None), [way("alfa", "bravo")]);
        assert_eq!(ways(None, Some("alfa")), [way("bravo", "alfa")]);
        assert_eq!(ways(Some("bravo"), Some("flawed")), [way("bravo", "flawed")]);
        assert!(directions(&Targets::default(), Some("alfa"), Some("alfa")).is_err());
    }
}
