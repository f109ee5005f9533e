//! `check`: the same rules on files that someone already has.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufWriter},
    path::PathBuf,
    time::Instant,
};

use jiff::{Timestamp, civil::Date};

use super::{
    CliError, Exit,
    ci::{self, Ci, System},
    error::warn,
    format::{Printed, Strict},
    known::{Deviations, Settled},
    redaction::{self, Redaction},
    select::Select,
    stdout::Stdout,
    trust::Given,
    when,
};
use crate::{
    archive::Limits,
    check::{Broken, Check, Outcome},
    clock::Machine,
    evidence::{View, Watch},
    known::Extent,
    norm::AsOf,
    report::{CodeQuality, Folder, Format, Report, Reports, Style},
    results::{Closing, Ending, Event, Opening, Question, Required, Strictness, Totals, Work, require},
    rules::{Options, Reference},
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
    /// 2026-03-02T08:30:00Z, or the end of a day [default: what each message claims, and now].
    #[arg(long, value_name = "INSTANT", value_parser = when::instant)]
    at: Option<Timestamp>,
    /// Judge by the norm as it was on this day [default: the norm's latest].
    #[arg(long, value_name = "DATE", value_parser = when::day)]
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
    /// Write pages to look at here too: a folder, for more messages than one page of --format html has room for.
    #[arg(long, value_name = "DIR")]
    pages: Option<PathBuf>,
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

/// Judges everything that is given.
pub fn check(args: &Args, style: Style) -> Result<Exit, CliError> {
    let given = match (&args.trust, &args.directory) {
        (None, None) => super::reference::kept()?,
        (trust, directory) => Given::read(trust.as_deref(), directory.as_deref())?,
    };
    let system = args.ci.system();
    let mut beside = Reports::default();
    ci::summarised(system, &mut beside);
    if let Some(path) = &args.code_quality {
        let file = File::create(path).map_err(|problem| CliError::Unwritten { path: path.clone(), problem })?;
        beside.add(path_text(path), CodeQuality::new(BufWriter::new(file)));
    }
    if let Some(folder) = &args.pages {
        let pages = Folder::create(folder).map_err(|problem| CliError::Unwritten { path: folder.clone(), problem })?;
        beside.add(path_text(folder), pages);
    }
    let asked = Asked {
        paths: args.paths.clone(),
        unread: Vec::new(),
        base: PathBuf::new(),
        at: args.at,
        as_of: args.as_of.into(),
        views: args.view.clone(),
        strictness: args.strict.strictness(),
        require: args.require.clone(),
        limits: Limits::default(),
    };
    let format = args.printed.format();
    let mut report: Box<dyn Report + Send> = format.report(Stdout::open(), style, &asked.base);
    if format == Format::Text && system == System::Github {
        report = Box::new(ci::annotated(report));
    }
    let reference = Reference::new(&given.directories, &given.trust);
    let is_redacted = args.redaction.is_wanted(system != System::None);
    let service = reference.service_mailboxes().map(str::to_owned);
    let mut redactor = is_redacted.then(|| redaction::redactor(service)).transpose()?;
    let tell = |mut event: Event<'_>| {
        if let Some(redactor) = &mut redactor {
            redactor.event(&mut event);
        }
        beside.event(&event);
        report.event(&event)
    };
    let exit = judge(&asked, &given, &reference, &args.known, tell)?;
    for (name, problem) in beside.broken() {
        warn(&format!("{name} could not be written: {problem}"));
    }
    Ok(if beside.broken().is_empty() { exit } else { exit.worse(Exit::Trouble) })
}

/// What is to be judged and how, whoever asks: the command line or the page.
pub struct Asked {
    /// Files, folders, archives; `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// What was given as well, but whoever handed it in could not read.
    pub unread: Vec<PathBuf>,
    /// From which folder what lies there is named.
    pub base: PathBuf,
    /// When the messages arrived, and the instant that directories and certificates are judged at.
    pub at: Option<Timestamp>,
    /// By the norm of which day.
    pub as_of: AsOf,
    /// Whose mailboxes the messages are from.
    pub views: Vec<View>,
    /// What fails besides violations.
    pub strictness: Strictness,
    /// Answers that must be yes.
    pub require: Vec<Question>,
    /// How much is read before it is enough.
    pub limits: Limits,
}

/// Judges it by what is `given`, which `reference` has read; `tell` hears of everything.
pub fn judge(
    asked: &Asked,
    given: &Given,
    reference: &Reference<'_>,
    known: &Deviations,
    mut tell: impl FnMut(Event<'_>) -> io::Result<()> + Send,
) -> Result<Exit, CliError> {
    if asked.require.contains(&Question::Complete) && asked.views.is_empty() {
        return Err(CliError::CompleteWithoutView);
    }
    let (clock, now) = (Instant::now(), Machine::default().now());
    let (options, strictness) = (Options { as_of: asked.as_of }, asked.strictness);
    let mut declared = known.read(|| Select::default().ids(), strictness, now)?;
    let check = Check {
        paths: asked.paths.clone(),
        unread: asked.unread.clone(),
        base: asked.base.clone(),
        reference,
        directories: given.names.clone(),
        options,
        at: asked.at,
        now,
        watch: Watch::of(asked.views.iter().copied(), asked.at.unwrap_or(now)),
        strictness,
        limits: asked.limits.clone(),
    };
    let work = Work::Check { references: given.references() };
    let opening = Opening { started: now, work, strictness, as_of: options.as_of };
    tell(Event::Opened(opening)).map_err(CliError::Stdout)?;
    let mut required: BTreeMap<Question, Required> =
        asked.require.iter().map(|question| (*question, Required::default())).collect();
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
    Ok(exit)
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
