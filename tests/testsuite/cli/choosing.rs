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

#[test]
fn what_must_be_played_is_looked_for_in_what_is_selected() {
    let folder = Folder::new();
    folder
        .run(&["--require-played", "timeout/*"])
        .exits(4)
        .says(&["of what is selected to be played, no scenario has the name `timeout/*` (--require-played)"]);
}

/// The commands in a page, each as text.
#[cfg(unix)]
fn commands(page: &str) -> Vec<String> {
    let code = page.split("<code class=\"command\">").skip(1).map(|rest| rest.split("</code>").next().unwrap());
    code.map(|it| it.replace("&#39;", "'").replace("&#34;", "\"").replace("&#38;", "&")).collect()
}

/// What a shell makes of a command, in this folder, with this program in its path; and what it then played.
#[cfg(unix)]
fn pasted(folder: &Folder, command: &str) -> String {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_pec-conformance")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", command]).current_dir(folder.path("")).env("PATH", path).env("LC_ALL", "C");
    let done = done(shell.output().unwrap());
    assert!(matches!(done.code, Some(1 | 3)), "{command}\n{}{}", done.out, done.err);
    std::fs::read_to_string(folder.path("reports/run.jsonl")).unwrap()
}

#[cfg(unix)]
#[test]
fn the_command_that_plays_it_again_is_pasted_as_it_stands() {
    let folder = Folder::new();
    let scenario = include_str!("../../../scenarios/delivery/complete.yaml");
    folder.write("own suite/delivery/complete.yaml", scenario);
    // Nobody listens there, which is trouble and has a page too.
    let point = "{host: 127.0.0.1, port: 1, trust: {unverified: true}}";
    let user = |name: &str| format!("  {name}: {{address: {name}@bravo.example, password: {{env: PATH}}}}\n");
    let users = ["mario", "anna", "luca", "giulia"].map(user).concat();
    let target = format!(
        "provider: Bravo Recapiti Certificati S.r.l.\ndomains: [bravo.example]\nsubmission: {point}\nincoming: {point}\n\
         mailboxes: {{maildir: mail}}\nusers:\n{users}\
         \x20 service: {{address: posta-certificata@gestore.bravo.example, mailbox: {{maildir: mail}}}}\n\
         listed: {{ldif: directory.ldif}}\ncounterpart: {{incoming: 2525, posta: 2526}}\n"
    );
    folder.write("the provider's/acme.yaml", target);
    pec(&["directory", "export", &folder.text("the provider's")]).exits(0);
    let words = ["run", "delivery/complete", "--scenarios", "own suite", "--strict", "--as-of", "2027-01-01"];
    let run =
        |more: &[&str]| done(program(&[&words[..], more].concat()).current_dir(folder.path("")).output().unwrap());
    for (more, code) in [(&["--receiver", "the provider's/acme.yaml"][..], 3), (&["--receiver", "flawed"], 1)] {
        let told = run(more).exits(code);
        let before = std::fs::read_to_string(folder.path("reports/run.jsonl")).unwrap();
        let page = std::fs::read_to_string(folder.path("reports/report.html")).unwrap();
        let [command] = &commands(&page)[..] else { panic!("{}", told.out) };
        assert!(command.starts_with("pec-conformance run delivery/complete --sender alfa --receiver "), "{command}");
        if code == 1 {
            told.says(&[&format!("next      {command}")]);
        }
        let after = pasted(&folder, command);
        let asked = |stream: &str| -> serde_json::Value {
            let mut header: serde_json::Value = serde_json::from_str(stream.lines().next().unwrap()).unwrap();
            header["started"].take();
            header
        };
        assert_eq!(asked(&before), asked(&after), "{command}");
    }
}
