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
pub fn word(level: Level) -> &'static str {
    match level {
        Level::Must => "MUST",
        Level::Should => "SHOULD",
        Level::May => "MAY",
    }
}

/// A value as it stands in data: `access-point`.
pub fn slug(value: &impl serde::Serialize) -> String {
    json!(value).as_str().unwrap_or_default().to_owned()
}

fn text(coverage: &Coverage<'_>, catalogue: &Catalogue, style: Style) -> String {
    let mut page = String::new();
    let gaps = coverage.gaps();
    if gaps.is_empty() {
        page += "Gaps: none. Every clause in force is tested, or says why it cannot be.\n";
    } else {
        page += "Gaps: could be tested, and no rule and no scenario does\n";
        for gap in gaps {
            page.extend([format!(
                "  {:6} {}\n",
                word(gap.clause.level),
                style.wrapped(&clause_line(gap.clause, Language::English), 9)
            )]);
        }
    }
    let [levels, bound, reasons] = totals(coverage);
    page.extend([format!("\n{}\n{}\n{}", levels.text(), bound.text(), reasons.text())]);
    for (head, themes) in themes(catalogue) {
        let width = themes.iter().map(|theme| theme.name.len()).max().unwrap_or(0);
        page.extend([format!("\n{head}\n")]);
        for Theme { name, count, about } in themes {
            page.extend([format!("  {name:width$}  {count:>3}  {}\n", style.wrapped(about, width + 9))]);
        }
    }
    page += "\nClauses\n";
    for covered in &coverage.clauses {
        let (level, bound) = (word(covered.clause.level), slug(&covered.clause.binds));
        page.extend([format!(
            "  {level:6} {bound:14} {}\n",
            style.wrapped(&clause_line(covered.clause, Language::English), 24)
        )]);
        for (label, found) in rows(covered) {
            page.extend([format!("{:24}{label:10} {}\n", "", style.wrapped(&found, 35))]);
        }
    }
    page
}

/// What tests a clause, or why nothing does.
fn rows(covered: &Covered<'_>) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let mut row = |label, ids: Vec<&str>| {
        if !ids.is_empty() {
            rows.push((label, ids.join(", ")));
        }
    };
    row("rules", covered.rules.iter().map(|rule| rule.id).collect());
    row("scenarios", covered.scenarios.iter().map(|scenario| scenario.id.as_str()).collect());
    row("faults", covered.faults.clone());
    if let Some(untested) = &covered.clause.untested {
        rows.push(("no check", format!("{}: {}", slug(&untested.reason).replace('-', " "), untested.why)));
    } else if covered.account() == Account::Gap {
        rows.push(("gap", "it could be tested, and nothing does".to_owned()));
    }
    rows
}

/// Counts by level and by who is bound, and the share of MUSTs behind each reason.
fn totals(coverage: &Coverage<'_>) -> [Table; 3] {
    const HEAD: [&str; 5] = ["clauses", "asked by a rule", "by scenarios alone", "no check, for a reason", "gaps"];
    let numbers = |counts: Counts| {
        let Counts { clauses, by_rule, by_scenario, untested, gaps } = counts;
        [clauses, by_rule, by_scenario, untested, gaps].map(|count| count.to_string())
    };
    let head = |first| [&[first], &HEAD[..]].concat();
    let mut levels = Table::new(&head("level"));
    for (level, counts) in coverage.by_level() {
        levels.row(word(level), numbers(counts));
    }
    levels.row("all", numbers(coverage.total()));
    let mut bound = Table::new(&head("who is bound"));
    for (who, counts) in coverage.by_bound() {
        bound.row(slug(&who).replace('-', " "), numbers(counts));
    }
    let mut reasons = Table::new(&["why a MUST has no check", "clauses", "share"]);
    let musts = coverage.by_level().get(&Level::Must).map_or(0, |counts| counts.clauses);
    for (reason, count) in coverage.untested_musts() {
        reasons.row(slug(&reason).replace('-', " "), [count.to_string(), share(count, musts)]);
    }
    [levels, bound, reasons]
}

/// `8.4 %`, in whole tenths.
fn share(part: usize, of: usize) -> String {
    let tenths = (part * 1000 + of / 2).checked_div(of).unwrap_or(0);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

fn themes(catalogue: &Catalogue) -> [(&'static str, Vec<Theme>); 2] {
    [("What the rules ask", families()), ("What the scenarios play", folders(&catalogue.scenarios))]
}

/// The page begins with what the README shows of it: totals and themes.
fn markdown(coverage: &Coverage<'_>, catalogue: &Catalogue) -> String {
    let mut page = totals(coverage).map(|table| table.markdown()).join("\n");
    for (head, themes) in themes(catalogue) {
        page.extend([format!("\n| {} | | |\n| --- | ---: | --- |\n", head.to_lowercase())]);
        for Theme { name, count, about } in themes {
            page.extend([format!("| {name} | {count} | {about} |\n")]);
        }
    }
    page += "\n## Gaps\n\n";
    for gap in coverage.gaps() {
        page.extend([format!("- {}, {}\n", word(gap.clause.level), clause_line(gap.clause, Language::English))]);
    }
    page += "\n## Clauses\n\n| clause | level | bound | rules | scenarios | faults | no check |\n| --- | --- | --- | --- | --- | --- | --- |\n";
    for covered in &coverage.clauses {
        let Clause { id, source, level, binds, untested, .. } = covered.clause;
        let rules: Vec<&str> = covered.rules.iter().map(|rule| rule.id).collect();
        let scenarios: Vec<&str> = covered.scenarios.iter().map(|scenario| scenario.id.as_str()).collect();
        let why = untested.as_ref().map(|untested| slug(&untested.reason).replace('-', " ")).unwrap_or_default();
        let cells = [&format!("{id} ({source})"), word(*level), &slug(binds), &rules.join(", ")];
        let rest = [&scenarios.join(", "), &covered.faults.join(", "), &why];
        page.extend([format!("| {} | {} |\n", cells.join(" | "), rest.map(String::as_str).join(" | "))]);
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
