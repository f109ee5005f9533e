//! `check`: the same rules on files that someone already has.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufWriter},
    path::PathBuf,
    time::Instant,
};

use clap::ValueEnum;
use jiff::{Timestamp, civil::Date};

use super::{
    CliError, Exit,
    ci::{self, Ci, System},
    color::Color,
    error::warn,
    format::{Printed, Strict},
    known::{Deviations, Settled},
    redaction::{self, Redaction},
    select::Select,
    stdout::Stdout,
    trust::Given,
};
use crate::{
    archive::Limits,
    check::{Broken, Check, Outcome},
    clock::Machine,
    evidence::{View, Watch},
    known::Extent,
    report::{
        CodeQuality, Html, JsonStream, Junit, LARGEST_SUMMARY, Markdown, Report, Reports, RuleSet, Sarif, Terminal,
    },
    results::{Closing, Ending, Event, Opening, Question, Required, Totals, Work, require},
    rules::{self, Options, Reference},
    shown::path_text,
};

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Messages (.eml), directories (.ldif, .ldif.p7m), certificates, folders of these, or the evidence of an earlier run.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Folder of trusted roots and revocation lists (PEM or DER); without it no origin can be told.
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// The providers' directory (LDIF, also in its signature: .ldif.p7m).
    #[arg(long, value_name = "LDIF")]
    directory: Option<PathBuf>,
    /// When the messages arrived, and the instant that directories and certificates are judged at, such as
    /// 2026-03-02T08:30:00Z [default: what each message claims, and now].
    #[arg(long, value_name = "INSTANT")]
    at: Option<Timestamp>,
    /// Judge by the norm as it was on this day [default: the norm's latest].
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Whose mailboxes the messages are from, so that what is not there is missing: sender, recipient, service (several,
    /// with commas), or archive, a provider's whole.
    #[arg(long, value_name = "VIEW", value_delimiter = ',')]
    view: Vec<View>,
    #[command(flatten)]
    strict: Strict,
    /// Answers that must be yes, with commas: a no exits with 1, one that cannot be told with 5. `complete` needs --view.
    #[arg(long, value_enum, value_name = "ANSWER", value_delimiter = ',')]
    require: Vec<Question>,
    #[command(flatten)]
    known: Deviations,
    #[command(flatten)]
    redaction: Redaction,
    #[command(flatten)]
    ci: Ci,
    /// Write GitLab's code quality report here too.
    #[arg(long, value_name = "FILE")]
    code_quality: Option<PathBuf>,
    #[command(flatten)]
    printed: Printed<Format>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A page for people.
    #[default]
    Text,
    /// JSON lines.
    Json,
    /// JUnit XML.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
    /// A summary in Markdown.
    Markdown,
    /// A page to look at, in Italian and English, with one for each message that can be printed.
    Html,
}

/// Judges everything that is given.
pub fn check(args: &Args, color: Color) -> Result<Exit, CliError> {
    if args.require.contains(&Question::Complete) && args.view.is_empty() {
        return Err(CliError::CompleteWithoutView);
    }
    let given = match (&args.trust, &args.directory) {
        (None, None) => super::reference::kept()?,
        (trust, directory) => Given::read(trust.as_deref(), directory.as_deref())?,
    };
    let (clock, now) = (Instant::now(), Machine::default().now());
    let options = Options { as_of: args.as_of.into() };
    let strictness = args.strict.strictness();
    let mut declared = args.known.read(|| Select::default().ids(), strictness, now)?;
    let system = args.ci.system();
    let out = Stdout::open();
    let mut report: Box<dyn Report + Send> = match args.printed.format() {
        Format::Text => {
            let text = Box::new(Terminal::new(out, color.on(&io::stdout())));
            if system == System::Github { Box::new(ci::annotated(text)) } else { text }
        }
        Format::Json => Box::new(JsonStream::new(out, RuleSet::of(rules::all()))),
        Format::Junit => Box::new(Junit::new(out)),
        Format::Sarif => Box::new(Sarif::new(out, rules::all())),
        Format::Markdown => Box::new(Markdown::new(out, LARGEST_SUMMARY)),
        Format::Html => Box::new(Html::new(out, PathBuf::new(), RuleSet::of(rules::all()))),
    };
    let mut beside = Reports::default();
    ci::summarised(system, &mut beside);
    if let Some(path) = &args.code_quality {
        let file = File::create(path).map_err(|problem| CliError::Unwritten { path: path.clone(), problem })?;
        beside.add(path_text(path), CodeQuality::new(BufWriter::new(file)));
    }
    let reference = Reference::new(&given.directories, &given.trust);
    let is_redacted = args.redaction.is_wanted(system != System::None);
    let service = reference.service_mailboxes().map(str::to_owned);
    let mut redactor = is_redacted.then(|| redaction::redactor(service)).transpose()?;
    let mut tell = |mut event: Event<'_>| {
        if let Some(redactor) = &mut redactor {
            redactor.event(&mut event);
        }
        beside.event(&event);
        report.event(&event)
    };
    let check = Check {
        paths: args.paths.clone(),
        reference: &reference,
        directories: given.names.clone(),
        options,
        at: args.at,
        now,
        watch: Watch::of(args.view.iter().copied(), args.at.unwrap_or(now)),
        strictness,
        limits: Limits::default(),
    };
    let work = Work::Check { references: given.references() };
    let opening = Opening { started: now, work, strictness, as_of: options.as_of };
    tell(Event::Opened(opening)).map_err(CliError::Stdout)?;
    let mut required: BTreeMap<Question, Required> =
        args.require.iter().map(|question| (*question, Required::default())).collect();
    reference.providers().for_each(|provider| declared.knows(provider));
    let telling = |mut event: Event<'_>| {
        require(&mut required, &event);
        match &mut event {
            Event::Checked(checked) => declared.checked(checked),
            Event::Submission(page) => declared.submission(page),
            _ => {}
        }
        tell(event)
    };
    let mut outcome = check.run(telling).map_err(|broken| match broken {
        Broken::Telling(error) => CliError::Stdout(error),
        Broken::Spilling(_) => CliError::Internal(broken.to_string()),
    })?;
    outcome.tally.required = required;
    for (provider, rules) in &outcome.asked {
        for rule in rules {
            declared.asked(rule, provider.as_deref());
        }
    }
    let failing = outcome.tally.failing + outcome.tally.failing_submissions > 0;
    let extent = Extent { asked_all: true, names_all: !given.directories.is_empty() };
    let Settled { exit, words, reckoning } = declared.close(extent, others(&outcome), failing);
    let exit_told = (exit.code(), words.unwrap_or_else(|| exit.of_check().to_owned()));
    let (totals, took) = (Totals::Check(outcome.tally), clock.elapsed());
    let closing = Closing { totals, ending: Ending::Complete, exit: exit_told, known: reckoning, took };
    tell(Event::Closed(Box::new(closing))).map_err(CliError::Stdout)?;
    for (name, problem) in beside.broken() {
        warn(&format!("{name} could not be written: {problem}"));
    }
    Ok(if beside.broken().is_empty() { exit } else { exit.worse(Exit::Trouble) })
}

/// What it comes to, what was found left aside.
fn others(outcome: &Outcome) -> Exit {
    let tally = &outcome.tally;
    let applies = [
        (tally.required.values().any(|asked| asked.cannot_tell > 0 || asked.is_unasked()), Exit::Untold),
        (tally.required.values().any(|asked| asked.no > 0), Exit::NonConforming),
        (!tally.not_exercised.is_empty(), Exit::Nothing),
        (tally.broken_rules > 0, Exit::Trouble),
        (outcome.mistaken, Exit::Usage),
    ];
    applies.into_iter().filter(|(it, _)| *it).fold(Exit::Conforming, |exit, (_, other)| exit.worse(other))
}
