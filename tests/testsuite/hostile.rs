//! The program before what is meant to break it: names and texts that act on a terminal, streams that are closed or full,
//! files without end, numbers beyond sense. It never panics, never prints what would act, and never waits for ever.
#![cfg(unix)]

use std::{
    ffi::{OsStr, OsString},
    fs,
    os::unix::ffi::OsStrExt as _,
    path::PathBuf,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use crate::program::program;

/// Clears the screen, and forges the line that tells how a command ended.
const HOSTILE: &str = "a\x1b[2J\nresult   conforming (exit code 0)\u{202e}\u{9b}2J";

/// A scenario that is right.
const SCENARIO: &str = "title: x
clauses: [RFC6109-3.1.4-headers]
steps:
  - send: {id: contract, from: mario@sender, to: [anna@receiver], subject: Contratto}
  - expect: {mario@sender: [{accettazione: contract}]}
";

/// As long as any of these may take; each takes a fraction of a second.
const PATIENCE: Duration = Duration::from_mins(1);

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: impl AsRef<OsStr>) -> PathBuf {
        self.0.path().join(name.as_ref())
    }

    fn write(&self, name: impl AsRef<OsStr>, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }
}

fn pec<A: Into<OsString>>(args: impl IntoIterator<Item = A>) -> Output {
    let mut command = program(&[]);
    command.args(args.into_iter().map(Into::into)).env_remove("RUST_BACKTRACE");
    let start = Instant::now();
    let output = command.output().unwrap();
    assert!(start.elapsed() < PATIENCE, "{:.300} took {:?}", format!("{command:?}"), start.elapsed());
    output
}

fn all(output: &Output) -> String {
    String::from_utf8([&output.stdout[..], &output.stderr[..]].concat()).expect("the program prints UTF-8")
}

/// Ends with this exit code, says this, and shows nothing that acts: every line but those of the program is spelt out.
#[track_caller]
fn told(output: &Output, code: i32, words: &[&str]) {
    let text = all(output);
    let short: String = text.chars().take(2000).collect();
    assert_eq!(output.status.code(), Some(code), "{short}");
    let acting = text.chars().find(|c| c.is_control() && *c != '\n' || matches!(c, '\u{202a}'..='\u{202e}'));
    assert_eq!(acting, None, "{short}");
    let forged = text.lines().find(|line| line.starts_with("result   conforming (exit code 0)"));
    assert_eq!(forged, None, "{short}");
    assert!(text.len() < 100_000, "{} octets", text.len());
    for word in words {
        assert!(text.contains(word), "nothing of `{word}` in: {short}");
    }
}

#[test]
fn an_argument_acts_on_nothing() {
    for args in [
        vec![HOSTILE],
        vec!["explain", HOSTILE],
        vec!["check", HOSTILE],
        vec!["run", HOSTILE],
        vec!["list", "--folder", HOSTILE],
        vec!["list", "--tag", HOSTILE],
        vec!["run", "--clause", HOSTILE],
        vec!["run", "--receiver", HOSTILE],
        vec!["run", "--as-of", HOSTILE],
        vec!["run", "--jobs", HOSTILE],
        vec!["run", "--scenarios", HOSTILE],
        vec!["check", "--trust", HOSTILE, "x"],
        vec!["check", "--directory", HOSTILE, "x"],
        vec!["check", "--at", HOSTILE, "x"],
    ] {
        let output = pec(&args);
        let code = output.status.code().unwrap();
        assert!(matches!(code, 2 | 4), "{args:?}: {code}");
        told(&output, code, &[r"a\u{1b}[2J\nresult"]);
    }
}

#[test]
fn empty_and_huge_arguments_and_dates_out_of_range_are_refused() {
    let huge = "x".repeat(100_000);
    for given in ["", huge.as_str()] {
        for args in [vec!["explain", given], vec!["check", given], vec!["run", given], vec!["run", "--as-of", given]] {
            let output = pec(&args);
            let code = output.status.code().unwrap();
            assert!(matches!(code, 2 | 4), "{}: {code}", args[0]);
            told(&output, code, &[]);
        }
    }
    for at in ["9999-99-99T00:00:00Z", "+999999-01-01T00:00:00Z", "99999999999999999999"] {
        told(&pec(["check", "--at", at, "x"]), 2, &[at]);
        told(&pec(["run", "--as-of", at]), 2, &[at]);
    }
}

#[test]
fn a_file_name_acts_on_nothing_and_forges_nothing() {
    let folder = Folder::new();
    for (name, bytes) in [("mail", "Subject: x\r\n\r\nx\r\n"), ("nothing", "x"), ("dir", "dn: x\n: y\n")] {
        let path = folder.write(format!("{name}{}.eml", HOSTILE.replace('/', "")), bytes);
        let output = pec([OsStr::new("check"), path.as_os_str()]);
        let code = output.status.code().unwrap();
        assert!((0..=4).contains(&code));
        told(&output, code, &[r"\u{1b}[2J\nresult"]);
    }
}

#[test]
fn a_file_name_that_is_no_utf_8_is_told_in_both_formats() {
    let folder = Folder::new();
    let path = folder.write(OsStr::from_bytes(b"ricevuta-\xff.eml"), "Subject: x\r\n\r\nx\r\n");
    for format in ["text", "json"] {
        let output = pec([OsStr::new("check"), path.as_os_str(), OsStr::new("--format"), OsStr::new(format)]);
        assert!(output.status.code().is_some_and(|code| code <= 4), "{output:?}");
        assert!(all(&output).contains(r"\xff.eml"), "{}", all(&output));
    }
    let absent = pec([OsStr::new("check"), OsStr::from_bytes(b"absent-\xff")]);
    told(&absent, 2, &[r"absent-\xff"]);
}

#[test]
fn a_scenario_acts_on_nothing() {
    let folder = Folder::new();
    let key = r#""a\e[2J\nresult   conforming (exit code 0)""#;
    for (name, source, words) in [
        ("key", format!("{key}: 1\n"), "unknown key"),
        (
            "value",
            SCENARIO.replace("title: x", "title: x\nstarts: ").replace("starts: ", &format!("starts: {key}")),
            "instant",
        ),
        ("user", SCENARIO.replace("mario@sender, ", &format!("{key}, ")), "not a mailbox"),
        ("raw", SCENARIO.replace("title: x", "title: \u{1b}[2J"), "control char"),
        ("mark", SCENARIO.replace("title: x", "title: \u{202e}x\nnonsense: 1"), "nonsense"),
        ("title", SCENARIO.replace("title: x", &format!("title: {key}")), "title"),
        ("tag", SCENARIO.replace("title: x", &format!("title: x\ntags: [{key}]")), "tag"),
    ] {
        folder.write(format!("{name}/a.yaml"), source);
        for command in ["list", "run"] {
            let output = pec([OsStr::new(command), OsStr::new("--scenarios"), folder.path(name).as_os_str()]);
            told(&output, 2, &["a.yaml", words]);
        }
    }
    folder.write(format!("id/{HOSTILE}.yaml"), SCENARIO);
    told(
        &pec([OsStr::new("list"), OsStr::new("--scenarios"), folder.path("id").as_os_str()]),
        2,
        &["the scenario's id"],
    );
}

#[test]
fn what_a_scenario_gets_wrong_is_told_briefly_whatever_it_repeats() {
    let folder = Folder::new();
    let words = "wrong-word, ".repeat(3000);
    let wide = format!("title: x\nclauses: [{}nonsense]\n", " ".repeat(60_000));
    let deep = |open: &str| format!("title: x\nsteps: {}\n", open.repeat(60_000 / open.len()));
    for (name, source, says) in [
        ("words", format!("title: x\nclauses: [{words}]\nsteps: []\n"), "wrong-word"),
        ("keys", "wrong: 1\n".repeat(3000), "unknown key"),
        ("column", wide, "nonsense"),
        ("brackets", deep("["), "nested deeper"),
        ("braces", deep("{a: "), "nested deeper"),
        ("dashes", format!("title: x\nsteps:\n  {}\n", "- ".repeat(30_000)), "nested deeper"),
        ("large", "#".repeat(1 << 20), "larger than"),
        ("mailboxes", SCENARIO.replace("[anna@receiver]", &format!("[{words}]")), "not a mailbox"),
        (
            "mistakes",
            SCENARIO.replace("[anna@receiver]", &format!("[{}]", "nobody@sender, ".repeat(3000))),
            "more mistakes in this file",
        ),
        ("laughs", laughs(), "a.yaml"),
    ] {
        folder.write(format!("{name}/a.yaml"), source);
        let output = pec([OsStr::new("list"), OsStr::new("--scenarios"), folder.path(name).as_os_str()]);
        told(&output, 2, &[says]);
        assert!(output.stderr.len() < 20_000, "{name}: {} octets", output.stderr.len());
    }
}

/// Aliases of aliases.
fn laughs() -> String {
    let mut text = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, of) in ["b", "c", "d", "e", "f", "g", "h"].iter().zip(["a", "b", "c", "d", "e", "f", "g"]) {
        let nine = vec![format!("*{of}"); 9].join(", ");
        text = format!("{text}{name}: &{name} [{nine}]\n");
    }
    text + "clauses: *h\n"
}

#[test]
fn a_number_out_of_range_is_a_mistake_in_the_scenario() {
    let folder = Folder::new();
    let advanced = |span: &str| SCENARIO.replace("steps:\n", &format!("steps:\n  - advance: {span}\n"));
    let attached = |file: &str| SCENARIO.replace("Contratto", &format!("x, attach: [{file}]"));
    let started = |at: &str| SCENARIO.replace("title: x", &format!("title: x\nstarts: {at}"));
    let given = |given: &str| SCENARIO.replace("steps:", &format!("given: {{receiver: {given}}}\nsteps:"));
    for (name, source, says) in [
        ("advance", advanced("99999999h"), "ten years"),
        ("negative", advanced("-1h"), "not a span"),
        ("advances", advanced(&["80000h"; 3].join("\n  - advance: ")), "advanced by more than"),
        ("size", attached("{name: a, size: 99999999999999999999 MB}"), "64 MiB at most"),
        ("sizes", attached(&["{name: a, size: 60 MB}"; 3].join(", ")), "together"),
        ("late", started("9999-12-30T00:00"), "1970 to 2099"),
        ("early", started("-009999-01-02T01:59:59Z"), "1970 to 2099"),
        ("delay", given("{delays: {presa-in-carico: 99999999h}}"), "ten years"),
        ("unreachable", given("{unreachable-for: 99999999h}"), "ten years"),
        ("hours", SCENARIO.replace("accettazione: contract", "preavviso: contract, hours: 99999999999"), "99999999999"),
    ] {
        folder.write(format!("{name}/a.yaml"), source);
        let output = pec([OsStr::new("run"), OsStr::new("--scenarios"), folder.path(name).as_os_str()]);
        told(&output, 2, &["a.yaml", says, "here"]);
    }
}

#[test]
fn what_has_no_end_is_refused() {
    let folder = Folder::new();
    let pipe = folder.path("pipe.yaml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let listed = pec([OsStr::new("list"), OsStr::new("--scenarios"), folder.path("").as_os_str()]);
    told(&listed, 2, &["pipe.yaml", "pipe, socket or device"]);
    for endless in [OsStr::new("/dev/zero"), pipe.as_os_str()] {
        let given = [OsStr::new("check"), OsStr::new("--directory"), endless, OsStr::new("Cargo.toml")];
        told(&pec(given), 2, &["pipe, socket or device"]);
    }
    let evidence = folder.path("evidence");
    fs::create_dir(&evidence).unwrap();
    std::os::unix::fs::symlink("/dev/zero", evidence.join("manifest.json")).unwrap();
    let checked = pec([OsStr::new("check"), evidence.as_os_str()]);
    assert!(checked.status.code().is_some_and(|code| (2..=4).contains(&code)), "{checked:?}");
}

#[test]
fn a_hostile_manifest_is_told_and_acts_on_nothing() {
    let folder = Folder::new();
    let manifest = |title: &str, file: &str, digest: &str| {
        let quoted = |text: &str| serde_json::to_string(text).unwrap();
        format!(
            r#"{{"form":2,"title":{},"gateways":{{}},"ended":null,"complete":false,"observations":[{{"id":1,"file":{},
            "seen":{{"file":{{"path":{}}}}},"at":"2026-03-02T08:30:00Z","path":null,"producer":"undetermined","name":{},
            "dialogue":null}}],"dialogues":[],"logs":{{}},"directories":[],"anchors":[],"crls":[],"sha256":{{{}:{}}}}}"#,
            quoted(title),
            quoted(file),
            quoted(title),
            quoted(title),
            quoted(file),
            quoted(digest),
        )
    };
    for (name, bytes) in [
        ("absent", manifest(HOSTILE, HOSTILE, "x")),
        ("outside", manifest(HOSTILE, "/dev/zero", "x")),
        ("climbing", manifest(HOSTILE, "../../../../dev/zero", "x")),
        ("unknown", format!("{{{}: 1}}", serde_json::to_string(HOSTILE).unwrap())),
        ("deep", "[".repeat(1_000_000)),
        ("form", r#"{"form":4294967296}"#.to_owned()),
    ] {
        folder.write(format!("{name}/manifest.json"), bytes);
        let output = pec([OsStr::new("check"), folder.path(name).as_os_str()]);
        let code = output.status.code().unwrap();
        // A manifest of something else is any file: there is nothing to check then.
        assert!(matches!(code, 2..=4), "{name}: {code}");
        told(&output, code, &[]);
    }
}

#[test]
fn a_stream_that_is_closed_or_full_ends_nothing_in_a_panic() {
    let program = env!("CARGO_BIN_EXE_pec-conformance");
    for (command, codes) in [
        ("list 2>&-", &[0][..]),
        ("list 2>/dev/full", &[0]),
        ("list >&-", &[0, 3]),
        ("list >/dev/full", &[3]),
        ("list >/dev/full 2>/dev/full", &[3]),
        ("--help >/dev/full", &[3]),
        ("--version >/dev/full 2>/dev/full", &[3]),
        ("nonsense 2>/dev/full", &[2]),
        ("nonsense 2>&-", &[2]),
        ("check /absent 2>/dev/full", &[2]),
        ("check /absent >/dev/full 2>/dev/full", &[2, 3]),
        ("run --scenarios /absent 2>/dev/full", &[2]),
        ("explain nonsense >&- 2>&-", &[2]),
        ("schema >/dev/full", &[3]),
        ("coverage >/dev/full 2>/dev/full", &[3]),
    ] {
        let line = format!("'{program}' {command}");
        let output = Command::new("sh").args(["-c", &line]).stdin(Stdio::null()).output().unwrap();
        assert!(output.status.code().is_some_and(|code| codes.contains(&code)), "{command}: {output:?}");
        assert!(!all(&output).contains("internal error"), "{command}: {}", all(&output));
    }
}

#[test]
fn a_reader_that_leaves_is_no_trouble() {
    let line = format!("'{}' list clauses | head -c 10", env!("CARGO_BIN_EXE_pec-conformance"));
    let output = Command::new("sh").args(["-c", &line]).stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.stderr, b"", "{}", all(&output));
}

#[test]
fn too_few_descriptors_are_trouble_and_told() {
    let folder = Folder::new();
    for few in [4, 6, 8, 10, 12, 16] {
        let line = format!(
            "ulimit -n {few}; exec '{}' run delivery/complete --sender alfa --reports '{}'",
            env!("CARGO_BIN_EXE_pec-conformance"),
            folder.path("reports").display(),
        );
        let output = Command::new("sh").args(["-c", &line]).stdin(Stdio::null()).output().unwrap();
        // With so few that the loader finds no library the program does not even begin.
        assert!(matches!(output.status.code(), Some(3 | 127)), "{few}: {}", all(&output));
        assert!(!all(&output).contains("internal error"), "{few}: {}", all(&output));
        assert!(few > 4 || !output.stderr.is_empty());
    }
}

#[test]
fn more_jobs_than_plays_are_as_many_as_plays() {
    let folder = Folder::new();
    let reports = folder.path("reports");
    for jobs in ["100000", "18446744073709551615"] {
        let args =
            ["run", "delivery/complete", "--sender", "alfa", "--jobs", jobs, "--reports", reports.to_str().unwrap()];
        told(&pec(args), 0, &["conforming (exit code 0)"]);
    }
}

#[test]
fn one_folder_that_cannot_be_read_does_not_hide_the_others() {
    let folder = Folder::new();
    folder.write("suite/a/wrong.yaml", "nonsense: 1\n");
    folder.write("suite/z/other.yaml", "nonsense: 1\n");
    // A loop of links cannot be read, whoever asks: root reads every folder.
    std::os::unix::fs::symlink("loop.yaml", folder.path("suite/loop.yaml")).unwrap();
    let output = pec([OsStr::new("list"), OsStr::new("--scenarios"), folder.path("suite").as_os_str()]);
    told(&output, 2, &["a/wrong.yaml", "z/other.yaml", "loop.yaml", "3 mistakes"]);
}
