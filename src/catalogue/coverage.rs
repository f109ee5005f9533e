//! What of the norm is checked, and by what: clause by clause, and counted.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Catalogue;
use crate::{
    norm::{self, AsOf, Bound, Clause, Level, Reason},
    rules::Rule,
    scenario::Scenario,
};

/// Every clause in force, with what tests it.
pub struct Coverage<'a> {
    /// In the norm's order.
    pub clauses: Vec<Covered<'a>>,
}

/// A clause with what tests it.
pub struct Covered<'a> {
    /// The clause.
    pub clause: &'static Clause,
    /// The rules that rest on it.
    pub rules: Vec<&'static Rule>,
    /// The scenarios about it.
    pub scenarios: Vec<&'a Scenario>,
    /// Ids of the faults that its rules report.
    pub faults: Vec<&'static str>,
}

/// How a clause is accounted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Account {
    /// A rule asks it of everything that is observed.
    ByRule,
    /// Scenarios play it and expect what it wants; no rule asks it.
    ByScenario,
    /// Nothing tests it, for a reason of the closed list.
    Untested,
    /// It could be tested, and nothing does.
    Gap,
}

/// Clauses counted by how they are accounted for; the parts add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All.
    pub clauses: usize,
    /// With a rule.
    pub by_rule: usize,
    /// With scenarios alone.
    pub by_scenario: usize,
    /// With a reason instead.
    pub untested: usize,
    /// With nothing.
    pub gaps: usize,
}

impl<'a> Coverage<'a> {
    /// Of the clauses in force on a day.
    pub fn of(catalogue: &'a Catalogue, day: AsOf) -> Self {
        let clauses = norm::all().filter(|clause| clause.in_force(day));
        let covered = |clause| {
            let rules = catalogue.rules_on(clause);
            let faults = catalogue.faults_proving(&rules);
            Covered { clause, rules, scenarios: catalogue.scenarios_about(clause), faults }
        };
        Self { clauses: clauses.map(covered).collect() }
    }

    /// Clauses that could be tested and are not, the strongest first.
    pub fn gaps(&self) -> Vec<&Covered<'a>> {
        let mut gaps: Vec<_> = self.clauses.iter().filter(|covered| covered.account() == Account::Gap).collect();
        gaps.sort_by_key(|covered| covered.clause.level);
        gaps
    }

    /// All clauses counted.
    pub fn total(&self) -> Counts {
        self.counts(|_| true)
    }

    /// Counts by level.
    pub fn by_level(&self) -> BTreeMap<Level, Counts> {
        self.by(|clause| clause.level)
    }

    /// Counts by who is bound.
    pub fn by_bound(&self) -> BTreeMap<Bound, Counts> {
        self.by(|clause| clause.binds)
    }

    /// How many MUSTs have no check, by reason.
    pub fn untested_musts(&self) -> BTreeMap<Reason, usize> {
        let mut reasons = BTreeMap::new();
        let musts = self.clauses.iter().filter(|covered| covered.clause.level == Level::Must);
        for untested in musts.filter_map(|covered| covered.clause.untested) {
            *reasons.entry(untested.reason).or_default() += 1;
        }
        reasons
    }

    fn by<K: Ord>(&self, key: fn(&Clause) -> K) -> BTreeMap<K, Counts> {
        let keys = self.clauses.iter().map(|covered| key(covered.clause));
        keys.map(|wanted| {
            let counts = self.counts(|clause| key(clause) == wanted);
            (wanted, counts)
        })
        .collect()
    }

    fn counts(&self, meant: impl Fn(&Clause) -> bool) -> Counts {
        let mut counts = Counts::default();
        for covered in self.clauses.iter().filter(|covered| meant(covered.clause)) {
            counts.clauses += 1;
            *match covered.account() {
                Account::ByRule => &mut counts.by_rule,
                Account::ByScenario => &mut counts.by_scenario,
                Account::Untested => &mut counts.untested,
                Account::Gap => &mut counts.gaps,
            } += 1;
        }
        counts
    }
}

impl Covered<'_> {
    /// How the clause is accounted for.
    pub fn account(&self) -> Account {
        match (self.rules.is_empty(), self.scenarios.is_empty(), self.clause.untested) {
            (false, _, _) => Account::ByRule,
            (true, false, _) => Account::ByScenario,
            (true, true, Some(_)) => Account::Untested,
            (true, true, None) => Account::Gap,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_add_up_however_they_are_counted() {
        let catalogue = Catalogue::load().unwrap();
        let coverage = Coverage::of(&catalogue, AsOf::Latest);
        let total = coverage.total();
        assert_eq!(total.clauses, total.by_rule + total.by_scenario + total.untested + total.gaps);
        assert_eq!(total.gaps, coverage.gaps().len());
        for counts in
            [coverage.by_level().into_values().collect::<Vec<_>>(), coverage.by_bound().into_values().collect()]
        {
            assert_eq!(counts.iter().map(|counts| counts.clauses).sum::<usize>(), total.clauses);
            assert_eq!(counts.iter().map(|counts| counts.gaps).sum::<usize>(), total.gaps);
        }
        let musts = coverage.by_level()[&Level::Must];
        assert_eq!(coverage.untested_musts().values().sum::<usize>(), musts.untested);
    }

    #[test]
    fn a_clause_with_neither_rule_nor_scenario_nor_reason_is_a_gap() {
        let catalogue = Catalogue { scenarios: Vec::new(), faults: BTreeMap::new() };
        let coverage = Coverage::of(&catalogue, AsOf::Latest);
        let bare = coverage.clauses.iter().filter(|one| one.rules.is_empty() && one.clause.untested.is_none()).count();
        assert!(bare > 0);
        assert_eq!(coverage.gaps().len(), bare);
    }

    #[test]
    fn a_clause_counts_only_while_it_is_in_force() {
        let catalogue = Catalogue::load().unwrap();
        let clauses = |day: &str| Coverage::of(&catalogue, AsOf::Day(day.parse().unwrap())).clauses.len();
        assert_eq!(clauses("1999-01-01"), 0);
        assert!(clauses("2016-03-31") < clauses("2016-04-01"));
    }
}
