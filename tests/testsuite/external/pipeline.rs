//! `docs/ci.md` is true: the shell steps of each pipeline on it pass where the gateway conforms, and the last fails
//! where it does not.

use std::{fs, os::unix::fs::symlink, path::Path, process::Output};

use serde_yaml::Value;

use super::{
    SETTLING,
    staging::{BRAVO, Counterpart, FLAWED, Provider, Staging, addresses},
};
use crate::serve::program::{Program, shell};

const PAGE: &str = include_str!("../../../docs/ci.md");

/// The pipelines on the page: whose each is, and its text.
fn pipelines() -> impl Iterator<Item = (&'static str, &'static str)> {
    let marked = PAGE.split("<!-- steps: ").skip(1);
    marked.map(|rest| {
        let (system, rest) = rest.split_once(" -->\n```").unwrap();
        let (_, text) = rest.split_once('\n').unwrap();
        (system, text.split_once("```").unwrap().0)
    })
}

/// The commands that a pipeline has a shell execute, in order.
fn steps(system: &str, text: &str) -> Vec<String> {
    let line = |value: &Value| value.as_str().unwrap().to_owned();
    let read = || serde_yaml::from_str::<Value>(text).unwrap();
    match system {
        "github" => {
            let steps = read()["jobs"]["conformance"]["steps"].clone();
            steps.as_sequence().unwrap().iter().filter_map(|step| step.get("run")).map(line).collect()
        }
        "gitlab" => read()["conformance"]["script"].as_sequence().unwrap().iter().map(line).collect(),
        _ => text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("sh '")?.strip_suffix('\''))
            .map(str::to_owned)
            .collect(),
    }
}

/// Has a shell execute one, as a CI system does.
fn execute(system: &str, step: &str, folder: &Path) -> Output {
    let mut shell = shell(step);
    shell.current_dir(folder).env("SCENARIOS", "delivery/complete");
    match system {
        "github" => shell.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", folder.join("step-summary")),
        "gitlab" => shell.env("GITLAB_CI", "true"),
        _ => &mut shell,
    };
    shell.output().unwrap()
}

/// What a system was told of a run that failed, without what is somebody's.
fn told(system: &str, folder: &Path, output: &Output) {
    let text = String::from_utf8_lossy(&output.stdout);
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let said = match system {
        "github" => {
            assert!(text.contains("\n::error title=violation "), "{text}");
            read("step-summary") + &read("reports/sender/summary.md")
        }
        "gitlab" => {
            let issues: Value = serde_yaml::from_str(&read("reports/gl-code-quality-report.json")).unwrap();
            assert!(!issues.as_sequence().unwrap().is_empty());
            read("reports/summary.md")
        }
        _ => return assert!(folder.join("reports/evidence").is_dir() && !text.contains("::error")),
    };
    assert!(said.contains("## pec-conformance: non-conformity (exit code 1)"), "{said}");
    assert!(!said.contains("mario@bravo.example") && !text.contains("mario@bravo.example"), "{said}\n{text}");
}

/// A checkout with the target file of a gateway that is served there.
fn checkout(provider: Provider) -> (Staging, Program) {
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let served = staging.serve(provider.dialect, provider, counterpart);
    staging.target("acme", provider, addresses(&served), provider.dialect, counterpart, SETTLING);
    // The page has the file in a folder of its own.
    symlink(".", staging.path().join("targets")).unwrap();
    (staging, served)
}

#[test]
fn what_the_page_for_pipelines_says_runs() {
    let (staging, _served) = checkout(BRAVO);
    let (flawed, _mistaken) = checkout(FLAWED);
    let mut executed = 0;
    for (system, text) in pipelines() {
        let steps = steps(system, text);
        for step in &steps {
            let output = execute(system, step, staging.path());
            assert!(output.status.success(), "{system}: {step}\n{output:?}");
        }
        let output = execute(system, steps.last().unwrap(), flawed.path());
        assert_eq!(output.status.code(), Some(1), "{system}\n{output:?}");
        told(system, flawed.path(), &output);
        executed += steps.len();
    }
    assert_eq!(executed, 7);
}
