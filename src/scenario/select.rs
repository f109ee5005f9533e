//! Which scenarios of a suite are meant.

use std::sync::Arc;

use globset::{Glob, GlobMatcher};

use super::{Scenario, Suite};
use crate::{norm, yaml::nearest};

/// A choice among a suite's scenarios. Kinds of criteria narrow each other; within one kind any match counts. Empty: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Whatever people call scenarios by: an id or a glob over ids (`*` also crosses folders), a folder, with or without
    /// `/` at its end, the path of a scenario's file, a clause or a section.
    pub names: Vec<String>,
    /// Folders: `delivery`.
    pub folders: Vec<String>,
    /// Clauses that a scenario cites, by id or by section: `RFC6109-3.1.1-checked`, `RFC6109-3.1.1`, `3.1.1`.
    pub clauses: Vec<String>,
    /// Tags that a scenario carries.
    pub tags: Vec<String>,
}

/// Why a selection selects nothing, or nothing that makes sense. Each says what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// A glob that is none.
    #[error("`{glob}` is not a glob: {problem}")]
    Glob {
        /// As given.
        glob: String,
        /// Why.
        problem: String,
    },
    /// A name, folder, clause or tag that no scenario has.
    #[error("no scenario has {what} `{given}`{}", did_you_mean(.near.as_deref()))]
    Unmatched {
        /// `the name`, `the folder`, `the clause`, `the tag`.
        what: &'static str,
        /// As given.
        given: String,
        /// The nearest that exists.
        near: Option<String>,
    },
    /// A clause or section that there is, and that no scenario names.
    #[error("no scenario names the clause `{0}`; rules that rest on it apply in every scenario")]
    Unnamed(String),
    /// Each criterion matches something, all together nothing.
    #[error("no scenario matches all of the criteria together")]
    Nothing,
}

fn did_you_mean(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

impl Suite {
    /// The scenarios meant, in the suite's order.
    pub fn select(&self, selection: &Selection) -> Result<Vec<Arc<Scenario>>, SelectionError> {
        let Selection { names, folders, clauses, tags } = selection;
        let globs = names.iter().map(|name| matcher(name)).collect::<Result<Vec<_>, _>>()?;
        let by_name = |index: usize, scenario: &Scenario| {
            let name = names[index].as_str();
            globs[index].is_match(&scenario.id)
                || lies_in(scenario, name)
                || is_file_of(name, scenario)
                || cites(scenario, name)
        };
        let by_folder = |index: usize, scenario: &Scenario| lies_in(scenario, &folders[index]);
        let by_clause = |index: usize, scenario: &Scenario| cites(scenario, &clauses[index]);
        let by_tag = |index: usize, scenario: &Scenario| scenario.tags.contains(&tags[index]);

        let unnamed = |given: &&String| {
            norm::all().any(|clause| is_of(clause.id, given)) && !self.scenarios.iter().any(|s| cites(s, given))
        };
        if let Some(given) = names.iter().chain(clauses).find(unnamed) {
            return Err(SelectionError::Unnamed(given.clone()));
        }
        let mut meant = self.scenarios.clone();
        self.narrow(&mut meant, "the name", names, &by_name, |s| {
            let folder = s.id.rsplit_once('/').map(|(folder, _)| folder);
            folder.into_iter().chain([s.id.as_str()]).chain(s.clauses.iter().map(|c| c.id)).collect()
        })?;
        self.narrow(&mut meant, "the folder", folders, &by_folder, |s| {
            s.id.rsplit_once('/').map(|f| f.0).into_iter().collect()
        })?;
        self.narrow(&mut meant, "the clause", clauses, &by_clause, |s| s.clauses.iter().map(|c| c.id).collect())?;
        self.narrow(&mut meant, "the tag", tags, &by_tag, |s| s.tags.iter().map(String::as_str).collect())?;
        if meant.is_empty() { Err(SelectionError::Nothing) } else { Ok(meant) }
    }

    /// Keeps what any of `criteria` matches; a criterion that matches nothing in the whole suite is a slip.
    fn narrow<'s>(
        &'s self,
        meant: &mut Vec<Arc<Scenario>>,
        what: &'static str,
        criteria: &[String],
        matches: &dyn Fn(usize, &Scenario) -> bool,
        words: fn(&'s Scenario) -> Vec<&'s str>,
    ) -> Result<(), SelectionError> {
        for (index, given) in criteria.iter().enumerate() {
            if !self.scenarios.iter().any(|scenario| matches(index, scenario)) {
                let known = || self.scenarios.iter().flat_map(|scenario| words(scenario));
                let bare = given.trim_start_matches("./").trim_start_matches("scenarios/").trim_end_matches(".yaml");
                let ends_so = |word: &&str| word.rsplit_once('/').is_some_and(|(_, last)| last == bare);
                let near = known().find(ends_so).or_else(|| nearest(bare, known()));
                return Err(SelectionError::Unmatched { what, given: given.clone(), near: near.map(str::to_owned) });
            }
        }
        if !criteria.is_empty() {
            meant.retain(|scenario| (0..criteria.len()).any(|index| matches(index, scenario)));
        }
        Ok(())
    }
}

/// Whether a scenario is in a folder, which may end in `/`.
fn lies_in(scenario: &Scenario, folder: &str) -> bool {
    scenario.id.strip_prefix(folder.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether this is the path of a scenario's file, wherever the folder of scenarios lies.
fn is_file_of(path: &str, scenario: &Scenario) -> bool {
    let name = path.strip_suffix(".yaml").and_then(|path| path.strip_suffix(scenario.id.as_str()));
    name.is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

/// Whether a scenario cites a clause, given by its id, or any clause of a section.
fn cites(scenario: &Scenario, given: &str) -> bool {
    scenario.clauses.iter().any(|clause| is_of(clause.id, given))
}

/// Whether a clause is the one given, or stands in the section given: `RFC6109-3.1.1`, or `3.1.1` for that of RFC 6109.
fn is_of(clause: &str, given: &str) -> bool {
    let bare = given.starts_with(|first: char| first.is_ascii_digit());
    let clause = if bare { clause.strip_prefix("RFC6109-").unwrap_or_default() } else { clause };
    let rest = if given.is_empty() { None } else { clause.strip_prefix(given) };
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
}

fn matcher(glob: &str) -> Result<GlobMatcher, SelectionError> {
    Glob::new(glob)
        .map(|glob| glob.compile_matcher())
        .map_err(|error| SelectionError::Glob { glob: glob.to_owned(), problem: error.kind().to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suite() -> Suite {
        let scenario = |id: &str, tags: &str| {
            let source = format!(
                "title: x\nclauses: [RFC6109-3.1.4-headers]\ntags: [{tags}]\nsteps:\n\
                 - send: {{id: a, from: mario@sender, to: [anna@receiver]}}\n- expect: {{}}\n"
            );
            Arc::new(Scenario::read(id, id, &source, &[]).unwrap())
        };
        let scenarios =
            vec![scenario("delivery/brief", ""), scenario("delivery/complete", "smoke"), scenario("trust/x", "smoke")];
        Suite { scenarios }
    }

    fn select(selection: &Selection) -> Result<Vec<String>, String> {
        let meant = suite().select(selection).map_err(|error| error.to_string())?;
        Ok(meant.iter().map(|scenario| scenario.id.clone()).collect())
    }

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn criteria_of_one_kind_add_up_and_kinds_narrow_each_other() {
        let everything = select(&Selection::default()).unwrap();
        assert_eq!(everything.len(), 3);
        let both =
            Selection { names: words(&["delivery/*", "trust/x"]), tags: words(&["smoke"]), ..Selection::default() };
        assert_eq!(select(&both).unwrap(), ["delivery/complete", "trust/x"]);
        let folder = Selection { folders: words(&["delivery/"]), ..Selection::default() };
        assert_eq!(select(&folder).unwrap(), ["delivery/brief", "delivery/complete"]);
    }

    #[test]
    fn a_slip_is_told_from_a_choice_that_is_empty() {
        let slip = Selection { names: words(&["delivery/*", "delivery/compelte"]), ..Selection::default() };
        assert!(select(&slip).unwrap_err().ends_with("did you mean `delivery/complete`?"));
        let clause = Selection { clauses: words(&["RFC6109-3.1.4-header"]), ..Selection::default() };
        assert!(select(&clause).unwrap_err().ends_with("did you mean `RFC6109-3.1.4-headers`?"));
        let empty = Selection { folders: words(&["delivery"]), names: words(&["trust/*"]), ..Selection::default() };
        assert_eq!(select(&empty).unwrap_err(), SelectionError::Nothing.to_string());
        let glob = Selection { names: words(&["[x"]), ..Selection::default() };
        assert!(select(&glob).unwrap_err().contains("is not a glob"));
    }
}
