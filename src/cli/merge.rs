//! `merge`: the parts of a run that was spread over machines, put together to one run.

use std::path::PathBuf;

use super::{
    CliError, Exit,
    ci::{Ci, System},
    format::Printed,
    known::Deviations,
    redaction::{self, Redaction},
    run::{Format, Manner, Telling},
};
use crate::{
    clock::Machine,
    merge::{Gaps, Whole},
    report::Style,
    results::{Ending, Event, PlayTally},
    rules, scenario,
    target::NAMES,
};

/// Arguments of `merge`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder that each part was written to (`run --shard`), with its evidence.
    #[arg(value_name = "RUN", required = true)]
    parts: Vec<PathBuf>,
    /// Put together what there is, although parts are missing or were broken off: the run then counts as broken off.
    #[arg(long)]
    incomplete: bool,
    /// Where report.html, summary.md, junit.xml, report.sarif, run.jsonl and the evidence are written.
    #[arg(long, value_name = "DIR", default_value = "reports")]
    reports: PathBuf,
    #[command(flatten)]
    known: Deviations,
    #[command(flatten)]
    redaction: Redaction,
    #[command(flatten)]
    ci: Ci,
    #[command(flatten)]
    printed: Printed<Format>,
}

/// Puts the parts together: their evidence is judged again, and tells the same.
pub fn merge(args: &Args, style: Style) -> Result<Exit, CliError> {
    let gaps = if args.incomplete { Gaps::Told } else { Gaps::Refused };
    // What lies where the reports go is put aside: it would be looked for in vain.
    let place = |path: &PathBuf| path.canonicalize().ok();
    if args.parts.iter().any(|part| place(part).is_some_and(|part| place(&args.reports) == Some(part))) {
        return Err(CliError::MergedInto(args.reports.clone()));
    }
    let whole = Whole::read(&args.parts, gaps)?;
    let opening = whole.opening();
    let ids = || -> Result<Vec<String>, CliError> {
        let suite = scenario::suite(&rules::ids())?;
        Ok(suite.scenarios.iter().map(|scenario| scenario.id.clone()).chain(whole.scenarios()).collect())
    };
    let mut declared = args.known.read(ids, opening.strictness, Machine::default().now())?;
    whole.targets().into_iter().chain(NAMES.iter().copied()).for_each(|name| declared.knows(name));
    let tally = PlayTally::new(whole.planned, rules::all(), opening.as_of);
    let system = args.ci.system();
    let is_elsewhere = whole.targets().into_iter().any(|target| !NAMES.contains(&target));
    let is_redacted = args.redaction.is_wanted(system != System::None && is_elsewhere);
    let redactor = is_redacted.then(|| redaction::redactor([])).transpose()?;
    let manner = Manner { format: args.printed.format(), style, system, redactor };
    let mut telling = Telling::begin(&args.reports, manner, declared, tally)?;
    let evidence = if is_redacted { None } else { telling.keep_evidence() };
    telling.event(Event::Opened(opening));
    whole.plays(evidence.as_deref(), &mut |cell| telling.event(Event::Finished(Box::new(cell))))?;
    let ending = if whole.is_complete { Ending::Complete } else { Ending::Interrupted };
    Ok(telling.close(ending, whole.took(), true))
}
