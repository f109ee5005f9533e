//! Every alternative of an `either` is taken by some pair, or stands in the one table of those that none takes yet.
//!
//! What was taken is read from the snapshots, which the test of the scenarios holds against what is played.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use pec_conformance::{
    rules,
    scenario::{
        Scenario,
        model::{Alternative, Step},
        suite,
    },
};

/// As a story tells it.
const TAKEN: &str = "The norm leaves a choice. Taken: ";

/// Alternatives that no pair takes yet, by scenario and number of its `either`: a conforming gateway that takes them is still
/// to come. An entry goes when a pair takes it; none comes.
const NOT_TAKEN: &[(&str, usize, &str)] = &[
    ("delivery/full-sender", 1, "what another provider sends to a full mailbox is refused or lost"),
    ("delivery/full-sender", 2, "the receipt that was refused counts as not come"),
    ("delivery/receipt-type-in-other-letters", 1, "the word is an unknown one"),
    ("delivery/same-provider", 1, "the provider sends itself a server-server acceptance"),
    ("delivery/to-oneself", 1, "the provider sends itself a server-server acceptance"),
    ("delivery/two-providers-at-once", 1, "the sender's provider sends itself a server-server acceptance too"),
    ("non-acceptance/bcc-present", 1, "the access point refuses the message in the SMTP session"),
    ("non-acceptance/double-from", 1, "the access point refuses the message in the SMTP session"),
    ("non-acceptance/empty-group-in-to", 1, "the access point refuses it in the SMTP session"),
    ("non-acceptance/from-differs", 1, "the access point refuses the message in the SMTP session"),
    ("non-acceptance/malformed-to", 1, "the access point refuses the message in the SMTP session"),
    ("non-acceptance/missing-to", 1, "the access point refuses the message in the SMTP session"),
    ("non-acceptance/over-the-limit", 1, "the access point refuses the message in the SMTP session"),
    ("non-acceptance/over-the-limit", 1, "the provider's limit is higher and the message is delivered"),
    ("non-acceptance/recipient-not-in-headers", 1, "the access point refuses the message in the SMTP session"),
    ("non-acceptance/too-many-recipients", 1, "the access point refuses the message in the SMTP session"),
    ("non-acceptance/too-many-recipients", 1, "the provider's limit is higher and everyone is delivered to"),
    (
        "non-delivery/disabled-mailbox",
        1,
        "the receiver refuses the recipient in the SMTP session and the sender's provider tells the sender",
    ),
    (
        "non-delivery/full-mailbox",
        1,
        "the receiver refuses the recipient in the SMTP session and the sender's provider tells the sender",
    ),
    ("non-delivery/notice-for-a-full-mailbox", 1, "it is refused in the SMTP session"),
    ("non-delivery/notice-for-a-full-mailbox", 1, "it is taken, and lost"),
    (
        "non-delivery/to-service-mailbox",
        1,
        "the receiver refuses the recipient in the SMTP session and the sender's provider tells the sender",
    ),
    (
        "non-delivery/unknown-mailbox",
        1,
        "the receiver refuses the recipient in the SMTP session and the sender's provider tells the sender",
    ),
    ("non-delivery/unreachable-provider", 1, "a server-server acceptance is sent within the provider"),
    ("non-delivery/unreachable-provider", 2, "a non-delivery comes with the 24-hour notice"),
    ("ordinary/forwarded-to-each-other", 1, "what comes back is refused, and whoever forwarded it is told"),
    ("ordinary/forwarded-to-itself", 1, "a copy comes once more, and that is the end of it"),
    ("ordinary/infected-discarded", 1, "the message is refused in the SMTP session"),
    ("ordinary/infected-discarded", 1, "the message is taken, and a report goes back"),
    ("ordinary/receipt-forged-from-outside", 1, "ordinary mail for the service mailbox is discarded"),
    (
        "ordinary/receipt-forged-from-outside",
        1,
        "ordinary mail for the service mailbox is taken, and a report goes back",
    ),
    ("ordinary/receipt-forged-from-outside", 2, "a non-delivery comes with the 24-hour notice"),
    ("ordinary/several-recipients", 1, "it is taken for all and one report on both failures goes back"),
    ("ordinary/several-recipients", 1, "both are refused in the SMTP session"),
    (
        "ordinary/several-recipients",
        1,
        "the unknown mailbox is refused in the SMTP session and a report on the full one goes back",
    ),
    ("ordinary/to-service-mailbox", 1, "it is taken, and a report goes back"),
    ("ordinary/to-service-mailbox", 1, "it is taken and discarded"),
    ("ordinary/undeliverable", 1, "it is taken, and a report goes back"),
    ("ordinary/undeliverable", 1, "it is taken and given up without a word"),
    ("ordinary/undeliverable", 2, "it is taken, and a report goes back"),
    ("ordinary/undeliverable", 2, "it is taken and given up without a word"),
    ("session/early-pipelining", 1, "the peer that did not wait is refused"),
    ("session/peer-without-starttls", 1, "a non-delivery comes with the 24-hour notice"),
    ("session/smuggling", 1, "the message is refused"),
    ("session/unheard-answer", 1, "a message whose sender is gone is not taken"),
    ("timeout/across-dst-autumn", 1, "a non-delivery comes with the 24-hour notice"),
    ("timeout/across-dst-spring", 1, "a non-delivery comes with the 24-hour notice"),
    ("timeout/twelve-and-twenty-four-hours", 1, "a non-delivery comes with the 24-hour notice"),
    (
        "trust/broken-profile-authority-key-id-critical",
        1,
        "the receiver holds the signer's certificate to its profile too, and wraps",
    ),
    (
        "trust/broken-profile-basic-constraints",
        1,
        "the receiver holds the signer's certificate to its profile too, and wraps",
    ),
    (
        "trust/broken-profile-country-in-words",
        1,
        "the receiver holds the signer's certificate to its profile too, and wraps",
    ),
    (
        "trust/broken-profile-key-usage-not-critical",
        1,
        "the receiver holds the signer's certificate to its profile too, and wraps",
    ),
    (
        "trust/broken-profile-mail-in-subject",
        1,
        "the receiver holds the signer's certificate to its profile too, and wraps",
    ),
    (
        "trust/broken-profile-name-elsewhere",
        1,
        "the receiver holds the signer's certificate to its profile too, and wraps",
    ),
    (
        "trust/broken-profile-no-authority-key-id",
        1,
        "the receiver holds the signer's certificate to its profile too, and wraps",
    ),
    (
        "trust/broken-profile-no-digital-signature",
        1,
        "the receiver holds the signer's certificate to its profile too, and wraps",
    ),
    (
        "trust/broken-profile-no-key-usage",
        1,
        "the receiver holds the signer's certificate to its profile too, and wraps",
    ),
    (
        "trust/broken-profile-no-subject-key-id",
        1,
        "the receiver holds the signer's certificate to its profile too, and wraps",
    ),
    (
        "trust/broken-profile-subject-alt-name-critical",
        1,
        "the receiver holds the signer's certificate to its profile too, and wraps",
    ),
    (
        "trust/broken-profile-subject-key-id-critical",
        1,
        "the receiver holds the signer's certificate to its profile too, and wraps",
    ),
    ("trust/stale-crl", 1, "the last revocation lists known count until there are others"),
    ("trust/delivery-by-a-provider-that-does-not-manage-the-domain", 1, "a non-delivery comes with the 24-hour notice"),
    ("trust/tampered-receipt", 1, "a non-delivery comes with the 24-hour notice"),
    ("virus/text-and-xml-disagree", 1, "a non-delivery comes with the 24-hour notice"),
];

/// One alternative of a scenario's `either`, which has a number from 1.
type Choice<'s> = (&'s str, usize, &'s str);

fn eithers(scenario: &Scenario) -> impl Iterator<Item = (usize, &[Alternative])> {
    let eithers = scenario.steps.iter().filter_map(|step| match step {
        Step::Either(alternatives) => Some(alternatives.as_slice()),
        _ => None,
    });
    eithers.enumerate().map(|(index, alternatives)| (index + 1, alternatives))
}

/// What each pair took, by the number of the `either`; in every pair each is taken in one way.
fn taken(scenario: &Scenario) -> BTreeMap<usize, BTreeSet<String>> {
    let number = eithers(scenario).count();
    let mut taken: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for pair in ["alfa-bravo", "bravo-alfa"] {
        let name = format!("{}-{pair}.snap", scenario.id.replace('/', "-"));
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(name);
        let story = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let ways: Vec<&str> = story.lines().filter_map(|line| line.strip_prefix(TAKEN)).collect();
        assert_eq!(ways.len(), number, "{}: an `either` left no trace in {pair}", scenario.id);
        for (index, way) in ways.into_iter().enumerate() {
            taken.entry(index + 1).or_default().insert(way.to_owned());
        }
    }
    taken
}

#[test]
fn every_alternative_is_taken_by_some_pair_or_listed_as_not_taken_yet() {
    let suite = suite(&rules::ids()).unwrap();
    let listed: BTreeSet<Choice<'_>> = NOT_TAKEN.iter().copied().collect();
    assert_eq!(listed.len(), NOT_TAKEN.len(), "an alternative is listed twice");
    let (mut all, mut not_taken) = (0, BTreeSet::new());
    for scenario in &suite.scenarios {
        let taken = taken(scenario);
        for (number, alternatives) in eithers(scenario) {
            let ways: BTreeSet<&str> = alternatives.iter().map(|alternative| alternative.when.as_str()).collect();
            assert_eq!(ways.len(), alternatives.len(), "{}: two alternatives are called the same", scenario.id);
            all += ways.len();
            let fresh = ways.into_iter().filter(|way| !taken[&number].contains(*way));
            not_taken.extend(fresh.map(|way| (scenario.id.as_str(), number, way)));
        }
    }
    let missed: Vec<_> = not_taken.difference(&listed).collect();
    assert!(missed.is_empty(), "no pair takes these, and they are not listed: {missed:#?}");
    let stale: Vec<_> = listed.difference(&not_taken).collect();
    assert!(stale.is_empty(), "these are taken, or not there any more: take them from the table: {stale:#?}");
    println!("{} of {all} alternatives are taken", all - not_taken.len());
}

#[test]
fn alternatives_that_look_alike_are_no_choice() {
    for scenario in &suite(&rules::ids()).unwrap().scenarios {
        for (number, alternatives) in eithers(scenario) {
            for (index, one) in alternatives.iter().enumerate() {
                let alike = alternatives[..index].iter().find(|other| told(other) == told(one));
                let other = alike.map(|other| other.when.as_str());
                assert_eq!(other, None, "{}, either {number}: the same mailboxes as where {}", scenario.id, one.when);
            }
        }
    }
}

/// What an alternative expects, in an order of its own.
fn told(alternative: &Alternative) -> BTreeMap<String, Vec<String>> {
    let listed = |expected: &Vec<_>| {
        let mut listed: Vec<String> = expected.iter().map(ToString::to_string).collect();
        listed.sort();
        listed
    };
    alternative.expect.iter().map(|(place, expected)| (place.to_string(), listed(expected))).collect()
}
