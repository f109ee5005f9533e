//! Every scenario of the suite as a test, once in each direction, with its story as a snapshot.
//!
//! `cargo scenario 'delivery/*'` plays some; `PEC_SCENARIO='delivery/*,trust/*'` does the same where flags are not passed
//! on (nextest).

use std::{process::ExitCode, sync::LazyLock};

use clap::Parser;
use libtest_mimic::{Arguments, Failed, Trial};
use pec_conformance::{
    norm::Level,
    rules::{self, Outcome},
    runner::{Cell, CellOutcome, Direction, How, play},
    scenario::{Selection, suite},
};
use tokio::runtime::Runtime;

/// One runtime for all trials; each trial blocks a thread of its own on it.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("threads can be started"));

#[derive(Parser)]
struct Options {
    #[command(flatten)]
    mimic: Arguments,
    /// Only scenarios whose id matches; repeatable.
    #[arg(long, env = "PEC_SCENARIO", value_delimiter = ',')]
    scenario: Vec<String>,
}

fn main() -> ExitCode {
    let mut options = Options::parse();
    let selection = Selection { ids: std::mem::take(&mut options.scenario), ..Selection::default() };
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
    let directions = [Direction::new("alfa", "bravo"), Direction::new("bravo", "alfa")];
    let trials = scenarios.iter().flat_map(|scenario| {
        directions.clone().map(|direction| {
            let scenario = scenario.clone();
            let name = format!("{} {}->{}", scenario.id, direction.sender, direction.receiver);
            Trial::test(name, move || verdict(&RUNTIME.block_on(play(&scenario, &direction, &How::default()))))
        })
    });
    libtest_mimic::run(&options.mimic, trials.collect()).exit_code()
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
