//! The four lists and how they lead to each other: what the norm says, the rules that ask it, the scenarios that play it,
//! the faults that prove the rules; and the terms that all of them speak in.

pub mod coverage;
mod terms;
mod themes;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

pub use terms::{Term, term, terms};
pub use themes::{Theme, families, folders};

use crate::{
    fault::{self, EmbeddedFault, FaultFileError},
    norm::{self, Clause},
    rules::{self, Rule},
    scenario::{self, LoadError, Scenario, model::Step},
    yaml,
};

/// Everything in the program. Clauses and rules are static: [`norm::all`], [`rules::all`].
pub struct Catalogue {
    /// The scenarios, ordered by id.
    pub scenarios: Vec<Arc<Scenario>>,
    /// The faults by id: `signature/micalg`.
    pub faults: BTreeMap<&'static str, EmbeddedFault>,
}

/// Why the lists do not load. They are inside the program, so a test finds it before a user does.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The scenarios.
    #[error(transparent)]
    Scenarios(#[from] LoadError),
    /// The faults.
    #[error(transparent)]
    Faults(#[from] FaultFileError),
}

/// What an id stands for.
pub enum Entry<'a> {
    /// A rule.
    Rule(&'static Rule),
    /// A clause.
    Clause(&'static Clause),
    /// A scenario.
    Scenario(&'a Scenario),
    /// A fault.
    Fault(&'static str, &'a EmbeddedFault),
}

impl Catalogue {
    /// Reads what is compiled into the program.
    pub fn load() -> Result<Self, CatalogueError> {
        Ok(Self { scenarios: scenario::suite(&rules::ids())?.scenarios, faults: fault::embedded()? })
    }

    /// Everything of this id; a fault often has the id of the rule that it proves, and is `faults/<id>` too.
    pub fn find(&self, id: &str) -> Vec<Entry<'_>> {
        let rule = rules::all().find(|rule| rule.id == id).map(Entry::Rule);
        let clause = norm::clause(id).map(Entry::Clause);
        let scenario = self.scenarios.iter().find(|scenario| scenario.id == id).map(|one| Entry::Scenario(one));
        let fault = self.faults.get_key_value(id.strip_prefix("faults/").unwrap_or(id));
        let fault = fault.map(|(id, fault)| Entry::Fault(id, fault));
        [rule, clause, scenario, fault].into_iter().flatten().collect()
    }

    /// The ids and terms nearest to one that is not there, the nearest first.
    pub fn near(&self, id: &str) -> Vec<&str> {
        const MOST: usize = 3;
        let known = norm::all().map(|clause| clause.id).chain(rules::all().map(|rule| rule.id));
        let known = known.chain(self.scenarios.iter().map(|scenario| scenario.id.as_str()));
        let wanted = terms::plain(id);
        let likeness = |known: &str| {
            let known = terms::plain(known);
            // A part of an id is as good as a slip in it, and its beginning better.
            let part = match known.find(&wanted) {
                _ if wanted.is_empty() => 0.0,
                Some(0) => 0.8,
                Some(_) => 0.7,
                None => 0.0,
            };
            yaml::likeness(&wanted, &known).max(part)
        };
        let mut near: Vec<(f64, &str)> = known
            .chain(self.faults.keys().copied())
            .chain(terms().iter().flat_map(Term::names))
            .map(|known| (likeness(known), known))
            .filter(|(likeness, _)| *likeness > 0.6)
            .collect();
        near.sort_by(|(a, one), (b, other)| b.total_cmp(a).then(one.cmp(other)));
        near.dedup_by_key(|(_, id)| *id);
        near.into_iter().take(MOST).map(|(_, id)| id).collect()
    }

    /// The rules that rest on a clause.
    pub fn rules_on(&self, clause: &Clause) -> Vec<&'static Rule> {
        rules::all().filter(|rule| rule.clauses.iter().any(|on| on.id == clause.id)).collect()
    }

    /// The scenarios about a clause.
    pub fn scenarios_about(&self, clause: &Clause) -> Vec<&Scenario> {
        let about = |scenario: &&Arc<Scenario>| scenario.clauses.iter().any(|one| one.id == clause.id);
        self.scenarios.iter().filter(about).map(AsRef::as_ref).collect()
    }

    /// The faults that a rule reports, those that it alone reports first.
    pub fn faults_of(&self, rule: &Rule) -> Vec<(&'static str, &EmbeddedFault)> {
        let reports = |findings: &[String]| findings.iter().any(|id| id == rule.id);
        let mut faults: Vec<_> = self
            .faults
            .iter()
            .filter(|(_, one)| {
                let elsewhere = one.fault.otherwise.values().filter_map(|otherwise| otherwise.findings.as_deref());
                reports(&one.fault.findings) || elsewhere.into_iter().any(reports)
            })
            .map(|(id, one)| (*id, one))
            .collect();
        faults.sort_by_key(|(_, one)| (one.fault.findings.len() != 1, !reports(&one.fault.findings)));
        faults
    }

    /// Ids of the faults that any of these rules reports, each once.
    pub fn faults_proving(&self, rules: &[&Rule]) -> Vec<&'static str> {
        let faults = rules.iter().flat_map(|rule| self.faults_of(rule)).map(|(id, _)| id);
        faults.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The scenarios that plant what a rule reports, and say so.
    pub fn scenarios_announcing(&self, rule: &Rule) -> Vec<&Scenario> {
        let announces = |scenario: &&Arc<Scenario>| {
            scenario.steps.iter().any(|step| match step {
                Step::ExpectFindings(findings) => findings.values().flatten().any(|id| id == rule.id),
                _ => false,
            })
        };
        self.scenarios.iter().filter(announces).map(AsRef::as_ref).collect()
    }

    /// The faults that are made in a scenario's evidence.
    pub fn faults_in(&self, scenario: &Scenario) -> Vec<(&'static str, &EmbeddedFault)> {
        let made = self.faults.iter().filter(|(_, one)| one.fault.on.scenario == scenario.id);
        made.map(|(id, one)| (*id, one)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_load_and_lead_to_each_other() {
        let catalogue = Catalogue::load().unwrap();
        let rule = rules::all().find(|rule| rule.id == "signature/micalg").unwrap();
        assert!(catalogue.rules_on(rule.clauses[0]).iter().any(|one| one.id == rule.id));
        let faults = catalogue.faults_of(rule);
        assert_eq!(faults[0].0, "signature/micalg");
        let scenario = catalogue.scenarios.iter().find(|one| one.id == faults[0].1.fault.on.scenario).unwrap();
        assert!(catalogue.faults_in(scenario).iter().any(|(id, _)| *id == "signature/micalg"));
        assert!(catalogue.scenarios_about(scenario.clauses[0]).iter().any(|one| one.id == scenario.id));
    }

    #[test]
    fn an_id_is_found_in_whichever_list_it_stands() {
        let catalogue = Catalogue::load().unwrap();
        let found = |id: &str| catalogue.find(id).len();
        assert_eq!((found("signature/micalg"), found("faults/signature/micalg")), (2, 1));
        assert_eq!((found("delivery/complete"), found("RFC1847-2.1-micalg"), found("delivery/absent")), (1, 1, 0));
    }

    #[test]
    fn a_slip_and_a_part_of_an_id_are_near_and_noise_is_not() {
        let catalogue = Catalogue::load().unwrap();
        assert_eq!(catalogue.near("signature/miclag")[0], "signature/micalg");
        assert!(catalogue.near("micalg").contains(&"signature/micalg"));
        assert!(catalogue.near("xyzzy").is_empty() && catalogue.near("").is_empty());
    }
}
