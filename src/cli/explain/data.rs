//! What a page of `explain` tells, as JSON.

use serde_json::{Value, json};

use crate::{
    catalogue::{Catalogue, Entry, Term},
    cli::data,
};

/// What an entry is, and what else there is about it.
pub fn of(entry: &Entry<'_>, catalogue: &Catalogue) -> Value {
    let (kind, mut it, more) = match entry {
        Entry::Rule(rule) => {
            let faults: Vec<&str> = catalogue.faults_of(rule).iter().map(|(id, _)| *id).collect();
            let planted = catalogue.scenarios_announcing(rule);
            let planted: Vec<&str> = planted.iter().map(|scenario| scenario.id.as_str()).collect();
            ("rule", data::rule(rule), json!({"clauses": rule.clauses, "faults": faults, "planted_in": planted}))
        }
        Entry::Clause(clause) => {
            let rules = catalogue.rules_on(clause);
            let played = catalogue.scenarios_about(clause);
            let played: Vec<&str> = played.iter().map(|scenario| scenario.id.as_str()).collect();
            let asked: Vec<&str> = rules.iter().map(|rule| rule.id).collect();
            let faults: Vec<&str> = catalogue.faults_proving(&rules).into_iter().collect();
            ("clause", json!(clause), json!({"rules": asked, "faults": faults, "scenarios": played}))
        }
        Entry::Scenario(scenario) => {
            let faults: Vec<&str> = catalogue.faults_in(scenario).iter().map(|(id, _)| *id).collect();
            let more = json!({"clauses": scenario.clauses, "faults": faults, "source": &*scenario.source});
            ("scenario", data::scenario(scenario), more)
        }
        Entry::Fault(id, one) => ("fault", data::fault(id, &one.fault), json!({"source": one.source})),
    };
    it["kind"] = kind.into();
    if let Value::Object(more) = more {
        more.into_iter().for_each(|(key, value)| it[key] = value);
    }
    it
}

/// A term of certified mail.
pub fn of_term(term: &Term) -> Value {
    let mut it = json!(term);
    it["kind"] = "term".into();
    it
}
