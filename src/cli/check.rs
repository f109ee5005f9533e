//! `check`: the same rules on files that someone already has.

use std::{io, path::PathBuf, time::Instant};

use clap::ValueEnum;
use jiff::{Timestamp, civil::Date};

use super::{CliError, Exit, color::Color, inputs::Input, stdout::Stdout, trust::Given};
use crate::{
    clock::Machine,
    report::{JsonStream, Report, RuleSet, Terminal},
    results::{CheckTally, Checked, Closing, Ending, Event, Opening, Strictness, Totals, Unjudged, Work},
    rules::{self, Options},
    shown::path_text,
};

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Messages (.eml), directories (.ldif, .ldif.p7m), certificates, folders of these, or the evidence of an earlier run.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Folder of trusted roots and revocation lists (PEM or DER); without it origins are not verified.
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// The providers' directory (LDIF, also in its signature: .ldif.p7m).
    #[arg(long, value_name = "LDIF")]
    directory: Option<PathBuf>,
    /// The instant that directories and certificates are judged at, such as 2026-03-02T08:30:00Z; now unless given.
    #[arg(long, value_name = "INSTANT")]
    at: Option<Timestamp>,
    /// Judge by the norm as it was on this day [default: the norm's latest].
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Let warnings and notes fail too.
    #[arg(long)]
    strict: bool,
    /// What is printed: a page for people, or JSON lines.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

/// Judges everything that is given. Nothing is printed as judged before every path has been found.
pub fn check(args: &Args, color: Color) -> Result<Exit, CliError> {
    let given = Given::read(args.trust.as_deref(), args.directory.as_deref())?;
    let mut inputs = Vec::new();
    for path in &args.paths {
        inputs.extend(Input::find(path)?);
    }
    let (clock, started) = (Instant::now(), Machine::default().now());
    let at = args.at.unwrap_or(started);
    let strictness = if args.strict { Strictness::Everything } else { Strictness::Violations };
    let options = Options { as_of: args.as_of.into() };
    let out = Stdout::open();
    let mut report: Box<dyn Report> = match args.format {
        Format::Text => Box::new(Terminal::new(out, color.on(&io::stdout()))),
        Format::Json => Box::new(JsonStream::new(out, RuleSet::of(rules::all()))),
    };
    let mut tell = |event| report.event(&event).map_err(CliError::Stdout);
    let mut tally = CheckTally::default();
    let mut trouble = Exit::Conforming;
    let work = Work::Check { references: Vec::new() };
    tell(Event::Opened(Opening { started, work, strictness, as_of: options.as_of }))?;
    for input in &inputs {
        match judged(input, &given, at, options) {
            Ok(checked) => {
                tally.count(&checked, strictness);
                tell(Event::Checked(Box::new(checked)))?;
            }
            Err(error) => {
                // One file that cannot be judged does not hide what the others are.
                error.show(color);
                tally.unjudged += 1;
                trouble = trouble.worse(error.exit());
                let name = path_text(input.path());
                tell(Event::Unjudged(Unjudged { name, reason: error.to_string() }))?;
            }
        }
    }
    let exit = verdict(&tally).worse(trouble);
    let exit_told = (exit.code(), exit.meaning());
    let (totals, took) = (Totals::Check(tally), clock.elapsed());
    tell(Event::Closed(Closing { totals, ending: Ending::Complete, exit: exit_told, took }))?;
    Ok(exit)
}

fn judged(input: &Input, given: &Given, at: Timestamp, options: Options) -> Result<Checked, CliError> {
    let mut evidence = input.read(at)?;
    given.to(&mut evidence);
    let judgement = rules::judge(&evidence, &options);
    let path = input.path().to_owned();
    Ok(Checked { name: path_text(&path), path, evidence, judgement })
}

fn verdict(totals: &CheckTally) -> Exit {
    let mut exit = if totals.failing > 0 { Exit::NonConforming } else { Exit::Conforming };
    if totals.applied.is_empty() {
        exit = exit.worse(Exit::Nothing);
    }
    if totals.broken_rules > 0 {
        exit = exit.worse(Exit::Trouble);
    }
    exit
}
