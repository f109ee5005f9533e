//! `explain`: a rule, clause, scenario or fault, for someone who meets it for the first time.

mod data;

use std::io;

use super::{
    CliError, Exit,
    color::Color,
    coverage::slug,
    format::{Printed, TextOrJson},
    stdout::Stdout,
};
use crate::{
    catalogue::{Catalogue, Entry},
    fault::EmbeddedFault,
    norm::{Clause, Level},
    report::{Ink, Paint, clause_line, counted, wrapped},
    rules::{Check, Rule},
    scenario::Scenario,
};

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The id of a rule, a clause, a scenario or a fault, as reports show it.
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    printed: Printed<TextOrJson>,
}

/// Where the values of a page begin.
const INDENT: usize = 15;
/// As many of a kind are named; the rest is counted.
const NAMED: usize = 8;

/// Prints the page.
pub fn explain(args: &Args, color: Color) -> Result<Exit, CliError> {
    let catalogue = Catalogue::load()?;
    let found = catalogue.find(&args.id);
    if args.printed.format() == TextOrJson::Json && !found.is_empty() {
        let lines: Vec<String> = found.iter().map(|entry| data::of(entry, &catalogue).to_string() + "\n").collect();
        Stdout::print(&lines.concat())?;
        return Ok(Exit::Conforming);
    }
    let mut page = Page { text: String::new(), paint: color.on(&io::stdout()) };
    match found.first() {
        None => {
            let near = catalogue.near(&args.id).into_iter().map(str::to_owned).collect();
            return Err(CliError::Unknown { id: args.id.clone(), near });
        }
        Some(Entry::Rule(rule)) => of_rule(rule, &catalogue, &mut page),
        Some(Entry::Clause(clause)) => of_clause(clause, &catalogue, &mut page),
        Some(Entry::Scenario(scenario)) => of_scenario(scenario, &catalogue, &mut page),
        Some(Entry::Fault(id, one)) => of_fault(id, one, &catalogue, &mut page),
    }
    if let [_, Entry::Fault(id, _), ..] = found[..] {
        page.row("see also", &format!("the fault of this name: explain faults/{id}"));
    }
    Stdout::print(&page.text)?;
    Ok(Exit::Conforming)
}

fn of_rule(rule: &Rule, catalogue: &Catalogue, page: &mut Page) {
    page.head("rule", rule.id, rule.question);
    page.row("asked of", asked_of(&rule.check));
    if let Some(seen) = missing_from(&rule.check) {
        page.row("asked where", &seen);
    }
    page.row("if not", severity(rule.level));
    page.row("consequence", rule.consequence);
    for clause in rule.clauses {
        page.clause(clause);
    }
    let faults = catalogue.faults_of(rule);
    let planted = catalogue.scenarios_announcing(rule);
    if let Some((id, one)) = faults.first() {
        page.example(id, one, catalogue);
    } else if let Some(scenario) = planted.first() {
        page.row("fails", &format!("in scenario {}: {}", scenario.id, scenario.title));
    }
    page.list("proved by", "fault", faults.iter().map(|(id, _)| *id));
    page.list("planted in", "scenario", planted.iter().map(|scenario| scenario.id.as_str()));
}

/// From where it can be seen that something is missing, for a rule that asks for it.
fn missing_from(check: &Check) -> Option<String> {
    let Check::Missing(absence, _) = check else { return None };
    let places: Vec<&str> = absence.seen_from.iter().map(|view| view.place()).collect();
    let hours = absence.due_within.as_hours();
    Some(format!("{} can be seen, {hours} hours after the submission or later", places.join(" and ")))
}

fn of_clause(clause: &Clause, catalogue: &Catalogue, page: &mut Page) {
    page.head("clause", clause.id, clause.says);
    page.row("written in", clause.source);
    page.row("binds", &format!("the {}", slug(&clause.binds).replace('-', " ")));
    page.row("if broken", severity(clause.level));
    if let Some(reading) = clause.reading {
        page.row("reading", reading);
    }
    match (clause.from, clause.until) {
        (None, None) => {}
        (Some(from), None) => page.row("in force", &format!("from {from}")),
        (None, Some(until)) => page.row("in force", &format!("until {until}")),
        (Some(from), Some(until)) => page.row("in force", &format!("from {from} until {until}")),
    }
    let rules = catalogue.rules_on(clause);
    for rule in &rules {
        page.row("asked by", &format!("{}: {}", rule.id, rule.question));
    }
    if let Some(rule) = rules.first() {
        page.row("consequence", rule.consequence);
        if let Some((id, one)) = catalogue.faults_of(rule).first() {
            page.example(id, one, catalogue);
        }
    }
    page.list("proved by", "fault", catalogue.faults_proving(&rules));
    page.list("played by", "scenario", catalogue.scenarios_about(clause).into_iter().map(|one| one.id.as_str()));
    if let Some(untested) = &clause.untested {
        page.row("not checked", &format!("{}: {}", slug(&untested.reason).replace('-', " "), untested.why));
    }
}

fn of_scenario(scenario: &Scenario, catalogue: &Catalogue, page: &mut Page) {
    page.head("scenario", &scenario.id, &scenario.title);
    for clause in &scenario.clauses {
        page.clause(clause);
    }
    page.lines("as written", but(&scenario.source, &["title:", "clauses:", "tags:"]));
    page.row("beside that", "every rule is put to every message, session, log and directory that is observed");
    page.list("faults in it", "fault", catalogue.faults_in(scenario).into_iter().map(|(id, _)| id));
    page.row("play it", &format!("pec-conformance run {}", scenario.id));
}

fn of_fault(id: &str, one: &EmbeddedFault, catalogue: &Catalogue, page: &mut Page) {
    page.head("fault", id, &one.fault.title);
    if let Some(scenario) = catalogue.scenarios.iter().find(|scenario| scenario.id == one.fault.on.scenario) {
        page.row("made in", &format!("the evidence of scenario {}: {}", scenario.id, scenario.title));
    }
    if let Some(kind) = one.fault.on.message {
        page.row("message", kind.title());
    }
    page.lines("the edit", edit(one));
    let rules: Vec<&Rule> =
        crate::rules::all().filter(|rule| one.fault.findings.iter().any(|id| id == rule.id)).collect();
    for rule in &rules {
        page.row("reported by", &format!("{}: {}", rule.id, rule.question));
        page.row("consequence", rule.consequence);
    }
    if rules.is_empty() {
        page.row("reported by", "no rule, as it must be: real providers do this, and the norm lets them");
    }
    for (direction, otherwise) in &one.fault.otherwise {
        let what = match otherwise.findings.as_deref() {
            None => "it cannot be made".to_owned(),
            Some([]) => "nothing is reported".to_owned(),
            Some(findings) => format!("reported by {}", findings.join(", ")),
        };
        page.row("but", &format!("{} {what}: {}", direction.replace('-', " -> "), otherwise.because));
    }
    page.row("prove it", &format!("cargo test --test faults -- {id}"));
}

/// The lines of a fault's file that say what is edited.
fn edit(one: &EmbeddedFault) -> impl Iterator<Item = &str> {
    let is_edit = |line: &&str| line.starts_with("edit:") || line.starts_with("also:");
    let mut inside = false;
    one.source.lines().filter(move |line| {
        inside = is_edit(line) || inside && line.starts_with([' ', '#']);
        inside
    })
}

/// A file's lines without those of some keys.
fn but<'a>(source: &'a str, keys: &[&str]) -> impl Iterator<Item = &'a str> {
    let mut inside = false;
    source.lines().filter(move |line| {
        inside = keys.iter().any(|key| line.starts_with(key)) || inside && line.starts_with([' ', '-']);
        !inside
    })
}

fn asked_of(check: &Check) -> &'static str {
    match check {
        Check::Message(_) => "each message that a provider's system generates, where it applies",
        Check::Limits(_) => {
            "each message that a provider's system generates; what it finds is *cannot tell*, and fails nobody"
        }
        Check::Certificate(_) => "each signing certificate",
        Check::Dialogue(_) => "each SMTP session",
        Check::Directory(_) => "the providers' directory, each version",
        Check::Log(_) => "each provider's log",
        Check::Transaction(_) | Check::Missing(..) => "everything that belongs to one submission, taken together",
    }
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Must => "a violation: the norm says MUST, and a run fails",
        Level::Should => "a warning: the norm says SHOULD, and a run fails only with --strict",
        Level::May => "a note: the norm leaves it free; a run fails only with --strict=notes",
    }
}

/// What is printed.
struct Page {
    text: String,
    paint: Paint,
}

impl Page {
    fn head(&mut self, what: &str, id: &str, says: &str) {
        let id = self.paint.dye(Ink::Strong, id);
        self.text.extend([format!("{what} {id}\n  {}\n\n", wrapped(says, 2))]);
    }

    fn row(&mut self, label: &str, value: &str) {
        let label = self.paint.dye(Ink::Faint, &format!("  {label:<width$}", width = INDENT - 2));
        self.text.extend([format!("{label}{}\n", wrapped(value, INDENT))]);
    }

    fn clause(&mut self, clause: &Clause) {
        self.row("clause", &clause_line(clause));
        if let Some(reading) = clause.reading {
            self.row("reading", reading);
        }
    }

    /// What is right, and the same with one thing wrong.
    fn example(&mut self, id: &str, one: &EmbeddedFault, catalogue: &Catalogue) {
        let on = &one.fault.on;
        if let Some(scenario) = catalogue.scenarios.iter().find(|scenario| scenario.id == on.scenario) {
            let what = on.message.map_or("what is seen".to_owned(), |kind| format!("the {}", kind.title()));
            self.row("passes", &format!("{what} in scenario {}: {}", scenario.id, scenario.title));
        }
        self.row("fails", &format!("the same with one thing wrong ({id}): {}", one.fault.title));
        self.lines("", edit(one));
    }

    fn lines<'a>(&mut self, label: &str, lines: impl Iterator<Item = &'a str>) {
        for (at, line) in lines.enumerate() {
            let label = if at == 0 { label } else { "" };
            let label = self.paint.dye(Ink::Faint, &format!("  {label:<width$}", width = INDENT - 2));
            self.text.extend([format!("{label}{line}\n")]);
        }
    }

    fn list<'a>(&mut self, label: &str, noun: &str, ids: impl IntoIterator<Item = &'a str>) {
        let ids: Vec<&str> = ids.into_iter().collect();
        let named = ids.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        match ids.len().saturating_sub(NAMED) {
            _ if ids.is_empty() => {}
            0 => self.row(label, &named),
            more => self.row(label, &format!("{named}, and {} more", counted(more, noun))),
        }
    }
}
