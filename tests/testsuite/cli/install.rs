//! What is installed beside the program: its version, the manual, and completions, tried in a real bash.

use std::{fs, process::Command};

use pec_conformance::cli;

use super::{Folder, pec};

#[test]
fn the_version_tells_the_rules_by_which_it_judges() {
    let folder = Folder::new();
    folder.run(&[]).exits(0);
    let rules = &folder.stream()[0]["rules"];
    let digest = rules["digest"].as_str().unwrap();
    pec(&["--version"]).exits(0).says(&["pec-conformance 0.1.0", "commit ", &format!("{}, {digest}", rules["count"])]);
}

#[test]
fn every_command_has_its_page_of_the_manual() {
    let folder = Folder::new();
    pec(&["man", &folder.text("man1")]).exits(0);
    for command in cli::command().get_subcommands() {
        let page = folder.path(&format!("man1/pec-conformance-{}.1", command.get_name()));
        let page = fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        assert!(page.contains(".SH SYNOPSIS") && page.contains("Exit codes"), "{page}");
    }
    pec(&["man"]).exits(0).says(&[".TH pec-conformance 1", "pec\\-conformance\\-check(1)"]);
    let file = folder.write("file", "");
    pec(&["man", &file]).exits(3).says(&["cannot write into", "name a folder that can be written to"]);
}

#[cfg(unix)]
#[test]
fn bash_completes_commands_options_and_values() {
    let folder = Folder::new();
    let script = folder.write("completions", pec(&["completions", "bash"]).exits(0).out);
    for (words, expected) in [
        (&["pec-conformance", "che"][..], "check"),
        (&["pec-conformance", "check", "--req"], "--require"),
        (&["pec-conformance", "completions", "zs"], "zsh"),
    ] {
        let asked = format!(
            "source {script}; completes=$(complete -p pec-conformance | sed 's/.* -F \\([^ ]*\\).*/\\1/'); COMP_WORDS=({}); \
             COMP_CWORD={}; $completes pec-conformance {} {}; echo ${{COMPREPLY[@]}}",
            words.join(" "),
            words.len() - 1,
            words[words.len() - 1],
            words[words.len() - 2],
        );
        let output = Command::new("bash").args(["-c", &asked]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), expected, "{output:?}");
    }
}
