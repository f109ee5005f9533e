//! `reference`: what is kept is gone by, of its day, and told.

use std::path::Path;

use crate::program;

/// Runs the program with a data folder of its own; what it printed, and its exit code.
fn pec(data: &Path, arguments: &[&str]) -> (String, i32) {
    let output = program::program(arguments).env("XDG_DATA_HOME", data).output().unwrap();
    let printed = [output.stdout, output.stderr].concat();
    (String::from_utf8(printed).unwrap(), output.status.code().unwrap())
}

fn case(name: &str) -> String {
    program::case(name).to_str().unwrap().to_owned()
}

#[test]
fn what_is_kept_is_gone_by_on_its_day_and_told() {
    let data = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| pec(data.path(), arguments);
    let (printed, code) = run(&["reference"]);
    assert!(code == 0 && printed.contains("nothing is kept"), "{printed}");
    let message = case("in/n01-acc.eml");
    let asked = ["check", &message, "--at", "2025-06-01T00:00:00Z", "--require", "origin"];
    assert_eq!(run(&asked).1, 5, "without a reference no origin can be told");

    for name in ["trust/root.pem", "trust/root.crl.pem", "trust/issuing.crl.pem"] {
        let (printed, code) = run(&["reference", "add", &case(name)]);
        assert_eq!(code, 0, "{printed}");
    }
    let (printed, code) = run(&["reference", "add", "--of", "2025-06-01", &case("dirs/dir.ldif")]);
    assert!(code == 0 && printed.contains("2025-06-01-dir.ldif: directory of 2025-06-01"), "{printed}");
    let (printed, code) = run(&asked);
    assert!(code == 0 && printed.contains("origin yes") && printed.contains("2025-06-01-dir.ldif"), "{printed}");

    // Whom the directory lacks is refuted on its day only.
    let other = case("dirs/dir-other-http.ldif");
    assert_eq!(run(&["reference", "remove", "2025-06-01-dir.ldif"]).1, 0);
    let lacking = data.path().join("lacking.ldif");
    let records = std::fs::read_to_string(&other).unwrap();
    let without = records.split("\n\n").filter(|record| !record.contains("Alfa")).collect::<Vec<_>>().join("\n\n");
    std::fs::write(&lacking, without).unwrap();
    let lacking = lacking.to_str().unwrap();
    assert_eq!(run(&["reference", "add", "--of", "2025-05-31", lacking]).1, 0);
    let (printed, code) = run(&asked);
    assert_eq!(code, 5, "a directory of another day refutes nobody: {printed}");
}

#[test]
fn what_is_nothing_to_go_by_is_refused_and_nothing_is_kept_of_it() {
    let data = tempfile::tempdir().unwrap();
    let (printed, code) = pec(data.path(), &["reference", "add", &case("in/fattura.xml.p7m")]);
    assert!(code == 2 && printed.contains("nothing to go by"), "{printed}");
    let (printed, code) = pec(data.path(), &["reference", "remove", "../../etc/passwd"]);
    assert!(code == 2 && printed.contains("nothing is kept as"), "{printed}");
    assert!(pec(data.path(), &["reference", "list"]).0.contains("nothing is kept"));
}
