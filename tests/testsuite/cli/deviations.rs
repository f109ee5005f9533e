//! `--deviations`: what is declared is marked and stays a failure, and what is declared and not so fails too.

use std::fs;

use serde_json::Value;

use super::{Done, Folder, pec};

const REFERENCE: &str = "  - {rule: headers/reference, subject: flawed, role: receiver, reason: mended in 4.2, \
                         owner: interop@flawed.example, expires: 9999-12-31}\n";
const WHEN: &str = "  - {rule: text/when, subject: flawed, reason: mended in 4.2, owner: interop@flawed.example, \
                    expires: 9999-12-31}\n";

/// A run against `flawed` as receiver, where two rules fail.
fn against_flawed(folder: &Folder, entries: &str, more: &[&str]) -> Done {
    let file = folder.write("deviations.yaml", format!("deviations:\n{entries}"));
    folder.run(&[&["--receiver", "flawed", "--deviations", &file], more].concat())
}

#[test]
fn what_is_declared_stays_a_failure_and_is_marked_in_every_report() {
    let folder = Folder::new();
    let done = against_flawed(&folder, &format!("{REFERENCE}{WHEN}"), &[]).exits(1);
    done.says(&[
        "to blame     flawed, as receiver\n    declared     until 9999-12-31 by interop@flawed.example: mended in 4.2",
        "findings  2 violations",
        "declared  2 failures declared, 0 not; 2 entries = 2 found + 0 not asked for + 0 that fail",
        "result    not conforming, 2 declared (exit code 1)",
    ]);
    let stream = folder.stream();
    let (cell, footer) = (&stream[1], stream.last().unwrap());
    assert_eq!((&cell["outcome"], &footer["totals"]["failed"]), (&"failed".into(), &1.into()));
    assert_eq!(cell["findings"][0]["findings"][0]["declared"]["owner"], "interop@flawed.example");
    assert_eq!((&footer["deviations"]["declared"], &footer["deviations"]["undeclared"]), (&2.into(), &0.into()));
    let junit = fs::read_to_string(folder.path("reports/junit.xml")).unwrap();
    assert!(junit.contains("failures=\"1\"") && junit.contains("message=\"declared until 9999-12-31 by "), "{junit}");
    let sarif = fs::read_to_string(folder.path("reports/report.sarif")).unwrap();
    assert!(sarif.contains("\"level\":\"error\"") && sarif.contains("\"kind\":\"external\""), "{sarif}");
}

#[test]
fn accepted_it_says_the_same_and_exits_with_0() {
    let folder = Folder::new();
    let accept = ["--accept-declared"];
    let all = format!("{REFERENCE}{WHEN}");
    against_flawed(&folder, &all, &accept).exits(0).says(&["1 failed", "not conforming, 2 declared (exit code 0)"]);
    // Something besides is not accepted.
    against_flawed(&folder, REFERENCE, &accept).exits(1).says(&["non-conformity (exit code 1)"]);
    pec(&["run", "--accept-declared"]).exits(2);
}

#[test]
fn what_is_new_is_told_as_entries_to_paste() {
    let folder = Folder::new();
    let done = against_flawed(&folder, REFERENCE, &[]).exits(1);
    let (_, paste) = done.out.split_once("Not declared: ").expect("something is new");
    let (_, paste) = paste.split_once('\n').unwrap();
    let (paste, _) = paste.split_once("\n\n").unwrap();
    assert!(
        paste.starts_with("  - rule: text/when\n    subject: flawed\n    role: receiver\n    reason: \"\"\n"),
        "{paste}"
    );
    let pasted = format!("{REFERENCE}{paste}\n");
    against_flawed(&folder, &pasted, &[]).exits(2);
    let filled = pasted.replace("reason: \"\"", "reason: mended in 4.3").replace("owner: \"\"", "owner: OPS-7");
    against_flawed(&folder, &filled, &[]).exits(1).says(&["not conforming, 2 declared"]);
}

#[test]
fn what_is_declared_and_not_so_fails_even_where_all_else_is_well() {
    let folder = Folder::new();
    let alfa = WHEN.replace("flawed", "alfa");
    let run = |entries: &str| {
        let file = folder.write("deviations.yaml", format!("deviations:\n{entries}"));
        folder.run(&["--sender", "alfa", "--deviations", &file])
    };
    run(&alfa).exits(1).says(&[
        "1 passed + 0 failed",
        "text/when of alfa (",
        "deviations.yaml:2): it was looked for and is not there any more",
        "declared deviations that do not hold (exit code 1)",
    ]);
    assert!(fs::read_to_string(folder.path("reports/junit.xml")).unwrap().contains("declared deviations"));
    // Who does not play, or plays the other role, was not looked at.
    run(WHEN).exits(0).says(&["1 entry = 0 found + 1 not asked for", "conforming (exit code 0)"]);
    run(&alfa.replace("reason", "role: receiver, reason")).exits(0);
    run(&alfa.replace("9999-12-31", "2020-12-31")).exits(1).says(&["it expired on 2020-12-31"]);
    run(&WHEN.replace("flawed", "flaweed")).exits(1).says(&["nobody bears that name here"]);
    let elsewhere = alfa.replace("subject", "scenarios: [delivery/concise], subject");
    run(&elsewhere).exits(0);
}

#[test]
fn a_mistake_is_shown_with_line_and_caret_before_anything_is_played() {
    let folder = Folder::new();
    let wrong = against_flawed(&folder, &WHEN.replace("text/when", "text/whem"), &[]).exits(2);
    for wanted in ["deviations.yaml:2:12", "unknown rule `text/whem`; did you mean `text/when`?", "here"] {
        assert!(wrong.err.contains(wanted), "{wanted}: {}", wrong.err);
    }
    assert!(!folder.path("reports").exists());
    // A scenario of one's own may be named, whether or not it is selected.
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/delivery/complete.yaml");
    let source = fs::read(source).unwrap();
    folder.write("own/mine/one.yaml", &source);
    folder.write("own/mine/two.yaml", &source);
    let own = WHEN.replace("subject", "scenarios: [mine/two], subject");
    let file = folder.write("deviations.yaml", format!("deviations:\n{own}"));
    let (scenarios, reports) = (folder.text("own"), folder.text("reports"));
    let mine = ["run", "mine/one", "--scenarios", &scenarios, "--reports", &reports, "--deviations", &file];
    pec(&mine).exits(0).says(&["1 entry = 0 found + 1 not asked for"]);
    pec(&["run", "--deviations", &file]).exits(2);
    let absent = folder.text("absent.yaml");
    folder.run(&["--deviations", &absent]).exits(2);
    let schema: Value = serde_json::from_str(&pec(&["schema", "deviations"]).exits(0).out).unwrap();
    assert!(schema["$defs"]["Entry"]["properties"]["expires"].is_object(), "{schema}");
}

#[test]
fn check_knows_them_too_by_the_provider_or_by_nobody() {
    let folder = Folder::new();
    folder.run(&["--receiver", "flawed"]).exits(1);
    let evidence = folder.text("reports/evidence");
    let check = |entries: &str, paths: &str, more: &[&str]| {
        let file = folder.write("deviations.yaml", format!("deviations:\n{entries}"));
        pec(&[&["check", paths, "--deviations", &file], more].concat())
    };
    let all = format!("{REFERENCE}{WHEN}");
    check(&all, &evidence, &[]).exits(1).says(&["not conforming, 2 declared"]);
    check(&all, &evidence, &["--accept-declared"]).exits(0).says(&["not conforming, 2 declared (exit code 0)"]);
    check(REFERENCE, &evidence, &["--accept-declared"]).exits(1).says(&["non-conformity (exit code 1)"]);
    // Of loose files nobody tells who played.
    let messages = folder.path("reports/evidence/delivery/complete/alfa-flawed/messages");
    let when = WHEN.replace("flawed,", "undetermined,");
    let delivery = fs::read_dir(messages).unwrap().map(|entry| entry.unwrap().path());
    let delivery = delivery.into_iter().find(|path| path.to_string_lossy().contains("avvenuta-consegna")).unwrap();
    let delivery = delivery.to_string_lossy().into_owned();
    let alone = check(&when, &delivery, &[]).exits(1);
    alone.says(&["declared     until 9999-12-31", "not conforming, 1 declared"]);
    check(&when, &delivery, &["--require", "origin"]).exits(1);
    let sarif = check(&when, &delivery, &["--format", "sarif"]).exits(1);
    assert!(sarif.out.contains("\"suppressions\""), "{}", sarif.out);
}
