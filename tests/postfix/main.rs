//! A provider's own system as it stands in the world: a gateway whose mail comes and goes through a real Postfix, and whose
//! mailboxes a real Dovecot shows. Where one of them is missing this says so; in CI it fails.
#![cfg(unix)]

mod behind;
#[expect(dead_code, reason = "what the tests of readers alone need of it")]
#[path = "../dovecot/server.rs"]
mod dovecot;
mod mailboxes;
#[path = "../external/page.rs"]
mod page;
#[path = "../ports/mod.rs"]
mod ports;
mod postfix;
#[expect(dead_code, reason = "what the tests of `serve` alone need of it")]
#[path = "../serve/program.rs"]
mod program;
#[expect(dead_code, reason = "what the tests of other gateways alone need of it")]
#[path = "../external/staging.rs"]
mod staging;
mod throughput;
mod untuned;
mod walked;

use std::collections::BTreeMap;

use behind::Behind;

/// As long as is waited in tests: what must come, comes however busy the machine is.
const SETTLING: &str = "settling: {deadline: 1m, silence: 1s, poll: 1s}\n";

/// Of each theme what a host on the way might break.
const PLAYED: [&str; 16] = [
    "delivery/brief-signed-original",
    "delivery/complete",
    "delivery/eight-bit-original",
    "delivery/mixed-case-addresses",
    "delivery/thirty-megabytes",
    "delivery/two-providers-at-once",
    // The report of a sentinel overtakes what is large: Postfix keeps no order.
    "non-acceptance/over-the-limit",
    "non-delivery/one-of-several",
    "non-delivery/unknown-mailbox",
    "ordinary/from-ordinary-wrapped",
    "ordinary/infected-discarded",
    "ordinary/mixed-recipients",
    "ordinary/to-ordinary",
    "ordinary/undeliverable",
    "session/line-feed-alone",
    "session/starttls-announced",
];

/// Plays scenarios in a role; exit code and page.
fn play(behind: &Behind, role: &str, ids: &[&str]) -> (i32, String) {
    let as_role = format!("--{role}");
    let allowed = "infected,flooding,smuggling";
    let mut words = vec!["run", &as_role, "acme.yaml", "--reports", role, "--strict", "--allow", allowed];
    words.extend(ids);
    behind.staging.run(&words)
}

#[test]
fn certified_and_ordinary_mail_passes_a_postfix_both_ways() {
    let Some(behind) = Behind::start(str::to_owned, SETTLING) else { return };
    let played: BTreeMap<String, String> = PLAYED.map(|id| (id.to_owned(), "passed".to_owned())).into();
    for role in ["receiver", "sender"] {
        let (code, text) = play(&behind, role, &PLAYED);
        assert_eq!(code, 0, "{role}\n{text}\n{}", behind.postfix.log());
        assert_eq!(behind.staging.outcomes(role), played, "{role}\n{text}");
    }
}

/// Every scenario that needs no fault and no clock that can be moved.
#[test]
#[ignore = "takes a quarter of an hour: .ci/long runs it"]
fn the_whole_suite_passes_a_postfix_both_ways() {
    // Each of fifty recipients is asked for before it is taken.
    let Some(behind) = Behind::start(str::to_owned, "settling: {deadline: 3m, silence: 1s, poll: 1s}\n") else {
        return;
    };
    let failed = ["receiver", "sender"].map(|role| {
        let (_, text) = play(&behind, role, &[]);
        println!("{text}");
        let outcomes = behind.staging.outcomes(role).into_iter();
        outcomes
            .filter(|(_, outcome)| !["passed", "skipped"].contains(&&**outcome))
            .map(|(id, _)| id)
            .collect::<Vec<_>>()
    });
    assert_eq!(failed, [const { Vec::<String>::new() }; 2], "{}", behind.postfix.log());
}
