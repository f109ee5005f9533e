//! What is more than the judge reads, given to `check`: nobody's violation, and never conforming.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::program::{case, program};

/// An acceptance on invented names, in CRLF.
fn acceptance() -> String {
    fs::read_to_string(case("in/c06/acc.eml")).unwrap().replace("\r\n", "\n").replace('\n', "\r\n")
}

fn check(path: &Path, arguments: &[&str]) -> (i32, String) {
    let output = program(&["check"]).arg(path).args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

/// The levels of what was found, and the form's answer.
fn found(json: &str) -> (Vec<(String, String)>, String) {
    let lines: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let checked = lines.iter().find(|line| line["type"] == "checked").unwrap();
    let told = |finding: &Value, word: &str| finding[word].as_str().unwrap().to_owned();
    let findings = checked["findings"].as_array().unwrap().iter();
    let found = findings.map(|it| (told(it, "level"), told(it, "rule"))).filter(|(level, _)| level != "note");
    (found.collect(), told(&checked["messages"][0]["answers"]["form"], "answer"))
}

/// Each way to be more than is read: it is told as that alone, in every format alike.
#[test]
fn what_is_not_read_is_cannot_tell_and_blames_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let alike = |name: &str, message: &str, limit: &str| {
        let path: PathBuf = folder.path().join(name);
        fs::write(&path, message).unwrap();
        let (code, json) = check(&path, &["--format", "json"]);
        let unread = ("cannot tell".to_owned(), "structure/within-limits".to_owned());
        assert_eq!((code, found(&json)), (0, (vec![unread], "cannot-tell".to_owned())), "{name}: {json}");
        assert!(json.contains("\"party\":\"undetermined\"") && json.contains("\"untold\":1"), "{name}: {json}");
        let (code, text) = check(&path, &[]);
        assert_eq!(code, 0, "{text}");
        let words: Vec<&str> = text.split_whitespace().collect();
        let text = words.join(" ");
        for words in
            [limit, "no violation", "form cannot tell", "cannot tell structure/within-limits", "1 beyond what is read"]
        {
            assert!(text.contains(words), "{name} says nothing of `{words}`:\n{text}");
        }
        assert!(!text.contains("conforming"), "{text}");
        for (arguments, expected) in
            [(&["--strict"][..], 0), (&["--require", "form"], 5), (&["--strict", "--require", "form"], 5)]
        {
            assert_eq!(check(&path, arguments).0, expected, "{name}: {arguments:?}");
        }
        let (code, sarif) = check(&path, &["--format", "sarif"]);
        assert!(code == 0 && sarif.contains("\"kind\":\"open\""), "{name}: {sarif}");
        let (code, junit) = check(&path, &["--format", "junit"]);
        assert!(code == 0 && junit.contains("failures=\"0\""), "{name}: {junit}");
    };
    let acceptance = acceptance();
    let flood = "X-Nothing: 1\r\n".repeat(25_000);
    alike("fields.eml", &format!("{flood}{acceptance}"), "more than 20000 header fields");
    let long = format!("X-Nothing: {}\r\n", "x".repeat(1 << 20));
    let (first, rest) = acceptance.split_at(acceptance.find("Received:").unwrap());
    alike("section.eml", &format!("{first}{long}{rest}"), "longer than 1048576 bytes");
}

/// What is signed here signs nothing right: only what nobody read matters.
#[test]
fn parts_that_nobody_looked_at_are_not_missing() {
    let folder = tempfile::tempdir().unwrap();
    let acceptance = acceptance();
    let parts = "------8A09587C684DCCC726EB9C71F3AF832A\r\n\r\n".repeat(10_001);
    let first = acceptance.find("------8A09587C684DCCC726EB9C71F3AF832A").unwrap();
    let (before, after) = acceptance.split_at(first);
    let path = folder.path().join("parts.eml");
    fs::write(&path, format!("{before}{parts}{after}")).unwrap();
    let (code, json) = check(&path, &["--format", "json"]);
    let unread = ("cannot tell".to_owned(), "structure/within-limits".to_owned());
    assert_eq!((code, found(&json)), (0, (vec![unread], "cannot-tell".to_owned())), "{json}");
    assert!(json.contains(r#""intact":{"answer":"cannot-tell""#), "{json}");
}

#[test]
fn a_daticert_of_too_many_nodes_is_not_read_and_not_called_broken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("daticert.xml");
    let crowd = "<destinatari>a@b.example</destinatari>".repeat(120_000);
    fs::write(&path, format!("<?xml version=\"1.0\"?><postacert><intestazione>{crowd}</intestazione></postacert>"))
        .unwrap();
    let (code, json) = check(&path, &["--format", "json"]);
    let unread = ("cannot tell".to_owned(), "structure/within-limits".to_owned());
    assert_eq!((code, found(&json)), (0, (vec![unread], "cannot-tell".to_owned())), "{json}");
    assert_eq!(check(&path, &["--require", "form"]).0, 5);
}

/// Where a file ends inside its message nothing tells whether it was sent so: what is missing is nobody's.
#[test]
fn what_was_cut_off_is_nobodys_violation() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.eml");
    let acceptance = acceptance();
    let body = acceptance.find("\r\n\r\n").unwrap() + 4;
    let after = |place: &str, more: usize| acceptance.find(place).unwrap() + more;
    let ends = [body, after("daticert.xml", 300), after("Content-Type: text/plain", 10), after("smime.p7s", 600)];
    for end in ends {
        fs::write(&path, &acceptance[..end]).unwrap();
        let (code, json) = check(&path, &["--format", "json"]);
        let unread = ("cannot tell".to_owned(), "structure/within-limits".to_owned());
        assert_eq!((code, found(&json)), (0, (vec![unread], "cannot-tell".to_owned())), "{end}: {json}");
        assert_eq!(json.matches("the file ends inside the message: the rest was cut off").count(), 3, "{json}");
        assert!(json.contains("\"party\":\"undetermined\""), "{json}");
    }
    // Not even its kind is known.
    fs::write(&path, &acceptance[..after("X-Ricevuta", 0)]).unwrap();
    let (code, json) = check(&path, &["--format", "json"]);
    assert_eq!((code, json.matches("the file ends inside the message").count()), (4, 3), "{json}");
}

#[test]
fn a_boundary_missing_before_the_last_one_is_a_violation() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("open.eml");
    let acceptance = acceptance();
    let boundary = "------B76E5B819CECF8DC86439D3D9B57C41E";
    let signature = acceptance.rfind(&format!("{boundary}\r\n")).unwrap();
    let (before, after) = acceptance.split_at(signature);
    fs::write(&path, format!("{before}{}", &after[boundary.len()..])).unwrap();
    let (code, json) = check(&path, &["--format", "json"]);
    assert!(code == 1 && found(&json).0.contains(&("violation".to_owned(), "structure/signed".to_owned())), "{json}");
    // The header names another boundary than the one that ends the message.
    let named = acceptance.find(&boundary[2..]).unwrap();
    fs::write(&path, format!("{}x{}", &acceptance[..named], &acceptance[named..])).unwrap();
    let (code, json) = check(&path, &["--format", "json"]);
    assert!(code == 1 && found(&json).0.contains(&("violation".to_owned(), "structure/signed".to_owned())), "{json}");
}
