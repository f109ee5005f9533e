//! What the rules ask and the scenarios play, by theme: each family of rules and each folder of scenarios in a sentence.

use std::sync::Arc;

use crate::{
    rules::{self, Family},
    scenario::{self, Scenario},
};

/// A family of rules, or a folder of scenarios.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Its name: `choreography/timeout`, `delivery`.
    pub name: String,
    /// How many it holds.
    pub count: usize,
    /// What they ask or play, in a sentence: its file's first words.
    pub about: &'static str,
}

/// Every family of rules.
pub fn families() -> Vec<Theme> {
    let families = rules::FAMILIES.iter().zip(rules::ABOUT);
    let theme = |(family, (_, about)): (&Family, &(&str, &'static str))| Theme {
        name: family.name.to_owned(),
        count: family.rules.len(),
        about,
    };
    families.map(theme).collect()
}

/// Every folder of these scenarios.
pub fn folders(scenarios: &[Arc<Scenario>]) -> Vec<Theme> {
    let mut folders: Vec<Theme> = Vec::new();
    for scenario in scenarios {
        let name = scenario.id.split('/').next().unwrap_or_default();
        match folders.iter_mut().find(|folder| folder.name == name) {
            Some(folder) => folder.count += 1,
            None => folders.push(Theme { name: name.to_owned(), count: 1, about: scenario::about(name) }),
        }
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn every_family_and_folder_says_what_it_is_about() {
        let scenarios = Catalogue::load().unwrap().scenarios;
        let (families, folders) = (families(), folders(&scenarios));
        for theme in families.iter().chain(&folders) {
            assert!(theme.about.ends_with('.') && theme.count > 0, "{theme:?}");
        }
        let listed: Vec<&str> = rules::FAMILIES.iter().map(|family| family.name).collect();
        let files: Vec<&str> = rules::ABOUT.iter().map(|(file, _)| *file).collect();
        assert_eq!(listed, files, "src/rules/families/mod.rs lists each file of its folder, in order");
        assert_eq!(families.iter().map(|family| family.count).sum::<usize>(), rules::all().count());
        assert_eq!(folders.iter().map(|folder| folder.count).sum::<usize>(), scenarios.len());
    }
}
