//! The reports are what their formats' own schemas want: SARIF by OASIS's, JUnit by Jenkins', the JSON stream by the schema
//! that `schema report` prints. What comes from outside acts in none of them.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{
    formats::{sarif, types},
    program::{done, pec, program},
};

const JUNIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schemas/junit-10.xsd");
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/json.md");

/// What acts on a terminal or in a page instead of being read.
const ACTING: [char; 6] = ['\x1b', '\u{202e}', '\u{9b}', '\x07', '\r', '\0'];

/// The reports of a run with something wrong in it, and the folder they lie in.
fn run() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let reports = folder.path().to_str().unwrap();
    let done = pec(&["run", "delivery/complete", "--receiver", "flawed", "--reports", reports]);
    assert_eq!(done.code, Some(1), "{}", done.out);
    folder
}

/// The messages of a run, an unreadable file and hostile ones, for `check`.
fn archive() -> tempfile::TempDir {
    let folder = run();
    let mail = folder.path().join("mail");
    fs::create_dir(&mail).unwrap();
    let messages = folder.path().join("evidence/delivery/complete/alfa-flawed/messages");
    for entry in fs::read_dir(messages).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, mail.join(path.file_name().unwrap())).unwrap();
    }
    let hostile = "X-Ricevuta: accettazione\r\nSubject: \x1b[2J</failure>]]> \u{202e}{0} [x](http://evil.example)\r\n\
                   From: \x1b[31m<a@b.example>\r\n\r\nhello\r\n";
    fs::write(mail.join("ho stile\u{202e}\n[1m%41:x.eml"), hostile).unwrap();
    fs::write(mail.join("noise.eml"), [0_u8, 159, 146, 150]).unwrap();
    folder
}

#[test]
fn sarif_points_at_no_bytes_of_a_file_whose_message_is_stored_otherwise() {
    let folder = archive();
    let mail = folder.path().join("mail");
    for entry in fs::read_dir(&mail).unwrap() {
        let path = entry.unwrap().path();
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).replace("\r\n", "\n");
        fs::write(&path, text).unwrap();
    }
    let log = sarif(&pec(&["check", mail.to_str().unwrap(), "--format", "sarif"]).out);
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert!(!results.is_empty());
    let region = |result: &Value| result["locations"][0]["physicalLocation"]["region"].clone();
    assert!(results.iter().all(|result| region(result).is_null()), "{results:?}");
}

fn checked(format: &str) -> (tempfile::TempDir, String) {
    let folder = archive();
    let out = pec(&["check", folder.path().join("mail").to_str().unwrap(), "--format", format]).out;
    assert!(!out.contains(ACTING), "{out}");
    (folder, out)
}

#[test]
fn sarif_of_a_run_is_accepted_by_its_schema_and_points_at_files_and_bytes() {
    let folder = run();
    let log = sarif(&fs::read_to_string(folder.path().join("report.sarif")).unwrap());
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        let rule = &run["tool"]["driver"]["rules"][rule];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        let path = uri.strip_prefix("file://").unwrap_or(uri);
        assert!(Path::new(path).exists(), "{uri}");
    }
    assert_eq!(
        (&run["invocations"][0]["exitCode"], &run["invocations"][0]["executionSuccessful"]),
        (&1.into(), &true.into())
    );
}

#[test]
fn sarif_of_a_check_is_accepted_by_its_schema_and_says_what_could_not_be_judged() {
    let (_folder, text) = checked("sarif");
    let log = sarif(&text);
    let run = &log["runs"][0];
    let notifications = run["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(notifications.contains("noise.eml"), "{notifications}");
    let texts: Vec<&str> =
        run["results"].as_array().unwrap().iter().map(|it| it["message"]["text"].as_str().unwrap()).collect();
    assert!(!texts.is_empty());
    let plain = |text: &&str| !text.contains("](http") && !text.replace("{{", "").contains('{');
    assert!(texts.iter().all(plain), "nothing is a link or a placeholder: {texts:?}");
    let spans = run["results"].as_array().unwrap().iter();
    let mut spans = spans.map(|it| &it["locations"][0]["physicalLocation"]["region"]["byteOffset"]);
    assert!(spans.any(Value::is_u64), "some result points at bytes");
    assert!(text.contains("ho%20stile%E2%80%AE%0A%5B1m%2541%3Ax.eml"), "names are percent-encoded");
}

#[test]
fn junit_is_accepted_by_jenkins() {
    let (folder, text) = checked("junit");
    let check = folder.path().join("check.xml");
    fs::write(&check, &text).unwrap();
    jenkins_accepts(&[folder.path().join("junit.xml"), check]);
    let xml = roxmltree::Document::parse(&text).unwrap();
    let count = |name: &str| xml.descendants().filter(|node| node.has_tag_name(name)).count();
    assert!(count("testcase") >= 5 && count("failure") >= 1 && count("error") == 1, "{text}");
    let total = |name: &str| -> usize {
        let suites = xml.descendants().filter(|node| node.has_tag_name("testsuite"));
        suites.map(|suite| suite.attribute(name).unwrap().parse::<usize>().unwrap()).sum()
    };
    assert_eq!((total("tests"), total("failures")), (count("testcase"), count("failure")));
}

fn jenkins_accepts(files: &[PathBuf]) {
    let output = Command::new("xmllint").args(["--noout", "--nonet", "--schema", JUNIT]).args(files).output();
    match output {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) if env::var_os("CI").is_none() => eprintln!("skipped: xmllint is not installed"),
        Err(error) => panic!("xmllint is not installed, and in CI it must be: {error}"),
    }
}

fn schema(what: &str) -> Value {
    serde_json::from_str(&pec(&["schema", what]).out).expect("`schema` prints JSON")
}

#[test]
fn every_line_of_the_stream_is_accepted_by_the_schema_that_is_printed() {
    let (folder, text) = checked("json");
    let run = fs::read_to_string(folder.path().join("run.jsonl")).unwrap();
    let types = types(&schema("report"), &(run + &text));
    for wanted in ["header", "cell", "checked", "unjudged", "submission", "footer"] {
        assert!(types.iter().any(|it| it == wanted), "no line {wanted} in {types:?}");
    }
}

#[test]
fn every_line_of_a_diff_is_accepted_by_the_schema_that_is_printed() {
    let folder = run();
    let second = folder.path().join("run.jsonl");
    let stream = fs::read_to_string(&second).unwrap();
    // The same play, as it would have ended with nothing found in it.
    let mut lines: Vec<Value> = stream.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let cell = lines.iter_mut().find(|line| line["type"] == "cell").unwrap();
    (cell["outcome"], cell["findings"], cell["unmet"]) = ("passed".into(), Value::Array(vec![]), Value::Array(vec![]));
    let first = folder.path().join("first.jsonl");
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    fs::write(&first, lines.join("\n")).unwrap();
    let told = pec(&["diff", first.to_str().unwrap(), second.to_str().unwrap(), "--format", "json"]);
    assert_eq!(told.code, Some(1), "{}", told.out);
    let types = types(&schema("diff"), &told.out);
    for wanted in ["header", "play", "rule", "footer"] {
        assert!(types.iter().any(|it| it == wanted), "no line {wanted} in {types:?}");
    }
}

#[test]
fn a_finding_names_who_answers_for_it_once() {
    let (folder, text) = checked("json");
    let run = fs::read_to_string(folder.path().join("run.jsonl")).unwrap();
    let lines: Vec<Value> = run.lines().chain(text.lines()).map(|line| serde_json::from_str(line).unwrap()).collect();
    let verdicts: Vec<&Value> = lines.iter().filter_map(|line| line["findings"].as_array()).flatten().collect();
    assert!(!verdicts.is_empty());
    for verdict in verdicts {
        assert!(verdict.get("blame").is_none() && verdict.get("provider").is_none(), "{verdict}");
        for finding in verdict["findings"].as_array().unwrap() {
            assert!(finding["blame"]["party"].is_string(), "{finding}");
        }
    }
}

#[test]
fn what_was_put_to_things_is_told_once_in_the_footer() {
    let (_folder, text) = checked("json");
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line.get("applied"), None);
        if line["type"] == "footer" {
            assert!(!line["totals"]["applied"].as_object().unwrap().is_empty());
        }
    }
}

/// `INSTA_UPDATE=always cargo test --test testsuite reports::` writes it anew.
#[test]
fn the_page_of_the_stream_is_what_the_schema_says() {
    let page = PREFACE.to_owned()
        + &page(&schema("report"), "A line", "What lines hold")
        + DIFF
        + &page(&schema("diff"), "A line of `diff`:", "What lines of `diff` hold");
    if env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        fs::write(PAGE, page).unwrap();
        return;
    }
    let written = fs::read_to_string(PAGE).unwrap_or_default();
    assert!(written == page, "docs/json.md is stale; INSTA_UPDATE=always writes it anew");
}

const PREFACE: &str = "# The JSON stream\n\n\
    Written by `cargo test --test testsuite reports::` from the types that the stream is written from; `pec-conformance schema report`\n\
    prints the same as a JSON Schema, which every line is held against.\n\n\
    `run --format json`, `reports/run.jsonl` and `check --format json` are JSON lines: one object to a line, told apart by\n\
    `type`. The first is a `header`, the last a `footer`; a stream without its footer is of a command that was cut off.\n";

const DIFF: &str = "\n# The lines of `diff`\n\n\
    `diff --format json` writes JSON lines too, of its own: `pec-conformance schema diff` prints their schema.\n";

/// A schema as a page: a table for each kind of line, then one for each thing in them.
fn page(schema: &Value, line_head: &str, held: &str) -> String {
    let mut page = String::new();
    for line in schema["oneOf"].as_array().expect("a line is one of several kinds") {
        let name = line["properties"]["type"]["const"].as_str().unwrap();
        let definition = line["$ref"].as_str().map_or(line, |reference| definition(schema, reference));
        page.extend([format!("\n## {line_head} `{name}`\n\n{}\n\n{}", prose(line), table(definition))]);
    }
    page.extend([format!("\n# {held}\n")]);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        let used_as_line =
            schema["oneOf"].as_array().unwrap().iter().any(|line| line["$ref"] == format!("#/$defs/{name}"));
        if !used_as_line {
            page.extend([format!("\n## {name}\n\n{}\n\n{}", prose(definition), table(definition))]);
        }
    }
    page
}

fn definition<'a>(schema: &'a Value, reference: &str) -> &'a Value {
    &schema["$defs"][reference.trim_start_matches("#/$defs/")]
}

fn prose(it: &Value) -> String {
    it["description"].as_str().unwrap_or_default().replace('\n', " ")
}

fn table(it: &Value) -> String {
    let mut rows = String::new();
    let mut row = |field: &str, value: &Value, required: bool| {
        let maybe = if required { "" } else { " (not always there)" };
        rows.extend([format!("| `{field}`{maybe} | {} | {} |\n", kind(value), prose(value).replace('|', "\\|"))]);
    };
    let required =
        |of: &Value, name: &str| of["required"].as_array().is_some_and(|all| all.iter().any(|it| it == name));
    for (name, value) in it["properties"].as_object().into_iter().flatten() {
        if name != "type" {
            row(name, value, required(it, name));
        }
    }
    for choice in it["oneOf"].as_array().into_iter().flatten() {
        let fields = choice["properties"].as_object();
        match fields {
            Some(fields) => {
                for (name, value) in fields {
                    row(name, value, required(choice, name));
                }
            }
            None => row(choice["const"].as_str().unwrap_or("…"), choice, true),
        }
    }
    for word in it["enum"].as_array().into_iter().flatten() {
        row(word.as_str().unwrap_or_default(), &Value::Null, true);
    }
    if rows.is_empty() { String::new() } else { format!("| field or word | is | says |\n|---|---|---|\n{rows}") }
}

/// What a value is, in a word or two.
fn kind(value: &Value) -> String {
    let named = |reference: &Value| reference.as_str().map(|it| it.trim_start_matches("#/$defs/").to_owned());
    if let Some(name) = named(&value["$ref"]) {
        return name;
    }
    if let Some(constant) = value.get("const") {
        return format!("`{constant}`").replace('"', "");
    }
    if let Some(any) = value["anyOf"].as_array() {
        return any.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    match &value["type"] {
        Value::String(one) if one == "array" => format!("list of {}", kind(&value["items"])),
        Value::String(one) => one.clone(),
        Value::Array(several) => {
            let words: Vec<&str> = several.iter().filter_map(Value::as_str).collect();
            words.join(" or ").replace("array", &format!("list of {}", kind(&value["items"])))
        }
        _ => String::new(),
    }
}

#[test]
fn a_name_forges_no_line() {
    for format in ["text", "json", "junit", "sarif"] {
        let folder = tempfile::tempdir().unwrap();
        let mail = "X-Ricevuta: accettazione\r\nSubject: x\r\n\r\nhello\r\n";
        fs::write(folder.path().join("a\nresult    no violation found (exit code 0)\n.eml"), mail).unwrap();
        let done = pec(&["check", folder.path().to_str().unwrap(), "--format", format]);
        assert_eq!(done.code, Some(1), "{}", done.out);
        let forged = |line: &str| line.trim_start().starts_with("result    no violation found");
        assert!(!done.out.lines().any(forged), "{format}: {}", done.out);
    }
}

/// What a runner of GitHub Actions takes for commands: where a line begins so, blanks aside, or anywhere by the older form;
/// nothing between `stop-commands` and the word that it names.
fn workflow_commands(told: &str) -> Vec<String> {
    let (mut commands, mut stopped) = (Vec::new(), None::<String>);
    for line in told.lines() {
        let newer = line.trim_start().strip_prefix("::").and_then(|rest| rest.split_once("::"));
        let command = match (newer, line.find("##[")) {
            (Some((head, data)), _) => (head.to_owned(), data.to_owned()),
            (None, Some(at)) => (line[at + 3..].split(']').next().unwrap().to_owned(), String::new()),
            (None, None) => continue,
        };
        match &stopped {
            Some(word) if command.0 == *word => stopped = None,
            Some(_) => {}
            None if command.0 == "stop-commands" => stopped = Some(command.1),
            None => commands.push(command.0.split(' ').next().unwrap().to_owned()),
        }
    }
    commands
}

/// A message that would have a runner do something, and a page show something else.
fn commanding() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let evil = "::set-output name=a::b ##[set-env name=PATH]x ::add-mask::a %0A::error::b `` </code><img src=x> [x](http://evil.example) | a";
    let message = format!(
        "X-Ricevuta: accettazione\r\nX-Riferimento-Message-ID:\r\n {evil}\r\nSubject: {evil}\r\nFrom: {evil}\r\n\r\nhello\r\n"
    );
    fs::write(folder.path().join("one.eml"), &message).unwrap();
    fs::write(folder.path().join("::error file=x,line=1::y ` two.eml"), message).unwrap();
    folder
}

#[test]
fn a_runner_takes_nothing_for_a_command_but_annotations() {
    let folder = commanding();
    let told = pec(&["check", folder.path().to_str().unwrap(), "--ci", "github", "--redact=no"]);
    assert!(told.out.contains("::add-mask::") && told.out.contains("##[set-env"), "{}", told.out);
    let commands = workflow_commands(&told.out);
    assert!(commands.len() > 2, "{commands:?}\n{}", told.out);
    assert!(
        commands.iter().all(|it| ["error", "warning", "notice"].contains(&it.as_str())),
        "{commands:?}\n{}",
        told.out
    );
    assert_eq!(workflow_commands(&told.err), [] as [&str; 0]);
    // The word that ends the pause is another each time; machines' formats have nothing before or behind them.
    let again = pec(&["check", folder.path().to_str().unwrap(), "--ci", "github", "--redact=no"]);
    assert_ne!(told.out.lines().next(), again.out.lines().next());
    let json = pec(&["check", folder.path().to_str().unwrap(), "--ci", "github", "--format", "json"]);
    assert!(!json.json().is_empty() && !json.out.contains("::stop-commands"), "{}", json.out);
}

/// What shows mail, or what a run holds, without a report: nothing of it is a command either, and JSON stays what it is.
#[test]
fn nothing_that_is_only_shown_is_a_command_to_a_runner() {
    let (folder, run) = (commanding(), run());
    let (mail, run) = (folder.path().join("one.eml"), run.path().to_str().unwrap());
    let (mail, runs) = (mail.to_str().unwrap(), [run, run]);
    let target = folder.path().join("::add-mask::x.yaml");
    fs::write(&target, "provider: ::add-mask::x\n").unwrap();
    let on_github =
        |words: &[&str]| done(program(words).env("GITHUB_ACTIONS", "true").output().expect("the program starts"));
    for words in [&["inspect", mail][..], &["diff", runs[0], runs[1]], &["smoke", target.to_str().unwrap()]] {
        let told = on_github(words);
        assert!(told.out.starts_with("::stop-commands::"), "{words:?}: {}", told.out);
        assert_eq!(workflow_commands(&told.out), [] as [&str; 0], "{words:?}: {}", told.out);
        assert!(told.out.trim_end().ends_with("::"), "{words:?}: it is opened again: {}", told.out);
        assert!(!pec(words).out.contains("::stop-commands"), "{words:?}: elsewhere nobody reads it");
    }
    assert!(on_github(&["inspect", mail]).out.contains("::add-mask::"));
    assert!(!on_github(&["inspect", mail, "--format", "json"]).json().is_empty());
}

#[test]
fn a_summary_in_markdown_has_no_markup_of_a_message_and_stays_within_its_bound() {
    let folder = commanding();
    let mail = folder.path().to_str().unwrap();
    let summary = pec(&["check", mail, "--format", "markdown"]).out;
    assert!(summary.contains("set-output") && summary.contains("<img"), "{summary}");
    let step = folder.path().join("step");
    let filled = (1 << 20) - 3000;
    fs::write(&step, "x".repeat(filled)).unwrap();
    let mut command = program(&["check", mail, "--ci", "github"]);
    assert_eq!(command.env("GITHUB_STEP_SUMMARY", &step).output().unwrap().status.code(), Some(1));
    let length = fs::metadata(&step).unwrap().len();
    assert!(length > filled as u64 && length <= 1 << 20, "{length}");
    let run = run();
    let told = fs::read_to_string(run.path().join("summary.md")).unwrap();
    assert!(
        told.starts_with("## pec-conformance: non-conformity (exit code 1)") && told.contains("### Found"),
        "{told}"
    );
    for told in [summary, told] {
        assert!(!told.contains(ACTING));
        for event in pulldown_cmark::Parser::new_ext(&told, pulldown_cmark::Options::all()) {
            use pulldown_cmark::{Event, Tag};
            let acts = matches!(
                event,
                Event::Html(_)
                    | Event::InlineHtml(_)
                    | Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock)
            );
            assert!(!acts, "{event:?}\n{told}");
        }
    }
}

#[test]
fn gitlab_knows_an_issue_again() {
    let folder = run();
    let reports = folder.path().join("gitlab");
    let issues = || -> Vec<Value> {
        let words = ["run", "delivery/complete", "--receiver", "flawed", "--ci", "gitlab", "--reports"];
        pec(&[&words[..], &[reports.to_str().unwrap()]].concat()).exits(1);
        serde_json::from_slice(&fs::read(reports.join("gl-code-quality-report.json")).unwrap()).unwrap()
    };
    let (one, two) = (issues(), issues());
    let fingerprints = |issues: &[Value]| -> std::collections::BTreeSet<String> {
        issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    assert!(!one.is_empty() && fingerprints(&one) == fingerprints(&two) && fingerprints(&one).len() == one.len());
    for issue in &one {
        let severity = issue["severity"].as_str().unwrap();
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity), "{issue}");
        assert!(issue["location"]["path"] == "scenarios/delivery/complete.yaml", "{issue}");
    }
}
