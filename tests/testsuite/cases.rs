//! Small inputs that were judged wrongly once, rebuilt from public reports on invented names, with their right verdicts.

use std::{collections::BTreeSet, fs};

use serde_json::Value;

use crate::program::{case, program};

/// What `check` says of some inputs, held against the directory and roots they were made by, on their day.
struct Said {
    code: i32,
    lines: Vec<Value>,
}

impl Said {
    /// Ids of the rules that found something at a level, in messages and submissions.
    fn found(&self, level: &str) -> BTreeSet<&str> {
        let told = self.lines.iter().filter(|line| line["type"] == "checked" || line["type"] == "submission");
        let findings = told.flat_map(|line| line["findings"].as_array().unwrap());
        findings.filter(|it| it["level"] == level).map(|it| it["rule"].as_str().unwrap()).collect()
    }

    fn violations(&self) -> BTreeSet<&str> {
        self.found("violation")
    }

    fn of_type(&self, kind: &str) -> Vec<&Value> {
        self.lines.iter().filter(|line| line["type"] == kind).collect()
    }
}

fn check_with(directory: &str, inputs: &[&str], arguments: &[&str]) -> Said {
    let output = program(&["check"])
        .args(inputs.iter().map(|input| case("in").join(input)))
        .arg("--trust")
        .arg(case("trust"))
        .arg("--directory")
        .arg(case("dirs").join(directory))
        .args(["--at", "2025-06-01T00:00:00Z", "--format", "json"])
        .args(arguments)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    Said { code: output.status.code().unwrap(), lines }
}

fn check(inputs: &[&str]) -> Said {
    check_with("dir.ldif", inputs, &[])
}

#[test]
fn a_virus_non_delivery_alone_is_what_its_addressee_holds() {
    let said = check(&["m01-virus-nondelivery-alone.eml"]);
    assert_eq!((said.code, said.violations()), (0, BTreeSet::new()));
}

#[test]
fn a_receipt_without_its_type_header_is_one_all_the_same() {
    for input in ["l03-no-xricevuta.eml", "l05-xricevuta-renamed.eml"] {
        let said = check(&[input]);
        assert_eq!((said.code, said.violations()), (1, BTreeSet::from(["structure/known-type"])), "{input}");
    }
}

#[test]
fn every_message_of_a_mailbox_is_judged() {
    let said = check(&["c10p-second-tampered.mbox"]);
    assert_eq!(said.code, 1);
    let [first, second] = said.of_type("checked")[..] else { panic!("two messages are judged") };
    assert_eq!(first["messages"][0]["answers"]["intact"]["answer"], "yes");
    assert_eq!(second["messages"][0]["answers"]["intact"]["answer"], "no");
    assert!(second["name"].as_str().unwrap().ends_with(".mbox: message 2"));
    let alone = check(&["c10q-tampered-alone.eml"]);
    assert_eq!(
        (alone.code, &alone.of_type("checked")[0]["messages"][0]["answers"]),
        (1, &second["messages"][0]["answers"])
    );
    assert!(alone.violations().is_subset(&said.violations()));
}

#[test]
fn a_complete_delivery_without_the_original_is_seen_beside_its_envelope() {
    let said = check(&["c06"]);
    assert_eq!((said.code, said.violations()), (1, BTreeSet::from(["delivery/form-requested"])));
    let [submission] = said.of_type("submission")[..] else { panic!("the four belong together") };
    assert_eq!(submission["messages"].as_array().unwrap().len(), 4);
    assert_eq!(submission["findings"][0]["rule"], "delivery/form-requested");
    // Whose receipt it is answers for it, and not whoever signed the first of the four.
    assert_eq!(submission["findings"][0]["findings"][0]["blame"]["name"], "Bravo Certificata S.r.l.");
    // Alone, it may be that of somebody in Cc, who gets the concise form.
    let alone = check(&["c06/con.eml"]);
    assert_eq!((alone.code, alone.violations()), (0, BTreeSet::new()));
}

#[test]
fn a_signed_invoice_is_told_as_what_it_is() {
    let said = check(&["fattura.xml.p7m"]);
    assert_eq!(said.code, 2);
    let reason = said.of_type("unjudged")[0]["reason"].as_str().unwrap();
    assert_eq!(reason, "a CMS signed document, not a message, directory or certificate");
}

#[test]
fn anothers_flaw_in_the_directory_is_told_once_and_charged_to_no_message() {
    let said = check_with("dir-other-http.ldif", &["n01-acc.eml"], &[]);
    assert_eq!((said.code, said.violations()), (0, BTreeSet::new()));
    let [reference] = said.of_type("reference")[..] else { panic!("one directory was given") };
    let flaws: Vec<&Value> = reference["findings"].as_array().unwrap().iter().collect();
    assert!(flaws.iter().any(|flaw| flaw["rule"] == "directory/url-https"), "{flaws:?}");
}

#[test]
fn an_emoji_in_two_surrogates_is_not_well_formed() {
    let said = check(&["j01-surr-esteso.eml"]);
    assert_eq!((said.code, said.violations()), (1, BTreeSet::from(["daticert/well-formed"])));
}

#[test]
fn a_raw_latin_1_subject_certified_right_is_right_and_destroyed_is_wrong() {
    let right = check(&["e04-raw-latin1-env.eml"]);
    assert_eq!((right.code, right.violations()), (0, BTreeSet::new()));
    let wrong = check(&["k07-certified-destroyed.eml"]);
    assert_eq!(wrong.code, 1);
    assert!(wrong.violations().contains("subject/certified"), "{:?}", wrong.violations());
}

#[test]
fn a_bare_line_feed_in_what_is_signed_is_a_violation() {
    let said = check(&["one-bare-lf.eml"]);
    assert_eq!(said.code, 1);
    assert_eq!(said.violations().len(), 1, "{:?}", said.violations());
}

#[test]
fn an_altered_receipt_neither_is_the_one_that_is_missing_nor_shows_that_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let delivery = fs::read_to_string(case("in/c06/con.eml")).unwrap();
    let altered = folder.path().join("altered.eml");
    fs::write(&altered, delivery.replacen("Ricevuta di avvenuta", "Ricevuta di Avvenuta", 1)).unwrap();
    let said = check_with("dir.ldif", &["c06/acc.eml", altered.to_str().unwrap()], &["--view", "sender"]);
    assert_eq!((said.code, said.violations()), (1, BTreeSet::from(["signature/valid"])));
    let [submission] = said.of_type("submission")[..] else { panic!("both belong together") };
    assert_eq!(submission["complete"]["answer"], "cannot-tell", "{submission}");
    assert_eq!(submission["missing"].as_array().unwrap().len(), 1);
    // No more does one whose file ends inside it, and it is nobody's violation.
    fs::write(&altered, &delivery[..delivery.find("smime.p7s").unwrap()]).unwrap();
    let said = check_with("dir.ldif", &["c06/acc.eml", altered.to_str().unwrap()], &["--view", "sender"]);
    assert_eq!((said.code, said.violations()), (0, BTreeSet::new()));
    assert_eq!(said.of_type("submission")[0]["complete"]["answer"], "cannot-tell");
}

#[test]
fn an_acceptance_is_missing_a_day_after_what_it_was_for_was_delivered() {
    let said = check_with("dir.ldif", &["c06/con.eml"], &["--view", "sender"]);
    let [submission] = said.of_type("submission")[..] else { panic!("it is of one submission") };
    assert_eq!(submission["complete"]["answer"], "no", "{submission}");
    assert_eq!(submission["missing"][0]["what"], "acceptance");
    // What others sent may lie in a mailbox too.
    let said = check_with("dir.ldif", &["c06/env.eml"], &["--view", "sender"]);
    assert_eq!(said.of_type("submission")[0]["complete"]["answer"], "cannot-tell");
}
