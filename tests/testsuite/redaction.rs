//! A redacted report tells nothing of what is somebody's: not in any format, not in clear, and in no other spelling.

use std::{fs, path::PathBuf};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use walkdir::WalkDir;

use crate::program::{Done, done, pec, program};

/// What stands in messages, in a header, a body, an attachment, a name, an address: no word of the program's.
const MARKS: [&str; 12] = [
    "zarkovic",
    "qzstudio",
    "Quintessa",
    "Vrbnik",
    "Obrazlozenje",
    "Przykry",
    "grzybowski",
    "Wzmianka",
    "kwiatkowa",
    "Tajemnica",
    "szkatulka",
    "Zrzedliwy",
];

/// Formats of `check`.
const FORMATS: [&str; 6] = ["text", "json", "junit", "sarif", "markdown", "html"];

const SCENARIO: &str = "\
title: Marked messages
clauses: [RFC6109-3.1.4-headers]
steps:
  - send:
      id: marked
      from: mario@sender
      to: [anna@receiver]
      subject: Quintessa Vrbnik
      text: Obrazlozenje Przykry
      attach: [{name: grzybowski.txt, text: Wzmianka}]
      headers: {X-Tajemnica: kwiatkowa, Comments: szkatulka Zrzedliwy}
  - expect:
      mario@sender: [{accettazione: marked}]
";

/// Who else may tell what stands for a mark: base64 at each of its three places, quoted-printable, percent signs.
fn spellings(mark: &str) -> Vec<String> {
    let mut spelt = vec![mark.to_lowercase()];
    for before in ["", "x", "xx"] {
        let whole = BASE64_STANDARD.encode(format!("{before}{mark}"));
        // The first and the last group may mix in what stands beside.
        let inside = &whole[if before.is_empty() { 0 } else { 4 }..whole.len().saturating_sub(4)];
        spelt.push(inside.to_lowercase());
    }
    let escaped = |sign: char| mark.bytes().map(|octet| format!("{sign}{octet:02x}")).collect::<Vec<_>>().concat();
    spelt.extend([escaped('='), escaped('%')]);
    spelt.retain(|spelling| spelling.len() >= 6);
    spelt
}

#[track_caller]
fn tells_nothing(what: &str, told: &str) {
    let folded = told.to_lowercase();
    for mark in MARKS {
        for spelling in spellings(mark) {
            if let Some(at) = folded.find(&spelling) {
                let around: String =
                    folded[..at].chars().rev().take(200).collect::<Vec<_>>().into_iter().rev().collect();
                panic!("{what} tells {mark} as {spelling}: {around}…");
            }
        }
    }
}

/// The messages of a run, some of them altered, under names of somebody; and its trust and directory.
struct Held {
    folder: tempfile::TempDir,
    trust: PathBuf,
    directory: PathBuf,
}

impl Held {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("suite")).unwrap();
        fs::write(at("suite/marked.yaml"), SCENARIO).unwrap();
        let [suite, reports] = ["suite", "reports"].map(|name| at(name).to_str().unwrap().to_owned());
        let played =
            pec(&["run", "--scenarios", &suite, "--sender", "alfa", "--receiver", "flawed", "--reports", &reports]);
        assert_eq!(played.code, Some(1), "{}", played.out);
        let evidence = at("reports/evidence/marked/alfa-flawed");
        fs::create_dir(at("mail")).unwrap();
        for entry in fs::read_dir(evidence.join("messages")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let message = fs::read(&path).unwrap();
            // Whole, and as somebody else's, whose every signature is broken by that.
            fs::write(at("mail").join(format!("zarkovic {name}")), &message).unwrap();
            let text = String::from_utf8_lossy(&message).replace("mario@alfa.example", "zarkovic@qzstudio.example");
            fs::write(at("mail").join(format!("qzstudio {name}")), text).unwrap();
        }
        let ordinary = "From: \"Zarkovic, Quintessa\" <zarkovic@qzstudio.example>\r\nTo: Vrbnik <vrbnik@qzstudio.example>\r\n\
                        X-Ricevuta: Tajemnica\r\nX-Trasporto: posta-certificata\r\nSubject: =?utf-8?B?UXVpbnRlc3NhIFZyYm5paw==?=\r\n\
                        Message-ID: <szkatulka@qzstudio.example>\r\nDate: Zrzedliwy\r\n\
                        Content-Type: multipart/signed; boundary=Wzmianka; name=kwiatkowa; micalg=Przykry\r\n\r\n\
                        --Wzmianka\r\nContent-Type: text/plain; charset=Obrazlozenje\r\n\r\n=4f=62=72\r\n--Wzmianka--\r\n";
        fs::write(at("mail/grzybowski.eml"), ordinary).unwrap();
        fs::write(at("mail/Quintessa.pdf"), "%PDF-1.7").unwrap();
        Self { trust: evidence.join("trust"), directory: evidence.join("directory/001.ldif"), folder }
    }

    fn check(&self, more: &[&str]) -> Done {
        let [trust, directory] = [&self.trust, &self.directory].map(|path| path.to_str().unwrap());
        let words = ["check", "mail", "--view", "archive", "--trust", trust, "--directory", directory];
        let mut command = program(&[&words[..], more].concat());
        done(command.current_dir(self.folder.path()).output().unwrap())
    }
}

#[test]
fn a_check_tells_nothing_of_what_is_somebodys_in_any_format() {
    let held = Held::new();
    for format in FORMATS {
        let open = held.check(&["--format", format]);
        assert!(open.out.to_lowercase().contains("zarkovic"), "{format} has something to hide");
        let redacted = held.check(&["--format", format, "--redact", "--strict=notes"]);
        assert_eq!(redacted.code, Some(1), "{format}\n{}", redacted.err);
        tells_nothing(format, &redacted.out);
        tells_nothing(format, &redacted.err);
        assert!(redacted.out.contains("file-"), "{format}\n{}", redacted.out);
    }
    let quality = held.folder.path().join("quality.json");
    held.check(&["--redact", "--code-quality", quality.to_str().unwrap()]).exits(1);
    tells_nothing("the code quality report", &fs::read_to_string(quality).unwrap());
}

#[test]
fn what_is_found_and_who_answers_for_it_stays() {
    let held = Held::new();
    let rules = |done: &Done| {
        let lines = done.json();
        let found = lines.iter().flat_map(|line| line["findings"].as_array().cloned().unwrap_or_default());
        let mut rules: Vec<String> = found.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect();
        rules.sort();
        (rules, lines.last().unwrap()["totals"].clone(), lines.last().unwrap()["exit"].clone())
    };
    let (open, redacted) = (held.check(&["--format", "json"]), held.check(&["--format", "json", "--redact"]));
    let ((open_rules, open_totals, open_exit), (rules, totals, exit)) = (rules(&open), rules(&redacted));
    assert_eq!((open_rules, open_exit), (rules, exit));
    assert_eq!(open_totals["violations"], totals["violations"]);
    // Providers, signers of theirs and service mailboxes are nobody's.
    let signers = |done: &Done| -> Vec<Value> {
        let lines = done.json();
        let messages = lines.iter().map(|line| &line["messages"][0]);
        let proved = messages.filter(|message| message["answers"]["origin"]["answer"] == "yes");
        proved.map(|message| serde_json::json!([message["answers"]["origin"], message["signer"]])).collect()
    };
    assert!(signers(&open).len() > 3 && signers(&open) == signers(&redacted), "{:?}", signers(&redacted));
}

#[test]
fn pseudonyms_are_the_same_in_a_report_and_other_ones_in_the_next_unless_a_key_is_given() {
    let held = Held::new();
    let senders = |key: Option<&str>| {
        let mut command = program(&["check", "mail", "--format", "json", "--redact"]);
        command.current_dir(held.folder.path());
        if let Some(key) = key {
            command.env("PEC_REDACT_KEY", key);
        }
        let done = done(command.output().unwrap());
        let mut senders: Vec<String> =
            done.json().iter().filter_map(|line| Some(line["messages"][0]["sender"].as_str()?.to_owned())).collect();
        senders.sort();
        (done.code, senders)
    };
    let ((_, one), (_, two)) = (senders(None), senders(None));
    assert!(one.len() > 5 && one.iter().collect::<std::collections::BTreeSet<_>>().len() < one.len(), "{one:?}");
    assert_ne!(one, two);
    let key = Some("sixteen octets or more");
    assert_eq!(senders(key), senders(key));
    assert_eq!(senders(Some("short")).0, Some(2));
}

#[test]
fn a_run_tells_nothing_either_and_keeps_no_evidence() {
    let held = Held::new();
    let at = |name: &str| held.folder.path().join(name);
    for printed in ["terminal", "json"] {
        let mut words =
            vec!["run", "--scenarios", "suite", "--sender", "alfa", "--receiver", "flawed", "--reports", "told"];
        words.extend(["--redact", "--ci", "gitlab", "--format", printed]);
        let mut command = program(&words);
        let told = done(command.current_dir(held.folder.path()).output().unwrap()).exits(1);
        tells_nothing(printed, &told.out);
        tells_nothing(printed, &told.err);
        told.says(&["no evidence is kept"]);
        assert!(!at("told/evidence").exists());
        let mut files = 0;
        for entry in
            WalkDir::new(at("told")).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file())
        {
            tells_nothing(
                &entry.path().display().to_string(),
                &String::from_utf8_lossy(&fs::read(entry.path()).unwrap()),
            );
            files += 1;
        }
        assert!(files >= 6, "{files}");
    }
    let open: String =
        ["run.jsonl", "report.html"].iter().map(|name| fs::read_to_string(at("reports").join(name)).unwrap()).collect();
    assert!(open.contains("Quintessa"), "there is something to hide");

    let run = |more: &[&str]| {
        let words = ["run", "--scenarios", "suite", "--sender", "alfa", "--receiver", "bravo", "--reports", "x"];
        done(program(&[&words[..], more].concat()).current_dir(held.folder.path()).output().unwrap())
    };
    run(&["--redact", "--evidence", "failures"]).exits(2).says(&["keeps no evidence", "--redact=no"]);
    run(&["--redact", "--shard", "1/2"]).exits(2).says(&["a part of a run is put together from its evidence"]);
    run(&["--redact", "--evidence", "none"]);
    // Parts that were kept whole are put together to a redacted report.
    run(&["--shard", "1/1", "--redact=no"]);
    let merged =
        program(&["merge", "x", "--redact", "--reports", "whole"]).current_dir(held.folder.path()).output().unwrap();
    tells_nothing("merge", &done(merged).out);
    tells_nothing("merge", &fs::read_to_string(at("whole/run.jsonl")).unwrap());
    assert!(!at("whole/evidence").exists());
}

#[test]
fn a_ci_system_is_told_nothing_of_what_is_somebodys_unless_asked_for() {
    let held = Held::new();
    let summary = held.folder.path().join("summary");
    let check = |more: &[&str]| {
        let mut command = program(&[&["check", "mail"], more].concat());
        done(command.current_dir(held.folder.path()).env("GITHUB_STEP_SUMMARY", &summary).output().unwrap())
    };
    let told = check(&["--ci", "github"]);
    tells_nothing("standard output", &told.out);
    tells_nothing("the step summary", &fs::read_to_string(&summary).unwrap());
    assert!(told.out.contains("::error "), "{}", told.out);
    for open in [check(&["--ci", "github", "--redact=no"]), check(&["--ci", "none"])] {
        assert!(open.out.contains("zarkovic"), "{}", open.out);
    }
    let recognised = |name: &str| {
        let mut command = program(&["check", "mail"]);
        done(command.current_dir(held.folder.path()).env(name, "true").output().unwrap())
    };
    let github = recognised("GITHUB_ACTIONS");
    tells_nothing("standard output", &github.out);
    assert_eq!(
        github.err.lines().next(),
        Some("GitHub Actions is recognised: annotations and a step summary are written; `--ci none` does without")
    );
    let gitlab = recognised("GITLAB_CI");
    tells_nothing("standard output", &gitlab.out);
    assert!(!gitlab.out.contains("::") && gitlab.err.starts_with("GitLab CI is recognised"), "{}", gitlab.err);
}
