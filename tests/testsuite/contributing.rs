//! CONTRIBUTING.md is true: its examples are files of the project, they are in the program, and nothing else names them.

use std::{collections::BTreeMap, ffi::OsStr, fs, path::Path};

use pec_conformance::{norm, rules, scenario};
use walkdir::WalkDir;

use crate::program::program;

const PAGE: &str = include_str!("../../CONTRIBUTING.md");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The path named last before each block of a language, and the block.
fn examples() -> BTreeMap<&'static str, &'static str> {
    let mut examples = BTreeMap::new();
    let mut rest = PAGE;
    while let Some((before, block)) = rest.split_once("\n```") {
        let (language, block) = block.split_once('\n').expect("the block has lines");
        let (block, after) = block.split_once("\n```\n").expect("the block ends");
        rest = after;
        if language == "text" {
            continue;
        }
        let path =
            before.trim_end().strip_suffix("`:").and_then(|text| text.rsplit_once('`')).expect("a file is named").1;
        examples.insert(path, block);
    }
    examples
}

#[test]
fn its_examples_are_files_of_the_project() {
    let examples = examples();
    assert_eq!(examples.len(), 4, "{examples:?}");
    for (path, shown) in examples {
        let file = fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(shown, file.trim_end(), "{path} is not as shown");
    }
}

#[test]
fn its_examples_are_in_the_program() {
    for path in examples().keys() {
        let id = Path::new(path).with_extension("");
        let id = id.strip_prefix("scenarios").unwrap_or(&id).to_str().unwrap();
        let there = match id {
            "src/norm/clauses/mime" => norm::clause("RFC2045-4-version").is_some(),
            "src/rules/families/mime" => rules::ids().contains(&"structure/mime-version"),
            // The fault is proved by tests/faults, which takes every file of its folder.
            "faults/structure/mime-version" => root().join(path).exists(),
            id => scenario::suite(&rules::ids()).unwrap().scenarios.iter().any(|scenario| scenario.id == id),
        };
        assert!(there, "{path} is not in the program");
    }
}

/// Followed to the letter: the one file, in a folder where nothing else is, plays.
#[test]
fn its_scenario_plays_by_itself() {
    let (path, scenario) = examples().into_iter().find(|(path, _)| path.starts_with("scenarios/delivery/")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, scenario).unwrap();
    let program = program(&["run"])
        .args([OsStr::new("--scenarios"), folder.path().join("scenarios").as_os_str()])
        .args([OsStr::new("--reports"), folder.path().join("reports").as_os_str()])
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&program.stdout);
    assert!(program.status.success() && printed.contains("4 passed"), "{printed}");
}

/// What a file declares stands in no list. What cites a clause names it.
#[test]
fn nothing_lists_its_examples() {
    let lists = WalkDir::new(root().join("src")).into_iter().chain(WalkDir::new(root().join("tests")));
    for entry in lists.filter_map(Result::ok).filter(|entry| entry.path().extension().is_some_and(|it| it == "rs")) {
        let path = entry.path().strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        if path == "tests/testsuite/contributing.rs" || examples().contains_key(path.as_str()) {
            continue;
        }
        let text = fs::read_to_string(entry.path()).unwrap();
        for name in
            ["structure/mime-version", "RFC2045", "families/mime", "clauses/mime", "delivery/duplicate-recipient"]
        {
            assert!(!text.contains(name), "{path} names {name}");
        }
    }
}
