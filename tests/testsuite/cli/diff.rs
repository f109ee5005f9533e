//! `diff`: two runs held against each other.

use std::fs;

use super::{Folder, pec};

/// What the run before left.
fn earlier(folder: &Folder) -> String {
    let mut earlier = fs::read_dir(folder.path("reports/earlier")).unwrap().map(|entry| entry.unwrap().path());
    earlier.next().expect("it was kept").to_string_lossy().into_owned()
}

#[test]
fn a_run_is_held_against_the_one_before() {
    let folder = Folder::new();
    let reports = folder.text("reports");
    folder.run(&["--sender", "alfa"]).exits(0);
    folder.run(&["--receiver", "flawed"]).exits(1);
    let before = earlier(&folder);
    pec(&["diff", &before, &before]).exits(0).says(&["1 the same", "nothing is worse (exit code 0)"]);
    let apart = pec(&["diff", &before, &reports]).exits(1);
    apart.says(&["New: only the second", "alfa -> flawed: failed", "Gone: only the first", "alfa -> bravo: passed"]);

    // The same play, with flawed in bravo's place.
    let stream = fs::read_to_string(folder.path("reports/run.jsonl")).unwrap();
    let second = folder.write("second/run.jsonl", stream.replace("\"receiver\":\"flawed\"", "\"receiver\":\"bravo\""));
    let worse = pec(&["diff", &before, &second]).exits(1);
    assert!(!worse.out.contains("differs"), "{}", worse.out);
    worse.says(&[
        "Worse\n  delivery/complete alfa -> bravo: passed -> failed\n",
        "    violation headers/reference: 0 -> ",
        "By rule, over all plays of each run",
        "1 worse + 0 better",
        "something is worse (exit code 1)",
    ]);
    let better = pec(&["diff", &second, &before]).exits(0);
    better.says(&["Better\n", "failed -> passed", "nothing is worse"]);

    let lines = pec(&["diff", &before, &second, "--format", "json"]).exits(1).json();
    assert_eq!((&lines[0]["type"], &lines[0]["same_rules"]), (&"header".into(), &true.into()));
    let play = lines.iter().find(|line| line["type"] == "play").unwrap();
    assert_eq!(
        (&play["change"], &play["before"], &play["after"]),
        (&"worse".into(), &"passed".into(), &"failed".into())
    );
    assert!(play["findings"].as_array().unwrap().iter().any(|it| it["rule"] == "headers/reference"), "{play}");
    assert!(lines.iter().any(|line| line["type"] == "rule" && line["level"] == "violation" && line["before"] == 0));
    assert_eq!((&lines.last().unwrap()["worse"], &lines.last().unwrap()["exit"]["code"]), (&1.into(), &1.into()));
}

#[test]
fn that_other_rules_were_asked_is_said_first() {
    let folder = Folder::new();
    folder.run(&["--sender", "alfa"]).exits(0);
    let stream = fs::read_to_string(folder.path("reports/run.jsonl")).unwrap();
    let other = stream.replacen("sha256:", "sha256:0", 1).replace("\"headers/reference\"", "\"headers/of-yesterday\"");
    let other = folder.write("other.jsonl", other);
    let told = pec(&["diff", &other, &folder.text("reports")]).exits(0);
    let at = |words: &str| told.out.find(words).unwrap_or_else(|| panic!("nothing of `{words}` in {}", told.out));
    assert!(at("differs  the rules") < at("plays "));
    told.says(&["only the first asks: headers/of-yesterday; only the second: headers/reference"]);
}

#[test]
fn a_second_run_that_was_broken_off_is_no_better() {
    let folder = Folder::new();
    folder.run(&[]).exits(0);
    let stream = fs::read_to_string(folder.path("reports/run.jsonl")).unwrap();
    let lines: Vec<&str> = stream.lines().collect();
    let cut = folder.write("cut.jsonl", format!("{}\n{}\n", lines[0], lines[1]));
    pec(&["diff", &folder.text("reports"), &cut]).exits(3).says(&["1 play, ", "broken off", "Gone", "(exit code 3)"]);
    pec(&["diff", &cut, &folder.text("reports")]).exits(0).says(&["New", "1 the same"]);
}

#[test]
fn what_is_no_run_is_refused() {
    let folder = Folder::new();
    let hostile = folder.write("x.jsonl", "\u{1b}[2J\u{202e}\n");
    let refused = pec(&["diff", &hostile, &folder.text("absent")]).exits(2);
    assert!(!refused.err.contains(['\u{1b}', '\u{202e}']));
    refused.says(&["x.jsonl line 1: not a line of a run", "the folder that a run wrote to"]);
    pec(&["diff", &hostile]).exits(2).says(&["RUN2"]);
}
