//! `diff`: two runs beside each other.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use super::{
    CliError, Exit,
    format::{Printed, Strict, TextOrJson},
    stdout::Stdout,
};
use crate::{
    diff::{self, Change, Diff, ExitLine, Outcome, PlayDiff, RuleDiff, Run},
    report::{Style, counted, json_line, shown},
    shown::path_text,
};

/// Arguments of `diff`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The run before: its folder, such as reports/earlier/20260302T083000Z, or its run.jsonl.
    #[arg(value_name = "RUN1")]
    first: PathBuf,
    /// The run that is held against it, such as reports.
    #[arg(value_name = "RUN2")]
    second: PathBuf,
    #[command(flatten)]
    strict: Strict,
    #[command(flatten)]
    pub printed: Printed<TextOrJson>,
}

/// Holds the second run against the first. Exits with 1 where something is worse; with 3 where the second was broken off,
/// since what it lacks may be worse.
pub fn diff(args: &Args, style: Style) -> Result<Exit, CliError> {
    let [first, second] = [&args.first, &args.second].map(|path| diff::read(path));
    let (first, second) = (first?, second?);
    let diff = Diff::of(&first, &second, args.strict.strictness());
    let mut exit = if diff.is_worse() { Exit::NonConforming } else { Exit::Conforming };
    if !second.is_complete {
        exit = exit.worse(Exit::Trouble);
    }
    let names = [&args.first, &args.second].map(|path| path_text(path));
    let text = match args.printed.format() {
        TextOrJson::Text => page(&diff, [&first, &second], &names, exit, style),
        TextOrJson::Json => lines(&diff, [(&args.first, &first), (&args.second, &second)], exit)?,
    };
    Stdout::print(&text)?;
    Ok(exit)
}

fn meaning(exit: Exit) -> &'static str {
    match exit {
        Exit::Conforming => "nothing is worse",
        Exit::NonConforming => "something is worse",
        _ => "the second run was broken off: what it lacks may be worse",
    }
}

fn page(diff: &Diff, runs: [&Run; 2], names: &[String; 2], exit: Exit, style: Style) -> String {
    let mut page = String::new();
    for ((what, run), name) in ["first", "second"].into_iter().zip(runs).zip(names) {
        let began = run.started.map(|at| at.to_string()).unwrap_or_default();
        let plays = counted(run.cells.len(), "play");
        let cut = if run.is_complete { "" } else { ", broken off" };
        let rules = counted(run.rule_set.count, "rule");
        line(&mut page, &format!("{what:<8} {}", shown(&format!("{name}: {began}, {plays}, {rules}{cut}"))));
    }
    for told in asked_otherwise(diff, runs) {
        line(&mut page, &format!("differs  {}", style.wrapped(&shown(&told), 9)));
    }
    for change in Change::ALL {
        let plays: Vec<&PlayDiff> = diff.plays.iter().filter(|play| play.change == change).collect();
        if !plays.is_empty() {
            line(&mut page, &format!("\n{}", heading(change)));
        }
        for play in plays {
            let way = format!("{} {} -> {}", play.play.scenario, play.play.sender, play.play.receiver);
            line(&mut page, &format!("  {}: {}", shown(&way), ended(play)));
            for finding in &play.findings {
                line(&mut page, &format!("    {}", times(finding)));
            }
        }
    }
    if !diff.rules.is_empty() {
        line(&mut page, "\nBy rule, over all plays of each run");
        for rule in &diff.rules {
            line(&mut page, &format!("  {}", times(rule)));
        }
    }
    let counts: Vec<String> =
        Change::ALL.into_iter().map(|change| format!("{} {}", diff.count(change), word(change))).collect();
    line(&mut page, &format!("\nplays    {} + {} the same", counts.join(" + "), diff.same));
    line(&mut page, &format!("result   {} (exit code {})", meaning(exit), exit.code()));
    page
}

fn line(page: &mut String, line: &str) {
    writeln!(page, "{line}").expect("a string takes all that is written");
}

/// What makes the runs less alike than their plays are.
fn asked_otherwise(diff: &Diff, [first, second]: [&Run; 2]) -> Vec<String> {
    let mut told = Vec::new();
    if first.rule_set != second.rule_set {
        let ids = |rules: &std::collections::BTreeSet<String>| match rules.len() {
            0 => "none".to_owned(),
            _ => rules.iter().cloned().collect::<Vec<_>>().join(", "),
        };
        let known = if first.rules.is_empty() || second.rules.is_empty() {
            "which, a run that was broken off does not tell".to_owned()
        } else {
            format!("only the first asks: {}; only the second: {}", ids(&diff.only_first), ids(&diff.only_second))
        };
        told.push(format!(
            "the rules ({} and {}), so that what is told below may be theirs; {known}",
            first.rule_set.digest, second.rule_set.digest
        ));
    }
    if first.as_of != second.as_of {
        told.push(format!("the norm's day ({} and {})", first.as_of, second.as_of));
    }
    if first.version != second.version {
        told.push(format!("the program's version ({} and {})", first.version, second.version));
    }
    told
}

fn heading(change: Change) -> &'static str {
    match change {
        Change::Worse => "Worse",
        Change::Better => "Better",
        Change::Other => "Otherwise, in what fails nothing",
        Change::New => "New: only the second run played it",
        Change::Gone => "Gone: only the first run played it",
    }
}

fn word(change: Change) -> &'static str {
    match change {
        Change::Worse => "worse",
        Change::Better => "better",
        Change::Other => "otherwise",
        Change::New => "new",
        Change::Gone => "gone",
    }
}

fn ended(play: &PlayDiff) -> String {
    let word = |outcome: Outcome| match outcome {
        Outcome::Passed => "passed",
        Outcome::Skipped => "skipped",
        Outcome::Failed => "failed",
        Outcome::Error => "error",
    };
    match (play.before, play.after) {
        (Some(before), Some(after)) if before != after => format!("{} -> {}", word(before), word(after)),
        (Some(ended), _) | (None, Some(ended)) => word(ended).to_owned(),
        (None, None) => String::new(),
    }
}

fn times(it: &RuleDiff) -> String {
    let level = it.finding.severity.map_or("finding", |severity| severity.word());
    format!("{level} {}: {} -> {}", shown(&it.finding.rule), it.before, it.after)
}

fn lines(diff: &Diff, runs: [(&Path, &Run); 2], exit: Exit) -> Result<String, CliError> {
    let mut out = Vec::new();
    let exit = ExitLine { code: exit.code(), meaning: meaning(exit) };
    diff.lines(runs, exit).try_for_each(|line| json_line(&mut out, &line)).map_err(CliError::Stdout)?;
    String::from_utf8(out).map_err(|error| CliError::Internal(error.to_string()))
}
