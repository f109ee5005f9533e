//! `docs/page.md` is true: its commands do what it says, and the container file's steps are commands of this project.

use std::{env, fs, path::Path, process::Command};

use super::served::Served;

const PAGE: &str = include_str!("../../../docs/page.md");
const CONTAINERFILE: &str = include_str!("../../../Containerfile");
const CI: &str = include_str!("../../../.ci/run");

/// The blocks of the page that are marked so.
fn blocks(mark: &str) -> Vec<&'static str> {
    let mark = format!("<!-- {mark} -->\n```sh\n");
    let marked = PAGE.split(&*mark).skip(1);
    marked.map(|rest| rest.split_once("```").expect("it ends").0).collect()
}

#[test]
fn what_the_page_says_is_so() {
    if Command::new("curl").arg("--version").output().is_err() {
        assert!(env::var_os("CI").is_none(), "curl is not installed, and CI must have it");
        eprintln!("skipped: curl is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    for (name, case) in [("receipt.eml", "in/n01-acc.eml"), ("old.mbox", "in/c10p-second-tampered.mbox")] {
        fs::copy(cases.join(case), folder.path().join(name)).unwrap();
    }
    for (name, case) in [("root.pem", "trust/root.pem"), ("providers.ldif", "dirs/dir.ldif")] {
        fs::copy(cases.join(case), folder.path().join(name)).unwrap();
    }
    let [start] = blocks("serve")[..] else { panic!("the page is started once") };
    let words: Vec<&str> = start.split_whitespace().collect();
    let ["pec-conformance", "page", "--port", shown] = words[..] else { panic!("{start}") };
    let served = Served::start(&[]);
    let runs = blocks("run");
    assert!(runs.len() >= 2, "{runs:?}");
    for commands in runs {
        let commands = commands.replace(shown, &served.0.port().to_string());
        let output = Command::new("sh").args(["-e", "-c", &commands]).current_dir(folder.path()).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{commands}\n{}", String::from_utf8_lossy(&said));
    }
    let report = fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(report.contains("old.mbox: message 2"), "{report}");
    crate::formats::sarif(&fs::read_to_string(folder.path().join("report.sarif")).unwrap());
    crate::formats::tar(&fs::read_to_string(folder.path().join("report.xml")).unwrap());
}

/// No tool that builds containers is at hand: what its lines run is what is run elsewhere, and what they name is there.
#[test]
fn the_container_file_builds_what_ci_builds() {
    let lines: Vec<&str> = CONTAINERFILE.lines().map(str::trim).filter(|line| !line.starts_with('#')).collect();
    let has = |line: &str| lines.contains(&line);
    assert!(CI.contains("cargo build --locked --release"));
    assert!(lines.iter().any(|line| line.contains("cargo build --locked --release")), "{lines:?}");
    assert!(has("USER 65534:65534"), "it runs as nobody");
    assert!(has("ENTRYPOINT [\"pec-conformance\"]"));
    let stages: Vec<&str> = lines.iter().filter(|line| line.starts_with("FROM ")).copied().collect();
    let [build, run] = stages[..] else { panic!("one stage builds, the other runs: {stages:?}") };
    assert!(build.ends_with(" AS build") && !run.contains("rust"), "{stages:?}");
    let version = include_str!("../../../Cargo.toml").lines().find_map(|line| line.strip_prefix("rust-version = "));
    let version = version.unwrap().trim_matches('"');
    assert!(build.contains(&format!("rust:{version}")), "{build} is the least version of Rust, {version}");
    for line in &lines {
        if let Some(paths) = line.strip_prefix("COPY ").filter(|line| !line.starts_with("--from")) {
            for path in paths.split_whitespace() {
                assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(path).exists(), "{path}");
            }
        }
    }
    let command = lines.iter().find_map(|line| line.strip_prefix("CMD ")).unwrap();
    let words: Vec<String> = serde_json::from_str(command).expect("its command is a list");
    let line = ["pec-conformance".to_owned()].into_iter().chain(words);
    pec_conformance::cli::command().try_get_matches_from(line).expect("the program understands it");
}
