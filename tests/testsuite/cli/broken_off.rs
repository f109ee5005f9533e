//! A run that is broken off, disturbed, or joined by another in its folder.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::Value;

use super::{Folder, done, pec};

/// The program with signals as a terminal gives them: who runs these tests in the background may have some ignored, and the
/// program leaves them so.
fn program(args: &[&str]) -> Command {
    let plain = super::program(args);
    if cfg!(not(target_os = "linux")) {
        return plain;
    }
    let mut command = Command::new("env");
    command.arg("--default-signal=HUP,INT,TERM").arg(plain.get_program()).args(plain.get_args()).stdin(Stdio::null());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// A run with a great deal to play, which has ended its first play.
struct LongRun {
    folder: Folder,
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl LongRun {
    fn start() -> Self {
        Self::start_with(200)
    }

    fn start_with(scenarios: usize) -> Self {
        let folder = Folder::new();
        let complete =
            fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/delivery/complete.yaml")).unwrap();
        for number in 0..scenarios {
            folder.write(&format!("suite/many/{number:03}.yaml"), &complete);
        }
        let (suite, reports) = (folder.text("suite"), folder.text("reports"));
        let args = ["run", "--scenarios", &suite, "--reports", &reports, "--jobs", "1", "--format", "json"];
        let mut child = program(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.next().unwrap().unwrap().contains("header"));
        assert!(lines.next().unwrap().unwrap().contains("many/000"));
        Self { folder, child, lines }
    }

    fn signal(&self, name: &str) {
        signal(&self.child, name);
    }

    /// Ends by itself, as an interrupted run: its footer says so, and what was played before is kept.
    fn ends_incomplete(mut self) {
        let rest: Vec<String> = self.lines.map(Result::unwrap).collect();
        assert_eq!(self.child.wait().unwrap().code(), Some(3));
        let footer: Value = serde_json::from_str(rest.last().unwrap()).unwrap();
        assert_eq!(
            (&footer["type"], &footer["interrupted"], &footer["complete"]),
            (&"footer".into(), &true.into(), &false.into())
        );
        let count = |word: &str| footer["totals"][word].as_u64().unwrap();
        assert!(count("not_played") > 0);
        assert_eq!(
            count("planned"),
            ["passed", "failed", "error", "skipped", "not_played"].map(count).iter().sum::<u64>()
        );
        assert!(self.folder.path("reports/evidence/many/000/alfa-bravo/manifest.json").is_file());
        let junit = fs::read_to_string(self.folder.path("reports/junit.xml")).unwrap();
        assert!(junit.contains("interrupted, incomplete"));
        assert_eq!(self.folder.stream().last().unwrap()["interrupted"], true);
    }
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

/// Waits until something is so.
fn until(is_so: impl Fn() -> bool) {
    let start = std::time::Instant::now();
    while !is_so() {
        assert!(start.elapsed() < std::time::Duration::from_mins(1), "it never was");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[test]
fn a_run_that_is_asked_to_stop_as_it_begins_says_so_in_its_reports() {
    for name in ["-HUP", "-INT", "-TERM"] {
        let folder = Folder::new();
        let child = program(&["run", "--reports", &folder.text("reports")])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Nothing is played yet.
        until(|| folder.path("reports").is_dir());
        signal(&child, name);
        done(child.wait_with_output().unwrap()).exits(3).says(&["interrupted", "not played"]);
        assert_eq!(folder.stream().last().unwrap()["interrupted"], true);
        assert!(fs::read_to_string(folder.path("reports/junit.xml")).unwrap().contains("interrupted, incomplete"));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_nohup_ignores_stays_ignored() {
    let folder = Folder::new();
    let program = env!("CARGO_BIN_EXE_pec-conformance");
    let line = format!("trap '' HUP; exec '{program}' run 'delivery/c*' --reports '{}'", folder.text("reports"));
    let mut shell = Command::new("sh");
    let child = shell.args(["-c", &line]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.unwrap();
    until(|| folder.path("reports").is_dir());
    signal(&child, "-HUP");
    done(child.wait_with_output().unwrap()).exits(0);
}

#[test]
fn a_second_run_in_the_same_folder_is_refused_and_the_first_goes_on() {
    let run = LongRun::start();
    let reports = run.folder.text("reports");
    pec(&["run", "delivery/complete", "--reports", &reports])
        .exits(2)
        .says(&["another run is writing to", "--reports"]);
    run.signal("-INT");
    run.ends_incomplete();
}

#[test]
fn reports_that_vanish_while_a_run_goes_on_are_trouble() {
    for vanish in [
        |folder: &Folder| fs::rename(folder.path("reports"), folder.path("elsewhere")).unwrap(),
        |folder: &Folder| fs::remove_file(folder.path("reports/run.jsonl")).unwrap(),
        |folder: &Folder| fs::remove_dir_all(folder.path("reports/evidence/many/000/alfa-bravo")).unwrap(),
    ] {
        let mut run = LongRun::start_with(3);
        vanish(&run.folder);
        let mut told = String::new();
        for line in run.lines {
            told += &line.unwrap();
        }
        run.child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        assert_eq!(run.child.wait().unwrap().code(), Some(3), "{told}");
        assert!(told.contains("moved or deleted meanwhile") && told.contains("\"code\":3"), "{told}");
    }
}

#[test]
fn an_interrupted_run_keeps_what_it_has_and_says_that_it_is_incomplete() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let run = LongRun::start();
        run.signal(signal);
        run.ends_incomplete();
    }
}

#[test]
fn a_second_ctrl_c_waits_for_nothing_and_keeps_the_reports_all_the_same() {
    let run = LongRun::start();
    run.signal("-INT");
    run.signal("-INT");
    run.ends_incomplete();
}
