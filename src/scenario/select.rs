//! Which scenarios of a suite are meant.

use std::sync::Arc;

use globset::{Glob, GlobMatcher};

use super::{Scenario, Suite};
use crate::{norm, yaml::nearest};

/// A choice among a suite's scenarios. Kinds of criteria narrow each other; within one kind any match counts. Empty: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Globs over ids: `delivery/*`, `*/infected`, or an id itself. `*` also crosses folders.
    pub ids: Vec<String>,
    /// Folders: `delivery`.
    pub folders: Vec<String>,
    /// Ids of clauses that a scenario cites.
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
    /// A glob, folder, clause or tag that no scenario has.
    #[error("no scenario has {what} `{given}`{}", did_you_mean(.near.as_deref()))]
    Unmatched {
        /// `an id matching`, `the folder`, `the clause`, `the tag`.
        what: &'static str,
        /// As given.
        given: String,
        /// The nearest that exists.
        near: Option<String>,
    },
    /// A clause that there is, and that no scenario names.
    #[error("no scenario names the clause `{0}`; rules that rest on it apply in every scenario")]
    Unnamed(&'static str),
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
        let Selection { ids, folders, clauses, tags } = selection;
        let globs = ids.iter().map(|glob| matcher(glob)).collect::<Result<Vec<_>, _>>()?;
        let by_id = |index: usize, scenario: &Scenario| globs[index].is_match(&scenario.id);
        let by_folder = |index: usize, scenario: &Scenario| {
            let folder = folders[index].trim_end_matches('/');
            scenario.id.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        };
        let by_clause = |index: usize, scenario: &Scenario| scenario.clauses.iter().any(|c| c.id == clauses[index]);
        let by_tag = |index: usize, scenario: &Scenario| scenario.tags.contains(&tags[index]);

        let mut meant = self.scenarios.clone();
        self.narrow(&mut meant, "an id matching", ids, &by_id, |s| vec![s.id.as_str()])?;
        self.narrow(&mut meant, "the folder", folders, &by_folder, |s| {
            s.id.rsplit_once('/').map(|f| f.0).into_iter().collect()
        })?;
        let unnamed = |id: &&String| !self.scenarios.iter().any(|s| s.clauses.iter().any(|c| c.id == id.as_str()));
        if let Some(clause) = clauses.iter().filter(unnamed).find_map(|id| norm::clause(id)) {
            return Err(SelectionError::Unnamed(clause.id));
        }
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
                let near = nearest(given, self.scenarios.iter().flat_map(|scenario| words(scenario)));
                return Err(SelectionError::Unmatched { what, given: given.clone(), near: near.map(str::to_owned) });
            }
        }
        if !criteria.is_empty() {
            meant.retain(|scenario| (0..criteria.len()).any(|index| matches(index, scenario)));
        }
        Ok(())
    }
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
            Selection { ids: words(&["delivery/*", "trust/x"]), tags: words(&["smoke"]), ..Selection::default() };
        assert_eq!(select(&both).unwrap(), ["delivery/complete", "trust/x"]);
        let folder = Selection { folders: words(&["delivery/"]), ..Selection::default() };
        assert_eq!(select(&folder).unwrap(), ["delivery/brief", "delivery/complete"]);
    }

    #[test]
    fn a_slip_is_told_from_a_choice_that_is_empty() {
        let slip = Selection { ids: words(&["delivery/*", "delivery/compelte"]), ..Selection::default() };
        assert!(select(&slip).unwrap_err().ends_with("did you mean `delivery/complete`?"));
        let clause = Selection { clauses: words(&["RFC6109-3.1.4-header"]), ..Selection::default() };
        assert!(select(&clause).unwrap_err().ends_with("did you mean `RFC6109-3.1.4-headers`?"));
        let empty = Selection { folders: words(&["delivery"]), ids: words(&["trust/*"]), ..Selection::default() };
        assert_eq!(select(&empty).unwrap_err(), SelectionError::Nothing.to_string());
        let glob = Selection { ids: words(&["[x"]), ..Selection::default() };
        assert!(select(&glob).unwrap_err().contains("is not a glob"));
    }
}
