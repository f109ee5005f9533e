//! `coverage`: what of the norm is checked, and by what.

use std::collections::BTreeMap;

use clap::ValueEnum;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{CliError, Exit, format::Printed, stdout::Stdout, table::Table, when};
use crate::{
    catalogue::{
        Catalogue, Theme,
        coverage::{Account, Counts, Coverage, Covered},
        families, folders,
    },
    language::Language,
    norm::{AsOf, Clause, Level},
    report::{Style, clause_line, json_line},
};

/// Arguments of `coverage`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The clauses in force on this day [default: the norm's latest].
    #[arg(long, value_name = "DATE", value_parser = when::day)]
    as_of: Option<Date>,
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
    /// A page of Markdown.
    Markdown,
}

/// Prints it: gaps first, then totals, then clause by clause.
pub fn coverage(args: &Args, style: Style) -> Result<Exit, CliError> {
    let catalogue = Catalogue::load()?;
    let day = AsOf::from(args.as_of);
    let coverage = Coverage::of(&catalogue, day);
    if coverage.clauses.is_empty() {
        return Err(CliError::NothingInForce(day));
    }
    let page = match args.printed.format() {
        Format::Text => text(&coverage, &catalogue, style),
        Format::Json => json_lines(&coverage, day)?,
        Format::Markdown => markdown(&coverage, &catalogue),
    };
    Stdout::print(&page)?;
    Ok(Exit::Conforming)
}

/// The norm's own word.
fn word(level: Level, language: Language) -> String {
    let id = match level {
        Level::Must => "word-must",
        Level::Should => "word-should",
        Level::May => "word-may",
    };
    language.say(id).to_string()
}

/// A value as it stands in data: `access-point`.
pub fn slug(value: &impl serde::Serialize) -> String {
    json!(value).as_str().unwrap_or_default().to_owned()
}

/// Columns that the norm's own words take, those of whom it binds, and what tests a clause.
struct Columns {
    level: usize,
    bound: usize,
    row: usize,
}

impl Columns {
    fn of(coverage: &Coverage<'_>, language: Language) -> Self {
        let wide = |words: Vec<String>| words.iter().map(|word| word.chars().count()).max().unwrap_or(0);
        let levels = [Level::Must, Level::Should, Level::May].map(|level| word(level, language));
        let bound = coverage.by_bound().into_keys().map(|who| bound(&who, language)).collect();
        let rows = ROWS.map(|id| language.say(id).to_string());
        Self { level: wide(levels.into()), bound: wide(bound), row: wide(rows.into()) }
    }
}

const ROWS: [&str; 5] =
    ["coverage-by-rules", "coverage-by-scenarios", "coverage-by-faults", "coverage-no-check", "coverage-gap"];

fn bound(who: &impl serde::Serialize, language: Language) -> String {
    language.say(format!("bound-{}", slug(who))).to_string()
}

fn text(coverage: &Coverage<'_>, catalogue: &Catalogue, style: Style) -> String {
    let language = style.language;
    let columns = Columns::of(coverage, language);
    let mut page = String::new();
    let gaps = coverage.gaps();
    let head = if gaps.is_empty() { "coverage-no-gaps" } else { "coverage-gaps" };
    page.extend([format!("{}\n", style.say(head))]);
    let level = |clause: &Clause| format!("{:1$}", word(clause.level, language), columns.level);
    for gap in gaps {
        let says = style.wrapped(&clause_line(gap.clause, language), columns.level + 3);
        page.extend([format!("  {} {says}\n", level(gap.clause))]);
    }
    let [levels, bounds, reasons] = totals(coverage, language);
    page.extend([format!("\n{}\n{}\n{}", levels.text(), bounds.text(), reasons.text())]);
    for (head, themes) in themes(catalogue) {
        let width = themes.iter().map(|theme| theme.name.len()).max().unwrap_or(0);
        page.extend([format!("\n{}\n", style.say(head))]);
        for Theme { name, count, about } in themes {
            let about = style.wrapped(&language.phrase(about), width + 9);
            page.extend([format!("  {name:width$}  {count:>3}  {about}\n")]);
        }
    }
    page.extend([format!("\n{}\n", style.say("coverage-clauses"))]);
    let indent = 2 + columns.level + 1 + columns.bound + 1;
    for covered in &coverage.clauses {
        let bound = format!("{:1$}", bound(&covered.clause.binds, language), columns.bound);
        let says = style.wrapped(&clause_line(covered.clause, language), indent);
        page.extend([format!("  {} {bound} {says}\n", level(covered.clause))]);
        for (label, found) in rows(covered, language) {
            let label = format!("{:1$}", style.say(label).to_string(), columns.row);
            let found = style.wrapped(&found, indent + columns.row + 2);
            page.extend([format!("{:indent$}{label}  {found}\n", "")]);
        }
    }
    page
}

/// What tests a clause, or why nothing does; by the ids of the labels.
fn rows(covered: &Covered<'_>, language: Language) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let [by_rules, by_scenarios, by_faults, no_check, gap] = ROWS;
    let mut row = |label, ids: Vec<&str>| {
        if !ids.is_empty() {
            rows.push((label, ids.join(", ")));
        }
    };
    row(by_rules, covered.rules.iter().map(|rule| rule.id).collect());
    row(by_scenarios, covered.scenarios.iter().map(|scenario| scenario.id.as_str()).collect());
    row(by_faults, covered.faults.clone());
    if let Some(untested) = &covered.clause.untested {
        let why = language.untested(covered.clause.id, untested.why);
        rows.push((no_check, format!("{}: {why}", reason(&untested.reason, language))));
    } else if covered.account() == Account::Gap {
        rows.push((gap, language.say("coverage-gap-says").to_string()));
    }
    rows
}

fn reason(reason: &impl serde::Serialize, language: Language) -> String {
    language.say(format!("untested-{}", slug(reason))).to_string()
}

/// Counts by level and by who is bound, and the share of MUSTs behind each reason.
fn totals(coverage: &Coverage<'_>, language: Language) -> [Table; 3] {
    const HEAD: [&str; 5] = ["head-clauses", "head-by-rule", "head-by-scenario", "head-untested", "head-gaps"];
    let numbers = |counts: Counts| {
        let Counts { clauses, by_rule, by_scenario, untested, gaps } = counts;
        [clauses, by_rule, by_scenario, untested, gaps].map(|count| count.to_string())
    };
    let table = |head: &[&'static str]| Table::new(head.iter().map(|id| language.say(*id)));
    let counted = |first| table(&[&[first], &HEAD[..]].concat());
    let mut levels = counted("head-level");
    for (level, counts) in coverage.by_level() {
        levels.row(word(level, language), numbers(counts));
    }
    levels.row(language.say("head-all").to_string(), numbers(coverage.total()));
    let mut bounds = counted("head-bound");
    for (who, counts) in coverage.by_bound() {
        bounds.row(bound(&who, language), numbers(counts));
    }
    let mut reasons = table(&["head-why", "head-clauses", "head-share"]);
    let musts = coverage.by_level().get(&Level::Must).map_or(0, |counts| counts.clauses);
    for (why, count) in coverage.untested_musts() {
        reasons.row(reason(&why, language), [count.to_string(), share(count, musts)]);
    }
    [levels, bounds, reasons]
}

/// `8.4 %`, in whole tenths.
fn share(part: usize, of: usize) -> String {
    let tenths = (part * 1000 + of / 2).checked_div(of).unwrap_or(0);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// What rules and scenarios are about, by the ids of the headings.
fn themes(catalogue: &Catalogue) -> [(&'static str, Vec<Theme>); 2] {
    [("coverage-rules-ask", families()), ("coverage-scenarios-play", folders(&catalogue.scenarios))]
}

/// The language of what is written into files.
const ENGLISH: Language = Language::English;

/// The page begins with what the README shows of it: totals and themes.
fn markdown(coverage: &Coverage<'_>, catalogue: &Catalogue) -> String {
    let mut page = totals(coverage, ENGLISH).map(|table| table.markdown()).join("\n");
    for (head, themes) in themes(catalogue) {
        page.extend([format!("\n| {} | | |\n| --- | ---: | --- |\n", ENGLISH.say(head).to_string().to_lowercase())]);
        for Theme { name, count, about } in themes {
            page.extend([format!("| {name} | {count} | {about} |\n")]);
        }
    }
    page += "\n## Gaps\n\n";
    for gap in coverage.gaps() {
        page.extend([format!("- {}, {}\n", word(gap.clause.level, ENGLISH), clause_line(gap.clause, ENGLISH))]);
    }
    page += "\n## Clauses\n\n| clause | level | bound | rules | scenarios | faults | no check |\n| --- | --- | --- | --- | --- | --- | --- |\n";
    for covered in &coverage.clauses {
        let Clause { id, source, level, binds, untested, .. } = covered.clause;
        let rules: Vec<&str> = covered.rules.iter().map(|rule| rule.id).collect();
        let scenarios: Vec<&str> = covered.scenarios.iter().map(|scenario| scenario.id.as_str()).collect();
        let why = untested.as_ref().map(|untested| slug(&untested.reason).replace('-', " ")).unwrap_or_default();
        let cells = [&format!("{id} ({source})"), &word(*level, ENGLISH), &slug(binds), &rules.join(", ")];
        let rest = [&scenarios.join(", "), &covered.faults.join(", "), &why];
        page.extend([format!(
            "| {} | {} |\n",
            cells.map(String::as_str).join(" | "),
            rest.map(String::as_str).join(" | ")
        )]);
    }
    page
}

fn json_lines(coverage: &Coverage<'_>, day: AsOf) -> Result<String, CliError> {
    let mut out = Vec::new();
    let named = |counts: BTreeMap<String, Counts>| json!(counts);
    let header = json!({
        "type": "coverage",
        "as_of": day.to_string(),
        "gaps": coverage.gaps().iter().map(|gap| gap.clause.id).collect::<Vec<_>>(),
        "total": coverage.total(),
        "by_level": named(coverage.by_level().into_iter().map(|(level, counts)| (slug(&level), counts)).collect()),
        "by_bound": named(coverage.by_bound().into_iter().map(|(bound, counts)| (slug(&bound), counts)).collect()),
        "untested_musts": coverage
            .untested_musts()
            .into_iter()
            .map(|(reason, count)| (slug(&reason), count))
            .collect::<BTreeMap<_, _>>(),
    });
    json_line(&mut out, &header).map_err(CliError::Stdout)?;
    for covered in &coverage.clauses {
        let mut line: Value = json!(covered.clause);
        line["type"] = "clause".into();
        line["account"] = json!(covered.account());
        line["rules"] = json!(covered.rules.iter().map(|rule| rule.id).collect::<Vec<_>>());
        line["scenarios"] = json!(covered.scenarios.iter().map(|scenario| &scenario.id).collect::<Vec<_>>());
        line["faults"] = json!(covered.faults);
        json_line(&mut out, &line).map_err(CliError::Stdout)?;
    }
    String::from_utf8(out).map_err(|error| CliError::Internal(error.to_string()))
}
