//! What became of what is declared: counted as failures come, and told when everything is over.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Deviation, Failing, Known, New, UNDETERMINED};
use crate::evidence::Role;

/// Counts what is declared and what is not.
#[derive(Debug)]
pub struct Ledger {
    known: Arc<Known>,
    declared: usize,
    undeclared: usize,
    entries: Vec<Entry>,
    /// Names that a subject may have.
    subjects: BTreeSet<String>,
    /// Where each rule was asked of whom, and failed undeclared: for entries to paste.
    asked: BTreeMap<Asked, Scenarios>,
}

/// A rule, or the expectations of scenarios, of whom it was asked, and in which role.
type Asked = (Option<String>, String, Option<Role>);

/// What was seen of an entry.
#[derive(Clone, Debug, Default)]
struct Entry {
    times: usize,
    asked: bool,
    asked_in: BTreeSet<String>,
    failed_in: BTreeSet<String>,
}

/// Where something was asked and where it failed; beside scenarios nothing is named.
#[derive(Clone, Debug, Default)]
struct Scenarios {
    asked: BTreeSet<String>,
    failed: BTreeSet<String>,
    undeclared: usize,
}

/// How much of what could be seen was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Whether all that was to be asked was: what is not found then is not there.
    pub asked_all: bool,
    /// Whether everybody is known whom a subject may name: another name is nobody's then.
    pub names_all: bool,
}

/// What it came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Reckoning {
    /// The file.
    pub file: String,
    /// Failures that an entry declares.
    pub declared: usize,
    /// Failures that none declares.
    pub undeclared: usize,
    /// Each entry, in the order of the file.
    pub entries: Vec<Stands>,
    /// What is not declared, as entries to which a reason and an owner are to be added.
    pub new: Vec<New>,
}

/// How an entry stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Stands {
    /// The entry.
    #[serde(flatten)]
    pub deviation: Deviation,
    /// Where it stands in the file: its line, from 1.
    pub line: usize,
    /// How.
    pub standing: Standing,
    /// How often it was found.
    pub times: usize,
    /// Scenarios that it names and that showed nothing of it.
    pub not_in: Vec<String>,
}

/// How an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It was found.
    Found,
    /// Nothing was asked that could have shown it.
    NotAsked,
    /// It was looked for and was not there: the entry is to be taken out.
    NotFound,
    /// Its last day has passed: it declares nothing any more.
    Expired,
    /// Nobody is known under the subject's name.
    Unknown,
}

impl Standing {
    /// What there is to say.
    pub fn says(self) -> &'static str {
        match self {
            Standing::Found => "it was found",
            Standing::NotAsked => "nothing was asked that could show it",
            Standing::NotFound => "it was looked for and is not there",
            Standing::Expired => "its last day has passed",
            Standing::Unknown => "nobody bears the subject's name",
        }
    }

    /// Whether an entry that stands so fails.
    pub fn fails(self) -> bool {
        match self {
            Standing::Found | Standing::NotAsked => false,
            Standing::NotFound | Standing::Expired | Standing::Unknown => true,
        }
    }
}

impl Reckoning {
    /// Whether there were failures and each is declared.
    pub fn all_declared(&self) -> bool {
        self.declared > 0 && self.undeclared == 0
    }

    /// Whether an entry fails.
    pub fn fails(&self) -> bool {
        self.entries.iter().any(|entry| entry.standing.fails())
    }

    /// The entries to paste, as YAML that fits under `deviations:`; they expire some months after a day.
    pub fn to_paste(&self, today: Date) -> String {
        self.new.iter().map(|new| new.yaml(today)).collect()
    }
}

impl Ledger {
    /// Of what is known.
    pub fn new(known: Arc<Known>) -> Self {
        let entries = vec![Entry::default(); known.deviations.len()];
        let subjects = [UNDETERMINED.to_owned()].into();
        Self { known, declared: 0, undeclared: 0, entries, subjects, asked: BTreeMap::new() }
    }

    /// Somebody bears this name.
    pub fn knows(&mut self, subject: &str) {
        if !self.subjects.contains(subject) {
            self.subjects.insert(subject.to_owned());
        }
    }

    /// A rule (or the expectations of a scenario) was put to something that somebody answers for.
    pub fn asked(&mut self, of: &Failing<'_>) {
        self.knows(of.subject);
        for (deviation, entry) in self.known.deviations.iter().zip(&mut self.entries) {
            if deviation.names(of) {
                entry.asked = true;
                entry.asked_in.extend(of.scenario.map(str::to_owned));
            }
        }
        if let Some(scenario) = of.scenario {
            self.scenarios(of).asked.insert(scenario.to_owned());
        }
    }

    /// Something failed.
    pub fn failed(&mut self, failing: &Failing<'_>) {
        self.asked(failing);
        for (deviation, entry) in self.known.deviations.iter().zip(&mut self.entries) {
            if deviation.names(failing) {
                entry.times += 1;
                entry.failed_in.extend(failing.scenario.map(str::to_owned));
            }
        }
        if self.known.declares(failing).is_some() {
            self.declared += 1;
            return;
        }
        self.undeclared += 1;
        let scenarios = self.scenarios(failing);
        scenarios.undeclared += 1;
        scenarios.failed.extend(failing.scenario.map(str::to_owned));
    }

    /// Something failed that nobody can declare: no gateway answers for it.
    pub fn failed_beyond(&mut self) {
        self.undeclared += 1;
    }

    fn scenarios(&mut self, of: &Failing<'_>) -> &mut Scenarios {
        self.asked.entry((of.rule.map(str::to_owned), of.subject.to_owned(), of.role)).or_default()
    }

    /// What it came to. Where not everything was seen (`extent`), what was not found may still be there.
    pub fn close(self, extent: Extent) -> Reckoning {
        let entries = self.known.deviations.iter().zip(&self.entries).enumerate().map(|(at, (deviation, entry))| {
            let standing = self.standing(deviation, entry, extent);
            let not_in = match standing {
                Standing::NotFound if !deviation.scenarios.is_empty() => {
                    entry.asked_in.difference(&entry.failed_in).cloned().collect()
                }
                _ => Vec::new(),
            };
            let line = if standing.fails() { self.known.line(at) } else { 0 };
            Stands { deviation: deviation.clone(), line, standing, times: entry.times, not_in }
        });
        let new = self.asked.iter().filter(|(_, scenarios)| scenarios.undeclared > 0);
        let new = new.map(|((rule, subject, role), Scenarios { asked, failed, .. })| {
            let everywhere = rule.is_some() && asked == failed;
            let scenarios = if everywhere { Vec::new() } else { failed.iter().cloned().collect() };
            New { rule: rule.clone(), scenarios, subject: subject.clone(), role: *role }
        });
        Reckoning {
            file: self.known.file.clone().unwrap_or_default(),
            declared: self.declared,
            undeclared: self.undeclared,
            entries: entries.collect(),
            new: new.collect(),
        }
    }

    fn standing(&self, deviation: &Deviation, entry: &Entry, extent: Extent) -> Standing {
        let in_some = !deviation.scenarios.is_empty() && entry.asked_in.is_subset(&entry.failed_in);
        let found = entry.times > 0 && (deviation.scenarios.is_empty() || in_some);
        if deviation.expired {
            Standing::Expired
        } else if extent.names_all && !self.subjects.contains(&deviation.subject) {
            Standing::Unknown
        } else if found {
            Standing::Found
        } else if entry.asked && extent.asked_all {
            Standing::NotFound
        } else if entry.times > 0 {
            Standing::Found
        } else {
            Standing::NotAsked
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Extent = Extent { asked_all: true, names_all: true };
    const PART: Extent = Extent { asked_all: false, names_all: false };

    fn entry(rule: Option<&str>, scenarios: &[&str]) -> Deviation {
        Deviation {
            rule: rule.map(str::to_owned),
            scenarios: scenarios.iter().map(|id| (*id).to_owned()).collect(),
            subject: "acme".to_owned(),
            role: None,
            reason: "it is being mended".to_owned(),
            owner: "interop@acme.example".to_owned(),
            expires: "2026-12-31".parse().unwrap(),
            expired: false,
        }
    }

    fn ledger(deviations: impl IntoIterator<Item = Deviation>) -> Ledger {
        let deviations = deviations.into_iter().collect();
        let mut ledger = Ledger::new(Arc::new(Known { deviations, ..Known::default() }));
        ledger.knows("acme");
        ledger
    }

    fn of<'a>(rule: &'a str, scenario: &'a str, subject: &'a str) -> Failing<'a> {
        Failing { rule: Some(rule), scenario: Some(scenario), subject, role: Some(Role::Sender) }
    }

    fn standings(reckoning: &Reckoning) -> Vec<Standing> {
        reckoning.entries.iter().map(|entry| entry.standing).collect()
    }

    #[test]
    fn what_is_declared_and_found_holds_and_what_is_found_besides_is_new() {
        let mut ledger = ledger([entry(Some("a/b"), &[])]);
        ledger.failed(&of("a/b", "x", "acme"));
        ledger.asked(&of("a/b", "y", "acme"));
        ledger.failed(&of("c/d", "x", "acme"));
        ledger.failed(&of("c/d", "y", "acme"));
        ledger.failed(&of("a/b", "x", "other"));
        ledger.asked(&of("a/b", "y", "other"));
        let reckoning = ledger.close(ALL);
        assert_eq!((reckoning.declared, reckoning.undeclared), (1, 3));
        assert_eq!(standings(&reckoning), [Standing::Found]);
        assert!(!reckoning.fails() && !reckoning.all_declared());
        let new = |rule: &str, scenarios: &[&str], subject: &str| New {
            rule: Some(rule.to_owned()),
            scenarios: scenarios.iter().map(|id| (*id).to_owned()).collect(),
            subject: subject.to_owned(),
            role: Some(Role::Sender),
        };
        // What failed wherever it was asked needs no scenarios.
        assert_eq!(reckoning.new, [new("a/b", &["x"], "other"), new("c/d", &[], "acme")]);
    }

    #[test]
    fn what_is_declared_and_was_looked_for_in_vain_fails() {
        for (scenarios, failed, asked, standing, not_in) in [
            (&[][..], &[][..], &["x"][..], Standing::NotFound, &[][..]),
            (&[], &["x"], &["x", "y"], Standing::Found, &[]),
            (&["x", "y"], &["x"], &["x", "y"], Standing::NotFound, &["y"]),
            (&["x", "y"], &["x"], &["x"], Standing::Found, &[]),
            (&["y"], &["x"], &["x"], Standing::NotAsked, &[]),
            (&["y"], &[], &[], Standing::NotAsked, &[]),
        ] {
            let seen = |extent: Extent| {
                let mut ledger = ledger([entry(Some("a/b"), scenarios)]);
                for id in asked {
                    ledger.asked(&of("a/b", id, "acme"));
                }
                for id in failed {
                    ledger.failed(&of("a/b", id, "acme"));
                }
                ledger.close(extent)
            };
            let whole = seen(ALL);
            assert_eq!(standings(&whole), [standing], "{scenarios:?} {failed:?} {asked:?}");
            assert_eq!(whole.fails(), standing == Standing::NotFound);
            assert_eq!(whole.entries[0].not_in, not_in);
            assert!(!seen(PART).fails(), "of a run that was broken off nothing is missing for certain");
        }
    }

    #[test]
    fn who_is_asked_in_another_role_or_nobody_at_all_is_told_apart() {
        let as_receiver = Deviation { role: Some(Role::Receiver), ..entry(Some("a/b"), &[]) };
        let unknown = Deviation { subject: "acne".to_owned(), ..entry(Some("a/b"), &[]) };
        let mut ledger = ledger([as_receiver.clone(), unknown.clone()]);
        ledger.failed(&of("a/b", "x", "acme"));
        let reckoning = ledger.close(ALL);
        assert_eq!(standings(&reckoning), [Standing::NotAsked, Standing::Unknown]);
        assert_eq!((reckoning.declared, reckoning.undeclared, reckoning.fails()), (0, 1, true));
        // Where nobody knows all names, another name is nobody's mistake.
        assert_eq!(standings(&self::ledger([unknown]).close(PART)), [Standing::NotAsked]);
    }

    #[test]
    fn what_has_expired_declares_nothing_and_fails_by_itself() {
        let expired = Deviation { expired: true, ..entry(Some("a/b"), &[]) };
        let mut ledger = ledger([expired]);
        ledger.failed(&of("a/b", "x", "acme"));
        let reckoning = ledger.close(ALL);
        assert_eq!(standings(&reckoning), [Standing::Expired]);
        assert_eq!((reckoning.declared, reckoning.undeclared), (0, 1));
        assert!(reckoning.fails() && reckoning.entries[0].times == 1);
    }

    #[test]
    fn expectations_are_declared_by_scenario_and_what_nobody_answers_for_by_nothing() {
        let unmet = Failing { rule: None, ..of("", "x", "acme") };
        let mut ledger = ledger([entry(None, &["x", "y"])]);
        ledger.asked(&Failing { scenario: Some("y"), ..unmet });
        ledger.failed(&unmet);
        ledger.failed_beyond();
        let reckoning = ledger.close(ALL);
        assert_eq!((reckoning.declared, reckoning.undeclared), (1, 1));
        assert_eq!(
            (standings(&reckoning), &reckoning.entries[0].not_in),
            (vec![Standing::NotFound], &vec!["y".into()])
        );
        assert_eq!(reckoning.new, []);
    }
}
