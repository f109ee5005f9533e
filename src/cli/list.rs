//! `list`: what there is.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{
    CliError, Exit, data,
    format::{Printed, TextOrJson},
    select::Select,
    stdout::Stdout,
    width,
};
use crate::{
    catalogue::{Catalogue, Term, terms},
    fault::Fault,
    language::Language,
    norm::{self, Clause},
    report::{Style, wrapped},
    rules::{self, Rule},
    scenario::Scenario,
};

/// Arguments of `list`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    select: Select,
    #[command(flatten)]
    printed: Printed<TextOrJson>,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// The scenarios: id and title.
    Scenarios(Select),
    /// The tags of scenarios: how many carry each.
    Tags(Select),
    /// The rules: id, level and question.
    Rules,
    /// The clauses of the norm: id, source and wording.
    Clauses,
    /// The faults that prove the rules: id and what is wrong.
    Faults,
    /// The terms of certified mail, Italian and English.
    Terms,
}

/// Prints the list.
pub fn list(args: &Args, style: Style) -> Result<Exit, CliError> {
    let language = style.language;
    let scenarios =
        |select: &Select| Ok::<_, CliError>(select.scenarios()?.iter().map(|it| scenario(it, language)).collect());
    let rows: Vec<Row> = match &args.what {
        Some(What::Rules) => rules::all().map(|it| rule(it, language)).collect(),
        Some(What::Clauses) => norm::all().map(|it| clause(it, language)).collect(),
        Some(What::Faults) => Catalogue::load()?.faults.into_iter().map(|(id, one)| fault(id, &one.fault)).collect(),
        Some(What::Terms) => terms().iter().map(|it| term(it, language)).collect(),
        Some(What::Scenarios(select)) => scenarios(select)?,
        Some(What::Tags(select)) => tags(&select.scenarios()?, language),
        None => scenarios(&args.select)?,
    };
    Stdout::print(&match args.printed.format() {
        TextOrJson::Text => lines(&rows, width::of_stdout()),
        TextOrJson::Json => rows.iter().map(|row| row.json.to_string() + "\n").collect(),
    })?;
    Ok(if rows.is_empty() { Exit::Nothing } else { Exit::Conforming })
}

/// Each entry in a line where nobody said how wide lines may be, so that `grep` and `cut` find it whole; else beside its id if
/// all fit so, and below it if not.
fn lines(rows: &[Row], columns: Option<usize>) -> String {
    let longest = |text: fn(&Row) -> &str| rows.iter().map(|row| text(row).chars().count()).max().unwrap_or(0);
    let width = longest(|row| &row.id);
    let fits = columns.is_none_or(|columns| width + 2 + longest(|row| &row.text) <= columns);
    let line = |row: &Row| match columns.filter(|_| !fits) {
        None => format!("{:width$}  {}\n", row.id, row.text),
        Some(columns) => format!("{}\n    {}\n", row.id, wrapped(columns, &row.text, 4)),
    };
    rows.iter().map(line).collect()
}

/// One entry, both ways.
struct Row {
    id: String,
    text: String,
    json: Value,
}

fn scenario(scenario: &Scenario, language: Language) -> Row {
    Row { id: scenario.id.clone(), text: language.phrase(&scenario.title).into_owned(), json: data::scenario(scenario) }
}

fn tags(scenarios: &[Arc<Scenario>], language: Language) -> Vec<Row> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for tag in scenarios.iter().flat_map(|scenario| &scenario.tags) {
        *counts.entry(tag).or_default() += 1;
    }
    let row = |(tag, count): (&str, usize)| Row {
        id: tag.to_owned(),
        text: language.count("scenario", count),
        json: json!({"id": tag, "scenarios": count}),
    };
    counts.into_iter().map(row).collect()
}

fn rule(rule: &'static Rule, language: Language) -> Row {
    let told = language.say(format!("level-{}", data::level(rule.level))).to_string();
    let width = if language == Language::Italian { 12 } else { 9 };
    let text = format!("{told:width$}  {}", language.question(rule.id, rule.question));
    Row { id: rule.id.to_owned(), text, json: data::rule(rule) }
}

fn fault(id: &str, fault: &Fault) -> Row {
    Row { id: id.to_owned(), text: fault.title.clone(), json: data::fault(id, fault) }
}

/// By its name in the language, with the other beside it.
fn term(term: &Term, language: Language) -> Row {
    let [id, text] = match language {
        Language::Italian => [&term.italian, &term.english],
        Language::English => [&term.english, &term.italian],
    };
    Row { id: id.clone(), text: text.clone(), json: json!(term) }
}

fn clause(clause: &'static Clause, language: Language) -> Row {
    let text = format!("{}: {}", clause.source, language.clause(clause.id, clause.says));
    Row { id: clause.id.to_owned(), text, json: json!(clause) }
}
