//! A provider's own system as it stands in the world: a gateway whose mail comes and goes through a real Postfix, and whose
//! mailboxes a real Dovecot shows. Where one of them is missing this says so; in CI it fails.
#![cfg(unix)]

mod behind;
mod mailboxes;
mod server;
mod throughput;
mod untuned;
mod walked;

use std::collections::BTreeMap;

use behind::Behind;

use crate::external::{SETTLING, staging::at_once};

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

/// What a run came to: exit code, the outcome of each scenario, the page and what Postfix logged.
type Came = (i32, BTreeMap<String, String>, String);

/// Plays scenarios as receiver and as sender at once, each behind a Postfix of its own, where there is one.
fn play_both(ids: &[&str], settling: &str) -> Option<[Came; 2]> {
    let played = at_once(["receiver", "sender"], |role| {
        let behind = Behind::start(str::to_owned, settling)?;
        let as_role = format!("--{role}");
        let allowed = "infected,flooding,smuggling";
        let words = ["run", &as_role, "acme.yaml", "--reports", role, "--strict", "--allow", allowed];
        let (code, text) = behind.staging.run(&[&words[..], ids].concat());
        Some((code, behind.staging.outcomes(role), format!("{role}\n{text}\n{}", behind.postfix.log())))
    });
    let [Some(receiver), Some(sender)] = played else { return None };
    Some([receiver, sender])
}

#[test]
fn certified_and_ordinary_mail_passes_a_postfix_both_ways() {
    let expected: BTreeMap<String, String> = PLAYED.map(|id| (id.to_owned(), "passed".to_owned())).into();
    for (code, outcomes, page) in play_both(&PLAYED, SETTLING).into_iter().flatten() {
        assert_eq!(code, 0, "{page}");
        assert_eq!(outcomes, expected, "{page}");
    }
}

/// Every scenario that needs no fault and no clock that can be moved.
#[test]
#[ignore = "takes minutes: .ci/long runs it"]
fn the_whole_suite_passes_a_postfix_both_ways() {
    // Each of fifty recipients is asked for before it is taken.
    let settling = "settling: {deadline: 3m, silence: 1s, poll: 100ms}\n";
    for (_, outcomes, page) in play_both(&[], settling).into_iter().flatten() {
        let failed = outcomes.iter().filter(|(_, outcome)| !["passed", "skipped"].contains(&&***outcome));
        let failed: Vec<&str> = failed.map(|(id, _)| id.as_str()).collect();
        assert_eq!(failed, [""; 0], "{page}");
    }
}
