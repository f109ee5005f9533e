//! `docs/receipts.md`, its Italian `docs/ricevute.md`, and `LEGGIMI.md` are true: what they show is what the program does.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use clap::error::ErrorKind;
use pec_conformance::cli::{self, Exit};

use crate::program::{done, pec, program};

const ENGLISH: &str = include_str!("../../docs/receipts.md");
const ITALIAN: &str = include_str!("../../docs/ricevute.md");
const README: &str = include_str!("../../README.md");
const LEGGIMI: &str = include_str!("../../LEGGIMI.md");
const COMMANDS: &str = include_str!("../../docs/commands.md");

/// The lines of a page's blocks of commands, without what is said of each.
fn commands(page: &str) -> Vec<String> {
    let blocks = page.split("```sh\n").skip(1).map(|rest| rest.split("\n```").next().unwrap());
    let lines = blocks.flat_map(str::lines).map(|line| line.split(" #").next().unwrap().trim());
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// A shell's words, but for what it does with `*`.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in command.chars() {
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            (' ', None) => words.push(String::new()),
            (c, _) => words.last_mut().unwrap().push(c),
        }
    }
    words.into_iter().filter(|word| !word.is_empty()).collect()
}

/// What a clerk has: a receipt, a folder of mail, the providers' directory and the roots.
fn desk(folder: &Path) {
    let reports = folder.join("reports");
    let run = ["run", "delivery/complete", "--receiver", "bravo", "--reports", reports.to_str().unwrap()];
    pec(&run).exits(0);
    let bundle = reports.join("evidence/delivery/complete/alfa-bravo");
    fs::rename(bundle.join("trust"), folder.join("ca")).unwrap();
    fs::rename(bundle.join("directory/001.ldif"), folder.join("providers.ldif")).unwrap();
    fs::create_dir(folder.join("mail")).unwrap();
    for entry in fs::read_dir(bundle.join("messages")).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if name.contains("mailbox") {
            fs::copy(entry.path(), folder.join("mail").join(&name)).unwrap();
        }
        if name.contains("avvenuta-consegna-mailbox") {
            fs::copy(entry.path(), folder.join("receipt.eml")).unwrap();
        }
    }
}

/// The names that a shell would put for `ca/*`.
fn spread(word: &str, folder: &Path) -> Vec<String> {
    let Some(inside) = word.strip_suffix("/*") else { return vec![word.to_owned()] };
    let files = fs::read_dir(folder.join(inside)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.collect();
    files.sort();
    files.into_iter().map(|path| path.to_str().unwrap().to_owned()).collect()
}

/// What a page's commands print, one after the other, each ending well.
fn followed(page: &str, language: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    desk(folder.path());
    let mut printed = Vec::new();
    for command in commands(page) {
        let line: Vec<String> = words(&command).iter().skip(1).flat_map(|word| spread(word, folder.path())).collect();
        let line: Vec<&str> = line.iter().map(String::as_str).chain(["--lang", language]).collect();
        let mut program = program(&line);
        program.current_dir(folder.path()).env("XDG_DATA_HOME", folder.path().join("data"));
        let done = done(program.output().unwrap()).exits(0);
        assert!(!done.out.is_empty(), "{command}");
        printed.push(format!("$ {command}\n{}", done.out));
    }
    printed
}

#[test]
fn both_pages_show_the_same_commands_and_each_ends_well() {
    assert_eq!(commands(ENGLISH), commands(ITALIAN));
    assert!(commands(ITALIAN).len() >= 9);
    // The page to look at is in both languages whatever is asked for.
    let texts = |page, language| {
        let printed = followed(page, language);
        let html: Vec<&String> = printed.iter().filter(|text| text.contains("<!doctype html>")).collect();
        assert!(html.len() == 1 && html[0].contains("origine") && html[0].contains("origin"), "{html:?}");
        printed.iter().filter(|text| !text.contains("<!doctype html>")).cloned().collect::<String>()
    };
    let (english, italian) = (texts(ENGLISH, "en"), texts(ITALIAN, "it"));
    for words in ["origin yes", "complete yes", "no violation found (exit code 0)", "from mario@alfa.example, to anna"]
    {
        assert!(english.contains(words) && !italian.contains(words), "{words}\n{english}");
    }
    for words in [
        "origine: sì (",
        "completo: sì",
        "esito     nessuna violazione trovata (codice di uscita 0)",
        "da mario@alfa.example, a anna",
        "termine ricevuta di avvenuta consegna",
        "consegnato il 02/03/2026",
    ] {
        assert!(italian.contains(words) && !english.contains(words), "{words}\n{italian}");
    }
}

#[test]
fn the_italian_readme_shows_commands_of_the_others_and_in_their_order() {
    let shown: BTreeSet<String> = [README, COMMANDS, ITALIAN].into_iter().flat_map(commands).collect();
    let own = commands(LEGGIMI);
    assert!(own.len() >= 12, "{own:?}");
    for command in &own {
        let known = shown.contains(command) || shown.iter().any(|it| it.starts_with(command.as_str()));
        assert!(known || command.contains("list terms") || command.contains("explain"), "{command}");
        let Some(rest) = command.strip_prefix("pec-conformance ") else { continue };
        let line = ["pec-conformance".to_owned()].into_iter().chain(words(rest));
        if let Err(error) = cli::command().try_get_matches_from(line) {
            assert_eq!(error.kind(), ErrorKind::DisplayVersion, "{error}");
        }
    }
    let heads = |page: &str| page.lines().filter(|line| line.starts_with("## ")).count();
    assert!(heads(LEGGIMI) <= heads(README) && LEGGIMI.lines().count() < README.lines().count());
    let of_readme: Vec<String> = own.iter().filter(|it| README.contains(it.as_str())).cloned().collect();
    let places: Vec<usize> = of_readme.iter().map(|it| README.find(it.as_str()).unwrap()).collect();
    assert!(places.is_sorted(), "{of_readme:?}");
    for exit in Exit::ALL {
        assert!(LEGGIMI.contains(&format!("\n| {} | ", exit.code())), "{}", exit.code());
    }
}
