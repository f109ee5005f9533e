//! Every scenario of the suite as a test, once in each direction, with its story as a snapshot; and a part of them again
//! with the machine's clock set to another day, against the same snapshots. Where all are played, outside oracles are asked
//! about what the gateways composed.
//!
//! `cargo scenario '*' --today 2032-02-29T12:00:00Z` plays all of them on another day.
//!
//! `cargo scenario 'delivery/*'` plays some; `PEC_SCENARIO='delivery/*,trust/*'` does the same where flags are not passed
//! on (nextest).

mod oracle;

use std::{
    process::ExitCode,
    sync::{Arc, LazyLock},
};

use clap::Parser;
use jiff::Timestamp;
use libtest_mimic::{Arguments, Failed, Trial};
use pec_conformance::{
    clock::Machine,
    evidence::Direction,
    norm::Level,
    results::{Cell, CellOutcome},
    rules::{self, Outcome},
    runner::{How, play},
    scenario::{Scenario, Selection, suite},
};
use tokio::runtime::Runtime;

/// Asked once everything is played, about all of it.
static ORACLE: LazyLock<oracle::Oracle> = LazyLock::new(oracle::Oracle::default);

/// One runtime for all trials; each trial blocks a thread of its own on it.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("threads can be started"));

#[derive(Parser)]
struct Options {
    #[command(flatten)]
    mimic: Arguments,
    /// Only scenarios whose id matches; repeatable.
    #[arg(long, env = "PEC_SCENARIO", value_delimiter = ',')]
    scenario: Vec<String>,
    /// What the machine's clock is set to, for all of them.
    #[arg(long, env = "PEC_TODAY", value_name = "INSTANT")]
    today: Option<Timestamp>,
}

/// When what is played again is played: as a leap day ends, and in both hours that change legal time. No signing certificate
/// is good on the first, no revocation list on the second, no issuing authority on the last.
const OTHER_DAYS: [&str; 3] = ["2032-02-29T22:59:55Z", "2028-03-26T00:59:55Z", "2041-10-27T00:59:55Z"];
/// One scenario in so many is played again, across all folders.
const AGAIN: usize = 8;

fn main() -> ExitCode {
    let mut options = Options::parse();
    let selection = Selection { names: std::mem::take(&mut options.scenario), ..Selection::default() };
    let suite = match suite(&rules::ids()) {
        Ok(suite) => suite,
        Err(error) => {
            eprintln!("{:?}", miette::Report::new(error));
            return ExitCode::from(2);
        }
    };
    let scenarios = match suite.select(&selection) {
        Ok(scenarios) => scenarios,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(4);
        }
    };
    let Arguments { filter, skip, list, ignored, .. } = &options.mimic;
    let is_everything = selection.names.is_empty() && options.today.is_none();
    let is_whole = is_everything && filter.is_none() && skip.is_empty() && !list && !ignored;
    let directions = [Direction::new("alfa", "bravo"), Direction::new("bravo", "alfa")];
    let trial = |scenario: &Arc<Scenario>, direction: &Direction, today: Option<Timestamp>| {
        let (scenario, direction) = (scenario.clone(), direction.clone());
        let day = today.map(|today| format!(" on {today}")).unwrap_or_default();
        let name = format!("{} {}->{}{day}", scenario.id, direction.sender, direction.receiver);
        let machine = today.map(Machine::set_to).unwrap_or_default();
        let how = How { machine, ..How::default() };
        Trial::test(name, move || {
            let _under_way = ORACLE.begins();
            let cell = RUNTIME.block_on(play(&scenario, &direction, &how));
            if is_whole && today.is_none() {
                ORACLE.take(&cell);
            }
            verdict(&cell)
        })
    };
    let both = |scenario| directions.each_ref().map(|direction| (scenario, direction));
    let plays = || scenarios.iter().flat_map(both);
    let mut trials: Vec<Trial> =
        plays().map(|(scenario, direction)| trial(scenario, direction, options.today)).collect();
    if options.today.is_none() {
        let days = OTHER_DAYS.map(|day| day.parse().expect("an instant is written there"));
        let again = scenarios.iter().step_by(AGAIN).flat_map(both).zip(days.into_iter().cycle());
        trials.extend(again.map(|((scenario, direction), day)| trial(scenario, direction, Some(day))));
    }
    if is_whole {
        // The last: trials begin in order.
        let plays = trials.len();
        let name = "openssl and xmllint accept everything that the gateways compose";
        trials.push(Trial::test(name, move || ORACLE.verdict(plays)));
    }
    libtest_mimic::run(&options.mimic, trials).exit_code()
}

fn verdict(cell: &Cell) -> Result<(), Failed> {
    if cell.outcome != CellOutcome::Passed {
        return Err(failures(cell).into());
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let name = format!("{}-{}-{}", cell.scenario.replace('/', "-"), cell.direction.sender, cell.direction.receiver);
    settings.bind(|| insta::assert_snapshot!(name, cell.story));
    Ok(())
}

/// Everything wrong, one paragraph each.
fn failures(cell: &Cell) -> String {
    let unmet = cell.unmet.iter().map(|unmet| {
        let heading = format!("{}: {} owes", unmet.at, unmet.blame);
        format!("{heading}\n  expected {}\n  found    {}", unmet.expected, unmet.found)
    });
    let verdicts = cell.failed(Level::Must).flat_map(|verdict| {
        let findings = if let Outcome::Fail(findings) = &verdict.outcome { findings.as_slice() } else { &[] };
        findings.iter().map(move |finding| {
            let heading = format!("{} on {}: {}", verdict.rule.id, verdict.subject, verdict.rule.question);
            format!("{heading}\n  expected {}\n  found    {}", finding.expected, finding.found)
        })
    });
    let notes = cell.notes.iter().cloned();
    std::iter::once(format!("{:?}", cell.outcome))
        .chain(unmet)
        .chain(verdicts)
        .chain(notes)
        .collect::<Vec<_>>()
        .join("\n\n")
}
