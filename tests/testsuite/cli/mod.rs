//! The program as a user meets it: every command, every mistake, the exit code and the words that matter.

#[cfg(unix)]
mod broken_off;
mod choosing;
mod deviations;
mod diff;
mod folder;
mod install;
mod language;
mod merge;

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use pec_conformance::{
    fault::{self, DaticertEdit, Edit, Matches, Octets, Replace},
    pki::Pki,
    smime::sign::Encoding,
};
use serde_json::Value;

use crate::program::{Done, done, pec, program};

/// A folder of its own, and `--reports` for it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self.text(name)
    }

    /// Runs the smallest scenario into this folder.
    fn run(&self, more: &[&str]) -> Done {
        let reports = self.text("reports");
        pec(&[&["run", "delivery/complete", "--reports", &reports], more].concat())
    }

    fn stream(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.path("reports/run.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

// run

#[test]
fn run_passes_between_the_reference_gateways_and_leaves_its_reports() {
    let folder = Folder::new();
    folder.run(&[]).exits(0).says(&["alfa -> bravo", "delta -> alfa", "4 passed", "conforming (exit code 0)"]);
    let stream = folder.stream();
    let footer = stream.last().unwrap();
    assert_eq!((&stream[0]["type"], &footer["type"]), (&"header".into(), &"footer".into()));
    assert_eq!((&footer["complete"], &footer["totals"]["passed"]), (&true.into(), &4.into()));
    assert!(fs::read_to_string(folder.path("reports/junit.xml")).unwrap().contains("delivery/complete"));
    assert!(folder.path("reports/evidence/delivery/complete/alfa-bravo/manifest.json").is_file());
    let digest = stream[1]["evidence"]["manifest"].as_str().unwrap();
    assert!(digest.starts_with("sha256:") && digest.len() == "sha256:".len() + 64, "{digest}");
}

#[test]
fn run_against_flawed_fails_and_says_what_who_and_where() {
    let folder = Folder::new();
    folder.run(&["--receiver", "flawed"]).exits(1).says(&[
        "violation",
        "clause",
        "expected",
        "found",
        "where",
        "to blame     flawed, as receiver",
        "consequence",
        "evidence",
        ".eml",
        "non-conformity (exit code 1)",
    ]);
    assert!(fs::read_to_string(folder.path("reports/junit.xml")).unwrap().contains("<failure"));
}

#[test]
fn run_prints_the_stream_as_json_and_nothing_else() {
    let folder = Folder::new();
    let done = folder.run(&["--format", "json"]).exits(0);
    assert_eq!(done.err, "");
    let types: Vec<_> = done.json().iter().map(|line| line["type"].as_str().unwrap().to_owned()).collect();
    assert_eq!(types, ["header", "cell", "cell", "cell", "cell", "footer"]);
}

#[test]
fn run_takes_a_single_direction_and_refuses_a_gateway_against_itself() {
    let folder = Folder::new();
    let done = folder.run(&["--sender", "bravo", "--format", "json"]).exits(0);
    assert_eq!(done.json()[1]["direction"]["receiver"], "alfa");
    pec(&["run", "--sender", "alfa", "--receiver", "alfa"]).exits(2).says(&["cannot play both", "bravo"]);
}

#[test]
fn an_unknown_target_is_refused_with_the_nearest() {
    pec(&["run", "--receiver", "flawd"]).exits(2).says(&["flawd", "did you mean `flawed`?"]);
}

#[test]
fn a_glob_that_matches_nothing_is_no_success() {
    pec(&["run", "delivery/complte"]).exits(4).says(&["delivery/complte", "did you mean `delivery/complete`?"]);
    pec(&["run", "--tag", "no-such-tag"]).exits(4).says(&["no-such-tag"]);
    pec(&["run", "--clause", "RFC6109-9.9"]).exits(4).says(&["RFC6109-9.9"]);
    pec(&["run", "--folder", "nowhere"]).exits(4).says(&["nowhere"]);
    pec(&["run", "delivery/[complete"]).exits(2).says(&["not a glob"]);
}

#[test]
fn a_folder_without_scenarios_or_none_at_all_is_told() {
    let folder = Folder::new();
    pec(&["run", "--scenarios", &folder.text("")]).exits(4).says(&["no scenario in"]);
    pec(&["run", "--scenarios", &folder.text("absent")]).exits(2).says(&["cannot be read"]);
}

#[test]
fn broken_yaml_is_refused_with_file_line_and_caret_before_anything_starts() {
    let folder = Folder::new();
    let source = "title: x\nclauses: [RFC6109-3.1.4-headers]\nsteps:\n  - send: {id: a, form: mario@sender, to: [anna@receiver]}\n";
    folder.write("suite/one.yaml", source);
    let reports = folder.text("reports");
    let done = pec(&["run", "--scenarios", &folder.text("suite"), "--reports", &reports]).exits(2);
    done.says(&["one.yaml:4", "unknown key `form`", "from", "here"]);
    assert!(!Path::new(&reports).exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_stdout_is_trouble_and_a_reader_that_left_is_not() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    done(program(&["list", "clauses"]).stdout(full).output().unwrap()).exits(3).says(&["No space left"]);

    let mut child = program(&["list", "clauses"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""));
}

#[test]
fn warnings_and_notes_fail_where_that_is_asked_for() {
    let folder = Folder::new();
    let eight_bit = "delivery/eight-bit-original";
    let reports = folder.text("reports");
    // What the client wrote is nobody's failure.
    pec(&["run", eight_bit, "--sender", "alfa", "--strict=notes", "--reports", &reports]).exits(0).says(&["0 notes"]);
    let messages = folder.path("reports/evidence").join(eight_bit).join("alfa-bravo/messages");
    let mut received = fs::read_dir(messages).unwrap().map(|entry| entry.unwrap().path());
    let received = received.find(|path| path.to_string_lossy().contains("-posta-certificata-mailbox")).unwrap();
    let check = |more: &[&str]| pec(&[&["check", &*received.to_string_lossy()], more].concat());
    check(&[]).exits(0).says(&["Fails nothing without --strict=notes", "structure/original-seven-bit"]);
    check(&["--strict"]).exits(0).says(&["no finding"]);
    check(&["--strict=notes"]).exits(1).says(&["note structure/original-seven-bit", "1 finding"]);
    check(&["--strict=all"]).exits(2).says(&["--strict", "notes"]);
    let tail = "trust/sha1-digest-tolerated";
    pec(&["run", tail, "--strict=notes", "--reports", &reports]).exits(0).says(&["conforming"]);
}

#[test]
fn fail_fast_starts_nothing_more_and_says_so() {
    let folder = Folder::new();
    let args = ["run", "--receiver", "flawed", "--jobs", "1", "--fail-fast", "--reports", &folder.text("reports")];
    pec(&args).exits(1).says(&["stopped at the first failure", "not played"]);
}

#[test]
fn colours_follow_the_option_and_a_pipe_has_none() {
    let folder = Folder::new();
    assert!(!folder.run(&[]).exits(0).out.contains('\x1b'));
    assert!(folder.run(&["--color", "always"]).exits(0).out.contains('\x1b'));
}

// list, explain, coverage

#[test]
fn list_shows_each_kind_of_thing_in_both_forms() {
    for (what, one) in [
        ("scenarios", "delivery/complete"),
        ("rules", "signature/micalg"),
        ("clauses", "RFC1847-2.1-micalg"),
        ("faults", "signature/micalg"),
    ] {
        let text = pec(&["list", what]).exits(0).out;
        assert!(text.lines().any(|line| line.split_whitespace().next() == Some(one)), "{what}:\n{text}");
        let json = pec(&["list", what, "--format", "json"]).exits(0).json();
        assert!(json.iter().any(|line| line["id"] == one), "{what}");
        assert_eq!(json.len(), text.lines().count());
    }
    let virus = pec(&["list", "scenarios", "virus/*"]).exits(0).out;
    assert!(!virus.is_empty() && virus.lines().all(|line| line.starts_with("virus/")), "{virus}");
    pec(&["list", "scenarios", "virsu/*"]).exits(4).says(&["virsu"]);
    pec(&["list", "rulse"]).exits(4).says(&["rulse"]);
}

#[test]
fn explain_tells_a_newcomer_what_a_thing_is_and_how_it_is_proved() {
    pec(&["explain", "signature/micalg"]).exits(0).says(&[
        "rule signature/micalg",
        "Does micalg name the digest that the signature uses?",
        "if not       a note",
        "clause       RFC1847-2.1-micalg",
        "consequence",
        "passes       the acceptance in scenario delivery/complete",
        "fails        the same with one thing wrong",
        "edit: ",
        "proved by    signature/micalg",
        "explain faults/signature/micalg",
    ]);
    pec(&["explain", "faults/signature/micalg"]).exits(0).says(&["fault signature", "reported by  signature/micalg"]);
    let clause = pec(&["explain", "RFC6109-3.1.1-to"]).exits(0);
    clause.says(&["binds        the access point", "asked by     access/to", "passes", "fails", "played by"]);
    let scenario = pec(&["explain", "delivery/complete"]).exits(0);
    scenario.says(&["scenario delivery/complete", "- send:", "play it      pec-conformance run delivery/complete"]);
}

#[test]
fn explain_knows_every_id_that_is_listed() {
    for what in ["rules", "clauses", "scenarios", "faults"] {
        let listed = pec(&["list", what, "--format", "json"]).exits(0).json();
        // Each page is made the same way: a few of each show that ids lead to it.
        for line in listed.iter().step_by(listed.len() / 5) {
            pec(&["explain", line["id"].as_str().unwrap()]).exits(0);
        }
    }
}

#[test]
fn explain_of_nothing_known_suggests_what_is_near() {
    pec(&["explain", "signature/miclag"]).exits(2).says(&["did you mean `signature/micalg`", "list rules"]);
    pec(&["explain", "xyzzy"]).exits(2).says(&["nothing has the id `xyzzy`", "list clauses"]);
    pec(&["explain"]).exits(2).says(&["<ID>"]);
}

#[test]
fn coverage_accounts_for_every_clause_in_every_form() {
    let text = pec(&["coverage"]).exits(0).out;
    assert!(text.starts_with("Gaps: "), "{text}");
    let json = pec(&["coverage", "--format", "json"]).exits(0).json();
    let (total, clauses) = (&json[0]["total"], &json[1..]);
    let count = |word: &str| usize::try_from(total[word].as_u64().unwrap()).unwrap();
    assert_eq!(count("clauses"), clauses.len());
    assert_eq!(count("clauses"), ["by_rule", "by_scenario", "untested", "gaps"].map(count).iter().sum::<usize>());
    let one = clauses.iter().find(|line| line["id"] == "RFC1847-2.1-micalg").unwrap();
    assert_eq!((&one["account"], &one["rules"][0]), (&"by-rule".into(), &"signature/micalg".into()));
    assert_eq!(one["faults"][0], "signature/micalg");
    let page = pec(&["coverage", "--format", "markdown"]).exits(0).out;
    assert!(page.contains("| RFC1847-2.1-micalg (RFC 1847 2.1) | "), "{page}");

    let earlier = pec(&["coverage", "--format", "json", "--as-of", "2016-03-31"]).exits(0).json();
    assert_eq!(earlier[0]["as_of"], "2016-03-31");
    assert!(earlier.len() < json.len() && !earlier.iter().any(|line| line["id"] == "Nota12-code"));
    pec(&["coverage", "--as-of", "1999-01-01"]).exits(4).says(&["no clause is in force as of 1999-01-01"]);
    pec(&["coverage", "--as-of", "31/03/2016"]).exits(2).says(&["--as-of"]);
}

// check

#[test]
fn check_repeats_what_a_run_found() {
    let folder = Folder::new();
    folder.run(&["--receiver", "flawed"]).exits(1);
    let mut ran: Vec<_> = findings(&folder.stream());
    let evidence = folder.text("reports/evidence");
    let checked = pec(&["check", &evidence, "--format", "json"]).exits(1);
    let mut checked = findings(&checked.json());
    ran.sort();
    checked.sort();
    assert!(!ran.is_empty());
    assert_eq!(ran, checked);
    pec(&["check", &evidence]).exits(1).says(&["to blame     flawed, as receiver", "non-conformity"]);
}

#[test]
fn what_a_scenario_announced_is_no_failure_when_its_evidence_is_judged_again() {
    let folder = Folder::new();
    let (scenario, reports) = ("session/peer-without-starttls", folder.text("reports"));
    pec(&["run", scenario, "--sender", "alfa", "--reports", &reports]).exits(0);
    let evidence = folder.path("reports/evidence").join(scenario).join("alfa-bravo");
    let check = || pec(&["check", &evidence.to_string_lossy()]);
    check().exits(0).says(&["no violation"]);
    let json = pec(&["check", &evidence.to_string_lossy(), "--format", "json"]).exits(0).json();
    assert!(json[1]["findings"].as_array().unwrap().iter().all(|finding| finding["announced"] == true));

    // Without the announcement it is a violation; announced and not found is no success either.
    let path = evidence.join("manifest.json");
    let manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let announcing = |announced: Value| {
        let mut other = manifest.clone();
        other["announced"] = announced;
        fs::write(&path, other.to_string()).unwrap();
    };
    let announced = &manifest["announced"];
    assert_ne!(announced, &Value::Array(vec![]));
    announcing(Value::Array(vec![]));
    check().exits(1).says(&[announced[0]["rule"].as_str().unwrap(), "violation"]);
    announcing(serde_json::json!([announced[0], {"rule": "signature/verifies", "subject": "message 1"}]));
    check().exits(1).says(&["expectation not met signature/verifies", "1 announced and not found again"]);
}

#[test]
fn the_norm_of_another_day_asks_less_and_says_what_it_does_not_ask() {
    let folder = Folder::new();
    let (scenario, reports) = ("non-delivery/unknown-mailbox", folder.text("reports"));
    let run = |more: &[&str]| pec(&[&["run", scenario, "--sender", "alfa", "--reports", &reports], more].concat());
    let before = run(&["--as-of", "2016-03-31"]).exits(0).says(&["not in force as of 2016-03-31"]);
    assert!(fs::read_to_string(folder.path("reports/junit.xml")).unwrap().contains("as of 2016-03-31"));
    let stream = folder.stream();
    let (header, totals) = (&stream[0], &stream.last().unwrap()["totals"]);
    assert_eq!(header["as_of"], "2016-03-31");
    let ids = |word: &str| totals[word].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect::<Vec<_>>();
    assert!(ids("not_in_force").contains(&"non-delivery/code"), "{}", before.out);
    assert!(totals["applied"]["non-delivery/code"].is_null() && !ids("not_exercised").contains(&"non-delivery/code"));
    assert!(!run(&[]).exits(0).out.contains("not in force"));
    run(&["--as-of", "before"]).exits(2).says(&["--as-of"]);

    // A non-delivery whose code does not come first, as Nota 12 asks.
    let messages = folder.path("reports/evidence").join(scenario).join("alfa-bravo/messages");
    let notice = fs::read_dir(messages).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap());
    let mut notice = notice.filter(|bytes| String::from_utf8_lossy(bytes).contains("X-Ricevuta: errore-consegna"));
    let by = "errore 5.1.1 - ".to_owned();
    let pattern = r"5\.1\.1 - ".to_owned();
    let behind = Replace { pattern, by, octets: Octets::default(), matches: Matches::default() };
    let (pki, at) = (Pki::load().unwrap(), "2026-03-02T08:30:00Z".parse().unwrap());
    let notice = notice.next().expect("the sender is told");
    let signed =
        fault::apply(&Edit::Daticert(DaticertEdit::Replace(behind)), &notice, pki.signer("bravo"), at).unwrap();
    let wrong = folder.write("wrong.eml", signed);
    pec(&["check", &wrong]).exits(1).says(&["violation non-delivery/code"]);
    pec(&["check", &wrong, "--as-of", "2016-03-31"]).exits(0).says(&["not in force as of 2016-03-31"]);
    let json = pec(&["check", &wrong, "--as-of", "2016-03-31", "--format", "json"]).exits(0).json();
    assert!(json.last().unwrap()["totals"]["not_in_force"].as_array().unwrap().contains(&"non-delivery/code".into()));
}

/// Rule, subject and place of everything found.
fn findings(lines: &[Value]) -> Vec<String> {
    let verdicts = lines.iter().flat_map(|line| line["findings"].as_array().into_iter().flatten());
    let told = |verdict: &Value| {
        let findings = verdict["findings"].as_array().unwrap().iter();
        findings.map(|finding| format!("{} {} {}", verdict["rule"], verdict["subject"], finding)).collect::<Vec<_>>()
    };
    verdicts.flat_map(told).collect()
}

#[test]
fn check_notices_evidence_that_was_changed() {
    let folder = Folder::new();
    folder.run(&["--sender", "alfa"]).exits(0);
    let evidence = folder.path("reports/evidence/delivery/complete/alfa-bravo");
    let message = fs::read_dir(evidence.join("messages")).unwrap().map(|file| file.unwrap().path());
    let message = message.filter(|path| path.extension().is_some_and(|it| it == "eml")).min().unwrap();
    let mut bytes = fs::read(&message).unwrap();
    bytes.push(b'x');
    fs::write(&message, bytes).unwrap();
    let name = message.file_name().unwrap().to_string_lossy().into_owned();
    pec(&["check", &evidence.to_string_lossy()]).exits(2).says(&["was changed", &name]);
}

#[test]
fn a_signer_is_verified_by_what_is_trusted_and_without_it_not_verified_which_is_no_bad_signature() {
    let folder = Folder::new();
    folder.run(&["--sender", "alfa"]).exits(0);
    let evidence = folder.path("reports/evidence/delivery/complete/alfa-bravo");
    let acceptance = fs::read_dir(evidence.join("messages")).unwrap().map(|file| file.unwrap().path()).find(|path| {
        fs::read(path).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains("X-Ricevuta: accettazione"))
    });
    let acceptance = acceptance.expect("an acceptance was observed").to_string_lossy().into_owned();
    pec(&["check", &acceptance]).exits(0).says(&["acceptance, intact yes, origin cannot tell", "origin cannot tell: "]);

    let [trust, directory] =
        ["trust", "directory/001.ldif"].map(|name| evidence.join(name).to_string_lossy().into_owned());
    let told = pec(&["check", &acceptance, "--trust", &trust, "--directory", &directory]).exits(0);
    told.says(&["acceptance, intact yes, origin yes (Alfa Posta Certificata S.p.A.)"]);

    // What nobody signed can be changed: whoever signed the rest is named.
    let wrong =
        fs::read_to_string(&acceptance).unwrap().replacen("X-Ricevuta: accettazione", "X-Ricevuta: ACCETTAZIONE", 1);
    let wrong = folder.write("wrong.eml", wrong.replacen("\nSubject: ACC", "\nSubject: acc", 1));
    let given = ["check", &wrong, "--trust", &trust, "--directory", &directory];
    pec(&given).exits(1).says(&["to blame     Alfa Posta Certificata S.p.A."]);
    // Where nobody can be told that is no news, and no line.
    pec(&["check", &wrong]).exits(1).never_says("to blame");
}

#[test]
fn directories_and_certificates_are_judged_by_themselves() {
    let folder = Folder::new();
    folder.run(&["--sender", "alfa"]).exits(0);
    let evidence = folder.path("reports/evidence/delivery/complete/alfa-bravo");
    let ldif = evidence.join("directory/001.ldif");
    let (pki, at) = (Pki::load().unwrap(), "2026-03-02T08:30:00Z");
    let check = |path: &str, more: &[&str]| pec(&[&["check", path, "--at", at], more].concat());

    let plain = ldif.to_string_lossy().into_owned();
    check(&plain, &[]).exits(0).says(&["no violation; directory of 8 records, not signed"]);
    pec(&["check", &plain, "--at", "2050-01-01T00:00:00Z"]).exits(1).says(&["violation directory/certificate-valid"]);
    let signed =
        pki.signer("alfa").unwrap().sign_attached(&fs::read(&ldif).unwrap(), at.parse().unwrap(), Encoding::Der);
    let p7m = folder.write("all.ldif.p7m", &signed);
    let done = check(&p7m, &["--format", "json"]).exits(0).json();
    let told = &done[1]["directories"][0];
    assert_eq!((&told["records"][0], &told["signed"]), (&"o=postacert".into(), &true.into()));
    assert!(told["signed_by"].as_str().unwrap().contains("Alfa"));
    assert_eq!(done[1]["certificates"].as_array().unwrap().len(), 7);

    let inside = signed.windows(4).position(|window| window == b"dn: ").unwrap();
    let mut tampered = signed;
    tampered[inside] = b'D';
    let tampered = folder.write("tampered.p7m", &tampered);
    check(&tampered, &[]).exits(1).says(&["signed by C=IT", "violation directory/signature-valid", "PKCS#7 signature"]);
    let mail = folder.write("mail.eml", "From: a@b.example\r\n\r\nhello\r\n");
    pec(&["check", &mail, "--directory", &tampered]).exits(2).says(&["tampered.p7m", "does not hold"]);

    let der = folder.write("one", pki.certificate("alfa").unwrap());
    check(&der, &["--directory", &p7m]).exits(0).says(&["certificate of C=IT, O=Alfa", "valid 2025-01-01"]);
    let wrong = folder.write("two", pki.certificate("alfa-basic-constraints").unwrap());
    check(&wrong, &[]).exits(1).says(&["violation certificate/no-basic-constraints", "certificate of C=IT"]);
    let trust = folder.text("reports/evidence/delivery/complete/alfa-bravo/trust");
    let issuing = folder.write("trust/issuing.der", pki.certificate("issuing").unwrap());
    assert!(Path::new(&issuing).is_file());
    for name in ["anchor-001.der", "crl-001.der", "crl-002.der"] {
        fs::copy(Path::new(&trust).join(name), folder.path("trust").join(name)).unwrap();
    }
    let traced = |file: &str, more: &[&str]| check(file, &[&["--trust", &folder.text("trust")], more].concat());
    let listed = "listed for Alfa Posta Certificata S.p.A., it leads to a trusted root";
    traced(&der, &["--directory", &p7m]).exits(0).says(&[listed]);
    for (signer, why) in [("alfa-revoked", "revoked"), ("alfa-expired", "not valid at"), ("alfa-wrong-ca", "no certif")]
    {
        let file = folder.write(signer, pki.certificate(signer).unwrap());
        traced(&file, &[]).exits(1).says(&["violation certificate/trusted", why]);
        check(&file, &[]).exits(0).says(&["path not verified: no trust anchors are at hand"]);
    }
    let cut = folder.write("three.cer", &pki.certificate("alfa").unwrap()[..100]);
    check(&cut, &[]).exits(2).says(&["three.cer: could not be judged: not a certificate"]);
}

#[test]
fn check_says_what_cannot_be_judged() {
    let folder = Folder::new();
    pec(&["check", &folder.text("absent.eml")]).exits(2).says(&["cannot be read", "absent.eml"]);
    pec(&["check", &folder.text("")]).exits(4).says(&["nothing to check"]);
    let noise = folder.write("noise.eml", [0_u8, 159, 146, 150]);
    pec(&["check", &noise]).exits(2).says(&["noise.eml: could not be judged: not a mail message"]);
    let plain = folder.write("plain.eml", "From: a@b.example\r\nSubject: hello\r\n\r\nhello\r\n");
    pec(&["check", &plain]).exits(4).says(&["no system-generated message"]);
    pec(&["check"]).exits(2).says(&["PATH"]);
}

#[test]
fn one_file_that_cannot_be_judged_does_not_hide_the_others() {
    let folder = Folder::new();
    folder.write("mail/1.eml", [0_u8]);
    folder.write("mail/2.eml", "From: a@b.example\r\n\r\nhello\r\n");
    pec(&["check", &folder.text("mail")])
        .exits(2)
        .says(&["1.eml: could not be judged: not a mail message", "2.eml: no violation"]);
}

#[test]
fn trust_and_directory_are_read_or_refused() {
    let folder = Folder::new();
    let mail = folder.write("mail.eml", "From: a@b.example\r\n\r\nhello\r\n");
    folder.write("trust/root.pem", "no certificate");
    pec(&["check", &mail, "--trust", &folder.text("trust")]).exits(2).says(&["root.pem", "no certificate"]);
    let ldif = folder.write("directory.ldif", "dn without colon\n");
    pec(&["check", &mail, "--directory", &ldif]).exits(2).says(&["directory.ldif", "line 1"]);
    let nobody = folder.write("nobody.ldif", "dn: o=postacert\nobjectclass: top\no: postacert\n");
    for empty in [folder.write("empty.ldif", ""), nobody] {
        pec(&["check", &mail, "--directory", &empty]).exits(2).says(&["there is no provider in it"]);
    }
}

#[cfg(unix)]
#[test]
fn trust_is_taken_from_whatever_leads_to_certificates_and_told_where_there_is_none() {
    let (folder, pki) = (Folder::new(), Pki::load().unwrap());
    let mail = folder.write("mail.eml", "From: a@b.example\r\n\r\nhello\r\n");
    fs::create_dir(folder.path("empty")).unwrap();
    let nothing = ["holds no certificate to trust: there is no file in it", "PEM or DER"];
    pec(&["check", &mail, "--trust", &folder.text("empty")]).exits(2).says(&nothing);
    folder.write("lists/crl.der", &pki.trust().crls()[0]);
    let told = "of 1 files in it, 1 are revocation lists and none is a certificate";
    pec(&["check", &mail, "--trust", &folder.text("lists")]).exits(2).says(&[told]);

    let root = folder.write("elsewhere/root.der", &pki.trust().anchors()[0]);
    folder.write("trust/README", "where these come from\n");
    std::os::unix::fs::symlink(folder.path("elsewhere"), folder.path("trust/roots")).unwrap();
    std::os::unix::fs::symlink(folder.path("trust"), folder.path("trust/loop")).unwrap();
    std::os::unix::fs::symlink(folder.path("nowhere"), folder.path("trust/dangling")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.path("trust/fifo")).status().unwrap().success());
    let signer = folder.write("wrong-ca.der", pki.certificate("alfa-wrong-ca").unwrap());
    for trust in [folder.text("trust"), root] {
        let done = pec(&["check", &signer, "--trust", &trust]).exits(1).says(&["violation certificate/trusted"]);
        for left in ["README", "dangling", "fifo", "loop"] {
            let is_told = done.err.lines().any(|line| line.contains("left aside") && line.contains(left));
            assert_eq!(is_told, trust.ends_with("trust"), "{left}: {}", done.err);
        }
    }
    let signer = folder.write("unknown-ca.der", pki.certificate("alfa-unknown-ca").unwrap());
    let told = "path not verified: the certification path cannot be followed: the issuer of";
    pec(&["check", &signer, "--trust", &folder.text("trust")]).exits(0).says(&[told]);
}

#[test]
fn a_hostile_message_does_nothing_to_the_terminal() {
    let folder = Folder::new();
    let header = "X".repeat(1 << 20);
    let mail = format!(
        "X-Ricevuta: accettazione\r\nSubject: \x1b[2J\x1b]0;owned\x07 \u{202e}fdp\r\nX-Long: {header}\r\n\
         From: \x1b[31m<a@b.example>\r\nContent-Type: multipart/mixed; boundary=\"\u{9b}2J\"\r\n\r\n--\u{9b}2J\r\n\r\n\
         --\u{9b}2J--\r\n"
    );
    let path = folder.write("\u{202e}lme.\x1b[2J.eml", mail);
    let done = pec(&["check", &path]);
    assert!(matches!(done.code, Some(1 | 4)), "{:?}\n{}", done.code, done.err);
    for text in [&done.out, &done.err] {
        assert!(!text.contains(['\x1b', '\u{202e}', '\u{9b}', '\x07', '\r']), "{text}");
        assert!(text.len() < 100_000);
    }
}

// list, schema, help

#[test]
fn list_shows_scenarios_rules_and_clauses_as_text_and_as_json() {
    pec(&["list"]).exits(0).says(&["delivery/complete  "]);
    pec(&["list", "delivery/*", "--format", "json"]).exits(0).says(&[r#""id":"delivery/complete""#]);
    pec(&["list", "rules"]).exits(0).says(&["violation  "]);
    assert!(
        pec(&["list", "rules", "--format", "json"]).exits(0).json().iter().all(|rule| rule["question"].is_string())
    );
    pec(&["list", "clauses"]).exits(0).says(&["RFC6109-3.1.4-headers"]);
    assert!(
        pec(&["list", "clauses", "--format", "json"]).exits(0).json().iter().all(|clause| clause["says"].is_string())
    );
    pec(&["list", "nope/*"]).exits(4).says(&["nope/*"]);
}

#[test]
fn schema_is_a_json_schema() {
    let schema: Value = serde_json::from_str(&pec(&["schema"]).exits(0).out).unwrap();
    assert!(schema["$schema"].is_string() && schema["properties"]["steps"].is_object());
}

#[test]
fn every_help_ends_with_the_exit_codes() {
    for command in
        [&["--help"][..], &["run", "--help"], &["check", "--help"], &["list", "--help"], &["schema", "--help"]]
    {
        let help = pec(command).exits(0).out;
        assert!(help.trim_end().ends_with(pec_conformance::cli::Exit::help().trim_end()), "{command:?}: {help}");
    }
    pec(&["--version"]).exits(0).says(&[env!("CARGO_PKG_VERSION")]);
    pec(&[]).exits(2).says(&["Usage"]);
    pec(&["frobnicate"]).exits(2).says(&["unrecognized subcommand"]);
}

/// An acceptance of a run, and the trust and the directory that it is told by.
fn acceptance(folder: &Folder) -> [String; 3] {
    folder.run(&["--sender", "alfa"]).exits(0);
    let evidence = folder.path("reports/evidence/delivery/complete/alfa-bravo");
    let acceptance = fs::read_dir(evidence.join("messages")).unwrap().map(|file| file.unwrap().path()).find(|path| {
        fs::read(path).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains("X-Ricevuta: accettazione"))
    });
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    [
        text(acceptance.expect("an acceptance was observed")),
        text(evidence.join("trust")),
        text(evidence.join("directory/001.ldif")),
    ]
}

#[test]
fn an_answer_that_is_required_fails_where_it_is_no_and_where_it_cannot_be_told() {
    let folder = Folder::new();
    let [acceptance, trust, directory] = acceptance(&folder);
    let given = ["--trust", &trust, "--directory", &directory];
    let check = |file: &str, more: &[&str]| pec(&[&["check", file], more].concat());
    check(&acceptance, &[])
        .exits(0)
        .says(&["intact yes, origin cannot tell, form yes", "result    no violation found"]);
    check(&acceptance, &["--require", "intact"]).exits(0).says(&["required  intact: 1 yes, 0 no, 0 cannot be told"]);
    check(&acceptance, &["--require", "intact,origin"])
        .exits(5)
        .says(&["required  origin: 0 yes, 0 no, 1 cannot be told", "a required answer cannot be told (exit code 5)"]);
    check(&acceptance, &[&["--require", "origin,intact"], &given[..]].concat()).exits(0).says(&[
        "signed by",
        "issued by",
        "by        directory in ",
        "of no known day",
        "revocation lists in ",
    ]);

    let text = fs::read(&acceptance).unwrap();
    let place = text.windows(4).rposition(|window| window == b"ato ").unwrap_or(text.len() / 2);
    let mut tampered = text;
    tampered[place] = b'A';
    let tampered = folder.write("tampered.eml", tampered);
    check(&tampered, &["--require", "intact,origin"]).exits(1).says(&["intact no"]);

    check(&acceptance, &["--require", "complete"]).exits(2).says(&["`--require complete` needs `--view`"]);
    check(&acceptance, &["--require", "complete", "--view", "sender"]).exits(1).says(&["complete"]);
    check(&acceptance, &["--require", "nice"]).exits(2).says(&["nice"]);
}

#[test]
fn json_states_what_a_message_proves_and_what_it_says_of_itself() {
    let folder = Folder::new();
    let [acceptance, trust, directory] = acceptance(&folder);
    let given = ["check", &acceptance, "--trust", &trust, "--directory", &directory, "--format", "json"];
    let lines = pec(&given).exits(0).json();
    let message = &lines.iter().find(|line| line["type"] == "checked").unwrap()["messages"][0];
    assert_eq!((&message["kind"], &message["certified"]), (&"accettazione".into(), &true.into()));
    assert_eq!(message["answers"]["origin"]["answer"], "yes");
    assert!(message["sender"].is_string() && message["date"].is_string() && message["subject"].is_string());
    assert!(message["signer"]["issuer"].is_string() && message["recipients"].as_array().unwrap().len() == 1);
    assert_eq!(lines.last().unwrap()["exit"]["meaning"], "no violation found");
}
