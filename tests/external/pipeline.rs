//! `docs/ci.md` is true: the shell steps of each pipeline on it pass where the gateway conforms, and the last fails
//! where it does not.

use std::{os::unix::fs::symlink, path::Path, process::Output};

use serde_yaml::Value;

use crate::{
    SETTLING,
    program::{Program, shell},
    staging::{BRAVO, Counterpart, FLAWED, Provider, Staging, addresses},
};

const PAGE: &str = include_str!("../../docs/ci.md");

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
fn execute(step: &str, folder: &Path) -> Output {
    shell(step).current_dir(folder).env("SCENARIOS", "delivery/complete").output().unwrap()
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
            let output = execute(step, staging.path());
            assert!(output.status.success(), "{system}: {step}\n{output:?}");
        }
        let output = execute(steps.last().unwrap(), flawed.path());
        assert_eq!(output.status.code(), Some(1), "{system}\n{output:?}");
        executed += steps.len();
    }
    assert_eq!(executed, 7);
}
