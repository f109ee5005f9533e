//! Scenarios chosen by whatever people call them, and lists that fit where they are shown.

use std::collections::BTreeSet;

use super::Folder;
use crate::program::{done, pec, program};

/// The ids that `list` shows for these names, each in a line.
fn chosen(names: &[&str]) -> Vec<String> {
    let listed = pec(&[&["list"], names].concat()).exits(0);
    listed.out.lines().map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}

#[test]
fn a_folder_a_file_a_clause_and_a_section_choose_as_an_id_does() {
    assert_eq!(chosen(&["delivery/complete"]), ["delivery/complete"]);
    for file in
        ["scenarios/delivery/complete.yaml", "./delivery/complete.yaml", "/src/pec/scenarios/delivery/complete.yaml"]
    {
        assert_eq!(chosen(&[file]), ["delivery/complete"], "{file}");
    }
    let folder = chosen(&["delivery/*"]);
    assert!(folder.len() > 10);
    assert_eq!(chosen(&["delivery"]), folder);
    assert_eq!(chosen(&["delivery/"]), folder);
    let section = chosen(&["3.1.1"]);
    assert!(section.len() > 1 && section.len() < folder.len());
    assert_eq!(chosen(&["RFC6109-3.1.1"]), section);
    assert_eq!(chosen(&["--clause", "3.1.1"]), section);
    let clauses = pec(&["list", "clauses"]).exits(0).out;
    let of_section: BTreeSet<String> = clauses
        .lines()
        .filter(|line| line.starts_with("RFC6109-3.1.1-"))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|clause| pec(&["list", clause]).code == Some(0))
        .flat_map(|clause| chosen(&[clause]))
        .collect();
    assert_eq!(of_section, section.into_iter().collect());
}

#[test]
fn a_slip_in_a_name_hears_what_there_is() {
    for (slip, meant) in [
        ("delivry", "`delivery`"),
        ("delivry/complete", "`delivery/complete`"),
        ("complete", "`delivery/complete`"),
        ("scenarios/delivery/compelte.yaml", "`delivery/complete`"),
        ("RFC6109-3.1.1-chcked", "`RFC6109-3.1.1-checked`"),
    ] {
        pec(&["list", slip]).exits(4).says(&["no scenario has the name", &format!("did you mean {meant}?")]);
    }
    pec(&["list", "9.9.9"]).exits(4).says(&["`9.9.9`"]);
    pec(&["list", "--clause", "RFC6109-2.1-signed"])
        .exits(4)
        .says(&["no scenario names the clause `RFC6109-2.1-signed`"]);
    pec(&["run", "virus", "--dry-run", "--tag", "nonesuch"]).exits(4).says(&["the tag `nonesuch`"]);
}

#[test]
fn tags_are_listed_and_each_chooses_as_many_as_it_says() {
    let tags = pec(&["list", "tags", "--format", "json"]).exits(0).json();
    assert!(!tags.is_empty());
    for tag in tags {
        let name = tag["id"].as_str().unwrap();
        assert_eq!(chosen(&["--tag", name]).len() as u64, tag["scenarios"].as_u64().unwrap(), "{name}");
    }
}

#[test]
fn a_list_fits_the_columns_it_is_shown_in_and_is_a_line_each_elsewhere() {
    for what in ["scenarios", "rules", "clauses", "faults", "tags"] {
        let narrow = done(program(&["list", what]).env("COLUMNS", "80").output().unwrap()).exits(0).out;
        assert!(narrow.lines().all(|line| line.chars().count() <= 80), "{what}");
        let lines = pec(&["list", what]).exits(0).out.lines().count();
        assert_eq!(lines, pec(&["list", what, "--format", "json"]).exits(0).json().len(), "{what}");
    }
}

#[test]
fn a_day_or_an_instant_that_is_none_hears_how_it_is_written() {
    let folder = Folder::new();
    let message = folder.write("mail.eml", "From: a@b.example\r\n\r\n");
    for at in ["yesterday", "02/03/2026", "2026-03-02T09:30:00"] {
        pec(&["check", &message, "--at", at]).exits(2).says(&["2026-03-02T08:30:00Z", "a day 2026-03-02"]);
    }
    pec(&["check", &message, "--at", "2026-03-02"]).exits(4);
    for command in ["run", "coverage"] {
        pec(&[command, "--as-of", "1/1/2006"]).exits(2).says(&["a day is written 2026-03-02"]);
    }
}

#[test]
fn explain_tells_the_same_to_a_program() {
    let rule = &pec(&["explain", "headers/reference", "--format", "json"]).exits(0).json()[0];
    assert_eq!((rule["kind"].as_str(), rule["level"].as_str()), (Some("rule"), Some("violation")));
    assert!(rule["clauses"][0]["says"].is_string() && rule["faults"][0].is_string());
    for kind in ["rules", "clauses", "scenarios", "faults"] {
        let one = &pec(&["list", kind, "--format", "json"]).exits(0).json()[1];
        let id = one["id"].as_str().unwrap();
        let told = pec(&["explain", id, "--format", "json"]).exits(0).json();
        let like = told.iter().find(|told| told["kind"] == kind[..kind.len() - 1]).expect(kind);
        // All that the list tells, and more.
        for (key, value) in one.as_object().unwrap() {
            assert!(key == "clauses" || like[key] == *value, "{id}: {key}");
        }
    }
    pec(&["explain", "nonesuch", "--format", "json"]).exits(2);
}

#[test]
fn text_is_as_wide_as_the_terminal_and_no_word_is_broken() {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    for page in [&["explain", "text/when"][..], &["explain", "RFC6109-3.1.1-to"], &["explain", "busta di anomalia"]] {
        let at = |columns: &str| done(program(page).env("COLUMNS", columns).output().unwrap()).exits(0).out;
        let (narrow, usual) = (at("60"), pec(page).exits(0).out);
        assert_eq!(words(&narrow), words(&usual));
        let longest = |text: &str| text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(longest(&usual) <= 110 && narrow.lines().count() > usual.lines().count());
        // What is quoted, such as YAML, keeps its lines.
        let is_quoted = |line: &&str| usual.lines().any(|other| other == *line);
        let is_wide = |line: &&str| line.chars().count() > 60;
        let wide: Vec<&str> = narrow.lines().filter(is_wide).filter(|line| !is_quoted(line)).collect();
        assert!(wide.is_empty(), "{wide:#?}");
    }
}
