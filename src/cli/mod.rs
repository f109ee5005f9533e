//! The command line, a file per command.

mod bundle;
mod check;
mod ci;
mod color;
mod coverage;
mod data;
mod diff;
mod directory;
mod error;
mod exit;
mod explain;
mod format;
mod inspect;
mod install;
mod known;
mod last_resort;
mod list;
mod merge;
mod page;
mod redaction;
mod reference;
mod run;
mod schema;
mod select;
mod serve;
mod signals;
mod smoke;
mod stderr;
mod stdout;
mod table;
mod trust;
mod version;
mod when;
mod width;

use std::{env, ffi::OsString, io};

use clap::{
    CommandFactory as _, FromArgMatches as _, Parser, Subcommand,
    error::{ContextKind, ContextValue, ErrorKind},
};

pub use error::CliError;
pub use exit::Exit;

use ci::Closed;
use color::Color;
use stderr::say;
use stdout::Stdout;

use crate::{
    language::Language,
    report::Style,
    shown::{shown, shown_path},
    yaml::nearest,
};

/// Do two gateways of Italian certified mail (PEC, RFC 6109) work together as the norm says?
///
/// Scenarios are played between two gateways over real SMTP, TLS and signatures; rules judge every message,
/// session and log; a report says which clause is broken, by whom, and on what evidence. The gateways are
/// inside this program: alfa and bravo, which conform, and flawed, which does not.
#[derive(Debug, Parser)]
#[command(name = "pec-conformance", version, verbatim_doc_comment, after_help = Exit::help())]
struct Cli {
    /// Colours: auto (at a terminal, unless NO_COLOR is set), always or never.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN", hide_possible_values = true)]
    color: Color,
    /// The language of what people read, it or en [default: that of the locale: Italian, else English]; ids, JSON and all
    /// that programs read stay as they are.
    #[arg(long, global = true, value_enum, value_name = "LANGUAGE", hide_possible_values = true)]
    lang: Option<Language>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play scenarios between two gateways and judge what was seen.
    Run(run::Args),
    /// Judge messages, folders of messages, or the evidence of an earlier run.
    Check(check::Args),
    /// Tell what of a run is better, worse, new or gone, beside an earlier one.
    Diff(diff::Args),
    /// Put together the parts of a run that was spread over machines.
    Merge(merge::Args),
    /// Pack a run into one file to be handed on: with digests, signed and time-stamped where asked for.
    Bundle(bundle::Args),
    /// Tell whether a bundle is as it was packed, who signed it, and when it was there.
    VerifyBundle(bundle::VerifyArgs),
    /// Show what a message, signature, certificate or directory consists of; nothing is judged.
    Inspect(inspect::Args),
    /// Judge what is dropped on a web page of this machine, or sent to it over HTTP.
    Page(page::Args),
    /// Keep, show or forget the roots, lists and directory that messages are judged by.
    Reference(reference::Args),
    /// List scenarios, rules, clauses or faults.
    List(list::Args),
    /// Explain a rule, a clause, a scenario or a fault.
    Explain(explain::Args),
    /// Tell what of the norm is checked, and by what.
    Coverage(coverage::Args),
    /// Run a reference gateway as a program of its own, which keeps what it has in a folder.
    Serve(serve::Args),
    /// Tell in seconds whether a target is alive and honest.
    Smoke(smoke::Args),
    /// Hand out the directory and the certificates of the reference gateways.
    Directory(directory::Args),
    /// Tell where a target's mail for the other side goes, also as lines for Postfix.
    Routes(directory::RoutesArgs),
    /// Print the JSON Schema of a scenario, target, gateway or deviations file, of a line of the JSON stream, or of one of `diff`.
    Schema(schema::Args),
    /// Print what lets a shell complete this program's commands and options.
    Completions(install::CompletionsArgs),
    /// Print this program's page of the manual, or write a page for each command.
    Man(install::ManArgs),
}

/// Does what the arguments say; never panics, and says on stderr what stood in the way.
pub fn main(args: impl IntoIterator<Item = OsString>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    if args.get(1).is_some_and(|command| command == "run") {
        // Before the arguments are even understood; `run` asks again, and tells what is in the way.
        let _ = signals::stop();
    }
    last_resort::guarded(|| perform(&args))
}

fn perform(args: &[OsString]) -> Exit {
    let cli = match parse(args) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error, args),
    };
    let language = cli.lang.unwrap_or_else(|| Language::of_locale(|name| env::var(name).ok()));
    let paint = cli.color.on(&io::stdout());
    let style = Style { language, paint, width: width::of_stdout().unwrap_or(Style::WIDTH) };
    let done = obey(&cli, style);
    done.unwrap_or_else(|error| {
        error.show(cli.color);
        error.exit()
    })
}

fn obey(cli: &Cli, style: Style) -> Result<Exit, CliError> {
    // `run`, `check` and `merge` do so themselves, and annotate then.
    let shows_what_is_outside = match &cli.command {
        Command::Diff(args) => args.printed.is_text(),
        Command::Inspect(args) => args.printed.is_text(),
        Command::Smoke(_) | Command::VerifyBundle(_) => true,
        _ => false,
    };
    let _closed = if shows_what_is_outside { Closed::where_it_is_read()? } else { None };
    match &cli.command {
        Command::Run(args) => run::run(args, style),
        Command::Check(args) => check::check(args, style),
        Command::Diff(args) => diff::diff(args, style),
        Command::Merge(args) => merge::merge(args, style),
        Command::Bundle(args) => bundle::bundle(args),
        Command::VerifyBundle(args) => bundle::verify(args),
        Command::Inspect(args) => inspect::inspect(args, style, cli.color),
        Command::Page(args) => page::page(args),
        Command::Reference(args) => reference::reference(args, style.language),
        Command::Serve(args) => serve::serve(args),
        Command::List(args) => list::list(args, style),
        Command::Explain(args) => explain::explain(args, style),
        Command::Coverage(args) => coverage::coverage(args, style),
        Command::Smoke(args) => smoke::smoke(args, style.language),
        Command::Directory(args) => directory::directory(args),
        Command::Routes(args) => directory::routes(args),
        Command::Schema(args) => schema::schema(args),
        Command::Completions(args) => install::completions(args),
        Command::Man(args) => install::man(args),
    }
}

/// Shows help or version, which are errors to clap and no failure, or what is wrong with the arguments.
fn refuse(error: &clap::Error, args: &[OsString]) -> Exit {
    if error.use_stderr() {
        // clap repeats arguments as they are: it is asked once more, about arguments that can be shown.
        let spelt: Vec<OsString> = args.iter().map(|arg| shown_path(arg.as_ref()).into()).collect();
        match parse(&spelt) {
            Err(error) if error.use_stderr() => say(&error.render().to_string()),
            _ => say(&format!("{}\n", shown(&error.to_string()))),
        }
        return Exit::Usage;
    }
    let asked = match error.kind() {
        ErrorKind::DisplayVersion => version::version(),
        _ => error.render().to_string(),
    };
    match Stdout::print(&asked) {
        Ok(()) => Exit::Conforming,
        Err(error) => {
            error.show(Color::Auto);
            error.exit()
        }
    }
}

/// The whole command line; every command's help ends with the exit codes.
pub fn command() -> clap::Command {
    Cli::command().mut_subcommands(|command| command.after_help(Exit::help()))
}

/// What is no command, with the command that it may be a slip of: clap itself sees none in two letters that changed places.
fn with_suggestion(mut error: clap::Error) -> clap::Error {
    let given = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(given)) => given.clone(),
        _ => return error,
    };
    let command = command();
    let near = nearest(&given, command.get_subcommands().map(clap::Command::get_name));
    if let (Some(near), None) = (near, error.get(ContextKind::SuggestedSubcommand)) {
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(vec![near.to_owned()]));
    }
    error
}

fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    let matches = command().try_get_matches_from(args).map_err(with_suggestion)?;
    Cli::from_arg_matches(&matches)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_well_formed() {
        super::command().debug_assert();
    }

    #[test]
    fn a_slip_in_a_command_is_told_which_command_it_may_be() {
        let told = |typed: &str| super::parse(&["pec-conformance".into(), typed.into()]).unwrap_err().to_string();
        assert!(told("rnu").contains("'run'") && told("chekc").contains("'check'"), "{}", told("rnu"));
        assert!(!told("xyz").contains("tip"), "{}", told("xyz"));
    }
}
