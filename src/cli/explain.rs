//! `explain`: a rule, clause, scenario, fault or term, for someone who meets it for the first time.

mod data;
mod page;
mod term;

use super::{
    CliError, Exit,
    coverage::slug,
    format::{Printed, TextOrJson},
    stdout::Stdout,
};
use crate::{
    catalogue::{self, Catalogue, Entry},
    fault::EmbeddedFault,
    norm::{Clause, Level},
    report::Style,
    rules::{Check, Rule},
    scenario::Scenario,
};

use page::Page;

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The id of a rule, a clause, a scenario or a fault, as reports show it; or a term, in Italian or English, such as
    /// `busta di anomalia`.
    #[arg(value_name = "ID", required = true)]
    id: Vec<String>,
    #[command(flatten)]
    printed: Printed<TextOrJson>,
}

/// Prints the page.
pub fn explain(args: &Args, style: Style) -> Result<Exit, CliError> {
    let catalogue = Catalogue::load()?;
    let id = args.id.join(" ");
    let found = catalogue.find(&id);
    let term = if found.is_empty() { catalogue::term(&id) } else { None };
    if found.is_empty() && term.is_none() {
        let near = catalogue.near(&id).into_iter().map(str::to_owned).collect();
        return Err(CliError::Unknown { near, id });
    }
    if args.printed.format() == TextOrJson::Json {
        let lines = found.iter().map(|entry| data::of(entry, &catalogue));
        let lines = lines.chain(term.map(data::of_term));
        Stdout::print(&lines.map(|line| line.to_string() + "\n").collect::<String>())?;
        return Ok(Exit::Conforming);
    }
    let mut page = Page { text: String::new(), style };
    match found.first() {
        None => term.into_iter().for_each(|term| term::explain(term, &mut page)),
        Some(Entry::Rule(rule)) => of_rule(rule, &catalogue, &mut page),
        Some(Entry::Clause(clause)) => of_clause(clause, &catalogue, &mut page),
        Some(Entry::Scenario(scenario)) => of_scenario(scenario, &catalogue, &mut page),
        Some(Entry::Fault(id, one)) => of_fault(id, one, &catalogue, &mut page),
    }
    if let [_, Entry::Fault(id, _), ..] = found[..] {
        page.row("label-see-also", &style.say("fault-see-also").with("id", id).to_string());
    }
    Stdout::print(&page.text)?;
    Ok(Exit::Conforming)
}

fn of_rule(rule: &Rule, catalogue: &Catalogue, page: &mut Page) {
    let style = page.style;
    page.head("explain-rule", rule.id, &style.language.question(rule.id, rule.question));
    page.row("label-asked-of", &style.say(asked_of(&rule.check)).to_string());
    if let Some(seen) = missing_from(&rule.check, style) {
        page.row("label-asked-where", &seen);
    }
    page.row("label-if-not", &style.say(severity(rule.level)).to_string());
    page.consequence(rule);
    for clause in rule.clauses {
        page.clause(clause);
    }
    let faults = catalogue.faults_of(rule);
    let planted = catalogue.scenarios_announcing(rule);
    if let Some((id, one)) = faults.first() {
        page.example(id, one, catalogue);
    } else if let Some(scenario) = planted.first() {
        let planted = style.say("fault-in-scenario").with("id", scenario.id.as_str());
        page.row("label-fails", &planted.with("title", style.language.phrase(&scenario.title)).to_string());
    }
    page.list("label-proved-by", "fault", faults.iter().map(|(id, _)| *id));
    page.list("label-planted-in", "scenario", planted.iter().map(|scenario| scenario.id.as_str()));
}

/// From where it can be seen that something is missing, for a rule that asks for it.
fn missing_from(check: &Check, style: Style) -> Option<String> {
    let Check::Missing(absence, _) = check else { return None };
    let places = absence.seen_from.iter().map(|view| style.language.phrase(view.place()).into_owned());
    let places = places.reduce(|one, other| style.say("asked-and").with("one", one).with("other", other).to_string());
    let seen = style.say("asked-where-seen").with("places", places.unwrap_or_default());
    Some(seen.with("hours", absence.due_within.as_hours()).to_string())
}

fn of_clause(clause: &Clause, catalogue: &Catalogue, page: &mut Page) {
    let style = page.style;
    page.head("explain-clause", clause.id, &style.language.clause(clause.id, clause.says));
    page.row("label-written-in", clause.source);
    page.row("label-binds", &style.language.say(format!("binds-{}", slug(&clause.binds))).to_string());
    page.row("label-if-broken", &style.say(severity(clause.level)).to_string());
    page.reading(clause);
    let force = match (clause.from, clause.until) {
        (None, None) => None,
        (Some(from), None) => Some(style.say("force-from").with("day", from)),
        (None, Some(until)) => Some(style.say("force-until").with("day", until)),
        (Some(from), Some(until)) => Some(style.say("force-from-until").with("day", from).with("last", until)),
    };
    if let Some(force) = force {
        page.row("label-in-force", &force.to_string());
    }
    let rules = catalogue.rules_on(clause);
    for rule in &rules {
        page.rule("label-asked-by", rule);
    }
    if let Some(rule) = rules.first() {
        page.consequence(rule);
        if let Some((id, one)) = catalogue.faults_of(rule).first() {
            page.example(id, one, catalogue);
        }
    }
    page.list("label-proved-by", "fault", catalogue.faults_proving(&rules));
    let played = catalogue.scenarios_about(clause);
    page.list("label-played-by", "scenario", played.into_iter().map(|one| one.id.as_str()));
    if let Some(untested) = &clause.untested {
        let reason = style.language.say(format!("untested-{}", slug(&untested.reason))).to_string();
        let why = style.language.untested(clause.id, untested.why);
        let why = style.say("untested-why").with("reason", reason).with("why", why.into_owned());
        page.row("label-not-checked", &why.to_string());
    }
}

fn of_scenario(scenario: &Scenario, catalogue: &Catalogue, page: &mut Page) {
    page.head("explain-scenario", &scenario.id, &page.style.language.phrase(&scenario.title));
    for clause in &scenario.clauses {
        page.clause(clause);
    }
    page.lines("label-as-written", but(&scenario.source, &["title:", "clauses:", "tags:"]));
    page.row("label-beside", &page.style.say("scenario-beside").to_string());
    page.list("label-faults", "fault", catalogue.faults_in(scenario).into_iter().map(|(id, _)| id));
    page.row("label-play-it", &format!("pec-conformance run {}", scenario.id));
}

fn of_fault(id: &str, one: &EmbeddedFault, catalogue: &Catalogue, page: &mut Page) {
    let style = page.style;
    page.head("explain-fault", id, &one.fault.title);
    if let Some(scenario) = catalogue.scenarios.iter().find(|scenario| scenario.id == one.fault.on.scenario) {
        let made = style.say("fault-made-in").with("id", scenario.id.as_str());
        page.row("label-made-in", &made.with("title", style.language.phrase(&scenario.title)).to_string());
    }
    if let Some(kind) = one.fault.on.message {
        page.row("label-message", &style.language.say(format!("kind-{}", kind.word())).to_string());
    }
    page.lines("label-edit", edit(one));
    let rules: Vec<&Rule> =
        crate::rules::all().filter(|rule| one.fault.findings.iter().any(|id| id == rule.id)).collect();
    for rule in &rules {
        page.rule("label-reported", rule);
        page.consequence(rule);
    }
    if rules.is_empty() {
        page.row("label-reported", &style.say("fault-nobody").to_string());
    }
    for (direction, otherwise) in &one.fault.otherwise {
        let what = match otherwise.findings.as_deref() {
            None => style.say("fault-impossible").to_string(),
            Some([]) => style.say("fault-silent").to_string(),
            Some(findings) => style.say("fault-reported").with("rules", findings.join(", ")).to_string(),
        };
        let but = style.say("fault-otherwise").with("direction", direction.replace('-', " -> ")).with("what", what);
        page.row("label-but", &but.with("why", otherwise.because.as_str()).to_string());
    }
    page.row("label-prove-it", &format!("cargo test --test faults -- {id}"));
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

/// Of what a rule is asked, by the id of the text that says so.
fn asked_of(check: &Check) -> &'static str {
    match check {
        Check::Message(_) => "asked-message",
        Check::Limits(_) => "asked-limits",
        Check::Certificate(_) => "asked-certificate",
        Check::Dialogue(_) => "asked-dialogue",
        Check::Directory(_) => "asked-directory",
        Check::Log(_) => "asked-log",
        Check::Transaction(_) | Check::Missing(..) => "asked-transaction",
    }
}

/// What a level comes to, by the id of the text that says so.
fn severity(level: Level) -> &'static str {
    match level {
        Level::Must => "must",
        Level::Should => "should",
        Level::May => "may",
    }
}
