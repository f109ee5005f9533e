//! `diff`: two runs beside each other.

use std::{
    collections::BTreeSet,
    fmt::{self, Write as _},
    path::{Path, PathBuf},
};

use super::{
    CliError, Exit,
    format::{Printed, Strict, TextOrJson},
    stdout::Stdout,
};
use crate::{
    diff::{self, Change, Diff, ExitLine, Outcome, PlayDiff, RuleDiff, Run},
    language::Language,
    report::{Style, json_line, shown},
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

fn meaning(exit: Exit, language: Language) -> String {
    let code = match exit {
        Exit::Conforming | Exit::NonConforming => exit.code(),
        _ => Exit::Trouble.code(),
    };
    language.say(format!("diff-meaning-{code}")).to_string()
}

fn page(diff: &Diff, runs: [&Run; 2], names: &[String; 2], exit: Exit, style: Style) -> String {
    let mut page = String::new();
    let label = |id: &'static str| format!("{:<8}", style.say(id).to_string());
    for ((what, run), name) in ["diff-first", "diff-second"].into_iter().zip(runs).zip(names) {
        let told = style.say(if run.is_complete { "diff-run" } else { "diff-run-cut" }).with("name", name.as_str());
        let told = told.with("began", run.started.map(|at| style.language.instant(at)).unwrap_or_default());
        let told = told.with("plays", style.count("play", run.cells.len()));
        let told = told.with("rules", style.count("rule", run.rule_set.count));
        line(&mut page, &format!("{} {}", label(what), shown(&told.to_string())));
    }
    for told in asked_otherwise(diff, runs, style) {
        line(&mut page, &format!("{} {}", label("diff-differs"), style.wrapped(&shown(&told), 9)));
    }
    for change in Change::ALL {
        let plays: Vec<&PlayDiff> = diff.plays.iter().filter(|play| play.change == change).collect();
        if !plays.is_empty() {
            line(&mut page, &format!("\n{}", style.language.say(format!("diff-{}", word(change)))));
        }
        for play in plays {
            let way = format!("{} {} -> {}", play.play.scenario, play.play.sender, play.play.receiver);
            line(&mut page, &format!("  {}: {}", shown(&way), ended(play, style)));
            for finding in &play.findings {
                line(&mut page, &format!("    {}", times(finding, style)));
            }
        }
    }
    if !diff.rules.is_empty() {
        line(&mut page, &format!("\n{}", style.say("diff-by-rule")));
        for rule in &diff.rules {
            line(&mut page, &format!("  {}", times(rule, style)));
        }
    }
    let told = |what: &str, count: usize| style.language.say(format!("diff-count-{what}")).with("count", count);
    let changed = Change::ALL.into_iter().map(|change| told(word(change), diff.count(change)).to_string());
    let counts: Vec<String> = changed.chain([told("same", diff.same).to_string()]).collect();
    line(&mut page, &format!("\n{} {}", label("diff-plays"), counts.join(" + ")));
    let result = style.say("tty-exit").with("meaning", meaning(exit, style.language)).with("code", exit.code());
    line(&mut page, &format!("{} {result}", label("diff-result")));
    page
}

fn line(page: &mut String, line: &str) {
    writeln!(page, "{line}").expect("a string takes all that is written");
}

/// What makes the runs less alike than their plays are.
fn asked_otherwise(diff: &Diff, [first, second]: [&Run; 2], style: Style) -> Vec<String> {
    let mut told = Vec::new();
    let differ = |id: &'static str, one: &dyn fmt::Display, other: &dyn fmt::Display| {
        style.say(id).with("first", one.to_string()).with("second", other.to_string())
    };
    if first.rule_set != second.rule_set {
        let ids = |rules: &BTreeSet<String>| match rules.len() {
            0 => style.say("diff-rules-none").to_string(),
            _ => rules.iter().cloned().collect::<Vec<_>>().join(", "),
        };
        let known = if first.rules.is_empty() || second.rules.is_empty() {
            style.say("diff-rules-unknown")
        } else {
            differ("diff-rules-known", &ids(&diff.only_first), &ids(&diff.only_second))
        };
        let rules = differ("diff-rules", &first.rule_set.digest, &second.rule_set.digest);
        told.push(rules.with("known", known.to_string()).to_string());
    }
    if first.as_of != second.as_of {
        let day = |run: &Run| match run.as_of.as_str() {
            "latest" => style.say("latest").to_string(),
            day => day.to_owned(),
        };
        told.push(differ("diff-day", &day(first), &day(second)).to_string());
    }
    if first.version != second.version {
        told.push(differ("diff-version", &first.version, &second.version).to_string());
    }
    told
}

/// A change, as the ids of its texts end.
fn word(change: Change) -> &'static str {
    match change {
        Change::Worse => "worse",
        Change::Better => "better",
        Change::Other => "other",
        Change::New => "new",
        Change::Gone => "gone",
    }
}

fn ended(play: &PlayDiff, style: Style) -> String {
    let word = |outcome: Outcome| {
        style.say(match outcome {
            Outcome::Passed => "outcome-passed",
            Outcome::Skipped => "outcome-skipped",
            Outcome::Failed => "outcome-failed",
            Outcome::Error => "outcome-error",
        })
    };
    match (play.before, play.after) {
        (Some(before), Some(after)) if before != after => format!("{} -> {}", word(before), word(after)),
        (Some(ended), _) | (None, Some(ended)) => word(ended).to_string(),
        (None, None) => String::new(),
    }
}

fn times(it: &RuleDiff, style: Style) -> String {
    let level = match it.finding.severity {
        Some(severity) => style.language.say(format!("level-{}", severity.name())),
        None => style.say("diff-finding"),
    };
    format!("{level} {}: {} -> {}", shown(&it.finding.rule), it.before, it.after)
}

fn lines(diff: &Diff, runs: [(&Path, &Run); 2], exit: Exit) -> Result<String, CliError> {
    let mut out = Vec::new();
    let exit = ExitLine { code: exit.code(), meaning: meaning(exit, Language::English) };
    diff.lines(runs, exit).try_for_each(|line| json_line(&mut out, &line)).map_err(CliError::Stdout)?;
    String::from_utf8(out).map_err(|error| CliError::Internal(error.to_string()))
}
