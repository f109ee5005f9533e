//! `check`: the same rules on files that someone already has.

use std::{collections::BTreeSet, io, path::PathBuf, time::Instant};

use clap::ValueEnum;
use jiff::{Timestamp, civil::Date, fmt::rfc2822};

use super::{CliError, Exit, color::Color, stdout::Stdout, trust::Given};
use crate::{
    archive::{self, Content, Item, Limits},
    clock::Machine,
    directory::Directory,
    evidence::{DirectoryVersion, Evidence, Observation, Party, Seen, bundle},
    message::{Bytes, Message},
    report::{JsonStream, Report, RuleSet, Terminal},
    results::{CheckTally, Checked, Closing, Ending, Event, LeftOut, Opening, Strictness, Totals, Unjudged, Work},
    rules::{self, Options},
};

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Messages, mailboxes (mbox, Maildir), directories (LDIF, also signed), certificates, zips and folders of these, or
    /// the evidence of an earlier run; `-` is standard input.
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

/// Judges everything that is given.
pub fn check(args: &Args, color: Color) -> Result<Exit, CliError> {
    let given = Given::read(args.trust.as_deref(), args.directory.as_deref())?;
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
    for found in archive::open(&args.paths, &Limits::default()) {
        let (name, judged) = match found {
            Ok(item) => (item.name.to_string(), judged(item, &given, at, options)),
            Err(left_out) if left_out.is_error() => (left_out.name.to_string(), Err(left_out.into())),
            Err(left_out) => {
                tally.left_out += 1;
                let (name, why) = (left_out.name.to_string(), left_out.why.to_string());
                tell(Event::LeftOut(LeftOut { name, why }))?;
                continue;
            }
        };
        match judged {
            Ok(checked) => {
                tally.count(&checked, strictness);
                tell(Event::Checked(Box::new(checked)))?;
            }
            Err(error) => {
                // One file that cannot be judged does not hide what the others are.
                error.show(color);
                tally.unjudged += 1;
                trouble = trouble.worse(error.exit());
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

fn judged(item: Item, given: &Given, at: Timestamp, options: Options) -> Result<Checked, CliError> {
    let name = item.name.to_string();
    let path = item.name.path().map_or_else(|| PathBuf::from("-"), Into::into);
    let mut evidence = evidence(item, at)?;
    given.to(&mut evidence);
    let judgement = rules::judge(&evidence, &options);
    Ok(Checked { name, path, evidence, judgement })
}

/// What was found as evidence; `at` is its day, where it does not tell.
fn evidence(item: Item, at: Timestamp) -> Result<Evidence, CliError> {
    let title = item.name.to_string();
    let alone = Evidence { title: title.clone(), ended: Some(at), ..Evidence::default() };
    Ok(match item.content {
        Content::Message(bytes) => Evidence { observations: vec![observation(title, bytes, at)?], ..alone },
        Content::Directory(ldif) => {
            let certificates = listed(&ldif);
            Evidence { directories: vec![DirectoryVersion { from: at, ldif: ldif.to_vec() }], certificates, ..alone }
        }
        Content::Certificates(certificates) => Evidence { certificates, ..alone },
        Content::Bundle(path) => bundle::read(&path)?,
        Content::Daticert(_) => return Err(CliError::Part { name: title, what: "a daticert.xml" }),
        Content::Signature(_) => return Err(CliError::Part { name: title, what: "a signature (smime.p7s)" }),
    })
}

/// The certificates of a directory, each once.
fn listed(file: &[u8]) -> Vec<Vec<u8>> {
    let providers = Directory::read(file).map(|directory| directory.providers).unwrap_or_default();
    let certificates: BTreeSet<Vec<u8>> = providers.into_iter().flat_map(|provider| provider.certificates).collect();
    certificates.into_iter().collect()
}

fn observation(name: String, bytes: Bytes, at: Timestamp) -> Result<Observation, CliError> {
    let message = Message::read(&bytes)
        .map_err(|problem| CliError::NotMail { name: name.clone(), problem: problem.to_string() })?;
    Ok(Observation {
        id: 1,
        bytes,
        seen: Seen::File { path: name },
        at: claimed(&message).unwrap_or(at),
        path: None,
        producer: Party::Undetermined,
        name: None,
        dialogue: None,
    })
}

/// When a file was on its way nobody saw. A certificate that has expired since then was good then, so the time the
/// message claims is taken: of its certification data, else of its Date.
fn claimed(message: &Message) -> Option<Timestamp> {
    let certified = message.daticert.as_ref().and_then(|reading| reading.data.as_ref()?.instant());
    let dated = || rfc2822::parse(&message.mail.field("Date")?).ok().map(|date| date.timestamp());
    certified.or_else(dated)
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
