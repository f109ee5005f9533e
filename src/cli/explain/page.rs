//! A page of `explain`: a head, and rows of labels and what they say.

use super::edit;
use crate::{
    catalogue::Catalogue,
    fault::EmbeddedFault,
    norm::Clause,
    report::{Ink, Style, clause_line},
    rules::Rule,
};

/// Where the values of a page begin.
const INDENT: usize = 15;
/// As many of a kind are named; the rest is counted.
const NAMED: usize = 8;

/// What is printed.
pub struct Page {
    pub text: String,
    pub style: Style,
}

impl Page {
    /// What it is, by the id of the text that says so, its id or name, and what it says.
    pub fn head(&mut self, what: &'static str, id: &str, says: &str) {
        let id = self.style.paint.dye(Ink::Strong, id);
        self.text.extend([format!("{} {id}\n  {}\n\n", self.style.say(what), self.style.wrapped(says, 2))]);
    }

    /// A value, by the id of its label.
    pub fn row(&mut self, label: &'static str, value: &str) {
        let label = self.label(label);
        self.text.extend([format!("{label}{}\n", self.style.wrapped(value, INDENT))]);
    }

    fn label(&self, id: &'static str) -> String {
        let label = self.style.say(id).to_string();
        self.style.paint.dye(Ink::Faint, &format!("  {label:<width$}", width = INDENT - 2))
    }

    /// A rule, with what it asks.
    pub fn rule(&mut self, label: &'static str, rule: &Rule) {
        let question = self.style.language.question(rule.id, rule.question).into_owned();
        let says = self.style.say("entry-says").with("id", rule.id).with("says", question);
        self.row(label, &says.to_string());
    }

    /// What goes wrong where a rule is broken.
    pub fn consequence(&mut self, rule: &Rule) {
        let consequence = self.style.language.consequence(rule.id, rule.consequence);
        self.row("label-consequence", &consequence);
    }

    pub fn clause(&mut self, clause: &Clause) {
        self.row("label-clause", &clause_line(clause, self.style.language));
        self.reading(clause);
    }

    /// How a clause is read, where that is said.
    pub fn reading(&mut self, clause: &Clause) {
        if let Some(reading) = clause.reading {
            self.row("label-reading", &self.style.language.reading(clause.id, reading));
        }
    }

    /// What is right, and the same with one thing wrong.
    pub fn example(&mut self, id: &str, one: &EmbeddedFault, catalogue: &Catalogue) {
        let style = self.style;
        let on = &one.fault.on;
        if let Some(scenario) = catalogue.scenarios.iter().find(|scenario| scenario.id == on.scenario) {
            let what = match on.message {
                Some(kind) => {
                    let kind = style.language.say(format!("kind-{}", kind.word())).to_string();
                    style.say("fault-the-kind").with("kind", kind).to_string()
                }
                None => style.say("fault-what-is-seen").to_string(),
            };
            let passes = style.say("fault-passes").with("what", what).with("id", scenario.id.as_str());
            self.row("label-passes", &passes.with("title", style.language.phrase(&scenario.title)).to_string());
        }
        let fails = style.say("fault-fails").with("id", id).with("title", one.fault.title.as_str());
        self.row("label-fails", &fails.to_string());
        self.lines("label-nothing", edit(one));
    }

    /// Lines as they are.
    pub fn lines<'a>(&mut self, label: &'static str, lines: impl Iterator<Item = &'a str>) {
        for (at, line) in lines.enumerate() {
            let label = self.label(if at == 0 { label } else { "label-nothing" });
            self.text.extend([format!("{label}{line}\n")]);
        }
    }

    /// A bounded number of ids, and how many more of the noun there are.
    pub fn list<'a>(&mut self, label: &'static str, noun: &str, ids: impl IntoIterator<Item = &'a str>) {
        let ids: Vec<&str> = ids.into_iter().collect();
        let named = ids.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        match ids.len().saturating_sub(NAMED) {
            _ if ids.is_empty() => {}
            0 => self.row(label, &named),
            more => {
                let more = self.style.count(noun, more);
                let list = self.style.say("list-more").with("ids", named).with("more", more);
                self.row(label, &list.to_string());
            }
        }
    }
}
