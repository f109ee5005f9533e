//! The README and the page of commands are true: the commands exist, the exit codes are the program's, the scenario loads, the
//! picture is real.

use std::{collections::BTreeSet, env, fs};

use clap::error::ErrorKind;
use pec_conformance::{
    cli::{self, Exit},
    rules,
    scenario::Scenario,
};

use crate::program::program;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
const README: &str = include_str!("../../README.md");
const COMMANDS: &str = include_str!("../../docs/commands.md");
const CONTRIBUTING: &str = include_str!("../../CONTRIBUTING.md");

/// The fenced block that follows a marker.
fn block_after(marker: &str) -> &'static str {
    let (_, rest) = README.split_once(marker).unwrap_or_else(|| panic!("the README has no `{marker}`"));
    let (_, rest) = rest.split_once("```").expect("a block follows");
    let (_, rest) = rest.split_once('\n').expect("the block has lines");
    rest.split_once("\n```").expect("the block ends").0
}

/// Command lines of this program in a page, without its name.
fn commands(page: &'static str) -> impl Iterator<Item = Vec<String>> {
    let lines = page.lines().filter_map(|line| {
        line.strip_prefix("pec-conformance ").or_else(|| line.strip_prefix("cargo run --release -- "))
    });
    lines.map(|line| {
        let line = line.split_once(" #").map_or(line, |(command, _)| command);
        line.split_whitespace().map(|word| word.trim_matches('\'').to_owned()).collect()
    })
}

#[test]
fn the_commands_are_understood() {
    for page in [README, COMMANDS] {
        assert!(commands(page).count() >= 7, "{page}");
        for words in commands(page) {
            let line = ["pec-conformance".to_owned()].into_iter().chain(words);
            if let Err(error) = cli::command().try_get_matches_from(line) {
                assert_eq!(error.kind(), ErrorKind::DisplayVersion, "{error}");
            }
        }
    }
}

#[test]
fn the_page_of_commands_shows_every_one() {
    let shown: BTreeSet<_> = commands(COMMANDS).filter_map(|words| words.first().cloned()).collect();
    let all: BTreeSet<_> = cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
    assert_eq!(shown, all);
}

#[test]
fn its_exit_codes_are_the_programs() {
    let (_, table) = README.split_once("## Exit codes").unwrap();
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with("| ")).skip(1).take(Exit::ALL.len() + 1).collect();
    let expected: Vec<_> = Exit::ALL.iter().map(|exit| format!("| {} | {} |", exit.code(), exit.meaning())).collect();
    assert_eq!(rows, expected);
}

#[test]
fn its_scenario_loads() {
    let source = block_after("<!-- scenario -->");
    let problems = Scenario::read("readme", "README.md", source, &rules::ids()).err().unwrap_or_default();
    assert!(problems.is_empty(), "{problems:?}");
}

/// `list` takes the choices of `run`, and plays nothing.
#[test]
fn what_the_commands_select_exists() {
    let runs = commands(README).chain(commands(COMMANDS)).filter(|words| words[0] == "run");
    let is_choice = |words: &Vec<String>| words.get(1).is_some_and(|word| !word.starts_with('-') || word == "--clause");
    let chosen: Vec<_> = runs.filter(is_choice).collect();
    assert!(chosen.len() >= 2, "{chosen:?}");
    for words in chosen {
        let choice = words[1..].iter().filter(|word| *word != "--strict");
        let program = program(&["list"]).args(choice).output().unwrap();
        assert!(program.status.success(), "{words:?}: {}", String::from_utf8_lossy(&program.stderr));
    }
}

#[test]
fn every_room_of_the_house_is_named() {
    let named: BTreeSet<_> = CONTRIBUTING.split_whitespace().filter_map(|word| word.strip_prefix("src/")).collect();
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !["main.rs", "lib.rs"].contains(&name.as_str()) {
            assert!(named.contains(name.as_str()), "CONTRIBUTING.md does not name src/{name}");
        }
    }
}

/// `PEC_UPDATE_README=1 cargo test --test testsuite readme::` puts the present picture in.
#[test]
fn its_picture_is_what_the_program_prints() {
    let (_, rest) = README.split_once("<!-- output: ").expect("the README has a picture");
    let (command, _) = rest.split_once(" -->").unwrap();
    let reports = tempfile::tempdir().unwrap();
    let output = program(&[]).args(command.split(' ')).arg("--reports").arg(reports.path()).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let printed = printed.replace(&*reports.path().to_string_lossy(), "reports");
    let picture = block_after("<!-- output: ");
    if env::var_os("PEC_UPDATE_README").is_some() {
        let page = fs::read_to_string(PATH).unwrap().replacen(picture, printed.trim_end(), 1);
        fs::write(PATH, page).unwrap();
        return;
    }
    assert_eq!(shape(picture), shape(&printed), "the program prints:\n{printed}");
}

/// `INSTA_UPDATE=always cargo test --test testsuite readme::` writes it anew.
#[test]
fn the_page_of_coverage_is_what_the_program_prints() {
    const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/coverage.md");
    let output = program(&["coverage", "--format", "markdown"]).output();
    let printed = String::from_utf8(output.unwrap().stdout).unwrap();
    if env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        fs::write(PAGE, printed).unwrap();
        return;
    }
    let written = fs::read_to_string(PAGE).unwrap_or_default();
    assert!(written == printed, "docs/coverage.md is stale; INSTA_UPDATE=always writes it anew");
}

/// What a page says but for its values: headings, questions and totals whole with numbers taken out, rows by their label.
fn shape(page: &str) -> Vec<String> {
    let value = |line: &str| line.starts_with("    ");
    let label = |line: &str| line.trim_start().split("  ").next().unwrap_or_default().to_owned();
    let plain = |text: String| text.replace(|c: char| c.is_ascii_digit(), "");
    let lines = page.lines().filter(|line| !line.starts_with("                 "));
    lines.map(|line| plain(if value(line) { label(line) } else { line.to_owned() })).collect()
}
