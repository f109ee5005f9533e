//! `list`: what there is.

use serde_json::{Value, json};

use super::{
    CliError, Exit,
    format::{Printed, TextOrJson},
    select::Select,
    stdout::Stdout,
};
use crate::{
    catalogue::{Catalogue, Term, terms},
    fault::Fault,
    language::Language,
    norm::{self, Clause, Level},
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
pub fn list(args: &Args, language: Language) -> Result<Exit, CliError> {
    let scenarios = |select: &Select| Ok::<_, CliError>(select.scenarios()?.iter().map(|it| scenario(it)).collect());
    let rows: Vec<Row> = match &args.what {
        Some(What::Rules) => rules::all().map(|it| rule(it, language)).collect(),
        Some(What::Clauses) => norm::all().map(|it| clause(it, language)).collect(),
        Some(What::Faults) => Catalogue::load()?.faults.into_iter().map(|(id, one)| fault(id, &one.fault)).collect(),
        Some(What::Terms) => terms().iter().map(|it| term(it, language)).collect(),
        Some(What::Scenarios(select)) => scenarios(select)?,
        None => scenarios(&args.select)?,
    };
    let width = rows.iter().map(|row| row.id.chars().count()).max().unwrap_or(0);
    let print = |row: &Row| match args.printed.format() {
        TextOrJson::Text => format!("{:width$}  {}\n", row.id, row.text),
        TextOrJson::Json => format!("{}\n", row.json),
    };
    Stdout::print(&rows.iter().map(print).collect::<String>())?;
    Ok(if rows.is_empty() { Exit::Nothing } else { Exit::Conforming })
}

/// One entry, both ways.
struct Row {
    id: String,
    text: String,
    json: Value,
}

fn scenario(scenario: &Scenario) -> Row {
    let json = json!({
        "id": scenario.id, "title": scenario.title, "clauses": ids(&scenario.clauses), "tags": scenario.tags,
        "file": scenario.file,
    });
    Row { id: scenario.id.clone(), text: scenario.title.clone(), json }
}

fn rule(rule: &'static Rule, language: Language) -> Row {
    let level = match rule.level {
        Level::Must => "violation",
        Level::Should => "warning",
        Level::May => "note",
    };
    let json = json!({
        "id": rule.id, "level": level, "question": rule.question, "consequence": rule.consequence,
        "clauses": ids(rule.clauses),
    });
    let told = language.say(format!("level-{level}")).to_string();
    let width = if language == Language::Italian { 12 } else { 9 };
    let text = format!("{told:width$}  {}", language.question(rule.id, rule.question));
    Row { id: rule.id.to_owned(), text, json }
}

fn fault(id: &str, fault: &Fault) -> Row {
    let json = json!({
        "id": id, "title": fault.title, "scenario": fault.on.scenario, "message": fault.on.message,
        "findings": fault.findings,
    });
    Row { id: id.to_owned(), text: fault.title.clone(), json }
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

fn ids(clauses: &[&Clause]) -> Vec<&'static str> {
    clauses.iter().map(|clause| clause.id).collect()
}
