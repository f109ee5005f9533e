//! The folder that a run writes to: what it holds, what is kept, what is refused, and what becomes of it when the run is
//! broken off.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use flate2::{Compression, write::GzEncoder};

use super::{Folder, done, findings, pec};

#[test]
fn a_later_run_keeps_what_an_earlier_one_left_and_says_where() {
    let folder = Folder::new();
    folder.run(&["--sender", "alfa"]).exits(0);
    fs::write(folder.path("reports/mine.txt"), "kept").unwrap();
    let later = folder.run(&["--sender", "bravo"]).exits(0);
    assert!(!folder.path("reports/evidence/delivery/complete/alfa-bravo").exists());
    assert!(folder.path("reports/evidence/delivery/complete/bravo-alfa/manifest.json").is_file());
    assert!(folder.path("reports/mine.txt").is_file());
    let earlier: Vec<_> =
        fs::read_dir(folder.path("reports/earlier")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [earlier] = &earlier[..] else { panic!("{earlier:?}") };
    assert!(later.err.contains(&*earlier.to_string_lossy()), "{}", later.err);
    for kept in
        ["run.jsonl", "junit.xml", "report.html", "report.sarif", "evidence/delivery/complete/alfa-bravo/manifest.json"]
    {
        assert!(earlier.join(kept).is_file(), "{kept}");
    }
    pec(&["check", &earlier.join("evidence").to_string_lossy()]).exits(0);
}

#[test]
fn somebody_elses_manifest_outlives_every_run() {
    let folder = Folder::new();
    folder.run(&["--sender", "alfa"]).exits(0);
    let theirs = folder.write("reports/evidence/theirs/manifest.json", "{\"name\": \"a web application\"}");
    #[cfg(unix)]
    {
        folder.write("elsewhere/manifest.json", "{}");
        std::os::unix::fs::symlink(folder.path("elsewhere"), folder.path("reports/evidence/link")).unwrap();
    }
    folder.run(&["--sender", "alfa"]).exits(0);
    assert!(Path::new(&theirs).is_file());
    #[cfg(unix)]
    assert!(folder.path("reports/evidence/link/manifest.json").is_file());
}

#[test]
fn what_stands_in_the_way_of_a_report_is_told_before_anything_is_touched() {
    let folder = Folder::new();
    folder.run(&["--sender", "alfa"]).exits(0);
    let evidence = folder.path("reports/evidence/delivery/complete/alfa-bravo/manifest.json");
    for name in ["junit.xml", "report.html", "report.sarif", "run.jsonl"] {
        let (path, aside) = (folder.path("reports").join(name), folder.path("aside"));
        fs::rename(&path, &aside).unwrap();
        fs::create_dir(&path).unwrap();
        folder.run(&["--sender", "alfa"]).exits(2).says(&[name, "a folder", "nothing was touched", "--reports"]);
        assert!(evidence.is_file() && !folder.path("reports/earlier").exists());
        fs::remove_dir(&path).unwrap();
        fs::rename(&aside, &path).unwrap();
    }
    folder.write("reports/junit.xml", "<testsuites name=\"jest\"/>");
    folder.run(&["--sender", "alfa"]).exits(2).says(&["junit.xml", "somebody else's"]);
}

#[cfg(unix)]
#[test]
fn a_reports_folder_that_cannot_be_written_is_told_and_the_verdict_still_printed() {
    let folder = Folder::new();
    // A file in the folder's place: refused for every user, root included.
    folder.write("reports", "a file");
    folder.run(&[]).exits(3).says(&["nothing can be written to", "passed", "exit code 3"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_the_verdict_still_printed() {
    let folder = Folder::new();
    // No file may hold anything.
    let line = format!(
        "trap '' XFSZ; ulimit -f 0; exec '{}' run delivery/complete --receiver flawed --reports '{}'",
        env!("CARGO_BIN_EXE_pec-conformance"),
        folder.text("reports"),
    );
    let full = Command::new("sh").args(["-c", &line]).env("LC_ALL", "C").stdin(Stdio::null()).output().unwrap();
    done(full).exits(3).says(&["run.jsonl could not be written", "File too large", "failed", "exit code 3"]);
}

#[test]
fn evidence_is_written_of_those_that_are_asked_for() {
    let folder = Folder::new();
    let evidence = |way: &str| folder.path("reports/evidence/delivery/complete").join(way).join("manifest.json");
    folder.run(&["--sender", "alfa", "--evidence", "failures"]).exits(0);
    assert!(!evidence("alfa-bravo").exists());
    folder.run(&["--receiver", "flawed", "--evidence", "failures"]).exits(1).says(&["    evidence     "]);
    assert!(evidence("alfa-flawed").is_file());
    let none = folder
        .run(&["--receiver", "flawed", "--evidence", "none"])
        .exits(1)
        .says(&["next      pec-conformance run delivery/complete --sender alfa"]);
    assert!(!none.out.contains("evidence") && !folder.path("reports/evidence").exists(), "{}", none.out);
    folder.run(&["--evidence", "some"]).exits(2).says(&["failures"]);
}

#[test]
fn large_messages_are_packed_and_judged_as_before() {
    let folder = Folder::new();
    let large = include_str!("../../../scenarios/delivery/complete.yaml").replace("size: 20 kB", "size: 300 kB");
    folder.write("suite/large.yaml", large);
    let (suite, reports) = (folder.text("suite"), folder.text("reports"));
    pec(&["run", "--scenarios", &suite, "--receiver", "flawed", "--reports", &reports]).exits(1).says(&[".eml.gz"]);
    let evidence = folder.path("reports/evidence/large/alfa-flawed");
    let names: Vec<PathBuf> =
        fs::read_dir(evidence.join("messages")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let packed = names.iter().find(|path| path.to_string_lossy().ends_with("-wire-sender-to-receiver.eml.gz"));
    let packed = packed.unwrap_or_else(|| panic!("{names:?}"));
    assert!(packed.to_string_lossy().contains("-posta-certificata-") && fs::metadata(packed).unwrap().len() < 50_000);

    let (mut ran, elsewhere) = (findings(&folder.stream()), folder.path("elsewhere"));
    fs::rename(&evidence, &elsewhere).unwrap();
    let mut checked = findings(&pec(&["check", &elsewhere.to_string_lossy(), "--format", "json"]).exits(1).json());
    ran.sort();
    checked.sort();
    assert_eq!(ran, checked);
    let packed = elsewhere.join("messages").join(packed.file_name().unwrap());
    let file = packed.to_string_lossy().into_owned();
    pec(&["check", &file]).exits(0).says(&["transport envelope", "intact yes"]);
    pec(&["inspect", &file]).exits(0).says(&["multipart/signed"]);
    // No octet of the file is where the message has it.
    let sarif = fs::read_to_string(folder.path("reports/report.sarif")).unwrap();
    for result in sarif.lines().filter(|line| line.contains(".eml.gz")) {
        assert!(!result.contains("byteOffset"), "{result}");
    }

    let gzip = |bytes: &[u8]| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    };
    fs::write(&packed, [gzip(b"Subject: x\r\n\r\n"), gzip(&vec![b'x'; 2 << 20])].concat()).unwrap();
    let told = ["-posta-certificata-", "it unpacks to more than 100 times its size beyond 1 MiB"];
    pec(&["check", &elsewhere.to_string_lossy()]).exits(2).says(&told);
}
