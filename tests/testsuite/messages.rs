//! Messages judged alone, with what a user of the program sees of it: exit code and rule. They are rebuilt from public bug
//! reports (`tests/cases/in`), and their reference stands beside them.

use crate::program::{case, program};

/// The rules whose violation `check` tells of a message, in order, and the exit code.
fn violations(name: &str) -> (Vec<String>, Option<i32>) {
    let output = program(&["check"])
        .arg(case("in").join(name))
        .arg("--trust")
        .arg(case("trust"))
        .arg("--directory")
        .arg(case("dirs/dir.ldif"))
        .args(["--at", "2025-06-01T00:00:00Z"])
        .output()
        .expect("the program starts");
    let text = String::from_utf8_lossy(&output.stdout);
    let rules = text.lines().filter_map(|line| line.strip_prefix("violation ")).map(str::to_owned);
    (rules.collect(), output.status.code())
}

#[track_caller]
fn breaks(name: &str, rules: &[&str]) {
    assert_eq!(violations(name), (rules.iter().map(|&rule| rule.to_owned()).collect(), Some(1)));
}

#[test]
fn a_receipt_without_its_type_header_or_with_it_misnamed_is_a_receipt_all_the_same() {
    breaks("l03-no-xricevuta.eml", &["structure/known-type"]);
    breaks("l05-xricevuta-renamed.eml", &["structure/known-type"]);
}

#[test]
fn a_bare_line_feed_in_what_is_signed_is_the_providers() {
    breaks("one-bare-lf.eml", &["structure/line-ends"]);
}

#[test]
fn a_virus_non_delivery_as_its_addressee_holds_it_breaks_nothing() {
    assert_eq!(violations("m01-virus-nondelivery-alone.eml"), (Vec::new(), Some(0)));
}

#[test]
fn a_subject_in_raw_latin_1_is_certified_as_its_characters_and_never_as_lost_ones() {
    assert_eq!(violations("e04-raw-latin1-env.eml"), (vec![], Some(0)));
    breaks("k07-certified-destroyed.eml", &["subject/certified", "subject/original"]);
}

#[test]
fn a_reference_to_half_a_character_is_not_well_formed() {
    breaks("j01-surr-esteso.eml", &["daticert/well-formed"]);
}
